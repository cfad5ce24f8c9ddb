"""What one unit's answer costs in an office of 5, 50 and 500 units: it must not depend on how many there are.

The sample office grows; every unit has one indicator with two variables. The run is the package's own mechanism, up to
the step that awaits the units. Answers are filled in before the clock starts; `collecting.answer_request` is timed: the
figures into the journal, the unit's part closed, its form kept as a document and put in the queue to be rendered.
"""

import dataclasses
import functools
import statistics
import time
from datetime import date
from importlib import resources

from django.db import connection

from bench import office
from bench.tracing import count
from himpun import clock
from himpun.commands.load_office import load
from himpun.cycles import actions
from himpun.cycles.models import Task
from himpun.cycles.steps import answers as collecting
from himpun.folders.reading import read_office
from himpun.indicators.models.dictionary import Indicator, Variable
from himpun.indicators.models.requests import DataRequest, RequestLine, Value
from himpun.measure.scoring.achievement import VariableKind
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import UNIT, Office, Post
from himpun.offices.models.people import Person
from himpun.procedures.actions import publish_shared

MECHANISM = "permintaan-data"
DECISIONS = ("perintahkan", "sampaikan", "sampaikan")
ANSWERS = 20

_office: Office | None = None


def prepare() -> None:
    """The sample office with its five units, without its own indicators and figures."""
    global _office
    office.migrate()
    text = resources.files("himpun.procedures").joinpath("permintaan_data.toml").read_text()
    publish_shared(text=text, in_force_from=clock.today().replace(month=1, day=1))
    files = read_office("examples/kecamatan-contoh")
    _office = load(dataclasses.replace(files, indicators=[], variables=[], targets=[], values=[]))


def answers(units: int, year: int) -> dict[str, float]:
    """Median milliseconds of one answer among `units`, and its statements (BEGIN and COMMIT among them)."""
    assert _office
    _grow(_office, units)
    _give_indicators(_office, year)
    seconds: list[float] = []
    statements = 0
    for quarter in range(1, 5):
        for request in _collecting(_office, f"{year}-TW{quarter}")[:ANSWERS]:
            by = office.Cycles.holder(request.unit)
            _fill(request)
            if not statements and seconds:
                answer = functools.partial(collecting.answer_request, request=request, by=by)
                statements = count(connection.connection, answer)["statements"]
                continue
            begun = time.perf_counter()
            collecting.answer_request(request=request, by=by)
            seconds.append(time.perf_counter() - begun)
        if len(seconds) >= ANSWERS - 1:
            break
    return {"milliseconds": statistics.median(seconds) * 1000, "statements": statements}


def _grow(of: Office, units: int) -> None:
    """As many units as asked, each held by a person of its own."""
    there = Post.objects.filter(office=of, role=UNIT).count()
    for number in range(there + 1, units + 1):
        name = f"unit-{number}"
        post = Post.objects.create(office=of, code=name, title=f"Seksi {number}", role=UNIT, order=1000 + number)
        person = Person.objects.create(username=name, name=f"Pejabat {number}")
        Holding.objects.create(post=post, person=person, since=date(2025, 1, 2))


def _give_indicators(of: Office, year: int) -> None:
    for post in Post.objects.filter(office=of, role=UNIT):
        named = {"code": f"IKU-{post.pk}", "name": f"Indikator {post.title}", "sasaran": "Sasaran", "unit": "%"}
        indicator = Indicator.objects.create(office=of, year=year, owner=post, **named)
        for kind in (VariableKind.NUMERATOR, VariableKind.DENOMINATOR):
            Variable.objects.create(indicator=indicator, name=kind.value, label=kind.label, kind=kind)


def _collecting(of: Office, period: str) -> list[DataRequest]:
    """The requests of a run that has come to the step that awaits the units."""
    starter = office.Cycles.holder(Post.objects.get(office=of, role="kasubbag-umum"))
    cycle = actions.start_cycle(office=of, key=MECHANISM, period=period, by=starter)
    for decision in DECISIONS:
        task = Task.objects.select_related("post").get(cycle=cycle, decided_at__isnull=True, part=False)
        actions.decide(task_id=task.pk, decision=decision, by=office.Cycles.holder(task.post))
    return list(DataRequest.objects.filter(origin=cycle.subject).select_related("unit", "office__kind").order_by("pk"))


def _fill(request: DataRequest) -> None:
    for line in RequestLine.objects.filter(request=request):
        variables = line.indicator.variables.all()
        Value.objects.bulk_create(Value(line=line, variable=variable, number=7) for variable in variables)


def close() -> None:
    """Nothing to check beyond the answers themselves: `answer_request` refuses an incomplete one."""
