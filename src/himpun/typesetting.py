"""Setting type and drawing charts, in a child with a limit of time and memory: `pdf(…)` and `svg(…)`; what the fonts have,
and what becomes of a text that they cannot show.

Both libraries take whatever they are given, and a few characters can keep them busy for minutes or take all the memory
of a machine. In a child that costs the one document that asked for it. The same input gives the same bytes.
"""

import functools
import json
import unicodedata
from collections.abc import Callable, Mapping
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
SPARE_FAMILIES = ("Noto Sans Symbols 2", "Noto Sans Symbols", "Noto Sans Math", "Noto Emoji")
"""Asked in this order for what the others lack; the templates name them too."""
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
    """The characters that every font of a document has, with their width in Arimo, in thousandths of the font size;
    and those that a spare font is asked for."""

    regular: Mapping[str, int]
    bold: Mapping[str, int]
    spare: Mapping[str, int]


@functools.cache
def letters() -> Letters:
    """What the fonts have. Raises FontsMissing."""
    try:
        measured = json.loads((FONTS_FOLDER / LETTERS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FontsMissing from None
    if not all(any(FONTS_FOLDER.glob(f"{family}*.ttf")) for family in FONT_FAMILIES):
        raise FontsMissing
    regular, bold = (dict(zip(measured["characters"], measured[face], strict=True)) for face in ("regular", "bold"))
    return Letters(regular, bold, dict(zip(measured["spare"], measured["spare_widths"], strict=True)))


# --- texts as they are printed ---------------------------------------------------------------------------------------

_WORD_MARKS = {
    "\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\uf0fb": "✗", "\uf076": "❖", "\uf06f": "☐", "\uf0a8": "☐",
    "\uf0fe": "☑", "\uf0fd": "☒", "\uf06c": "●", "\uf06e": "■", "\uf071": "❑", "\uf072": "❒", "\uf0e0": "→", "\uf0df": "←",
    "\uf0e8": "➔", "\uf0f0": "⇨", "\uf0ab": "★", "\uf04a": "☺", "\uf0a3": "≤", "\uf0b3": "≥", "\uf0b1": "±", "\uf0b4": "×",
    "\uf0b0": "°", "\uf02d": "–",
}  # fmt: skip
"""Bullets and signs as Word writes them, at places of its own fonts that mean nothing elsewhere."""


def printable(text: str) -> str:
    """Only what the fonts can show, since PDF/A has no missing glyphs; nothing that hides, turns around or is copied unseen.

    What no font has is named by its place in Unicode, "[U+4E2D]"; `unprintable` says which before anybody signs.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(one) for one in _unified(text))


def each_text(value: Any, change: Callable[[str, str], str], name: str = "") -> Any:
    """A document's content with every text changed; `change` is given the text and the name of its field."""
    if isinstance(value, str):
        return change(value, name)
    if isinstance(value, Mapping):
        return {key: each_text(one, change, str(key)) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [each_text(one, change, name) for one in value]
    return value


def unprintable(text: str) -> str:
    """The characters of a text that no font here has, each once."""
    if text.isascii():
        return ""
    return "".join(dict.fromkeys(one for one in _unified(text) if _shown(one) == _named(one)))


def _unified(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


@functools.lru_cache(maxsize=4096)
def _shown(character: str) -> str:
    if character == "\n":
        return character
    if character in "\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}":
        return "\n"
    category = unicodedata.category(character)
    if category in ("Cc", "Cf") or "\N{VARIATION SELECTOR-1}" <= character <= "\N{VARIATION SELECTOR-16}":
        return ""
    has = letters()
    if category[0] != "C" and character in has.regular:
        return character
    if character in _WORD_MARKS:
        return _WORD_MARKS[character]
    plain = unicodedata.normalize("NFKC", character)
    if category[0] == "L" and all(one in has.regular for one in plain):
        return plain
    if category[0] != "C" and character in has.spare:
        return character
    return plain if all(one in has.regular for one in plain) else _named(character)


def _named(character: str) -> str:
    return f"[U+{ord(character):04X}]"


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
