"""What the files of an office say of one another."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from himpun.errors import Refusal
from himpun.folders.findings import Findings, figure_cause
from himpun.folders.rows import (
    HOLDINGS,
    HOURS,
    INDICATORS,
    LEAVES,
    OFFICE,
    PEOPLE,
    POSTS,
    PROGRAMS,
    TABLES,
    TARGETS,
    VALUES,
    VARIABLES,
    HoldingRow,
    IndicatorRow,
    OfficeSettings,
    TargetRow,
    ValueRow,
)
from himpun.folders.tables import Line, Sheet
from himpun.measure.cells.doors import Door, take
from himpun.measure.cells.parts import Kind
from himpun.measure.cells.reading import read_cell
from himpun.measure.scoring.values import Polarity, read_target
from himpun.offices.cells import frequency_of
from himpun.offices.rules import ROLES, UNIT
from himpun.offices.vocabulary import MANDATES, HoldingKind
from himpun.offices.worktime import LONGEST_HOURS


@dataclass(frozen=True, slots=True)
class Folder:
    settings: OfficeSettings | None
    sheets: Mapping[str, Sheet]
    found: Findings

    def check_known(self, file: str, column: str, target: str, target_column: str) -> None:
        """Every text in this column must be written in that column of the other file."""
        if not self.sheets[target].complete:
            return
        known = self.sheets[target].written(target_column)
        for number, cells in self.sheets[file].lines:
            written = cells.get(column, "")
            if written and written not in known:
                cause = f"tidak ada dalam {target} kolom {target_column}; perbaiki atau tambahkan di sana."
                self.found.add(file, cause, row=number, column=column, value=written)

    def wrong(self, file: str, row: Any, column: str, value: str, cause: str) -> None:
        self.found.add(file, cause, row=row.row, column=column, value=value)


def _check_references(folder: Folder) -> None:
    """What a column names stands in the file that it names it from."""
    for file, table in TABLES.items():
        for heading, _, cell in table.columns:
            if cell.known:
                folder.check_known(file, heading, *cell.known)


def _check_roles(folder: Folder) -> None:
    """Every role but the units is held by exactly one post, and there is at least one unit."""
    sheet = folder.sheets[POSTS]
    if not sheet.complete:
        return
    by_role: dict[str, list[Line]] = defaultdict(list)
    for line in sheet.lines:
        by_role[line[1]["role"]].append(line)
    for role, title in ROLES.items():
        if not by_role[role] and set(by_role) <= {*ROLES, ""}:  # else one may be misspelt
            cause = f"belum ada jabatan dengan peran {role} ({title}); tambahkan satu baris."
            folder.found.add(POSTS, cause, column="role")
        for number, cells in by_role[role][1:] if role != UNIT else ():
            cause = f"peran {role} sudah dipegang {by_role[role][0][1]['code']}; hanya boleh satu jabatan."
            folder.found.add(POSTS, cause, row=number, column="role", value=cells["role"])


def _check_post_tree(folder: Folder) -> None:
    """Every post but the head has one above it, and nobody is above themselves."""
    above = {cells["code"]: cells["parent"] for _, cells in folder.sheets[POSTS].lines}
    for number, cells in folder.sheets[POSTS].lines:
        role, parent = cells["role"], cells["parent"]
        if role == "kepala" and parent:
            cause = "kepala tidak mempunyai atasan di kantor ini; kosongkan."
            folder.found.add(POSTS, cause, row=number, column="parent", value=parent)
        if role in ROLES and role != "kepala" and not parent:
            cause = "isi kode jabatan atasannya, karena paraf berjenjang mengikuti garis ini."
            folder.found.add(POSTS, cause, row=number, column="parent")
        if parent and cells["code"] in _line_up(above, parent):
            cause = "jabatan ini menjadi atasan dirinya sendiri; perbaiki garis atasannya."
            folder.found.add(POSTS, cause, row=number, column="parent", value=parent)


def _check_post_days(folder: Folder) -> None:
    """A post closes after it was opened, and only where no step of the SOP waits for its role."""
    for row in folder.sheets[POSTS].rows:
        if row.since and row.until and row.until < row.since:
            folder.wrong(POSTS, row, "to", row.until.isoformat(), "hari terakhir mendahului hari pertama.")
        if row.until and row.role not in ("", UNIT):
            cause = "jabatan yang memegang peran SOP tidak ditutup; pindahkan dahulu perannya."
            folder.wrong(POSTS, row, "to", row.until.isoformat(), cause)


def _line_up(above: Mapping[str, str], post: str) -> Iterator[str]:
    seen: set[str] = set()
    while post and post not in seen:
        seen.add(post)
        yield post
        post = above.get(post, "")


def _check_unit_codes(folder: Folder) -> None:
    known = folder.settings.unit_codes if folder.settings else {}
    for number, cells in folder.sheets[POSTS].lines if known else ():
        if cells["unit_code"] and cells["unit_code"] not in known:
            cause = f"tidak ada dalam [unit_codes] di {OFFICE}; perbaiki atau tambahkan di sana."
            folder.found.add(POSTS, cause, row=number, column="unit_code", value=cells["unit_code"])


def _check_people(folder: Folder) -> None:
    """Nobody shares a NIP, and everybody holds a post."""
    held = folder.sheets[HOLDINGS].written("username")
    first: dict[str, int] = {}
    for person in folder.sheets[PEOPLE].rows:
        digits = re.sub(r"\s", "", person.nip)
        if digits and first.setdefault(digits, person.row) != person.row:
            cause = f"NIP ini sudah dipakai pada baris {first[digits]}."
            folder.wrong(PEOPLE, person, "nip", person.nip, cause)
        if folder.sheets[HOLDINGS].complete and person.username not in held:
            cause = f"orang ini tidak memegang jabatan; tambahkan barisnya di {HOLDINGS}."
            folder.wrong(PEOPLE, person, "username", person.username, cause)


def _check_holdings(folder: Folder) -> None:
    definitive: dict[str, list[HoldingRow]] = defaultdict(list)
    for holding in folder.sheets[HOLDINGS].rows:
        if holding.until and holding.until < holding.since:
            cause = f"berakhir sebelum mulai ({holding.since}); perbaiki salah satu tanggalnya."
            folder.wrong(HOLDINGS, holding, "to", str(holding.until), cause)
        if holding.kind != HoldingKind.DEFINITIF and not holding.letter:
            cause = f"{holding.kind} memerlukan nomor surat perintah atau keputusannya."
            folder.wrong(HOLDINGS, holding, "letter", "", cause)
        if holding.kind == HoldingKind.DEFINITIF:
            definitive[holding.post].append(holding)
    for post, holdings in definitive.items():
        _check_overlap(folder, post, sorted(holdings, key=lambda holding: (holding.since, holding.row)))


def _check_mandates(folder: Folder) -> None:
    """A mandate names an own post that its person holds, one level below the post for a.n., two for u.b."""
    above = {cells["code"]: cells["parent"] for _, cells in folder.sheets[POSTS].lines}
    held = {(row.username, row.post) for row in folder.sheets[HOLDINGS].rows if row.kind not in MANDATES}
    for row in folder.sheets[HOLDINGS].rows:
        if row.kind not in MANDATES and row.own_post:
            folder.wrong(HOLDINGS, row, "own_post", row.own_post, "hanya untuk a.n dan u.b; kosongkan.")
        if row.kind in MANDATES:
            superior = above.get(row.own_post, "")
            given_by = superior if row.kind == HoldingKind.AN else above.get(superior, "")
            if not row.own_post:
                folder.wrong(HOLDINGS, row, "own_post", "", f"{row.kind} memerlukan kode jabatannya sendiri.")
            elif given_by != row.post:
                level = "tepat" if row.kind == HoldingKind.AN else "dua tingkat"
                cause = f"{row.kind} diberikan kepada jabatan {level} di bawah {row.post}; perbaiki salah satunya."
                folder.wrong(HOLDINGS, row, "own_post", row.own_post, cause)
            elif (row.username, row.own_post) not in held:
                cause = f"{row.username} tidak memegang jabatan itu; tambahkan barisnya."
                folder.wrong(HOLDINGS, row, "own_post", row.own_post, cause)


def _check_leaves(folder: Folder) -> None:
    """Leaves end after they begin, one person's do not overlap, and nobody on leave stands in."""
    rows = folder.sheets[LEAVES].rows
    for row in rows:
        if row.until < row.since:
            cause = f"berakhir sebelum mulai ({row.since}); perbaiki salah satu tanggalnya."
            folder.wrong(LEAVES, row, "to", str(row.until), cause)
        if row.substitute == row.username:
            folder.wrong(LEAVES, row, "substitute", row.substitute, "pengganti harus orang lain.")
        for other in rows:
            if other.row == row.row or other.since > row.until or other.until < row.since:
                continue
            if other.username == row.username and other.row < row.row:
                folder.wrong(LEAVES, row, "from", str(row.since), f"bertindih dengan cuti pada baris {other.row}.")
            if other.username == row.substitute:
                cause = f"pengganti ini sendiri cuti pada hari-hari itu (baris {other.row})."
                folder.wrong(LEAVES, row, "substitute", row.substitute, cause)


def _check_overlap(folder: Folder, post: str, holdings: Sequence[HoldingRow]) -> None:
    """Holdings in order of their beginning: each must begin after all before it have ended."""
    latest = holdings[0]
    for holding in holdings[1:]:
        if latest.until is None or latest.until >= holding.since:
            until = latest.until or "seterusnya"
            cause = (
                f"{post} masih dipegang {latest.username} secara definitif sampai {until} (baris {latest.row}); "
                "akhiri yang lama sehari sebelumnya."
            )
            folder.wrong(HOLDINGS, holding, "from", str(holding.since), cause)
        if latest.until and (holding.until is None or holding.until > latest.until):
            latest = holding


def _check_hours(folder: Folder) -> None:
    """Special hours end after they begin and last a year at most."""
    for row in folder.sheets[HOURS].rows:
        if not 0 <= (row.until - row.since).days < LONGEST_HOURS:
            cause = f"harus sama dengan atau sesudah from, paling lama {LONGEST_HOURS} hari."
            folder.wrong(HOURS, row, "to", str(row.until), cause)


def _check_variables(folder: Folder) -> None:
    """Each indicator has a variable, unless its formula is made of other indicators; `indicators` reads the formula."""
    if not folder.sheets[VARIABLES].complete:
        return
    with_variables = folder.sheets[VARIABLES].written("indicator")
    for indicator in folder.sheets[INDICATORS].rows:
        if indicator.code not in with_variables and "[" not in indicator.formula:
            cause = f"indikator ini belum mempunyai variabel di {VARIABLES}."
            folder.wrong(INDICATORS, indicator, "code", indicator.code, cause)


@dataclass(frozen=True, slots=True)
class _Definitions:
    """The indicators by code and year: those read without an error, and all that are written."""

    folder: Folder
    read: Mapping[tuple[str, int], IndicatorRow]
    written: Mapping[str, set[str]]

    @classmethod
    def of(cls, folder: Folder) -> "_Definitions":
        written: dict[str, set[str]] = defaultdict(set)
        for _, cells in folder.sheets[INDICATORS].lines:
            written[cells["code"]].add(cells["year"])
        return cls(folder, {(row.code, row.year): row for row in folder.sheets[INDICATORS].rows}, written)

    def of_year(self, file: str, row: TargetRow | ValueRow) -> IndicatorRow | None:
        """The definition of this row's year; notes it when there is none, or when the period does not suit it."""
        year = row.period[:4]
        definition = self.read.get((row.indicator, int(year)))
        if definition:
            _check_frequency(self.folder, file, row, definition)
        elif row.indicator in self.written and year not in self.written[row.indicator]:
            cause = f"indikator {row.indicator} tidak didefinisikan untuk tahun {year}; tambahkan di {INDICATORS}."
            self.folder.wrong(file, row, "period", row.period, cause)
        return definition


def _check_targets(folder: Folder) -> None:
    """Targets suit the polarity and frequency of the definition of their year."""
    definitions = _Definitions.of(folder)
    for indicator in definitions.read.values():
        for column in ("renstra_target", "national_standard"):
            written = getattr(indicator, column)
            _check_target(folder, INDICATORS, indicator, column, written, indicator.polarity)
    for target in folder.sheets[TARGETS].rows:
        if definition := definitions.of_year(TARGETS, target):
            _check_target(folder, TARGETS, target, "value", target.value, definition.polarity)


def _check_values(folder: Folder) -> None:
    """History names a variable of its indicator, a period of its frequency, and a number (or a grade)."""
    definitions = _Definitions.of(folder)
    variables = {(cells["indicator"], cells["name"]) for _, cells in folder.sheets[VARIABLES].lines}
    with_variables = {indicator for indicator, _ in variables}
    units = {(cells["indicator"], cells["name"]): cells.get("unit", "") for _, cells in folder.sheets[VARIABLES].lines}
    for value in folder.sheets[VALUES].rows:
        if value.indicator in with_variables and (value.indicator, value.variable) not in variables:
            cause = f"bukan variabel indikator {value.indicator} di {VARIABLES}."
            folder.wrong(VALUES, value, "variable", value.variable, cause)
        if definition := definitions.of_year(VALUES, value):
            unit = units.get((value.indicator, value.variable), "")
            _check_value(folder, value, definition.polarity, unit)


def _check_links(folder: Folder) -> None:
    """A program names indicators that are defined for its year."""
    defined = {(cells["code"], cells["year"]) for _, cells in folder.sheets[INDICATORS].lines}
    for program in folder.sheets[PROGRAMS].rows if folder.sheets[INDICATORS].complete else ():
        for indicator in program.indicators.split():
            if (indicator, str(program.year)) not in defined:
                cause = f"indikator {indicator} tidak didefinisikan untuk tahun {program.year} di {INDICATORS}."
                folder.wrong(PROGRAMS, program, "indicators", program.indicators, cause)


def _check_frequency(folder: Folder, file: str, row: Any, indicator: IndicatorRow) -> None:
    written = frequency_of(row.period)
    if written not in ("tahunan", indicator.frequency):
        cause = f"periode {written}, padahal indikator {indicator.code} {indicator.frequency}."
        folder.wrong(file, row, "period", row.period, cause)


def _check_target(folder: Folder, file: str, row: Any, column: str, written: str, polarity: str) -> None:
    """A target is a number, a band for range, a grade for predikat; what the dictionary would not compute is refused here."""
    if polarity == Polarity.GRADE:
        _check_grade(folder, file, row, column, written)
        return
    try:
        read_target(written, polarity)
    except Refusal as problem:
        folder.wrong(file, row, column, written, figure_cause(problem))


def _check_value(folder: Folder, row: ValueRow, polarity: str, unit: str) -> None:
    if polarity == Polarity.TEXT:
        return
    if polarity == Polarity.GRADE:
        _check_grade(folder, VALUES, row, "value", row.value)
        return
    try:
        take(row.value, Door.FIGURE, unit=unit)
    except Refusal as problem:
        folder.wrong(VALUES, row, "value", row.value, figure_cause(problem))


def _check_grade(folder: Folder, file: str, row: Any, column: str, written: str) -> None:
    if read_cell(written).kind not in (Kind.GRADE, Kind.WORDS, Kind.BLANK):
        cause = "indikator predikat memerlukan predikat, bukan angka (contoh: BB atau WTP)."
        folder.wrong(file, row, column, written, cause)


CHECKS: tuple[Callable[[Folder], None], ...] = (
    _check_references,
    _check_roles,
    _check_post_tree,
    _check_post_days,
    _check_unit_codes,
    _check_people,
    _check_holdings,
    _check_mandates,
    _check_leaves,
    _check_hours,
    _check_variables,
    _check_targets,
    _check_values,
    _check_links,
)
