"""The commands as an operator types them: what they print, how they end, and that they may be repeated."""

import argparse
import shutil
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from himpun.commands import parser, reference, run, setup
from himpun.commands.former import FORMER, renewed
from himpun.indicators.models.dictionary import Indicator
from himpun.indicators.models.recaps import RecapLine
from himpun.offices.models.calendar import Holiday
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.procedures.models import ProcedureVersion
from tests.cast import Cast

KECAMATAN, DINAS = "examples/kecamatan-contoh", "examples/dinas-contoh"
SOURCE = "tests/procedures/sumber"
SHIPPED = resources.files("himpun.procedures").joinpath("permintaan_data.toml").read_text()


def counts() -> dict[str, int]:
    """How many rows there are of what an office is made of."""
    models = (Office, Post, Person, Holding, Holiday, Indicator, RecapLine)
    return {model.__name__: model.objects.count() for model in models}


# --- options --------------------------------------------------------------------------------------------------------


def options_of(command: argparse.ArgumentParser) -> set[str]:
    return {name for action in command._actions for name in action.option_strings}


def test_every_former_option_name_leads_to_one_that_is_there_and_is_none_itself() -> None:
    whole = next(each for each in parser()._actions if isinstance(each, argparse._SubParsersAction))
    there = set().union(*(options_of(command) for command in whole.choices.values()))

    assert set(FORMER.values()) <= there
    assert not set(FORMER) & there


def test_a_former_option_name_is_taken_and_the_new_one_told() -> None:
    given, told = renewed(["recap", "--kantor=kec", "--periode", "2026-TW3", "--", "--coba"])

    assert given == ["recap", "--office=kec", "--period", "2026-TW3", "--", "--coba"]
    assert told[0].startswith("Pilihan --kantor kini bernama --office")
    assert len(told) == 2


@pytest.mark.django_db
def test_a_command_with_former_names_still_does_its_work(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["recap", "--kantor", "tidak-ada", "--periode", "2026-TW3"]) == 1

    said = capsys.readouterr().err
    assert "kini bernama --office" in said
    assert "tidak-ada" in said


# --- setup ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_setup_publishes_both_procedures_and_seeds_the_holidays(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["setup"]) == 0

    assert "2 prosedur diterbitkan" in capsys.readouterr().out
    assert set(ProcedureVersion.objects.values_list("key", flat=True)) == {
        "pengumpulan-data-kinerja",
        "permintaan-data",
    }
    assert Holiday.objects.filter(day=date(2026, 8, 17)).exists()


@pytest.mark.django_db
def test_setup_a_second_time_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    run(["setup"])
    capsys.readouterr()
    before = counts()

    assert run(["setup"]) == 0
    assert "0 hari libur ditambahkan, 0 prosedur diterbitkan" in capsys.readouterr().out
    assert counts() == before


# --- load-office ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_both_sample_offices_load_with_one_command(capsys: pytest.CaptureFixture[str]) -> None:
    run(["setup"])

    assert run(["load-office", KECAMATAN, DINAS]) == 0
    out = capsys.readouterr().out
    assert "Kecamatan Contoh: 10 jabatan" in out
    assert "Dinas Contoh: 9 jabatan" in out


@pytest.mark.django_db
def test_loading_an_office_a_second_time_changes_nothing() -> None:
    run(["setup"])
    run(["load-office", KECAMATAN])
    before = counts()

    assert run(["load-office", KECAMATAN]) == 0
    assert counts() == before


@pytest.mark.django_db
def test_a_wrong_file_is_told_with_row_column_value_and_cause(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["setup"])
    folder = shutil.copytree(KECAMATAN, tmp_path / "kantor")
    targets = folder / "targets.csv"
    targets.write_text(targets.read_text().replace("IKU-01,2026,77", "IKU-01,2026,tujuh", 1))

    assert run(["load-office", str(folder)]) == 1
    told = capsys.readouterr().err
    for part in ("targets.csv", "baris 3", "kolom value", "“tujuh”", "tidak ada yang disimpan"):
        assert part in told
    assert Office.objects.count() == 0


@pytest.mark.django_db
def test_a_folder_that_is_not_there_is_told_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["load-office", str(tmp_path / "entah")]) == 1
    assert "entah" in capsys.readouterr().err


# --- publish-sop ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_changed_sop_is_published_as_the_next_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["setup"])
    changed = tmp_path / "permintaan.toml"
    changed.write_text(SHIPPED.replace('time = "10 menit"', 'time = "15 menit"'))

    assert run(["publish-sop", str(changed), "--from", "2026-11-01"]) == 0

    version = ProcedureVersion.objects.get(key="permintaan-data", number=2)
    assert version.in_force_from == date(2026, 11, 1)
    assert version.sha256 in capsys.readouterr().out


@pytest.mark.django_db
def test_the_same_sop_is_not_published_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["setup"])
    same = tmp_path / "permintaan.toml"
    same.write_text(SHIPPED)

    assert run(["publish-sop", str(same)]) == 1
    assert "sama persis" in capsys.readouterr().err


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('next = { "sampaikan" = 3 }', 'next = { "sampaikan" = 33 }', "langkah 33"),
        ('does = ["himpun-isian"]', 'does = ["himpun-isi"]', 'Maksudnya "himpun-isian"?'),
    ],
)
def test_an_sop_that_cannot_run_is_refused_with_what_is_wrong(
    right: str, wrong: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "salah.toml"
    file.write_text(SHIPPED.replace(right, wrong))

    assert run(["publish-sop", str(file)]) == 1
    assert said in capsys.readouterr().err
    assert not ProcedureVersion.objects.exists()


# --- check-sop ------------------------------------------------------------------------------------------------------


def test_the_source_document_is_found_wrong_and_each_finding_stands_under_its_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["check-sop", f"{SOURCE}/tabel-2.toml", f"{SOURCE}/tabel-3.toml"]) == 1

    second, third = capsys.readouterr().out.split(f"{SOURCE}/tabel-3.toml")
    assert second.startswith(f"{SOURCE}/tabel-2.toml: ")
    assert 'salah: Langkah 3 menyampaikan kepada "Camat"' in third
    assert 'menyampaikan kepada "Camat"' not in second
    assert " salah, " in third.splitlines()[-1]


@pytest.mark.parametrize("kind", ["kecamatan", "dinas"])
def test_the_shipped_procedures_have_nothing_wrong(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path("src/himpun/procedures")
    files = [str(folder / "pengumpulan_data_kinerja.toml"), str(folder / "permintaan_data.toml")]

    assert run(["check-sop", *files, "--kind", kind]) == 0
    out = capsys.readouterr().out
    assert "Tidak ada temuan." in out
    assert "\n0 salah" in out


def test_what_could_not_be_read_of_a_file_counts_as_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "sop.toml"
    file.write_text(SHIPPED + '\n[warna]\nlatar = "biru"\n')

    assert run(["check-sop", str(file)]) == 1
    assert 'salah: Kunci "warna"' in capsys.readouterr().out


def test_a_step_that_is_to_do_what_nobody_here_can_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "sop.toml"
    file.write_text(SHIPPED.replace('"himpun-isian"', '"himpun-isi"').replace('"periksa-format"', '"terbang"'))

    assert run(["check-sop", str(file)]) == 1
    out = capsys.readouterr().out
    assert 'Tindakan (does) "himpun-isi" pada langkah 4 tidak dikenal. Maksudnya "himpun-isian"?' in out
    assert 'Tindakan (does) "terbang" pada langkah 2 tidak dikenal. Yang ada: disposisi, ' in out
    assert "\n2 salah" in out


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"bukan = toml = sama sekali"])
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sop.toml"
    if content is not None:
        file.write_bytes(content)

    assert run(["check-sop", str(file)]) == 1
    assert capsys.readouterr().err.startswith(str(file))


# --- verify-archive, reference --------------------------------------------------------------------------------------


def test_an_untouched_archive_verifies(kecamatan: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    kecamatan.to_step_3()

    assert run(["verify-archive"]) == 0
    assert "Semua utuh." in capsys.readouterr().out


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["terbang"])

    assert ended.value.code == 2
    assert "terbang" in capsys.readouterr().err


def test_the_reference_page_is_what_the_parser_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", reference.WIDTH)

    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(parser())


def test_a_postgresql_database_that_cannot_hold_every_character_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Cursor:
        def __enter__(self) -> "Cursor":
            return self

        def __exit__(self, *exit: object) -> None:
            pass

        def execute(self, statement: str) -> None:
            assert statement == "SHOW server_encoding"

        def fetchone(self) -> tuple[str]:
            return ("SQL_ASCII",)

    class Connection:
        vendor = "postgresql"
        cursor = Cursor

    monkeypatch.setattr(setup, "connection", Connection())

    with pytest.raises(setup.WrongEncoding, match="Buat lagi dengan UTF8"):
        setup.check_encoding()
