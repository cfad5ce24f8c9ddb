"""Paraf by paraf, then the signature on exactly what was read."""

from himpun.cycles.engine import OutputMissing
from himpun.cycles.steps.deed import Deed
from himpun.cycles.steps.draft import draft_of
from himpun.cycles.steps.recap import close_recap
from himpun.documents import actions as documents
from himpun.documents.models import Approval, Document
from himpun.letters.registers import issue_number
from himpun.notifications.actions import tell
from himpun.offices.models.offices import UNIT, Post
from himpun.offices.today import today_in
from himpun.places import is_here_only, place
from himpun.procedures.definition import Procedure


def paraf(deed: Deed) -> None:
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


def parafs_missing(deed: Deed) -> list[str]:
    document = draft_of(deed.cycle)
    if document is None:
        return ["Dokumen final belum ada."]
    given = {
        approval.post.role
        for approval in document.latest.approvals.filter(kind=Approval.Kind.PARAF).select_related("post")
    }
    titles = deed.cycle.office.titles()
    lacking = [titles.get(role, role) for role in paraf_roles(deed.procedure) if role not in given]
    missing = []
    if lacking:
        missing.append(
            f"Versi {document.latest.no} belum diparaf {', '.join(lacking)}. Kembalikan agar diparaf dahulu."
        )
    office = deed.cycle.office
    if is_here_only(office.base_url) and not office.synthetic:
        missing.append(_HERE_ONLY.format(office.base_url))
    return missing


_HERE_ONLY = (
    "QR dan tautan pada naskah ini akan memuat {}, yang hanya terbuka di komputer Himpun sendiri. Minta Kasubbag Umum menetapkan "
    "alamat yang dibuka orang lain di Pengaturan, Data kantor, bagian Alamat publik, lalu tanda tangani."
)
"""What is signed cannot be mended: a paper with an address that nobody can open proves nothing."""


def sign(deed: Deed) -> None:
    """Sign by internal approval: a number from the register, bound to the version that was looked at."""
    if not deed.forward:
        return
    document = _approve(deed, Approval.Kind.SIGNATURE)
    if deed.cycle.corrects_id:
        close_recap(deed)
    number = issue_number(
        office=deed.cycle.office,
        register="data-kinerja",
        subject=deed.cycle.subject,
        unit=deed.task.post.unit_code,
        turn=deed.turn,
    )
    Document.objects.filter(pk=document.pk).update(number=number)
    units = Post.objects.filter(office=deed.cycle.office, role=UNIT).there_on(today_in(deed.cycle.office_id))
    tell(
        deed.turn,
        posts=list(units),
        text=f"{document.title} telah ditandatangani.",
        place=place("document", document.pk),
    )
