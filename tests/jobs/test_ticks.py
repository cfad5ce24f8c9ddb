"""When a tick runs, and that its failure harms nobody."""

from datetime import timedelta

import pytest

from himpun import clock
from himpun.jobs.models import Tick
from himpun.jobs.ticks import TICKS, Ticks, register, run_due
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class Counter:
    """A tick's work that counts."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.fixture
def work() -> Counter:
    return Counter()


def ticks_of(work: Counter) -> Ticks:
    ticks = {"hitung": (HOUR, work)}
    register(ticks)
    return ticks


def test_a_new_tick_runs_at_once_and_then_after_its_interval(work: Counter) -> None:
    ticks = ticks_of(work)

    assert run_due(ticks) == ["hitung"]
    assert run_due(ticks) == []
    with clock.held_at(MONDAY + HOUR - timedelta(seconds=1)):
        assert run_due(ticks) == []
    with clock.held_at(MONDAY + HOUR):
        assert run_due(ticks) == ["hitung"]
    assert work.times == 2


def test_a_tick_that_another_worker_claimed_meanwhile_is_not_run(
    work: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = ticks_of(work)
    seen = list(Tick.objects.all())
    run_due(ticks)

    monkeypatch.setattr(
        Tick.objects, "filter", lambda **asked: seen if "name__in" in asked else Tick.objects.all().filter(**asked)
    )

    assert run_due(ticks) == []
    assert work.times == 1


def test_a_tick_missed_for_days_runs_once(work: Counter) -> None:
    ticks = ticks_of(work)
    run_due(ticks)

    with clock.held_at(MONDAY + timedelta(days=3)):
        assert run_due(ticks) == ["hitung"]
        assert run_due(ticks) == []


def test_a_tick_that_fails_does_not_keep_the_others_from_running(work: Counter) -> None:
    def fail() -> None:
        raise ValueError("rusak")

    ticks = {"a-rusak": (HOUR, fail), "b-hitung": (HOUR, work)}
    register(ticks)

    assert sorted(run_due(ticks)) == ["a-rusak", "b-hitung"]
    assert work.times == 1


def test_registering_again_does_not_move_a_tick(work: Counter) -> None:
    ticks = ticks_of(work)
    run_due(ticks)

    register(ticks)

    assert run_due(ticks) == []


def test_a_tick_nobody_knows_any_more_is_left_alone(work: Counter) -> None:
    register({"lama": (HOUR, work)})

    assert run_due(ticks_of(work)) == ["hitung"]


def test_the_own_ticks_run_on_an_empty_database() -> None:
    register(TICKS)

    assert set(run_due(TICKS)) == set(TICKS)
