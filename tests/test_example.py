"""Read this first: how a test looks here.

A cast (`tests/cast.py`) knows the people of an office by what they are and can do a whole run up to any step, so a
test says only what it is about. `small` is a small office for quick tests; `kecamatan` and `dinas` are the two sample
offices as a user loads them. The clock stands still on a Monday morning; `later(days=1)` moves it. A test's name is a
sentence, and a success comes with the refusals that belong to it, from the same set-up.
"""

import pytest

from himpun.archive.models import Record
from himpun.archive.seals import ROWS_WRITTEN
from himpun.cycles.models import Cycle
from himpun.cycles.rules import NotYourStep
from tests.cast import Cast


@pytest.fixture
def cycle(small: Cast) -> Cycle:
    """A run of the ten steps that has just begun: it waits for the Camat's disposition."""
    return small.start()


def test_a_disposition_by_the_camat_gives_the_sekretaris_the_next_step(small: Cast, cycle: Cycle) -> None:
    small.decide(cycle, "disposisi", instructions=["proses"], note="Segera")

    assert small.open_task(cycle).post.role == "sekretaris"
    assert Record.objects.exclude(act=ROWS_WRITTEN).latest("seq").act == "cycles:task:decided"


def test_nobody_else_writes_the_camats_disposition(small: Cast, cycle: Cycle) -> None:
    with pytest.raises(NotYourStep, match="Langkah ini tugas Camat"):
        small.decide(cycle, "disposisi", by=small.analis, instructions=["proses"])

    assert small.open_task(cycle).step_no == 1
