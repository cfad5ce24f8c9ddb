"""Reading a text file that somebody named, with a sentence when it cannot be read."""

from pathlib import Path

from himpun.errors import Refusal


class FileUnreadable(Refusal):
    """A named file cannot be read."""

    code = "berkas-tidak-terbaca"

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(f"{file}: {why}")


def text_of(file: Path) -> str:
    """What stands in `file`. Raises FileUnreadable."""
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise FileUnreadable(file, "berkas tidak dapat dibuka. Periksa nama dan foldernya.") from error
    except UnicodeDecodeError as error:
        raise FileUnreadable(file, "bukan berkas teks UTF-8. Simpan ulang sebagai teks UTF-8.") from error
