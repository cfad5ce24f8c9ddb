"""Tanda terima distribusi: to whom the signed document went, and the proof that it arrived."""

from datetime import datetime

from himpun.documents.content.receipt import DistributionReceipt
from himpun.documents.models import Delivery, Document
from himpun.documents.parts import letterhead, moment, signature_of, verification
from himpun.offices.acting import Actor
from himpun.offices.models.offices import Office


def receipt(document: Document, actor: Actor, at: datetime) -> DistributionReceipt:
    """The list as it stands at `at`."""
    office, version = document.office, document.latest
    return {
        "letterhead": letterhead(office),
        "document_number": document.number,
        "document_title": document.title,
        "document_version": str(version.no),
        "document_sha256": version.signed_sha256,
        "facts": [
            {"label": "Keadaan pada", "value": moment(at, office)},
            {
                "label": "Pihak luar",
                "value": "Surel: waktu server penerima menyatakan menerimanya. Selainnya dikirim kantor sendiri; waktunya waktu pencatatan.",
            },
        ],
        "recipients": [
            {
                "no": str(place),
                "recipient": delivery.recipient,
                "how": delivery.method,
                "sent_at": _sent(delivery, office),
                "opened_at": moment(delivery.opened_at, office),
                "received_by": delivery.opened_by,
                "proof": _proof(delivery),
            }
            for place, delivery in enumerate(document.deliveries.select_related("mailing"), 1)
        ],
        "signature": signature_of(actor, office, at, how=f"Dicatat dalam sistem pada {moment(at, office)}"),
        "verification": verification(document, version=str(version.no), sha256=version.file_sha256),
    }


def _sent(delivery: Delivery, office: Office) -> str:
    """When it was put before a post in Himpun; to anybody else Himpun sends nothing, and knows when it was written down."""
    at, mail = moment(delivery.sent_at, office), delivery.mail
    if mail is not None:
        return f"diterima server {at}" if at else f"surel {mail.get_state_display().lower()}"
    if delivery.post_id or not at:
        return at
    return f"dicatat {at} oleh {delivery.noted_by}" if delivery.noted_by else f"dicatat {at}"


def _proof(delivery: Delivery) -> str:
    if delivery.opened_at:
        return "Pembukaan tercatat di jurnal"
    return delivery.mail.proof if delivery.mail else ""
