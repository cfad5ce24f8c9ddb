"""What an import would change: the lines of a file laid over the tree as it stands. Pure.

A blank cell leaves what is there. Figures on a row that has others below it are its subtotals: they are checked against
the sum and never stored. One thing wrong, and nothing of the file is taken.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from himpun.archive.chain import canonical
from himpun.budgets.amounts import same
from himpun.budgets.printed import agrees, nearest_place
from himpun.budgets.rollup import Entry, Level, in_order, level_of, parent_of, sum_up, tree_faults
from himpun.budgets.sheets import Row
from himpun.measure.numbers import write_number
from himpun.moments import MONTHS
from himpun.spreadsheets.book import Wrong


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One figure or word, before and after, as text; "" is blank."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One node that is made or changed."""

    entry: Entry
    is_new: bool
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do: nothing at all while anything is `wrong`. `same` counts nodes it names and leaves as they are."""

    changes: tuple[Change, ...] = ()
    same: int = 0
    wrong: tuple[Wrong, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def digest(self) -> str:
        """SHA-256 over every change: the same only while the file would do the same."""
        said = [
            [change.entry.code, change.is_new, [[f.label, f.before, f.after] for f in change.fields]]
            for change in self.changes
        ]
        return hashlib.sha256(canonical(said).encode()).hexdigest()


def plan(
    existing: Mapping[str, Entry], rows: Sequence[Row], posts: Collection[str], misread: Sequence[Wrong] = ()
) -> Plan:
    """Lay `rows` over the tree `existing` (code → entry); `posts` are the codes an owner may have.

    `misread` is what was already wrong with the file: it is reported together with what is found here, and subtotals
    are not compared while figures are missing for it.
    """
    wrong: list[Wrong] = list(misread)
    levels = {code: entry.level for code, entry in existing.items()} | _levels(existing, rows, wrong)
    wrong += _shape(existing, rows, levels)
    above = {parent for code in levels if (parent := parent_of(code, levels))}
    after = dict(existing)
    for row in rows:
        if row.code in levels:
            after[row.code] = _laid_over(after.get(row.code), row, levels[row.code], row.code in above)
        if row.owner and row.owner not in posts:
            wrong.append(row.wrong("owner", row.owner, "tidak ada jabatan berkode ini di kantor; lihat Pengaturan."))
    wrong += _nameless(rows, after) + ([] if misread else _subtotals(rows, after, above))
    if wrong:
        return Plan(wrong=tuple(sorted(wrong, key=lambda one: one.row)))
    named = sorted({row.code for row in rows}, key=in_order)
    changes = [_change(existing.get(code), after[code]) for code in named]
    made = tuple(change for change in changes if change.is_new or change.fields)
    return Plan(made, len(changes) - len(made))


def _levels(existing: Mapping[str, Entry], rows: Iterable[Row], wrong: list[Wrong]) -> dict[str, Level]:
    found: dict[str, Level] = {}
    for row in rows:
        old = existing.get(row.code)
        known = old.level if old else found.get(row.code)
        level = row.level or known or level_of(row.code)
        if level is None:
            cause = "jenjangnya tidak dapat dikenali dari kode; tambahkan kolom jenjang."
            known_codes = {*existing, *(one.code for one in rows)}
            wrong.append(row.wrong("code", row.code, cause + _suggestion(row.code, known_codes)))
        elif (
            known is None
            and row.level is None
            and (near := _sub_activity_without_its_activity(row.code, existing, rows))
        ):
            cause = (
                f"kode ini tampaknya sub-kegiatan yang kurang satu bagian; mungkin maksudnya {near}. Perbaiki kodenya."
            )
            wrong.append(row.wrong("code", row.code, cause))
        elif known and level is not known:
            wrong.append(
                row.wrong("level", level, f"kode ini sudah tercatat sebagai {known}; jenjang tidak dapat diubah.")
            )
        else:
            found[row.code] = level
    return found


def _sub_activity_without_its_activity(code: str, existing: Mapping[str, Entry], rows: Iterable[Row]) -> str:
    """Where "7.01.01.2.0006" belongs, which would pass for a kegiatan by its five parts; "" for a regular code."""
    is_odd = level_of(code) is Level.ACTIVITY and len(code.rpartition(".")[2]) == 4
    return nearest_place(code, {*existing, *(one.code for one in rows)}) if is_odd else ""


def _shape(existing: Mapping[str, Entry], rows: Sequence[Row], levels: Mapping[str, Level]) -> list[Wrong]:
    first = _first_rows(rows)
    wrong = [
        first[fault.code].wrong("code", fault.code, fault.cause + _suggestion(fault.code, levels))
        for fault in tree_faults(levels)
        if fault.code in first
    ]
    for code, row in first.items():
        parent = existing.get(parent_of(code, levels))
        if parent and code not in existing and parent.has_figures:
            cause = f"{parent.code} masih menyimpan pagu atau realisasinya sendiri; kosongkan dahulu sebelum diberi bawahan."
            wrong.append(row.wrong("code", code, cause))
    return wrong


def _suggestion(code: str, known: Collection[str]) -> str:
    """Where a code with a part left out or written twice probably belongs; "" where that is not plain."""
    near = nearest_place(code, known)
    return f" Mungkin maksudnya {near}." if near else ""


def _first_rows(rows: Iterable[Row]) -> dict[str, Row]:
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row.code, row)
    return first


def _laid_over(old: Entry | None, row: Row, level: Level, has_below: bool) -> Entry:
    entry = old or Entry(row.code, "", level)
    entry = replace(entry, name=row.name or entry.name, owner=row.owner or entry.owner)
    if has_below:
        return entry
    return replace(
        entry,
        budget=entry.budget if row.budget is None else row.budget,
        revised=entry.revised if row.revised is None else row.revised,
        spent={**entry.spent, **row.spent},
        physical={**entry.physical, **row.physical},
    )


def _nameless(rows: Sequence[Row], after: Mapping[str, Entry]) -> list[Wrong]:
    return [
        row.wrong("name", "", "nama kosong; program baru harus bernama.")
        for code, row in _first_rows(rows).items()
        if code in after and not after[code].name
    ]


def _subtotals(rows: Sequence[Row], after: Mapping[str, Entry], above: Collection[str]) -> list[Wrong]:
    """A figure on a row with others below it must be their sum; progress is computed there and not taken."""
    wrong = []
    for row in rows:
        if row.code not in above:
            continue
        leaves = [entry for code, entry in after.items() if code.startswith(f"{row.code}.") and code not in above]
        given: dict[str, Decimal | None] = {"budget": row.budget, "revised": row.revised}
        sums = {"budget": _sum(e.budget for e in leaves), "revised": _sum(e.in_force for e in leaves)}
        for month, spent in row.spent.items():
            key = "spent" if row.month else f"spent-{month}"
            given[key], sums[key] = spent, _sum(e.spent.get(month) for e in leaves)
        for key, amount in given.items():
            if amount is not None and not same(amount, sums[key]):
                cause = (
                    f"tidak sama dengan jumlah di bawahnya ({_text(sums[key]) or 'kosong'}); betulkan salah satunya."
                )
                wrong.append(row.wrong(key, write_number(amount), cause))
        for month, percent in row.physical.items():
            key = "physical" if row.month else f"physical-{month}"
            computed = sum_up(leaves, month).physical
            if computed is not None and agrees(percent, computed):
                continue
            shown = "kosong" if computed is None else write_number(computed, 2)
            cause = (
                f"tidak sama dengan yang dihitung dari bawahnya ({shown}); fisik hanya diisi pada baris terbawah. "
                "Betulkan salah satunya, atau kosongkan sel ini."
            )
            wrong.append(row.wrong(key, write_number(percent), cause))
    return wrong


def _sum(amounts: Iterable[Decimal | None]) -> Fraction | None:
    known = [Fraction(amount) for amount in amounts if amount is not None]
    return sum(known, Fraction(0)) if known else None


def _text(amount: Decimal | Fraction | None) -> str:
    return "" if amount is None else write_number(amount)


def _change(old: Entry | None, new: Entry) -> Change:
    before = old or Entry(new.code, "", new.level)
    pairs = [
        ("Nama", before.name, new.name),
        ("Penanggung jawab", before.owner, new.owner),
        ("Pagu", _text(before.budget), _text(new.budget)),
        ("Pagu perubahan", _text(before.revised), _text(new.revised)),
    ]
    for month, name in enumerate(MONTHS, 1):
        pairs.append((f"Realisasi {name}", _text(before.spent.get(month)), _text(new.spent.get(month))))
        pairs.append((f"Fisik {name}", _text(before.physical.get(month)), _text(new.physical.get(month))))
    return Change(new, old is None, tuple(FieldChange(*pair) for pair in pairs if pair[1] != pair[2]))
