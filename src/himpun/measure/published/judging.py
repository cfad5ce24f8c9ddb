"""Judging one published indicator: which formula gives the printed figure, or that none does, and why. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from himpun.measure.cells.parts import Hint, Kind, Reading
from himpun.measure.cells.reading import units_differ
from himpun.measure.numbers import round_half_up, write_number
from himpun.measure.published.direction import may_be_less
from himpun.measure.published.rounding import Span, before_rounding, cut_off, rounded, span_around
from himpun.measure.published.rows import CAPS, Judgement, Verdict
from himpun.measure.published.stance import NEGATIVES, Stance, stance_of
from himpun.measure.published.ways import Case, Combination, NotComputableError, Way, Ways
from himpun.measure.scoring.values import Polarity


class _Match(NamedTuple):
    way: Way
    combination: Combination
    suffix: str


def judge_case(case: Case, stated: Stance | None) -> Judgement:
    stance = stance_of(case.name, case.target, stated)
    unknown = [f"Polaritas “{stance.unknown}” tidak dikenal, jadi tidak dipakai."] if stance.unknown else []
    judged = _judged(case, stance)
    return judged._replace(message=" ".join([judged.message, *unknown]))


def _judged(case: Case, stance: Stance) -> Judgement:
    combinations = case.combinations(stance)
    likeliest = combinations[0]
    try:
        _check_comparable(case, stance)
    except NotComputableError as error:
        return _not_computed(case, str(error), likeliest)
    if not case.is_printed:
        return _not_published(case, stance, likeliest)
    ways = {one: case.ways(one, stance) for one in combinations}
    if found := _find(combinations, {one: ways[one].own for one in combinations}, may_cap=True):
        return _matches(case, stance, found, [])
    if found := _find(combinations, {one: ways[one].inferable for one in combinations}):
        return _matches(case, stance, found, [_inferred(found.way)])
    own = _computed(ways[likeliest].own)
    if own is None:
        return _not_computed(case, _reason(ways[likeliest].own), likeliest)
    if found := _find(combinations, {one: ways[one].others for one in combinations}):
        return _wrong_polarity(case, stance, found)
    if within := _within(case, stance, likeliest, ways[likeliest]):
        return within
    if (found := _reached(likeliest, ways[likeliest].others)) and _turns(found.way, own):
        return _wrong_polarity(case, stance, found)
    return _differs(case, stance, likeliest, own, ways[likeliest])


def _check_comparable(case: Case, stance: Stance) -> None:
    """Raises the reason when target and realisasi are nothing that a formula can compare."""
    if stance.stated is Polarity.TEXT:
        raise NotComputableError("Indikator teks disimpan dan ditampilkan, tidak dihitung")
    for cell, what in ((case.target, "Target"), (case.actual, "Realisasi")):
        if cell.kind is Kind.BLANK:
            raise NotComputableError(f"{what} kosong; kosong bukan 0")
        if cell.kind is Kind.WORDS:
            raise NotComputableError(f"{what} {cell.cause}")
    if case.actual.kind is Kind.BAND:
        raise NotComputableError(f"Realisasi “{case.actual.text}” berupa rentang, bukan satu angka")
    if case.actual.hint in (Hint.AT_LEAST, Hint.AT_MOST):
        raise NotComputableError(f"Realisasi “{case.actual.text}” batas, bukan angka yang pasti")
    _check_grades(case)
    _check_shares(case)
    if units_differ(case.target, case.actual):
        raise NotComputableError(f"Satuan target ({case.target.unit}) dan realisasi ({case.actual.unit}) berbeda")
    if stance.stated is Polarity.RANGE and case.target.kind is Kind.NUMBER:
        raise NotComputableError(f"Polaritas rentang, tetapi target “{case.target.text}” bukan rentang")


def _check_shares(case: Case) -> None:
    """A share of a quantity that is not given compares with a share of the same, or with a percentage, and nothing else."""
    one, other = case.target, case.actual
    if Kind.SHARE not in (one.kind, other.kind):
        return
    for cell, beside, what in ((one, other, "Target"), (other, one, "Realisasi")):
        same = beside.kind is Kind.SHARE and beside.share_of.casefold() == cell.share_of.casefold()
        percent = beside.kind is Kind.NUMBER and beside.unit == "%" and cell.unit == "%"
        if cell.kind is Kind.SHARE and not (same or percent):
            raise NotComputableError(f"{what} {cell.cause}; tulis dahulu berapa jumlahnya")


def _check_grades(case: Case) -> None:
    kinds = {case.target.kind, case.actual.kind}
    if Kind.GRADE not in kinds:
        return
    if kinds == {Kind.GRADE}:
        if not case.by_grade() and not (case.target.readings and case.actual.readings):
            raise NotComputableError(
                f"Predikat “{case.target.text}” dan “{case.actual.text}” tidak ada dalam satu tabel predikat"
            )
        return
    if not (case.target.readings and case.actual.readings) or Kind.BAND in kinds:
        raise NotComputableError(
            f"Target “{case.target.text}” dan realisasi “{case.actual.text}” tidak sejenis (predikat dan angka)"
        )


def _find(
    combinations: Sequence[Combination], ways: Mapping[Combination, Sequence[Way]], *, may_cap: bool = False
) -> _Match | None:
    """The first way that gives the printed figure: rounded before cut off before capped, plausible readings first.

    An implausible reading must give the figure by plain rounding; a coincidence of 100 proves nothing there.
    """
    for strictness in (rounded, cut_off, _capped) if may_cap else (rounded, cut_off):
        for one in combinations if strictness is rounded else combinations[:1]:
            for way in ways[one]:
                if way.score.raw is None or one.published is None:
                    continue
                suffix = strictness(way.score.raw, one.published)
                if suffix is not None:
                    return _Match(way, one, suffix)
    return None


def _capped(raw: Fraction, printed: Reading) -> str | None:
    if raw < 0 and printed.value == 0:
        return ", dibatasi 0"
    if printed.value in CAPS and raw > printed.value:
        return f", dibatasi {write_number(printed.value)}"
    return None


def _reached(one: Combination, ways: Sequence[Way]) -> _Match | None:
    """The first way by which some target and realisasi that round to what is printed give the printed figure."""
    if one.published is None:
        return None
    printed = span_around(one.published.value, Fraction(1, 10**one.published.places) * one.published.multiple)
    for way in ways:
        if way.reach is not None and way.reach.meets(printed):
            return _Match(way, one, "")
    return None


def _turns(way: Way, own: Way) -> bool:
    """Whether one says that the target was reached and the other that it was missed."""
    raws = (way.score.raw, own.score.raw)
    return None not in raws and min(raw for raw in raws if raw is not None) < 100 < max(
        raw for raw in raws if raw is not None
    )


def _computed(ways: Sequence[Way]) -> Way | None:
    return next((way for way in ways if way.score.raw is not None), None)


def _reason(ways: Sequence[Way]) -> str:
    return ways[0].score.reason.rstrip(".") if ways else "Target dan realisasi tidak dapat dibandingkan"


# --- what is said ----------------------------------------------------------------------------------------------------


def _sentence(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _not_computed(case: Case, reason: str, one: Combination) -> Judgement:
    if not case.is_printed:
        said = f"{_nothing_printed(case)} Tidak dapat dihitung: {reason}."
        return Judgement(Verdict.NOT_PUBLISHED, _sentence(said, *case.notes(one)))
    said = f"Tidak dapat dihitung: {reason}. Angka terbit {case.published.text} tidak dapat diperiksa."
    return Judgement(Verdict.NOT_COMPUTABLE, _sentence(said, *case.notes(one)))


def _nothing_printed(case: Case) -> str:
    if case.published.kind is Kind.BLANK:
        return "Tidak ada angka capaian yang terbit."
    return f"Tidak ada angka capaian yang terbit: “{case.published.text}” bukan satu angka."


def _not_published(case: Case, stance: Stance, one: Combination) -> Judgement:
    ways = case.ways(one, stance).own
    way = _computed(ways)
    if way is None:
        return _not_computed(case, _reason(ways), one)
    because = f" ({stance.why})" if stance.why else ""
    said = f"{_nothing_printed(case)} Hitungannya{because}: {way.score.formula}."
    return Judgement(Verdict.NOT_PUBLISHED, _sentence(said, *case.notes(one)), recomputed=way.score.raw)


def _matches(case: Case, stance: Stance, found: _Match, more: Sequence[str]) -> Judgement:
    way, one, suffix = found
    raw = way.score.raw
    ending = suffix.removeprefix(", ")
    said = f"Cocok: {way.score.formula}; terbit {case.published.text}{f' ({ending})' if ending else ''}."
    close = (
        "Dibulatkan menjadi 100, padahal targetnya belum tercapai."
        if raw is not None and raw < 100 and one.published is not None and one.published.value == 100
        else ""
    )
    message = _sentence(said, close, *more, _asked(case, stance, way, more), *case.notes(one))
    return Judgement(Verdict.MATCHES, message, way.name + suffix, raw)


def _asked(case: Case, stance: Stance, way: Way, more: Sequence[str]) -> str:
    """The question for a name that may mean that less is better, where the figure was computed the other way."""
    if (
        more
        or stance.why
        or way.polarity is not Polarity.POSITIVE
        or way.score.raw == 100
        or not may_be_less(case.name)
    ):
        return ""
    return "Nama indikatornya dapat berarti makin kecil makin baik, tetapi dihitung makin besar makin baik: benarkah? Tulis polaritasnya."


def _within(case: Case, stance: Stance, one: Combination, ways: Ways) -> Judgement | None:
    """The judgement that rounding explains the figure; None when no target and realisasi behind the printed ones do."""
    found = _reached(one, ways.own)
    more = []
    if found is None and (found := _reached(one, ways.inferable)):
        more = [_inferred(found.way)]
    if found is None or found.way.reach is None or one.published is None:
        return None
    way, reach = found.way, found.way.reach
    said = (
        f"Cocok dalam pembulatan: dari angka tercetak {way.score.formula}, sedangkan terbit {case.published.text}; "
        f"{_rooms(way)} memberi {_ends(reach, max(2, one.published.places))}."
    )
    message = _sentence(said, _explained(one, way), *more, _asked(case, stance, way, more), *case.notes(one))
    return Judgement(Verdict.WITHIN_ROUNDING, message, way.name, way.score.raw)


def _rooms(way: Way) -> str:
    """ "target 0,415–0,43 dan realisasi 0,295–0,31 sebelum dibulatkan atau dipotong"."""
    spans = way.spans or ()
    rooms = [
        f"{name} {_ends(span, 6)}" for name, span in zip(("target", "realisasi"), spans, strict=False) if span.is_wide
    ]
    return f"{' dan '.join(rooms)} (sebelum dibulatkan atau dipotong)"


def _ends(span: Span, places: int) -> str:
    return f"{write_number(span.low.value, places)}–{write_number(span.high.value, places)}"


def _explained(one: Combination, way: Way) -> str:
    """Which figure behind a printed one gives the capaian, as near as one sentence can say."""
    if one.published is None or one.target is None or one.actual is None or way.spans is None:
        return ""
    t, r = one.target, one.actual
    name = "realisasi" if before_rounding(way.polarity, *way.spans, one.published, realisasi=True) else "target"
    before = before_rounding(way.polarity, *way.spans, one.published, realisasi=name == "realisasi")
    if before is None:
        return "Target dan realisasi keduanya dibulatkan; terbitkan angka yang dipakai menghitung."
    places = (r if name == "realisasi" else t).places + 1
    shown = write_number(before, places)
    if shown in (write_number(t.value), write_number(r.value)):
        shown = write_number(before, places + 1)
    return f"Cocok bila {name} sebelum dibulatkan kira-kira {shown}; terbitkan angka yang dipakai menghitung."


def _inferred(way: Way) -> str:
    less = "makin besar" if way.polarity is Polarity.POSITIVE else "makin kecil"
    return f"Polaritas tidak dinyatakan; dari angkanya disimpulkan {less} makin baik. Pastikan memang begitu."


def _wrong_polarity(case: Case, stance: Stance, found: _Match) -> Judgement:
    way, one, suffix = found
    right = _computed(case.ways(one, stance).own)
    should = f" Seharusnya {right.score.formula}." if right else ""
    effect = _effect(way, right)
    said = f"Polaritas tampak keliru: angka terbit {case.published.text} berasal dari {way.score.formula}, padahal {stance.why}."
    return Judgement(
        Verdict.WRONG_POLARITY,
        _sentence(said + should, effect, *case.notes(one)),
        way.name + suffix,
        right.score.raw if right else None,
    )


def _effect(way: Way, right: Way | None) -> str:
    if right is None or way.score.raw is None or right.score.raw is None:
        return ""
    if way.score.raw > 100 > right.score.raw:
        return "Kegagalan tercetak sebagai keberhasilan."
    if way.score.raw < 100 < right.score.raw:
        return "Keberhasilan tercetak sebagai kegagalan."
    return ""


def _differs(case: Case, stance: Stance, one: Combination, own: Way, ways: Ways) -> Judgement:
    raw, printed = own.score.raw, one.published
    if raw is None or printed is None:
        raise AssertionError("judged as differing without two figures")
    finer = f" (lebih teliti {write_number(raw, printed.places + 1)})" if printed.places > 2 else ""
    because = f" ({stance.why})" if stance.why else ""
    said = f"Tidak cocok: {own.score.formula}{finer}{because}, sedangkan terbit {case.published.text}."
    hints = list(_hints(case, stance, one, own, ways))
    none = "" if hints else "Tidak ada rumus baku yang menghasilkan angka itu."
    message = _sentence(said, none, *hints, *case.notes(one))
    return Judgement(Verdict.DIFFERS, message, recomputed=raw)


def _hints(case: Case, stance: Stance, one: Combination, own: Way, ways: Ways) -> Iterator[str]:
    """What might have happened; never enough to call the figure right."""
    printed = one.published
    if printed is None:
        return
    if one.target is not None and one.actual is not None:
        if before := _unrounded(one.target, one.actual, own, printed):
            yield f"Cocok bila realisasi sebelum dibulatkan kira-kira {before}; terbitkan angka yang dipakai menghitung."
        if printed.value == one.actual.value:
            yield "Angka terbit sama dengan realisasinya, bukan perbandingannya dengan target."
    raw = own.score.raw or Fraction(0)
    if rounded(raw, replace(printed, value=printed.value * 100, places=max(0, printed.places - 2))) is not None:
        yield f"Angka terbit cocok bila dimaksud sebagai rasio, bukan persen ({write_number(printed.value * 100)}%)."
    for way in (*ways.others, *ways.inferable):
        if way.score.raw is not None and (suffix := _capped(way.score.raw, printed)):
            yield f"Polaritas sebaliknya{suffix} juga memberi angka itu; itu tidak membuktikan apa-apa."
            break
    if stance.stated in NEGATIVES and len(stance.own) == 1:
        sister = next(each for each in NEGATIVES if each is not stance.stated)
        again = case.ways(one, replace(stance, own=(sister,), others=())).own
        if found := _find([one], {one: again}):
            yield f"Rumus {found.way.name} menghasilkannya, tetapi {stance.why}."


def _unrounded(target: Reading, actual: Reading, own: Way, printed: Reading) -> str:
    """The realisasi that would give the printed figure, where it rounds to the one that is written; "" else."""
    t, c = target.value, printed.value
    match own.polarity:
        case Polarity.POSITIVE if own.name != "rentang":
            before = t * c / 100
        case Polarity.NEGATIVE_A if own.name != "rentang":
            before = t * (2 - c / 100)
        case Polarity.NEGATIVE_B if own.name != "rentang" and c > 0:
            before = t * 100 / c
        case _:
            return ""
    if Fraction(round_half_up(before, actual.places)) != actual.value:
        return ""
    if not actual.places and abs(actual.value) < 100:
        return ""  # 4 of 9 is a count, not a rounded measure
    if abs(before - actual.value) * 100 > abs(actual.value):
        return ""
    shown = write_number(before, actual.places + 1)
    return shown if shown != write_number(actual.value) else write_number(before, actual.places + 2)
