"""Starting, deciding and cancelling: what each act does, and what it refuses with a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from himpun import clock
from himpun.archive.journal import SYSTEM, act
from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.cycles import actions, engine, ledger
from himpun.cycles.actions import AlreadyRunning, LetterMissing, NoSuchTask, RoleEmpty, decide, start_cycle
from himpun.cycles.engine import AlreadyDecided
from himpun.cycles.models import Cycle, Task
from himpun.cycles.rules import NotAPart, NotYourStep
from himpun.cycles.steps import answers, drafting
from himpun.cycles.steps.answers import CollectingOver
from himpun.cycles.steps.draft import draft_of
from himpun.documents.models import Document
from himpun.errors import FieldErrors
from himpun.indicators.figures.taking import Datum, FiguresFrozen, take_in
from himpun.indicators.models.figures import Figure
from himpun.indicators.models.recaps import Recap, RecapLine
from himpun.indicators.models.requests import DataRequest, Evidence, Value
from himpun.letters.models import Disposition
from himpun.notifications.models import Message
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Post
from himpun.procedures.actions import publish_shared
from himpun.procedures.models import ProcedureVersion
from himpun.procedures.queries import NoProcedure
from tests.cast import MECHANISM, MONDAY, PERIOD, SOP, WIB, Cast, by_hand, entrust, found_office, later

PLAIN = """
key = "polos"
name = "Prosedur Polos"
[identity]
[[role]]
key = "analis"
title = "Analis"
[[role]]
key = "kepala"
title = "Kepala"
[[step]]
no = 1
name = "susun"
title = "Menyusun"
who = "analis"
time = "1 hari"
output = "Draft"
next = { "sampaikan" = 2 }
[[step]]
no = 2
name = "setuju"
title = "Menyetujui"
who = "kepala"
time = "1 hari"
output = "Dokumen"
next = { "setuju" = "akhir", "kembalikan" = 1 }
returns = ["kembalikan"]
"""
"""A procedure whose steps do nothing but move on."""


@contextmanager
def statements(limit: int | None = None) -> Iterator[CaptureQueriesContext]:
    with CaptureQueriesContext(connection) as counted:
        yield counted
    if limit is not None:
        listed = "\n".join(str(query["sql"])[:150] for query in counted.captured_queries)
        assert len(counted) <= limit, listed


# --- deciding: who, when, once --------------------------------------------------------------------------------------


def test_a_decided_step_says_who_decided_it_and_when(small: Cast) -> None:
    cycle = small.start()
    task = small.open_task(cycle)
    small.decide(cycle, "disposisi", instructions=["proses"])

    with later(hours=1), pytest.raises(AlreadyDecided) as refusal:
        decide(task_id=task.pk, decision="disposisi", by=small.kepala, form={"instructions": ["proses"]})

    sentence = str(refusal.value)
    assert '"disposisi" oleh Orang Camat (Camat) pada 5 Oktober 2026 pukul 08.00' in sentence
    assert Disposition.objects.count() == 1


def test_whoever_holds_the_post_decides_once_even_when_two_hold_it(small: Cast) -> None:
    cycle = small.start()
    task = small.open_task(cycle)
    entrust(small.sekretaris, small.post("kepala"), since=date(2026, 10, 1), kind="Plh")
    small.decide(cycle, "disposisi", by=small.sekretaris, instructions=["proses"])

    task.refresh_from_db()
    assert task.person_title == "Plh. Camat"
    with pytest.raises(AlreadyDecided, match=r"Plh\. Camat"):
        decide(task_id=task.pk, decision="disposisi", by=small.kepala)


def test_the_archive_stays_whole_after_a_decision_with_a_long_reason(small: Cast) -> None:
    """Of a long text the row's seal is a digest, and the journal's record of a decision has it in full."""
    cycle = start_plain(small)
    small.decide(cycle, "sampaikan")
    small.decide(cycle, "kembalikan", reason="Bagian analisis belum menyebut tindak lanjut dan jadwalnya. " * 5)

    assert verify().faults == []
    Task.objects.filter(reason__startswith="Bagian").update(reason="Bagian analisis sudah baik. " * 10)
    assert [fault for fault in verify().faults if "alasan" in fault or "reason" in fault]


def test_a_decision_that_was_overtaken_changes_nothing(small: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare-and-set: the task was open when it was looked at, and decided when it is written."""
    cycle = start_plain(small)
    task = small.open_task(cycle)
    see = ledger.see

    def see_then_be_overtaken(*args: Any) -> ledger.Seen | None:
        seen = see(*args)
        Task.objects.filter(pk=task.pk).update(
            decided_at=clock.now(), decision="sampaikan", person_name="Orang Lain", person_title="Plt. Analis"
        )
        return seen

    monkeypatch.setattr(ledger, "see", see_then_be_overtaken)
    with pytest.raises(AlreadyDecided, match="Orang Lain"):
        small.decide(cycle, "sampaikan")

    assert Task.objects.filter(cycle=cycle).count() == 1
    assert verify().faults == []


def test_a_task_that_is_not_there_or_of_another_office_is_not_found(small: Cast, neighbour: Cast) -> None:
    task = small.open_task(small.start())

    for task_id, person in ((task.pk + 1000, small.kepala), (task.pk, neighbour.kepala)):
        with pytest.raises(NoSuchTask):
            decide(task_id=task_id, decision="disposisi", by=person)


def test_a_step_is_refused_to_others_of_the_office_also_when_it_is_decided(small: Cast) -> None:
    cycle = small.start()
    task = small.open_task(cycle)
    small.decide(cycle, "disposisi", instructions=["proses"])

    with pytest.raises(NotYourStep):
        decide(task_id=task.pk, decision="disposisi", by=small.analis)


def test_a_return_needs_a_reason_which_is_kept_with_the_task_and_in_the_journal(small: Cast) -> None:
    cycle = start_plain(small)
    small.decide(cycle, "sampaikan")

    with pytest.raises(engine.ReasonMissing):
        small.decide(cycle, "kembalikan", reason="  ")
    small.decide(cycle, "kembalikan", reason="angka\nbelum  ada")

    assert Task.objects.filter(cycle=cycle, decision="kembalikan").get().reason == "angka belum ada"
    record = Record.objects.get(act="cycles:task:returned")
    assert '"reason":"angka belum ada"' in record.data
    assert small.open_task(cycle).visit == 3


def test_an_unknown_decision_leaves_the_step_open(small: Cast) -> None:
    cycle = start_plain(small)
    with pytest.raises(engine.UnknownDecision, match='"sampaikan"'):
        small.decide(cycle, "setuju")

    assert small.open_task(cycle).step_no == 1


# --- how much a decision costs --------------------------------------------------------------------------------------


def start_plain(cast: Cast) -> Cycle:
    if not ProcedureVersion.objects.filter(key="polos").exists():
        publish_shared(text=PLAIN, in_force_from=date(2026, 1, 1))
    return start_cycle(office=cast.office, key="polos", period=PERIOD, by=cast.umum)


def test_a_plain_decision_takes_at_most_eight_statements(small: Cast) -> None:
    cycle = start_plain(small)
    task, person = small.open_task(cycle), small.analis
    small.decide(cycle, "sampaikan")
    small.decide(cycle, "kembalikan", reason="hangatkan")

    task = small.open_task(cycle)
    with statements(limit=8) as counted:
        decide(task_id=task.pk, decision="sampaikan", by=person)

    begin_and_commit = [query for query in counted.captured_queries if "SAVEPOINT" in str(query["sql"])]
    assert len(begin_and_commit) == 2


def test_the_decision_that_ends_a_cycle_takes_at_most_eight_statements(small: Cast) -> None:
    cycle = start_plain(small)
    small.decide(cycle, "sampaikan")
    task, person = small.open_task(cycle), small.kepala

    with statements(limit=8):
        decide(task_id=task.pk, decision="setuju", by=person)

    cycle.refresh_from_db()
    assert cycle.state == Cycle.State.ENDED


def test_answering_a_request_costs_the_same_with_five_units_and_with_fifty(small: Cast) -> None:
    few, many = (answering_costs(found_office(f"kec-{units}", units=units)) for units in (5, 50))

    assert few == many


def answering_costs(cast: Cast) -> int:
    cycle = start_cycle(office=cast.office, key=MECHANISM, period=PERIOD, by=cast.kasubbag)
    cast.to_collecting(cycle)
    request = cast.requests(cycle)[1]
    cast.fill(request)
    by = cast.holder(request.unit)
    with statements() as counted:
        answers.answer_request(request=request, by=by)
    return len(counted)


# --- starting -------------------------------------------------------------------------------------------------------


def test_only_one_cycle_of_a_procedure_is_open_for_a_period(small: Cast, neighbour: Cast) -> None:
    small.start()

    with pytest.raises(AlreadyRunning, match="Triwulan III 2026 sudah berjalan"):
        small.start()
    assert small.start(period="2026-TW2").round == 1
    assert neighbour.start().round == 1


def test_a_period_can_be_run_again_when_its_cycle_has_ended_as_the_next_round(small: Cast) -> None:
    cycle = small.start()
    actions.cancel_cycle(cycle=cycle, reason="salah periode", by=small.kepala)

    assert small.start().round == 2


def test_a_period_is_read_as_people_write_it_and_an_unknown_one_refused(small: Cast) -> None:
    assert small.start(period=" 2026-tw1 ").period == "2026-TW1"
    with pytest.raises(Exception, match="2026-TW9"):
        small.start(period="2026-TW9")


def test_a_procedure_not_published_or_not_in_force_yet_cannot_be_started(small: Cast) -> None:
    publish_shared(text=PLAIN, in_force_from=date(2026, 10, 6))

    for key in ("polos", "tidak-ada"):
        with pytest.raises(NoProcedure, match=f'Prosedur "{key}"'):
            start_cycle(office=small.office, key=key, period=PERIOD, by=small.umum)
    with later(days=1):
        assert start_cycle(office=small.office, key="polos", period=PERIOD, by=small.umum).round == 1


def test_a_missing_role_is_refused_with_its_title(small: Cast) -> None:
    Post.objects.filter(office=small.office, role__in=["analis", "kepala"]).update(role="")

    with pytest.raises(RoleEmpty, match="Analis Perencanaan Evaluasi dan Pelaporan, Camat"):
        small.start()
    assert not Cycle.objects.exists()


def test_a_role_that_went_missing_on_the_way_is_refused_with_its_title_and_nothing_is_half_done(small: Cast) -> None:
    cycle = start_plain(small)
    with by_hand():
        Post.objects.filter(office=small.office, role="kepala").update(role="")

    with pytest.raises(RoleEmpty, match="Camat"):
        small.decide(cycle, "sampaikan")

    assert small.open_task(cycle).step_no == 1
    assert verify().faults == []


def test_a_cycle_cannot_begin_from_a_letter_of_another_office(small: Cast, neighbour: Cast) -> None:
    with pytest.raises(FieldErrors, match="bukan dari agenda kantor ini"):
        start_cycle(office=small.office, key=SOP, period=PERIOD, by=small.umum, letter=neighbour.letter())


def test_a_cycle_keeps_the_version_it_began_with_when_a_new_one_is_published(small: Cast) -> None:
    cycle = start_plain(small)
    shorter = PLAIN.replace('{ "sampaikan" = 2 }', '{ "sampaikan" = 2, "langsung" = "akhir" }')
    publish_shared(text=shorter, in_force_from=date(2026, 1, 1))

    with pytest.raises(engine.UnknownDecision):
        small.decide(cycle, "langsung")
    small.decide(cycle, "sampaikan")
    small.decide(cycle, "setuju")

    again = start_cycle(office=small.office, key="polos", period=PERIOD, by=small.umum)
    assert (cycle.procedure.number, again.procedure.number) == (1, 2)
    small.decide(again, "langsung")


# --- due ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decided", "due"),
    [
        (datetime(2026, 10, 5, 8, 0, tzinfo=WIB), datetime(2026, 10, 6, 8, 0, tzinfo=WIB)),
        (datetime(2026, 10, 9, 15, 0, tzinfo=WIB), datetime(2026, 10, 12, 15, 0, tzinfo=WIB)),
    ],
    ids=["Senin pagi", "Jumat sore"],
)
def test_one_day_is_due_at_the_same_hour_of_the_next_working_day(small: Cast, decided: datetime, due: datetime) -> None:
    with clock.held_at(decided):
        cycle = start_plain(small)

    assert small.open_task(cycle).due_at == due


def test_a_step_without_a_limit_is_never_due(small: Cast) -> None:
    publish_shared(text=PLAIN.replace('time = "1 hari"', 'time = "setiap saat"'), in_force_from=date(2026, 1, 1))
    cycle = start_plain(small)
    assert small.open_task(cycle).due_at is None
    small.decide(cycle, "sampaikan")
    assert small.open_task(cycle).due_at is None


def test_minutes_are_counted_within_working_hours(small: Cast) -> None:
    """The five minutes of the mechanism's first step, begun just before the end of the day."""
    with clock.held_at(datetime(2026, 10, 5, 15, 58, tzinfo=WIB)):
        cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)

    assert small.open_task(cycle).due_at == datetime(2026, 10, 6, 7, 33, tzinfo=WIB)


# --- parts and children ---------------------------------------------------------------------------------------------


@pytest.fixture
def collecting_now(small: Cast) -> Cycle:
    """A mechanism that waits for the answers of both units."""
    cycle = small.to_step_3()
    child = small.child(cycle)
    small.to_collecting(child)
    return child


def test_the_collecting_step_waits_for_every_unit_and_names_them(small: Cast, collecting_now: Cycle) -> None:
    first, second = small.requests(collecting_now)

    with pytest.raises(engine.PartsOpen, match="2 unit: Kepala Seksi 1, Kepala Seksi 2"):
        small.decide(collecting_now, "sampaikan")
    small.answer(first)
    with pytest.raises(engine.PartsOpen, match="1 unit: Kepala Seksi 2"):
        small.decide(collecting_now, "sampaikan")
    answers.excuse_unit(request=second, reason="pejabat sakit", by=small.umum)
    small.decide(collecting_now, "sampaikan")

    parts = Task.objects.filter(cycle=collecting_now, part=True).order_by("post__order")
    assert [(part.decision, part.person_name) for part in parts] == [
        ("dijawab", "Orang Kepala Seksi 1"),
        ("dikecualikan", "Orang Kasubbag Umum dan Kepegawaian"),
    ]


def test_a_returned_answer_opens_the_units_part_again(small: Cast, collecting_now: Cycle) -> None:
    small.answer_all(collecting_now)
    first = small.requests(collecting_now)[0]
    answers.return_answer(request=first, reason="angka terbalik", by=small.umum)

    with pytest.raises(engine.PartsOpen, match="Kepala Seksi 1"):
        small.decide(collecting_now, "sampaikan")
    assert Message.objects.filter(post=first.unit, text__contains="angka terbalik").exists()
    small.answer(first)
    small.decide(collecting_now, "sampaikan")
    assert Task.objects.filter(cycle=collecting_now, part=True, post=first.unit, decision="dijawab").count() == 2


def test_after_collecting_an_answer_can_neither_be_returned_nor_excused(small: Cast, collecting_now: Cycle) -> None:
    small.answer_all(collecting_now)
    small.decide(collecting_now, "sampaikan")
    request = small.requests(collecting_now)[0]

    for attempt in (answers.return_answer, answers.excuse_unit):
        with pytest.raises(CollectingOver):
            attempt(request=request, reason="terlambat", by=small.umum)
    request.refresh_from_db()
    assert request.state == DataRequest.State.SUBMITTED


def test_a_units_part_is_not_decided_but_answered(small: Cast, collecting_now: Cycle) -> None:
    part = Task.objects.filter(cycle=collecting_now, part=True).first()
    assert part is not None

    with pytest.raises(NotAPart):
        decide(task_id=part.pk, decision="sampaikan", by=small.holder(part.post))


def test_when_the_last_unit_has_answered_the_collector_is_told(small: Cast, collecting_now: Cycle) -> None:
    told = Message.objects.filter(post__role="kasubbag-umum", text__startswith="Semua unit sudah menjawab")
    first, second = small.requests(collecting_now)
    small.answer(first)
    assert not told.exists()
    small.answer(second)
    assert told.count() == 1


def test_step_three_runs_the_mechanism_and_waits_for_it(small: Cast) -> None:
    cycle = small.to_step_3()
    child = small.child(cycle)
    assert (child.key, child.period, child.letter) == (MECHANISM, PERIOD, cycle.letter)

    with pytest.raises(engine.ChildOpen, match='"Mekanisme Pengumpulan Data Kinerja" belum selesai'):
        small.decide(cycle, "sampaikan")
    small.run_mechanism(child)
    small.decide(cycle, "sampaikan")

    assert draft_of(cycle) is not None


def test_the_mechanism_runs_alone_for_a_month(small: Cast) -> None:
    cycle = start_cycle(office=small.office, key=MECHANISM, period="2026-09", by=small.kasubbag)
    small.run_mechanism(cycle)

    cycle.refresh_from_db()
    assert (cycle.state, cycle.parent) == (Cycle.State.ENDED, None)
    assert Recap.objects.get(origin=cycle.subject).period == "2026-09"


# --- cancelling -----------------------------------------------------------------------------------------------------


def test_cancelling_keeps_everything_and_cancels_what_the_cycle_runs(small: Cast, collecting_now: Cycle) -> None:
    parent = collecting_now.parent.cycle
    documents, tasks = Document.objects.count(), Task.objects.count()

    actions.cancel_cycle(cycle=parent, reason="surat  ditarik\nkembali", by=small.kepala)

    for cycle in (parent, collecting_now):
        cycle.refresh_from_db()
        assert (cycle.state, cycle.cancel_reason) == (Cycle.State.CANCELLED, "surat ditarik kembali")
        assert not Task.objects.filter(cycle=cycle, decided_at__isnull=True).exists()
    assert (Document.objects.count(), Task.objects.count()) == (documents, tasks)
    assert Record.objects.filter(act="cycles:cycle:cancelled").count() == 2
    assert verify().faults == []


def test_cancelling_asks_the_units_for_nothing_more(small: Cast, collecting_now: Cycle) -> None:
    first, second = small.requests(collecting_now)
    small.answer(first)

    actions.cancel_cycle(cycle=collecting_now.parent.cycle, reason="surat ditarik", by=small.kepala)

    first.refresh_from_db()
    second.refresh_from_db()
    assert first.state == DataRequest.State.SUBMITTED
    assert (second.state, second.reason) == (DataRequest.State.EXCUSED, "Siklus dibatalkan: surat ditarik")


def test_what_a_cancelled_run_froze_stays_frozen_and_its_recap_counts_no_more(
    small: Cast, collecting_now: Cycle
) -> None:
    child = collecting_now
    small.answer_all(child)
    small.decide(child, "sampaikan")
    small.decide(child, "bekukan")
    recap = Recap.objects.get(origin=child.subject)
    line = recap.lines.first()
    assert line is not None
    counted = Figure.objects.current().filter(variable__indicator=line.indicator, frozen=True)
    assert counted.exists()

    actions.cancel_cycle(cycle=child, reason="Salah periode", by=small.kepala)

    recap.refresh_from_db()
    assert recap.withdrawn_at
    assert counted.exists(), "cancelling is no way around a correction (decision 19)"
    other = [Datum(f.variable_id, f.element_id, f.unit_id, f.year, f.month, f.months, Decimal(1)) for f in counted]
    with act(small.office.code, at=clock.now(), author=SYSTEM) as turn, pytest.raises(FiguresFrozen):
        take_in(turn, office=small.office, data=other, source="import:1", by="Analis")


def test_cancelling_needs_a_reason_and_happens_once(small: Cast) -> None:
    cycle = small.start()
    task = small.open_task(cycle)
    with pytest.raises(FieldErrors, match="Tulis alasan pembatalan"):
        actions.cancel_cycle(cycle=cycle, reason=" \n", by=small.kepala)
    actions.cancel_cycle(cycle=cycle, reason="salah surat", by=small.kepala)

    with pytest.raises(engine.CycleClosed):
        actions.cancel_cycle(cycle=cycle, reason="lagi", by=small.kepala)
    with pytest.raises(AlreadyDecided, match='"dibatalkan"'):
        decide(task_id=task.pk, decision="disposisi", by=small.kepala)


def test_a_cancelled_mechanism_can_be_run_again_for_the_step_that_awaits_it(small: Cast, collecting_now: Cycle) -> None:
    cycle = collecting_now.parent.cycle
    actions.cancel_cycle(cycle=collecting_now, reason="format salah", by=small.sekretaris)
    with pytest.raises(engine.OutputMissing, match="Rekap hasil capaian belum ada"):
        small.decide(cycle, "sampaikan")

    again = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)

    assert (again.parent, again.letter) == (small.open_task(cycle), cycle.letter)
    small.deliver(cycle)
    assert small.open_task(cycle).step_no == 4


# --- outputs --------------------------------------------------------------------------------------------------------


def test_a_disposition_needs_a_letter_and_an_instruction_or_a_note(small: Cast) -> None:
    with pytest.raises(LetterMissing, match="mulai siklus dari surat itu"):
        start_cycle(office=small.office, key=SOP, period=PERIOD, by=small.umum)

    cycle = small.start()
    with pytest.raises(FieldErrors, match="sekurangnya satu perintah"):
        small.decide(cycle, "disposisi")
    small.decide(cycle, "disposisi", note="Laksanakan")
    assert Document.objects.filter(kind=Document.Kind.DISPOSITION).count() == 1


def test_a_disposition_goes_to_the_next_step_and_to_whoever_was_chosen_of_this_office(
    small: Cast, neighbour: Cast
) -> None:
    cycle = small.start()
    unit, stranger = Post.objects.filter(office=small.office, role="unit")[0], neighbour.post("analis")
    small.decide(cycle, "disposisi", instructions=["proses"], to=[str(unit.pk), stranger.pk, "bukan angka"])

    addressees = {post.pk for post in Disposition.objects.get().addressees.all()}
    assert addressees == {small.post("sekretaris").pk, unit.pk}
    assert Message.objects.filter(post=unit).count() == 1


def test_the_recap_needs_cause_and_follow_up_for_every_missed_target(small: Cast, collecting_now: Cycle) -> None:
    small.answer_all(collecting_now)
    small.decide(collecting_now, "sampaikan")
    small.decide(collecting_now, "bekukan")

    with pytest.raises(engine.OutputMissing, match="2 indikator yang belum mencapai target: Persentase layanan"):
        small.decide(collecting_now, "selesai")
    small.analyse(collecting_now)
    small.decide(collecting_now, "selesai")

    assert Recap.objects.get(origin=collecting_now.subject).finished_at == MONDAY


def test_a_revision_step_needs_a_new_version_since_it_was_returned(small: Cast) -> None:
    cycle = small.to_step_4()
    small.decide(cycle, "terima")
    small.decide(cycle, "perlu perbaikan", reason="kalimat")

    with later(minutes=5):
        with pytest.raises(engine.OutputMissing, match="Belum ada versi perbaikan"):
            small.decide(cycle, "selesai")
        small.revise(cycle)
        small.decide(cycle, "selesai")
    assert small.open_task(cycle).step_no == 7


def test_distribution_needs_the_signed_file_and_somebody_to_send_it_to(small: Cast) -> None:
    cycle = small.to_signing()
    small.decide(cycle, "tanda tangan", sha256=small.sha(cycle))
    with pytest.raises(engine.OutputMissing, match="masih dibuat"):
        small.decide(cycle, "selesai")

    small.issue(cycle)
    document = draft_of(cycle)
    assert document is not None
    for delivery in document.deliveries.all():
        drafting.remove_recipient(cycle=cycle, delivery=delivery, by=small.analis)
    with pytest.raises(engine.OutputMissing, match="Daftar distribusi masih kosong"):
        small.decide(cycle, "selesai")
    drafting.add_recipient(cycle=cycle, recipient="Inspektorat", post=None, method="Pos", by=small.analis)
    small.decide(cycle, "selesai")

    assert document.deliveries.get().sent_at == MONDAY


def test_the_usual_recipients_are_every_unit_and_who_sent_the_letter(small: Cast) -> None:
    cycle = small.to_signing()
    small.sign(cycle)

    document = draft_of(cycle)
    assert document is not None
    assert list(document.deliveries.values_list("recipient", "method")) == [
        ("Kepala Seksi 1", "Himpun"),
        ("Kepala Seksi 2", "Himpun"),
        ("Bupati Contoh", "Tautan"),
    ]


# --- round two ------------------------------------------------------------------------------------------------------


def test_after_bahan_kurang_the_figures_of_the_first_round_are_carried_over(small: Cast) -> None:
    cycle = small.to_step_4()
    small.decide(cycle, "bahan kurang", reason="Seksi 2 belum benar")
    child = small.child(cycle)
    small.decide(child, "perintahkan")

    requests = small.requests(child)
    assert [(request.round, request.state) for request in requests] == [(2, "disiapkan"), (2, "disiapkan")]
    values = Value.objects.filter(line__request__in=requests)
    assert sorted(values.values_list("variable__kind", "number")) == [("pembilang", 7)] * 2 + [("penyebut", 9)] * 2
    assert Evidence.objects.filter(line__request=requests[0]).count() == 1

    small.decide(child, "sampaikan")
    small.decide(child, "sampaikan")
    for request in requests:
        request.refresh_from_db()
        answers.answer_request(request=request, by=small.holder(request.unit))
    small.decide(child, "sampaikan")
    small.decide(child, "bekukan")
    small.analyse(child)
    small.decide(child, "selesai")
    small.decide(cycle, "sampaikan")

    document = draft_of(cycle)
    assert document is not None
    assert (document.latest.no, document.latest.reason) == (2, "Bahan dilengkapi")
    assert Recap.objects.filter(office=small.office).count() == 2


# --- drafting -------------------------------------------------------------------------------------------------------


def test_a_draft_is_saved_as_a_new_version_with_what_was_not_touched_kept(small: Cast) -> None:
    cycle = small.to_step_4()
    document = draft_of(cycle)
    assert document is not None
    before = document.latest.narrative

    small.revise(cycle, "Analisis baru")

    assert document.latest.narrative == {**before, "analisis": "Analisis baru"}
    assert (document.latest.no, document.latest.made_by_name) == (2, small.kasubbag.name)


def test_two_people_editing_are_told_of_each_other(small: Cast) -> None:
    cycle = small.to_step_4()
    small.revise(cycle)

    with pytest.raises(drafting.DraftChanged, match="versi 2"):
        drafting.save_draft(cycle=cycle, narrative={}, reason="perbaikan", based_on=1, by=small.kasubbag)
    with pytest.raises(FieldErrors, match="apa yang diubah"):
        drafting.save_draft(cycle=cycle, narrative={}, reason=" ", based_on=2, by=small.kasubbag)


def test_the_draft_is_edited_only_while_a_step_for_it_is_open(small: Cast) -> None:
    cycle = small.to_step_4()
    small.decide(cycle, "terima")
    small.decide(cycle, "sudah baik")

    with pytest.raises(drafting.NotNow, match="Menyunting naskah hanya dapat dilakukan"):
        small.revise(cycle)


def test_an_analysis_is_written_only_on_the_recap_of_its_own_run(
    small: Cast, neighbour: Cast, collecting_now: Cycle
) -> None:
    small.answer_all(collecting_now)
    small.decide(collecting_now, "sampaikan")
    small.decide(collecting_now, "bekukan")
    neighbour.to_step_4()
    theirs = RecapLine.objects.filter(recap__office=neighbour.office).first()
    assert theirs is not None

    with pytest.raises(drafting.NotNow):
        drafting.save_analysis(line=theirs, cycle=collecting_now, cause="a", follow_up="b", by=small.analis)


def test_the_receipt_is_left_anew_with_the_proofs_that_came_in(small: Cast) -> None:
    cycle = small.finish()
    drafting.renew_receipt(cycle=cycle, by=small.analis)

    assert Document.objects.get(kind=Document.Kind.RECEIPT).latest.no == 2
    with pytest.raises(NotYourStep):
        drafting.renew_receipt(cycle=cycle, by=small.units[0])


def test_what_a_person_signs_is_kept_as_they_were_on_the_day(small: Cast) -> None:
    cycle = small.to_signing()
    small.sign(cycle)
    Holding.objects.filter(person=small.kepala).update(until=MONDAY.date())
    small.kepala.name = "Nama Baru"
    small.kepala.save()

    document = draft_of(cycle)
    assert document is not None
    assert document.latest.approvals.get(kind="tanda-tangan").name == "Orang Camat"
