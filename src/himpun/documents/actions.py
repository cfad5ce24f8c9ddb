"""Making documents and versions, approving them, delivering them.

A document row is made in the transaction of the act that causes it; its PDF is rendered afterwards from the stored
content (by the worker, or by the first who opens it), always to the same bytes.
"""

from typing import Any

from django.db.models import Max
from django.utils.text import Truncator

from himpun import clock, typed
from himpun.archive.journal import Author, Turn, act
from himpun.documents.models import Approval, Delivery, Document, DocumentVersion, Mailing
from himpun.documents.rendering import letters_lacking
from himpun.documents.work import enqueue_rendering
from himpun.errors import Conflict, FieldErrors, Refusal
from himpun.letters.models import Contact
from himpun.notifications.channels import MAIL, Mail, channels
from himpun.offices.acting import Actor
from himpun.offices.models.offices import Office, Post


class VersionOutdated(Conflict):
    """What the person looked at is not the newest version."""

    code = "versi-lama"

    def __init__(self, latest: int) -> None:
        super().__init__(
            f"Naskah sudah berganti menjadi versi {latest} sejak halaman ini dibuka. Muat ulang dan baca versi itu sebelum memberi persetujuan."
        )


class SamePersonTwice(Refusal):
    """The person has approved this version in another post, and the office does not allow that."""

    code = "orang-yang-sama"

    def __init__(self, earlier: Approval, title: str) -> None:
        super().__init__(
            f"Anda sudah {earlier.deed} pada versi ini. Persetujuan sebagai {title} diberikan pemangku jabatan yang lain. "
            "Bila kantor memang membolehkan satu orang melakukan keduanya, pengelola kantor mengizinkannya di Pengaturan, Data kantor."
        )


class NotRendered(Conflict):
    """The version has no file yet to bind an approval to."""

    code = "berkas-belum-jadi"

    def __init__(self) -> None:
        super().__init__("Berkas versi ini masih dibuat. Buka pratinjaunya, lalu coba lagi.")


class NotAllPrinted(Conflict):
    """The version has characters that no font here can show."""

    code = "huruf-tidak-tercetak"

    def __init__(self, lacking: str) -> None:
        which = ", ".join(f"“{one}” (tercetak [U+{ord(one):04X}])" for one in lacking[:8])
        more = f" dan {len(lacking) - 8} lainnya" if len(lacking) > 8 else ""
        super().__init__(
            f"Naskah ini memuat huruf atau tanda yang tidak dapat dicetak: {which}{more}. Kembalikan naskahnya agar diganti "
            "sebelum disetujui."
        )


def make_document(
    turn: Turn,
    *,
    office: Office,
    kind: str,
    title: str,
    subject: str,
    content: dict[str, Any],
    actor: Actor,
    about: str = "",
    period: str = "",
    number: str = "",
    only_post: Post | None = None,
    narrative: dict[str, str] | None = None,
) -> Document:
    """Make a document with its first version, within a turn."""
    document = Document.objects.create(
        office=office,
        kind=kind,
        title=Truncator(title).chars(300),
        subject=subject,
        about=about,
        period=period,
        number=number,
        only_post=only_post,
        created_at=turn.at,
    )
    add_version(turn, document=document, content=content, actor=actor, narrative=narrative)
    return document


def add_version(
    turn: Turn,
    *,
    document: Document,
    content: dict[str, Any],
    actor: Actor,
    reason: str = "",
    narrative: dict[str, str] | None = None,
) -> DocumentVersion:
    """Add the next version of a document, within a turn. Approvals of earlier versions no longer count."""
    last = document.versions.aggregate(last=Max("no"))["last"] or 0
    version = DocumentVersion.objects.create(
        document=document,
        no=last + 1,
        content=content,
        narrative=narrative or {},
        reason=Truncator(reason).chars(500),
        made_at=turn.at,
        made_by_id=actor.person_id,
        made_by_name=actor.name,
        made_by_title=actor.title,
    )
    data = {
        "document": document.pk,
        "kind": document.kind,
        "title": document.title,
        "version": version.no,
        "reason": reason,
    }
    turn.record("documents:version:made", document.subject, data)
    enqueue_rendering(version.pk)
    return version


def approve(turn: Turn, *, document: Document, kind: str, actor: Actor, sha256: str) -> Approval:
    """Give paraf or signature to the newest version, which must be the one whose SHA-256 was looked at.

    Raises VersionOutdated, NotRendered, NotAllPrinted or SamePersonTwice. Giving the same paraf to the same version twice changes nothing.
    """
    version = document.latest
    if not version.file_sha256:
        raise NotRendered
    if sha256 != version.file_sha256:
        raise VersionOutdated(version.no)
    if lacking := letters_lacking(version.content):
        raise NotAllPrinted(lacking)
    doubled = _is_doubled(version, kind, actor)
    approval, made = Approval.objects.get_or_create(
        version=version,
        kind=kind,
        post_id=actor.post_id,
        defaults={
            "sha256": sha256,
            "person_id": actor.person_id,
            "title": actor.title,
            "name": actor.name,
            "nip": actor.nip,
            "rank": actor.rank,
            "block": actor.block,
            "doubled": doubled,
            "at": turn.at,
        },
    )
    if made:
        data = {"document": document.pk, "version": version.no, "title": document.title}
        if doubled:
            data["doubled"] = approval.said_twice
        turn.record(f"documents:version:{kind}", document.subject, data, file_sha256=sha256)
        if kind == Approval.Kind.SIGNATURE:
            DocumentVersion.objects.filter(pk=version.pk).update(unissued=True)
        enqueue_rendering(version.pk)
    return approval


def _is_doubled(version: DocumentVersion, kind: str, actor: Actor) -> bool:
    """Whether this person approved the version in another post before. Raises SamePersonTwice where that is not allowed.

    What this post has given already is not asked again.
    """
    approvals = list(version.approvals.all())
    if any(one.kind == kind and one.post_id == actor.post_id for one in approvals):
        return False
    earlier = [one for one in approvals if one.person_id == actor.person_id and one.post_id != actor.post_id]
    if earlier and not Office.objects.values_list("may_approve_twice", flat=True).get(pk=version.document.office_id):
        raise SamePersonTwice(earlier[-1], actor.title)
    return bool(earlier)


def add_delivery(
    turn: Turn, *, document: Document, recipient: str, post: Post | None, method: str, address: str = ""
) -> Delivery:
    """Put a recipient on the distribution list; `address` is where a mail goes.

    Raises FieldErrors for an empty or repeated one, or a mail without an address or a server.
    """
    if method == MAILED and MAIL not in channels():
        raise FieldErrors({"method": NO_MAIL})
    address = mail_address(address) if method == MAILED else ""
    recipient = typed.needed(
        recipient, "Tulis nama penerima atau pilih jabatan.", field="recipient", kind=typed.Text.NAME
    )
    delivery, made = Delivery.objects.get_or_create(
        document=document,
        recipient=recipient,
        defaults={"post": post, "method": method, "address": address, "added_at": turn.at},
    )
    if not made:
        raise FieldErrors({"recipient": f"{recipient} sudah ada di daftar distribusi."})
    turn.record(
        "documents:delivery:added", document.subject, {"document": document.pk, "to": recipient, "method": method}
    )
    return delivery


MAILED = str(Contact.Channel.MAIL)
"""The way that Himpun sends by itself to somebody outside."""


def mail_address(address: str) -> str:
    """The address as it is kept. Raises FieldErrors."""
    try:
        return Mail().checked(address)
    except FieldErrors as wrong:
        raise FieldErrors({"address": str(wrong) if address.strip() else "Tulis alamat surel penerima."}) from wrong


NO_MAIL = (
    "Surel belum disiapkan pada pemasangan ini, jadi Himpun tidak dapat mengirimnya. Pilih cara lain, atau minta operator "
    "menyiapkan peladen surel (panduan Pengingat dan saluran)."
)


def send_deliveries(turn: Turn, *, document: Document, by_name: str = "") -> int:
    """Let every recipient on the list have the document, and say how many: posts in Himpun at once, mails by the worker;
    for everybody else it is written down that `by_name` sent it."""
    waiting = document.deliveries.filter(sent_at__isnull=True, mailing__isnull=True)
    names = list(waiting.values_list("recipient", flat=True))
    mailed = list(waiting.filter(post__isnull=True, method=MAILED).exclude(address="").values_list("pk", flat=True))
    Mailing.objects.bulk_create(Mailing(delivery_id=pk, next_at=turn.at) for pk in mailed)
    rest = document.deliveries.filter(sent_at__isnull=True).exclude(pk__in=mailed)
    rest.filter(mailing__isnull=True, post__isnull=True).update(sent_at=turn.at, noted_by=by_name)
    rest.filter(post__isnull=False).update(sent_at=turn.at)
    turn.record("documents:document:distributed", document.subject, {"document": document.pk, "to": names})
    return len(names)


def record_receipt(turn: Turn, *, delivery: Delivery, by_name: str) -> bool:
    """The first opening of a delivered document: when and by whom. False when it was opened before."""
    changed = Delivery.objects.filter(pk=delivery.pk, opened_at__isnull=True, sent_at__isnull=False).update(
        opened_at=turn.at, opened_by=by_name
    )
    if changed:
        data = {"document": delivery.document_id, "to": delivery.recipient, "by": by_name}
        turn.record("documents:delivery:opened", delivery.document.subject, data)
    return bool(changed)


def note_opened(*, delivery: Delivery, author: Author) -> None:
    """Somebody opened a document that was sent to them: the first time is the proof of receipt, an act of its own."""
    if delivery.opened_at or not delivery.sent_at:
        return
    with act(delivery.document.office.code, at=clock.now(), author=author) as turn:
        record_receipt(turn, delivery=delivery, by_name=author.person_name)
