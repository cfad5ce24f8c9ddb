"""The rows an office folder becomes: one plain dataclass for each file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from himpun.offices.worktime import WEEKDAYS, Week

OFFICE, POSTS, PEOPLE, HOLDINGS = "office.toml", "posts.csv", "people.csv", "holdings.csv"
LEAVES = "leaves.csv"
INDICATORS, VARIABLES, TARGETS = "indicators.csv", "variables.csv", "targets.csv"
VALUES, HOLIDAYS, HOURS = "values.csv", "holidays.csv", "hours.csv"
PROGRAMS, PROGRESS = "programs.csv", "progress.csv"
FILES = (
    OFFICE,
    POSTS,
    PEOPLE,
    HOLDINGS,
    LEAVES,
    INDICATORS,
    VARIABLES,
    TARGETS,
    VALUES,
    HOLIDAYS,
    HOURS,
    PROGRAMS,
    PROGRESS,
)


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


@dataclass(frozen=True, slots=True)
class PostRow:
    """One post (jabatan); `parent` is the code of the post above, empty for the head."""

    code: str
    title: str
    role: str
    parent: str
    unit_code: str
    order: int
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person; an empty password is set later."""

    username: str
    name: str
    nip: str
    rank: str
    email: str
    password: str = field(default="", repr=False)
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """Who holds which post from when to when; `until` None means until further notice; `own_post` of a mandate."""

    post: str
    username: str
    kind: str
    since: date
    until: date | None
    letter: str
    row: int = field(default=0, compare=False)
    own_post: str = ""


@dataclass(frozen=True, slots=True)
class LeaveRow:
    """Days on which somebody acts for none of their posts, and who stands in ("" for nobody)."""

    username: str
    kind: str
    since: date
    until: date
    letter: str
    substitute: str
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One indicator's definition in one year."""

    code: str
    name: str
    sasaran: str
    definition: str
    rationale: str
    formula: str
    unit: str
    polarity: str
    aggregation: str
    source: str
    owner_post: str
    frequency: str
    evidence_required: bool
    year: int
    renstra_target: str
    national_standard: str
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class VariableRow:
    """One raw variable of an indicator's formula."""

    indicator: str
    name: str
    label: str
    unit: str
    kind: str
    order: int
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target for a year or a part of it, as written."""

    indicator: str
    period: str
    value: str
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A value from before Himpun, as written."""

    indicator: str
    variable: str
    unit_post: str
    period: str
    value: str
    note: str
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """A day off of this office; with the kind "masuk" a national day off on which it works."""

    day: date
    name: str
    source: str
    kind: str = "daerah"
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class HoursRow:
    """Days with other hours: each weekday's intervals as settings hold them; None keeps the usual ones, () is off."""

    since: date
    until: date
    name: str
    source: str
    senin: tuple[str, ...] | None
    selasa: tuple[str, ...] | None
    rabu: tuple[str, ...] | None
    kamis: tuple[str, ...] | None
    jumat: tuple[str, ...] | None
    sabtu: tuple[str, ...] | None
    minggu: tuple[str, ...] | None
    row: int = field(default=0, compare=False)

    @property
    def by_weekday(self) -> dict[str, list[str]]:
        """The weekdays that are written, as `SpecialHours.hours` holds them."""
        written = {name: getattr(self, name) for name in WEEKDAYS}
        return {name: list(hours) for name, hours in written.items() if hours is not None}


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """A program, kegiatan or sub-kegiatan of one year, its pagu as written; `indicators` are codes with spaces between."""

    year: int
    code: str
    name: str
    owner_post: str
    budget: str
    revised_budget: str
    indicators: str
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """Realisasi of a month (not cumulative) and physical progress at its end (cumulative), as written."""

    year: int
    program: str
    month: int
    spent: str
    physical: str
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class OfficeFiles:
    """A whole office folder in which nothing was found wrong."""

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
