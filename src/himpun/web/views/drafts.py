"""The narrative of the Data Kinerja, and the distribution list."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from himpun.cycles.models import Cycle
from himpun.cycles.steps import drafting
from himpun.cycles.steps.draft import draft_of
from himpun.cycles.steps.papers.performance import NARRATIVE
from himpun.documents.models import Delivery
from himpun.errors import Refusal
from himpun.letters.models import Contact
from himpun.offices.models.offices import Post
from himpun.web.forms import Typed, whole_number
from himpun.web.middleware import PersonRequest
from himpun.web.posting import posted_from
from himpun.web.views.cycles import show_cycle


def _cycle(request: PersonRequest, pk: int) -> Cycle:
    acting = request.acting
    rows = Cycle.objects.visible_to(acting.person, acting.day).select_related("office__kind", "procedure", "letter")
    return get_object_or_404(rows, pk=pk)


_LINES = {"analisis": 7, "dasar_hukum": 7}
"""How many lines the longer texts of a draft are given."""


def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Edit the narrative and save it as a new version."""
    cycle = _cycle(request, pk)
    document = draft_of(cycle)
    typed, status = Typed({}), 200
    if request.method == "POST":
        typed = Typed(request.POST)
        try:
            drafting.save_draft(
                cycle=cycle,
                narrative={key: request.POST.get(key, "") for key in NARRATIVE},
                reason=request.POST.get("reason", ""),
                based_on=whole_number(request, "based_on"),
                by=request.acting.person,
            )
        except Refusal as refusal:
            typed.refuse(refusal)
            status = refusal.status
        else:
            messages.success(request, "Versi baru tersimpan. Paraf pada versi sebelumnya tidak berlaku lagi.")
            return redirect("cycle", pk)
    latest = document.latest if document else None
    kept = latest.narrative if latest else {}
    sections = [
        (key, label, typed.data.get(key, kept.get(key, "")), typed.errors.get(key, ""), _LINES.get(key, 4))
        for key, label in NARRATIVE.items()
    ]
    task = drafting_task(cycle)
    context = {
        "cycle": cycle,
        "draft": document,
        "version": latest,
        "next_version": latest.no + 1 if latest else 1,
        "sections": sections,
        "typed": typed,
        "task": task,
        "may_edit": bool(task and request.acting.holds(task)),
    }
    return render(request, "cycles/draft.html", context, status=status)


def drafting_task(cycle: Cycle) -> int | None:
    """The post whose step allows editing now; None when no such step is open."""
    try:
        return drafting.open_task(cycle, drafting.EDITS_DRAFT, "Menyunting naskah").post_id
    except Refusal:
        return None


_LINES = {"analisis": 7, "dasar_hukum": 7}
"""How many lines the longer texts of a draft are given."""


@posted_from("cycle")
def add_recipient(request: PersonRequest, pk: int) -> HttpResponse:
    """Put a post of the office, or somebody outside it, on the distribution list."""
    cycle = _cycle(request, pk)
    posts = Post.objects.filter(office=cycle.office).there_on(request.acting.day)
    post = posts.filter(pk=whole_number(request, "post")).first()
    contact = Contact.objects.filter(office=cycle.office, active=True, pk=whole_number(request, "contact")).first()
    typed = Typed(request.POST)
    recipient, method, address = request.POST.get("recipient", ""), request.POST.get("method", ""), ""
    if post:
        recipient, method = post.title, "Himpun"
    elif contact:
        recipient, method, address = str(contact), contact.channel, contact.email
    else:
        method = method if method in Contact.Channel.values else str(Contact.Channel.LINK)
        address = request.POST.get("address", "")
    try:
        drafting.add_recipient(
            cycle=cycle, recipient=recipient, post=post, method=method, address=address, by=request.acting.person
        )
    except Refusal as refusal:
        typed.refuse(refusal)
        return show_cycle(request, pk, typed, status=refusal.status)
    return redirect("cycle", pk)


@posted_from(lambda request, pk, delivery: reverse("cycle", args=[pk]))
def remove_recipient(request: PersonRequest, pk: int, delivery: int) -> HttpResponse:
    """Take a recipient off the list before it is sent."""
    cycle = _cycle(request, pk)
    row = get_object_or_404(Delivery.objects.filter(document=draft_of(cycle)), pk=delivery)
    drafting.remove_recipient(cycle=cycle, delivery=row, by=request.acting.person)
    return redirect("cycle", pk)


@posted_from("cycle")
def renew_receipt(request: PersonRequest, pk: int) -> HttpResponse:
    """Leave the receipt anew with the proofs that came in since."""
    cycle = _cycle(request, pk)
    drafting.renew_receipt(cycle=cycle, by=request.acting.person)
    messages.success(request, "Tanda terima diperbarui dengan bukti penerimaan sampai saat ini.")
    return redirect("cycle", pk)
