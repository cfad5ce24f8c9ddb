"""What the figures of one office and year say: any indicator, in any period, with the way back to every cell.

`OfficeYear.load` reads definitions, targets and figures in a fixed number of queries; everything after that is
computing in memory. A period that was asked for as a whole is worked out from its own figures; a longer one is put
together from its parts as the indicator's aggregation says (docs/reference/penilaian.md).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import Prefetch, Q

from himpun.errors import Refusal
from himpun.indicators.models.dictionary import Indicator, Scale, Variable
from himpun.indicators.models.figures import Figure
from himpun.indicators.models.requests import DataRequest, RequestLine
from himpun.measure.formula.evaluating import Node, Result, Words, evaluate
from himpun.measure.formula.parser import parse
from himpun.measure.formula.parts import Formula
from himpun.measure.formula.worked import worked_out
from himpun.measure.numbers import write_number
from himpun.measure.periods import Frequency, Kind, Period, is_due, value_period
from himpun.measure.scoring import scale as scoring_scale
from himpun.measure.scoring import values
from himpun.measure.scoring.achievement import achievement, capped
from himpun.measure.scoring.scale import FIVE_LEVELS, Level
from himpun.measure.scoring.values import AKIP_GRADE, BPK_OPINION, WORDS, Aggregation, Polarity, Score, State, Target
from himpun.measure.scoring.year import over_year
from himpun.offices.models.offices import Office, Post

SHORTER = (Kind.SEMESTER, Kind.QUARTER, Kind.MONTH)


class Cell(NamedTuple):
    """A figure as measuring needs it; `pk` leads to who brought it, when, and with which evidence."""

    pk: int
    number: Decimal | None
    text: str
    frozen: bool


class Absence(NamedTuple):
    """Why a unit gave no figure, and the word for it in a table."""

    reason: str
    word: str


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator in a period: its realisasi, how it came about, and whether all of it is frozen.

    `parts` are the shorter periods it was put together from, `references` the other indicators by their label in the
    formula, `cells` its own figures as (variable, unit, cell); `labels` and `titles` name variables and units.
    """

    period: Period
    actual: Fraction | str | None
    state: State
    reason: str = ""
    word: str = ""
    told: str = ""
    notes: tuple[str, ...] = ()
    result: Result | None = None
    provisional: bool = False
    parts: tuple["Measured", ...] = ()
    cells: tuple[tuple[str, str, Cell], ...] = ()
    references: Mapping[str, "Measured"] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def formula(self) -> str:
        """How the realisasi came about, with its numbers; written only for who looks."""
        if self.told or self.result is None or self.result.value is None:
            return self.told
        return worked_out(self.result)


@dataclass
class OfficeYear:
    """One office's definitions, targets and figures of one year."""

    office: Office
    year: int
    indicators: dict[str, Indicator]
    cells: dict[tuple[str, str, Period], dict[str, Cell]]
    absences: dict[tuple[str, str, Period], Absence]
    posts: dict[int, str]
    titles: dict[str, str] = field(default_factory=dict)
    default_scale: scoring_scale.Scale = FIVE_LEVELS
    _kept: dict[tuple[str, Period], Measured] = field(default_factory=dict)
    _open: set[tuple[str, Period]] = field(default_factory=set)

    @classmethod
    def load(cls, office: Office, year: int, *, frozen_only: bool = False) -> "OfficeYear":
        """Read everything of `office` and `year`, in the same number of queries however much there is."""
        return cls.load_many([office], year, frozen_only=frozen_only)[office.pk]

    @classmethod
    def load_many(cls, offices: Sequence[Office], year: int, *, frozen_only: bool = False) -> dict[int, "OfficeYear"]:
        """The same for several offices at once, by their keys: no more queries for fifty offices than for one."""
        found = {office.pk: cls(office, year, {}, {}, {}, {}) for office in offices}
        of_posts, posts = {}, {}
        for pk, owner, code, title in _posts_of(offices):
            of_posts[pk], posts[pk] = owner, code
            found[owner].posts[pk] = code
            found[owner].titles[code] = title
        for indicator in definitions(offices, year):
            found[indicator.office_id].indicators[indicator.code] = indicator
        for scale in Scale.objects.filter(office__in=offices, year=year, default=True):
            found[scale.office_id].default_scale = read_scale(scale.levels)
        for unit, key, cell in _cells_of(posts, year, frozen_only=frozen_only):
            found[of_posts[unit]].cells.setdefault(key, {})[posts[unit]] = cell
        for unit, (code, period), absence in _absences_of(offices, year):
            found[of_posts[unit]].absences[code, posts[unit], period] = absence
        return found

    def define(self, indicators: Iterable[Indicator]) -> None:
        """Measure by these definitions instead of those in force: the ones the figures were asked by."""
        for indicator in indicators:
            self.indicators[indicator.code] = indicator
        self._kept.clear()

    # --- realisasi --------------------------------------------------------------------------------------------------

    def measure(self, code: str, period: Period) -> Measured:
        """The realisasi of an indicator in `period`, or why there is none."""
        key = (code, period)
        if key not in self._kept:
            self._open.add(key)
            try:
                self._kept[key] = self._measure(self.indicators[code], period)
            finally:
                self._open.discard(key)
        return self._kept[key]

    def _measure(self, indicator: Indicator, period: Period) -> Measured:
        if not is_due(indicator.frequency, period):
            reason = f"Indikator {indicator.frequency} belum diukur pada {period.label}."
            return Measured(period, None, State.NOT_MEASURED, reason, str(State.NOT_MEASURED))
        measured = value_period(indicator.frequency, period)
        parts_of = self._parts(indicator, measured)
        if parts_of and not self._has_figures(indicator, measured):
            return self._together(indicator, measured, parts_of)
        return self._own(indicator, measured)

    def _has_figures(self, indicator: Indicator, period: Period) -> bool:
        return any((indicator.code, variable.name, period) in self.cells for variable in indicator.variables.all())

    def _parts(self, indicator: Indicator, period: Period) -> list[Period]:
        """The shorter periods with figures that make up `period`: of the longest kind that has any."""
        own = Frequency(indicator.frequency).kind
        for kind in SHORTER:
            if own.months <= kind.months < period.kind.months:
                parts = [part for part in _year_of(kind, period.year) if period.contains(part)]
                if any(self._has_figures(indicator, part) for part in parts):
                    return parts
        return []

    def _own(self, indicator: Indicator, period: Period) -> Measured:
        units = self._units(indicator)
        absent = self._absent(indicator, period, units)
        if indicator.polarity in WORDS:
            return self._word(indicator, period, absent)
        try:
            parsed = formula_of(indicator)
        except Refusal as error:
            return Measured(period, None, State.NOT_COMPUTABLE, str(error), str(State.NOT_COMPUTABLE))
        figures: dict[str, dict[str, Fraction | None]] = {}
        used: list[tuple[str, str, Cell]] = []
        for variable in indicator.variables.all():
            given = self.cells.get((indicator.code, variable.name, period), {})
            found: dict[str, Fraction | None] = {unit: None for unit in units if unit not in absent}
            for unit, cell in given.items():
                found[unit] = None if cell.number is None else Fraction(cell.number)
                used.append((variable.name, unit, cell))
            figures[variable.name] = found
        if absent and not used:
            first = next(iter(absent.values()))
            return Measured(period, None, State.NOT_FILLED, first.reason, first.word)
        references, others = self._references(parsed, period)
        labels = self._labels(indicator)
        result = evaluate(parsed, figures, references, Words(labels, self.titles))
        notes = (
            *result.notes,
            *(f"{self.titles.get(unit, unit)}: {absence.reason}" for unit, absence in absent.items()),
        )
        return Measured(
            period,
            result.value,
            result.state,
            result.reason,
            "" if result.value is not None else str(result.state),
            notes=notes,
            result=result,
            provisional=any(one.provisional for one in others.values()) or any(not cell.frozen for _, _, cell in used),
            cells=tuple(used),
            references=others,
            labels=labels,
            titles=self.titles,
        )

    def _word(self, indicator: Indicator, period: Period, absent: Mapping[str, Absence]) -> Measured:
        for variable in indicator.variables.all():
            for unit, cell in self.cells.get((indicator.code, variable.name, period), {}).items():
                if cell.text:
                    used = ((variable.name, unit, cell),)
                    return Measured(
                        period,
                        cell.text,
                        State.COMPUTED,
                        told=cell.text,
                        provisional=not cell.frozen,
                        cells=used,
                        labels=self._labels(indicator),
                        titles=self.titles,
                    )
        if absent:
            first = next(iter(absent.values()))
            return Measured(period, None, State.NOT_FILLED, first.reason, first.word)
        what = "Predikat" if indicator.polarity == Polarity.GRADE else "Isian"
        return Measured(period, None, State.NOT_FILLED, f"{what} belum diisi.", str(State.NOT_FILLED))

    def _units(self, indicator: Indicator) -> list[str]:
        units = [self.posts.get(indicator.owner_id, "")]
        return units + [self.posts.get(post.pk, "") for post in indicator.contributors.all()]

    def _absent(self, indicator: Indicator, period: Period, units: list[str]) -> dict[str, Absence]:
        given = {
            unit for variable in indicator.variables.all() for unit in self._cell_units(indicator, variable, period)
        }
        found = {unit: self.absences.get((indicator.code, unit, period)) for unit in units if unit not in given}
        return {unit: absence for unit, absence in found.items() if absence is not None}

    def _cell_units(self, indicator: Indicator, variable: Variable, period: Period) -> Iterable[str]:
        return self.cells.get((indicator.code, variable.name, period), {})

    def _references(self, parsed: Formula, period: Period) -> tuple[dict[tuple[str, str], Result], dict[str, Measured]]:
        """What a formula takes from other indicators: results by (code, variable), and what they were by their label."""
        results: dict[tuple[str, str], Result] = {}
        found: dict[str, Measured] = {}
        for code, name in parsed.references:
            label = f"[{code}.{name}]" if name else f"[{code}]"
            if code not in self.indicators:
                reason = f"Indikator {code} tidak ada pada tahun {self.year}."
                results[code, name] = _no_result(label, reason, State.NOT_COMPUTABLE)
            elif name:
                results[code, name], found[label] = self._variable(code, name, period)
            elif (code, period) in self._open:
                results[code, name] = _no_result(label, f"Rumus berputar kembali ke {code}.", State.NOT_COMPUTABLE)
            else:
                found[label] = self.measure(code, period)
                results[code, name] = _result_of(found[label], code, label)
        return results, found

    def _variable(self, code: str, name: str, period: Period) -> tuple[Result, Measured]:
        cells = self.cells.get((code, name, period), {})
        figures = {unit: None if cell.number is None else Fraction(cell.number) for unit, cell in cells.items()}
        labels = self._labels(self.indicators[code])
        result = evaluate(parse(name), {name: figures}, {}, Words(labels, self.titles))
        measured = Measured(
            period,
            result.value,
            result.state,
            result=result,
            provisional=any(not cell.frozen for cell in cells.values()),
            cells=tuple((name, unit, cell) for unit, cell in cells.items()),
            labels=labels,
            titles=self.titles,
        )
        return result, measured

    @staticmethod
    def _labels(indicator: Indicator) -> dict[str, str]:
        return {variable.name: variable.label for variable in indicator.variables.all()}

    def _together(self, indicator: Indicator, period: Period, parts_of: list[Period]) -> Measured:
        parts = tuple(self.measure(indicator.code, part) for part in parts_of)
        filled = [part for part in parts if part.actual is not None]
        provisional = any(part.provisional for part in filled)
        if not filled:
            blocked = next((part for part in parts if part.state is State.NOT_COMPUTABLE), parts[-1])
            return Measured(period, None, blocked.state, blocked.reason, blocked.word, parts=parts)
        missing = [part.period.label for part in parts if part.actual is None]
        notes = (f"Belum ada angka: {', '.join(missing)}.",) if missing else ()
        actual, text = _aggregated(indicator, filled)
        return Measured(
            period,
            actual,
            State.COMPUTED,
            told=text,
            notes=notes,
            provisional=provisional,
            parts=parts,
        )

    # --- target and capaian -----------------------------------------------------------------------------------------

    def target(self, code: str, period: Period) -> tuple[str, Target | None]:
        """The target of a period as written and as read: its own, or the year's where that means the same."""
        indicator = self.indicators[code]
        written = {target.period: target.value for target in indicator.targets.all()}
        if not is_due(indicator.frequency, period):
            return "", None
        measured = value_period(indicator.frequency, period)
        text = written.get(measured.code) or (
            written.get(str(period.year), "") if _year_stands_for(indicator, measured) else ""
        )
        return text, read_target(text, indicator)

    def score(self, code: str, period: Period) -> Score:
        """The capaian of a period: against its own target, or put together like its realisasi."""
        indicator, measured = self.indicators[code], self.measure(code, period)
        if indicator.polarity == Polarity.TEXT:
            return Score(None, State.NOT_COMPUTABLE, "Indikator teks disimpan dan ditampilkan, tidak dihitung.")
        text, target = self.target(code, period)
        if text or not measured.parts:
            score = achievement(target, measured.actual, indicator.polarity, predicates=grades_of(indicator, text))
            return _told(capped(score, indicator.cap), measured, text, target)
        return self._over(indicator, measured.parts, whole_year=measured.period.kind is Kind.YEAR)

    def year_score(self, code: str, period: Period) -> Score:
        """The capaian of the year so far, up to and with `period`."""
        indicator = self.indicators[code]
        if indicator.polarity == Polarity.TEXT:
            return self.score(code, period)
        if not is_due(indicator.frequency, period):
            return Score(None, State.NOT_MEASURED, f"Belum diukur pada {period.label}.")
        measured = value_period(indicator.frequency, period)
        return self._over(indicator, [self.measure(code, each) for each in measured.siblings_until()], whole_year=True)

    def _over(self, indicator: Indicator, parts: Iterable[Measured], *, whole_year: bool) -> Score:
        written = {target.period: target.value for target in indicator.targets.all()}
        parts = list(parts)
        yearly = written.get(str(indicator.year), "")
        stands = whole_year or indicator.aggregation in _YEAR_STANDS
        score = over_year(
            {part.period.index: read_target(written.get(part.period.code, ""), indicator) for part in parts},
            {part.period.index: part.actual for part in parts},
            indicator.polarity,
            indicator.aggregation,
            yearly_target=read_target(yearly, indicator) if stands else None,
            frequency=_FREQUENCIES[parts[0].period.kind],
            predicates=grades_of(indicator, yearly),
        )
        return capped(score, indicator.cap)

    def scale(self, code: str) -> scoring_scale.Scale:
        """The scale an indicator's capaian is called by: its own, else the office's of the year."""
        own = self.indicators[code].scale
        return read_scale(own.levels) if own else self.default_scale


# --- reading rows ---------------------------------------------------------------------------------------------------

_FREQUENCIES = {frequency.kind: frequency for frequency in Frequency}
_YEAR_STANDS = frozenset({Aggregation.LAST, Aggregation.MEAN, Aggregation.YEARLY})


def definitions(offices: Sequence[Office], year: int) -> list[Indicator]:
    """The indicators in force in a year with all that measuring needs, in a fixed number of queries."""
    rows = Indicator.objects.current().filter(office__in=offices, year=year).select_related("owner", "scale")
    variables = Prefetch("variables", Variable.objects.order_by("order", "id"))
    return list(rows.prefetch_related(variables, "targets", "contributors"))


def formula_of(indicator: Indicator) -> Formula:
    """The formula of an indicator, or the one its kinds of variables mean. Raises FormulaUnreadable."""
    return parse(indicator.effective_formula)


def read_target(text: str, indicator: Indicator) -> Target | None:
    """A target as written; None when it is blank or no number (the page says so where it is typed)."""
    try:
        return values.read_target(text, indicator.polarity)
    except Refusal:
        return None


def grades_of(indicator: Indicator, target: str) -> Mapping[str, Decimal | int]:
    """The scores of grades: the indicator's own table, else the common one that knows the target ([B], measure.scoring.scale)."""
    if indicator.grades:
        return {name: Decimal(str(score)) for name, score in indicator.grades.items()}
    known = target.strip().upper() in BPK_OPINION
    return BPK_OPINION if known else AKIP_GRADE


def read_scale(levels: Iterable[Mapping[str, Any]]) -> scoring_scale.Scale:
    """A scale from its stored rows."""
    return scoring_scale.Scale(
        tuple(
            Level(
                row["name"],
                row["colour"],
                Decimal(row["above"]) if row.get("above") not in (None, "") else None,
                bool(row.get("inclusive")),
            )
            for row in levels
        )
    )


def _posts_of(offices: Sequence[Office]) -> Iterable[tuple[int, int, str, str]]:
    return Post.objects.filter(office__in=offices).values_list("pk", "office_id", "code", "title")


def _cells_of(
    units: Iterable[int], year: int, *, frozen_only: bool
) -> Iterator[tuple[int, tuple[str, str, Period], Cell]]:
    """Every current figure as the post that gave it, (code, variable, period), and the cell."""
    rows = Figure.objects.current().filter(unit__in=list(units), year=year)
    if frozen_only:
        rows = rows.filter(frozen=True)
    columns = ("pk", "element__code", "unit_id", "month", "months", "number", "text", "frozen")
    for pk, element, unit, month, months, number, text, frozen in rows.values_list(*columns).iterator():
        code, _, name = element.rpartition(".")
        period = Period(Kind.of_months(months), year, month // months)
        yield unit, (code, name, period), Cell(pk, number, text, frozen)


def _absences_of(offices: Sequence[Office], year: int) -> Iterator[tuple[int, tuple[str, Period], Absence]]:
    """Why units gave no figure, in the last round of each request: nihil, or the unit was excused.

    A round whose run was cancelled says nothing.
    """
    asked_in_year = {"office__in": offices, "period__startswith": str(year), "withdrawn_at__isnull": True}
    latest = {
        (unit, code): number
        for unit, code, number in DataRequest.objects.filter(**asked_in_year)
        .order_by("round")
        .values_list("unit_id", "period", "round")
    }
    absent = Q(nihil=True) | Q(request__state=DataRequest.State.EXCUSED)
    lines = RequestLine.objects.filter(absent, **{f"request__{key}": value for key, value in asked_in_year.items()})
    columns = (
        "indicator__code",
        "indicator__frequency",
        "request__unit_id",
        "request__period",
        "request__round",
        "request__state",
        "request__reason",
        "nihil_reason",
    )
    for code, frequency, unit, asked, number, state, reason, nihil in lines.values_list(*columns):
        if latest[unit, asked] != number or not is_due(frequency, Period.parse(asked)):
            continue
        period = value_period(frequency, Period.parse(asked))
        excused = state == DataRequest.State.EXCUSED
        told = (
            Absence(f"Unit dikecualikan: {reason}", "dikecualikan") if excused else Absence(f"Nihil: {nihil}", "nihil")
        )
        yield unit, (code, period), told


def _year_of(kind: Kind, year: int) -> tuple[Period, ...]:
    return tuple(Period(kind, year, index) for index in range(1, kind.per_year + 1))


def _year_stands_for(indicator: Indicator, period: Period) -> bool:
    """Whether the year's target is also this period's: a level to hold, not a sum to reach."""
    if period.kind is Kind.YEAR or indicator.aggregation in _YEAR_STANDS:
        return True
    return indicator.aggregation == Aggregation.CUMULATIVE and period.index == period.kind.per_year


def _result_of(measured: Measured, code: str, label: str) -> Result:
    """Another indicator's realisasi as a formula takes it up."""
    value = measured.actual if isinstance(measured.actual, Fraction) else None
    reason = "" if value is not None else measured.reason or f"Realisasi {code} bukan angka."
    state = measured.state if value is not None or measured.state != State.COMPUTED else State.NOT_COMPUTABLE
    node = Node(label=label, value=value, kind="indikator")
    return Result(value=value, reason=reason, state=state, tree=node, notes=measured.notes)


def _no_result(label: str, reason: str, state: State) -> Result:
    node = Node(label=label, value=None, kind="indikator")
    return Result(value=None, reason=reason, state=state, tree=node)


def _told(score: Score, measured: Measured, text: str, target: Target | None) -> Score:
    """The reason of the realisasi where it is the realisasi that is missing; that of a target that is no number."""
    if score.value is not None:
        return score
    if measured.actual is None:
        return Score(None, measured.state, measured.reason)
    if text and target is None:
        return Score(
            None,
            State.NOT_COMPUTABLE,
            f"Target “{text}” bukan satu angka, jadi capaian tidak dihitung. Betulkan targetnya di kamus indikator.",
        )
    return score


def _aggregated(indicator: Indicator, filled: list[Measured]) -> tuple[Fraction | str, str]:
    """The realisasi of several periods, and how it came about in words and numbers."""
    last = filled[-1]
    numbers = [part.actual for part in filled if isinstance(part.actual, Fraction)]
    add: dict[str, Callable[[], tuple[Fraction, str]]] = {
        Aggregation.SUM: lambda: _summed(numbers),
        Aggregation.MEAN: lambda: _averaged(numbers),
    }
    if indicator.aggregation in add and len(numbers) == len(filled):
        return add[indicator.aggregation]()
    assert last.actual is not None  # noqa: S101 - filled holds only what has one
    shown = last.actual if isinstance(last.actual, str) else write_number(last.actual, 2)
    return last.actual, f"{last.period.label}: {shown}"


def _summed(numbers: list[Fraction]) -> tuple[Fraction, str]:
    total = sum(numbers, Fraction(0))
    return total, f"{_terms(numbers)} = {write_number(total, 2)}"


def _averaged(numbers: list[Fraction]) -> tuple[Fraction, str]:
    mean = sum(numbers, Fraction(0)) / len(numbers)
    return mean, f"({_terms(numbers)}) / {len(numbers)} = {write_number(mean, 2)}"


def _terms(numbers: list[Fraction]) -> str:
    return " + ".join(write_number(number, 2) for number in numbers)
