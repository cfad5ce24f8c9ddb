"""What a token may do, and until when. Pure."""

from collections.abc import Collection
from datetime import datetime

from himpun.errors import NotAllowed, Refusal

READ_DICTIONARY, WRITE_DICTIONARY = "kamus:baca", "kamus:tulis"
READ_TARGETS, WRITE_TARGETS = "target:baca", "target:tulis"
READ_FIGURES, WRITE_FIGURES = "angka:baca", "angka:tulis"
READ_RECAPS = "rekap:baca"
SCOPES = {
    READ_DICTIONARY: "Membaca kamus indikator",
    WRITE_DICTIONARY: "Menambah dan mengubah indikator",
    READ_TARGETS: "Membaca target",
    WRITE_TARGETS: "Mengubah target",
    READ_FIGURES: "Membaca angka",
    WRITE_FIGURES: "Mengirim angka",
    READ_RECAPS: "Membaca rekap capaian",
}
"""Scope → what it lets a program do, in words."""
LONGEST_DAYS = 366
"""No token lives longer than a year."""


class TokenRefused(Refusal):
    """There is no token, or none that counts."""

    code = "token-ditolak"
    status = 401


class NotInOffice(NotAllowed):
    """The token's person no longer holds a post in its office."""

    code = "bukan-pemangku"

    def __init__(self, office: str) -> None:
        super().__init__(
            f"Pemilik token ini hari ini tidak memangku jabatan di {office}, jadi token tidak berlaku. "
            "Buat token baru sesudah penugasannya dicatat."
        )


class ScopeMissing(NotAllowed):
    """The token was not made for this."""

    code = "cakupan-kurang"

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"Token ini tidak punya cakupan “{scope}” ({SCOPES[scope]}). Buat token dengan cakupan itu di halaman Token API."
        )


def check_in_force(expires: datetime, revoked_at: datetime | None, now: datetime, *, outlived: bool = False) -> None:
    """Raises TokenRefused for a token that was revoked, has ended, or belongs to an older password."""
    if outlived:
        raise TokenRefused(
            "Token ini berakhir karena kata sandi pemiliknya diganti. Buat token baru di halaman Token API."
        )
    if revoked_at is not None:
        raise TokenRefused("Token ini sudah dicabut. Buat token baru di halaman Token API.")
    if expires <= now:
        raise TokenRefused("Masa berlaku token ini sudah habis. Buat token baru di halaman Token API.")


def check_scope(scopes: Collection[str], needed: str) -> None:
    """Raises ScopeMissing."""
    if needed not in scopes:
        raise ScopeMissing(needed)
