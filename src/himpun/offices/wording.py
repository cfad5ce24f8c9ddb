"""Texts that people type about an office: tidied, and what is wrong with them as sentences."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from himpun.offices import typed


def tidy(text: str) -> str:
    """The text without space around it and with single spaces in it; "" when nothing of it shows."""
    return typed.line(text)


def as_sentence(cause: str) -> str:
    """The cause with a capital letter."""
    return cause[:1].upper() + cause[1:]


def wrong_texts(model: type[models.Model], texts: Mapping[str, Any], required: tuple[str, ...]) -> dict[str, str]:
    """What is wrong with texts for columns of `model`: left empty although required, or longer than the column."""
    wrong = {}
    for name, written in texts.items():
        text, field = tidy(str(written)), model._meta.get_field(name)
        longest = getattr(field, "max_length", None)
        if name in required and not text:
            wrong[name] = f"Isi {getattr(field, 'verbose_name', name)}."
        elif longest and len(text) > longest:
            wrong[name] = f"Terlalu panjang ({len(text)} huruf); paling banyak {longest}."
        elif sentence := typed.marks_fault(text):
            wrong[name] = sentence
    return wrong


def wrong_cell(name: str, written: str, read: Any) -> dict[str, str]:
    """What `read` says against one cell, or that it is empty."""
    try:
        if written:
            read(written)
            return {}
    except ValueError as problem:
        return {name: as_sentence(str(problem))}
    return {name: f"Isi {'kode' if name == 'code' else 'nama pengguna'}."}
