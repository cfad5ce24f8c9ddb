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

from tests.conftest import LONG
from tests.notifications.receivers import mail_server
from tests.scratch import REPOSITORY, Processes, scratch_database
from tests.year.spans import SPAN

pytestmark = [pytest.mark.processes, *([pytest.mark.long] if LONG else [])]


def key_of(message_id: str) -> str:
    """The outbox's own key in a Message-ID."""
    return message_id.strip("<>").partition("@")[0]


@pytest.fixture
def year(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The facts of the year, with the keys of what the mail server took."""
    folder = tmp_path_factory.mktemp("tahun")
    with (
        mail_server() as box,
        scratch_database(folder) as database,
        closing(Processes(folder, database)) as processes,
    ):
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


def test_a_year_goes_by_as_the_rules_say(year: dict[str, Any]) -> None:
    """One test, because the year is lived once; two months of it, where HIMPUN_LONG does not ask for all."""
    counts = year["jumlah"]
    least = SPAN.least

    # every scheduled cycle started once, also after the day without workers
    assert year["jadwal_salah"] == []
    assert counts["siklus_terjadwal"] >= least["siklus_terjadwal"]

    # every due moment equals its recount, also of those that a holiday or a pause moved
    assert year["tenggat_salah"] == []
    assert counts["tugas"] >= least["tugas"]
    assert counts["tenggat_berpindah"] >= least["tenggat_berpindah"]

    # every reminder came exactly as the rules say
    assert year["pengingat_salah"] == []
    assert counts["pengingat"]["terkirim"] >= least["terkirim"]

    # every message reached the holders of its day; a copy after a kill came under the same key
    assert year["kiriman_salah"] == []
    received = Counter(year["surat"])
    assert set(received) >= set(year["kunci"])
    assert sum(received.values()) - len(received) <= counts["pekerja_dibunuh"]

    # workers were killed, the archive stayed whole, and who was on leave could not decide
    assert counts["pekerja_dibunuh"] >= least["pekerja_dibunuh"]
    assert year["arsip_salah"] == []
    assert set(year["cuti_ditolak"]) - {""} == {"sedang-cuti"}

    # the forecast grows better as steps end
    assert year["prakiraan"]["akhir"]["median_jam"] < year["prakiraan"]["awal"]["median_jam"]
