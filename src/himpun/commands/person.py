"""himpun person link NAME: a new one-time link for somebody, told to the operator."""

import argparse
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.conf import settings

from himpun import moments
from himpun.notifications.access_mail import link_of, renew_by_operator
from himpun.offices.access.links import Given


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", choices=["link"], help="link: tautan masuk sekali pakai; kata sandi, sesi, dan token lamanya berakhir"
    )
    parser.add_argument("username", metavar="NAMA", help="nama pengguna, mis. kasi.pelayanan")


def run(options: argparse.Namespace) -> int:
    """Make a link and print it. Raises PersonUnknown."""
    print_links([renew_by_operator(username=options.username)])
    return 0


def print_links(given: Sequence[Given]) -> None:
    """The links, one a person, with what to do with them."""
    until = moments.long(given[0].expires, ZoneInfo(settings.TIME_ZONE))
    print(f"Tautan masuk sekali pakai, berlaku sampai {until}. Berikan masing-masing hanya kepada orangnya:")
    for one in given:
        print(f"  {one.person.username} ({one.person.name})")
        print(f"    {link_of(one)}")
