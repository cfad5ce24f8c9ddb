"""Decisions that are not drawn, steps that lead nowhere, times that do not add up. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator
from fractions import Fraction
from itertools import groupby

from himpun.procedures.checker.findings import LOOK, NOTE, WRONG, Finding
from himpun.procedures.checker.spelling import tidy
from himpun.procedures.definition import END, Procedure, Step
from himpun.procedures.times import (
    CALENDAR_DAYS,
    EXAMPLES,
    NO_TIME,
    ROUND_THE_CLOCK,
    WORK_DAYS,
    WORK_MINUTES,
    Part,
    amount_words,
    beside_words,
    counting_words,
    read_duration,
)

# Decisions in the words that the drawing does not show (defect 6)

_VERDICT = re.compile(r"\b(memeriksa|menelaah|meneliti|memverifikasi|mengoreksi|menguji)\b", re.I)
_ORDER = re.compile(r"\b(memerintahkan|menugaskan|mendisposisikan|memberi arahan)\b", re.I)
_CONDITION = re.compile(r"\b(?:apabila|jika|bila)\b[^.;]*?\b(?:perlu|kurang|belum|tidak)\b[^.;]*", re.I)
_PURPOSE = re.compile(
    r"\b(?:untuk|guna|agar|supaya|demi|yang|dalam rangka|sebelum|sesudah|setelah|sehingga|bagi)\b[^,;.]*", re.I
)
"""A clause that says what something is for, or another's deed: what is done in it is not what the step does."""
_DEED = re.compile(r"\bme(?:m|n|l|r|w|y)[a-z]{3,}\b", re.I)
_NO_DEED = {
    "menit",
    "menteri",
    "menurut",
    "melalui",
    "mengenai",
    "meliputi",
    "merupakan",
    "memuat",
    "menengah",
    "mental",
}
_LOOKING = {
    "menganalisa",
    "menganalisis",
    "mengkaji",
    "mengevaluasi",
    "mencermati",
    "membaca",
    "menilai",
    "mempelajari",
}
"""Deeds that go with a verdict and settle nothing."""
_SETTLING = re.compile(
    r"\b(?:memaraf|memutuskan|memperbaiki|memvalidasi|melegalisasi|melaporkan"
    r"|men(?:andatangani|yetujui|olak|etapkan|yampaikan|eruskan|yerahkan|erbitkan)"
    r"|meng(?:esahkan|embalikan|irim(?:kan)?|izinkan|abulkan)|merekomendasikan|memberi(?:kan)? (?:paraf|persetujuan|izin))\b",
    re.I,
)
"""Deeds by which what was found good goes on, and what was not does not."""


def _verdict_in(title: str) -> str:
    """The word by which a step judges something that then goes on or back; "" where it only looks and goes about its work.

    "Memeriksa berkas", "Memeriksa dan memaraf" judge; "Meneliti lalu mencatat" and "Membentuk tim untuk memeriksa" do not.
    """
    own = _PURPOSE.sub(" ", title)
    found = _VERDICT.search(own)
    if not found:
        return ""
    after = own[found.end() :]
    deeds = (deed.lower() for deed in _DEED.findall(after))
    others = [deed for deed in deeds if deed not in _NO_DEED | _LOOKING and not _VERDICT.fullmatch(deed)]
    return found[0].lower() if not others or _SETTLING.search(after) else ""


def undrawn_decisions(procedure: Procedure, kind: str) -> Iterator[Finding]:
    for step in procedure.steps:
        if step.is_decision:
            continue
        if (condition := _CONDITION.search(step.title)) and not _chosen_before(procedure, step):
            yield _undrawn(procedure, step, f'bersyarat ("{tidy(condition[0])}")')
        elif (verdict := _verdict_in(step.title)) and not _ORDER.search(step.title):
            yield _undrawn(procedure, step, f'"{verdict}"')


def _chosen_before(procedure: Procedure, step: Step) -> bool:
    """Whether an earlier step's decision chooses if this one is taken at all."""
    earlier = [other for other in procedure.steps if other.no < step.no]
    return any(len(other.next) > 1 and step.no in other.next.values() for other in earlier)


def _undrawn(procedure: Procedure, step: Step, words: str) -> Finding:
    return Finding(
        "keputusan-tanpa-jalan", WRONG, 6, procedure.key, step.no,
        f"Langkah {step.no} {words}: itu keputusan, tetapi tidak digambar sebagai belah ketupat dan tidak punya jalan "
        "kembali. Gambar belah ketupat dengan jalan keluar Ya dan Tidak.",
    )  # fmt: skip


def diamonds_without_a_choice(procedure: Procedure, kind: str) -> Iterator[Finding]:
    for step in procedure.steps:
        if step.questions and len(step.next) == 1:
            ((decision, target),) = step.next.items()
            leads = "akhir" if target == END else f"langkah {target}"
            yield Finding(
                "belah-ketupat-satu-jalan", WRONG, 6, procedure.key, step.no,
                f'Langkah {step.no} digambar sebagai belah ketupat ("{tidy(step.questions[0])}") tetapi hanya punya satu '
                f'jalan keluar ("{decision}" ke {leads}). Gambar jalan keluar lainnya, atau ganti dengan persegi.',
            )  # fmt: skip


def decisions_without_a_way_back(procedure: Procedure, kind: str) -> Iterator[Finding]:
    for step in procedure.steps:
        back = step.returns or any(_ends_or_goes_back(step, target) for target in step.next.values())
        if len(step.next) > 1 and not back and _verdict_in(step.title):
            yield Finding(
                "keputusan-tanpa-jalan-kembali", LOOK, 6, procedure.key, step.no,
                f"Langkah {step.no} memutuskan, tetapi semua jalannya maju. "
                "Tambahkan jalan kembali untuk hasil yang ditolak.",
            )  # fmt: skip


def _ends_or_goes_back(step: Step, target: int | str) -> bool:
    return target == END or (isinstance(target, int) and target <= step.no)


# Times (defect 8) and what is missing


_CLOCKS: dict[str, Collection[str]] = {
    "hari": WORK_DAYS,
    "menit atau jam": WORK_MINUTES,
    "hari kalender": CALENDAR_DAYS,
    "jam terus-menerus": ROUND_THE_CLOCK,
}


def mixed_units(procedure: Procedure, kind: str) -> Iterator[Finding]:
    used = {
        words: steps
        for words, units in _CLOCKS.items()
        if (steps := [step.no for step in procedure.steps if _units(step) & set(units)])
    }
    if len(used) > 1:
        told = ", ".join(f"langkah {_ranges(steps)} memakai {words}" for words, steps in used.items())
        yield Finding(
            "satuan-waktu-campur", NOTE, 8, procedure.key, None,
            f"Satuan waktu campur: {told}. Pakai satu satuan, atau tulis berapa menit satu hari kerja.",
        )  # fmt: skip


def _units(step: Step) -> set[str]:
    return {unit for _, unit in step.time.parts} if step.time else set()


def counted_times(procedure: Procedure) -> list[str]:
    """How each time is counted, a line each, steps with the same words together; what cannot be read is a finding."""
    steps: dict[str, list[Step]] = {}
    for step in procedure.steps:
        if step.time:
            steps.setdefault(tidy(step.time_text), []).append(step)
    said = [_counted_line(procedure, text, found) for text, found in steps.items()]
    total = procedure.total_time
    return [*said, f"seluruhnya “{tidy(total.text)}”: {counting_words(total)}."] if total else said


def _counted_line(procedure: Procedure, text: str, steps: list[Step]) -> str:
    roles = {procedure.counted_for(step) for step in steps}
    role = roles.pop() if len(roles) == 1 else ""
    (time,) = {step.time for step in steps[:1] if step.time}
    whose = procedure.role(role).title if role else ""
    head = f"langkah {_ranges([step.no for step in steps])} “{text}”: {counting_words(time)}."
    return " ".join([head, *beside_words(time, whose)])


def _ranges(numbers: list[int]) -> str:
    """ "1–3, 5" for [1, 2, 3, 5]."""
    groups = [[no for _, no in group] for _, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    return ", ".join(str(group[0]) if len(group) == 1 else f"{group[0]}–{group[-1]}" for group in groups)


def incomplete_rows(procedure: Procedure, kind: str) -> Iterator[Finding]:
    for step in procedure.steps:
        for missing, what in (
            (not step.needs, "Kelengkapan"),
            (step.time_text.strip() in NO_TIME, "Waktu"),
            (not step.output, "Output"),
        ):
            if missing:
                yield Finding(
                    "mutu-baku-kosong", NOTE, None, procedure.key, step.no,
                    f"{what} pada langkah {step.no} kosong. Isi, karena mutu baku dipakai untuk menilai hasil langkah.",
                )  # fmt: skip


def unreadable_times(procedure: Procedure, kind: str) -> Iterator[Finding]:
    places: list[tuple[int | None, str, str]] = [
        (step.no, f"langkah {step.no}", step.time_text) for step in procedure.steps
    ]
    for no, where, text in [*places, (None, "seluruh prosedur", procedure.total_time_text)]:
        if text.strip() not in NO_TIME and read_duration(text) is None:
            yield Finding(
                "waktu-tidak-terbaca", WRONG, None, procedure.key, no,
                f'Waktu "{tidy(text)}" pada {where} tidak terbaca. Tulis misalnya {EXAMPLES}.',
            )  # fmt: skip


def total_time(procedure: Procedure, kind: str) -> Iterator[Finding]:
    total = read_duration(procedure.total_time_text)
    times = [step.time for step in procedure.steps]
    if not total or any(time is None or time.per for time in times):
        return
    written = _sums(total.parts)
    added = _sums(part for time in times if time for part in time.parts)
    if written != added:
        yield Finding(
            "jumlah-waktu-tidak-cocok", LOOK, None, procedure.key, None,
            f'Waktu seluruhnya tertulis "{procedure.total_time_text}", '
            f"tetapi jumlah waktu langkah adalah {_said(added)}. "
            "Samakan keduanya.",
        )  # fmt: skip


def _sums(parts: Iterable[Part]) -> dict[str, Fraction]:
    """Amount by unit, with working hours counted as minutes."""
    sums: dict[str, Fraction] = {}
    for amount, unit in parts:
        amount, unit = (amount * 60, "menit") if unit == "jam" else (amount, unit)
        sums[unit] = sums.get(unit, Fraction(0)) + amount
    return sums


def _said(sums: dict[str, Fraction]) -> str:
    return " ".join(f"{amount_words(amount)} {unit}" for unit, amount in sums.items())
