"""Buku alamat: whom outside the office it sends papers to, and how."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from himpun.letters.contacts import TEXTS, save_contact
from himpun.letters.models import Contact
from himpun.offices.acting import HoldsNoPost
from himpun.offices.models.offices import Office
from himpun.offices.rules import MAY_REGISTER_LETTERS
from himpun.web.forms import Typed, attempt
from himpun.web.middleware import PersonRequest

USUAL = {"channel": str(Contact.Channel.MAIL)}


def _office(request: PersonRequest) -> Office:
    if request.acting.office is None:
        raise HoldsNoPost("membuka buku alamat")
    return request.acting.office


def contact_list(request: PersonRequest) -> HttpResponse:
    """The address book with a search, and the form that adds to it."""
    office = _office(request)
    typed = Typed(request.POST if request.method == "POST" else USUAL)
    if request.method == "POST":
        made = attempt(typed, lambda: save_contact(office=office, fields=request.POST.dict(), by=request.acting.person))
        if made is not None:
            messages.success(request, f"{made} masuk buku alamat.")
            return redirect("contacts")
    rows, query = Contact.objects.filter(office=office), request.GET.get("q", "").strip()
    if query:
        rows = rows.filter(Q(name__icontains=query) | Q(agency__icontains=query) | Q(email__icontains=query))
    page = Paginator(rows, 50).get_page(request.GET.get("hal"))
    return _shown(request, "letters/contacts.html", typed, {"page": page, "query": query})


def contact_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """One of them, changed or no longer used."""
    office = _office(request)
    contact = get_object_or_404(Contact, pk=pk, office=office)
    kept = {name: getattr(contact, name) for name in (*TEXTS, "channel")}
    typed = Typed(request.POST if request.method == "POST" else {**kept, "active": "1" if contact.active else ""})
    if request.method == "POST":
        fields, active = request.POST.dict(), request.POST.get("active") == "1"
        changed = attempt(
            typed,
            lambda: save_contact(
                office=office, fields=fields, by=request.acting.person, contact=contact, active=active
            ),
        )
        if changed is not None:
            messages.success(request, f"{changed} tersimpan.")
            return redirect("contacts")
    return _shown(request, "letters/contact.html", typed, {"contact": contact})


def _shown(request: PersonRequest, template: str, typed: Typed, context: dict[str, object]) -> HttpResponse:
    may = request.acting.has(MAY_REGISTER_LETTERS)
    given = {"typed": typed, "channels": Contact.Channel.choices, "may_manage": may, **context}
    return render(request, template, given, status=422 if typed.errors or typed.error else 200)
