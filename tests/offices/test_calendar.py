"""The calendar of an office from its rows: own before national, Ramadan, sharing, and acts that move it on."""

from datetime import date, datetime, time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.errors import FieldErrors
from himpun.offices.acting import HoldsNoPost
from himpun.offices.actions import days
from himpun.offices.calendar import kept as calendar
from himpun.offices.calendar.kept import calendar_of, calendars_of, named_days, named_hours
from himpun.offices.models.calendar import Holiday, SpecialHours
from himpun.offices.models.offices import Office
from himpun.offices.worktime import WIB, Amount, WorkCalendar, due
from tests.cast import Cast

CHRISTMAS = date(2026, 12, 25)  # a Friday
SHORT = {"senin": ["08.00-12.00"], "jumat": []}


def now_of(office: Office) -> WorkCalendar:
    """The calendar as it stands in the tables."""
    stamp = Office.objects.values_list("calendar_stamp", flat=True).get(pk=office.pk)
    return calendar_of(office.pk, stamp)[0]


def national(day: date = CHRISTMAS, **fields: Any) -> Holiday:
    return Holiday.objects.create(day=day, **{"kind": "nasional", "name": "Hari Raya Natal", **fields})


def ramadan(office: Office | None = None, **fields: Any) -> SpecialHours:
    given = {"name": "Ramadan", "since": date(2026, 2, 16), "until": date(2026, 3, 1), "hours": SHORT}
    return SpecialHours.objects.create(office=office, **{**given, **fields})


def hours_fields(**changed: Any) -> dict[str, Any]:
    given = {"name": "Ramadan", "source": "SE 1", "since": date(2026, 2, 16), "until": date(2026, 3, 1)}
    return {**given, "hours": {"senin": "08.00-12.00, 12.30-15.00", "jumat": "libur"}, **changed}


# --- from rows to a calendar ------------------------------------------------------------------------------------------


def test_national_days_and_own_days_are_off_and_a_neighbours_are_not(small: Cast, neighbour: Cast) -> None:
    national()
    Holiday.objects.create(office=small.office, day=date(2026, 10, 6), name="Hari Jadi")
    assert now_of(small.office).holidays == {CHRISTMAS, date(2026, 10, 6)}
    assert now_of(neighbour.office).holidays == {CHRISTMAS}


def test_an_office_that_comes_in_all_the_same_works_on_a_national_day(small: Cast, neighbour: Cast) -> None:
    national()
    Holiday.objects.create(office=small.office, day=CHRISTMAS, kind="masuk", name="Pelayanan tetap buka")
    assert now_of(small.office).on(CHRISTMAS)
    assert not now_of(neighbour.office).on(CHRISTMAS)


def test_special_hours_replace_the_weekdays_they_write_and_leave_the_others(small: Cast) -> None:
    ramadan()
    found = now_of(small.office)
    assert found.on(date(2026, 2, 16)) == ((time(8), time(12)),)
    assert found.on(date(2026, 2, 20)) == (), "a Friday written as no work"
    assert found.on(date(2026, 2, 17)) == found.hours[1]
    assert found.on(date(2026, 3, 2)) == found.hours[0], "the Monday after"


def test_own_special_hours_come_before_national_ones_and_the_later_beginning_counts(small: Cast) -> None:
    ramadan()
    ramadan(small.office, since=date(2026, 2, 9), hours={"senin": ["09.00-11.00"]})
    ramadan(small.office, since=date(2026, 2, 23), name="Pekan kedua", hours={"senin": ["10.00-11.00"]})
    found = now_of(small.office)
    assert found.on(date(2026, 2, 16)) == ((time(9), time(11)),)
    assert found.on(date(2026, 2, 23)) == ((time(10), time(11)),)
    assert found.on(date(2026, 2, 20)) == found.hours[4], "the own row leaves Friday as usual"
    named = named_hours(small.office, date(2026, 2, 1), date(2026, 3, 31))
    assert named[date(2026, 2, 23)].name == "Pekan kedua"
    assert date(2026, 3, 2) not in named


def test_days_are_named_by_the_row_that_counts(small: Cast) -> None:
    national()
    own = Holiday.objects.create(office=small.office, day=CHRISTMAS, kind="masuk", name="Tetap buka")
    assert named_days(small.office, CHRISTMAS, CHRISTMAS) == {CHRISTMAS: own}
    assert named_days(None, CHRISTMAS, CHRISTMAS)[CHRISTMAS].name == "Hari Raya Natal"


# --- many offices -----------------------------------------------------------------------------------------------------


def test_the_calendars_of_many_offices_take_two_queries_and_the_second_time_none(small: Cast) -> None:
    more = [
        Office(code=f"kec-{no}", name=f"Kecamatan {no}", kind_id="kecamatan", government="Kab", city="Contoh")
        for no in range(1200)
    ]
    Office.objects.bulk_create(more)
    Holiday.objects.create(office=small.office, day=date(2026, 10, 6), name="Hari Jadi")
    national()
    for offices in (Office.objects.filter(code__lt="kec-11"), Office.objects.all()):
        calendar.forget()
        asked = list(offices)
        with CaptureQueriesContext(connection) as queries:
            found = calendars_of(asked)
        assert (len(queries), len(found)) == (2, len(asked))
        with CaptureQueriesContext(connection) as queries:
            assert calendars_of(asked) == found
            assert calendar_of(asked[0].pk, asked[0].calendar_stamp) == found[asked[0].pk]
        assert len(queries) == 0
    assert date(2026, 10, 6) in found[small.office.pk][0].holidays
    assert len({id(kept) for kept, _ in found.values()}) == 2, "all but one share a calendar"


def test_offices_with_the_same_week_and_days_share_one_calendar(small: Cast, neighbour: Cast) -> None:
    national()
    both = [Office.objects.get(pk=cast.office.pk) for cast in (small, neighbour)]
    found = calendars_of(both)
    assert found[both[0].pk][0] is found[both[1].pk][0]
    days.add_holiday(office=small.office, day=date(2026, 10, 6), name="Hari Jadi", source="", by=small.umum)
    both[0].refresh_from_db()
    found = calendars_of(both)
    assert found[both[0].pk][0] is not found[both[1].pk][0]


# --- acts -------------------------------------------------------------------------------------------------------------


def test_a_closure_added_changed_and_removed_moves_the_calendar_each_time_and_is_recorded(small: Cast) -> None:
    given: dict[str, Any] = {"office": small.office, "by": small.umum}
    friday, monday = datetime(2026, 10, 9, 10, tzinfo=WIB), datetime(2026, 10, 12, 10, tzinfo=WIB)
    assert due(now_of(small.office), friday, Amount(days=1)) == monday

    closed = days.add_holiday(day=date(2026, 10, 12), name="Renovasi", source="SE 2", kind="penutupan", **given)
    assert due(now_of(small.office), friday, Amount(days=1)).date() == date(2026, 10, 13)

    changed: dict[str, Any] = {"kind": "penutupan", "name": "Renovasi", "source": "SE 2"}
    days.change_holiday(holiday=closed, day=date(2026, 10, 13), **changed, **given)
    assert due(now_of(small.office), friday, Amount(days=1)) == monday

    days.change_holiday(holiday=closed, day=date(2026, 10, 13), **changed, **given)  # nothing new
    days.remove_holiday(holiday=closed, **given)
    assert now_of(small.office).holidays == frozenset()
    with pytest.raises(days.HolidayGone):
        days.change_holiday(holiday=closed, day=date(2026, 10, 14), **changed, **given)
    acts = Record.objects.filter(act__startswith="offices:holiday:").order_by("seq").values_list("act", flat=True)
    assert [act.rsplit(":")[-1] for act in acts] == ["added", "changed", "removed"]
    assert verify().faults == []


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"day": None}, "day", "Isi tanggalnya"),
        ({"day": date(1999, 1, 1)}, "day", "Tahun 1999 tidak mungkin"),
        ({"name": " "}, "name", "Isi nama"),
        ({"kind": "nasional"}, "kind", "Pilih libur daerah"),
        ({"day": CHRISTMAS}, "day", "sudah tercatat"),
        ({"kind": "masuk"}, "day", "tidak perlu dicatat masuk"),
        ({"day": date(2026, 12, 26), "kind": "masuk"}, "day", "Sabtu bukan hari kerja"),
    ],
)
def test_a_day_that_cannot_be_is_refused_at_its_field(
    small: Cast, fields: dict[str, Any], field: str, sentence: str
) -> None:
    national()
    national(date(2026, 12, 26), name="Libur hari Sabtu")
    given = {"day": date(2026, 10, 6), "name": "Hari Jadi", "source": "", "kind": "daerah"}
    with pytest.raises(FieldErrors) as refused:
        days.add_holiday(office=small.office, by=small.umum, **{**given, **fields})
    assert sentence in refused.value.fields[field]
    assert not Holiday.objects.filter(office=small.office).exists()


def test_special_hours_are_added_changed_and_removed(small: Cast) -> None:
    given: dict[str, Any] = {"office": small.office, "by": small.umum}
    added = days.add_special_hours(fields=hours_fields(), **given)
    assert added.hours == {"senin": ["08.00-12.00", "12.30-15.00"], "jumat": []}
    assert now_of(small.office).on(date(2026, 2, 16))[-1] == (time(12, 30), time(15))
    days.change_special_hours(hours=added, fields=hours_fields(hours={"senin": "08.00-12.00"}), **given)
    assert now_of(small.office).on(date(2026, 2, 16)) == ((time(8), time(12)),)
    days.remove_special_hours(hours=added, **given)
    assert now_of(small.office).special_days == {}
    assert Record.objects.filter(act__startswith="offices:hours:").count() == 3


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"since": None}, "since", "Isi tanggalnya"),
        ({"until": date(2026, 2, 15)}, "until", "mendahului tanggal mulai"),
        ({"until": date(2027, 2, 17)}, "until", "paling lama 366 hari"),
        ({"hours": {"senin": "pagi"}}, "hours_senin", "tidak terbaca"),
        ({"name": ""}, "name", "Isi nama"),
        ({"since": date(2026, 2, 18)}, "since", "Sudah ada jam khusus"),
    ],
)
def test_special_hours_that_cannot_be_are_refused_at_their_field(
    small: Cast, fields: dict[str, Any], field: str, sentence: str
) -> None:
    ramadan(small.office, since=date(2026, 2, 18))
    with pytest.raises(FieldErrors) as refused:
        days.add_special_hours(office=small.office, by=small.umum, fields=hours_fields(**fields))
    assert sentence in refused.value.fields[field]
    assert SpecialHours.objects.filter(office=small.office).count() == 1


def test_only_who_manages_the_office_changes_its_calendar_and_only_its_own_rows(small: Cast, neighbour: Cast) -> None:
    foreign = ramadan(neighbour.office)
    with pytest.raises(HoldsNoPost):
        days.add_special_hours(office=small.office, by=small.analis, fields=hours_fields())
    days.remove_special_hours(office=small.office, hours=foreign, by=small.umum)
    assert SpecialHours.objects.filter(pk=foreign.pk).exists()
    with pytest.raises(days.HolidayGone):
        days.change_special_hours(office=small.office, hours=foreign, by=small.umum, fields=hours_fields())
