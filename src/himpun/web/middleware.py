"""Who is asking, as what, in which office, on which day; and refusals shown as pages."""

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property

from himpun import clock
from himpun.errors import Refusal
from himpun.offices import reaching
from himpun.offices.acting import Actor, absence, capacities
from himpun.offices.models.holdings import Leave
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.trouble import trouble_of
from himpun.typed import Text
from himpun.web.views.trouble import out_of_order

log = structlog.get_logger("himpun.web")


class UnreadableText(Refusal):
    """What was typed or asked for has a character that no database keeps."""

    code = "karakter-tidak-sah"
    status = 400

    def __init__(self) -> None:
        super().__init__(
            "Isian atau alamat memuat karakter yang tidak dapat disimpan. Ketik ulang tanpa menyalin dari berkas lain."
        )


class TextTooLong(Refusal):
    """One field brought more than any field may; what a text may be is said by the action that takes it."""

    code = "isian-terlalu-panjang"
    status = 413

    def __init__(self) -> None:
        most = f"{Text.FIELD.value:,}".replace(",", ".")
        super().__init__(f"Satu isian lebih dari {most} huruf. Kembali ke halaman tadi, lalu ringkas isiannya.")


class Acting:
    """The person of a request: their posts today and the office they look at (read once, when first asked)."""

    def __init__(self, person: Person, chosen_office: int | None) -> None:
        self.person = person
        self._chosen = chosen_office

    @cached_property
    def capacities(self) -> list[Actor]:
        """Every post held today, by the day in each post's own office."""
        return capacities(self.person)

    @cached_property
    def zone(self) -> ZoneInfo | None:
        """The time zone of the office looked at: the one the person lives by. None for who holds no post."""
        held = self.capacities
        chosen = next((one for one in held if one.office_id == self._chosen), held[0] if held else None)
        return ZoneInfo(chosen.timezone) if chosen else None

    @cached_property
    def day(self) -> date:
        """Today in the office looked at."""
        return clock.today(self.zone)

    @cached_property
    def office(self) -> Office | None:
        """The office looked at: the chosen one where they hold a post, else the first. `has_below`: it has offices below."""
        ids = [actor.office_id for actor in self.capacities]
        if not ids:
            return None
        chosen = self._chosen if self._chosen in ids else ids[0]
        below = Office.objects.filter(parent=OuterRef("pk"))
        return Office.objects.select_related("kind").annotate(has_below=Exists(below)).get(pk=chosen)

    @cached_property
    def elsewhere(self) -> list[Office]:
        """The other offices where they hold a post today, which they may choose to look at."""
        ids = {actor.office_id for actor in self.capacities} - {self.office.pk if self.office else 0}
        return list(Office.objects.filter(pk__in=ids).order_by("name")) if ids else []

    @property
    def here(self) -> list[Actor]:
        """The posts held in the office looked at."""
        return [actor for actor in self.capacities if self.office and actor.office_id == self.office.pk]

    def has(self, roles: frozenset[str], office_id: int | None = None) -> bool:
        """Whether they may act today in a post that has one of these roles: never while they are on leave.

        In the office looked at; where a page shows a row that may be another office's, that office is named.
        """
        return self.sees(roles, office_id) and not self.is_away

    def holds(self, post_id: int) -> bool:
        """Whether they may act today as holder of this very post: never while they are on leave."""
        return self.sees_post(post_id) and not self.is_away

    def sees(self, roles: frozenset[str], office_id: int | None = None) -> bool:
        """Whether one of the posts there has one of these roles, also on leave: what they may look at."""
        held = self.here if office_id is None else (one for one in self.capacities if one.office_id == office_id)
        return any(actor.role in roles for actor in held)

    def sees_post(self, post_id: int) -> bool:
        """Whether this very post is held today, also on leave."""
        return any(actor.post_id == post_id for actor in self.capacities)

    @property
    def is_away(self) -> bool:
        """Whether they are on leave today."""
        return any(actor.away_until for actor in self.capacities)

    @cached_property
    def absence(self) -> Leave | None:
        """The leave they are on, asked for only when there is one."""
        return absence(self.person.pk, self.day) if self.is_away else None


class PersonRequest(HttpRequest):
    """A request by somebody logged in, as the views see it."""

    acting: Acting


class MarkMiddleware:
    """Answers who asks whether an address opens this installation, before its host's name is judged.

    So the one who sets the address learns whether it leads here at all, or only under a name not taken yet.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == reaching.PATH and request.method in ("GET", "HEAD"):
            return reaching.tell_mark(request)
        return self.get_response(request)


class ActingPersonMiddleware:
    """Puts `request.acting` on every request by somebody logged in, and turns a stray refusal into a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.acting = Acting(request.user, request.session.get("office")) if request.user.is_authenticated else None
        with timezone.override(request.acting.zone if request.acting else None):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], arguments: Any, keywords: Any
    ) -> HttpResponse | None:
        """A NUL character can be stored on no PostgreSQL: refused before anything is read or changed.

        So is a text beyond every limit; each action has a limit of its own, told at the field.
        """
        if getattr(view, "speaks_json", False):
            return None
        typed = [request.path, *(value for _, values in request.GET.lists() for value in values)]
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):
            typed += [value for _, values in request.POST.lists() for value in values]
        if any("\0" in str(value) for value in typed):
            return render(request, "refused.html", {"refusal": UnreadableText()}, status=UnreadableText.status)
        if any(len(str(value)) > Text.FIELD.value for value in typed):
            return render(request, "refused.html", {"refusal": TextTooLong()}, status=TextTooLong.status)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal nobody showed at its form is shown as a page of its own; so is the machine's own trouble."""
        if not isinstance(exception, Refusal):
            trouble = trouble_of(exception)
            if trouble is None:
                return None
            log.error("out-of-order", code=trouble.code, exc_info=exception)
            return out_of_order(request, trouble)
        return render(request, "refused.html", {"refusal": exception}, status=exception.status)
