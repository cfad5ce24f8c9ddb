"""Rows sealed in the journal: whoever writes a row of a sealed table within a turn leaves what it then says in the chain.

A table is sealed by the decorator `@sealed` on its model. What is saved, updated, made in bulk or deleted through the
ORM while a turn is open is noted by itself (a row the ORM does not see is named with `touch`); when the turn ends, the
rows are read once more and go into one record, `archive:rows:written`, field by field. `comparing.py` holds the tables
against these records, so that a row changed, added or deleted by SQL is found.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete

from himpun.archive.chain import canonical

ROWS_WRITTEN = "archive:rows:written"
BEGUN = "archive:rows:begun"
BEGUN_CHAIN = "himpun"
"""Where the rows are sealed that were there before their table was sealed (`sealing.py`)."""
SHORT = 120
"""A longer text is recorded as its SHA-256: the journal proves it and does not repeat it."""
CHUNK = 500

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Kind:
    """A sealed table. `noun` names a row of it to people, `when` says which rows must have a seal (none: all of them).

    Rows of a table sealed `by_hand` are sealed when an act says so: they are drafts until then. Of a table with
    `many_at_once` more rows are written in one act than a record should hold: see `bulk.py`. `files` are the fields that
    name a file of the archive, which must be there.
    """

    model: type[models.Model]
    noun: str
    fields: tuple[str, ...]
    hidden: frozenset[str]
    many: tuple[str, ...]
    when: Q | None
    by_hand: bool
    many_at_once: bool
    files: tuple[str, ...]

    @property
    def label(self) -> str:
        """ "documents.approval"."""
        return self.model._meta.label_lower

    def seals(self, names: Iterable[str]) -> bool:
        """Whether one of these fields (by either of its names) belongs to what is sealed."""
        columns = [self.model._meta.get_field(name) for name in names]
        return any(getattr(column, "attname", column.name) in self.fields for column in columns)

    def key(self, pk: Any) -> str:
        """How the journal names a row: "documents.approval:12"."""
        return f"{self.label}:{pk}"

    def rows(self, pks: Iterable[Any]) -> Iterator[models.Model]:
        """The rows with these keys, in their order."""
        query = self.model._base_manager.order_by("pk").prefetch_related(*self.many)
        wanted = sorted(pks)
        for start in range(0, len(wanted), CHUNK):
            yield from query.filter(pk__in=wanted[start : start + CHUNK])

    def content(self, row: models.Model) -> dict[str, Any]:
        """What a row says, field by field, as the journal keeps it."""
        said = {name: plain(getattr(row, name), hide=name in self.hidden) for name in self.fields}
        return said | {name: sorted(one.pk for one in getattr(row, name).all()) for name in self.many}

    def called(self, name: str) -> str:
        """A field's name for people."""
        for column in (*self.model._meta.concrete_fields, *self.model._meta.many_to_many):
            if name in (column.attname, column.name):
                return str(column.verbose_name)
        return name


SEALED: dict[str, Kind] = {}
"""Every sealed table by its label."""


def sealed(
    noun: str,
    *,
    leave_out: Iterable[str] = (),
    hidden: Iterable[str] = (),
    many: Iterable[str] = (),
    when: Q | None = None,
    by_hand: bool = False,
    many_at_once: bool = False,
    files: Iterable[str] = (),
) -> Callable[[type[M]], type[M]]:
    """Seal a model's table. `leave_out` names fields that change without an act, `hidden` those kept as a digest only,
    `many` its relations to many that belong to what a row says."""
    without = set(leave_out)

    def seal(model: type[M]) -> type[M]:
        names = tuple(one.attname for one in model._meta.concrete_fields if not one.primary_key)
        kind = Kind(
            model,
            noun,
            tuple(name for name in names if name not in without),
            frozenset(hidden),
            tuple(many),
            when,
            by_hand,
            many_at_once,
            tuple(files),
        )
        SEALED[kind.label] = kind
        if not by_hand:
            post_save.connect(_saved, sender=model)
            post_delete.connect(_deleted, sender=model)
            pre_delete.connect(_let_go, sender=model)
            for name in many:
                m2m_changed.connect(_linked, sender=getattr(model, name).through)
        return model

    return seal


def said_moment(moment: datetime) -> str:
    """A moment as the journal writes it: in UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def plain(value: Any, *, hide: bool = False) -> Any:
    """A field's value in JSON, spelled alike on both databases."""
    if isinstance(value, datetime):
        value = said_moment(value)
    elif isinstance(value, date | time):
        value = value.isoformat()
    elif isinstance(value, Decimal):
        value = f"{value.normalize():f}" if value else "0"
    elif isinstance(value, dict | list):
        value = canonical(value)
    elif not isinstance(value, str | int | bool | None):
        value = str(value)
    if isinstance(value, str) and value and (hide or len(value) > SHORT):
        return f"sha256:{hashlib.sha256(value.encode()).hexdigest()}"
    return value


# --- what an act writes -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Touches:
    """The rows written in one turn, by table."""

    written: dict[str, set[Any]] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.written or self.gone or self.released)

    def taken(self) -> Iterator[dict[str, Any]]:
        """What the journal records of them: each row as it stands now; then nothing is left to record."""
        rows: dict[str, Any] = {}
        for label in sorted(self.written):
            kind = SEALED[label]
            for row in kind.rows(self.written[label]):
                rows[kind.key(row.pk)] = kind.content(row)
                if len(rows) == CHUNK:
                    yield _said({"rows": rows})
                    rows = {}
        last = {"rows": rows, "gone": sorted(self.gone), "released": sorted(self.released)}
        if any(last.values()):
            yield _said({name: said for name, said in last.items() if said})
        self.written, self.made, self.gone, self.released = {}, set(), set(), set()


def _said(data: dict[str, Any]) -> dict[str, Any]:
    """With a summary for people: "3 Isian, 1 Dokumen"."""
    count = Counter(SEALED[key.partition(":")[0]].noun for keys in data.values() for key in keys)
    return data | {"summary": ", ".join(f"{many} {noun.lower()}" for noun, many in count.most_common())}


_watched: ContextVar[Touches | None] = ContextVar("touches", default=None)


@contextmanager
def watching(touches: Touches) -> Iterator[None]:
    """Note in `touches` what is written until the block ends."""
    token = _watched.set(touches)
    try:
        yield
    finally:
        _watched.reset(token)


def touch(model: type[models.Model], pks: Iterable[Any]) -> None:
    """Seal these rows when the turn ends: rows of a table sealed by hand, or written by SQL of our own."""
    touches = _watched.get()
    if touches is not None and (keys := set(pks)):
        touches.written.setdefault(model._meta.label_lower, set()).update(keys)


def release(model: type[models.Model], pks: Iterable[Any]) -> None:
    """Let these rows be drafts again: the journal says nothing of them until they are touched anew."""
    touches = _watched.get()
    if touches is None:
        return
    kind = SEALED[model._meta.label_lower]
    for pk in pks:
        touches.written.get(kind.label, set()).discard(pk)
        touches.released.add(kind.key(pk))


def _saved(
    sender: type[models.Model],
    instance: models.Model,
    created: bool,
    update_fields: frozenset[str] | None = None,
    **signal: Any,
) -> None:
    touches, kind = _watched.get(), SEALED[sender._meta.label_lower]
    if touches is None or not (update_fields is None or kind.seals(update_fields)):
        return
    touch(sender, [instance.pk])
    if created:
        touches.made.add(kind.key(instance.pk))


def _let_go(sender: type[models.Model], instance: models.Model, **signal: Any) -> None:
    """Rows that point at one to be deleted, and will then point at nothing, are written too."""
    for relation in sender._meta.related_objects if _watched.get() is not None else ():
        kind = SEALED.get(relation.related_model._meta.label_lower)
        if kind is not None and getattr(relation, "on_delete", None) is models.SET_NULL:
            pointing = kind.model._base_manager.filter(**{relation.field.name: instance})
            touch(kind.model, pointing.values_list("pk", flat=True))


def _deleted(sender: type[models.Model], instance: models.Model, **signal: Any) -> None:
    touches = _watched.get()
    if touches is not None:
        kind = SEALED[sender._meta.label_lower]
        touches.written.get(kind.label, set()).discard(instance.pk)
        if (key := kind.key(instance.pk)) not in touches.made:
            touches.gone.add(key)


def _linked(
    sender: Any, instance: models.Model, action: str, reverse: bool, pk_set: set[Any] | None, **signal: Any
) -> None:
    if not action.startswith("post_"):
        return
    if not reverse:
        touch(type(instance), [instance.pk])
        return
    owner = next(kind.model for kind in SEALED.values() for name in kind.many if _through(kind, name) is sender)
    touch(owner, pk_set or ())


def _through(kind: Kind, name: str) -> Any:
    return getattr(kind.model, name).through


class SealedQuerySet(models.QuerySet[M]):
    """A queryset whose `update` and `bulk_create` are seen by the turn that is open."""

    def update(self, **values: Any) -> int:
        """As Django's; in a turn, the rows are sealed when it ends."""
        kind = SEALED.get(self.model._meta.label_lower)
        if _watched.get() is None or kind is None or kind.by_hand or not kind.seals(values):
            return super().update(**values)
        keys = list(self.order_by().values_list("pk", flat=True))
        changed = super().update(**values)
        touch(self.model, keys if changed else ())
        return changed

    def bulk_create(self, objs: Iterable[M], *args: Any, **options: Any) -> list[M]:
        """As Django's; in a turn, the rows are sealed when it ends."""
        made = super().bulk_create(objs, *args, **options)
        kind = SEALED.get(self.model._meta.label_lower)
        if kind is not None and not kind.by_hand:
            touch(self.model, [one.pk for one in made])
        return made
