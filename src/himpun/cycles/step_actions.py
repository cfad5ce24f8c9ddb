"""What each step does beyond moving on: the one place where a step meets letters, indicators, documents, notifications.

To add one: write its functions, add its name to `STEP_ACTIONS`, name it in a procedure's `does`. Each action may say
what is still `missing` before the step can go forward, and act `on_decide` and `on_open`, within the turn of the act.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils import timezone

from himpun.archive.journal import Turn
from himpun.cycles.due import due_of_step
from himpun.cycles.engine import Outcome, OutputMissing
from himpun.cycles.models import Cycle, Task
from himpun.cycles.papers.achievements import achievements
from himpun.cycles.papers.collecting import collected, request_form
from himpun.cycles.papers.disposition import disposition_sheet
from himpun.cycles.papers.performance import first_narrative, performance_data
from himpun.cycles.papers.receipt import receipt
from himpun.documents import actions as documents
from himpun.documents.models import Approval, Document
from himpun.errors import FieldErrors
from himpun.indicators.models.recaps import Recap
from himpun.indicators.models.requests import DataRequest
from himpun.indicators.recaps.freezing import finish_recap, freeze, unanalysed
from himpun.indicators.requests.asking import prepare_requests, send_requests
from himpun.letters.actions import issue_number, write_disposition
from himpun.letters.models import Letter
from himpun.measure.periods import Period
from himpun.notifications.actions import tell
from himpun.offices.acting import Actor
from himpun.offices.models import UNIT, Post
from himpun.places import place
from himpun.procedures.definition import Procedure, Step


@dataclass(slots=True)
class Deed:
    """A step being opened or decided: what its actions may look at and act on."""

    turn: Turn
    cycle: Cycle
    task: Task
    step: Step
    actor: Actor
    form: Mapping[str, Any] = field(default_factory=dict)
    outcome: Outcome | None = None

    @property
    def forward(self) -> bool:
        """Whether the decision goes on, not back."""
        return self.outcome is not None and not self.outcome.is_return

    @property
    def procedure(self) -> Procedure:
        return self.cycle.procedure.definition


@dataclass(frozen=True, slots=True)
class StepAction:
    """What one name in `does` stands for."""

    leaves: tuple[str, ...] = ()
    missing: Callable[[Deed], list[str]] | None = None
    on_decide: Callable[[Deed], None] | None = None
    on_open: Callable[[Deed], None] | None = None
    parts: Callable[[Cycle], list[int]] | None = None


# --- disposisi ------------------------------------------------------------------------------------------------------


def needs_letter(procedure: Procedure) -> bool:
    """Whether the procedure writes a disposition, and so can only begin from a letter."""
    return any("disposisi" in step.does for step in procedure.steps)


def _letter_missing(deed: Deed) -> list[str]:
    return (
        [] if deed.cycle.letter else ["Siklus ini belum punya surat. Batalkan, lalu mulai lagi dari surat di agenda."]
    )


def _write_disposition(deed: Deed) -> None:
    """Write the disposition on the letter, to the next step's post and whoever else was chosen, and its sheet."""
    letter = deed.cycle.letter
    if letter is None:
        raise OutputMissing(_letter_missing(deed))
    form = deed.form
    chosen = {str(pk) for pk in form.get("to", [])}
    posts = Post.objects.filter(office=deed.cycle.office)
    following = deed.outcome.following if deed.outcome else None
    addressed = addressed_roles(deed.step, following)
    to = [post for post in posts if str(post.pk) in chosen or post.role in addressed]
    write_disposition(
        deed.turn,
        letter=letter,
        actor=deed.actor,
        to=to,
        instructions=list(form.get("instructions", [])),
        note=str(form.get("note", "")),
        subject=deed.cycle.subject,
    )
    tell(
        deed.turn,
        posts=[post for post in to if not following or post.role != following.who],
        text=f"Disposisi {deed.actor.title}: {_told_subject(letter)}",
        place=place("letter", letter.pk),
    )
    leave(
        deed,
        Document.Kind.DISPOSITION,
        "Lembar Disposisi (surat rahasia)"
        if letter.nature == Letter.Nature.SECRET
        else f"Lembar Disposisi {letter.number}",
        dict(disposition_sheet(letter)),
        about=f"letter:{letter.pk}",
    )


def _told_subject(letter: Letter) -> str:
    """A message leaves the office by mail and chat: what a secret letter is about is not said in it."""
    return "surat rahasia" if letter.nature == Letter.Nature.SECRET else letter.subject


def addressed_roles(step: Step, following: Step | None) -> set[str]:
    """Whom the SOP itself addresses: the roles named in the step's own words, and who acts next."""
    named = set(re.findall(r"{([a-z-]+)}", step.title)) - {step.who, UNIT}
    return named | ({following.who} if following else set())


def leave(
    deed: Deed, kind: str, title: str, content: dict[str, Any], *, about: str = "", only_post: Post | None = None
) -> Document:
    """Leave a document of the cycle: made the first time, a new version after that."""
    found = Document.objects.filter(subject=deed.cycle.subject, kind=kind, about=about).first()
    if found:
        documents.add_version(deed.turn, document=found, content=content, actor=deed.actor)
        return found
    return documents.make_document(
        deed.turn,
        office=deed.cycle.office,
        kind=kind,
        title=title,
        subject=deed.cycle.subject,
        about=about,
        period=deed.cycle.period,
        content=content,
        actor=deed.actor,
        only_post=only_post,
    )


# --- mechanism: format, request, collecting, recap ------------------------------------------------------------------


def _prepare_formats(deed: Deed) -> None:
    """One request and one format for every unit, from the indicators it answers for."""
    period = Period.parse(deed.cycle.period)
    requests = prepare_requests(deed.turn, office=deed.cycle.office, period=period, origin=deed.cycle.subject)
    for request in requests:
        if request.state == DataRequest.State.PREPARED:
            _leave_format(deed, request, number="", signer=None)


def _leave_format(deed: Deed, request: DataRequest, *, number: str, signer: Actor | None) -> None:
    content = request_form(request, number=number, signer=signer, at=deed.turn.at)
    title = f"Format Permintaan Data {Period.parse(request.period).label} – {request.unit.title}"
    document = leave(
        deed, Document.Kind.REQUEST, title, dict(content), about=f"request:{request.pk}", only_post=request.unit
    )
    if number:
        Document.objects.filter(pk=document.pk).update(number=number)


def _formats_missing(deed: Deed) -> list[str]:
    there = DataRequest.objects.filter(origin=deed.cycle.subject).exists()
    return [] if there else ["Format permintaan data belum disiapkan. Kembali ke langkah 1."]


def _send_requests(deed: Deed) -> None:
    """Send every unit its request, numbered, with the due moment of the collecting step."""
    following = deed.outcome.following if deed.outcome else None
    due_at = due_of_step(deed.cycle.office, following, deed.turn.at) if following else None
    prepared = list(
        DataRequest.objects.filter(origin=deed.cycle.subject, state=DataRequest.State.PREPARED).values_list(
            "pk", flat=True
        )
    )
    send_requests(deed.turn, origin=deed.cycle.subject, due_at=due_at)
    for request in DataRequest.objects.filter(pk__in=prepared).select_related("unit", "office__kind"):
        number = issue_number(
            office=request.office,
            register="permintaan",
            subject=f"request:{request.pk}",
            unit=deed.task.post.unit_code,
            turn=deed.turn,
        )
        _leave_format(deed, request, number=number, signer=deed.actor)
        label = Period.parse(request.period).label
        tell(
            deed.turn,
            posts=[request.unit],
            text=f"Permintaan data kinerja {label} menunggu isian Anda.",
            place=place("request", request.pk),
        )


def _asked_units(cycle: Cycle) -> list[int]:
    """The units whose request still waits for an answer: each owes a part of the collecting step."""
    open_ = DataRequest.objects.filter(origin=cycle.subject, state__in=DataRequest.OPEN)
    return list(open_.order_by("unit__order").values_list("unit_id", flat=True))


def _freeze(deed: Deed) -> None:
    """Freeze the answers and leave the recap of the filled-in data."""
    recap = freeze(
        deed.turn,
        office=deed.cycle.office,
        period=Period.parse(deed.cycle.period),
        origin=deed.cycle.subject,
        actor=deed.actor,
    )
    requests = list(
        DataRequest.objects.filter(origin=deed.cycle.subject).select_related("unit").order_by("unit__order")
    )
    title = f"Rekap Data Isian {Period.parse(deed.cycle.period).label}"
    leave(deed, Document.Kind.COLLECTED, title, dict(collected(recap, requests, deed.actor)))


def recap_of(cycle: Cycle) -> Recap | None:
    """The recap a run of the mechanism froze."""
    return Recap.objects.filter(origin=cycle.subject).order_by("-frozen_at").first()


def _analysis_missing(deed: Deed) -> list[str]:
    recap = recap_of(deed.cycle)
    if recap is None:
        return ["Data isian belum dibekukan."]
    lacking = unanalysed(recap)
    if not lacking:
        return []
    shown = "; ".join(lacking[:5]) + ("; …" if len(lacking) > 5 else "")
    return [f"Tulis penyebab dan tindak lanjut untuk {len(lacking)} indikator yang belum mencapai target: {shown}."]


def _finish_recap(deed: Deed) -> None:
    """Close the analysis and leave the recap of achievement."""
    recap = recap_of(deed.cycle)
    if recap is None:
        raise OutputMissing(_analysis_missing(deed))
    finish_recap(deed.turn, recap=recap)
    lines = list(recap.lines.select_related("indicator"))
    title = f"Rekap Hasil Capaian {Period.parse(deed.cycle.period).label}"
    leave(deed, Document.Kind.RECAP, title, dict(achievements(recap, lines, deed.actor, deed.turn.at)))
    if deed.cycle.parent:
        parent = deed.cycle.parent
        tell(
            deed.turn,
            posts=[parent.post_id],
            text=f"{title} selesai; bahan dapat disampaikan.",
            place=place("cycle", parent.cycle_id),
        )


# --- draft, paraf, signature ----------------------------------------------------------------------------------------


def draft_of(cycle: Cycle) -> Document | None:
    """The Data Kinerja of a cycle, from the first draft to the signed document."""
    return Document.objects.filter(subject=cycle.subject, kind=Document.Kind.PERFORMANCE).first()


def gathered(cycle: Cycle) -> Recap | None:
    """The newest finished recap that a step of this cycle ran for."""
    children = Cycle.objects.filter(parent__cycle=cycle, state=Cycle.State.ENDED).values_list("pk", flat=True)
    origins = [f"cycle:{pk}" for pk in children]
    return (
        Recap.objects.filter(origin__in=origins, finished_at__isnull=False, withdrawn_at__isnull=True)
        .order_by("-frozen_at")
        .first()
    )


def _recap_missing(deed: Deed) -> list[str]:
    return (
        []
        if gathered(deed.cycle)
        else ["Rekap hasil capaian belum ada: jalankan mekanisme pengumpulan data sampai selesai."]
    )


def _assemble_draft(deed: Deed) -> None:
    """Assemble the draft from the frozen recap; narrative already written is kept."""
    found = draft_of(deed.cycle)
    narrative = found.latest.narrative if found else first_narrative(deed.cycle)
    reason = "Bahan dilengkapi" if found else ""
    write_draft(deed.turn, deed.cycle, narrative, deed.actor, reason=reason)


def write_draft(turn: Turn, cycle: Cycle, narrative: dict[str, str], actor: Actor, *, reason: str) -> Document:
    """A new version of the draft: the narrative given, on the newest finished recap. Raises OutputMissing."""
    recap = gathered(cycle)
    if recap is None:
        raise OutputMissing(["Rekap hasil capaian belum ada."])
    found = draft_of(cycle)
    number = found.latest.no + 1 if found else 1
    content = dict(performance_data(cycle, recap, narrative, version=number))
    if found:
        documents.add_version(turn, document=found, content=content, actor=actor, reason=reason, narrative=narrative)
        return found
    title = f"Data Kinerja {cycle.office.name} {Period.parse(cycle.period).label}"
    return documents.make_document(
        turn,
        office=cycle.office,
        kind=Document.Kind.PERFORMANCE,
        title=title,
        subject=cycle.subject,
        period=cycle.period,
        content=content,
        actor=actor,
        narrative=narrative,
    )


def _draft_missing(deed: Deed) -> list[str]:
    return [] if draft_of(deed.cycle) else ["Draft Data Kinerja belum ada."]


def _revision_missing(deed: Deed) -> list[str]:
    draft = draft_of(deed.cycle)
    if draft is None:
        return ["Draft Data Kinerja belum ada."]
    if draft.latest.made_at <= deed.task.opened_at:
        return [
            "Belum ada versi perbaikan sejak naskah ini dikembalikan. Perbaiki naskah lalu simpan sebagai versi baru."
        ]
    return []


def _paraf(deed: Deed) -> None:
    """Paraf on exactly the version that was looked at."""
    if deed.forward:
        _approve(deed, Approval.Kind.PARAF)


def _approve(deed: Deed, kind: str) -> Document:
    document = draft_of(deed.cycle)
    if document is None:
        raise OutputMissing(["Draft Data Kinerja belum ada."])
    documents.approve(
        deed.turn, document=document, kind=kind, actor=deed.actor, sha256=str(deed.form.get("sha256", ""))
    )
    return document


def paraf_roles(procedure: Procedure) -> list[str]:
    """The roles whose paraf a signature needs, in the order of the steps."""
    return [step.who for step in procedure.steps if "paraf" in step.does]


def _parafs_missing(deed: Deed) -> list[str]:
    document = draft_of(deed.cycle)
    if document is None:
        return ["Dokumen final belum ada."]
    given = {
        approval.post.role
        for approval in document.latest.approvals.filter(kind=Approval.Kind.PARAF).select_related("post")
    }
    titles = deed.cycle.office.titles()
    lacking = [titles.get(role, role) for role in paraf_roles(deed.procedure) if role not in given]
    return (
        [f"Versi {document.latest.no} belum diparaf {', '.join(lacking)}. Kembalikan agar diparaf dahulu."]
        if lacking
        else []
    )


def _sign(deed: Deed) -> None:
    """Sign by internal approval: a number from the register, bound to the version that was looked at."""
    if not deed.forward:
        return
    document = _approve(deed, Approval.Kind.SIGNATURE)
    number = issue_number(
        office=deed.cycle.office,
        register="data-kinerja",
        subject=deed.cycle.subject,
        unit=deed.task.post.unit_code,
        turn=deed.turn,
    )
    Document.objects.filter(pk=document.pk).update(number=number)
    units = Post.objects.filter(office=deed.cycle.office, role=UNIT)
    tell(
        deed.turn,
        posts=list(units),
        text=f"{document.title} telah ditandatangani.",
        place=place("document", document.pk),
    )


# --- distribution ---------------------------------------------------------------------------------------------------


def _propose_recipients(deed: Deed) -> None:
    """The usual recipients to begin with: every unit, and who sent the letter."""
    document = draft_of(deed.cycle)
    if document is None:
        return
    known = set(document.deliveries.values_list("recipient", flat=True))
    for post in Post.objects.filter(office=deed.cycle.office, role=UNIT):
        if post.title not in known:
            documents.add_delivery(deed.turn, document=document, recipient=post.title, post=post, method="Himpun")
    letter = deed.cycle.letter
    if letter and letter.sender not in known:
        documents.add_delivery(deed.turn, document=document, recipient=letter.sender, post=None, method="Tautan")


def _distribution_missing(deed: Deed) -> list[str]:
    document = draft_of(deed.cycle)
    if document is None or not document.latest.signed_sha256:
        return ["Dokumen yang ditandatangani masih dibuat. Buka pratinjaunya, lalu coba lagi."]
    return (
        [] if document.deliveries.exists() else ["Daftar distribusi masih kosong. Tambahkan sekurangnya satu penerima."]
    )


def _distribute(deed: Deed) -> None:
    """Send to everybody on the list, leave the receipt, and archive the documents of the cycle and what it ran."""
    document = draft_of(deed.cycle)
    if document is None:
        raise OutputMissing(_distribution_missing(deed))
    documents.send_deliveries(deed.turn, document=document)
    posts = [delivery.post_id for delivery in document.deliveries.all() if delivery.post_id]
    tell(deed.turn, posts=posts, text=f"Anda menerima {document.title}.", place=place("document", document.pk))
    leave_receipt(deed.turn, deed.cycle, document, deed.actor)
    archive_documents(deed.turn, deed.cycle)


def leave_receipt(turn: Turn, cycle: Cycle, document: Document, actor: Actor) -> None:
    """The distribution list with its proofs as they stand now, as a new version of the receipt."""
    content = dict(receipt(document, actor, turn.at))
    deed = Deed(turn=turn, cycle=cycle, task=Task(), step=cycle.procedure.definition.first, actor=actor)
    leave(deed, Document.Kind.RECEIPT, f"Tanda Terima {document.title}", content)


def archive_documents(turn: Turn, cycle: Cycle) -> None:
    """Mark every document of the cycle and of the procedures it ran as archived."""
    children = Cycle.objects.filter(parent__cycle=cycle).values_list("pk", flat=True)
    subjects = [cycle.subject, *(f"cycle:{pk}" for pk in children)]
    papers = Document.objects.filter(subject__in=subjects, archived_at__isnull=True)
    count = papers.update(archived_at=turn.at)
    turn.record(
        "documents:document:archived",
        cycle.subject,
        {"documents": count, "on": timezone.localdate(turn.at).isoformat()},
    )


STEP_ACTIONS: dict[str, StepAction] = {
    "disposisi": StepAction((Document.Kind.DISPOSITION,), missing=_letter_missing, on_decide=_write_disposition),
    "siapkan-format": StepAction((Document.Kind.REQUEST,), on_decide=_prepare_formats),
    "periksa-format": StepAction((Document.Kind.REQUEST,), missing=_formats_missing),
    "kirim-permintaan": StepAction((Document.Kind.REQUEST,), missing=_formats_missing, on_decide=_send_requests),
    "himpun-isian": StepAction((Document.Kind.ANSWER,), parts=_asked_units),
    "rekap-isian": StepAction((Document.Kind.COLLECTED,), on_decide=_freeze),
    "rekap-capaian": StepAction((Document.Kind.RECAP,), missing=_analysis_missing, on_decide=_finish_recap),
    "susun-draft": StepAction((Document.Kind.PERFORMANCE,), missing=_recap_missing, on_decide=_assemble_draft),
    "periksa-draft": StepAction((Document.Kind.PERFORMANCE,), missing=_draft_missing),
    "perbaiki-draft": StepAction((Document.Kind.PERFORMANCE,), missing=_revision_missing),
    "paraf": StepAction((Document.Kind.PERFORMANCE,), missing=_draft_missing, on_decide=_paraf),
    "tanda-tangan": StepAction((Document.Kind.PERFORMANCE,), missing=_parafs_missing, on_decide=_sign),
    "distribusi": StepAction(
        (Document.Kind.PERFORMANCE, Document.Kind.RECEIPT),
        missing=_distribution_missing,
        on_decide=_distribute,
        on_open=_propose_recipients,
    ),
}


@lru_cache(maxsize=1024)
def _actions_of(names: tuple[str, ...]) -> tuple[StepAction, ...]:
    unknown = [name for name in names if name not in STEP_ACTIONS]
    if unknown:
        raise FieldErrors(
            {"does": f'Tindakan langkah "{", ".join(unknown)}" tidak dikenal. Yang ada: {", ".join(STEP_ACTIONS)}.'}
        )
    return tuple(STEP_ACTIONS[name] for name in names)


def step_actions(step: Step) -> tuple[StepAction, ...]:
    """The actions a step names in `does`."""
    return _actions_of(step.does)
