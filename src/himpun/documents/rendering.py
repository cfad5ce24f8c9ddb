"""From content to PDF/A-2b: `render("lembar_disposisi", content, made_at=…)`.

The content travels as JSON through `sys_inputs`, so nothing typed by anybody is ever read as markup. Fonts come only
from the `fonts` folder beside this file, files only from the `typst` folder. The same content and the same second of
`made_at` give the same bytes, on every machine with the same Typst and fonts.
"""

import base64
import binascii
import functools
import re
import struct
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from himpun.documents.content.all import CONTENT_OF
from himpun.errors import Refusal
from himpun.typesetting import FONT_FAMILIES, NotSet, TooHeavy, each_text, pdf, printable, unprintable

if TYPE_CHECKING:
    from pydantic import TypeAdapter

TEMPLATES_FOLDER = Path(__file__).parent / "typst"

_PICTURES = frozenset({"logo", "svg", "qr"})
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MAX_PROBLEMS_TOLD = 5


class UnknownTemplate(Refusal):
    """There is no template of that name."""

    code = "templat-tidak-dikenal"

    def __init__(self, template: str) -> None:
        super().__init__(f"Templat dokumen “{template}” tidak dikenal. Yang ada: {', '.join(sorted(CONTENT_OF))}.")


class BadContent(Refusal):
    """The content does not fit the template; `problems` holds one sentence part for each place."""

    code = "isi-dokumen-salah"

    def __init__(self, template: str, problems: list[str]) -> None:
        told = "; ".join(problems[:_MAX_PROBLEMS_TOLD])
        more = len(problems) - _MAX_PROBLEMS_TOLD
        rest = f"; dan {more} hal lain" if more > 0 else ""
        super().__init__(f"Dokumen {template} tidak dapat dibuat: {told}{rest}. Perbaiki isinya, lalu buat lagi.")
        self.problems = problems


class TooMuch(Refusal):
    """Setting the document took longer or more memory than one document may."""

    code = "dokumen-terlalu-berat"

    def __init__(self, template: str, why: str) -> None:
        super().__init__(
            f"Dokumen {template} tidak dapat dibuat: {why}. Perpendek teks yang sangat panjang atau tidak wajar di dalamnya."
        )


def render(template: str, content: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """The document as PDF/A-2b. `content` is checked against `content.CONTENT_OF[template]`.

    Raises UnknownTemplate, BadContent, TooMuch or FontsMissing.
    """
    if template not in CONTENT_OF:
        raise UnknownTemplate(template)
    if made_at.utcoffset() is None:
        raise BadContent(template, ["waktu pembuatan (`made_at`) tidak menyebut zona waktu"])
    if problems := _problems(template, content):
        raise BadContent(template, problems)
    try:
        return pdf(TEMPLATES_FOLDER / f"{template}.typ", each_text(content, _printable), made_at=made_at)
    except TooHeavy as stopped:
        raise TooMuch(template, str(stopped)) from stopped
    except NotSet as error:
        raise BadContent(template, [str(error)]) from error


# --- checking the content against its TypedDict -----------------------------------------------------------------------

_SAID = {
    "missing": "tidak ada",
    "extra_forbidden": "tidak dikenal",
    "string_type": "harus berupa teks",
    "bool_type": "harus berupa benar/salah",
    "list_type": "harus berupa daftar",
    "dict_type": "harus berupa kelompok isian",
}
"""What pydantic finds, by its name for it, in the words of whoever fills a template."""


@functools.cache
def _checker(template: str) -> "TypeAdapter[list[Any]]":
    """Takes only what the TypedDict says, unconverted, and no other key. A list of one, since a TypedDict takes no config."""
    from pydantic import ConfigDict, TypeAdapter  # a quarter of a second, which only who sets a document need wait

    return TypeAdapter(list[CONTENT_OF[template]], config=ConfigDict(strict=True, extra="forbid"))  # type: ignore[valid-type]


def _problems(template: str, content: object) -> list[str]:
    """Each place where the content does not fit, "`indicators[0].name` tidak ada"."""
    from pydantic import ValidationError

    try:
        _checker(template).validate_python([content])
    except ValidationError as wrong:
        return [_problem(one) for one in wrong.errors(include_url=False, include_input=False)]
    return []


def _problem(found: Mapping[str, Any]) -> str:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in found["loc"][1:]).removeprefix(".")
    if found["type"] == "literal_error":
        accepted = ", ".join(f'"{one}"' for one in re.findall("'([^']*)'", found["ctx"]["expected"]))
        return f"`{path}` harus salah satu dari {accepted}"
    said = _SAID.get(found["type"], found["msg"])
    return f"`{path}` {said}" if path else "isinya bukan kelompok isian"


# --- making texts and pictures safe to print --------------------------------------------------------------------------


def _printable(text: str, name: str) -> str:
    return _picture(text) if name in _PICTURES else printable(text)


def letters_lacking(content: Mapping[str, Any]) -> str:
    """The characters in a document's texts that no font can show, each once."""
    found: dict[str, None] = {}

    def note(text: str, name: str) -> str:
        found.update(dict.fromkeys("" if name in _PICTURES else unprintable(text)))
        return text

    each_text(content, note)
    return "".join(found)


_FONT_FAMILY = re.compile(r"""(font-family\s*[=:]\s*["']?)([^"';>]*)""")


def _picture(picture: str) -> str:
    """SVG text with fonts that are there; base64 is undone and a PNG set in an SVG of its size."""
    svg = picture.strip()
    if not svg.startswith("<"):
        svg = _picture_from_base64(svg.partition("base64,")[2] or svg)
    svg = _FONT_FAMILY.sub(
        lambda found: found[0] if any(family in found[2] for family in FONT_FAMILIES) else f"{found[1]}Arimo", svg
    )
    return printable(svg)


def _picture_from_base64(encoded: str) -> str:
    try:
        image = base64.b64decode(encoded, validate=False)
    except binascii.Error:
        return ""
    if not image.startswith(_PNG_SIGNATURE) or len(image) < 24:
        return image.decode("utf-8", errors="replace").strip()
    width, height = struct.unpack_from(">LL", image, 16)
    inline = base64.b64encode(image).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{inline}"/></svg>'
    )
