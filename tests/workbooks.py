"""Workbooks for the tests: made with XlsxWriter, then spoiled part by part."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

import xlsxwriter

SHEET_XML = "xl/worksheets/sheet1.xml"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
TAIL = "</sheetData></worksheet>"


def made(build: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    """The bytes of a workbook that `build` filled."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        build(book)
    return target.getvalue()


def of_rows(rows: Sequence[Sequence[object]], name: str = "Data") -> bytes:
    """A workbook of one sheet with these rows."""

    def build(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)

    return made(build)


def spoiled(
    content: bytes,
    *,
    parts: Mapping[str, str | bytes] | None = None,
    change: Mapping[str, Callable[[str], str]] | None = None,
    drop: Sequence[str] = (),
) -> bytes:
    """The same zip with parts replaced, added, changed as text, or left out."""
    parts, change = dict(parts or {}), change or {}
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name in parts or name in drop:
                continue
            text = old.read(name)
            new.writestr(name, change[name](text.decode()) if name in change else text)
        for name, text in parts.items():
            new.writestr(name, text)
    return target.getvalue()


def with_macro(content: bytes) -> bytes:
    """As Excel saves one with a macro, under a name that hides it."""
    return spoiled(
        content,
        parts={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 not really"},
        change={
            "[Content_Types].xml": lambda text: text.replace(
                "spreadsheetml.sheet.main+xml", "sheet.macroEnabled.main+xml"
            ).replace(
                "application/vnd.openxmlformats-officedocument.sheet.macro", "application/vnd.ms-excel.sheet.macro"
            )
        },
    )


def with_blank_rows(content: bytes, megabytes: int = 50, sheet: str = SHEET_XML) -> bytes:
    """With formatted but blank rows below the data: what "select the whole sheet, fill with white" leaves behind."""
    row = '<row r="{}" s="1" customFormat="1"/>'
    wanted = megabytes * 1_000_000 // len(row.format(1_000_000))

    def lengthen(text: str) -> str:
        blank = "".join(row.format(number) for number in range(2_000, 2_000 + wanted))
        return text.replace("</sheetData>", blank + "</sheetData>")

    return spoiled(content, change={sheet: lengthen})


def as_bomb(content: bytes, megabytes: int = 1_000) -> bytes:
    """With a part that unpacks to many megabytes of nothing."""
    target = io.BytesIO(content)
    with (
        zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/image1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(megabytes):
            part.write(b"\0" * 1_000_000)
    return target.getvalue()


def typed(content: bytes, cells: Mapping[str, str | float | None], sheet: str = SHEET_XML) -> bytes:
    """As if a person had typed into these cells; "=1+1" is a formula, None empties. The cell must have been written."""

    def retype(text: str) -> str:
        for place, value in cells.items():
            found = re.compile(rf'<c r="{place}"( s="[0-9]+")?[^>]*?(/>|>.*?</c>)', re.DOTALL)
            cell = _cell(place, value)
            text, count = found.subn(lambda match, cell=cell: cell.replace("STYLE", match[1] or ""), text)
            assert count == 1, f"{place} is not in the sheet"
        return text

    return spoiled(content, change={sheet: retype})


def _cell(place: str, value: str | float | None) -> str:
    if value is None:
        return f'<c r="{place}"STYLE/>'
    if isinstance(value, str) and value.startswith("="):
        return f'<c r="{place}"STYLE><f>{escape(value[1:])}</f><v>2</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}"STYLE t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{place}"STYLE><v>{value!r}</v></c>'


def part(content: bytes, name: str) -> str:
    """One part of the zip as text."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def is_unlocked(content: bytes, place: str, sheet: str = SHEET_XML) -> bool:
    """Whether the cell can be typed into while its sheet is protected."""
    found = re.search(rf'<c r="{place}" s="([0-9]+)"', part(content, sheet))
    styles = re.search(r"<cellXfs.*?</cellXfs>", part(content, "xl/styles.xml"), re.DOTALL)
    if found is None or styles is None:
        return False
    style = re.findall(r"<xf [^>]*?/>|<xf .*?</xf>", styles[0], re.DOTALL)[int(found[1])]
    return 'locked="0"' in style
