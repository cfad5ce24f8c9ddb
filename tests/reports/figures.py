"""Figures and definitions for tests of recaps: brought in by import, frozen by a run of the mechanism."""

from himpun.cycles.actions import start_cycle
from himpun.indicators.figures.importing import FigureRow, import_figures
from himpun.indicators.models.dictionary import Indicator, Target, Variable
from himpun.indicators.models.figures import Figure
from himpun.indicators.models.recaps import Recap
from tests.cast import MECHANISM, PERIOD, Cast
from tests.scenes import scene


def bring(cast: Cast, figures: dict[tuple[str, str], str]) -> None:
    """Import (element, period) → value; every row must be right."""
    rows = [FigureRow(no, element, "", period, value) for no, ((element, period), value) in enumerate(figures.items())]
    report = import_figures(
        office=cast.office, rows=rows, name="uji.csv", format="csv", content=repr(rows).encode(), by=cast.analis
    )
    assert report.applied, report.wrong


def define(cast: Cast, code: str, *, year: int = 2026, targets: dict[str, str] | None = None, **fields: object) -> None:
    """An indicator of the first unit with one figure, "nilai"."""
    given = {"name": f"Indikator {code}", "sasaran": "Sasaran uji", "unit": "kali", "frequency": "triwulanan", **fields}
    indicator = Indicator.objects.create(
        office=cast.office, code=code, year=year, **{"owner": cast.post_of_unit(0), **given}
    )
    Variable.objects.create(indicator=indicator, name="nilai", label=f"Nilai {code}", kind="nilai")
    Target.objects.bulk_create(
        Target(indicator=indicator, period=period, value=value) for period, value in (targets or {}).items()
    )


@scene
def freeze(cast: Cast, period: str = PERIOD) -> Recap:
    """Run the mechanism to its end; the recap it froze. Every unit answers 7 of 9."""
    cycle = start_cycle(office=cast.office, key=MECHANISM, period=period, by=cast.kasubbag)
    cast.run_mechanism(cycle)
    return Recap.objects.get(origin=cycle.subject)


def figure_of(cast: Cast, element: str = "IKU-01.pembilang", period: str = PERIOD) -> Figure:
    """The figure that counts for an element in a period."""
    found = Figure.objects.current().filter(office=cast.office, element__code=element)
    return next(figure for figure in found if figure.period.code == period)
