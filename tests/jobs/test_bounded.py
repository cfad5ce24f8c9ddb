"""Work on what others made happens in a child: too long or too much costs that one job."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from himpun.jobs.bounded import Bounded, JobStopped

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def bounded() -> Iterator[Bounded]:
    found = Bounded("tests.jobs.spoilt", seconds=2.0, megabytes=256, at_most=2)
    yield found
    found.close()


def pid(bounded: Bounded) -> int:
    return int(bounded.ask("said", {})[0]["pid"])


def test_a_job_is_done_in_a_child_that_stays_warm(bounded: Bounded) -> None:
    said, content = bounded.ask("said", {"nama": "é 中"}, b"abc")

    assert (said["nama"], content) == ("é 中", b"cba")
    assert said["pid"] != os.getpid()
    assert pid(bounded) == said["pid"]


def test_a_job_that_takes_too_long_ends_alone(bounded: Bounded) -> None:
    before, began = pid(bounded), time.monotonic()

    with pytest.raises(JobStopped, match="terlalu lama"):
        bounded.ask("slow", {})

    assert time.monotonic() - began < 15
    assert pid(bounded) != before, "the next job has a new child"


def test_a_job_that_takes_too_much_memory_ends_alone(bounded: Bounded) -> None:
    assert len(bounded.ask("greedy", {"megabytes": 10})[1]) == 10 * 1024 * 1024
    with pytest.raises(JobStopped, match="terlalu banyak memori"):
        bounded.ask("greedy", {"megabytes": 800})
    assert pid(bounded)


def test_a_job_that_breaks_says_so_and_the_next_one_works(bounded: Bounded) -> None:
    with pytest.raises(JobStopped, match="tidak terduga"):
        bounded.ask("broken", {})
    assert pid(bounded)


def test_a_child_that_went_away_by_itself_is_replaced_without_a_word(bounded: Bounded) -> None:
    """As one does that nobody asked for a while, just as somebody asks."""
    with pytest.raises(JobStopped, match="berakhir"):
        bounded.ask("gone", {})  # and again, with a new child
    assert pid(bounded)


def test_threads_share_the_children(bounded: Bounded) -> None:
    with ThreadPoolExecutor(6) as threads:
        pids = set(threads.map(lambda _: pid(bounded), range(30)))
    assert 1 <= len(pids) <= 2
