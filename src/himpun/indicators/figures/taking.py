"""Taking figures in: the one way in which a submitted request, an import and a correction become current figures.

A figure that is already there and the same is left alone, so that taking in twice changes nothing; a different one
becomes a new version and the old row stays. What is frozen is changed by `correct` alone, for an approved correction:
nothing here replaces, retires or withdraws it, and the database refuses it too (`guard.py`). Few figures are compared in Python, many in the database by way of a
temporary table; a property test holds the two against each other. The caller holds the office's turn, so that two of
them never work on one office at once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from himpun.archive.bulk import record_rows
from himpun.archive.journal import Turn
from himpun.archive.seals import SEALED
from himpun.errors import Conflict
from himpun.indicators.figures.places import Place, loaded, place_of, places_of
from himpun.indicators.figures.standing import Said
from himpun.indicators.models.dictionary import Element, Indicator, Variable
from himpun.indicators.models.figures import Figure, ImportTakenBack
from himpun.indicators.models.requests import DataRequest, RequestLine
from himpun.offices.models.offices import Office

CHUNK = 500
"""So many rows are named in one statement."""
MANY = 400
"""From so many figures on the database compares them; both ways give the same."""
TABLE = Figure._meta.db_table
"""What only one current figure may have: unit, element, and its period as year, last month, length in months."""


class Datum(NamedTuple):
    """A figure to take in: its place, and a number or a text (a grade), never both blank. Months as in `Figure`."""

    variable_id: int
    element_id: int
    unit_id: int
    year: int
    month: int
    months: int
    number: Decimal | None
    text: str = ""

    @property
    def place(self) -> Place:
        """Where it counts."""
        return self.unit_id, self.element_id, self.year, self.month, self.months


class Taken(NamedTuple):
    """How many figures were new, changed an earlier one, or were there already.

    `vouched` of those there already had come with an answer that can still be withdrawn: they are now also of this source.
    """

    added: int
    changed: int
    same: int
    vouched: int = 0


class FiguresFrozen(Conflict):
    """Frozen figures are changed by a correction. `places` are those that would have changed."""

    code = "angka-sudah-dibekukan"

    def __init__(self, places: list[Place]) -> None:
        super().__init__(
            f"{len(places)} angka sudah dibekukan dalam rekap dan tidak diganti diam-diam. Ajukan koreksi dengan alasan dan bukti."
        )
        self.places = places


def ensure_elements(variables: Iterable[Variable]) -> None:
    """Give every variable its element, "IKU-01.desa_baik", shared by all offices (`indicator` should be loaded)."""
    lacking = [variable for variable in variables if variable.element_id is None]
    if not lacking:
        return
    codes = {f"{variable.indicator.code}.{variable.name}" for variable in lacking}
    Element.objects.bulk_create([Element(code=code) for code in sorted(codes)], ignore_conflicts=True)
    known = dict(Element.objects.filter(code__in=codes).values_list("code", "pk"))
    for variable in lacking:
        variable.element_id = known[f"{variable.indicator.code}.{variable.name}"]
    Variable.objects.bulk_update(lacking, ["element_id"])


def mark_used(indicators: Iterable[Indicator], at: datetime) -> None:
    """Freeze definitions that figures are now asked for or taken in by; a change is a new version from here on."""
    fresh = [indicator.pk for indicator in indicators if indicator.used_at is None]
    if fresh:
        Indicator.objects.filter(pk__in=fresh, used_at__isnull=True).update(used_at=at)


def take_in(
    turn: Turn,
    *,
    office: Office,
    data: Sequence[Datum],
    source: str,
    by: str,
) -> Taken:
    """Make `data` current (each place once). Raises FiguresFrozen, and then nothing was changed."""
    if not data:
        return Taken(0, 0, 0)
    take = _take_many if len(data) >= MANY else _take_few
    return take(turn, office, data, source, by)


def _take_few(turn: Turn, office: Office, data: Sequence[Datum], source: str, by: str) -> Taken:
    current = current_at(data)
    there = [row for row in data if row.place in current]
    changed = [row for row in there if not is_same(row, current[row.place])]
    vouched = [row for row in there if is_same(row, current[row.place]) and _is_loose(current[row.place], source)]
    locked = [row.place for row in changed if current[row.place].frozen]
    if locked:
        raise FiguresFrozen(locked)
    if changed or vouched:
        Figure.objects.filter(pk__in=[current[row.place].pk for row in (*changed, *vouched)]).update(current=False)
    added = [row for row in data if row.place not in current]
    Figure.objects.bulk_create(
        Figure(
            office=office,
            **row._asdict(),
            version=current[row.place].version + 1 if row.place in current else 1,
            source=source,
            at=turn.at,
            by=by,
        )
        for row in (*added, *changed, *vouched)
    )
    return Taken(len(added), len(changed), len(data) - len(added) - len(changed), len(vouched))


def _is_loose(figure: Figure, source: str) -> bool:
    """Whether a figure counts only as long as an answer of another request is not withdrawn."""
    return not figure.frozen and figure.source.startswith("request:") and figure.source != source


def current_at(data: Sequence[Datum]) -> dict[Place, Figure]:
    """The current figures at the places of `data`, locked, by place."""
    found = Figure.objects.current().filter(
        unit_id__in={row.unit_id for row in data},
        element_id__in={row.element_id for row in data},
        year__in={row.year for row in data},
        month__in={row.month for row in data},
    )
    return {
        (figure.unit_id, figure.element_id, figure.year, figure.month, figure.months): figure
        for figure in found.select_for_update()
    }


def correct(turn: Turn, *, figure: Figure, number: Decimal | None, text: str, source: str, by: str) -> Figure | None:
    """A new version in place of a frozen figure, for its approved correction; None when it no longer counts."""
    if not Figure.objects.filter(pk=figure.pk, current=True, frozen=True).update(current=False):
        return None
    return Figure.objects.create(
        office_id=figure.office_id,
        variable_id=figure.variable_id,
        element_id=figure.element_id,
        unit_id=figure.unit_id,
        year=figure.year,
        month=figure.month,
        months=figure.months,
        number=number,
        text=text,
        version=figure.version + 1,
        frozen=True,
        source=source,
        at=turn.at,
        by=by,
    )


def is_same(row: Datum, figure: Figure) -> bool:
    """Whether a figure says just this already."""
    return row.number == figure.number and row.text == figure.text


# --- many at once ---------------------------------------------------------------------------------------------------

_STAGED = """CREATE TEMPORARY TABLE staged_figure (
    variable_id bigint, element_id bigint, unit_id bigint, year smallint, month smallint, months smallint,
    number {number}, text varchar(60))"""
_SAME = "f.text = s.text AND (f.number = s.number OR (f.number IS NULL AND s.number IS NULL))"
_COMPARED = f"""CREATE TEMPORARY TABLE compared_figure AS
    SELECT s.*, f.id AS old, f.version, f.frozen, f.id IS NOT NULL AND {_SAME} AS same FROM staged_figure s LEFT JOIN {TABLE} f
    ON f.unit_id = s.unit_id AND f.year = s.year AND f.element_id = s.element_id AND f.month = s.month
    AND f.months = s.months AND f.current WHERE f.id IS NULL OR NOT COALESCE({_SAME}, FALSE)
    OR (NOT f.frozen AND f.source LIKE 'request:%%' AND f.source <> %s)"""  # noqa: S608 - constants of this module
_LOCKED = "SELECT unit_id, element_id, year, month, months FROM compared_figure WHERE frozen"
_VOUCHED = "SELECT COUNT(*) FROM compared_figure WHERE same"
_RETIRE = f"""UPDATE {TABLE} SET current = FALSE WHERE id IN (SELECT old FROM compared_figure WHERE old IS NOT NULL)
    RETURNING id"""  # noqa: S608
_ADD = f"""INSERT INTO {TABLE} (office_id, variable_id, element_id, unit_id, year, month, months, number, text, version,
    current, frozen, source, at, by)
    SELECT %s, variable_id, element_id, unit_id, year, month, months, number, text, COALESCE(version, 0) + 1,
    TRUE, FALSE, %s, %s, %s FROM compared_figure RETURNING {{array}}"""  # noqa: S608
_FIELDS = ["variable_id", "element_id", "unit_id", "year", "month", "months", "number", "text", "version"]
_ARRAY = {
    "sqlite": f"json_array(id, {', '.join(_FIELDS)})".replace("number", "CAST(number AS TEXT)"),
    "postgresql": f"json_build_array(id, {', '.join(_FIELDS)})::text".replace("number", "number::text"),
}
"""A written row as the seals of many rows list it."""
_TEMPORARY = ("staged_figure", "compared_figure")


def _take_many(turn: Turn, office: Office, data: Sequence[Datum], source: str, by: str) -> Taken:
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        _drop(cursor)
        cursor.execute(_STAGED.format(number="numeric(30,8)" if postgres else "decimal"))
        _stage(cursor, data)
        cursor.execute(_COMPARED, [source])
        cursor.execute(_LOCKED)
        locked = [tuple(row) for row in cursor.fetchall()]
        if locked:
            _drop(cursor)
            raise FiguresFrozen(locked)
        cursor.execute(_VOUCHED)
        (vouched,) = cursor.fetchone()
        cursor.execute(_RETIRE)
        retired = [f"[{key}]" for (key,) in cursor.fetchall()]
        at = connection.ops.adapt_datetimefield_value(turn.at)
        cursor.execute(_ADD.format(array=_ARRAY[connection.vendor]), [office.pk, source, at, by])
        written = [line for (line,) in cursor.fetchall()]
        _drop(cursor)
    _seal_many(turn, office, source, by, retired, written)
    changed = len(retired) - vouched
    added = len(written) - len(retired)
    return Taken(added, changed, len(data) - added - changed, vouched)


def _seal_many(turn: Turn, office: Office, source: str, by: str, retired: list[str], written: list[str]) -> None:
    kind = SEALED[Figure._meta.label_lower]
    record_rows(turn, source, kind, retired, fields=[], same={"current": False})
    same = {"office_id": office.pk, "source": source, "at": turn.at, "by": by, "current": True, "frozen": False}
    record_rows(turn, source, kind, written, fields=_FIELDS, same=same)


def _drop(cursor: Any) -> None:
    for table in _TEMPORARY:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")


def _stage(cursor: Any, data: Sequence[Datum]) -> None:
    """The rows into the temporary table: COPY on PostgreSQL, executemany on SQLite."""
    if connection.vendor == "postgresql":
        columns = "variable_id, element_id, unit_id, year, month, months, number, text"
        with cursor.copy(f"COPY staged_figure ({columns}) FROM STDIN") as copy:
            for start in range(0, len(data), 5000):
                copy.write("".join(map(as_line, data[start : start + 5000])))
        cursor.execute("ANALYZE staged_figure")
        return
    cursor.connection.cursor().executemany(
        "INSERT INTO staged_figure (variable_id, element_id, unit_id, year, month, months, number, text) VALUES (?,?,?,?,?,?,?,?)",
        [(*row[:6], None if row.number is None else str(row.number), row.text) for row in data],
    )


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def as_line(row: Datum) -> str:
    """A datum as COPY reads it; also what an import\'s digest is made of."""
    variable, element, unit, year, month, months, number, text = row
    shown = "\\N" if number is None else f"{number:f}"
    return f"{variable}\t{element}\t{unit}\t{year}\t{month}\t{months}\t{shown}\t{text.translate(_ESCAPES) if text else ''}\n"


def in_force_at(places: Iterable[Place]) -> dict[Place, Figure]:
    """The figures that count at these places."""
    return {place_of(figure): figure for figure in versions_at(set(places)) if figure.current}


def versions_at(places: set[Place]) -> list[Figure]:
    """Every version at these places, the newest first."""
    found = Figure.objects.filter(
        unit_id__in={unit for unit, *_ in places},
        element_id__in={place[1] for place in places},
        year__in={place[2] for place in places},
        month__in={place[3] for place in places},
    )
    return [figure for figure in found.order_by("-id") if place_of(figure) in places]


def freeze_places(places: Iterable[Place]) -> None:
    """Freeze what counts at these places, whoever brought it."""
    thawed = [figure.pk for figure in in_force_at(places).values() if not figure.frozen]
    Figure.objects.filter(pk__in=thawed, frozen=False).update(frozen=True)


# --- what no longer counts ------------------------------------------------------------------------------------------


def retire_places(places: Iterable[Place], *, answers_only: bool = False) -> None:
    """Let what counts at these places no longer count: the unit now says nihil. The rows stay, and so does what is frozen.

    `answers_only` leaves what an import brought: a field left blank takes back only what the unit itself had answered.
    """
    retired = [
        figure.pk
        for figure in in_force_at(places).values()
        if not figure.frozen and (not answers_only or figure.source.startswith("request:"))
    ]
    Figure.objects.filter(pk__in=retired, frozen=False).update(current=False)


def withdraw(requests: Iterable[DataRequest]) -> None:
    """Let no answer to these requests count any more, unless it is frozen; what it had displaced counts again.

    The requests must be marked already (withdrawn or excused): what other such requests brought does not come back.
    """
    lines = RequestLine.objects.filter(request__in=list(requests))
    places = {place for line in loaded(lines) for place in places_of(line).values()}
    give_back(places, gone=set())


def give_back(places: Iterable[Place], *, gone: set[str]) -> tuple[int, int]:
    """Let figures of these sources no longer count; what they had displaced counts again. (how many did, how many are blank)

    What is frozen stays, and what a withdrawn request or another import taken back had brought does not come back.
    """
    by_place: dict[Place, list[Figure]] = {}
    for figure in versions_at(set(places)):
        by_place.setdefault(place_of(figure), []).append(figure)
    gone = gone | withdrawn_sources(figure for versions in by_place.values() for figure in versions)
    said = Said(set(by_place))
    retired, back = [], []
    for place, versions in by_place.items():
        current = next((figure for figure in versions if figure.current), None)
        if current and (current.frozen or current.source not in gone):
            continue
        if current:
            retired.append(current.pk)
        earlier = earlier_of(versions, gone)
        if earlier and not said.takes_back(place, earlier):
            back.append(earlier.pk)
    for start in range(0, len(retired), CHUNK):
        Figure.objects.filter(pk__in=retired[start : start + CHUNK], frozen=False).update(current=False)
    for start in range(0, len(back), CHUNK):
        Figure.objects.filter(pk__in=back[start : start + CHUNK]).update(current=True)
    return len(back), max(len(retired) - len(back), 0)


def earlier_of(versions: Iterable[Figure], gone: set[str]) -> Figure | None:
    """Of the versions at one place, the newest first, the one that counts when these sources no longer do."""
    return next((figure for figure in versions if figure.source not in gone and not figure.frozen), None)


def withdrawn_sources(figures: Iterable[Figure]) -> set[str]:
    """The sources of these figures that count no more: withdrawn requests, imports taken back."""
    sources = {figure.source.partition(":")[::2] for figure in figures}
    requests = {int(key) for kind, key in sources if kind == "request"}
    imports = {int(key) for kind, key in sources if kind == "import"}
    withdrawn = Q(withdrawn_at__isnull=False) | Q(state=DataRequest.State.EXCUSED)
    found = DataRequest.objects.filter(withdrawn, pk__in=requests).values_list("pk", flat=True)
    undone = ImportTakenBack.objects.filter(figure_import__in=imports).values_list("figure_import_id", flat=True)
    return {f"request:{key}" for key in found} | {f"import:{key}" for key in undone}


def history_of(figure: Figure) -> list[Figure]:
    """Every version of the figure's place, the newest first."""
    same = Figure.objects.filter(
        unit_id=figure.unit_id,
        element_id=figure.element_id,
        year=figure.year,
        month=figure.month,
        months=figure.months,
    )
    return list(same.order_by("-id"))
