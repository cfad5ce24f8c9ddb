"""Correcting a frozen figure: asked with reason and evidence, decided by somebody else, and nothing is overwritten."""

import json
from decimal import Decimal
from typing import Any

import pytest

from himpun.archive import files
from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.errors import FieldErrors
from himpun.indicators.models.dictionary import Variable
from himpun.indicators.models.figures import Correction, Figure
from himpun.indicators.models.recaps import Recap
from himpun.indicators.recaps.corrections import (
    AlreadyAsked,
    AlreadyDecided,
    NotFrozen,
    OwnCorrection,
    approved_since,
    ask_correction,
    corrections_after,
    decide_correction,
    may_decide,
    touching,
)
from himpun.measure.periods import Period
from himpun.notifications.models import Message
from himpun.offices.acting import HoldsNoPost
from himpun.reports.recap.recap import recap_of
from tests.cast import MONDAY, PERIOD, Cast, later
from tests.papers import pdf
from tests.reports.figures import bring, define, figure_of, freeze

pytestmark = pytest.mark.django_db

EVIDENCE = pdf("laporan yang benar")


@pytest.fixture
def frozen(small: Cast) -> Recap:
    """The small office's quarter, frozen: every unit answered 7 of 9."""
    return freeze(small)


def ask(cast: Cast, new: str = "8", *, by: Any = None, figure: Figure | None = None, **given: Any) -> Correction:
    """The first unit asks to correct its pembilang of 7, unless told otherwise."""
    asked = {
        "figure_id": (figure or figure_of(cast)).pk,
        "new": new,
        "reason": "Satu desa terlewat",
        "evidence_name": "laporan.pdf",
        "evidence": EVIDENCE,
        "by": by or cast.holder(cast.post_of_unit(0)),
    }
    return ask_correction(**{**asked, **given})


def approve(correction: Correction, by: Any) -> Correction:
    return decide_correction(correction_id=correction.pk, approve=True, by=by)


# --- asking -----------------------------------------------------------------------------------------------------------


def test_a_correction_is_asked_with_old_new_reason_and_evidence_and_changes_nothing_yet(
    small: Cast, frozen: Recap
) -> None:
    before = figure_of(small)

    correction = ask(small)

    assert (correction.old, correction.new, correction.reason) == ("7", "8", "Satu desa terlewat")
    assert files.file_of(correction.evidence_sha256).read_bytes() == EVIDENCE
    assert (correction.state, correction.asked_title) == (Correction.State.ASKED, "Kepala Seksi 1")
    assert figure_of(small) == before
    told = set(Message.objects.filter(place=f"correction:{correction.pk}").values_list("post__role", flat=True))
    assert told == {"kepala", "sekretaris"}


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("reason", {"reason": "  "}),
        ("new", {"new": ""}),
        ("new", {"new": "delapan"}),
        ("new", {"new": "7,0"}),
        ("new", {"new": "10"}),
        ("new", {"new": "7,5"}),
        ("file", {"evidence": b""}),
        ("file", {"evidence": b"MZ", "evidence_name": "laporan.pdf"}),
    ],
)
def test_without_reason_evidence_or_another_possible_figure_nothing_is_asked(
    small: Cast, frozen: Recap, field: str, given: dict[str, Any]
) -> None:
    Variable.objects.filter(name="pembilang").update(maximum=9, whole=True)

    with pytest.raises(FieldErrors) as refused:
        ask(small, **given)

    assert set(refused.value.fields) == {field}
    assert not Correction.objects.exists()


def test_who_neither_fills_in_the_unit_nor_sees_all_figures_may_not_ask(small: Cast, frozen: Recap) -> None:
    with pytest.raises(HoldsNoPost):
        ask(small, by=small.holder(small.post_of_unit(1)))

    assert ask(small, by=small.analis).asked_by == small.analis.name


def test_a_figure_that_is_not_frozen_is_changed_the_ordinary_way(small: Cast) -> None:
    define(small, "BARU")
    bring(small, {("BARU", PERIOD): "3"})

    with pytest.raises(NotFrozen):
        ask(small, figure=figure_of(small, "BARU.nilai"))


def test_one_figure_has_one_open_correction(small: Cast, frozen: Recap) -> None:
    ask(small)

    with pytest.raises(AlreadyAsked):
        ask(small, "6", by=small.analis)


def test_an_old_version_is_not_corrected(small: Cast, frozen: Recap) -> None:
    old = figure_of(small)
    approve(ask(small), small.kepala)

    with pytest.raises(AlreadyAsked):
        ask(small, "6", figure=old)
    assert ask(small, "6").old == "8"


# --- deciding ---------------------------------------------------------------------------------------------------------


def test_nobody_decides_what_they_asked_for(small: Cast, frozen: Recap) -> None:
    correction = ask(small, by=small.kepala)

    with pytest.raises(OwnCorrection):
        approve(correction, small.kepala)
    assert not may_decide(correction, small.kepala, MONDAY.date())
    assert may_decide(correction, small.sekretaris, MONDAY.date())
    assert approve(correction, small.sekretaris).state == Correction.State.APPROVED


def test_only_kepala_and_sekretaris_decide(small: Cast, frozen: Recap) -> None:
    correction = ask(small)

    for person in (small.analis, small.kasubbag, small.umum, *small.units):
        assert not may_decide(correction, person, MONDAY.date())
        with pytest.raises(HoldsNoPost):
            approve(correction, person)


def test_the_second_to_decide_is_told_who_was_first(small: Cast, frozen: Recap) -> None:
    correction = ask(small)
    approve(correction, small.kepala)

    with pytest.raises(AlreadyDecided, match=rf"disetujui oleh {small.kepala.name} pada 05-10-2026 08\.00"):
        decide_correction(correction_id=correction.pk, approve=False, reason="keliru", by=small.sekretaris)

    correction.refresh_from_db()
    assert (correction.state, correction.decided_title) == (Correction.State.APPROVED, "Camat")
    assert figure_of(small).version == 2


def test_an_approved_correction_is_a_new_version_and_the_old_one_stays(small: Cast, frozen: Recap) -> None:
    old = figure_of(small)

    correction = approve(ask(small), small.kepala)

    new = figure_of(small)
    assert (new.number, new.version, new.frozen, new.source) == (8, 2, True, f"correction:{correction.pk}")
    old.refresh_from_db()
    assert (old.number, old.version, old.current) == (7, 1, False)
    told = Message.objects.filter(place=f"correction:{correction.pk}", text__contains="disetujui")
    assert [message.post for message in told] == [new.unit]


@pytest.mark.parametrize(("typed", "number"), [("1.234", "1234"), ("0,125", "0.125"), ("-3", "-3"), ("1.234.567,00000001", "1234567.00000001")])  # fmt: skip
def test_the_figure_approved_is_exactly_the_one_that_was_asked_for(
    small: Cast, frozen: Recap, typed: str, number: str
) -> None:
    approve(ask(small, typed), small.kepala)

    assert figure_of(small).number == Decimal(number)


def test_the_frozen_recap_stays_and_says_so_and_the_live_recap_uses_the_new_figure(small: Cast, frozen: Recap) -> None:
    kept = [line.frozen for line in frozen.lines.all()]
    assert corrections_after(frozen) == []

    with later(days=1):
        correction = approve(ask(small), small.kepala)

    assert [line.frozen for line in Recap.objects.get().lines.all()] == kept
    assert kept[0]["realisasi_tampil"] == "77,78"
    assert recap_of(small.office, Period.parse(PERIOD)).rows[0].actual == "88,89"
    assert corrections_after(frozen) == [correction]
    assert approved_since(small.office.pk, PERIOD, frozen.frozen_at) == [correction]
    assert approved_since(small.office.pk, "2026-TW2", frozen.frozen_at) == []
    assert (touching([correction], "IKU-01"), touching([correction], "IKU-02")) == ([correction], [])


def test_a_refused_correction_needs_a_reason_and_changes_nothing(small: Cast, frozen: Recap) -> None:
    before, correction = figure_of(small), ask(small)

    with pytest.raises(FieldErrors):
        decide_correction(correction_id=correction.pk, approve=False, reason=" ", by=small.kepala)
    refused = decide_correction(correction_id=correction.pk, approve=False, reason="Bukti lain desa", by=small.kepala)

    assert (refused.state, refused.decided_reason) == (Correction.State.REFUSED, "Bukti lain desa")
    assert figure_of(small) == before
    assert corrections_after(frozen) == []
    assert ask(small).pk != correction.pk


# --- who sees it, and what is kept of it ------------------------------------------------------------------------------


def test_another_office_sees_no_correction_and_decides_none(small: Cast, frozen: Recap, neighbour: Cast) -> None:
    correction = ask(small)

    assert list(Correction.objects.visible_to(small.units[1], MONDAY.date())) == [correction]
    assert not Correction.objects.visible_to(neighbour.kepala, MONDAY.date()).exists()
    with pytest.raises(HoldsNoPost):
        approve(correction, neighbour.kepala)
    with pytest.raises(HoldsNoPost):
        ask(small, by=neighbour.analis)


def test_the_journal_holds_old_new_and_reason_and_stays_whole(small: Cast, frozen: Recap) -> None:
    correction = approve(ask(small), small.kepala)

    asked, approved = (
        Record.objects.get(act=f"indicators:correction:{what}", subject=f"correction:{correction.pk}")
        for what in ("asked", "approved")
    )
    for record in (asked, approved):
        told = json.loads(record.data)
        assert (told["old"], told["new"], told["reason"]) == ("7", "8", "Satu desa terlewat")
        assert (told["indicator"], told["variable"], told["period"]) == ("IKU-01", "pembilang", PERIOD)
    assert verify().faults == []
