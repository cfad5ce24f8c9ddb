"""An event log as CSV, written and read: case, activity, resource, lifecycle, times.

Pure. `write` gives what Excel here opens: UTF-8 with its mark, cells parted by semicolons. `read` takes logs of other
systems too: comma, semicolon or tab; columns recognised by their Indonesian or English names or named by the caller;
one moment a row, or a start and an end; dates as ISO 8601 or as people write them here. What cannot be read is said with
its row, column, value and cause.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import chain

from himpun.errors import Refusal
from himpun.history.events import ABORT, COMPLETE, RESUME, SCOPES, START, STEP, SUSPEND, Event, Log
from himpun.moments import day as in_words
from himpun.moments import serial
from himpun.spreadsheets.parts import FORMULA_SIGNS
from himpun.spreadsheets.records import CsvUnreadable, Record, fault_of, records

COLUMNS = {
    "case": "kasus",
    "activity": "kegiatan",
    "step": "langkah",
    "scope": "lingkup",
    "lifecycle": "siklus_hidup",
    "at": "waktu",
    "decision": "keputusan",
    "resource": "jabatan",
    "post": "kode_jabatan",
    "person": "orang",
    "office": "kantor",
    "period": "periode",
    "procedure": "prosedur",
    "sha256": "sha256",
}
"""Field of an event → its column in our own files."""

NAMES: Mapping[str, Sequence[str]] = {
    "case": ("kasus", "id kasus", "nomor kasus", "no kasus", "case", "case id", "caseid", "case concept name", "trace", "nomor berkas",
             "no berkas", "nomor permohonan", "no permohonan", "tiket", "id"),
    "activity": ("kegiatan", "aktivitas", "activity", "concept name", "activity name", "task", "event", "langkah", "tahap", "tahapan",
                 "step"),
    "at": ("waktu", "time", "timestamp", "time timestamp", "tanggal", "date", "datetime", "complete timestamp"),
    "start": ("mulai", "waktu mulai", "tanggal mulai", "start", "start time", "start timestamp", "time start"),
    "end": ("selesai", "waktu selesai", "tanggal selesai", "end", "end time", "end timestamp", "finish", "time end"),
    "resource": ("jabatan", "pelaksana", "petugas", "resource", "org resource", "role", "user"),
    "lifecycle": ("siklus hidup", "lifecycle", "lifecycle transition", "transition", "transisi"),
    "decision": ("keputusan", "hasil", "decision", "outcome"),
    "step": ("langkah", "nomor langkah", "no langkah", "step no"),
    "scope": ("lingkup", "scope"),
    "post": ("kode jabatan", "post"),
    "person": ("orang", "nama", "person"),
    "office": ("kantor", "office"),
    "period": ("periode", "period"),
    "procedure": ("prosedur", "procedure"),
    "sha256": ("sha256",),
}  # fmt: skip
"""Field → the names a column of it may have, the likeliest first; upper case and signs do not matter."""

TRANSITIONS = {
    "": COMPLETE, "complete": COMPLETE, "completed": COMPLETE, "end": COMPLETE, "selesai": COMPLETE, "ended": COMPLETE,
    "finish": COMPLETE, "finished": COMPLETE, "done": COMPLETE, "close": COMPLETE, "closed": COMPLETE, "akhir": COMPLETE,
    "berakhir": COMPLETE, "start": START, "started": START, "mulai": START, "dimulai": START, "begin": START, "began": START,
    "open": START, "awal": START, "suspend": SUSPEND, "jeda": SUSPEND,
    "resume": RESUME, "lanjut": RESUME, "ate_abort": ABORT, "pi_abort": ABORT, "abort": ABORT, "withdraw": ABORT, "batal": ABORT,
}  # fmt: skip
_RISKY = (*FORMULA_SIGNS, "'")
MEDIA = "text/csv; charset=utf-8"


class LogUnreadable(Refusal):
    """A log cannot be read; says where, what stands there, and why not."""

    code = "log-tidak-terbaca"

    def __init__(self, where: str, column: str, value: str, cause: str) -> None:
        at = ", ".join(filter(None, [where, f"kolom {column}" if column else ""]))
        shown = f" berisi “{value[:60]}”" if value else ""
        super().__init__(f"{at}{shown}: {cause}" if at else cause)
        self.where, self.column, self.value, self.cause = where, column, value, cause


# --- writing --------------------------------------------------------------------------------------------------------


def write(events: Iterable[Event]) -> Iterator[str]:
    """The log as CSV text, piece by piece."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS.values())
    for event in events:
        writer.writerow([_cell(event, name) for name in COLUMNS])
        if buffer.tell() > 60_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _cell(event: Event, name: str) -> str:
    value = getattr(event, name)
    if name == "at":
        return str(value.isoformat())
    if name == "step":
        return str(value or "")
    return f"'{value}" if value.startswith(_RISKY) else str(value)


# --- reading --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Places:
    """Where each field stands in a row; −1, the empty cell put at the end of each row, where there is no such column."""

    of: Mapping[str, int]
    heads: Sequence[str]

    def head(self, field: str) -> str:
        place = self.of.get(field, -1)
        return self.heads[place] if place >= 0 else field


def read(data: bytes, *, zone: tzinfo, columns: Mapping[str, str] | None = None, order: str = "") -> Log:
    """The events of a CSV. Moments without a zone are of `zone`. `columns`: field → the name of its column; `order`: one
    of ORDERS, how dates are written that can be read in two ways.

    Raises LogUnreadable, which asks for the order where it is needed.
    """
    rows = records(data)
    try:
        heads = next(rows, (0, []))[1]
        places = _places(heads, columns or {})
        return (_spans if "start" in places.of else _moments)(rows, places, zone, order)
    except CsvUnreadable as refusal:
        where = f"baris {refusal.row}" if refusal.row else ""
        raise LogUnreadable(where, "", "", refusal.cause) from refusal


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", name.casefold()).split())


def _places(heads: Sequence[str], given: Mapping[str, str]) -> _Places:
    plain = [_plain(head) for head in heads]
    found: dict[str, int] = {}
    for field, name in given.items():
        if _plain(name) not in plain:
            raise LogUnreadable("kepala tabel", name, "", f"kolom itu tidak ada. Yang ada: {', '.join(heads)}")
        found[field] = plain.index(_plain(name))
    for field, names in NAMES.items():
        taken = set(found.values())
        known = (plain.index(name) for name in names if name in plain)
        if field not in found and (place := next((place for place in known if place not in taken), -1)) >= 0:
            found[field] = place
    _check(found, heads)
    return _Places(found, heads)


def _check(found: Mapping[str, int], heads: Sequence[str]) -> None:
    if "end" in found and "start" not in found and "at" not in found:
        raise LogUnreadable("kepala tabel", "", "", "ada waktu selesai tanpa waktu mulai; namai kolomnya “waktu”")
    for field in ("case", "activity"):
        if field not in found:
            raise LogUnreadable(
                "kepala tabel",
                "",
                "",
                f"kolom {COLUMNS[field]} tidak dikenali. Yang ada: {', '.join(heads) or 'kosong'}",
            )
    if "at" not in found and not {"start", "end"} <= set(found):
        raise LogUnreadable("kepala tabel", "", "", "kolom waktu tidak dikenali; perlu waktu, atau mulai dan selesai")


def _moments(rows: Iterator[Record], places: _Places, zone: tzinfo, order: str) -> Log:
    """One event a row."""
    case, activity, at, lifecycle, resource, step, scope, decision, person, post, office, period, procedure, sha = (
        places.of.get(field, -1)
        for field in ("case", "activity", "at", "lifecycle", "resource", "step", "scope", "decision", "person", "post",
                      "office", "period", "procedure", "sha256")
    )  # fmt: skip
    width, whole, simple = max(places.of.values()) + 1, len(places.heads), step < 0 and scope < 0
    from_iso, transitions, new = datetime.fromisoformat, TRANSITIONS, Event
    log: Log = []
    add = log.append
    for no, row in rows:
        if len(row) < width or len(row) > whole or not row[case] or not row[activity]:
            _check_whole(row, no, places)
        row = [*row[:whole], ""]
        try:
            moment = from_iso(row[at])
        except ValueError:
            moment = _moment(row[at], no, places.head("at"), order)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        kind = transitions.get(row[lifecycle]) or lifecycle_of(row[lifecycle])
        if simple:
            add(
                new(
                    row[case],
                    row[activity],
                    moment,
                    kind,
                    row[resource],
                    0,
                    STEP,
                    row[decision],
                    row[person],
                    row[post],
                )
            )
            continue
        add(
            new(
                _bare(row[case]), _bare(row[activity]), moment, kind, _bare(row[resource]),
                _number(row[step], no, places), _scope(row[scope], no, places), _bare(row[decision]), _bare(row[person]),
                _bare(row[post]), _bare(row[office]), _bare(row[period]), _bare(row[procedure]), _bare(row[sha]),
            )
        )  # fmt: skip
    return log


def _spans(rows: Iterator[Record], places: _Places, zone: tzinfo, order: str) -> Log:
    """A start and an end a row; one of them may be empty."""
    ends = "end" if "end" in places.of else "at"
    log: Log = []
    for no, row in rows:
        _check_whole(row, no, places)
        told = {field: row[place] for field, place in places.of.items()}
        for field, kind in (("start", START), (ends, COMPLETE)):
            if told[field].strip():
                at = _moment(told[field], no, places.head(field), order)
                at = at if at.tzinfo else at.replace(tzinfo=zone)
                log.append(
                    Event(
                        told["case"], told["activity"], at, kind, told.get("resource", ""),
                        decision=told.get("decision", "") if kind == COMPLETE else "", person=told.get("person", ""),
                    )
                )  # fmt: skip
    return log


def _check_whole(row: Sequence[str], no: int, places: _Places) -> None:
    """Raises LogUnreadable for a row with a cell missing or too many, or without what an event needs."""
    if cause := fault_of(row, len(places.heads)):
        raise LogUnreadable(f"baris {no}", "", "", cause)
    for field, place in places.of.items():
        if place >= len(row):
            raise LogUnreadable(
                f"baris {no}", places.head(field), "", "sel ini tidak ada; baris lebih pendek dari kepala tabel"
            )
    field = next((field for field in ("case", "activity") if not row[places.of[field]]), "")
    if field:
        raise LogUnreadable(f"baris {no}", places.head(field), "", "sel ini kosong, padahal wajib diisi")


def _bare(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:].startswith(_RISKY) else text


def lifecycle_of(text: str) -> str:
    """The word of the standard for a transition as logs write it."""
    plain = text.strip().casefold()
    return TRANSITIONS.get(plain, plain)


def _number(text: str, no: int, places: _Places) -> int:
    if not text.strip():
        return 0
    if text.strip().isdecimal() and len(text) < 6:
        return int(text)
    raise LogUnreadable(f"baris {no}", places.head("step"), text, "nomor langkah harus bilangan bulat")


def _scope(text: str, no: int, places: _Places) -> str:
    if not text or text in SCOPES:
        return text or STEP
    raise LogUnreadable(f"baris {no}", places.head("scope"), text, f"tulis salah satu dari {', '.join(SCOPES)}")


# --- moments --------------------------------------------------------------------------------------------------------

MONTHS = {
    name: no
    for no, names in enumerate(
        ["januari jan january", "februari feb february", "maret mar march", "april apr", "mei may", "juni jun june",
         "juli jul july", "agustus agu agt aug august", "september sep sept", "oktober okt oct october",
         "november nov nopember nop", "desember des dec december"], 1
    )
    for name in names.split()
}  # fmt: skip
_CLOCK = r"(?:[ ,T]+(?:pukul|jam)?\s*(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))?\s*([AP]\.?M\.?)?\s*(?:WIB|WITA|WIT)?)?\s*$"
_NUMERIC = re.compile(r"^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})" + _CLOCK, re.I)
_WORDY = re.compile(r"^\s*(?:[a-z']+,\s*)?(\d{1,2})[ -]([a-z]+)\.?[ -](\d{4})" + _CLOCK, re.I)
_YEAR_FIRST = re.compile(r"^\s*(\d{4})[/-](\d{1,2})[/-](\d{1,2})" + _CLOCK, re.I)


DAY_FIRST, MONTH_FIRST, SERIAL = "hari-bulan", "bulan-hari", "seri"
ORDERS = (DAY_FIRST, MONTH_FIRST, SERIAL)
"""How a date may be written that can be read in two ways: 5/10/2026, or 46150 where a spreadsheet lost its format."""


def moment(text: str, order: str = "") -> datetime | None:
    """A moment as ISO 8601 or as people write it here ("5/10/2026 08.30", "5 Oktober 2026 pukul 08.30"); None when unreadable.

    Without an `order` a date with AM or PM, which the other order writes, and a bare number are unreadable.
    """
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        pass
    if order == SERIAL and (found := serial(text)):
        return found
    if parts := _NUMERIC.match(text):
        first, second, year, *clock = parts.groups()
        if not order and clock[3] and int(first) <= 12 and int(second) <= 12 and first != second:
            return None
        swapped = order == MONTH_FIRST or (not order and bool(clock[3]) and int(second) > 12)
        day, month = (second, first) if swapped else (first, second)
    elif parts := _YEAR_FIRST.match(text):
        year, month, day, *clock = parts.groups()
    elif parts := _WORDY.match(text):
        day, name, year, *clock = parts.groups()
        month = str(MONTHS.get(name.casefold(), 0))
    else:
        return None
    try:
        return datetime(int(year), int(month), int(day), *_clock(clock))  # noqa: DTZ001 - the caller gives the zone
    except ValueError:
        return None


def _clock(parts: Sequence[str | None]) -> tuple[int, int, int]:
    """Hour, minute, second; an hour before noon or after it is one from 1 to 12. Raises ValueError for another."""
    hour, minute, second = (int(part or 0) for part in parts[:3])
    if half := parts[3]:
        if not 1 <= hour <= 12:
            raise ValueError(half)
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    return hour, minute, second


def _moment(text: str, no: int, column: str, order: str) -> datetime:
    found = moment(text, order)
    if found is None:
        raise LogUnreadable(f"baris {no}", column, text or "(kosong)", _asked(text))
    return found


def _asked(text: str) -> str:
    """Why a moment cannot be read, or which of its readings is meant."""
    by_day, by_month = moment(text, DAY_FIRST), moment(text, MONTH_FIRST)
    if by_day and by_month:
        return (
            f"dapat berarti {in_words(by_day)} atau {in_words(by_month)}; ulangi dengan --dates {DAY_FIRST} atau "
            f"--dates {MONTH_FIRST}"
        )
    if by_month:
        return f"bukan tanggal bila harinya di depan; bila maksudnya {in_words(by_month)}, ulangi dengan --dates {MONTH_FIRST}"
    if number := serial(text):
        return f"tampak nomor tanggal Excel; bila maksudnya {in_words(number)}, ulangi dengan --dates {SERIAL}"
    return "bukan waktu yang dikenal; tulis 2026-10-05 08:30 atau 5 Oktober 2026 08.30"


def as_bytes(pieces: Iterable[str]) -> bytes:
    """The pieces of a written log as one file."""
    return "".join(chain(pieces)).encode()
