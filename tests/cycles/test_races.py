"""Real processes at the same moment, and processes killed in the middle: nobody's decision is lost or done by halves.

On the database the suite runs on: a file of its own for SQLite, a database of its own for PostgreSQL.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.scratch import scratch_database

Part = dict[str, Any]

pytestmark = pytest.mark.processes


class Stage:
    """A process of its own that plays scenes; see `stage.py`."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "tests.cycles.stage"]
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def scene(self, *parts: Part) -> list[dict[str, Any]]:
        """Play these parts at the same moment; what became of each."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(parts) + "\n")
        self.process.stdin.flush()
        answers: list[dict[str, Any]] = json.loads(self._line())
        return answers

    def __call__(self, act: str, **args: Any) -> Any:
        """Play one part that must succeed."""
        [answer] = self.scene({"act": act, "args": args})
        assert "result" in answer, answer
        return answer["result"]

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=20)


@pytest.fixture(scope="module")
def own_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a migrated database of the kind the suite runs on, and a folder for its files."""
    folder = tmp_path_factory.mktemp("himpun")
    with scratch_database(folder) as address:
        yield address, folder


@pytest.fixture(scope="module")
def stage(own_database: tuple[str, Path]) -> Iterator[Stage]:
    """A stage on a database as `himpun setup` leaves it, with two offices."""
    address, folder = own_database
    environment = {**os.environ, "DATABASE_URL": address, "HIMPUN_VAR": str(folder), "HIMPUN_DEBUG": "1"}
    subprocess.run([sys.executable, "-m", "himpun", "setup"], env=environment, check=True, capture_output=True)
    there = Stage(environment)
    there("found", code="kec-a")
    there("found", code="kec-b")
    yield there
    there.close()


def deciding(code: str, cycle: int, task: int, decision: str = "disposisi", **more: Any) -> Part:
    return {"act": "decide", "args": {"code": code, "cycle": cycle, "task": task, "decision": decision}, **more}


def begun(stage: Stage, period: str, code: str = "kec-a") -> tuple[int, int]:
    """A cycle at its first step: its number and its open task's."""
    cycle = stage("start", code=code, period=period)
    [[task, step]] = stage("state", cycle=cycle)["open"]
    assert step == 1
    return cycle, task


def test_of_eight_people_deciding_the_same_step_one_wins_and_the_others_are_told_who(stage: Stage) -> None:
    cycle, task = begun(stage, "2026-01")

    answers = stage.scene(*[deciding("kec-a", cycle, task)] * 8)

    assert (
        sorted(answer.get("result", answer.get("code", str(answer))) for answer in answers)
        == ["2"] + ["sudah-diputus"] * 7
    )
    assert all("oleh Orang Camat (Camat)" in answer["refusal"] for answer in answers if "refusal" in answer)
    after = stage("state", cycle=cycle)
    assert (after["tasks"], after["faults"]) == (2, [])
    assert [step for _, step in after["open"]] == [2]


def test_two_steps_of_one_office_and_one_of_another_are_decided_at_once(stage: Stage) -> None:
    cycles = [("kec-a", *begun(stage, "2026-02")), ("kec-a", *begun(stage, "2026-03"))]
    cycles.append(("kec-b", *begun(stage, "2026-02", "kec-b")))

    answers = stage.scene(*[deciding(*cycle) for cycle in cycles])

    assert [answer.get("result", answer) for answer in answers] == ["2", "2", "2"]
    assert stage("state", cycle=cycles[0][1])["faults"] == []


def test_an_office_does_not_wait_for_another(stage: Stage) -> None:
    """PostgreSQL lets both write; SQLite has one writer, who is waited for and not refused."""
    slow, quick = begun(stage, "2026-04"), begun(stage, "2026-04", "kec-b")

    answers = stage.scene(deciding("kec-a", *slow, hold=0.5), deciding("kec-b", *quick, wait=0.1))

    assert [answer.get("result", answer) for answer in answers] == ["2", "2"]


def test_a_decision_that_waited_for_its_turn_sees_what_was_done_before_it(stage: Stage) -> None:
    """A unit's answer is handed back while somebody delivers: delivering must not go on without that unit."""
    cycle = stage("to_collected", code="kec-a", period="2026-05")
    [[task, _]] = stage("state", cycle=cycle)["open"]

    returned, delivered = stage.scene(
        {"act": "return_answer", "args": {"code": "kec-a", "cycle": cycle}, "hold": 0.6},
        deciding("kec-a", cycle, task, "sampaikan", wait=0.2),
    )

    assert returned == {"result": None}
    assert delivered.get("code") == "unit-belum-menjawab", delivered
    assert stage("state", cycle=cycle)["parts_open"] == 1


def test_twenty_numbers_asked_for_at_once_have_no_gap_and_no_twin(stage: Stage) -> None:
    """From two registers that count in one sequence, in an office that has given some already or none."""
    asked = [{"act": "issue", "args": {"code": "kec-b", "register": one}} for one in ("surat-keluar", "data-kinerja")]

    answers = stage.scene(*asked * 10)

    numbers = sorted(answer.get("result", str(answer)) for answer in answers)
    first = int(numbers[0][:3])
    assert numbers == [f"{no:03}/KEC-B/X/2026" for no in range(first, first + 20)]


@pytest.mark.parametrize("counted", ["{kode}/{urut_kode}/K/{tahun}", "{urut}/{kode}/U/{tahun}"])
def test_numbers_and_reservations_at_once_leave_no_gap_and_no_twin(stage: Stage, counted: str) -> None:
    """Two of a klasifikasi, one of another, and two who reserve the same two numbers for paper: one of them is refused."""
    into = {"code": "kec-a", "register": "undangan", "pattern": counted}
    asked = [{"act": "issue", "args": {**into, "of": of}} for of in ("400.7", "400.7", "000.8")] * 3
    kept = [{"act": "reserve", "args": {**into, "of": "400.7", "first": 40, "last": 41}}] * 2

    answers = stage.scene(*asked, *kept)

    numbers = [answer.get("result", str(answer)) for answer in answers[:9]]
    assert sorted(answer.get("code", "") for answer in answers[9:]) == ["", "isian-salah"]
    sevens = sorted(one for one in numbers if "400.7" in one)
    if "urut_kode" in counted:
        assert sevens == [f"400.7/{no:03}/K/2026" for no in range(1, 7)]
        assert sorted(set(numbers) - set(sevens)) == [f"000.8/{no:03}/K/2026" for no in range(1, 4)]
    else:
        assert sorted(int(one[:3]) for one in numbers) == list(range(1, 10))


def test_letters_registered_at_once_are_numbered_without_gap(stage: Stage) -> None:
    first = stage("register", code="kec-b")

    answers = stage.scene(*[{"act": "register", "args": {"code": "kec-b"}}] * 10)

    assert sorted(answer["result"] for answer in answers) == list(range(first + 1, first + 11))


def test_two_people_saving_one_line_at_once_keep_each_others_words(stage: Stage) -> None:
    line, by = stage("first_line", code="kec-b", period="2026-06")

    answers = stage.scene(
        {"act": "save_line", "args": {"line": line, "by": by, "note": "dari laporan"}, "hold": 0.4},
        {"act": "save_line", "args": {"line": line, "by": by, "nihil_reason": "tidak ada layanan"}, "wait": 0.1},
    )

    assert answers == [{"result": None}, {"result": None}]
    assert stage("words_of", line=line) == ["dari laporan", "tidak ada layanan"]


def test_a_process_killed_at_any_statement_of_a_decision_leaves_it_undone_and_it_can_be_decided(stage: Stage) -> None:
    cycle, task = begun(stage, "2026-07")
    before = stage("state", cycle=cycle)

    killed = 0
    for statement in range(1, 60):
        [answer] = stage.scene(deciding("kec-a", cycle, task, kill_at=statement))
        if "killed" not in answer:
            break
        killed += 1
        assert answer["killed"] == signal.SIGKILL
        assert stage("state", cycle=cycle) == before

    assert answer == {"result": "2"}
    assert killed >= 10
    after = stage("state", cycle=cycle)
    assert (after["tasks"], after["dispositions"] - before["dispositions"], after["faults"]) == (2, 1, [])


def test_of_two_deciding_one_correction_one_wins_and_the_figure_is_what_they_decided(stage: Stage) -> None:
    correction, element = stage("asked_correction", code="kec-b", period="2026-08")
    deciding_it = {"code": "kec-b", "correction": correction}

    answers = stage.scene(
        *({"act": "decide_correction", "args": {**deciding_it, "approve": approve}} for approve in (True, False) * 3)
    )

    [won] = [answer["result"] for answer in answers if "result" in answer]
    assert [answer["code"] for answer in answers if "code" in answer] == ["koreksi-sudah-diputus"] * 5
    changed = [[7, False], [8, True]] if won == "disetujui" else [[7, True]]
    assert stage("figures_at", element=element, period="2026-08") == changed


@pytest.mark.parametrize(("moment", "done"), [("commit", False), ("committed", True)])
def test_a_process_killed_around_its_commit_has_decided_wholly_or_not_at_all(
    stage: Stage, moment: str, done: bool
) -> None:
    cycle, task = begun(stage, "2026-09" if done else "2026-08")
    before = stage("state", cycle=cycle)

    [answer] = stage.scene(deciding("kec-a", cycle, task, kill_at=moment))

    assert answer == {"killed": signal.SIGKILL}
    after = stage("state", cycle=cycle)
    assert after["faults"] == []
    if done:
        assert [step for _, step in after["open"]] == [2]
    else:
        assert after == before


def test_of_four_workers_one_starts_a_scheduled_period(stage: Stage) -> None:
    schedule = stage("scheduled", code="kec-b", kind="triwulan")

    answers = stage.scene(*[{"act": "run_schedules", "args": {"days": 190}}] * 4)

    started = [run for answer in answers for run in answer["result"]]
    assert sorted(started) == [["2026-TW4", "dimulai"], ["2027-TW1", "dimulai"]]
    assert stage("scheduled_cycles", schedule=schedule) == [["2026-TW4", 1], ["2027-TW1", 1]]


def test_a_worker_killed_while_starting_a_period_leaves_nothing_and_the_next_starts_it_once(stage: Stage) -> None:
    schedule = stage("scheduled", code="kec-b", kind="semester")

    for moment in (*range(1, 60, 4), "commit"):
        [answer] = stage.scene({"act": "run_schedules", "args": {"days": 95}, "kill_at": moment})
        if "killed" not in answer:
            break
        assert stage("scheduled_cycles", schedule=schedule) == []
        assert moment != "commit" or answer["killed"] == signal.SIGKILL
    else:
        answer = {"result": stage("run_schedules", days=95)}

    assert answer["result"] == [["2026-S2", "dimulai"]]
    assert stage("run_schedules", days=95) == []
    assert stage("scheduled_cycles", schedule=schedule) == [["2026-S2", 1]]


def test_a_decision_that_waited_behind_a_pause_is_refused(stage: Stage) -> None:
    cycle, task = begun(stage, "2026-11")

    paused, decided = stage.scene(
        {"act": "pause", "args": {"code": "kec-a", "cycle": cycle}, "hold": 0.6},
        deciding("kec-a", cycle, task, wait=0.2),
    )

    assert paused == {"result": None}
    assert decided.get("code") == "siklus-dijeda", decided
    assert stage("state", cycle=cycle)["open"] == [[task, 1]]


def test_two_workers_counting_anew_move_each_deadline_once(stage: Stage) -> None:
    begun(stage, "2026-12")

    answers = stage.scene(*[{"act": "recount", "args": {"code": "kec-a", "day": "2026-10-06"}}] * 2)

    moved = sorted(answer["result"] for answer in answers)
    assert moved[0] == 0
    assert moved[1] > 0
