"""A log against a procedure: the optimal alignment, fitness, deviations in words, names of activities."""

from datetime import timedelta
from heapq import heappop, heappush

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.history.conformance import (
    DONE,
    Model,
    Trace,
    align,
    check,
    other_procedures,
    other_versions,
    variant_of,
    without_numbers,
)
from himpun.history.events import ABORT, CHILD, COMPLETE, START, Event, Log
from himpun.history.names import names_of
from himpun.procedures.problems import runnable
from tests.cycles.logs import MONDAY, PROCEDURE, clock, ended, turn

MODEL = Model(PROCEDURE)


def trace(*steps: int) -> Trace:
    return tuple((step, "", "") for step in steps)


def said(*steps: int, decisions: tuple[str, ...] = ()) -> list[str]:
    (case,) = check(PROCEDURE, ended("k", steps, decisions=decisions), clock()).cases
    return list(case.deviations)


def test_a_case_that_follows_the_sop_fits_wholly() -> None:
    (case,) = check(PROCEDURE, ended("k", (1, 2, 3, 4)), clock()).cases

    assert case.fitness == 1
    assert case.deviations == ()
    assert case.variant.ended


@pytest.mark.parametrize(
    ("steps", "fitness", "sentences"),
    [
        ((1, 3, 4), 1 - 1 / 7, ["langkah 2 dilewati"]),
        ((1, 2), 1 - 2 / 6, ["kasus belum selesai di langkah 3"]),
        ((), 0, ["kasus belum selesai di langkah 1"]),
        ((1, 2, 3, 4, 4), 1 - 1 / 9, ["langkah 4 diulang padahal SOP tidak membolehkan"]),
        ((1, 3, 2, 4), 1 - 2 / 8, ["langkah 2 dijalankan setelah langkah 3 padahal SOP tidak membolehkan"]),
        ((4, 1, 2, 3, 4), 1 - 1 / 9, ["langkah 4 dijalankan paling awal padahal SOP tidak membolehkan"]),
    ],
)
def test_departures_cost_fitness_and_are_said_in_words(
    steps: tuple[int, ...], fitness: float, sentences: list[str]
) -> None:
    variant = variant_of(MODEL, trace(*steps))

    assert variant.fitness == pytest.approx(fitness)
    assert list(variant.deviations) == sentences


def test_steps_that_changed_places_are_one_deviation_in_words() -> None:
    (sentence,) = said(1, 3, 2, 4)

    assert "padahal SOP tidak membolehkan" in sentence
    assert variant_of(MODEL, trace(1, 3, 2, 4)).fitness == pytest.approx(1 - 2 / 8)


def test_a_return_the_sop_provides_costs_nothing_and_counts_as_rework() -> None:
    variant = variant_of(MODEL, trace(1, 2, 1, 2, 3, 2, 3, 4))

    assert variant.fitness == 1
    assert (variant.returns, variant.rework) == (2, 4)
    assert variant.deviations == ()


def test_a_decision_binds_to_where_it_leads() -> None:
    assert said(1, 2, 1, 2, 3, 4, decisions=("lanjut", "kurang", "lanjut", "lengkap", "setuju", "selesai")) == []
    assert said(1, 2, 1, 2, 3, 4, decisions=("lanjut", "lengkap", "lanjut", "lengkap", "setuju", "selesai")) != []
    assert said(1, 2, 3, 4, decisions=("lanjut", "oke")) == ["keputusan “oke” tidak dikenal di langkah 2"]


def test_an_activity_the_sop_does_not_know_is_named() -> None:
    log = [*ended("k", (1, 2, 3, 4)), Event("k", "Ngopi", MONDAY, resource="A")]
    found = check(PROCEDURE, log, clock())

    assert found.names.unknown == ("Ngopi",)
    assert found.cases[0].deviations == ("kegiatan “Ngopi” tidak ada dalam SOP",)


def _cheapest_by_dijkstra(steps: tuple[int, ...]) -> int:
    """The same question answered otherwise: Dijkstra over (events read, step the SOP waits for)."""
    edges = {no: set(MODEL._any[no]) for no in MODEL.steps}
    heap, done = [(0, 0, MODEL.first)], set()
    while heap:
        cost, read, state = heappop(heap)
        if (read, state) in done:
            continue
        done.add((read, state))
        if read == len(steps) and state == DONE:
            return cost
        if read < len(steps):
            heappush(heap, (cost + 1, read + 1, state))
        for to in edges.get(state, ()):
            heappush(heap, (cost + 1, read, to))
            if read < len(steps) and steps[read] == state:
                heappush(heap, (cost, read + 1, to))
    raise AssertionError("no way to the end")


@given(st.lists(st.integers(0, 4), max_size=9))
def test_no_alignment_is_cheaper(steps: list[int]) -> None:
    found = align(MODEL, trace(*steps))

    assert found.cost == _cheapest_by_dijkstra(tuple(steps))
    assert found.cost == sum(move.kind != "sesuai" for move in found.moves)
    assert [move.step for move in found.moves if move.kind != "dilewati"] == steps
    assert 0 <= variant_of(MODEL, trace(*steps)).fitness <= 1


def test_cases_with_the_same_steps_are_aligned_once() -> None:
    log: Log = [event for no in range(20) for event in ended(str(no), (1, 2, 3, 4))]

    assert check(PROCEDURE, log, clock()).variants == 1


def test_activities_are_known_by_number_name_title_and_likeness() -> None:
    given_ = [
        "3",
        "Langkah 2: cek",
        "PERIKSA",
        "menerima  berkas dari pemohon",
        "Memeriksa kelengkapan berkass",
        "Rapat",
    ]
    found = names_of(PROCEDURE, given_)

    assert [found.numbers.get(name) for name in given_] == [3, 2, 2, 1, 2, None]
    assert list(found.guessed) == ["Langkah 2: cek", "Memeriksa kelengkapan berkass"]
    assert found.unknown == ("Rapat",)
    assert names_of(PROCEDURE, ["Rapat"], {"rapat": 4}).numbers == {"Rapat": 4}


@pytest.mark.parametrize(
    ("activity", "step", "guessed"),
    [
        ("2", 2, False),
        ("2 Memeriksa kelengkapan berkas", 2, False),
        ("2. Petugas memeriksa kelengkapan berkas pemohon", 2, False),
        ("2 periksa berkas", 2, False),
        ("2 Mencetak kartu antrean", 2, True),
        ("1 Menyetujui permohonan", 3, True),
        ("9 Menyetujui permohonan", 3, True),
        ("9 Mencetak kartu antrean", None, False),
    ],
)
def test_a_number_is_only_a_guess_before_a_name_unlike_the_steps_title(
    activity: str, step: int | None, guessed: bool
) -> None:
    found = names_of(PROCEDURE, [activity])

    assert (found.numbers.get(activity), activity in found.guessed) == (step, guessed)


def test_a_log_that_names_another_procedure_or_version_is_recognised() -> None:
    own, other = (Event("k", "1", MONDAY, step=1, procedure=key, sha256="abc") for key in (PROCEDURE.key, "lain"))
    of_child = other._replace(scope=CHILD)

    assert other_procedures(PROCEDURE, [own, of_child, own._replace(procedure="")]) == []
    assert other_procedures(PROCEDURE, [own, other]) == ["lain"]
    assert other_versions(PROCEDURE, [own._replace(sha256=PROCEDURE.sha256), own, other._replace(sha256="x")]) == [
        "abc"
    ]
    assert [event.step for event in without_numbers(PROCEDURE, [own, other, of_child])] == [1, 0, 1]


def test_a_log_of_starts_only_is_held_against_the_sop_all_the_same() -> None:
    log = [event._replace(lifecycle=START, step=0) for event in ended("k", (1, 2, 3, 4))]

    assert check(PROCEDURE, log, clock()).fitness == 1


def test_an_empty_log_and_a_cancelled_case_are_told_as_they_are() -> None:
    assert check(PROCEDURE, [], clock()).fitness is None
    log = [*turn("k", 1, MONDAY), Event("k", "1 kegiatan", MONDAY, ABORT, step=1)]

    assert "kasus dibatalkan" in check(PROCEDURE, log, clock()).cases[0].deviations


# --- who is to blame, and what happened at once ---------------------------------------------------------------------


def ways(**steps: str) -> Model:
    """A procedure by its ways: ways(s1="2", s2="3 4", s3="4", s4="akhir"); a way back is a return."""
    rows = []
    for name, targets in steps.items():
        no = int(name[1:])
        told = {to: to if to == "akhir" else int(to) for to in targets.split()}
        following = ", ".join(f'"ke {to}" = {to if to != "akhir" else chr(34) + to + chr(34)}' for to in told)
        back = ", ".join(f'"ke {to}"' for to, step in told.items() if isinstance(step, int) and step <= no)
        rows.append(
            f'[[step]]\nno = {no}\nname = "l{no}"\ntitle = "Langkah {no}"\nwho = "a"\n'
            f"next = {{ {following} }}\nreturns = [{back}]\n"
        )
    head = 'key = "cabang"\nname = "Cabang"\n[[role]]\nkey = "a"\ntitle = "Petugas"\n'
    return Model(runnable(head + "".join(rows)))


SHORTCUT = ways(s1="2", s2="3 4", s3="4", s4="akhir")
TWO_WAYS = ways(s1="2 3", s2="4", s3="4", s4="5 1", s5="akhir")


@pytest.mark.parametrize(
    ("model", "steps", "sentences"),
    [
        (SHORTCUT, (1, 2, 4, 3, 4), ["langkah 3 dijalankan setelah langkah 4 padahal SOP tidak membolehkan"]),
        (SHORTCUT, (1, 1, 2, 3, 4), ["langkah 1 diulang padahal SOP tidak membolehkan"]),
        (SHORTCUT, (1, 2, 3, 2, 3, 4), ["langkah 2 dijalankan setelah langkah 3 padahal SOP tidak membolehkan"]),
        (TWO_WAYS, (1, 2, 3, 4, 5), ["langkah 3 dijalankan setelah langkah 2 padahal SOP tidak membolehkan"]),
        (TWO_WAYS, (1, 3, 2, 4, 5), ["langkah 2 dijalankan setelah langkah 3 padahal SOP tidak membolehkan"]),
        (TWO_WAYS, (1, 2, 4, 1), ["kasus belum selesai di langkah 2"]),
    ],
)
def test_to_blame_is_the_event_that_no_path_allows(model: Model, steps: tuple[int, ...], sentences: list[str]) -> None:
    assert list(variant_of(model, trace(*steps)).deviations) == sentences


@given(st.lists(st.integers(1, 5), max_size=8))
def test_nobody_is_blamed_for_following_the_step_before(steps: list[int]) -> None:
    nodes = trace(*steps)
    skipped = any("dilewati" in one for one in variant_of(TWO_WAYS, nodes).deviations)
    wrong = [
        after[0] for before, after in zip([None, *nodes], nodes, strict=False) if not TWO_WAYS.follows(before, after)
    ]
    variant = variant_of(TWO_WAYS, nodes)
    moved = {move.step for move in variant.alignment.moves if move.kind == "dilewati"}

    assert set(variant.extra) <= {*wrong, *moved}
    assert wrong or not (variant.extra or skipped)


def at_hours(model: Model, steps: tuple[int, ...], hours: tuple[int, ...]) -> list[str]:
    log = [
        Event("k", f"l{step}", MONDAY + timedelta(hours=hour), step=step)
        for step, hour in zip(steps, hours, strict=True)
    ]
    (case,) = check(model.procedure, log, clock()).cases
    return list(case.deviations)


@pytest.mark.parametrize(
    ("steps", "hours"),
    [
        ((2, 1, 3, 4), (0, 0, 1, 2)),
        ((4, 3, 2, 1), (0, 0, 0, 0)),
        ((1, 4, 2, 3), (0, 5, 5, 5)),
        ((2, 1, 4, 3), (0, 0, 1, 1)),
    ],
)
def test_steps_noted_at_one_moment_make_no_deviation(steps: tuple[int, ...], hours: tuple[int, ...]) -> None:
    assert at_hours(SHORTCUT, steps, hours) == []


def test_steps_at_one_moment_that_no_order_allows_are_still_said() -> None:
    assert at_hours(SHORTCUT, (3, 1, 4), (0, 0, 1)) == ["langkah 2 dilewati"]
    assert at_hours(SHORTCUT, (2, 1, 3, 4), (0, 1, 2, 3)) != []


def test_a_turn_that_begins_and_ends_at_one_moment_is_one_turn() -> None:
    log: Log = []
    for step in (1, 2, 3, 4):
        done = Event("k", f"{step} kegiatan", MONDAY, COMPLETE, step=step)
        log += [done, done._replace(lifecycle=START)]
    (case,) = check(PROCEDURE, log, clock()).cases

    assert case.deviations == ()
    assert [(visit.step, visit.minutes) for visit in case.visits] == [(1, 0), (2, 0), (3, 0), (4, 0)]
