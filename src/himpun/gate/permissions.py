"""Who may not send a file to an address, told before the file is read. The action asks again, and for more."""

from django.db.models import Q

from himpun import clock
from himpun.errors import NotAllowed, Refusal
from himpun.indicators.models.figures import Figure
from himpun.indicators.models.requests import DataRequest
from himpun.offices.acting import capacities
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_MANAGE_OFFICE, MAY_REGISTER_LETTERS
from himpun.reports.queries import opened_offices


class NotHere(Refusal):
    """There is nothing at this address for this person."""

    code = "tidak-ada"
    status = 404

    def __init__(self) -> None:
        super().__init__("Alamat ini tidak ada, atau bukan untuk Anda. Kembali ke pekerjaan Anda, lalu buka dari sana.")


class MayNotSend(NotAllowed):
    """The person may see this and may add nothing to it."""

    code = "bukan-pengirim"


def may_register(person: Person) -> None:
    """Raises MayNotSend for who registers letters in no office today."""
    if not any(actor.role in MAY_REGISTER_LETTERS for actor in capacities(person)):
        raise MayNotSend("Jabatan Anda tidak mencatat surat masuk. Serahkan suratnya kepada petugas agenda.")


def may_manage(person: Person) -> None:
    """Raises MayNotSend for who manages no office today."""
    if not any(actor.role in MAY_MANAGE_OFFICE for actor in capacities(person)):
        raise MayNotSend(
            "Penugasan dan cuti dicatat pengelola kantor. Serahkan suratnya kepada pengelola Pengaturan kantor Anda."
        )


def may_attach(person: Person, line: str) -> None:
    """Raises NotHere or MayNotSend for who does not hold the post of the unit that was asked."""
    mine = capacities(person)
    day = mine[0].today if mine else clock.today()
    asked = DataRequest.objects.visible_to(person, day).filter(lines=int(line)).values_list("unit", flat=True).first()
    if asked is None:
        raise NotHere
    if not any(actor.post_id == asked for actor in mine):
        raise MayNotSend("Bukti dilampirkan oleh pemangku jabatan unit yang diminta. Hubungi unit itu.")


def may_correct(person: Person, figure: str) -> None:
    """Raises NotHere for who may not open the figure."""
    held = capacities(person)
    day = held[0].today if held else clock.today()
    opened = Q(unit__in=[actor.post_id for actor in held]) | Q(office__in=opened_offices(person, day))
    if not Figure.objects.filter(opened, pk=int(figure)).exists():
        raise NotHere
