"""The disposition: a letter must be there, and its sheet names whom it goes to."""

import re

from himpun.cycles.engine import OutputMissing
from himpun.cycles.steps.deed import Deed, leave
from himpun.cycles.steps.papers.disposition import disposition_sheet
from himpun.documents.models import Document
from himpun.letters.actions import write_disposition
from himpun.letters.models import Letter
from himpun.notifications.actions import tell
from himpun.offices.models.offices import UNIT, Post
from himpun.offices.today import today_in
from himpun.places import place
from himpun.procedures.definition import Procedure, Step


def needs_letter(procedure: Procedure) -> bool:
    """Whether the procedure writes a disposition, and so can only begin from a letter."""
    return any("disposisi" in step.does for step in procedure.steps)


def letter_missing(deed: Deed) -> list[str]:
    return (
        [] if deed.cycle.letter else ["Siklus ini belum punya surat. Batalkan, lalu mulai lagi dari surat di agenda."]
    )


def leave_disposition(deed: Deed) -> None:
    """Write the disposition on the letter, to the next step's post and whoever else was chosen, and its sheet."""
    letter = deed.cycle.letter
    if letter is None:
        raise OutputMissing(letter_missing(deed))
    form = deed.form
    chosen = {str(pk) for pk in form.get("to", [])}
    posts = Post.objects.filter(office=deed.cycle.office).there_on(today_in(deed.cycle.office_id))
    following = deed.outcome.following if deed.outcome else None
    addressed = addressed_roles(deed.step, following)
    to = [post for post in posts if str(post.pk) in chosen or post.role in addressed]
    write_disposition(
        deed.turn,
        letter=letter,
        actor=deed.actor,
        to=to,
        instructions=list(form.get("instructions", [])),
        note=str(form.get("note", "")),
        subject=deed.cycle.subject,
    )
    tell(
        deed.turn,
        posts=[post for post in to if not following or post.role != following.who],
        text=f"Disposisi {deed.actor.title}: {_told_subject(letter)}",
        place=place("letter", letter.pk),
    )
    leave(
        deed,
        Document.Kind.DISPOSITION,
        "Lembar Disposisi (surat rahasia)"
        if letter.nature == Letter.Nature.SECRET
        else f"Lembar Disposisi {letter.number}",
        dict(disposition_sheet(letter)),
        about=f"letter:{letter.pk}",
    )


def _told_subject(letter: Letter) -> str:
    """A message leaves the office by mail and chat: what a secret letter is about is not said in it."""
    return "surat rahasia" if letter.nature == Letter.Nature.SECRET else letter.subject


def addressed_roles(step: Step, following: Step | None) -> set[str]:
    """Whom the SOP itself addresses: the roles named in the step's own words, and who acts next."""
    named = set(re.findall(r"{([a-z-]+)}", step.title)) - {step.who, UNIT}
    return named | ({following.who} if following else set())
