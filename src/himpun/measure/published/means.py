"""Rows that are means of the rows above them: recomputed plain, capped at 100 and weighted, and which one fits. Pure."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from himpun.measure.cells.parts import Kind, Reading
from himpun.measure.cells.reading import believed, read_cell
from himpun.measure.cells.several import parts_of
from himpun.measure.numbers import write_number, write_percent
from himpun.measure.published.rounding import End, Span, cut_off, rounded, span_around
from himpun.measure.published.rows import Checked, Judgement, PublishedRow, Verdict
from himpun.measure.published.ways import Habits

_MEAN = re.compile(r"\b(?:rata ?[-–—] ?rata|rata ?2|rata rata|rerata|average|mean)\b", re.IGNORECASE)
_OF_CAPAIAN = frozenset({"capaian", "pencapaian"})
_ABOUT_WORDS = """
nilai angka jumlah total persentase prosentase persen tingkat keseluruhan seluruh seluruhnya kinerja indikator iku ikk
ikd sasaran tujuan program kegiatan strategis utama perangkat daerah opd skpd kecamatan dinas tahun triwulan semester
"""
_ABOUT = frozenset(_ABOUT_WORDS.split())
"""Words that may stand beside "rata-rata" without naming something else that is measured."""


class _Item(NamedTuple):
    """One capaian above: as printed, and as recomputed; how heavy it is by the column of weights and by its target."""

    row: int
    printed: Reading
    raw: Fraction | None
    weight: Fraction | None
    target: Fraction | None


class _Mean(NamedTuple):
    """A mean of capaian: what it is called, its value, and what it may be where what stands above was rounded."""

    name: str
    formula: str
    value: Fraction
    span: Span
    rows: tuple[int, ...]
    of_printed: bool = True


def is_mean(row: PublishedRow) -> bool:
    """Whether a row is the mean of those above: it says so, and has a capaian but neither target nor realisasi."""
    blank = all(read_cell(content).kind is Kind.BLANK for content in (row.target, row.actual))
    return blank and _says_mean(row.indicator) and read_cell(row.published).kind is not Kind.BLANK


def _says_mean(name: str) -> bool:
    found = _MEAN.search(name)
    if found is None:
        return False
    before, after = (re.findall(r"[^\W\d_]+", part.casefold()) for part in (name[: found.start()], name[found.end() :]))
    for word in after:
        if word in _OF_CAPAIAN:
            break
        if word not in _ABOUT and not re.fullmatch(r"[ivx]+|[a-h]", word):
            return False
    return all(word in _ABOUT or word in _OF_CAPAIAN for word in before)


def judge_mean(row: PublishedRow, above: Sequence[tuple[PublishedRow, Checked]], habits: Habits) -> Judgement:
    """What is to be said of a row of means. `above` are all rows before it, in order, with their answers."""
    cell = read_cell(row.published, percent="published" in row.percents)
    reading = cell.by(habits["published"].habit)
    if cell.kind is not Kind.NUMBER or reading is None:
        return Judgement(
            Verdict.NOT_PUBLISHED, f"Tidak ada angka rata-rata yang terbit: “{cell.text}” bukan satu angka."
        )
    means = list(_means(above, habits))
    if not means:
        return Judgement(
            Verdict.NOT_COMPUTABLE,
            f"Tidak dapat dihitung: tidak ada capaian di atas baris rata-rata ini. Angka terbit {cell.text} tidak dapat diperiksa.",
        )
    printed = believed(reading)
    for mean in means:
        if (suffix := rounded(mean.value, printed)) is not None or (suffix := cut_off(mean.value, printed)) is not None:
            said = f"Cocok: {mean.name} dari {_rows(mean)} = {write_percent(mean.value)}; terbit {cell.text}. {_others(mean, means)}"
            return Judgement(Verdict.MATCHES, said.rstrip(), mean.formula + suffix, mean.value)
    for mean in means:
        if mean.span.meets(span_around(printed.value, Fraction(1, 10**printed.places))):
            said = (
                f"Cocok dalam pembulatan: {mean.name} dari {_rows(mean)} = {write_percent(mean.value)}, sedangkan terbit "
                f"{cell.text}; capaian di atasnya dibulatkan, dan sebelum dibulatkan rata-ratanya dapat "
                f"{write_number(mean.span.low.value, 3)}–{write_number(mean.span.high.value, 3)}."
            )
            return Judgement(Verdict.WITHIN_ROUNDING, said, mean.formula, mean.value)
    first = means[0]
    told = "; ".join(f"{mean.name} {write_percent(mean.value)}" for mean in means if mean.of_printed)
    said = f"Tidak cocok: {told}, sedangkan terbit {cell.text}. Dihitung dari {_rows(first)}."
    return Judgement(Verdict.DIFFERS, said, recomputed=first.value)


def _rows(mean: _Mean) -> str:
    numbers = [str(row) for row in dict.fromkeys(mean.rows)]
    shown = numbers if len(numbers) <= 12 else [*numbers[:5], "…", numbers[-1]]
    return f"{len(mean.rows)} capaian (baris {', '.join(shown)})"


def _others(fits: _Mean, means: Sequence[_Mean]) -> str:
    """The other means of the same rows, where they differ: a plain mean hides a miss."""
    told = [
        f"{mean.name} {write_percent(mean.value)}"
        for mean in means
        if mean.of_printed and mean.rows == fits.rows and write_percent(mean.value) != write_percent(fits.value)
    ]
    return f"Bandingkan: {'; '.join(dict.fromkeys(told))}." if told else ""


def _means(above: Sequence[tuple[PublishedRow, Checked]], habits: Habits) -> Iterator[_Mean]:
    """Every mean there could be, the likeliest first: of the rows since the last row of means, of all, of the means."""
    means_at = [at for at, (row, _) in enumerate(above) if is_mean(row)]
    plain = [pair for pair in above if not is_mean(pair[0])]
    since = above[means_at[-1] + 1 :] if means_at else above
    scopes = [(list(since), ""), (plain, "semua "), ([above[at] for at in means_at], "rata-rata ")]
    seen: set[tuple[int, ...]] = set()
    for pairs, which in scopes:
        items = [item for pair in pairs for item in _items(*pair, habits)]
        rows = tuple(item.row for item in items)
        if items and rows not in seen:
            seen.add(rows)
            yield from _of(items, f" {which}capaian".rstrip() if which else "")


def _items(row: PublishedRow, checked: Checked, habits: Habits) -> Iterator[_Item]:
    parts = parts_of(row.published)
    weight = _number(row.weight)
    for part in parts:
        cell = read_cell(part, percent="published" in row.percents)
        reading = cell.by(habits["published"].habit)
        if cell.kind in (Kind.NUMBER, Kind.SHARE) and reading is not None:
            alone = len(parts) == 1
            target = _number(row.target) if alone else None
            yield _Item(row.row, believed(reading), checked.recomputed if alone else None, weight, target)


def _number(content: object) -> Fraction | None:
    cell = read_cell(content)  # type: ignore[arg-type]
    return cell.readings[0].value if cell.kind is Kind.NUMBER and cell.readings else None


def _of(items: Sequence[_Item], what: str) -> Iterator[_Mean]:
    ones = [Fraction(1)] * len(items)
    yield from _both(items, ones, f"rata-rata biasa{what}", "rata-rata")
    yield from _both(
        items, ones, f"rata-rata{what} dengan setiap capaian dibatasi 100", "rata-rata, dibatasi 100", cap=True
    )
    weights = [item.weight for item in items]
    if None not in weights and sum(weight or 0 for weight in weights) > 0:
        bobot = [weight or Fraction(0) for weight in weights]
        yield from _both(items, bobot, f"rata-rata tertimbang{what} menurut bobot", "rata-rata tertimbang")
        yield from _both(
            items,
            bobot,
            f"rata-rata tertimbang{what} menurut bobot, dibatasi 100",
            "rata-rata tertimbang, dibatasi 100",
            cap=True,
        )
    targets = [item.target for item in items]
    if None not in targets and all((target or 0) > 0 for target in targets):
        yield from _both(
            items,
            [target or Fraction(0) for target in targets],
            f"rata-rata tertimbang{what} menurut target",
            "rata-rata tertimbang",
        )


def _both(
    items: Sequence[_Item], weights: Sequence[Fraction], name: str, formula: str, *, cap: bool = False
) -> Iterator[_Mean]:
    """The mean of the printed figures, and where it differs that of the recomputed ones behind them."""
    rows = tuple(item.row for item in items)
    spans = [span_around(item.printed.value, Fraction(1, 10**item.printed.places)) for item in items]
    value = _weighted([item.printed.value for item in items], weights, cap=cap)
    low = _weighted([span.low.value for span in spans], weights, cap=cap)
    high = _weighted([span.high.value for span in spans], weights, cap=cap)
    span = Span(End(low, included=True), End(high, included=True), value)
    yield _Mean(name, formula, value, span, rows)
    raws = [item.raw for item in items]
    if None not in raws and raws != [item.printed.value for item in items]:
        exactly = _weighted([raw or Fraction(0) for raw in raws], weights, cap=cap)
        if span.holds(exactly):
            yield _Mean(f"{name} (sebelum dibulatkan)", formula, exactly, span, rows, of_printed=False)


def _weighted(values: Sequence[Fraction], weights: Sequence[Fraction], *, cap: bool) -> Fraction:
    counted = [min(value, Fraction(100)) if cap else value for value in values]
    total = sum((value * weight for value, weight in zip(counted, weights, strict=True)), Fraction(0))
    return total / sum(weights, Fraction(0))
