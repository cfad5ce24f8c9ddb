"""Writing the indicators, targets and earlier figures of an office folder to the database. Idempotent."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from himpun import clock
from himpun.archive.journal import SYSTEM, Turn
from himpun.errors import FieldErrors
from himpun.folders.findings import FileError, OfficeFilesError
from himpun.folders.rows import (
    INDICATORS,
    TARGETS,
    VARIABLES,
    IndicatorRow,
    OfficeFiles,
    TargetRow,
    ValueRow,
    VariableRow,
)
from himpun.indicators.dictionary.definition import Definition, Other, Surroundings, Typed
from himpun.indicators.dictionary.reading import in_order, read_definition
from himpun.indicators.dictionary.saving import Rows, definition_of, entries, put
from himpun.indicators.figures.reading import read_figure
from himpun.indicators.figures.taking import mark_used
from himpun.indicators.models.dictionary import Indicator
from himpun.indicators.models.recaps import Recap
from himpun.indicators.models.requests import DataRequest, RequestLine, Value
from himpun.indicators.recaps.freezing import freeze
from himpun.indicators.requests.answering import take_answer
from himpun.measure.periods import Period
from himpun.offices.acting import Actor
from himpun.offices.models.offices import Office, Post
from himpun.offices.vocabulary import HoldingKind

RELOADED = "dimuat ulang dari berkas kantor"
_COLUMNS = (
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
    "renstra_target",
    "national_standard",
)
"""What an office folder says of an indicator, beside who answers for it and whether evidence is required."""

Known = dict[tuple[str, int], Indicator]
"""The indicators of a folder by code and year."""


def read_definitions(files: OfficeFiles) -> tuple[Definition, ...]:
    """The dictionary of a folder. Raises OfficeFilesError with everything wrong in it, before anything is written."""
    errors: list[FileError] = []
    posts = {post.code: post.title for post in files.posts}
    typed = {(row.code, row.year): _typed(row, files) for row in files.indicators}
    found = []
    for row in files.indicators:
        others = {code: _other(one) for (code, year), one in typed.items() if year == row.year}
        try:
            found.append(read_definition(typed[row.code, row.year], Surroundings(posts, (), others)))
        except FieldErrors as refusal:
            errors += [_error(row, files, key, cause) for key, cause in refusal.fields.items()]
    if errors:
        raise OfficeFilesError(dict.fromkeys(errors))
    return tuple(found)


def _typed(row: IndicatorRow, files: OfficeFiles) -> Typed:
    fields = {name: getattr(row, name) for name in _COLUMNS}
    fields |= {"owner": row.owner_post, "evidence_required": "ya" if row.evidence_required else "tidak"}
    variables = [
        {"name": one.name, "label": one.label, "unit": one.unit, "kind": one.kind, "quantity": one.quantity}
        for one in _variables(row, files)
    ]
    targets = {one.period: one.value for one in _targets(row, files)}
    return Typed(row.code, row.year, fields, variables, targets)


def _variables(row: IndicatorRow, files: OfficeFiles) -> list[VariableRow]:
    return sorted((one for one in files.variables if one.indicator == row.code), key=lambda one: one.order)


def _targets(row: IndicatorRow, files: OfficeFiles) -> list[TargetRow]:
    return [one for one in files.targets if one.indicator == row.code and one.period[:4] == str(row.year)]


def _other(typed: Typed) -> Other:
    return Other(typed.fields["unit"], typed.fields["formula"], {row["name"]: row["unit"] for row in typed.variables})


def _error(row: IndicatorRow, files: OfficeFiles, key: str, cause: str) -> FileError:
    """Where in the files the error of a field stands."""
    kind, _, rest = key.partition("-")
    if kind == "variable":
        number, _, column = rest.partition("-")
        variable = _variables(row, files)[int(number)]
        return FileError(VARIABLES, variable.row, column, str(getattr(variable, column, "")) or None, cause)
    if kind == "target":
        target = next(one for one in _targets(row, files) if one.period == rest)
        return FileError(TARGETS, target.row, "value", target.value, cause)
    column = {"owner": "owner_post", "variables": "code"}.get(key, key)
    return FileError(INDICATORS, row.row, column, str(getattr(row, column, "")) or None, cause)


def load_indicators(turn: Turn, office: Office, files: OfficeFiles, definitions: Sequence[Definition]) -> None:
    """Make or update the dictionary that was read from these files, then the earlier figures.

    A used definition that really differs becomes a new version; what an office folder cannot say (limits, grades,
    checks, cap, scale) stays as it was made on the pages.
    """
    posts = {post.code: post for post in Post.objects.filter(office=office)}
    rows = Rows.of(office)
    there = {(one.code, one.year): one for one in entries(office)}
    known: Known = {}
    statuses: Counter[str] = Counter()
    for order, read in enumerate(definitions, 1):
        current = there.get((read.code, read.year))
        wanted = _over(definition_of(current), read, order) if current else replace(read, order=order)
        saved = put(turn, rows, wanted, current, reason=RELOADED, who=SYSTEM.person_name)
        known[read.code, read.year] = saved.indicator
        statuses[saved.status] += 1
    data = {
        "indicators": len(files.indicators),
        "targets": len(files.targets),
        "values": len(files.values),
        **statuses,
    }
    turn.record("indicators:indicator:loaded", f"office:{office.code}", data)
    _load_history(turn, office, files, known, posts)


def _over(current: Definition, read: Definition, order: int) -> Definition:
    """The definition of the files over the one in force: what the files cannot say is kept."""
    limits = {variable.name: variable for variable in current.variables}
    variables = tuple(
        replace(
            limits[one.name],
            label=one.label,
            unit=one.unit,
            kind=one.kind,
            quantity=one.quantity or limits[one.name].quantity,
        )
        if one.name in limits
        else one
        for one in read.variables
    )
    targets = in_order({**dict(current.targets), **dict(read.targets)})
    said = {name: getattr(read, name) for name in (*_COLUMNS, "owner", "evidence_required")}
    return replace(current, **said, order=order, variables=variables, targets=targets)


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
        number, text = read_figure(line.indicator, row.value, variable.unit)
        Value.objects.create(line=line, variable=variable, number=number, text=text)
    mark_used((line.indicator for line in lines.values()), turn.at)
    for request in {line.request for line in lines.values()}:
        take_answer(turn, request=request, by=SYSTEM.person_name)
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
        HoldingKind.DEFINITIF.value,
        office.pk,
        office.code,
    )
