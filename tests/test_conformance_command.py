"""`himpun export-log` and `himpun conformance`: from the journal to a file and back against the procedure."""

import gzip
import json
from pathlib import Path

import pytest

from himpun.commands import run
from himpun.offices.models.offices import Office
from tests.cast import MECHANISM, SOP, Cast, later
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
    assert run([*asked, "--strict"]) == 1
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
    columns = ["--column", "case=Tiket", "--column", "activity=Tindakan", "--column", "at=Jam"]

    assert run([*asked, *columns, "--map", str(tmp_path / "peta.csv")]) == 0
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
    assert run(["conformance", log, "--procedure", SOP, "--map", str(tmp_path / "peta.csv")]) == 1
    assert "Peta baris 2, “b;dua”" in capsys.readouterr().err
    assert run(["conformance", log, "--procedure", SOP, "--column", "apa"]) == 1
    assert run(["export-log", "--office", small.office.code, "--since", "kemarin"]) == 1
    assert "Tanggal “kemarin” tidak terbaca" in capsys.readouterr().err
    assert run(["export-log", "--office", small.office.code, "--procedure", "tidak-ada"]) == 1


def test_a_log_of_another_procedure_is_refused_unless_asked_for(
    small: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.decide(small.start(), "disposisi", instructions=["proses"])
    log = str(tmp_path / "log.csv")
    assert run(["export-log", "--office", small.office.code, "-o", log]) == 0
    capsys.readouterr()
    asked = ["conformance", log, "--procedure", MECHANISM]

    assert run(asked) == 1
    refused = capsys.readouterr()
    assert f"log ini menyebut prosedur “{SOP}”, bukan “{MECHANISM}”" in refused.err
    assert "--any-procedure" in refused.err
    assert refused.out == ""
    assert run([*asked, "--any-procedure", "--strict"]) == 1
    told = capsys.readouterr().out
    assert f"Log ini menyebut prosedur “{SOP}”; langkahnya dicocokkan menurut nama kegiatan." in told
    assert "Dikira langkah 1: “1 " in told


def test_a_log_of_another_version_is_checked_and_says_so(
    small: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.decide(small.start(), "disposisi", instructions=["proses"])
    log = tmp_path / "log.csv"
    assert run(["export-log", "--office", small.office.code, "-o", str(log)]) == 0
    asked = ["conformance", str(log), "--procedure", SOP]
    capsys.readouterr()

    assert run(asked) == 0
    assert "versi lain" not in capsys.readouterr().out
    own = small.office.cycles.latest("pk").procedure.sha256
    log.write_text(log.read_text().replace(own, "f" * 64))
    assert run(asked) == 0
    assert (
        f"versi lain SOP yang sama (sha256 {'f' * 12}); diperiksa terhadap versi {own[:12]}" in capsys.readouterr().out
    )
    assert run([*asked, "--format", "json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["cases"] == 1
    assert "versi lain" in printed.err


@pytest.mark.parametrize("form", ["teks", "json", "csv"])
def test_a_log_without_cases_proves_nothing(
    db: None, tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sop.toml").write_text(TEXT)
    (tmp_path / "log.csv").write_text("kasus;kegiatan;waktu\n")
    asked = ["conformance", str(tmp_path / "log.csv"), "--procedure", str(tmp_path / "sop.toml"), "--format", form]

    assert run(asked) == 0
    assert run([*asked, "--strict"]) == 1
    printed = capsys.readouterr()
    assert "Log tanpa kasus" in (printed.out if form == "teks" else printed.err)


def test_the_table_of_steps_stays_straight_however_long_a_time_is_in_words(
    db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sop.toml").write_text(TEXT)
    (tmp_path / "log.csv").write_text(
        "kasus;kegiatan;mulai;selesai\nk;Terima;2026-10-05 08:00;2026-10-05 11:30\nk;Periksa;2026-10-05 13:00;2026-10-05 13:20\n"
    )
    assert run(["conformance", str(tmp_path / "log.csv"), "--procedure", str(tmp_path / "sop.toml")]) == 0
    table = capsys.readouterr().out.partition("Langkah ")[2].splitlines()

    head, first, second = ("Langkah " + table[0], table[1], table[2])
    assert "3 jam 30 menit" in first
    for name, cells in (("median", ("3 jam 30 menit", "20 menit")), ("baku", ("1 hari", "2 hari"))):
        assert (first.index(cells[0]), second.index(cells[1])) == (head.index(name), head.index(name))


@pytest.mark.parametrize(("zone", "clock"), [("Asia/Jakarta", "T08:15:00+07:00"), ("Asia/Makassar", "T09:15:00+08:00")])
@pytest.mark.parametrize("form", ["csv", "xes"])
def test_moments_are_written_as_the_offices_clock_showed_them(
    small: Cast, zone: str, clock: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Office.objects.filter(pk=small.office.pk).update(timezone=zone)
    with later(minutes=15):
        small.start()

    assert run(["export-log", "--office", small.office.code, "--format", form]) == 0
    assert clock in capsys.readouterr().out


@pytest.mark.parametrize("form", ["csv", "xes"])
def test_a_packed_log_is_read_as_what_it_holds_and_a_damaged_one_says_so(
    small: Cast, tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    small.decide(small.start(), "disposisi", instructions=["proses"])
    plain, packed = tmp_path / f"log.{form}", tmp_path / f"log.{form}.gz"
    assert run(["export-log", "--office", small.office.code, "--format", form, "-o", str(plain)]) == 0
    packed.write_bytes(gzip.compress(plain.read_bytes()[:200]) + gzip.compress(plain.read_bytes()[200:]))
    capsys.readouterr()
    told = []
    for log in (plain, packed):
        assert run(["conformance", str(log), "--procedure", SOP, "--format", "json"]) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    packed.write_bytes(packed.read_bytes()[:-20])
    assert run(["conformance", str(packed), "--procedure", SOP]) == 1
    assert "gzip ini rusak atau terpotong" in capsys.readouterr().err
