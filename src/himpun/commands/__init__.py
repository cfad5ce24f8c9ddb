"""The command line: one module a subcommand, listed in `COMMANDS`. They parse, call an action, print; no logic of their own."""

import argparse
import sys
from collections.abc import Callable, Sequence

from django.core.management import execute_from_command_line

from himpun.commands import (
    appointments,
    check_capaian,
    check_sop,
    conformance,
    due,
    export_log,
    home,
    import_values,
    load_office,
    national_days,
    person,
    publish_sop,
    read_mail,
    recap,
    serve,
    setup,
    tour,
    verify_archive,
)
from himpun.commands.former import renewed
from himpun.errors import Refusal
from himpun.trouble import trouble_of

Command = tuple[str, Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int]]

COMMANDS: dict[str, Command] = {
    "setup": ("siapkan basis data, hari libur, dan prosedur bawaan", setup.arguments, setup.run),
    "load-office": ("muat sebuah kantor dari folder berkas", load_office.arguments, load_office.run),
    "person": ("beri seseorang tautan masuk yang baru", person.arguments, person.run),
    "appointments": (
        "tampilkan penugasan yang menunggu persetujuan, atau sahkan sebagai administrator",
        appointments.arguments,
        appointments.run,
    ),
    "home": ("tetapkan kantor yang mengelola data dan akses seseorang", home.arguments, home.run),
    "publish-sop": ("terbitkan versi baru sebuah prosedur untuk semua kantor", publish_sop.arguments, publish_sop.run),
    "check-sop": ("periksa naskah SOP: apa yang harus dibetulkan", check_sop.arguments, check_sop.run),
    "check-capaian": (
        "periksa angka capaian yang sudah terbit: rumus mana yang menghasilkannya",
        check_capaian.arguments,
        check_capaian.run,
    ),
    "import-values": (
        "kirim banyak angka dari berkas CSV, JSON, DHIS2, atau ADX",
        import_values.arguments,
        import_values.run,
    ),
    "due": ("hitung batas waktu menurut kalender kerja, dengan hitungannya", due.arguments, due.run),
    "holidays": (
        "tampilkan atau ganti libur nasional dan tanggal Ramadan",
        national_days.arguments,
        national_days.run,
    ),
    "export-log": ("tulis log peristiwa satu kantor sebagai CSV atau XES", export_log.arguments, export_log.run),
    "conformance": ("bandingkan log peristiwa dengan sebuah prosedur", conformance.arguments, conformance.run),
    "recap": ("tulis rekap capaian satu kantor sebagai CSV, JSON, atau XLSX", recap.arguments, recap.run),
    "serve": ("jalankan layanan web beserta pekerjanya", serve.arguments, serve.run),
    "worker": ("jalankan pekerja latar saja", serve.worker_arguments, serve.run_worker),
    "read-mail": ("terima lembar isian yang datang lewat surel", read_mail.arguments, read_mail.run),
    "verify-archive": ("periksa rantai jurnal dan semua berkas arsip", verify_archive.arguments, verify_archive.run),
    "tour": ("jalani seluruh pekerjaan di sebuah kantor contoh, dalam folder tersendiri", tour.arguments, tour.run),
}


def run(argv: Sequence[str]) -> int:
    """Run one subcommand and return the exit code."""
    if argv and argv[0] == "manage":
        execute_from_command_line(["himpun", *argv[1:]])
        return 0
    given, told = renewed(argv)
    for sentence in told:
        print(sentence, file=sys.stderr)
    arguments = parser().parse_args(given)
    try:
        return COMMANDS[arguments.command][2](arguments)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except BrokenPipeError:
        raise  # who reads the output left: no trouble of ours
    except Exception as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        print(f"{trouble.sentence} Tidak ada yang diubah. Jalankan lagi sesudahnya.", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """The parser of all subcommands; the reference page is made from it."""
    whole = argparse.ArgumentParser(prog="himpun", description="Himpun: menjalankan prosedur pengumpulan data kinerja.")
    subcommands = whole.add_subparsers(dest="command", required=True, metavar="PERINTAH")
    for name, (summary, arguments, _) in COMMANDS.items():
        arguments(subcommands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + "."))
    return whole
