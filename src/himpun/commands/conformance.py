"""himpun conformance LOG: hold an event log, of any system, against a procedure."""

import argparse
import csv
import gzip
import io
import json
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from himpun import clock
from himpun.commands.export_log import UnknownProcedure
from himpun.commands.reading import FileUnreadable, bytes_of, office_of, text_of
from himpun.cycles.deadlines.late import in_words
from himpun.cycles.deadlines.units import counted_in
from himpun.errors import Refusal
from himpun.history import csv as eventlog
from himpun.history import xes
from himpun.history.clock import WorkClock
from himpun.history.comparing import share_words
from himpun.history.conformance import CaseResult, Conformance, check, other_procedures, other_versions, without_numbers
from himpun.history.events import Log
from himpun.history.timings import step_timings, usual_day
from himpun.offices.calendar.kept import calendar_of, national_calendar
from himpun.offices.models.offices import Office
from himpun.procedures.definition import Procedure
from himpun.procedures.models import ProcedureVersion
from himpun.procedures.problems import runnable
from himpun.procedures.queries import version_in_force
from himpun.spreadsheets.parts import inert
from himpun.spreadsheets.records import CsvUnreadable, records

EXIT_CODES = (
    "Kode keluar: 0 bila log terbaca dan diperiksa; 1 bila tidak terbaca, dan dengan --strict juga bila log tanpa kasus, "
    "ada kasus yang menyimpang, atau ada kegiatan yang tidak dikenal; 2 bila perintahnya salah ditulis."
)
GZIP = b"\x1f\x8b"
MOST_UNPACKED = 2_000_000_000
"""Bytes of a packed log."""
SHOWN = 15
"""Deviations that the text shows; all are in JSON."""


class MapUnreadable(Refusal):
    """A line of the map of names does not lead to a step."""

    code = "peta-tidak-terbaca"

    def __init__(self, row: int, text: str) -> None:
        super().__init__(f"Peta baris {row}, “{text}”: tulis nama kegiatan; nomor langkah, misalnya Verifikasi;3.")


class ColumnUnreadable(Refusal):
    """--column is not written as FIELD=NAME."""

    code = "kolom-tidak-terbaca"

    def __init__(self, text: str) -> None:
        known = ", ".join(eventlog.NAMES)
        super().__init__(f"--column “{text}” tidak terbaca. Tulis BIDANG=NAMA KOLOM; bidangnya: {known}.")


class OtherProcedure(Refusal):
    """The log says it is of another procedure than the one it is held against."""

    code = "prosedur-lain"

    def __init__(self, log: Path, named: Sequence[str], procedure: Procedure) -> None:
        super().__init__(
            f"{log}: log ini menyebut prosedur “{', '.join(named)}”, bukan “{procedure.key}”. Periksa dengan --procedure "
            "yang disebut log, atau tambahkan --any-procedure agar langkah dicocokkan menurut nama kegiatannya."
        )


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXIT_CODES
    parser.add_argument("log", type=Path, help="log peristiwa, XES atau CSV")
    parser.add_argument("--procedure", required=True, metavar="KUNCI", help="kunci prosedur, atau naskah .toml")
    parser.add_argument("--office", default="", metavar="KODE", help="kantor yang kalender kerjanya dipakai")
    parser.add_argument("--map", type=Path, metavar="BERKAS", help="CSV: nama kegiatan pada log; nomor langkah")
    parser.add_argument(
        "--column", action="append", default=[], metavar="BIDANG=NAMA", help="kolom CSV, misalnya case=NoTiket"
    )
    parser.add_argument(
        "--dates",
        choices=eventlog.ORDERS,
        default="",
        help="cara membaca tanggal CSV yang bermakna ganda (5/10/2026 8:30 PM), atau nomor tanggal Excel",
    )
    parser.add_argument(
        "--any-procedure",
        action="store_true",
        help="terima log prosedur lain; langkahnya dicocokkan menurut nama, bukan menurut kolom nomor langkah",
    )
    parser.add_argument("--format", choices=("teks", "json", "csv"), default="teks", help="bentuk hasil (bawaan: teks)")
    parser.add_argument(
        "--strict", action="store_true", help="keluar dengan 1 bila ada kasus yang menyimpang, atau tidak ada kasus"
    )


def run(options: argparse.Namespace) -> int:
    """Print how the log fits."""
    office = office_of(options.office) if options.office else None
    kept = calendar_of(office.pk, office.calendar_stamp) if office else national_calendar()
    work = WorkClock(*kept)
    procedure = procedure_of(options.procedure, office)
    procedure = counted_in(office.pk, procedure) if office else procedure
    log = read_log(options.log, work, columns_of(options.column), options.dates)
    if named := other_procedures(procedure, log):
        if not options.any_procedure:
            raise OtherProcedure(options.log, named, procedure)
        log = without_numbers(procedure, log)
    found = check(procedure, log, work, read_map(bytes_of(options.map)) if options.map else None)
    _print(found, list(_notes(found, named, other_versions(procedure, log))), options.format)
    return 1 if options.strict and not _wholly_fits(found) else 0


def _wholly_fits(found: Conformance) -> bool:
    """Whether there are cases, and all of them fit; a log without cases proves nothing."""
    return bool(found.cases) and found.fitting == len(found.cases) and not found.names.unknown


def _print(found: Conformance, notes: Sequence[str], form: str) -> None:
    """The result; what must be known about it too, beside it where other programs read the result."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    for note in notes:
        print(note, file=sys.stdout if form == "teks" else sys.stderr)
    for line in {"teks": text, "json": as_json, "csv": as_csv}[form](found):
        print(line)


def _notes(found: Conformance, named: Sequence[str], versions: Sequence[str]) -> Iterator[str]:
    """What must be known before the numbers are believed."""
    if not found.cases:
        yield "Log tanpa kasus: tidak ada yang dapat diperiksa."
    if named:
        yield f"Log ini menyebut prosedur “{', '.join(named)}”; langkahnya dicocokkan menurut nama kegiatan."
    if versions:
        told = ", ".join(digest[:12] for digest in versions)
        yield (
            f"Log ini dari versi lain SOP yang sama (sha256 {told}); diperiksa terhadap versi "
            f"{found.procedure.sha256[:12]}. Langkahnya mungkin berbeda."
        )
    yield from _names(found)


def procedure_of(named: str, office: Office | None) -> Procedure:
    """A file's procedure, or the version in force. Raises UnknownProcedure, FileUnreadable or DefinitionError."""
    if named.endswith(".toml"):
        return runnable(text_of(Path(named)))
    if office:
        return version_in_force(named, office, clock.today()).definition
    version = ProcedureVersion.objects.filter(key=named).order_by("office", "-number").first()
    newest = ProcedureVersion.objects.filter(key=named, office__isnull=True).order_by("-number").first() or version
    if newest is None:
        raise UnknownProcedure(named)
    return newest.definition


def read_log(file: Path, work: WorkClock, columns: Mapping[str, str], dates: str = "") -> Log:
    """XES or CSV, also packed by gzip, told apart by what stands in the file. Raises FileUnreadable with the place and the cause."""
    data = _unpacked(file, bytes_of(file))
    zone = work.calendar.timezone
    try:
        if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
            return xes.read(io.BytesIO(data), zone=zone)
        return eventlog.read(data, zone=zone, columns=columns, order=dates)
    except eventlog.LogUnreadable as error:
        raise FileUnreadable(file, str(error)) from error


def _unpacked(file: Path, data: bytes) -> bytes:
    """What a .gz holds, up to MOST_UNPACKED; every other file as it is. Raises FileUnreadable."""
    if not data.startswith(GZIP):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            found = packed.read(MOST_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FileUnreadable(file, "berkas gzip ini rusak atau terpotong. Salin ulang dari sistem asalnya.") from error
    if len(found) > MOST_UNPACKED:
        raise FileUnreadable(file, "isi gzip ini lebih dari 2 GB. Bagi lognya menjadi beberapa berkas.")
    return found


def columns_of(given: list[str]) -> dict[str, str]:
    """["case=NoTiket"] as a mapping. Raises ColumnUnreadable."""
    found = {}
    for each in given:
        field, sign, name = each.partition("=")
        if not sign or field not in eventlog.NAMES:
            raise ColumnUnreadable(each)
        found[field] = name
    return found


def read_map(content: bytes) -> dict[str, int]:
    """Lines of "name; number" (or comma, tab); a heading and empty lines are passed over. Raises MapUnreadable."""
    found: dict[str, int] = {}
    first = 0
    try:
        for no, row in records(content):
            first = first or no
            if len(row) > 1 and row[-1].isdecimal():
                found[row[0]] = int(row[-1])
            elif no > first:
                raise MapUnreadable(no, ";".join(row))
    except CsvUnreadable as refusal:
        raise MapUnreadable(refusal.row, refusal.cause) from refusal
    return found


# --- as text --------------------------------------------------------------------------------------------------------


def text(found: Conformance) -> Iterator[str]:
    """For people."""
    if not found.cases:
        return
    yield f"{found.procedure.name}: {len(found.cases)} kasus, {found.variants} variasi, {found.ended} selesai."
    yield f"Kesesuaian rata-rata {share_words(found.fitness)}; {found.fitting} kasus sepenuhnya sesuai SOP."
    yield ""
    yield "Penyimpangan:" if found.deviations else "Tidak ada penyimpangan."
    for sentence, count in found.deviations[:SHOWN]:
        yield f"  {count:>6} kasus  {sentence}"
    if len(found.deviations) > SHOWN:
        yield f"  dan {len(found.deviations) - SHOWN} macam lain (lihat --format json)"
    yield ""
    yield from _table([STEP_HEADS, *_steps(found)])


def _names(found: Conformance) -> Iterator[str]:
    for activity, step in found.names.guessed.items():
        yield f"Dikira langkah {step}: “{activity}”. Pastikan dengan --map."
    for activity in found.names.unknown:
        yield f"Tidak dikenal dalam SOP: “{activity}”. Tulis langkahnya dengan --map."


STEP_HEADS = ("Langkah", "kunjungan", "median", "90% ≤", "tepat waktu", "baku")
_TO_THE_RIGHT = {0, 1, 4}


def _steps(found: Conformance) -> Iterator[Sequence[str]]:
    day = usual_day(found.clock.calendar)
    for one in step_timings(found.procedure, found.visits, found.clock, found.skips):
        middle = "–" if one.median is None else in_words(round(one.median), day)
        most = "–" if one.p90 is None else in_words(one.p90, day)
        told = f" ({one.why_not})" if one.why_not else ""
        numbers = (str(one.step.no), str(one.visits), middle, most, share_words(one.on_time))
        yield (*numbers, f"{one.step.time_text or '–'}{told}")


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows in columns as wide as their widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, strict=True)
        told = (
            cell.rjust(wide) if place in _TO_THE_RIGHT else cell.ljust(wide) for place, (cell, wide) in enumerate(cells)
        )
        yield "  ".join(told).rstrip()


# --- for other programs ---------------------------------------------------------------------------------------------


def as_json(found: Conformance) -> Iterator[str]:
    """One object."""
    whole = {
        "procedure": found.procedure.key,
        "sha256": found.procedure.sha256,
        "cases": len(found.cases),
        "variants": found.variants,
        "ended": found.ended,
        "fitness": found.fitness,
        "fitting": found.fitting,
        "unknown": list(found.names.unknown),
        "guessed": dict(found.names.guessed),
        "deviations": [{"sentence": sentence, "cases": count} for sentence, count in found.deviations],
        "steps": [
            {
                "step": one.step.no,
                "visits": one.visits,
                "median_minutes": one.median,
                "p90_minutes": one.p90,
                "on_time": one.on_time,
                "standard": one.step.time_text,
                "returns": one.returns,
                "repeats": one.repeats,
                "skipped": one.skipped,
                "why_not": one.why_not,
            }
            for one in step_timings(found.procedure, found.visits, found.clock, found.skips)
        ],
        "results": [_record(case) for case in found.cases],
    }
    yield json.dumps(whole, ensure_ascii=False)


def _record(case: CaseResult) -> dict[str, Any]:
    return {
        "case": case.case,
        "fitness": round(case.fitness, 6),
        "cost": case.variant.alignment.cost,
        "open_at": case.variant.alignment.open_at,
        "minutes": case.minutes,
        "late_minutes": case.late,
        "late_steps": case.late_steps,
        "returns": case.variant.returns,
        "rework": case.variant.rework,
        "deviations": list(case.deviations),
    }


def as_csv(found: Conformance) -> Iterator[str]:
    """A row a case."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="")
    heads = ["kasus", "kesesuaian", "belum_selesai_di", "menit_kerja", "terlambat_menit", "langkah_terlambat"]
    writer.writerow([*heads, "dikembalikan", "diulang", "penyimpangan"])
    yield buffer.getvalue()
    for case in found.cases:
        buffer.seek(0)
        buffer.truncate()
        told = _record(case)
        writer.writerow(
            [
                inert(case.case),
                str(told["fitness"]).replace(".", ","),
                "" if told["open_at"] is None else told["open_at"],
                "" if told["minutes"] is None else told["minutes"],
                *(told[name] for name in ("late_minutes", "late_steps", "returns", "rework")),
                inert("; ".join(told["deviations"])),
            ]
        )
        yield buffer.getvalue()
