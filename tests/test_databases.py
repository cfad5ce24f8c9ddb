"""What runs on one kind of database only is named with a reason, and could find no difference."""

from pathlib import Path

import pytest

from tests.databases import ONCE, TELLING


@pytest.mark.parametrize("place", ONCE)
def test_a_file_that_runs_once_is_there_and_asks_the_database_for_nothing_of_its_own(place: str) -> None:
    text = Path(place).read_text("utf-8")

    assert [word for word in TELLING if word in text] == []


def test_this_list_is_in_order_and_every_entry_has_a_reason() -> None:
    assert list(ONCE) == sorted(ONCE)
    assert all(ONCE.values())
