"""himpun appointments: which appointments wait for a consent; give it as the administrator where nobody else can."""

import argparse

from himpun import clock
from himpun.errors import Refusal
from himpun.offices.holdings.awaiting import appointments_with_all, awaited
from himpun.offices.holdings.consenting import consent_from_console
from himpun.offices.models.holdings import Appointment


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--confirm", type=int, metavar="NOMOR", help="sahkan sebagai administrator; tercatat demikian di jurnal"
    )


class NoSuchAppointment(Refusal):
    """No appointment waits under this number."""

    code = "penugasan-tidak-ada"

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Tidak ada penugasan nomor {number}. Lihat nomornya dengan `himpun appointments` tanpa pilihan."
        )


def run(options: argparse.Namespace) -> int:
    """List what waits, or confirm one."""
    if options.confirm is not None:
        return _confirm(options.confirm)
    rows = list(appointments_with_all().filter(state=Appointment.State.WAITING).order_by("pk"))
    able = awaited(rows, clock.today())
    for one in rows:
        who = sorted({row.person.name for row in (*able[one.pk].accepting, *able[one.pk].confirming)})
        print(f"{one.pk}: {one}, {one.post.office}, dicatat {one.recorded_name}; menunggu {' dan '.join(one.missing)}")
        print(f"   dapat diberikan oleh: {', '.join(who) or 'yang bersangkutan sendiri atau administrator'}")
    if not rows:
        print("Tidak ada penugasan yang menunggu.")
    return 0


def _confirm(number: int) -> int:
    one = appointments_with_all().filter(pk=number).first()
    if one is None:
        raise NoSuchAppointment(number)
    consent_from_console(appointment=one)
    print(f"{one} berlaku, disahkan administrator.")
    return 0
