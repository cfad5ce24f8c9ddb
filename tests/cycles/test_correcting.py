"""A signed document whose figures were corrected is issued anew: another run, another number, every approval again."""

from decimal import Decimal

import pytest

from himpun.archive.verify import verify
from himpun.cycles.actions import cancel_cycle, start_cycle
from himpun.cycles.correcting import NothingToCorrect, issue_corrected, standing_of
from himpun.cycles.models import Cycle
from himpun.cycles.steps import drafting
from himpun.errors import Refusal
from himpun.indicators.models.recaps import Recap
from himpun.indicators.recaps.corrections import ask_correction, decide_correction
from himpun.offices.acting import HoldsNoPost
from tests.cast import MECHANISM, PERIOD, Cast, later
from tests.papers import pdf
from tests.reports.figures import figure_of
from tests.scenes import once

pytestmark = pytest.mark.django_db


def correct(cast: Cast, new: str, element: str = "IKU-01.pembilang") -> None:
    """A frozen figure corrected: asked by its unit, approved by the head."""
    figure = figure_of(cast, element)
    correction = ask_correction(
        figure_id=figure.pk,
        new=new,
        reason="Satu desa terlewat",
        evidence_name="laporan.pdf",
        evidence=pdf("laporan yang benar"),
        by=cast.holder(figure.unit),
    )
    decide_correction(correction_id=correction.pk, approve=True, by=cast.kepala)


def finished_and_corrected(cast: Cast) -> Cycle:
    """A signed and distributed Data Kinerja, one of whose figures was 7 and is 8 since."""
    cycle = cast.finish()
    with later(days=1):
        correct(cast, "8")
    return cycle


@pytest.fixture
def cycle(small: Cast) -> Cycle:
    return once(finished_and_corrected, small)


def frozen(recap: Recap | None, code: str) -> str:
    assert recap is not None
    return str(recap.lines.get(indicator__code=code).frozen["realisasi_tampil"])


def test_a_corrected_document_has_its_own_approvals_and_number_and_says_what_it_replaces(
    small: Cast, cycle: Cycle
) -> None:
    first = small.draft(cycle)
    before = first.official
    with later(days=2):
        anew = issue_corrected(cycle=cycle, by=small.umum)

        assert small.open_task(anew).step_no == 6
        assert small.draft(anew).latest.approvals.count() == 0
        for decision in ("selesai", "paraf", "paraf"):
            small.approve(anew, decision)
        small.sign(anew)
        small.decide(anew, "selesai")

    second = small.draft(anew)
    assert second.number
    assert second.number != first.number
    assert small.draft(cycle).official == before, "what was signed stays what it was"
    foreword = second.latest.content["foreword"]
    assert foreword.startswith(f"Dokumen ini menggantikan {first.title} Nomor {first.number} tanggal")
    assert "IKU-01 Jumlah pembilang (Kepala Seksi 1, Triwulan III 2026) dari 7 menjadi 8" in foreword
    anew.refresh_from_db()
    assert (anew.state, anew.corrects) == (Cycle.State.ENDED, cycle)
    assert verify().faults == []


def test_the_recap_of_the_new_document_holds_what_was_corrected_and_the_old_one_what_it_held(
    small: Cast, cycle: Cycle
) -> None:
    old = standing_of(cycle).recap
    with later(days=2):
        anew = issue_corrected(cycle=cycle, by=small.kasubbag)

    new = standing_of(anew)
    assert (frozen(old, "IKU-01"), frozen(new.recap, "IKU-01")) == ("77,78", "88,89")
    assert frozen(new.recap, "IKU-02") == frozen(old, "IKU-02")
    assert new.corrections == []
    assert new.recap is not None
    assert {line.cause for line in new.recap.lines.all()} == {"Data belum lengkap"}, "the analysis is taken over"


def test_the_analysis_may_be_written_anew_and_stands_in_the_draft(small: Cast, cycle: Cycle) -> None:
    with later(days=2):
        anew = issue_corrected(cycle=cycle, by=small.kasubbag)
        recap = standing_of(anew).recap
        assert recap is not None
        line = recap.lines.get(indicator__code="IKU-02")
        drafting.save_analysis(line=line, cycle=anew, cause="Jalan putus", follow_up="Diperbaiki", by=small.analis)

        assert "Jalan putus" in str(small.draft(anew).latest.content)
        small.decide(anew, "selesai")
        with pytest.raises(Refusal):
            drafting.save_analysis(line=line, cycle=anew, cause="Lain", follow_up="Lain", by=small.analis)


def test_a_document_is_issued_anew_once_for_the_same_corrections_and_again_after_others(
    small: Cast, cycle: Cycle
) -> None:
    with later(days=2):
        anew = issue_corrected(cycle=cycle, by=small.umum)
        with pytest.raises(NothingToCorrect):
            issue_corrected(cycle=cycle, by=small.umum)
        with pytest.raises(NothingToCorrect):
            issue_corrected(cycle=anew, by=small.umum)
        for decision in ("selesai", "paraf", "paraf"):
            small.approve(anew, decision)
        small.sign(anew)
        small.decide(anew, "selesai")
    with later(days=3):
        correct(small, "6", "IKU-02.pembilang")
        anew.refresh_from_db()
        third = issue_corrected(cycle=anew, by=small.umum)

    foreword = small.draft(third).latest.content["foreword"]
    assert foreword.count("Dokumen ini menggantikan") == 1
    assert small.draft(anew).number in foreword


def test_one_that_was_cancelled_may_be_begun_again_and_its_recap_counts_no_longer(small: Cast, cycle: Cycle) -> None:
    with later(days=2):
        anew = issue_corrected(cycle=cycle, by=small.umum)
        cancel_cycle(cycle=anew, reason="Menunggu koreksi lain", by=small.kepala)
        assert Recap.objects.get(origin=anew.subject).withdrawn_at
        again = issue_corrected(cycle=cycle, by=small.umum)

    assert standing_of(cycle).anew == again


def test_only_who_starts_cycles_begins_one_and_only_when_something_was_corrected(small: Cast) -> None:
    cycle = small.finish()
    with later(days=1):
        with pytest.raises(NothingToCorrect):
            issue_corrected(cycle=cycle, by=small.umum)
        correct(small, "9")
        for person in (small.kepala, small.analis, small.units[0]):
            with pytest.raises(HoldsNoPost):
                issue_corrected(cycle=cycle, by=person)
        assert issue_corrected(cycle=cycle, by=small.sekretaris).corrects == cycle


def test_the_next_round_of_the_mechanism_goes_on_from_the_answers_not_from_the_corrected_recap(
    small: Cast, cycle: Cycle
) -> None:
    with later(days=2):
        issue_corrected(cycle=cycle, by=small.umum)
        mechanism = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
        small.to_collecting(mechanism)

        asked = small.requests(mechanism)
        given = asked[0].lines.first()
        assert given is not None
        assert Decimal(8) in {value.number for value in given.values.all()}
        for request in asked:
            small.answer(request)
        small.decide(mechanism, "sampaikan")
        small.decide(mechanism, "bekukan")

    rounds = Recap.objects.filter(office=small.office, period=PERIOD).values_list("round", flat=True)
    assert sorted(rounds) == [1, 2, 3]
