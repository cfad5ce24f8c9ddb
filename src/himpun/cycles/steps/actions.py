"""The table of the step actions: a procedure names them, this says what they do."""

from functools import lru_cache

from himpun.cycles.steps.collecting import ask_units, asked_units, formats_missing, freeze_answers, prepare_formats
from himpun.cycles.steps.deed import StepAction
from himpun.cycles.steps.disposition import leave_disposition, letter_missing
from himpun.cycles.steps.distribution import distribute, distribution_missing, propose_recipients
from himpun.cycles.steps.draft import assemble_draft, draft_missing, recap_missing, revision_missing
from himpun.cycles.steps.recap import analysis_missing, close_recap
from himpun.cycles.steps.signing import paraf, parafs_missing, sign
from himpun.documents.models import Document
from himpun.errors import FieldErrors
from himpun.procedures.definition import Step

STEP_ACTIONS: dict[str, StepAction] = {
    "disposisi": StepAction((Document.Kind.DISPOSITION,), missing=letter_missing, on_decide=leave_disposition),
    "siapkan-format": StepAction((Document.Kind.REQUEST,), on_decide=prepare_formats),
    "periksa-format": StepAction((Document.Kind.REQUEST,), missing=formats_missing),
    "kirim-permintaan": StepAction((Document.Kind.REQUEST,), missing=formats_missing, on_decide=ask_units),
    "himpun-isian": StepAction((Document.Kind.ANSWER,), parts=asked_units),
    "rekap-isian": StepAction((Document.Kind.COLLECTED,), on_decide=freeze_answers),
    "rekap-capaian": StepAction((Document.Kind.RECAP,), missing=analysis_missing, on_decide=close_recap),
    "susun-draft": StepAction((Document.Kind.PERFORMANCE,), missing=recap_missing, on_decide=assemble_draft),
    "periksa-draft": StepAction((Document.Kind.PERFORMANCE,), missing=draft_missing),
    "perbaiki-draft": StepAction((Document.Kind.PERFORMANCE,), missing=revision_missing),
    "paraf": StepAction((Document.Kind.PERFORMANCE,), missing=draft_missing, on_decide=paraf),
    "tanda-tangan": StepAction((Document.Kind.PERFORMANCE,), missing=parafs_missing, on_decide=sign),
    "distribusi": StepAction(
        (Document.Kind.PERFORMANCE, Document.Kind.RECEIPT),
        missing=distribution_missing,
        on_decide=distribute,
        on_open=propose_recipients,
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
