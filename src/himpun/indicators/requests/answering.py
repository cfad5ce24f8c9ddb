"""A request is answered, returned, excused or withdrawn."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db.models import Model, QuerySet

from himpun import typed
from himpun.archive.journal import Turn
from himpun.archive.seals import release, touch
from himpun.indicators.figures.places import Place, places_of
from himpun.indicators.figures.taking import Datum, ensure_elements, retire_places, take_in, withdraw
from himpun.indicators.measured import keeping
from himpun.indicators.models.recaps import Recap
from himpun.indicators.models.requests import DataRequest, Evidence, RequestLine, Value
from himpun.indicators.requests import rules
from himpun.indicators.requests.checks import Level
from himpun.indicators.requests.limits import sentences
from himpun.indicators.requests.reviewing import RequestReview, lines_of, review_request
from himpun.offices.acting import Actor


def submit(turn: Turn, *, request: DataRequest, actor: Actor) -> None:
    """Close a request as answered, with every figure in the journal. Raises RequestClosed or Incomplete."""
    rules.check_is_open(request.state, request.get_state_display(), DataRequest.OPEN)
    reviewed = review_request(request)
    if gaps := {pk: gap for pk, gap in reviewed.gaps.items() if gap}:
        raise rules.Incomplete(gaps)
    _move(
        request,
        DataRequest.OPEN,
        DataRequest.State.SUBMITTED,
        submitted_at=turn.at,
        submitted_by=actor.name,
        submitted_title=actor.title,
    )
    _answer_frozen(reviewed)
    take_answer(turn, request=request, by=f"{actor.name} ({actor.title})")
    reviewed = replace(reviewed, lines=list(lines_of(request)))
    turn.record(
        "indicators:request:submitted",
        f"request:{request.pk}",
        {"period": request.period, "lines": _figures_of(reviewed)},
    )


def _given_in(request: DataRequest) -> Iterator[tuple[type[Model], QuerySet[Any, int]]]:
    """The rows that an answer consists of, by table: sealed while it is answered, drafts while the unit may still type."""
    yield RequestLine, request.lines.values_list("pk", flat=True)
    yield Value, Value.objects.filter(line__request=request).values_list("pk", flat=True)
    yield Evidence, Evidence.objects.filter(line__request=request).values_list("pk", flat=True)


def _answer_frozen(reviewed: RequestReview) -> None:
    """What is frozen is part of the answer, also where the unit left it to Himpun."""
    filled = {(line.pk, value.variable_id) for line in reviewed.lines for value in line.values.all()}
    Value.objects.bulk_create(
        Value(line_id=line, variable_id=variable, number=figure.number, text=figure.text)
        for (line, variable), figure in reviewed.frozen.items()
        if (line, variable) not in filled
    )


def take_answer(turn: Turn, *, request: DataRequest, by: str) -> None:
    """The answer of a unit becomes the figures that count; what it no longer gives counts no longer, unless frozen.

    Nihil is said of the whole row, whoever brought a figure; a field left blank takes back only the unit's own answer.
    The rows of the answer are sealed.
    """
    for model, rows in _given_in(request):
        touch(model, rows)
    data: list[Datum] = []
    nihil: list[Place] = []
    blank: list[Place] = []
    lines = list(lines_of(request))
    ensure_elements(variable for line in lines for variable in line.indicator.variables.all())
    for line in lines:
        values = {value.variable_id: value for value in line.values.all()}
        for variable, place in places_of(line).items():
            value = values.get(variable)
            if line.nihil:
                nihil.append(place)
            elif value is None:
                blank.append(place)
            else:
                unit, element, year, month, months = place
                data.append(Datum(variable, element, unit, year, month, months, value.number, value.text))
    take_in(turn, office=request.office, data=data, source=f"request:{request.pk}", by=by)
    retire_places(nihil)
    retire_places(blank, answers_only=True)


def _figures_of(reviewed: RequestReview) -> list[dict[str, object]]:
    return [_figures_of_line(line, sentences(reviewed.findings[line.pk], Level.LOOK)) for line in reviewed.lines]


def _figures_of_line(line: RequestLine, warnings: list[str]) -> dict[str, object]:
    names = {variable.pk: variable.name for variable in line.indicator.variables.all()}
    return {
        "indicator": line.indicator.code,
        "values": {
            names[value.variable_id]: keeping.value_text(value.number, value.text) for value in line.values.all()
        },
        "nihil": line.nihil_reason if line.nihil else "",
        "note": line.note,
        "evidence": [file.sha256 for file in line.evidence.all()],
        **({"warnings": warnings, "explanation": line.explanation} if warnings else {}),
    }


def return_request(turn: Turn, *, request: DataRequest, reason: str) -> None:
    """Hand an answer back to its unit. Raises FieldErrors without a reason, or Conflict when it is not answered."""
    reason = _reason(reason, "Tulis apa yang harus diperbaiki unit ini.")
    _move(request, (DataRequest.State.SUBMITTED,), DataRequest.State.RETURNED, reason=reason)
    for model, rows in _given_in(request):
        release(model, rows)
    turn.record("indicators:request:returned", f"request:{request.pk}", {"unit": request.unit.title, "reason": reason})


def excuse_request(turn: Turn, *, request: DataRequest, reason: str) -> None:
    """Go on without this unit. Raises FieldErrors without a reason, or Conflict when it is no longer open."""
    reason = _reason(reason, "Tulis mengapa unit ini dikecualikan; alasannya dicetak di rekap.")
    _move(request, DataRequest.OPEN, DataRequest.State.EXCUSED, reason=reason)
    withdraw([request])
    turn.record("indicators:request:excused", f"request:{request.pk}", {"unit": request.unit.title, "reason": reason})


def withdraw_requests(turn: Turn, *, origin: str, reason: str) -> int:
    """Ask nothing more for a run that was cancelled: what is not answered yet is excused. Returns how many.

    Answers that are not frozen count no longer, and what they had displaced counts again. What is frozen stays in force:
    cancelling a run is no way around a correction.
    """
    unanswered = DataRequest.objects.filter(origin=origin, state__in=(DataRequest.State.PREPARED, *DataRequest.OPEN))
    units = list(unanswered.values_list("unit__title", flat=True))
    if units:
        unanswered.update(state=DataRequest.State.EXCUSED, reason=reason)
        turn.record("indicators:request:withdrawn", origin, {"units": units, "reason": reason})
    thawed = DataRequest.objects.filter(origin=origin, withdrawn_at__isnull=True).exclude(
        state=DataRequest.State.FROZEN
    )
    answered = list(thawed.filter(submitted_at__isnull=False))
    thawed.update(withdrawn_at=turn.at)
    withdraw(answered)
    return len(units)


def withdraw_recaps(turn: Turn, *, origin: str, reason: str) -> int:
    """Take the recaps of a cancelled run out of what counts; returns how many. Nothing is deleted, its figures stay frozen."""
    withdrawn = Recap.objects.filter(origin=origin, withdrawn_at__isnull=True).update(withdrawn_at=turn.at)
    if withdrawn:
        turn.record("indicators:recap:withdrawn", origin, {"reason": reason})
    return withdrawn


def _reason(reason: str, sentence: str) -> str:
    return typed.needed(reason, sentence)


def _move(request: DataRequest, sources: tuple[str, ...], target: str, **fields: object) -> None:
    changed = DataRequest.objects.filter(pk=request.pk, state__in=sources).update(state=target, **fields)
    if not changed:
        request.refresh_from_db()
        raise rules.RequestClosed(request.get_state_display())
    request.refresh_from_db()
