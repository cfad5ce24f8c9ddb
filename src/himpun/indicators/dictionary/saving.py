"""Changing the dictionary: indicators with their variables, checks and targets, and the scales of an office.

A definition is changed in place while nothing was collected by it; once used it stays as it was, and a change is the
next version with a reason. Targets change without a version, and the journal keeps the old one beside the new.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Prefetch

from himpun import clock
from himpun.archive.chain import canonical
from himpun.archive.journal import Author, Turn, act
from himpun.errors import Conflict, FieldErrors, Refusal
from himpun.indicators.dictionary.completeness import target_notices
from himpun.indicators.dictionary.definition import (
    CheckDefinition,
    Definition,
    Other,
    Row,
    Surroundings,
    Typed,
    VariableDefinition,
)
from himpun.indicators.dictionary.differences import Difference, as_typed, differences, redefines
from himpun.indicators.dictionary.formulas import check_formula, referred_by
from himpun.indicators.dictionary.reading import in_order, plain, read_definition
from himpun.indicators.figures.taking import ensure_elements
from himpun.indicators.models.dictionary import FigureCheck, Indicator, Scale, Target, Variable
from himpun.measure.formula import parser as formulas
from himpun.offices.acting import acting_in
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_EDIT_INDICATORS
from himpun.typed import Text, is_blank
from himpun.typed import check as check_texts

NEW, SAME, CHANGED, REVISED, AIMED = "baru", "tetap", "berubah", "versi baru", "target"
"""What became of an indicator: AIMED means that only targets or other loose facts changed."""
_COLUMNS = (
    "name",
    "sasaran",
    "definition",
    "rationale",
    "formula",
    "unit",
    "polarity",
    "aggregation",
    "source",
    "frequency",
    "evidence_required",
    "renstra_target",
    "national_standard",
    "order",
    "cap",
    "places",
    "jump_percent",
)


class ReasonNeeded(FieldErrors):
    """A used definition is changed only with a reason."""

    code = "perlu-alasan"

    def __init__(self, code: str, year: int) -> None:
        super().__init__(
            {
                "reason": f"Definisi {code} tahun {year} sudah dipakai. Tulis alasan perubahannya; definisi baru menjadi versi berikutnya."
            }
        )


class ChangedMeanwhile(Conflict):
    """Somebody else saved the indicator after this page was opened."""

    code = "indikator-sudah-berubah"

    def __init__(self, code: str) -> None:
        super().__init__(
            f"Indikator {code} diubah orang lain sejak halaman ini dibuka; isian Anda belum disimpan dan masih ada di bawah. "
            "Bandingkan dengan kartunya, lalu simpan lagi bila tetap hendak mengubah."
        )


class StillUsed(Conflict):
    """What is used cannot be taken away."""

    code = "masih-dipakai"


class CopiesNothing(Refusal):
    """There is nothing to copy from one year to the other."""

    code = "tidak-ada-salinan"


class FormulaBreaks(Refusal):
    """The change would break the formula of another indicator."""

    code = "rumus-lain-rusak"


class Saved(NamedTuple):
    """An indicator that was saved: what became of it, what differs from before, and what is not computed and why."""

    indicator: Indicator
    status: str
    found: tuple[Difference, ...] = ()
    notices: Mapping[str, str] = {}


# --- reading rows as definitions --------------------------------------------------------------------------------------


def entries(office: Office, year: int | None = None) -> list[Indicator]:
    """The indicators in force with everything a definition needs, in a fixed number of queries."""
    rows = Indicator.objects.current().filter(office=office)
    return with_parts(rows if year is None else rows.filter(year=year))


def with_parts(rows: Any) -> list[Indicator]:
    """Indicators with their variables, checks, targets, contributors, owner and scale."""
    variables = Prefetch("variables", Variable.objects.order_by("order", "id"))
    return list(
        rows.select_related("owner", "scale", "office").prefetch_related(variables, "targets", "checks", "contributors")
    )


def definition_of(indicator: Indicator) -> Definition:
    """An indicator as a value (`with_parts` reads what it needs)."""
    return Definition(
        code=indicator.code,
        year=indicator.year,
        owner=indicator.owner.code,
        contributors=tuple(sorted(post.code for post in indicator.contributors.all())),
        grades=tuple((name, plain(Decimal(str(score)))) for name, score in indicator.grades.items()),
        scale=indicator.scale.name if indicator.scale else "",
        variables=tuple(
            VariableDefinition(
                row.name,
                row.label,
                row.unit,
                row.kind,
                _limit(row.minimum),
                _limit(row.maximum),
                row.whole,
                row.required,
                row.quantity,
            )
            for row in indicator.variables.all()
        ),
        checks=tuple(CheckDefinition(row.condition, row.sentence, row.blocks) for row in indicator.checks.all()),
        targets=in_order({row.period: row.value for row in indicator.targets.all()}),
        **{name: getattr(indicator, name) for name in _COLUMNS if name not in ("cap", "jump_percent")},
        cap=_limit(indicator.cap),
        jump_percent=_limit(indicator.jump_percent),
    )


def _limit(number: Decimal | None) -> Decimal | None:
    return None if number is None else plain(number)


def marker_of(indicator: Indicator) -> str:
    """What an edit form carries: it differs once anybody changed the indicator."""
    text = canonical([indicator.pk, indicator.version, *map(str, _flat(as_typed(definition_of(indicator))))])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _flat(typed: Typed) -> Iterable[Any]:
    return (typed.code, typed.year, typed.fields, typed.variables, typed.targets, typed.checks)


def surroundings(office: Office, year: int, others: Iterable[Definition]) -> Surroundings:
    """What definitions of this office and year may name."""
    return Surroundings(
        dict(office.posts.values_list("code", "title")),
        frozenset(Scale.objects.filter(office=office, year=year).values_list("name", flat=True)),
        {other.code: as_other(other) for other in others if other.year == year},
    )


def as_other(definition: Definition) -> Other:
    """A definition as a formula of another one sees it."""
    return Other(
        definition.unit, definition.formula, {variable.name: variable.unit for variable in definition.variables}
    )


# --- saving one ------------------------------------------------------------------------------------------------------


def save_indicator(
    *,
    office: Office,
    code: str,
    year: int,
    fields: Mapping[str, str],
    by: Person,
    variables: Sequence[Row] | None = None,
    targets: Mapping[str, str] | None = None,
    checks: Sequence[Row] | None = None,
    contributors: Sequence[str] | None = None,
    reason: str = "",
    marker: str | None = None,
    new: bool = False,
) -> Saved:
    """Create an indicator, change it in place while unused, or make its next version once used.

    All texts as typed (`definitions.Typed`); what is not given stays. `marker` is what `marker_of` gave when the form
    was opened; `new` refuses a code that is there already. Raises HoldsNoPost, FieldErrors, ReasonNeeded,
    ChangedMeanwhile or FormulaBreaks.
    """
    author = editor(by, office)
    with act(office.code, at=clock.now(), author=author) as turn:
        there = entries(office, year)
        current = next((one for one in there if one.code == code.strip()), None)
        if new and current is not None:
            raise FieldErrors(
                {"code": f"Kode {code.strip()} sudah ada pada tahun {year}. Pakai kode lain, atau ubah yang itu."}
            )
        if current is not None and marker is not None and marker != marker_of(current):
            raise ChangedMeanwhile(current.code)
        if contributors is not None:
            fields = {**fields, "contributors": " ".join(contributors)}
        if current is None and not fields.get("order"):
            fields = {**fields, "order": str(max((one.order for one in there), default=0) + 1)}
        typed = merged(current, Typed(code, year, fields, variables or (), targets or {}, checks or ()))
        kept = as_typed(definition_of(current)) if current else typed
        typed = replace(
            typed,
            variables=kept.variables if variables is None else variables,
            targets=kept.targets if targets is None else targets,
            checks=kept.checks if checks is None else checks,
        )
        known = [definition_of(one) for one in there]
        around = surroundings(office, year, known)
        wanted = read_definition(typed, around)
        check_referrers(wanted, known, around)
        saved = put(turn, Rows.of(office), wanted, current, reason=reason, who=author.person_name)
    return saved


def merged(current: Indicator | None, typed: Typed) -> Typed:
    """Typed fields over those there already."""
    if current is None:
        return typed
    return replace(typed, fields={**as_typed(definition_of(current)).fields, **typed.fields})


def check_referrers(wanted: Definition, known: Iterable[Definition], around: Surroundings) -> None:
    """Raises FormulaBreaks when a formula of another indicator could no longer be read after this change."""
    others = {definition.code: definition for definition in known if definition.year == wanted.year}
    changed = replace(around, others={**around.others, wanted.code: as_other(wanted)})
    for other in others.values():
        if other.code != wanted.code and wanted.code in referred_by(other):
            try:
                check_formula(formulas.parse(other.formula), other, changed)
            except Refusal as error:
                raise FormulaBreaks(
                    f"Perubahan ini merusak rumus {other.code}, yang memakai {wanted.code}: {error} Ubah dahulu rumus {other.code}."
                ) from error


class Rows(NamedTuple):
    """The rows of an office that definitions name by code: posts, and scales by name and year."""

    office: Office
    posts: Mapping[str, Post]
    scales: Mapping[tuple[str, int], Scale]

    @classmethod
    def of(cls, office: Office) -> "Rows":
        """Read them, in two queries."""
        posts = {post.code: post for post in Post.objects.filter(office=office)}
        return cls(office, posts, {(scale.name, scale.year): scale for scale in Scale.objects.filter(office=office)})


def put(turn: Turn, rows: Rows, wanted: Definition, current: Indicator | None, *, reason: str, who: str) -> Saved:
    """Write a definition within a turn: added, changed in place, made the next version, or left alone when the same.

    Raises ReasonNeeded where a used definition really changes and no reason is given.
    """
    notices = target_notices(wanted)
    check_texts({"reason": (reason, Text.REASON)})
    if current is None:
        return Saved(_add(turn, rows, wanted, who), NEW, (), notices)
    found = differences(definition_of(current), wanted)
    status = status_of(current, found)
    if status == SAME:
        return Saved(current, SAME, (), notices)
    if status == AIMED:
        write(current, rows, wanted, parts=False)
        _record(turn, "indicators:target:changed", current, found)
        return Saved(current, AIMED, found, notices)
    if status == CHANGED:
        current.changed_by, current.change_reason = who, reason.strip() or current.change_reason
        write(current, rows, wanted)
        _record(turn, "indicators:indicator:changed", current, found)
        return Saved(current, CHANGED, found, notices)
    if is_blank(reason):
        raise ReasonNeeded(wanted.code, wanted.year)
    revised = _next_version(turn, rows, wanted, current, reason.strip(), who)
    _record(turn, "indicators:indicator:revised", revised, found, reason=reason.strip(), version=revised.version)
    return Saved(revised, REVISED, found, notices)


def status_of(current: Indicator | None, found: Sequence[Difference]) -> str:
    """What these differences would make of an indicator: NEW, SAME, AIMED, CHANGED or REVISED."""
    if current is None:
        return NEW
    if not redefines(found):
        return AIMED if found else SAME
    return REVISED if current.used_at else CHANGED


def _add(turn: Turn, rows: Rows, wanted: Definition, who: str) -> Indicator:
    indicator = Indicator(office=rows.office, code=wanted.code, year=wanted.year, changed_by=who)
    write(indicator, rows, wanted)
    data = {"code": wanted.code, "year": wanted.year, "name": wanted.name}
    turn.record("indicators:indicator:added", subject_of(indicator), data)
    return indicator


def _next_version(turn: Turn, rows: Rows, wanted: Definition, old: Indicator, reason: str, who: str) -> Indicator:
    Indicator.objects.filter(pk=old.pk, superseded_at__isnull=True).update(superseded_at=turn.at)
    new = Indicator(
        office=rows.office,
        code=wanted.code,
        year=wanted.year,
        version=old.version + 1,
        change_reason=reason,
        changed_by=who,
    )
    write(new, rows, wanted)
    return new


def write(indicator: Indicator, rows: Rows, wanted: Definition, *, parts: bool = True) -> None:
    """Put every value of a definition in its row; `parts` are variables, checks and contributors."""
    for name in _COLUMNS:
        setattr(indicator, name, getattr(wanted, name))
    indicator.owner = rows.posts[wanted.owner]
    indicator.scale = rows.scales[wanted.scale, wanted.year] if wanted.scale else None
    indicator.grades = {name: str(score) for name, score in wanted.grades}
    indicator.save()
    _write_targets(indicator, dict(wanted.targets))
    if parts:
        _write_variables(indicator, wanted.variables)
        indicator.checks.all().delete()
        FigureCheck.objects.bulk_create(
            FigureCheck(indicator=indicator, condition=check.condition, sentence=check.sentence, blocks=check.blocks)
            for check in wanted.checks
        )
        indicator.contributors.set(rows.posts[code] for code in wanted.contributors)


def _write_targets(indicator: Indicator, targets: Mapping[str, str]) -> None:
    indicator.targets.exclude(period__in=targets).delete()
    for period, value in targets.items():
        Target.objects.update_or_create(indicator=indicator, period=period, defaults={"value": value})


def _write_variables(indicator: Indicator, variables: Sequence[VariableDefinition]) -> None:
    """By name, so that a row keeps its key; each gets the element that figures are found by."""
    indicator.variables.exclude(name__in=[variable.name for variable in variables]).delete()
    for order, variable in enumerate(variables, 1):
        fields = {
            "label": variable.label,
            "unit": variable.unit,
            "kind": variable.kind,
            "minimum": variable.minimum,
            "maximum": variable.maximum,
            "whole": variable.whole,
            "quantity": variable.quantity,
            "required": variable.required,
            "order": order,
        }
        Variable.objects.update_or_create(indicator=indicator, name=variable.name, defaults=fields)
    ensure_elements(Variable.objects.filter(indicator=indicator).select_related("indicator"))


def subject_of(indicator: Indicator) -> str:
    """How the journal names an indicator of a year, whatever its version."""
    return f"indicator:{indicator.code}:{indicator.year}"


def _record(turn: Turn, name: str, indicator: Indicator, found: Iterable[Difference], **also: Any) -> None:
    data = {
        "code": indicator.code,
        "year": indicator.year,
        "what": [difference.label for difference in found],
        "changes": [[difference.label, difference.old, difference.new] for difference in found],
        **also,
    }
    turn.record(name, subject_of(indicator), data)


def editor(by: Person, office: Office) -> Author:
    actor = acting_in(by, office.pk, roles=MAY_EDIT_INDICATORS, to="mengubah kamus indikator")
    return actor.author
