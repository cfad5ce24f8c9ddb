"""What a procedure is, read from one TOML text.

Pure: no database, no clock. `read(text)` takes any SOP that can be written down, also a faulty one (the checker
wants to read those); `problems(procedure)` says why it cannot be *run*; `runnable(text)` does both and raises.

The words follow the SOP-AP form of PermenPANRB 35/2012: identity sheet, then one row a step
with its actor, kelengkapan (`needs`), waktu (`time`), output and keterangan (`note`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from himpun.errors import Refusal
from himpun.offices.worktime import Amount
from himpun.procedures.times import Duration, counting_words, is_worth_saying, read_duration

END = "akhir"
"""Where the last decision of a procedure leads."""

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class DefinitionError(Refusal):
    """The text is not a procedure that can be run; `problems` lists why, a sentence each."""

    code = "prosedur-tidak-sah"

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


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
    `times` is how often its time is counted, where that is given for each of something and known how many there are.
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
    times: int = 1

    @property
    def time(self) -> Duration | None:
        """The standard time, or None where the document gives none."""
        return read_duration(self.time_text)

    @property
    def time_words(self) -> str:
        """How its time is counted, where a reader may expect another count; else ""."""
        time = self.time
        return counting_words(time) if time and is_worth_saying(time) else ""

    def amount(self, day_minutes: int) -> Amount | None:
        """What is counted of the standard time, for a working day of `day_minutes`; None where there is no limit."""
        time = self.time
        return time.amount(day_minutes, self.times) if time else None

    @property
    def actors(self) -> tuple[str, ...]:
        """Every role in the row, who decides first."""
        return (self.who, *self.with_)

    @property
    def is_decision(self) -> bool:
        """Drawn as a diamond: more than one way out."""
        return len(self.next) > 1 or bool(self.questions)


def _names(role: Role) -> set[str]:
    """The words by which a text may mean a role: its key, and the first word of its title ("Seksi …")."""
    return {role.key, *re.findall(r"\w+", role.title.lower())[:1]}


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

    def counted_for(self, step: Step) -> str:
        """The role for each of whose holders a step's time is counted; "" where it is counted once.

        "5 menit per unit" names a role that several posts hold. Where each of them has a task of its own (`each`), or
        the time is for each of something else ("per berkas"), it is counted once.
        """
        time = step.time
        if time is None or not time.per:
            return ""
        words = set(re.findall(r"\w+", time.per.lower()))
        named = (role.key for role in self.roles if role.several and words & _names(role))
        found = next(named, "")
        return "" if found == step.each else found

    @property
    def counted_roles(self) -> dict[int, str]:
        """Step number → the role its time is counted for, of the steps that have one."""
        return {step.no: role for step in self.steps if step.time_text and (role := self.counted_for(step))}

    def counted(self, numbers: Mapping[int, int]) -> "Procedure":
        """The same with the time of each step in `numbers` counted so many times."""
        return replace(self, steps=tuple(replace(step, times=numbers.get(step.no, 1)) for step in self.steps))

    @property
    def total_time(self) -> Duration | None:
        """The time the document gives for the whole procedure, if it gives one."""
        return read_duration(self.total_time_text)
