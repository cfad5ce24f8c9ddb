"""A regency above `small` and its neighbour, each with a run of the ten steps somewhere on its way."""

from dataclasses import dataclass
from datetime import date

from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from tests.cast import Cast, found_office


@dataclass
class Regency:
    """The regency, its head of organisation, and the offices below it."""

    office: Office
    supervisor: Person
    offices: list[Cast]


def found_regency(*below: Cast, code: str = "kab") -> Regency:
    """A regency whose head of organisation looks after these offices."""
    office = Office.objects.create(
        code=code, name=f"Kabupaten {code}", kind_id="kabupaten", government="PEMERINTAH", city="Contoh"
    )
    post = Post.objects.create(
        office=office, code="organisasi", title="Kepala Bagian Organisasi", role="kasubbag-perencanaan"
    )
    person = Person.objects.create(username=f"{code}.organisasi", name="Orang Organisasi")
    Holding.objects.create(post=post, person=person, since=date(2025, 1, 2))
    put_below(office, *below)
    return Regency(office, person, list(below))


def put_below(office: Office, *below: Cast) -> None:
    """Make these offices the children of `office`."""
    for cast in below:
        Office.objects.filter(pk=cast.office.pk).update(parent=office)
        cast.office.parent = office


def many_below(office: Office, count: int, prefix: str = "kec") -> list[Cast]:
    """So many small offices below `office`, without any run."""
    found = [found_office(f"{prefix}-{no}", units=1) for no in range(count)]
    put_below(office, *found)
    return found
