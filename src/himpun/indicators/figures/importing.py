"""Bringing many figures in at once: from a file, a message of another system, or the command line.

Every row is checked before anything changes; then all are taken in or none (or, where the person chose so, the good
ones). What was imported is kept whole in the archive, and the journal holds its SHA-256 beside that of the figures as
they were understood. Importing the same again changes nothing and leaves no trace.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from himpun import clock
from himpun.archive import files
from himpun.archive.journal import Turn, act
from himpun.errors import Conflict, Refusal
from himpun.indicators.figures.places import Place, element_of, places_of
from himpun.indicators.figures.reading import read_figure
from himpun.indicators.figures.taking import (
    Datum,
    Taken,
    as_line,
    current_at,
    ensure_elements,
    is_same,
    mark_used,
    take_in,
)
from himpun.indicators.measured.keeping import value_text
from himpun.indicators.measured.office_year import definitions
from himpun.indicators.models.dictionary import Indicator, Variable
from himpun.indicators.models.figures import Figure, FigureImport
from himpun.indicators.models.recaps import RecapLine
from himpun.indicators.models.requests import DataRequest, RequestLine
from himpun.measure.numbers import write_number
from himpun.measure.periods import Kind, Period, is_due, value_period
from himpun.measure.scoring.values import WORDS, Polarity
from himpun.offices.acting import Actor, acting_in, capacities
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_IMPORT_ALL_FIGURES
from himpun.spreadsheets.book import Word, Wrong
from himpun.typed import near

STEP = 50_000
"""Progress is told after so many rows."""
KEPT_WRONG = 1_000
"""So many wrong rows are told; more of them is another file than was meant."""


FROZEN = "Angka ini sudah dibekukan dalam rekap. Buka angkanya lalu ajukan koreksi dengan alasan dan bukti."
FROZEN_BLANK = (
    "Periode ini sudah dibekukan tanpa angka ini. Minta pengumpul memulai putaran baru untuk periode ini; angka yang belum "
    "ada diisi di sana."
)


class FigureRow(NamedTuple):
    """A row to import; `cell` names its place where a row of the file holds several.

    `element` is "IKU-01.desa_baik" (the code alone where the indicator has one variable), `unit` a post's code ("" for
    who answers for the indicator), `period` a code like "2026-TW3", `typed` as written, exact, or yes or no.
    """

    row: int
    element: str
    unit: str
    period: str
    typed: str | Decimal | bool
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row: "baru", "berubah", "tetap" or "salah" with the cause."""

    row: int
    status: str
    message: str = ""


class Change(NamedTuple):
    """A figure that an import brings or changes, as people read it: `here` before ("" for none), `file` afterwards."""

    row: int
    what: str
    unit: str
    period: str
    here: str
    file: str


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or would do. `applied` is false for a dry run and where something was wrong."""

    rows: int
    taken: Taken
    wrong: tuple[Wrong, ...] = ()
    wrong_count: int = 0
    applied: bool = False
    dry_run: bool = False
    results: tuple[Result, ...] = ()
    import_id: int | None = None
    passed: tuple[str, ...] = ()
    """What the file also holds, and which carries no figure."""
    changes: tuple[Change, ...] = ()
    """The figures themselves, in the order of rows; only a dry run tells them."""

    @property
    def sentence(self) -> str:
        """The report in a sentence."""
        if self.wrong_count and not self.applied:
            return f"{self.wrong_count} dari {self.rows} baris salah; tidak ada yang diubah."
        what = f"{self.taken.added} angka baru, {self.taken.changed} berubah, {self.taken.same} tetap"
        skipped = f"; {self.wrong_count} baris salah dilewati" if self.wrong_count else ""
        passed = f" Tidak dibaca karena bukan angka: {', '.join(self.passed)}." if self.passed else ""
        return f"{'Akan dimuat' if self.dry_run else 'Dimuat'}: {what}{skipped}.{passed}"


class ChangedSince(Conflict):
    """What an import would do is no longer what was looked at."""

    code = "pratinjau-usang"

    def __init__(self) -> None:
        super().__init__("Angka di Himpun berubah sejak pratinjau ini dibuka. Periksa lagi yang di bawah, lalu impor.")


def digest_of_changes(changes: Sequence[Change]) -> str:
    """Names what was looked at: the same figures, before and after."""
    return hashlib.sha256(repr(changes).encode()).hexdigest()


class _DryRun(Exception):
    """Undoes everything a dry run did."""


def import_figures(
    *,
    office: Office,
    rows: Sequence[FigureRow],
    name: str,
    format: str,
    content: bytes,
    by: Person,
    dry_run: bool = False,
    only_good: bool = False,
    each: bool = False,
    point: bool = False,
    seen: str = "",
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Take in the figures of a file that was read. `point`: numbers are written 83.18, as machines do.

    Raises HoldsNoPost. Who collects for the whole office may bring every unit's figures, others those of their own
    posts. `each` tells what became of every row; `progress` hears how many rows were checked. With `seen`, the
    `digest_of_changes` the changes that somebody looked at, other changes raise ChangedSince.
    """
    day = office.today()
    actor = acting_in(by, office.pk, day, roles=None, to="mengimpor angka")
    mine = [one for one in capacities(by, day) if one.office_id == office.pk]
    whole = any(one.role in MAY_IMPORT_ALL_FIGURES for one in mine)
    actor = next((one for one in mine if one.role in MAY_IMPORT_ALL_FIGURES), actor)
    kept = "" if dry_run else files.store(content, media_type="application/octet-stream")
    try:
        with act(office.code, at=clock.now(), author=actor.author) as turn:
            checked = _Checked(office, None if whole else {one.post_code for one in mine}, point=point)
            checked.read(rows, progress)
            checked.lock()
            changes = checked.changes() if dry_run or seen else ()
            if seen and changes and digest_of_changes(changes) != seen:
                raise ChangedSince
            report = _apply(turn, checked, actor, name, format, kept, only_good=only_good, each=each)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    if dry_run:
        return replace(report, applied=False, dry_run=True, import_id=None, changes=changes)
    return report


def _apply(
    turn: Turn,
    checked: "_Checked",
    actor: Actor,
    name: str,
    format: str,
    sha256: str,
    *,
    only_good: bool,
    each: bool,
) -> Report:
    statuses = checked.statuses() if each else ()
    nothing = Taken(0, 0, 0)
    if checked.wrong_count and not only_good:
        return checked.report(nothing, statuses, applied=False)
    source = _Source(turn, checked.office, actor, name, format, sha256)
    taken = checked.take(turn, source)
    kept = taken.added or taken.changed or taken.vouched
    if kept:
        source.finish(checked, taken)
    return checked.report(taken, statuses, applied=True, import_id=source.pk if kept else None)


class _Source:
    """The import that figures name as where they came from: its row exists before them and is counted after."""

    def __init__(self, turn: Turn, office: Office, actor: Actor, name: str, format: str, sha256: str) -> None:
        self.turn, self.by = turn, f"{actor.name} ({actor.title})"
        self.row = FigureImport.objects.create(
            office=office,
            name=name[:200],
            format=format,
            sha256=sha256,
            digest="",
            rows=0,
            added=0,
            changed=0,
            same=0,
            at=turn.at,
            by=actor.name,
            title=actor.title,
        )
        self.pk = self.row.pk

    def finish(self, checked: "_Checked", taken: Taken) -> None:
        digest = checked.digest()
        counts = {"rows": len(checked.data), "added": taken.added, "changed": taken.changed, "same": taken.same}
        FigureImport.objects.filter(pk=self.pk).update(digest=digest, **counts)
        self.turn.record(
            "indicators:figures:imported",
            f"import:{self.pk}",
            {"name": self.row.name, "format": self.row.format, "digest": digest, **counts},
            file_sha256=self.row.sha256,
        )


class _Place(NamedTuple):
    """Where the figures of one element and period go, and how they are read."""

    indicator: Indicator
    variable: Variable
    element_id: int
    year: int
    month: int
    months: int
    units: Mapping[str, int]
    limited: bool


class _Nowhere(NamedTuple):
    """Why rows of one element and period have no place: the column that is wrong, what it says, and the cause."""

    column: str
    value: str
    cause: str


class _Checked:
    """The rows of an import, read against what the office may take. Knows nothing of transactions."""

    def __init__(self, office: Office, own: set[str] | None, *, point: bool) -> None:
        self.office, self.own, self.point = office, own, point
        self.data: list[Datum] = []
        self.rows: list[int] = []
        self.cells: list[str] = []
        self.wrong: list[Wrong] = []
        self.wrong_count = 0
        self.total = 0
        self._posts = dict(office.posts.values_list("pk", "code"))
        self._years: dict[int, dict[str, tuple[Indicator, Variable]]] = {}
        self._places: dict[tuple[str, str], _Place | _Nowhere] = {}
        self._fillers: dict[int, Mapping[str, int]] = {}

    def read(self, rows: Sequence[FigureRow], progress: Callable[[int], None] | None) -> None:
        """Check every row; what is right is in `data`, what is not in `wrong`."""
        places, seen, data, numbers, cells = self._places, set(), self.data, self.rows, self.cells
        self.total = len(rows)
        for count, (row, element, unit, period, typed, cell) in enumerate(rows, 1):
            place = places.get((element, period))
            if place is None:
                place = places[element, period] = self._place(element, period)
            if isinstance(place, _Nowhere):
                self._refuse(row, cell or place.column, place.value, place.cause)
                continue
            unit_id = place.units.get(unit)
            if unit_id is None:
                self._refuse(row, cell or "unit", unit, self._why_not(unit, place))
                continue
            try:
                number, text = self._figure(place, typed)
            except Refusal as error:
                self._refuse(row, cell or "nilai", str(typed), str(error))
                continue
            variable, element_id = place.variable, place.element_id
            key = (unit_id, element_id, place.year, place.month, place.months)
            if key in seen:
                self._refuse(
                    row,
                    cell or "nilai",
                    str(typed),
                    "Angka untuk unit, unsur, dan periode ini sudah ada di baris lain berkas yang sama.",
                )
                continue
            seen.add(key)
            data.append(Datum(variable.pk, element_id, unit_id, place.year, place.month, place.months, number, text))
            numbers.append(row)
            cells.append(cell)
            if progress is not None and count % STEP == 0:
                progress(count)

    def lock(self) -> None:
        """Take out what would change what is frozen: a figure is changed by a correction, a blank one filled in a new round."""
        frozen = self._frozen_periods()
        if not frozen:
            return
        elements = {
            variable.element_id: indicator.code
            for year in self._years.values()
            for indicator, variable in year.values()
        }
        at_risk = [
            (place, row, counts)
            for place, row in enumerate(self.data)
            if (counts := frozen.get((elements[row.element_id], row.year, row.month, row.months))) is not None
        ]
        if not at_risk:
            return
        current = current_at([row for _, row, _ in at_risk])
        asked = self._asked_again()
        drop = set()
        for place, row, counts in at_risk:
            figure = current.get(row.place)
            cause = ""
            if figure is None and counts and row.place not in asked:
                cause = FROZEN_BLANK
            elif figure is not None and figure.frozen and not is_same(row, figure):
                cause = FROZEN
            if cause:
                drop.add(place)
                shown = row.text if row.number is None else write_number(row.number)
                self._refuse(self.rows[place], self.cells[place] or "nilai", shown, cause)
        if drop:
            self.data[:] = [row for place, row in enumerate(self.data) if place not in drop]
            self.rows[:] = [row for place, row in enumerate(self.rows) if place not in drop]
            self.cells[:] = [cell for place, cell in enumerate(self.cells) if place not in drop]

    def _frozen_periods(self) -> dict[tuple[str, int, int, int], bool]:
        """Indicators and periods that a recap has frozen, and whether one that counts has."""
        lines = RecapLine.objects.filter(
            recap__office=self.office, indicator__year__in={row.year for row in self.data}
        ).values_list("indicator__code", "frozen__periode", "recap__withdrawn_at")
        found: dict[tuple[str, int, int, int], bool] = {}
        for code, measured, withdrawn in lines:
            period = Period.parse(str(measured))  # SQLite hands the year "2026" out as a number
            key = (code, period.year, period.last_month, period.kind.months)
            found[key] = found.get(key, False) or withdrawn is None
        return found

    def _asked_again(self) -> set[Place]:
        """Where a run asks for figures that is not frozen yet."""
        state = DataRequest.State
        lines = RequestLine.objects.filter(
            request__office=self.office,
            request__withdrawn_at__isnull=True,
            request__state__in=(*DataRequest.OPEN, state.PREPARED, state.SUBMITTED),
        )
        loaded = lines.select_related("request", "indicator").prefetch_related("indicator__variables")
        return {place for line in loaded for place in places_of(line).values()}

    def take(self, turn: Turn, source: _Source) -> Taken:
        """Make the figures current. Raises FiguresFrozen only for figures frozen outside of a recap."""
        indicators = {
            place.indicator.pk: place.indicator for place in self._places.values() if isinstance(place, _Place)
        }
        mark_used(indicators.values(), turn.at)
        taken = take_in(turn, office=self.office, data=self.data, source=f"import:{source.pk}", by=source.by)
        if not (taken.added or taken.changed or taken.vouched):
            source.row.delete()
        return taken

    def statuses(self) -> tuple[Result, ...]:
        """What becomes of every row, in the order of the rows."""
        current = current_at(self.data) if self.data else {}
        found = [Result(row, _status(datum, current)) for row, datum in zip(self.rows, self.data, strict=True)]
        found += [Result(wrong.row, "salah", wrong.cause) for wrong in self.wrong]
        return tuple(sorted(found, key=lambda result: result.row))

    def changes(self) -> tuple[Change, ...]:
        """What is new or different, figure by figure."""
        current = current_at(self.data) if self.data else {}
        known = {
            variable.pk: found for year in self._years.values() for found in year.values() for variable in found[1:]
        }
        titles = dict(self.office.posts.values_list("pk", "title"))
        told = []
        for row, datum in zip(self.rows, self.data, strict=True):
            here = current.get(datum.place)
            if here is not None and is_same(datum, here):
                continue
            indicator, variable = known[datum.variable_id]
            period = Period(Kind.of_months(datum.months), datum.year, datum.month // datum.months)
            told.append(
                Change(
                    row,
                    f"{indicator.code} · {variable.label}",
                    titles[datum.unit_id],
                    period.code,
                    value_text(here.number, here.text) if here else "",
                    value_text(datum.number, datum.text),
                )
            )
        return tuple(told)

    def digest(self) -> str:
        """The SHA-256 of the figures as they were understood, a line each, in the order of the file."""
        total = hashlib.sha256()
        for start in range(0, len(self.data), 5000):
            total.update("".join(map(as_line, self.data[start : start + 5000])).encode())
        return total.hexdigest()

    def report(
        self, taken: Taken, results: tuple[Result, ...], *, applied: bool, import_id: int | None = None
    ) -> Report:
        wrong = tuple(sorted(self.wrong, key=lambda one: one.row))
        return Report(self.total, taken, wrong, self.wrong_count, applied, False, results, import_id)

    # --- one row ----------------------------------------------------------------------------------------------------

    def _refuse(self, row: int, column: str, value: str, cause: str) -> None:
        self.wrong_count += 1
        if len(self.wrong) < KEPT_WRONG:
            self.wrong.append(Wrong(row, column, value[:80], cause))

    def _place(self, element: str, code: str) -> _Place | _Nowhere:
        try:
            asked = Period.parse(code)
        except Refusal as error:
            return _Nowhere("periode", code, str(error))
        known = self._elements(asked.year).get(element.strip())
        if known is None:
            return _Nowhere("unsur", element, self._unknown(element, asked.year))
        indicator, variable = known
        if not is_due(indicator.frequency, asked):
            return _Nowhere("periode", code, f"{asked.label} bukan saat mengukur: indikator ini {indicator.frequency}.")
        period = value_period(indicator.frequency, asked)
        units = self._units(indicator)
        limited = variable.least is not None or variable.maximum is not None or variable.only_whole
        return _Place(
            indicator,
            variable,
            element_of(variable),
            period.year,
            period.last_month,
            period.kind.months,
            units,
            limited,
        )

    def _elements(self, year: int) -> dict[str, tuple[Indicator, Variable]]:
        if year not in self._years:
            indicators = definitions([self.office], year)
            variables = [(indicator, variable) for indicator in indicators for variable in indicator.variables.all()]
            ensure_elements(variable for _, variable in variables)
            known = {f"{indicator.code}.{variable.name}": (indicator, variable) for indicator, variable in variables}
            for indicator in indicators:
                alone = list(indicator.variables.all())
                if len(alone) == 1:
                    known[indicator.code] = (indicator, alone[0])
            self._years[year] = known
        return self._years[year]

    def _unknown(self, element: str, year: int) -> str:
        own = [code for code in self._elements(year) if code.startswith(f"{element.strip()}.")]
        if own:
            return f"“{element}” punya beberapa variabel; tulis salah satu: {', '.join(own)}."
        if meant := near(element, self._elements(year)):
            return (
                f"Unsur “{element}” tidak ada dalam kamus tahun {year}. Yang mirip: {meant}. Tulis persis seperti itu."
            )
        return f"Unsur “{element}” tidak ada dalam kamus indikator tahun {year}. Tulis kode indikator, titik, nama variabel, mis. IKU-01.pembilang."

    def _units(self, indicator: Indicator) -> Mapping[str, int]:
        if indicator.pk not in self._fillers:
            pks = [indicator.owner_id, *(post.pk for post in indicator.contributors.all())]
            units = {self._posts[pk]: pk for pk in pks if self.own is None or self._posts[pk] in self.own}
            self._fillers[indicator.pk] = {**units, "": pks[0]} if len(pks) == 1 and units else units
        return self._fillers[indicator.pk]

    def _why_not(self, unit: str, place: _Place) -> str:
        pks = [place.indicator.owner_id, *(post.pk for post in place.indicator.contributors.all())]
        codes = [self._posts[pk] for pk in pks]
        if not unit or unit in codes:
            return "Anda tidak memangku jabatan unit ini; angkanya hanya dapat dibawa unit itu sendiri atau pengumpul."
        meant = near(unit, codes)
        also = f" Mungkin maksudnya {meant}; tulis persis seperti itu." if meant else ""
        return f"Indikator {place.indicator.code} tidak diisi unit “{unit}”. Unit pengisinya: {', '.join(codes)}.{also}"

    def _figure(self, place: _Place, typed: str | Decimal | bool) -> tuple[Decimal | None, str]:
        plain = type(typed) is str and len(typed) <= 15 and typed.isascii() and typed.isdigit()
        free = not place.limited or (place.variable.maximum is None and not place.variable.minimum)
        if plain and free and place.indicator.polarity not in WORDS:
            return Decimal(typed), ""
        return self._read(place, typed)

    def _read(self, place: _Place, typed: str | Decimal | bool) -> tuple[Decimal | None, str]:
        if isinstance(typed, bool):
            typed = _yes_or_no(place.indicator, typed)
        if isinstance(typed, Word) and place.indicator.polarity not in WORDS:
            raise Refusal("Nilai ini dikirim sebagai teks, sedangkan indikatornya angka. Kirim angkanya.")
        if isinstance(typed, Decimal):
            typed = write_number(typed, 30) if typed.is_finite() else str(typed)
        elif self.point and place.indicator.polarity not in WORDS:
            typed = _with_comma(typed)
        number, text = read_figure(place.indicator, typed.strip(), place.variable.unit)
        if number is None and not text:
            raise Refusal("Nilainya kosong. Kosong tidak sama dengan 0; hapus barisnya atau isi angkanya.")
        if number is not None and place.limited:
            _check_limits(place.variable, number)
        return number, text


def _yes_or_no(indicator: Indicator, said: bool) -> str | Decimal:
    """A Boolean value: counted where numbers are, a word where words are. Raises Refusal for a grade."""
    if indicator.polarity == Polarity.GRADE:
        raise Refusal("Nilai ya/tidak bukan predikat. Kirim predikatnya, misalnya BB.")
    if indicator.polarity in WORDS:
        return "Ya" if said else "Tidak"
    return Decimal(said)


def _with_comma(typed: str) -> str:
    try:
        return write_number(Decimal(typed.strip()), 30)
    except InvalidOperation:
        return typed


def _check_limits(variable: Variable, number: Decimal) -> None:
    least = variable.least
    if least is not None and number < least:
        raise Refusal(f"{variable.label} paling kecil {write_number(least)}; tertulis {write_number(number)}.")
    if variable.maximum is not None and number > variable.maximum:
        raise Refusal(f"{variable.label} paling besar {write_number(variable.maximum)}.")
    if variable.only_whole and number != int(number):
        raise Refusal(f"{variable.label} harus bilangan bulat; tertulis {write_number(number)}.")


def _status(row: Datum, current: Mapping[tuple[int, int, int, int, int], Figure]) -> str:
    if row.place not in current:
        return "baru"
    return "tetap" if is_same(row, current[row.place]) else "berubah"
