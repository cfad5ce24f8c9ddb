"""himpun import-values and himpun recap: the same oracles, reports and files as through the API."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest

from himpun.commands import run
from himpun.indicators.models.figures import Figure
from himpun.spreadsheets.reading import read_book
from tests.api.oracles import ORACLES, Oracle
from tests.api.programs import add_indicator
from tests.cast import Cast

pytestmark = pytest.mark.django_db
HEAD = "indikator;variabel;unit;periode;nilai\n"


def send(office: Cast, file: Path, *more: str) -> int:
    return run(["import-values", str(file), "--office", office.office.code, "--by", office.analis.username, *more])


def write(folder: Path, text: str, name: str = "angka.csv") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("oracle", ORACLES, ids=lambda oracle: oracle.name)
def test_every_oracle_holds_through_the_command_line(
    small: Cast, oracle: Oracle, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    targets = {f"target_2026_TW{no}": text for no, text in enumerate(oracle.targets, 1)}
    add_indicator(small, polarity=oracle.polarity, aggregation=oracle.aggregation, **targets)
    rows = [f"UJI-01;nilai;jabatan-6;2026-TW{no};{text}\n" for no, text in enumerate(oracle.actuals, 1) if text]

    assert send(small, write(tmp_path, HEAD + "".join(rows))) == 0
    capsysbinary.readouterr()
    asked = ["recap", "--office", small.office.code, "--period", f"2026-TW{oracle.last}", "--format"]
    assert run([*asked, "json"]) == 0

    recap = json.loads(capsysbinary.readouterr().out)
    line = next(line for line in recap["indikator"] if line["kode"] == "UJI-01")
    assert line["capaian_tahun" if oracle.over_year else "capaian"]["tampil"] == oracle.expected
    run([*asked, "csv"])
    rows_out = csv.DictReader(io.StringIO(capsysbinary.readouterr().out.decode("utf-8-sig")), delimiter=";")
    shown = next(row for row in rows_out if row["Kode"] == "UJI-01")
    assert shown["Capaian (%)"] == line["capaian"]["tampil"]


def test_a_wrong_row_is_told_with_column_value_and_cause_and_nothing_is_taken(
    small: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_indicator(small)
    file = write(tmp_path, HEAD + "UJI-01;nilai;;2026-TW3;13\nUJI-01;nilai;jabatan-9;2026-TW2;1\n")

    assert send(small, file) == 1

    told = capsys.readouterr().out
    for part in ("baris 3", "kolom unit", "“jabatan-9”", "jabatan-6", "1 dari 2 baris salah; tidak ada yang diubah"):
        assert part in told
    assert not Figure.objects.exists()
    assert send(small, file, "--only-valid") == 0
    assert Figure.objects.count() == 1


def test_a_trial_changes_nothing_and_a_second_sending_neither(
    small: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_indicator(small)
    file = write(tmp_path, HEAD + "UJI-01;nilai;;2026-TW3;1.083,5\n")

    assert send(small, file, "--dry-run") == 0
    assert "Akan dimuat: 1 angka baru" in capsys.readouterr().out
    assert not Figure.objects.exists()

    assert send(small, file) == send(small, file) == 0
    assert "Dimuat: 0 angka baru, 0 berubah, 1 tetap" in capsys.readouterr().out
    assert Figure.objects.get().number == Decimal("1083.5")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "dataelement,period,orgunit,value\nUJI-01,2026Q3,jabatan-6,1083.5\n"),
        (
            "a.json",
            '{"dataValues": [{"dataElement": "UJI-01", "period": "2026Q3", "orgUnit": "jabatan-6", "value": "1083.5"}]}',
        ),
        ("b.json", '{"rows": [{"indikator": "UJI-01", "periode": "2026-TW3", "nilai": 1083.5}]}'),
        (
            "a.xml",
            '<dataValueSet><dataValue dataElement="UJI-01" period="2026Q3" orgUnit="jabatan-6" value="1083.5"/></dataValueSet>',
        ),
        (
            "b.xml",
            '<adx><group orgUnit="jabatan-6" period="2026-07-01/P3M"><dataValue dataElement="UJI-01" value="1083.5"/></group></adx>',
        ),
    ],
)
def test_the_form_of_a_file_is_guessed(
    small: Cast, tmp_path: Path, name: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    add_indicator(small)
    assert send(small, write(tmp_path, text, name), "--json") == 0
    assert json.loads(capsys.readouterr().out)["hasil"] == [
        {"baris": 2 if name == "a.txt" else 1, "status": "baru", "pesan": ""}
    ]
    assert Figure.objects.get().number == Decimal("1083.5")


def test_a_form_may_be_named(small: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_indicator(small)
    file = write(tmp_path, HEAD + "UJI-01;;;2026-TW3;1083.5\n")
    assert send(small, file, "--format", "csv", "--decimal", "titik") == 0
    assert Figure.objects.get().number == Decimal("1083.5")
    assert send(small, file, "--format", "adx") == 1
    assert "bukan XML" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (["--office", "entah"], "Tidak ada kantor berkode “entah”"),
        (["--by", "entah"], "Tidak ada orang"),
        (["--by", "kec-tetangga.jabatan-4"], "tidak memangku jabatan"),
    ],
)
def test_who_and_where_must_be_known(
    small: Cast, neighbour: Cast, tmp_path: Path, change: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert send(small, write(tmp_path, HEAD + "UJI-01;;;2026-TW3;1\n"), *change) == 1
    assert sentence in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told(small: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert send(small, tmp_path / "tidak-ada.csv") == 1
    assert "tidak-ada.csv" in capsys.readouterr().err


# --- recap -----------------------------------------------------------------------------------------------------------


def recap_file(office: Cast, file: Path, form: str) -> bytes:
    asked = ["recap", "--office", office.office.code, "--period", "2026-TW3", "--format", form, "--output", str(file)]
    assert run(asked) == 0
    return file.read_bytes()


@pytest.fixture
def measured(small: Cast, tmp_path: Path) -> Cast:
    """Two indicators with figures, one of them with a dangerous name, and those of `small` without."""
    add_indicator(small, "UJI-01", polarity="negatif-a", target_2026_TW3="12")
    add_indicator(small, "UJI-02", name="=HYPERLINK(1)", target_2026_TW3="1.000")
    file = write(tmp_path, HEAD + "UJI-01;;;2026-TW3;13\nUJI-02;;;2026-TW3;1.083,5\n")
    assert send(small, file) == 0
    return small


def test_a_recap_as_xlsx_has_numbers_marks_what_is_provisional_and_is_the_same_twice(
    measured: Cast, tmp_path: Path
) -> None:
    first = recap_file(measured, tmp_path / "a.xlsx", "xlsx")
    assert first == recap_file(measured, tmp_path / "b.xlsx", "xlsx")

    sheet = read_book("a.xlsx", first).sheets[0]
    rows = {row[0]: row for row in sheet.rows if row}
    assert sheet.rows[4][:7] == (
        "Kode",
        "Indikator",
        "Satuan",
        "Penanggung jawab",
        "Target",
        "Realisasi",
        "Capaian (%)",
    )
    assert rows["UJI-01"][5:7] == (Decimal(13), Decimal("91.67"))
    assert rows["UJI-01"][8] == "sementara"
    assert rows["UJI-02"][4:7] == ("1.000", Decimal("1083.5"), Decimal("108.35"))
    assert rows["UJI-02"][1] == "=HYPERLINK(1)"
    assert not sheet.formulas
    assert rows["IKU-01"][6] == "belum diisi"
    text = str(sheet.rows)
    for part in ("Sementara: angka", "Rata-rata, tiap capaian paling tinggi 100", "1 dari 2", "Tidak ikut dihitung"):
        assert part in text


def test_a_recap_as_csv_is_indonesian_and_harmless(measured: Cast, tmp_path: Path) -> None:
    content = recap_file(measured, tmp_path / "a.csv", "csv")
    assert content == recap_file(measured, tmp_path / "b.csv", "csv")
    assert content.startswith(b"\xef\xbb\xbfKode;Indikator")
    rows = {row[0]: row for row in csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";") if row}
    assert rows["UJI-02"][1] == "'=HYPERLINK(1)"
    assert rows["UJI-02"][4:7] == ["1.000", "1.083,5", "108,35"]
    assert rows["Rata-rata capaian"][1] == "100,01"
    assert rows["Mencapai target"][1] == "1 dari 2"


def test_a_recap_as_json_has_the_way_to_every_cell(measured: Cast, tmp_path: Path) -> None:
    recap = json.loads(recap_file(measured, tmp_path / "a.json", "json"))
    line = next(line for line in recap["indikator"] if line["kode"] == "UJI-01")
    figure = Figure.objects.get(element__code="UJI-01.nilai")
    assert f'"angka": {figure.pk}' in json.dumps(line["pohon"])
    assert recap["ringkasan"]["rata_rata"]["desimal"] == "100.01"
    assert recap["sementara"] is True


def test_a_period_that_is_none_is_told(small: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["recap", "--office", small.office.code, "--period", "kemarin"]) == 1
    assert "2026-TW3" in capsys.readouterr().err
