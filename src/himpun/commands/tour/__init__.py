"""himpun tour DIR: the whole job in a sample office that lives in DIR alone, from the letter to the verified archive.

The tour never touches the configured database: it starts itself again with DIR as its place (`HIMPUN_VAR`), so that
database, archive and secret key all lie in there, and walks only in a process whose settings say so. Afterwards
`HIMPUN_VAR=DIR himpun serve` opens the same office in the browser.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from himpun.errors import Refusal

SECRET_KEY = "secret-key"  # noqa: S105 - a file's name
OFFICES = {"kecamatan": "kecamatan-contoh", "dinas": "dinas-contoh"}
"""Kind of office → its folder among the examples."""


class FolderInUse(Refusal):
    """The tour's folder holds something already."""

    code = "folder-berisi"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} sudah berisi berkas. Sebutkan folder yang kosong atau belum ada; tur tidak menimpa apa pun."
        )


class NotAFolder(Refusal):
    """The tour's place is a file."""

    code = "bukan-folder"

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} adalah berkas, bukan folder. Sebutkan folder yang kosong atau belum ada.")


class ExamplesMissing(Refusal):
    """The sample offices were not installed along."""

    code = "contoh-tidak-ada"

    def __init__(self, places: list[Path]) -> None:
        looked = " atau ".join(str(place) for place in places)
        super().__init__(
            f"Kantor contoh tidak ditemukan di {looked}. "
            "Jalankan tur dari salinan repositori Himpun (folder examples ikut di sana)."
        )


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="folder kosong atau yang belum ada; semua hasil tur ada di dalamnya"
    )
    parser.add_argument(
        "--office", choices=sorted(OFFICES), default="kecamatan", help="kantor contoh yang dijalani (bawaan: kecamatan)"
    )


def run(options: argparse.Namespace) -> int:
    """Walk in DIR, or start the process that does; exit with 1 when the archive does not verify."""
    folder = options.folder.resolve()
    _check_empty(folder)
    if not lives_in(folder):
        return _start_in(folder, options.office)
    from himpun.commands.tour.report import tour  # only the process that walks needs it

    return tour(folder, example(OFFICES[options.office]))


def lives_in(folder: Path) -> bool:
    """Whether this process keeps its database and its archive in `folder`."""
    own = folder == settings.VAR and folder / "arsip" == settings.ARCHIVE_ROOT
    return own and str(settings.DATABASES["default"]["NAME"]) == str(folder / "himpun.sqlite3")


def example(name: str) -> Path:
    """The folder of a sample office: beside the package when installed along, or in the checkout."""
    package = Path(__file__).resolve().parents[2]
    places = [package / "examples", package.parents[1] / "examples"]
    for place in places:
        if (place / name / "office.toml").is_file():
            return place / name
    raise ExamplesMissing(places)


def _check_empty(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise NotAFolder(folder)
    if folder.is_dir() and any(file.name != SECRET_KEY for file in folder.iterdir()):
        raise FolderInUse(folder)


def _start_in(folder: Path, office: str) -> int:
    """Run the tour again in a process of its own whose settings know nothing but `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "himpun", "tour", str(folder), "--office", office]
    return subprocess.run(command, env=own_environment(folder), check=False).returncode  # noqa: S603 - our own command


def own_environment(folder: Path) -> dict[str, str]:
    """This environment without any setting of Himpun's, and with `folder` as the place for everything."""
    configured = ("HIMPUN_", "DATABASE_URL", "EMAIL_URL", "DJANGO_SETTINGS_MODULE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(configured)}
    return {**kept, "HIMPUN_VAR": str(folder)}
