"""Requests and what becomes of them: prepared, sent, filled in, submitted, returned, excused, frozen, analysed.

Functions that take `turn` work within an act of the cycle that asks for the data; the others are acts of their own.
Saving a draft is not an act: it leaves who and when on the line, and the journal keeps every figure when it is sent.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from django.db import transaction

from himpun import clock, typed
from himpun.errors import Refusal
from himpun.indicators.figures.reading import read_figure
from himpun.indicators.models.dictionary import Indicator, Variable
from himpun.indicators.models.requests import DataRequest, RequestLine, Value
from himpun.indicators.requests import rules
from himpun.indicators.requests.checks import check_figure
from himpun.indicators.requests.frozen import NOT_NIHIL, frozen_in, wrong_over_frozen
from himpun.indicators.requests.limits import limits_of
from himpun.offices.acting import Actor, HoldsNoPost, acting_for
from himpun.offices.models.people import Person


def save_line(
    *,
    line_id: int,
    by: Person,
    figures: Mapping[int, str] | None = None,
    note: str | None = None,
    nihil: bool | None = None,
    nihil_reason: str | None = None,
    explanation: str | None = None,
) -> RequestLine:
    """Save one line of a draft: raw figures by variable id as typed, note, nihil, why a warned-of figure is right.

    What is None stays as it is. Raises NotYourRequest, RequestClosed or FieldErrors (keyed "v<variable id>": unreadable,
    out of range, of another type, not what is frozen; "nihil": a figure is frozen); with an error nothing of the line is
    saved and the page keeps what was typed.
    """
    with transaction.atomic():
        check_may_fill(locked_request(line_id), by)
        line = RequestLine.objects.select_related("indicator", "request__unit").get(pk=line_id)
        wanted = read_figures(line.indicator, figures or {})
        _check_frozen(line, wanted, nihil=bool(nihil))
        check_words(note, nihil_reason, explanation)
        for variable, (number, text) in wanted.items():
            _save_value(line, variable, number, text)
        _save_words(line, note, nihil, nihil_reason, explanation, by)
    return line


def _check_frozen(line: RequestLine, wanted: Mapping[Variable, tuple[Decimal | None, str]], *, nihil: bool) -> None:
    cells = frozen_in([line])
    wrong = wrong_over_frozen(line.pk, wanted, cells)
    if cells and nihil:
        wrong["nihil"] = NOT_NIHIL
    wrong.refuse()


def locked_request(line_id: int) -> DataRequest:
    """The request of a line, locked, so that nobody sends it or saves the same line meanwhile."""
    found = DataRequest.objects.select_for_update(of=("self",)).select_related("unit")
    return found.get(pk=RequestLine.objects.values_list("request_id").get(pk=line_id)[0])


def check_may_fill(request: DataRequest, by: Person) -> Actor:
    """Only who holds the unit's post today, and only while the request is open."""
    try:
        actor = acting_for(by, request.unit_id, to="mengisi permintaan ini")
    except HoldsNoPost as error:
        raise rules.NotYourRequest(request.unit.title) from error
    rules.check_is_open(request.state, request.get_state_display(), DataRequest.OPEN)
    return actor


def read_figures(indicator: Indicator, figures: Mapping[int, str]) -> dict[Variable, tuple[Decimal | None, str]]:
    """Figures as typed by variable id, read and held against their limits. Raises FieldErrors (keyed "v<variable id>")."""
    variables = {variable.pk: variable for variable in indicator.variables.all()}
    wrong = typed.Complaints()
    read: dict[Variable, tuple[Decimal | None, str]] = {}
    for key, written in figures.items():
        variable = variables.get(key)
        if variable is None:
            wrong[f"v{key}"] = "Variabel ini bukan milik indikator tersebut; muat ulang halaman."
            continue
        try:
            number, text = read[variable] = read_figure(indicator, written.strip(), variable.unit)
        except Refusal as error:
            wrong[f"v{key}"] = str(error)
            continue
        finding = check_figure(
            text if number is None else number, replace(limits_of(variable, indicator), required=False)
        )
        if finding:
            wrong[f"v{key}"] = finding.sentence
    wrong.refuse()
    return read


def _save_value(line: RequestLine, variable: Variable, number: Decimal | None, text: str) -> None:
    if number is None and not text:
        Value.objects.filter(line=line, variable=variable).delete()
        return
    Value.objects.update_or_create(line=line, variable=variable, defaults={"number": number, "text": text})


def check_words(note: str | None, nihil_reason: str | None, explanation: str | None) -> None:
    """Raises FieldErrors ("note", "nihil_reason", "explanation") for what is too long to be set on paper."""
    typed.check(
        {
            "note": (note or "", typed.Text.NOTE),
            "nihil_reason": (nihil_reason or "", typed.Text.SHORT),
            "explanation": (explanation or "", typed.Text.NOTE),
        }
    )


def _save_words(
    line: RequestLine, note: str | None, nihil: bool | None, reason: str | None, explanation: str | None, by: Person
) -> None:
    if note is not None:
        line.note = typed.paragraphs(note)
    if nihil is not None:
        line.nihil = nihil
    if reason is not None:
        line.nihil_reason = typed.line(reason)
    if explanation is not None:
        line.explanation = typed.paragraphs(explanation)
    line.saved_at, line.saved_by = clock.now(), by.name
    line.save(update_fields=["note", "nihil", "nihil_reason", "explanation", "saved_at", "saved_by"])
