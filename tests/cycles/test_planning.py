"""Planning, pure: the straight way through a SOP, dates counted back from a deadline, and when a run will end."""

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from himpun.cycles.deadlines import planning
from himpun.cycles.deadlines.late import in_words
from himpun.cycles.deadlines.planning import Course
from himpun.measure.periods import Period
from himpun.offices import worktime
from himpun.offices.worktime import DEFAULT_WEEK, WIB, Amount, WorkCalendar
from himpun.procedures.definition import Procedure, Step
from himpun.procedures.problems import runnable

CALENDAR = WorkCalendar(DEFAULT_WEEK, frozenset({date(2026, 10, 14)}), WIB)
DAY = 480
FOLDER = "src/himpun/procedures"


def procedure(name: str) -> Procedure:
    with open(f"{FOLDER}/{name}.toml", encoding="utf-8") as text:
        return runnable(text.read())


SOP, MECHANISM = procedure("pengumpulan_data_kinerja"), procedure("permintaan_data")
CHILDREN = {"permintaan-data": Course(MECHANISM.steps)}


def at(day: int, hour: int = 8, minute: int = 0, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=WIB)


def step(no: int, time_text: str, runs: str = "") -> Step:
    return Step(no=no, name=f"l{no}", title="", who="analis", time_text=time_text, runs=runs)


def test_the_straight_path_takes_each_steps_first_forward_decision() -> None:
    assert [one.no for one in planning.straight_path(SOP, 1)] == [1, 2, 3, 4, 5, 7, 8, 9, 10]
    assert [one.no for one in planning.straight_path(SOP, 6)] == [6, 7, 8, 9, 10]


def test_a_path_that_turns_back_ends_where_it_has_been() -> None:
    round_ = Step(no=1, name="a", title="", who="analis", next={"lanjut": 2})
    back = Step(no=2, name="b", title="", who="analis", next={"lanjut": 1})
    circle = Procedure("k", "K", SOP.identity, (), (round_, back), "")

    assert [one.no for one in planning.straight_path(circle, 1)] == [1, 2]


def test_dates_are_counted_back_from_the_deadline_by_working_days() -> None:
    plan = planning.backward_plan(
        CALENDAR, DAY, [step(1, "1 hari"), step(2, "2 hari"), step(3, "20 menit")], at(19, 16)
    )

    assert plan == {3: at(19, 16), 2: at(19, 15, 40), 1: at(15, 15, 40)}


def test_a_deadline_outside_work_counts_as_the_end_of_work_before_it() -> None:
    assert planning.backward_plan(CALENDAR, DAY, [step(1, "1 hari")], at(18, 10)) == {1: at(16, 16, 30)}


def test_a_step_that_runs_a_procedure_leaves_it_time_to_end() -> None:
    steps = [step(1, "1 hari"), step(2, "1 hari", runs="permintaan-data"), step(3, "1 hari")]

    alone = planning.backward_plan(CALENDAR, DAY, steps, at(30, 16))
    together = planning.backward_plan(CALENDAR, DAY, steps, at(30, 16), CHILDREN)

    assert alone[1] == at(28, 16)
    assert together[1] == at(26, 15, 40)
    assert planning.latest_start(CALENDAR, DAY, MECHANISM.steps, together[2]) == together[1]


@given(
    st.lists(
        st.sampled_from(["1 hari", "2 hari", "5 menit", "480 menit", "3 jam", "1 hari 20 menit", ""]),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 60 * 24 * 40),
)
def test_what_begins_by_the_latest_start_ends_by_the_deadline(times: list[str], minutes: int) -> None:
    steps = [step(no, text) for no, text in enumerate(times, 1)]
    deadline = at(5) + timedelta(minutes=minutes)

    plan = planning.backward_plan(CALENDAR, DAY, steps, deadline)
    start = planning.latest_start(CALENDAR, DAY, steps, deadline)
    ends = planning.ends_from(CALENDAR, DAY, steps, start)

    assert list(plan.values()) == sorted(plan.values(), reverse=True)
    assert all(ends[no] <= latest for no, latest in plan.items())
    assert all(worktime.next_working(CALENDAR, latest) == latest for latest in plan.values())


def forecast(steps: list[Step], *, opened: datetime, now: datetime, **more: object) -> datetime:
    given_ = {"expected": {}, **more}
    ends = planning.expected_ends(CALENDAR, DAY, steps, opened_at=opened, now=now, **given_)  # type: ignore[arg-type]
    return ends[steps[-1].no]


STEPS = [step(1, "1 hari"), step(2, "2 hari"), step(3, "20 menit")]


def test_a_run_is_expected_to_take_the_standard_times_from_the_opening_of_its_step() -> None:
    assert forecast(STEPS, opened=at(5), now=at(5, 9)) == at(8, 8, 20)


def test_what_the_office_usually_takes_comes_before_the_standard_time() -> None:
    assert forecast(STEPS, opened=at(5), now=at(5, 9), expected={2: 60}) == at(6, 9, 20)


def test_an_overdue_step_needs_at_least_a_quarter_of_its_time_from_now() -> None:
    late = forecast(STEPS[:1], opened=at(5), now=at(8, 10), due_at=at(6))

    assert late == worktime.due(CALENDAR, at(8, 10), Amount(minutes=DAY // 4)) == at(8, 12)


def test_a_step_due_by_a_shorter_rule_than_expected_still_moves_when_it_is_overdue() -> None:
    slow = forecast(STEPS[:1], opened=at(5), now=at(6, 9), due_at=at(6), expected={1: 4 * 450})

    assert slow == at(9, 8)


def test_a_step_does_not_end_before_the_procedure_it_waits_for() -> None:
    assert forecast(STEPS, opened=at(5), now=at(5, 9), not_before=at(12, 10)) == at(15, 10, 20)


def test_a_pause_moves_the_forecast() -> None:
    paused = forecast(STEPS, opened=at(5), now=at(8), pauses=[(at(5, 8), at(7, 8))])

    assert paused == at(12, 8, 20)


def test_a_coming_step_takes_as_long_as_the_procedure_it_runs_unless_it_is_known_to_be_quicker() -> None:
    steps = [step(1, "1 hari"), step(2, "1 hari", runs="permintaan-data")]

    assert forecast(steps, opened=at(5), now=at(5), children=CHILDREN) == at(9, 8, 20)
    assert forecast(steps, opened=at(5), now=at(5), children=CHILDREN, expected={2: 450}) == at(7)


def test_a_procedure_that_runs_itself_is_followed_once() -> None:
    steps = [step(1, "1 hari", runs="diri")]
    itself = {"diri": Course(steps)}

    assert forecast(steps, opened=at(5), now=at(5), children=itself) == at(6)
    assert planning.backward_plan(CALENDAR, DAY, steps, at(8, 16), itself) == {1: at(8, 16)}


def test_working_minutes_are_said_in_days_hours_and_minutes() -> None:
    said = [in_words(minutes, 450) for minutes in (0, 45, 60, 200, 450, -1040)]

    assert said == ["0 menit", "45 menit", "1 jam", "3 jam 20 menit", "1 hari", "2 hari 2 jam"]


def test_a_schedule_begins_on_the_nth_working_day_after_the_period_or_before_its_end() -> None:
    quarter = Period.parse("2026-TW3")

    starts = [planning.scheduled_start(CALENDAR, quarter, n, time(9)) for n in (1, 9, 10, -1, -2)]

    assert starts == [at(1, 9), at(13, 9), at(15, 9), at(30, 9, month=9), at(29, 9, month=9)]


def test_a_final_deadline_is_the_end_of_work_so_many_days_after_the_period() -> None:
    quarter = Period.parse("2026-TW3")

    def deadline(days: int, *, working: bool) -> datetime:
        return planning.scheduled_deadline(CALENDAR, quarter, days, working=working)

    assert deadline(10, working=False) == at(12, 16)
    assert deadline(14, working=False) == at(15, 16)
    assert deadline(10, working=True) == at(15, 16)
    assert deadline(0, working=True) == at(30, 16, month=9)
