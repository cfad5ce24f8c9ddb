"""A published table in a file: finding its columns (indikator, target, realisasi, capaian …), and the answer as CSV.

Pure. The heading may stand below title rows, take two rows (Tahun 2024 above Target | Realisasi), and use the words in
use; several years side by side are read at the latest year that has all three figures.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from himpun.errors import Refusal
from himpun.measure.numbers import write_percent
from himpun.measure.published.check import Checked, PublishedRow
from himpun.spreadsheets.book import Book, Content, Sheet, Wrong, address, harmless, text_of
from himpun.spreadsheets.csv import torn_rows

SEARCHED_ROWS = 30
"""Rows from the top in which the heading is looked for."""

MANDATORY = ("indikator", "target", "realisasi", "capaian")
_OPTIONAL = ("polaritas", "tahun", "bobot")


class TableNotFound(Refusal):
    """No sheet has the columns that are needed; the sentence names those that are missing."""

    code = "kolom-tidak-ditemukan"


class RowsTorn(Refusal):
    """Rows of a CSV have more cells than its headings: nobody knows which figure is the target, which the realisasi."""

    code = "baris-terputus"

    def __init__(self, torn: Sequence[Wrong]) -> None:
        said = "; ".join(f"{one.row} ({one.value[:60]})" for one in torn[:5]) + ("; …" if len(torn) > 5 else "")
        super().__init__(f"Tabel ini tidak dapat dibaca begitu: baris {said}. {torn[0].cause}")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows to check, which sheet they stand on, and what the reader should know about the choice."""

    rows: tuple[PublishedRow, ...]
    sheet: str
    notes: tuple[str, ...] = ()


def read_table(book: Book, sheet: str = "") -> Table:
    """The table on the named sheet, or on the first visible one that has one. Raises `TableNotFound`."""
    chosen = [one for one in book.sheets if (one.name == sheet if sheet else not one.hidden)]
    if not chosen:
        names = ", ".join(f"“{one.name}”" for one in book.sheets)
        raise TableNotFound(f"Lembar “{sheet}” tidak ada. Yang ada: {names}.")
    found = [(one, heading) for one in chosen if (heading := _find_heading(one)) is not None]
    if not found:
        raise TableNotFound(_missing(chosen))
    first, heading = found[0]
    if torn := torn_rows(first, heading.first_row, heading.last_row):
        raise RowsTorn(tuple(torn.values()))
    others = [f"“{one.name}”" for one, _ in found[1:]]
    notes = (
        [f"Lembar “{first.name}” yang diperiksa; {', '.join(others)} juga berisi tabel, belum diperiksa."]
        if others
        else []
    )
    if heading.year:
        notes.append(f"Beberapa tahun dalam satu tabel; yang diperiksa kolom tahun {heading.year}.")
    return Table(tuple(_rows(first, heading)), first.name, tuple(notes))


# --- the heading -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Heading:
    """Field → column (from 1), the last row of the heading, and the year chosen among several ("" when one)."""

    columns: Mapping[str, int]
    first_row: int
    last_row: int
    year: str = ""
    own_year: str = ""


_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "indikator": re.compile(
        r"(?:nama |uraian )?indikator(?: (?:kinerja|sasaran|tujuan|program|kegiatan|utama|daerah|makro|kunci|iku|ikd|ikk|strategis).*)?|iku|ikd|indicator"
    ),
    "target": re.compile(r"target(?: (?:kinerja|tahunan|pk|indikator|perjanjian kinerja))?"),
    "realisasi": re.compile(r"realisasi(?: (?:kinerja|target|indikator|tahunan))?|hasil|actual"),
    "capaian": re.compile(
        r"(?:tingkat |angka )?(?:pen)?capaian(?: (?:kinerja|indikator|target|realisasi))?|% ?(?:pen)?capaian"
    ),
    "polaritas": re.compile(r"polaritas(?: indikator)?|arah(?: (?:indikator|kinerja))?|sifat(?: indikator)?|polarity"),
    "tahun": re.compile(r"tahun(?: (?:anggaran|pengukuran|data))?|year"),
    "bobot": re.compile(r"bobot(?: (?:indikator|kinerja|sasaran))?|weight"),
}
_NOISE = re.compile(r"\([^()]*\)|[%:*.]|\b(?:persen|persentase|prosentase|dalam)\b")
_YEAR = re.compile(r"\b(?:tahun |ta )?((?:19|20)[0-9]{2})\b")
_COLUMN_NUMBER = re.compile(r"\(?(?:[0-9]{1,2}|[a-z])\)?(?: ?[=:].*)?", re.IGNORECASE)


def _find_heading(sheet: Sheet) -> _Heading | None:
    for row in range(1, min(len(sheet.rows), SEARCHED_ROWS) + 1):
        one = _heading(_texts(sheet, row), row, row)
        if one is not None:
            return one
        if row < len(sheet.rows) and (two := _heading(_joined(sheet, row), row, row + 1)) is not None:
            return two
    return None


def _texts(sheet: Sheet, row: int) -> list[str]:
    return [text_of(content) for content in sheet.rows[row - 1]]


def _joined(sheet: Sheet, row: int) -> list[str]:
    """Two heading rows as one; what stands above reaches right until the next word (a merged Tahun 2024)."""
    above, below = _texts(sheet, row), _texts(sheet, row + 1)
    width = max(len(above), len(below))
    above, below = above + [""] * (width - len(above)), below + [""] * (width - len(below))
    reaching, joined = "", []
    for top, bottom in zip(above, below, strict=True):
        reaching = top or reaching
        joined.append(f"{top if top else reaching if bottom.strip() else ''} {bottom}")
    return joined


def _heading(texts: Sequence[str], first_row: int, last_row: int) -> _Heading | None:
    found = _candidates(texts)
    if not all(found[name] for name in MANDATORY):
        return None
    year = _latest_common_year(found)
    columns: dict[str, int] = {}
    for name, places in found.items():
        chosen = places.get(year) or places.get("") or next(iter(places.values()), None)
        if chosen is not None:
            columns[name] = chosen
    several = any(len(found[name]) > 1 for name in ("target", "realisasi", "capaian"))
    return _Heading(columns, first_row, last_row, year if several else "", own_year=year)


def _candidates(texts: Sequence[str]) -> dict[str, dict[str, int]]:
    """Field → year in the heading ("" when none) → column; the first column of a kind wins."""
    found: dict[str, dict[str, int]] = {name: {} for name in (*MANDATORY, *_OPTIONAL)}
    for column, text in enumerate(texts, start=1):
        plain = " ".join(text.casefold().split())
        is_year = _YEAR.search(plain)
        bare = _bare(_YEAR.sub(" ", plain) if is_year else plain)
        for name, pattern in _PATTERNS.items():
            if pattern.fullmatch(bare):
                found[name].setdefault(is_year[1] if is_year else "", column)
                break
    return found


def _bare(text: str) -> str:
    return " ".join(_NOISE.sub(" ", text).split()).removesuffix(" tahun").strip(" -–/")


def _latest_common_year(found: Mapping[str, Mapping[str, int]]) -> str:
    measures = [found[name] for name in ("target", "realisasi", "capaian")]
    years = sorted({year for places in measures for year in places if year}, reverse=True)
    return next((year for year in years if all(year in places or "" in places for places in measures)), "")


def _missing(sheets: Sequence[Sheet]) -> str:
    """Which columns the heading that comes nearest lacks."""
    best: list[str] = list(MANDATORY)
    for sheet in sheets:
        for row in range(1, min(len(sheet.rows), SEARCHED_ROWS) + 1):
            found = _candidates(_texts(sheet, row))
            lacking = [name for name in MANDATORY if not found[name]]
            best = lacking if len(lacking) < len(best) else best
    return (
        f"Kolom {', '.join(best)} tidak ditemukan. Tulis judul kolom indikator, target, realisasi, dan capaian "
        f"(boleh juga polaritas dan tahun) di atas tabelnya."
    )


# --- the rows --------------------------------------------------------------------------------------------------------


def _rows(sheet: Sheet, heading: _Heading) -> Iterator[PublishedRow]:
    """Every row beneath the heading that is not blank, with its number as people see it."""
    for row in range(heading.last_row + 1, len(sheet.rows) + 1):
        cells = {name: sheet.cell(row, column) for name, column in heading.columns.items()}
        if all(_is_blank(content) for content in cells.values()):
            continue
        if row == heading.last_row + 1 and _numbers_columns(sheet.rows[row - 1]):
            continue
        if _repeats_heading(cells):
            continue
        yield PublishedRow(
            row=row,
            indicator=text_of(cells["indikator"]).strip() or _label(sheet, row, heading),
            target=cells["target"],
            actual=cells["realisasi"],
            published=cells["capaian"],
            polarity=text_of(cells.get("polaritas")).strip(),
            year=text_of(cells.get("tahun")).strip() or heading.own_year,
            weight=cells.get("bobot"),
            percents=frozenset(
                field
                for field, name in (("target", "target"), ("actual", "realisasi"), ("published", "capaian"))
                if address(row, heading.columns[name]) in sheet.percents
            ),
        )


def _label(sheet: Sheet, row: int, heading: _Heading) -> str:
    """The words in front of a row without an indicator: "Rata-rata" merged over the columns before."""
    first = min(heading.columns[name] for name in ("target", "realisasi", "capaian"))
    texts = (text_of(sheet.cell(row, column)).strip() for column in range(1, first))
    return next((text for text in texts if any(letter.isalpha() for letter in text)), "")


def _is_blank(content: Content) -> bool:
    return content is None or (isinstance(content, str) and not content.strip())


def _numbers_columns(contents: Sequence[Content]) -> bool:
    """The row "(1) (2) (3) …" beneath an official heading: small numbers that count up, one by one."""
    texts = [text_of(content).strip() for content in contents if not _is_blank(content)]
    if len(texts) < len(MANDATORY) or not all(_COLUMN_NUMBER.fullmatch(text) for text in texts):
        return False
    numbers = [int(found[0]) for text in texts if (found := re.search(r"[0-9]{1,2}", text.partition("=")[0]))]
    return len(numbers) == len(texts) and all(after == before + 1 for before, after in pairwise(numbers))


def _repeats_heading(cells: Mapping[str, Content]) -> bool:
    """The heading again, as on every page of a table that was copied from a PDF."""
    return all(
        isinstance(cells[name], str) and _PATTERNS[name].fullmatch(_bare(_YEAR.sub(" ", str(cells[name]).casefold())))
        for name in MANDATORY
    )


# --- the answer as a table -------------------------------------------------------------------------------------------


_ANSWER = (
    *("baris", "indikator", "tahun", "target", "realisasi", "capaian terbit"),
    *("vonis", "rumus", "hasil hitung ulang", "penjelasan"),
)


def as_csv(checked: Sequence[Checked]) -> str:
    """The answer to every row as CSV for an Indonesian Excel: semicolons, decimal commas, nothing that Excel would run."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=";")
    writer.writerow(_ANSWER)
    for each in checked:
        recomputed = "" if each.recomputed is None else write_percent(each.recomputed).replace("−", "-")
        texts = (each.indicator, each.year, each.target, each.actual, each.published)
        said = (str(each.verdict), each.formula, recomputed, each.message)
        writer.writerow([each.row, *(harmless(text) for text in (*texts, *said))])
    return target.getvalue()
