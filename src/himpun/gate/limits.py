"""How much a request may carry, by its path and by who sends it: one table, read before a byte of the body is."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from himpun.gate.permissions import may_attach, may_correct, may_manage, may_register
from himpun.offices.holdings import appointments
from himpun.spreadsheets.book import Limits as BookLimits
from himpun.web.views import codes, dictionary_files, letters, procedures, published, verification

KB, MB = 1024, 1024 * 1024
FORM = 2 * MB
"""What is typed into a form: the longest narrative and five thousand fields fit."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`fields` is everything that is no file (the whole body where there are no files); `file` is the largest file.

    `may` is asked with the person and the path's numbers before anything is read; it raises the refusal.
    """

    fields: int = FORM
    file: int = 0
    files: int = 4
    digest_only: bool = False
    may: Callable[..., None] | None = None

    @property
    def whole(self) -> int:
        """The longest body that is read at all: some more than is taken, so that a file too large is told at its form."""
        return self.fields + 4 * self.file


NOBODY = Limit(fields=64 * KB)
"""Somebody not logged in: a login, a receipt, a code."""
PERSON = Limit()
SHEET = Limit(file=BookLimits().bytes)
LETTER = Limit(file=appointments.FILE_LIMIT, files=1, may=may_manage)
"""The letter by which somebody holds a post or is on leave."""

PEOPLE: dict[str, Limit] = {
    r"/surat/baru/": Limit(file=letters.SCAN_LIMIT, may=may_register),
    r"/surat/keluar/baru/": Limit(file=letters.SCAN_LIMIT, may=may_register),
    r"/surat/\d+/ubah/": Limit(file=letters.SCAN_LIMIT, may=may_register),
    r"/permintaan/\d+/berkas/": SHEET,
    r"/impor/": SHEET,
    r"/anggaran/impor/": SHEET,
    r"/indikator/impor/": Limit(file=dictionary_files.UPLOAD_LIMIT),
    r"/periksa-capaian/": Limit(fields=12 * MB, file=published.UPLOAD_LIMITS.bytes),
    r"/pengaturan/kode/": Limit(file=codes.LARGEST),
    r"/sop/periksa/": Limit(file=procedures.TEXT_LIMIT, files=procedures.FILES_LIMIT + 1),
    r"/sop/terbitkan/": Limit(file=procedures.TEXT_LIMIT),
    r"/pengaturan/pemangku/baru/": LETTER,
    r"/pengaturan/pemangku/\d+/": LETTER,
    r"/pengaturan/cuti/baru/": LETTER,
    r"/pengaturan/cuti/\d+/": LETTER,
    r"/permintaan/baris/(\d+)/bukti/": Limit(may=may_attach),
    r"/angka/(\d+)/koreksi/": Limit(may=may_correct),
}
"""Pages that somebody logged in may send files to; every other takes what is typed, and no file."""
EVIDENCE = (r"/permintaan/baris/(\d+)/bukti/", r"/angka/(\d+)/koreksi/")
"""Those whose largest file is a setting."""
EVERYBODY: dict[str, Limit] = {
    r"/v/[^/]+/": Limit(fields=64 * KB, file=verification.UPLOAD_LIMIT, files=1, digest_only=True),
}
"""Pages that take more from somebody not logged in; of a file they keep only the digest."""
API = "/api/v1/"


def limit_for_nobody(path: str) -> Limit:
    """What somebody not logged in may send to a path."""
    return next((limit for pattern, limit in EVERYBODY.items() if re.fullmatch(pattern, path)), NOBODY)


def limit_for_person(path: str) -> tuple[Limit, tuple[str, ...]]:
    """What somebody logged in may send to a path, and the numbers in it."""
    for pattern, limit in {**EVERYBODY, **PEOPLE}.items():
        if found := re.fullmatch(pattern, path):
            given: Any = replace(limit, file=settings.EVIDENCE_MAX_BYTES) if pattern in EVIDENCE else limit
            return given, found.groups()
    return PERSON, ()


def limit_for_ended(path: str) -> Limit:
    """What somebody may send whose session ended meanwhile: what is typed is kept for them, of a file nothing is."""
    return replace(limit_for_person(path)[0], digest_only=True, may=None)


def limit_for_program() -> Limit:
    """What a program with a token may send."""
    return Limit(fields=settings.DATA_UPLOAD_MAX_MEMORY_SIZE or FORM)
