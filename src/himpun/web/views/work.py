"""Pekerjaan Saya: what waits for me, and what I wait for; which office I look at."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from himpun import clock
from himpun.cycles.deadlines.clocks import clocks_in, cycles_of, request_clocks_in
from himpun.cycles.deadlines.survey import survey_of
from himpun.cycles.models import Task
from himpun.cycles.queries import awaited_by, holders_of, requests_waiting_for, waiting_for
from himpun.offices.holdings.awaiting import waiting_for as appointments_waiting_for
from himpun.offices.rules import MAY_REGISTER_LETTERS
from himpun.procedures.definition import Step
from himpun.procedures.drafts import waiting_for as drafts_waiting_for
from himpun.procedures.reading import role_titles
from himpun.web.forms import whole_number
from himpun.web.middleware import PersonRequest
from himpun.web.posting import posted_from
from himpun.web.waiting import everything


@require_GET
def my_work(request: PersonRequest) -> HttpResponse:
    """The tasks of the posts held today, most urgent first."""
    acting = request.acting
    tasks = list(waiting_for(acting.person, acting.day))
    awaited = list(awaited_by(acting.person, acting.day)[:20])
    requests = list(requests_waiting_for(acting.person, acting.day))
    to_answer, unanswered = appointments_waiting_for(acting.person, acting.day)
    survey = survey_of({task.cycle_id for task in (*tasks, *awaited)} | cycles_of(requests))
    clocks = clocks_in(survey, clock.now())
    context = {
        "clocks": clocks,
        "waiting": everything(
            acting,
            tasks=tasks,
            requests=requests,
            survey=survey,
            clocks=clocks,
            request_clocks=request_clocks_in(survey, clocks, requests),
            appointments=to_answer,
            drafts=drafts_waiting_for(acting.person, acting.capacities),
        ),
        "awaited": [_row(task) for task in awaited],
        "holders": holders_of([task.post_id for task in awaited], acting.day),
        "unanswered": unanswered,
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
