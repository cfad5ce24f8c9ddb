"""programs.csv and progress.csv of an office folder: loaded once, refused by file, row, column, value and cause."""

import shutil
from pathlib import Path

import pytest

from himpun.archive.models import Record
from himpun.budgets.models import IndicatorProgram, Program
from himpun.budgets.queries import entries_of
from himpun.budgets.rollup import Level, roll_up
from himpun.commands.load_office import load
from himpun.folders.findings import OfficeFilesError
from himpun.folders.reading import read_office
from himpun.offices.models.offices import Office
from tests.budgets.samples import REPORT, YEAR
from tests.cast import Cast

pytestmark = pytest.mark.django_db

EXAMPLE = Path("examples/kecamatan-contoh")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "kantor"))


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), "utf-8")


def refused(folder: Path) -> list[tuple[str, int | None, str | None, str]]:
    with pytest.raises(OfficeFilesError) as error:
        load(read_office(folder))
    assert not Office.objects.filter(code="kec-contoh").exists()
    return [(one.file, one.row, one.column, one.cause) for one in error.value.errors]


def test_both_samples_have_two_programs_four_kegiatan_and_eight_sub_kegiatan(kecamatan: Cast, dinas: Cast) -> None:
    for cast in (kecamatan, dinas):
        rolled = roll_up(entries_of(cast.office, YEAR).values(), 9)
        by_level = [sum(node.entry.level == level for node in rolled.nodes) for level in Level]

        assert by_level == [2, 4, 8]
        assert rolled.total.absorption.value is not None
        assert rolled.total.physical is not None
    assert entries_of(kecamatan.office, YEAR)[REPORT].in_force == 29_250_000


def test_loading_again_changes_nothing(kecamatan: Cast) -> None:
    before = entries_of(kecamatan.office, YEAR), IndicatorProgram.objects.count()
    load(read_office(EXAMPLE))

    assert (entries_of(kecamatan.office, YEAR), IndicatorProgram.objects.count()) == before
    assert Record.objects.filter(act="budgets:budget:loaded").count() == 1


def test_a_folder_without_programs_loads(folder: Path) -> None:
    for name in ("programs.csv", "progress.csv"):
        (folder / name).unlink()
    load(read_office(folder))

    assert not Program.objects.exists()


@pytest.mark.parametrize(
    ("name", "old", "new", "column", "cause"),
    [
        ("programs.csv", "38.500.000", "38.500.000.5", "budget", "bukan angka"),
        ("programs.csv", "38.500.000", "-5", "budget", "tidak boleh di bawah 0"),
        ("programs.csv", "IKU-06", "IKU-60", "indicators", "tidak didefinisikan"),
        ("programs.csv", "kasi-pmd", "kasi-lain", "owner_post", "tidak ada dalam posts.csv"),
        ("programs.csv", "2026,7.01.02.2.03,", "2026,7.01.02.2.05,", "code", "harus berada di bawah kegiatan"),
        ("progress.csv", ",1,", ",13,", "month", "bukan bulan"),
        ("progress.csv", "7.01.01.2.01.0001,1", "7.01.01.2.01.9999,1", "program", "tidak ada dalam programs.csv"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_loaded(
    folder: Path, name: str, old: str, new: str, column: str, cause: str
) -> None:
    spoil(folder, name, old, new)
    found = refused(folder)

    assert any(file == name and at == column and cause in why for file, _, at, why in found), found
