"""Who acts as what: a person, the post they hold that day, and how the journal names them.

Somebody on leave still sees what they saw, but acts for none of their posts until the leave ends (`OnLeave`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import FilteredRelation, Q

from himpun import clock, moments
from himpun.archive.journal import Author
from himpun.errors import NotAllowed
from himpun.offices.models.holdings import Holding, Leave, mandate_titles, titled
from himpun.offices.models.people import Person
from himpun.offices.today import days_of_today, today_in


class HoldsNoPost(NotAllowed):
    """The person holds no post that may do this."""

    code = "bukan-pemangku"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Anda hari ini tidak memangku jabatan yang berwenang {what}. Hubungi pengelola Pengaturan kantor Anda bila penugasan Anda berubah."
        )


class OnLeave(NotAllowed):
    """The person holds the post, but is on leave: somebody else acts meanwhile."""

    code = "sedang-cuti"

    def __init__(self, kind: str, until: date, substitute: str) -> None:
        standing_in = (
            f"Selama itu {substitute} memegang tugas Anda" if substitute else "Belum ada pengganti yang tercatat"
        )
        super().__init__(
            f"Anda tercatat {kind} sampai {moments.day(until)}, jadi belum dapat bertindak. {standing_in}. "
            "Bila Anda sudah kembali bertugas, minta pengelola Pengaturan kantor Anda mengakhiri cuti itu."
        )


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting as the holder of one post on one day.

    `own_titles` are the lines under "a.n. …" of a mandate; `away_until` the last day of a leave they are on; `until`
    the last day of the holding, where it is known.
    """

    person_id: int
    username: str
    name: str
    nip: str
    rank: str
    post_id: int
    post_code: str
    post_title: str
    role: str
    kind: str
    office_id: int
    office_code: str
    own_titles: tuple[str, ...] = ()
    away_until: date | None = None
    until: date | None = None
    timezone: str = ""
    """The zone of the post's office, where it was read with the post."""

    @property
    def today(self) -> date:
        """The present day where the post is."""
        return clock.today(ZoneInfo(self.timezone)) if self.timezone else today_in(self.office_id)

    @property
    def title(self) -> str:
        """The title they sign with: "Plt. Camat"."""
        return titled(self.post_title, self.kind, self.own_titles)

    @property
    def block(self) -> list[str]:
        """For a mandate the posts of the signature block, highest first and the signer's own last; else nothing."""
        return [self.post_title, *self.own_titles] if self.own_titles else []

    @property
    def author(self) -> Author:
        """How the journal names them."""
        return Author(self.username, self.name, self.post_code, self.title)


def actor_of(holding: Holding) -> Actor:
    """The actor a holding makes (its person, post with office, and own post should be loaded).

    Whether they are on leave is known where the holding came by `marked_on`.
    """
    person, post = holding.person, holding.post
    return Actor(
        person.pk,
        person.username,
        person.name,
        person.nip,
        person.rank,
        post.pk,
        post.code,
        post.title,
        post.role,
        holding.kind,
        post.office_id,
        post.office.code,
        holding.own_titles,
        getattr(holding, "away_until", None),
        holding.until,
        post.office.timezone,
    )


def capacities(person: Person, day: date | None = None) -> list[Actor]:
    """Every post `person` holds, also on leave, definitif first; none for somebody who was made inactive.

    On `day`, or today: on what is today in each post's office.
    """
    days = [day] if day else days_of_today()
    held: dict[int, Actor] = {}
    for row in _held(person, days[0], days[-1]):
        actor = _actor(person, row)
        today = day or actor.today
        if row["since"] <= today and (actor.until is None or actor.until >= today):
            away = (
                row["away__until"] if row["away__since"] and row["away__since"] <= today <= row["away__until"] else None
            )
            known = held.setdefault(row["id"], actor)
            if away and (known.away_until is None or away > known.away_until):
                held[row["id"]] = replace(actor, away_until=away)
    return sorted(held.values(), key=lambda actor: Holding.PREFERENCE.index(actor.kind))


def _held(person: Person, first: date, last: date) -> Iterable[Mapping[str, Any]]:
    """What `person` holds between two days, each holding once for each of their leaves between them.

    Asked at every request, so only what is needed is read: objects of five tables cost three times as much.
    """
    leave = Q(person__leaves__since__lte=last, person__leaves__until__gte=first)
    found = Holding.objects.between(first, last).filter(person=person, person__is_active=True)
    marked = found.annotate(away=FilteredRelation("person__leaves", condition=leave))
    held: Iterable[Mapping[str, Any]] = marked.order_by("post__office_id", "post__order", "id").values(*_OF_A_HOLDING)
    return held


_OF_A_HOLDING = (
    "id",
    "kind",
    "since",
    "until",
    "post_id",
    "post__code",
    "post__title",
    "post__role",
    "post__office_id",
    "post__office__code",
    "post__office__timezone",
    "own_post__title",
    "own_post__parent__title",
    "away__since",
    "away__until",
)


def _actor(person: Person, row: Mapping[str, Any]) -> Actor:
    return Actor(
        person.pk,
        person.username,
        person.name,
        person.nip,
        person.rank,
        row["post_id"],
        row["post__code"],
        row["post__title"],
        row["post__role"],
        row["kind"],
        row["post__office_id"],
        row["post__office__code"],
        mandate_titles(row["kind"], row["own_post__title"], row["own_post__parent__title"]),
        None,
        row["until"],
        row["post__office__timezone"],
    )


def acting_in(
    person: Person, office_id: int, day: date | None = None, *, roles: frozenset[str] | None, to: str
) -> Actor:
    """The capacity in which `person` may act in this office with one of `roles` (None: any post), on `day` or today.

    Raises HoldsNoPost or OnLeave.
    """
    for actor in capacities(person, day):
        if actor.office_id == office_id and (roles is None or actor.role in roles):
            return present(actor, day)
    raise HoldsNoPost(to)


def acting_for(person: Person, post_id: int, day: date | None = None, *, to: str) -> Actor:
    """`person` as holder of this very post, on `day` or today. Raises HoldsNoPost or OnLeave."""
    for actor in capacities(person, day):
        if actor.post_id == post_id:
            return present(actor, day)
    raise HoldsNoPost(to)


def present(actor: Actor, day: date | None = None) -> Actor:
    """The actor, who is not on leave on `day` or today. Raises OnLeave."""
    if actor.away_until:
        leave = absence(actor.person_id, day or actor.today)
        kind = leave.get_kind_display().lower() if leave else "cuti"
        substitute = leave.substitute.name if leave and leave.substitute else ""
        raise OnLeave(kind, actor.away_until, substitute)
    return actor


def absence(person_id: int, day: date) -> Leave | None:
    """The leave somebody is on, with its substitute; None when they are at work."""
    leaves = Leave.objects.filter(person_id=person_id, since__lte=day, until__gte=day)
    return leaves.select_related("substitute").order_by("-until").first()


def holders(post_id: int, day: date) -> list[Actor]:
    """Who holds a post on `day`, also on leave."""
    holdings = Holding.objects.marked_on(day).filter(post_id=post_id)
    return [actor_of(holding) for holding in holdings.select_related("person", "post__office", "own_post__parent")]
