"""Requests and what becomes of them: prepared, sent, filled in, submitted, returned, excused, frozen, analysed.

Functions that take `turn` work within an act of the cycle that asks for the data; the others are acts of their own.
Saving a draft is not an act: it leaves who and when on the line, and the journal keeps every figure when it is sent.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Context, Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Model, Prefetch, QuerySet

from himpun import clock, typed
from himpun.archive import files
from himpun.archive.chain import canonical
from himpun.archive.content import ContentRefused, check
from himpun.archive.incoming import Incoming
from himpun.archive.journal import Turn
from himpun.archive.seals import release, touch
from himpun.errors import Conflict, FieldErrors, Refusal
from himpun.indicators import computing, rules
from himpun.indicators.checks import Finding, Level, check_figure
from himpun.indicators.figures import (
    Datum,
    Place,
    ensure_elements,
    freeze_places,
    in_force_at,
    mark_used,
    places_of,
    retire_places,
    take_in,
    withdraw,
)
from himpun.indicators.frozen import NOT_NIHIL, Cells, findings_over_frozen, frozen_in, wrong_over_frozen
from himpun.indicators.measuring import WORDS, OfficeYear
from himpun.indicators.models.dictionary import Indicator, Variable
from himpun.indicators.models.recaps import Recap, RecapLine
from himpun.indicators.models.requests import DataRequest, Evidence, RequestLine, Value
from himpun.indicators.reviewing import Before, before_of, limits_of, review, sentences
from himpun.measure.numbers import read_number
from himpun.measure.periods import Period, is_due
from himpun.measure.scoring.values import Polarity
from himpun.offices.acting import Actor, HoldsNoPost, acting_for
from himpun.offices.models import UNIT, Office, Person, Post

EXACT = Context(prec=15)
"""What both databases keep to the last digit: SQLite holds a number as a float."""
DECIMALS, LARGEST = 8, Decimal(10) ** 21


class NothingDue(Refusal):
    """No unit has an indicator to report for the period."""

    code = "tidak-ada-indikator"

    def __init__(self, period: str) -> None:
        super().__init__(
            f"Belum ada indikator yang jatuh tempo pada {period}. Muat atau tambahkan indikator kantor ini dahulu."
        )


# --- preparing and sending ------------------------------------------------------------------------------------------


def indicators_due(office: Office, period: Period) -> QuerySet[Indicator]:
    """The office's indicators of the year that are measured in `period`."""
    rows = Indicator.objects.current().filter(office=office, year=period.year).select_related("owner")
    due = [row.pk for row in rows if is_due(row.frequency, period)]
    return rows.filter(pk__in=due)


def prepare_requests(turn: Turn, *, office: Office, period: Period, origin: str) -> list[DataRequest]:
    """One request for every unit, and for any other post that answers for an indicator due. Raises NothingDue.

    A unit with nothing due is asked nothing: its request is excused from the start, with that reason. The answer of an
    earlier round of the same period is carried over with the figures in force, so that nobody types them twice; what is
    frozen stands in any round.
    """
    by_post: dict[int, list[Indicator]] = {}
    due = list(indicators_due(office, period).prefetch_related("contributors"))
    for indicator in due:
        for post in dict.fromkeys([indicator.owner_id, *(unit.pk for unit in indicator.contributors.all())]):
            by_post.setdefault(post, []).append(indicator)
    if not by_post:
        raise NothingDue(period.label)
    mark_used(due, turn.at)
    ensure_elements(Variable.objects.filter(indicator__in=due).select_related("indicator"))
    posts = Post.objects.filter(office=office)
    asked = [post for post in posts if post.role == UNIT or post.pk in by_post]
    last = DataRequest.objects.filter(office=office, period=period.code).aggregate(last=Max("round"))["last"] or 0
    requests = [_prepare(office, post, period, last + 1, origin, by_post.get(post.pk, [])) for post in asked]
    data = {"period": period.code, "round": last + 1, "units": [post.title for post in asked]}
    turn.record("indicators:request:prepared", origin, data)
    return requests


def _prepare(
    office: Office, post: Post, period: Period, number: int, origin: str, indicators: list[Indicator]
) -> DataRequest:
    excused = not indicators
    request = DataRequest.objects.create(
        office=office,
        unit=post,
        period=period.code,
        round=number,
        origin=origin,
        state=DataRequest.State.EXCUSED if excused else DataRequest.State.PREPARED,
        reason="Tidak ada indikator unit ini yang jatuh tempo pada periode ini." if excused else "",
    )
    lines = RequestLine.objects.bulk_create(
        RequestLine(request=request, indicator=indicator, order=order) for order, indicator in enumerate(indicators, 1)
    )
    if number > 1:
        _carry_over(post, period, number - 1, lines)
    _take_over_figures(request, frozen_only=number == 1)
    return request


def _take_over_figures(request: DataRequest, *, frozen_only: bool) -> None:
    """The figures in force into a request just prepared: what an import or a correction changed since is not undone."""
    lines = list(lines_of(request))
    places = {(line, variable): place for line in lines for variable, place in places_of(line).items()}
    found = in_force_at(places.values())
    for (line, variable), place in places.items():
        figure = found.get(place)
        if figure is None or (frozen_only and not figure.frozen):
            continue
        given = {"number": figure.number, "text": figure.text}
        Value.objects.update_or_create(line=line, variable_id=variable, defaults=given)
        RequestLine.objects.filter(pk=line.pk, nihil=True).update(nihil=False, nihil_reason="")


def _carry_over(post: Post, period: Period, number: int, lines: list[RequestLine]) -> None:
    earlier = RequestLine.objects.filter(request__unit=post, request__period=period.code, request__round=number)
    before = {line.indicator_id: line for line in earlier.prefetch_related("values", "evidence")}
    for line in lines:
        old = before.get(line.indicator_id)
        if old is None:
            continue
        RequestLine.objects.filter(pk=line.pk).update(
            note=old.note,
            nihil=old.nihil,
            nihil_reason=old.nihil_reason,
            explanation=old.explanation,
            saved_at=old.saved_at,
            saved_by=old.saved_by,
        )
        Value.objects.bulk_create(
            Value(line=line, variable_id=value.variable_id, number=value.number, text=value.text)
            for value in old.values.all()
        )
        Evidence.objects.bulk_create(
            Evidence(
                line=line,
                sha256=file.sha256,
                name=file.name,
                size=file.size,
                media_type=file.media_type,
                added_at=file.added_at,
                added_by=file.added_by,
            )
            for file in old.evidence.all()
        )


def send_requests(turn: Turn, *, origin: str, due_at: datetime | None) -> int:
    """Send every prepared request of a run; returns how many."""
    prepared = DataRequest.objects.filter(origin=origin, state=DataRequest.State.PREPARED)
    units = list(prepared.values_list("unit__title", flat=True))
    prepared.update(state=DataRequest.State.SENT, sent_at=turn.at, due_at=due_at)
    turn.record("indicators:request:sent", origin, {"units": units})
    return len(units)


# --- filling in -----------------------------------------------------------------------------------------------------


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
        check_may_fill(_locked_request(line_id), by)
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


def _locked_request(line_id: int) -> DataRequest:
    """The request of a line, locked, so that nobody sends it or saves the same line meanwhile."""
    found = DataRequest.objects.select_for_update(of=("self",)).select_related("unit")
    return found.get(pk=RequestLine.objects.values_list("request_id").get(pk=line_id)[0])


def check_may_fill(request: DataRequest, by: Person) -> Actor:
    """Only who holds the unit's post today, and only while the request is open."""
    try:
        actor = acting_for(by, request.unit_id, clock.today(), to="mengisi permintaan ini")
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
            number, text = read[variable] = read_figure(indicator, written.strip())
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


def read_figure(indicator: Indicator, written: str) -> tuple[Decimal | None, str]:
    """A figure as typed: a number, or the grade as text; blank is neither. Raises NumberUnreadable or FieldErrors."""
    if not written:
        return None, ""
    if indicator.polarity in WORDS:
        return None, (written.upper() if indicator.polarity == Polarity.GRADE else written)[:60]
    number = read_number(written)
    kept = EXACT.normalize(number)
    if kept != number or int(kept.as_tuple().exponent) < -DECIMALS or abs(kept) >= LARGEST:
        raise FieldErrors(
            {
                "number": "Angka terlalu panjang: paling banyak 15 angka selain nol di ujungnya, 8 di antaranya di belakang koma."
            }
        )
    return number, ""


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


def attach_evidence(*, line_id: int, name: str, content: bytes | Incoming, by: Person) -> Evidence:
    """Attach a file to a line; what kind it is, its bytes say.

    Raises NotYourRequest, RequestClosed, or FieldErrors for a file too large or of another kind.
    """
    check_may_fill(DataRequest.objects.select_related("unit").get(lines=line_id), by)
    media_type = check_evidence(name, content)
    sha256 = files.store(content, media_type=media_type)
    with transaction.atomic():
        check_may_fill(_locked_request(line_id), by)
        evidence, _ = Evidence.objects.get_or_create(
            line_id=line_id,
            sha256=sha256,
            defaults={
                "name": name[-200:],
                "size": len(content),
                "media_type": media_type,
                "added_at": clock.now(),
                "added_by": by.name,
            },
        )
    return evidence


def check_evidence(name: str, content: bytes | Incoming) -> str:
    """The media type of a file that may serve as evidence, judged by its content. Raises FieldErrors ("file")."""
    if not content:
        raise FieldErrors({"file": f"{name} kosong. Pilih berkas yang berisi."})
    if len(content) > settings.EVIDENCE_MAX_BYTES:
        raise FieldErrors(
            {
                "file": f"{name} terlalu besar: paling banyak {settings.EVIDENCE_MAX_BYTES // 1_000_000} MB. Perkecil atau pindai ulang."
            }
        )
    try:
        return check(content, name).media_type
    except ContentRefused as refusal:
        raise FieldErrors({"file": str(refusal)}) from refusal


def share_evidence(*, evidence_id: int, line_id: int, by: Person) -> Evidence:
    """Let a file already attached in a request serve another of its lines too. Raises as `attach_evidence` does."""
    with transaction.atomic():
        request = _locked_request(line_id)
        check_may_fill(request, by)
        file = Evidence.objects.filter(pk=evidence_id, line__request=request).first()
        if file is None:
            raise FieldErrors(
                {"file": "Berkas itu tidak ada dalam permintaan ini. Muat ulang halaman, lalu pilih lagi."}
            )
        shared, _ = Evidence.objects.get_or_create(
            line_id=line_id,
            sha256=file.sha256,
            defaults={
                "name": file.name,
                "size": file.size,
                "media_type": file.media_type,
                "added_at": clock.now(),
                "added_by": by.name,
            },
        )
    return shared


def detach_evidence(*, evidence_id: int, by: Person) -> RequestLine:
    """Take a file off a line again while the request is open. The stored bytes stay."""
    with transaction.atomic():
        evidence = Evidence.objects.select_related("line").get(pk=evidence_id)
        check_may_fill(_locked_request(evidence.line_id), by)
        evidence.delete()
    return evidence.line


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


# --- submitted, returned, excused -----------------------------------------------------------------------------------


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
            names[value.variable_id]: computing.value_text(value.number, value.text) for value in line.values.all()
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


# --- freezing and judging -------------------------------------------------------------------------------------------


def freeze(turn: Turn, *, office: Office, period: Period, origin: str, actor: Actor) -> Recap:
    """Freeze what a run asked for into a recap: figures, scores and their formulas, under one digest.

    The figures in force are frozen, whoever brought them: an import since the answer removes nothing and is not undone.
    """
    requests = DataRequest.objects.filter(origin=origin).select_related("unit").order_by("unit__order")
    number = requests.aggregate(last=Max("round"))["last"] or 1
    lines = [line for request in requests for line in lines_of(request)]
    freeze_places(place for line in lines for place in places_of(line).values())
    frozen = _frozen_lines(office, period, lines)
    digest = hashlib.sha256(canonical([content for _, content in frozen]).encode()).hexdigest()
    recap = Recap.objects.create(
        office=office,
        period=period.code,
        round=number,
        origin=origin,
        digest=digest,
        frozen_at=turn.at,
        frozen_by=actor.name,
        frozen_title=actor.title,
    )
    RecapLine.objects.bulk_create(
        RecapLine(
            recap=recap,
            indicator=line.indicator,
            unit=line.indicator.owner,
            source_line=line,
            order=order,
            frozen=content,
        )
        for order, (line, content) in enumerate(frozen, 1)
    )
    requests.filter(state=DataRequest.State.SUBMITTED).update(state=DataRequest.State.FROZEN)
    turn.record(
        "indicators:recap:frozen",
        origin,
        {"recap": recap.pk, "period": period.code, "digest": digest, "lines": len(frozen)},
    )
    return recap


def _frozen_lines(
    office: Office, period: Period, lines: list[RequestLine]
) -> list[tuple[RequestLine, dict[str, object]]]:
    """What a recap keeps, an indicator each: with the line of who answers for it, measured as it was asked."""
    by_indicator: dict[int, list[RequestLine]] = {}
    for line in lines:
        owns = line.request.unit_id == line.indicator.owner_id
        by_indicator.setdefault(line.indicator_id, []).insert(0 if owns else 99, line)
    year = OfficeYear.load(office, period.year, frozen_only=True)
    year.define(each[0].indicator for each in by_indicator.values())
    return [(each[0], computing.frozen_of(year, each, period)) for each in by_indicator.values()]


def write_analysis(turn: Turn, *, line: RecapLine, cause: str, follow_up: str) -> None:
    """Write why an indicator came out as it did, and what follows. Raises FieldErrors, and Conflict when the recap is finished."""
    cause, follow_up = typed.paragraphs(cause), typed.paragraphs(follow_up)
    typed.check({"cause": (cause, typed.Text.PASSAGE), "follow_up": (follow_up, typed.Text.PASSAGE)})
    still_open = RecapLine.objects.filter(pk=line.pk, recap__finished_at__isnull=True)
    if not still_open.update(cause=cause, follow_up=follow_up):
        raise RecapFinished
    data = {"indicator": line.frozen["kode"], "cause": cause, "follow_up": follow_up}
    turn.record("indicators:recap:analysed", line.recap.origin, data)


class RecapFinished(Conflict):
    """The recap was handed on; its analysis no longer changes."""

    code = "rekap-selesai"

    def __init__(self) -> None:
        super().__init__("Rekap ini sudah selesai dan disampaikan, sehingga analisisnya tidak dapat diubah lagi.")


def unanalysed(recap: Recap) -> list[str]:
    """The indicators that missed their target and still lack a cause or a follow-up."""
    return [
        line.frozen["nama"]
        for line in recap.lines.all()
        if not computing.score_from(line.frozen).achieved and not (line.cause and line.follow_up)
    ]


def finish_recap(turn: Turn, *, recap: Recap) -> None:
    """Close the analysis of a recap."""
    Recap.objects.filter(pk=recap.pk, finished_at__isnull=True).update(finished_at=turn.at)
    turn.record("indicators:recap:finished", recap.origin, {"recap": recap.pk, "digest": recap.digest})
