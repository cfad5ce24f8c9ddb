"""Surat Masuk: the agenda, a letter with its dispositions, and starting a cycle from it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from himpun import clock
from himpun.cycles import actions
from himpun.letters.actions import Scan, register_letter
from himpun.letters.models import INSTRUCTIONS, Letter
from himpun.measure.periods import Kind, for_day
from himpun.offices.rules import MAY_REGISTER_LETTERS, MAY_START_CYCLES
from himpun.procedures.queries import versions_in_force
from himpun.web import downloads
from himpun.web.deadlines import read_deadline, say_whether_it_fits
from himpun.web.forms import Typed, attempt, read_date
from himpun.web.middleware import PersonRequest
from himpun.web.periods import period_choices
from himpun.web.posting import posted_from
from himpun.web.uploads import incoming_of

SCAN_LIMIT = 10 * 1024 * 1024


def _visible(request: PersonRequest) -> Any:
    return Letter.objects.visible_to(request.acting.person, request.acting.day)


@require_GET
def letter_list(request: PersonRequest) -> HttpResponse:
    """The agenda, newest first, with a search."""
    acting = request.acting
    rows = _visible(request).filter(office=acting.office).prefetch_related("cycles")
    if query := request.GET.get("q", "").strip():
        rows = rows.filter(Q(subject__icontains=query) | Q(number__icontains=query) | Q(sender__icontains=query))
    page = Paginator(rows, 25).get_page(request.GET.get("hal"))
    context = {"page": page, "query": query, "may_register": acting.has(MAY_REGISTER_LETTERS)}
    return render(request, "letters/list.html", context)


def letter_new(request: PersonRequest) -> HttpResponse:
    """Enter a letter in the agenda."""
    today = clock.today().isoformat()
    typed = Typed(request.POST if request.method == "POST" else {"received_on": today, "nature": "biasa"})
    if request.method == "POST":
        letter = attempt(typed, lambda: _register(request, typed))
        if letter:
            messages.success(request, f"Surat tercatat dengan nomor agenda {letter.agenda_no}/{letter.agenda_year}.")
            return redirect("letter", letter.pk)
    context = {"typed": typed, "natures": Letter.Nature.choices}
    return render(request, "letters/new.html", context, status=422 if typed.errors or typed.error else 200)


def _register(request: PersonRequest, typed: Typed) -> Letter:
    given = request.POST
    fields: dict[str, Any] = {
        name: given.get(name, "").strip()
        for name in ("number", "sender", "subject", "attachment", "classification", "note")
    }
    fields["nature"] = given.get("nature", "biasa") if given.get("nature") in Letter.Nature.values else "biasa"
    fields |= {"dated": read_date(given.get("dated", "")), "received_on": read_date(given.get("received_on", ""))}
    scan = _scan(request, typed)
    if typed.errors or request.acting.office is None:
        return None  # type: ignore[return-value]
    return register_letter(office=request.acting.office, fields=fields, by=request.acting.person, scan=scan)


def _scan(request: PersonRequest, typed: Typed) -> Scan | None:
    upload = incoming_of(request, "scan")
    if upload is None:
        return None
    name, content = upload
    if len(content) > SCAN_LIMIT:
        typed.errors["scan"] = "Berkas terlalu besar: paling banyak 10 MB. Pindai ulang dengan mutu lebih rendah."
    return Scan(name[-200:], content)


@require_GET
def letter_page(request: PersonRequest, pk: int) -> HttpResponse:
    """A letter, its dispositions as a tree, the cycles begun from it, and the form that begins one."""
    return _letter_page(request, pk, Typed({}))


def _letter_page(request: PersonRequest, pk: int, typed: Typed) -> HttpResponse:
    acting = request.acting
    letter = get_object_or_404(_visible(request).select_related("office__kind"), pk=pk)
    context = {
        "letter": letter,
        "dispositions": letter.dispositions.select_related("parent").prefetch_related("addressees"),
        "instructions": INSTRUCTIONS,
        "cycles": letter.cycles.filter(parent__isnull=True).select_related("procedure"),
        "may_start": acting.has(MAY_START_CYCLES, letter.office_id),
        "procedures": versions_in_force(letter.office, acting.day),
        "periods": period_choices(acting.day),
        "chosen": typed.data.get("period") or for_day(Kind.QUARTER, acting.day).previous().code,
        "typed": typed,
    }
    return render(request, "letters/letter.html", context, status=422 if typed.error or typed.errors else 200)


@require_GET
def letter_file(request: PersonRequest, pk: int) -> FileResponse:
    """The scan of a letter."""
    letter = get_object_or_404(_visible(request).exclude(file_sha256=""), pk=pk)
    return downloads.kept(letter.file_sha256, letter.file_name)


@posted_from("letter")
def start_cycle(request: PersonRequest, pk: int) -> HttpResponse:
    """Begin a cycle from this letter: its first step waits for the head of the office."""
    letter = get_object_or_404(_visible(request).select_related("office"), pk=pk)
    typed = Typed(request.POST)
    key, period = request.POST.get("key", ""), request.POST.get("period", "")
    cycle = attempt(
        typed,
        lambda: actions.start_cycle(
            office=letter.office,
            key=key,
            period=period,
            by=request.acting.person,
            letter=letter,
            due_at=read_deadline(letter.office, request.POST.get("due_at", "")),
        ),
    )
    if cycle is None:
        return _letter_page(request, pk, typed)
    messages.success(request, "Siklus dimulai. Langkah pertama kini menunggu pimpinan.")
    say_whether_it_fits(request, cycle)
    return redirect("cycle", cycle.pk)
