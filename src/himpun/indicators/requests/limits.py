"""A request's rows held against their limits, against each other and against what the unit reported before.

Reads only, in a fixed number of queries however many rows there are; `checks` decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from himpun.indicators.measured.keeping import value_text
from himpun.indicators.models.dictionary import Indicator, Variable
from himpun.indicators.models.figures import Figure
from himpun.indicators.models.requests import DataRequest, RequestLine
from himpun.indicators.requests.checks import (
    Agreement,
    Finding,
    History,
    Level,
    Limits,
    check_agreements,
    check_fall,
    check_figure,
    check_jump,
    check_share,
)
from himpun.measure.periods import Period, value_period
from himpun.measure.scoring.achievement import VariableKind
from himpun.measure.scoring.values import Aggregation, Polarity

YEARS_BACK = 5
PERIODS_BACK = 12
"""How far back a figure is compared: so many years, and at most so many periods."""


@dataclass(frozen=True, slots=True)
class Before:
    """What a unit reported earlier for one variable. `floor` is what a cumulative figure cannot fall below."""

    shown: str = ""
    name: str = ""
    history: History = field(default_factory=History)
    floor: Decimal | None = None
    floor_name: str = ""


NOTHING_BEFORE = Before()


def limits_of(variable: Variable, indicator: Indicator) -> Limits:
    """What a figure of this variable must keep to; a grade is one of the indicator's own, where it names them."""
    is_grade = indicator.polarity == Polarity.GRADE
    choices = tuple(indicator.grades) if is_grade else ()
    return Limits(variable.least, variable.maximum, variable.only_whole, variable.required, choices)


def before_of(request: DataRequest, lines: Iterable[RequestLine]) -> dict[int, Before]:
    """What the unit reported earlier, by variable id, in one query."""
    asked = Period.parse(request.period)
    wanted = {
        variable: (line.indicator, value_period(line.indicator.frequency, asked))
        for line in lines
        for variable in line.indicator.variables.all()
        if variable.element_id is not None
    }
    if not wanted:
        return {}
    last_year = max(period.year for _, period in wanted.values())
    found = Figure.objects.current().filter(
        unit=request.unit_id,
        element_id__in={variable.element_id for variable in wanted},
        year__gte=last_year - YEARS_BACK,
        year__lte=last_year,
    )
    by_place: dict[tuple[int, int], list[Figure]] = {}
    for figure in found.order_by("year", "month"):
        by_place.setdefault((figure.element_id, figure.months), []).append(figure)
    return {
        variable.pk: _before(by_place.get((variable.element_id or 0, period.kind.months), []), indicator, period)
        for variable, (indicator, period) in wanted.items()
    }


def _before(figures: Sequence[Figure], indicator: Indicator, period: Period) -> Before:
    earlier = [figure for figure in figures if (figure.year, figure.month) < (period.year, period.last_month)]
    if not earlier:
        return NOTHING_BEFORE
    last = earlier[-1]
    name = _named(last.period, period)
    shown = value_text(last.number, last.text)
    if indicator.aggregation != Aggregation.CUMULATIVE:
        return Before(shown, name, History(_numbers(earlier), name))
    alike = [figure for figure in earlier if figure.month == period.last_month]
    history = History(_numbers(alike), alike[-1].period.label) if alike else History()
    floor = last.number if last.year == period.year else None
    return Before(shown, name, history, floor, name)


def _named(last: Period, period: Period) -> str:
    return "periode lalu" if last == period.previous() else last.label


def _numbers(figures: Sequence[Figure]) -> tuple[Decimal, ...]:
    return tuple(figure.number for figure in figures if figure.number is not None)[-PERIODS_BACK:]


def review(line: RequestLine, before: Mapping[int, Before]) -> list[Finding]:
    """What is found in a row's saved figures; nothing in one that says nihil. A field is "v<variable id>"."""
    if line.nihil:
        return []
    values = {value.variable_id: value for value in line.values.all()}
    variables = list(line.indicator.variables.all())
    numbers = {variable.name: getattr(values.get(variable.pk), "number", None) for variable in variables}
    found: list[Finding | None] = []
    for variable in variables:
        value = values.get(variable.pk)
        if value is not None:
            found += _of_figure(value.number, value.text, variable, line.indicator, before.get(variable.pk))
    found.append(_of_share(variables, numbers, line.indicator))
    agreements = [Agreement(check.condition, check.sentence, check.blocks) for check in line.indicator.checks.all()]
    return [*(finding for finding in found if finding), *check_agreements(agreements, numbers)]


def _of_figure(
    number: Decimal | None, text: str, variable: Variable, indicator: Indicator, before: Before | None
) -> list[Finding | None]:
    cell = f"v{variable.pk}"
    wrong = check_figure(text if number is None else number, limits_of(variable, indicator), cell)
    if wrong or number is None or before is None:
        return [wrong]
    history = before.history
    jump = check_jump(number, history.last, history.earlier, indicator.jump_percent, cell, last_name=history.last_name)
    return [jump, check_fall(number, before.floor, before.floor_name, cell)]


def _of_share(
    variables: Sequence[Variable], numbers: Mapping[str, Decimal | None], indicator: Indicator
) -> Finding | None:
    parts = [variable for variable in variables if variable.kind == VariableKind.NUMERATOR]
    wholes = [variable for variable in variables if variable.kind == VariableKind.DENOMINATOR]
    if len(parts) != 1 or len(wholes) != 1 or not is_percentage(indicator):
        return None
    part, whole = numbers[parts[0].name], numbers[wholes[0].name]
    return check_share(part, whole, f"v{parts[0].pk}") if part is not None and whole is not None else None


def is_percentage(indicator: Indicator) -> bool:
    """Whether the indicator is measured in per cent."""
    return "%" in indicator.unit or "persen" in indicator.unit.lower()


def sentences(findings: Iterable[Finding], level: Level) -> list[str]:
    """What the findings of one level say."""
    return [finding.sentence for finding in findings if finding.level == level]
