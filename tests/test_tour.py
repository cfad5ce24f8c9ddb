"""The tour of both sample offices, run as a user runs it, and the archive it leaves: read, altered and found out."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from pathlib import Path

import pytest

from himpun.archive.chain import Entry, canonical, first_fault
from himpun.commands.tour import own_environment, paper
from tests.cast import WIB

pytestmark = pytest.mark.processes
FIRST, *OTHERS = "kecamatan", "dinas"
OWN_FIELDS = ("at", "data", "digest")


def himpun(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "himpun", *arguments]
    paths = os.pathsep.join([str(Path("src").resolve()), os.environ.get("PYTHONPATH", "")])
    given = {**os.environ, "PYTHONPATH": paths, **environment}
    return subprocess.run(command, env=given, text=True, capture_output=True, check=False)


@dataclass(frozen=True)
class Tour:
    """A tour that was taken."""

    folder: Path
    office: str
    printed: str

    @property
    def papers(self) -> list[str]:
        return sorted(file.name for file in self.folder.glob("*.pdf"))

    @property
    def records(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in (self.folder / "journal.jsonl").read_text().splitlines()]

    def row(self, no: str) -> list[str]:
        """The lines of the table about a step."""
        return [line for line in self.printed.splitlines() if re.match(rf"{re.escape(no)}\s", line)]


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Tour]:
    """Take the tour of an office, once."""

    @cache
    def taken(office: str) -> Tour:
        away = tmp_path_factory.mktemp("terpasang")
        folder = tmp_path_factory.mktemp(office) / "tur"
        configured = f"sqlite:///{away / 'jangan-disentuh.sqlite3'}"
        done = himpun("tour", str(folder), "--office", office, DATABASE_URL=configured, HIMPUN_VAR=str(away))
        assert done.returncode == 0, done.stderr
        assert not (away / "jangan-disentuh.sqlite3").exists()
        assert not (away / "arsip").exists()
        return Tour(folder, office, done.stdout)

    return taken


@pytest.fixture(params=[FIRST, *(pytest.param(office, marks=pytest.mark.long) for office in OTHERS)])
def tour(request: pytest.FixtureRequest, take: Callable[[str], Tour]) -> Tour:
    return take(request.param)


@pytest.fixture
def copy(take: Callable[[str], Tour], tmp_path: Path) -> Path:
    """A copy of a tour's folder, to be altered."""
    return shutil.copytree(take("kecamatan").folder, tmp_path / "tur")


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    return himpun("verify-archive", HIMPUN_VAR=str(folder), DATABASE_URL=f"sqlite:///{folder / 'himpun.sqlite3'}")


# --- what the tour is -----------------------------------------------------------------------------------------------


def test_every_step_of_the_sop_and_of_the_mechanism_is_taken(tour: Tour) -> None:
    for no in [*range(1, 11), *(f"3.{step}" for step in range(1, 7))]:
        assert tour.row(str(no)), no


def test_the_sekretaris_returns_the_draft_once_with_a_reason(tour: Tour) -> None:
    assert [("perbaiki naskah → 6" in line, "paraf → 9" in line) for line in tour.row("8")] == [
        (True, False),
        (False, True),
    ]
    assert len(tour.row("7")) == 2
    assert tour.printed.count("↳ ") == 1


def test_one_unit_is_late_and_makes_its_step_late_and_nothing_else_is(tour: Tour) -> None:
    late = [line for line in tour.printed.splitlines() if "terlambat" in line]

    assert [re.match(r"\S+( unit)?", line)[0] for line in late] == ["3.4 unit", "3.4"]  # type: ignore[index]


def test_everything_happens_at_working_times(tour: Tour) -> None:
    moments = {datetime.fromisoformat(str(record["at"])).astimezone(WIB) for record in tour.records}

    assert {moment.weekday() for moment in moments} <= {0, 1, 2, 3, 4}
    assert all(time(7, 30) <= moment.time() <= time(16, 30) for moment in moments)
    assert len({moment.date() for moment in moments}) > 5


def test_the_summary_keeps_what_was_printed(tour: Tour) -> None:
    assert (tour.folder / "ringkasan.txt").read_text() == tour.printed
    assert "Semua utuh." in tour.printed


# --- what it leaves -------------------------------------------------------------------------------------------------


def test_every_kind_of_document_is_left_as_a_pdf_with_a_readable_numbered_name(tour: Tour) -> None:
    stems = ["lembar-disposisi", "format-permintaan-data", "data-isian", "rekap-data-isian", "rekap-hasil-capaian"]
    for stem in [*stems, "data-kinerja", "tanda-terima-distribusi"]:
        assert any(re.match(rf"\d\d-{stem}", name) for name in tour.papers), stem
    assert [name[:2] for name in tour.papers] == [f"{place:02d}" for place in range(1, len(tour.papers) + 1)]
    assert all((tour.folder / name).read_bytes().startswith(b"%PDF-") for name in tour.papers)


def test_superseded_versions_and_the_signed_one_are_told_apart(tour: Tour) -> None:
    drafts = [name[3:] for name in tour.papers if name[3:].startswith("data-kinerja")]

    assert drafts == [
        "data-kinerja-versi-1-digantikan.pdf",
        "data-kinerja-versi-2-digantikan.pdf",
        "data-kinerja-versi-3.pdf",
        "data-kinerja-versi-3-ditandatangani.pdf",
    ]


def test_the_journal_can_be_checked_from_its_file_alone(tour: Tour) -> None:
    for chain in {str(record["chain"]) for record in tour.records}:
        records = [record for record in tour.records if record["chain"] == chain]
        entries = [(as_entry(record), str(record["digest"])) for record in records]
        last = records[-1]

        assert first_fault(chain, entries, (int(str(last["seq"])), str(last["digest"]))) is None


def as_entry(record: dict[str, object]) -> Entry:
    fields = {name: value for name, value in record.items() if name not in OWN_FIELDS}
    return Entry(**fields, at=datetime.fromisoformat(str(record["at"])), data=canonical(record["data"]))  # type: ignore[arg-type]


# --- where it may go ------------------------------------------------------------------------------------------------


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "catatan.txt").write_text("milik saya")

    done = himpun("tour", str(tmp_path))

    assert done.returncode == 1
    assert "sudah berisi berkas" in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["catatan.txt"]


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("")

    done = himpun("tour", str(tmp_path / "berkas"))

    assert done.returncode == 1
    assert "bukan folder" in done.stderr


def test_the_process_that_walks_knows_no_setting_of_this_installation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://kantor")
    monkeypatch.setenv("HIMPUN_ARCHIVE", "/arsip/kantor")
    monkeypatch.setenv("EMAIL_URL", "smtp://kantor")

    environment = own_environment(tmp_path)

    assert environment["HIMPUN_VAR"] == str(tmp_path)
    assert not {"DATABASE_URL", "HIMPUN_ARCHIVE", "EMAIL_URL"} & set(environment)


def test_the_samples_of_evidence_are_whole_pdfs() -> None:
    made = paper.sample_pdf(["Satu (dua) \\ tiga", "é–"])

    start = int(made.rsplit(b"startxref\n", 1)[1].split()[0])
    assert made[start:].startswith(b"xref\n0 6\n")


# --- the archive, altered -------------------------------------------------------------------------------------------


def test_the_archive_of_a_tour_verifies_again_later(copy: Path) -> None:
    done = verified(copy)

    assert done.returncode == 0, done.stderr
    assert "Semua utuh." in done.stdout


def altered(folder: Path, statement: str) -> None:
    """Change the journal behind Himpun's back: the triggers are taken away first, as an intruder would."""
    database = sqlite3.connect(folder / "himpun.sqlite3")
    for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {trigger}")
    assert database.execute(statement).rowcount == 1
    database.commit()
    database.close()


TAMPERINGS = {
    "UPDATE archive_record SET person_name = 'Orang Lain' WHERE chain = 'kec-contoh' AND seq = 40": (
        "Catatan nomor 40 pada rantai kec-contoh telah diubah."
    ),
    "UPDATE archive_record SET data = replace(data, '30', '45') "
    "WHERE act = 'indicators:request:submitted' AND data LIKE '%lembaga_dibina%'": "telah diubah",
    "DELETE FROM archive_record WHERE chain = 'kec-contoh' AND seq = 41": (
        "Catatan nomor 41 pada rantai kec-contoh hilang."
    ),
    "UPDATE archive_chainhead SET seq = seq + 1 WHERE chain = 'kec-contoh'": "hilang dari ujungnya",
}
"""What an intruder does in the database → what the verification says of it."""


@pytest.mark.parametrize(("statement", "sentence"), TAMPERINGS.items(), ids=["nama", "angka", "hilang", "ujung"])
def test_a_changed_or_missing_record_is_named(copy: Path, statement: str, sentence: str) -> None:
    altered(copy, statement)

    done = verified(copy)

    assert done.returncode == 1
    assert sentence in done.stderr


def test_one_changed_byte_in_a_file_is_named(copy: Path) -> None:
    file = next(place for place in sorted((copy / "arsip").rglob("*")) if place.is_file())
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)

    done = verified(copy)

    assert done.returncode == 1
    assert file.name in done.stderr
    assert "telah berubah" in done.stderr


def test_a_file_that_was_taken_away_is_named(copy: Path) -> None:
    file = next(place for place in sorted((copy / "arsip").rglob("*")) if place.is_file())
    file.unlink()

    done = verified(copy)

    assert done.returncode == 1
    assert f"Berkas {file.name} hilang" in done.stderr
