"""A request's figures by file: out as a form, back by whoever may, compared before it is written, all or nothing."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from himpun import clock
from himpun.archive import files
from himpun.archive.models import Record
from himpun.cycles.actions import start_cycle
from himpun.cycles.models import Cycle
from himpun.cycles.steps import answers
from himpun.indicators.figures import own_sheets
from himpun.indicators.figures.mapping import values as mapping
from himpun.indicators.figures.mapping.values import MappingUnfit
from himpun.indicators.figures.own_sheets import MappingNeeded, import_sheet
from himpun.indicators.models.dictionary import Indicator
from himpun.indicators.models.figures import ColumnMapping, Figure, FigureImport
from himpun.indicators.models.requests import DataRequest, RequestLine
from himpun.indicators.requests.filling import save_line
from himpun.indicators.requests.form.values import FormRefused
from himpun.indicators.requests.forms import FILE, HERE, XLSX, Undecided, WrongCells, apply_back, form_of, read_back
from himpun.indicators.requests.rules import NotYourRequest, RequestClosed
from himpun.offices.models.people import Person
from himpun.spreadsheets.book import BookRefused
from himpun.spreadsheets.reading import read_book
from tests import workbooks
from tests.cast import MECHANISM, PERIOD, Cast, found_office

pytestmark = pytest.mark.django_db
NAME = "isian.xlsx"
ABOVE, BELOW, NOTE, NIHIL, REASON = "G10", "G11", "H10", "I10", "J10"
"""Where the first indicator of a form has its two figures and its words."""


@pytest.fixture
def run(small: Cast) -> Cycle:
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)
    return cycle


@pytest.fixture
def asked(small: Cast, run: Cycle) -> DataRequest:
    return small.requests(run)[1]


@pytest.fixture
def line(asked: DataRequest) -> RequestLine:
    return asked.lines.get()


@pytest.fixture
def unit(small: Cast, asked: DataRequest) -> Person:
    return small.holder(asked.unit)


def filled(asked: DataRequest, **cells: Any) -> bytes:
    """The request's form with these cells typed into: filled(asked, G10="7")."""
    return workbooks.typed(form_of(asked), cells)


def bring(asked: DataRequest, content: bytes, by: Person, name: str = NAME, **options: Any) -> int:
    return apply_back(asked, sha256=files.store(content, media_type=XLSX), name=name, by=by, **options)


def values(line: RequestLine) -> list[str]:
    return [f"{each.number:f}".rstrip("0").rstrip(".") for each in line.values.order_by("variable__order")]


def journaled(act: str = "indicators:form:imported") -> int:
    return Record.objects.filter(act=act).count()


def test_the_form_is_the_same_bytes_until_something_changes(
    asked: DataRequest, line: RequestLine, unit: Person
) -> None:
    first = form_of(asked)
    with clock.held_at(clock.now() + timedelta(hours=1)):
        assert form_of(asked) == first
        save_line(line_id=line.pk, by=unit, note="catatan")
    assert form_of(asked) != first


def test_a_filled_form_comes_back_whole(asked: DataRequest, line: RequestLine, unit: Person) -> None:
    content = filled(asked, G10=7, G11="1.234,5", H10="dua baris")

    seen = read_back(asked, name=NAME, content=content, by=unit)
    assert [(edit.label.split(" · ")[1], edit.here, edit.file, edit.address) for edit in seen.changes] == [
        ("Jumlah pembilang", "", "7", ABOVE),
        ("Jumlah penyebut", "", "1.234,5", BELOW),
        ("catatan", "", "dua baris", NOTE),
    ]
    assert not line.values.exists()

    assert bring(asked, content, unit) == 3
    line.refresh_from_db()
    assert (values(line), line.note) == (["7", "1234.5"], "dua baris")
    record = Record.objects.get(act="indicators:form:imported")
    assert files.read(record.file_sha256) == content


def test_the_same_file_twice_changes_nothing_and_leaves_no_trace(
    asked: DataRequest, line: RequestLine, unit: Person
) -> None:
    content = filled(asked, G10=7, G11=9)

    assert [bring(asked, content, unit) for _ in range(3)] == [2, 0, 0]
    assert read_back(asked, name=NAME, content=content, by=unit).is_empty
    assert journaled() == 1
    assert values(line) == ["7", "9"]


def test_nihil_comes_by_file_too(asked: DataRequest, line: RequestLine, unit: Person) -> None:
    bring(asked, filled(asked, I10="Ya", J10="tidak ada layanan"), unit)

    line.refresh_from_db()
    assert (line.nihil, line.nihil_reason) == (True, "tidak ada layanan")


def save(line: RequestLine, by: Person, above: str, below: str) -> None:
    first, second = line.indicator.variables.order_by("order")
    save_line(line_id=line.pk, by=by, figures={first.pk: above, second.pk: below})


@pytest.mark.parametrize(("choice", "kept"), [(HERE, ["5", "9"]), (FILE, ["7", "9"])])
def test_what_was_changed_on_both_sides_is_decided_by_a_person(
    asked: DataRequest, line: RequestLine, unit: Person, choice: str, kept: list[str]
) -> None:
    content = filled(asked, G10=7, G11=9)
    save(line, unit, "5", "")

    (conflict,) = read_back(asked, name=NAME, content=content, by=unit).conflicts
    assert (conflict.base, conflict.here, conflict.file) == ("", "5", "7")
    with pytest.raises(Undecided):
        bring(asked, content, unit)
    assert values(line) == ["5"]

    bring(asked, content, unit, choices={conflict.key: choice})
    assert values(line) == kept


@pytest.mark.parametrize(("rest", "kept"), [(HERE, ["5", "6"]), (FILE, ["7", "9"])])
def test_many_conflicts_are_decided_at_once(
    asked: DataRequest, line: RequestLine, unit: Person, rest: str, kept: list[str]
) -> None:
    content = filled(asked, G10=7, G11=9)
    save(line, unit, "5", "6")

    bring(asked, content, unit, rest=rest)
    assert values(line) == kept


def test_what_only_himpun_changed_stays(asked: DataRequest, line: RequestLine, unit: Person) -> None:
    save(line, unit, "1", "2")
    content = filled(asked, G11=3)
    save(line, unit, "9", "2")

    bring(asked, content, unit)
    assert values(line) == ["9", "3"]


def test_a_wrong_cell_keeps_everything_back_unless_the_good_rows_are_chosen(
    small: Cast, run: Cycle, asked: DataRequest, line: RequestLine, unit: Person
) -> None:
    second = Indicator.objects.get(pk=line.indicator_id)
    indicator = Indicator.objects.create(
        office=asked.office, code="X-1", name="Lain", year=2026, sasaran="s", unit="orang", owner=asked.unit
    )
    variable = indicator.variables.create(name="nilai", label="Nilai", kind="nilai", whole=True)
    other = RequestLine.objects.create(request=asked, indicator=indicator, order=2)
    content = filled(asked, G10="banyak", G11="=1+1", G12=12)

    seen = read_back(asked, name=NAME, content=content, by=unit)
    assert [(told.row, told.cause.split(".")[0]) for told in seen.wrong] == [
        (10, "Tulis angka seperti 1"),
        (11, "Ada rumus di sel ini"),
    ]
    with pytest.raises(WrongCells) as refused:
        bring(asked, content, unit)
    assert len(refused.value.wrong) == 2
    assert not other.values.exists()
    assert journaled() == 0

    assert bring(asked, content, unit, only_good=True) == 1
    assert other.values.get(variable=variable).number == 12
    assert not line.values.exists()
    assert second.pk == line.indicator_id


def test_a_figure_out_of_range_is_told_with_its_cell(asked: DataRequest, line: RequestLine, unit: Person) -> None:
    line.indicator.variables.filter(name="penyebut").update(minimum=Decimal(1))
    (told,) = read_back(asked, name=NAME, content=filled(asked, G11=0), by=unit).wrong

    assert (told.row, told.value, told.cause) == (11, "0", "Paling kecil 1; tertulis 0.")
    assert "(G11)" in told.column


def test_a_form_of_another_unit_office_period_or_round_is_refused_with_the_reason(
    small: Cast, run: Cycle, asked: DataRequest, unit: Person
) -> None:
    def why(content: bytes) -> str:
        with pytest.raises(FormRefused) as refused:
            bring(asked, content, unit)
        return str(refused.value)

    elsewhere = found_office("kec-lain")
    other = DataRequest.objects.create(
        office=elsewhere.office, unit=elsewhere.post_of_unit(1), period=PERIOD, origin="x", state="dikirim"
    )
    older = form_of(asked)
    assert "formulir unit lain" in why(form_of(small.requests(run)[0]))
    assert "formulir kantor lain" in why(form_of(other))
    DataRequest.objects.filter(pk=asked.pk).update(round=2)
    asked.refresh_from_db()
    assert "usang: putaran 1" in why(older)
    DataRequest.objects.filter(pk=asked.pk).update(round=1, period="2026-TW2")
    asked.refresh_from_db()
    assert "formulir periode 2026-TW3" in why(older)
    assert journaled() == 0


def test_a_form_that_asks_for_what_is_no_longer_asked_is_stale(
    asked: DataRequest, line: RequestLine, unit: Person
) -> None:
    content = filled(asked, G10=7)
    line.indicator.variables.create(name="baru", label="Baru", kind="nilai")

    with pytest.raises(FormRefused, match="usang"):
        bring(asked, content, unit)


@pytest.mark.parametrize(
    "spoil",
    [
        workbooks.with_macro,
        workbooks.as_bomb,
        lambda content: content[: len(content) // 2],
        lambda content: workbooks.spoiled(
            content, change={"xl/worksheets/sheet3.xml": lambda text: text.replace("1", "2")}
        ),
    ],
)
def test_a_spoiled_file_changes_nothing(asked: DataRequest, line: RequestLine, unit: Person, spoil: Any) -> None:
    content = spoil(filled(asked, G10=7, G11=9))

    with pytest.raises((BookRefused, FormRefused)):
        bring(asked, content, unit)
    assert not line.values.exists()
    assert journaled() == 0


def test_only_the_unit_brings_a_file_and_only_while_the_request_is_open(
    small: Cast, asked: DataRequest, line: RequestLine, unit: Person
) -> None:
    content = filled(asked, G10=7, G11=9)

    for stranger in (small.umum, small.units[0]):
        with pytest.raises(NotYourRequest):
            bring(asked, content, stranger)
    small.answer(asked)
    with pytest.raises(RequestClosed):
        bring(asked, content, unit)
    assert journaled() == 0
    answers.return_answer(request=asked, reason="periksa", by=small.umum)
    assert bring(asked, filled(asked, G10=8), unit) == 1


# --- own sheets -----------------------------------------------------------------------------------------------------


def sheet_of(*rows: tuple[object, ...], head: tuple[str, ...] = ("Kode", "Data", "Periode", "Realisasi")) -> bytes:
    return workbooks.of_rows([head, *rows])


def remember(asked: DataRequest, content: bytes, by: Person) -> None:
    guessed = own_sheets.propose(read_book(NAME, content))
    assert guessed is not None
    own_sheets.remember(office=asked.office, wanted=guessed, name="lembar seksi", by=by)


def test_an_unknown_sheet_asks_what_its_columns_are_and_is_remembered_then(
    asked: DataRequest, line: RequestLine, unit: Person
) -> None:
    code = line.indicator.code
    content = sheet_of((code, "Jumlah pembilang", "2026-TW3", 7), (code, "Jumlah penyebut", "TW III 2026", "1,234.5"))

    with pytest.raises(MappingNeeded) as needed:
        read_back(asked, name=NAME, content=content, by=unit)
    assert needed.value.guessed is not None
    assert needed.value.guessed.columns[mapping.VALUE] == 4

    remember(asked, content, unit)
    seen = read_back(asked, name=NAME, content=content, by=unit)
    assert [(edit.file, edit.address) for edit in seen.changes] == [("7", "D2"), ("1.234,5", "D3")]
    assert len(seen.doubts) == 1
    assert bring(asked, content, unit) == 2
    assert values(line) == ["7", "1234.5"]
    assert bring(asked, content, unit) == 0


def test_remembering_twice_keeps_one_and_journals_once(asked: DataRequest, line: RequestLine, unit: Person) -> None:
    content = sheet_of((line.indicator.code, "Jumlah pembilang", "2026-TW3", 7))
    for _ in range(2):
        remember(asked, content, unit)

    assert ColumnMapping.objects.count() == 1
    assert journaled("indicators:mapping:saved") == 1


def test_figures_of_other_periods_and_units_are_left_out_and_counted(
    asked: DataRequest, line: RequestLine, unit: Person
) -> None:
    code = line.indicator.code
    head = ("Kode", "Data", "Unit", "Periode", "Realisasi")
    content = sheet_of(
        (code, "Jumlah pembilang", asked.unit.title, "2026-TW3", 7),
        (code, "Jumlah penyebut", "Seksi Lain", "2026-TW3", 9),
        (code, "Jumlah penyebut", asked.unit.unit_code, "2026-TW2", 9),
        head=head,
    )
    remember(asked, content, unit)

    seen = read_back(asked, name=NAME, content=content, by=unit)
    assert ([edit.file for edit in seen.changes], seen.left_out) == (["7"], 2)


def test_an_own_sheet_overwrites_nothing_that_is_filled_in_without_being_told(
    asked: DataRequest, line: RequestLine, unit: Person
) -> None:
    content = sheet_of((line.indicator.code, "Jumlah pembilang", "2026-TW3", 7))
    remember(asked, content, unit)
    save(line, unit, "5", "")

    with pytest.raises(Undecided):
        bring(asked, content, unit)
    (conflict,) = read_back(asked, name=NAME, content=content, by=unit).conflicts
    bring(asked, content, unit, choices={conflict.key: FILE})
    assert values(line) == ["7"]


def test_an_own_sheet_of_any_period_is_imported_into_the_office(small: Cast, line: RequestLine) -> None:
    code, title = line.indicator.code, line.request.unit.title
    head = ("Kode", "Data", "Unit", "Periode", "Realisasi")
    content = sheet_of(
        (code, "Jumlah pembilang", title, "2026-TW1", 7), (code, "Jumlah penyebut", title, "2026-TW1", 9), head=head
    )
    remember(line.request, content, small.umum)

    def run_it(dry_run: bool) -> tuple[int, int]:
        report, _ = import_sheet(
            office=small.office,
            name=NAME,
            book=read_book(NAME, content),
            content=content,
            by=small.umum,
            dry_run=dry_run,
        )
        return report.taken.added, report.taken.same

    assert run_it(dry_run=True) == (2, 0)
    assert not Figure.objects.exists()
    assert run_it(dry_run=False) == (2, 0)
    assert run_it(dry_run=False) == (0, 2)
    assert (Figure.objects.count(), FigureImport.objects.count()) == (2, 1)


def test_a_remembered_mapping_belongs_to_its_office(asked: DataRequest, line: RequestLine, unit: Person) -> None:
    content = sheet_of((line.indicator.code, "Jumlah pembilang", "2026-TW3", 7))
    remember(asked, content, unit)
    elsewhere = found_office("kec-lain")

    with pytest.raises(MappingNeeded):
        own_sheets.mapping_for(elsewhere.office, read_book(NAME, content))
    assert own_sheets.mapping_for(asked.office, read_book(NAME, content)).name == "lembar seksi"
    with pytest.raises(MappingUnfit, match="kolom nilai"):
        own_sheets.remember(
            office=asked.office, wanted=mapping.Mapping("Data", 1, mapping.LONG, {mapping.CODE: 1}), name="x", by=unit
        )
