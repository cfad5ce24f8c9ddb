"""Days from a first to a last one."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from himpun.offices.spans import OPEN, Span, shared, span_of, uncovered

FIRST = date(2026, 10, 1)


def days_of(span: Span) -> set[date]:
    return {span[0] + timedelta(days=no) for no in range((span[1] - span[0]).days + 1)}


spans = st.tuples(st.integers(0, 30), st.integers(0, 10)).map(
    lambda drawn: (FIRST + timedelta(days=drawn[0]), FIRST + timedelta(days=sum(drawn)))
)


@given(spans, st.lists(spans, max_size=5))
def test_what_is_uncovered_is_every_day_that_nothing_covers_in_order(span: Span, taken: list[Span]) -> None:
    found = uncovered(span, taken)

    covered = set().union(*(days_of(one) for one in taken))
    assert [day for one in found for day in sorted(days_of(one))] == sorted(days_of(span) - covered)
    assert all(before[1] + timedelta(days=1) < after[0] for before, after in pairwise(found))


def test_what_has_no_end_covers_all_that_follows() -> None:
    assert uncovered(span_of(FIRST, None), [span_of(FIRST, None)]) == []
    assert uncovered((FIRST, OPEN), [(FIRST, FIRST)]) == [(FIRST + timedelta(days=1), OPEN)]
    assert shared((FIRST, OPEN), (FIRST + timedelta(days=2), OPEN)) == (FIRST + timedelta(days=2), OPEN)
