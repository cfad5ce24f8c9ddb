"""himpun load-office FOLDER: an office from its files, all or nothing."""

import argparse
from pathlib import Path

from django.db import transaction

from himpun.archive.journal import SYSTEM
from himpun.commands.person import print_links
from himpun.folders.budgets import load_budget, read_programs
from himpun.folders.indicators import load_indicators, read_definitions
from himpun.folders.offices import load_office, load_people, people_from_elsewhere
from himpun.folders.reading import read_office
from himpun.folders.rows import OfficeFiles
from himpun.offices.access import links
from himpun.offices.journals import journals
from himpun.offices.models.holdings import Appointment
from himpun.offices.models.offices import Office


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, nargs="+", help="folder kantor, mis. examples/kecamatan-contoh")


def run(options: argparse.Namespace) -> int:
    """Load each folder; the first that is wrong stops the rest, and what it would have changed is not changed."""
    for folder in options.folder:
        files = read_office(folder)
        office = load(files)
        print(
            f"{office.name}: {len(files.posts)} jabatan, {len(files.people)} orang, {len(files.indicators)} indikator dimuat."
        )
        tell_how_to_log_in(office, [row.username for row in files.people])
        waiting = Appointment.objects.filter(post__office=office, state=Appointment.State.WAITING).count()
        if waiting:
            print(f"{waiting} penugasan menunggu persetujuan, jadi belum berlaku. Lihat: himpun appointments")
    return 0


def tell_how_to_log_in(office: Office, usernames: list[str]) -> None:
    """Print a link for everybody who has neither a password nor a link; say who has not used theirs."""
    waiting = links.waiting_for_password(usernames)
    if given := links.first_links(office=office, usernames=usernames):
        print_links(given)
    if waiting:
        names = ", ".join(one.username for one in waiting)
        print(f"Belum memakai tautan masuknya, yang masih berlaku: {names}. Bila hilang: himpun person link NAMA")


def load(files: OfficeFiles) -> Office:
    """Write an office that was read, in one transaction."""
    definitions, programs = read_definitions(files), read_programs(files)
    with transaction.atomic():
        office = load_office(files)
        with journals(office, *people_from_elsewhere(office, files), author=SYSTEM) as written:
            load_people(written, office, files)
            load_indicators(written.own, office, files, definitions)
            load_budget(written.own, office, programs)
    return office
