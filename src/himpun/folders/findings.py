"""What is wrong in an office folder, said all at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from himpun.errors import Refusal
from himpun.folders.rows import FILES


@dataclass(frozen=True, slots=True)
class FileError:
    """One thing wrong: where it stands, what stands there, and why that cannot be."""

    file: str
    row: int | None
    column: str | None
    value: str | None
    cause: str

    def __str__(self) -> str:
        place = [self.file]
        if self.row is not None:
            place.append(f"baris {self.row}")
        if self.column:
            place.append(f"kolom {self.column}")
        if self.value:
            place.append(f"isi “{_short(self.value)}”")
        return f"{', '.join(place)}: {self.cause}"


class OfficeFilesError(Refusal):
    """The folder cannot be loaded; every reason is in `errors` and nothing was changed."""

    code: ClassVar[str] = "berkas-kantor-salah"

    def __init__(self, errors: Iterable[FileError]) -> None:
        self.errors = list(errors)
        lines = "\n".join(str(error) for error in self.errors)
        super().__init__(
            f"Berkas kantor belum dapat dimuat; ada {len(self.errors)} kesalahan dan tidak ada yang disimpan.\n{lines}"
        )


def figure_cause(refusal: Refusal) -> str:
    """Why a cell that should hold a figure is not taken, as these lists of errors say it."""
    cause = str(refusal)
    return f"bukan angka. {cause}" if cause.startswith("Tulis angka seperti") else cause


class Findings:
    """Collects errors while the reading goes on."""

    def __init__(self) -> None:
        self.errors: dict[FileError, None] = {}

    def add(self, file: str, cause: str, *, row: int | None = None, column: str | None = None, value: str = "") -> None:
        """Note one error; the same one is noted once."""
        self.errors[FileError(file, row, column, value or None, cause)] = None

    def raise_if_any(self) -> None:
        """Refuse the folder if anything was found, in the order of the files and their rows."""
        if self.errors:
            place = {name: number for number, name in enumerate(FILES)}
            raise OfficeFilesError(sorted(self.errors, key=lambda e: (place.get(e.file, -1), e.row or 0)))


def _short(written: str) -> str:
    return written if len(written) <= 60 else written[:57] + "…"
