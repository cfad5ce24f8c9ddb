"""Who acts as what: a person, the post they hold that day, and how the journal names them."""

from dataclasses import dataclass
from datetime import date

from himpun.archive.journal import Author
from himpun.errors import NotAllowed
from himpun.offices.models import Holding, Person, titled


class HoldsNoPost(NotAllowed):
    """The person holds no post that may do this."""

    code = "bukan-pemangku"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Anda hari ini tidak memangku jabatan yang berwenang {what}. Hubungi Kasubbag Umum bila penugasan Anda berubah."
        )


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting as the holder of one post on one day."""

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

    @property
    def title(self) -> str:
        """The title they sign with: "Plt. Camat"."""
        return titled(self.post_title, self.kind)

    @property
    def author(self) -> Author:
        """How the journal names them."""
        return Author(self.username, self.name, self.post_code, self.title)


def actor_of(holding: Holding) -> Actor:
    """The actor a holding makes (its person, post and office should be loaded)."""
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
    )


def capacities(person: Person, day: date) -> list[Actor]:
    """Every post `person` holds on `day`, definitif first; none for somebody who was made inactive."""
    holdings = (
        Holding.objects.on(day).filter(person=person, person__is_active=True).select_related("person", "post__office")
    )
    found = [actor_of(holding) for holding in holdings.order_by("post__office_id", "post__order", "id")]
    return sorted(found, key=lambda actor: actor.kind != Holding.Kind.DEFINITIF)


def acting_in(person: Person, office_id: int, day: date, *, roles: frozenset[str] | None, to: str) -> Actor:
    """The capacity in which `person` may act in this office with one of `roles` (None: any post). Raises HoldsNoPost."""
    for actor in capacities(person, day):
        if actor.office_id == office_id and (roles is None or actor.role in roles):
            return actor
    raise HoldsNoPost(to)


def acting_for(person: Person, post_id: int, day: date, *, to: str) -> Actor:
    """`person` as holder of this very post. Raises HoldsNoPost."""
    for actor in capacities(person, day):
        if actor.post_id == post_id:
            return actor
    raise HoldsNoPost(to)


def holders(post_id: int, day: date) -> list[Actor]:
    """Who holds a post on `day`."""
    holdings = Holding.objects.on(day).filter(post_id=post_id).select_related("person", "post__office")
    return [actor_of(holding) for holding in holdings]
