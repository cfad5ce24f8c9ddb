"""An office from its files: loaded twice it is the same, and what cannot be loaded is refused whole."""

import csv
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from himpun.archive.models import Record
from himpun.commands import run
from himpun.commands.load_office import load
from himpun.folders.findings import OfficeFilesError
from himpun.folders.offices import NameTaken, RoleTaken
from himpun.folders.reading import read_office
from himpun.indicators.models.dictionary import Indicator, Target, Variable
from himpun.indicators.models.recaps import Recap, RecapLine
from himpun.indicators.models.requests import DataRequest, RequestLine, Value
from himpun.offices.actions.people import add_person
from himpun.offices.calendar.kept import calendar_of
from himpun.offices.calendar.national import seed_national_calendar
from himpun.offices.holdings.consenting import consent
from himpun.offices.kinds import seed_kinds
from himpun.offices.models.calendar import Holiday
from himpun.offices.models.holdings import Appointment, Holding
from himpun.offices.models.offices import Office, OfficeKind, Post
from himpun.offices.models.people import Person

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

    added = seed_national_calendar([2026])
    assert added > 10
    assert Office.objects.get(pk=office.pk).calendar_stamp == stamp + 1
    assert seed_national_calendar([2026]) == 0
    assert Office.objects.get(pk=office.pk).calendar_stamp == stamp + 1
    seed_kinds()
    assert OfficeKind.objects.get(code="dinas").name == "Dinas Daerah"


# --- mandates and leave ------------------------------------------------------------------------------------------------


def add_line(folder: Path, file_name: str, line: str, header: str = "") -> None:
    path = folder / file_name
    before = path.read_text() if path.exists() else header + "\n"
    path.write_text(before.rstrip("\n") + f"\n{line}\n")


def add_mandate(folder: Path, **cells: str) -> None:
    """holdings.csv with the column own_post, and the Sekretaris signing a.n. Camat."""
    path = folder / "holdings.csv"
    rows = list(csv.DictReader(path.read_text().splitlines()))
    row = {
        "post": "camat",
        "username": "sekcam",
        "kind": "a.n",
        "from": "2026-01-02",
        "letter": "SK/9",
        "own_post": "sekcam",
    }
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "own_post"], restval="")
        writer.writeheader()
        writer.writerows([*rows, {**row, **cells}])


LEAVE_COLUMNS = "username,kind,from,to,letter,substitute"


@pytest.mark.django_db
def test_a_mandate_and_a_leave_are_loaded_once_with_the_plh_it_makes(folder: Path) -> None:
    add_mandate(folder)
    add_line(folder, "leaves.csv", "camat,cuti,2026-10-05,2026-10-09,SP/1,sekcam", LEAVE_COLUMNS)
    load(read_office(folder))

    mandate = Holding.objects.get(kind="a.n")
    assert mandate.title == "a.n. Camat, Sekretaris Camat"
    plh = Holding.objects.get(leave__isnull=False)
    assert (plh.title, plh.person.username, str(plh.since), str(plh.until)) == (
        "Plh. Camat", "sekcam", "2026-10-05", "2026-10-09",
    )  # fmt: skip
    before = contents()
    load(read_office(folder))
    assert contents() == before

    change(folder, "leaves.csv", {"username": "camat"}, to="2026-10-07")
    load(read_office(folder))
    plh.refresh_from_db()
    assert str(plh.until) == "2026-10-07"


@pytest.mark.parametrize(
    ("file", "line", "cause"),
    [
        ("leaves.csv", "camat,cuti,2026-10-09,2026-10-05,,", "berakhir sebelum mulai"),
        ("leaves.csv", "camat,cuti,2026-10-05,2026-10-09,,camat", "harus orang lain"),
        ("leaves.csv", "camat,libur,2026-10-05,2026-10-09,,", "tidak dikenal"),
        ("leaves.csv", "camat,cuti,2026-10-05,2026-10-09,,tidak.ada", "tidak ada dalam people.csv"),
        (
            "leaves.csv",
            "camat,cuti,2026-10-05,2026-10-09,,\ncamat,sakit,2026-10-09,2026-10-12,,",
            "bertindih dengan cuti pada baris 2",
        ),
        (
            "leaves.csv",
            "camat,cuti,2026-10-05,2026-10-09,,sekcam\nsekcam,cuti,2026-10-09,2026-10-12,,",
            "sendiri cuti pada hari-hari itu",
        ),
    ],
)
def test_a_wrong_leave_is_refused(folder: Path, file: str, line: str, cause: str) -> None:
    add_line(folder, file, line, LEAVE_COLUMNS)
    with pytest.raises(OfficeFilesError, match=cause):
        read_office(folder)


@pytest.mark.parametrize(
    ("cells", "cause"),
    [
        ({"own_post": ""}, "memerlukan kode jabatannya sendiri"),
        ({"kind": "u.b"}, "dua tingkat di bawah camat"),
        ({"username": "analis"}, "tidak memegang jabatan itu"),
        ({"kind": "Plt"}, "hanya untuk a.n dan u.b"),
    ],
)
def test_a_wrong_mandate_is_refused(folder: Path, cells: dict[str, str], cause: str) -> None:
    add_mandate(folder, **cells)
    with pytest.raises(OfficeFilesError, match=cause):
        read_office(folder)


# --- people of another office -----------------------------------------------------------------------------------------


def add_row(folder: Path, file_name: str, **cells: str) -> None:
    path = folder / file_name
    rows = list(csv.DictReader(path.read_text().splitlines()))
    rows.append({**dict.fromkeys(rows[0], ""), **cells})
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def visiting(folder: Path) -> Path:
    """The files of the kecamatan, with the Kadis of the dinas as Plt. Camat under another address."""
    load(read_office(EXAMPLES / "dinas-contoh"))
    kadis = Person.objects.get(username="kadis")
    add_row(folder, "people.csv", username="kadis", name=kadis.name, nip=kadis.nip, email="lain@contoh.example")
    add_row(
        folder, "holdings.csv", post="analis", username="kadis", kind="Plt", letter="SP 1", **{"from": "2026-10-01"}
    )
    return folder


@pytest.mark.django_db
def test_the_files_of_one_office_do_not_change_anothers_person_nor_give_them_a_post(visiting: Path) -> None:
    before = Person.objects.filter(username="kadis").values().get()

    for _ in range(2):
        office = load(read_office(visiting))

    assert Person.objects.filter(username="kadis").values().get() == before
    assert not Holding.objects.filter(person__username="kadis", post__office=office).exists()
    one = Appointment.objects.get(state="menunggu")
    assert (one.needs_acceptance, one.needs_confirmation) == (True, False)
    consent(appointment=one, by=one.person)
    assert Holding.objects.filter(person__username="kadis", post__office=office).count() == 1
    load(read_office(visiting))
    assert Appointment.objects.count() == 1


@pytest.mark.django_db
def test_a_user_name_of_somebody_else_elsewhere_is_refused(visiting: Path) -> None:
    change(visiting, "people.csv", {"username": "kadis"}, name="Orang Lain")
    with pytest.raises(NameTaken, match='nama pengguna "kadis"'):
        load(read_office(visiting))


@pytest.mark.django_db
def test_the_administrator_sees_what_waits_and_confirms_it(visiting: Path, capsys: Any) -> None:
    load(read_office(visiting))
    one = Appointment.objects.get(state="menunggu")
    assert run(["appointments"]) == 0
    assert f"{one.pk}: Ratna Contoh" in capsys.readouterr().out
    assert run(["appointments", "--confirm", str(one.pk)]) == 0
    assert run(["appointments", "--confirm", str(one.pk)]) == 1
    assert Record.objects.filter(act="offices:holding:begun", person="konsol").count() == 2


@pytest.mark.django_db
def test_a_loaded_office_works_at_once_with_everybody_at_home() -> None:
    office = load(read_office(EXAMPLES / "kecamatan-contoh"))
    assert not Appointment.objects.exists()
    assert set(Person.objects.values_list("home", flat=True)) == {office.pk}
    assert Holding.objects.filter(post__office=office).count() == 11


@pytest.mark.django_db
def test_an_upgrade_finds_everybody_their_home() -> None:
    """As the files say, then as the migration finds it again from holdings and journal alone."""
    kecamatan, dinas = (load(read_office(EXAMPLES / name)) for name in ("kecamatan-contoh", "dinas-contoh"))
    analis = Person.objects.get(username="analis")
    Holding.objects.create(
        post=Post.objects.get(office=dinas, code="analis"), person=analis, kind="definitif", since="2026-01-01"
    )
    add_person(
        office=dinas,
        fields={"username": "ani.baru", "name": "Ani"},
        by=Person.objects.get(username="kasubbag.umum.dinas"),
    )
    homes = dict(Person.objects.values_list("username", "home"))
    Person.objects.update(home=None)

    import_module("himpun.offices.migrations.0007_find_homes").find_homes(apps, None)

    assert dict(Person.objects.values_list("username", "home")) == homes
    assert (homes["analis"], homes["ani.baru"]) == (kecamatan.pk, dinas.pk)


@pytest.mark.django_db
def test_the_administrator_says_whose_somebody_is(capsys: Any) -> None:
    kecamatan, dinas = (load(read_office(EXAMPLES / name)) for name in ("kecamatan-contoh", "dinas-contoh"))
    assert run(["home", "analis", "tidak-ada"]) == 1
    assert run(["home", "tidak-ada", dinas.code]) == 1
    assert run(["home", "analis", dinas.code]) == 0
    assert Person.objects.get(username="analis").home == dinas
    moved = Record.objects.filter(act="offices:person:moved", person="konsol")
    assert set(moved.values_list("chain", flat=True)) == {kecamatan.code, dinas.code}
