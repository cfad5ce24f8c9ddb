"""The grades and words of rank in use in the field, and the tables that give some of them a number. Pure."""

import re
from collections.abc import Mapping

from himpun.measure.numbers import Number

BPK_OPINION: Mapping[str, int] = {"WTP": 4, "WDP": 3, "TW": 2, "TMP": 1}
"""[B] Opinion of the BPK on the financial statements, best first: WDP where WTP was the target is 75."""

AKIP_GRADE: Mapping[str, int] = {"AA": 7, "A": 6, "BB": 5, "B": 4, "CC": 3, "C": 2, "D": 1}
"""[B] Grade of the AKIP evaluation (PermenPANRB 88/2021), best first, by rank."""

LETTERS: Mapping[str, int] = {"A": 4, "B": 3, "C": 2, "D": 1}
"""[B] Four letters, best first, as in Indeks Kepuasan Masyarakat and accreditations."""

GRADE_TABLES: Mapping[str, Mapping[str, Number]] = {
    "opini BPK": BPK_OPINION,
    "predikat AKIP": AKIP_GRADE,
    "huruf A–D": LETTERS,
}

_GRADE_WORDS = {
    "WAJAR TANPA PENGECUALIAN": "WTP",
    "WTP DPP": "WTP",
    "WTP-DPP": "WTP",
    "WAJAR DENGAN PENGECUALIAN": "WDP",
    "TIDAK WAJAR": "TW",
    "TIDAK MENYATAKAN PENDAPAT": "TMP",
    "TIDAK MEMBERIKAN PENDAPAT": "TMP",
    "DISCLAIMER": "TMP",
}
_WORD_GRADES = frozenset(
    {
        *("SANGAT BAIK", "BAIK", "CUKUP", "CUKUP BAIK", "KURANG", "KURANG BAIK", "TIDAK BAIK", "BURUK", "ISTIMEWA"),
        *("MEMUASKAN", "SANGAT MEMUASKAN", "SANGAT TINGGI", "TINGGI", "SEDANG", "RENDAH", "SANGAT RENDAH"),
        *("PRATAMA", "MADYA", "NINDYA", "UTAMA", "PARIPURNA", "MANDIRI", "MAJU", "BERKEMBANG", "TERTINGGAL"),
        *("SANGAT TERTINGGAL", "INFORMATIF", "MENUJU INFORMATIF", "CUKUP INFORMATIF", "KURANG INFORMATIF"),
        *("TIDAK INFORMATIF", "EMAS", "HIJAU", "BIRU", "KUNING", "MERAH", "HITAM", "UNGGUL", "TERAKREDITASI"),
    }
)
"""Ordinal words without a table in use everywhere: only equal words can be compared (100)."""

_GRADES = frozenset({*BPK_OPINION, *AKIP_GRADE, *LETTERS, *_WORD_GRADES})

_PREFIX = re.compile(
    r"(?:predikat|opini(?: bpk)?|nilai|kategori|grade|indeks|skor|zona|warna|sebesar|sebanyak|sekitar)\b"
    r"\s*[:=]?\s*",
    re.IGNORECASE,
)
"""Words before a number or a grade that say only what it is."""


def without_prefix(text: str) -> str:
    """The text without such a word at its beginning."""
    found = _PREFIX.match(text)
    return text[found.end() :] if found else text


def grade_code(text: str) -> str:
    """The grade a text names, in capital letters: "Opini WTP" and "Wajar Tanpa Pengecualian" are WTP; "" for none."""
    word = without_prefix(text).strip(" “”\"'.:-").upper()
    word = _GRADE_WORDS.get(word, word)
    return word if word in _GRADES else ""
