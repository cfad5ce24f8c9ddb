"""Who acts in whose place: on leave, Plh., a.n., u.b.; the same person twice; and whose an act stays."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from himpun import clock
from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.cycles import actions, ledger
from himpun.cycles.actions import NoSuchTask
from himpun.cycles.models import Cycle, Task
from himpun.cycles.queries import awaited_by, holders_of, requests_waiting_for, waiting_for
from himpun.cycles.rules import NotYourStep
from himpun.cycles.steps import answers, drafting
from himpun.cycles.steps.draft import draft_of
from himpun.documents.actions import SamePersonTwice
from himpun.documents.issue import issued_content
from himpun.documents.models import Approval
from himpun.errors import Refusal
from himpun.indicators.requests.filling import save_line
from himpun.indicators.requests.reviewing import lines_of
from himpun.letters.actions import register_letter
from himpun.offices.acting import OnLeave, capacities
from himpun.offices.actions.office import change_office
from himpun.offices.holdings.leaves import LeaveFields, end_leave, record_leave
from himpun.offices.models.holdings import Holding, Leave
from himpun.offices.models.people import Person
from himpun.offices.vocabulary import MANDATES
from tests.cast import MONDAY, SCAN, Cast, appointed, confirmed, entrust, found_office, later
from tests.cycles.test_permissions import LETTER

TODAY = MONDAY.date()


def absent(cast: Cast, person: Person, substitute: Person | None = None, days: int = 4) -> Leave:
    given = LeaveFields("cuti", TODAY, TODAY + timedelta(days=days), "SP/7", substitute, SCAN)
    leave = record_leave(office=cast.office, person=person, fields=given, by=cast.umum)
    for one in leave.appointments.all():
        confirmed(one)
    return leave


def newcomer(cast: Cast, name: str) -> Person:
    return Person.objects.create(username=name, name=f"Orang {name}", home=cast.office)


# --- the matrix -------------------------------------------------------------------------------------------------------


def stand_ins(small: Cast) -> dict[str, Person]:
    """Six people and the Camat's post: its holder on leave, Plh., a.n., u.b., somebody else of the office, a stranger."""
    for role, above in [("sekretaris", "kepala"), ("kasubbag-umum", "sekretaris")]:
        small.office.posts.filter(role=role).update(parent=small.post(above))
    substitute = newcomer(small, "pengganti")
    entrust(substitute, small.post("analis"), since=TODAY + timedelta(days=30))
    for role, kind in [("sekretaris", "a.n"), ("kasubbag-umum", "u.b")]:
        appointed(
            post=small.post("kepala"), person=small.by_role(role), kind=kind, since=TODAY, until=None, letter="SK/9",
            by=small.sekretaris, own_post=small.post(role),
        )  # fmt: skip
    absent(small, small.kepala, substitute)
    return {
        "sedang cuti": small.kepala,
        "Plh.": substitute,
        "a.n.": small.sekretaris,
        "u.b.": small.umum,
        "jabatan lain": small.analis,
        "orang luar": found_office("kec-lain").kepala,
    }


def decides(cast: Cast, cycle: Cycle, by: Person) -> None:
    cast.decide(cycle, "disposisi", by=by, instructions=["proses"])


def signs(cast: Cast, cycle: Cycle, by: Person) -> None:
    cast.decide(cycle, "tanda tangan", by=by, sha256=cast.sha(cycle))


def cancels(cast: Cast, cycle: Cycle, by: Person) -> None:
    actions.cancel_cycle(cycle=cycle, reason="surat ditarik", by=by)


WHO_MAY: dict[str, tuple[str, Callable[[Cast, Cycle, Person], None]]] = {
    "memutuskan": ("Plh., a.n., u.b.", decides),
    "membatalkan": ("Plh., a.n., u.b.", cancels),
}


def test_who_sees_decides_and_cancels_in_the_camats_place(small: Cast) -> None:
    cycle = small.start()
    assert _who_can(small, {"definitif": small.kepala, "jabatan lain": small.analis}, cycle, decides) == {"definitif"}
    six = stand_ins(small)
    visible = Cycle.objects.filter(pk=cycle.pk)
    sees = {who for who, person in six.items() if visible.visible_to(person, TODAY).exists()}
    assert sees == set(six) - {"orang luar"}
    for allowed, act in WHO_MAY.values():
        assert _who_can(small, six, cycle, act) == set(allowed.split(", "))


def test_who_signs_in_the_camats_place(small: Cast) -> None:
    """The Sekretaris parafed before, so that they must not sign as a.n. Camat too."""
    cycle = small.to_signing()
    assert _who_can(small, {"definitif": small.kepala}, cycle, signs) == {"definitif"}

    assert _who_can(small, stand_ins(small), cycle, signs) == {"Plh.", "u.b."}


def _who_can(
    cast: Cast, people: dict[str, Person], cycle: Cycle, act: Callable[[Cast, Cycle, Person], None]
) -> set[str]:
    done, told = set(), {}
    for who, person in people.items():
        with transaction.atomic():
            try:
                act(cast, cycle, person)
                done.add(who)
            except Refusal as refusal:
                told[who] = type(refusal)
            transaction.set_rollback(True)
    assert [who for who, kind in told.items() if kind is OnLeave] == [who for who in people if who == "sedang cuti"]
    return done


def test_who_is_on_leave_does_nothing_else_either(small: Cast) -> None:
    cycle = small.to_step_3()
    child = small.child(cycle)
    small.to_collecting(child)
    request = small.requests(child)[0]
    unit = small.holder(request.unit)
    absent(small, unit, small.analis)
    absent(small, small.analis)
    line = lines_of(request)[0]

    for act in (
        lambda: save_line(line_id=line.pk, by=unit, note="x"),
        lambda: answers.answer_request(request=request, by=unit),
        lambda: register_letter(office=small.office, fields=LETTER, by=small.analis),
        lambda: drafting.renew_receipt(cycle=cycle, by=small.analis),
        lambda: drafting.acting_on(small.open_task(cycle), small.analis),
        lambda: save_line(line_id=line.pk, by=small.analis, note="x"),
    ):
        with pytest.raises(OnLeave):
            act()


drawn_span = st.tuples(st.integers(-3, 3), st.integers(0, 4)).map(lambda drawn: (drawn[0], sum(drawn)))
drawn_holdings = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(Holding.PREFERENCE[1:]), drawn_span),
    max_size=5,
    unique_by=lambda drawn: (drawn[0], drawn[1], drawn[2][0]),
)
drawn_leaves = st.lists(st.tuples(st.integers(0, 1), drawn_span), max_size=2, unique_by=lambda drawn: drawn)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=drawn_holdings, away=drawn_leaves)
def test_the_hot_path_and_the_lists_agree_on_who_may_decide_and_as_what(
    small: Cast, held: list[Any], away: list[Any]
) -> None:
    """Every holding in force and leave of two people around today: exactly those present may decide, in the first
    capacity of the preference; and exactly they find the task in their list."""
    Holding.objects.exclude(kind="definitif").delete()
    Leave.objects.all().delete()
    task = Task.objects.filter(part=False, decided_at=None).first() or small.open_task(small.start())
    people, own = [small.sekretaris, small.analis], small.post("sekretaris")
    for who, kind, (since, until) in held:
        holding = entrust(people[who], task.post, since=_day(since), until=_day(until), kind=kind)
        if kind in MANDATES:
            Holding.objects.filter(pk=holding.pk).update(own_post=own)
    for who, (since, until) in away:
        if not Leave.objects.filter(person=people[who], since=_day(since)).exists():
            Leave.objects.create(office=small.office, person=people[who], since=_day(since), until=_day(until))

    for who, person in enumerate(people):
        kinds = {kind for one, kind, (since, until) in held if one == who and since <= 0 <= until}
        absent = any(one == who and since <= 0 <= until for one, (since, until) in away)
        with transaction.atomic(), connection.cursor() as cursor:
            seen = ledger.see(cursor, task.pk, person.pk, TODAY)
        assert seen is not None
        assert (seen.actor.kind if seen.actor else None) == next((k for k in Holding.PREFERENCE if k in kinds), None)
        assert bool(seen.actor and seen.actor.away_until) == (absent and bool(kinds))
        theirs = [actor for actor in capacities(person, TODAY) if actor.post_id == task.post_id]
        if seen.actor:
            assert (theirs[0].title, theirs[0].away_until) == (seen.actor.title, seen.actor.away_until)
        assert waiting_for(person, TODAY).filter(pk=task.pk).exists() == (bool(kinds) and not absent)


def _day(no: int) -> date:
    return TODAY + timedelta(days=no)


# --- lists ------------------------------------------------------------------------------------------------------------


def test_the_tasks_move_to_the_substitute_and_back(small: Cast) -> None:
    cycle = small.start()
    leave = absent(small, small.kepala, small.analis)

    assert not waiting_for(small.kepala, TODAY).exists()
    assert [task.cycle for task in waiting_for(small.analis, TODAY)] == [cycle]
    assert Cycle.objects.visible_to(small.kepala, TODAY).filter(pk=cycle.pk).exists()
    with later(days=2):
        end_leave(leave=leave, until=TODAY + timedelta(days=1), by=small.umum)
        assert [task.cycle for task in waiting_for(small.kepala, clock.today())] == [cycle]
        assert not waiting_for(small.analis, clock.today()).exists()


def test_a_units_request_waits_for_its_substitute(small: Cast) -> None:
    child = small.child(small.to_step_3())
    small.to_collecting(child)
    request = small.requests(child)[0]
    unit = small.holder(request.unit)
    absent(small, unit, small.kasubbag)

    assert not requests_waiting_for(unit, TODAY).exists()
    assert list(requests_waiting_for(small.kasubbag, TODAY)) == [request]
    small.fill(request, by=small.kasubbag)
    answers.answer_request(request=request, by=small.kasubbag)
    part = Task.objects.get(post=request.unit, part=True)
    assert (part.person, part.person_title) == (small.kasubbag, "Plh. Kepala Seksi 1")


def test_who_holds_a_post_is_said_with_leave_and_capacity(small: Cast) -> None:
    absent(small, small.kepala, small.sekretaris)
    post = small.post("kepala").pk

    said = holders_of([post], TODAY)[post].split(", ")
    assert sorted(said) == ["Orang Camat (cuti s.d. 9 Oktober)", "Orang Sekretaris Camat (Plh.)"]
    assert awaited_by(small.kepala, TODAY).count() == 0


def test_of_two_holders_one_decides_and_the_other_is_told(small: Cast) -> None:
    cycle = small.start()
    task = small.open_task(cycle)
    entrust(small.analis, small.post("kepala"), since=TODAY)
    assert task in waiting_for(small.kepala, TODAY)
    assert task in waiting_for(small.analis, TODAY)

    small.decide(cycle, "disposisi", by=small.analis, instructions=["proses"])

    with pytest.raises(Refusal, match=r"Plt\. Camat"):
        actions.decide(task_id=task.pk, decision="disposisi", by=small.kepala)


def test_on_leave_in_another_post_is_still_not_your_step(small: Cast, neighbour: Cast) -> None:
    task = small.open_task(small.start())
    absent(small, small.analis)

    with pytest.raises(NotYourStep):
        actions.decide(task_id=task.pk, decision="disposisi", by=small.analis)
    with pytest.raises(NoSuchTask):
        actions.decide(task_id=task.pk, decision="disposisi", by=neighbour.kepala)


# --- the same person twice --------------------------------------------------------------------------------------------


@pytest.fixture
def standing_in(small: Cast) -> Cycle:
    """Waiting for the signature, parafed by the Sekretaris, who is now Plh. Camat as well."""
    cycle = small.to_signing()
    absent(small, small.kepala, small.sekretaris)
    return cycle


def test_who_parafed_does_not_sign_in_another_post(small: Cast, standing_in: Cycle) -> None:
    with pytest.raises(SamePersonTwice, match=r"sudah memaraf sebagai Sekretaris Camat.*sebagai Plh\. Camat"):
        signs(small, standing_in, small.sekretaris)
    assert not Approval.objects.filter(kind="tanda-tangan").exists()

    entrust(small.analis, small.post("kepala"), since=TODAY)
    signs(small, standing_in, small.analis)
    assert not Approval.objects.filter(doubled=True).exists()


def test_where_the_office_allows_it_the_document_says_so(small: Cast, standing_in: Cycle) -> None:
    change_office(office=small.office, fields={"may_approve_twice": True}, by=small.umum)
    signs(small, standing_in, small.sekretaris)

    document = draft_of(standing_in)
    assert document is not None
    said = (
        "Orang Sekretaris Camat memaraf sebagai Sekretaris Camat dan menandatangani sebagai Plh. Camat: "
        "orang yang sama, diizinkan kantor"
    )
    assert [one.kind for one in Approval.objects.filter(doubled=True)] == ["tanda-tangan"]
    assert Approval.objects.get(doubled=True).said_twice == said
    content = issued_content(document.latest)
    assert said in content["signature"]["approval"]
    assert all("orang yang sama" not in row["mark"] for row in content["paraf"])
    assert said in Record.objects.get(act="documents:version:tanda-tangan").data
    assert Record.objects.filter(act="offices:office:changed", data__contains="may_approve_twice").exists()


def test_two_parafs_of_one_person_are_refused_too_until_there_is_a_new_version(small: Cast) -> None:
    cycle = small.to_step_4()
    small.decide(cycle, "terima")
    small.decide(cycle, "sudah baik")
    small.paraf(cycle)
    entrust(small.kasubbag, small.post("sekretaris"), since=TODAY)

    with pytest.raises(SamePersonTwice, match="memaraf sebagai Kasubbag Perencanaan"):
        small.decide(cycle, "paraf", by=small.kasubbag, sha256=small.sha(cycle))
    change_office(office=small.office, fields={"may_approve_twice": True}, by=small.umum)
    small.decide(cycle, "paraf", by=small.kasubbag, sha256=small.sha(cycle))

    paraf = Approval.objects.get(doubled=True)
    assert "dan memaraf sebagai Plt. Sekretaris Camat" in paraf.said_twice


def test_a_mandate_signs_under_the_own_post(small: Cast) -> None:
    cycle = small.to_signing()
    small.office.posts.filter(role="analis").update(parent=small.post("kepala"))
    appointed(
        post=small.post("kepala"), person=small.analis, kind="a.n", since=TODAY, until=None, letter="SK/9",
        by=small.umum, own_post=small.post("analis"),
    )  # fmt: skip
    signs(small, cycle, small.analis)

    document = draft_of(cycle)
    assert document is not None
    signature = issued_content(document.latest)["signature"]
    own = small.post("analis").title
    assert (signature["on_behalf_of"], signature["position"]) == (["Camat"], own)
    assert Record.objects.get(act="documents:version:tanda-tangan").post_title == f"a.n. Camat, {own}"


# --- what a substitute did stays theirs -------------------------------------------------------------------------------


def test_what_a_substitute_did_stays_theirs_after_the_leave(small: Cast) -> None:
    cycle = small.to_signing()
    leave = absent(small, small.kepala, small.analis)
    signs(small, cycle, small.analis)

    with later(days=3):
        end_leave(leave=leave, until=TODAY + timedelta(days=2), by=small.umum)
    with later(days=9):
        task = Task.objects.get(cycle=cycle, decision="tanda tangan")
        approval = Approval.objects.get(kind="tanda-tangan")
        record = Record.objects.get(act="documents:version:tanda-tangan")
        theirs = (small.analis.name, "Plh. Camat")
        assert (task.person, task.person_name, task.person_title) == (small.analis, *theirs)
        assert (approval.person, approval.name, approval.title) == (small.analis, *theirs)
        assert (record.person, record.person_name, record.post_title) == (small.analis.username, *theirs)
        assert verify().faults == []
