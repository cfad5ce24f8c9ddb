"""The year itself: the two offices are founded, the agenda written, and every moment lived through."""

import json
import os
import random
from datetime import date, datetime, time, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db.models import Min

from himpun import clock
from himpun.commands.serve import all_ticks
from himpun.cycles.deadlines.outlook import outlooks
from himpun.cycles.deadlines.pauses import pause_cycle, resume_cycle
from himpun.cycles.deadlines.recounting import recount
from himpun.cycles.models import Cycle, Pause, Schedule, Task
from himpun.jobs.ticks import register
from himpun.notifications.models import Message, Outgoing
from himpun.offices.actions import days as offices
from himpun.offices.calendar.kept import calendar_of
from himpun.offices.calendar.national import seed_national_calendar
from himpun.offices.holdings import leaves
from himpun.offices.models.calendar import Holiday, SpecialHours
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.worktime import DEFAULT_WEEK, write_week
from tests.cast import MECHANISM, Cast, by_hand, found_office, publish
from tests.conftest import type_papers
from tests.year.audit import audit
from tests.year.life import MINUTE, Away, Life
from tests.year.recount import NaiveCalendar, intervals
from tests.year.spans import SPAN, WIB
from tests.year.workers import Worker, round_at

WIT = ZoneInfo("Asia/Jayapura")
KILLED = 0.35
"""How often the second worker is killed in the middle of a round."""


class Year:
    """The two offices, their agenda, and the rounds of the workers."""

    def __init__(self, folder: Path, seed: int = 2026) -> None:
        self.folder = folder
        self.random = random.Random(seed)  # noqa: S311 - a year that can be lived again
        self.workers = [Worker(folder), Worker(folder)]
        self.rounds: list[tuple[datetime, bool]] = []
        self.changed_at = SPAN.end
        self.forecasts: dict[int, list[tuple[datetime, datetime]]] = {}
        with clock.held_at(SPAN.begin):
            self.west, self.east = self.found("kec-barat", WIB), self.found("kec-timur", WIT)
            self.life = Life({cast.office.pk: cast for cast in (self.west, self.east)}, self.random, self.calendar)
            self.schedule(self.west, "bulan", workday=2, deadline_days=10)
            self.schedule(self.east, "triwulan", workday=3, deadline_days=10)
            register(all_ticks())
        self.write_agenda()

    def calendar(self, office: Office) -> Any:
        return calendar_of(office.pk, Office.objects.values_list("calendar_stamp", flat=True).get(pk=office.pk))[0]

    def found(self, code: str, zone: ZoneInfo) -> Cast:
        cast = found_office(code, units=2)
        with by_hand():
            Office.objects.filter(pk=cast.office.pk).update(timezone=zone.key, hours=write_week(DEFAULT_WEEK))
            for person in Person.objects.filter(username__startswith=code):
                Person.objects.filter(pk=person.pk).update(email=f"{person.username}@contoh.example")
        cast.office.refresh_from_db()
        return cast

    def schedule(self, cast: Cast, kind: str, *, workday: int, deadline_days: int) -> None:
        with by_hand():
            Schedule.objects.create(
                office=cast.office, key=MECHANISM, kind=kind, workday=workday, at=time(8), deadline_days=deadline_days,
                active_from=SPAN.begin.date(), made_by="Kasubbag",
            )  # fmt: skip

    # --- the agenda ----------------------------------------------------------------------------------------------------

    def write_agenda(self) -> None:
        west = self.west
        for start, period in SPAN.letters:
            self.life.at(start, lambda period=period: self.life.start_from_letter(west, period))
        self.life.at(SPAN.camat_away[0], self.camat_goes_on_leave)
        self.life.at(SPAN.unit_away[0], self.unit_goes_on_leave)
        self.life.at(SPAN.holiday, self.holiday_is_added)
        self.life.at(SPAN.pause, self.pause)
        self.life.at(SPAN.resume, self.resume)
        for moment in self.scheduled_moments():
            self.life.at(moment, lambda: None)
        for moment in (SPAN.down[1], SPAN.end):
            self.life.at(moment, lambda: None)

    def scheduled_moments(self) -> list[datetime]:
        """When each scheduled start should come, counted by walking."""
        return [moment for _, _, moment in self.scheduled()]

    def scheduled(self) -> list[tuple[int, str, datetime]]:
        """Office, period, moment: every scheduled start of the year."""
        found = []
        naive = self.naive(self.west.office, SPAN.begin)
        for month in range(1, 13):
            last = (date(2026, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
            moment = datetime.combine(naive.workday(last, 2), time(8), tzinfo=WIB)
            found.append((self.west.office.pk, f"2026-{month:02}", moment))
        naive = self.naive(self.east.office, SPAN.begin)
        for quarter, last in enumerate(
            (date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)), 1
        ):
            moment = datetime.combine(naive.workday(last, 3), time(8), tzinfo=WIT)
            found.append((self.east.office.pk, f"2026-TW{quarter}", moment))
        return [(office, period, moment) for office, period, moment in found if SPAN.begin < moment < SPAN.end]

    def go(self, cast: Cast, away: Away) -> None:
        fields = leaves.LeaveFields("cuti", away.since, away.until, "850/1/CUTI", away.substitute)
        leaves.record_leave(office=cast.office, person=away.person, fields=fields, by=cast.sekretaris)
        self.life.away.append(away)

    def camat_goes_on_leave(self) -> None:
        west = self.west
        self.go(west, Away(west.kepala, SPAN.camat_away[0].date(), SPAN.camat_away[1], west.umum))

    def unit_goes_on_leave(self) -> None:
        east = self.east
        self.go(east, Away(east.units[0], SPAN.unit_away[0].date(), SPAN.unit_away[1], east.units[1]))

    def holiday_is_added(self) -> None:
        """The next working day becomes a local holiday while the deadlines of two tasks lie beyond it; else an hour later."""
        west, now = self.west.office, clock.now()
        beyond = datetime.combine(self.naive(west, now).workday(now.astimezone(WIB).date(), 1), time(7), tzinfo=WIB)
        open_ = Task.objects.filter(cycle__office=west, decided_at__isnull=True, due_at__gt=beyond)
        if open_.count() < 2:
            self.life.at(now + timedelta(hours=1), self.holiday_is_added)
            return
        name = {"name": "Hari jadi kecamatan", "source": "SE Camat"}
        offices.add_holiday(office=west, day=beyond.date(), by=self.west.umum, **name)
        self.changed_at = now
        west.refresh_from_db()
        recount(west)

    def pause(self) -> None:
        cycle = Cycle.objects.filter(office=self.west.office, state="berjalan", parent=None).latest("pk")
        pause_cycle(cycle=cycle, reason="Menunggu arahan kabupaten", by=self.west.kepala)

    def resume(self) -> None:
        for pause in Pause.objects.filter(until__isnull=True, cycle__parent=None).select_related("cycle__office"):
            resume_cycle(cycle=pause.cycle, by=self.west.kepala)

    def naive(self, office: Office, as_of: datetime) -> NaiveCalendar:
        """The calendar as the rows of the tables say it, without the local holiday before it was added."""
        rows = [row for row in Holiday.objects.all() if row.office_id in (None, office.pk)]
        special = [
            (row.since, row.until, {day: intervals(texts) for day, texts in row.hours.items()})
            for row in SpecialHours.objects.order_by("since")
            if row.office_id in (None, office.pk)
        ]
        return NaiveCalendar(
            zone=ZoneInfo(office.timezone),
            week={day: intervals(texts) for day, texts in office.hours.items()},
            off={row.day for row in rows if row.office_id is None or as_of >= self.changed_at},
            special=special,
        )

    # --- the year ------------------------------------------------------------------------------------------------------

    def live(self) -> None:
        now = SPAN.begin
        while now < SPAN.end:
            now = self.work(now)
            with clock.held_at(now):
                self.life.plan(now)
            moment = self.next_moment(now)
            self.life.act_until(moment, not_before=now + MINUTE)
            self.note_forecasts(moment)
            now = moment + MINUTE

    def next_moment(self, now: datetime) -> datetime:
        """The next moment at which anything can happen: an act, a reminder, a message that waits for its time."""
        open_ = Task.objects.filter(decided_at__isnull=True, nudge_at__gt=now)
        found = [
            self.life.next_moment(),
            open_.aggregate(at=Min("nudge_at"))["at"],
            Outgoing.objects.filter(state="menunggu", next_at__gt=now).aggregate(at=Min("next_at"))["at"],
            SPAN.end,
        ]
        return max(min(moment for moment in found if moment), now + MINUTE)

    def work(self, now: datetime) -> datetime:
        """The workers' rounds of a moment: again a minute later as long as one was killed or something waits.

        Returns the moment of the last round.
        """
        if SPAN.down[0] <= now < SPAN.down[1]:
            return now
        for again in range(12):
            killed = again < 3 and self.random.random() < KILLED
            clean = round_at(now, self.workers, [None, self.random.randint(1, 45) if killed else None])
            self.rounds.append((now, clean))
            if clean and not self.left(now):
                return now
            # a message that was in a killed worker's hand is given back after some minutes
            now += timedelta(minutes=15) if again == 6 else MINUTE
        return now

    def left(self, now: datetime) -> bool:
        """Whether the workers have anything left to do at this moment."""
        tasks = Task.objects.filter(decided_at__isnull=True, nudge_at__lte=now)
        paused = Pause.objects.filter(until__isnull=True).values("cycle")
        return (
            tasks.exclude(cycle__in=paused).exists()
            or Message.objects.filter(spread_at__isnull=True).exists()
            or Outgoing.objects.filter(state="menunggu", next_at__lte=now).exists()
            or Outgoing.objects.filter(state="mengirim").exists()
        )

    def note_forecasts(self, now: datetime) -> None:
        """What the product says now about when each open cycle will end."""
        for pk, outlook in outlooks(self.life.open_cycles(), now).items():
            known = self.forecasts.setdefault(pk, [])
            if not known or known[-1][1] != outlook.end:
                known.append((now, outlook.end))

    # --- afterwards ----------------------------------------------------------------------------------------------------

    def forecast_errors(self) -> dict[str, Any]:
        """How far the forecasts were off, in working hours, by how much of the cycle was over when they were made."""
        errors: dict[str, list[float]] = {"awal": [], "tengah": [], "akhir": []}
        for cycle in Cycle.objects.filter(state="selesai", pk__in=self.forecasts).select_related("office"):
            naive = self.naive(cycle.office, SPAN.end)
            for made, moment in self.forecasts[cycle.pk]:
                over = (made - cycle.started_at) / (cycle.ended_at - cycle.started_at)
                part = "awal" if over < 1 / 3 else "tengah" if over < 2 / 3 else "akhir"
                early, late = sorted((moment, cycle.ended_at))
                errors[part].append(naive.minutes_between(early, late) / 60)
        return {
            part: {"n": len(found), "median_jam": round(median(found), 2), "terburuk_jam": round(max(found), 1)}
            for part, found in errors.items()
            if found
        }


def main(folder: Path) -> None:
    """Live the year on the database of DATABASE_URL; what became of it goes to FOLDER/tahun.json."""
    settings.ARCHIVE_ROOT = folder / "arsip"
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(os.environ["YEAR_SMTP_PORT"])
    patch = pytest.MonkeyPatch()
    type_papers(patch)
    with clock.held_at(datetime(2026, 1, 5, 8, 0, tzinfo=WIB)):
        publish()
        seed_national_calendar([2025, 2026, 2027])
    year = Year(folder)
    year.live()
    facts = audit(year)
    (folder / "tahun.json").write_text(json.dumps(facts, default=str, indent=1))
