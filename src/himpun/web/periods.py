"""The periods a person may choose from: this year's and last year's quarters and months, the likely ones first."""

from datetime import date

from himpun.measure.periods import Kind, Period, for_day


def period_choices(day: date) -> list[tuple[str, str]]:
    """(code, label): quarters first (the one just ended on top), then months, both going back a year; then the years."""
    quarters = _back(for_day(Kind.QUARTER, day), 5)
    months = _back(for_day(Kind.MONTH, day), 12)
    years = _back(for_day(Kind.YEAR, day), 2)
    return [(period.code, period.label) for period in (*quarters, *months, *years)]


def _back(period: Period, count: int) -> list[Period]:
    found = [period]
    while len(found) < count:
        found.append(found[-1].previous())
    return found
