"""Leave: who stands in from when to when, what is refused, and that nothing that was in force is undone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from himpun import clock
from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.errors import FieldErrors, NotAllowed
from himpun.offices.acting import HoldsNoPost, OnLeave, acting_for, acting_in, capacities, holders
from himpun.offices.holdings.appointments import begin_holding, change_holding
from himpun.offices.holdings.leaves import (
    LeaveBegun,
    LeaveFields,
    LeaveOver,
    cancel_leave,
    change_leave,
    end_leave,
    record_leave,
)
from himpun.offices.holdings.terms import NobodyManages
from himpun.offices.models.holdings import Holding, Leave
from himpun.offices.models.people import Person
from himpun.offices.queries import shown_holder
from himpun.offices.rules import NotOurs
from tests.cast import MONDAY, SCAN, Cast, appointed, confirmed, entrust

TODAY = MONDAY.date()


def day(no: int) -> date:
    """A day counted from today."""
    return TODAY + timedelta(days=no)


@contextmanager
def on(no: int) -> Iterator[None]:
    with clock.held_at(MONDAY + timedelta(days=no)):
        yield


def fields(since: int, until: int, substitute: Person | None = None, **given: Any) -> LeaveFields:
    return LeaveFields(given.get("kind", "cuti"), day(since), day(until), "SP/12/2026", substitute, SCAN)


def leave_of(cast: Cast, since: int = 0, until: int = 4, **given: Any) -> Leave:
    """The Camat's leave, with the Sekretaris standing in unless said otherwise."""
    given = {"office": cast.office, "person": cast.kepala, "by": cast.umum, **given}
    substitute = given.pop("substitute", cast.sekretaris)
    leave = record_leave(fields=fields(since, until, substitute), **given)
    for one in leave.appointments.all():
        confirmed(one)
    return leave


def spans(cast: Cast, person: Person, role: str = "kepala") -> list[tuple[int, int]]:
    """The Plh. holdings of a person on a post, as days from today."""
    rows = Holding.objects.filter(person=person, post=cast.post(role), kind="Plh").order_by("since")
    return [((one.since - TODAY).days, (one.until - TODAY).days) for one in rows if one.until]


def recorded() -> list[str]:
    return list(Record.objects.filter(act__startswith="offices:").order_by("seq").values_list("act", flat=True))


# --- recording --------------------------------------------------------------------------------------------------------


def test_the_substitute_holds_the_post_as_plh_for_the_days_of_the_leave_by_its_letter(small: Cast) -> None:
    leave = leave_of(small, 1, 5)

    plh = Holding.objects.get(leave=leave)
    assert (plh.person, plh.post, plh.title) == (small.sekretaris, small.post("kepala"), "Plh. Camat")
    assert (plh.since, plh.until, plh.letter) == (day(1), day(5), "SP/12/2026")
    assert recorded() == ["offices:holding:begun", "offices:leave:recorded"]
    assert verify().faults == []


def test_who_is_on_leave_does_not_act_from_the_first_day_to_the_last(small: Cast) -> None:
    leave_of(small, 1, 5)
    kepala = small.post("kepala").pk

    for no, present in [(0, True), (1, False), (5, False), (6, True)]:
        if present:
            assert acting_for(small.kepala, kepala, day(no), to="mencoba").title == "Camat"
            continue
        with pytest.raises(
            OnLeave, match=r"cuti sampai 10 Oktober 2026.*Orang Sekretaris Camat memegang tugas Anda.*Pengaturan"
        ):
            acting_for(small.kepala, kepala, day(no), to="mencoba")
        assert acting_for(small.sekretaris, kepala, day(no), to="mencoba").title == "Plh. Camat"
    assert len(capacities(small.kepala, day(1))) == 1, "what they see stays"


def test_a_post_on_leave_is_held_by_nobody_else_without_a_substitute(small: Cast) -> None:
    leave_of(small, substitute=None)

    assert [actor.away_until for actor in holders(small.post("kepala").pk, TODAY)] == [day(4)]
    with pytest.raises(OnLeave, match="Belum ada pengganti"):
        acting_in(small.kepala, small.office.pk, TODAY, roles=None, to="mencoba")
    with pytest.raises(HoldsNoPost):
        acting_for(small.sekretaris, small.post("kepala").pk, TODAY, to="mencoba")


def test_every_post_is_handed_on_but_no_mandate_and_no_plh(small: Cast) -> None:
    entrust(small.kepala, small.post("kasubbag-umum"), since=day(0), until=day(2))
    entrust(small.kepala, small.post("analis"), since=day(0), kind="Plh")

    leave_of(small, 0, 4)

    assert spans(small, small.sekretaris) == [(0, 4)]
    assert spans(small, small.sekretaris, "kasubbag-umum") == [(0, 2)], "no longer than the Plt itself"
    assert spans(small, small.sekretaris, "analis") == []


def test_who_holds_the_post_already_gets_only_the_days_that_lack(small: Cast) -> None:
    entrust(small.sekretaris, small.post("kepala"), since=day(1), until=day(2), kind="Plt")

    leave_of(small, 0, 4)

    assert spans(small, small.sekretaris) == [(0, 0), (3, 4)]


def test_a_substitute_may_come_from_another_office(small: Cast, neighbour: Cast) -> None:
    leave_of(small, substitute=neighbour.kepala)

    assert acting_for(neighbour.kepala, small.post("kepala").pk, TODAY, to="mencoba").title == "Plh. Camat"


# --- what is refused --------------------------------------------------------------------------------------------------


def test_dates_and_people_that_cannot_be_are_told_at_their_field(small: Cast) -> None:
    office, umum, kepala = small.office, small.umum, small.kepala
    nobody = LeaveFields("libur", None, None)
    cases = [
        (fields(3, 2), {"until"}),
        (fields(-3, -1), {"until"}),
        (fields(0, 2, kepala), {"substitute"}),
        (nobody, {"since", "until", "kind"}),
    ]
    for given_fields, names in cases:
        with pytest.raises(FieldErrors) as refused:
            record_leave(office=office, person=kepala, fields=given_fields, by=umum)
        assert set(refused.value.fields) == names
    assert recorded() == []


def test_two_leaves_of_one_person_do_not_overlap_and_nobody_on_leave_stands_in(small: Cast) -> None:
    leave_of(small, 0, 4)
    with pytest.raises(FieldErrors, match="sudah tercatat cuti 05-10-2026 sampai 09-10-2026"):
        leave_of(small, 4, 6)
    with pytest.raises(FieldErrors, match="sendiri tidak bertugas"):
        leave_of(small, 2, 3, person=small.analis, substitute=small.kepala)

    leave_of(small, 5, 6)
    leave_of(small, 7, 8, person=small.analis, substitute=small.kepala)


def test_somebody_who_holds_no_post_in_those_days_needs_no_leave(small: Cast) -> None:
    guest = Person.objects.create(username="tamu", name="Tamu", home=small.office)

    with pytest.raises(FieldErrors, match="tidak memangku jabatan"):
        leave_of(small, person=guest)


def test_only_the_managers_of_the_persons_own_office_record_it(small: Cast, neighbour: Cast) -> None:
    for by in (small.analis, small.kepala, neighbour.umum):
        with pytest.raises(HoldsNoPost):
            leave_of(small, by=by)
    entrust(neighbour.kepala, small.post("kepala"), since=TODAY)
    with pytest.raises(NotOurs):
        leave_of(small, person=neighbour.kepala)


def test_a_manager_on_leave_manages_nothing_and_the_last_one_needs_a_substitute(small: Cast) -> None:
    leave_of(small, 0, 2, person=small.umum, substitute=None)
    with pytest.raises(OnLeave):
        leave_of(small, by=small.umum)
    with pytest.raises(NobodyManages):
        leave_of(small, 2, 4, person=small.sekretaris, substitute=None, by=small.sekretaris)

    leave_of(small, 2, 4, person=small.sekretaris, substitute=small.kasubbag, by=small.sekretaris)
    with on(2):
        leave_of(small, 2, 3, person=small.analis, substitute=None, by=small.kasubbag)


# --- ending, changing, cancelling -------------------------------------------------------------------------------------


def test_ending_early_ends_the_plh_as_well_and_gives_the_post_back(small: Cast) -> None:
    leave = leave_of(small, 0, 9)
    with on(3):
        end_leave(leave=leave, until=day(2), by=small.umum)

        assert spans(small, small.sekretaris) == [(0, 2)]
        assert acting_for(small.kepala, small.post("kepala").pk, day(3), to="mencoba").title == "Camat"
        with pytest.raises(HoldsNoPost):
            acting_for(small.sekretaris, small.post("kepala").pk, day(3), to="mencoba")
    assert recorded()[-2:] == ["offices:holding:changed", "offices:leave:ended"]


def test_a_leave_is_not_ended_before_yesterday_nor_later_nor_twice(small: Cast) -> None:
    leave = leave_of(small, 0, 5)
    with on(4):
        for last in (-1, 2, 5, 7):
            with pytest.raises(FieldErrors):
                end_leave(leave=leave, until=day(last), by=small.umum)
        end_leave(leave=leave, until=day(3), by=small.umum)
        with pytest.raises(LeaveOver):
            end_leave(leave=leave, until=day(3), by=small.umum)


def test_another_substitute_stands_in_from_today_and_the_first_keeps_what_was(small: Cast) -> None:
    leave = leave_of(small, 0, 9)
    with on(3):
        change_leave(leave=leave, fields=fields(0, 9, small.kasubbag), by=small.umum)

    assert spans(small, small.sekretaris) == [(0, 2)]
    assert spans(small, small.kasubbag) == [(3, 9)]


def test_a_longer_leave_lengthens_the_standing_in_and_its_first_day_stays(small: Cast) -> None:
    leave = leave_of(small, 0, 4)
    with on(2):
        change_leave(leave=leave, fields=fields(0, 9, small.sekretaris), by=small.umum)
        with pytest.raises(FieldErrors, match="hari pertamanya tidak dapat diubah"):
            change_leave(leave=leave, fields=fields(1, 9, small.sekretaris), by=small.umum)

    assert spans(small, small.sekretaris) == [(0, 4), (5, 9)]


def test_a_leave_that_has_not_begun_moves_with_its_plh_and_can_be_cancelled(small: Cast) -> None:
    leave = leave_of(small, 3, 6)
    change_leave(leave=leave, fields=fields(5, 8, small.kasubbag), by=small.umum)
    assert (spans(small, small.sekretaris), spans(small, small.kasubbag)) == ([], [(5, 8)])

    cancel_leave(leave=leave, by=small.umum)

    assert not Leave.objects.exists()
    assert not Holding.objects.filter(kind="Plh").exists()
    assert recorded()[-2:] == ["offices:holding:withdrawn", "offices:leave:cancelled"]
    assert verify().faults == []


def test_a_leave_that_began_today_is_cancelled_but_what_was_in_force_stays_until_this_evening(small: Cast) -> None:
    leave = leave_of(small, 0, 6)
    cancel_leave(leave=leave, by=small.umum)

    assert spans(small, small.sekretaris) == [(0, 0)]
    assert acting_for(small.kepala, small.post("kepala").pk, TODAY, to="mencoba").title == "Camat"

    begun = leave_of(small, 1, 6, person=small.analis)
    with on(2), pytest.raises(LeaveBegun):
        cancel_leave(leave=begun, by=small.umum)
    with on(7), pytest.raises(LeaveOver):
        cancel_leave(leave=begun, by=small.umum)


def test_saving_a_leave_unchanged_records_nothing(small: Cast) -> None:
    leave = leave_of(small, 0, 4)
    before = recorded()
    change_leave(leave=leave, fields=fields(0, 4, small.sekretaris), by=small.umum)

    assert recorded() == before


# --- mandates ---------------------------------------------------------------------------------------------------------


def mandate(cast: Cast, role: str, kind: str, **given: Any) -> Holding:
    """The Camat's post by mandate, signed under the own post of `role`."""
    own = cast.post(role)
    values = {"since": TODAY, "until": day(9), "letter": "SK/1", "by": cast.umum, "person": cast.holder(own), **given}
    return appointed(post=cast.post("kepala"), kind=kind, own_post=own, **values)


@pytest.fixture
def tree(small: Cast) -> Cast:
    """Camat over Sekretaris over Kasubbag Umum."""
    for role, above in [("sekretaris", "kepala"), ("kasubbag-umum", "sekretaris"), ("kasubbag-perencanaan", "kepala")]:
        small.office.posts.filter(role=role).update(parent=small.post(above))
    return small


def test_a_mandate_is_acted_on_under_the_own_post(tree: Cast) -> None:
    mandate(tree, "sekretaris", "a.n")
    mandate(tree, "kasubbag-umum", "u.b")
    kepala = tree.post("kepala").pk

    an = acting_for(tree.sekretaris, kepala, TODAY, to="mencoba")
    ub = acting_for(tree.umum, kepala, TODAY, to="mencoba")
    assert (an.title, an.block) == ("a.n. Camat, Sekretaris Camat", ["Camat", "Sekretaris Camat"])
    assert ub.title == "a.n. Camat, Sekretaris Camat, u.b. Kasubbag Umum dan Kepegawaian"
    assert ub.block == ["Camat", "Sekretaris Camat", "Kasubbag Umum dan Kepegawaian"]
    assert acting_in(tree.sekretaris, tree.office.pk, TODAY, roles=None, to="mencoba").title == "Sekretaris Camat"


@pytest.mark.parametrize(
    ("role", "kind", "cause"),
    [
        ("kasubbag-umum", "a.n", "tepat di bawahnya"),
        ("sekretaris", "u.b", "dua tingkat di bawahnya"),
        ("analis", "a.n", "tepat di bawahnya"),
    ],
)
def test_a_mandate_goes_to_the_right_level_only(tree: Cast, role: str, kind: str, cause: str) -> None:
    with pytest.raises(FieldErrors, match=cause):
        mandate(tree, role, kind)


def test_a_mandate_needs_an_own_post_that_its_holder_holds_as_long_as_it_lasts(tree: Cast) -> None:
    with pytest.raises(FieldErrors, match="tidak memangku Sekretaris Camat sepanjang masa ini"):
        mandate(tree, "sekretaris", "a.n", person=tree.analis)
    with pytest.raises(FieldErrors, match="Pilih jabatan sendiri"):
        begin_holding(
            post=tree.post("kepala"),
            person=tree.sekretaris,
            kind="a.n",
            since=TODAY,
            until=None,
            letter="x",
            by=tree.umum,
        )

    mandate(tree, "sekretaris", "a.n", until=day(5))
    own = Holding.objects.get(person=tree.sekretaris, post=tree.post("sekretaris"))
    ending = {"holding": own, "kind": "definitif", "since": own.since, "letter": "SK/2", "by": tree.umum}
    with pytest.raises(FieldErrors, match=r"masih mempunyai mandat a\.n\. Camat"):
        change_holding(until=day(4), **ending)
    change_holding(until=day(5), **ending)


def test_who_is_plh_beside_a_mandate_acts_as_plh(tree: Cast) -> None:
    mandate(tree, "sekretaris", "a.n")
    leave_of(tree, 0, 4)

    assert acting_for(tree.sekretaris, tree.post("kepala").pk, TODAY, to="mencoba").title == "Plh. Camat"
    assert acting_for(tree.sekretaris, tree.post("kepala").pk, day(5), to="mencoba").title.startswith("a.n. Camat")


def test_a_long_title_fits_where_the_journal_keeps_it(tree: Cast) -> None:
    tree.office.posts.update(title="Kepala " + "x" * 150)
    mandate(tree, "kasubbag-umum", "u.b")

    assert len(acting_for(tree.umum, tree.post("kepala").pk, TODAY, to="mencoba").title) == 200


# --- whoever it is, whatever the dates ---------------------------------------------------------------------------------

drawn_span = st.tuples(st.integers(-4, 8), st.integers(0, 5)).map(lambda drawn: (drawn[0], sum(drawn)))
drawn_holdings = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["Plt", "Plh", "Pj"]), drawn_span),
    max_size=4,
    unique_by=lambda drawn: (drawn[0], drawn[1], drawn[2][0]),
)
drawn_leaves = st.lists(
    st.tuples(st.integers(0, 2), drawn_span), max_size=3, unique_by=lambda drawn: (drawn[0], drawn[1][0])
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=drawn_holdings, away=drawn_leaves)
def test_exactly_those_who_hold_the_post_and_are_not_on_leave_may_act(
    small: Cast, held: list[Any], away: list[Any]
) -> None:
    people = [small.sekretaris, small.kasubbag, small.analis]
    post = small.post("kepala")
    Holding.objects.filter(post=post, kind__in=["Plt", "Plh", "Pj"]).delete()
    Leave.objects.all().delete()
    for who, kind, (since, until) in held:
        entrust(people[who], post, since=day(since), until=day(until), kind=kind)
    for who, (since, until) in away:
        Leave.objects.create(office=small.office, person=people[who], since=day(since), until=day(until))

    for no in range(-4, 14, 3):
        may = {who for who, _, (since, until) in held if since <= no <= until}
        may -= {who for who, (since, until) in away if since <= no <= until}
        assert {who for who, person in enumerate(people) if _may_act(person, post.pk, day(no))} == may
        present = Holding.objects.present_on(day(no)).filter(post=post).exclude(kind="definitif")
        assert set(present.values_list("person", flat=True)) == {people[who].pk for who in may}


def _may_act(person: Person, post_id: int, on_day: date) -> bool:
    try:
        acting_for(person, post_id, on_day, to="mencoba")
    except NotAllowed:
        return False
    return True


def test_a_leave_without_end_is_refused_with_a_sentence(small: Cast) -> None:
    endless = LeaveFields("cuti", day(5), date(9999, 12, 31))
    with pytest.raises(FieldErrors, match="Tahun 9999 tidak mungkin untuk tanggal cuti"):
        record_leave(office=small.office, person=small.kepala, fields=endless, by=small.sekretaris)


def test_that_a_colleague_is_ill_is_not_said_in_lists(small: Cast) -> None:
    record_leave(office=small.office, person=small.kepala, fields=fields(1, 4, kind="sakit"), by=small.sekretaris)
    holding = Holding.objects.marked_on(day(2)).get(post__role="kepala", post__office=small.office)
    assert shown_holder(holding) == f"{small.kepala.name} (cuti s.d. 9 Oktober)"
