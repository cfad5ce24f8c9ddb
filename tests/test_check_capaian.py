"""`himpun check-capaian` as an auditor types it: what it prints, how it ends."""

import json
from pathlib import Path

import pytest

from himpun.commands import run
from tests import workbooks

EXAMPLE = "examples/capaian-terbit-contoh.csv"
HEADING = "indikator,target,realisasi,capaian,polaritas\n"


def written(tmp_path: Path, rows: str) -> str:
    file = tmp_path / "tabel.csv"
    file.write_text(HEADING + rows, encoding="utf-8")
    return str(file)


def records(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_every_row_is_one_json_object_on_a_line_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check-capaian", EXAMPLE, "--json"]) == 0

    found = records(capsys.readouterr().out)
    assert [record["row"] for record in found] == list(range(3, 18))
    assert all(list(record) == ["row", "verdict", "formula", "recomputed", "message"] for record in found)
    assert {record["verdict"] for record in found} == {
        "cocok",
        "cocok-dalam-pembulatan",
        "polaritas-keliru",
        "tidak-dapat-dihitung",
        "tanpa-angka-terbit",
    }
    first = {key: value for key, value in found[0].items() if key != "message"}
    assert first == {"row": 3, "verdict": "cocok", "formula": "R/T×100", "recomputed": 104.96}


def test_the_report_ends_with_a_summary_by_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    run(["check-capaian", EXAMPLE])

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("15 baris diperiksa")
    assert lines[-1] == (
        "11 cocok, 1 cocok-dalam-pembulatan, 0 tidak-cocok, 1 polaritas-keliru, 1 tidak-dapat-dihitung, "
        "1 tanpa-angka-terbit."
    )


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("A,80,75,93.75,\n", 0),
        ("A,80,75,,\nB,0,5,10,\n", 0),
        ("A,80,75,90,\n", 1),
        ("A,12,13,108.33,negatif\n", 1),
        ("", 0),
    ],
)
def test_a_wrong_figure_makes_it_fail_only_for_who_wants_it_strict(tmp_path: Path, rows: str, code: int) -> None:
    file = written(tmp_path, rows)

    assert run(["check-capaian", file, "--json", "--strict"]) == code
    assert run(["check-capaian", file, "--json"]) == 0


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("tabel.csv", b"nama,nilai\nA,1\n", "Kolom indikator, target, realisasi, capaian tidak ditemukan"),
        ("tabel.xlsx", b"bukan zip", "isinya bukan Excel"),
        ("tabel.pdf", b"%PDF", "yang dapat dibaca hanya .xlsx, .xls, .ods, dan .csv"),
        ("tabel.csv", b"", "berkasnya kosong"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, sentence: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)

    assert run(["check-capaian", str(file), "--json"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert sentence in printed.err
    assert len(printed.err.splitlines()) == 1


def test_a_file_that_is_not_there_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check-capaian", "tidak-ada.csv"]) == 1
    assert "berkas tidak dapat dibuka" in capsys.readouterr().err


def test_a_workbook_is_checked_by_its_exact_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "laporan.xlsx"
    rows = [["Indikator", "Target", "Realisasi", "Capaian (%)"], ["IKM", 84.75, 88.95, 88.95 / 84.75 * 100]]
    file.write_bytes(workbooks.of_rows(rows))

    assert run(["check-capaian", str(file), "--json"]) == 0
    (record,) = records(capsys.readouterr().out)
    assert (record["row"], record["formula"], record["recomputed"]) == (2, "R/T×100", 104.96)
    assert "Tebakan" not in str(record["message"])
