"""The rows an office folder becomes: one plain dataclass for each file, each field with how its column is read.

A file's columns are the fields of its row, in their order: `Annotated[str, Cell(slug, 64)]`. `TABLES` names the files,
what makes a line of them unique, and which may be left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, NamedTuple, get_type_hints

from himpun.measure.periods import Frequency
from himpun.measure.scoring.achievement import VariableKind
from himpun.measure.scoring.quantities import Quantity
from himpun.measure.scoring.values import Aggregation, Polarity
from himpun.offices.cells import (
    code,
    day,
    day_hours,
    email,
    nip,
    one_of,
    period,
    slug,
    text,
    username,
    variable_name,
    whole,
    year,
    yes,
)
from himpun.offices.rules import ROLES
from himpun.offices.vocabulary import OWN_DAYS, HoldingKind, HolidayKind, LeaveKind
from himpun.offices.worktime import WEEKDAYS, Week
from himpun.typed import marks_fault

OFFICE, POSTS, PEOPLE, HOLDINGS = "office.toml", "posts.csv", "people.csv", "holdings.csv"
LEAVES = "leaves.csv"
INDICATORS, VARIABLES, TARGETS = "indicators.csv", "variables.csv", "targets.csv"
VALUES, HOLIDAYS, HOURS = "values.csv", "holidays.csv", "hours.csv"
PROGRAMS, PROGRESS = "programs.csv", "progress.csv"

# --- how a column is read -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """How the cells of a column are read, and how long they may be.

    A cell may be `blank`, and then is `empty`; an `optional` column may be left out. `name` is the column's heading
    where the field is called otherwise. What stands in a `secret` cell is never repeated. What is `known` must be written
    in that file under that heading.
    """

    read: Callable[[str], Any] = text
    longest: int = 300
    blank: bool = False
    optional: bool = False
    empty: Any = ""
    name: str = ""
    secret: bool = False
    known: tuple[str, str] | None = None

    def value_of(self, written: str) -> Any:
        """What the cell means; raises ValueError with the cause."""
        if len(written) > self.longest:
            raise ValueError(f"terlalu panjang ({len(written)} huruf); paling banyak {self.longest}.")
        if sentence := marks_fault(written):
            raise ValueError(sentence[:1].lower() + sentence[1:])
        return self.read(written)


def _blank(read: Callable[[str], Any] = text, longest: int = 300) -> Cell:
    return Cell(read, longest, blank=True)


def _missing(read: Callable[[str], Any] = text, longest: int = 300, *, empty: Any = "", secret: bool = False) -> Cell:
    return Cell(read, longest, blank=True, optional=True, empty=empty, secret=secret)


_PARAGRAPHS = 10_000  # a definition or a note may take the room it needs

_Plain = Annotated[str, Cell()]
_Code = Annotated[str, Cell(code, 40)]
_Title = Annotated[str, Cell(longest=200)]
_Written = Annotated[str, Cell(longest=60)]
_Amount = Annotated[str, _blank(longest=60)]
_Remark = Annotated[str, _missing()]
_Post = Annotated[str, Cell(known=(POSTS, "code"))]
_Person = Annotated[str, Cell(known=(PEOPLE, "username"))]
_Indicator = Annotated[str, Cell(known=(INDICATORS, "code"))]
_MaybePost = Annotated[str, Cell(blank=True, optional=True, known=(POSTS, "code"))]
_Decree = Annotated[str, _missing(longest=200)]
_Measure = Annotated[str, _missing(longest=60)]
_Year = Annotated[int, Cell(year)]
_Whole = Annotated[int, Cell(whole)]
_Period = Annotated[str, Cell(period)]
_Since = Annotated[date, Cell(day, name="from")]
_Until = Annotated[date, Cell(day, name="to")]
_Hours = Annotated[tuple[str, ...] | None, _missing(day_hours, empty=None)]

# --- the rows -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfficeSettings:
    """office.toml."""

    code: str
    name: str
    kind: str
    parent: str
    parent_name: str
    government: str
    address: str
    contact: str
    city: str
    timezone: str
    day_minutes: int
    week: Week
    number_patterns: Mapping[str, str]
    unit_codes: Mapping[str, str]
    synthetic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a table; `row` is its number in the file (the heading is 1)."""

    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class PostRow(Row):
    """One post (jabatan); `parent` is the code of the post above, empty for the head.

    `from` and `to` are the days on which it was opened and closed, where it was.
    """

    code: Annotated[str, Cell(slug, 64)]
    title: _Title
    role: Annotated[str, _blank(one_of(ROLES))]
    parent: Annotated[str, Cell(blank=True, known=(POSTS, "code"))]
    unit_code: _Code
    order: _Whole
    since: Annotated[date | None, Cell(day, blank=True, optional=True, empty=None, name="from")] = None
    until: Annotated[date | None, Cell(day, blank=True, optional=True, empty=None, name="to")] = None


@dataclass(frozen=True, slots=True)
class PersonRow(Row):
    """One person; an empty password is set later."""

    username: Annotated[str, Cell(username, 150)]
    name: _Title
    nip: Annotated[str, _blank(nip, 30)]
    rank: Annotated[str, _blank(longest=80)]
    email: Annotated[str, _blank(email, 254)]
    password: Annotated[str, _missing(secret=True)] = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class HoldingRow(Row):
    """Who holds which post from when to when; `until` None means until further notice; `own_post` of a mandate."""

    post: _Post
    username: _Person
    kind: Annotated[str, Cell(one_of(HoldingKind.values()))]
    since: _Since
    until: Annotated[date | None, Cell(day, blank=True, empty=None, name="to")]
    letter: Annotated[str, _blank(longest=200)]
    own_post: _MaybePost = ""


@dataclass(frozen=True, slots=True)
class LeaveRow(Row):
    """Days on which somebody acts for none of their posts, and who stands in ("" for nobody)."""

    username: _Person
    kind: Annotated[str, Cell(one_of(LeaveKind.values()))]
    since: _Since
    until: _Until
    letter: _Decree
    substitute: Annotated[str, Cell(blank=True, optional=True, known=(PEOPLE, "username"))]


@dataclass(frozen=True, slots=True)
class IndicatorRow(Row):
    """One indicator's definition in one year."""

    code: _Code
    name: _Plain
    sasaran: _Plain
    definition: Annotated[str, Cell(longest=_PARAGRAPHS)]
    rationale: Annotated[str, _blank(longest=_PARAGRAPHS)]
    formula: Annotated[str, Cell(longest=500)]
    unit: _Written
    polarity: Annotated[str, Cell(one_of(Polarity.values()))]
    aggregation: Annotated[str, Cell(one_of(Aggregation.values()))]
    source: _Plain
    owner_post: _Post
    frequency: Annotated[str, Cell(one_of(Frequency.values()))]
    evidence_required: Annotated[bool, Cell(yes)]
    year: _Year
    renstra_target: _Measure
    national_standard: _Measure


@dataclass(frozen=True, slots=True)
class VariableRow(Row):
    """One raw variable of an indicator's formula."""

    indicator: _Indicator
    name: Annotated[str, Cell(variable_name, 40)]
    label: _Plain
    unit: _Written
    kind: Annotated[str, Cell(one_of(VariableKind.values()))]
    order: _Whole
    quantity: Annotated[str, _missing(one_of(Quantity.values()))] = ""


@dataclass(frozen=True, slots=True)
class TargetRow(Row):
    """A target for a year or a part of it, as written."""

    indicator: _Indicator
    period: _Period
    value: _Written


@dataclass(frozen=True, slots=True)
class ValueRow(Row):
    """A value from before Himpun, as written."""

    indicator: _Indicator
    variable: _Plain
    unit_post: _Post
    period: _Period
    value: _Written
    note: Annotated[str, _missing(longest=_PARAGRAPHS)]


@dataclass(frozen=True, slots=True)
class HolidayRow(Row):
    """A day off of this office; with the kind "masuk" a national day off on which it works."""

    day: Annotated[date, Cell(day, name="date")]
    name: _Title
    source: _Decree
    kind: Annotated[str, _missing(one_of(OWN_DAYS), empty=HolidayKind.LOCAL.value)] = HolidayKind.LOCAL.value


@dataclass(frozen=True, slots=True)
class HoursRow(Row):
    """Days with other hours: each weekday's intervals as settings hold them; None keeps the usual ones, () is off."""

    since: _Since
    until: _Until
    name: _Title
    source: _Decree
    senin: _Hours
    selasa: _Hours
    rabu: _Hours
    kamis: _Hours
    jumat: _Hours
    sabtu: _Hours
    minggu: _Hours

    @property
    def by_weekday(self) -> dict[str, list[str]]:
        """The weekdays that are written, as `SpecialHours.hours` holds them."""
        written = {name: getattr(self, name) for name in WEEKDAYS}
        return {name: list(hours) for name, hours in written.items() if hours is not None}


@dataclass(frozen=True, slots=True)
class ProgramRow(Row):
    """A program, kegiatan or sub-kegiatan of one year, its pagu as written; `indicators` are codes with spaces between."""

    year: _Year
    code: _Code
    name: _Plain
    owner_post: _MaybePost
    budget: _Amount
    revised_budget: Annotated[str, _missing(longest=60)]
    indicators: _Remark


@dataclass(frozen=True, slots=True)
class ProgressRow(Row):
    """Realisasi of a month (not cumulative) and physical progress at its end (cumulative), as written."""

    year: _Year
    program: Annotated[str, Cell(longest=40, known=(PROGRAMS, "code"))]
    month: _Whole
    spent: _Amount
    physical: _Amount


# --- the tables -----------------------------------------------------------------------------------------------------


class Column(NamedTuple):
    """A column as it stands in a file: its heading, the field of the row it fills, and how its cells are read."""

    name: str
    field: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: the row each line becomes, its columns, the headings that make a line unique, and whether it may be left out."""

    becomes: type[Row]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    optional: bool = False


def _table(becomes: type[Row], *key: str, optional: bool = False) -> Table:
    cells = (
        (name, cell)
        for name, hint in get_type_hints(becomes, include_extras=True).items()
        for cell in getattr(hint, "__metadata__", ())
    )
    return Table(becomes, tuple(Column(cell.name or name, name, cell) for name, cell in cells), key, optional)


TABLES: Mapping[str, Table] = {
    POSTS: _table(PostRow, "code"),
    PEOPLE: _table(PersonRow, "username"),
    HOLDINGS: _table(HoldingRow, "post", "username", "from"),
    LEAVES: _table(LeaveRow, "username", "from", optional=True),
    INDICATORS: _table(IndicatorRow, "code", "year"),
    VARIABLES: _table(VariableRow, "indicator", "name"),
    TARGETS: _table(TargetRow, "indicator", "period"),
    VALUES: _table(ValueRow, "indicator", "variable", "unit_post", "period", optional=True),
    HOLIDAYS: _table(HolidayRow, "date", optional=True),
    HOURS: _table(HoursRow, "from", optional=True),
    PROGRAMS: _table(ProgramRow, "year", "code", optional=True),
    PROGRESS: _table(ProgressRow, "year", "program", "month", optional=True),
}
FILES = (OFFICE, *TABLES)


@dataclass(frozen=True, slots=True)
class OfficeFiles:
    """A whole office folder in which nothing was found wrong; a table's rows under its file's name."""

    office: OfficeSettings
    posts: tuple[PostRow, ...]
    people: tuple[PersonRow, ...]
    holdings: tuple[HoldingRow, ...]
    indicators: tuple[IndicatorRow, ...]
    variables: tuple[VariableRow, ...]
    targets: tuple[TargetRow, ...]
    values: tuple[ValueRow, ...]
    holidays: tuple[HolidayRow, ...]
    programs: tuple[ProgramRow, ...] = ()
    progress: tuple[ProgressRow, ...] = ()
    hours: tuple[HoursRow, ...] = ()
    leaves: tuple[LeaveRow, ...] = ()
