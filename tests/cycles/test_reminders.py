"""The moments of the rules and the words of a reminder, without any database."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.cycles.deadlines.late import late_by
from himpun.cycles.reminders.plan import (
    AFTER,
    AT,
    BEFORE,
    DEFAULT_RULES,
    TEXT_LENGTH,
    Rule,
    Told,
    by_hand_text,
    moment_of,
    opened_text,
    plan,
    reminder_text,
)
from himpun.offices.worktime import DEFAULT_WEEK, WIB, WorkCalendar, next_working

CALENDAR = WorkCalendar(hours=DEFAULT_WEEK, holidays=frozenset({date(2026, 10, 14)}), timezone=WIB)
DAY = 480
FIRST, LAST = datetime(2026, 9, 1), datetime(2026, 12, 31)  # noqa: DTZ001 - Hypothesis gives them their zone
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(ZoneInfo("UTC"))).map(lambda at: at.replace(microsecond=0))
DUES = MOMENTS.filter(lambda at: next_working(CALENDAR, at) == at)
AMOUNTS = st.builds(lambda n, unit: f"{n} {unit}", st.integers(1, 9), st.sampled_from(["menit", "jam", "hari"]))
RULES = st.one_of(st.just(Rule(AT)), st.builds(Rule, st.sampled_from([BEFORE, AFTER]), AMOUNTS, st.integers(0, 3)))
TOLD = Told("langkah 2 Memeriksa draft", "Pengumpulan Data Kinerja Triwulan III 2026", "Sekretaris Camat")


def at(text: str) -> datetime:
    return datetime.strptime(f"2026-10-{text}", "%Y-%m-%d %H.%M").replace(tzinfo=WIB)


@pytest.mark.parametrize(
    ("rule", "moment"),
    [
        (Rule(BEFORE, "4 jam"), "12 14.30"),
        (Rule(BEFORE, "1 hari"), "12 10.00"),
        (Rule(AT), "13 10.00"),
        (Rule(AFTER, "1 hari"), "15 10.00"),
        (Rule(AFTER, "6 jam"), "15 08.30"),
        (Rule(AFTER, "480 menit"), "15 10.00"),
    ],
)
def test_moments_of_a_step_due_on_tuesday_at_ten_before_a_holiday(rule: Rule, moment: str) -> None:
    assert moment_of(rule, CALENDAR, DAY, at("13 10.00")) == at(moment)


@given(st.lists(RULES, min_size=1, max_size=6, unique_by=lambda rule: rule.text), DUES, st.lists(MOMENTS, max_size=12))
def test_however_often_one_looks_every_rule_fires_once_and_never_before_its_moment(
    rules: list[Rule], due_at: datetime, looks: list[datetime]
) -> None:
    fired: dict[str, datetime] = {}
    opened_at = due_at - timedelta(days=1)
    next_at: datetime | None = due_at - timedelta(days=60)
    for now in [*sorted(looks), due_at + timedelta(days=60)]:
        found = plan(rules, CALENDAR, DAY, opened_at=opened_at, due_at=due_at, now=now, fired=frozenset(fired))
        if found.firings:
            assert next_at is not None
            assert next_at <= now, "something fired before the moment announced"
        for firing in found.firings:
            assert firing.rule.text not in fired
            assert firing.planned_at == moment_of(firing.rule, CALENDAR, DAY, due_at) <= now
            if firing.rule.when == BEFORE and (now >= due_at or firing.planned_at <= opened_at):
                assert firing.passed_over
            fired[firing.rule.text] = now
        speaking = [firing.rule.up for firing in found.firings if not firing.passed_over]
        assert len(speaking) == len(set(speaking)), "somebody is told the same twice in one look"
        last = {firing.rule.up: firing for firing in found.firings if firing.rule.when != BEFORE}
        assert not any(firing.passed_over for firing in last.values()), "the latest does not speak"
        next_at = found.next_at
        assert next_at is None or next_at > now
        assert (next_at is None) == (len(fired) == len(rules))
    assert set(fired) == {rule.text for rule in rules}


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("13 10.00", ""),
        ("13 10.20", "20 menit"),
        ("13 13.30", "2 jam 30 menit"),
        ("15 10.00", "1 hari kerja"),
        ("16 11.15", "2 hari kerja 1 jam"),
        ("18 09.00", "2 hari kerja 5 jam"),
    ],
)
def test_lateness_is_counted_in_working_days_and_hours(now: str, words: str) -> None:
    late = late_by(CALENDAR, at("13 10.00"), at(now))
    assert (late.words if late else "") == words


def test_a_reminder_says_what_is_late_how_late_and_for_whom_it_waits() -> None:
    waiting = Told(TOLD.step, TOLD.run, TOLD.post, ["Seksi A", "Seksi B", "Seksi C", "Seksi D"])

    text = reminder_text(Rule(AFTER, "1 hari", 1), waiting, CALENDAR, due_at=at("12 10.00"), now=at("13 10.00"))

    assert text == (
        "Sekretaris Camat, terlambat 1 hari kerja: langkah 2 Memeriksa draft (Pengumpulan Data Kinerja Triwulan III 2026). "
        "Batas waktu 12 Okt 2026 pukul 10.00 WIB. Menunggu: Seksi A, Seksi B, Seksi C, dan 1 lagi."
    )


@given(st.text(max_size=600), st.text(max_size=150), st.text(max_size=120), MOMENTS, MOMENTS)
def test_whatever_is_reminded_of_the_message_can_be_kept(
    step: str, run: str, post: str, due_at: datetime, now: datetime
) -> None:
    told = Told(step, run, post, [post] * 5)
    texts = [reminder_text(rule, told, CALENDAR, due_at=due_at, now=now) for rule in DEFAULT_RULES]
    texts.append(opened_text(told, due_at, CALENDAR))
    texts.append(by_hand_text(post, told, CALENDAR, due_at=due_at, now=now))

    assert all(0 < len(text) <= TEXT_LENGTH for text in texts)


@given(RULES)
def test_a_rule_as_text_can_be_kept(rule: Rule) -> None:
    assert len(rule.text) <= 60
    assert rule.text.endswith(f"↑{rule.up}")
