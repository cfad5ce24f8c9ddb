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
from himpun.spreadsheets.parts import FORMULA_SIGNS

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


def read(data: bytes, *, zone: tzinfo, columns: Mapping[str, str] | None = None) -> Log:
    """The events of a CSV. Moments without a zone are of `zone`. `columns`: field → the name of its column.

    Raises LogUnreadable.
    """
    text = _text(data)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        heads = next((row for row in rows if any(row)), [])
        places = _places(heads, columns or {})
        return _spans(rows, places, zone) if "start" in places.of else _moments(rows, places, zone)
    except csv.Error as error:
        raise LogUnreadable(f"baris {rows.line_num}", "", "", f"bukan CSV yang utuh ({error})") from error


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LogUnreadable("", "", "", "Berkas bukan teks UTF-8. Simpan ulang sebagai CSV UTF-8.") from error


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(";,\t", key=first.count)


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


def _moments(rows: Iterator[Sequence[str]], places: _Places, zone: tzinfo) -> Log:
    """One event a row."""
    case, activity, at, lifecycle, resource, step, scope, decision, person, post, office, period, procedure, sha = (
        places.of.get(field, -1)
        for field in ("case", "activity", "at", "lifecycle", "resource", "step", "scope", "decision", "person", "post",
                      "office", "period", "procedure", "sha256")
    )  # fmt: skip
    width, simple = max(places.of.values()) + 1, step < 0 and scope < 0
    from_iso, transitions, new = datetime.fromisoformat, TRANSITIONS, Event
    log: Log = []
    add = log.append
    for no, row in enumerate(rows, 2):
        if len(row) < width or not row[case] or not row[activity]:
            if any(row):
                _incomplete(row, no, places)
            continue
        row = [*row, ""]
        try:
            moment = from_iso(row[at])
        except ValueError:
            moment = _moment(row[at], no, places.head("at"))
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


def _spans(rows: Iterator[Sequence[str]], places: _Places, zone: tzinfo) -> Log:
    """A start and an end a row; one of them may be empty."""
    ends = "end" if "end" in places.of else "at"
    log: Log = []
    for no, row in enumerate(rows, 2):
        if len(row) <= max(places.of.values()) or not row[places.of["case"]] or not row[places.of["activity"]]:
            if any(row):
                _incomplete(row, no, places)
            continue
        told = {field: row[place] for field, place in places.of.items()}
        for field, kind in (("start", START), (ends, COMPLETE)):
            if told[field].strip():
                at = _moment(told[field], no, places.head(field))
                at = at if at.tzinfo else at.replace(tzinfo=zone)
                log.append(
                    Event(
                        told["case"], told["activity"], at, kind, told.get("resource", ""),
                        decision=told.get("decision", "") if kind == COMPLETE else "", person=told.get("person", ""),
                    )
                )  # fmt: skip
    return log


def _incomplete(row: Sequence[str], no: int, places: _Places) -> None:
    """Say which cell is missing."""
    for field, place in places.of.items():
        if place >= len(row):
            raise LogUnreadable(
                f"baris {no}", places.head(field), "", "sel ini tidak ada; baris lebih pendek dari kepala tabel"
            )
    field = "activity" if row[places.of["case"]] else "case"
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
_CLOCK = r"(?:[ ,T]+(?:pukul|jam)?\s*(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))?\s*(?:WIB|WITA|WIT)?)?\s*$"
_NUMERIC = re.compile(r"^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})" + _CLOCK, re.I)
_WORDY = re.compile(r"^\s*(?:[a-z']+,\s*)?(\d{1,2})[ -]([a-z]+)\.?[ -](\d{4})" + _CLOCK, re.I)
_YEAR_FIRST = re.compile(r"^\s*(\d{4})[/-](\d{1,2})[/-](\d{1,2})" + _CLOCK, re.I)


def moment(text: str) -> datetime | None:
    """A moment as ISO 8601 or as people write it here ("5/10/2026 08.30", "5 Oktober 2026 pukul 08.30"); None when unreadable."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        pass
    if found := _NUMERIC.match(text):
        day, month, year, *clock = found.groups()
    elif found := _YEAR_FIRST.match(text):
        year, month, day, *clock = found.groups()
    elif found := _WORDY.match(text):
        day, name, year, *clock = found.groups()
        month = str(MONTHS.get(name.casefold(), 0))
    else:
        return None
    try:
        hour, minute, second = (int(part or 0) for part in clock)
        return datetime(int(year), int(month), int(day), hour, minute, second)  # noqa: DTZ001 - the caller gives the zone
    except ValueError:
        return None


def _moment(text: str, no: int, column: str) -> datetime:
    found = moment(text)
    if found is None:
        raise LogUnreadable(
            f"baris {no}",
            column,
            text or "(kosong)",
            "bukan waktu yang dikenal; tulis 2026-10-05 08:30 atau 5 Oktober 2026 08.30",
        )
    return found


def as_bytes(pieces: Iterable[str]) -> bytes:
    """The pieces of a written log as one file."""
    return "".join(chain(pieces)).encode()
