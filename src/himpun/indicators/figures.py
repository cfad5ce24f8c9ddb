"""Taking figures in: the one way in which a submitted request, an import and a correction become current figures.

A figure that is already there and the same is left alone, so that taking in twice changes nothing; a different one
becomes a new version and the old row stays. Few figures are compared in Python, many in the database by way of a
temporary table; a property test holds the two against each other. The caller holds the office's turn, so that two of
them never work on one office at once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from himpun.archive.journal import Turn
from himpun.errors import Conflict
from himpun.indicators.models import DataRequest, Element, Figure, Indicator, Variable
from himpun.indicators.periods import Period
from himpun.offices.models import Office

MANY = 400
"""From so many figures on the database compares them; both ways give the same."""
TABLE = Figure._meta.db_table


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
    def place(self) -> tuple[int, int, int, int, int]:
        """What only one current figure may have: unit, element and period."""
        return self.unit_id, self.element_id, self.year, self.month, self.months


class Taken(NamedTuple):
    """How many figures were new, changed an earlier one, or were there already."""

    added: int
    changed: int
    same: int


class FiguresFrozen(Conflict):
    """Frozen figures are changed by a correction. `places` are those that would have changed."""

    code = "angka-sudah-dibekukan"

    def __init__(self, places: list[tuple[int, int, int, int, int]]) -> None:
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


def element_of(variable: Variable) -> int:
    """The key of a variable's element; `ensure_elements` must have been called for it."""
    if variable.element_id is None:
        raise ValueError(f"{variable.name} has no element yet")
    return variable.element_id


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
    frozen: bool = False,
    over_frozen: bool = False,
) -> Taken:
    """Make `data` current (each place once). Raises FiguresFrozen, and then nothing was changed.

    `over_frozen` is for who may change what was frozen: a new round of the procedure, an approved correction.
    """
    if not data:
        return Taken(0, 0, 0)
    take = _take_many if len(data) >= MANY else _take_few
    return take(turn, office, data, source, by, frozen, over_frozen)


def _take_few(
    turn: Turn, office: Office, data: Sequence[Datum], source: str, by: str, frozen: bool, over_frozen: bool
) -> Taken:
    current = current_at(data)
    changed = [row for row in data if row.place in current and not is_same(row, current[row.place])]
    locked = [row.place for row in changed if current[row.place].frozen]
    if locked and not over_frozen:
        raise FiguresFrozen(locked)
    if changed:
        Figure.objects.filter(pk__in=[current[row.place].pk for row in changed]).update(current=False)
    added = [row for row in data if row.place not in current]
    Figure.objects.bulk_create(
        Figure(
            office=office,
            **row._asdict(),
            version=current[row.place].version + 1 if row.place in current else 1,
            frozen=frozen,
            source=source,
            at=turn.at,
            by=by,
        )
        for row in (*added, *changed)
    )
    return Taken(len(added), len(changed), len(data) - len(added) - len(changed))


def current_at(data: Sequence[Datum]) -> dict[tuple[int, int, int, int, int], Figure]:
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


def is_same(row: Datum, figure: Figure) -> bool:
    """Whether a figure says just this already."""
    return row.number == figure.number and row.text == figure.text


# --- many at once ---------------------------------------------------------------------------------------------------

_STAGED = """CREATE TEMPORARY TABLE staged_figure (
    variable_id bigint, element_id bigint, unit_id bigint, year smallint, month smallint, months smallint,
    number {number}, text varchar(60))"""
_SAME = "f.text = s.text AND (f.number = s.number OR (f.number IS NULL AND s.number IS NULL))"
_COMPARED = f"""CREATE TEMPORARY TABLE compared_figure AS
    SELECT s.*, f.id AS old, f.version, f.frozen FROM staged_figure s LEFT JOIN {TABLE} f
    ON f.unit_id = s.unit_id AND f.year = s.year AND f.element_id = s.element_id AND f.month = s.month
    AND f.months = s.months AND f.current WHERE f.id IS NULL OR NOT COALESCE({_SAME}, FALSE)"""  # noqa: S608 - constants of this module
_LOCKED = "SELECT unit_id, element_id, year, month, months FROM compared_figure WHERE frozen"
_RETIRE = f"UPDATE {TABLE} SET current = FALSE WHERE id IN (SELECT old FROM compared_figure WHERE old IS NOT NULL)"  # noqa: S608
_ADD = f"""INSERT INTO {TABLE} (office_id, variable_id, element_id, unit_id, year, month, months, number, text, version,
    current, frozen, source, at, by)
    SELECT %s, variable_id, element_id, unit_id, year, month, months, number, text, COALESCE(version, 0) + 1,
    TRUE, %s, %s, %s, %s FROM compared_figure"""  # noqa: S608
_TEMPORARY = ("staged_figure", "compared_figure")


def _take_many(
    turn: Turn, office: Office, data: Sequence[Datum], source: str, by: str, frozen: bool, over_frozen: bool
) -> Taken:
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        _drop(cursor)
        cursor.execute(_STAGED.format(number="numeric(30,8)" if postgres else "decimal"))
        _stage(cursor, data)
        cursor.execute(_COMPARED)
        cursor.execute(_LOCKED)
        locked = [tuple(row) for row in cursor.fetchall()]
        if locked and not over_frozen:
            _drop(cursor)
            raise FiguresFrozen(locked)
        cursor.execute(_RETIRE)
        changed = cursor.rowcount
        at = connection.ops.adapt_datetimefield_value(turn.at)
        cursor.execute(_ADD, [office.pk, frozen, source, at, by])
        written = cursor.rowcount
        _drop(cursor)
    return Taken(written - changed, changed, len(data) - written)


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


# --- what no longer counts ------------------------------------------------------------------------------------------


def retire_places(unit_id: int, places: Iterable[tuple[int | None, int, int, int]]) -> None:
    """Let a unit's figures at (element, year, month, months) no longer count: it now says nihil. The rows stay."""
    by_period: dict[tuple[int, int, int], list[int | None]] = {}
    for element, *period in places:
        by_period.setdefault((period[0], period[1], period[2]), []).append(element)
    for (year, month, months), elements in by_period.items():
        here = Figure.objects.current().filter(unit=unit_id, year=year, month=month, months=months)
        here.filter(element__in=elements).update(current=False)


def answered_by(requests: Iterable[DataRequest]) -> QuerySet[Figure]:
    """The figures that count and came with the answers to these requests."""
    asked = list(requests)
    return Figure.objects.current().filter(
        unit__in={request.unit_id for request in asked},
        year__in={Period.parse(request.period).year for request in asked},
        source__in=[f"request:{request.pk}" for request in asked],
    )


def withdraw(requests: Iterable[DataRequest]) -> None:
    """Let nothing that these requests brought count any more; the version before it counts again."""
    asked = list(requests)
    sources = {f"request:{request.pk}" for request in asked}
    for figure in answered_by(asked):
        Figure.objects.filter(pk=figure.pk).update(current=False)
        earlier = next((one for one in history_of(figure) if one.source not in sources), None)
        if earlier is not None:
            Figure.objects.filter(pk=earlier.pk).update(current=True)


def freeze_figures(requests: Iterable[DataRequest]) -> None:
    """Freeze what these requests brought."""
    answered_by(requests).filter(frozen=False).update(frozen=True)


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
