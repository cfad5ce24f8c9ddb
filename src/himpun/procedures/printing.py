"""The SOP sheet as PDF/A-2b: the same data and the same moment give the same bytes."""

from collections.abc import Mapping
from datetime import datetime

from himpun.errors import Refusal
from himpun.procedures.definition import Procedure
from himpun.procedures.sheet import TEMPLATE, sheet_data
from himpun.typesetting import NotSet, each_text, pdf, printable


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
    try:
        return pdf(TEMPLATE, each_text(sheet_data(procedure, titles, office), _printable), made_at=made_at)
    except NotSet as error:
        raise SheetNotPrinted(str(error)) from error


def _printable(text: str, name: str) -> str:
    return text if name == "logo_svg" else printable(text)
