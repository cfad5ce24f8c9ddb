"""Reading what somebody named, a file or an office, with a sentence when it cannot be read or is not there."""

from pathlib import Path

from himpun.errors import Refusal
from himpun.offices.models.offices import Office
from himpun.typed import near


class FileUnreadable(Refusal):
    """A named file cannot be read."""

    code = "berkas-tidak-terbaca"

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(f"{file}: {why}")


class UnknownOffice(Refusal):
    """There is no office with this code."""

    code = "kantor-tidak-ada"

    def __init__(self, code: str) -> None:
        known = list(Office.objects.values_list("code", flat=True))
        meant = near(code, known)
        also = f" Mungkin maksudnya {meant}." if meant else ""
        shown = ", ".join(known[:10]) or "belum ada satu pun"
        super().__init__(f"Tidak ada kantor berkode “{code}”. Yang ada: {shown}.{also}")


def text_of(file: Path) -> str:
    """What stands in `file`. Raises FileUnreadable."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise FileUnreadable(file, "berkas tidak dapat dibuka. Periksa nama dan foldernya.") from error
    except UnicodeDecodeError as error:
        raise FileUnreadable(file, "bukan berkas teks UTF-8. Simpan ulang sebagai teks UTF-8.") from error


def bytes_of(file: Path) -> bytes:
    """The bytes of `file`. Raises FileUnreadable."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileUnreadable(file, "berkas tidak dapat dibuka. Periksa nama dan foldernya.") from error


def office_of(code: str) -> Office:
    """The office with this code. Raises UnknownOffice."""
    found = Office.objects.select_related("kind").filter(code=code).first()
    if found is None:
        raise UnknownOffice(code)
    return found
