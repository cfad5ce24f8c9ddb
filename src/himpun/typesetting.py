"""Setting type and drawing charts, in a child with a limit of time and memory: `pdf(…)` and `svg(…)`; what the fonts have.

Both libraries take whatever they are given, and a few characters can keep them busy for minutes or take all the memory
of a machine. In a child that costs the one document that asked for it. The same input gives the same bytes.
"""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from himpun.errors import Refusal
from himpun.jobs.bounded import Answer, Bounded, JobStopped

if TYPE_CHECKING:
    import typst

FONTS_FOLDER = Path(__file__).resolve().parent / "documents" / "fonts"
FONT_FAMILIES = ("Arimo", "Tinos")
LETTERS = "letters.json"
"""Beside the fonts, made from them by scripts/assets.py."""
NUMBER_LOCALE = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["Rp", ""]}

SECONDS = 30
MEGABYTES = 2048
"""An idle child that has drawn a chart counts 600 of them already."""

SETTING = Bounded("himpun.typesetting", seconds=SECONDS, megabytes=MEGABYTES)


class NotSet(Exception):
    """The typesetter or the drawing refuses what it was given; the message is its own first line."""


class TooHeavy(NotSet):
    """Setting a paper took longer or more memory than one may; the message says which."""


class FontsMissing(Refusal):
    """The build step that fetches the fonts and measures them was left out."""

    code = "huruf-belum-terpasang"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            f"Huruf untuk dokumen ({' dan '.join(FONT_FAMILIES)}) atau ukurannya ({LETTERS}) tidak ditemukan di "
            f"{FONTS_FOLDER}. Jalankan `make assets`, lalu coba lagi."
        )


def pdf(template: Path, content: Any, *, made_at: datetime) -> bytes:
    """PDF/A-2b of a Typst file, which reads `content` as JSON from `sys.inputs.data` and files only from beside itself.

    The same content and the same second of `made_at` give the same bytes. Raises NotSet (TooHeavy), FontsMissing.
    """
    letters()
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    try:
        return _asked("pdf", {"template": str(template), "data": data, "made_at": int(made_at.timestamp())})
    except JobStopped as stopped:
        raise TooHeavy(stopped.why) from stopped


def svg(spec: str) -> bytes:
    """A Vega-Lite specification (JSON text) as SVG. Reads no network. Raises NotSet, JobStopped."""
    return _asked("svg", {"spec": spec})


def _asked(job: str, given: dict[str, Any]) -> bytes:
    said, content = SETTING.ask(job, given)
    if "wrong" in said:
        raise NotSet(said["wrong"])
    return content


# --- the fonts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Letters:
    """The characters that every font of a document has, with their width in Arimo, in thousandths of the font size."""

    regular: Mapping[str, int]
    bold: Mapping[str, int]


@functools.cache
def letters() -> Letters:
    """What the fonts have. Raises FontsMissing."""
    try:
        measured = json.loads((FONTS_FOLDER / LETTERS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FontsMissing from None
    if not all(any(FONTS_FOLDER.glob(f"{family}*.ttf")) for family in FONT_FAMILIES):
        raise FontsMissing
    widths = (dict(zip(measured["characters"], measured[face], strict=True)) for face in ("regular", "bold"))
    return Letters(*widths)


# --- in the child ----------------------------------------------------------------------------------------------------


def _pdf(given: dict[str, Any], _: bytes) -> Answer:
    import typst

    template = Path(given["template"])
    try:
        made = compiler(template.parent).compile(
            template,
            format="pdf",
            sys_inputs={"data": given["data"]},
            pdf_standards=["a-2b"],
            timestamp=given["made_at"],
        )
    except typst.TypstError as error:
        return {"wrong": _first_line(error.message or error)}, b""
    if not isinstance(made, bytes):
        return {"wrong": "hasilnya bukan satu berkas PDF"}, b""
    return {}, made


def _svg(given: dict[str, Any], _: bytes) -> Answer:
    _drawing_fonts()
    import vl_convert

    try:
        made: str = vl_convert.vegalite_to_svg(
            json.loads(given["spec"]), format_locale=NUMBER_LOCALE, allowed_base_urls=[]
        )
    except ValueError as error:
        return {"wrong": _first_line(error)}, b""
    return {}, made.encode()


def _first_line(error: object) -> str:
    """Without the English prefix of our own assertions."""
    message = [*str(error).strip().splitlines(), ""][0]
    return message.removeprefix("assertion failed: ").removeprefix("panicked with: ").strip('". ')


@functools.lru_cache(maxsize=4)
def compiler(root: Path) -> "typst.Compiler":
    """It keeps what it has parsed and laid out, and must not be shared while it works."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS_FOLDER])
    return typst.Compiler(root=root, font_paths=fonts, ignore_system_fonts=True)


@functools.cache
def _drawing_fonts() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(FONTS_FOLDER))


JOBS = {"pdf": _pdf, "svg": _svg}
