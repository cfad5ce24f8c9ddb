"""Correcting a figure after it was frozen: asked with a reason and evidence, decided by somebody else, never silent.

An approved correction is a new version of the figure; the old one stays. A recap or document that used the old one
keeps what it says and is told about (`corrections_after`).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from himpun import clock, moments, typed
from himpun.archive import files
from himpun.archive.incoming import Incoming
from himpun.archive.journal import Turn, act
from himpun.errors import Conflict, FieldErrors, NotAllowed
from himpun.indicators.figures.reading import read_figure
from himpun.indicators.figures.taking import correct
from himpun.indicators.measured.keeping import value_text
from himpun.indicators.models.figures import Correction, Figure
from himpun.indicators.models.recaps import Recap
from himpun.indicators.requests.evidence import check_evidence
from himpun.indicators.requests.filling import read_figures
from himpun.measure.periods import Period
from himpun.notifications.actions import tell
from himpun.offices.acting import Actor, HoldsNoPost, acting_for, acting_in, capacities
from himpun.offices.models.offices import Post
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_DECIDE_CORRECTIONS, MAY_SEE_ALL_VALUES
from himpun.places import place


class NotFrozen(Conflict):
    """The figure is not frozen yet: its unit still changes it the ordinary way."""

    code = "belum-dibekukan"

    def __init__(self) -> None:
        super().__init__(
            "Angka ini belum dibekukan. Minta pengumpul mengembalikan isian unit; koreksi hanya untuk angka beku."
        )


class AlreadyAsked(Conflict):
    """Another correction of the same figure waits for its decision, or the figure was corrected meanwhile."""

    code = "koreksi-sudah-diajukan"

    def __init__(self) -> None:
        super().__init__(
            "Angka ini sedang menunggu keputusan koreksi lain, atau baru saja dikoreksi. Muat ulang halaman."
        )


class AlreadyDecided(Conflict):
    """Somebody decided the correction before."""

    code = "koreksi-sudah-diputus"

    def __init__(self, correction: Correction) -> None:
        super().__init__(
            f"Koreksi ini sudah {correction.get_state_display().lower()} oleh {correction.decided_by} pada "
            f"{moments.numeric(timezone.localtime(correction.decided_at))}."
        )


class OwnCorrection(NotAllowed):
    """Nobody approves what they asked for themselves."""

    code = "koreksi-sendiri"

    def __init__(self) -> None:
        super().__init__("Koreksi yang Anda ajukan sendiri diputus pejabat lain.")


def may_ask(figure: Figure, by: Person, day: date) -> Actor:
    """Who holds the unit's post, or sees all figures of the office. Raises HoldsNoPost or OnLeave."""
    try:
        return acting_for(by, figure.unit_id, day, to="mengajukan koreksi angka ini")
    except HoldsNoPost:
        return acting_in(by, figure.office_id, day, roles=MAY_SEE_ALL_VALUES, to="mengajukan koreksi angka ini")


def ask_correction(
    *,
    figure_id: int,
    new: str,
    reason: str,
    evidence_name: str,
    evidence: bytes | Incoming,
    by: Person,
) -> Correction:
    """Ask for another value of a frozen figure.

    Raises HoldsNoPost, NotFrozen, AlreadyAsked or FieldErrors ("new", "reason", "file").
    """
    figure = Figure.objects.select_related("office", "variable__indicator", "unit").get(pk=figure_id)
    actor = may_ask(figure, by, figure.office.today())
    old = value_text(figure.number, figure.text)
    number, text = _read_new(figure, new, reason)
    evidence_type = check_evidence(evidence_name, evidence)
    sha256 = files.store(evidence, media_type=evidence_type)
    with act(figure.office.code, at=clock.now(), author=actor.author) as turn:
        _check_open(figure)
        correction = Correction.objects.create(
            office=figure.office,
            figure=figure,
            old=old,
            new=value_text(number, text),
            reason=typed.line(reason),
            evidence_sha256=sha256,
            evidence_name=evidence_name[-200:],
            evidence_type=evidence_type,
            asked_at=turn.at,
            asked_by=actor.name,
            asked_title=actor.title,
            asked_person=by,
        )
        turn.record("indicators:correction:asked", f"correction:{correction.pk}", _told(correction), file_sha256=sha256)
        _tell_deciders(turn, correction)
    return correction


def _read_new(figure: Figure, new: str, reason: str) -> tuple[Decimal | None, str]:
    wrong = typed.Complaints()
    number, text = None, ""
    key = figure.variable_id
    try:
        ((number, text),) = read_figures(figure.variable.indicator, {key: new}).values()
        if number is None and not text:
            wrong["new"] = "Tulis angka yang benar. Kosong tidak sama dengan 0."
        elif number == figure.number and text == figure.text:
            wrong["new"] = "Angka ini sama dengan yang sudah dibekukan; tidak ada yang perlu dikoreksi."
    except FieldErrors as error:
        wrong["new"] = error.fields[f"v{key}"]
    try:
        typed.needed(reason, "Tulis mengapa angka yang dibekukan keliru.")
    except FieldErrors as error:
        wrong |= error.fields
    wrong.refuse()
    return number, text


def _check_open(figure: Figure) -> None:
    if not Figure.objects.filter(pk=figure.pk, current=True).exists():
        raise AlreadyAsked
    if not figure.frozen:
        raise NotFrozen
    if Correction.objects.filter(figure=figure, state=Correction.State.ASKED).exists():
        raise AlreadyAsked


def decide_correction(*, correction_id: int, approve: bool, reason: str = "", by: Person) -> Correction:
    """Approve or refuse (with a reason). Raises HoldsNoPost, OwnCorrection, AlreadyDecided, FieldErrors."""
    correction = Correction.objects.select_related("office", "figure__variable__indicator", "figure__unit").get(
        pk=correction_id
    )
    actor = acting_in(by, correction.office_id, roles=MAY_DECIDE_CORRECTIONS, to="memutus koreksi")
    if correction.asked_person_id == by.pk:
        raise OwnCorrection
    reason = typed.line(reason)
    if not approve or reason:
        typed.needed(reason, "Tulis mengapa koreksi ini ditolak.", field="decided_reason")
    with act(correction.office.code, at=clock.now(), author=actor.author) as turn:
        state = Correction.State.APPROVED if approve else Correction.State.REFUSED
        changed = Correction.objects.filter(pk=correction.pk, state=Correction.State.ASKED).update(
            state=state, decided_at=turn.at, decided_by=actor.name, decided_title=actor.title, decided_reason=reason
        )
        correction.refresh_from_db()
        if not changed:
            raise AlreadyDecided(correction)
        if approve:
            _correct(turn, correction)
        data = {**_told(correction), "decision": correction.get_state_display(), "decided_reason": reason}
        turn.record(
            f"indicators:correction:{'approved' if approve else 'refused'}", f"correction:{correction.pk}", data
        )
        tell(
            turn,
            posts=[correction.figure.unit],
            text=f"Koreksi {correction.figure.variable.label}: {correction.get_state_display().lower()}.",
            place=place("correction", correction.pk),
        )
    return correction


def _correct(turn: Turn, correction: Correction) -> None:
    figure = correction.figure
    number, text = read_figure(figure.variable.indicator, correction.new, figure.variable.unit)
    corrected = correct(
        turn,
        figure=figure,
        number=number,
        text=text,
        source=f"correction:{correction.pk}",
        by=f"{correction.asked_by} ({correction.asked_title})",
    )
    if corrected is None:
        raise AlreadyAsked


def _told(correction: Correction) -> dict[str, object]:
    figure = correction.figure
    return {
        "indicator": figure.variable.indicator.code,
        "variable": figure.variable.name,
        "unit": figure.unit.title,
        "period": figure.period.code,
        "old": correction.old,
        "new": correction.new,
        "reason": correction.reason,
    }


def _tell_deciders(turn: Turn, correction: Correction) -> None:
    deciders = Post.objects.filter(office=correction.office, role__in=MAY_DECIDE_CORRECTIONS)
    text = (
        f"Koreksi angka {correction.figure.period.label} menunggu keputusan: {correction.old} menjadi {correction.new}."
    )
    tell(turn, posts=list(deciders), text=text, place=place("correction", correction.pk))


def may_decide(correction: Correction, by: Person, day: date) -> bool:
    """Whether `by` may decide this correction today."""
    own = correction.asked_person_id == by.pk
    roles = {one.role for one in capacities(by, day) if one.office_id == correction.office_id and not one.away_until}
    return not own and bool(roles & MAY_DECIDE_CORRECTIONS)


def approved_in(offices: Sequence[int], period: Period) -> QuerySet[Correction]:
    """The approved corrections of figures of a period's year up to its end."""
    found = Correction.objects.filter(
        office__in=offices,
        state=Correction.State.APPROVED,
        figure__year=period.year,
        figure__month__lte=period.last_month,
    )
    return found.select_related("figure__variable__indicator", "figure__unit").order_by("decided_at")


def approved_since(office_id: int, period_code: str, after: datetime) -> list[Correction]:
    """Those that a paper of this period, made at `after`, does not know of yet."""
    return list(approved_in([office_id], Period.parse(period_code)).filter(decided_at__gt=after))


def corrections_after(recap: Recap) -> list[Correction]:
    """What was corrected in a recap's figures since it was frozen: of its period, and of the year so far."""
    return approved_since(recap.office_id, recap.period, recap.frozen_at)


def recaps_before(correction: Correction) -> list[Recap]:
    """The recaps that hold the old figure of an approved correction, newest first: of its period, or of the year so far."""
    figure = correction.figure
    if correction.state != Correction.State.APPROVED:
        return []
    found = Recap.objects.filter(
        office=correction.office_id,
        period__startswith=f"{figure.year}",
        frozen_at__lt=correction.decided_at,
        withdrawn_at__isnull=True,
    )
    return [recap for recap in found if figure.month <= Period.parse(recap.period).last_month]


def touching(corrections: Iterable[Correction], code: str) -> list[Correction]:
    """Those about one indicator."""
    return [correction for correction in corrections if correction.figure.variable.indicator.code == code]
