"""Changing an office: its facts and working time, its posts, its people, and who holds which post from when to when.

Only who may manage the office does any of this (`MAY_MANAGE_OFFICE`), and every change is recorded in its journal. A
holding that has begun is ended, never deleted. Passwords are never recorded.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from himpun import clock, typed
from himpun.archive.journal import Author, act
from himpun.errors import Conflict, FieldErrors
from himpun.offices import access
from himpun.offices.acting import acting_in
from himpun.offices.cells import day_hours, slug
from himpun.offices.cells import email as read_email
from himpun.offices.cells import nip as read_nip
from himpun.offices.cells import username as read_username
from himpun.offices.holdings import check_still_managed
from himpun.offices.models import UNIT, Appointment, Holding, Holiday, Office, Person, Post, SpecialHours
from himpun.offices.patterns import check_pattern
from himpun.offices.queries import roles_ahead
from himpun.offices.rules import (
    DECIDES,
    KASUBBAG_PERENCANAAN,
    KEPALA,
    MAY_MANAGE_OFFICE,
    ROLES,
    SEKRETARIS,
    Handing,
    NotHandedOver,
    check_may_manage_access,
    link_goes,
)
from himpun.offices.vocabulary import OWN_DAYS
from himpun.offices.wording import wrong_cell, wrong_texts
from himpun.offices.worktime import LONGEST_HOURS, WEEKDAYS, read_day, read_week, write_week
from himpun.typed import Complaints, line

OFFICE_TEXTS = ("name", "government", "address", "contact", "city")
PERSON_TEXTS = ("name", "nip", "rank", "email")
_CALENDAR = {"hours", "timezone", "day_minutes"}


class RoleHasOpenTasks(Conflict):
    """The post still has to decide something in the role that would be taken from it."""

    code = "peran-masih-bertugas"

    def __init__(self, title: str, count: int) -> None:
        super().__init__(
            f"{title} masih mempunyai {count} tugas terbuka dalam peran ini. "
            "Selesaikan tugas itu dahulu, lalu ubah perannya."
        )


def _manager(by: Person, office: Office) -> Author:
    actor = acting_in(by, office.pk, clock.today(), roles=MAY_MANAGE_OFFICE, to="mengubah pengaturan kantor")
    return actor.author


# --- the office itself ------------------------------------------------------------------------------------------------


def change_office(*, office: Office, fields: Mapping[str, Any], by: Person) -> Office:
    """Change facts, working time and number patterns of an office; what is not in `fields` stays.

    `fields`: name, government, address, contact, city, timezone (texts), day_minutes (whole number), hours (weekday →
    list of "07.30-12.00") and number_patterns (register → pattern). Raises HoldsNoPost or FieldErrors, whose fields
    for hours are named `hours_senin` and so on, for patterns `pattern_REGISTER`.
    """
    author = _manager(by, office)
    wrong = wrong_texts(
        Office, {name: fields[name] for name in OFFICE_TEXTS if name in fields}, ("name", "government", "city")
    )
    wrong |= _wrong_settings(fields) | _loosened_for_oneself(office, fields, by)
    wrong.refuse()
    given = dict(fields)
    if "hours" in given:
        given["hours"] = write_week(read_week(given["hours"]))
    with act(office.code, at=clock.now(), author=author) as turn:
        before = Office.objects.get(pk=office.pk)
        changed = {name: value for name, value in given.items() if getattr(before, name) != value}
        if changed:
            Office.objects.filter(pk=office.pk).update(**changed)
            if _CALENDAR & set(changed):
                _calendar_moved_on(office)
            data = {name: [getattr(before, name), value] for name, value in changed.items()}
            turn.record("offices:office:changed", f"office:{office.code}", data)
    office.refresh_from_db()
    return office


def _loosened_for_oneself(office: Office, fields: Mapping[str, Any], by: Person) -> dict[str, str]:
    """Who parafs or signs does not allow himself to do both; another manager allows it."""
    loosened = fields.get("may_approve_twice") and not Office.objects.get(pk=office.pk).may_approve_twice
    approves = Holding.objects.on(clock.today()).filter(
        post__office=office, post__role__in=(KEPALA, SEKRETARIS, KASUBBAG_PERENCANAAN), person=by
    )
    if not loosened or not approves.exists():
        return {}
    cause = "Anda sendiri memaraf atau menandatangani, jadi kelonggaran ini tidak Anda berikan kepada diri sendiri"
    return {"may_approve_twice": f"{cause}. Minta Kasubbag Umum menetapkannya."}


def _wrong_settings(fields: Mapping[str, Any]) -> Complaints:
    wrong = Complaints()
    if "timezone" in fields:
        wrong.choice(
            "timezone",
            fields["timezone"],
            available_timezones(),
            "Zona waktu tidak dikenal. Pilih WIB, WITA, atau WIT.",
        )
    if "day_minutes" in fields and not 1 <= fields["day_minutes"] <= 24 * 60:
        wrong["day_minutes"] = "Tulis bilangan bulat 1 sampai 1440, misalnya 480 untuk 8 jam."
    for register, pattern in fields.get("number_patterns", {}).items():
        wrong.read(f"pattern_{register}", pattern, check_pattern, None)
    wrong |= _wrong_hours(fields.get("hours"))
    return wrong


def _wrong_hours(hours: Mapping[str, list[str]] | None) -> Complaints:
    if hours is None:
        return Complaints()
    wrong = Complaints()
    for name in hours:
        wrong.read(f"hours_{name}", hours[name], read_day, ())
    if not wrong and not any(hours.values()):
        wrong[f"hours_{WEEKDAYS[0]}"] = "Isi jam kerja sekurangnya satu hari."
    return wrong


def _calendar_moved_on(office: Office) -> None:
    Office.objects.filter(pk=office.pk).update(calendar_stamp=F("calendar_stamp") + 1)


def add_holiday(
    *, office: Office, day: date | None, name: str, source: str, by: Person, kind: str = Holiday.Kind.LOCAL
) -> Holiday:
    """Add a day off of this office (daerah, penutupan), or a national day off on which it works all the same (masuk).

    Raises HoldsNoPost, OnLeave or FieldErrors.
    """
    author = _manager(by, office)
    _refuse_wrong_holiday(office, day, kind, name, source, None)
    assert day is not None  # noqa: S101 - an empty day has just been refused
    with act(office.code, at=clock.now(), author=author) as turn:
        values = {"kind": kind, "name": line(name), "source": line(source)}
        holiday, made = Holiday.objects.get_or_create(office=office, day=day, defaults=values)
        if not made:
            raise FieldErrors({"day": _DAY_TAKEN})
        _calendar_moved_on(office)
        turn.record("offices:holiday:added", f"office:{office.code}", _holiday_data(holiday))
    return holiday


def change_holiday(
    *, office: Office, holiday: Holiday, day: date | None, kind: str, name: str, source: str, by: Person
) -> Holiday:
    """Correct one of the office's own days. Raises HoldsNoPost, OnLeave, HolidayGone or FieldErrors."""
    author = _manager(by, office)
    _refuse_wrong_holiday(office, day, kind, name, source, holiday)
    assert day is not None  # noqa: S101 - an empty day has just been refused
    with act(office.code, at=clock.now(), author=author) as turn:
        before = Holiday.objects.filter(pk=holiday.pk, office=office).first()
        if before is None:
            raise HolidayGone
        after = Holiday(pk=holiday.pk, office=office, day=day, kind=kind, name=line(name), source=line(source))
        if _holiday_data(after) != _holiday_data(before):
            after.save()
            _calendar_moved_on(office)
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
    if good := wrong.day("day", day, typed.Day.CALENDAR, clock.today(), missing=missing):
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
    author = _manager(by, office)
    with act(office.code, at=clock.now(), author=author) as turn:
        removed, _ = Holiday.objects.filter(pk=holiday.pk, office=office).delete()
        if removed:
            _calendar_moved_on(office)
            turn.record("offices:holiday:removed", f"office:{office.code}", _holiday_data(holiday))


def add_special_hours(*, office: Office, fields: Mapping[str, Any], by: Person) -> SpecialHours:
    """Add days with other working hours (Ramadan, a market day): name, since, until, source, and hours.

    `hours` maps a weekday to what was written: "08.00-12.00, 12.30-15.00", "libur" for none, "" for the usual hours.
    Raises HoldsNoPost, OnLeave or FieldErrors, whose fields for hours are named `hours_senin` and so on.
    """
    author = _manager(by, office)
    values = _read_hours(office, fields, None)
    with act(office.code, at=clock.now(), author=author) as turn:
        hours, made = SpecialHours.objects.get_or_create(office=office, since=values["since"], defaults=values)
        if not made:
            raise FieldErrors({"since": _HOURS_TAKEN})
        _calendar_moved_on(office)
        turn.record("offices:hours:added", f"office:{office.code}", _hours_data(hours))
    return hours


def change_special_hours(*, office: Office, hours: SpecialHours, fields: Mapping[str, Any], by: Person) -> SpecialHours:
    """Correct one of the office's own periods of other hours. Raises as `add_special_hours` does, and HolidayGone."""
    author = _manager(by, office)
    values = _read_hours(office, fields, hours)
    with act(office.code, at=clock.now(), author=author) as turn:
        before = SpecialHours.objects.filter(pk=hours.pk, office=office).first()
        if before is None:
            raise HolidayGone
        after = SpecialHours(pk=hours.pk, office=office, **values)
        if _hours_data(after) != _hours_data(before):
            after.save()
            _calendar_moved_on(office)
            data = {**_hours_data(after), "before": _hours_data(before)}
            turn.record("offices:hours:changed", f"office:{office.code}", data)
    return after


def remove_special_hours(*, office: Office, hours: SpecialHours, by: Person) -> None:
    """Take one of the office's own periods of other hours off its calendar; a national one stays."""
    author = _manager(by, office)
    with act(office.code, at=clock.now(), author=author) as turn:
        removed, _ = SpecialHours.objects.filter(pk=hours.pk, office=office).delete()
        if removed:
            _calendar_moved_on(office)
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


# --- posts ------------------------------------------------------------------------------------------------------------


def add_post(*, office: Office, fields: Mapping[str, Any], by: Person) -> Post:
    """Add a post: code, title, role ("" for none), parent (a Post or None), unit_code, order.

    Raises HoldsNoPost or FieldErrors.
    """
    author = _manager(by, office)
    code = str(fields.get("code", "")).strip()
    wrong = _wrong_post(office, fields, None)
    wrong |= wrong_cell("code", code, slug)
    wrong.refuse()
    with act(office.code, at=clock.now(), author=author) as turn:
        try:
            with transaction.atomic():
                post = Post.objects.create(office=office, code=code, **_post_values(fields))
        except IntegrityError:
            raise FieldErrors(_taken(office, code, None, str(fields["role"]))) from None
        turn.record("offices:post:added", f"post:{post.pk}", {"title": post.title, "role": post.role})
    return post


def change_post(*, post: Post, fields: Mapping[str, Any], by: Person) -> Post:
    """Change title, role, parent, unit_code and order of a post; its code stays, because the journal names it.

    Raises HoldsNoPost, FieldErrors, RoleHasOpenTasks or NobodyManages.
    """
    office = post.office
    author = _manager(by, office)
    _wrong_post(office, fields, post).refuse()
    values = _post_values(fields)
    with act(office.code, at=clock.now(), author=author) as turn:
        before = Post.objects.select_related("parent").get(pk=post.pk)
        changed = {name: value for name, value in values.items() if getattr(before, name) != value}
        if "role" in changed:
            _check_role_free(before)
            _check_gives_nobody_power(before, str(values["role"]), by)
        if changed:
            try:
                with transaction.atomic():
                    Post.objects.filter(pk=post.pk).update(**changed)
            except IntegrityError:
                raise FieldErrors(_taken(office, "", post, str(values["role"]))) from None
            check_still_managed(office)
            data = {name: [str(getattr(before, name) or ""), str(value or "")] for name, value in changed.items()}
            turn.record("offices:post:changed", f"post:{post.pk}", {"title": values["title"], "changed": data})
    post.refresh_from_db()
    return post


def _post_values(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": line(str(fields["title"])),
        "role": fields["role"],
        "parent": fields["parent"],
        "unit_code": line(str(fields["unit_code"])),
        "order": fields["order"],
    }


def _wrong_post(office: Office, fields: Mapping[str, Any], post: Post | None) -> Complaints:
    wrong = wrong_texts(Post, {"title": fields["title"], "unit_code": fields["unit_code"]}, ("title",))
    role, parent = fields["role"], fields["parent"]
    wrong.choice("role", role or "", ("", *ROLES), "Pilih peran dari daftar.")
    if role == KEPALA and parent is not None:
        wrong["parent"] = "Kepala tidak mempunyai atasan di kantor ini; kosongkan."
    elif role and role != KEPALA and parent is None:
        wrong["parent"] = "Pilih jabatan atasannya, karena paraf berjenjang mengikuti garis ini."
    if parent is not None and (parent.office_id != office.pk or (post is not None and _is_above(post, parent))):
        wrong["parent"] = "Jabatan ini menjadi atasan dirinya sendiri. Pilih atasan lain."
    if not isinstance(fields["order"], int) or not 0 <= fields["order"] <= 100_000:
        wrong["order"] = "Tulis bilangan bulat, misalnya 10."
    wrong |= _taken(office, str(fields.get("code", "")).strip() if post is None else "", post, str(role))
    return wrong


def _taken(office: Office, code: str, post: Post | None, role: str) -> dict[str, str]:
    others = Post.objects.filter(office=office).exclude(pk=post.pk if post else 0)
    wrong = Complaints()
    if code and others.filter(code=code).exists():
        wrong["code"] = "Kode ini sudah dipakai jabatan lain. Pilih kode lain."
    if role not in ("", UNIT) and (holder := others.filter(role=role).first()):
        wrong["role"] = f"Peran ini sudah dipegang {holder.title}; satu peran hanya untuk satu jabatan."
    return wrong


def _is_above(post: Post, parent: Post) -> bool:
    above = dict(Post.objects.filter(office_id=post.office_id).values_list("pk", "parent_id"))
    seen: set[int] = set()
    at: int | None = parent.pk
    while at is not None and at not in seen:
        if at == post.pk:
            return True
        seen.add(at)
        at = above.get(at)
    return False


def _check_role_free(post: Post) -> None:
    if waiting := post.tasks.filter(decided_at__isnull=True).count():
        raise RoleHasOpenTasks(post.title, waiting)


def _check_gives_nobody_power(post: Post, role: str, by: Person) -> None:
    """A role that decides comes to people one by one, each confirmed; nobody widens their own post. Raises FieldErrors."""
    held = Holding.objects.filter(Q(until__isnull=True) | Q(until__gte=clock.today()), post=post)
    waiting = Appointment.objects.filter(post=post, state=Appointment.State.WAITING)
    if role in DECIDES and (held.exists() or waiting.exists()):
        cause = "Peran ini memberi wewenang memutuskan, sedangkan jabatan ini sudah atau akan dipangku seseorang"
        raise FieldErrors({"role": f"{cause}. Akhiri dahulu masanya, ubah perannya, lalu catat lagi pemangkunya."})
    if role and held.filter(person=by).exists():
        cause = "Jabatan ini Anda pangku sendiri, jadi perannya tidak Anda tambah sendiri"
        raise FieldErrors({"role": f"{cause}. Minta pengelola lain mengubahnya."})


# --- people -----------------------------------------------------------------------------------------------------------


def add_person(*, office: Office, fields: Mapping[str, str], by: Person) -> access.Given:
    """Add somebody who can log in: username, name, nip, rank, email. Returns the link for their first password.

    Raises HoldsNoPost or FieldErrors.
    """
    author = _manager(by, office)
    username = fields.get("username", "").strip()
    wrong = _wrong_person(fields, None)
    wrong |= wrong_cell("username", username, read_username)
    wrong.refuse()
    with act(office.code, at=clock.now(), author=author) as turn:
        try:
            with transaction.atomic():
                person = Person.objects.create_user(username, None, home=office, **_person_values(fields))
        except IntegrityError:
            taken = "Nama pengguna ini sudah dipakai. Tambahkan pembeda, misalnya nama belakang."
            raise FieldErrors({"username": taken}) from None
        given = access.give_link(person, turn.at)
        turn.record("offices:person:added", f"person:{person.pk}", {"name": person.name})
    return given


def change_person(*, office: Office, person: Person, fields: Mapping[str, str], active: bool, by: Person) -> Person:
    """Change a person's name, NIP, rank and e-mail, and whether they may log in; the username stays.

    The e-mail of somebody who decides is theirs to change: a link could be asked for at it. Raises HoldsNoPost, NotOurs,
    FieldErrors or NobodyManages.
    """
    author = _manager(by, office)
    _check_ours(office, person)
    wrong = _wrong_person(fields, person)
    if not active and person.pk == by.pk:
        wrong["is_active"] = "Anda tidak dapat menutup akses diri sendiri. Minta pengelola lain melakukannya."
    wrong.refuse()
    values = {**_person_values(fields), "is_active": active}
    with act(office.code, at=clock.now(), author=author) as turn:
        before = Person.objects.get(pk=person.pk)
        changed = {name: value for name, value in values.items() if getattr(before, name) != value}
        if "email" in changed and link_goes(roles_ahead(person, clock.today()), mailable=True) is not Handing.SHOWN:
            raise FieldErrors({"email": _ADDRESS_THEIRS})
        if changed:
            Person.objects.filter(pk=person.pk).update(**changed)
            check_still_managed(office)
            difference = {name: [getattr(before, name), value] for name, value in changed.items()}
            data = {"name": values["name"], "changed": difference}
            turn.record("offices:person:changed", f"person:{person.pk}", data)
    person.refresh_from_db()
    return person


_ADDRESS_THEIRS = (
    "Surel pemangku jabatan yang memutuskan hanya diubah olehnya sendiri (menu namanya → Saluran pesan → Surel saya), "
    "atau oleh administrator dari berkas people.csv."
)


def reset_password(*, office: Office, person: Person, by: Person) -> access.Given:
    """End a person's password, sessions and tokens; returns the link for a new one.

    Raises HoldsNoPost, NotOurs or NotHandedOver.
    """
    author = _manager(by, office)
    _check_ours(office, person)
    with act(office.code, at=clock.now(), author=author) as turn:
        if link_goes(roles_ahead(person, clock.today()), mailable=False) is not Handing.SHOWN:
            raise NotHandedOver(person.name, person.username)
        given = access.reset_access(person, turn.at)
        turn.record("offices:person:password-reset", f"person:{person.pk}", {"name": person.name})
    return given


def note_link_mailed(*, office: Office, person: Person, by: Person) -> None:
    """Record that a manager lets a link be mailed to a person, who keeps their password until they use it.

    Within the transaction that leaves the mail to the worker. Raises HoldsNoPost or NotOurs.
    """
    author = _manager(by, office)
    _check_ours(office, person)
    with act(office.code, at=clock.now(), author=author) as turn:
        turn.record("offices:person:link-mailed", f"person:{person.pk}", {"name": person.name})


def _check_ours(office: Office, person: Person) -> None:
    home = Person.objects.values_list("home_id", flat=True).get(pk=person.pk)
    check_may_manage_access(person.name, home=home, office=office.pk)


def _person_values(fields: Mapping[str, str]) -> dict[str, Any]:
    return {name: line(fields.get(name, "")) for name in PERSON_TEXTS}


def _wrong_person(fields: Mapping[str, str], person: Person | None) -> Complaints:
    texts = {name: fields.get(name, "") for name in (*PERSON_TEXTS, *(() if person else ("username",)))}
    wrong = wrong_texts(Person, texts, ("name",) if person else ("name", "username"))
    nip, email = line(texts["nip"]), line(texts["email"])
    if nip:
        wrong |= wrong_cell("nip", nip, read_nip)
        others = Person.objects.exclude(pk=person.pk if person else 0)
        if "nip" not in wrong and others.filter(nip__in=[nip, re.sub(r"\s", "", nip)]).exists():
            wrong["nip"] = "NIP ini sudah dipakai orang lain. Periksa kembali angkanya."
    if email:
        wrong |= wrong_cell("email", email, read_email)
    return wrong
