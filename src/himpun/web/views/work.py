"""Pekerjaan Saya: what waits for me, and what I wait for; which office I look at."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from himpun import clock
from himpun.cycles.deadlines.clocks import clocks_in, cycles_of, request_clocks_in
from himpun.cycles.deadlines.survey import survey_of
from himpun.cycles.models import Task
from himpun.cycles.queries import awaited_by, holders_of, requests_waiting_for, waiting_for
from himpun.letters.models import Letter
from himpun.offices.holdings.awaiting import waiting_for as appointments_waiting_for
from himpun.offices.rules import MAY_REGISTER_LETTERS, MAY_START_CYCLES
from himpun.procedures.definition import Step
from himpun.procedures.drafts import waiting_for as drafts_waiting_for
from himpun.procedures.reading import role_titles
from himpun.web.forms import whole_number
from himpun.web.middleware import PersonRequest
from himpun.web.posting import posted_from


@require_GET
def my_work(request: PersonRequest) -> HttpResponse:
    """The tasks of the posts held today, most urgent first."""
    acting = request.acting
    tasks = list(waiting_for(acting.person, acting.day))
    awaited = list(awaited_by(acting.person, acting.day)[:20])
    requests = list(requests_waiting_for(acting.person, acting.day))
    new_letters = []
    if acting.office and acting.has(MAY_START_CYCLES):
        new_letters = list(
            Letter.objects.visible_to(acting.person, acting.day).filter(
                office=acting.office, cycles__isnull=True, dispositions__isnull=True
            )[:5]
        )
    to_answer, unanswered = appointments_waiting_for(acting.person, acting.day)
    survey = survey_of({task.cycle_id for task in (*tasks, *awaited)} | cycles_of(requests))
    clocks = clocks_in(survey, clock.now())
    context = {
        "clocks": clocks,
        "request_clocks": request_clocks_in(survey, clocks, requests),
        "rows": [_row(task) for task in tasks],
        "requests": requests,
        "awaited": [_row(task) for task in awaited],
        "holders": holders_of([task.post_id for task in awaited], acting.day),
        "new_letters": new_letters,
        "to_answer": to_answer,
        "unanswered": unanswered,
        "drafts": drafts_waiting_for(acting.person, acting.capacities),
        "may_register": acting.has(MAY_REGISTER_LETTERS),
    }
    return render(request, "work/my_work.html", context)


def _row(task: Task) -> tuple[Task, Step, dict[str, str]]:
    definition = task.cycle.procedure.definition
    return task, definition.step(task.step_no), role_titles(definition, task.cycle.office.kind.titles)


@posted_from("work")
def choose_office(request: HttpRequest) -> HttpResponse:
    """Look at another office where one holds a post."""
    request.session["office"] = whole_number(request, "office")
    return redirect("work")
