"""A whole dictionary from files: looked at first, then taken in, all or nothing, and the files kept in the archive.

What a file says is compared with what is there, so that importing an export changes nothing and leaves no trace.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import xlsxwriter
from django.core import signing

from himpun import clock
from himpun.archive import files as archive
from himpun.archive.journal import act
from himpun.errors import Conflict, FieldErrors, Refusal
from himpun.indicators.dictionary import saving
from himpun.indicators.dictionary.completeness import target_notices
from himpun.indicators.dictionary.definition import Definition, Other, Surroundings, Typed
from himpun.indicators.dictionary.differences import Difference, as_typed, differences
from himpun.indicators.dictionary.reading import read_definition
from himpun.indicators.dictionary.sheets import TABLES, Entry, Read, read_books, tables_of
from himpun.indicators.models.dictionary import Indicator
from himpun.offices.acting import acting_in
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_EDIT_INDICATORS
from himpun.spreadsheets.book import Limits, Wrong, harmless
from himpun.spreadsheets.reading import read_book
from himpun.typed import is_blank

MOST = Limits(bytes=5_000_000, rows=20_000, columns=60)
"""A dictionary is small: thirty indicators a year are a thousand cells."""
KEPT_SECONDS = 2 * 3600
_SALT = "himpun.kamus"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Files = Sequence[tuple[str, bytes]]
"""Named contents: one workbook, or one to four CSV files."""


class DictionaryChanged(Conflict):
    """Between looking and taking in somebody changed what the file was compared with."""

    code = "kamus-sudah-berubah"

    def __init__(self) -> None:
        super().__init__("Kamus berubah sejak pratinjau ini dibuat. Unggah berkasnya sekali lagi dan periksa hasilnya.")


class PreviewGone(Refusal):
    """The preview is too old or was not made by this person."""

    code = "pratinjau-habis"

    def __init__(self) -> None:
        super().__init__("Pratinjau ini sudah tidak berlaku. Unggah berkasnya sekali lagi.")


class Change(NamedTuple):
    """What the files do to one indicator."""

    code: str
    year: int
    name: str
    status: str
    found: tuple[Difference, ...] = ()
    notices: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Plan:
    """What files would do: a change for every indicator in them, or what is wrong with which cell."""

    changes: tuple[Change, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    definitions: tuple[tuple[Definition, Indicator | None], ...] = field(default=(), repr=False)

    @property
    def needs_reason(self) -> bool:
        """Whether a used definition would get a new version."""
        return any(change.status == saving.REVISED for change in self.changes)

    @property
    def counts(self) -> dict[str, int]:
        """How many indicators each status has."""
        found: dict[str, int] = {}
        for change in self.changes:
            found[change.status] = found.get(change.status, 0) + 1
        return found

    @property
    def changes_something(self) -> bool:
        """Whether taking it in would change anything."""
        return any(change.status != saving.SAME for change in self.changes)

    @property
    def digest(self) -> str:
        """What was shown, so that taking in does just that."""
        rows = [[change.code, str(change.year), change.status, str(change.found)] for change in self.changes]
        return signing.Signer(salt=_SALT).signature(str(rows))


# --- in --------------------------------------------------------------------------------------------------------------


def preview(*, office: Office, files: Files, by: Person) -> tuple[Plan, str]:
    """What the files would do, and a token to take just that in ("" when there is nothing to take in).

    Nothing of the dictionary changes. Raises HoldsNoPost or BookRefused.
    """
    _check_may(by, office)
    plan = plan_of(office, files)
    if plan.wrong or not plan.changes_something:
        return plan, ""
    kept = [(name, archive.store(content, media_type="application/octet-stream")) for name, content in files]
    token = {"office": office.pk, "person": by.pk, "files": kept, "digest": plan.digest}
    return plan, signing.dumps(token, salt=_SALT)


def take_in_preview(*, office: Office, token: str, reason: str, by: Person) -> Plan:
    """Take in what a preview showed. Raises PreviewGone, DictionaryChanged or what `import_dictionary` raises."""
    try:
        found: dict[str, Any] = signing.loads(token, salt=_SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature as error:
        raise PreviewGone from error
    if (found["office"], found["person"]) != (office.pk, by.pk):
        raise PreviewGone
    contents = [(name, archive.read(sha256)) for name, sha256 in found["files"]]
    return import_dictionary(office=office, files=contents, reason=reason, by=by, expected=found["digest"])


def import_dictionary(*, office: Office, files: Files, by: Person, reason: str = "", expected: str = "") -> Plan:
    """Take files in: every indicator added, changed in place or given its next version, or nothing at all.

    With something wrong in a cell nothing changes and the plan says what. Raises HoldsNoPost, BookRefused,
    ReasonNeeded, FormulaBreaks, DictionaryChanged (when it would do something else than `expected`).
    """
    author = _check_may(by, office)
    with act(office.code, at=clock.now(), author=author) as turn:
        plan = plan_of(office, files)
        if plan.wrong or not plan.changes_something:
            return plan
        if expected and expected != plan.digest:
            raise DictionaryChanged
        if plan.needs_reason and is_blank(reason):
            raise FieldErrors({"reason": "Ada definisi yang sudah dipakai dan menjadi versi baru. Tulis alasannya."})
        rows = saving.Rows.of(office)
        for wanted, current in plan.definitions:
            saving.put(turn, rows, wanted, current, reason=reason, who=author.person_name)
        for name, content in files:
            data = {"name": name, "counts": plan.counts, "reason": reason.strip()}
            sha256 = archive.store(content, media_type="application/octet-stream")
            turn.record("indicators:dictionary:imported", f"dictionary:{office.code}", data, file_sha256=sha256)
    return plan


def _check_may(by: Person, office: Office) -> Any:
    return acting_in(by, office.pk, roles=MAY_EDIT_INDICATORS, to="mengubah kamus indikator").author


def plan_of(office: Office, files: Files) -> Plan:
    """Compare files with the dictionary. Raises BookRefused."""
    read = read_books([(name, read_book(name, content, MOST)) for name, content in files])
    there = {(one.code, one.year): one for one in saving.entries(office)}
    known = {key: saving.definition_of(one) for key, one in there.items()}
    typed = {key: entry.typed(_kept(known.get(key))) for key, entry in read.entries.items()}
    wanted: dict[tuple[str, int], Definition] = {}
    for year in sorted({year for _, year in typed}):
        around = _around(office, year, known.values(), [one for (_, of), one in typed.items() if of == year])
        for key in [key for key in typed if key[1] == year]:
            if definition := _read_one(read, read.entries[key], typed[key], around):
                wanted[key] = definition
    if not read.wrong:
        _check_others(read, wanted, known, office)
    if read.wrong:
        return Plan(wrong=tuple(sorted(read.wrong, key=_place)))
    pairs = [(definition, there.get(key)) for key, definition in wanted.items()]
    return Plan(
        tuple(_change(one, known.get((one.code, one.year)), current) for one, current in pairs), (), tuple(pairs)
    )


def _kept(definition: Definition | None) -> Typed | None:
    return as_typed(definition) if definition else None


def _around(office: Office, year: int, known: Any, typed: Sequence[Typed]) -> Surroundings:
    """The surroundings as they will be: what is there, and what the files bring over it."""
    around = saving.surroundings(office, year, known)
    brought = {
        one.code: Other(
            " ".join(one.fields.get("unit", "").split()),
            " ".join(one.fields.get("formula", "").split()),
            {row.get("name", "").strip(): row.get("unit", "").strip() for row in one.variables},
        )
        for one in typed
    }
    return Surroundings(around.posts, around.scales, {**around.others, **brought})


def _read_one(read: Read, entry: Entry, typed: Typed, around: Surroundings) -> Definition | None:
    try:
        return read_definition(typed, around)
    except FieldErrors as error:
        for key, sentence in error.fields.items():
            line, column = entry.place(key)
            read.wrong.append(line.wrong(column, sentence))
        return None


def _check_others(
    read: Read,
    wanted: Mapping[tuple[str, int], Definition],
    known: Mapping[tuple[str, int], Definition],
    office: Office,
) -> None:
    """Formulas of indicators that the files do not mention must still be readable after them."""
    for year in {year for _, year in wanted}:
        after = {**known, **wanted}
        around = saving.surroundings(office, year, after.values())
        rest = [one for key, one in known.items() if key not in wanted]
        for key, definition in wanted.items():
            if key[1] != year:
                continue
            try:
                saving.check_referrers(definition, rest, around)
            except Refusal as error:
                read.wrong.append(read.entries[key].line.wrong("code", str(error)))


def _place(wrong: Wrong) -> tuple[int, int]:
    names = [table.name for table in TABLES]
    return (names.index(wrong.sheet) if wrong.sheet in names else len(names), wrong.row)


def _change(wanted: Definition, known: Definition | None, current: Indicator | None) -> Change:
    found = differences(known, wanted) if known else ()
    status = saving.status_of(current, found)
    return Change(wanted.code, wanted.year, wanted.name, status, found, target_notices(wanted))


# --- out -------------------------------------------------------------------------------------------------------------


def as_xlsx(definitions: Sequence[Definition]) -> bytes:
    """The dictionary as a workbook; every cell a text, so that a code stays a code."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EEF3F1", "text_wrap": True, "valign": "top"})
        plain = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        for name, rows in tables_of(definitions).items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 2)
            sheet.set_column(0, len(rows[0]) - 1, 18, plain)
            for number, row in enumerate(rows):
                for column, text in enumerate(row):
                    sheet.write_string(number, column, text, plain if number else bold)
    return target.getvalue()


def as_csv(definitions: Sequence[Definition], table: str) -> bytes:
    """One of the sheets as CSV for Excel: UTF-8 with BOM, semicolons. Raises KeyError for a name no sheet has."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=";")
    for row in tables_of(definitions)[table]:
        writer.writerow([harmless(text) for text in row])
    return b"\xef\xbb\xbf" + target.getvalue().encode()
