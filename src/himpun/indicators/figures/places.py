"""Where a figure stands: the place of a unit's answer, by element and period."""

from django.db.models import QuerySet

from himpun.indicators.models.dictionary import Variable
from himpun.indicators.models.figures import Figure
from himpun.indicators.models.requests import RequestLine
from himpun.measure.periods import Period, value_period

Place = tuple[int, int, int, int, int]


def places_of(line: RequestLine) -> dict[int, Place]:
    """Where the figures of a line count, by variable (request, indicator and variables should be loaded)."""
    period = value_period(line.indicator.frequency, Period.parse(line.request.period))
    return {
        variable.pk: (line.request.unit_id, element_of(variable), period.year, period.last_month, period.kind.months)
        for variable in line.indicator.variables.all()
        if variable.element_id is not None
    }


def place_of(figure: Figure) -> Place:
    return figure.unit_id, figure.element_id, figure.year, figure.month, figure.months


def loaded(lines: QuerySet[RequestLine]) -> QuerySet[RequestLine]:
    return lines.select_related("request", "indicator").prefetch_related("indicator__variables", "values")


def element_of(variable: Variable) -> int:
    """The key of a variable's element; `ensure_elements` must have been called for it."""
    if variable.element_id is None:
        raise ValueError(f"{variable.name} has no element yet")
    return variable.element_id
