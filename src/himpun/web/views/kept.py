"""What was sent when the session had ended: said after the login, with the way back to its page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from himpun.web.kept import forget, kept_by
from himpun.web.middleware import PersonRequest


@never_cache
def kept_page(request: PersonRequest) -> HttpResponse:
    """GET says what was kept and leads back; POST throws it away."""
    kept = kept_by(request, request.acting.person)
    if request.method != "POST":
        return render(request, "kept/kept.html", {"kept": kept})
    forget(request)
    messages.info(request, "Isian yang belum terkirim dibuang.")
    return redirect(kept.page if kept else "work")
