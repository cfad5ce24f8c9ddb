"""An office from its files: loaded twice it is the same, and what cannot be loaded is refused whole."""

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Model

from himpun.commands import run
from himpun.commands.load_office import load
from himpun.indicators.models import DataRequest, Indicator, Recap, RecapLine, RequestLine, Target, Value, Variable
from himpun.offices.calendar import calendar_of
from himpun.offices.files import read_office
from himpun.offices.loading import RoleTaken, seed_kinds, seed_national_holidays
from himpun.offices.models import Holding, Holiday, Office, OfficeKind, Person, Post

EXAMPLES = Path("examples")
TABLES: list[type[Model]] = [
    Office, Post, Person, Holding, Holiday, Indicator, Variable, Target, DataRequest, RequestLine, Value, Recap, RecapLine,
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of Kecamatan Contoh, to change a file in."""
    return Path(shutil.copytree(EXAMPLES / "kecamatan-contoh", tmp_path / "kecamatan"))


def change(folder: Path, file_name: str, where: dict[str, str], **cells: str) -> None:
    """Change cells of the rows of a file that have these values."""
    path = folder / file_name
    rows = list(csv.DictReader(path.read_text().splitlines()))
    for row in rows:
        if where.items() <= row.items():
            row.update(cells)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def contents() -> dict[str, list[Any]]:
    """Every row of an office, but not how often its calendar was touched."""
    found = {table.__name__: list(table.objects.order_by("pk").values()) for table in TABLES}  # type: ignore[attr-defined]
    for office in found["Office"]:
        del office["calendar_stamp"]
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["kecamatan-contoh", "dinas-contoh"])
def test_loading_twice_changes_nothing(name: str) -> None:
    load(read_office(EXAMPLES / name))
    before = contents()

    load(read_office(EXAMPLES / name))

    assert contents() == before
    assert all(before.values())


@pytest.mark.django_db
def test_an_office_is_as_its_files_say(folder: Path) -> None:
    office = load(read_office(folder))

    assert (office.kind_id, office.parent.code if office.parent else "") == ("kecamatan", "kab-contoh")
    assert office.titles()["kepala"] == "Camat"
    assert Post.objects.get(code="analis").parent == Post.objects.get(code="kasubbag-perencanaan")
    assert Person.objects.get(username="camat").check_password("himpun-contoh")
    assert Holding.objects.get(kind="Plh").title == "Plh. Camat"
    calendar, minutes = calendar_of(office.pk, Office.objects.get(pk=office.pk).calendar_stamp)
    assert minutes == 480
    assert {day.isoformat() for day in calendar.holidays} == {"2026-07-15"}


@pytest.mark.django_db
def test_what_the_files_change_changes_and_a_changed_password_does_not(folder: Path) -> None:
    load(read_office(folder))
    change(folder, "people.csv", {"username": "camat"}, name="Nama Baru", password="kata-sandi-lain")
    change(folder, "holdings.csv", {"kind": "Plh"}, to="2026-06-19")

    load(read_office(folder))

    camat = Person.objects.get(username="camat")
    assert camat.name == "Nama Baru"
    assert camat.check_password("himpun-contoh")
    assert Holding.objects.get(kind="Plh").until.isoformat() == "2026-06-19"  # type: ignore[union-attr]
    assert Holding.objects.count() == 11


@pytest.mark.django_db
def test_two_posts_can_change_roles(folder: Path) -> None:
    load(read_office(folder))
    change(folder, "posts.csv", {"code": "analis"}, role="kasubbag-umum")
    change(folder, "posts.csv", {"code": "kasubbag-umum"}, role="analis")

    load(read_office(folder))

    assert Post.objects.get(role="analis").code == "kasubbag-umum"
    assert Post.objects.get(role="kasubbag-umum").code == "analis"


@pytest.mark.django_db
def test_a_role_that_a_post_outside_the_files_keeps_is_refused_naming_it(folder: Path) -> None:
    office = load(read_office(folder))
    Post.objects.filter(code="camat").update(code="camat-lama")
    before = contents()

    with pytest.raises(RoleTaken, match='"kepala" di Kecamatan Contoh masih pada jabatan "camat-lama"'):
        load(read_office(folder))

    assert contents() == before
    assert Post.objects.filter(office=office, role="kepala").count() == 1


@pytest.mark.django_db
def test_a_folder_with_faults_changes_nothing_and_every_fault_is_printed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder, "posts.csv", {"code": "analis"}, role="entah")
    change(folder, "holdings.csv", {"kind": "Plh"}, username="tidak.ada")

    assert run(["load-office", str(folder)]) == 1

    printed = capsys.readouterr().err
    assert "entah" in printed
    assert "tidak.ada" in printed
    assert not Office.objects.exists()


@pytest.mark.django_db
def test_the_command_says_what_was_loaded(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["load-office", str(folder)]) == 0

    assert "Kecamatan Contoh: 10 jabatan, 10 orang" in capsys.readouterr().out


@pytest.mark.django_db
def test_two_offices_share_their_parent_and_nothing_else() -> None:
    kecamatan, dinas = (load(read_office(EXAMPLES / name)) for name in ("kecamatan-contoh", "dinas-contoh"))

    assert kecamatan.parent == dinas.parent
    assert Office.objects.count() == 3
    assert not Person.objects.filter(holdings__post__office=kecamatan).filter(holdings__post__office=dinas).exists()


@pytest.mark.django_db
def test_holidays_and_kinds_are_sown_once_and_what_was_changed_stays(folder: Path) -> None:
    office = load(read_office(folder))
    OfficeKind.objects.filter(code="dinas").update(name="Dinas Daerah")
    stamp = Office.objects.get(pk=office.pk).calendar_stamp

    added = seed_national_holidays([2026])
    assert added > 10
    assert Office.objects.get(pk=office.pk).calendar_stamp == stamp + 1
    assert seed_national_holidays([2026]) == 0
    assert Office.objects.get(pk=office.pk).calendar_stamp == stamp + 1
    seed_kinds()
    assert OfficeKind.objects.get(code="dinas").name == "Dinas Daerah"
