"""A procedure's TOML read into a definition, with the place of what is wrong. Pure."""

import difflib
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any, TypeVar

from himpun.procedures.definition import PLACEHOLDER, DefinitionError, Identity, Procedure, Role, Step

_T = TypeVar("_T")


def read(text: str) -> Procedure:
    """Read a procedure, leniently: what cannot be taken is left out and told in `unread`.

    Raises DefinitionError only when the text is no TOML, or a step has no number.
    """
    found: list[str] = []
    top = _Fields(_toml(text), "prosedur", found)
    procedure = Procedure(
        key=top.text("key"),
        name=top.text("name"),
        identity=_identity(_Fields(top.take("identity", {}), "[identity]", found)),
        roles=tuple(_role(role, place, found) for place, role in _tables(top, "role")),
        steps=tuple(_step(step, place, found) for place, step in _tables(top, "step")),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        total_time_text=top.text("total_time"),
        child_of=top.text("child_of"),
        outcome=top.text("outcome"),
    )
    top.report_unknown()
    return replace(procedure, unread=tuple(found))


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:  # a number too long to read is none of tomllib's own errors
        raise DefinitionError(
            [f"Berkas ini bukan TOML yang sah: {error}. Perbaiki baris itu lalu coba lagi."]
        ) from error


class _Fields:
    """One table of the text: gives fields in the shape asked for, and tells what it could not take."""

    def __init__(self, data: Any, place: str, found: list[str]) -> None:
        if not isinstance(data, dict):
            raise DefinitionError([f"Isian {place} harus berupa tabel. Lihat docs/reference/prosedur.md."])
        self.data: dict[str, Any] = data
        self.place = place
        self.found = found
        self.asked: set[str] = set()

    def take(self, key: str, default: Any) -> Any:
        self.asked.add(key)
        return self.data.get(key, default)

    def text(self, key: str) -> str:
        value = self.take(key, "")
        if _is_text(value):
            return str(value)
        return self._refuse(key, "berupa teks", "")

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.take(key, ())
        if _is_text(value):
            return (str(value),)
        if isinstance(value, list | tuple) and all(_is_text(item) for item in value):
            return tuple(map(str, value))
        return self._refuse(key, "berupa daftar teks", ())

    def flag(self, key: str) -> bool:
        value = self.take(key, False)
        return value if isinstance(value, bool) else self._refuse(key, "berisi true atau false", False)

    def targets(self, key: str) -> dict[str, int | str]:
        value = self.take(key, {})
        if isinstance(value, dict) and all(_is_text(target) for target in value.values()):
            return {decision: target if isinstance(target, int) else str(target) for decision, target in value.items()}
        return self._refuse(key, 'berupa pasangan keputusan = langkah, misalnya { "paraf" = 8 }', {})

    def report_unknown(self) -> None:
        for key in [key for key in self.data if key not in self.asked]:
            self.found.append(f'Kunci "{key}" pada {self.place} tidak dikenal{self._likely(key)}. Perbaiki atau hapus.')

    def _likely(self, key: str) -> str:
        near = difflib.get_close_matches(key, sorted(self.asked), n=1)
        return f'; mungkin maksudnya "{near[0]}"' if near else ""

    def _refuse(self, key: str, wanted: str, instead: _T) -> _T:
        self.found.append(f'Isian "{key}" pada {self.place} harus {wanted}.')
        return instead


def _is_text(value: object) -> bool:
    return isinstance(value, str | int | float | date) and not isinstance(value, bool)


def _tables(top: _Fields, key: str) -> list[tuple[str, Any]]:
    """The [[key]] tables with the words that name each one's place."""
    tables = top.take(key, [])
    if not isinstance(tables, list):
        raise DefinitionError(
            [f"Tulis tiap {key} sebagai [[{key}]], dengan dua kurung siku. Lihat docs/reference/prosedur.md."]
        )
    return [(f"[[{key}]] ke-{place}", table) for place, table in enumerate(tables, 1)]


_IDENTITY_LISTS = {"legal_basis", "related", "qualifications", "equipment", "records"}


def _identity(given: _Fields) -> Identity:
    names = [item.name for item in fields(Identity)]
    values: dict[str, Any] = {
        name: given.texts(name) if name in _IDENTITY_LISTS else given.text(name) for name in names
    }
    given.report_unknown()
    return Identity(**values)


def _role(data: Any, place: str, found: list[str]) -> Role:
    given = _Fields(data, place, found)
    role = Role(
        key=given.text("key"),
        title=given.text("title"),
        several=given.flag("several"),
        outside=given.flag("outside"),
        recorded_by=given.text("recorded_by"),
    )
    given.report_unknown()
    return role


def _step(data: Any, place: str, found: list[str]) -> Step:
    given = _Fields(data, place, found)
    no = given.take("no", None)
    if not isinstance(no, int) or isinstance(no, bool):
        raise DefinitionError([f"{place} tidak bernomor: isi no dengan bilangan bulat, mulai dari 1."])
    given.place = f"langkah {no}"
    step = Step(
        no=no,
        name=given.text("name"),
        title=given.text("title"),
        who=given.text("who"),
        with_=given.texts("with"),
        each=given.text("each"),
        needs=given.texts("needs"),
        time_text=given.text("time"),
        output=given.text("output"),
        note=given.text("note"),
        remark=given.text("remark"),
        questions=given.texts("questions"),
        next=given.targets("next"),
        returns=frozenset(given.texts("returns")),
        does=given.texts("does"),
        runs=given.text("runs"),
    )
    given.report_unknown()
    return step


def role_titles(procedure: Procedure, office_titles: Mapping[str, str] | None = None) -> dict[str, str]:
    """What every role is called: the office's own title for it, else the title the procedure gives."""
    office_titles = office_titles or {}
    return {role.key: office_titles.get(role.key) or role.title for role in procedure.roles}


def worded(text: str, titles: Mapping[str, str]) -> str:
    """`text` with every `{role-key}` replaced by that role's title; a key not in `titles` is left as it stands.

    Take `titles` from `role_titles`, so that a role the office has no title for keeps its own.
    """
    return PLACEHOLDER.sub(lambda found: titles.get(found[1].strip(), found[0]), text)
