"""Days from a first to a last one, both counted. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta

Span = tuple[date, date]
DAY = timedelta(days=1)
OPEN = date.max - DAY
"""The last day of what has no end."""


def span_of(since: date, until: date | None) -> Span:
    """From `since` to `until`; None is without end."""
    return since, until or OPEN


def shared(span: Span, other: Span) -> Span:
    """The days in both, which must have some."""
    return max(span[0], other[0]), min(span[1], other[1])


def uncovered(span: Span, taken: Iterable[Span]) -> list[Span]:
    """What of `span` none of `taken` covers, in order."""
    left, (start, end) = [], span
    for first, last in sorted(taken):
        if last < start or first > end:
            continue
        if first > start:
            left.append((start, first - DAY))
        start = max(start, last + DAY)
    return [*left, (start, end)] if start <= end else left
