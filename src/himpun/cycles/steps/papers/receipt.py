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
                "value": "Diantar atau dikirim oleh kantor sendiri; waktunya adalah waktu pencatatan.",
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
                "proof": "Pembukaan tercatat di jurnal" if delivery.opened_at else "",
            }
            for place, delivery in enumerate(document.deliveries.all(), 1)
        ],
        "signature": signature_of(actor, office, at, how=f"Dicatat dalam sistem pada {moment(at, office)}"),
        "verification": verification(document, version=str(version.no), sha256=version.file_sha256),
    }


def _sent(delivery: Delivery, office: Office) -> str:
    """When it was put before a post in Himpun; to anybody else Himpun sends nothing, and knows when it was written down."""
    at = moment(delivery.sent_at, office)
    return at if delivery.post_id or not at else f"dicatat {at}"
