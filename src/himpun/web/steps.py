"""What the form of an open step shows for each thing the step does: `FORMS`, by the name in a procedure's `does`.

To add one: a template in templates/cycles/steps/, a function that gives it what it shows, a line in `FORMS`. An action
that shows nothing of its own needs no line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from himpun.cycles.models import Cycle, Task
from himpun.cycles.queries import sent_back_by
from himpun.cycles.steps.disposition import addressed_roles
from himpun.cycles.steps.draft import draft_of, gathered
from himpun.cycles.steps.recap import recap_of
from himpun.documents.actions import MAILED, NO_MAIL
from himpun.documents.work import made_ready
from himpun.letters.models import INSTRUCTIONS, Contact
from himpun.notifications.access_mail import can_mail
from himpun.offices.models.offices import Post
from himpun.procedures.definition import Step
from himpun.web.forms import read_whole

BUTTONS = {
    "disposisi": "Disposisikan",
    "perintahkan": "Perintahkan",
    "sampaikan": "Sampaikan",
    "terima": "Terima bahan",
    "sudah baik": "Sudah baik",
    "perlu perbaikan": "Perlu perbaikan",
    "bahan kurang": "Bahan kurang",
    "selesai": "Selesai",
    "paraf": "Paraf",
    "kembalikan": "Kembalikan",
    "perbaiki naskah": "Perbaiki naskah",
    "tanda tangan": "Tanda tangani",
    "bekukan": "Bekukan data",
}
"""A decision → what its button says; any other is written as the procedure writes it."""


BEFORE, WITHIN, LAST = PLACES = ("before", "within", "last")


@dataclass(frozen=True, slots=True)
class Open:
    """The open step whose form is shown."""

    cycle: Cycle
    task: Task
    step: Step


@dataclass(frozen=True, slots=True)
class StepForm:
    """What one name in `does` shows: `shows` gives its template what it needs, `reads` takes what was filled in.

    Its `place` is in the form of the decision, LAST above its buttons, or BEFORE it: there it may hold forms of its own.
    A name without a template only shows the draft.
    """

    template: str = ""
    shows: Callable[[Open], dict[str, Any]] | None = None
    reads: Callable[[QueryDict], dict[str, Any]] | None = None
    place: str = WITHIN


def form_of(cycle: Cycle, task: Task) -> dict[str, Any]:
    """What templates/cycles/step_form.html shows of the open step."""
    step = cycle.procedure.definition.step(task.step_no)
    forms = [FORMS[name] for name in step.does if name in FORMS]
    context: dict[str, Any] = {
        **{place: [one.template for one in forms if one.template and one.place == place] for place in PLACES},
        "has_returns": bool(step.returns),
        "decisions": [(name, BUTTONS.get(name, name.capitalize()), name in step.returns) for name in step.next],
    }
    for one in forms:
        if one.shows:
            context |= one.shows(Open(cycle, task, step))
    return context


def filled_in(given: QueryDict) -> dict[str, Any]:
    """What a step's form was sent with, for the actions of the step: every form reads its own."""
    found: dict[str, Any] = {"sha256": given.get("sha256", "")}
    for one in FORMS.values():
        if one.reads:
            found |= one.reads(given)
    return found


# --- disposisi ------------------------------------------------------------------------------------------------------


def _disposition(at: Open) -> dict[str, Any]:
    definition, step = at.cycle.procedure.definition, at.step
    following = next((definition.step(int(target)) for target in step.next.values() if isinstance(target, int)), None)
    addressed = addressed_roles(step, following)
    there = Post.objects.filter(office=at.cycle.office).there_on(at.cycle.office.today())
    posts = there.exclude(pk=at.task.post_id).exclude(role="kepala")
    return {
        "instructions": INSTRUCTIONS,
        "addressees": [(post, post.role in addressed) for post in posts.order_by("order")],
    }


def _disposition_filled(given: QueryDict) -> dict[str, Any]:
    return {
        "to": [value for value in given.getlist("to") if read_whole(value)],
        "instructions": given.getlist("instructions"),
        "note": given.get("note", ""),
    }


# --- the recap and the draft ----------------------------------------------------------------------------------------


def _achieved(at: Open) -> dict[str, Any]:
    return {"achieved": recap_of(at.cycle)}


def _gathered(at: Open) -> dict[str, Any]:
    return {"recap": gathered(at.cycle), "writes_draft": True}


def _draft(at: Open) -> dict[str, Any]:
    """The draft that is read, approved or sent, shown above the form."""
    document = draft_of(at.cycle)
    if document is None:
        return {"draft": None}
    latest = document.latest
    failure = made_ready(latest)
    return {
        "draft": document,
        "version": latest,
        "failure": failure,
        "sha256": latest.file_sha256,
        "issued": latest.signed_sha256,
        "approvals": list(latest.approvals.all()),
        "deliveries": list(document.deliveries.all()),
    }


def _edited_draft(at: Open) -> dict[str, Any]:
    return {**_draft(at), "may_edit_draft": True}


def _returned_draft(at: Open) -> dict[str, Any]:
    return {**_edited_draft(at), "sent_back": sent_back_by(at.task)}


def _distribution(at: Open) -> dict[str, Any]:
    return {
        **_draft(at),
        "posts": Post.objects.filter(office=at.cycle.office).there_on(at.cycle.office.today()).order_by("order"),
        "contacts": Contact.objects.filter(office=at.cycle.office, active=True),
        "methods": [(value, label) for value, label in Contact.Channel.choices if value != MAILED or can_mail()],
        "no_mail": "" if can_mail() else NO_MAIL,
    }


STEPS = "cycles/steps"
FORMS = {
    "disposisi": StepForm(f"{STEPS}/disposisi.html", _disposition, _disposition_filled),
    "rekap-isian": StepForm(f"{STEPS}/rekap-isian.html", place=BEFORE),
    "rekap-capaian": StepForm(f"{STEPS}/rekap-capaian.html", _achieved, place=BEFORE),
    "susun-draft": StepForm(f"{STEPS}/susun-draft.html", _gathered, place=BEFORE),
    "periksa-draft": StepForm(shows=_edited_draft),
    "perbaiki-draft": StepForm(shows=_returned_draft),
    "paraf": StepForm(f"{STEPS}/paraf.html", _draft, place=LAST),
    "tanda-tangan": StepForm(f"{STEPS}/tanda-tangan.html", _draft, place=LAST),
    "distribusi": StepForm(f"{STEPS}/distribusi.html", _distribution, place=BEFORE),
}
