"""The calendar all offices share: sown once, replaced by the decree, and the mistakes a list can have."""

from datetime import date, timedelta

import pytest

from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.offices.calendar.holiday_seed import RAMADAN_HOURS, SeedDay, seed_ramadan
from himpun.offices.calendar.kept import calendar_of
from himpun.offices.calendar.national import (
    DatesReversed,
    DaysUnreadable,
    DecreeMissing,
    ListTooShort,
    YearUnknown,
    read_days,
    replace_days,
    seed_coming_years,
    seed_national_calendar,
    set_ramadan,
    unfilled_sentence,
    years_unfilled,
)
from himpun.offices.models.calendar import Holiday, SpecialHours
from himpun.offices.models.offices import Office
from himpun.offices.worktime import minutes_of, read_day
from tests.cast import Cast, by_hand

DECREE = "SKB Tiga Menteri Nomor 1 Tahun 2026"
LIST = "tanggal,nama,jenis\n2027-01-01,Tahun Baru,nasional\n2027-03-09,Cuti bersama Lebaran,cuti-bersama\n"


def stamp(office: Office) -> int:
    return Office.objects.values_list("calendar_stamp", flat=True).get(pk=office.pk)


def test_the_ramadan_hours_are_thirty_two_and_a_half_a_week_of_the_regulation() -> None:
    days = [minutes_of(read_day(spans)) for spans in RAMADAN_HOURS.values()]
    assert sum(days) == 32.5 * 60
    assert [spans[0].split("-")[0] for spans in RAMADAN_HOURS.values()] == ["08.00"] * 5


def test_a_year_may_have_two_ramadans_or_one_that_ends_in_the_next() -> None:
    assert seed_ramadan(2026) == [(date(2026, 2, 18), date(2026, 3, 19))]
    assert len(seed_ramadan(2030)) == 2
    assert all(28 <= (until - since).days <= 29 for year in range(2020, 2060) for since, until in seed_ramadan(year))


def test_a_year_is_sown_by_kind_and_never_again(small: Cast) -> None:
    before = stamp(small.office)
    added = seed_national_calendar([2026, 2027])
    kinds = dict(Holiday.objects.filter(day__year=2026).values_list("day", "kind"))
    assert (kinds[date(2026, 8, 17)], kinds[date(2026, 3, 20)]) == ("nasional", "cuti-bersama")
    assert added == Holiday.objects.filter(office=None).count() > 40
    assert SpecialHours.objects.filter(office=None).count() == 2
    assert stamp(small.office) == before + 1

    Holiday.objects.get(day=date(2026, 3, 20)).delete()  # the operator knows better
    assert seed_national_calendar([2026, 2027]) == 0
    assert not Holiday.objects.filter(day=date(2026, 3, 20)).exists()
    assert stamp(small.office) == before + 1
    assert Record.objects.filter(act="offices:national:seeded").count() == 2


def test_the_coming_year_is_sown_by_itself(db: None) -> None:
    assert seed_coming_years() > 40
    assert {day.year for day in Holiday.objects.values_list("day", flat=True)} == {2026, 2027}
    assert seed_coming_years() == 0


def test_the_decree_takes_the_place_of_the_guess_and_leaves_other_years_and_offices_alone(small: Cast) -> None:
    seed_national_calendar([2026, 2027])
    with by_hand():
        Holiday.objects.create(office=small.office, day=date(2027, 5, 5), name="Hari Jadi")
    kept, before = Holiday.objects.filter(day__year=2026).count(), stamp(small.office)

    change = replace_days(days=read_days(LIST), source=DECREE, certain=True)
    assert (len(change.added), len(change.changed)) == (0, 2)
    rows = Holiday.objects.filter(day__year=2027, office=None)
    assert [(row.day.isoformat(), row.kind, row.source) for row in rows] == [
        ("2027-01-01", "nasional", DECREE),
        ("2027-03-09", "cuti-bersama", DECREE),
    ]
    assert Holiday.objects.filter(day__year=2026).count() == kept
    assert stamp(small.office) == before + 1
    assert date(2027, 5, 5) in calendar_of(small.office.pk, before + 1)[0].holidays

    again = replace_days(days=read_days(LIST), source=DECREE)
    assert (again.added, again.removed, again.changed, again.same) == ((), (), (), 2)
    assert stamp(small.office) == before + 1
    assert Record.objects.filter(chain="himpun", act="offices:national:replaced").count() == 1
    assert verify().faults == []


def test_each_ramadan_of_a_year_is_sown_unless_national_hours_overlap_it(db: None) -> None:
    first, second = seed_ramadan(2030)
    row = set_ramadan(since=first[0] + timedelta(days=1), until=first[1] + timedelta(days=1), source="Sidang isbat")
    seed_national_calendar([2030])
    spans = list(SpecialHours.objects.values_list("since", "until"))
    assert spans == [(row.since, row.until), second], "the decreed one stays, the other one is guessed"
    assert seed_national_calendar([2030]) == 0
    assert SpecialHours.objects.count() == 2
    assert Record.objects.filter(act="offices:national:seeded").count() == 1


def test_the_years_without_a_national_day_are_known(small: Cast) -> None:
    seed_national_calendar([2027])
    Holiday.objects.create(office=small.office, day=date(2028, 5, 5), name="Hari Jadi")
    assert years_unfilled(date(2027, 12, 31), date(2027, 12, 31)) == []
    assert years_unfilled(date(2026, 12, 31), date(2028, 1, 1)) == [2026, 2028]
    assert unfilled_sentence([2026, 2028]).startswith("Libur nasional 2026, 2028 belum diisi")
    assert unfilled_sentence([]) == ""


@pytest.mark.parametrize("year", [1066, 2077, 99999])
def test_a_year_nobody_can_guess_is_refused(db: None, year: int) -> None:
    with pytest.raises(YearUnknown, match="2000 sampai 2076"):
        seed_national_calendar([2026, year])
    assert not Holiday.objects.exists()


def test_a_list_of_a_few_days_does_not_empty_a_year_unless_the_operator_is_certain(small: Cast) -> None:
    seed_national_calendar([2027])
    before, moved = Holiday.objects.count(), stamp(small.office)
    with pytest.raises(ListTooShort, match=f"hanya memuat 2 hari dan akan menghapus {before - 2} hari libur 2027"):
        replace_days(days=read_days(LIST), source=DECREE)
    assert (Holiday.objects.count(), stamp(small.office)) == (before, moved)
    ten = [(row.day, row.name, row.kind) for row in Holiday.objects.order_by("day")[:10]]
    assert len(replace_days(days=[SeedDay(*day) for day in ten], source=DECREE).changed) == 10
    replace_days(days=read_days(LIST), source=DECREE, certain=True)
    assert Holiday.objects.count() == 2


def test_the_decreed_dates_of_ramadan_take_the_place_of_the_estimate(small: Cast) -> None:
    seed_national_calendar([2027])
    row = set_ramadan(since=date(2027, 2, 9), until=date(2027, 3, 9), source="Sidang isbat")
    assert list(SpecialHours.objects.all()) == [row]
    assert row.hours == RAMADAN_HOURS
    with pytest.raises(DatesReversed):
        set_ramadan(since=date(2027, 3, 9), until=date(2027, 2, 9), source="Sidang isbat")
    with pytest.raises(DecreeMissing):
        set_ramadan(since=date(2027, 2, 9), until=date(2027, 3, 9), source=" ")


def test_nothing_is_replaced_without_a_decree(db: None) -> None:
    with pytest.raises(DecreeMissing):
        replace_days(days=read_days(LIST), source="  ")
    assert not Holiday.objects.exists()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("2027-13-01,Apa,nasional", "baris 2, kolom tanggal"),
        ("01-01-2027,Apa,nasional", "baris 2, kolom tanggal: bukan tanggal"),
        ("2027-01-01,,nasional", "baris 2, kolom nama: tidak boleh kosong"),
        ("2027-01-01,Apa,masuk", "baris 2, kolom jenis: tulis nasional atau cuti-bersama"),
        ("2027-01-01,A,nasional\n2027-01-01,B,nasional", "01-01-2027 ditulis lebih dari sekali"),
        ("2027-01-01,A,nasional\n2026-01-01,B,nasional", "satu berkas untuk satu tahun"),
        ("", "tidak ada satu pun"),
        ("2027-01-01", "baris 2: baris ini berisi 1 sel, judulnya 3"),
        ("2027-01-01,Hari, Libur,nasional", "baris 2: baris ini berisi 4 sel, judulnya 3"),
        ('2027-01-01,"Apa,nasional', "baris 2: tanda petik yang dibuka"),
        ("46388,Apa,nasional", "1 Januari 2027, tulis 2027-01-01"),
        ("2027-01-01," + "A" * 201 + ",nasional", "terlalu panjang"),
    ],
)
def test_a_mistake_in_the_list_is_told_with_its_row_and_column(line: str, sentence: str) -> None:
    with pytest.raises(DaysUnreadable, match=sentence):
        read_days(f"tanggal,nama,jenis\n{line}\n")


def test_a_list_from_excel_is_read_and_one_without_its_columns_is_not() -> None:
    assert len(read_days("\ufeff" + LIST.replace(",", ";").replace("tanggal", "Tanggal"))) == 2
    with pytest.raises(DaysUnreadable, match="belum ada: jenis"):
        read_days("tanggal,nama\n2027-01-01,Tahun Baru\n")
    with pytest.raises(DaysUnreadable, match="kosong"):
        read_days("")
