"""A request as a workbook: what is asked goes out, what was filled in comes back, and nothing else gets in."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himpun.indicators.requests.form.merging import check_current, compare
from himpun.indicators.requests.form.reading import read_form
from himpun.indicators.requests.form.values import (
    HEADER_ROW,
    Change,
    Conflict,
    FilledCell,
    FilledForm,
    FilledLine,
    Form,
    FormCell,
    FormLine,
    FormRefused,
    Merge,
    Words,
    checksum,
)
from himpun.indicators.requests.form.writing import NIHIL, NOTE, REASON, VALUE, write_form
from himpun.measure.numbers import NumberUnreadable, read_number
from himpun.spreadsheets.book import Book, BookRefused, Sheet, address, text_of
from himpun.spreadsheets.reading import read_book
from tests import workbooks

GRADES = ("AA", "A", "BB", "B", "CC", "C", "D")
FORM = Form(
    form_id="KEC-CONTOH/2026-TW3/1/kasi-pelayanan",
    office="Kecamatan Contoh",
    unit="Kepala Seksi Pelayanan Umum",
    period_label="Triwulan III 2026",
    period="2026-TW3",
    round=1,
    due="9 Oktober 2026 pukul 16.00",
    collector="Analis Perencanaan Evaluasi dan Pelaporan",
    lines=(
        FormLine(
            11, 1, "IKU-05", "Persentase penduduk datang yang lengkap administrasinya", "Definisi & <cara>",
            (
                FormCell(101, "Penduduk datang yang lengkap", "orang", "pembilang", "57", "55", minimum=Decimal(0), whole=True, required=True),
                FormCell(102, "Penduduk datang yang dilaporkan", "orang", "penyebut", "", "60", minimum=Decimal(0), maximum=Decimal("1E+4")),
            ),
            note="Dua baris\ncatatan",
        ),
        FormLine(12, 2, "IKU-08", "Indeks Kepuasan Masyarakat", "", (FormCell(103, "Jumlah nilai indeks", "indeks", "nilai", "1.234,50", "83,18"),)),
        FormLine(13, 3, "IKU-12", "Predikat AKIP", "", (FormCell(104, "Predikat", "predikat", "nilai", "B", "CC", GRADES),)),
        FormLine(14, 4, "IKU-99", "Tanpa angka", "", (), nihil=True, nihil_reason="Belum diukur"),
    ),
    made_at=datetime(2026, 10, 1, 1, 0, tzinfo=UTC),
)  # fmt: skip
CONTENT = write_form(FORM)
NOW = {(11, 101): "57", (12, 103): "1.234,50", (13, 104): "B"}
FIRST, SECOND, INDEX, GRADE, EMPTY = range(HEADER_ROW + 1, HEADER_ROW + 6)


def filled(cells: dict[str, str | float | None] | None = None, content: bytes = CONTENT) -> FilledForm:
    return read_form(read_book("isian.xlsx", workbooks.typed(content, cells or {})))


def refused(content: bytes) -> str:
    with pytest.raises(FormRefused) as refusal:
        read_form(read_book("isian.xlsx", content))
    return str(refusal.value)


class TestTheForm:
    def test_the_same_form_gives_the_same_bytes(self):
        assert write_form(FORM) == CONTENT
        assert write_form(replace(FORM, form_id="lain")) != CONTENT

    def test_a_person_sees_what_is_asked_and_until_when(self):
        sheet = read_book("isian.xlsx", CONTENT).sheets[0]
        text = "\n".join(text_of(cell) for row in sheet.rows for cell in row)
        for words in ("Kecamatan Contoh · Kepala Seksi Pelayanan Umum", "Triwulan III 2026 · putaran 1", "9 Oktober 2026 pukul 16.00",
                      "Penduduk datang yang lengkap *", "83,18", "Dua baris\ncatatan", FORM.form_id, checksum(FORM)):  # fmt: skip
            assert words in text
        assert sheet.cell(INDEX, VALUE) == Decimal("1234.5"), "a number stays a number in Excel"
        assert sheet.merged == ()

    def test_only_the_cells_to_fill_in_are_unlocked_and_checked(self):
        xml = workbooks.part(CONTENT, workbooks.SHEET_XML)
        assert "<sheetProtection " in xml
        assert 'password="' not in xml
        unlocked = {
            address(row, column)
            for row in range(1, EMPTY + 3)
            for column in range(1, 11)
            if workbooks.is_unlocked(CONTENT, address(row, column))
        }
        lines, figures = (FIRST, INDEX, GRADE, EMPTY), (FIRST, SECOND, INDEX, GRADE)
        assert unlocked == {address(row, VALUE) for row in figures} | {
            address(row, column) for row in lines for column in (NOTE, NIHIL, REASON)
        }
        assert xml.count("<dataValidation ") == len(figures) + 2 * len(lines)
        assert 'type="whole"' in xml
        assert "paling sedikit 0" in xml
        assert "dari 0 sampai 10.000" in xml
        assert "_himpun!$K$1:$K$7" in xml

    def test_help_and_the_seal_are_there_and_the_seal_is_hidden(self):
        book = read_book("isian.xlsx", CONTENT)
        assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [
            ("Isian", False),
            ("Petunjuk", False),
            ("_himpun", True),
        ]
        assert "Definisi & <cara>" in [cell for row in book.sheets[1].rows for cell in row]

    def test_it_prints_on_a4_landscape_with_its_heading_on_every_page(self):
        xml = workbooks.part(CONTENT, workbooks.SHEET_XML)
        (setup,) = re.findall("<pageSetup .*?/>", xml)
        assert all(word in setup for word in ('paperSize="9"', 'orientation="landscape"', 'fitToHeight="0"'))
        assert f"Isian!${HEADER_ROW}:${HEADER_ROW}" in workbooks.part(CONTENT, "xl/workbook.xml")


class TestTheFormComesBack:
    def test_untouched_it_says_what_it_said_and_changes_nothing(self):
        form = filled()
        assert (form.form_id, form.checksum, form.wrong) == (FORM.form_id, checksum(FORM), ())
        assert [(cell.line_id, cell.variable_id, cell.typed, cell.was) for cell in form.cells] == [
            (11, 101, "57", "57"), (11, 102, "", ""), (12, 103, "1.234,50", "1.234,50"), (13, 104, "B", "B"),
        ]  # fmt: skip
        assert form.lines[0] == FilledLine(
            11, FIRST, "IKU-05", Words("Dua baris\ncatatan"), Words("Dua baris\ncatatan")
        )
        assert form.lines[-1].typed == Words("", True, "Belum diukur")
        assert compare(form, NOW) == Merge()

    def test_what_was_filled_in_comes_back_with_its_cell(self):
        form = filled(
            {
                f"G{FIRST}": None,
                f"G{SECOND}": 61.5,
                f"G{GRADE}": "A",
                f"H{FIRST}": "Baru",
                f"I{FIRST}": "Ya",
                f"J{FIRST}": "Tidak ada",
            }
        )
        assert form.wrong == ()
        assert compare(form, NOW).changes == (
            Change(11, 101, "value", "", f"G{FIRST}"),
            Change(11, 102, "value", "61,5", f"G{SECOND}"),
            Change(13, 104, "value", "A", f"G{GRADE}"),
            Change(11, None, "note", "Baru", f"H{FIRST}"),
            Change(11, None, "nihil", "Ya", f"I{FIRST}"),
            Change(11, None, "nihil_reason", "Tidak ada", f"J{FIRST}"),
        )

    def test_a_figure_changed_on_both_sides_is_a_conflict_with_all_three(self):
        form = filled({f"G{FIRST}": 58, f"H{FIRST}": "Dari berkas"})
        now = NOW | {(11, 101): "59"}
        merge = compare(form, now, {11: Words("Dari layar")})
        assert merge.changes == ()
        assert merge.conflicts == (
            Conflict(11, 101, "value", "57", "59", "58", f"G{FIRST}"),
            Conflict(11, None, "note", "Dua baris\ncatatan", "Dari layar", "Dari berkas", f"H{FIRST}"),
        )

    def test_a_change_in_the_system_alone_stays(self):
        assert compare(filled(), NOW | {(11, 101): "99"}, {11: Words("Dari layar")}) == Merge()

    @pytest.mark.parametrize(
        ("cells", "column", "cause"),
        [
            ({"G10": "=A1+1"}, "Isian (G10)", "Ada rumus"),
            ({"B10": "=A1+1"}, None, "barisnya bergeser"),
            ({"G12": "#DIV/0!"}, "Isian (G12)", "kesalahan Excel #DIV/0!"),
            ({"I10": "mungkin"}, "Nihil (I10)", "Pilih Ya atau Tidak"),
            ({"J10": "x" * 301}, "Alasan nihil (J10)", "paling banyak 300"),
            ({"H11": "tersesat"}, "Catatan (H11)", "tidak terbaca"),
            ({"G14": 5}, "Isian (G14)", "tidak meminta angka"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_taken_is_told_with_its_cell(self, cells, column, cause):
        content = workbooks.typed(CONTENT, cells)
        if column is None:
            assert cause in refused(content)
            return
        (wrong,) = read_form(read_book("isian.xlsx", content)).wrong
        assert (wrong.column, wrong.sheet) == (column, "Isian")
        assert cause in wrong.cause

    def test_a_percentage_a_date_and_a_truth_value_are_told(self):
        book = read_book("isian.xlsx", CONTENT)
        percent = changed(
            book, {(FIRST, VALUE): Decimal("0.85"), (SECOND, VALUE): date(2026, 3, 2), (INDEX, VALUE): True}
        )
        isian = replace(percent.sheets[0], percents=frozenset({f"G{FIRST}"}))
        form = read_form(Book((isian, *percent.sheets[1:]), "xlsx"))
        assert [wrong.row for wrong in form.wrong] == [FIRST, SECOND, INDEX]
        assert [
            "85 atau 0,85" in form.wrong[0].cause,
            "tanggal (2026-03-02)" in form.wrong[1].cause,
            "benar/salah" in form.wrong[2].cause,
        ] == [True] * 3

    def test_text_below_and_beside_the_table_is_told(self):
        book = changed(read_book("isian.xlsx", CONTENT), {(FIRST, 12): "di samping", (EMPTY + 5, 3): "di bawah"})
        assert [wrong.column for wrong in read_form(book).wrong] == [f"L (L{FIRST})", f"Indikator (C{EMPTY + 5})"]


def changed(book: Book, cells: dict[tuple[int, int], object]) -> Book:
    """The book with these cells on its first sheet."""
    first = book.sheets[0]
    rows = [list(row) for row in first.rows]
    for (row, column), content in cells.items():
        rows.extend([] for _ in range(row - len(rows)))
        rows[row - 1].extend(None for _ in range(column - len(rows[row - 1])))
        rows[row - 1][column - 1] = content
    return Book((replace(first, rows=tuple(map(tuple, rows))), *book.sheets[1:]), book.kind)


class TestTheFormIsRefused:
    def test_a_foreign_workbook(self):
        assert "bukan formulir isian" in refused(workbooks.of_rows([["Kode", "Nilai"]]))
        with pytest.raises(FormRefused, match="bukan formulir isian"):
            read_form(read_book("isian.csv", b"a;b"))

    def test_an_extra_sheet(self):
        book = read_book("isian.xlsx", CONTENT)
        with pytest.raises(FormRefused, match="lembar tambahan “Coretan”"):
            read_form(Book((*book.sheets, Sheet("Coretan", ())), "xlsx"))

    def test_a_missing_sheet(self):
        book = read_book("isian.xlsx", CONTENT)
        with pytest.raises(FormRefused, match="Lembar “Isian” tidak ada"):
            read_form(Book(book.sheets[1:], "xlsx"))

    def test_merged_cells(self):
        merged = '<mergeCells count="1"><mergeCell ref="G10:G11"/></mergeCells>'
        content = workbooks.spoiled(
            CONTENT,
            change={workbooks.SHEET_XML: lambda xml: xml.replace("<dataValidations", merged + "<dataValidations", 1)},
        )
        assert "Sel G10:G11 digabungkan" in refused(content)

    @pytest.mark.parametrize(
        ("place", "text", "cause"),
        [
            ("A1", None, "versi Himpun yang lain"),
            ("B2", None, "Nomor formulirnya hilang"),
            ("B2", "lain", "tidak cocok dengan sidiknya"),
            ("B3", "0" * 64, "tidak cocok dengan sidiknya"),
            ("B6", "4", "tidak cocok dengan sidiknya"),
            ("B6", "9999999999", "tidak cocok dengan sidiknya"),
            ("C8", "999", "tidak cocok dengan sidiknya"),
            ("F8", "1", "tidak cocok dengan sidiknya"),
        ],
    )  # fmt: skip
    def test_a_changed_seal_or_hidden_sheet(self, place, text, cause):
        assert cause in refused(
            workbooks.typed(CONTENT, {place if place != "A1" else "B1": text}, sheet="xl/worksheets/sheet3.xml")
        )

    def test_rows_that_moved(self):
        book = read_book("isian.xlsx", CONTENT)
        rows = list(book.sheets[0].rows)
        rows[FIRST - 1], rows[SECOND - 1] = rows[SECOND - 1], rows[FIRST - 1]
        with pytest.raises(FormRefused, match=f"Baris {FIRST} seharusnya “IKU-05 · Penduduk datang yang lengkap"):
            read_form(Book((replace(book.sheets[0], rows=tuple(rows)), *book.sheets[1:]), "xlsx"))

    def test_a_renamed_heading_and_a_lost_mark(self):
        assert f"sel G{HEADER_ROW} bukan lagi “Isian”" in refused(
            workbooks.typed(CONTENT, {f"G{HEADER_ROW}": "Realisasi"})
        )
        assert f"sel A{EMPTY + 2} tidak cocok" in refused(workbooks.typed(CONTENT, {f"A{EMPTY + 2}": None}))

    def test_a_form_of_another_request_or_of_other_figures(self):
        asked = [(11, 101), (11, 102), (12, 103), (13, 104)]
        check_current(filled(), FORM.form_id, asked)
        with pytest.raises(FormRefused, match="sedangkan yang sedang dibuka"):
            check_current(filled(), "lain", asked)
        with pytest.raises(FormRefused, match="usang"):
            check_current(filled(), FORM.form_id, asked[:-1])

    @pytest.mark.parametrize(
        "spoil", [workbooks.with_macro, workbooks.with_blank_rows, lambda content: workbooks.as_bomb(content, 100)]
    )
    def test_a_spoiled_file_never_becomes_a_form(self, spoil):
        with pytest.raises(BookRefused):
            read_book("isian.xlsx", spoil(CONTENT))


figures = st.sampled_from(["", "0", "7", "7,0", "1.234,50", "1234,5", " 12 ", "−3", "A", "nihil"]) | st.integers(
    0, 9
).map(str)
triples = st.lists(st.tuples(figures, figures, figures), max_size=6)
any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["_x0041_", "=1+1", "'5", "a\r\nb", "\x01"]
)


def same(first: str, second: str) -> bool:
    def key(text: str) -> object:
        try:
            return read_number(text)
        except NumberUnreadable:
            return text.strip()

    return key(first) == key(second)


def of_triples(rows: list[tuple[str, str, str]]) -> tuple[FilledForm, dict[tuple[int, int], str]]:
    """A form and the system from (base, theirs, mine) by cell."""
    cells = tuple(
        FilledCell(1, number, number + 10, 7, f"G{number + 10}", mine, base)
        for number, (base, _, mine) in enumerate(rows)
    )
    return FilledForm("f", "s", cells, (), ()), {(1, number): theirs for number, (_, theirs, _) in enumerate(rows)}


class TestMergingLaws:
    @given(triples)
    def test_every_cell_has_exactly_one_of_four_outcomes(self, rows):
        merge = compare(*of_triples(rows))
        changes, conflicts = ({each.variable_id for each in found} for found in (merge.changes, merge.conflicts))
        for number, (base, theirs, mine) in enumerate(rows):
            wants = not same(mine, base) and not same(mine, theirs)
            assert (number in changes) == (wants and same(theirs, base))
            assert (number in conflicts) == (wants and not same(theirs, base))

    @given(triples)
    def test_importing_again_changes_nothing(self, rows):
        form, now = of_triples(rows)
        merge = compare(form, now)
        after = now | {(each.line_id, each.variable_id): each.value for each in merge.changes}
        again = compare(form, after)
        assert again.changes == ()
        assert again.conflicts == merge.conflicts

    @given(triples)
    def test_what_the_system_changed_is_never_overwritten(self, rows):
        form, now = of_triples(rows)
        for change in compare(form, now).changes:
            assert same(now[change.line_id, change.variable_id], rows[change.variable_id][0])

    @given(triples, st.randoms())
    def test_the_order_of_cells_does_not_matter(self, rows, random):
        form, now = of_triples(rows)
        shuffled = replace(form, cells=tuple(random.sample(form.cells, len(form.cells))))
        assert set(compare(shuffled, now).changes) == set(compare(form, now).changes)
        assert set(compare(shuffled, now).conflicts) == set(compare(form, now).conflicts)

    @given(triples)
    def test_conflicts_are_the_same_seen_from_the_other_side(self, rows):
        mirrored = [(base, mine, theirs) for base, theirs, mine in rows]
        numbers = [each.variable_id for each in compare(*of_triples(rows)).conflicts]
        assert numbers == [each.variable_id for each in compare(*of_triples(mirrored)).conflicts]


forms = st.builds(
    lambda form_id, lines, texts: replace(
        FORM,
        form_id=form_id,
        lines=tuple(
            FormLine(
                line_id=10 + number, no=number + 1, code=code, name=texts[0], definition=texts[1],
                cells=tuple(
                    FormCell(100 * number + index, label, unit, "nilai", value, value, choices)
                    for index, (label, unit, value, choices) in enumerate(cells)
                ),
                note=note, nihil=nihil, nihil_reason=reason,
            )
            for number, (code, cells, note, nihil, reason) in enumerate(lines)
        ),
    ),
    st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=20),
    st.lists(
        st.tuples(any_text, st.lists(st.tuples(any_text, any_text, figures | any_text, st.sampled_from([(), GRADES])), max_size=3), any_text, st.booleans(), any_text),
        max_size=4,
    ),
    st.tuples(any_text, any_text),
)  # fmt: skip


class TestAnyForm:
    @given(forms)
    @settings(max_examples=60, deadline=None)
    def test_every_value_comes_back_and_nothing_changes(self, form):
        back = read_form(read_book("isian.xlsx", write_form(form)))
        assert (back.form_id, back.checksum, back.wrong) == (form.form_id, checksum(form), ())
        asked = {(line.line_id, cell.variable_id): cell.value for line in form.lines for cell in line.cells}
        check_current(back, form.form_id, asked)
        words = {line.line_id: Words(line.note, line.nihil, line.nihil_reason) for line in form.lines}
        assert compare(back, asked, words) == Merge()
        for cell in back.cells:
            typed = " ".join(asked[cell.line_id, cell.variable_id].split())
            assert cell.typed == cell.was
            assert cell.was == typed or not typed.isprintable(), "only what cannot be seen is lost"

    @given(st.lists(st.decimals(-(10**9), 10**9, places=4), min_size=4, max_size=4))
    @settings(max_examples=25, deadline=None)
    def test_every_number_typed_in_excel_comes_back_exactly(self, numbers):
        places = [f"G{row}" for row in (FIRST, SECOND, INDEX, GRADE)]
        form = filled(dict(zip(places, map(float, numbers), strict=True)))
        assert form.wrong == ()
        assert [read_number(cell.typed) for cell in form.cells] == numbers
