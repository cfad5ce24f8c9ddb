"""Acts on the draft, the analysis and the distribution list while their step is open."""

from collections.abc import Collection, Mapping

from himpun import clock, typed
from himpun.archive.journal import act
from himpun.cycles.models import Cycle, Task
from himpun.cycles.rules import NotYourStep
from himpun.cycles.steps.distribution import leave_receipt
from himpun.cycles.steps.draft import draft_of, write_draft
from himpun.cycles.steps.papers.performance import NARRATIVE
from himpun.documents import actions as documents
from himpun.documents.models import Delivery, Document
from himpun.errors import Conflict
from himpun.indicators.models.recaps import RecapLine
from himpun.indicators.recaps import freezing as indicators
from himpun.offices.acting import Actor, capacities, present
from himpun.offices.models.offices import UNIT, Post
from himpun.offices.models.people import Person
from himpun.typesetting import unprintable

EDITS_DRAFT = frozenset({"periksa-draft", "perbaiki-draft"})


class NotNow(Conflict):
    """The step that allows this is not open."""

    code = "bukan-saatnya"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} hanya dapat dilakukan selama langkahnya terbuka. Muat ulang halaman siklus untuk melihat langkah saat ini."
        )


class DraftChanged(Conflict):
    """Somebody saved another version meanwhile."""

    code = "draft-berubah"

    def __init__(self, latest: int, by: str) -> None:
        super().__init__(
            f"Naskah sudah menjadi versi {latest} (disimpan {by}) sejak halaman ini dibuka. Tulisan Anda masih ada di bawah; "
            "bandingkan dahulu, lalu simpan lagi."
        )


def open_task(cycle: Cycle, does: frozenset[str], what: str) -> Task:
    """The open step of a cycle, if it does one of `does`. Raises NotNow."""
    task = Task.objects.filter(cycle=cycle, part=False, decided_at__isnull=True).select_related("post").first()
    if task is None or not does & set(cycle.procedure.definition.step(task.step_no).does):
        raise NotNow(what)
    return task


def acting_on(task: Task, by: Person, *, with_roles: tuple[str, ...] = ()) -> Actor:
    """`by` as holder of the task's post, or of a post of a role that works with it. Raises NotYourStep or OnLeave."""
    for actor in capacities(by):
        if actor.post_id == task.post_id or (actor.office_id == task.post.office_id and actor.role in with_roles):
            return present(actor)
    raise NotYourStep(task.post.title)


def save_draft(*, cycle: Cycle, narrative: Mapping[str, str], reason: str, based_on: int, by: Person) -> Document:
    """Save the narrative as a new version; parafs on earlier versions no longer count.

    Raises NotNow, NotYourStep, DraftChanged when `based_on` is not the newest version, FieldErrors without a reason.
    """
    task = open_task(cycle, EDITS_DRAFT, "Menyunting naskah")
    actor = acting_on(task, by)
    reason = typed.needed(reason, "Tulis singkat apa yang diubah pada versi ini.")
    typed.check({key: (narrative.get(key, ""), typed.Text.NARRATIVE) for key in NARRATIVE})
    _check_printed(narrative)
    with act(cycle.office.code, at=clock.now(), author=actor.author) as turn:
        open_task(cycle, EDITS_DRAFT, "Menyunting naskah")
        found = draft_of(cycle)
        if found and found.latest.no != based_on:
            raise DraftChanged(found.latest.no, found.latest.made_by_name)
        kept = found.latest.narrative if found else {}
        texts = {key: typed.paragraphs(narrative.get(key, kept.get(key, ""))) for key in NARRATIVE}
        return write_draft(turn, cycle, texts, actor, reason=reason)


def _check_printed(narrative: Mapping[str, str]) -> None:
    """Raises FieldErrors at each text with a character that no font can show."""
    wrong = typed.Complaints()
    for key in NARRATIVE:
        if lacking := unprintable(narrative.get(key, "")):
            which = ", ".join(f"“{one}”" for one in lacking[:8])
            wrong[key] = f"Tidak dapat dicetak: {which}. Ganti dengan huruf atau tanda lain."
    wrong.refuse()


def save_analysis(
    *, line: RecapLine, cycle: Cycle, cause: str, follow_up: str, by: Person, also: Collection[int] = ()
) -> None:
    """Write the cause and follow-up of an indicator while the recap step is open: its actor, or who prepares with them.

    `also` names other lines of the recap (by key) that the same analysis serves.
    """
    actor = may_analyse(cycle, by)
    if line.recap.origin != cycle.subject:
        raise NotNow("Menulis analisis indikator itu")
    with act(cycle.office.code, at=clock.now(), author=actor.author) as turn:
        for one in (line, *line.recap.lines.filter(pk__in=also).exclude(pk=line.pk)):
            indicators.write_analysis(turn, line=one, cause=cause, follow_up=follow_up)
        if cycle.corrects_id and (found := draft_of(cycle)):
            reason = f"Analisis {line.frozen['kode']} ditulis"
            write_draft(turn, cycle, found.latest.narrative, actor, reason=reason)


def may_analyse(cycle: Cycle, by: Person) -> Actor:
    """`by`, where the analysis may be written now: in the recap step, and where a correction mends the document.

    Raises NotNow, NotYourStep or OnLeave.
    """
    does = EDITS_DRAFT if cycle.corrects_id else frozenset({"rekap-capaian"})
    task = open_task(cycle, does, "Menulis analisis")
    return acting_on(task, by, with_roles=cycle.procedure.definition.step(task.step_no).with_)


def add_recipient(
    *, cycle: Cycle, recipient: str, post: Post | None, method: str, by: Person, address: str = ""
) -> Delivery:
    """Put somebody on the distribution list while the distribution step is open; `address` is where a mail goes."""
    task = open_task(cycle, frozenset({"distribusi"}), "Menambah penerima")
    actor = acting_on(task, by)
    document = _signed(cycle)
    with act(cycle.office.code, at=clock.now(), author=actor.author) as turn:
        open_task(cycle, frozenset({"distribusi"}), "Menambah penerima")
        return documents.add_delivery(
            turn, document=document, recipient=recipient, post=post, method=method, address=address
        )


def remove_recipient(*, cycle: Cycle, delivery: Delivery, by: Person) -> None:
    """Take somebody off the list before it is sent."""
    task = open_task(cycle, frozenset({"distribusi"}), "Menghapus penerima")
    actor = acting_on(task, by)
    document = _signed(cycle)
    with act(cycle.office.code, at=clock.now(), author=actor.author) as turn:
        open_task(cycle, frozenset({"distribusi"}), "Menghapus penerima")
        removed, _ = document.deliveries.filter(pk=delivery.pk, sent_at__isnull=True).delete()
        if removed:
            turn.record("documents:delivery:removed", cycle.subject, {"to": delivery.recipient})


def renew_receipt(*, cycle: Cycle, by: Person) -> None:
    """Leave the receipt anew with the proofs that have come in since."""
    held = [actor for actor in capacities(by) if actor.office_id == cycle.office_id and actor.role != UNIT]
    if not held:
        raise NotYourStep("penyusun atau pimpinan")
    actor, document = present(held[0]), _signed(cycle)
    with act(cycle.office.code, at=clock.now(), author=actor.author) as turn:
        leave_receipt(turn, cycle, document, actor)


def _signed(cycle: Cycle) -> Document:
    document = draft_of(cycle)
    if document is None or not document.number:
        raise NotNow("Distribusi")
    return document
