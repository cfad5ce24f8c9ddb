"""Files with a cell too many, at the pages that read whole tables: named, never shifted into figures."""

from pathlib import Path

import pytest

from himpun.budgets.sheets import read_budget
from himpun.commands import run
from himpun.indicators.dictionary.importing import import_dictionary
from himpun.indicators.dictionary.saving import definition_of, entries
from himpun.indicators.figures.mapping.applying import apply
from himpun.indicators.figures.mapping.headings import guess
from himpun.spreadsheets.reading import read_book
from tests.cast import Cast

KNOWN = [("IKU-08", "Indeks", [("nilai", "Nilai", "nilai")])]


@pytest.mark.parametrize(
    ("text", "torn"),
    [
        ("Kode,Data,Periode,Nilai\nIKU-08,Nilai,TW III 2026,6,5\nIKU-08,Nilai,TW II 2026,7\n", [2]),
        ("Laporan\nKode,Data,TW I 2026,TW II 2026\nIKU-08,Nilai,81,7,82\n", [3]),
        ("Kode;Data;Periode;Nilai;Catatan\nIKU-08;Nilai;TW III 2026;7;a;b\n", [2]),
    ],
)
def test_an_own_sheet_tells_the_row_and_takes_nothing_of_it(text: str, torn: list[int]) -> None:
    book = read_book("sendiri.csv", text.encode())
    rows, wrong = apply(guess(book), book, KNOWN)
    assert [one.row for one in wrong] == torn
    assert not {row.row for row in rows} & {*torn}
    assert "judulnya" in wrong[0].cause


def test_a_budget_tells_the_row() -> None:
    book = read_book("anggaran.csv", b"Kode,Nama,Pagu\n7.01.01,Program,1000,50\n7.01.01.2.01,Kegiatan,1000\n")
    found = read_budget(book)
    assert [one.row for one in found.wrong] == [2]
    assert [row.code for row in found.rows] == ["7.01.01.2.01"]


def test_a_published_table_that_is_torn_is_not_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in (
        ("a.csv", "Indikator,Target,Realisasi,Capaian\nIndeks,82,50,84,14,101,99\nCakupan,75,75,100\n"),
        ("b.csv", ",Tahun 2026,,\nIndikator,Target,Realisasi,Capaian\nCakupan,75,75,100\nIndeks,70,66,7,95,2\n"),
    ):
        (tmp_path / name).write_text(text)
        assert run(["check-capaian", str(tmp_path / name)]) == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        assert f"baris {'2' if name == 'a.csv' else '4'} (Indeks" in printed.err


# --- the dictionary --------------------------------------------------------------------------------------------------


def targets(cast: Cast) -> dict[str, dict[str, str]]:
    return {one.code: dict(definition_of(one).targets) for one in entries(cast.office, 2026)}


def brought(cast: Cast, rows: str, separator: str = ";") -> list[tuple[str, bytes]]:
    indicators = separator.join(["Kode", "Tahun"]) + "\n"
    indicators += "".join(f"{code}{separator}2026\n" for code in targets(cast))
    return [("Indikator.csv", indicators.encode()), ("Target.csv", rows.encode())]


@pytest.mark.django_db
def test_a_target_file_with_two_rows_leaves_all_other_targets_as_they_are(small: Cast) -> None:
    before = targets(small)
    code, other = sorted(before)[:2]
    period = next(iter(before[code]), "2026-TW3")
    files = brought(small, f"Kode;Tahun;Periode;Target\n{code};2026;{period};91\n{other};2026;2026-TW4;92\n")
    plan = import_dictionary(office=small.office, files=files, by=small.analis, reason="uji")
    assert plan.wrong == ()
    wanted = {**before, code: {**before[code], period: "91"}, other: {**before[other], "2026-TW4": "92"}}
    assert targets(small) == wanted


@pytest.mark.django_db
def test_a_target_is_taken_away_by_a_row_that_leaves_it_blank(small: Cast) -> None:
    code = sorted(targets(small))[0]
    for text, kept in (("91", True), ("", False)):
        files = brought(small, f"Kode;Tahun;Periode;Target\n{code};2026;2026-TW4;{text}\n")
        import_dictionary(office=small.office, files=files, by=small.analis, reason="uji")
        assert ("2026-TW4" in targets(small)[code]) == kept


@pytest.mark.django_db
def test_targets_with_decimal_commas_between_commas_are_refused(small: Cast) -> None:
    before = targets(small)
    code, other = sorted(before)[:2]
    rows = f"Kode,Tahun,Periode,Target\r\n{code},2026,2026-TW3,66,75\r\n{other},2026,2026-TW3,84\r\n"
    plan = import_dictionary(office=small.office, files=brought(small, rows, ","), by=small.analis)
    assert [(one.row, one.sheet) for one in plan.wrong] == [(2, "Target.csv")]
    assert targets(small) == before
