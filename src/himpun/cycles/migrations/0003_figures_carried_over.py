"""What units answered before there were figures becomes figures, and cancelled runs are marked on their requests.

The first version kept figures only as the values of a request; the migrations to the figures (indicators 0003) carried
none of them over. This repairs both: a database that comes from the first version now, and one that was upgraded
without it. Where a figure stands already at a place nothing is touched, so that it may run any number of times.
"""

import re
from collections import defaultdict

from django.db import migrations
from django.utils import timezone

MONTHS = {"bulanan": 1, "triwulanan": 3, "semesteran": 6, "tahunan": 12}
PERIOD = re.compile(r"(?P<year>\d{4})(?:-(?:S(?P<half>[12])|TW(?P<quarter>[1-4])|(?P<month>\d{2})))?")


def measured_at(code, frequency):
    """Year, last month and length in months of what an indicator gives for a period; None where it is not due."""
    found = PERIOD.fullmatch(code)
    months = 6 if found["half"] else 3 if found["quarter"] else 1 if found["month"] else 12
    last = months * int(found["half"] or found["quarter"] or found["month"] or 1)
    own = MONTHS[frequency]
    return None if last % own else (int(found["year"]), last, max(months, own))


def mark_withdrawn(apps, schema_editor):
    """The requests of cancelled runs. Their figures, frozen or not, were withdrawn by the rule of that time."""
    Cycle, DataRequest = apps.get_model("cycles", "Cycle"), apps.get_model("indicators", "DataRequest")
    for pk, ended_at in Cycle.objects.filter(state="dibatalkan").values_list("pk", "ended_at"):
        asked = DataRequest.objects.filter(origin=f"cycle:{pk}", withdrawn_at=None)
        asked.update(withdrawn_at=ended_at or timezone.now())


def name_elements(apps, schema_editor):
    """Every variable has its element."""
    Element, Variable = apps.get_model("indicators", "Element"), apps.get_model("indicators", "Variable")
    lacking = list(Variable.objects.filter(element=None).select_related("indicator"))
    codes = {f"{variable.indicator.code}.{variable.name}" for variable in lacking}
    Element.objects.bulk_create([Element(code=code) for code in sorted(codes)], ignore_conflicts=True)
    known = dict(Element.objects.filter(code__in=codes).values_list("code", "pk"))
    for variable in lacking:
        variable.element_id = known[f"{variable.indicator.code}.{variable.name}"]
    Variable.objects.bulk_update(lacking, ["element_id"], batch_size=500)


def mark_used(apps, schema_editor):
    """A definition that figures were asked for by is used since then, and changes only as a new version."""
    Indicator, RequestLine = apps.get_model("indicators", "Indicator"), apps.get_model("indicators", "RequestLine")
    since = {}
    lines = RequestLine.objects.filter(indicator__used_at=None).select_related("request")
    for line in lines:
        moments = (line.request.sent_at, line.request.submitted_at, line.saved_at)
        first = min((moment for moment in moments if moment), default=timezone.now())
        since[line.indicator_id] = min(first, since.get(line.indicator_id, first))
    for pk, moment in since.items():
        Indicator.objects.filter(pk=pk, used_at=None).update(used_at=moment)


def carry_over(apps, schema_editor):
    """The sent answers as figures: one version a round, the newest in force, frozen where the recap froze them."""
    Figure, DataRequest = apps.get_model("indicators", "Figure"), apps.get_model("indicators", "DataRequest")
    answered = DataRequest.objects.filter(
        submitted_at__isnull=False, state__in=("dijawab", "dikembalikan", "dibekukan")
    ).order_by("submitted_at", "round", "pk")
    there, carried = {}, defaultdict(list)
    for request in answered.iterator(chunk_size=500):
        for place, figure in answers_of(apps, request):
            if place not in places_there(Figure, there, *place[:3:2]):
                take(Figure, carried[place], place, request, figure)
    Figure.objects.bulk_create([figure for versions in carried.values() for figure in versions], batch_size=500)


def places_there(Figure, known, unit, year):
    """The places of a unit and year that have figures already."""
    if (unit, year) not in known:
        rows = Figure.objects.filter(unit=unit, year=year)
        known[unit, year] = set(rows.values_list("unit_id", "element_id", "year", "month", "months"))
    return known[unit, year]


def answers_of(apps, request):
    """Each place an answer speaks of, with its value; None where it says nihil or nothing."""
    lines = apps.get_model("indicators", "RequestLine").objects.filter(request=request)
    for line in lines.select_related("indicator").prefetch_related("indicator__variables", "values"):
        period = measured_at(request.period, line.indicator.frequency)
        changed = request.state == "dikembalikan" and line.saved_at and line.saved_at > request.submitted_at
        if period is None or changed:
            continue
        values = {} if line.nihil else {value.variable_id: value for value in line.values.all()}
        for variable in line.indicator.variables.all():
            yield (request.unit_id, variable.element_id, *period), (variable.pk, values.get(variable.pk))


def take(Figure, versions, place, request, answer):
    """One answer after those before it, as `figures.take_in` takes it."""
    variable, value = answer
    in_force = next((figure for figure in versions if figure.current), None)
    counts, frozen = request.withdrawn_at is None, request.state == "dibekukan"
    if value is None:
        if in_force and counts:
            in_force.current = False
        return
    if in_force and counts and (in_force.number, in_force.text) == (value.number, value.text):
        in_force.frozen = in_force.frozen or frozen
        return
    if in_force and counts:
        in_force.current = False
    unit, element, year, month, months = place
    title = f" ({request.submitted_title})" if not request.origin.startswith("muat:") else ""
    versions.append(
        Figure(
            office_id=request.office_id,
            variable_id=variable,
            element_id=element,
            unit_id=unit,
            year=year,
            month=month,
            months=months,
            number=value.number,
            text=value.text,
            version=len(versions) + 1,
            current=counts,
            frozen=frozen,
            source=f"request:{request.pk}",
            at=request.submitted_at,
            by=f"{request.submitted_by}{title}"[:200],
        )
    )


class Migration(migrations.Migration):
    """Values of requests become figures."""

    dependencies = [
        ("cycles", "0002_time"),
        ("indicators", "0007_frozen_figures_guarded"),
    ]

    operations = [
        migrations.RunPython(operation, migrations.RunPython.noop)
        for operation in (mark_withdrawn, name_elements, mark_used, carry_over)
    ]
