"""Who acts as what on which day, and what the journal calls them."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from himpun import clock
from himpun.archive.journal import Author
from himpun.cycles.actions import NoSuchTask, decide
from himpun.offices.acting import HoldsNoPost, acting_for, acting_in, capacities, holders
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_CANCEL_CYCLES, MAY_REGISTER_LETTERS
from tests.cast import MONDAY, Cast, entrust, publish

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


# --- the day of the office --------------------------------------------------------------------------------------------

HALF_PAST_MIDNIGHT = datetime.combine(TODAY, time(0, 30), tzinfo=ZoneInfo("Asia/Jayapura"))
"""Of the first day of `acting`, in Jayapura; in Jakarta it is still the evening before."""


@pytest.mark.parametrize(("zone", "held"), [("Asia/Jayapura", 2), ("Asia/Makassar", 1), ("Asia/Jakarta", 1)])
def test_a_plt_begins_at_midnight_of_the_offices_own_clock(small: Cast, acting: Person, zone: str, held: int) -> None:
    Office.objects.filter(pk=small.office.pk).update(timezone=zone)

    with clock.held_at(HALF_PAST_MIDNIGHT):
        assert len(capacities(acting)) == held
        browser = Client()
        browser.force_login(acting)
        answer = browser.get("/")

    assert answer.wsgi_request.acting.day == TODAY - timedelta(days=int(held == 1))
    assert len(answer.wsgi_request.acting.capacities) == held


def test_a_step_is_decided_on_the_first_day_of_the_office_itself(small: Cast) -> None:
    """Whoever becomes Camat on the day of the office decides from its first minute."""
    publish()
    cycle = small.start()
    newcomer = Person.objects.create(username="baru", name="Orang Baru")
    entrust(newcomer, small.post("kepala"), since=TODAY + timedelta(days=1))
    decided = {"decision": "disposisi", "form": {"to": [], "instructions": ["proses"], "note": "Segera"}}
    task = small.open_task(cycle)

    with clock.held_at(HALF_PAST_MIDNIGHT + timedelta(days=1)):
        with pytest.raises(NoSuchTask):
            decide(task_id=task.pk, by=newcomer, **decided)
        Office.objects.filter(pk=small.office.pk).update(timezone="Asia/Jayapura")
        assert decide(task_id=task.pk, by=newcomer, **decided)
