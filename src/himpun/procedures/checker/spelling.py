"""Words written wrongly or run together. Pure."""

import re
from collections.abc import Iterator

from himpun.procedures.checker.findings import BRANDS, NOTE, SPELLING, Finding
from himpun.procedures.definition import Procedure

# Spelling (defect 9)


def misspelt(procedure: Procedure, kind: str) -> Iterator[Finding]:
    texts = {text: place for place, text in reversed(_places(procedure))}
    for wrong, right in SPELLING.items():
        places = [place for text, place in texts.items() if re.search(rf"\b{wrong}\b", text, re.I)]
        if places:
            yield _spelled(procedure, f'"{wrong}"', f'"{right}"', places)
    for text, place in texts.items():
        for word in re.findall(r"\b[A-Za-z]*[a-z]{2}[A-Z][a-z]{2,}[A-Za-z]*\b", text):
            if word not in BRANDS:
                yield _spelled(procedure, f'"{word}"', f'"{unglued(word)}"', [place])


def _spelled(procedure: Procedure, wrong: str, right: str, places: list[str]) -> Finding:
    where = ", ".join(dict.fromkeys(reversed(places)))
    return Finding("ejaan", NOTE, 9, procedure.key, None, f"Ejaan {wrong} ({where}) seharusnya {right}. Perbaiki.")


def _places(procedure: Procedure) -> list[tuple[str, str]]:
    columns = [(f"kolom ke-{place}", role.title) for place, role in enumerate(procedure.roles, 1)]
    return columns + [
        (f"langkah {step.no}", text)
        for step in procedure.steps
        for text in (step.title, *step.needs, step.output, step.note)
    ]


# --- words -----------------------------------------------------------------------------------------------------------


def tidy(text: str) -> str:
    return " ".join(text.split())


def unglued(text: str) -> str:
    """Words run together set apart: "KasubbagPerencanaan EvaluasidanPelaporan"."""
    apart = re.sub(r"(?<=[a-z]{2})(?=[A-Z][a-z])", " ", tidy(text))
    return re.sub(r"(?<=[a-z]{4})dan(?= [A-Z])", " dan", apart)


def content_words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower())) - {"dan", "tentang", "atas", "yang"}
