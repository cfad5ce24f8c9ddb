"""To whom the signed document goes, with receipts, and into the archive."""

from himpun.archive.journal import Turn
from himpun.cycles.engine import OutputMissing
from himpun.cycles.models import Cycle, Task
from himpun.cycles.steps.deed import Deed, leave
from himpun.cycles.steps.draft import draft_of
from himpun.cycles.steps.papers.receipt import receipt
from himpun.documents import actions as documents
from himpun.documents.models import Document
from himpun.notifications.actions import tell
from himpun.offices.acting import Actor
from himpun.offices.models.offices import UNIT, Post
from himpun.offices.today import today_in
from himpun.places import place


def propose_recipients(deed: Deed) -> None:
    """The usual recipients to begin with: every unit, and who sent the letter."""
    document = draft_of(deed.cycle)
    if document is None:
        return
    known = set(document.deliveries.values_list("recipient", flat=True))
    units = Post.objects.filter(office=deed.cycle.office, role=UNIT)
    for post in units.there_on(today_in(deed.cycle.office_id)):
        if post.title not in known:
            documents.add_delivery(deed.turn, document=document, recipient=post.title, post=post, method="Himpun")
    letter = deed.cycle.letter
    if letter and letter.sender not in known:
        documents.add_delivery(deed.turn, document=document, recipient=letter.sender, post=None, method="Tautan")


def distribution_missing(deed: Deed) -> list[str]:
    document = draft_of(deed.cycle)
    if document is None or not document.latest.signed_sha256:
        return ["Dokumen yang ditandatangani masih dibuat. Buka pratinjaunya, lalu coba lagi."]
    return (
        [] if document.deliveries.exists() else ["Daftar distribusi masih kosong. Tambahkan sekurangnya satu penerima."]
    )


def distribute(deed: Deed) -> None:
    """Send to everybody on the list, leave the receipt, and archive the documents of the cycle and what it ran."""
    document = draft_of(deed.cycle)
    if document is None:
        raise OutputMissing(distribution_missing(deed))
    documents.send_deliveries(deed.turn, document=document, by_name=f"{deed.actor.name} ({deed.actor.title})"[:200])
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
        {"documents": count, "on": today_in(cycle.office_id).isoformat()},
    )
