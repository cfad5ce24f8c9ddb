"""Reading an office folder: the two examples as they are, and every way to get one wrong.

Each test spoils a copy of examples/kecamatan-contoh in one place and reads what is said about it.
"""

import re
import shutil
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himpun.errors import Refusal
from himpun.folders.findings import FileError, OfficeFilesError
from himpun.folders.reading import read_office
from himpun.folders.rows import TABLES, OfficeFiles
from himpun.offices.rules import ROLES, UNIT
from himpun.offices.worktime import DEFAULT_WEEK

EXAMPLES = Path(__file__).parents[2] / "examples"
KECAMATAN, DINAS = EXAMPLES / "kecamatan-contoh", EXAMPLES / "dinas-contoh"

Spoil = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the kecamatan that may be spoilt."""
    return Path(shutil.copytree(KECAMATAN, tmp_path / "kantor"))


@pytest.fixture
def replace(folder: Path) -> Spoil:
    """Replace a text in one file of the copy; it must be there."""

    def apply(name: str, old: str, new: str) -> None:
        content = (folder / name).read_text("utf-8")
        assert old in content, f"{old!r} is not in {name}"
        (folder / name).write_text(content.replace(old, new, 1), "utf-8")

    return apply


def add_line(folder: Path, name: str, line: str) -> int:
    """Add a line at the end and give its row number."""
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    return len((folder / name).read_text("utf-8").splitlines())


def errors_of(folder: Path) -> list[FileError]:
    with pytest.raises(OfficeFilesError) as refused:
        read_office(folder)
    return refused.value.errors


def the_error(folder: Path) -> FileError:
    """The one thing wrong."""
    errors = errors_of(folder)
    assert len(errors) == 1, "\n".join(map(str, errors))
    return errors[0]


def where(error: FileError) -> tuple[str, int | None, str | None, str | None]:
    return error.file, error.row, error.column, error.value


# --- the examples ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", [KECAMATAN, DINAS], ids=lambda path: path.name)
def test_an_example_is_without_a_fault_and_says_it_is_made_up(example: Path) -> None:
    read = read_office(example)
    assert read.office.synthetic
    assert "rekaan" in (example / "README.md").read_text("utf-8")
    assert "Contoh" in read.office.name
    for person in read.people:
        assert "Contoh" in person.name
        assert person.nip.startswith("00000000 000000 0 ")
        assert person.email.endswith(".example")
        assert person.password == "himpun-contoh"


@pytest.mark.parametrize("example", [KECAMATAN, DINAS], ids=lambda path: path.name)
def test_an_example_has_every_role_held_and_several_units_that_own_indicators(example: Path) -> None:
    read = read_office(example)
    assert {post.role for post in read.posts} == set(ROLES)
    assert {holding.post for holding in read.holdings} == {post.code for post in read.posts}
    units = {post.code for post in read.posts if post.role == UNIT}
    assert len(units) >= 4
    assert units <= {indicator.owner_post for indicator in read.indicators}


@pytest.mark.parametrize("example", [KECAMATAN, DINAS], ids=lambda path: path.name)
def test_an_example_has_indicators_of_many_sorts_with_targets_and_history(example: Path) -> None:
    read = read_office(example)
    now = [indicator for indicator in read.indicators if indicator.year == 2026]
    assert 10 <= len(now) <= 14
    assert {"positif", "negatif-a", "negatif-b", "range", "predikat"} <= {one.polarity for one in now}
    assert {"jumlah", "kumulatif", "posisi-akhir", "rata-rata", "tahunan"} <= {one.aggregation for one in now}
    assert {one.code for one in now} == {target.indicator for target in read.targets if target.period == "2026"}
    assert {"2026-TW1", "2026-TW2", "2025"} <= {value.period for value in read.values}


def test_both_examples_can_be_loaded_together() -> None:
    one, two = read_office(KECAMATAN), read_office(DINAS)
    assert not {person.username for person in one.people} & {person.username for person in two.people}
    assert not {person.nip for person in one.people} & {person.nip for person in two.people}
    assert one.office.parent == two.office.parent == "kab-contoh"


def test_titles_are_those_of_the_procedure() -> None:
    titles = {post.role: post.title for post in read_office(DINAS).posts}
    assert titles["kasubbag-perencanaan"] == "Kasubbag Perencanaan Program Monitoring Evaluasi dan Pelaporan"
    assert {post.role: post.title for post in read_office(KECAMATAN).posts}["kepala"] == "Camat"


def test_the_folder_becomes_plain_values(folder: Path) -> None:
    read = read_office(str(folder))
    assert read.office.week == DEFAULT_WEEK
    assert (read.office.day_minutes, read.office.timezone) == (480, "Asia/Jakarta")
    assert read.office.number_patterns["surat-keluar"] == "{kode}/{urut}/{unit}/{tahun}"
    assert [(post.code, post.parent, post.order) for post in read.posts[:2]] == [
        ("camat", "", 10),
        ("sekcam", "camat", 20),
    ]
    acting = read.holdings[-1]
    assert (acting.kind, acting.since, acting.until) == ("Plh", date(2026, 6, 8), date(2026, 6, 12))
    assert read.holdings[0].until is None
    assert read.indicators[0].evidence_required is True
    assert next(target.value for target in read.targets if target.indicator == "IKU-11") == "2,60–3,50"
    assert "himpun-contoh" not in repr(read.people[0]), "a password must not reach a log"


def test_the_reference_page_names_every_column_of_every_table_in_order() -> None:
    page = (EXAMPLES.parent / "docs/reference/berkas-kantor.md").read_text("utf-8")
    sections = {section.split(":")[0].strip(): section for section in page.split("\n## ")}
    for name, table in TABLES.items():
        cells = [line.split("|")[1] for line in sections[name].splitlines() if line.startswith("| `")]
        assert re.findall(r"`(\w+)`", " ".join(cells)) == [column.name for column in table.columns], name


# --- how files may be written ----------------------------------------------------------------------------------------


def test_semicolons_a_byte_order_mark_and_windows_line_ends_are_read_as_excel_writes_them(folder: Path) -> None:
    before = read_office(folder)
    for name in ("posts.csv", "holidays.csv"):
        content = (folder / name).read_text("utf-8")
        (folder / name).write_bytes(content.replace(",", ";").replace("\n", "\r\n").encode("utf-8-sig"))
    assert read_office(folder) == before


def test_blank_lines_spaces_and_capitals_in_the_header_do_not_matter_and_rows_count_as_in_excel(folder: Path) -> None:
    content = (folder / "holidays.csv").read_text("utf-8")
    header, line = content.splitlines()
    (folder / "holidays.csv").write_text(f" {header.upper()}\n,,\n\n {line}\n", "utf-8")
    assert [(holiday.day, holiday.row) for holiday in read_office(folder).holidays] == [(date(2026, 7, 15), 4)]


def test_history_and_holidays_may_be_left_out(folder: Path) -> None:
    for name in ("values.csv", "holidays.csv"):
        (folder / name).unlink()
    read = read_office(folder)
    assert (read.values, read.holidays) == ((), ())


def test_columns_that_are_optional_may_be_left_out(folder: Path) -> None:
    (folder / "holidays.csv").write_text("date,name\n2026-07-15,Hari Jadi\n", "utf-8")
    assert read_office(folder).holidays[0].source == ""


def test_settings_left_out_of_office_toml_take_their_usual_values(folder: Path) -> None:
    (folder / "office.toml").write_text(
        'code = "kec-lain"\nname = "Kecamatan Lain"\nkind = "kecamatan"\ngovernment = "PEMERINTAH"\ncity = "Lain"\n',
        "utf-8",
    )
    office = read_office(folder).office
    assert (office.parent, office.day_minutes, office.week, office.synthetic) == ("", 480, DEFAULT_WEEK, False)


def test_an_office_may_work_by_other_hours(folder: Path, replace: Spoil) -> None:
    replace("office.toml", 'jumat = ["07.30-11.30", "13.00-16.30"]', 'sabtu = ["08.00-12.00"]')
    week = read_office(folder).office.week
    assert (week[4], week[5]) == ((), ((time(8), time(12)),))


# --- how errors are said ---------------------------------------------------------------------------------------------


def test_an_error_names_file_row_column_value_and_cause(folder: Path, replace: Spoil) -> None:
    replace("people.csv", "sekcam@kec-contoh.example", "sekcam")
    assert str(the_error(folder)) == (
        "people.csv, baris 3, kolom email, isi “sekcam”: bukan alamat surel (contoh: nama@kantor.example)."
    )


def test_all_errors_are_said_at_once_one_on_each_line_in_the_order_of_files_and_rows(
    folder: Path, replace: Spoil
) -> None:
    replace("office.toml", "day_minutes = 480", 'day_minutes = "480"')
    replace("targets.csv", "IKU-01,2026,77", "IKU-01,2026,tujuh")
    replace("targets.csv", "IKU-01,2025,40", "IKU-01,2025,empat")
    replace("posts.csv", ",20\n", ",dua\n")
    with pytest.raises(OfficeFilesError) as refused:
        read_office(folder)
    assert isinstance(refused.value, Refusal)
    assert refused.value.code == "berkas-kantor-salah"
    first, *lines = str(refused.value).splitlines()
    assert first == "Berkas kantor belum dapat dimuat; ada 4 kesalahan dan tidak ada yang disimpan."
    assert [line.split(", kolom")[0] for line in lines] == [
        "office.toml, baris 18",
        "posts.csv, baris 3",
        "targets.csv, baris 2",
        "targets.csv, baris 3",
    ]


def test_one_misspelt_code_does_not_drown_in_errors_that_follow_from_it(folder: Path, replace: Spoil) -> None:
    replace("posts.csv", "camat,Camat,kepala", "camat,Camat,kepla")
    assert where(the_error(folder)) == ("posts.csv", 2, "role", "kepla")


def test_a_missing_file_is_one_error_and_not_one_for_each_reference_to_it(folder: Path) -> None:
    (folder / "posts.csv").unlink()
    assert where(the_error(folder)) == ("posts.csv", None, None, None)


def test_a_password_is_never_repeated(folder: Path, replace: Spoil) -> None:
    replace("people.csv", "himpun-contoh", "rahasia" * 100)
    error = the_error(folder)
    assert (error.row, error.column) == (2, "password")
    assert "rahasia" not in str(error)


# --- whole files -----------------------------------------------------------------------------------------------------


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "tidak ditemukan" in the_error(tmp_path / "tiada").cause


def test_an_empty_folder_names_every_file_it_needs(tmp_path: Path) -> None:
    assert [error.file for error in errors_of(tmp_path)] == [
        "office.toml",
        *[name for name, table in TABLES.items() if not table.optional],
    ]


def test_a_table_under_a_wrong_name_is_not_passed_over_in_silence(folder: Path) -> None:
    (folder / "target.csv").write_text("x", "utf-8")
    error = the_error(folder)
    assert (error.file, "berkas tidak dikenal" in error.cause) == ("target.csv", True)


@pytest.mark.parametrize("name", TABLES)
def test_a_file_that_is_no_text(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"name,\x81")
    assert any(error.file == name and "bukan teks CSV" in error.cause for error in errors_of(folder))


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_a_table_is_the_same_whatever_program_wrote_it(folder: Path, encoding: str) -> None:
    before = read_office(folder)
    for name in ("posts.csv", "holidays.csv"):
        text = (folder / name).read_text("utf-8-sig")
        heading, rest = text.split("\n", 1)
        (folder / name).write_bytes(f"sep=,\r\n{heading.upper()}\n\n{rest}".encode(encoding))
    after = read_office(folder)
    assert [post.code for post in after.posts] == [post.code for post in before.posts]
    assert [day.name for day in after.holidays] == [day.name for day in before.holidays]


def test_a_quote_left_open(folder: Path) -> None:
    add_line(folder, "holidays.csv", '2026-07-16,"Hari')
    assert "tanda petik" in the_error(folder).cause


def test_toml_that_cannot_be_read_is_told_with_its_line(folder: Path, replace: Spoil) -> None:
    replace("office.toml", 'city = "Contoh"', 'city = "Contoh')
    error = the_error(folder)
    assert (error.file, error.row, "susunan TOML rusak" in error.cause) == ("office.toml", 15, True)


def test_an_empty_file_lacks_its_columns(folder: Path) -> None:
    (folder / "holidays.csv").write_text("", "utf-8")
    assert [where(error) for error in errors_of(folder)] == [
        ("holidays.csv", 1, "date", None),
        ("holidays.csv", 1, "name", None),
    ]


def test_columns_that_are_unknown_or_written_twice(folder: Path, replace: Spoil) -> None:
    replace("holidays.csv", "date,name,source", "date,name,name,dasar")
    assert [(error.column, error.cause.split(";")[0]) for error in errors_of(folder)] == [
        ("name", "kolom ini ditulis lebih dari sekali"),
        ("dasar", "kolom tidak dikenal"),
    ]


def test_a_decimal_comma_without_quotes_in_a_file_of_commas(folder: Path) -> None:
    row = add_line(folder, "targets.csv", "IKU-12,2026,84,75")
    error = the_error(folder)
    assert (error.file, error.row) == ("targets.csv", row)
    assert "tanda petik" in error.cause


# --- office.toml -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "column", "cause"),
    [
        ('code = "kec-contoh"', 'code = "Kec Contoh"', "code", "huruf kecil"),
        ('name = "Kecamatan Contoh"', 'name = ""', "name", "wajib diisi"),
        ('name = "Kecamatan Contoh"', f'name = "{"a" * 201}"', "name", "terlalu panjang"),
        ('city = "Contoh"', "city = 3", "city", "harus teks"),
        ('city = "Contoh"', 'city = "Contoh"\nkota = "x"', "kota", "kunci tidak dikenal"),
        ('timezone = "Asia/Jakarta"', 'timezone = "WIB"', "timezone", "Asia/Makassar (WITA)"),
        ("day_minutes = 480", "day_minutes = 0", "day_minutes", "1 sampai 1440"),
        ("synthetic = true", 'synthetic = "ya"', "synthetic", "true"),
        ('senin = ["07.30-12.00"', 'senin = ["07.30-7.00"', "hours", "berakhir sebelum dimulai"),
        ('senin = ["07.30-12.00", "13.00-16.00"]', 'senin = "07.30-16.00"', "hours", "sebagai daftar"),
        (
            'permintaan = "{kode}/{urut}/{unit}/{tahun}"',
            'permintaan = "{nomor}"',
            "number_patterns.permintaan",
            "{nomor} tidak dikenal",
        ),
        (
            'permintaan = "{kode}/{urut}/{unit}/{tahun}"',
            'permintaan = "{tahun}"',
            "number_patterns.permintaan",
            "harus memuat {urut} dan {tahun}",
        ),
        (
            'permintaan = "{kode}/{urut}/{unit}/{tahun}"',
            'permintaan = "{urut"',
            "number_patterns.permintaan",
            "kurung kurawal",
        ),
        ('permintaan = "{kode}/{urut}/{unit}/{tahun}"', "permintaan = 1", "number_patterns.permintaan", "harus teks"),
        ("[unit_codes]", "[unit_codes]\nX = 1", "unit_codes.X", "harus teks"),
    ],
)
def test_a_wrong_setting(folder: Path, replace: Spoil, old: str, new: str, column: str, cause: str) -> None:
    replace("office.toml", old, new)
    error = the_error(folder)
    assert (error.file, error.column) == ("office.toml", column)
    assert cause in error.cause
    line = (folder / "office.toml").read_text("utf-8").splitlines()[(error.row or 0) - 1]
    assert column.rsplit(".", 1)[-1] in line, "the row is that of the key"


# --- cells -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "row", "column", "cause"),
    [
        ("posts.csv", "camat,Camat,", "Camat!,Camat,", 2, "code", "huruf kecil"),
        ("posts.csv", "camat,Camat,", "camat,,", 2, "title", "tidak boleh kosong"),
        ("posts.csv", ",KEC,10", ",KEC,-1", 2, "order", "bilangan bulat"),
        ("posts.csv", ",KEC,10", ",KCM,10", 2, "unit_code", "[unit_codes]"),
        ("people.csv", "00000000 000000 0 001", "0000", 2, "nip", "18 angka"),
        ("people.csv", "00000000 000000 0 002", "000000000000000001", 3, "nip", "sudah dipakai pada baris 2"),
        ("holdings.csv", "definitif", "tetap", 2, "kind", "definitif, Plt, Plh, Pj"),
        ("holdings.csv", "2025-01-02", "02/01/2025", 2, "from", "tahun-bulan-tanggal"),
        ("holdings.csv", "2025-01-02", "2025-02-30", 2, "from", "tidak ada di kalender"),
        ("holdings.csv", "2026-06-12", "2026-06-01", 12, "to", "berakhir sebelum mulai"),
        (
            "holdings.csv",
            "Surat Perintah Bupati Contoh Nomor 800/090/CONTOH/2026",
            "",
            12,
            "letter",
            "memerlukan nomor",
        ),
        ("indicators.csv", ",positif,", ",naik,", 2, "polarity", "negatif-a"),
        ("indicators.csv", ",posisi-akhir,", ",akhir,", 2, "aggregation", "kumulatif"),
        ("indicators.csv", ",triwulanan,ya", ",kwartalan,ya", 2, "frequency", "triwulanan"),
        ("indicators.csv", ",triwulanan,ya", ",triwulanan,wajib", 2, "evidence_required", "ya atau tidak"),
        ("indicators.csv", ",2025,100,", ",25,100,", 2, "year", "empat angka"),
        ("indicators.csv", ",2025,100,", ",2025,seratus,", 2, "renstra_target", "bukan angka"),
        ("variables.csv", "desa_baik", "desa baik", 2, "name", "garis bawah"),
        ("variables.csv", "pembilang", "atas", 2, "kind", "pembilang, penyebut, nilai"),
        ("targets.csv", "IKU-01,2025,40", "IKU-01,2025-Q1,40", 2, "period", "2026-TW1"),
        ("targets.csv", "IKU-01,2025,40", "IKU-01,2025-TW5,40", 2, "period", "2026-TW1"),
        ("targets.csv", "IKU-01,2025,40", "IKU-01,2025-01,40", 2, "period", "IKU-01 triwulanan"),
        ("targets.csv", "IKU-01,2025,40", "IKU-01,2024,40", 2, "period", "tidak didefinisikan untuk tahun 2024"),
        ("targets.csv", "IKU-01,2025,40", "IKU-01,2025,", 2, "value", "tidak boleh kosong"),
        ("targets.csv", "2026-TW1,44", "2026,44", 4, "indicator, period", "sudah ada pada baris 3"),
        ("values.csv", "2025,4,", "2025,empat,", 2, "value", "bukan angka"),
        ("values.csv", "2025,4,", "2025,,", 2, "value", "tidak boleh kosong"),
        ("values.csv", "desa_baik", "desa_bagus", 2, "variable", "bukan variabel indikator IKU-01"),
        ("holidays.csv", "2026-07-15", "15 Juli", 2, "date", "2026-01-31"),
    ],
)
def test_a_wrong_cell(
    folder: Path, replace: Spoil, name: str, old: str, new: str, row: int, column: str, cause: str
) -> None:
    replace(name, old, new)
    matching = [error for error in errors_of(folder) if (error.file, error.row, error.column) == (name, row, column)]
    assert len(matching) == 1
    assert cause in matching[0].cause


@pytest.mark.parametrize(
    ("name", "old", "new", "row", "column"),
    [
        ("posts.csv", "sekretaris,camat", "sekretaris,bupati", 3, "parent"),
        ("holdings.csv", "kasi-pmd,kasi.pmd", "kasi-lain,kasi.pmd", 8, "post"),
        ("holdings.csv", "sekcam,sekcam", "sekcam,sekda", 3, "username"),
        ("indicators.csv", "kasi-pemerintahan", "kasi-lain", 2, "owner_post"),
        ("variables.csv", "IKU-13,patroli", "IKU-99,patroli", 24, "indicator"),
        ("targets.csv", "IKU-01,2025", "IKU-99,2025", 2, "indicator"),
        ("values.csv", "IKU-01,desa_baik", "IKU-99,desa_baik", 2, "indicator"),
        ("values.csv", "desa_baik,kasi-pemerintahan", "desa_baik,kasi-lain", 2, "unit_post"),
    ],
)
def test_a_reference_to_something_that_is_not_there(
    folder: Path, replace: Spoil, name: str, old: str, new: str, row: int, column: str
) -> None:
    replace(name, old, new)
    assert any(
        (error.file, error.row, error.column) == (name, row, column) and "tidak ada dalam" in error.cause
        for error in errors_of(folder)
    )


NOT_IN_THE_SAMPLE = {
    "hours.csv": "from,to,name\n2026-02-18,2026-03-19,Ramadan\n",
    "leaves.csv": "username,kind,from,to,letter,substitute\nanalis,cuti,2026-02-02,2026-02-06,,\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_the_same_line_twice_in_any_file(folder: Path, name: str) -> None:
    if name in NOT_IN_THE_SAMPLE:
        (folder / name).write_text(NOT_IN_THE_SAMPLE[name], "utf-8")
    line = (folder / name).read_text("utf-8").splitlines()[1]
    row = add_line(folder, name, line)
    assert any(
        (error.file, error.row) == (name, row) and "sudah ada pada baris 2" in error.cause
        for error in errors_of(folder)
    )


# --- posts, people, holdings -----------------------------------------------------------------------------------------


def test_a_role_that_nobody_has(folder: Path, replace: Spoil) -> None:
    replace("posts.csv", "Evaluasi dan Pelaporan,analis,", "Evaluasi dan Pelaporan,,")
    assert "peran analis" in errors_of(folder)[0].cause


def test_a_role_that_two_posts_have(folder: Path, replace: Spoil) -> None:
    replace("posts.csv", "Seksi Tata Pemerintahan,unit", "Seksi Tata Pemerintahan,sekretaris")
    error = the_error(folder)
    assert where(error) == ("posts.csv", 7, "role", "sekretaris")
    assert "sudah dipegang sekcam" in error.cause


def test_a_post_outside_the_procedure_needs_no_role(folder: Path) -> None:
    add_line(folder, "posts.csv", "lurah,Lurah Contoh,,camat,KEC,200")
    assert read_office(folder).posts[-1].role == ""


def test_the_head_has_nobody_above(folder: Path, replace: Spoil) -> None:
    replace("posts.csv", "kepala,,KEC", "kepala,analis,KEC")
    assert {"kepala tidak mempunyai atasan di kantor ini; kosongkan."} < {e.cause for e in errors_of(folder)}


def test_everybody_else_has_somebody_above(folder: Path, replace: Spoil) -> None:
    replace("posts.csv", "sekretaris,camat,", "sekretaris,,")
    assert where(the_error(folder)) == ("posts.csv", 3, "parent", None)


def test_nobody_is_above_themselves(folder: Path, replace: Spoil) -> None:
    replace("posts.csv", "sekretaris,camat,", "sekretaris,kasubbag-umum,")
    assert [where(error) for error in errors_of(folder)] == [
        ("posts.csv", 3, "parent", "kasubbag-umum"),
        ("posts.csv", 6, "parent", "sekcam"),
    ]


def test_a_person_who_holds_no_post(folder: Path) -> None:
    row = add_line(folder, "people.csv", "tamu,Tamu Contoh,,,,")
    error = the_error(folder)
    assert where(error) == ("people.csv", row, "username", "tamu")
    assert "holdings.csv" in error.cause


def test_two_people_who_definitively_hold_one_post_at_once(folder: Path) -> None:
    row = add_line(folder, "holdings.csv", "sekcam,analis,definitif,2026-01-02,,SK")
    error = the_error(folder)
    assert where(error) == ("holdings.csv", row, "from", "2026-01-02")
    assert "masih dipegang sekcam" in error.cause


def test_every_later_holding_is_compared_with_the_one_that_lasts_longest(folder: Path) -> None:
    add_line(folder, "holdings.csv", "sekcam,analis,definitif,2026-01-02,2026-01-31,SK")
    add_line(folder, "holdings.csv", "sekcam,kasi.pmd,definitif,2026-03-01,,SK")
    assert [error.value for error in errors_of(folder)] == ["2026-01-02", "2026-03-01"]


def test_a_successor_and_an_acting_holder_are_no_overlap(folder: Path, replace: Spoil) -> None:
    replace("holdings.csv", "sekcam,sekcam,definitif,2025-01-02,,", "sekcam,sekcam,definitif,2025-01-02,2026-01-31,")
    add_line(folder, "holdings.csv", "sekcam,analis,definitif,2026-02-01,,SK")
    add_line(folder, "holdings.csv", "sekcam,kasi.pmd,Plh,2026-03-01,2026-03-05,SP")
    assert len(read_office(folder).holdings) == 13


# --- indicators ------------------------------------------------------------------------------------------------------


def test_an_indicator_without_variables(folder: Path, replace: Spoil) -> None:
    replace("variables.csv", "IKU-13,patroli,Patroli terpadu yang dilaksanakan,kali,nilai,1\n", "")
    assert "belum mempunyai variabel" in the_error(folder).cause


def test_one_definition_for_each_year(folder: Path) -> None:
    read = read_office(folder)
    assert [row.year for row in read.indicators if row.code == "IKU-01"] == [2025, 2026]


@pytest.mark.parametrize(
    "target",
    ["1.234", "44,44", "62.50 %", "40.5", "40%", "45 kelompok", "8.250 lembar", "62%", "≥ 75", "(1.250)", "nihil"],
)
def test_targets_are_read_as_real_agreements_write_them(folder: Path, replace: Spoil, target: str) -> None:
    replace("targets.csv", "IKU-01,2026-TW1,", f'IKU-01,2026-TW1,"{target}"#')
    text = (folder / "targets.csv").read_text(encoding="utf-8")
    (folder / "targets.csv").write_text(re.sub(r'"#[^\n]*', '"', text), encoding="utf-8")
    read = read_office(folder)
    assert target in {row.value for row in read.targets}


@pytest.mark.parametrize(
    ("target", "cause"),
    [
        ("WTP", "bukan angka"),
        ("1–2", "rentang, bukan satu angka"),
        ("sebaik-baiknya", "Tulis angka seperti"),
        ("3% dari jumlah siswa", "yang angkanya tidak disebut"),
    ],
)
def test_a_target_that_does_not_suit_its_polarity(folder: Path, replace: Spoil, target: str, cause: str) -> None:
    replace("targets.csv", "IKU-01,2026-TW1,", f'IKU-01,2026-TW1,"{target}"#')
    text = (folder / "targets.csv").read_text(encoding="utf-8")
    (folder / "targets.csv").write_text(re.sub(r'"#[^\n]*', '"', text), encoding="utf-8")
    assert cause in the_error(folder).cause


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from(list(TABLES)))
def test_no_file_whatever_breaks_the_reader(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    folder = tmp_path_factory.mktemp("kantor")
    (folder / name).write_bytes(content)
    with pytest.raises(OfficeFilesError):
        read_office(folder)


def test_reading_twice_gives_the_same(folder: Path) -> None:
    one: OfficeFiles = read_office(folder)
    assert one == read_office(folder)


# --- days and hours --------------------------------------------------------------------------------------------------


def test_a_day_says_of_which_kind_it_is_and_is_local_when_it_does_not(folder: Path) -> None:
    (folder / "holidays.csv").write_text(
        "date,name,source,kind\n2026-07-15,Hari Jadi,SE,\n2026-12-24,Pelayanan tetap buka,SE,masuk\n", "utf-8"
    )
    assert [row.kind for row in read_office(folder).holidays] == ["daerah", "masuk"]
    add_line(folder, "holidays.csv", "2026-12-28,Apa saja,SE,nasional")
    assert (the_error(folder).column, the_error(folder).row) == ("kind", 4)


def test_hours_that_differ_for_a_while_are_read_by_weekday(folder: Path) -> None:
    (folder / "hours.csv").write_text(
        "from,to,name,senin,jumat,sabtu\n2026-02-18,2026-03-19,Ramadan,08.00 - 12.00 12.30-15.00,libur,\n", "utf-8"
    )
    (hours,) = read_office(folder).hours
    assert hours.by_weekday == {"senin": ["08.00-12.00", "12.30-15.00"], "jumat": []}


@pytest.mark.parametrize(
    ("line", "column", "cause"),
    [
        ("2026-02-18,2026-02-17,Ramadan,", "to", "sesudah from"),
        ("2026-02-18,2027-02-19,Ramadan,", "to", "paling lama 366 hari"),
        ("2026-02-18,2026-03-19,Ramadan,pagi", "senin", "tidak terbaca"),
        ("2026-02-18,2026-03-19,,", "name", "tidak boleh kosong"),
    ],
)
def test_hours_that_cannot_be(folder: Path, line: str, column: str, cause: str) -> None:
    (folder / "hours.csv").write_text(f"from,to,name,senin\n{line}\n", "utf-8")
    error = the_error(folder)
    assert (error.file, error.row, error.column) == ("hours.csv", 2, column)
    assert cause in error.cause
