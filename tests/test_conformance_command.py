"""`himpun export-log` and `himpun conformance`: from the journal to a file and back against the procedure."""

import json
from pathlib import Path

import pytest

from himpun.commands import run
from tests.cast import SOP, Cast, later
from tests.cycles.logs import TEXT

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("form", ["csv", "xes"])
def test_an_exported_log_is_held_against_the_procedure(
    small: Cast, tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cycle = small.start()
    with later(days=2):
        small.decide(cycle, "disposisi", instructions=["proses"])
    file = tmp_path / f"log.{form}"

    assert run(["export-log", "--office", small.office.code, "--format", form, "-o", str(file)]) == 0
    assert "3 peristiwa, 1 kasus" in capsys.readouterr().out
    asked = ["conformance", str(file), "--procedure", SOP, "--office", small.office.code]
    assert run([*asked, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["results"][0]["deviations"] == ["kasus belum selesai di langkah 2"]
    assert told["steps"][0]["median_minutes"] == 900
    assert told["steps"][0]["on_time"] == 0
    assert told["unknown"] == []
    assert run([*asked, "--ketat"]) == 1
    assert run([*asked, "--format", "csv"]) == 0
    assert "kasus belum selesai di langkah 2" in capsys.readouterr().out


def test_a_log_of_another_system_needs_only_a_map_and_the_names_of_its_columns(
    db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sop.toml").write_text(TEXT)
    (tmp_path / "log.csv").write_text("Tiket,Tindakan,Jam\n" + "\n".join(f"7,{name},5/10/2026 {hour}.00" for hour, name in
                                      [("08", "Loket"), ("09", "Periksa"), ("10", "Setujui"), ("11", "Rapat")]))  # fmt: skip
    (tmp_path / "peta.csv").write_text("kegiatan;langkah\nLoket;1\n")
    asked = ["conformance", str(tmp_path / "log.csv"), "--procedure", str(tmp_path / "sop.toml")]
    columns = ["--kolom", "case=Tiket", "--kolom", "activity=Tindakan", "--kolom", "at=Jam"]

    assert run([*asked, *columns, "--peta", str(tmp_path / "peta.csv")]) == 0
    told = capsys.readouterr().out
    assert "Tidak dikenal dalam SOP: “Rapat”" in told
    assert "kasus belum selesai di langkah 4" in told
    assert "langkah 1 dilewati" not in told

    assert run(asked) == 1
    assert "log.csv: kepala tabel: kolom kegiatan tidak dikenali" in capsys.readouterr().err


def test_what_does_not_exist_is_refused_with_what_there_is(
    small: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log.csv").write_text("kasus;kegiatan;waktu\n")
    (tmp_path / "peta.csv").write_text("a;1\nb;dua\n")
    log = str(tmp_path / "log.csv")

    assert run(["conformance", log, "--procedure", "tidak-ada"]) == 1
    assert "Yang ada: pengumpulan-data-kinerja, permintaan-data" in capsys.readouterr().err
    assert run(["conformance", log, "--procedure", SOP, "--peta", str(tmp_path / "peta.csv")]) == 1
    assert "Peta baris 2, “b;dua”" in capsys.readouterr().err
    assert run(["conformance", log, "--procedure", SOP, "--kolom", "apa"]) == 1
    assert run(["export-log", "--office", small.office.code, "--since", "kemarin"]) == 1
    assert "Tanggal “kemarin” tidak terbaca" in capsys.readouterr().err
    assert run(["export-log", "--office", small.office.code, "--procedure", "tidak-ada"]) == 1
