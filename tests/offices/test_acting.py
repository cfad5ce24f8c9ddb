"""Who acts as what on which day, and what the journal calls them."""

from datetime import timedelta

import pytest

from himpun.archive.journal import Author
from himpun.offices.acting import HoldsNoPost, acting_for, acting_in, capacities, holders
from himpun.offices.models.holdings import Holding
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_CANCEL_CYCLES, MAY_REGISTER_LETTERS
from tests.cast import MONDAY, Cast, entrust

TODAY = MONDAY.date()


@pytest.fixture
def acting(small: Cast) -> Person:
    """The Sekretaris, also Plt. Camat from today until three days on."""
    entrust(small.sekretaris, small.post("kepala"), since=TODAY, until=TODAY + timedelta(days=3))
    return small.sekretaris


def titles(person: Person, days: int = 0) -> list[str]:
    return [actor.title for actor in capacities(person, TODAY + timedelta(days=days))]


def test_a_person_acts_for_every_post_they_hold_that_day_their_own_first(acting: Person) -> None:
    assert titles(acting) == ["Sekretaris Camat", "Plt. Camat"]
    assert titles(acting, 3) == ["Sekretaris Camat", "Plt. Camat"]
    assert titles(acting, -1) == titles(acting, 4) == ["Sekretaris Camat"]


@pytest.mark.parametrize(
    ("kind", "title"), [("definitif", "Camat"), ("Plt", "Plt. Camat"), ("Plh", "Plh. Camat"), ("Pj", "Pj. Camat")]
)
def test_the_title_says_in_which_capacity(small: Cast, kind: str, title: str) -> None:
    newcomer = Person.objects.create(username="baru", name="Orang Baru")
    holding = entrust(newcomer, small.post("kepala"), since=TODAY, kind=kind)

    assert titles(newcomer) == [title]
    assert holding.title == title
    assert capacities(newcomer, TODAY)[0].author == Author("baru", "Orang Baru", "jabatan-1", title)


def test_somebody_made_inactive_acts_for_nothing(small: Cast) -> None:
    Person.objects.filter(pk=small.kepala.pk).update(is_active=False)

    assert capacities(small.kepala, TODAY) == []


def test_an_act_takes_the_capacity_that_may_do_it(small: Cast, acting: Person) -> None:
    """As Sekretaris they may do both; the role asked for decides, definitif first."""
    in_this_office = {"office_id": small.office.pk, "day": TODAY, "to": "mencoba"}
    assert acting_in(acting, roles=MAY_REGISTER_LETTERS, **in_this_office).title == "Sekretaris Camat"
    assert acting_in(acting, roles=MAY_CANCEL_CYCLES, **in_this_office).title == "Sekretaris Camat"
    assert acting_in(acting, roles=frozenset({"kepala"}), **in_this_office).title == "Plt. Camat"
    assert acting_in(acting, roles=None, **in_this_office).title == "Sekretaris Camat"


def test_without_such_a_post_the_refusal_says_what_was_wanted(small: Cast, neighbour: Cast) -> None:
    for person in (small.analis, neighbour.kepala):
        with pytest.raises(HoldsNoPost, match="berwenang membatalkan siklus"):
            acting_in(person, small.office.pk, TODAY, roles=MAY_CANCEL_CYCLES, to="membatalkan siklus")


def test_acting_for_a_post_is_for_that_post_only(small: Cast, acting: Person) -> None:
    kepala = small.post("kepala")
    assert acting_for(acting, kepala.pk, TODAY, to="mencoba").title == "Plt. Camat"
    with pytest.raises(HoldsNoPost):
        acting_for(small.analis, kepala.pk, TODAY, to="mencoba")


def test_a_post_may_have_two_holders_at_once(small: Cast, acting: Person) -> None:
    kepala = small.post("kepala")
    assert {actor.name for actor in holders(kepala.pk, TODAY)} == {small.kepala.name, acting.name}
    Holding.objects.filter(person=small.kepala).update(until=TODAY - timedelta(days=1))
    assert [actor.title for actor in holders(kepala.pk, TODAY)] == ["Plt. Camat"]
