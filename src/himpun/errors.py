"""Errors are sentences: Indonesian, saying what to do next, each with a code of its own.

Every refusal in Himpun is a subclass of `Refusal`. A page shows `str(error)` where the person typed, the
API answers with `code` and `status`, and the command line prints the sentence and exits with 1.
"""

from typing import ClassVar


class Refusal(Exception):
    """Something asked for cannot be done, and this says why and what to do instead."""

    code: ClassVar[str] = "ditolak"
    status: ClassVar[int] = 422


class NotAllowed(Refusal):
    """The person may never do this, whenever they ask."""

    code = "tidak-berwenang"
    status = 403


class Conflict(Refusal):
    """Somebody else was first; nothing was changed."""

    code = "sudah-berubah"
    status = 409


class FieldErrors(Refusal):
    """What was typed cannot be taken; `fields` maps the field's name to its sentence."""

    code = "isian-salah"

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields
