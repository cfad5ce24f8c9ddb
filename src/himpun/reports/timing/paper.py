"""Evaluasi Waktu Baku SOP as a paper: content for `documents/typst/evaluasi_waktu.typ`, and the PDF of it.

Made when asked for and stored nowhere: the journal it is made from is. Nobody signs it; it goes with the yearly
evaluation of the SOP as evidence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from himpun.cycles.deadlines.late import in_words
from himpun.documents.content.parts import Fact
from himpun.documents.content.timing import TimedGroup, TimedStep, TimingEvaluation, WaitingRow
from himpun.documents.parts import letterhead, moment
from himpun.documents.pictures import drawn_later, with_pictures
from himpun.documents.rendering import render
from himpun.history.comparing import Group, share_words
from himpun.history.timings import StepTiming
from himpun.history.visits import ENOUGH
from himpun.measure.periods import Period
from himpun.procedures.flowchart.primitives import Sheet
from himpun.procedures.flowchart.svg import Mark, marked, svg
from himpun.procedures.reading import role_titles, worded
from himpun.reports.timing.timing import Evaluation, chart

MATRIX = 12
"""Columns of the matrix that a sheet of paper holds, the longest awaited first; the facts say when there are more."""


@dataclass(frozen=True, slots=True)
class Delay:
    """How a step stands, in words and colour."""

    label: str
    name: str
    fill: str
    told: str


DELAYS = {
    "aman": Delay("Tepat waktu", "delay-aman", "#cfe3f5", "sekurangnya 80% kunjungan tepat waktu"),
    "sebagian": Delay("Sebagian terlambat", "delay-sebagian", "#f6e3a1", "40–80% kunjungan tepat waktu"),
    "terlambat": Delay("Terlambat", "delay-terlambat", "#f0a98a", "kurang dari 40% kunjungan tepat waktu"),
    "tanpa-data": Delay(
        "Belum dapat dinilai", "delay-tanpa-data", "#ffffff", "belum dijalankan, atau tanpa waktu baku"
    ),
}

DEFINITIONS = [
    "Lama dihitung dalam waktu kerja menurut kalender kantor, tanpa jeda; satu hari ialah satu hari kerja kantor ini.",
    "Median ialah nilai tengah; 90% ialah nilai terkecil yang tidak dilampaui oleh sekurangnya 90% kunjungan.",
    "Tepat waktu: langkah selesai pada atau sebelum batas waktunya menurut waktu baku versi SOP yang dijalankan.",
    "Menunggu: pemegang langkah berikutnya menunggu pemegang langkah ini; selama unit atau prosedur yang dijalankan "
    "belum selesai, merekalah yang ditunggu. Tiap menit kerja dihitung sekali.",
    f"Usulan ialah waktu lazim terpendek yang akan ditepati sekurangnya 80% kunjungan; perlu sekurangnya {ENOUGH} kunjungan.",
]


def marks_of(found: Evaluation) -> dict[int, Mark]:
    """Each step's colour on the flowchart, with its share on time in figures."""
    marks = {}
    for one in found.timings:
        delay = DELAYS[one.delay]
        label = "–" if one.on_time is None else f"{one.on_time * 100:.0f}%"
        marks[one.step.no] = Mark(delay.name, delay.fill, label)
    return marks


def to_pdf(found: Evaluation, sheet: Sheet, *, at: datetime) -> bytes:
    """The evaluation as PDF/A; `sheet` is the laid out flowchart, `at` the moment it shows."""
    return render("evaluasi_waktu", with_pictures("evaluasi_waktu", paper(found, sheet, at=at)), made_at=at)


def paper(found: Evaluation, sheet: Sheet, *, at: datetime) -> TimingEvaluation:
    """What the paper says."""
    marks = marks_of(found)
    pages = marked(sheet, marks)
    title = f"Bagan alir {found.procedure.name}"
    spec = chart(found.timings, found.clock, "Waktu nyata tiap langkah terhadap waktu baku")
    return {
        "letterhead": letterhead(found.office),
        "procedure": found.procedure.name,
        "year": str(found.year),
        "facts": _facts(found, at),
        "steps": _steps(found),
        "matrix_heads": found.waiting.awaited[:MATRIX],
        "matrix": _matrix(found),
        "groups": [
            *_groups("Periode", found, found.by_period),
            *(_groups("Kantor", found, found.by_office) if len(found.by_office) > 1 else []),
        ],
        "deviations": [f"{count} siklus: {sentence}" for sentence, count in found.deviations],
        "definitions": DEFINITIONS,
        "chart": {
            "title": "Median (batang), 90% (garis tipis), dan waktu baku (garis tegak) tiap langkah",
            "alt": str(spec["description"]),
            "svg": drawn_later(spec),
        },
        "legend": [{"label": f"{delay.label}: {delay.told}", "colour": delay.fill} for delay in DELAYS.values()],
        "flowcharts": [
            {"title": title, "alt": title, "svg": svg(pages, page, title=title, marks=marks)}
            for page in range(len(pages.pages))
        ],
    }


def _facts(found: Evaluation, at: datetime) -> list[Fact]:
    rows = [
        ("SOP", found.procedure.name),
        ("Tahun", f"{found.year}, siklus yang dimulai tahun itu"),
        ("Keadaan pada", moment(at, found.office)),
        ("Siklus", f"{len(found.cases)} dimulai, {found.ended} selesai"),
        ("Lama siklus", f"median {_words(found.median, found)}, 90% dalam {_words(found.p90, found)}"),
        ("Langkah tepat waktu", share_words(found.on_time)),
        ("Kesesuaian dengan SOP", f"{share_words(found.fitness)} (siklus yang selesai)"),
    ]
    if len(found.offices) > 1:
        rows.insert(1, ("Kantor", f"{found.office.name} dan {len(found.offices) - 1} kantor di bawahnya"))
    if (awaited := len(found.waiting.awaited)) > MATRIX:
        rows.append(
            ("Siapa menunggu siapa", f"{MATRIX} dari {awaited} yang ditunggu; semuanya di halaman Baku dan nyata")
        )
    if found.versions > 1:
        rows.append(("Versi SOP", f"{found.versions} versi dijalankan; tiap siklus dinilai dengan versinya sendiri"))
    return [{"label": label, "value": value} for label, value in rows]


def _words(minutes: float | None, found: Evaluation) -> str:
    return "–" if minutes is None else in_words(round(minutes), found.day)


def _steps(found: Evaluation) -> list[TimedStep]:
    names = role_titles(found.procedure, found.office.titles())
    return [_step(one, worded(one.step.title, names), found) for one in found.timings]


def _step(one: StepTiming, title: str, found: Evaluation) -> TimedStep:
    advice = found.suggestions[one.step.no]
    return {
        "no": str(one.step.no),
        "title": title,
        "standard": one.step.time_text,
        "visits": str(one.visits),
        "median": _words(one.median, found),
        "p90": _words(one.p90, found),
        "on_time": share_words(one.on_time),
        "returned": share_words(one.returned),
        "rework": share_words(one.rework),
        "skipped": str(one.skipped),
        "why_not": one.why_not,
        "colour": DELAYS[one.delay].fill,
        "delay": DELAYS[one.delay].label,
        "advice": advice.sentence,
        "evidence": f"n={advice.n}; ditepati sekarang {share_words(advice.kept_now)}, menurut usulan {share_words(advice.kept_then)}"
        if advice.text
        else "",
    }


def _matrix(found: Evaluation) -> list[WaitingRow]:
    waiting = found.waiting
    heads = waiting.awaited[:MATRIX]
    return [
        {
            "waiter": name,
            "hours": [
                "" if (minutes := waiting.of(name, other)) is None else f"{minutes / 60:.1f}".replace(".", ",")
                for other in heads
            ],
        }
        for name in waiting.waiters
    ]


def _groups(kind: str, found: Evaluation, groups: Iterable[Group]) -> list[TimedGroup]:
    return [
        {
            "kind": kind,
            "name": Period.parse(group.name).label if kind == "Periode" else group.name,
            "cases": str(group.cases),
            "median": _words(group.median, found),
            "p90": _words(group.p90, found),
            "on_time": share_words(group.on_time),
            "rework": share_words(group.rework),
        }
        for group in groups
    ]
