"""What a procedure is, read from one TOML text.

Pure: no database, no clock. `read(text)` takes any SOP that can be written down, also a faulty one (the checker
wants to read those); `problems(procedure)` says why it cannot be *run*; `runnable(text)` does both and raises.

The words follow the SOP-AP form of PermenPANRB 35/2012: identity sheet, then one row a step
with its actor, kelengkapan (`needs`), waktu (`time`), output and keterangan (`note`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from himpun.errors import Refusal

END = "akhir"
"""Where the last decision of a procedure leads."""

MINUTES = {"menit": 1, "jam": 60}
_DAYS = {"hari": 1, "minggu": 5, "bulan": 21}
_NUMBER = r"(\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)"
_UNIT = r"(menit|jam|hari|minggu|bulan)\b"
_MOST = r"(?:±|\+/-|≤|<|maks(?:imal|imum)?\.?|paling lama|kurang lebih|sekitar)?\s*"
_PART = re.compile(rf"{_NUMBER}(?:\s*(?:-|–|—|s\.?\s?d\.?|sampai)\s*{_NUMBER})?\s*{_UNIT}", re.I)
_DURATION = re.compile(rf"^{_MOST}{_PART.pattern}(?:\s*(?:dan|,)?\s*{_NUMBER}\s*{_UNIT})*\D*$", re.I)
_ANY_TIME = re.compile(r"^(setiap saat|sewaktu-waktu|kondisional|disesuaikan|situasional)$", re.I)
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class DefinitionError(Refusal):
    """The text is not a procedure that can be run; `problems` lists why, a sentence each."""

    code = "prosedur-tidak-sah"

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Duration:
    """A standard time as the document writes it: a maximum, a range, or "setiap saat".

    `low` and `high` are in `unit` (menit, jam, hari, minggu, bulan); both are None for "setiap saat".
    `rest` holds what is added to it, so "15 hari 20 menit" is 15 hari and `rest` ((20.0, "menit"),).
    """

    text: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    rest: tuple[tuple[float, str], ...] = ()

    @property
    def parts(self) -> tuple[tuple[float, str], ...]:
        """Every maximum with its unit, in the order written; empty when there is no limit."""
        return () if self.high is None else ((self.high, self.unit), *self.rest)

    def minutes(self, day_minutes: int) -> int | None:
        """The maximum in working minutes, for a working day of `day_minutes`; None when there is no limit."""
        if self.high is None:
            return None
        return round(sum(amount * _unit_minutes(unit, day_minutes) for amount, unit in self.parts))


def _unit_minutes(unit: str, day_minutes: int) -> int:
    return MINUTES.get(unit) or _DAYS[unit] * day_minutes


@lru_cache(maxsize=1024)
def read_duration(text: str) -> Duration | None:
    """Read "1 hari", "15 hari 20 menit", "1.460 menit", "1–3 hari", "setiap saat"; None when none can be read.

    Numbers are Indonesian: a dot before three digits parts thousands, a comma parts decimals.
    """
    text = " ".join(text.split())
    if _ANY_TIME.match(text):
        return Duration(text)
    if not _DURATION.match(text):
        return None
    (low, high, unit), *rest = _PART.findall(text)
    added = tuple((_number(amount), unit.lower()) for amount, _, unit in rest)
    return Duration(text, unit.lower(), _number(low), _number(high or low), added)


def _number(text: str) -> float:
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?", text):
        text = text.replace(".", "")
    return float(text.replace(",", "."))


@dataclass(frozen=True, slots=True)
class Role:
    """Who acts, as a position and never a person. `outside` acts elsewhere and is recorded by `recorded_by`."""

    key: str
    title: str
    several: bool = False
    outside: bool = False
    recorded_by: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity sheet. Lists keep the document's order; texts are as written.

    `office_kind` is the kind of office the sheet is written for ("kecamatan", "dinas", …); empty for any kind.
    """

    office: str = ""
    office_kind: str = ""
    number: str = ""
    made_on: str = ""
    revised_on: str = ""
    effective_on: str = ""
    approved_on: str = ""
    approved_by: str = ""
    legal_basis: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    warning: str = ""
    qualifications: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the flowchart sheet.

    `next` maps each decision to the step it leads to (or `END`); `returns` are the decisions that hand back and
    so need a written reason. `questions` are put in the row in this order, where it holds more than one decision.
    `remark` is what a reader must know about the source, such as a text that differs from its drawing.
    """

    no: int
    name: str
    title: str
    who: str
    with_: tuple[str, ...] = ()
    each: str = ""
    needs: tuple[str, ...] = ()
    time_text: str = ""
    output: str = ""
    note: str = ""
    remark: str = ""
    questions: tuple[str, ...] = ()
    next: Mapping[str, int | str] = field(default_factory=dict)
    returns: frozenset[str] = frozenset()
    does: tuple[str, ...] = ()
    runs: str = ""

    @property
    def time(self) -> Duration | None:
        """The standard time, or None where the document gives none."""
        return read_duration(self.time_text)

    @property
    def actors(self) -> tuple[str, ...]:
        """Every role in the row, who decides first."""
        return (self.who, *self.with_)

    @property
    def is_decision(self) -> bool:
        """Drawn as a diamond: more than one way out."""
        return len(self.next) > 1 or bool(self.questions)


@dataclass(frozen=True, slots=True)
class Procedure:
    """A whole procedure. `sha256` is the digest of the exact text it was read from.

    `unread` says what stood in the text and could not be taken (an unknown key, a wrong shape), a sentence each.
    """

    key: str
    name: str
    identity: Identity
    roles: tuple[Role, ...]
    steps: tuple[Step, ...]
    sha256: str
    total_time_text: str = ""
    child_of: str = ""
    outcome: str = ""
    unread: tuple[str, ...] = ()

    @property
    def first(self) -> Step:
        return self.steps[0]

    def step(self, no: int) -> Step:
        """The step numbered `no`; KeyError when there is none."""
        for step in self.steps:
            if step.no == no:
                return step
        raise KeyError(no)

    def role(self, key: str) -> Role:
        """The role named `key`; KeyError when there is none."""
        for role in self.roles:
            if role.key == key:
                return role
        raise KeyError(key)

    @property
    def total_time(self) -> Duration | None:
        """The time the document gives for the whole procedure, if it gives one."""
        return read_duration(self.total_time_text)
