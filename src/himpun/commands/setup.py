"""himpun setup: everything a new or upgraded database needs. Safe to repeat."""

import argparse
from importlib import resources

from django.core.management import call_command
from django.db import connection

from himpun import clock
from himpun.archive.sealing import seal_existing
from himpun.errors import Refusal
from himpun.offices.calendar.national import seed_national_calendar
from himpun.offices.kinds import seed_kinds
from himpun.procedures.actions import NothingChanged, publish_shared
from himpun.web.static_files import gather_static_files

PROCEDURES = ("pengumpulan_data_kinerja.toml", "permintaan_data.toml")


def arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(options: argparse.Namespace) -> int:
    """Migrate, make the cache table, seed kinds and holidays, publish the two procedures when they have changed."""
    check_encoding()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    sealed = seal_existing()
    gather_static_files()
    seed_kinds()
    year = clock.today().year
    added = seed_national_calendar([year - 1, year, year + 1])
    published = publish_own_procedures()
    print(f"Basis data siap. {added} hari libur ditambahkan, {published} prosedur diterbitkan.")
    if sealed:
        print(
            f"{sealed} baris yang sudah ada disegel dalam jurnal; perubahan di luar Himpun kini ditemukan verify-archive."
        )
    return 0


class WrongEncoding(Refusal):
    """The PostgreSQL database cannot hold every character."""

    code = "pengodean-salah"

    def __init__(self, encoding: str) -> None:
        super().__init__(
            f"Basis data PostgreSQL ini memakai pengodean {encoding}. Buat lagi dengan UTF8: "
            "CREATE DATABASE himpun ENCODING 'UTF8' TEMPLATE template0."
        )


def check_encoding() -> None:
    """Raises WrongEncoding unless the database is SQLite or holds UTF-8."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        encoding = str(cursor.fetchone()[0])
    if encoding != "UTF8":
        raise WrongEncoding(encoding)


def publish_own_procedures() -> int:
    """Publish the procedures of the package where they differ from what is in force; returns how many."""
    published = 0
    for name in PROCEDURES:
        text = resources.files("himpun.procedures").joinpath(name).read_text()
        try:
            publish_shared(text=text, in_force_from=clock.today().replace(month=1, day=1))
        except NothingChanged:
            continue
        published += 1
    return published
