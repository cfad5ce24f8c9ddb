"""Real processes on a real database, for the tests of races and kills: `python -m tests.cycles.stage`.

The stage sets Django up once on the database it is given by DATABASE_URL, then reads scenes from its standard input:
a scene is a JSON list of parts. Each part is played by a process of its own (a fork with its own connection). All
players make ready, begin at the same moment, and the stage answers with what became of each: a result, a refusal's
code and sentence, or the signal that killed it.

A part is {"act": name, "args": {...}}. With "wait" it begins that many seconds late; with "hold" it pauses that long
before it commits; with "kill_at" it kills itself before its n-th SQL statement ("commit" and "committed": just before
and just after its COMMIT).
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import django

Part = dict[str, Any]
ACTS: dict[str, Callable[..., Any]] = {}


def on_stage(act: Callable[..., Any]) -> Callable[..., Any]:
    ACTS[act.__name__] = act
    return act


def die(*args: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


# --- the acts -------------------------------------------------------------------------------------------------------


def cast_of(code: str) -> Any:
    from himpun.offices.models.offices import Office
    from tests.cast import Cast

    return Cast(Office.objects.get(code=code))


def cycle_of(pk: int) -> Any:
    from himpun.cycles.models import Cycle

    return Cycle.objects.select_related("office").get(pk=pk)


@on_stage
def found(code: str) -> None:
    from tests.cast import found_office

    found_office(code)


@on_stage
def start(code: str, period: str) -> int:
    return int(cast_of(code).start(period=period).pk)


@on_stage
def to_collected(code: str, period: str) -> int:
    """The mechanism alone, up to where every unit has answered."""
    from himpun.cycles.actions import start_cycle

    cast = cast_of(code)
    cycle = start_cycle(office=cast.office, key="permintaan-data", period=period, by=cast.kasubbag)
    cast.to_collecting(cycle)
    cast.answer_all(cycle)
    return int(cycle.pk)


@on_stage
def decide(code: str, cycle: int, decision: str, task: int, by: str = "") -> str:
    from himpun.cycles import actions
    from himpun.cycles.models import Task
    from himpun.offices.models.people import Person

    post = Task.objects.select_related("post").get(pk=task).post
    who = Person.objects.get(username=by) if by else cast_of(code).holder(post)
    ready()
    form = {"instructions": ["proses"], "note": "Segera"}
    outcome = actions.decide(task_id=task, decision=decision, by=who, form=form)
    return str(outcome.following.no) if outcome.following else "akhir"


@on_stage
def return_answer(code: str, cycle: int) -> None:
    from himpun.cycles.steps import answers as collecting

    cast = cast_of(code)
    request, umum = cast.requests(cycle_of(cycle))[0], cast.umum
    ready()
    collecting.return_answer(request=request, reason="angka terbalik", by=umum)


@on_stage
def save_line(line: int, by: str, **words: Any) -> None:
    from himpun.indicators.requests import filling
    from himpun.offices.models.people import Person

    who = Person.objects.get(username=by)
    ready()
    filling.save_line(line_id=line, by=who, **words)


@on_stage
def first_line(code: str, period: str) -> list[Any]:
    """A line that waits for its unit, and the unit's user name."""
    from himpun.cycles.actions import start_cycle

    cast = cast_of(code)
    cycle = start_cycle(office=cast.office, key="permintaan-data", period=period, by=cast.kasubbag)
    cast.to_collecting(cycle)
    request = cast.requests(cycle)[0]
    return [request.lines.get().pk, cast.holder(request.unit).username]


@on_stage
def words_of(line: int) -> list[Any]:
    from himpun.indicators.models.requests import RequestLine

    return list(RequestLine.objects.values_list("note", "nihil_reason").get(pk=line))


@on_stage
def asked_correction(code: str, period: str) -> list[Any]:
    """A figure frozen by a run of the mechanism, and a correction of it that waits; its key, and its figure's element."""
    from himpun.indicators.recaps.corrections import ask_correction
    from tests.papers import pdf
    from tests.reports.figures import figure_of, freeze

    cast = cast_of(code)
    freeze(cast, period)
    correction = ask_correction(
        figure_id=figure_of(cast, period=period).pk, new="8", reason="Satu terlewat", evidence_name="b.pdf",
        evidence=pdf("bukti"), by=cast.holder(cast.post_of_unit(0)),
    )  # fmt: skip
    return [correction.pk, correction.figure.element_id]


@on_stage
def decide_correction(code: str, correction: int, approve: bool) -> str:
    """Kepala approves, sekretaris refuses."""
    from himpun.indicators.recaps import corrections

    cast = cast_of(code)
    by = cast.kepala if approve else cast.sekretaris
    ready()
    corrections.decide_correction(correction_id=correction, approve=approve, reason="sudah diperiksa", by=by)
    return "disetujui" if approve else "ditolak"


@on_stage
def figures_at(element: int, period: str) -> list[list[Any]]:
    """Every version of an element's figure in a period: number and whether it counts."""
    from himpun.indicators.models.figures import Figure

    found = Figure.objects.filter(element=element).order_by("version")
    return [[int(one.number or 0), one.current] for one in found if one.period.code == period]


@on_stage
def issue(code: str, register: str = "surat-keluar", pattern: str = "", of: str = "") -> str:
    from himpun import clock
    from himpun.archive.journal import SYSTEM, act
    from himpun.letters.registers import issue_number

    office = cast_of(code).office
    office.number_patterns = {register: pattern} if pattern else office.number_patterns
    ready()
    with act(office.code, at=clock.now(), author=SYSTEM) as turn:
        return issue_number(office=office, register=register, subject="letter:1", code=of, turn=turn)


@on_stage
def reserve(code: str, register: str, pattern: str, of: str, first: int, last: int) -> list[str]:
    from himpun.letters.registers import reserve_numbers

    cast = cast_of(code)
    cast.office.number_patterns = {register: pattern}
    by = cast.umum
    ready()
    made = reserve_numbers(
        office=cast.office, register=register, first=first, last=last, reason="kertas", code=of, by=by
    )
    return [one.text for one in made]


@on_stage
def register(code: str) -> int:
    cast = cast_of(code)
    ready()
    return int(cast.letter().agenda_no)


@on_stage
def state(cycle: int) -> dict[str, Any]:
    """The open task of a cycle, how much there is of everything, and what the archive's check finds."""
    from himpun.archive.models import Record
    from himpun.archive.verify import verify
    from himpun.cycles.models import Task
    from himpun.documents.models import Document
    from himpun.letters.models import Disposition

    open_tasks = Task.objects.filter(cycle_id=cycle, decided_at__isnull=True, part=False)
    return {
        "open": [[task.pk, task.step_no] for task in open_tasks],
        "tasks": Task.objects.filter(cycle_id=cycle).count(),
        "parts_open": Task.objects.filter(cycle_id=cycle, decided_at__isnull=True, part=True).count(),
        "records": Record.objects.count(),
        "documents": Document.objects.count(),
        "dispositions": Disposition.objects.count(),
        "faults": verify().faults,
    }


@on_stage
def scheduled(code: str, kind: str) -> int:
    """A schedule of the mechanism for every period of a kind, from the tests' Monday on."""
    from datetime import time

    from himpun.cycles.schedules import save_schedule
    from tests.cast import MONDAY

    cast = cast_of(code)
    fields = {
        "key": "permintaan-data", "kind": kind, "workday": 1, "at": time(8), "deadline_days": None,
        "deadline_in": "kalender", "active_from": MONDAY.date(),
    }  # fmt: skip
    return int(save_schedule(office=cast.office, fields=fields, by=cast.kasubbag).pk)


@on_stage
def run_schedules(days: int) -> list[list[str]]:
    """The tick, so many days after the tests' Monday: what this process started."""
    from datetime import timedelta

    from himpun import clock
    from himpun.cycles import schedules
    from tests.cast import MONDAY

    with clock.held_at(MONDAY + timedelta(days=days)):
        found = schedules.behind(clock.now())
        ready()
        return [[run.period, run.state] for schedule in found for run in schedules._run_missed(schedule)]


@on_stage
def scheduled_cycles(schedule: int) -> list[list[Any]]:
    """The runs of a schedule: period, and how many cycles there are of it."""
    from himpun.cycles.models import Cycle, Schedule

    kept = Schedule.objects.get(pk=schedule)
    there = Cycle.objects.filter(office=kept.office_id, key=kept.key)
    return [[run.period, there.filter(period=run.period).count()] for run in kept.runs.order_by("planned_at")]


@on_stage
def pause(code: str, cycle: int) -> None:
    from himpun.cycles.deadlines.pauses import pause_cycle

    cast = cast_of(code)
    run, kepala = cycle_of(cycle), cast.kepala
    ready()
    pause_cycle(cycle=run, reason="Audit", by=kepala)


@on_stage
def recount(code: str, day: str) -> int:
    """A holiday of the office added, and its deadlines counted anew: how many moved."""
    from datetime import date

    from himpun.cycles.deadlines import recounting
    from himpun.offices.models.calendar import Holiday
    from himpun.offices.models.offices import Office

    office = cast_of(code).office
    Holiday.objects.get_or_create(office=office, day=date.fromisoformat(day), defaults={"name": "Hari jadi"})
    Office.objects.filter(pk=office.pk).update(calendar_stamp=office.calendar_stamp + 1)
    ready()
    return len(recounting.recount(office))


# --- the stage ------------------------------------------------------------------------------------------------------

_gate: Callable[[], None] = lambda: None  # noqa: E731


def ready() -> None:
    """Said by an act when all it needs is read; it goes on when everybody is ready."""
    global _gate
    gate, _gate = _gate, lambda: None
    gate()


def play(part: Part) -> dict[str, Any]:
    from django.db import connection

    from himpun import clock
    from himpun.errors import Refusal
    from tests.cast import MONDAY

    try:
        with clock.held_at(MONDAY), connection.execute_wrapper(Statements(part)):
            result = {"result": ACTS[part["act"]](**part.get("args", {}))}
            ready()
            return result
    except Refusal as refusal:
        return {"code": refusal.code, "refusal": str(refusal)}
    except Exception as error:  # the test shows it
        return {"error": f"{type(error).__name__}: {error}"}


class Statements:
    """Counts the statements of a part from the moment it began, and kills or holds it where the part says."""

    def __init__(self, part: Part) -> None:
        self.kill_at, self.seen = part.get("kill_at"), 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if isinstance(self.kill_at, int) and begun:
            self.seen += 1
            if self.seen == self.kill_at:
                die()
        return execute(sql, params, many, context)


begun = False


def begin(part: Part) -> None:
    """What happens when the gate opens: lateness, and what is to come before or after this part's COMMIT."""
    global begun
    from django.db import connection

    begun = True
    time.sleep(part.get("wait", 0))
    commit = connection._commit

    def committing() -> None:
        time.sleep(part.get("hold", 0))
        if part.get("kill_at") == "commit":
            die()
        commit()
        if part.get("kill_at") == "committed":
            die()

    connection._commit = committing


def fork_player(part: Part, gate: int, signals: int, results: int) -> int:
    """A process that plays one part and writes what became of it as one line."""
    global _gate
    player = os.fork()
    if player:
        return player

    def wait_for_the_gate() -> None:
        os.write(signals, b"!")
        os.read(gate, 1)
        begin(part)

    _gate = wait_for_the_gate
    answer = play(part)
    if not begun:
        os.write(signals, b"!")
    os.write(results, json.dumps(answer).encode())
    os._exit(0)


def perform(scene: list[Part]) -> list[dict[str, Any]]:
    gate, opener = os.pipe()
    awaited, signals = os.pipe()
    players = []
    for part in scene:
        answers, results = os.pipe()
        players.append((fork_player(part, gate, signals, results), answers))
        os.close(results)
    for _ in scene:
        os.read(awaited, 1)
    os.write(opener, b"." * len(scene))
    found = []
    for player, answers in players:
        with os.fdopen(answers, "rb") as lines:
            answer = json.loads(lines.read() or b"{}")
        _, status = os.waitpid(player, 0)
        found.append({**answer, "killed": os.WTERMSIG(status)} if os.WIFSIGNALED(status) else answer)
    for handle in (gate, opener, awaited, signals):
        os.close(handle)
    return found


def main() -> None:
    django.setup()
    from tests.conftest import typed_paper  # noqa: F401 - and with it everything the players need

    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(perform(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
