"""The late ladder against a set-up counted by hand, who may see it, what it costs, and reminding from it."""

import csv
import io
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from himpun import clock
from himpun.archive.models import Record
from himpun.cycles.actions import cancel_cycle
from himpun.cycles.deadlines.pauses import pause_cycle
from himpun.cycles.models import Cycle, Nudge, Task
from himpun.cycles.steps import answers
from himpun.folders.reading import read_office
from himpun.measure.periods import Period
from himpun.notifications.models import Message
from himpun.offices.models.calendar import Holiday, SpecialHours
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.reports.ladder import below as ladder_below
from himpun.reports.ladder import ladder
from himpun.reports.ladder.below import Below
from himpun.reports.ladder.ladder import Row
from himpun.reports.ladder.standings import standings_of
from himpun.reports.recap.recap import Reporting
from tests.cast import MECHANISM, MONDAY, PERIOD, SOP, WIB, Cast, entrust, found_office, later
from tests.reports.region_of_two import Regency, found_regency, many_below, put_below

TW3 = Period.parse(PERIOD)


def at(day: int, hour: int, minute: int = 0, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=WIB)


def below(regency: Regency, now: datetime, **asked: object) -> Below:
    return ladder_below.below_of(regency.office, TW3, now=now, **asked)  # type: ignore[arg-type]


def by_code(found: Below) -> dict[str, Row]:
    return {row.office.code: row for row in found.rows}


def collect(cast: Cast) -> tuple[Cycle, Cycle]:
    """A run whose mechanism awaits the units since this moment."""
    cycle = cast.to_step_3()
    child = cast.child(cycle)
    cast.to_collecting(child)
    return cycle, child


def set_due(cycle: Cycle, due_at: datetime) -> None:
    """Put the due moment of everything open in a run where the test can count with it."""
    Task.objects.filter(cycle=cycle, decided_at__isnull=True).update(due_at=due_at)


@pytest.fixture
def regency(small: Cast, neighbour: Cast) -> Regency:
    """Kecamatan Kecil and its neighbour under a regency."""
    return found_regency(small, neighbour)


# --- counted by hand ------------------------------------------------------------------------------------------------


def test_a_late_step_is_late_by_the_working_time_since_its_due_moment(regency: Regency, small: Cast) -> None:
    cycle = small.start()
    set_due(cycle, at(5, 15))
    Holiday.objects.create(office=small.office, day=date(2026, 10, 7), name="Hari jadi", source="SE 1")
    Office.objects.filter(pk=small.office.pk).update(calendar_stamp=7)

    row = by_code(below(regency, at(9, 8, 30)))["kec-kecil"]

    # Monday 15.00–16.00, Tuesday, (Wednesday off), Thursday 450 minutes each, Friday 07.30–08.30
    assert row.late == 60 + 450 + 450 + 60
    assert (row.state, row.late_days) == ("terlambat", 2.3)
    assert row.task is not None
    assert (row.task.post.title, row.holder) == ("Camat", "Orang Camat")
    assert [one.task.post.title for one in row.late_tasks] == ["Camat"]
    assert [rung.state for rung in row.track] == ["terlambat", *["belum"] * 9]


def test_an_office_without_a_run_has_not_begun(regency: Regency, small: Cast) -> None:
    small.start()

    found = below(regency, MONDAY)

    assert by_code(found)["kec-tetangga"].state == "belum-mulai"
    assert (found.counts.offices, found.counts.not_begun, found.counts.running) == (2, 1, 1)


def test_a_cancelled_run_does_not_count_as_begun(regency: Regency, small: Cast) -> None:
    cancel_cycle(cycle=small.start(), reason="Salah periode", by=small.kepala)

    assert by_code(below(regency, MONDAY))["kec-kecil"].state == "belum-mulai"


def test_a_step_that_waits_for_units_is_as_late_as_they_are_and_names_them(regency: Regency, small: Cast) -> None:
    cycle, child = collect(small)
    set_due(cycle, at(6, 9))
    set_due(child, at(6, 15))
    small.answer(small.requests(child)[0])

    row = by_code(below(regency, at(7, 8, 30)))["kec-kecil"]

    assert row.late == 60 + 60
    assert row.clock is not None
    assert list(row.clock.waiting_on) == ["Kepala Seksi 2"]
    assert [one.task.post.title for one in row.late_tasks] == ["Kepala Seksi 2"]
    assert row.task is not None
    assert (row.task.step_no, row.task.post.role) == (3, "analis")


def test_answers_are_counted_against_what_was_asked_with_the_excused_apart(db: None, small: Cast) -> None:
    many = found_office("kec-lima", units=5)
    regency = found_regency(small, many)
    _, child = collect(many)
    set_due(child, at(6, 15))
    requests = many.requests(child)
    type(requests[0]).objects.filter(origin=child.subject).update(due_at=at(6, 15))
    many.answer(requests[0])
    with clock.held_at(at(7, 9)):
        many.answer(requests[1])
        answers.excuse_unit(request=requests[2], reason="Tidak ada kegiatan", by=many.umum)

    found = below(regency, at(7, 10))
    row = by_code(found)["kec-lima"]

    assert row.reporting == Reporting(asked=4, answered=2, in_time=1)
    assert row.excused == 1
    assert row.reporting.completeness == 50
    assert row.reporting.on_time == 25
    assert (found.counts.reporting, found.counts.excused) == (row.reporting, 1)


def test_the_units_of_an_office_show_who_answered_when_and_who_is_late(small: Cast) -> None:
    many = found_office("kec-lima", units=4)
    cycle, child = collect(many)
    set_due(child, at(6, 15))
    requests = many.requests(child)
    many.answer(requests[0])
    with clock.held_at(at(7, 8, 30)):
        many.answer(requests[1])
        answers.excuse_unit(request=requests[2], reason="Tidak ada kegiatan", by=many.umum)

    found = ladder.ladder_of(many.office, TW3, now=at(7, 9, 30))
    units = {unit.task.post.title: unit for row in found.rows for unit in row.units}

    assert [(row.cycle.key, len(row.units)) for row in found.rows if row.cycle] == [(SOP, 0), (MECHANISM, 4)]
    assert [unit.state for unit in units.values()] == ["dijawab", "dijawab", "dikecualikan", "dikirim"]
    assert [unit.late for unit in units.values()] == [0, 60 + 60, 0, 60 + 120]
    assert [one.task.post.title for one in found.late] == ["Kepala Seksi 4"]
    assert units["Kepala Seksi 3"].reason == "Tidak ada kegiatan"
    assert {row.cycle.pk for row in found.rows if row.cycle} == {cycle.pk, child.pk}


def test_a_paused_run_is_shown_as_such_and_nobody_in_it_is_late(regency: Regency, small: Cast) -> None:
    cycle = small.start()
    set_due(cycle, at(5, 9))
    with later(days=1):
        pause_cycle(cycle=cycle, reason="Menunggu arahan", by=small.kepala)

    found = below(regency, at(9, 9))

    assert by_code(found)["kec-kecil"].state == "dijeda"
    assert found.late == []
    assert (found.counts.late_offices, found.counts.by_state["dijeda"]) == (0, 1)


def test_a_run_that_ended_is_done_and_has_no_forecast(regency: Regency, small: Cast) -> None:
    cycle = small.finish()

    row = by_code(below(regency, at(9, 9)))["kec-kecil"]

    assert (row.state, row.task, row.forecast, row.awaited) == ("selesai", None, None, [])
    assert row.cycle == cycle
    assert [rung.state for rung in row.track] == [*["selesai"] * 5, "tidak-dilalui", *["selesai"] * 4]


def test_the_forecast_is_not_before_now_and_says_when_it_misses_the_deadline(regency: Regency, small: Cast) -> None:
    cycle = small.start()
    Cycle.objects.filter(pk=cycle.pk).update(due_at=at(6, 9))

    row = by_code(below(regency, at(5, 9)))["kec-kecil"]

    assert row.forecast is not None
    assert row.forecast > at(5, 9)
    assert row.after_deadline


def test_the_latest_comes_first_and_other_orders_can_be_chosen(regency: Regency, small: Cast, neighbour: Cast) -> None:
    third = found_office("kec-akhir")
    put_below(regency.office, third)
    set_due(small.start(), at(5, 9))
    set_due(neighbour.start(), at(5, 15))

    def codes(**asked: object) -> list[str]:
        return [row.office.code for row in below(regency, at(6, 9), **asked).rows]

    assert codes() == ["kec-kecil", "kec-tetangga", "kec-akhir"]
    assert codes(sort="nama") == ["kec-akhir", "kec-kecil", "kec-tetangga"]
    assert codes(sort="langkah")[0] == "kec-akhir"
    assert codes(only_late=True) == ["kec-kecil", "kec-tetangga"]
    assert below(regency, at(6, 9), only_late=True).counts.offices == 3


def test_with_many_offices_the_latest_are_on_the_first_page(
    regency: Regency, small: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ladder_below, "DETAILED", 1)
    set_due(small.start(), at(5, 9))

    first, second = (below(regency, at(6, 9), page=page) for page in (1, 2))

    assert [row.office.code for row in first.rows] == ["kec-kecil"]
    assert [row.office.code for row in second.rows] == ["kec-tetangga"]
    assert (first.found, first.counts.late_offices) == (2, 1)


def test_the_cheap_count_says_the_same_as_the_rows(regency: Regency, small: Cast, neighbour: Cast) -> None:
    _, child = collect(small)
    set_due(child, at(6, 15))
    neighbour.start()

    for now in (at(5, 9), at(6, 15, 30), at(9, 9), at(20, 9)):
        found = below(regency, now)
        standings = standings_of(regency.office.children.all(), TW3, key=SOP, now=now)
        late = {row.office.code for row in found.rows if row.state == "terlambat"}
        assert late == {row.office.code for row in found.rows if standings[row.office.pk].state == "terlambat"}
        assert [row.late for row in found.rows] == [standings[row.office.pk].late for row in found.rows]


# --- regions --------------------------------------------------------------------------------------------------------


def test_a_short_day_of_ramadan_is_one_day_in_every_ladder(province: Office, small: Cast) -> None:
    hours = {name: ["08.00-12.00", "12.30-15.00"] for name in ("senin", "selasa", "rabu", "kamis", "jumat")}
    SpecialHours.objects.create(
        office=small.office, name="Ramadan", since=date(2026, 10, 1), until=date(2026, 10, 30), hours=hours
    )
    Office.objects.filter(pk=small.office.pk).update(calendar_stamp=8)
    for cycle in collect(small):
        set_due(cycle, at(5, 10))

    own = ladder.ladder_of(Office.objects.get(pk=small.office.pk), TW3, now=at(6, 10)).rows
    region = ladder_below.regions_of(province, TW3, now=at(6, 10)).regions[0]

    assert [(row.late, row.late_days) for row in own] == [(390, 1.0)] * 2
    assert {(unit.words, unit.late_days) for row in own for unit in row.units} == {("1 hari kerja", 1.0)}
    assert (region.counts.words, region.counts.late_days) == ("1 hari kerja", 1.0)


@pytest.fixture
def province(regency: Regency) -> Office:
    """A province above the regency and a second one without runs."""
    found = found_regency(code="prov").office
    other = found_regency(code="kab-lain").office
    Office.objects.filter(pk__in=[regency.office.pk, other.pk]).update(parent=found)
    many_below(other, 3)
    return found


def test_a_region_counts_the_offices_below_it_and_names_the_latest(province: Office, small: Cast) -> None:
    set_due(small.start(), at(5, 9))

    found = ladder_below.regions_of(province, TW3, now=at(6, 9))
    first, second = found.regions

    assert (first.office.code, first.counts.offices, first.counts.late_offices, first.counts.not_begun) == (
        "kab",
        2,
        1,
        1,
    )
    assert (first.counts.latest, first.counts.words) == ("Kecamatan kec-kecil", "1 hari kerja")
    assert (second.counts.offices, second.counts.not_begun) == (3, 3)
    assert (found.counts.offices, found.counts.late_offices) == (5, 1)


def test_a_regency_with_a_run_of_its_own_counts_itself_too(province: Office, regency: Regency, small: Cast) -> None:
    cycle = small.start()
    Cycle.objects.filter(pk=cycle.pk).update(office=regency.office)

    (region,) = [
        one for one in ladder_below.regions_of(province, TW3, now=MONDAY).regions if one.office == regency.office
    ]

    assert (region.counts.offices, region.counts.running, region.counts.not_begun) == (3, 1, 2)


def test_regions_are_shown_first_only_where_most_children_have_offices_below(
    province: Office, regency: Regency
) -> None:
    assert ladder_below.counts_regions(province)
    assert not ladder_below.counts_regions(regency.office)


# --- what it costs --------------------------------------------------------------------------------------------------


def queries(path: str, who: Person) -> int:
    client = Client()
    client.force_login(who)
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("shown_as", ["kantor", "wilayah"])
def test_twenty_offices_cost_as_many_queries_as_two(
    regency: Regency, small: Cast, neighbour: Cast, shown_as: str
) -> None:
    path = f"/waktu/wilayah/?periode={PERIOD}&lihat={shown_as}"
    _, child = collect(small)
    set_due(child, at(5, 8))
    set_due(neighbour.start(), at(5, 8))
    with later(days=1):
        before = queries(path, regency.supervisor)
        for cast in many_below(regency.office, 18):
            set_due(cast.start(), at(5, 8))

        assert queries(path, regency.supervisor) == before


def test_ten_units_cost_as_many_queries_as_two(small: Cast) -> None:
    many = found_office("kec-sepuluh", units=10)
    for cast in (small, many):
        _, child = collect(cast)
        set_due(child, at(5, 8))
    with later(days=1):
        assert queries("/waktu/", many.kepala) == queries("/waktu/", small.kepala)


# --- who may see it, and the pages ----------------------------------------------------------------------------------


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_supervisor_sees_the_ladders_below_and_nothing_else(regency: Regency, small: Cast) -> None:
    elsewhere = found_office("kec-jauh")
    cycle = small.start()
    client = as_person(regency.supervisor)

    first = client.get("/waktu/")
    assert (first.status_code, first["Location"]) == (302, "/waktu/wilayah/")
    page = client.get("/waktu/wilayah/").content.decode()
    assert "Kecamatan kec-kecil" in page
    assert "Kecamatan kec-jauh" not in page
    assert client.get("/waktu/?kantor=kec-kecil").status_code == 200
    assert client.get(f"/waktu/?kantor={elsewhere.office.code}").status_code == 404
    assert client.get(f"/siklus/{cycle.pk}/").status_code == 404
    assert f"/siklus/{cycle.pk}/" not in client.get("/waktu/?kantor=kec-kecil").content.decode()


def test_a_neighbour_sees_nothing_and_an_office_not_its_regency(regency: Regency, small: Cast, neighbour: Cast) -> None:
    small.start()
    client = as_person(neighbour.kepala)

    for path in ("/waktu/?kantor=kec-kecil", "/waktu/wilayah/?kantor=kab", "/waktu/tangga.csv?kantor=kec-kecil"):
        assert client.get(path).status_code == 404
    assert "kec-kecil" not in client.get(f"/waktu/ingatkan/?periode={PERIOD}").content.decode()


def test_a_unit_sees_its_offices_ladder_without_what_others_filled_in(small: Cast) -> None:
    _, child = collect(small)
    small.answer(small.requests(child)[1])
    set_due(child, at(6, 9))
    client = as_person(small.units[0])

    with later(days=2):
        page = client.get("/waktu/").content.decode()

    assert "Kepala Seksi 2" in page
    assert "Sudah dijawab" in page
    assert "Ingatkan" not in page
    assert "/permintaan/" not in page.replace('href="/permintaan/"', "")


def test_nobody_without_a_post_has_a_ladder(small: Cast) -> None:
    client = as_person(Person.objects.create(username="tamu", name="Tamu"))

    assert client.get("/waktu/").status_code == 404


def test_the_pages_read_what_was_asked_and_survive_nonsense(regency: Regency, small: Cast) -> None:
    client = as_person(regency.supervisor)

    for query in ("periode=x", "periode=9999-TW9", "urut=zz&hal=-3", "prosedur=tidak-ada", "lihat=apa", "hal=99"):
        assert client.get(f"/waktu/wilayah/?{query}").status_code == 200
    assert client.get("/waktu/?kantor=kab").content.decode().count("Belum mulai") == 1
    assert client.get("/waktu/wilayah/?kantor=kec-kecil").content.decode().count("tidak punya kantor bawahan") == 1


def test_the_period_shown_first_is_that_of_the_newest_run(regency: Regency, small: Cast) -> None:
    client = as_person(regency.supervisor)
    assert "Triwulan III 2026" in client.get("/waktu/wilayah/").content.decode()

    small.start(period="2026-08")

    assert "Agustus 2026</h1>" in client.get("/waktu/wilayah/").content.decode()


# --- files ----------------------------------------------------------------------------------------------------------


def lines(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_the_files_hold_the_numbers_of_the_pages(regency: Regency, small: Cast) -> None:
    _, child = collect(small)
    set_due(child, at(5, 15))
    Office.objects.filter(pk=small.office.pk).update(name="=Kecamatan")
    with clock.held_at(at(6, 9)):
        rows = lines(as_person(regency.supervisor).get("/waktu/wilayah.csv").content)
        regions = lines(as_person(regency.supervisor).get("/waktu/wilayah.csv?lihat=wilayah").content)
        own = lines(as_person(small.kepala).get("/waktu/tangga.csv").content)

    late = next(row for row in rows if row["Status"] == "Terlambat")
    assert (late["Terlambat (menit kerja)"], late["Terlambat (hari kerja)"]) == ("150", "0,3")
    assert late["Kantor"] == "'=Kecamatan"
    assert (late["Diminta"], late["Dijawab"]) == ("2", "0")
    assert [row["Status"] for row in rows] == ["Terlambat", "Belum mulai"]
    assert [row["Terlambat"] for row in regions] == ["1", "0"]
    assert [row["Unit"] for row in own if row["Unit"]] == ["Kepala Seksi 1", "Kepala Seksi 2"]


# --- reminding ------------------------------------------------------------------------------------------------------


def test_a_supervisor_reminds_all_who_are_late_once_a_day(regency: Regency, small: Cast, neighbour: Cast) -> None:
    _, child = collect(small)
    small.answer(small.requests(child)[0])
    set_due(child, at(5, 9))
    set_due(neighbour.start(), at(5, 9))
    client = as_person(regency.supervisor)
    path = f"/waktu/ingatkan/?kantor=kab&periode={PERIOD}&prosedur={SOP}&di-bawah=1"

    with later(days=1):
        asked = client.get(path).content.decode()
        tasks = [row for row in Task.objects.filter(decided_at__isnull=True) if f'value="{row.pk}"' in asked]
        sent = client.post(path, {"tasks": [task.pk for task in tasks]}).content.decode()
        again = client.post(path, {"tasks": [task.pk for task in tasks]}).content.decode()

    assert {task.post.title for task in tasks} == {"Kepala Seksi 2", "Camat"}
    assert "2 dari 2 langkah diingatkan" in sent
    assert "0 dari 2 langkah diingatkan" in again
    assert "sudah dikirim hari ini" in again
    assert Nudge.objects.filter(rule__startswith="manual").count() == 2
    assert {message.post.title for message in Message.objects.filter(nudges__isnull=False)} == {
        "Kepala Seksi 2",
        "Camat",
    }
    assert Record.objects.filter(act="cycles:task:nudged").count() == 2


def test_only_what_is_on_the_ladder_can_be_reminded_and_only_by_who_may(
    regency: Regency, small: Cast, neighbour: Cast
) -> None:
    cycle, foreign = small.start(), neighbour.start()
    for one in (cycle, foreign):
        set_due(one, at(5, 9))
    task, other = small.open_task(cycle), neighbour.open_task(foreign)
    path = f"/waktu/ingatkan/?kantor=kec-kecil&periode={PERIOD}"

    with later(days=1):
        as_person(small.kasubbag).post(path, {"tasks": [other.pk, 0, "x"]})
        refused = as_person(small.units[0]).post(path, {"tasks": [task.pk]}).content.decode()
        assert Nudge.objects.filter(rule__startswith="manual").count() == 0
        sent = as_person(small.kasubbag).post(path, {"tasks": [task.pk]}).content.decode()

    assert "0 dari 1 langkah diingatkan" in refused
    assert "1 dari 1 langkah diingatkan" in sent


def test_a_substitute_is_named_as_who_holds_it_now(regency: Regency, small: Cast) -> None:
    set_due(small.start(), at(5, 9))
    entrust(small.sekretaris, small.post("kepala"), since=date(2026, 10, 1), kind="Plh")

    row = by_code(below(regency, at(6, 9)))["kec-kecil"]

    assert "Orang Sekretaris Camat (Plh.)" in row.holder


def test_a_post_without_a_holder_says_so(regency: Regency, small: Cast) -> None:
    set_due(small.start(), at(5, 9))
    Post.objects.get(office=small.office, role="kepala").holdings.update(until=date(2026, 10, 1))

    with clock.held_at(at(6, 9)):
        page = as_person(regency.supervisor).get("/waktu/wilayah/").content.decode()

    assert "tidak ada pemangku" in page
    assert by_code(below(regency, at(6, 9) + timedelta(hours=1)))["kec-kecil"].holder == ""


def test_the_sample_regency_stands_above_the_two_sample_offices() -> None:
    regency, *below = (read_office(f"examples/{name}-contoh").office for name in ("kabupaten", "kecamatan", "dinas"))

    assert [office.parent for office in below] == [regency.code] * 2
