"""Files from outside: what is in them comes out exactly, and nothing harmful comes in."""

import ast
import io
import re
import subprocess
import sys
import textwrap
import zipfile
import zlib
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import himpun
from himpun.spreadsheets.book import Book, BookRefused, Limits, Sheet, address, coordinates, corners, harmless, text_of
from himpun.spreadsheets.parts import inert
from himpun.spreadsheets.reading import read_book
from himpun.typed import visible
from tests import workbooks
from tests.workbooks import HEAD, SHEET_XML, TAIL, made, of_rows, spoiled

AFTERNOON = datetime.fromisoformat("2026-03-31T15:30")
PLAIN = of_rows([["Kode", "Nilai"], ["IKU-01", 83.18], ["IKU-02", 3]])


def refusal(content: bytes, name: str = "isian.xlsx", limits: Limits | None = None) -> str:
    with pytest.raises(BookRefused) as refused:
        read_book(name, content, limits or Limits())
    sentence = str(refused.value)
    assert sentence.startswith(f"Berkas “{name}” ditolak: ")
    assert len(re.findall(r"\. [A-Z]", sentence)) >= 1, "it must say what to do after the cause"
    return sentence


def with_sheet(xml: str) -> bytes:
    return spoiled(PLAIN, parts={SHEET_XML: HEAD + xml + TAIL})


def only_sheet(content: bytes) -> Sheet:
    (sheet,) = read_book("isian.xlsx", content).sheets
    return sheet


class TestValues:
    def test_numbers_are_exact_and_whole_ones_have_no_decimals(self):
        sheet = only_sheet(of_rows([[83.18, 3.0, -0.1, 0, 1e21, 1234567.891]]))
        assert sheet.rows == (tuple(map(Decimal, ["83.18", "3", "-0.1", "0", "1E+21", "1234567.891"])),)
        assert str(sheet.cell(1, 2)) == "3"

    def test_dates_truth_text_and_blanks_keep_their_kind(self):
        def build(book):
            sheet = book.add_worksheet()
            day = book.add_format({"num_format": "dd/mm/yyyy"})
            moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
            sheet.write_datetime(0, 0, date(2026, 3, 31), day)
            sheet.write_datetime(0, 1, AFTERNOON, moment)
            sheet.write_boolean(0, 2, True)
            sheet.write_string(0, 3, "  teks ")
            sheet.write_number(2, 1, 5)

        sheet = only_sheet(made(build))
        assert sheet.rows == (
            (date(2026, 3, 31), AFTERNOON, True, "  teks "),
            (),
            (None, Decimal(5)),
        )
        assert sheet.cell(2, 1) is None
        assert sheet.cell(99, 99) is None

    def test_an_error_cell_stays_what_the_person_sees(self):
        content = with_sheet(
            '<row r="1"><c r="A1"><v>1</v></c></row><row r="3"><c r="B3" t="e"><v>#DIV/0!</v></c></row>'
        )
        assert only_sheet(content).cell(3, 2) == "#DIV/0!"

    def test_formulas_merged_cells_hidden_sheets_and_percentages_are_told(self):
        def build(book):
            sheet = book.add_worksheet("Data")
            sheet.write_formula("C5", "=A1+1", value=7)
            sheet.merge_range("B2:C3", "Judul")
            sheet.write_number("A1", 0.85, book.add_format({"num_format": "0.00%"}))
            sheet.write_number("A2", 0.85, book.add_format({"num_format": '0"%"'}))
            sheet.write_number("A3", 0.85, book.add_format({"num_format": 9}))
            book.add_worksheet("Rahasia").hide()

        data, hidden = read_book("isian.xlsx", made(build)).sheets
        assert data.formulas == {"C5"}
        assert data.cell(5, 3) == Decimal(7)
        assert data.merged == ("B2:C3",)
        assert data.percents == {"A1", "A3"}
        assert (data.hidden, hidden.hidden) == (False, True)

    def test_text_reads_as_a_person_would_type_it(self):
        shown = [Decimal("83.18"), Decimal("3"), Decimal("1E+3"), Decimal("-0.50"), date(2026, 1, 2), None, True, "a"]
        assert [text_of(each) for each in shown] == ["83,18", "3", "1000", "-0,5", "2026-01-02", "", "TRUE", "a"]

    @given(st.integers(1, 1_048_576), st.integers(1, 16_384))
    def test_addresses_go_there_and_back(self, row, column):
        assert coordinates(address(row, column)) == (row, column)

    def test_corners_of_an_area(self):
        assert corners("B2:C3") == (2, 2, 3, 3)
        assert corners("AA7") == (7, 27, 7, 27)

    @given(
        st.lists(
            st.lists(
                st.none()
                | st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_characters="_"), min_size=1)
                | st.integers(-(10**9), 10**9)
                | st.decimals(-(10**6), 10**6, places=3).map(float),
                max_size=5,
            ),
            max_size=6,
        )
    )
    @settings(max_examples=60, deadline=None)
    def test_what_is_written_comes_back(self, rows):
        def build(book):
            sheet = book.add_worksheet()
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, str):
                        sheet.write_string(row, column, cell)
                    elif cell is not None:
                        sheet.write_number(row, column, cell)

        sheet = only_sheet(made(build))
        for row, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells, start=1):
                expected = Decimal(str(cell)) if isinstance(cell, (int, float)) else visible(cell or "") or None
                assert sheet.cell(row, column) == expected


class TestAsTheProgramShowsIt:
    """Cells as other programs leave them, read as the person sees them."""

    @pytest.mark.parametrize(
        ("kept", "shown"),
        [("6.0000000000000009", "6"), ("8.9999999999999982", "9"), ("0.30000000000000004", "0.3"), ("83.18", "83.18"),
         ("1234567.8900000001", "1234567.89"), ("123456789012345680", "123456789012345680"), ("-2.9999999999999996", "-3")],
    )  # fmt: skip
    def test_a_number_has_the_fifteen_digits_that_are_shown(self, kept, shown):
        assert only_sheet(with_sheet(f'<row r="1"><c r="A1"><v>{kept}</v></c></row>')).cell(1, 1) == Decimal(shown)

    @pytest.mark.parametrize("kind", ["s", "n", "str", "b", "e", "inlineStr"])
    @pytest.mark.parametrize("empty", ["<v/>", "<v></v>", "<v> </v>", ""])
    def test_a_cell_that_was_emptied_is_blank_whatever_its_kind(self, kind, empty):
        sheet = only_sheet(with_sheet(f'<row r="1"><c r="A1" t="{kind}">{empty}</c><c r="B1"><v>9</v></c></row>'))
        assert (sheet.cell(1, 1), sheet.cell(1, 2)) == (None, Decimal(9))

    @pytest.mark.parametrize("text", ["\u200bIKU-01\u200b", "\u202dIKU-01\u202c", "IKU\u00ad-01", "\ufeffIKU-01"])
    def test_marks_that_nobody_sees_are_passed_over(self, text):
        assert only_sheet(made(lambda book: book.add_worksheet().write_string(0, 0, text))).cell(1, 1) == "IKU-01"


class TestCsv:
    @pytest.mark.parametrize(
        ("text", "rows"),
        [
            ("kode;nilai\nIKU-01;83,18\n", (("kode", "nilai"), ("IKU-01", "83,18"))),
            ("kode,nilai\nIKU-01,83.18\n", (("kode", "nilai"), ("IKU-01", "83.18"))),
            ("kode\tnilai\nIKU-01\t1,5\n", (("kode", "nilai"), ("IKU-01", "1,5"))),
            ('kode,nilai\nIKU-01,"1,5"\n', (("kode", "nilai"), ("IKU-01", "1,5"))),
            ("sep=;\nkode;a,b\n", (("kode", "a,b"),)),
            ("nama;nilai\nRata-rata, semua;1\nSatu, dua, tiga;2\n",
             (("nama", "nilai"), ("Rata-rata, semua", "1"), ("Satu, dua, tiga", "2"))),
            ("a;b\n\n;\n", (("a", "b"),)),
            ("satu\ndua\n", (("satu",), ("dua",))),
        ],
    )  # fmt: skip
    def test_the_separator_is_found(self, text, rows):
        book = read_book("isian.csv", text.encode("utf-8-sig"))
        assert book.kind == "csv"
        assert book.sheets[0].rows == rows

    def test_old_windows_letters_are_read(self):
        assert read_book("isian.csv", "nilai;“a” – é".encode("cp1252")).sheets[0].rows == (("nilai", "“a” – é"),)

    def test_a_formula_in_a_csv_is_told(self):
        assert read_book("isian.csv", b"a;=1+1").sheets[0].formulas == {"B1"}

    @pytest.mark.parametrize(
        ("content", "cause"),
        [
            (b"a;b\0c", "bukan teks CSV"),
            (b"\xff\xfea", "bukan teks CSV"),
            (b"a;\x81", "bukan teks CSV"),
            (b'a;"b\n', "baris 1 tidak dapat dibaca"),
            (b"a;b\n" * 11, "barisnya lebih dari 10"),
            (b"a;" * 5, "baris 1 lebih dari 5 kolom"),
            (b"", "kosong"),
        ],
    )
    def test_what_is_no_csv_is_refused(self, content, cause):
        assert cause in refusal(content, "isian.csv", Limits(rows=10, columns=5))


class TestRefused:
    @pytest.mark.parametrize("name", ["a.xlsm", "a.XLTM", "a.xlsb", "a.xls", "lampiran"])
    def test_a_name_decides_nothing_of_a_workbook(self, name):
        assert read_book(name, PLAIN).kind == "xlsx"

    @pytest.mark.parametrize("name", ["rekap.xlsx", "rekap.xls", "rekap.ods"])
    def test_a_text_table_that_a_program_called_a_workbook_is_read_as_what_it_is(self, name):
        assert read_book(name, "kode\tnilai\nIKU-01\t7\n".encode("utf-16")).sheets[0].rows[1] == ("IKU-01", "7")

    def test_a_binary_workbook_is_known_by_its_parts(self):
        assert "biner" in refusal(spoiled(PLAIN, parts={"xl/workbook.bin": b"x"}), "a.xlsx")

    @pytest.mark.parametrize(
        ("content", "cause"),
        [
            (b"", "kosong"),
            (b"kode dan nilai", "bukan Excel"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "rusak"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "kata sandi"),
            (PLAIN[:-100], "rusak atau terpotong"),
            (PLAIN + b"\0" * 20_000_000, "paling besar 20 MB"),
            (spoiled(PLAIN, drop=["xl/workbook.xml"]), "rusak"),
            (spoiled(PLAIN, drop=[SHEET_XML]), "rusak"),
            (spoiled(PLAIN, drop=["[Content_Types].xml"]), "rusak"),
            (workbooks.with_macro(PLAIN), "makro"),
            (spoiled(PLAIN, parts={"xl/nothing/VBAPROJECT.BIN": b"x"}), "makro"),
            (spoiled(PLAIN, change={"[Content_Types].xml": lambda text: text.replace("theme+xml", "vnd.ms-office.vbaProject")}), "makro"),
            (spoiled(PLAIN, parts={"xl/macrosheets/sheet1.xml": "<a/>"}), "makro"),
            (spoiled(PLAIN, parts={"xl/externalLinks/externalLink1.xml": "<a/>"}), "tautan ke berkas lain"),
            (spoiled(PLAIN, parts={"xl/embeddings/oleObject1.bin": b"x"}), "OLE"),
            (spoiled(PLAIN, parts={"xl/activeX/activeX1.xml": "<a/>"}), "ActiveX"),
            (spoiled(PLAIN, parts={"xl/connections.xml": "<a/>"}), "sambungan data"),
            (spoiled(PLAIN, parts={"../../etc/passwd": "x"}), "tidak wajar"),
            (spoiled(PLAIN, parts={"/etc/passwd": "x"}), "tidak wajar"),
            (spoiled(PLAIN, parts={f"xl/{number}.xml": "" for number in range(2_001)}), "lebih dari 2.000 bagian"),
            (spoiled(PLAIN, parts={"docProps/app.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"}), "DOCTYPE"),
            (spoiled(PLAIN, change={SHEET_XML: lambda text: text.replace("<worksheet", " " * 70_000 + "<!DOCTYPE x><worksheet")}), "DOCTYPE"),
            (spoiled(PLAIN, change={SHEET_XML: lambda text: text.replace("</worksheet>", "")}), "rusak"),
            (with_sheet('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'), "lembar “Data”, sel A1"),
            (with_sheet('<row r="1"><c r="A1" t="n"><v>dua</v></c></row>'), "rusak"),
            (with_sheet('<row r="1"><c r="1A"><v>2</v></c></row>'), "rusak"),
            (with_sheet('<row r="1"><c r="B7"><f>cmd|\'/C calc\'!A0</f></c></row>'), "sel B7 memanggil program lain"),
        ],
    )  # fmt: skip
    def test_damaged_or_dangerous_ones_by_content(self, content, cause):
        assert cause in refusal(content)

    def test_links_outside_are_refused_but_a_hyperlink_is_not(self):
        def build(book):
            book.add_worksheet().write_url("A1", "https://contoh.example/")

        content = made(build)
        rels = "xl/worksheets/_rels/sheet1.xml.rels"
        assert only_sheet(content).cell(1, 1) == "https://contoh.example/"
        outside = spoiled(content, change={rels: lambda text: text.replace("/hyperlink", "/externalLinkPath")})
        assert "tautan ke berkas lain" in refusal(outside)

    def test_an_encrypted_part(self):
        content = bytearray(PLAIN)
        for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            start = -1
            while (start := content.find(mark, start + 1)) >= 0:
                content[start + flags] |= 1
        assert "kata sandi" in refusal(bytes(content))

    def test_the_file_name_cannot_spoil_the_sentence(self):
        with pytest.raises(BookRefused) as refused:
            read_book("a\n<b>" * 100 + ".pdf", b"x")
        assert "\n" not in str(refused.value)
        assert len(str(refused.value)) < 300


class TestTooMuch:
    def test_fifty_megabytes_of_blank_rows_are_refused(self):
        content = workbooks.with_blank_rows(PLAIN, megabytes=50)
        assert "lembar “Data” lebih dari 100.000 baris, termasuk baris kosong" in refusal(content)

    def test_a_hundred_megabytes_of_blank_rows_too(self):
        assert "lebih dari 60 MB" in refusal(workbooks.with_blank_rows(PLAIN, megabytes=100))

    def test_a_blank_cell_in_the_last_corner_costs_nothing(self):
        content = with_sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>')
        assert only_sheet(content).rows == ((Decimal(1),),)

    @pytest.mark.parametrize(
        ("cell", "cause"),
        [("A1048576", "lebih dari 100.000 baris"), ("XFD1", "memakai kolom XFD, paling banyak 200 kolom"), ("GR90000", "lebih dari 1.000.000 sel")],
    )  # fmt: skip
    @pytest.mark.parametrize("filled", ["<v>1</v>", "<v/>", "<is><t>a</t></is>"])
    def test_one_filled_cell_far_away_is_refused_before_memory_is_taken(self, cell, cause, filled):
        kind = ' t="inlineStr"' if "is" in filled else ""
        assert cause in refusal(
            with_sheet(f'<row r="1"><c r="A1"><v>1</v></c></row><row><c r="{cell}"{kind}>{filled}</c></row>')
        )

    def test_one_long_text_in_very_many_cells_is_refused(self):
        strings = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{"x" * 32_000}</t></si></sst>'
        cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 2_001))
        content = spoiled(PLAIN, parts={"xl/sharedStrings.xml": strings, SHEET_XML: HEAD + cells + TAIL})
        assert "teksnya lebih dari 60 juta huruf" in refusal(content)
        too_long = spoiled(PLAIN, change={"xl/sharedStrings.xml": lambda text: text.replace("Kode", "x" * 32_768)})
        assert "lebih dari 32.767 huruf" in refusal(too_long)

    def test_a_tag_without_end_is_refused(self):
        content = spoiled(PLAIN, parts={SHEET_XML: "<worksheet a='" + "x" * 40_000_000})
        assert "rusak" in refusal(content, limits=Limits(ratio=2_000))

    def test_many_sheets_are_refused(self):
        def build(book):
            for number in range(6):
                book.add_worksheet(f"Lembar {number}")

        assert "lembarnya lebih dari 5" in refusal(made(build), limits=Limits(sheets=5))

    def test_a_bomb_is_measured_while_unpacking_and_never_held(self):
        """Three bombs: a plain one, one whose directory lies about the size, and blank rows; the peak stays small."""
        script = textwrap.dedent(
            """
            import io, resource, struct, sys, zipfile
            from himpun.spreadsheets.book import BookRefused, Limits
            from himpun.spreadsheets.reading import read_book
            from tests import workbooks

            plain = workbooks.of_rows([["a", 1]])
            small = Limits(ratio=100_000, unpacked=200_000_000)
            bomb = workbooks.as_bomb(plain, 500)
            lying = bytearray(bomb)
            place = lying.rfind(b"PK\\x01\\x02")
            lying[place + 24 : place + 28] = struct.pack("<I", 1_000)
            blank = workbooks.as_bomb(plain, 150)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            for content, limits in ((bomb, Limits()), (bytes(lying), Limits()), (bomb, small), (blank, Limits(unpacked=200_000_000))):
                try:
                    read_book("bom.xlsx", content, limits)
                except BookRefused as refused:
                    print(refused)
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
            """
        )
        run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
        *sentences, grown = run.stdout.splitlines()
        assert len(sentences) == 4
        assert "lebih dari 60 MB" in sentences[0]
        assert "rusak" in sentences[1]
        assert "lebih dari 200 MB" in sentences[2]
        assert "bom zip" in sentences[3]
        assert int(grown) < 20_000, "kilobytes"


def takes_or_refuses(name: str, content: bytes) -> None:
    with suppress(BookRefused):
        assert isinstance(read_book(name, content), Book)


names = st.sampled_from(["a.xlsx", "a.csv", "a.txt", "a.xls", ""]) | st.text(max_size=12)


class TestAnything:
    @given(names, st.binary(max_size=400))
    def test_any_bytes_give_a_book_or_a_refusal(self, name, content):
        takes_or_refuses(name, content)

    @given(st.binary(max_size=300).map(lambda content: b"PK\x03\x04" + content))
    def test_any_zip_like_bytes_too(self, content):
        takes_or_refuses("a.xlsx", content)

    @given(st.integers(0, len(PLAIN)))
    def test_a_cut_off_workbook_too(self, length):
        takes_or_refuses("a.xlsx", PLAIN[:length])

    @given(st.lists(st.tuples(st.integers(0, len(PLAIN) - 1), st.integers(0, 255)), min_size=1, max_size=8))
    def test_a_workbook_with_spoiled_bytes_too(self, changes):
        content = bytearray(PLAIN)
        for place, byte in changes:
            content[place] = byte
        takes_or_refuses("a.xlsx", bytes(content))

    @given(st.data())
    @settings(max_examples=200, deadline=None)
    def test_a_workbook_with_spoiled_xml_too(self, data):
        """The zip is whole; one part's text has lost, doubled or exchanged a piece."""
        part = data.draw(st.sampled_from(zipfile.ZipFile(io.BytesIO(PLAIN)).namelist()))
        text = zipfile.ZipFile(io.BytesIO(PLAIN)).read(part)
        first, last = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
        piece = data.draw(st.sampled_from([b"", text[first:last] * 2, b"\0", b"<c", b'"', b"-1", b"9" * 30, b"&amp;"]))
        takes_or_refuses("a.xlsx", spoiled(PLAIN, parts={part: text[:first] + piece + text[last:]}))

    @given(st.text(alphabet='<>/="rcvfst A1Z90\n', max_size=120))
    @settings(max_examples=200, deadline=None)
    def test_any_cells_too(self, xml):
        takes_or_refuses("a.xlsx", with_sheet(xml))

    def test_a_broken_stream_inside_is_no_crash(self):
        good = zlib.compress(b"x" * 100)
        takes_or_refuses("a.xlsx", PLAIN.replace(PLAIN[60:90], good[:30]))


# --- going out -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+1+cmd", "-1+cmd", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1"])
def test_what_a_spreadsheet_would_run_goes_out_as_text(cell: str) -> None:
    assert inert(cell) == f"'{cell}"
    assert harmless(cell) == f"'{cell}"


def test_an_ordinary_cell_goes_out_as_it_is() -> None:
    for cell in ("", "Kecamatan", "1.234,5", "a=b", "'"):
        assert inert(cell) == cell
    assert harmless("-12,5") == "-12,5"


def test_no_text_is_written_into_a_workbook_where_it_could_become_a_formula() -> None:
    """XlsxWriter's `write` guesses a type from the first letters; `write_string` does not."""
    wrong = [
        f"{place.name}:{node.lineno}"
        for place in Path(himpun.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(place.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") in ("write", "write_row", "write_column", "write_url", "write_formula")
        and len(node.args) >= 3
    ]
    assert wrong == []
