"""Who may do what: one table, every person against every act; and who sees what.

To add an act, write how it is done in `ACTS` and who may do it in `MAY`. Everybody not named there is refused.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from django.db.models import QuerySet

from himpun import clock
from himpun.archive.models import Record
from himpun.cycles import actions
from himpun.cycles.actions import NoSuchTask
from himpun.cycles.deadlines.final import set_deadline
from himpun.cycles.deadlines.pauses import pause_cycle
from himpun.cycles.models import Cycle
from himpun.cycles.schedules import save_schedule
from himpun.cycles.steps import answers, drafting
from himpun.cycles.steps.draft import draft_of
from himpun.documents.models import Delivery, Document
from himpun.errors import NotAllowed
from himpun.indicators.models.recaps import RecapLine
from himpun.indicators.models.requests import DataRequest, RequestLine
from himpun.indicators.requests.evidence import attach_evidence, detach_evidence
from himpun.indicators.requests.filling import save_line
from himpun.letters.actions import register_letter
from himpun.letters.models import Disposition, Letter
from himpun.notifications.models import Message
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.procedures import drafts
from tests.cast import MONDAY, SOP
from tests.cycles.scenery import TODAY, Scenery, build, entrust, newcomer
from tests.papers import pdf
from tests.procedures.cases import SMALL
from tests.scenes import once


@pytest.fixture
def scenery(db: None, quick_paper: None) -> Scenery:
    return once(build)


# --- the acts -------------------------------------------------------------------------------------------------------

Act = Callable[[Scenery, Person], object]

LETTER = {
    "number": "000.7/9/2026",
    "dated": date(2026, 10, 1),
    "received_on": date(2026, 10, 5),
    "sender": "Inspektorat",
    "subject": "Reviu",
}


def decides(procedure: str, step: int, decision: str, *, papers: bool = False) -> Act:
    """Deciding a step of a run that waits there."""

    def act(scenery: Scenery, by: Person) -> object:
        cycle: Cycle = getattr(scenery, procedure)[step]
        form: dict[str, object] = {"instructions": ["proses"]}
        document = draft_of(cycle)
        if papers and document:
            form["sha256"] = document.latest.file_sha256
        return actions.decide(task_id=scenery.here.open_task(cycle).pk, decision=decision, by=by, form=form)

    return act


def edits_draft(step: int) -> Act:
    def act(scenery: Scenery, by: Person) -> object:
        document = draft_of(scenery.sop[step])
        assert document is not None
        based_on = document.latest.no
        return drafting.save_draft(
            cycle=scenery.sop[step], narrative={"analisis": "x"}, reason="perbaikan", based_on=based_on, by=by
        )

    return act


def line_of(scenery: Scenery) -> RequestLine:
    return scenery.waiting.lines.get()


def publishes(scenery: Scenery, by: Person) -> object:
    return drafts.submit(text=SMALL, office=scenery.here.office, in_force_from=TODAY, by=by)


def analyses(scenery: Scenery, by: Person) -> None:
    cycle = scenery.mechanism[6]
    line = RecapLine.objects.filter(recap__origin=cycle.subject)[0]
    drafting.save_analysis(line=line, cycle=cycle, cause="Cuaca", follow_up="Dijadwalkan ulang", by=by)


def removes_recipient(scenery: Scenery, by: Person) -> None:
    cycle = scenery.sop[10]
    drafting.remove_recipient(cycle=cycle, delivery=Delivery.objects.filter(document=draft_of(cycle))[0], by=by)


def adds_recipient(scenery: Scenery, by: Person) -> object:
    return drafting.add_recipient(cycle=scenery.sop[10], recipient="Bappeda", post=None, method="Pos", by=by)


def attaches(scenery: Scenery, by: Person) -> object:
    return attach_evidence(line_id=line_of(scenery).pk, name="b.pdf", content=pdf("b"), by=by)


def detaches(scenery: Scenery, by: Person) -> object:
    return detach_evidence(evidence_id=line_of(scenery).evidence.get().pk, by=by)


SCHEDULE = {
    "key": "permintaan-data",
    "kind": "bulan",
    "workday": 1,
    "at": time(8),
    "deadline_days": None,
    "deadline_in": "kalender",
    "active_from": date(2027, 1, 1),
}

ACTS: dict[str, Act] = {
    "mencatat surat": lambda s, by: register_letter(office=s.here.office, fields=LETTER, by=by),
    "memulai siklus": lambda s, by: actions.start_cycle(
        office=s.here.office, key=SOP, period="2027", by=by, letter=s.letter
    ),
    "membatalkan siklus": lambda s, by: actions.cancel_cycle(cycle=s.sop[5], reason="surat ditarik", by=by),
    "menetapkan batas akhir": lambda s, by: set_deadline(cycle=s.sop[5], due_at=MONDAY + timedelta(days=30), by=by),
    "menjeda siklus": lambda s, by: pause_cycle(cycle=s.sop[5], reason="audit", by=by),
    "menjadwalkan siklus": lambda s, by: save_schedule(office=s.here.office, fields=SCHEDULE, by=by),
    "SOP 1: disposisi": decides("sop", 1, "disposisi"),
    "SOP 2: perintahkan": decides("sop", 2, "perintahkan"),
    "SOP 3: sampaikan": decides("sop", 3, "sampaikan"),
    "SOP 4: terima": decides("sop", 4, "terima"),
    "SOP 5: sudah baik": decides("sop", 5, "sudah baik"),
    "SOP 6: selesai": decides("sop", 6, "selesai"),
    "SOP 7: paraf": decides("sop", 7, "paraf", papers=True),
    "SOP 8: paraf": decides("sop", 8, "paraf", papers=True),
    "SOP 9: tanda tangan": decides("sop", 9, "tanda tangan", papers=True),
    "SOP 10: selesai": decides("sop", 10, "selesai"),
    "mekanisme 1: perintahkan": decides("mechanism", 1, "perintahkan"),
    "mekanisme 2: sampaikan": decides("mechanism", 2, "sampaikan"),
    "mekanisme 3: sampaikan": decides("mechanism", 3, "sampaikan"),
    "mekanisme 4: sampaikan": decides("mechanism", 4, "sampaikan"),
    "mekanisme 5: bekukan": decides("mechanism", 5, "bekukan"),
    "mekanisme 6: selesai": decides("mechanism", 6, "selesai"),
    "mengisi permintaan": lambda s, by: save_line(line_id=line_of(s).pk, by=by, note="catatan"),
    "melampirkan bukti": attaches,
    "melepas bukti": detaches,
    "mengirim isian": lambda s, by: answers.answer_request(request=s.waiting, by=by),
    "mengembalikan isian": lambda s, by: answers.return_answer(request=s.answered, reason="salah", by=by),
    "mengecualikan unit": lambda s, by: answers.excuse_unit(request=s.waiting, reason="sakit", by=by),
    "menyunting draft (4)": edits_draft(4),
    "menyunting draft (6)": edits_draft(6),
    "menulis analisis": analyses,
    "menambah penerima": adds_recipient,
    "menghapus penerima": removes_recipient,
    "memperbarui tanda terima": lambda s, by: drafting.renew_receipt(cycle=s.ended, by=by),
    "menerbitkan SOP": publishes,
}

# --- the table ------------------------------------------------------------------------------------------------------

MAY: dict[str, str] = {
    "mencatat surat": "umum, Plt. umum, sekretaris, analis",
    "memulai siklus": "umum, Plt. umum, sekretaris, kasubbag",
    "membatalkan siklus": "kepala, sekretaris",
    "menetapkan batas akhir": "kepala, sekretaris, kasubbag",
    "menjeda siklus": "kepala, sekretaris",
    "menjadwalkan siklus": "umum, Plt. umum, sekretaris, kasubbag",
    "SOP 1: disposisi": "kepala",
    "SOP 2: perintahkan": "sekretaris",
    "SOP 3: sampaikan": "analis",
    "SOP 4: terima": "kasubbag",
    "SOP 5: sudah baik": "kasubbag",
    "SOP 6: selesai": "analis",
    "SOP 7: paraf": "kasubbag",
    "SOP 8: paraf": "sekretaris",
    "SOP 9: tanda tangan": "kepala",
    "SOP 10: selesai": "analis",
    "mekanisme 1: perintahkan": "kasubbag",
    "mekanisme 2: sampaikan": "analis",
    "mekanisme 3: sampaikan": "umum, Plt. umum",
    "mekanisme 4: sampaikan": "umum, Plt. umum",
    "mekanisme 5: bekukan": "analis",
    "mekanisme 6: selesai": "kasubbag",
    "mengisi permintaan": "unit 1",
    "melampirkan bukti": "unit 1",
    "melepas bukti": "unit 1",
    "mengirim isian": "unit 1",
    "mengembalikan isian": "umum, Plt. umum",
    "mengecualikan unit": "umum, Plt. umum",
    "menyunting draft (4)": "kasubbag",
    "menyunting draft (6)": "analis",
    "menulis analisis": "kasubbag, analis",
    "menambah penerima": "analis",
    "menghapus penerima": "analis",
    "memperbarui tanda terima": "kepala, sekretaris, kasubbag, umum, Plt. umum, analis",
    "menerbitkan SOP": "kepala, sekretaris, kasubbag",
}

PEOPLE = [
    *("kepala", "sekretaris", "kasubbag", "umum", "analis", "unit 1", "unit 2"),
    *("Plt. umum", "bekas umum", "umum mulai besok", "umum yang nonaktif", "tanpa jabatan"),
    *("kepala tetangga", "umum tetangga", "analis tetangga", "unit tetangga"),
]
OUTSIDE = {"bekas umum", "umum mulai besok", "umum yang nonaktif", "tanpa jabatan"}
OUTSIDE |= {person for person in PEOPLE if "tetangga" in person}

ALLOWED = [(act, person) for act, allowed in MAY.items() for person in allowed.split(", ")]


@pytest.mark.django_db  # so that there is a test database when this file runs alone: the others bring their own
def test_the_table_names_every_act() -> None:
    assert list(MAY) == list(ACTS)
    assert {name for allowed in MAY.values() for name in allowed.split(", ")} <= set(PEOPLE)


def test_the_table_names_every_person(scenery: Scenery) -> None:
    assert list(scenery.people) == PEOPLE


@pytest.mark.parametrize(("act", "person"), ALLOWED, ids=[f"{person} {act}" for act, person in ALLOWED])
def test_who_may_do_it_does_it(scenery: Scenery, act: str, person: str) -> None:
    ACTS[act](scenery, scenery.people[person])


@pytest.mark.parametrize("act", MAY)
def test_everybody_else_is_refused_and_nothing_is_written(scenery: Scenery, act: str) -> None:
    """One after another, on the same scenery: a refusal leaves it as it was."""
    before, hidden_steps = Record.objects.count(), act.startswith(("SOP", "mekanisme"))
    for person in PEOPLE:
        if person in MAY[act].split(", "):
            continue
        with pytest.raises((NotAllowed, NoSuchTask)) as refusal:
            ACTS[act](scenery, scenery.people[person])
        assert refusal.type is NoSuchTask or not (hidden_steps and person in OUTSIDE), person
    assert Record.objects.count() == before


# --- in the dates of a holding --------------------------------------------------------------------------------------


@contextmanager
def on(day: date) -> Iterator[None]:
    with clock.held_at(MONDAY + (day - TODAY)):
        yield


@pytest.mark.parametrize("kind", ["Plt", "Plh", "Pj"])
@pytest.mark.parametrize("act", ["SOP 1: disposisi", "SOP 9: tanda tangan", "membatalkan siklus"])
@pytest.mark.parametrize(
    ("days", "allowed"),
    [(-1, False), (0, True), (3, True), (4, False)],
    ids=["sehari sebelumnya", "hari pertama", "hari terakhir", "sehari sesudahnya"],
)
def test_an_acting_head_acts_from_the_first_to_the_last_day(
    scenery: Scenery, kind: str, act: str, days: int, allowed: bool
) -> None:
    person = newcomer("pelaksana")
    entrust(person, scenery.here.post("kepala"), since=TODAY, until=TODAY + timedelta(days=3), kind=kind)

    with on(TODAY + timedelta(days=days)):
        if allowed:
            ACTS[act](scenery, person)
        else:
            with pytest.raises((NotAllowed, NoSuchTask)):
                ACTS[act](scenery, person)


def test_an_acting_head_signs_with_the_acting_title(scenery: Scenery) -> None:
    entrust(person := newcomer("pelaksana"), scenery.here.post("kepala"), since=TODAY, until=TODAY)
    ACTS["SOP 9: tanda tangan"](scenery, person)

    document = draft_of(scenery.sop[9])
    assert document is not None
    assert document.latest.approvals.get(kind="tanda-tangan").title == "Plt. Camat"


def test_a_holder_who_is_also_acting_elsewhere_keeps_their_own_steps(scenery: Scenery) -> None:
    entrust(scenery.here.sekretaris, scenery.here.post("kepala"), since=TODAY, kind="Plh")

    ACTS["SOP 1: disposisi"](scenery, scenery.here.sekretaris)
    ACTS["SOP 2: perintahkan"](scenery, scenery.here.sekretaris)
    titles = Disposition.objects.filter(person=scenery.here.sekretaris).order_by("-pk")[:2]
    assert [disposition.post_title for disposition in titles] == ["Sekretaris Camat", "Plh. Camat"]


def test_before_the_first_person_acts_for_a_post_nobody_else_can(scenery: Scenery) -> None:
    scenery.here.post("analis").holdings.update(until=TODAY - timedelta(days=1))

    for person in scenery.people.values():
        with pytest.raises((NotAllowed, NoSuchTask)):
            ACTS["SOP 3: sampaikan"](scenery, person)


# --- who sees what --------------------------------------------------------------------------------------------------

WHOLE_OFFICE = {"kepala", "sekretaris", "kasubbag", "umum", "analis", "Plt. umum"}
INSIDE = {*WHOLE_OFFICE, "unit 1", "unit 2"}


def seers(scenery: Scenery, rows: QuerySet) -> set[str]:  # type: ignore[type-arg]
    """Who of those who can log in sees any of these rows."""
    visible = rows.model.objects.visible_to  # type: ignore[attr-defined]
    people = {name: person for name, person in scenery.people.items() if person.is_active}
    return {name for name, person in people.items() if visible(person, clock.today()).filter(pk__in=rows).exists()}


def test_the_office_itself_is_seen_by_who_holds_a_post_there(scenery: Scenery) -> None:
    assert seers(scenery, Office.objects.filter(pk=scenery.here.office.pk)) == INSIDE


def of_here(scenery: Scenery, model: type) -> QuerySet:  # type: ignore[type-arg]
    return model.objects.filter(office=scenery.here.office)  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize("model", [Letter, Cycle, Document, DataRequest])
def test_another_office_a_former_holder_and_who_holds_no_post_see_nothing(scenery: Scenery, model: type) -> None:
    rows = of_here(scenery, model)
    assert rows.exists()

    assert seers(scenery, rows) == INSIDE


def test_a_secret_letter_is_seen_by_its_readers_and_whoever_it_was_disposed_to(scenery: Scenery) -> None:
    letter, cycle = secret_cycle(scenery)
    readers = {"kepala", "sekretaris", "umum", "Plt. umum"}
    assert seers(scenery, Letter.objects.filter(pk=letter.pk)) == readers

    scenery.here.decide(cycle, "disposisi", note="Rahasiakan", to=[scenery.here.post_of_unit(1).pk])

    rows = [Letter.objects.filter(pk=letter.pk), Document.objects.filter(subject=cycle.subject)]
    for row in rows:
        assert seers(scenery, row) == readers | {"unit 2"}


def test_a_message_never_says_what_a_secret_letter_is_about(scenery: Scenery) -> None:
    here = scenery.here
    letter = here.letter(nature=Letter.Nature.SECRET, subject="Operasi yang tidak disebut")
    cycle = actions.start_cycle(office=here.office, key=SOP, period="2027", by=here.umum, letter=letter)
    here.decide(cycle, "disposisi", instructions=["proses"], to=[str(here.post("analis").pk)])
    assert Message.objects.filter(text__contains="surat rahasia").exists()
    assert not Message.objects.filter(text__contains=letter.subject).exists()


def secret_cycle(scenery: Scenery) -> tuple[Letter, Cycle]:
    here = scenery.here
    letter = here.letter(nature=Letter.Nature.SECRET)
    return letter, actions.start_cycle(office=here.office, key=SOP, period="2027", by=here.umum, letter=letter)


def test_a_request_and_its_forms_are_seen_by_their_unit_and_those_who_collect(scenery: Scenery) -> None:
    request = scenery.answered
    forms = Document.objects.filter(about=f"request:{request.pk}")
    assert set(forms.values_list("kind", flat=True)) == {Document.Kind.REQUEST, Document.Kind.ANSWER}

    for rows in (DataRequest.objects.filter(pk=request.pk), forms):
        assert seers(scenery, rows) == WHOLE_OFFICE | {"unit 2"}


def test_a_unit_does_not_see_another_units_form_even_from_a_post_without_a_role(scenery: Scenery) -> None:
    staff = newcomer("staf")
    post = scenery.here.post_of_unit(0)
    entrust(staff, type(post).objects.create(office=post.office, code="staf", title="Staf"), since=TODAY)

    seen = Document.objects.visible_to(staff, TODAY)
    assert seen.exists()
    assert not seen.filter(only_post__isnull=False).exists()


def test_a_document_is_seen_by_who_it_was_sent_to_not_before_it_was_sent(scenery: Scenery) -> None:
    cycle = scenery.sop[10]
    document = draft_of(cycle)
    assert document is not None
    post = scenery.there.post("kepala")
    drafting.add_recipient(cycle=cycle, recipient=post.title, post=post, method="Himpun", by=scenery.here.analis)
    rows = Document.objects.filter(pk=document.pk)
    assert "kepala tetangga" not in seers(scenery, rows)

    scenery.here.decide(cycle, "selesai")

    assert seers(scenery, rows) & {person for person in PEOPLE if "tetangga" in person} == {"kepala tetangga"}


def test_what_people_see_ends_with_their_holding(scenery: Scenery) -> None:
    with on(TODAY + timedelta(days=1)):
        seen = {person for person in ("Plt. umum", "umum mulai besok") if _sees_cycles(scenery, person)}

    assert seen == {"umum mulai besok"}


def _sees_cycles(scenery: Scenery, person: str) -> bool:
    return Cycle.objects.visible_to(scenery.people[person], clock.today()).exists()


def test_the_scenery_is_kept_apart_from_the_archive_of_a_test(settings: object, tmp_path: Path) -> None:
    """The stage keeps its files elsewhere: a test that reads them would not find them, and none does."""
    assert str(tmp_path) in str(settings.ARCHIVE_ROOT)  # type: ignore[attr-defined]
