"""Texts that speak of another kind of office. Pure."""

import re
from collections.abc import Iterator

from himpun.procedures.checker.findings import LOOK, OFFICE_KINDS, UNIT_WORDS, WRONG, Finding
from himpun.procedures.checker.spelling import tidy
from himpun.procedures.definition import Procedure

# Columns and texts that belong to another kind of office (defects 1 and 2)


def kind_named_in(text: str) -> str:
    words = set(re.findall(r"[a-z]+", text.lower()))
    return next((kind for kind, marks in OFFICE_KINDS.items() if words & set(marks)), "")


def columns_of_another_kind(procedure: Procedure, kind: str) -> Iterator[Finding]:
    for place, role in enumerate(procedure.roles, 1):
        other = kind_named_in(role.title)
        if kind and other and other != kind and not role.outside:
            yield Finding(
                "kolom-jenis-lain", WRONG, 1, procedure.key, None,
                f'Kolom ke-{place} "{tidy(role.title)}" adalah jabatan {other}, padahal SOP ini milik {kind}. '
                f"Ganti dengan jabatan yang ada di {kind}.",
            )  # fmt: skip


def texts_of_another_kind(procedure: Procedure, kind: str) -> Iterator[Finding]:
    outside = {role.title for role in procedure.roles if role.outside}
    for step in procedure.steps:
        for mention in re.findall(r"\b(?i:(?:kepala|sekretaris) (?:dinas|badan))\b(?! [A-Z])", step.title):
            other = kind_named_in(mention)
            if kind and other != kind and mention not in outside:
                yield Finding(
                    "teks-jenis-lain", LOOK, 1, procedure.key, step.no,
                    f'Langkah {step.no} menyebut "{mention}", padahal SOP ini milik {kind}. '
                    f"Sebut jabatan di {kind}, atau tulis nama {other} yang dimaksud.",
                )  # fmt: skip


def units_of_another_kind(procedure: Procedure, kind: str) -> Iterator[Finding]:
    own = UNIT_WORDS.get(kind, ())
    others = {word for words in UNIT_WORDS.values() for word in words if own} - set(own)
    for other in sorted(others):
        yield from _unit_columns(procedure, kind, other)
        yield from _unit_texts(procedure, kind, other)


def _unit_columns(procedure: Procedure, kind: str, other: str) -> Iterator[Finding]:
    own = UNIT_WORDS[kind][0]
    for place, role in enumerate(procedure.roles, 1):
        if re.search(rf"\b{other}\b", role.title, re.I) and not role.outside:
            yield Finding(
                "unit-jenis-lain", WRONG, 2, procedure.key, None,
                f'Kolom ke-{place} "{tidy(role.title)}" menyebut {other}, sedangkan {kind} memiliki {own}. '
                f"Ganti dengan nama {own} yang dimaksud.",
            )  # fmt: skip


def _unit_texts(procedure: Procedure, kind: str, other: str) -> Iterator[Finding]:
    own = UNIT_WORDS[kind][0]
    mention = re.compile(rf"\b{other}-{other}\b|(?<=dari ){other}\b", re.I)
    for step in procedure.steps:
        if found := mention.search(" | ".join((step.title, *step.needs))):
            yield Finding(
                "unit-jenis-lain", LOOK, 2, procedure.key, step.no,
                f'Langkah {step.no} menyebut "{found[0]}", sedangkan {kind} memiliki {own}. Tulis {own} yang dimaksud.',
            )  # fmt: skip
