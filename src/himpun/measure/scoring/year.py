"""The achievement of a year or a part of it, from its periods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from himpun.measure.numbers import (
    Number,
)
from himpun.measure.periods import Frequency
from himpun.measure.scoring.achievement import NoScoreError, measured, not_given
from himpun.measure.scoring.values import Actual, Aggregation, Polarity, Score, State, T, Target


def over_year(
    targets: Mapping[int, Target | None],
    actuals: Mapping[int, Actual | None],
    polarity: Polarity | str,
    aggregation: Aggregation | str,
    *,
    yearly_target: Target | None = None,
    frequency: Frequency | str | None = None,
    predicates: Mapping[str, Number] | None = None,
) -> Score:
    """The capaian of a year so far, from its periods; keys are the index of the period in the year, from 1.

    jumlah ΣR/ΣT and rata-rata (mean R / mean T) over the filled periods; kumulatif and posisi-akhir: the last filled
    period; tahunan: measured once. 0 is filled, None and "" are not, gaps are allowed. A period without a target of
    its own takes `yearly_target` where that means the same: always for posisi-akhir, rata-rata and tahunan, in the
    last period for kumulatif, when every period is filled for jumlah (the last two need `frequency`, which also gives
    the periods their names in a reason).
    """
    aggregation, polarity = Aggregation(aggregation), Polarity(polarity)
    year = _Year(
        _filled(targets),
        None if not_given(yearly_target) else yearly_target,
        Frequency(frequency) if frequency is not None else None,
    )
    filled: dict[int, Actual] = _filled(actuals)
    if not filled:
        return _nothing_filled(aggregation)
    adds_up = aggregation in (Aggregation.SUM, Aggregation.MEAN)
    if adds_up and polarity is Polarity.GRADE:
        return NoScoreError(f"Predikat tidak punya {aggregation}; pilih posisi-akhir atau tahunan.").score()
    used = list(filled) if adds_up else list(filled)[-1:]
    try:
        wanted = year.targets_for(used, aggregation)
    except NoScoreError as error:
        return error.score()
    mean = aggregation is Aggregation.MEAN
    return measured(wanted, [filled[index] for index in used], polarity, predicates=predicates or {}, mean=mean)


def _filled(values: Mapping[int, T | None]) -> dict[int, T]:
    """By period, earliest first, without the blanks."""
    return {index: value for index, value in sorted(values.items()) if not not_given(value) and value is not None}


def _nothing_filled(aggregation: Aggregation) -> Score:
    if aggregation is Aggregation.YEARLY:
        return Score(state=State.NOT_MEASURED, reason="Diukur sekali setahun; sampai periode ini belum diukur.")
    return Score(state=State.NOT_FILLED, reason="Belum ada realisasi yang diisi.")


@dataclass(frozen=True, slots=True)
class _Year:
    """The targets of a year, none of them blank."""

    targets: Mapping[int, Target]
    yearly: Target | None
    frequency: Frequency | None

    def targets_for(self, used: Sequence[int], aggregation: Aggregation) -> list[Target]:
        match aggregation:
            case Aggregation.SUM:
                return self._sum(used)
            case Aggregation.CUMULATIVE:
                ends_the_year = self.frequency is not None and used[-1] == self.frequency.kind.per_year
                return [self._target(used[-1], self.yearly if ends_the_year else None)]
            case Aggregation.YEARLY:
                latest = self.targets[max(self.targets)] if self.targets else None
                return [self.yearly if self.yearly is not None else self._target(used[-1], latest)]
            case _:
                return [self._target(index, self.yearly) for index in used]

    def _sum(self, used: Sequence[int]) -> list[Target]:
        complete = self.frequency is not None and len(used) == self.frequency.kind.per_year
        if complete and self.yearly is not None and not all(index in self.targets for index in used):
            return [self.yearly]
        return [self._target(index) for index in used]

    def _target(self, index: int, otherwise: Target | None = None) -> Target:
        target = self.targets.get(index, otherwise)
        if target is None:
            raise NoScoreError(f"Target {self._name(index)} belum ditetapkan.", State.NOT_FILLED)
        return target

    def _name(self, index: int) -> str:
        kind = self.frequency.kind if self.frequency else None
        return kind.name_of(index) if kind and 1 <= index <= kind.per_year else f"periode ke-{index}"
