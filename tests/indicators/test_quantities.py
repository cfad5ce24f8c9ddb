"""What cannot be is refused where it is typed: there are no −3 desa and no 6,5 desa, whichever door they come by."""

from decimal import Decimal

import pytest

from himpun.cycles.actions import start_cycle
from himpun.errors import FieldErrors
from himpun.indicators.dictionary.saving import definition_of
from himpun.indicators.figures.importing import FigureRow, import_figures
from himpun.indicators.models.dictionary import Variable
from himpun.indicators.requests.filling import save_line
from himpun.measure.scoring.quantities import Quantity, is_counted, usual_quantity
from tests.cast import MECHANISM, PERIOD, Cast
from tests.indicators.test_dictionary import current, save


@pytest.mark.parametrize(
    ("unit", "quantity"),
    [
        ("desa", Quantity.COUNT),
        ("Dokumen", Quantity.COUNT),
        ("orang", Quantity.COUNT),
        ("rekomendasi", Quantity.COUNT),
        ("kelompok tani", Quantity.COUNT),
        ("menit", Quantity.AMOUNT),
        ("Rp", Quantity.AMOUNT),
        ("km", Quantity.AMOUNT),
        ("%", Quantity.RATIO),
        ("persen", Quantity.RATIO),
        ("indeks", Quantity.RATIO),
        ("per 1.000 kelahiran", Quantity.RATIO),
        ("orang/hari", Quantity.RATIO),
        ("", None),
        ("satuan lain", None),
    ],
)
def test_a_unit_says_what_it_counts_or_measures(unit: str, quantity: Quantity | None) -> None:
    assert usual_quantity(unit) is quantity


def test_what_the_definition_says_goes_before_its_unit() -> None:
    assert is_counted("", "desa")
    assert not is_counted("besaran", "desa")
    assert is_counted("cacah", "satuan lain")


# --- every door -------------------------------------------------------------------------------------------------------

IMPOSSIBLE = [
    ("-3", "paling kecil 0"),
    ("6,5", "bilangan bulat"),
    ("(4)", "paling kecil 0"),
    ("0,25", "bilangan bulat"),
]


def counted(cast: Cast, unit: str = "desa", quantity: str = "") -> Variable:
    variable = Variable.objects.get(indicator__code="IKU-01", indicator__office=cast.office, kind="pembilang")
    Variable.objects.filter(pk=variable.pk).update(unit=unit, quantity=quantity)
    variable.refresh_from_db()
    return variable


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "cause"), IMPOSSIBLE)
def test_a_page_refuses_what_cannot_be_counted(small: Cast, typed: str, cause: str) -> None:
    variable = counted(small)
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)
    request = next(one for one in small.requests(cycle) if one.lines.filter(indicator=variable.indicator).exists())
    line = request.lines.get(indicator=variable.indicator)
    with pytest.raises(FieldErrors) as refusal:
        save_line(line_id=line.pk, by=small.holder(request.unit), figures={variable.pk: typed})
    assert cause in refusal.value.fields[f"v{variable.pk}"].casefold()

    save_line(line_id=line.pk, by=small.holder(request.unit), figures={variable.pk: "6 desa"})
    assert line.values.get().number == 6


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "cause"), IMPOSSIBLE)
def test_an_import_refuses_it_and_takes_it_where_it_is_an_amount(small: Cast, typed: str, cause: str) -> None:
    def bring() -> str:
        row = FigureRow(2, "IKU-01.pembilang", "", "2026-TW3", typed)
        report = import_figures(
            office=small.office, rows=[row], name="a.csv", format="csv", content=b"x", by=small.analis, dry_run=True
        )
        return " ".join(one.cause for one in report.wrong).casefold()

    counted(small)
    assert cause in bring()
    counted(small, quantity="besaran")
    assert bring() == ""
    counted(small, unit="orang")
    assert cause in bring()


@pytest.mark.django_db
def test_the_dictionary_keeps_it_and_refuses_what_contradicts_it(small: Cast) -> None:
    def variables(**changed: str) -> list[dict[str, str]]:
        one = {"name": "hadir", "label": "Warga hadir", "unit": "orang", "kind": "pembilang", **changed}
        return [one, {"name": "diundang", "label": "Warga diundang", "unit": "orang", "kind": "penyebut"}]

    save(small, variables=variables(quantity="rasio"))
    assert definition_of(current(small)).variables[0].quantity == "rasio"
    with pytest.raises(FieldErrors) as refusal:
        save(small, variables=variables(quantity="banyak"))
    assert "“banyak” tidak dikenal" in refusal.value.fields["variable-0-quantity"]
    with pytest.raises(FieldErrors) as below:
        save(small, variables=variables(minimum="-5"))
    assert "Cacah paling kecil 0" in below.value.fields["variable-0-minimum"]


@pytest.mark.django_db
def test_a_minimum_above_zero_stays(small: Cast) -> None:
    variable = counted(small)
    assert (variable.least, variable.only_whole) == (0, True)
    variable.minimum = Decimal(3)
    assert variable.least == 3
    variable.quantity = "besaran"
    variable.minimum = None
    assert (variable.least, variable.only_whole) == (None, False)
