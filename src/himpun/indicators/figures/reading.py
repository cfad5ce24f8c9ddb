"""One typed figure as a number or a sentence, with its limits."""

from decimal import Context, Decimal

from himpun.errors import FieldErrors
from himpun.indicators.models.dictionary import Indicator
from himpun.measure.cells.doors import Door, take
from himpun.measure.scoring.values import WORDS, Polarity
from himpun.typed import visible

EXACT = Context(prec=15)
"""What both databases keep to the last digit: SQLite holds a number as a float."""
DECIMALS, LARGEST = 8, Decimal(10) ** 21


def read_figure(indicator: Indicator, written: str, unit: str = "") -> tuple[Decimal | None, str]:
    """A figure as typed: a number in this unit, or the grade as text; blank is neither. Raises NumberUnreadable or FieldErrors."""
    written = visible(written).strip()
    if not written:
        return None, ""
    if indicator.polarity in WORDS:
        return None, (written.upper() if indicator.polarity == Polarity.GRADE else written)[:60]
    number = take(written, Door.FIGURE, unit=unit).value
    if number is None:
        return None, ""
    kept = EXACT.normalize(number)
    if kept != number or int(kept.as_tuple().exponent) < -DECIMALS or abs(kept) >= LARGEST:
        raise FieldErrors(
            {
                "number": "Angka terlalu panjang: paling banyak 15 angka selain nol di ujungnya, 8 di antaranya di belakang koma."
            }
        )
    return number, ""
