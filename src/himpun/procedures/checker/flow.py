"""Decisions that are not drawn, steps that lead nowhere, times that do not add up. Pure."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from himpun.procedures.checker.findings import LOOK, NOTE, WRONG, Finding
from himpun.procedures.checker.spelling import tidy
from himpun.procedures.definition import END, Procedure, Step, read_duration

# Decisions in the words that the drawing does not show (defect 6)

_VERDICT = re.compile(r"\b(memeriksa|menelaah|meneliti|memverifikasi|mengoreksi|menguji)\b", re.I)
_ORDER = re.compile(r"\b(memerintahkan|menugaskan|mendisposisikan|memberi arahan)\b", re.I)
_CONDITION = re.compile(r"\b(?:apabila|jika|bila)\b[^.;]*?\b(?:perlu|kurang|belum|tidak)\b[^.;]*", re.I)


def undrawn_decisions(procedure: Procedure, kind: str) -> Iterator[Finding]:
    for step in procedure.steps:
        if len(step.next) > 1:
            continue
        if (condition := _CONDITION.search(step.title)) and not _chosen_before(procedure, step):
            yield _undrawn(procedure, step, f'bersyarat ("{tidy(condition[0])}")')
        elif (verdict := _VERDICT.search(step.title)) and not _ORDER.search(step.title):
            yield _undrawn(procedure, step, f'"{verdict[0].lower()}"')


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


def decisions_without_a_way_back(procedure: Procedure, kind: str) -> Iterator[Finding]:
    for step in procedure.steps:
        back = step.returns or any(_ends_or_goes_back(step, target) for target in step.next.values())
        if len(step.next) > 1 and not back and _VERDICT.search(step.title):
            yield Finding(
                "keputusan-tanpa-jalan-kembali", LOOK, 6, procedure.key, step.no,
                f"Langkah {step.no} memutuskan, tetapi semua jalannya maju. "
                "Tambahkan jalan kembali untuk hasil yang ditolak.",
            )  # fmt: skip


def _ends_or_goes_back(step: Step, target: int | str) -> bool:
    return target == END or (isinstance(target, int) and target <= step.no)


# Times (defect 8) and what is missing


def mixed_units(procedure: Procedure, kind: str) -> Iterator[Finding]:
    days = [step.no for step in procedure.steps if _units(step) & {"hari", "minggu", "bulan"}]
    minutes = [step.no for step in procedure.steps if _units(step) & {"menit", "jam"}]
    if days and minutes:
        yield Finding(
            "satuan-waktu-campur", NOTE, 8, procedure.key, None,
            f"Satuan waktu campur: langkah {_ranges(days)} memakai hari, "
            f"langkah {_ranges(minutes)} memakai menit atau jam. "
            "Pakai satu satuan, atau tulis berapa menit satu hari kerja.",
        )  # fmt: skip


def _units(step: Step) -> set[str]:
    return {unit for _, unit in step.time.parts} if step.time else set()


def _ranges(numbers: list[int]) -> str:
    """ "1–3, 5" for [1, 2, 3, 5]."""
    groups = [[no for _, no in group] for _, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    return ", ".join(str(group[0]) if len(group) == 1 else f"{group[0]}–{group[-1]}" for group in groups)


def incomplete_rows(procedure: Procedure, kind: str) -> Iterator[Finding]:
    for step in procedure.steps:
        for missing, what in (
            (not step.needs, "Kelengkapan"),
            (step.time is None, "Waktu"),
            (not step.output, "Output"),
        ):
            if missing:
                yield Finding(
                    "mutu-baku-kosong", NOTE, None, procedure.key, step.no,
                    f"{what} pada langkah {step.no} kosong. Isi, karena mutu baku dipakai untuk menilai hasil langkah.",
                )  # fmt: skip


def total_time(procedure: Procedure, kind: str) -> Iterator[Finding]:
    total = read_duration(procedure.total_time_text)
    times = [step.time for step in procedure.steps]
    if not total or any(time is None for time in times):
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


def _sums(parts: Iterable[tuple[float, str]]) -> dict[str, float]:
    """Amount by unit, with hours counted as minutes."""
    sums: dict[str, float] = {}
    for amount, unit in parts:
        amount, unit = (amount * 60, "menit") if unit == "jam" else (amount, unit)
        sums[unit] = sums.get(unit, 0) + amount
    return sums


def _said(sums: dict[str, float]) -> str:
    return " ".join(f"{amount:g} {unit}" for unit, amount in sums.items())
