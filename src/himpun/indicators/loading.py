"""Writing the indicators, targets and earlier figures of an office folder to the database. Idempotent."""

from collections import defaultdict

from himpun import clock
from himpun.archive.journal import SYSTEM, Turn
from himpun.indicators.actions import freeze, read_figure
from himpun.indicators.models import DataRequest, Indicator, Recap, RequestLine, Target, Value, Variable
from himpun.indicators.periods import Period
from himpun.offices.acting import Actor
from himpun.offices.files import OfficeFiles, ValueRow
from himpun.offices.models import Office, Post

Known = dict[tuple[str, int], Indicator]
"""The indicators of a folder by code and year."""


def load_indicators(turn: Turn, office: Office, files: OfficeFiles) -> None:
    """Make or update the dictionary with its variables and targets, then the earlier figures."""
    posts = {post.code: post for post in Post.objects.filter(office=office)}
    known: Known = {}
    for order, row in enumerate(files.indicators, 1):
        fields = {
            name: getattr(row, name)
            for name in (
                "name",
                "sasaran",
                "definition",
                "rationale",
                "formula",
                "unit",
                "polarity",
                "aggregation",
                "source",
                "frequency",
                "evidence_required",
                "renstra_target",
                "national_standard",
            )
        }
        fields |= {"owner": posts[row.owner_post], "order": order}
        known[row.code, row.year], _ = Indicator.objects.update_or_create(
            office=office, code=row.code, year=row.year, defaults=fields
        )
    for variable in files.variables:
        fields = {"label": variable.label, "unit": variable.unit, "kind": variable.kind, "order": variable.order}
        for (code, _), indicator in known.items():
            if code == variable.indicator:
                Variable.objects.update_or_create(indicator=indicator, name=variable.name, defaults=fields)
    for target in files.targets:
        indicator = known[target.indicator, Period.parse(target.period).year]
        Target.objects.update_or_create(indicator=indicator, period=target.period, defaults={"value": target.value})
    data = {"indicators": len(files.indicators), "targets": len(files.targets), "values": len(files.values)}
    turn.record("indicators:indicator:loaded", f"office:{office.code}", data)
    _load_history(turn, office, files, known, posts)


def _load_history(turn: Turn, office: Office, files: OfficeFiles, known: Known, posts: dict[str, Post]) -> None:
    by_period: dict[str, list[ValueRow]] = defaultdict(list)
    for row in files.values:
        by_period[row.period].append(row)
    for code in sorted(by_period, key=lambda code: Period.parse(code)):
        if not DataRequest.objects.filter(office=office, period=code).exists():
            _load_period(turn, office, Period.parse(code), by_period[code], known, posts)


def _load_period(
    turn: Turn, office: Office, period: Period, rows: list[ValueRow], known: Known, posts: dict[str, Post]
) -> None:
    origin = f"muat:{office.code}:{period.code}"
    lines: dict[tuple[str, str], RequestLine] = {}
    for row in rows:
        line = lines.get((row.unit_post, row.indicator)) or _line(office, period, origin, row, known, posts, turn)
        lines[row.unit_post, row.indicator] = line
        variable = line.indicator.variables.get(name=row.variable)
        number, text = read_figure(line.indicator, row.value)
        Value.objects.create(line=line, variable=variable, number=number, text=text)
    recap = freeze(turn, office=office, period=period, origin=origin, actor=_loader(office))
    Recap.objects.filter(pk=recap.pk).update(finished_at=turn.at)


def _line(
    office: Office,
    period: Period,
    origin: str,
    row: ValueRow,
    known: Known,
    posts: dict[str, Post],
    turn: Turn,
) -> RequestLine:
    request, _ = DataRequest.objects.get_or_create(
        office=office,
        unit=posts[row.unit_post],
        period=period.code,
        round=1,
        defaults={
            "origin": origin,
            "state": DataRequest.State.SUBMITTED,
            "submitted_at": turn.at,
            "submitted_by": SYSTEM.person_name,
            "submitted_title": "dimuat dari berkas kantor",
        },
    )
    return RequestLine.objects.create(
        request=request,
        indicator=known[row.indicator, period.year],
        order=request.lines.count() + 1,
        note=row.note,
        saved_at=clock.now(),
        saved_by=SYSTEM.person_name,
    )


def _loader(office: Office) -> Actor:
    return Actor(
        0,
        SYSTEM.person,
        SYSTEM.person_name,
        "",
        "",
        0,
        "",
        "dimuat dari berkas kantor",
        "",
        "definitif",
        office.pk,
        office.code,
    )
