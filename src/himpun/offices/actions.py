"""Changing an office: its facts and working time, its posts, its people, and who holds which post from when to when.

Only who may manage the office does any of this (`MAY_MANAGE_OFFICE`), and every change is recorded in its journal. A
holding is ended, never deleted. Passwords are never recorded.
"""

import re
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q

from himpun import clock
from himpun.archive.journal import Author, act
from himpun.errors import Conflict, FieldErrors, NotAllowed, Refusal
from himpun.offices.acting import acting_in
from himpun.offices.files.cells import email as read_email
from himpun.offices.files.cells import nip as read_nip
from himpun.offices.files.cells import slug
from himpun.offices.files.cells import username as read_username
from himpun.offices.files.settings import check_pattern
from himpun.offices.models import UNIT, Holding, Holiday, Office, Person, Post
from himpun.offices.queries import manages
from himpun.offices.rules import KEPALA, MAY_MANAGE_OFFICE, ROLES
from himpun.offices.worktime import WEEKDAYS, CalendarUnusable, read_day, read_week, write_week

OFFICE_TEXTS = ("name", "government", "address", "contact", "city")
PERSON_TEXTS = ("name", "nip", "rank", "email")
_CALENDAR = {"hours", "timezone", "day_minutes"}
_EASY_TO_READ = "abcdefghjkmnpqrstuvwxyz23456789"


class RoleHasOpenTasks(Conflict):
    """The post still has to decide something in the role that would be taken from it."""

    code = "peran-masih-bertugas"

    def __init__(self, title: str, count: int) -> None:
        super().__init__(
            f"{title} masih mempunyai {count} tugas terbuka dalam peran ini. "
            "Selesaikan tugas itu dahulu, lalu ubah perannya."
        )


class NobodyManages(Refusal):
    """The change would leave nobody who may change the office's settings."""

    code = "tanpa-pengelola"

    def __init__(self) -> None:
        super().__init__(
            "Sesudah perubahan ini tidak ada lagi yang dapat mengubah pengaturan kantor. "
            "Catat dahulu pemangku lain untuk jabatan sekretaris atau kasubbag umum."
        )


class NotOurs(NotAllowed):
    """The person is looked after by another office."""

    code = "orang-kantor-lain"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Data {name} dikelola kantor tempat ia memangku jabatan definitif. Minta pengelola kantor itu mengubahnya."
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
    wrong = _wrong_texts(
        Office, {name: fields[name] for name in OFFICE_TEXTS if name in fields}, ("name", "government", "city")
    )
    wrong |= _wrong_settings(fields)
    if wrong:
        raise FieldErrors(wrong)
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


def _wrong_settings(fields: Mapping[str, Any]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if "timezone" in fields and fields["timezone"] not in available_timezones():
        wrong["timezone"] = "Zona waktu tidak dikenal. Pilih WIB, WITA, atau WIT."
    if "day_minutes" in fields and not 1 <= fields["day_minutes"] <= 24 * 60:
        wrong["day_minutes"] = "Tulis bilangan bulat 1 sampai 1440, misalnya 480 untuk 8 jam."
    for register, pattern in fields.get("number_patterns", {}).items():
        if sentence := _wrong_pattern(pattern):
            wrong[f"pattern_{register}"] = sentence
    return wrong | _wrong_hours(fields.get("hours"))


def _wrong_pattern(pattern: str) -> str:
    try:
        check_pattern(pattern)
    except ValueError as problem:
        return _sentence(str(problem))
    return ""


def _wrong_hours(hours: Mapping[str, list[str]] | None) -> dict[str, str]:
    if hours is None:
        return {}
    wrong = {}
    for name in hours:
        try:
            read_day(hours[name])
        except CalendarUnusable as problem:
            wrong[f"hours_{name}"] = str(problem)
    if not wrong and not any(hours.values()):
        wrong[f"hours_{WEEKDAYS[0]}"] = "Isi jam kerja sekurangnya satu hari."
    return wrong


def _calendar_moved_on(office: Office) -> None:
    Office.objects.filter(pk=office.pk).update(calendar_stamp=F("calendar_stamp") + 1)


def add_holiday(*, office: Office, day: date | None, name: str, source: str, by: Person) -> Holiday:
    """Add a day on which this office does not work. Raises HoldsNoPost or FieldErrors."""
    author = _manager(by, office)
    wrong = _wrong_texts(Holiday, {"name": name, "source": source}, ("name",))
    if day is None:
        wrong["day"] = "Isi tanggal libur, misalnya 17-08-2026."
    elif Holiday.objects.filter(Q(office=office) | Q(office__isnull=True), day=day).exists():
        wrong["day"] = "Tanggal ini sudah tercatat sebagai hari libur."
    if wrong:
        raise FieldErrors(wrong)
    assert day is not None  # noqa: S101 - an empty day has just been refused
    with act(office.code, at=clock.now(), author=author) as turn:
        holiday, made = Holiday.objects.get_or_create(
            office=office, day=day, defaults={"name": _tidy(name), "source": _tidy(source)}
        )
        if not made:
            raise FieldErrors({"day": "Tanggal ini sudah tercatat sebagai hari libur."})
        _calendar_moved_on(office)
        turn.record("offices:holiday:added", f"office:{office.code}", {"day": day.isoformat(), "name": holiday.name})
    return holiday


def remove_holiday(*, office: Office, holiday: Holiday, by: Person) -> None:
    """Take one of the office's own holidays off its calendar; a national one cannot be taken off here."""
    author = _manager(by, office)
    with act(office.code, at=clock.now(), author=author) as turn:
        removed, _ = Holiday.objects.filter(pk=holiday.pk, office=office).delete()
        if removed:
            _calendar_moved_on(office)
            data = {"day": holiday.day.isoformat(), "name": holiday.name}
            turn.record("offices:holiday:removed", f"office:{office.code}", data)


# --- posts ------------------------------------------------------------------------------------------------------------


def add_post(*, office: Office, fields: Mapping[str, Any], by: Person) -> Post:
    """Add a post: code, title, role ("" for none), parent (a Post or None), unit_code, order.

    Raises HoldsNoPost or FieldErrors.
    """
    author = _manager(by, office)
    code = str(fields.get("code", "")).strip()
    wrong = _wrong_post(office, fields, None) | _wrong_cell("code", code, slug)
    if wrong:
        raise FieldErrors(wrong)
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
    wrong = _wrong_post(office, fields, post)
    if wrong:
        raise FieldErrors(wrong)
    values = _post_values(fields)
    with act(office.code, at=clock.now(), author=author) as turn:
        before = Post.objects.select_related("parent").get(pk=post.pk)
        changed = {name: value for name, value in values.items() if getattr(before, name) != value}
        if "role" in changed:
            _check_role_free(before)
        if changed:
            try:
                with transaction.atomic():
                    Post.objects.filter(pk=post.pk).update(**changed)
            except IntegrityError:
                raise FieldErrors(_taken(office, "", post, str(values["role"]))) from None
            _check_still_managed(office)
            data = {name: [str(getattr(before, name) or ""), str(value or "")] for name, value in changed.items()}
            turn.record("offices:post:changed", f"post:{post.pk}", {"title": values["title"], "changed": data})
    post.refresh_from_db()
    return post


def _post_values(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": _tidy(str(fields["title"])),
        "role": fields["role"],
        "parent": fields["parent"],
        "unit_code": _tidy(str(fields["unit_code"])),
        "order": fields["order"],
    }


def _wrong_post(office: Office, fields: Mapping[str, Any], post: Post | None) -> dict[str, str]:
    wrong = _wrong_texts(Post, {"title": fields["title"], "unit_code": fields["unit_code"]}, ("title",))
    role, parent = fields["role"], fields["parent"]
    if role and role not in ROLES:
        wrong["role"] = "Pilih peran dari daftar."
    if role == KEPALA and parent is not None:
        wrong["parent"] = "Kepala tidak mempunyai atasan di kantor ini; kosongkan."
    elif role and role != KEPALA and parent is None:
        wrong["parent"] = "Pilih jabatan atasannya, karena paraf berjenjang mengikuti garis ini."
    if parent is not None and (parent.office_id != office.pk or (post is not None and _is_above(post, parent))):
        wrong["parent"] = "Jabatan ini menjadi atasan dirinya sendiri. Pilih atasan lain."
    if not isinstance(fields["order"], int) or not 0 <= fields["order"] <= 100_000:
        wrong["order"] = "Tulis bilangan bulat, misalnya 10."
    return wrong | _taken(office, str(fields.get("code", "")).strip() if post is None else "", post, str(role))


def _taken(office: Office, code: str, post: Post | None, role: str) -> dict[str, str]:
    others = Post.objects.filter(office=office).exclude(pk=post.pk if post else 0)
    wrong = {}
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


def _check_still_managed(office: Office) -> None:
    managers = Holding.objects.on(clock.today()).filter(
        post__office=office, post__role__in=MAY_MANAGE_OFFICE, person__is_active=True
    )
    if not managers.exists():
        raise NobodyManages


# --- people -----------------------------------------------------------------------------------------------------------


def add_person(*, office: Office, fields: Mapping[str, str], by: Person) -> tuple[Person, str]:
    """Add somebody who can log in: username, name, nip, rank, email. Returns them and their first password, told once.

    Raises HoldsNoPost or FieldErrors.
    """
    author = _manager(by, office)
    username = fields.get("username", "").strip()
    wrong = _wrong_person(fields, None) | _wrong_cell("username", username, read_username)
    if wrong:
        raise FieldErrors(wrong)
    password = _one_time_password()
    with act(office.code, at=clock.now(), author=author) as turn:
        try:
            with transaction.atomic():
                person = Person.objects.create_user(username, password, **_person_values(fields))
        except IntegrityError:
            taken = "Nama pengguna ini sudah dipakai. Tambahkan pembeda, misalnya nama belakang."
            raise FieldErrors({"username": taken}) from None
        turn.record("offices:person:added", f"person:{person.pk}", {"name": person.name})
    return person, password


def change_person(*, office: Office, person: Person, fields: Mapping[str, str], active: bool, by: Person) -> Person:
    """Change a person's name, NIP, rank and e-mail, and whether they may log in; the username stays.

    Raises HoldsNoPost, NotOurs, FieldErrors or NobodyManages.
    """
    author = _manager(by, office)
    _check_ours(office, person)
    wrong = _wrong_person(fields, person)
    if not active and person.pk == by.pk:
        wrong["is_active"] = "Anda tidak dapat menutup akses diri sendiri. Minta pengelola lain melakukannya."
    if wrong:
        raise FieldErrors(wrong)
    values = {**_person_values(fields), "is_active": active}
    with act(office.code, at=clock.now(), author=author) as turn:
        before = Person.objects.get(pk=person.pk)
        changed = {name: value for name, value in values.items() if getattr(before, name) != value}
        if changed:
            Person.objects.filter(pk=person.pk).update(**changed)
            _check_still_managed(office)
            difference = {name: [getattr(before, name), value] for name, value in changed.items()}
            data = {"name": values["name"], "changed": difference}
            turn.record("offices:person:changed", f"person:{person.pk}", data)
    person.refresh_from_db()
    return person


def reset_password(*, office: Office, person: Person, by: Person) -> str:
    """Give a person a new password, told once, and end their sessions. Raises HoldsNoPost or NotOurs."""
    author = _manager(by, office)
    _check_ours(office, person)
    password = _one_time_password()
    with act(office.code, at=clock.now(), author=author) as turn:
        person.set_password(password)
        person.save(update_fields=["password"])
        turn.record("offices:person:password-reset", f"person:{person.pk}", {"name": person.name})
    return password


def _check_ours(office: Office, person: Person) -> None:
    if not manages(office, person, clock.today()):
        raise NotOurs(person.name)


def _one_time_password() -> str:
    """Sixteen letters and digits that are not mistaken for one another, in groups of four (79 bits)."""
    return "-".join("".join(secrets.choice(_EASY_TO_READ) for _ in range(4)) for _ in range(4))


def _person_values(fields: Mapping[str, str]) -> dict[str, Any]:
    return {name: _tidy(fields.get(name, "")) for name in PERSON_TEXTS}


def _wrong_person(fields: Mapping[str, str], person: Person | None) -> dict[str, str]:
    texts = {name: fields.get(name, "") for name in (*PERSON_TEXTS, *(() if person else ("username",)))}
    wrong = _wrong_texts(Person, texts, ("name",) if person else ("name", "username"))
    nip, email = _tidy(texts["nip"]), _tidy(texts["email"])
    if nip:
        wrong |= _wrong_cell("nip", nip, read_nip)
        others = Person.objects.exclude(pk=person.pk if person else 0)
        if "nip" not in wrong and others.filter(nip__in=[nip, re.sub(r"\s", "", nip)]).exists():
            wrong["nip"] = "NIP ini sudah dipakai orang lain. Periksa kembali angkanya."
    if email:
        wrong |= _wrong_cell("email", email, read_email)
    return wrong


# --- who holds which post ---------------------------------------------------------------------------------------------


def begin_holding(
    *, post: Post, person: Person, kind: str, since: date | None, until: date | None, letter: str, by: Person
) -> Holding:
    """Record that a person holds a post from a day on, by a letter. Raises HoldsNoPost or FieldErrors."""
    author = _manager(by, post.office)
    _refuse_wrong_holding(post, person, kind, since, until, letter, None)
    with act(post.office.code, at=clock.now(), author=author) as turn:
        _refuse_overlap(post, person, kind, since, until, None)
        values = {"kind": kind, "since": since, "until": until, "letter": _tidy(letter)}
        holding = Holding.objects.create(post=post, person=person, **values)
        turn.record("offices:holding:begun", f"post:{post.pk}", _holding_data(holding))
    return holding


def change_holding(
    *, holding: Holding, kind: str, since: date | None, until: date | None, letter: str, by: Person
) -> Holding:
    """Correct a holding, or end it by its last day (`until`). Raises HoldsNoPost, FieldErrors or NobodyManages."""
    post, person = holding.post, holding.person
    author = _manager(by, post.office)
    _refuse_wrong_holding(post, person, kind, since, until, letter, holding)
    with act(post.office.code, at=clock.now(), author=author) as turn:
        _refuse_overlap(post, person, kind, since, until, holding)
        before = _holding_data(Holding.objects.select_related("person", "post").get(pk=holding.pk))
        Holding.objects.filter(pk=holding.pk).update(kind=kind, since=since, until=until, letter=_tidy(letter))
        holding.refresh_from_db()
        if post.role in MAY_MANAGE_OFFICE:
            _check_still_managed(post.office)
        after = _holding_data(holding)
        if after != before:
            turn.record("offices:holding:changed", f"post:{post.pk}", {**after, "before": before})
    return holding


def _holding_data(holding: Holding) -> dict[str, str]:
    return {
        "person": holding.person.username,
        "name": holding.person.name,
        "post": holding.post.title,
        "kind": holding.kind,
        "since": holding.since.isoformat(),
        "until": holding.until.isoformat() if holding.until else "",
        "letter": holding.letter,
    }


def _refuse_wrong_holding(
    post: Post, person: Person, kind: str, since: date | None, until: date | None, letter: str, holding: Holding | None
) -> None:
    wrong = _wrong_texts(Holding, {"letter": letter}, ("letter",))
    if kind not in Holding.Kind.values:
        wrong["kind"] = "Pilih salah satu: definitif, Plt., Plh., atau Pj."
    if since is None:
        wrong["since"] = "Isi tanggal mulai memangku jabatan."
    elif until is not None and until < since:
        wrong["until"] = "Tanggal berakhir mendahului tanggal mulai; periksa kembali keduanya."
    if wrong:
        raise FieldErrors(wrong)


def _refuse_overlap(
    post: Post, person: Person, kind: str, since: date | None, until: date | None, holding: Holding | None
) -> None:
    """Two definitif holders of one post at a time, or one person twice on it, cannot be."""
    together = Q(until__isnull=True) | Q(until__gte=since)
    if until is not None:
        together &= Q(since__lte=until)
    others = (
        Holding.objects.filter(together, post=post).exclude(pk=holding.pk if holding else 0).select_related("person")
    )
    for other in others:
        if other.person_id == person.pk:
            cause = f"{person.name} sudah tercatat pada jabatan ini {_span(other)}"
            raise FieldErrors({"since": f"{cause}. Ubah catatan itu, atau pilih tanggal lain."})
        if kind == other.kind == Holding.Kind.DEFINITIF:
            cause = f"{post.title} sudah dipangku {other.person.name} secara definitif {_span(other)}"
            raise FieldErrors({"since": f"{cause}. Akhiri dahulu masa itu, atau catat sebagai Plt./Plh./Pj."})


def _span(holding: Holding) -> str:
    start = f"sejak {holding.since:%d-%m-%Y}"
    return f"{start} sampai {holding.until:%d-%m-%Y}" if holding.until else start


# --- texts ------------------------------------------------------------------------------------------------------------


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _sentence(cause: str) -> str:
    return cause[:1].upper() + cause[1:]


def _wrong_texts(model: type[models.Model], texts: Mapping[str, Any], required: tuple[str, ...]) -> dict[str, str]:
    wrong = {}
    for name, written in texts.items():
        text, field = _tidy(str(written)), model._meta.get_field(name)
        longest = getattr(field, "max_length", None)
        if name in required and not text:
            wrong[name] = f"Isi {getattr(field, 'verbose_name', name)}."
        elif longest and len(text) > longest:
            wrong[name] = f"Terlalu panjang ({len(text)} huruf); paling banyak {longest}."
    return wrong


def _wrong_cell(name: str, written: str, read: Any) -> dict[str, str]:
    try:
        if written:
            read(written)
            return {}
    except ValueError as problem:
        return {name: _sentence(str(problem))}
    return {name: f"Isi {'kode' if name == 'code' else 'nama pengguna'}."}
