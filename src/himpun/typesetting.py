"""Setting type and drawing charts, in a child with a limit of time and memory: `pdf(…)` and `svg(…)`.

Both libraries take whatever they are given, and a few characters can keep them busy for minutes or take all the memory
of a machine. In a child that costs the one document that asked for it. The same input gives the same bytes.
"""

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from himpun.jobs.bounded import Answer, Bounded

if TYPE_CHECKING:
    import typst

FONTS_FOLDER = Path(__file__).resolve().parent / "documents" / "fonts"
NUMBER_LOCALE = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["Rp", ""]}

SECONDS = 30
MEGABYTES = 2048
"""An idle child that has drawn a chart counts 600 of them already."""

SETTING = Bounded("himpun.typesetting", seconds=SECONDS, megabytes=MEGABYTES)


class NotSet(Exception):
    """The typesetter or the drawing refuses what it was given; the message is its own first line."""


def pdf(template: Path, data: str, *, made_at: int) -> bytes:
    """PDF/A-2b of a Typst file with `data` as `sys.inputs.data`. Reads only what lies beside it. Raises NotSet, JobStopped."""
    return _asked("pdf", {"template": str(template), "data": data, "made_at": made_at})


def svg(spec: str) -> bytes:
    """A Vega-Lite specification (JSON text) as SVG. Reads no network. Raises NotSet, JobStopped."""
    return _asked("svg", {"spec": spec})


def _asked(job: str, given: dict[str, Any]) -> bytes:
    said, content = SETTING.ask(job, given)
    if "wrong" in said:
        raise NotSet(said["wrong"])
    return content


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
