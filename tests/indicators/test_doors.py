"""Every door reads the same cells alike: pages, dictionary, office files, workbook, API, own sheets, budgets, published tables."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.budgets.amounts import read_money
from himpun.budgets.sheets import read_budget
from himpun.cycles.actions import start_cycle
from himpun.errors import Refusal
from himpun.indicators.figures.importing import FigureRow, import_figures
from himpun.indicators.figures.mapping.applying import apply
from himpun.indicators.figures.mapping.values import Mapping as Columns
from himpun.indicators.figures.own_sheets import _as_typed as as_typed
from himpun.indicators.figures.reading import read_figure
from himpun.indicators.models.dictionary import Indicator, Variable
from himpun.indicators.models.figures import Figure
from himpun.indicators.requests.filling import save_line
from himpun.indicators.requests.form.values import figure_key
from himpun.measure.numbers import NumberUnreadable, read_number, write_number
from himpun.measure.published.check import PublishedRow, check
from himpun.measure.scoring.values import read_target
from himpun.spreadsheets.book import Book, Content, Sheet
from tests.api.programs import program, row
from tests.cast import MECHANISM, PERIOD, Cast

INDICATOR = Indicator(code="IKU-01", polarity="positif", unit="buah")


def sheet(*rows: tuple[Content, ...]) -> Book:
    return Book((Sheet("A", rows),), "csv")


def by_own_sheet(text: str) -> Decimal | None:
    mapping = Columns("A", 1, "panjang", {"kode": 1, "nilai": 2}, period="2026-TW3")
    found, wrong = apply(
        mapping, sheet(("Kode", "Nilai"), ("IKU-01", text)), [("IKU-01", "Satu", (("a", "A", "pembilang"),))]
    )
    if wrong:
        raise NumberUnreadable(wrong[0].cause)
    return read_number(as_typed(found[0]))


def by_budget(text: str) -> Decimal | None:
    found = read_budget(sheet(("kode", "nama", "pagu"), ("7.01.01", "P", text)))
    if found.wrong:
        raise NumberUnreadable(found.wrong[0].cause)
    return found.rows[0].budget


def by_check(text: str) -> Decimal | None:
    """Read out of the formula, against a target of 1, in a column that another row shows to be Indonesian."""
    clear = PublishedRow(3, "Lain", "1", "12.345,5", None, "positif")
    found, _ = check([PublishedRow(2, "Indikator", "1", text, None, "positif"), clear])
    if found.recomputed is None:
        raise NumberUnreadable(found.message)
    return Decimal(found.recomputed.numerator) / Decimal(found.recomputed.denominator) / 100


PURE: Mapping[str, Callable[[str], object]] = {
    "halaman": lambda text: read_figure(INDICATOR, text)[0],
    "formulir": figure_key,
    "kamus": lambda text: read_target(text, "positif"),
    "lembar sendiri": by_own_sheet,
    "anggaran": by_budget,
    "rupiah diketik": read_money,
    "tabel terbit": by_check,
}
"""How a cell comes in, as far as no database is needed."""

WRITTEN: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: f" {text} ",
    lambda text: f"\u00a0{text}\u200b",
    lambda text: f"\u202a{text}\u202c",
    lambda text: f"'{text}",
    lambda text: f"{text} *",
    lambda text: f"{text} ²⁾",
    lambda text: f"Rp {text}",
)
"""What people and programs put about a number without meaning another."""


@given(st.decimals(0, 10**9, places=2), st.sampled_from(WRITTEN))
def test_a_number_is_the_same_at_every_door(value: Decimal, written: Callable[[str], str]) -> None:
    text = written(write_number(value))
    assert {name: door(text) for name, door in PURE.items()} == dict.fromkeys(PURE, value)


@given(st.decimals(1, 10**9, places=2), st.booleans())
def test_a_number_below_zero_is_the_same_wherever_it_can_be(value: Decimal, in_brackets: bool) -> None:
    text = f"({write_number(value)})" if in_brackets else f"{write_number(value)}-"
    doors = {name: door for name, door in PURE.items() if name not in ("anggaran", "rupiah diketik")}
    assert {name: door(text) for name, door in doors.items()} == dict.fromkeys(doors, -value)
    for name in ("anggaran", "rupiah diketik"):
        with pytest.raises(Refusal, match="di bawah 0"):
            PURE[name](text)


@given(st.decimals(1, 10**6, places=2).filter(lambda one: one != one.to_integral_value()))
def test_an_english_number_is_read_alike_or_asked_with_the_same_reading(value: Decimal) -> None:
    english = write_number(value).translate(str.maketrans(",.", ".,"))
    for name in ("kamus", "lembar sendiri", "tabel terbit"):
        assert PURE[name](english) == value, name
    for name in ("halaman", "rupiah diketik", "anggaran"):
        with pytest.raises(Refusal, match=f"Bila maksudnya {write_number(value)}, tulis begitu"):
            PURE[name](english)


@pytest.mark.parametrize(
    "text", ["3% dari jumlah siswa", "70 - 85", "BB (72,35)", "4 dari 9 desa", "sekian", "10.5.3", "#DIV/0!"]
)
def test_what_is_no_figure_is_none_at_any_door(text: str) -> None:
    for name, door in PURE.items():
        if name == "formulir" or (name, text) in {("tabel terbit", "4 dari 9 desa"), ("tabel terbit", "BB (72,35)")}:
            continue
        with pytest.raises(Refusal):
            door(text)


CELLS = [
    "1.234,5",
    "(12,5)",
    "'7",
    "8\u00a0250",
    "45 buah",
    "1.250-",
    "\u200b9,25",
    "51.307 *",
    "1,5 juta",
    "12 (dua belas)",
]


@pytest.mark.django_db
def test_pages_imports_and_the_api_take_what_the_reader_reads(small: Cast) -> None:
    variable = Variable.objects.get(indicator__code="IKU-01", indicator__office=small.office, kind="pembilang")
    Variable.objects.filter(indicator=variable.indicator).update(unit="buah", quantity="besaran")
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)
    request = next(one for one in small.requests(cycle) if one.lines.filter(indicator=variable.indicator).exists())
    line, sending = request.lines.get(indicator=variable.indicator), program(small, small.analis)
    for text in CELLS:
        wanted = read_figure(variable.indicator, text, "buah")[0]
        save_line(line_id=line.pk, by=small.holder(request.unit), figures={variable.pk: text})
        typed = line.values.get(variable=variable).number

        answer = sending.post("/angka", {"rows": [row("IKU-01.pembilang", "2026-TW2", text)]}, desimal="koma")
        assert answer.status_code == 200, json.dumps(answer.json())
        sent = Figure.objects.current().get(element__code="IKU-01.pembilang", month=6).number

        bring = FigureRow(2, "IKU-01.pembilang", "", "2026-TW1", text)
        import_figures(
            office=small.office,
            rows=[bring],
            name="a.csv",
            format="csv",
            content=text.encode(),
            by=small.analis,
            dry_run=False,
        )
        brought = Figure.objects.current().get(element__code="IKU-01.pembilang", month=3).number
        assert (text, typed, sent, brought) == (text, wanted, wanted, wanted)
