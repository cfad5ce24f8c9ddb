"""When the machine and not the person is at fault: the disk is full, the database busy or away. Each is a sentence.

`trouble_of` finds what an exception, or one that it came from, means on SQLite, on PostgreSQL or on the disk. The page,
the API and the command line say it, with 503; the worker tries again later.
"""

import errno
from typing import ClassVar

from django.db import DatabaseError, InterfaceError

from himpun.errors import Refusal


class OutOfOrder(Refusal):
    """The machine cannot do it now; what was asked for is not wrong."""

    code = "himpun-terganggu"
    status = 503
    sentence: ClassVar[str] = "Himpun sedang tidak dapat bekerja."
    later: ClassVar[str] = (
        "Tidak ada yang diubah, dan isian Anda belum tersimpan: tekan tombol kembali peramban, lalu kirim lagi beberapa menit kemudian."
    )

    def __init__(self) -> None:
        super().__init__(f"{self.sentence} {self.later}")


class DiskFull(OutOfOrder):
    """Nothing more can be written."""

    code = "cakram-penuh"
    sentence = (
        "Ruang simpan peladen Himpun penuh. Minta operator mengosongkan ruang; yang sudah tersimpan tidak hilang."
    )


class DatabaseBusy(OutOfOrder):
    """Others hold what is needed, longer than can be waited for."""

    code = "basis-data-sibuk"
    sentence = "Basis data sedang sibuk."


class ReadOnly(OutOfOrder):
    """The disk or the database takes no writes."""

    code = "hanya-baca"
    sentence = "Ruang simpan atau basis data Himpun sedang hanya dapat dibaca. Minta operator memeriksa hak tulis dan keadaannya."


class DatabaseAway(OutOfOrder):
    """The database does not answer, or its disk does not."""

    code = "basis-data-tidak-terhubung"
    sentence = "Basis data Himpun tidak dapat dihubungi. Bila berulang, beri tahu operator."


_ERRNO: dict[int, type[OutOfOrder]] = {
    errno.ENOSPC: DiskFull,
    errno.EDQUOT: DiskFull,
    errno.EROFS: ReadOnly,
    errno.EIO: DatabaseAway,
}
_SQLITE: dict[str, type[OutOfOrder]] = {
    "database or disk is full": DiskFull,
    "is locked": DatabaseBusy,
    "readonly database": ReadOnly,
    "unable to open database file": DatabaseAway,
    "disk i/o error": DatabaseAway,
}
_SQLSTATE: dict[str, type[OutOfOrder]] = {
    "53100": DiskFull,
    "53": DatabaseBusy,
    "40": DatabaseBusy,
    "55P03": DatabaseBusy,
    "57014": DatabaseBusy,
    "25006": ReadOnly,
    "08": DatabaseAway,
    "57P": DatabaseAway,
}
"""PostgreSQL's codes, or the beginnings of their classes; the longest that fits counts."""


def trouble_of(error: BaseException | None) -> OutOfOrder | None:
    """What an exception means when the machine is at fault; None when the program is."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if found := _trouble(error):
            return found()
        error = error.__cause__ or error.__context__
    return None


def _trouble(error: BaseException) -> type[OutOfOrder] | None:
    if isinstance(error, OSError):
        return _ERRNO.get(error.errno or 0)
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    state = getattr(error.__cause__, "sqlstate", None)
    if state:
        return next((_SQLSTATE[state[:length]] for length in (5, 3, 2) if state[:length] in _SQLSTATE), None)
    said = str(error).lower()
    if found := next((kind for words, kind in _SQLITE.items() if words in said), None):
        return found
    return DatabaseAway if _is_lost(error, said) else None


def _is_lost(error: BaseException, said: str) -> bool:
    """A connection that broke or was never made has no code of PostgreSQL's; SQLite has none to lose."""
    from_postgresql = type(error.__cause__).__module__.startswith(("psycopg", "psycopg_pool"))
    lost = ("connection", "server closed", "timeout", "consuming input failed", "could not receive")
    return from_postgresql and any(word in said for word in lost)
