"""An indicator's definition as a value: read from typed text, compared, judged for completeness. Pure.

The form, the import, the office folder and the API all give the same texts (`Typed`), so that a definition means the
same whichever way it came, and what is wrong is told at its field. Definitions freeze when they are first used: only
what `redefines` says is a new version; targets, end-of-plan target, national standard and order are not.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from himpun.errors import Refusal
from himpun.indicators.dictionary.definition import (
    LABELS,
    LONGEST,
    MAX_PLACES,
    REQUIRED,
    VARIABLE_LONGEST,
    CheckDefinition,
    Definition,
    Row,
    Surroundings,
    Typed,
    VariableDefinition,
    left_blank,
)
from himpun.indicators.dictionary.formulas import check_computing
from himpun.measure.numbers import read_number
from himpun.measure.periods import Frequency, Period
from himpun.measure.scoring.achievement import VariableKind
from himpun.measure.scoring.quantities import Quantity, is_counted
from himpun.measure.scoring.values import Aggregation, Polarity
from himpun.offices.cells import code as read_code
from himpun.offices.cells import variable_name, yes
from himpun.typed import Complaints, Text, line, paragraphs


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
        **{name: given[name] for name in TEXTS},
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
        check_computing(definition, typed, around, wrong)
    wrong.refuse()
    return definition


TEXTS = (
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
CHOICES: Mapping[str, Sequence[str]] = {
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
        wrong.text(name, given.get(name, code), longest, missing=REQUIRED.get(name, ""))
    for name, accepted in CHOICES.items():
        if given[name]:
            wrong.choice(name, given[name], accepted)
    if given["owner"] not in around.posts:
        wrong["owner"] = (
            f"Jabatan “{given['owner']}” tidak ada di kantor ini." if given["owner"] else "Pilih penanggung jawabnya."
        )
    if given["scale"] and given["scale"] not in around.scales:
        wrong["scale"] = f"Skala “{given['scale']}” tidak ada pada tahun {typed.year}; buat dahulu di halaman Skala."


def _read_variables(rows: Sequence[Row], wrong: Complaints) -> tuple[VariableDefinition, ...]:
    found: list[VariableDefinition] = []
    for place, row in enumerate(rows):
        if left_blank(row):
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
        quantity = row.get("quantity", "").strip().casefold()
        if quantity:
            wrong.choice(f"{key}-quantity", quantity, Quantity.values())
        if minimum is not None and minimum < 0 and is_counted(quantity, row.get("unit", "")):
            wrong[f"{key}-minimum"] = "Cacah paling kecil 0. Kosongkan, atau pilih sifat besaran atau rasio."
        whole = _read_yes(row.get("whole", ""), f"{key}-whole", wrong, otherwise=False)
        required = _read_yes(row.get("required", ""), f"{key}-required", wrong, otherwise=True)
        label, unit = (line(row.get(column, "")) for column in ("label", "unit"))
        found.append(VariableDefinition(name, label, unit, kind, minimum, maximum, whole, required, quantity))
    return tuple(found)


def _read_checks(rows: Sequence[Row], wrong: Complaints) -> tuple[CheckDefinition, ...]:
    found = []
    for place, row in enumerate(rows):
        if left_blank(row):
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
