"""What a request still lacks, line by line, and what stands out."""

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from himpun.indicators.models.dictionary import Variable
from himpun.indicators.models.requests import DataRequest, RequestLine
from himpun.indicators.requests import rules
from himpun.indicators.requests.checks import Finding, Level
from himpun.indicators.requests.frozen import Cells, findings_over_frozen, frozen_in
from himpun.indicators.requests.limits import Before, before_of, review, sentences


def lines_of(request: DataRequest) -> QuerySet[RequestLine]:
    """The lines of a request with everything they show, in a fixed number of queries."""
    variables = Prefetch("indicator__variables", Variable.objects.order_by("order", "id"))
    return request.lines.select_related("indicator__owner", "indicator__scale", "request__unit").prefetch_related(
        variables, "indicator__targets", "indicator__contributors", "values", "evidence"
    )


@dataclass(frozen=True, slots=True)
class RequestReview:
    """Every line of a request reviewed: what was found and what it lacks by line id, what was reported before, and what
    is frozen already."""

    lines: list[RequestLine]
    before: dict[int, Before]
    findings: dict[int, list[Finding]]
    gaps: dict[int, str]
    frozen: Cells


def review_request(request: DataRequest, line_id: int | None = None) -> RequestReview:
    """Review all lines of a request, or the one, in a fixed number of queries."""
    rows = lines_of(request).prefetch_related("indicator__checks")
    lines = list(rows if line_id is None else rows.filter(pk=line_id))
    before = before_of(request, lines)
    frozen = frozen_in(lines) if request.is_open else {}
    over = {line.pk: findings_over_frozen(line, frozen) for line in lines}
    findings = {line.pk: over[line.pk] + review(line, before) for line in lines}
    gaps = {line.pk: _gap_of(line, findings[line.pk], frozen, sentences(over[line.pk], Level.WRONG)) for line in lines}
    return RequestReview(lines, before, findings, gaps, frozen)


def _gap_of(line: RequestLine, findings: list[Finding], frozen: Cells, over_frozen: list[str]) -> str:
    filled = {value.variable_id for value in line.values.all()} | {
        variable for row, variable in frozen if row == line.pk
    }
    variables = line.indicator.variables.all()
    return rules.gap_of(
        name=line.indicator.name,
        nihil=line.nihil,
        nihil_reason=line.nihil_reason,
        missing=[variable.label for variable in variables if variable.required and variable.pk not in filled],
        evidence_required=line.indicator.evidence_required,
        evidence=len(line.evidence.all()),
        over_frozen=over_frozen,
        wrong=sentences(findings, Level.WRONG),
        warnings=sentences(findings, Level.LOOK),
        explanation=line.explanation,
    )
