"""Words that tables, files and arithmetic share are said once, and a table's column offers exactly them."""

import pytest
from django.db.models import Model

from himpun.budgets.models import Program
from himpun.budgets.rollup import Level
from himpun.choices import Choice
from himpun.indicators.models.dictionary import Indicator, Variable
from himpun.measure.periods import Frequency
from himpun.measure.scoring.achievement import VariableKind
from himpun.measure.scoring.values import Aggregation, Polarity
from himpun.offices.models.calendar import Holiday
from himpun.offices.models.holdings import Appointment, Holding, Leave
from himpun.offices.vocabulary import HoldingKind, HolidayKind, LeaveKind


def test_a_choice_is_its_word_and_knows_its_name() -> None:
    assert HoldingKind.AN == "a.n"
    assert f"{HoldingKind.AN}. Camat" == "a.n. Camat"
    assert HoldingKind.AN.label == "atas nama (a.n.)"
    assert HoldingKind("a.n") is HoldingKind.AN
    assert LeaveKind.choices() == [("cuti", "Cuti"), ("sakit", "Sakit"), ("dinas", "Dinas luar")]
    assert LeaveKind.values() == ["cuti", "sakit", "dinas"]
    with pytest.raises(ValueError):
        LeaveKind("Cuti")


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        (Indicator, "polarity", Polarity),
        (Indicator, "aggregation", Aggregation),
        (Indicator, "frequency", Frequency),
        (Variable, "kind", VariableKind),
        (Holding, "kind", HoldingKind),
        (Appointment, "kind", HoldingKind),
        (Leave, "kind", LeaveKind),
        (Holiday, "kind", HolidayKind),
        (Program, "level", Level),
    ],
)
def test_a_column_offers_the_words_of_its_vocabulary(table: type[Model], column: str, words: type[Choice]) -> None:
    assert list(table._meta.get_field(column).choices or []) == words.choices()  # type: ignore[union-attr]
