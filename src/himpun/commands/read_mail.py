"""himpun read-mail PLACE...: filled-in forms out of messages that a mail program or fetchmail has put there."""

import argparse
import mailbox
from collections.abc import Iterator
from pathlib import Path

from himpun.commands.reading import FileUnreadable, bytes_of
from himpun.indicators.requests.mail import receive


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "place",
        type=Path,
        nargs="+",
        help="berkas .eml, folder berisi .eml, atau Maildir; pesan tidak dihapus atau diubah",
    )


def run(options: argparse.Namespace) -> int:
    """Print what became of every workbook; exit with 1 when any was refused."""
    refused = 0
    for place in options.place:
        for name, message in messages_in(place):
            for arrived in receive(message):
                print(f"{name}: {'diterima' if arrived.accepted else 'ditolak'}: {arrived.sentence}")
                refused += not arrived.accepted
    return 1 if refused else 0


def messages_in(place: Path) -> Iterator[tuple[str, bytes]]:
    """Every message of a file, a folder or a Maildir, by name. Raises FileUnreadable."""
    if (place / "cur").is_dir() and (place / "new").is_dir():
        box = mailbox.Maildir(place, create=False)
        yield from ((key, box.get_bytes(key)) for key in sorted(box.keys()))
    elif place.is_dir():
        yield from ((file.name, bytes_of(file)) for file in sorted(place.glob("*.eml")))
    elif place.exists():
        yield place.name, bytes_of(place)
    else:
        raise FileUnreadable(place, "tidak ada. Tulis berkas .eml, folder, atau Maildir.")
