"""Two small offices with a run at every step of both procedures, built once for the table of who may do what."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from himpun.cycles.actions import start_cycle
from himpun.cycles.models import Cycle
from himpun.indicators.models.requests import DataRequest
from himpun.letters.models import Letter
from himpun.offices.models.people import Person
from tests.cast import MECHANISM, MONDAY, Cast, entrust, found_office, later, small_office

TODAY = MONDAY.date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
PERIODS = [
    *(f"2026-{month:02}" for month in range(1, 13)),
    *(f"2026-TW{no}" for no in range(1, 5)),
    "2026-S1",
    "2026-S2",
]


def newcomer(username: str, *, active: bool = True) -> Person:
    return Person.objects.create(username=username, name=f"Orang {username}", is_active=active)


@dataclass
class Scenery:
    """Who and what there is; `sop[n]` and `mechanism[n]` wait at step n."""

    here: Cast
    there: Cast
    people: dict[str, Person] = field(default_factory=dict)
    sop: dict[int, Cycle] = field(default_factory=dict)
    mechanism: dict[int, Cycle] = field(default_factory=dict)
    ended: Cycle = field(init=False)
    waiting: DataRequest = field(init=False)
    answered: DataRequest = field(init=False)
    letter: Letter = field(init=False)


def build() -> Scenery:
    """Everything, on the Monday of the tests."""
    scenery = Scenery(small_office(), found_office("kec-tetangga"))
    scenery.people = _people(scenery.here, scenery.there)
    periods = iter(PERIODS)
    for step in range(1, 11):
        scenery.sop[step] = sop_at(scenery.here, step, next(periods))
    for step in range(1, 7):
        scenery.mechanism[step] = mechanism_at(scenery.here, step, next(periods))
    collecting = collecting_of(scenery.here, next(periods))
    scenery.waiting, scenery.answered = scenery.here.requests(collecting)
    scenery.here.fill(scenery.waiting)
    scenery.here.answer(scenery.answered)
    scenery.ended = sop_at(scenery.here, 11, next(periods))
    scenery.letter = scenery.here.letter()
    return scenery


def _people(here: Cast, there: Cast) -> dict[str, Person]:
    """Everybody of this office, some of the next, and those who are in between."""
    post = here.post("kasubbag-umum")
    former, acting, next_one, inactive = (newcomer(name) for name in ("bekas", "plt", "besok", "nonaktif"))
    entrust(former, post, since=date(2024, 6, 3), until=YESTERDAY, kind="definitif")
    entrust(acting, post, since=TODAY, until=TODAY)
    entrust(next_one, post, since=TOMORROW)
    entrust(inactive, post, since=TODAY)
    Person.objects.filter(pk=inactive.pk).update(is_active=False)
    return {
        "kepala": here.kepala,
        "sekretaris": here.sekretaris,
        "kasubbag": here.kasubbag,
        "umum": here.umum,
        "analis": here.analis,
        "unit 1": here.units[0],
        "unit 2": here.units[1],
        "Plt. umum": acting,
        "bekas umum": former,
        "umum mulai besok": next_one,
        "umum yang nonaktif": Person.objects.get(pk=inactive.pk),
        "tanpa jabatan": newcomer("tamu"),
        "kepala tetangga": there.kepala,
        "umum tetangga": there.umum,
        "analis tetangga": there.analis,
        "unit tetangga": there.units[0],
    }


def sop_at(cast: Cast, step: int, period: str) -> Cycle:
    """A run of the ten steps that waits at `step`, all it needs to go forward in place; 11: ended."""
    cycle = cast.start(period=period)
    moves = [
        lambda: cast.decide(cycle, "disposisi", instructions=["proses"]),
        lambda: cast.decide(cycle, "perintahkan", instructions=["siapkan"]),
        lambda: cast.decide(cycle, "sampaikan"),
        lambda: cast.decide(cycle, "terima"),
        lambda: cast.decide(cycle, "perlu perbaikan" if step == 6 else "sudah baik", reason="kalimat"),
        lambda: None,
        lambda: cast.paraf(cycle),
        lambda: cast.paraf(cycle),
        lambda: cast.sign(cycle),
        lambda: cast.decide(cycle, "selesai"),
    ]
    for no, move in enumerate(moves[: step - 1], 1):
        if no == 3:
            cast.run_mechanism(cast.child(cycle))
        move()
    if step == 3:
        cast.run_mechanism(cast.child(cycle))
    if step == 6:
        with later(minutes=1):
            cast.revise(cycle)
    if step in (7, 8, 9):
        cast.sha(cycle)
    return Cycle.objects.get(pk=cycle.pk)


def collecting_of(cast: Cast, period: str) -> Cycle:
    cycle = start_cycle(office=cast.office, key=MECHANISM, period=period, by=cast.kasubbag)
    cast.to_collecting(cycle)
    return cycle


def mechanism_at(cast: Cast, step: int, period: str) -> Cycle:
    """A run of the six steps that waits at `step`, all it needs to go forward in place."""
    cycle = start_cycle(office=cast.office, key=MECHANISM, period=period, by=cast.kasubbag)
    for decision in ["perintahkan", "sampaikan", "sampaikan", "sampaikan", "bekukan"][: step - 1]:
        if cast.open_task(cycle).step_no == 4:
            cast.answer_all(cycle)
        cast.decide(cycle, decision)
    if step == 4:
        cast.answer_all(cycle)
    if step == 6:
        cast.analyse(cycle)
    return cycle
