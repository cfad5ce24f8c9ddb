"""The journal as an event log."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from himpun.cycles.actions import cancel_cycle
from himpun.history import conformance
from himpun.history.clock import WorkClock
from himpun.history.events import ABORT, CHILD, COMPLETE, START, STEP, UNIT
from himpun.history.journal import events_of
from himpun.history.waiting import Waiting, waiting_in
from himpun.offices.calendar.kept import calendar_of
from himpun.offices.models.offices import Office
from himpun.procedures.definition import Procedure
from tests.cast import MECHANISM, MONDAY, SOP, Cast, found_office, later

pytestmark = pytest.mark.django_db


def offices() -> list[Office]:
    return list(Office.objects.select_related("kind"))


def definition(cast: Cast) -> Procedure:
    return cast.office.cycles.filter(key=SOP).latest("pk").procedure.definition


def test_a_whole_run_is_told_step_by_step_with_who_and_what_was_decided(small: Cast) -> None:
    cycle = small.finish()
    log = events_of(offices(), SOP)

    own = [event for event in log if event.scope == STEP and event.lifecycle == COMPLETE]
    assert [event.step for event in own] == [1, 2, 3, 4, 5, 7, 8, 9, 10]
    assert {event.case for event in log} == {cycle.subject}
    assert own[0].resource == "Camat"
    assert own[0].person == small.kepala.name
    assert own[-1].decision == "selesai"
    assert {event.period for event in log} == {cycle.period}


def test_a_steps_start_is_the_moment_the_one_before_was_decided(small: Cast) -> None:
    cycle = small.start()
    with later(days=1) as decided:
        small.decide(cycle, "disposisi", instructions=["proses"])
    log = events_of(offices(), SOP)

    assert [(event.step, event.lifecycle, event.at) for event in log] == [
        (1, START, MONDAY),
        (1, COMPLETE, decided),
        (2, START, decided),
    ]
    assert log[-1].resource == "Sekretaris Camat"


def test_units_and_the_procedure_that_is_run_stand_in_the_case_of_the_step_that_waits(small: Cast) -> None:
    cycle = small.to_step_3()
    child = small.child(cycle)
    small.to_collecting(child)
    with later(hours=2) as answered:
        small.answer(small.requests(child)[0])
    log = events_of(offices(), SOP)

    assert [event.step for event in log if event.scope == CHILD and event.lifecycle == COMPLETE] == [1, 2, 3]
    units = [(event.resource, event.lifecycle) for event in log if event.scope == UNIT]
    assert units == [("Kepala Seksi 1", START), ("Kepala Seksi 2", START), ("Kepala Seksi 1", COMPLETE)]
    assert {event.case for event in log} == {cycle.subject}
    assert log[-1].at == answered
    assert {event.case for event in events_of(offices(), MECHANISM)} == {child.subject}


def test_whoever_holds_a_step_waits_for_the_units_that_owe_their_part(small: Cast) -> None:
    cycle = small.to_step_3()
    child = small.child(cycle)
    small.to_collecting(child)
    with later(hours=2):
        small.answer(small.requests(child)[0])
    with later(hours=3):
        small.answer(small.requests(child)[1])
        small.decide(child, "sampaikan")
    log = events_of(offices(), MECHANISM)
    clock = WorkClock(*calendar_of(small.office.pk, small.office.calendar_stamp))
    found = conformance.check(child.procedure.definition, log, clock)
    waiting = Waiting()
    waiting_in([event for event in log if event.case == child.subject], found.visits, clock, waiting)

    umum = "Kasubbag Umum dan Kepegawaian"
    assert waiting.of(umum, "Kepala Seksi 1") == 60  # two hours shared with the other unit
    assert waiting.of(umum, "Kepala Seksi 2") == 60 + 60
    assert waiting.of(umum, "Camat") is None


def test_moments_are_told_in_the_zone_of_the_office(small: Cast) -> None:
    Office.objects.filter(pk=small.office.pk).update(timezone="Asia/Jayapura")
    small.start()
    (event,) = events_of(offices(), SOP)

    assert event.at == MONDAY
    assert event.at.isoformat() == "2026-10-05T10:00:00+09:00"


def test_a_cancelled_run_says_so(small: Cast) -> None:
    cycle = small.start()
    cancel_cycle(cycle=cycle, reason="Salah periode", by=small.kepala)

    assert events_of(offices(), SOP)[-1].lifecycle == ABORT


def test_only_runs_that_began_in_time_are_told(small: Cast) -> None:
    small.start()

    assert events_of(offices(), SOP, since=MONDAY, until=MONDAY + timedelta(seconds=1))
    assert not events_of(offices(), SOP, since=MONDAY + timedelta(seconds=1))
    assert not events_of(offices(), SOP, until=MONDAY)
    assert not events_of([], SOP)


def test_reading_takes_the_same_queries_however_many_offices_and_runs(small: Cast) -> None:
    small.to_step_3()
    found = offices()
    with CaptureQueriesContext(connection) as one:
        events_of(found, SOP)
    found_office("kec-lain").to_step_3()
    small.start(period="2026-TW2")
    found = offices()
    with CaptureQueriesContext(connection) as more:
        assert len({event.case for event in events_of(found, SOP)}) == 3

    assert len(more) == len(one) <= 7
