"""Agenda surat: letters of every kind, one with its dispositions, and starting a cycle from it."""

import json
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from himpun import clock
from himpun.archive.models import Record
from himpun.cycles import actions
from himpun.cycles.models import Cycle, Task
from himpun.cycles.queries import Result, results_of
from himpun.errors import Refusal
from himpun.letters.actions import (
    AlreadyRegistered,
    Scan,
    is_untouched,
    mend_letter,
    register_letter,
    register_outgoing,
)
from himpun.letters.models import INSTRUCTIONS, REGISTER_OF, REGISTERS, IssuedNumber, Letter
from himpun.letters.registers import registers_of, release_number, reserve_numbers
from himpun.measure.periods import Kind, for_day
from himpun.offices.acting import HoldsNoPost
from himpun.offices.models.offices import Office
from himpun.offices.rules import KEPALA, MAY_REGISTER_LETTERS, MAY_START_CYCLES
from himpun.procedures.queries import versions_in_force
from himpun.web import downloads
from himpun.web.deadlines import read_deadline, say_whether_it_fits
from himpun.web.forms import Typed, attempt, dates_of, read_date, read_whole
from himpun.web.middleware import Acting, PersonRequest
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
    if (kind := request.GET.get("jenis", "")) in Letter.Kind.values:
        rows = rows.filter(kind=kind)
    if query := request.GET.get("q", "").strip():
        rows = rows.filter(
            Q(subject__icontains=query)
            | Q(number__icontains=query)
            | Q(sender__icontains=query)
            | Q(recipient__icontains=query)
            | Q(classification__icontains=query)
        )
    page = Paginator(rows, 25).get_page(request.GET.get("hal"))
    context = {
        "page": page,
        "query": query,
        "kind": kind,
        "kinds": Letter.Kind.choices,
        "may_register": acting.has(MAY_REGISTER_LETTERS),
    }
    return render(request, "letters/list.html", context)


def letter_new(request: PersonRequest) -> HttpResponse:
    """Enter a letter in the agenda."""
    today = clock.today().isoformat()
    typed = _Question(request.POST if request.method == "POST" else {"received_on": today, "nature": "biasa"})
    if request.method == "POST":
        letter = attempt(typed, lambda: _register(request, typed))
        if letter:
            messages.success(request, f"Surat tercatat dengan nomor agenda {letter.agenda_no}/{letter.agenda_year}.")
            return redirect("letter", letter.pk)
    return _form(request, typed)


def letter_out_new(request: PersonRequest) -> HttpResponse:
    """Enter a letter or note that the office wrote elsewhere, and give it its number."""
    office = _office(request)
    usual = {
        "dated": clock.today().isoformat(),
        "nature": "biasa",
        "kind": "keluar",
        "sender": office.titles().get(KEPALA, ""),
    }
    typed = Typed(request.POST if request.method == "POST" else usual)
    if request.method == "POST":
        letter = attempt(typed, lambda: _write(request, typed, office))
        if letter:
            messages.success(
                request, f"Tercatat dengan nomor {letter.number}, agenda {letter.agenda_no}/{letter.agenda_year}."
            )
            return redirect("letter", letter.pk)
    reserved = IssuedNumber.objects.filter(
        register__office=office, register__year=office.today().year, state="dicadangkan"
    )
    context = {
        "typed": typed,
        "natures": Letter.Nature.choices,
        "kinds": [(kind, kind.label) for kind in REGISTER_OF],
        "reserved": reserved.filter(register__name__in=REGISTER_OF.values())
        .select_related("register")
        .order_by("text"),
        "names": REGISTERS,
    }
    return render(request, "letters/out.html", context, status=422 if typed.errors or typed.error else 200)


def _write(request: PersonRequest, typed: Typed, office: Office) -> Letter | None:
    scan, given = _scan(request, typed), request.POST
    if typed.errors:
        return None
    words = ("sender", "recipient", "subject", "attachment", "classification", "note")
    fields: dict[str, Any] = {name: given.get(name, "").strip() for name in words}
    fields |= {"dated": read_date(given.get("dated", "")), "nature": given.get("nature", "biasa")}
    reserved = read_whole(given.get("reserved", "")) or None
    kind = given.get("kind", "")
    return register_outgoing(
        office=office, kind=kind, fields=fields, by=request.acting.person, scan=scan, reserved=reserved
    )


def _office(request: PersonRequest) -> Office:
    if request.acting.office is None:
        raise HoldsNoPost("membuka agenda surat")
    return request.acting.office


def numbers(request: PersonRequest) -> HttpResponse:
    """The registers of this year: every number with what it was given to, and the form that reserves some for paper."""
    office = _office(request)
    typed = Typed(request.POST if request.method == "POST" else {"register": "surat-keluar"})
    if request.method == "POST":
        made = attempt(typed, lambda: _reserve(request, office))
        if made:
            messages.success(request, f"Dicadangkan: {', '.join(one.text for one in made)}.")
            return redirect("numbers")
    rows = IssuedNumber.objects.filter(register__office=office, register__year=office.today().year)
    register, query = request.GET.get("register", ""), request.GET.get("q", "").strip()
    if register:
        rows = rows.filter(register__name=register)
    if query:
        rows = rows.filter(Q(text__icontains=query) | Q(reason__icontains=query))
    rows = rows.select_related("register").order_by("register__name", "code", "-sequence")
    context = {
        "typed": typed,
        "page": Paginator(rows, 50).get_page(request.GET.get("hal")),
        "registers": registers_of(office),
        "register": register,
        "query": query,
        "may_register": request.acting.has(MAY_REGISTER_LETTERS),
    }
    return render(request, "letters/numbers.html", context, status=422 if typed.errors or typed.error else 200)


def _reserve(request: PersonRequest, office: Office) -> list[IssuedNumber]:
    given = request.POST
    first = read_whole(given.get("first", ""))
    return reserve_numbers(
        office=office,
        register=given.get("register", ""),
        first=first,
        last=read_whole(given.get("last", "")) if given.get("last", "").strip() else first,
        reason=given.get("reason", ""),
        code=given.get("code", ""),
        by=request.acting.person,
    )


@posted_from(lambda request, pk: reverse("numbers"))
def number_release(request: PersonRequest, pk: int) -> HttpResponse:
    """Let a reserved number go, with a note."""
    rows = IssuedNumber.objects.filter(register__office=_office(request)).select_related("register__office")
    number = get_object_or_404(rows, pk=pk)
    release_number(number=number, note=request.POST.get("note", ""), by=request.acting.person)
    messages.success(request, f"Nomor {number.text} dilepas.")
    return redirect("numbers")


@dataclass(slots=True)
class _Question(Typed):
    """A form that asks about a letter entered before: `earlier`, where it is known."""

    earlier: Letter | None = None


def _form(request: PersonRequest, typed: Typed, letter: Letter | None = None) -> HttpResponse:
    earlier: Letter | None = getattr(typed, "earlier", None)
    context = {
        "typed": typed,
        "natures": Letter.Nature.choices,
        "letter": letter,
        "earlier": earlier,
        "may_open": earlier is not None and _visible(request).filter(pk=earlier.pk).exists(),
    }
    return render(request, "letters/new.html", context, status=422 if typed.errors or typed.error else 200)


def letter_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Mend what was entered wrongly, until the first act on the letter."""
    letter = get_object_or_404(_visible(request).select_related("office"), pk=pk)
    may = request.acting.has(MAY_REGISTER_LETTERS, letter.office_id) and is_untouched(letter)
    if request.method != "POST" and not may:
        return redirect("letter", pk)
    kept = {name: getattr(letter, name) for name in (*_WORDS, "nature")}
    days = {name: getattr(letter, name).isoformat() for name in ("dated", "received_on")}
    typed = Typed(request.POST if request.method == "POST" else {**kept, **days})
    if request.method == "POST" and attempt(typed, lambda: _mend(request, typed, letter)):
        messages.success(request, "Catatan surat diperbaiki. Yang tertulis sebelumnya tetap tersimpan.")
        return redirect("letter", pk)
    return _form(request, typed, letter)


def _mend(request: PersonRequest, typed: Typed, letter: Letter) -> Letter | None:
    scan, fields = _scan(request, typed), _fields(request)
    return None if typed.errors else mend_letter(letter=letter, fields=fields, by=request.acting.person, scan=scan)


_WORDS = ("number", "sender", "recipient", "subject", "attachment", "classification", "note")


def _fields(request: PersonRequest) -> dict[str, Any]:
    given = request.POST
    fields: dict[str, Any] = {name: given.get(name, "").strip() for name in _WORDS}
    fields["nature"] = given.get("nature", "biasa") if given.get("nature") in Letter.Nature.values else "biasa"
    return fields | dates_of(given, "dated", "received_on")


def _register(request: PersonRequest, typed: _Question) -> Letter | None:
    scan, office = _scan(request, typed), request.acting.office
    if typed.errors or office is None:
        return None
    again = "again" in request.POST
    try:
        return register_letter(office=office, fields=_fields(request), by=request.acting.person, scan=scan, again=again)
    except AlreadyRegistered as known:
        typed.earlier = known.earlier
        raise


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


def _letter_page(request: PersonRequest, pk: int, typed: Typed, *, asks_again: bool = False) -> HttpResponse:
    acting = request.acting
    letter = get_object_or_404(_visible(request).select_related("office__kind"), pk=pk)
    context = {
        "letter": letter,
        "dispositions": letter.dispositions.select_related("parent").prefetch_related("addressees"),
        "instructions": INSTRUCTIONS,
        "became": _became_of(request, letter),
        "may_mend": acting.has(MAY_REGISTER_LETTERS, letter.office_id) and is_untouched(letter),
        "mended": _mended(letter),
        "may_start": letter.kind == Letter.Kind.INCOMING and acting.has(MAY_START_CYCLES, letter.office_id),
        "procedures": versions_in_force(letter.office, acting.day),
        "periods": period_choices(acting.day),
        "chosen": typed.data.get("period") or for_day(Kind.QUARTER, acting.day).previous().code,
        "typed": typed,
        "asks_again": asks_again,
    }
    return render(request, "letters/letter.html", context, status=422 if typed.error or typed.errors else 200)


def _became_of(request: PersonRequest, letter: Letter) -> list[tuple[Cycle, list[tuple[int, str]], list[Result]]]:
    """The cycles begun from a letter, each with the step that waits and with what it led to."""
    acting, waits = request.acting, Task.objects.filter(decided_at__isnull=True, part=False).select_related("post")
    cycles = letter.cycles.filter(parent__isnull=True).select_related("procedure").order_by("pk")
    rows = cycles.prefetch_related(Prefetch("tasks", queryset=waits, to_attr="waiting"))
    return [
        (one, _waited_for(acting, vars(one)["waiting"]), results_of(one, acting.person, acting.day)) for one in rows
    ]


def _waited_for(acting: Acting, waiting: list[Task]) -> list[tuple[int, str]]:
    """The steps that wait, and for whom."""
    return [(task.step_no, "Anda" if acting.sees_post(task.post_id) else task.post.title) for task in waiting]


def _mended(letter: Letter) -> list[tuple[Record, list[tuple[str, str, str]]]]:
    """What was written anew, newest first: the field's name, what stood there, what stands there."""
    rows = Record.objects.filter(chain=letter.office.code, subject=f"letter:{letter.pk}", act="letters:letter:mended")
    found = []
    for record in rows.order_by("-seq"):
        data = json.loads(record.data)
        names = {one.name: str(one.verbose_name).capitalize() for one in Letter._meta.fields}
        told = [(names[key], old, data["after"][key]) for key, old in data["before"].items() if key != "file_sha256"]
        found.append((record, told))
    return found


@require_GET
def letter_file(request: PersonRequest, pk: int) -> FileResponse:
    """The scan of a letter."""
    letter = get_object_or_404(_visible(request).exclude(file_sha256=""), pk=pk)
    return downloads.kept(letter.file_sha256, letter.file_name)


@posted_from("letter")
def start_cycle(request: PersonRequest, pk: int) -> HttpResponse:
    """Begin a cycle from this letter: its first step waits for the head of the office."""
    letter = get_object_or_404(_visible(request).select_related("office"), pk=pk)
    typed, given = Typed(request.POST), request.POST
    try:
        cycle = actions.start_cycle(
            office=letter.office,
            key=given.get("key", ""),
            period=given.get("period", ""),
            by=request.acting.person,
            letter=letter,
            due_at=read_deadline(letter.office, given.get("due_at", "")),
            again="again" in given,
        )
    except Refusal as refusal:
        typed.refuse(refusal)
        return _letter_page(request, pk, typed, asks_again=isinstance(refusal, actions.BegunBefore))
    messages.success(request, "Siklus dimulai. Langkah pertama kini menunggu pimpinan.")
    say_whether_it_fits(request, cycle)
    return redirect("cycle", cycle.pk)
