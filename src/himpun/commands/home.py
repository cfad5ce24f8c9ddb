"""himpun home USERNAME OFFICE: which office looks after a person, where theirs cannot say so itself."""

import argparse

from himpun.errors import Refusal
from himpun.offices.actions.homes import give_home
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("username", help="nama pengguna")
    parser.add_argument("office", help="kode kantor yang mengelola data dan aksesnya")


class NotThere(Refusal):
    """No such person or office."""

    code = "tidak-ditemukan"

    def __init__(self, what: str, written: str) -> None:
        super().__init__(f'{what} "{written}" tidak ada. Periksa ejaannya di halaman Pengaturan.')


def run(options: argparse.Namespace) -> int:
    """Give the person this home; recorded in both offices' journals as by the administrator."""
    person = Person.objects.select_related("home").filter(username=options.username).first()
    office = Office.objects.filter(code=options.office).first()
    if person is None or office is None:
        raise NotThere("Kantor", options.office) if person else NotThere("Nama pengguna", options.username)
    give_home(person=person, office=office)
    print(f"Data dan akses {person.name} kini dikelola {office.name}.")
    return 0
