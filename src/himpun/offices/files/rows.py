"""The rows an office folder becomes: one plain dataclass for each file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from himpun.offices.worktime import Week

OFFICE, POSTS, PEOPLE, HOLDINGS = "office.toml", "posts.csv", "people.csv", "holdings.csv"
INDICATORS, VARIABLES, TARGETS = "indicators.csv", "variables.csv", "targets.csv"
VALUES, HOLIDAYS = "values.csv", "holidays.csv"
PROGRAMS, PROGRESS = "programs.csv", "progress.csv"
FILES = (
    OFFICE,
    POSTS,
    PEOPLE,
    HOLDINGS,
    INDICATORS,
    VARIABLES,
    TARGETS,
    VALUES,
    HOLIDAYS,
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
    """Who holds which post from when to when; `until` None means until further notice."""

    post: str
    username: str
    kind: str
    since: date
    until: date | None
    letter: str
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
    """A day off of this office."""

    day: date
    name: str
    source: str
    row: int = field(default=0, compare=False)


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
