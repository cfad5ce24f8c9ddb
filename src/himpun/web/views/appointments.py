"""Who holds which post: recording it, changing it, and the pages on which others let it come into force."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from himpun.errors import FieldErrors
from himpun.offices.holdings import consenting
from himpun.offices.holdings.appointments import LetterFile, begin_holding, change_holding
from himpun.offices.holdings.awaiting import awaited, concerning, may_give
from himpun.offices.models.holdings import Appointment, Holding
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.queries import people_known_to
from himpun.offices.rules import MAY_MANAGE_OFFICE
from himpun.web import downloads
from himpun.web.forms import Typed, attempt, read_date, read_whole
from himpun.web.middleware import PersonRequest
from himpun.web.uploads import incoming_of
from himpun.web.views.offices import office_of, settings_form, wrong_dates


def letter_file(request: PersonRequest) -> LetterFile | None:
    """The scan of the letter that came with a form."""
    upload = incoming_of(request, "file")
    return LetterFile(upload[1]) if upload else None


# --- recording -------------------------------------------------------------------------------------------------------


def holding_new(request: PersonRequest) -> HttpResponse:
    """Record that somebody holds a post from a day on."""
    office = office_of(request)
    start = {
        "post": request.GET.get("jabatan", ""),
        "person": request.GET.get("orang", ""),
        "kind": Holding.Kind.DEFINITIF.value,
        "since": request.acting.day.isoformat(),
    }
    typed = Typed(request.POST if request.method == "POST" else start)
    if request.method == "POST":
        made = attempt(typed, lambda: _begin(request, office))
        if made is not None:
            return _said(request, made, f"{made.person.name} tercatat sebagai {made.title}.")
    posts = office.posts.there_on(request.acting.day)
    context = {"kinds": Holding.Kind.choices(), "posts": posts, "people": people_known_to(office)}
    return settings_form(request, "offices/holding.html", typed, context)


def _begin(request: PersonRequest, office: Office) -> Appointment:
    given = request.POST
    wrong, person = {}, None
    post = office.posts.select_related("office").filter(pk=read_whole(given.get("post", ""))).first()
    if post is None:
        wrong["post"] = "Pilih jabatan dari daftar."
    if username := given.get("username", "").strip():
        person = Person.objects.select_related("home").filter(username=username, is_active=True).first()
        if person is None:
            wrong["username"] = "Nama pengguna ini tidak ditemukan. Periksa ejaannya, atau tambahkan orangnya dahulu."
    else:
        known = people_known_to(office).select_related("home")
        person = known.filter(pk=read_whole(given.get("person", ""))).first()
    if person is None and "username" not in wrong:
        wrong["person"] = "Pilih orangnya, atau tulis nama pengguna pegawai kantor lain."
    if wrong or person is None or post is None:
        raise FieldErrors(wrong | wrong_dates(request))
    return begin_holding(post=post, person=person, by=request.acting.person, **_terms(request, office))


def _terms(request: PersonRequest, office: Office) -> dict[str, Any]:
    if wrong := wrong_dates(request):
        raise FieldErrors(wrong)
    given = request.POST
    return {
        "kind": given.get("kind", ""),
        "since": read_date(given.get("since", "")),
        "until": read_date(given.get("until", "")),
        "letter": given.get("letter", ""),
        "own_post": office.posts.select_related("parent__parent")
        .filter(pk=read_whole(given.get("own_post", "")))
        .first(),
        "file": letter_file(request),
    }


def _said(request: PersonRequest, made: Appointment | None, done: str) -> HttpResponse:
    """Say whether it is in force, and go to where it is seen."""
    if made is not None and made.state == Appointment.State.WAITING:
        messages.info(request, f"{made} tercatat, tetapi belum berlaku: menunggu {' dan '.join(made.missing)}.")
        return redirect("appointment", made.pk)
    messages.success(request, done)
    return redirect("post_edit", made.post_id) if made else redirect("settings")


def holding_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Correct or end one holding, and see who recorded and who confirmed it."""
    office = office_of(request)
    rows = Holding.objects.select_related("post__office", "person__home", "leave__person")
    holding = get_object_or_404(rows, pk=pk, post__office=office)
    shown = {"kind": holding.kind, "since": holding.since.isoformat(), "letter": holding.letter}
    if holding.leave_id and not request.acting.has(MAY_MANAGE_OFFICE):
        shown["letter"] = "surat cuti"  # the letter of a colleague's leave may tell of an illness
    shown["until"] = holding.until.isoformat() if holding.until else ""
    shown["own_post"] = str(holding.own_post_id or "")
    typed = Typed(request.POST if request.method == "POST" else shown)
    if request.method == "POST":
        done = attempt(typed, lambda: _change(request, office, holding))
        if done is not None:
            return done  # type: ignore[no-any-return]
    context = {
        "holding": holding,
        "kinds": Holding.Kind.choices(),
        "posts": office.posts.all(),
        "origin": list(holding.appointments.order_by("recorded_at", "pk")),
        "waiting": list(holding.proposed_changes.filter(state=Appointment.State.WAITING)),
    }
    return settings_form(request, "offices/holding.html", typed, context)


def _change(request: PersonRequest, office: Office, holding: Holding) -> HttpResponse:
    made = change_holding(holding=holding, by=request.acting.person, **_terms(request, office))
    if made is None:
        messages.success(request, "Tidak ada yang berubah.")
        return redirect("post_edit", holding.post_id)
    return _said(request, made, "Catatan pemangku jabatan tersimpan.")


# --- answering -------------------------------------------------------------------------------------------------------


def _one(request: PersonRequest, pk: int) -> Appointment:
    return get_object_or_404(concerning(request.acting.person, request.acting.day).distinct(), pk=pk)


def appointment_page(request: PersonRequest, pk: int) -> HttpResponse:
    """One appointment: what was recorded, by whom, by which letter, whom it waits for; and the answers."""
    one, person = _one(request, pk), request.acting.person
    typed = Typed(request.POST)
    if request.method == "POST":
        done = attempt(typed, lambda: _answer(request, one))
        if done is not None:
            messages.success(request, done)
            return redirect("appointment", pk)
    able = awaited([one], request.acting.day)[one.pk]
    waiting = one.state == Appointment.State.WAITING
    manages = any(
        actor.office_id == one.post.office_id and actor.role in MAY_MANAGE_OFFICE and not actor.away_until
        for actor in request.acting.capacities
    )
    context = {
        "one": one,
        "typed": typed,
        "waiting": waiting,
        "accepting": able.accepting,
        "confirming": able.confirming,
        "may_give": waiting and may_give(one, able, person),
        "may_withdraw": waiting and manages,
    }
    return render(request, "offices/appointment.html", context, status=422 if typed.errors or typed.error else 200)


def _answer(request: PersonRequest, one: Appointment) -> str:
    by, reason = request.acting.person, request.POST.get("reason", "")
    match request.POST.get("act"):
        case "consent":
            given = consenting.consent(appointment=one, by=by)
            rest = " dan ".join(given.missing)
            return f"{given} kini menunggu {rest}." if rest else f"{given} berlaku."
        case "refuse":
            consenting.refuse(appointment=one, reason=reason, by=by)
            return "Penugasan ditolak; yang mencatat membaca alasan Anda."
        case "withdraw":
            consenting.withdraw(appointment=one, reason=reason, by=by)
            return "Penugasan ditarik."
    raise FieldErrors({"reason": "Pilih setujui, tolak, atau tarik."})


@require_GET
def appointment_file(request: PersonRequest, pk: int) -> FileResponse:
    """The letter by which it was recorded: its name and type are ours, from what its bytes are."""
    one = get_object_or_404(
        concerning(request.acting.person, request.acting.day).exclude(file_sha256="").distinct(), pk=pk
    )
    return downloads.kept(one.file_sha256, f"surat-penugasan-{one.pk}")
