"""Kalender: the year as a picture, who may change it, and that open deadlines move with it."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from himpun.cycles.models import Task
from himpun.notifications.models import Message
from himpun.offices.calendar.national import seed_national_calendar
from himpun.offices.models.calendar import Holiday, SpecialHours
from himpun.offices.models.people import Person
from tests.cast import Cast

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
YEAR, DAYS, HOURS = "/waktu/kalender/", "/pengaturan/libur/", "/pengaturan/jam-khusus/"


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def shown(person: Person, path: str) -> str:
    answer = as_(person).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def cell(page: str, title: str) -> str:
    """The class of the day whose title begins so."""
    found = re.search(rf'<td class="([^"]*)"\s+title="{title}[^"]*"', page)
    assert found, title
    return found[1]


def hours_form(**changed: Any) -> dict[str, Any]:
    given = {"name": "Ramadan", "since": "2027-02-08", "until": "2027-03-08", "source": "SE Camat"}
    return {**given, "hours_senin": "08.00-12.00, 12.30-15.00", "hours_jumat": "libur", **changed}


# --- the picture ------------------------------------------------------------------------------------------------------


def test_every_day_of_the_year_has_its_state_its_letter_and_its_sentence(small: Cast) -> None:
    seed_national_calendar([2026])
    own = {"office": small.office}
    Holiday.objects.create(day=date(2026, 7, 15), kind="daerah", name="Hari Jadi", source="SE Bupati 3", **own)
    Holiday.objects.create(day=date(2026, 7, 16), kind="penutupan", name="Renovasi", **own)
    Holiday.objects.create(day=date(2026, 12, 24), kind="masuk", name="Pelayanan tetap buka", **own)
    page = shown(small.analis, f"{YEAR}?tahun=2026")
    assert len(re.findall(r"<td class=\"year-", page)) == 365
    for title, state in [
        ("Rabu, 7 Januari 2026: hari kerja", "year-kerja"),
        ("Sabtu, 10 Januari 2026: bukan hari kerja", "year-akhir-pekan"),
        ("Senin, 17 Agustus 2026: libur nasional, Hari Kemerdekaan", "year-nasional"),
        ("Jumat, 20 Maret 2026: cuti bersama", "year-cuti-bersama"),
        ("Rabu, 15 Juli 2026: libur daerah, Hari Jadi", "year-daerah"),
        ("Kamis, 16 Juli 2026: kantor tutup, Renovasi", "year-penutupan"),
        ("Kamis, 24 Desember 2026: tetap masuk kerja, Pelayanan", "year-masuk"),
        ("Jumat, 20 Februari 2026: jam khusus \\(Ramadan\\), Ramadan", "year-jam-khusus"),
        ("Senin, 5 Oktober 2026: hari kerja \\(hari ini\\)", "year-kerja year-today"),
    ]:
        assert cell(page, title) == state
    letters = re.findall(r'class="year-letter"\s+aria-hidden="true">(.)<', page)
    assert set(letters) == {"–", "N", "C", "D", "T", "M", "J"}
    assert "SE Bupati 3" in page


def test_working_days_and_hours_of_each_month_and_of_the_year_are_counted(small: Cast) -> None:
    Holiday.objects.create(day=date(2026, 8, 17), kind="nasional", name="Hari Kemerdekaan")
    page = shown(small.analis, f"{YEAR}?tahun=2026")
    months = re.findall(r"(\d+) hari kerja, ([\d,]+) jam</span>", page)
    assert len(months) == 12
    assert months[7] == ("20", "150"), "August has 21 weekdays, one of them the 17th"
    assert months[0] == ("22", "165")
    assert f"{sum(int(days) for days, _ in months)} hari kerja" in page


def test_the_year_takes_as_many_queries_full_as_empty_and_a_wrong_year_is_this_year(small: Cast) -> None:
    client = as_(small.analis)
    client.get(f"{YEAR}?tahun=2026")
    with CaptureQueriesContext(connection) as empty:
        client.get(f"{YEAR}?tahun=2025")
    seed_national_calendar([2026])
    client.get(f"{YEAR}?tahun=2026")
    with CaptureQueriesContext(connection) as full:
        client.get(f"{YEAR}?tahun=2026")
    assert len(full) == len(empty)
    for wrong in ("1066", "tahun", "99999999999999999999", "-1"):
        assert "Kalender kerja 2026" in shown(small.analis, f"{YEAR}?tahun={wrong}")


def test_a_year_without_national_days_says_that_it_counts_none(small: Cast) -> None:
    seed_national_calendar([2026])
    Holiday.objects.create(office=small.office, day=date(2029, 5, 5), kind="daerah", name="Hari Jadi")
    page = shown(small.analis, f"{YEAR}?tahun=2029")
    assert "Libur nasional 2029 belum diisi; hitungan ini menganggapnya tidak ada libur." in page
    assert "himpun holidays 2029 --fill" in page
    assert "belum diisi" not in shown(small.analis, f"{YEAR}?tahun=2026")


# --- changing it ------------------------------------------------------------------------------------------------------


def test_a_closure_added_on_the_page_moves_the_open_deadline_and_says_so(small: Cast) -> None:
    cycle = small.start()
    task = Task.objects.get(cycle=cycle, decided_at=None)
    client = as_(small.umum)
    due_at = task.due_at
    assert due_at is not None
    given = {"day": due_at.date().isoformat(), "kind": "penutupan", "name": "Renovasi", "source": "SE Camat"}
    answer = client.post(DAYS, given, follow=True)
    assert "Renovasi ditambahkan. 1 batas waktu bergeser" in answer.content.decode()
    task.refresh_from_db()
    assert task.due_at is not None
    assert task.due_at > due_at
    told = Message.objects.get(post=task.post)
    assert "bergeser" in told.text
    assert "kalender kerja kantor berubah (Renovasi ditambahkan)" in told.text

    closed = Holiday.objects.get(name="Renovasi")
    answer = client.post(f"{DAYS}{closed.pk}/", {**given, "day": "2027-01-04"}, follow=True)
    assert "Renovasi tersimpan. 1 batas waktu bergeser" in answer.content.decode()
    task.refresh_from_db()
    assert task.due_at == due_at
    answer = client.post(DAYS, {"remove": str(closed.pk)}, follow=True)
    assert "Tidak ada batas waktu yang bergeser" in answer.content.decode()


def test_new_hours_of_the_office_move_the_open_deadline_and_say_so(small: Cast) -> None:
    small.start()
    client = as_(small.umum)
    page = client.get("/pengaturan/kantor/").content.decode()
    typed = dict(re.findall(r'name="([a-z_-]+)"[^>]* value="([^"]*)"', page))
    hours = {"hours_kamis": "07.30-12.00, 13.00-16.00"}  # and on no other day
    answer = client.post("/pengaturan/kantor/", {**typed, "timezone": "Asia/Jakarta", **hours}, follow=True)
    assert "Data kantor tersimpan. 1 batas waktu bergeser" in answer.content.decode()


def test_special_hours_are_added_corrected_and_removed_on_the_pages(small: Cast) -> None:
    client = as_(small.umum)
    assert client.post(f"{HOURS}baru/", hours_form()).status_code == 302
    hours = SpecialHours.objects.get(office=small.office)
    assert hours.hours == {"senin": ["08.00-12.00", "12.30-15.00"], "jumat": []}
    page = client.get(f"{HOURS}{hours.pk}/").content.decode()
    assert 'value="08.00-12.00, 12.30-15.00"' in page
    assert 'value="libur"' in page
    assert client.post(f"{HOURS}{hours.pk}/", hours_form(hours_jumat="")).status_code == 302
    assert "jam khusus (Ramadan), Ramadan" in shown(small.analis, f"{YEAR}?tahun=2027")
    assert client.post(DAYS, {"remove_hours": str(hours.pk)}).status_code == 302
    assert not SpecialHours.objects.filter(office=small.office).exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [({"until": "2027-02-07"}, "mendahului tanggal mulai"), ({"hours_senin": "pagi"}, "tidak terbaca")],
)
def test_what_cannot_be_stays_typed_with_the_reason_beside_it(
    small: Cast, changed: dict[str, str], sentence: str
) -> None:
    answer = as_(small.umum).post(f"{HOURS}baru/", hours_form(**changed))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert 'value="SE Camat"' in page
    assert not SpecialHours.objects.exists()


def test_others_may_look_and_not_change_and_rows_of_others_are_not_there(small: Cast, neighbour: Cast) -> None:
    foreign = Holiday.objects.create(office=neighbour.office, day=date(2026, 10, 6), name="Libur tetangga")
    theirs = SpecialHours.objects.create(
        office=neighbour.office, name="Jam tetangga", since=date(2026, 11, 2), until=date(2026, 11, 3)
    )
    national = Holiday.objects.create(day=date(2026, 8, 17), kind="nasional", name="Kemerdekaan")
    assert "hanya dapat dilihat" in shown(small.analis, f"{HOURS}baru/")
    assert as_(small.analis).post(f"{HOURS}baru/", hours_form()).status_code == 422
    for path in (f"{DAYS}{foreign.pk}/", f"{HOURS}{theirs.pk}/", f"{DAYS}{national.pk}/"):
        assert as_(small.umum).get(path).status_code == 404
        assert as_(small.umum).post(path, {}).status_code == 404
    assert as_(small.umum).post(DAYS, {"remove_hours": str(theirs.pk)}).status_code == 404
    for path in (f"{YEAR}?tahun=2026", f"{DAYS}?tahun=2026"):
        page = shown(small.umum, path)
        assert "tetangga" not in page
        assert "Kemerdekaan" in page


def test_somebody_of_no_office_is_told_so(db: None) -> None:
    nobody = Person.objects.create_user("tamu", None, name="Tamu")
    assert as_(nobody).get(YEAR).status_code in (403, 422)
