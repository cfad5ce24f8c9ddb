"""Many figures at once, whichever form they came in: read, put into our codes, taken in, told row by row."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from himpun.api.actions import codes_of
from himpun.api.forms import adx, dhis2, messages
from himpun.api.forms.codes import Codes
from himpun.api.forms.messages import GivenRow, Message
from himpun.errors import Refusal
from himpun.indicators.figures.importing import FigureRow, Report, Result, import_figures
from himpun.indicators.figures.taking import Taken
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.spreadsheets.book import Wrong
from himpun.spreadsheets.records import CsvUnreadable, decoded


@dataclass(frozen=True, slots=True)
class Form:
    """A form of message: how it is read, which system's codes it uses, and whether numbers have a decimal point."""

    name: str
    read: Callable[[bytes], Message]
    system: str
    point: bool


FORMS = {
    form.name: form
    for form in (
        Form("json", messages.read_json, "", True),
        Form("csv", messages.read_csv, "", False),
        Form("dhis2-json", dhis2.read_json, dhis2.SYSTEM, True),
        Form("dhis2-csv", dhis2.read_csv, dhis2.SYSTEM, True),
        Form("dhis2-xml", dhis2.read_xml, dhis2.SYSTEM, True),
        Form("adx", adx.read, adx.SYSTEM, True),
    )
}
OTHER_SYSTEMS = {"dhis2": ("dhis2-json", "dhis2-csv", "dhis2-xml"), "adx": ("adx",)}
"""What a person calls a form → the forms it may be."""
DECIMALS = {"titik": True, "koma": False}
NOT_WHOLE = (
    "Rincian kategori tidak diterima; hanya jumlahnya. Bila kode ini memang berarti tanpa rincian, petakan sebagai "
    "default di Pemetaan kode."
)


class DecimalUnknown(Refusal):
    """Asked for a decimal mark that there is none of."""

    code = "desimal-tidak-dikenal"
    status = 400

    def __init__(self, asked: str) -> None:
        super().__init__(f"Tanda desimal “{asked[:20]}” tidak dikenal. Tulis titik atau koma.")


def point_of(form: Form, decimal: str) -> bool:
    """Whether numbers have a decimal point: as asked for, else as the form has it. Raises DecimalUnknown."""
    if decimal and decimal not in DECIMALS:
        raise DecimalUnknown(decimal)
    return DECIMALS[decimal] if decimal and not form.system else form.point


def guess_form(content: bytes) -> Form:
    """The form that a file most likely has, by how it begins."""
    begun = _begun(content)
    if begun.startswith("<"):
        return FORMS["dhis2-xml" if "dataValueSet" in begun else "adx"]
    if begun.startswith("{"):
        return FORMS["dhis2-json" if '"dataValues"' in begun or '"dataElement"' in begun else "json"]
    lines = [line for line in begun.lower().splitlines() if line.strip() and not line.lstrip('"').startswith("sep=")]
    return FORMS["dhis2-csv" if lines and "dataelement" in lines[0].replace(" ", "").replace("_", "") else "csv"]


def _begun(content: bytes) -> str:
    """How a file begins, whatever its encoding."""
    try:
        return decoded(content[:4000]).lstrip()
    except CsvUnreadable:
        return content[:4000].decode("utf-8", "replace").removeprefix("\ufeff").lstrip()


def form_of(asked: str, content: bytes) -> Form:
    """The form asked for ("csv", "json", "dhis2", "adx"), or the guessed one for ""."""
    guessed = guess_form(content)
    if asked == dhis2.SYSTEM and guessed.name == "csv":
        return FORMS["dhis2-csv"]
    names = OTHER_SYSTEMS.get(asked, (asked,) if asked else (guessed.name,))
    return guessed if guessed.name in names else FORMS[names[0]]


def take_message(
    *,
    office: Office,
    form: Form,
    content: bytes,
    name: str,
    by: Person,
    dry_run: bool = False,
    only_good: bool = False,
    point: bool = True,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Take in the figures of a message, all or none (`only_good`: those that are right).

    Raises MessageRefused where it cannot be read, HoldsNoPost. Faults are told in the sender's codes.
    """
    codes = codes_of(office, form.system) if form.system else Codes("")
    message = _whole(form.read(content), codes)
    given = {row.row: row for row in message.rows}
    spoiled = bool(message.wrong) and not only_good
    report = import_figures(
        office=office,
        rows=[_own(row, codes) for row in message.rows],
        name=name,
        format=form.name,
        content=content,
        by=by,
        dry_run=dry_run or spoiled,
        only_good=only_good,
        each=True,
        point=point,
        progress=progress,
    )
    told = replace(
        report,
        wrong=tuple(_foreign(wrong, given) for wrong in report.wrong),
        dry_run=dry_run,
        passed=message.passed,
    )
    return _with(told, message.wrong, nothing_taken=spoiled)


def _whole(message: Message, codes: Codes) -> Message:
    """The message with only the rows that are totals; a detail that is not mapped as the whole is wrong."""
    rows, wrong = [], list(message.wrong)
    for row in message.rows:
        strange = next((one for one in row.details if not codes.is_whole(one[1], one[2])), None)
        if strange is None:
            rows.append(row)
        else:
            wrong.append(Wrong(row.row, strange[0], strange[2][:80], NOT_WHOLE))
    return replace(message, rows=tuple(rows), wrong=tuple(sorted(wrong, key=lambda one: one.row)))


def _own(row: GivenRow, codes: Codes) -> FigureRow:
    return FigureRow(row.row, codes.own_element(row.element), codes.own_unit(row.unit), row.period, row.value)


def _foreign(wrong: Wrong, given: dict[int, GivenRow]) -> Wrong:
    row = given[wrong.row]
    sent = {"unsur": row.element, "unit": row.unit}
    return replace(wrong, value=sent[wrong.column][:80]) if wrong.column in sent else wrong


def _with(report: Report, wrong: tuple[Wrong, ...], *, nothing_taken: bool) -> Report:
    if not wrong:
        return report
    results = [*report.results, *(Result(one.row, "salah", one.cause) for one in wrong)]
    return replace(
        report,
        rows=report.rows + len(wrong),
        taken=Taken(0, 0, 0) if nothing_taken else report.taken,
        wrong=tuple(sorted((*report.wrong, *wrong), key=lambda one: one.row)),
        wrong_count=report.wrong_count + len(wrong),
        applied=report.applied and not nothing_taken,
        results=tuple(sorted(results, key=lambda one: one.row)),
    )
