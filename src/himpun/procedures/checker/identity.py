"""The head of an SOP: legal basis, dates, number, warning. Pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from himpun.procedures.checker.findings import LOOK, REGULATION_KINDS, REGULATIONS, WRONG, Finding
from himpun.procedures.checker.spelling import content_words, tidy
from himpun.procedures.definition import Procedure

# Legal basis (defect 3)

_REGULATION = re.compile(
    r"^(?P<kind>.+?)\s+(?:nomor|no\.?)\s*(?P<no>\d+)\s+tahun\s+(?P<year>\d{4})(?:\s+tentang\s+(?P<about>.+))?$", re.I
)


def wrong_legal_basis(procedure: Procedure, kind: str) -> Iterator[Finding]:
    for place, text in enumerate(map(tidy, procedure.identity.legal_basis), 1):
        found = _REGULATION.match(text.rstrip(". "))
        if not found:
            yield Finding(
                "dasar-hukum-tidak-lengkap", LOOK, None, procedure.key, None,
                f'Dasar hukum ke-{place} "{text}" tidak menyebut jenis, nomor, dan tahun. Tulis ketiganya.',
            )  # fmt: skip
        elif wrong := _wrong_kind(found):
            yield Finding("dasar-hukum-salah-jenis", WRONG, 3, procedure.key, None, f"Dasar hukum ke-{place}: {wrong}")


def _wrong_kind(found: re.Match[str]) -> str:
    """The sentence for a regulation whose number and subject are known under another kind; empty when it is right."""
    written = _regulation_kind(found["kind"])
    for (kind, no, year), about in REGULATIONS.items():
        same = (no, year) == (int(found["no"]), int(found["year"])) and _alike(about, found["about"] or "")
        if same and kind != written:
            name = REGULATION_KINDS[kind][0]
            number = f"Nomor {no} Tahun {year}"
            return f'"{found["kind"]} {number}" tentang {about} adalah {name}. Tulis "{name} {number}".'
    return ""


def _regulation_kind(text: str) -> str:
    kinds = REGULATION_KINDS.items()
    return next((kind for kind, (_, ways) in kinds if re.fullmatch(ways, text.strip(), re.I)), text.lower())


def _alike(left: str, right: str) -> bool:
    """Whether two subjects share more than half of the shorter one's words."""
    words, others = content_words(left), content_words(right)
    return len(words & others) * 2 > min(len(words), len(others))


# Number, dates and boxes of the identity sheet (defect 4)

_MONTHS = "januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember"
_FULL_DATE = re.compile(
    rf"^(\d{{1,2}}\s+({_MONTHS})\s+\d{{4}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{4}}|\d{{4}}-\d\d-\d\d)$", re.I
)
_DATES = {
    "made_on": "Tgl Pembuatan",
    "revised_on": "Tgl Revisi",
    "effective_on": "Tgl Efektif",
    "approved_on": "Tgl Pengesahan",
}


def _is_issued(procedure: Procedure) -> bool:
    """Whether an office has begun to fill in the identity sheet's number and dates."""
    return any(getattr(procedure.identity, name) for name in ("number", *_DATES))


def wrong_number(procedure: Procedure, kind: str) -> Iterator[Finding]:
    number = procedure.identity.number
    if _is_issued(procedure) and not number.strip():
        yield Finding(
            "nomor-kosong", WRONG, 4, procedure.key, None,
            "Nomor SOP kosong. Ambil nomor dari register SOP dan tulis di lembar identitas.",
        )  # fmt: skip
    elif any(not part.strip() for part in number.split("/")) and number:
        yield Finding(
            "nomor-tidak-lengkap", WRONG, 4, procedure.key, None,
            f'Nomor SOP "{tidy(number)}" belum lengkap: ada bagian yang kosong. Isi nomor urutnya dari register SOP.',
        )  # fmt: skip


def dates(procedure: Procedure, kind: str) -> Iterator[Finding]:
    for name, label in _DATES.items():
        text = getattr(procedure.identity, name).strip()
        if text and not _FULL_DATE.match(text):
            yield Finding(
                "tanggal-tanpa-hari", WRONG, 4, procedure.key, None,
                f'{label} "{text}" tidak lengkap. Tulis tanggal, bulan, dan tahunnya, misalnya "3 Januari 2022".',
            )  # fmt: skip
    if _is_issued(procedure) and not procedure.identity.effective_on.strip():
        yield Finding(
            "tanpa-tanggal-efektif", WRONG, 4, procedure.key, None,
            "Tanggal efektif belum ada. Tulis sejak kapan SOP ini berlaku.",
        )  # fmt: skip


def wrong_warning(procedure: Procedure, kind: str) -> Iterator[Finding]:
    if not procedure.identity.warning.strip():
        yield Finding(
            "peringatan-kosong", WRONG, 4, procedure.key, None,
            'Kotak Peringatan kosong. Tulis akibatnya bila SOP ini dilanggar, dengan pola "Apabila … maka …".',
        )  # fmt: skip


def different_number_codes(procedures: Sequence[Procedure]) -> Iterator[Finding]:
    for left, right in combinations(procedures, 2):
        codes = [tidy(procedure.identity.number) for procedure in (left, right)]
        if left.name == right.name and all(codes) and codes[0] != codes[1]:
            yield Finding(
                "nomor-berbeda", WRONG, 4, left.key, None,
                f'SOP yang sama bernomor "{codes[0]}" pada {left.key} dan "{codes[1]}" pada {right.key}. '
                "Pakai satu kode nomor.",
            )  # fmt: skip
