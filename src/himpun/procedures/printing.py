"""The SOP sheet as PDF/A-2b: the same data and the same moment give the same bytes.

The fonts lie with the documents that are rendered later; only their folder is named here.
"""

import functools
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import typst

from himpun.errors import Refusal
from himpun.procedures.definition import Procedure
from himpun.procedures.sheet import TEMPLATE, sheet_data

FONTS_FOLDER = Path(__file__).resolve().parent.parent / "documents" / "fonts"


class SheetNotPrinted(Refusal):
    """Typst could not set the sheet, most likely for a character the fonts do not have."""

    code = "lembar-sop-gagal"

    def __init__(self, cause: str) -> None:
        super().__init__(
            f"Lembar SOP tidak dapat dicetak: {cause}. Ganti huruf atau tanda yang tidak lazim pada naskahnya, "
            "lalu terbitkan versi baru."
        )


def sheet_pdf(
    procedure: Procedure, titles: Mapping[str, str], office: Mapping[str, str], *, made_at: datetime
) -> bytes:
    """The identity sheet and the flowchart on paper. `titles` and `office` as `sheet_data` takes them."""
    data = json.dumps(sheet_data(procedure, titles, office), ensure_ascii=False, sort_keys=True)
    try:
        pdf = typst.compile(
            TEMPLATE,
            format="pdf",
            sys_inputs={"data": data},
            font_paths=_fonts(),
            ignore_system_fonts=True,
            pdf_standards=["a-2b"],
            timestamp=int(made_at.timestamp()),
        )
    except typst.TypstError as error:
        raise SheetNotPrinted(str(error.message or error).strip().splitlines()[0]) from error
    if not isinstance(pdf, bytes):
        raise SheetNotPrinted("hasilnya bukan satu berkas PDF")
    return pdf


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS_FOLDER])
