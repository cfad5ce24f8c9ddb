"""What the issued (signed) document holds beyond the approved version: number, paraf, signature block, QR."""

from typing import Any

from himpun.documents.models import Approval, DocumentVersion
from himpun.documents.parts import paraf_of, signature_of_approval, verification


def issued_content(version: DocumentVersion) -> dict[str, Any]:
    """The content of a signed version as it is issued. The text is the approved one; only its state is added."""
    document = version.document
    office = document.office
    approvals = list(version.approvals.all())
    signature = next(approval for approval in approvals if approval.kind == Approval.Kind.SIGNATURE)
    return {
        **version.content,
        "state": "final",
        "draft_label": "",
        "number": document.number,
        "paraf": [paraf_of(approval, office) for approval in approvals if approval.kind == Approval.Kind.PARAF],
        "signature": signature_of_approval(signature, office, document),
        "verification": verification(document, version=str(version.no), sha256=version.file_sha256),
    }
