"""Skala: what an office calls a capaian, level by level, checked at every bound and drawn as a ruler."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from himpun.indicators.dictionary import scales as dictionary
from himpun.indicators.measured.office_year import read_scale
from himpun.indicators.models.dictionary import Scale
from himpun.measure.scoring.bounds import COLOURS, Row, ScaleRefused, read_rows, rows_of, ruler
from himpun.measure.scoring.scale import FIVE_LEVELS, PUBLIC_SATISFACTION, TRAFFIC_LIGHT
from himpun.web.forms import Typed, attempt, read_whole
from himpun.web.middleware import PersonRequest
from himpun.web.posting import posted_from
from himpun.web.views.dictionary import asked_year, may_edit, office_of, scale_or_404, scale_shown

BLANK_ROWS = 2
EXAMPLES = {"lima": FIVE_LEVELS, "lampu": TRAFFIC_LIGHT, "ikm": PUBLIC_SATISFACTION}
"""What a new scale may begin from: [B] in common use (measure.scoring.scale)."""
_COLUMNS = ("name", "colour", "lower", "from", "upper", "to")


@require_GET
def scale_list(request: PersonRequest) -> HttpResponse:
    """The scales of a year, each with its rule."""
    office, year = office_of(request), asked_year(request)
    scales = Scale.objects.filter(office=office)
    context = {
        "rows": [scale_shown(scale) for scale in scales.filter(year=year)],
        "year": year,
        "years": sorted({year, *scales.values_list("year", flat=True)}, reverse=True),
        "standard": {"ruler": ruler(FIVE_LEVELS), "rule": FIVE_LEVELS.rule_text()},
        "may_edit": may_edit(request),
    }
    return render(request, "scales/list.html", context)


def scale_new(request: PersonRequest) -> HttpResponse:
    """Make a scale, beginning from one in common use."""
    start = EXAMPLES.get(request.GET.get("contoh", ""), FIVE_LEVELS)
    return _edit(request, None, {"name": "", "year": str(asked_year(request)), "source": ""}, rows_of(start))


def scale_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a scale."""
    scale = scale_or_404(request, pk)
    stored = {"name": scale.name, "year": str(scale.year), "source": scale.source}
    return _edit(request, scale, stored, rows_of(read_scale(scale.levels)))


def _edit(request: PersonRequest, scale: Scale | None, stored: Mapping[str, str], rows: Sequence[Row]) -> HttpResponse:
    typed = Typed(request.POST if request.method == "POST" else dict(stored))
    proposal: tuple[Row, ...] = ()
    if request.method == "POST":
        rows = _rows(request.POST)
        saved = attempt(typed, lambda: _save(request, scale, rows))
        if saved is not None:
            messages.success(request, f"Skala {saved.name} {saved.year} tersimpan: {dictionary.rule_of(saved)}")
            return redirect(f"/skala/?tahun={saved.year}")
        proposal = _proposed(rows)
    context = {
        "typed": typed,
        "scale": scale,
        "rows": _shown(rows, typed.errors),
        "proposal": proposal,
        "colours": COLOURS,
        "in_use": dictionary.is_in_use(scale) if scale else False,
        "may_edit": may_edit(request),
        **_drawn(rows),
    }
    return render(request, "scales/form.html", context, status=422 if typed.error or typed.errors else 200)


def _save(request: PersonRequest, scale: Scale | None, rows: Sequence[Row]) -> Scale:
    post = request.POST
    return dictionary.save_scale(
        office=office_of(request),
        name=post.get("name", ""),
        year=scale.year if scale else read_whole(post.get("year", "")),
        rows=rows,
        scale=scale,
        source=post.get("source", ""),
        reason=post.get("reason", ""),
        by=request.acting.person,
    )


def _rows(post: QueryDict) -> list[Row]:
    """The typed levels; rows left wholly blank count for nothing."""
    cells = {column: post.getlist(f"level-{column}") for column in _COLUMNS}
    count = min(max(map(len, cells.values())), 50)
    texts = [{column: _at(column_cells, place) for column, column_cells in cells.items()} for place in range(count)]
    return [
        Row(
            row["name"].strip(),
            row["colour"],
            row["lower"].strip(),
            row["from"] == "ge",
            row["upper"].strip(),
            row["to"] != "lt",
        )
        for row in texts
        if row["name"].strip() or row["lower"].strip() or row["upper"].strip()
    ]


def _at(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _proposed(rows: Sequence[Row]) -> tuple[Row, ...]:
    try:
        read_rows(rows)
    except ScaleRefused as refused:
        return refused.proposal
    return ()


def _shown(rows: Sequence[Row], errors: Mapping[str, str]) -> list[tuple[Row, list[str]]]:
    columns = ("name", "colour", "lower", "upper")
    found = [
        (row, [errors[key] for column in columns if (key := f"row-{place}-{column}") in errors])
        for place, row in enumerate(rows)
    ]
    return [*found, *((Row("", "sedang"), list[str]()) for _ in range(BLANK_ROWS))]


def _drawn(rows: Sequence[Row]) -> dict[str, Any]:
    """The ruler of the levels as they stand, where they make a scale."""
    try:
        read = read_rows(rows)
    except ScaleRefused:
        return {}
    return {"ruler": ruler(read), "rule": read.rule_text()}


@posted_from("scale_new")
def scale_check(request: PersonRequest) -> HttpResponse:
    """The ruler of the levels being typed, or where they leave a gap or overlap."""
    rows = _rows(request.POST)
    try:
        read_rows(rows)
    except ScaleRefused as refused:
        return render(request, "scales/drawn.html", {"faults": refused.fields.values(), "proposal": refused.proposal})
    return render(request, "scales/drawn.html", _drawn(rows))


@posted_from("scale_edit")
def scale_default(request: PersonRequest, pk: int) -> HttpResponse:
    """Make a scale the office's own for its year."""
    scale = dictionary.set_default_scale(scale=scale_or_404(request, pk), by=request.acting.person)
    messages.success(request, f"{scale.name} kini skala kantor tahun {scale.year}.")
    return redirect(f"/skala/?tahun={scale.year}")
