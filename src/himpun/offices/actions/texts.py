"""Changing an office: its facts and working time, its posts, its people, and who holds which post from when to when.

Only who may manage the office does any of this (`MAY_MANAGE_OFFICE`), and every change is recorded in its journal. A
holding that has begun is ended, never deleted. Passwords are never recorded.
"""

from himpun.archive.journal import Author
from himpun.offices.acting import acting_in
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.rules import (
    MAY_MANAGE_OFFICE,
)

OFFICE_TEXTS = ("name", "government", "address", "contact", "city")
PERSON_TEXTS = ("name", "nip", "rank", "email")


def manager(by: Person, office: Office) -> Author:
    actor = acting_in(by, office.pk, roles=MAY_MANAGE_OFFICE, to="mengubah pengaturan kantor")
    return actor.author
