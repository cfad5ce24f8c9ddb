"""What pages say of figures that were corrected after a recap or document took them up: which one is official, and what
can be done about the document."""

from typing import Any

from himpun.cycles.correcting import standing_of
from himpun.cycles.models import Cycle
from himpun.cycles.steps.draft import draft_of
from himpun.offices.rules import MAY_START_CYCLES
from himpun.web.middleware import PersonRequest


def corrected(request: PersonRequest, cycle: Cycle | None) -> dict[str, Any]:
    """What cycles/corrected.html shows of a run: how its document stands, what replaces it, and who may issue it anew."""
    if cycle is None:
        return {}
    standing = standing_of(cycle)
    newer = draft_of(standing.anew) if standing.anew else None
    issuers = [title for role, title in standing.cycle.office.titles().items() if role in MAY_START_CYCLES]
    return {
        "standing": standing,
        "replacement": newer if newer and newer.official else None,
        "may_issue": request.acting.has(MAY_START_CYCLES, standing.cycle.office_id),
        "issuers": issuers,
    }
