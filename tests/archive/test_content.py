"""What a file is, is read from the whole of it; what is two things at once, or does something, does not come in."""

import zlib
from pathlib import Path

import pytest

from himpun.archive.content import SCANS, ContentRefused, Kind, check, seen
from tests.papers import SCRIPT, changed_pdf, docx, image, ods, pdf, xlsx, zipped

REAL = {
    Kind.PDF: pdf("laporan"),
    Kind.PNG: image("PNG"),
    Kind.JPEG: image("JPEG"),
    Kind.XLSX: xlsx(),
    Kind.DOCX: docx(),
    Kind.ODS: ods(),
}


@pytest.mark.parametrize("kind", REAL)
def test_a_real_file_is_known_from_its_bytes_in_memory_and_on_disk(kind: Kind, tmp_path: Path) -> None:
    place = tmp_path / "surat.html"
    place.write_bytes(REAL[kind])

    assert seen(REAL[kind]) == seen(place) == kind
    assert check(REAL[kind], "x.exe") == check(place, "x.exe") == kind


@pytest.mark.parametrize("kind", REAL)
def test_half_a_file_is_none(kind: Kind) -> None:
    half = REAL[kind][: len(REAL[kind]) // 2]
    with pytest.raises(ContentRefused, match=r"surat\.pdf (berbentuk|bukan)"):
        check(half, "surat.pdf")


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4 " + SCRIPT,
        b"%PDF-1.4\n<html>" + SCRIPT + b"\n%%EOF",
        b"\xff\xd8\xff\xe0" + SCRIPT,
        b"\x89PNG\r\n\x1a\n" + SCRIPT,
        b"<html>" + pdf("isi"),
        b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>",
        SCRIPT,
        b"GIF89a" + SCRIPT,
        b"",
        b"PK\x03\x04" + SCRIPT,
        zipped({"META-INF/MANIFEST.MF": "Main-Class: Jahat"}),
        zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}),
    ],
)
def test_what_only_begins_like_a_file_is_refused(content: bytes) -> None:
    with pytest.raises(ContentRefused, match=r"unggah lagi\."):
        check(content, "surat.html")


@pytest.mark.parametrize("kind", SCANS)
def test_a_scan_with_a_program_behind_it_is_refused(kind: Kind) -> None:
    """GIFAR: a picture to the browser, an archive of programs to whatever reads from the end."""
    archive = zipped({"META-INF/MANIFEST.MF": "Main-Class: Jahat"})
    with pytest.raises(ContentRefused, match="memuat berkas lain"):
        check(REAL[kind] + archive, "scan")


@pytest.mark.parametrize("how", ["script", "launch", "hidden"])
def test_a_pdf_that_does_something_is_refused(how: str) -> None:
    with pytest.raises(ContentRefused, match="program atau tindakan otomatis"):
        check(changed_pdf(how), "surat.pdf")


def test_a_locked_pdf_and_a_document_with_macros_are_refused() -> None:
    with pytest.raises(ContentRefused, match="terkunci dengan kata sandi"):
        check(changed_pdf("locked"), "surat.pdf")
    with pytest.raises(ContentRefused, match="program atau tindakan otomatis"):
        check(docx("word/vbaProject.bin"), "surat.docx")


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (ods("Basic/Standard/Module1.xml"), "program atau tindakan otomatis"),
        (ods("Scripts/python/jahat.py"), "program atau tindakan otomatis"),
        (ods("Object 1"), "memuat berkas lain"),
        (ods("META-INF/manifest.xml", "<encryption-data/>"), "terkunci dengan kata sandi"),
        (ods("content.xml", "<html/>"), "rusak"),
    ],
)
def test_a_workbook_of_libreoffice_that_does_or_hides_something_is_refused(content: bytes, cause: str) -> None:
    with pytest.raises(ContentRefused, match=cause):
        check(content, "rekap.ods")


def test_a_chart_in_a_workbook_of_libreoffice_is_no_file_in_it() -> None:
    assert check(ods("Object 1/content.xml"), "rekap.ods") is Kind.ODS


def test_another_open_document_is_no_workbook() -> None:
    text = zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"})
    with pytest.raises(ContentRefused, match="bukan PDF, PNG, JPG, XLSX, DOCX, atau ODS yang sah"):
        check(text, "surat.odt")


def test_a_picture_of_too_many_points_is_refused_before_it_is_unpacked() -> None:
    wide = bytearray(image("PNG"))
    wide[16:24] = (60_000).to_bytes(4, "big") * 2
    wide[29:33] = zlib.crc32(bytes(wide[12:29])).to_bytes(4, "big")
    with pytest.raises(ContentRefused, match="600 titik per inci"):
        check(bytes(wide), "peta.png")


def test_a_bomb_costs_a_sentence() -> None:
    made = bytearray(docx("word/gambar.bin"))
    last = made.rindex(b"PK\x01\x02")
    made[last + 24 : last + 28] = (2**31).to_bytes(4, "little")
    with pytest.raises(ContentRefused, match="rusak"):
        check(bytes(made), "surat.docx")


def test_a_scan_may_be_no_workbook() -> None:
    with pytest.raises(ContentRefused, match="bukan PDF, PNG, atau JPG yang sah"):
        check(REAL[Kind.XLSX], "surat.xlsx", SCANS)
