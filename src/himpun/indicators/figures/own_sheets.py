"""An office's own sheets: read by the column mapping that was once confirmed for their headings and is remembered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from himpun import clock
from himpun.archive.journal import act
from himpun.errors import Refusal
from himpun.indicators.figures import importing
from himpun.indicators.figures.mapping.applying import Unseen, apply, missing, unseen
from himpun.indicators.figures.mapping.headings import (
    fingerprint,
    guess,
    headings_at,
    renewed,
    resolve,
    sheet_of,
    value_columns,
)
from himpun.indicators.figures.mapping.stacks import Says, is_by_letter, says
from himpun.indicators.figures.mapping.values import (
    STATED_YEARS,
    FigureRow,
    Mapping,
    MappingUnfit,
    Moment,
    from_json,
    normalised,
    to_json,
)
from himpun.indicators.models.dictionary import Indicator
from himpun.indicators.models.figures import ColumnMapping
from himpun.indicators.models.requests import DataRequest, RequestLine
from himpun.measure.numbers import write_number
from himpun.measure.periods import Period, value_period
from himpun.offices.acting import acting_in
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.spreadsheets.book import Book, Wrong, column_letter

DECIMALS = 30


class MappingNeeded(MappingUnfit):
    """Nobody has said yet what the columns of this sheet are; `guessed` is the proposal, None when there is none."""

    code = "pemetaan-belum-ada"

    def __init__(self, guessed: Mapping | None, lacks: Sequence[str] = ()) -> None:
        chosen = f" Yang masih harus dipilih: {'; '.join(lacks)}." if lacks else ""
        super().__init__(f"Lembar ini belum dikenal. Pilih dahulu arti kolom-kolomnya; pilihan itu diingat.{chosen}")
        self.guessed = guessed


class OwnSheet(NamedTuple):
    """How a sheet is read: its mapping and the name under which it is remembered.

    `columns` are those whose cells are taken as figures, each with its headings and period; `against` of them those
    whose headings say target or capaian, which somebody chose all the same. `unseen` says what the sheet hides.
    """

    mapping: Mapping
    name: str
    columns: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    unseen: Unseen = Unseen((), (), 0, False)


class RequestRow(NamedTuple):
    """A figure of an own sheet that belongs to a request."""

    line_id: int
    variable_id: int
    typed: str
    address: str


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """An own sheet read for a request: `left_out` figures are of other periods or units."""

    rows: tuple[RequestRow, ...]
    wrong: tuple[Wrong, ...]
    sheet: OwnSheet
    left_out: int
    doubts: tuple[str, ...]


# --- the mapping ----------------------------------------------------------------------------------------------------


def mapping_for(office: Office, book: Book) -> OwnSheet:
    """The mapping remembered for this workbook's headings. Raises MappingNeeded with a proposal."""
    prints = [fingerprint(sheet) for sheet in book.sheets]
    row = ColumnMapping.objects.filter(office=office, fingerprint__in=prints).order_by("-saved_at").first()
    if row is None:
        raise MappingNeeded(propose(book))
    remembered = renewed(from_json(row.mapping), book)
    if lacks := missing(remembered):
        raise MappingNeeded(remembered, lacks)
    return _told(remembered, row.name, book)


def _told(mapping: Mapping, name: str, book: Book) -> OwnSheet:
    sheet = sheet_of(mapping, book)
    headings = headings_at(sheet, mapping.header_row)
    by_letter = is_by_letter([*headings.values()])
    columns, against = [], []
    for column, part in value_columns(mapping, resolve(mapping, sheet)).items():
        place = headings[column].place if column in headings else column_letter(column)
        columns.append(f"{place} untuk {_period_of(mapping, part)}" if part or mapping.period else place)
        if column in headings and says(headings[column], by_letter=by_letter) is Says.OTHER:
            against.append(place)
    return OwnSheet(mapping, name, tuple(columns), tuple(against), unseen(mapping, book))


def _period_of(mapping: Mapping, part: str) -> str:
    moment = Moment(None, part) if part and not STATED_YEARS.match(part) else None
    code = moment.code(mapping.year) if moment else part or mapping.period
    return Period.parse(code).label if code else part


def propose(book: Book, sheet: str = "") -> Mapping | None:
    """A guess for the workbook, or for one of its sheets; None where no row reads like headings."""
    chosen = [each for each in book.sheets if each.name == sheet] or list(book.sheets)
    try:
        guessed = guess(Book(tuple(chosen), book.kind))
    except MappingUnfit:
        return None
    return replace(guessed, others=tuple(each.name for each in book.sheets if each.name != guessed.sheet))


def remember(*, office: Office, wanted: Mapping, name: str, by: Person) -> ColumnMapping:
    """Keep a mapping for the sheets with these headings, instead of an earlier one. Raises HoldsNoPost, MappingUnfit."""
    if lacks := missing(wanted):
        raise MappingUnfit(f"Pemetaan belum lengkap: pilih {'; '.join(lacks)}.")
    actor = acting_in(by, office.pk, roles=None, to="menyimpan pemetaan kolom")
    kept = to_json(wanted)
    with act(office.code, at=clock.now(), author=actor.author) as turn:
        found = ColumnMapping.objects.filter(office=office, fingerprint=wanted.fingerprint).first()
        if found and found.mapping == kept:
            return found
        row, _ = ColumnMapping.objects.update_or_create(
            office=office,
            fingerprint=wanted.fingerprint,
            defaults={"name": name[:200], "mapping": kept, "saved_at": turn.at, "saved_by": actor.name},
        )
        turn.record("indicators:mapping:saved", f"mapping:{row.pk}", {"name": row.name, "mapping": kept})
    return row


# --- reading --------------------------------------------------------------------------------------------------------


def known_indicators(indicators: Iterable[Indicator]) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """The dictionary as `mapping.apply` wants it (variables should be loaded)."""
    return [
        (each.code, each.name, [(one.name, one.label, one.kind) for one in each.variables.all()]) for each in indicators
    ]


def _units(indicators: Iterable[Indicator]) -> dict[tuple[str, str], str]:
    return {(each.code, one.name): one.unit for each in indicators for one in each.variables.all()}


def rows_for_request(
    request: DataRequest, book: Book, lines: Sequence[RequestLine], *, hidden: bool = False
) -> ReadSheet:
    """The figures of an own sheet that this request asks for, `hidden` ones too if wanted. Raises MappingNeeded or MappingUnfit."""
    sheet = mapping_for(request.office, book)
    current = Indicator.objects.current().filter(office=request.office, year=Period.parse(request.period).year)
    indicators = list(current.prefetch_related("variables"))
    found, wrong = apply(sheet.mapping, book, known_indicators(indicators), _units(indicators), hidden=hidden)
    places = _places(request, lines)
    units = {normalised(text) for text in (request.unit.code, request.unit.title, request.unit.unit_code, "")}
    rows, doubts, left_out = [], [], 0
    for row in found:
        place = places.get((row.indicator_code, row.variable, row.period_code))
        if place is None or normalised(row.unit) not in units:
            left_out += 1
            continue
        rows.append(RequestRow(*place, _as_typed(row), row.address))
        if row.doubt:
            doubts.append(f"{row.address}: {row.doubt}")
    return ReadSheet(tuple(rows), wrong, sheet, left_out, tuple(doubts))


def _places(request: DataRequest, lines: Sequence[RequestLine]) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Line and variable by indicator, variable and period; a figure may be of the request's period or its own."""
    asked = Period.parse(request.period)
    return {
        (line.indicator.code, variable.name, code): (line.pk, variable.pk)
        for line in lines
        for variable in line.indicator.variables.all()
        for code in {asked.code, value_period(line.indicator.frequency, asked).code}
    }


def _as_typed(row: FigureRow) -> str:
    """A figure as a person would type it: numbers of every habit the Indonesian way, words as they are."""
    value = row.typed if isinstance(row.typed, Decimal) else row.value
    return str(row.typed) if value is None else write_number(value, DECIMALS)


class ImportRows(NamedTuple):
    """An own sheet read for an import into the office."""

    rows: tuple[importing.FigureRow, ...]
    wrong: tuple[Wrong, ...]
    sheet: OwnSheet
    doubts: tuple[str, ...]


def rows_for_import(office: Office, book: Book, *, hidden: bool = False) -> ImportRows:
    """Every figure of an own sheet, of whatever unit and period, `hidden` ones too if wanted. Raises as `mapping_for`."""
    sheet = mapping_for(office, book)
    indicators = Indicator.objects.current().filter(office=office).order_by("-year").prefetch_related("variables")
    newest: dict[str, Indicator] = {}
    for indicator in indicators:
        newest.setdefault(indicator.code, indicator)
    found, wrong = apply(sheet.mapping, book, known_indicators(newest.values()), _units(newest.values()), hidden=hidden)
    posts = _posts_by_name(office)
    headings = headings_at(sheet_of(sheet.mapping, book), sheet.mapping.header_row)
    rows = tuple(
        importing.FigureRow(
            row.row,
            f"{row.indicator_code}.{row.variable}",
            posts.get(normalised(row.unit), row.unit),
            row.period_code,
            _as_typed(row),
            f"{headings[row.column].name} ({row.address})" if row.column in headings else row.address,
        )
        for row in found
    )
    return ImportRows(rows, wrong, sheet, tuple(f"{row.address}: {row.doubt}" for row in found if row.doubt))


def _posts_by_name(office: Office) -> dict[str, str]:
    """Post codes by every name of the post that only one has."""
    found: dict[str, set[str]] = {}
    for post in Post.objects.filter(office=office):
        for text in {normalised(post.code), normalised(post.title), normalised(post.unit_code)} - {""}:
            found.setdefault(text, set()).add(post.code)
    return {text: codes.pop() for text, codes in found.items() if len(codes) == 1}


def check_readable(book: Book) -> None:
    """Raises MappingUnfit for a workbook without any filled sheet."""
    if not any(sheet.rows for sheet in book.sheets):
        raise MappingUnfit("Berkas ini tidak berisi apa pun. Periksa berkasnya, lalu unggah lagi.")


def import_sheet(
    *,
    office: Office,
    name: str,
    book: Book,
    content: bytes,
    by: Person,
    dry_run: bool,
    only_good: bool = False,
    hidden: bool = False,
    seen: str = "",
) -> tuple[importing.Report, ImportRows]:
    """Bring an own sheet's figures into the office, all or none (or the good ones). Raises as `rows_for_import`."""
    check_readable(book)
    read = rows_for_import(office, book, hidden=hidden)
    if read.wrong and not only_good and not dry_run:
        raise Refusal(
            f"{len(read.wrong)} sel tidak dapat dibaca, sehingga belum ada yang diubah. Perbaiki, atau ambil baris yang benar saja."
        )
    report = importing.import_figures(
        office=office,
        rows=read.rows,
        name=name,
        format=f"lembar:{book.kind}",
        content=content,
        by=by,
        dry_run=dry_run,
        only_good=only_good,
        seen=seen,
    )
    return report, read
