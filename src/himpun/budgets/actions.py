"""Changing programs and money: nodes, their months, the efficiency rule, links to indicators, and whole files of them.

Every act takes the office's turn and is recorded in its journal; a form says what it was based on, so that nobody
overwrites what they have not seen.
"""

import hashlib
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from himpun import clock
from himpun.archive.chain import canonical
from himpun.archive.journal import Author, Turn, act
from himpun.budgets.amounts import MONTH_NUMBERS, read_money, read_physical
from himpun.budgets.efficiency import RULE_NAMES
from himpun.budgets.models import BudgetSetting, IndicatorProgram, MonthlyProgress, Program, money_text
from himpun.budgets.planning import Change, Plan, plan
from himpun.budgets.queries import entries_of
from himpun.budgets.rollup import ABOVE, Level, is_code, level_of, parent_of, tree_faults
from himpun.budgets.rules import BudgetMoved, ProgramInUse
from himpun.budgets.sheets import read_budget
from himpun.budgets.worth import EfficiencyRule
from himpun.errors import FieldErrors, Refusal
from himpun.indicators.models.dictionary import Indicator
from himpun.measure.numbers import read_number, write_number
from himpun.moments import MONTHS
from himpun.offices.acting import acting_in
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_MANAGE_BUDGET
from himpun.spreadsheets.book import Book, Wrong
from himpun.typed import Complaints, Text, line, read_whole


class ImportRefused(Refusal):
    """A file with something wrong in it; `wrong` names every cell and nothing was changed."""

    code = "impor-anggaran-salah"

    def __init__(self, wrong: tuple[Wrong, ...]) -> None:
        super().__init__(
            f"Berkas belum dapat diimpor: ada {len(wrong)} sel yang salah dan tidak ada yang disimpan. "
            "Perbaiki sel yang disebut, lalu unggah lagi."
        )
        self.wrong = wrong


def _author(by: Person, office_id: int, to: str) -> Author:
    return acting_in(by, office_id, roles=MAY_MANAGE_BUDGET, to=to).author


def check_year(year: int) -> int:
    """The year itself. Raises FieldErrors for one that no budget has."""
    wrong = Complaints()
    wrong.year("year", year)
    wrong.refuse()
    return year


# --- one program ------------------------------------------------------------------------------------------------------


def stamp_of(*what: object) -> str:
    """A short digest of what a form shows: the same only while nothing of it has changed."""
    return hashlib.sha256(canonical([str(one) for one in what]).encode()).hexdigest()[:16]


def program_stamp(program: Program) -> str:
    """What the form of a program was based on."""
    amounts = money_text(program.budget), money_text(program.revised_budget)
    return stamp_of(program.name, program.owner_id, *amounts)


def progress_stamp(program: Program) -> str:
    """What the table of a program's months was based on."""
    rows = MonthlyProgress.objects.filter(program=program).order_by("month")
    return stamp_of(*((row.month, money_text(row.spent), money_text(row.physical)) for row in rows))


def save_program(
    *,
    office: Office,
    year: int,
    fields: Mapping[str, str],
    by: Person,
    program_id: int | None = None,
    based_on: str = "",
) -> Program:
    """Make a node, or change the one called `program_id`. `fields` as typed: code, level, name, owner (post id), budget,
    revised_budget; code and level of an existing node stay.

    Raises HoldsNoPost, FieldErrors by field, or BudgetMoved when `based_on` (`program_stamp`) is stale.
    """
    author = _author(by, office.pk, "mengubah program dan anggaran")
    check_year(year)
    with act(office.code, at=clock.now(), author=author) as turn:
        old = Program.objects.get(pk=program_id, office=office) if program_id else None
        if old and based_on and based_on != program_stamp(old):
            raise BudgetMoved
        values = _read_program(office, year, fields, old)
        program = _write_program(turn, office, year, values, old)
    return program


def _read_program(office: Office, year: int, fields: Mapping[str, str], old: Program | None) -> dict[str, Any]:
    typed = {key: line(fields.get(key, "")) for key in (*_TYPED, "budget", "revised_budget")}
    wrong = Complaints()
    name = wrong.text("name", typed["name"], Text.SHORT, missing="Isi nama program, paling banyak 300 huruf.")
    values: dict[str, Any] = {"name": name, "owner_id": _read_owner(office, typed["owner"], wrong)}
    for key in ("budget", "revised_budget"):
        values[key] = wrong.read(key, typed[key], read_money, None)
    if old is None:
        values |= _read_place(office, year, typed["code"], typed["level"], wrong)
    elif old.children.exists() and (typed["budget"] or typed["revised_budget"]):
        wrong["budget"] = "Pagu di sini dihitung dari bawahnya; kosongkan, dan isi pagu pada baris terbawah."
    wrong.refuse()
    return values


_TYPED = ("code", "level", "name", "owner")


def _read_owner(office: Office, typed: str, wrong: dict[str, str]) -> int | None:
    if not typed:
        return None
    owner = Post.objects.filter(office=office, pk=read_whole(typed) or 0).first()
    if owner is None:
        wrong["owner"] = "Pilih jabatan dari daftar."
    return owner.pk if owner else None


def _read_place(office: Office, year: int, code: str, level: str, wrong: dict[str, str]) -> dict[str, Any]:
    """Where a new node hangs: its code, level and parent."""
    if not is_code(code):
        wrong["code"] = "Tulis kode seperti 7.01.01 (program), 7.01.01.2.01 (kegiatan), atau 7.01.01.2.01.0006."
        return {}
    entries = entries_of(office, year)
    known = {one: entry.level for one, entry in entries.items()}
    if code in known:
        wrong["code"] = f"Kode ini sudah ada pada tahun {year}. Buka program itu untuk mengubahnya."
        return {}
    chosen = Level(level) if level in list(Level) else level_of(code)
    if chosen is None:
        wrong["level"] = "Pilih jenjangnya: program, kegiatan, atau sub-kegiatan."
        return {}
    faults = [
        fault
        for fault in tree_faults({**known, code: chosen})
        if fault.code == code or fault.code.startswith(f"{code}.")
    ]
    parent = parent_of(code, known)
    if faults:
        wrong["code"] = "; ".join(dict.fromkeys(f"{fault.code}: {fault.cause}" for fault in faults))
    elif parent and entries[parent].has_figures:
        wrong["code"] = (
            f"{parent} masih menyimpan pagu atau realisasinya sendiri. Kosongkan dahulu sebelum diberi bawahan."
        )
    return {
        "code": code,
        "level": chosen.value,
        "parent": Program.objects.filter(office=office, year=year, code=parent).first() if parent else None,
    }


def _write_program(turn: Turn, office: Office, year: int, values: dict[str, Any], old: Program | None) -> Program:
    if old is None:
        program = Program.objects.create(office=office, year=year, **values)
        data = {"code": program.code, "name": program.name, "year": year, **_amounts(program)}
        turn.record("budgets:program:added", f"program:{program.pk}", data)
        return program
    changed = {key: value for key, value in values.items() if getattr(old, key) != value}
    if changed:
        said = {key: [_said(getattr(old, key)), _said(value)] for key, value in changed.items()}
        Program.objects.filter(pk=old.pk).update(**changed)
        turn.record(
            "budgets:program:changed", f"program:{old.pk}", {"code": old.code, "year": old.year, "changed": said}
        )
        old.refresh_from_db()
    return old


def _amounts(program: Program) -> dict[str, str]:
    return {"budget": money_text(program.budget), "revised_budget": money_text(program.revised_budget)}


def _said(value: object) -> str:
    return money_text(value) if isinstance(value, Decimal) else "" if value is None else str(value)


def remove_program(*, program_id: int, by: Person) -> None:
    """Delete a node that has nothing below it and no months; its links go with it. Raises ProgramInUse."""
    program = Program.objects.select_related("office").get(pk=program_id)
    author = _author(by, program.office_id, "menghapus program")
    with act(program.office.code, at=clock.now(), author=author) as turn:
        if program.children.exists():
            raise ProgramInUse(program.code, "masih ada baris di bawahnya. Hapus bawahannya dahulu.")
        if program.progress.exists():
            raise ProgramInUse(program.code, "realisasi atau fisiknya sudah diisi. Kosongkan bulan-bulannya dahulu.")
        data = {"code": program.code, "name": program.name, "year": program.year, **_amounts(program)}
        turn.record("budgets:program:removed", f"program:{program.pk}", data)
        program.delete()


# --- its months -------------------------------------------------------------------------------------------------------


def save_progress(*, program_id: int, figures: Mapping[int, tuple[str, str]], by: Person, based_on: str = "") -> int:
    """Write realisasi and physical progress by month (1–12) as typed; blank empties a month. Returns how many months changed.

    A month that is not in `figures` stays. Raises FieldErrors keyed "spent-3" and "physical-3", BudgetMoved when
    `based_on` (`progress_stamp`) is stale, or Refusal for a node that has others below it.
    """
    program = Program.objects.select_related("office").get(pk=program_id)
    author = _author(by, program.office_id, "mengisi realisasi anggaran")
    with act(program.office.code, at=clock.now(), author=author) as turn:
        if program.children.exists():
            raise Refusal("Realisasi dan fisik di sini dihitung dari bawahnya; isi pada baris terbawah.")
        if based_on and based_on != progress_stamp(program):
            raise BudgetMoved
        wanted = _read_months(figures)
        changed = _write_months(program, wanted)
        if changed:
            data = {"code": program.code, "year": program.year, "months": changed}
            turn.record("budgets:progress:saved", f"program:{program.pk}", data)
    return len(changed)


Months = dict[int, tuple[Decimal | None, Decimal | None]]
"""Month → realisasi and physical progress."""


def _read_months(figures: Mapping[int, tuple[str, str]]) -> Months:
    wrong = Complaints()
    read: Months = {}
    for month, (spent, physical) in figures.items():
        if month not in MONTH_NUMBERS:
            raise FieldErrors({f"spent-{month}": "Bulan ini tidak ada; muat ulang halaman."})
        pair: list[Decimal | None] = []
        for key, typed, reader in (("spent", spent, read_money), ("physical", physical, read_physical)):
            try:
                pair.append(reader(typed))
            except Refusal as refusal:
                wrong[f"{key}-{month}"] = f"{MONTHS[month - 1]}: {refusal}"
                pair.append(None)
        read[month] = (pair[0], pair[1])
    wrong.refuse()
    return read


def _write_months(program: Program, wanted: Months) -> dict[str, list[str]]:
    """Month name → [realisasi before, after, fisik before, after] of the months that changed."""
    stored = {row.month: row for row in MonthlyProgress.objects.filter(program=program)}
    changed: dict[str, list[str]] = {}
    for month, (spent, physical) in sorted(wanted.items()):
        row = stored.get(month)
        before = (row.spent, row.physical) if row else (None, None)
        if before == (spent, physical):
            continue
        changed[MONTHS[month - 1]] = [*map(money_text, (before[0], spent)), *map(money_text, (before[1], physical))]
        if spent is None and physical is None:
            MonthlyProgress.objects.filter(program=program, month=month).delete()
        else:
            values = {"spent": spent, "physical": physical}
            MonthlyProgress.objects.update_or_create(program=program, month=month, defaults=values)
    return changed


# --- the rule and the links -------------------------------------------------------------------------------------------


def set_setting(*, office: Office, year: int, rule: str, tolerance: str, cap: str, by: Person) -> BudgetSetting:
    """Choose the efficiency rule of a year; tolerance (points, 0–100) and cap (%, above 0, at most 20) as typed."""
    author = _author(by, office.pk, "memilih aturan efisiensi")
    check_year(year)
    values = _read_setting(rule, tolerance, cap)
    with act(office.code, at=clock.now(), author=author) as turn:
        old = BudgetSetting.objects.filter(office=office, year=year).first()
        if old and {key: getattr(old, key) for key in values} == values:
            return old
        setting, _ = BudgetSetting.objects.update_or_create(office=office, year=year, defaults=values)
        data = {
            "year": year,
            "rule": RULE_NAMES[EfficiencyRule(rule)],
            "tolerance": write_number(values["tolerance"]),
            "cap": write_number(values["cap"]),
            "before": RULE_NAMES[EfficiencyRule(old.rule)] if old else "",
        }
        turn.record("budgets:setting:changed", f"budget:{year}", data)
    return setting


def _read_setting(rule: str, tolerance: str, cap: str) -> dict[str, Any]:
    wrong = Complaints()
    wrong.choice("rule", rule, list(EfficiencyRule), "Pilih salah satu aturan efisiensi.")
    values: dict[str, Any] = {"rule": rule}
    bounds = {
        "tolerance": (tolerance, Decimal(0), Decimal(100), "Tulis 0 sampai 100 poin, misalnya 5."),
        "cap": (cap, Decimal("0.01"), Decimal(20), "Tulis 0,01 sampai 20, supaya NE tetap 0 sampai 100."),
    }
    for key, (typed, lowest, highest, sentence) in bounds.items():
        number = values[key] = wrong.read(key, typed, read_number, lowest)
        if not lowest <= number <= highest or number != round(number, 2):
            wrong[key] = sentence
    wrong.refuse()
    return values


def link_indicator(*, program_id: int, indicator_code: str, by: Person) -> IndicatorProgram:
    """Say that a program serves an indicator of its year. Raises FieldErrors for a code the dictionary does not have."""
    program = Program.objects.select_related("office").get(pk=program_id)
    author = _author(by, program.office_id, "menautkan indikator")
    code = indicator_code.strip()
    with act(program.office.code, at=clock.now(), author=author) as turn:
        if not Indicator.objects.filter(office=program.office, year=program.year, code=code).exists():
            raise FieldErrors({"indicator": f"Pilih indikator tahun {program.year} dari daftar."})
        link, is_new = IndicatorProgram.objects.get_or_create(program=program, indicator_code=code)
        if is_new:
            turn.record("budgets:link:added", f"program:{program.pk}", {"indicator": code, "code": program.code})
    return link


def unlink_indicator(*, link_id: int, by: Person) -> Program:
    """Take a link away again."""
    link = IndicatorProgram.objects.select_related("program__office").get(pk=link_id)
    author = _author(by, link.program.office_id, "melepas tautan indikator")
    with act(link.program.office.code, at=clock.now(), author=author) as turn:
        data = {"indicator": link.indicator_code, "code": link.program.code}
        turn.record("budgets:link:removed", f"program:{link.program_id}", data)
        link.delete()
    return link.program


# --- a whole file -----------------------------------------------------------------------------------------------------


def import_budget(
    *,
    office: Office,
    year: int,
    book: Book,
    by: Person,
    dry_run: bool = False,
    file_name: str = "",
    file_sha256: str = "",
    expected: str = "",
) -> Plan:
    """Take programs, pagu and months from a book, all or nothing; returns what was (or would be) changed.

    A dry run writes nothing and returns what is wrong in `Plan.wrong`; otherwise that raises ImportRefused.
    `file_sha256` names the file kept in the archive; `expected` is the `Plan.digest` somebody agreed to: BudgetMoved
    when the file would now do something else. Importing the same file again changes nothing.
    """
    author = _author(by, office.pk, "mengimpor anggaran")
    check_year(year)
    if dry_run:
        return _plan_import(office, year, book)
    with act(office.code, at=clock.now(), author=author) as turn:
        found = _plan_import(office, year, book)
        if found.wrong:
            raise ImportRefused(found.wrong)
        if expected and expected != found.digest:
            raise BudgetMoved
        if found.changes:
            apply_changes(office, year, found.changes)
            data = {"year": year, "file": file_name, "changed": len(found.changes), "same": found.same}
            turn.record("budgets:budget:imported", f"budget:{year}", data, file_sha256=file_sha256)
    return found


def _plan_import(office: Office, year: int, book: Book) -> Plan:
    reading = read_budget(book)
    posts = set(Post.objects.filter(office=office).values_list("code", flat=True))
    found = plan(entries_of(office, year), reading.rows, posts, reading.wrong)
    return Plan(found.changes, found.same, found.wrong, reading.notes)


def apply_changes(office: Office, year: int, changes: Collection[Change]) -> None:
    """Write planned changes, a parent before what is below it. For who holds the office's turn."""
    posts = dict(Post.objects.filter(office=office).values_list("code", "pk"))
    known = {program.code: program for program in Program.objects.filter(office=office, year=year)}
    for change in changes:
        entry = change.entry
        values = {
            "name": entry.name,
            "owner_id": posts.get(entry.owner),
            "budget": entry.budget,
            "revised_budget": entry.revised,
        }
        program = known.get(entry.code)
        if program is None:
            parent = known.get(parent_of(entry.code, known)) if ABOVE[entry.level] else None
            program = Program.objects.create(
                office=office, year=year, code=entry.code, level=entry.level.value, parent=parent, **values
            )
            known[entry.code] = program
        else:
            Program.objects.filter(pk=program.pk).update(**values)
    _write_progress([(known[change.entry.code], change) for change in changes])


def _write_progress(changed: list[tuple[Program, Change]]) -> None:
    rows = [
        MonthlyProgress(
            program=program,
            month=month,
            spent=change.entry.spent.get(month),
            physical=change.entry.physical.get(month),
        )
        for program, change in changed
        for month in sorted({*change.entry.spent, *change.entry.physical})
    ]
    MonthlyProgress.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["program", "month"], update_fields=["spent", "physical"]
    )
