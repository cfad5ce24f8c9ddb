"""What a procedure is, read from one TOML text.

Pure: no database, no clock. `read(text)` takes any SOP that can be written down, also a faulty one (the checker
wants to read those); `problems(procedure)` says why it cannot be *run*; `runnable(text)` does both and raises.

The words follow the SOP-AP form of PermenPANRB 35/2012: identity sheet, then one row a step
with its actor, kelengkapan (`needs`), waktu (`time`), output and keterangan (`note`).
"""

import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from himpun.errors import Refusal

_T = TypeVar("_T")

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
_NO_TIME = {"", "-", "–", "—"}
_KEY = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


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


def read(text: str) -> Procedure:
    """Read a procedure, leniently: what cannot be taken is left out and told in `unread`.

    Raises DefinitionError only when the text is no TOML, or a step has no number.
    """
    found: list[str] = []
    top = _Fields(_toml(text), "prosedur", found)
    procedure = Procedure(
        key=top.text("key"),
        name=top.text("name"),
        identity=_identity(_Fields(top.take("identity", {}), "[identity]", found)),
        roles=tuple(_role(role, place, found) for place, role in _tables(top, "role")),
        steps=tuple(_step(step, place, found) for place, step in _tables(top, "step")),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        total_time_text=top.text("total_time"),
        child_of=top.text("child_of"),
        outcome=top.text("outcome"),
    )
    top.report_unknown()
    return replace(procedure, unread=tuple(found))


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:  # a number too long to read is none of tomllib's own errors
        raise DefinitionError(
            [f"Berkas ini bukan TOML yang sah: {error}. Perbaiki baris itu lalu coba lagi."]
        ) from error


class _Fields:
    """One table of the text: gives fields in the shape asked for, and tells what it could not take."""

    def __init__(self, data: Any, place: str, found: list[str]) -> None:
        if not isinstance(data, dict):
            raise DefinitionError([f"Isian {place} harus berupa tabel. Lihat docs/reference/prosedur.md."])
        self.data: dict[str, Any] = data
        self.place = place
        self.found = found
        self.asked: set[str] = set()

    def take(self, key: str, default: Any) -> Any:
        self.asked.add(key)
        return self.data.get(key, default)

    def text(self, key: str) -> str:
        value = self.take(key, "")
        if _is_text(value):
            return str(value)
        return self._refuse(key, "berupa teks", "")

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.take(key, ())
        if _is_text(value):
            return (str(value),)
        if isinstance(value, list | tuple) and all(_is_text(item) for item in value):
            return tuple(map(str, value))
        return self._refuse(key, "berupa daftar teks", ())

    def flag(self, key: str) -> bool:
        value = self.take(key, False)
        return value if isinstance(value, bool) else self._refuse(key, "berisi true atau false", False)

    def targets(self, key: str) -> dict[str, int | str]:
        value = self.take(key, {})
        if isinstance(value, dict) and all(_is_text(target) for target in value.values()):
            return {decision: target if isinstance(target, int) else str(target) for decision, target in value.items()}
        return self._refuse(key, 'berupa pasangan keputusan = langkah, misalnya { "paraf" = 8 }', {})

    def report_unknown(self) -> None:
        for key in [key for key in self.data if key not in self.asked]:
            self.found.append(f'Kunci "{key}" pada {self.place} tidak dikenal{self._likely(key)}. Perbaiki atau hapus.')

    def _likely(self, key: str) -> str:
        near = difflib.get_close_matches(key, sorted(self.asked), n=1)
        return f'; mungkin maksudnya "{near[0]}"' if near else ""

    def _refuse(self, key: str, wanted: str, instead: _T) -> _T:
        self.found.append(f'Isian "{key}" pada {self.place} harus {wanted}.')
        return instead


def _is_text(value: object) -> bool:
    return isinstance(value, str | int | float | date) and not isinstance(value, bool)


def _tables(top: _Fields, key: str) -> list[tuple[str, Any]]:
    """The [[key]] tables with the words that name each one's place."""
    tables = top.take(key, [])
    if not isinstance(tables, list):
        raise DefinitionError(
            [f"Tulis tiap {key} sebagai [[{key}]], dengan dua kurung siku. Lihat docs/reference/prosedur.md."]
        )
    return [(f"[[{key}]] ke-{place}", table) for place, table in enumerate(tables, 1)]


_IDENTITY_LISTS = {"legal_basis", "related", "qualifications", "equipment", "records"}


def _identity(given: _Fields) -> Identity:
    names = [item.name for item in fields(Identity)]
    values: dict[str, Any] = {
        name: given.texts(name) if name in _IDENTITY_LISTS else given.text(name) for name in names
    }
    given.report_unknown()
    return Identity(**values)


def _role(data: Any, place: str, found: list[str]) -> Role:
    given = _Fields(data, place, found)
    role = Role(
        key=given.text("key"),
        title=given.text("title"),
        several=given.flag("several"),
        outside=given.flag("outside"),
        recorded_by=given.text("recorded_by"),
    )
    given.report_unknown()
    return role


def _step(data: Any, place: str, found: list[str]) -> Step:
    given = _Fields(data, place, found)
    no = given.take("no", None)
    if not isinstance(no, int) or isinstance(no, bool):
        raise DefinitionError([f"{place} tidak bernomor: isi no dengan bilangan bulat, mulai dari 1."])
    given.place = f"langkah {no}"
    step = Step(
        no=no,
        name=given.text("name"),
        title=given.text("title"),
        who=given.text("who"),
        with_=given.texts("with"),
        each=given.text("each"),
        needs=given.texts("needs"),
        time_text=given.text("time"),
        output=given.text("output"),
        note=given.text("note"),
        remark=given.text("remark"),
        questions=given.texts("questions"),
        next=given.targets("next"),
        returns=frozenset(given.texts("returns")),
        does=given.texts("does"),
        runs=given.text("runs"),
    )
    given.report_unknown()
    return step


def role_titles(procedure: Procedure, office_titles: Mapping[str, str] | None = None) -> dict[str, str]:
    """What every role is called: the office's own title for it, else the title the procedure gives."""
    office_titles = office_titles or {}
    return {role.key: office_titles.get(role.key) or role.title for role in procedure.roles}


def worded(text: str, titles: Mapping[str, str]) -> str:
    """`text` with every `{role-key}` replaced by that role's title; a key not in `titles` is left as it stands.

    Take `titles` from `role_titles`, so that a role the office has no title for keeps its own.
    """
    return _PLACEHOLDER.sub(lambda found: titles.get(found[1].strip(), found[0]), text)


def problems(procedure: Procedure) -> list[str]:
    """Why this procedure cannot be run, a sentence each; empty when it can."""
    return list(_problems(procedure))


def _problems(procedure: Procedure) -> Iterator[str]:
    yield from procedure.unread
    yield from _name_problems(procedure)
    yield from _role_problems(procedure)
    yield from _placeholder_problems(procedure)
    if not procedure.steps:
        yield "Prosedur tidak punya langkah. Tulis sekurangnya satu [[step]]."
        return
    numbers = [step.no for step in procedure.steps]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"Nomor langkah harus berurutan dari 1, tetapi tertulis {_listed(numbers)}. Nomori ulang."
    known = {role.key: role for role in procedure.roles}
    for step in procedure.steps:
        yield from _step_problems(step, known, set(numbers))
    yield from _way_problems(procedure)


def _name_problems(procedure: Procedure) -> Iterator[str]:
    if not _KEY.match(procedure.key):
        yield f'Kunci prosedur "{procedure.key}" hanya boleh huruf kecil, angka, dan tanda hubung: "permintaan-data".'
    if not procedure.name:
        yield "Prosedur belum bernama. Isi name."
    names = [step.name for step in procedure.steps if step.name]
    for name in _repeated(names):
        yield f'Nama langkah (name) "{name}" dipakai lebih dari sekali. Beri nama yang berbeda.'
    if procedure.total_time_text.strip() not in _NO_TIME and read_duration(procedure.total_time_text) is None:
        yield f'Waktu seluruh prosedur "{procedure.total_time_text}" tidak dapat dibaca. {_TIME_HINT}'


_TIME_HINT = 'Tulis misalnya "1 hari", "15 hari 20 menit", "1–3 hari", atau "setiap saat".'


def _role_problems(procedure: Procedure) -> Iterator[str]:
    for key in _repeated([role.key for role in procedure.roles]):
        yield f'Peran "{key}" ditulis lebih dari sekali. Sisakan satu [[role]].'
    for role in procedure.roles:
        if not role.key or not role.title:
            yield f'Peran "{role.key or role.title}" harus punya key dan title. Lengkapi [[role]] itu.'


def _placeholder_problems(procedure: Procedure) -> Iterator[str]:
    known = {role.key for role in procedure.roles}
    for place, text in _worded_texts(procedure):
        for key in _PLACEHOLDER.findall(text):
            if key.strip() not in known:
                yield f"{{{key}}} pada {place} tidak ada di daftar [[role]]. Perbaiki kuncinya atau tambah peran."


def _worded_texts(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """Every text that may hold placeholders, with the words that name its place."""
    for item in fields(Identity):
        value = getattr(procedure.identity, item.name)
        for text in value if isinstance(value, tuple) else (value,):
            yield f"[identity] {item.name}", text
    for step in procedure.steps:
        for text in (step.title, *step.needs, step.output, step.note, step.remark, *step.questions):
            yield f"langkah {step.no}", text


def _step_problems(step: Step, known: Mapping[str, Role], numbers: set[int]) -> Iterator[str]:
    if not step.name or not step.title:
        yield f"Langkah {step.no} belum lengkap: isi name dan title."
    yield from _actor_problems(step, known)
    yield from _decision_problems(step, numbers)
    if step.time_text.strip() not in _NO_TIME and step.time is None:
        yield f'Waktu "{step.time_text}" pada langkah {step.no} tidak dapat dibaca. {_TIME_HINT}'


def _actor_problems(step: Step, known: Mapping[str, Role]) -> Iterator[str]:
    for key in (*step.actors, *([step.each] if step.each else [])):
        if not key:
            yield f"Langkah {step.no} belum punya pelaku: isi who dengan satu peran."
        elif key not in known:
            yield f'Langkah {step.no} memakai peran "{key}" yang tidak ada di daftar [[role]].'
    for key in _repeated(list(step.actors)):
        yield f'Langkah {step.no} menyebut peran "{key}" dua kali. Hapus salah satu dari who/with.'
    if step.each in known and not known[step.each].several:
        yield f'Langkah {step.no} meminta satu tugas untuk tiap "{step.each}": tandai peran itu several = true.'
    actor = known.get(step.who)
    if actor and actor.outside and actor.recorded_by not in known:
        yield f'Langkah {step.no} dikerjakan "{actor.title}" di luar kantor: isi recorded_by dengan peran pencatatnya.'


def _decision_problems(step: Step, numbers: set[int]) -> Iterator[str]:
    if not step.next:
        yield f"Langkah {step.no} tidak punya keputusan (next). Tulis sekurangnya satu."
        return
    for decision, target in step.next.items():
        yield from _target_problems(step, decision, target, numbers)
    for decision in sorted(step.returns - set(step.next)):
        yield f'returns pada langkah {step.no} menyebut "{decision}" yang tidak ada di next. Samakan tulisannya.'
    if not set(step.next) - step.returns:
        yield f"Langkah {step.no} hanya dapat dikembalikan; tulis juga keputusan yang maju."


def _target_problems(step: Step, decision: str, target: int | str, numbers: set[int]) -> Iterator[str]:
    if target == END:
        return
    if target not in numbers:
        yield f'Keputusan "{decision}" pada langkah {step.no} menuju langkah {target} yang tidak ada.'
    elif int(target) <= step.no and decision not in step.returns:
        yield (
            f'Keputusan "{decision}" pada langkah {step.no} kembali ke langkah {target}: '
            "daftarkan di returns agar alasannya wajib ditulis."
        )


def _way_problems(procedure: Procedure) -> Iterator[str]:
    numbers = {step.no for step in procedure.steps}
    stuck = numbers - _leading_to_end(procedure)
    if not any(END in step.next.values() for step in procedure.steps):
        yield f'Tidak ada keputusan yang menuju "{END}", sehingga prosedur tidak pernah selesai.'
    elif stuck:
        yield f"Dari langkah {_listed(stuck)} prosedur tidak pernah sampai ke akhir. Tambahkan keputusan yang maju."
    if unreached := numbers - _reached(procedure):
        yield f"Langkah {_listed(unreached)} tidak dapat dicapai dari langkah 1. Arahkan satu keputusan ke sana."


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))


def _repeated(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _reached(procedure: Procedure) -> set[int]:
    by_no = {step.no: step for step in procedure.steps}
    seen: set[int] = set()
    waiting: list[int | str] = [procedure.first.no]
    while waiting:
        no = waiting.pop()
        if isinstance(no, int) and no in by_no and no not in seen:
            seen.add(no)
            waiting += by_no[no].next.values()
    return seen


def _leading_to_end(procedure: Procedure) -> set[int]:
    good: set[int] = set()
    while more := {step.no for step in procedure.steps if step.no not in good and _leads_into(step, good)}:
        good |= more
    return good


def _leads_into(step: Step, good: set[int]) -> bool:
    return any(target == END or target in good for target in step.next.values())


def runnable(text: str) -> Procedure:
    """Read a procedure that can be run. Raises DefinitionError with every problem at once."""
    procedure = read(text)
    found = problems(procedure)
    if found:
        raise DefinitionError(found)
    return procedure


def transition_table(procedure: Procedure) -> str:
    """The procedure's decisions as a Markdown page, one row a decision, ended by a newline."""
    titles = role_titles(procedure)
    head = ["Langkah", "Pelaku", "Keputusan", "Berikutnya", "Alasan wajib", "Waktu", "Tindakan"]
    rows = [row for step in procedure.steps for row in _transition_rows(step, titles)]
    lines = [
        f"# Transisi: {procedure.name}",
        "",
        f"Prosedur `{procedure.key}`. Dibuat oleh `python -m himpun.procedures.transitions --write`; jangan disunting.",
        "",
        _markdown_row(head),
        _markdown_row(["---"] * len(head)),
        *map(_markdown_row, rows),
    ]
    if procedure.total_time_text:
        lines += ["", f"Waktu seluruhnya: {procedure.total_time_text}."]
    return "\n".join(lines) + "\n"


def _transition_rows(step: Step, titles: Mapping[str, str]) -> Iterator[list[str]]:
    actors = ", ".join(titles.get(key, key) for key in step.actors)
    acts = [f"`{name}`" for name in step.does] + ([f"menjalankan `{step.runs}`"] if step.runs else [])
    acts += [f"satu tugas untuk tiap {titles.get(step.each, step.each)}"] if step.each else []
    for decision, target in step.next.items():
        must = "ya" if decision in step.returns else ""
        yield [f"{step.no} `{step.name}`", actors, decision, str(target), must, step.time_text, ", ".join(acts)]


def _markdown_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
