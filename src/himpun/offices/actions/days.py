"""Days off, days on, and special hours."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from himpun import clock, typed
from himpun.archive.journal import act
from himpun.errors import Conflict, FieldErrors
from himpun.offices.actions.office import calendar_moved_on
from himpun.offices.actions.texts import manager
from himpun.offices.cells import day_hours
from himpun.offices.models.calendar import Holiday, SpecialHours
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.vocabulary import OWN_DAYS
from himpun.offices.wording import wrong_texts
from himpun.offices.worktime import LONGEST_HOURS, WEEKDAYS, read_week
from himpun.typed import Complaints, line


def add_holiday(
    *, office: Office, day: date | None, name: str, source: str, by: Person, kind: str = Holiday.Kind.LOCAL
) -> Holiday:
    """Add a day off of this office (daerah, penutupan), or a national day off on which it works all the same (masuk).

    Raises HoldsNoPost, OnLeave or FieldErrors.
    """
    author = manager(by, office)
    _refuse_wrong_holiday(office, day, kind, name, source, None)
    assert day is not None  # noqa: S101 - an empty day has just been refused
    with act(office.code, at=clock.now(), author=author) as turn:
        values = {"kind": kind, "name": line(name), "source": line(source)}
        holiday, made = Holiday.objects.get_or_create(office=office, day=day, defaults=values)
        if not made:
            raise FieldErrors({"day": _DAY_TAKEN})
        calendar_moved_on(office)
        turn.record("offices:holiday:added", f"office:{office.code}", _holiday_data(holiday))
    return holiday


def change_holiday(
    *, office: Office, holiday: Holiday, day: date | None, kind: str, name: str, source: str, by: Person
) -> Holiday:
    """Correct one of the office's own days. Raises HoldsNoPost, OnLeave, HolidayGone or FieldErrors."""
    author = manager(by, office)
    _refuse_wrong_holiday(office, day, kind, name, source, holiday)
    assert day is not None  # noqa: S101 - an empty day has just been refused
    with act(office.code, at=clock.now(), author=author) as turn:
        before = Holiday.objects.filter(pk=holiday.pk, office=office).first()
        if before is None:
            raise HolidayGone
        after = Holiday(pk=holiday.pk, office=office, day=day, kind=kind, name=line(name), source=line(source))
        if _holiday_data(after) != _holiday_data(before):
            after.save()
            calendar_moved_on(office)
            data = {**_holiday_data(after), "before": _holiday_data(before)}
            turn.record("offices:holiday:changed", f"office:{office.code}", data)
    return after


class HolidayGone(Conflict):
    """The day or the hours to be changed were taken away meanwhile."""

    code = "libur-sudah-dihapus"

    def __init__(self) -> None:
        super().__init__("Catatan ini sudah dihapus orang lain. Muat ulang halaman, lalu tambahkan lagi bila perlu.")


_DAY_TAKEN = "Tanggal ini sudah tercatat sebagai hari libur."


def _refuse_wrong_holiday(
    office: Office, day: date | None, kind: str, name: str, source: str, holiday: Holiday | None
) -> None:
    wrong = wrong_texts(Holiday, {"name": name, "source": source}, ("name",))
    wrong.choice("kind", kind, OWN_DAYS, "Pilih libur daerah, kantor tutup, atau tetap masuk kerja.")
    missing = "Isi tanggalnya, misalnya 17-08-2026."
    if good := wrong.day("day", day, typed.Day.CALENDAR, office.today(), missing=missing):
        wrong.note("day", _wrong_day(office, good, kind, holiday))
    wrong.refuse()


def _wrong_day(office: Office, day: date, kind: str, holiday: Holiday | None) -> str:
    recorded = Holiday.objects.filter(day=day).exclude(pk=holiday.pk if holiday else 0)
    national = recorded.filter(office__isnull=True).exists()
    if recorded.filter(office=office).exists() or (national and kind != Holiday.Kind.WORKING):
        return _DAY_TAKEN
    if kind == Holiday.Kind.WORKING and not national:
        return "Tanggal ini bukan libur nasional atau cuti bersama, jadi tidak perlu dicatat masuk."
    if kind == Holiday.Kind.WORKING and not read_week(office.hours)[day.weekday()]:
        return (
            f"{WEEKDAYS[day.weekday()].capitalize()} bukan hari kerja kantor ini. Tambahkan jam khusus untuk hari itu."
        )
    return ""


def _holiday_data(holiday: Holiday) -> dict[str, str]:
    return {
        "day": holiday.day.isoformat(),
        "kind": holiday.kind,
        "kind_label": holiday.get_kind_display(),
        "name": holiday.name,
        "source": holiday.source,
    }


def remove_holiday(*, office: Office, holiday: Holiday, by: Person) -> None:
    """Take one of the office's own holidays off its calendar; a national one cannot be taken off here."""
    author = manager(by, office)
    with act(office.code, at=clock.now(), author=author) as turn:
        removed, _ = Holiday.objects.filter(pk=holiday.pk, office=office).delete()
        if removed:
            calendar_moved_on(office)
            turn.record("offices:holiday:removed", f"office:{office.code}", _holiday_data(holiday))


def add_special_hours(*, office: Office, fields: Mapping[str, Any], by: Person) -> SpecialHours:
    """Add days with other working hours (Ramadan, a market day): name, since, until, source, and hours.

    `hours` maps a weekday to what was written: "08.00-12.00, 12.30-15.00", "libur" for none, "" for the usual hours.
    Raises HoldsNoPost, OnLeave or FieldErrors, whose fields for hours are named `hours_senin` and so on.
    """
    author = manager(by, office)
    values = _read_hours(office, fields, None)
    with act(office.code, at=clock.now(), author=author) as turn:
        hours, made = SpecialHours.objects.get_or_create(office=office, since=values["since"], defaults=values)
        if not made:
            raise FieldErrors({"since": _HOURS_TAKEN})
        calendar_moved_on(office)
        turn.record("offices:hours:added", f"office:{office.code}", _hours_data(hours))
    return hours


def change_special_hours(*, office: Office, hours: SpecialHours, fields: Mapping[str, Any], by: Person) -> SpecialHours:
    """Correct one of the office's own periods of other hours. Raises as `add_special_hours` does, and HolidayGone."""
    author = manager(by, office)
    values = _read_hours(office, fields, hours)
    with act(office.code, at=clock.now(), author=author) as turn:
        before = SpecialHours.objects.filter(pk=hours.pk, office=office).first()
        if before is None:
            raise HolidayGone
        after = SpecialHours(pk=hours.pk, office=office, **values)
        if _hours_data(after) != _hours_data(before):
            after.save()
            calendar_moved_on(office)
            data = {**_hours_data(after), "before": _hours_data(before)}
            turn.record("offices:hours:changed", f"office:{office.code}", data)
    return after


def remove_special_hours(*, office: Office, hours: SpecialHours, by: Person) -> None:
    """Take one of the office's own periods of other hours off its calendar; a national one stays."""
    author = manager(by, office)
    with act(office.code, at=clock.now(), author=author) as turn:
        removed, _ = SpecialHours.objects.filter(pk=hours.pk, office=office).delete()
        if removed:
            calendar_moved_on(office)
            turn.record("offices:hours:removed", f"office:{office.code}", _hours_data(hours))


_HOURS_TAKEN = "Sudah ada jam khusus yang mulai pada tanggal ini. Ubah catatan itu, atau pilih tanggal lain."


def _read_hours(office: Office, fields: Mapping[str, Any], hours: SpecialHours | None) -> dict[str, Any]:
    """The fields as columns. Raises FieldErrors."""
    since, until = fields["since"], fields["until"]
    wrong = wrong_texts(SpecialHours, {name: fields[name] for name in ("name", "source")}, ("name",))
    wrong |= _wrong_period(since, until)
    others = SpecialHours.objects.filter(office=office, since=since).exclude(pk=hours.pk if hours else 0)
    if "since" not in wrong and others.exists():
        wrong["since"] = _HOURS_TAKEN
    read: dict[str, list[str]] = {}
    for name in WEEKDAYS:
        if written := str(fields["hours"].get(name, "")).strip():
            read[name] = list(wrong.read(f"hours_{name}", written, day_hours, ()))
    wrong.refuse()
    texts = {name: line(fields[name]) for name in ("name", "source")}
    return {**texts, "since": since, "until": until, "hours": read}


def _wrong_period(since: date | None, until: date | None) -> Complaints:
    wrong = Complaints()
    for name, day in (("since", since), ("until", until)):
        wrong.day(name, day, typed.Day.CALENDAR, clock.today(), missing="Isi tanggalnya, misalnya 18-02-2026.")
    if since and until and not wrong:
        if until < since:
            wrong["until"] = "Tanggal berakhir mendahului tanggal mulai; periksa kembali keduanya."
        elif (until - since).days >= LONGEST_HOURS:
            wrong["until"] = (
                f"Jam khusus berlaku paling lama {LONGEST_HOURS} hari. Untuk seterusnya, ubah jam kerja kantor."
            )
    return wrong


def _hours_data(hours: SpecialHours) -> dict[str, Any]:
    span = {"since": hours.since.isoformat(), "until": hours.until.isoformat()}
    return {"name": hours.name, **span, "hours": hours.hours, "source": hours.source}
