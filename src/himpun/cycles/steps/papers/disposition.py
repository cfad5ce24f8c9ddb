"""Lembar disposisi: the letter and every disposition on it, down the tree."""

from collections.abc import Iterator

from himpun import moments
from himpun.documents.content.disposition import Disposition, DispositionSheet, IncomingLetter
from himpun.documents.content.parts import CheckBox
from himpun.documents.parts import letterhead, moment
from himpun.letters import models
from himpun.letters.models import INSTRUCTIONS, Letter
from himpun.offices.models.offices import Office, Post


def disposition_sheet(letter: Letter) -> DispositionSheet:
    """The sheet with all dispositions written so far."""
    office = letter.office
    posts = list(Post.objects.filter(office=office).order_by("order"))
    rows = list(letter.dispositions.select_related("person").prefetch_related("addressees"))
    return {
        "letterhead": letterhead(office),
        "letter": _letter(letter),
        "dispositions": [_row(number, row, posts, office) for number, row in _numbered(rows, None, "")],
        "verification": None,
    }


def _letter(letter: Letter) -> IncomingLetter:
    boxes = [Letter.Nature.VERY_URGENT, Letter.Nature.URGENT, Letter.Nature.SECRET]
    return {
        "sender": letter.sender,
        "number": letter.number,
        "date": moments.day(letter.dated),
        "received": moments.day(letter.received_on),
        "agenda_number": f"{letter.agenda_no}/{letter.agenda_year}",
        "attachments": letter.attachment,
        "urgency": [_box(str(nature.label), letter.nature == nature) for nature in boxes],
        "subject": letter.subject,
    }


def _box(label: str, checked: bool) -> CheckBox:
    return {"label": label, "checked": checked}


def _numbered(
    rows: list[models.Disposition], parent_id: int | None, prefix: str
) -> Iterator[tuple[str, models.Disposition]]:
    children = [row for row in rows if row.parent_id == parent_id]
    for place, row in enumerate(children, 1):
        number = f"{prefix}{place}"
        yield number, row
        yield from _numbered(rows, row.pk, f"{number}.")


def _row(number: str, row: models.Disposition, posts: list[Post], office: Office) -> Disposition:
    """The boxes are of the posts right beneath the giver, and of whoever else was chosen."""
    chosen = {post.pk for post in row.addressees.all()}
    below = [post for post in posts if post.pk in chosen or post.parent_id == row.post_id]
    return {
        "number": number,
        "to": [_box(post.title, post.pk in chosen) for post in below],
        "instructions": [_box(label, key in row.instructions) for key, label in INSTRUCTIONS.items()],
        "note": row.note,
        "due": "",
        "position": row.post_title,
        "name": row.person_name,
        "nip": row.person.nip,
        "at": moment(row.at, office),
        "paraf": "Diparaf dalam sistem",
        "follow_up": "",
    }
