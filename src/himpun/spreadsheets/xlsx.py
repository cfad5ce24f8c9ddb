"""An xlsx workbook read."""

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from himpun.spreadsheets.book import (
    Book,
    Content,
    Sheet,
    T,
    as_shown,
    without_blank_ends,
)
from himpun.spreadsheets.door import Door, millions, shown_name, thousands
from himpun.spreadsheets.markup import Cells, Facts, Place, Rules, Strings, Styles, Workbook, resolved
from himpun.spreadsheets.package import FORBIDDEN_PARTS, VALUES_ONLY, Package
from himpun.typed import visible


def read_xlsx(door: Door, content: bytes) -> Book:
    package = Package(door, content)
    for name in package.names():
        for word, cause in FORBIDDEN_PARTS:
            if word in name:
                door.refuse(cause, VALUES_ONLY)
    document, targets = _relations(package)
    workbook = Workbook(package, document, targets)
    workbook.read()
    sheets = [place for place in workbook.places if "/chartsheets/" not in f"/{place.part.lower()}"]
    if not sheets:
        door.damaged("tidak ada lembar")
    facts = _look_through(package, sheets)
    fixed = ("[Content_Types].xml", "_rels/.rels", document, _rels_of(document), _STRINGS, _STYLES)
    copy = package.copy_of([part for part in fixed if part in package] + [place.part for place in sheets])
    return Book(tuple(_values(door, copy, workbook.places, facts)), "xlsx")


_STRINGS: Final = "xl/sharedStrings.xml"
_STYLES: Final = "xl/styles.xml"


def _rels_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels".lstrip("/")


def _relations(package: Package) -> tuple[str, dict[str, str]]:
    """The workbook's part and what its relations point at; refuses forbidden kinds and links in every .rels."""
    Rules(package, "[Content_Types].xml").read()
    document, targets = "xl/workbook.xml", {}
    for name in sorted(name for name in package.names() if name.endswith(".rels")):
        rules = Rules(package, name)
        rules.read()
        if name == "_rels/.rels" and rules.document:
            document = resolved("", rules.document)
        targets[name] = rules.targets
    return document, targets.get(_rels_of(document).lower(), {})


def _look_through(package: Package, places: list[Place]) -> dict[str, Facts]:
    """The facts of every sheet by name, after the strings and styles they lean on."""
    lengths: list[int] = []
    percents: frozenset[str] = frozenset()
    if _STRINGS in package:
        strings = Strings(package, _STRINGS)
        strings.read()
        lengths = strings.lengths
    if _STYLES in package:
        styles = Styles(package, _STYLES)
        styles.read()
        percents = frozenset(styles.percents)
    found: dict[str, Facts] = {}
    for place in places:
        if place.name in found:
            package.door.damaged(f"dua lembar bernama “{shown_name(place.name)}”")
        found[place.name] = Facts()
        Cells(package, place, lengths, percents, found[place.name]).read()
        _check_total(package.door, found)
    return found


def _check_total(door: Door, found: dict[str, Facts]) -> None:
    if sum(facts.height * facts.width for facts in found.values()) > door.limits.cells:
        door.refuse(f"isinya lebih dari {thousands(door.limits.cells)} sel", "Bagi menjadi beberapa berkas.")
    if sum(facts.letters for facts in found.values()) > door.limits.unpacked:
        door.refuse(f"teksnya lebih dari {millions(door.limits.unpacked)} juta huruf", "Bagi menjadi beberapa berkas.")


def _values(door: Door, copy: io.BytesIO, places: list[Place], facts: dict[str, Facts]) -> Iterator[Sheet]:
    workbook = by_calamine(door, lambda: CalamineWorkbook.from_filelike(copy))
    if {data.name for data in workbook.sheets_metadata} != {place.name for place in places}:
        door.damaged("daftar lembarnya tidak sesuai")
    yield from sheets_of(door, workbook, facts)


def sheets_of(door: Door, workbook: CalamineWorkbook, facts: dict[str, Facts]) -> Iterator[Sheet]:
    """The sheets whose facts are known, with their values."""
    kinds = {data.name: data for data in workbook.sheets_metadata}
    if not set(facts) <= set(kinds):
        door.damaged("daftar lembarnya tidak sesuai")
    for name, found in facts.items():
        if kinds[name].typ is not SheetTypeEnum.WorkSheet:
            door.refuse(f"lembar “{shown_name(name)}” bukan lembar kerja biasa", VALUES_ONLY)
        raw = _raw_rows(door, workbook, name)
        yield Sheet(
            name=name,
            rows=without_blank_ends([[_content(each) for each in row] for row in _with_errors(raw, found.errors)]),
            merged=tuple(found.merged),
            formulas=frozenset(found.formulas),
            hidden=kinds[name].visible is not SheetVisibleEnum.Visible,
            percents=frozenset(found.percents),
            hidden_rows=frozenset(found.hidden_rows),
            hidden_columns=frozenset(found.hidden_columns),
            filtered=found.filtered,
        )


def _raw_rows(door: Door, workbook: CalamineWorkbook, name: str) -> list[list[object]]:
    sheet = by_calamine(door, lambda: workbook.get_sheet_by_name(name))
    return [list(row) for row in by_calamine(door, lambda: sheet.to_python(skip_empty_area=False))]


def by_calamine(door: Door, read: Callable[[], T]) -> T:
    """calamine's answer; its errors, and a panic in its Rust code, mean that the file is damaged."""
    try:
        return read()
    except Exception:
        door.damaged()
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        door.damaged()


def _with_errors(rows: list[list[object]], errors: dict[tuple[int, int], str]) -> list[list[object]]:
    """calamine reads #DIV/0! as blank; here it stays what the person sees. Rows grow where only errors stand."""
    for (row, column), text in errors.items():
        rows.extend([] for _ in range(row - len(rows)))
        cells = rows[row - 1]
        cells.extend("" for _ in range(column - len(cells)))
        cells[column - 1] = text
    return rows


def _content(raw: object) -> Content:
    match raw:
        case "" | None:
            return None
        case bool():
            return raw
        case str():
            return visible(raw) or None
        case float() | int():
            return _number(raw)
        case datetime() if raw.time() == time():
            return raw.date()
        case date():
            return raw
        case time():
            return raw.isoformat()
        case timedelta():
            return str(raw)
        case _:
            return str(raw)


def _number(raw: float) -> Content:
    value = Decimal(repr(raw))
    return as_shown(value) if value.is_finite() else str(raw)
