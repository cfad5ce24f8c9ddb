"""Real workers at the same moment, and workers killed in the middle: nothing is told twice and nothing is lost.

What a receiver sees under one key is one message: a worker killed while it hands a mail over leaves it to the next one,
which hands over the same words under the same Message-ID.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.notifications.outbox import IN_HAND
from tests.notifications.receivers import Mailbox, mail_server
from tests.scratch import REPOSITORY, scratch_database

pytestmark = pytest.mark.processes


Facts = dict[str, Any]
KILLS = 4
"""How many workers are killed while they send."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Facts], Mailbox]]:
    """What the database says of each part, and what the mail server got; see `outbox.py`."""
    folder = tmp_path_factory.mktemp("kotak-keluar")
    with mail_server() as box, scratch_database(folder) as address:
        killed: list[str] = []

        def kill_the_sender() -> None:
            """Whoever hands over a mail of the part "mail" is killed now and then, after the server took it."""
            mail = box.mails[-1]
            if mail["To"].startswith("mail.") and len(killed) < KILLS and mail["Message-ID"] not in killed:
                killed.append(mail["Message-ID"])
                os.kill(int((folder / IN_HAND).read_text()), signal.SIGKILL)

        box.before_answer = kill_the_sender
        own = {"DATABASE_URL": address, "HIMPUN_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "himpun.settings"}
        paths = {
            "EMAIL_URL": f"smtp://127.0.0.1:{box.port}",
            "PYTHONPATH": f"{REPOSITORY / 'src'}{os.pathsep}{REPOSITORY}",
        }
        command = [sys.executable, "-m", "tests.notifications.outbox", str(folder)]
        done = subprocess.run(
            command, env={**os.environ, **own, **paths}, cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        yield json.loads(done.stdout.splitlines()[-1]), box


def copies_of(box: Mailbox, part: str) -> dict[str, list[str]]:
    """Key → the text of each copy that came to people of this part's office."""
    found: dict[str, list[str]] = {}
    for mail in box.mails:
        if mail["To"].startswith(f"{part}."):
            found.setdefault(mail["Message-ID"].strip("<>").partition("@")[0], []).append(mail.get_content())
    return found


def assert_everything_arrived_once(facts: Facts, there: dict[str, list[str]]) -> None:
    """As a receiver sees it who takes what comes under one key for one mail."""
    assert (facts["nudged_twice"], facts["not_spread"]) == ([], 0)
    assert facts["nudges"] == 3 * facts["tasks"]
    assert facts["messages"] == facts["nudges_with_message"] == facts["copies"] > 0
    assert facts["states"] == {"terkirim": facts["copies"]}
    assert set(there) == set(facts["keys"])
    assert len(there) == facts["copies"]
    assert all(len(set(copies)) == 1 for copies in there.values())


def test_a_worker_killed_before_one_statement_or_another_loses_nothing_and_tells_nothing_twice(
    played: tuple[dict[str, Facts], Mailbox],
) -> None:
    facts, box = played

    assert facts["statement"]["result"] >= 12, "killed often"
    assert_everything_arrived_once(facts["statement"], copies_of(box, "statement"))


def test_a_sender_killed_while_the_server_takes_its_mail_leaves_no_mail_missing_and_none_under_two_keys(
    played: tuple[dict[str, Facts], Mailbox],
) -> None:
    facts, box = played
    there = copies_of(box, "mail")

    assert facts["mail"]["tried_again"] == KILLS
    assert sum(map(len, there.values())) == facts["mail"]["copies"] + KILLS
    assert_everything_arrived_once(facts["mail"], there)


def test_of_four_workers_at_the_same_moment_each_task_and_each_copy_is_taken_by_one(
    played: tuple[dict[str, Facts], Mailbox],
) -> None:
    facts, box = played
    there = copies_of(box, "at-once")

    assert (facts["at-once"]["result"], facts["at-once"]["tasks"]) == (4, 20)
    assert_everything_arrived_once(facts["at-once"], there)
    assert sum(map(len, there.values())) == facts["at-once"]["copies"]
