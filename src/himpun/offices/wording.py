"""What is wrong with texts that people type for columns of a table, as sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models

from himpun.typed import Complaints, Text, line


def wrong_texts(model: type[models.Model], texts: Mapping[str, Any], required: tuple[str, ...]) -> Complaints:
    """What is wrong with texts for columns of `model`: left empty although required, or longer than the column."""
    wrong = Complaints()
    for name, written in texts.items():
        field = model._meta.get_field(name)
        missing = f"Isi {getattr(field, 'verbose_name', name)}." if name in required else ""
        wrong.text(name, line(str(written)), getattr(field, "max_length", None) or Text.FIELD, missing=missing)
    return wrong


def wrong_cell(name: str, written: str, read: Callable[[str], Any]) -> Complaints:
    """What `read` says against one cell, or that it is empty."""
    wrong = Complaints()
    if written:
        wrong.read(name, written, read, None)
    else:
        wrong[name] = f"Isi {'kode' if name == 'code' else 'nama pengguna'}."
    return wrong
