"""A request's figures by file: its form goes out as a workbook, a filled form or an office's own sheet comes back.

What comes back is compared with what stands here before anything is written: `read_back` says what would change, what
was changed on both sides and what is wrong, cell by cell; `apply_back` writes it in one transaction or not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from himpun import clock
from himpun.archive import files
from himpun.archive.journal import act
from himpun.documents.parts import deadline
from himpun.errors import Conflict, FieldErrors, Refusal
from himpun.indicators.figures.own_sheets import OwnSheet, rows_for_request
from himpun.indicators.measured.keeping import value_text
from himpun.indicators.models.requests import DataRequest, RequestLine
from himpun.indicators.requests.filling import check_may_fill, check_words, read_figures, save_line
from himpun.indicators.requests.form.merging import check_current, compare
from himpun.indicators.requests.form.reading import kept_sheet, read_form
from himpun.indicators.requests.form.values import (
    NOT,
    YES,
    Form,
    FormCell,
    FormLine,
    FormRefused,
    Words,
    same_figure,
)
from himpun.indicators.requests.form.writing import write_form
from himpun.indicators.requests.frozen import NOT_NIHIL, Cells, frozen_in, wrong_over_frozen
from himpun.indicators.requests.limits import NOTHING_BEFORE, limits_of
from himpun.indicators.requests.reviewing import RequestReview, lines_of, review_request
from himpun.measure.periods import Period
from himpun.offices.models.offices import Post
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_COLLECT
from himpun.spreadsheets.book import Book, Wrong
from himpun.spreadsheets.reading import read_book

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIELDS = {"value": "", "note": "catatan", "nihil": "nihil", "nihil_reason": "alasan nihil"}
HERE, FILE = "di-sini", "berkas"
"""What a person decides about a value changed on both sides."""


class WrongCells(Refusal):
    """Some cells cannot be taken, so that nothing was."""

    code = "sel-salah"

    def __init__(self, wrong: Sequence[Wrong]) -> None:
        super().__init__(
            f"{len(wrong)} sel tidak dapat diambil, sehingga belum ada yang diubah. Perbaiki berkasnya, atau pilih “ambil baris yang benar saja”."
        )
        self.wrong = wrong


class Undecided(Conflict):
    """A value was changed on both sides and nobody decided yet."""

    code = "belum-diputuskan"

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} isian berubah di Himpun dan di berkas. Pilih mana yang dipakai untuk masing-masing, lalu terapkan lagi."
        )


class Edit(NamedTuple):
    """One thing a file says otherwise than Himpun. `base` is what stood there when the form was downloaded."""

    line_id: int
    variable_id: int | None
    field: str
    label: str
    here: str
    file: str
    address: str
    base: str = ""

    @property
    def key(self) -> str:
        """Names it in a page's form."""
        return f"pilih-{self.line_id}-{self.variable_id or self.field}"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would change in a request. Lines in `spoiled` have a wrong cell; `sheet` is how an own sheet was read."""

    name: str
    changes: tuple[Edit, ...]
    conflicts: tuple[Edit, ...]
    wrong: tuple[Wrong, ...]
    spoiled: frozenset[int] = frozenset()
    sheet: OwnSheet | None = None
    left_out: int = 0
    doubts: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the file says nothing that is not here already."""
        return not (self.changes or self.conflicts or self.wrong)


# --- out ------------------------------------------------------------------------------------------------------------


def form_id(request: DataRequest) -> str:
    """What a form of this request calls itself: office, period, round and unit."""
    return f"{request.office.code}/{request.period}/{request.round}/{request.unit.code}"


def form_of(request: DataRequest) -> bytes:
    """The request as a workbook to fill in: the same bytes until something in it changes."""
    review = review_request(request)
    collectors = Post.objects.filter(office=request.office_id, role__in=MAY_COLLECT).order_by("order")
    form = Form(
        form_id=form_id(request),
        office=request.office.name,
        unit=request.unit.title,
        period_label=Period.parse(request.period).label,
        period=request.period,
        round=request.round,
        due=deadline(request.due_at, request.office) or "tanpa batas waktu",
        collector=", ".join(collectors.values_list("title", flat=True)),
        lines=tuple(_form_line(no, line, review) for no, line in enumerate(review.lines, 1)),
        made_at=_made_at(request, review.lines),
    )
    return write_form(form)


def _made_at(request: DataRequest, lines: Sequence[RequestLine]) -> datetime:
    moments = [request.sent_at, *(line.saved_at for line in lines)]
    return max((moment for moment in moments if moment), default=clock.now())


def _form_line(no: int, line: RequestLine, review: RequestReview) -> FormLine:
    values = _values_of(line, review.frozen)
    return FormLine(
        line_id=line.pk,
        no=no,
        code=line.indicator.code,
        name=line.indicator.name,
        definition=line.indicator.definition,
        cells=tuple(
            FormCell(
                variable_id=variable.pk,
                label=variable.label,
                unit=variable.unit,
                kind=variable.kind,
                value=values.get(variable.pk, ""),
                before=review.before.get(variable.pk, NOTHING_BEFORE).shown,
                choices=(limits := limits_of(variable, line.indicator)).choices,
                minimum=limits.minimum,
                maximum=limits.maximum,
                whole=limits.whole,
                required=limits.required,
            )
            for variable in line.indicator.variables.all()
        ),
        note=line.note,
        nihil=line.nihil,
        nihil_reason=line.nihil_reason,
    )


def _values_of(line: RequestLine, frozen: Cells) -> dict[int, str]:
    """What stands in a line: as saved, and what is frozen as it is frozen."""
    saved = {value.variable_id: value_text(value.number, value.text) for value in line.values.all()}
    fixed = {
        variable: value_text(figure.number, figure.text) for (row, variable), figure in frozen.items() if row == line.pk
    }
    return saved | fixed


# --- back: what would change ----------------------------------------------------------------------------------------


def read_back(request: DataRequest, *, name: str, content: bytes, by: Person, hidden: bool = False) -> Preview:
    """What a file would change. Raises NotYourRequest, RequestClosed, BookRefused, FormRefused, or MappingUnfit.

    A form of Himpun is merged three ways. Any other sheet is read by the mapping remembered for its headings,
    what it hides only if `hidden`.
    """
    check_may_fill(request, by)
    book = read_book(name, content)
    lines = list(lines_of(request))
    frozen = frozen_in(lines)
    now = {(line.pk, variable): text for line in lines for variable, text in _values_of(line, frozen).items()}
    if kept_sheet(book) is not None:
        return _checked(_of_form(request, name, book, lines, now), lines, frozen)
    return _checked(_of_sheet(request, name, book, lines, now, hidden=hidden), lines, frozen)


Now = Mapping[tuple[int, int], str]


def _of_form(request: DataRequest, name: str, book: Book, lines: Sequence[RequestLine], now: Now) -> Preview:
    filled = read_form(book)
    if filled.form_id != form_id(request):
        raise FormRefused(_why_other(filled.form_id, request))
    asked = [(line.pk, variable.pk) for line in lines for variable in line.indicator.variables.all()]
    check_current(filled, form_id(request), asked)
    words = {line.pk: Words(line.note, line.nihil, line.nihil_reason) for line in lines}
    merge = compare(filled, now, words)
    labels = _labels(lines)
    changes = tuple(
        Edit(
            each.line_id,
            each.variable_id,
            each.field,
            _label(labels, each.line_id, each.variable_id, each.field),
            _here(now, words, each.line_id, each.variable_id, each.field),
            each.value,
            each.address,
        )
        for each in merge.changes
    )
    conflicts = tuple(
        Edit(
            each.line_id,
            each.variable_id,
            each.field,
            _label(labels, each.line_id, each.variable_id, each.field),
            each.theirs,
            each.mine,
            each.address,
            each.base,
        )
        for each in merge.conflicts
    )
    line_at = {cell.row: cell.line_id for cell in filled.cells} | {line.row: line.line_id for line in filled.lines}
    spoiled = frozenset(line_at[wrong.row] for wrong in filled.wrong if wrong.row in line_at)
    return Preview(name, changes, conflicts, filled.wrong, spoiled)


def _why_other(found: str, request: DataRequest) -> str:
    """Why a form that names another request is not this one's."""
    parts = found.split("/")
    download = "Unduh formulirnya dari halaman permintaan ini, salin isiannya ke sana, lalu unggah."
    if len(parts) != 4:
        return f"Formulir “{found[:60]}” tidak dikenal. {download}"
    office, period, number, unit = parts
    if office != request.office.code:
        return f"Ini formulir kantor lain ({office}), bukan {request.office.name}. {download}"
    if unit != request.unit.code:
        return f"Ini formulir unit lain ({unit}), bukan {request.unit.title}. Unggah di halaman permintaan unit itu."
    if period != request.period:
        return f"Ini formulir periode {period}, sedangkan yang dibuka {request.period}. Unggah di halaman permintaan periode itu."
    return f"Formulir ini usang: putaran {number}, sedangkan yang berjalan putaran {request.round}. {download}"


def _of_sheet(
    request: DataRequest, name: str, book: Book, lines: Sequence[RequestLine], now: Now, *, hidden: bool
) -> Preview:
    read = rows_for_request(request, book, lines, hidden=hidden)
    labels = _labels(lines)
    changes: list[Edit] = []
    conflicts: list[Edit] = []
    for row in read.rows:
        here = now.get((row.line_id, row.variable_id), "")
        label = _label(labels, row.line_id, row.variable_id, "value")
        if same_figure(here, row.typed):
            continue
        edit = Edit(row.line_id, row.variable_id, "value", label, here, row.typed, row.address)
        (conflicts if here else changes).append(edit)
    return Preview(
        name, tuple(changes), tuple(conflicts), read.wrong, frozenset(), read.sheet, read.left_out, read.doubts
    )


def _labels(lines: Sequence[RequestLine]) -> dict[int, tuple[str, dict[int, str]]]:
    return {
        line.pk: (line.indicator.code, {variable.pk: variable.label for variable in line.indicator.variables.all()})
        for line in lines
    }


def _label(labels: dict[int, tuple[str, dict[int, str]]], line: int, variable: int | None, field: str) -> str:
    code, variables = labels[line]
    return f"{code} · {variables[variable] if variable else FIELDS[field]}"


def _here(
    now: Mapping[tuple[int, int], str], words: Mapping[int, Words], line: int, variable: int | None, field: str
) -> str:
    if variable is not None:
        return now.get((line, variable), "")
    if field == "nihil":
        return YES if words[line].nihil else NOT
    return str(getattr(words[line], field))


def _checked(preview: Preview, lines: Sequence[RequestLine], frozen: Cells) -> Preview:
    """The preview with everything read as `save_line` will read it; what it refuses is wrong, with its cell."""
    by_id = {line.pk: line for line in lines}
    wrong, spoiled = list(preview.wrong), set(preview.spoiled)
    for edit in (*preview.changes, *preview.conflicts):
        cause = _refused(by_id[edit.line_id], edit, frozen)
        if not cause:
            continue
        if not any(f"({edit.address})" in told.column for told in preview.wrong):
            row = int("".join(letter for letter in edit.address if letter.isdigit()))
            wrong.append(Wrong(row, f"{edit.label} ({edit.address})", edit.file, cause))
        spoiled.add(edit.line_id)
    ordered = tuple(sorted(wrong, key=lambda told: told.row))
    return replace(preview, wrong=ordered, spoiled=frozenset(spoiled))


def _refused(line: RequestLine, edit: Edit, frozen: Cells) -> str:
    """Why `save_line` would refuse this edit; "" when it would not."""
    if edit.variable_id is None and edit.field == "nihil":
        is_frozen = any(row == line.pk for row, _ in frozen)
        return NOT_NIHIL if is_frozen and edit.file == YES else ""
    try:
        if edit.variable_id is None:
            _check_words(edit)
            return ""
        read = read_figures(line.indicator, {edit.variable_id: edit.file})
    except FieldErrors as error:
        return " ".join(error.fields.values())
    return " ".join(wrong_over_frozen(line.pk, read, frozen).values())


def _check_words(edit: Edit) -> None:
    if edit.field in ("note", "nihil_reason"):
        check_words(edit.file if edit.field == "note" else "", edit.file if edit.field == "nihil_reason" else "", "")


# --- back: taken in -------------------------------------------------------------------------------------------------


def apply_back(
    request: DataRequest,
    *,
    sha256: str,
    name: str,
    by: Person,
    choices: Mapping[str, str] | None = None,
    rest: str = "",
    only_good: bool = False,
    hidden: bool = False,
) -> int:
    """Write what a kept file changes; returns how many fields changed. The file is compared afresh.

    `choices`: `Edit.key` → HERE or FILE for what was changed on both sides, `rest` for what is not named there. Raises as `read_back`, WrongCells unless
    `only_good` leaves the rows with a wrong cell out, Undecided; then nothing is changed. The same file again changes
    nothing and leaves no trace.
    """
    content = files.read(sha256)
    actor = check_may_fill(request, by)
    with act(request.office.code, at=clock.now(), author=actor.author) as turn:
        request.refresh_from_db(from_queryset=DataRequest.objects.select_for_update(of=("self",)))
        preview = read_back(request, name=name, content=content, by=by, hidden=hidden)
        edits = _decided(preview, choices or {}, rest, only_good=only_good)
        by_line: dict[int, dict[str, Any]] = {}
        for edit in edits:
            _collect(by_line.setdefault(edit.line_id, {}), edit)
        for line_id, fields in by_line.items():
            save_line(line_id=line_id, by=by, **fields)
        if edits:
            turn.record(
                "indicators:form:imported",
                f"request:{request.pk}",
                {"name": name, "period": request.period, "changed": len(edits), "skipped": len(preview.spoiled)},
                file_sha256=sha256,
            )
    return len(edits)


def _decided(preview: Preview, choices: Mapping[str, str], rest: str, *, only_good: bool) -> list[Edit]:
    if preview.wrong and not only_good:
        raise WrongCells(preview.wrong)
    good = [edit for edit in preview.changes if edit.line_id not in preview.spoiled]
    conflicts = [
        (edit, choices.get(edit.key) or rest) for edit in preview.conflicts if edit.line_id not in preview.spoiled
    ]
    undecided = [edit for edit, choice in conflicts if choice not in (HERE, FILE)]
    if undecided:
        raise Undecided(len(undecided))
    return [*good, *(edit for edit, choice in conflicts if choice == FILE)]


def _collect(fields: dict[str, Any], edit: Edit) -> None:
    if edit.variable_id is not None:
        fields.setdefault("figures", {})[edit.variable_id] = edit.file
    elif edit.field == "nihil":
        fields["nihil"] = edit.file == YES
    else:
        fields[edit.field] = edit.file
