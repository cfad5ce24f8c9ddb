"""What several documents have in common: letterhead, signature block, cells, notes."""

from collections.abc import Callable
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,  # that of Python 3.11 does not tell pydantic which keys are needed
)

from typing_extensions import TypedDict

# --------------------------------------------------------------------------------------------------------------------
# Parts shared by the documents
# --------------------------------------------------------------------------------------------------------------------


class Letterhead(TypedDict):
    """Kop naskah dinas, over a double rule."""

    government: str
    """First line, printed in capitals: "Pemerintah Kabupaten Contoh"."""
    office: str
    """The office, printed large in capitals: "Kecamatan Contoh"."""
    address: str
    """Address line with postcode: "Jalan Contoh Nomor 1, Contoh 00000"; "" leaves the line out."""
    contact: str
    """Telephone, laman, pos-el in one line; "" leaves the line out."""
    logo: str | None
    """SVG text, or base64 of an SVG or PNG file (a "data:…;base64," prefix is allowed); None closes the space up."""
    paper: NotRequired[Literal["a4", "f4"]]
    """What the whole document is set on; A4 where it is not said."""
    sample: NotRequired[bool]
    """Whether the foot of every page says that this is a sample, no official paper."""


class Verification(TypedDict):
    """Where and against what the reader can check the document; feeds the footer of every page."""

    url: str
    """Address of the verification page: "https://himpun.contoh.go.id/v/7Q2K9"; "" leaves it out."""
    number: str
    """Document number as in the register; "" while it has none."""
    title: str
    """Short title for the footer: "Data Kinerja Triwulan III 2026"."""
    version: str
    """What stands after the word "Versi": "3", "2 (draft)"; "" leaves it out."""
    sha256: str
    """All 64 hex digits; "" leaves it out. A file cannot hold its own digest: say what it is of in `digest_of`."""
    digest_of: str
    """What was digested: "naskah yang disetujui" (the version approved) or "berkas" (another, stored file)."""
    qr: str | None
    """SVG text of the QR code of `url` (see `qr.qr_svg`); None leaves it out."""


class Signature(TypedDict):
    """Signature block, right half of the page, never broken over pages."""

    place_date: str
    """Place and date line: "Contoh, 23 November 2026"; "" leaves it out."""
    on_behalf_of: list[str]
    """Posts above the signer, highest first. [] signs for oneself; ["Camat Contoh"] prints "a.n. CAMAT CONTOH" above
    the signer's post; ["Camat Contoh", "Sekretaris Camat"] prints a.n. the first and the second, then "u.b." on a line."""
    prefix: Literal["", "Plt.", "Plh.", "Pj."]
    """Standing before the signer's own post."""
    position: str
    """Jabatan of who signs: "Camat Contoh"."""
    name: str
    """Full name with titles, printed bold and underlined; "" leaves a dotted line to write on."""
    rank: str
    """Pangkat/golongan: "Pembina Tingkat I (IV/b)"; "" leaves the line out."""
    nip: str
    """NIP as it should be read: "00000000 000000 0 001"; "" leaves the line out."""
    approval: str
    """How it was approved, in words: "Disetujui dalam sistem pada 23 November 2026 pukul 09.14 WIB; keaslian dapat
    diperiksa di https://…". "" means not signed yet: room for wet ink is left."""
    qr: str | None
    """SVG text of the verification QR code printed beside `approval`; None leaves it out. Alone it proves nothing."""


class Paraf(TypedDict):
    """One row of the paraf table, in the order of the hierarchy (lowest first)."""

    position: str
    """Jabatan."""
    name: str
    """Name of who gave it; "" while nobody has."""
    at: str
    """When: "22 November 2026 pukul 14.05 WIB"; "" prints "belum"."""
    mark: str
    """What stands in the paraf column: "Diparaf dalam sistem", initials; "" leaves room to write."""


class Fact(TypedDict):
    """One labelled line: "Periode : Triwulan III 2026"."""

    label: str
    """Left of the colon."""
    value: str
    """Right of the colon; "" prints "–"."""


class CheckBox(TypedDict):
    """A box and its text, drawn as a shape (prints the same everywhere)."""

    label: str
    """Text beside the box."""
    checked: bool
    """Whether the box holds a tick."""


class Drawing(TypedDict):
    """A picture still to be drawn (see `pictures.drawn_later`)."""

    vega_lite: dict[str, Any]


class Drawn:
    """On a field whose drawing must have become text before the document is set: pydantic takes nothing but text."""

    def __get_pydantic_core_schema__(self, _: Any, schema_of: Callable[[Any], Any]) -> Any:
        """That of a text."""
        return schema_of(str)


class Chart(TypedDict):
    """A picture with its caption, never wider than the page."""

    title: str
    """Caption under the picture, after "Gambar N."."""
    svg: Annotated[str | Drawing, Drawn()]
    """The picture, SVG text; in stored content a drawing, which `pictures.with_pictures` draws before `render`."""
    alt: str
    """What the picture shows, in one sentence, for readers who cannot see it."""


class Column(TypedDict):
    """One column of a free table."""

    title: str
    """Header text."""
    align: Literal["kiri", "tengah", "kanan"]
    """Alignment of the cells; numbers belong to the right."""
    wide: bool
    """True shares the free width with the other wide columns and wraps; False is as wide as its content."""


class FreeTable(TypedDict):
    """Any other table (budget, Renstra, list of laws)."""

    caption: str
    """Over the table, after "Tabel N."."""
    columns: list[Column]
    """At least one."""
    rows: list[list[str]]
    """Cells of each row, as many as columns; [] prints `empty`."""
    empty: str
    """The sentence printed when there are no rows; "" prints "Tidak ada data."."""
