"""The office's own settings, and the address that its papers carry."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django.core.cache import cache
from django.db.models import F

from himpun import clock
from himpun.archive.journal import act
from himpun.errors import Conflict
from himpun.offices import reaching
from himpun.offices.actions.texts import OFFICE_TEXTS, manager
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, Paper
from himpun.offices.models.people import Person
from himpun.offices.patterns import check_pattern
from himpun.offices.rules import (
    KASUBBAG_PERENCANAAN,
    KEPALA,
    SEKRETARIS,
)
from himpun.offices.wording import wrong_texts
from himpun.offices.worktime import WEEKDAYS, read_day, read_week, write_week
from himpun.typed import Complaints

_CALENDAR = {"hours", "timezone", "day_minutes"}


def change_office(*, office: Office, fields: Mapping[str, Any], by: Person) -> Office:
    """Change facts, paper, working time and number patterns of an office; what is not in `fields` stays.

    `fields`: paper (of `Paper`), name, government, address, contact, city, timezone (texts), day_minutes (whole number), hours (weekday →
    list of "07.30-12.00") and number_patterns (register → pattern). Raises HoldsNoPost or FieldErrors, whose fields
    for hours are named `hours_senin` and so on, for patterns `pattern_REGISTER`.
    """
    author = manager(by, office)
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
                calendar_moved_on(office)
            data = {name: [getattr(before, name), value] for name, value in changed.items()}
            turn.record("offices:office:changed", f"office:{office.code}", data)
    office.refresh_from_db()
    return office


def _loosened_for_oneself(office: Office, fields: Mapping[str, Any], by: Person) -> dict[str, str]:
    """Who parafs or signs does not allow himself to do both; another manager allows it."""
    loosened = fields.get("may_approve_twice") and not Office.objects.get(pk=office.pk).may_approve_twice
    approves = Holding.objects.on(office.today()).filter(
        post__office=office, post__role__in=(KEPALA, SEKRETARIS, KASUBBAG_PERENCANAAN), person=by
    )
    if not loosened or not approves.exists():
        return {}
    cause = "Anda sendiri memaraf atau menandatangani, jadi kelonggaran ini tidak Anda berikan kepada diri sendiri"
    return {"may_approve_twice": f"{cause}. Minta pengelola Pengaturan kantor Anda menetapkannya."}


def _wrong_settings(fields: Mapping[str, Any]) -> Complaints:
    wrong = Complaints()
    if "timezone" in fields:
        wrong.choice(
            "timezone",
            fields["timezone"],
            available_timezones(),
            "Zona waktu tidak dikenal. Pilih WIB, WITA, atau WIT.",
        )
    if "paper" in fields:
        wrong.choice("paper", fields["paper"], Paper.values, "Ukuran kertas tidak dikenal. Pilih A4 atau F4.")
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


# --- the public address ----------------------------------------------------------------------------------------------

LOOKS, WITHIN = 10, 600
"""How often an office may have addresses looked at, in so many seconds."""


class LookedTooOften(Conflict):
    """The office has had many addresses looked at just now."""

    code = "alamat-publik-terlalu-sering"
    status = 429

    def __init__(self) -> None:
        super().__init__(
            f"Alamat publik sudah diperiksa {LOOKS} kali dalam {WITHIN // 60} menit. Tunggu beberapa menit, lalu simpan lagi."
        )


def set_public_address(*, office: Office, address: str, by: Person, seen_elsewhere: bool = False) -> str:
    """Let the office's papers and mails carry an address, once it is seen that it opens this installation; "" for none.

    `seen_elsewhere`: who asks says to have opened it from another computer, which counts where this one cannot reach it.
    Raises HoldsNoPost, FieldErrors, LookedTooOften or, unless it was seen elsewhere, NotReached.
    """
    author = manager(by, office)
    address = reaching.read_address(address) if address.strip() else ""
    seen = _looked_at(office, address, seen_elsewhere=seen_elsewhere) if address else True
    with act(office.code, at=clock.now(), author=author) as turn:
        before = Office.objects.values_list("public_url", flat=True).get(pk=office.pk)
        if before != address:
            Office.objects.filter(pk=office.pk).update(public_url=address)
            data = {"address": address or "bawaan pemasangan", "before": before, "seen_from_here": seen}
            turn.record("offices:office:address", f"office:{office.code}", data)
    office.refresh_from_db()
    return address


def _looked_at(office: Office, address: str, *, seen_elsewhere: bool) -> bool:
    """Whether this computer saw it itself."""
    key = f"public-address:{office.pk}"
    cache.add(key, 0, WITHIN)
    if cache.incr(key) > LOOKS:
        raise LookedTooOften
    try:
        reaching.check(address)
    except reaching.NotReached:
        if not seen_elsewhere:
            raise
        return False
    return True


def calendar_moved_on(office: Office) -> None:
    Office.objects.filter(pk=office.pk).update(calendar_stamp=F("calendar_stamp") + 1)
