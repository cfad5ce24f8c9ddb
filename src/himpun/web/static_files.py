"""The style sheets, scripts and fonts as they are served: gathered and compressed once, and again only when they change."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def gather_static_files() -> bool:
    """Gather them unless what is there was made from the same files by the same settings; whether it had to be done."""
    mark, wanted = _mark(), _fingerprint()
    if mark.exists() and mark.read_text() == wanted and settings.STATIC_ROOT.is_dir():
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(wanted)
    return True


def _mark() -> Path:
    root = Path(settings.STATIC_ROOT)
    return root.with_name(f"{root.name}.sidik")


def _fingerprint() -> str:
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            place = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{place.st_size}\0{place.st_mtime_ns}\n".encode())
    return digest.hexdigest()
