"""A year of two offices, lived by their people and by two workers, then counted again by other means."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.notifications.receivers import mail_server
from tests.scratch import MIGRATE, REPOSITORY, Processes, scratch_database

pytestmark = pytest.mark.processes


def key_of(message_id: str) -> str:
    """The outbox's own key in a Message-ID."""
    return message_id.strip("<>").partition("@")[0]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The facts of the year, with the keys of what the mail server took."""
    folder = tmp_path_factory.mktemp("tahun")
    with (
        mail_server() as box,
        scratch_database(folder) as database,
        closing(Processes(folder, database)) as processes,
    ):
        processes.python(MIGRATE)
        environment = {**processes.environment, "YEAR_SMTP_PORT": str(box.port)}
        done = subprocess.run(
            [sys.executable, "-m", "tests.year", str(folder)],
            env=environment, cwd=REPOSITORY, text=True, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]
    facts = json.loads((folder / "tahun.json").read_text())
    if kept := os.environ.get("HIMPUN_YEAR"):
        shutil.copy(folder / "tahun.json", Path(kept))
    return {**facts, "surat": [key_of(mail["Message-ID"]) for mail in box.mails]}


@pytest.mark.xdist_group("year")
def test_every_scheduled_cycle_started_once_also_after_the_day_without_workers(year: dict[str, Any]) -> None:
    assert year["jadwal_salah"] == []
    assert year["jumlah"]["siklus_terjadwal"] >= 15


@pytest.mark.xdist_group("year")
def test_every_due_moment_equals_its_recount(year: dict[str, Any]) -> None:
    assert year["tenggat_salah"] == []
    assert year["jumlah"]["tugas"] >= 150
    assert year["jumlah"]["tenggat_berpindah"] >= 3


@pytest.mark.xdist_group("year")
def test_every_reminder_came_exactly_as_the_rules_say(year: dict[str, Any]) -> None:
    assert year["pengingat_salah"] == []
    assert year["jumlah"]["pengingat"]["terkirim"] >= 100


@pytest.mark.xdist_group("year")
def test_every_message_reached_its_holders_of_the_day_once(year: dict[str, Any]) -> None:
    assert year["kiriman_salah"] == []
    received = Counter(year["surat"])
    assert set(received) >= set(year["kunci"])
    assert sum(received.values()) - len(received) <= year["jumlah"]["pekerja_dibunuh"]


@pytest.mark.xdist_group("year")
def test_workers_were_killed_and_the_archive_stayed_whole(year: dict[str, Any]) -> None:
    assert year["jumlah"]["pekerja_dibunuh"] >= 50
    assert year["arsip_salah"] == []


@pytest.mark.xdist_group("year")
def test_who_was_on_leave_could_not_decide(year: dict[str, Any]) -> None:
    assert set(year["cuti_ditolak"]) - {""} == {"sedang-cuti"}


@pytest.mark.xdist_group("year")
def test_the_forecast_grows_better_as_steps_end(year: dict[str, Any]) -> None:
    first, last = year["prakiraan"]["awal"], year["prakiraan"]["akhir"]
    assert last["median_jam"] < first["median_jam"]
