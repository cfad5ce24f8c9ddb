"""The parts every document has, filled from an office, an actor or an approval: kop, signature block, verification."""

from datetime import datetime
from zoneinfo import ZoneInfo

from himpun import moments
from himpun.documents.content.parts import Letterhead, Paraf, Signature, Verification
from himpun.documents.models import Approval, Document
from himpun.documents.qr import qr_svg
from himpun.offices.acting import Actor
from himpun.offices.calendar.kept import calendar_of
from himpun.offices.due_words import due_words
from himpun.offices.models.offices import Office, Paper
from himpun.places import place, url_of


def local(at: datetime, office: Office) -> datetime:
    """The moment as the office's clocks show it."""
    return at.astimezone(ZoneInfo(office.timezone))


def moment(at: datetime | None, office: Office) -> str:
    """ "23 November 2026 pukul 09.14 WIB" in the office's zone; "" when there is none."""
    return moments.long(at, ZoneInfo(office.timezone)) if at else ""


def deadline(due_at: datetime | None, office: Office) -> str:
    """ "1 Desember 2026, akhir jam kerja (16.00 WIB)"; "" when there is none."""
    if due_at is None:
        return ""
    return due_words(calendar_of(office.pk, office.calendar_stamp)[0], due_at, long=True)


def place_date(office: Office, at: datetime) -> str:
    """ "Contoh, 23 November 2026"."""
    return f"{office.city}, {moments.day(local(at, office))}"


def letterhead(office: Office) -> Letterhead:
    """The kop of an office, and the paper that everything below it is set on."""
    head: Letterhead = {
        "government": office.government,
        "office": office.name,
        "address": office.address,
        "contact": office.contact,
        "logo": None,
    }
    if office.paper == Paper.F4:
        head["paper"] = "f4"
    if office.synthetic:
        head["sample"] = True
    return head


def verification_url(document: Document) -> str:
    """The public address where this document can be checked."""
    return url_of(place("verify", document.token), document.office.base_url).rstrip("/")


def verification(document: Document, *, version: str, sha256: str = "", qr: bool = True) -> Verification:
    """Where the reader can check a document, and against what."""
    url = verification_url(document)
    return {
        "url": url,
        "number": document.number,
        "title": document.title,
        "version": version,
        "sha256": sha256,
        "digest_of": "naskah yang disetujui" if sha256 else "",
        "qr": qr_svg(url) if qr else None,
    }


def signature_of(actor: Actor, office: Office, at: datetime, *, how: str) -> Signature:
    """The block of somebody who has acted: their post and capacity as of then."""
    block = _block(actor.kind, actor.post_title, actor.name, actor.rank, actor.nip, place_date(office, at), how)
    return _on_behalf(block, actor.block)


def signature_of_approval(approval: Approval, office: Office, document: Document) -> Signature:
    """The block of a given approval, with what it truthfully is."""
    how = f"Disetujui dalam sistem pada {moment(approval.at, office)}; keaslian dapat diperiksa di {verification_url(document)}"
    if approval.said_twice:
        how = f"{how}. {approval.said_twice}."
    block = _block("", approval.title, approval.name, approval.rank, approval.nip, place_date(office, approval.at), how)
    block = _on_behalf(block, approval.block)
    block["qr"] = qr_svg(verification_url(document))
    return block


def empty_signature(title: str, place: str = "") -> Signature:
    """A block still to be signed."""
    return _block("", title, "", "", "", place, "")


def _block(kind: str, position: str, name: str, rank: str, nip: str, place: str, how: str) -> Signature:
    prefix = {"Plt": "Plt.", "Plh": "Plh.", "Pj": "Pj."}.get(kind, "")
    return {
        "place_date": place,
        "on_behalf_of": [],
        "prefix": prefix,  # type: ignore[typeddict-item]
        "position": position,
        "name": name,
        "rank": rank,
        "nip": nip,
        "approval": how,
        "qr": None,
    }


def _on_behalf(signature: Signature, posts: list[str]) -> Signature:
    """The block of a mandate: "a.n." the posts above, then the signer's own."""
    if posts:
        signature["on_behalf_of"], signature["position"] = posts[:-1], posts[-1]
    return signature


def paraf_of(approval: Approval, office: Office) -> Paraf:
    """One given paraf as a row."""
    return {
        "position": approval.title,
        "name": approval.name,
        "at": moment(approval.at, office),
        "mark": "; ".join(filter(None, ["Diparaf dalam sistem", approval.said_twice])),
    }
