"""Which way is better in a published row: as somebody stated it, as the target or the name says, or unknown. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from himpun.measure.cells.parts import Cell, Hint
from himpun.measure.published.direction import direction
from himpun.measure.scoring.values import Polarity

_STATED: Mapping[str, Polarity] = {
    **dict.fromkeys(
        (
            *("positif", "positive", "pos", "+", "naik", "maksimal", "maximize", "p", "positif (+)", "maksimum", "max"),
            *("higher is better", "higher better", "higher", "maksimasi", "progresif"),
        ),
        Polarity.POSITIVE,
    ),
    **dict.fromkeys(
        (
            *(
                "negatif",
                "negative",
                "neg",
                "-",
                "–",
                "−",
                "turun",
                "minimal",
                "minimize",
                "n",
                "negatif (-)",
                "minimum",
            ),
            *("min", "lower is better", "lower better", "lower", "minimasi", "regresif"),
        ),
        Polarity.NEGATIVE_A,
    ),
    "range": Polarity.RANGE,
    "rentang": Polarity.RANGE,
    "stabil": Polarity.STABLE,
    "stabilize": Polarity.STABLE,
    "tetap": Polarity.STABLE,
    "predikat": Polarity.GRADE,
    "peringkat": Polarity.RANK,
    "teks": Polarity.TEXT,
}
NEGATIVES = (Polarity.NEGATIVE_A, Polarity.NEGATIVE_B)


@dataclass(frozen=True, slots=True)
class Stance:
    """Which formulas may hold (`own`, the one that should first), may be inferred, or betray a wrong polarity."""

    own: tuple[Polarity, ...]
    inferable: tuple[Polarity, ...] = ()
    others: tuple[Polarity, ...] = ()
    why: str = ""
    stated: Polarity | None = None
    unknown: str = ""


def stance_stated(text: str) -> Stance | None:
    """The stance of a polarity as somebody wrote it; None when nothing was written."""
    word = " ".join(text.casefold().split())
    if not word or word in ("none", "nan", "n/a"):
        return None
    polarity = _STATED.get(word)
    if word.replace(" ", "-") in ("negatif-a", "negatif-b"):
        exactly = Polarity(word.replace(" ", "-"))
        return Stance(
            (exactly,), others=(Polarity.POSITIVE,), why=f"polaritas dinyatakan {text.strip()}", stated=exactly
        )
    if polarity is None and (("makin" in word or "semakin" in word) and "baik" in word):
        less = any(sign in word for sign in ("kecil", "rendah", "sedikit", "turun", "cepat"))
        polarity = Polarity.NEGATIVE_A if less else Polarity.POSITIVE
    if polarity is None:
        return Stance((), unknown=text.strip())
    return replace(_stance(polarity), why=f"polaritas dinyatakan {text.strip()}", stated=polarity)


def _stance(polarity: Polarity) -> Stance:
    match polarity:
        case Polarity.NEGATIVE_A | Polarity.NEGATIVE_B | Polarity.RANK:
            return Stance(NEGATIVES, others=(Polarity.POSITIVE,))
        case Polarity.STABLE:
            return Stance((Polarity.STABLE,), others=(Polarity.POSITIVE, *NEGATIVES))
        case _:
            return Stance((Polarity.POSITIVE,), others=NEGATIVES)


_UNKNOWN = Stance((Polarity.POSITIVE,), inferable=NEGATIVES)


_HINTED = {Hint.AT_LEAST: Polarity.POSITIVE, Hint.AT_MOST: Polarity.NEGATIVE_A, Hint.RANK: Polarity.RANK}


def stance_of(name: str, target: Cell, stated: Stance | None) -> Stance:
    """The stated polarity, else what the target ("≤ 5") or the name says, else none."""
    if stated is not None and not stated.unknown:
        return stated
    unknown = stated.unknown if stated else ""
    if target.hint is not None:
        polarity = _HINTED[target.hint]
        why = f"target “{target.text}” berarti makin {'besar' if polarity is Polarity.POSITIVE else 'kecil'} makin baik"
        return replace(_stance(polarity), why=why, unknown=unknown)
    named = direction(name)
    if named is None:
        return replace(_UNKNOWN, unknown=unknown)
    why = f"nama indikatornya berarti makin {'besar' if named is Polarity.POSITIVE else 'kecil'} makin baik"
    return replace(_stance(named), why=why, unknown=unknown)
