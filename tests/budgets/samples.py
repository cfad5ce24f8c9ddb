"""Programs to test with: entries of the pure side, and a small office that has some."""

from decimal import Decimal

from himpun.budgets.actions import link_indicator, save_program, save_progress
from himpun.budgets.models import Program
from himpun.budgets.rollup import Entry, Level, level_of
from tests.cast import Cast

PROGRAM, ACTIVITY, OTHER_ACTIVITY = "7.01.01", "7.01.01.2.01", "7.01.01.2.02"
REPORT = "7.01.01.2.01.0006"
PLAN, OFFICE_NEEDS = "7.01.01.2.01.0001", "7.01.01.2.02.0002"
YEAR = 2026


def entry(code: str, budget: int | None = None, *, revised: int | None = None, **figures: dict[int, int]) -> Entry:
    """An entry with whole numbers; `spent` and `physical` by month."""
    level = level_of(code)
    assert level is not None
    return Entry(
        code,
        f"Nama {code}",
        level,
        None if budget is None else Decimal(budget),
        None if revised is None else Decimal(revised),
        {month: Decimal(amount) for month, amount in figures.get("spent", {}).items()},
        {month: Decimal(amount) for month, amount in figures.get("physical", {}).items()},
    )


def tree() -> list[Entry]:
    """Two kegiatan under one program; three leaves of 60, 40 and 100 million."""
    return [
        entry(PROGRAM),
        entry(ACTIVITY),
        entry(PLAN, 60_000_000, spent={1: 20_000_000, 2: 10_000_000}, physical={1: 30, 2: 50}),
        entry(REPORT, 50_000_000, revised=40_000_000, spent={2: 10_000_000}, physical={2: 100}),
        entry(OTHER_ACTIVITY),
        entry(OFFICE_NEEDS, 100_000_000, spent={1: 25_000_000}, physical={1: 20}),
    ]


def give_budget(cast: Cast) -> dict[str, Program]:
    """The same tree in an office, its first indicator linked to the first kegiatan."""
    found = {}
    for one in tree():
        fields = {
            "code": one.code,
            "name": one.name,
            "budget": "" if one.budget is None else f"{one.budget:f}",
            "revised_budget": "" if one.revised is None else f"{one.revised:f}",
        }
        program = save_program(office=cast.office, year=YEAR, fields=fields, by=cast.kasubbag)
        figures = {
            month: (f"{one.spent.get(month, '')}", f"{one.physical.get(month, '')}")
            for month in {*one.spent, *one.physical}
        }
        if figures:
            save_progress(program_id=program.pk, figures=figures, by=cast.analis)
        found[one.code] = program
    link_indicator(program_id=found[ACTIVITY].pk, indicator_code="IKU-01", by=cast.kasubbag)
    return found


def levels(*codes: str) -> dict[str, Level]:
    """Code → its level by the national list."""
    return {code: level for code in codes if (level := level_of(code))}
