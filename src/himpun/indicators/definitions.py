"""An indicator's definition as a value: read from typed text, compared, judged for completeness. Pure.

The form, the import, the office folder and the API all give the same texts (`Typed`), so that a definition means the
same whichever way it came, and what is wrong is told at its field. Definitions freeze when they are first used: only
what `redefines` says is a new version; targets, end-of-plan target, national standard and order are not.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from himpun.errors import Refusal
from himpun.measure.formula.names import check_names, check_no_cycle
from himpun.measure.formula.parser import from_kinds, parse
from himpun.measure.formula.parts import Formula, FormulaNamesUnknown
from himpun.measure.formula.units import check_units
from himpun.measure.numbers import read_number, write_number
from himpun.measure.periods import Frequency, Kind, Period
from himpun.measure.scoring import values
from himpun.measure.scoring.achievement import VariableKind
from himpun.measure.scoring.scale import Level, Scale
from himpun.measure.scoring.values import Aggregation, Polarity
from himpun.offices.cells import code as read_code
from himpun.offices.cells import variable_name, yes
from himpun.typed import Complaints, Text, line, paragraphs

WORDS = frozenset({Polarity.GRADE, Polarity.TEXT})
"""Polarities whose realisasi is a word: they need no formula."""
MAX_PLACES = 6
LABELS: Mapping[str, str] = {
    "code": "Kode",
    "year": "Tahun",
    "name": "Nama indikator",
    "sasaran": "Sasaran",
    "definition": "Definisi operasional",
    "rationale": "Alasan/manfaat",
    "formula": "Rumus",
    "unit": "Satuan",
    "polarity": "Polaritas",
    "aggregation": "Cara agregasi",
    "source": "Sumber data",
    "owner": "Penanggung jawab",
    "contributors": "Unit pengisi lain",
    "frequency": "Frekuensi",
    "evidence_required": "Bukti dukung wajib",
    "renstra_target": "Target akhir Renstra",
    "national_standard": "Standar nasional",
    "grades": "Nilai predikat",
    "cap": "Batas atas capaian (%)",
    "places": "Angka di belakang koma",
    "jump_percent": "Lonjakan yang perlu dijelaskan (%)",
    "scale": "Skala",
    "order": "Urutan",
}
"""Field → its heading on the card, the form and in exported files, in their order."""
VARIABLE_LABELS: Mapping[str, str] = {
    "name": "Nama variabel",
    "label": "Uraian",
    "unit": "Satuan",
    "kind": "Jenis",
    "minimum": "Paling kecil",
    "maximum": "Paling besar",
    "whole": "Bilangan bulat",
    "required": "Wajib diisi",
}
CHECK_LABELS: Mapping[str, str] = {"condition": "Syarat", "sentence": "Kalimat", "blocks": "Menahan pengiriman"}
LONGEST: Mapping[str, int] = {
    "code": 40,
    "name": 300,
    "sasaran": 300,
    "formula": 500,
    "unit": 60,
    "source": 300,
    "renstra_target": 60,
    "national_standard": 60,
    "definition": Text.PASSAGE.value,
    "rationale": Text.PASSAGE.value,
    "grades": Text.NOTE.value,
}
VARIABLE_LONGEST: Mapping[str, int] = {"name": 40, "label": 300, "unit": 60}
LOOSE = frozenset({"targets", "renstra_target", "national_standard", "order"})
"""What may change without a new version: what is to be reached, not what is measured."""
_REQUIRED = {
    "name": "Tulis nama indikator.",
    "sasaran": "Tulis sasaran yang diukur indikator ini.",
    "unit": "Tulis satuannya, misalnya %, orang, atau menit.",
}
_YES = {True: "ya", False: "tidak"}

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Typed:
    """A definition as typed: every cell a text. `targets` is period code → target; blank rows count for nothing."""

    code: str
    year: int
    fields: Mapping[str, str]
    variables: Sequence[Row] = ()
    targets: Mapping[str, str] = field(default_factory=dict)
    checks: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class VariableDefinition:
    """One raw figure: its name in the formula, what it counts, its unit, and what is accepted."""

    name: str
    label: str
    unit: str
    kind: str
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    whole: bool = False
    required: bool = True

    def __str__(self) -> str:
        limits = [f"paling kecil {write_number(self.minimum)}"] if self.minimum is not None else []
        limits += [f"paling besar {write_number(self.maximum)}"] if self.maximum is not None else []
        limits += ["bilangan bulat"] if self.whole else []
        limits += [] if self.required else ["boleh kosong"]
        return ", ".join([f"{self.label} ({self.unit or 'tanpa satuan'})", self.kind, *limits])


@dataclass(frozen=True, slots=True)
class CheckDefinition:
    """What the figures must fulfil together."""

    condition: str
    sentence: str
    blocks: bool = True

    def __str__(self) -> str:
        return f"{self.condition}: {self.sentence} ({'menahan' if self.blocks else 'minta penjelasan'})"


@dataclass(frozen=True, slots=True)
class Definition:
    """An indicator of one year with everything the card says. Posts and scales are named by code and name."""

    code: str
    year: int
    name: str
    sasaran: str
    unit: str
    owner: str
    definition: str = ""
    rationale: str = ""
    formula: str = ""
    polarity: str = Polarity.POSITIVE.value
    aggregation: str = Aggregation.LAST.value
    source: str = ""
    contributors: tuple[str, ...] = ()
    frequency: str = Frequency.QUARTERLY.value
    evidence_required: bool = False
    renstra_target: str = ""
    national_standard: str = ""
    grades: tuple[tuple[str, Decimal], ...] = ()
    cap: Decimal | None = None
    places: int = 2
    jump_percent: Decimal | None = None
    scale: str = ""
    order: int = 0
    variables: tuple[VariableDefinition, ...] = ()
    checks: tuple[CheckDefinition, ...] = ()
    targets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Other:
    """Another indicator of the year, as far as a formula may refer to it."""

    unit: str
    formula: str
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a definition may name: posts (code → title), scales of the year, the other indicators by code."""

    posts: Mapping[str, str]
    scales: Collection[str] = ()
    others: Mapping[str, Other] = field(default_factory=dict)


# --- reading ---------------------------------------------------------------------------------------------------------


def read_definition(typed: Typed, around: Surroundings) -> Definition:
    """The definition these texts mean. Raises FieldErrors with all that is wrong.

    Fields are named as in `LABELS`, "variable-NUMBER-COLUMN" and "check-NUMBER-COLUMN" (from 0), "target-PERIOD".
    """
    wrong = Complaints()
    given = {
        name: (paragraphs if name in _WITH_LINES else line)(typed.fields.get(name, ""))
        for name in LABELS
        if name not in ("code", "year")
    }
    _check_head(typed, given, around, wrong)
    variables = _read_variables(typed.variables, wrong)
    checks = _read_checks(typed.checks, wrong)
    frequency = given["frequency"] if given["frequency"] in list(Frequency) else Frequency.QUARTERLY.value
    definition = Definition(
        code=typed.code.strip(),
        year=typed.year,
        **{name: given[name] for name in _TEXTS},
        polarity=given["polarity"] or Polarity.POSITIVE.value,
        aggregation=given["aggregation"] or Aggregation.LAST.value,
        frequency=frequency,
        contributors=_read_contributors(given, around, wrong),
        evidence_required=_read_yes(given["evidence_required"], "evidence_required", wrong, otherwise=False),
        grades=_read_grades(given["grades"], wrong),
        cap=_read_cap(given["cap"], wrong),
        places=wrong.whole("places", given["places"], range(MAX_PLACES + 1), otherwise=2),
        jump_percent=_read_jump(given["jump_percent"], wrong),
        order=wrong.whole("order", given["order"], range(100_001), otherwise=0),
        variables=variables,
        checks=checks,
        targets=_read_targets(typed, frequency, wrong),
    )
    if not any(key.startswith(("variable", "check", "formula", "unit", "polarity")) for key in wrong):
        _check_computing(definition, typed, around, wrong)
    wrong.refuse()
    return definition


_TEXTS = (
    "name",
    "sasaran",
    "definition",
    "rationale",
    "formula",
    "unit",
    "source",
    "owner",
    "renstra_target",
    "national_standard",
    "scale",
)
_WITH_LINES = frozenset({"definition", "rationale", "grades"})
"""Where people write paragraphs; elsewhere runs of blanks are one."""
_CHOICES: Mapping[str, Sequence[str]] = {
    "polarity": Polarity.values(),
    "aggregation": Aggregation.values(),
    "frequency": Frequency.values(),
}


def _check_head(typed: Typed, given: Mapping[str, str], around: Surroundings, wrong: Complaints) -> None:
    code = typed.code.strip()
    wrong.read("code", code, read_code, None)
    wrong.note("code", "" if code else "Tulis kodenya, misalnya IKU-01.")
    wrong.year("year", typed.year)
    for name, longest in LONGEST.items():
        wrong.text(name, given.get(name, code), longest, missing=_REQUIRED.get(name, ""))
    for name, accepted in _CHOICES.items():
        if given[name]:
            wrong.choice(name, given[name], accepted)
    if given["owner"] not in around.posts:
        wrong["owner"] = (
            f"Jabatan “{given['owner']}” tidak ada di kantor ini." if given["owner"] else "Pilih penanggung jawabnya."
        )
    if given["scale"] and given["scale"] not in around.scales:
        wrong["scale"] = f"Skala “{given['scale']}” tidak ada pada tahun {typed.year}; buat dahulu di halaman Skala."


def _is_blank(row: Row) -> bool:
    return not any(row.get(name, "").strip() for name in ("name", "label", "unit", "condition", "sentence"))


def _read_variables(rows: Sequence[Row], wrong: Complaints) -> tuple[VariableDefinition, ...]:
    found: list[VariableDefinition] = []
    for place, row in enumerate(rows):
        if _is_blank(row):
            continue
        key = f"variable-{place}"
        name = row.get("name", "").strip()
        wrong.read(f"{key}-name", name, variable_name, None)
        wrong.note(f"{key}-name", "" if name else "Tulis nama variabelnya.")
        if name in {one.name for one in found}:
            wrong[f"{key}-name"] = f"Nama {name} sudah dipakai variabel lain."
        kind = row.get("kind", "").strip() or VariableKind.VALUE.value
        wrong.choice(f"{key}-kind", kind, VariableKind.values())
        for column, longest in VARIABLE_LONGEST.items():
            missing = "Tulis apa yang dihitung, misalnya “Desa dengan nilai baik”." if column == "label" else ""
            wrong.text(f"{key}-{column}", row.get(column, "").strip(), longest, missing=missing)
        minimum = _read_limit(row.get("minimum", ""), f"{key}-minimum", wrong)
        maximum = _read_limit(row.get("maximum", ""), f"{key}-maximum", wrong)
        if minimum is not None and maximum is not None and minimum > maximum:
            wrong[f"{key}-maximum"] = "Yang paling besar lebih kecil daripada yang paling kecil; tukar keduanya."
        whole = _read_yes(row.get("whole", ""), f"{key}-whole", wrong, otherwise=False)
        required = _read_yes(row.get("required", ""), f"{key}-required", wrong, otherwise=True)
        label, unit = (line(row.get(column, "")) for column in ("label", "unit"))
        found.append(VariableDefinition(name, label, unit, kind, minimum, maximum, whole, required))
    return tuple(found)


def _read_checks(rows: Sequence[Row], wrong: Complaints) -> tuple[CheckDefinition, ...]:
    found = []
    for place, row in enumerate(rows):
        if _is_blank(row):
            continue
        condition, sentence = (line(row.get(name, "")) for name in ("condition", "sentence"))
        for name, text, lacking in (
            ("condition", condition, "Tulis syaratnya, misalnya laki + perempuan = jumlah."),
            ("sentence", sentence, "Tulis kalimat yang dibaca pengisi bila syarat ini tidak terpenuhi."),
        ):
            wrong.text(f"check-{place}-{name}", text, Text.SHORT, missing=lacking)
        blocks = _read_yes(row.get("blocks", ""), f"check-{place}-blocks", wrong, otherwise=True)
        found.append(CheckDefinition(condition, sentence, blocks))
    return tuple(found)


def _read_contributors(given: Mapping[str, str], around: Surroundings, wrong: Complaints) -> tuple[str, ...]:
    codes = tuple(sorted(set(given["contributors"].replace(",", " ").replace(";", " ").split()) - {given["owner"]}))
    if strangers := [code for code in codes if code not in around.posts]:
        wrong["contributors"] = f"Jabatan {', '.join(strangers)} tidak ada di kantor ini."
    return codes


def _read_targets(typed: Typed, frequency: str, wrong: Complaints) -> tuple[tuple[str, str], ...]:
    found: dict[Period, str] = {}
    shortest = Frequency(frequency).kind.months
    for code, text in typed.targets.items():
        text = line(text)
        period = wrong.read(f"target-{code}", code, Period.parse, None) if text else None
        if period is None:
            continue
        if period.year != typed.year:
            wrong[f"target-{code}"] = f"Periode ini bukan tahun {typed.year}."
        elif period.kind.months < shortest:
            wrong[f"target-{code}"] = f"Indikator {frequency} tidak punya target untuk {period.label}."
        else:
            wrong.text(f"target-{code}", text, 60)
        found[period] = text
    return in_order({period.code: text for period, text in found.items()})


def in_order(targets: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Targets by their periods in order of time."""
    return tuple((code, targets[code]) for code in sorted(targets, key=Period.parse))


def _read_yes(text: str, key: str, wrong: Complaints, *, otherwise: bool) -> bool:
    if not text.strip():
        return otherwise
    try:
        return yes(text.strip())
    except ValueError:
        wrong[key] = "Tulis ya atau tidak."
        return otherwise


def _read_limit(text: str, key: str, wrong: Complaints) -> Decimal | None:
    return wrong.read(key, text, _limit, None) if text.strip() else None


def _limit(text: str) -> Decimal:
    number = read_number(text)
    if abs(number) >= Decimal(10) ** 20 or -int(number.as_tuple().exponent) > 8:
        raise Refusal("Angka terlalu panjang: paling banyak 20 angka di depan koma dan 8 di belakangnya.")
    return plain(number)


def plain(number: Decimal) -> Decimal:
    """The same number without zeros at its end, so that 100 read from a file equals 100,00 read from the database."""
    number = number.normalize()
    return number.quantize(Decimal(1)) if int(number.as_tuple().exponent) > 0 else number


def _read_cap(text: str, wrong: Complaints) -> Decimal | None:
    cap = _read_limit(text, "cap", wrong)
    if cap is not None and not 100 <= cap < 100_000:
        wrong["cap"] = "Batas atas capaian paling kecil 100, supaya target yang tercapai tetap 100."
    if cap is not None and cap != round(cap, 2):
        wrong["cap"] = "Paling banyak dua angka di belakang koma."
    return cap


def _read_jump(text: str, wrong: Complaints) -> Decimal | None:
    jump = _read_limit(text, "jump_percent", wrong)
    if jump is not None and not 0 < jump < 100_000:
        wrong["jump_percent"] = "Tulis persentase di atas 0, misalnya 50, atau kosongkan."
    if jump is not None and jump != round(jump, 2):
        wrong["jump_percent"] = "Paling banyak dua angka di belakang koma."
    return jump


def _read_grades(text: str, wrong: Complaints) -> tuple[tuple[str, Decimal], ...]:
    """ "A = 90; BB = 80,5" or a line for each: what each grade counts."""
    found: dict[str, Decimal] = {}
    for part in text.replace("\n", ";").split(";"):
        if not part.strip():
            continue
        name, sign, number = part.partition("=")
        name = line(name).upper()
        try:
            if not name or not sign or name in found:
                raise Refusal(f"Tulis tiap predikat sekali dengan nilainya, misalnya A = 90; “{part.strip()}” belum.")
            found[name] = plain(read_number(number))
        except Refusal as error:
            wrong["grades"] = str(error)
    return tuple(found.items())


# --- the formula -----------------------------------------------------------------------------------------------------


def effective_formula(definition: Definition) -> str:
    """The formula as written, or the one that the kinds of the variables mean; "" for words, or where they mean none."""
    if definition.formula or definition.polarity in WORDS:
        return definition.formula
    percent = "%" in definition.unit or "persen" in definition.unit.lower()
    return from_kinds([(variable.name, variable.kind) for variable in definition.variables], percent)


def _check_computing(definition: Definition, typed: Typed, around: Surroundings, wrong: Complaints) -> None:
    text = effective_formula(definition)
    if not text and definition.polarity not in WORDS:
        wrong["formula"] = (
            "Tulis rumusnya; tanpa rumus hanya satu pembilang dan satu penyebut, atau satu nilai, yang dapat dihitung."
        )
        return
    parsed = wrong.read("formula", text, parse, None) if text else None
    if text and parsed is None:
        return
    variables = {variable.name: variable.unit for variable in definition.variables}
    used: set[str] = set()
    if parsed is None:
        if not variables:
            wrong["variables"] = "Tambahkan satu variabel: tempat predikat atau isian ditulis."
        used = set(variables)
    else:
        try:
            check_formula(parsed, definition, around)
        except Refusal as error:
            wrong["formula"] = str(error)
            return
        used = set(parsed.variables)
        if not variables and not parsed.references:
            wrong["variables"] = "Tambahkan paling sedikit satu variabel: angka mentah yang diisi unit."
    used |= _check_conditions(definition, typed, wrong)
    for place, variable in zip(_places(typed.variables), definition.variables, strict=True):
        if variable.name not in used:
            wrong[f"variable-{place}-name"] = (
                f"Variabel {variable.name} tidak dipakai rumus; pakai, atau hapus barisnya."
            )


def referred_by(definition: Definition) -> frozenset[str]:
    """The codes of the indicators that a formula names; none when it cannot be read."""
    try:
        text = effective_formula(definition)
        return frozenset(code for code, _ in parse(text).references) if text else frozenset()
    except Refusal:
        return frozenset()


def _depends_on(others: Mapping[str, Other], code: str) -> frozenset[str]:
    """What another indicator's formula needs, to follow a ring."""
    try:
        return parse(others[code].formula).depends_on if code in others else frozenset()
    except Refusal:
        return frozenset()


def _reference_units(parsed: Formula, others: Mapping[str, Other]) -> dict[tuple[str, str], str]:
    return {
        (code, name): others[code].variables.get(name, "") if name else others[code].unit
        for code, name in parsed.references
        if code in others
    }


def _check_foreign_variables(parsed: Formula, others: Mapping[str, Other]) -> None:
    for code, name in sorted(parsed.references):
        if name and code in others and name not in others[code].variables:
            known = ", ".join(others[code].variables) or "tidak ada"
            raise FormulaNamesUnknown(f"Indikator {code} tidak punya variabel {name}. Variabelnya: {known}.")


def check_formula(parsed: Formula, definition: Definition, around: Surroundings) -> None:
    """Names, units and rings of a formula in its surroundings. Raises the refusal that says what is wrong."""
    variables = {variable.name: variable.unit for variable in definition.variables}
    others = {**around.others, definition.code: Other(definition.unit, definition.formula, variables)}
    check_names(parsed, variables, {code: other.unit for code, other in others.items()})
    _check_foreign_variables(parsed, others)
    check_no_cycle(definition.code, parsed, lambda code: _depends_on(others, code))
    if definition.polarity not in WORDS:
        check_units(parsed, variables, _reference_units(parsed, others), definition.unit)


def _places(rows: Sequence[Row]) -> list[int]:
    """Where the rows that count stand among those typed."""
    return [place for place, row in enumerate(rows) if not _is_blank(row)]


def _check_conditions(definition: Definition, typed: Typed, wrong: Complaints) -> set[str]:
    """The names that the conditions use; what cannot be read is told at its condition."""
    used: set[str] = set()
    variables = {variable.name: variable.unit for variable in definition.variables}
    for place, check in zip(_places(typed.checks), definition.checks, strict=True):
        try:
            parsed = parse(as_formula(check.condition))
            check_names(parsed, variables, {})
            check_units(parsed, variables, {}, "")
        except Refusal as error:
            wrong[f"check-{place}-condition"] = str(error)
            continue
        used |= set(parsed.variables)
    return used


def as_formula(condition: str) -> str:
    """A condition ("laki + perempuan = jumlah") as a formula that is 1 where it holds and 0 where it does not."""
    return f"jika({condition}; 1; 0)"


class Name(NamedTuple):
    """One name in a formula: what it stands for, its unit, whether it exists, and the names beneath it."""

    name: str
    what: str
    unit: str
    known: bool
    below: tuple["Name", ...] = ()


def names_in(
    text: str, labels: Mapping[str, tuple[str, str]], around: Surroundings, path: tuple[str, ...] = ()
) -> tuple[Name, ...]:
    """The tree of names of a formula: own variables (name → label and unit), other indicators with what they need.

    Raises FormulaUnreadable.
    """
    parsed = parse(text)
    found = [
        Name(name, *labels.get(name, ("variabel ini belum ada pada indikator", "")), name in labels)
        for name in sorted(parsed.variables)
    ]
    for code, variable in sorted(parsed.references):
        other = around.others.get(code)
        if other is None:
            found.append(Name(code, "indikator ini tidak ada pada tahun yang sama", "", known=False))
        elif variable:
            unit = other.variables.get(variable, "")
            found.append(Name(f"{code}.{variable}", "variabel indikator lain", unit, variable in other.variables))
        else:
            found.append(Name(code, "indikator lain", other.unit, known=True, below=_names_below(code, around, path)))
    return tuple(found)


def _names_below(code: str, around: Surroundings, path: tuple[str, ...]) -> tuple[Name, ...]:
    other = around.others[code]
    if not other.formula or code in path:
        return ()
    own = {name: ("variabel indikator itu", unit) for name, unit in other.variables.items()}
    try:
        return names_in(other.formula, own, around, (*path, code))
    except Refusal:
        return ()


# --- as text again ---------------------------------------------------------------------------------------------------


def as_typed(definition: Definition) -> Typed:
    """The texts that mean this definition: for the form, for files, and to change only some of them."""
    fields = {name: str(getattr(definition, name)) for name in (*_TEXTS, *_CHOICES, "places", "order")}
    fields |= {
        "contributors": " ".join(definition.contributors),
        "evidence_required": _YES[definition.evidence_required],
        "grades": "; ".join(f"{name} = {write_number(score)}" for name, score in definition.grades),
        "cap": _number(definition.cap),
        "jump_percent": _number(definition.jump_percent),
    }
    variables = [
        {
            "name": variable.name,
            "label": variable.label,
            "unit": variable.unit,
            "kind": variable.kind,
            "minimum": _number(variable.minimum),
            "maximum": _number(variable.maximum),
            "whole": _YES[variable.whole],
            "required": _YES[variable.required],
        }
        for variable in definition.variables
    ]
    checks = [
        {"condition": check.condition, "sentence": check.sentence, "blocks": _YES[check.blocks]}
        for check in definition.checks
    ]
    return Typed(definition.code, definition.year, fields, variables, dict(definition.targets), checks)


def _number(value: Decimal | None) -> str:
    return "" if value is None else write_number(value)


# --- comparing -------------------------------------------------------------------------------------------------------


class Difference(NamedTuple):
    """One thing that differs between two definitions: the field, its heading, and both as people read them."""

    field: str
    label: str
    old: str
    new: str


def differences(old: Definition, new: Definition) -> tuple[Difference, ...]:
    """What differs, in the order of the card: fields, then variables, checks, targets one by one."""
    before, after = as_typed(old).fields, as_typed(new).fields
    found = [
        Difference(name, label, before[name], after[name])
        for name, label in LABELS.items()
        if name in before and before[name] != after[name]
    ]
    found += _named(
        "variables",
        "Variabel",
        {one.name: str(one) for one in old.variables},
        {one.name: str(one) for one in new.variables},
    )
    if not any(one.field == "variables" for one in found) and old.variables != new.variables:
        names = [", ".join(one.name for one in side.variables) for side in (old, new)]
        found.append(Difference("variables", "Urutan variabel", *names))
    old_checks, new_checks = ({str(one): str(one) for one in side.checks} for side in (old, new))
    found += _named("checks", "Syarat", old_checks, new_checks, named=False)
    for period in dict.fromkeys([*dict(old.targets), *dict(new.targets)]):
        one, other = dict(old.targets).get(period, ""), dict(new.targets).get(period, "")
        if one != other:
            found.append(Difference("targets", f"Target {Period.parse(period).label}", one, other))
    return tuple(found)


def _named(
    field_name: str, label: str, old: Mapping[str, str], new: Mapping[str, str], *, named: bool = True
) -> list[Difference]:
    return [
        Difference(field_name, f"{label} {name}" if named else label, old.get(name, ""), new.get(name, ""))
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def redefines(found: Iterable[Difference]) -> bool:
    """Whether these differences make another definition, so that a used one needs a new version."""
    return any(difference.field not in LOOSE for difference in found)


# --- targets ---------------------------------------------------------------------------------------------------------


def target_notices(definition: Definition) -> dict[str, str]:
    """Period code → why the target there is kept and shown but not computed with."""
    notices = {}
    for code, text in definition.targets:
        if sentence := _why_not_computed(definition, text):
            notices[code] = f"“{text}” disimpan dan ditampilkan, tidak dihitung: {sentence}"
    return notices


def _why_not_computed(definition: Definition, text: str) -> str:
    if definition.polarity == Polarity.TEXT:
        return "polaritas indikator ini teks."
    try:
        values.read_target(text, definition.polarity)
    except Refusal:
        return f"bukan {'rentang seperti 2,60–3,50' if definition.polarity == Polarity.RANGE else 'angka'}."
    if definition.polarity == Polarity.GRADE:
        known = [name for name, _ in definition.grades] or [*values.AKIP_GRADE, *values.BPK_OPINION]
        if text.strip().upper() not in {name.upper() for name in known}:
            return f"predikat ini tidak ada di antara {', '.join(known)}."
    return ""


def target_periods(year: int, frequency: str) -> tuple[Period, ...]:
    """The periods a target may be given for: the indicator's own, then the year."""
    kind = Frequency(frequency).kind
    own = tuple(Period(kind, year, index) for index in range(1, kind.per_year + 1))
    return own if kind is Kind.YEAR else (*own, Period(Kind.YEAR, year))


# --- completeness ----------------------------------------------------------------------------------------------------

COMPLETENESS = Scale(
    (
        Level("a", "sangat-tinggi", 90),
        Level("b", "tinggi", 75),
        Level("c", "sedang", 40),
        Level("d", "rendah", 10),
        Level("e", "sangat-rendah"),
    )
)
"""Share of indicators with a complete operational definition (PermenPANRB 88/2021)."""


class Completeness(NamedTuple):
    """How many of an office's definitions are complete: percent (None without indicators), band a–e, and its rule."""

    percent: Fraction | None
    band: str
    rule: str
    complete: int = 0
    total: int = 0


def definition_gaps(definition: Definition) -> list[str]:
    """What the indicator's card still lacks, in words; empty when complete. The national standard is optional."""
    lacking = [LABELS[name].lower() for name in _CARD if not getattr(definition, name)]
    if definition.polarity not in WORDS and not effective_formula(definition):
        lacking.append("rumus")
    if not definition.variables and not definition.formula:
        lacking.append("variabel")
    lacking += [f"uraian variabel {one.name}" for one in definition.variables if not one.label]
    if definition.polarity not in WORDS:
        lacking += [f"satuan variabel {one.name}" for one in definition.variables if not one.unit]
    lacking += _target_gaps(definition)
    return lacking


_CARD = ("name", "sasaran", "definition", "rationale", "unit", "source", "owner", "renstra_target")


def _target_gaps(definition: Definition) -> list[str]:
    """The year's target, or one for every period of the year."""
    given = dict(definition.targets)
    if str(definition.year) in given:
        return []
    own = [period for period in target_periods(definition.year, definition.frequency) if period.kind is not Kind.YEAR]
    return [] if own and all(period.code in given for period in own) else [f"target tahun {definition.year}"]


def completeness(definitions: Iterable[Definition]) -> Completeness:
    """The share of complete definitions with its band (docs/how-to/kamus-indikator.md)."""
    gaps = [definition_gaps(definition) for definition in definitions]
    if not gaps:
        return Completeness(None, "", COMPLETENESS.rule_text())
    complete = sum(not lacking for lacking in gaps)
    percent = Fraction(complete * 100, len(gaps))
    category = COMPLETENESS.category(percent)
    return Completeness(percent, category.name, category.rule, complete, len(gaps))
