"""Figures by file: a request's form out and back, and offices' own sheets by a column mapping that is remembered.

A file is kept in the archive when it arrives; what follows (choosing columns, deciding, applying) names it by a signed
token, so that what is applied is the file that was looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from himpun.archive import files
from himpun.errors import FieldErrors, NotAllowed, Refusal
from himpun.indicators.figures import own_sheets
from himpun.indicators.figures.mapping.applying import missing
from himpun.indicators.figures.mapping.headings import fingerprint, headings_at, questions
from himpun.indicators.figures.mapping.stacks import Says, is_by_letter, says
from himpun.indicators.figures.mapping.values import (
    CODE,
    INDICATOR,
    LONG,
    NOTE,
    PERIOD,
    UNIT,
    VALUE,
    VARIABLE,
    WIDE,
    YEAR,
    Mapping,
    MappingUnfit,
)
from himpun.indicators.figures.own_sheets import MappingNeeded
from himpun.moments import MONTHS
from himpun.offices.models.offices import Office
from himpun.spreadsheets.book import Book, Limits, Sheet, column_letter, text_of
from himpun.spreadsheets.reading import media_type_of, read_book
from himpun.typed import read_year
from himpun.web.forms import Typed, read_whole
from himpun.web.middleware import PersonRequest

SALT = "himpun.sheets"
TOKEN_LIVES = timedelta(days=1)
SHOWN = 300
SAMPLES = 3
ROLES = (
    (CODE, "Kode indikator"),
    (INDICATOR, "Nama indikator"),
    (VARIABLE, "Nama data (variabel)"),
    (UNIT, "Unit"),
    (PERIOD, "Periode"),
    (YEAR, "Tahun"),
    (VALUE, "Nilai"),
    (NOTE, "Catatan"),
)
PARTS = (
    *((f"TW{no}", f"Triwulan {roman}") for no, roman in enumerate(("I", "II", "III", "IV"), 1)),
    *((f"{no:02}", name) for no, name in enumerate(MONTHS, 1)),
    ("S1", "Semester I"),
    ("S2", "Semester II"),
    ("tahun", "Setahun"),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """An uploaded file as it lies in the archive, and the token that names it."""

    name: str
    sha256: str
    content: bytes
    token: str

    @property
    def book(self) -> Book:
        """The file read. Raises BookRefused."""
        return read_book(self.name, self.content)


@dataclass(frozen=True, slots=True)
class Door:
    """Where a file goes: into a request, or into the office."""

    scope: str
    title: str
    office: Office
    address: str
    back: str
    show: Callable[[Kept, Typed], HttpResponse]
    apply: Callable[[Kept, QueryDict], str]
    refuse: Callable[[Typed, int], HttpResponse]


# --- the way of a file ----------------------------------------------------------------------------------------------


def walk(request: PersonRequest, door: Door) -> HttpResponse:
    typed = Typed(request.POST)
    if request.method != "POST":
        return door.refuse(typed, 200)
    try:
        kept = _kept(request, door)
        if request.POST.get("step") == "apply":
            return _applied(request, door, kept, typed)
        return _mapped(request, door, kept, typed)
    except NotAllowed:
        raise
    except Refusal as refusal:
        typed.refuse(refusal)
        return door.refuse(typed, refusal.status)


def _kept(request: PersonRequest, door: Door) -> Kept:
    """The file just uploaded, or the one that a token names. Raises FieldErrors."""
    if token := request.POST.get("token"):
        try:
            scope, name, sha256 = signing.loads(token, salt=SALT, max_age=TOKEN_LIVES)
        except (signing.BadSignature, ValueError) as error:
            raise FieldErrors({"file": "Pratinjau ini sudah kedaluwarsa. Unggah berkasnya sekali lagi."}) from error
        if scope != f"{door.scope}:{door.office.pk}":
            raise FieldErrors({"file": "Pratinjau ini milik halaman lain. Unggah berkasnya di sini."})
        return Kept(name, sha256, files.read(sha256), token)
    upload = request.FILES.get("file")
    if upload is None or not upload.name:
        raise FieldErrors({"file": "Pilih berkas .xlsx, .xls, .ods, atau .csv dahulu."})
    name, content = upload.name[-200:], upload.read(Limits().bytes + 1)
    sha256 = files.store(content, media_type=media_type_of(read_book(name, content)))
    return Kept(name, sha256, content, signing.dumps([f"{door.scope}:{door.office.pk}", name, sha256], salt=SALT))


def _applied(request: PersonRequest, door: Door, kept: Kept, typed: Typed) -> HttpResponse:
    try:
        said = door.apply(kept, request.POST)
    except MappingNeeded:
        return _mapped(request, door, kept, typed)
    except NotAllowed:
        raise
    except Refusal as refusal:
        typed.error = str(refusal)
        return door.show(kept, typed)
    messages.success(request, said)
    return redirect(door.back)


def _mapped(request: PersonRequest, door: Door, kept: Kept, typed: Typed) -> HttpResponse:
    """Show what the file would do, by way of its mapping where it needs one that nobody chose yet."""
    step = request.POST.get("step", "")
    if step in ("map", "reread"):
        wanted, wrong = _typed_mapping(request.POST, kept.book)
        try:
            if wrong:
                raise MappingUnfit(wrong)
            if step == "reread":
                return _mapping_page(request, door, kept, typed, wanted)
            own_sheets.remember(office=door.office, wanted=wanted, name=kept.name, by=request.acting.person)
        except MappingUnfit as refusal:
            typed.error = str(refusal)
            return _mapping_page(request, door, kept, typed, wanted, refusal.status)
    if step == "remap":
        return _mapping_page(request, door, kept, typed, _remembered(door.office, kept.book))
    try:
        return door.show(kept, typed)
    except MappingNeeded as needed:
        return _mapping_page(request, door, kept, typed, needed.guessed)
    except MappingUnfit as refusal:
        typed.error = str(refusal)
        return _mapping_page(request, door, kept, typed, _remembered(door.office, kept.book), refusal.status)


def _remembered(office: Office, book: Book) -> Mapping | None:
    try:
        return own_sheets.mapping_for(office, book).mapping
    except MappingNeeded as needed:
        return needed.guessed


# --- choosing columns -----------------------------------------------------------------------------------------------


def _typed_mapping(given: QueryDict, book: Book) -> tuple[Mapping, str]:
    """The mapping as chosen on the page, and why it cannot be one ("" when it can)."""
    sheet = book.sheet(given.get("sheet", "")) or book.sheets[0]
    guessed = own_sheets.propose(book, sheet.name)
    header_row = read_whole(given.get("header_row", "")) or (guessed.header_row if guessed else 1)
    if given.get("step") == "reread" and guessed and header_row == guessed.header_row:
        return guessed, ""
    columns: dict[str, str | int] = {}
    periods: dict[int, str] = {}
    wrong = ""
    for column in range(1, _width(sheet) + 1):
        chosen = given.get(f"column-{column}", "")
        if chosen.startswith("p:"):
            periods[column] = chosen[2:]
        elif chosen in dict(ROLES):
            if chosen in columns:
                wrong = f"Dua kolom dipilih sebagai {dict(ROLES)[chosen]}. Pilih satu saja."
            columns[chosen] = column
    wanted = Mapping(
        sheet=sheet.name,
        header_row=header_row,
        shape=WIDE if periods else LONG,
        columns=columns,
        periods=periods,
        year=read_year(given.get("year", "")),
        period=given.get("period", "").strip().upper(),
        carry="carry" in given,
        blanks=tuple(given.get("blanks", "").split()),
        others=tuple(each.name for each in book.sheets if each is not sheet),
        fingerprint=fingerprint(sheet),
    )
    return wanted, wrong


def _width(sheet: Sheet) -> int:
    return min(max((len(row) for row in sheet.rows), default=0), 200)


def _mapping_page(
    request: PersonRequest, door: Door, kept: Kept, typed: Typed, wanted: Mapping | None, status: int = 200
) -> HttpResponse:
    book = kept.book
    sheet = (book.sheet(wanted.sheet) if wanted else None) or book.sheets[0]
    if wanted is None:
        wanted = Mapping(sheet.name, 1, LONG, {}, fingerprint=fingerprint(sheet))
    wanted = replace(wanted, sheet=sheet.name)
    context = {
        "door": door,
        "kept": kept,
        "typed": typed,
        "wanted": wanted,
        "blanks": " ".join(wanted.blanks),
        "sheets": [each.name for each in book.sheets if not each.hidden],
        "columns": _columns(sheet, wanted),
        "roles": ROLES,
        "parts": _parts(wanted),
        "lacks": missing(wanted),
        "questions": questions(sheet),
    }
    return render(request, "sheets/mapping.html", context, status=status)


def _columns(sheet: Sheet, wanted: Mapping) -> list[dict[str, Any]]:
    """Every column with its heading, its first values and what it is taken for."""
    chosen = {column: role for role, column in wanted.columns.items()} | {
        column: f"p:{part}" for column, part in wanted.periods.items()
    }
    headings = headings_at(sheet, wanted.header_row)
    by_letter = is_by_letter([*headings.values()])
    found = []
    for column in range(1, _width(sheet) + 1):
        heading = headings.get(column)
        below = (
            text_of(sheet.cell(row, column)) for row in range(wanted.header_row + 1, wanted.header_row + 1 + SAMPLES)
        )
        samples = [text for text in below if text]
        role = chosen.get(column) or (chosen.get(heading.text, "") if heading else "")
        if (heading and heading.name) or samples or role:
            found.append(
                {
                    "no": column,
                    "letter": column_letter(column),
                    "heading": heading.name if heading else "",
                    "samples": samples,
                    "role": role,
                    "is_other": heading is not None and says(heading, by_letter=by_letter) is Says.OTHER,
                    "is_hidden": column in sheet.hidden_columns,
                }
            )
    return found


def _parts(wanted: Mapping) -> list[tuple[str, str]]:
    known = dict(PARTS)
    return [*PARTS, *((part, part) for part in dict.fromkeys(wanted.periods.values()) if part not in known)]
