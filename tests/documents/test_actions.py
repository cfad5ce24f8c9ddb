"""Versions, approvals bound to bytes, and the proof that a copy arrived."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from himpun import clock
from himpun.archive import files
from himpun.archive.journal import Author, act
from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.cycles.models import Cycle
from himpun.cycles.steps.draft import draft_of
from himpun.documents.actions import (
    NotRendered,
    VersionOutdated,
    add_delivery,
    add_version,
    approve,
    make_document,
    note_opened,
    record_receipt,
    send_deliveries,
)
from himpun.documents.models import Approval, Document, DocumentVersion
from himpun.documents.work import ensure_issued, ensure_rendered, render_version, render_waiting
from himpun.errors import FieldErrors
from himpun.offices.acting import Actor, capacities
from tests.cast import MONDAY, Cast, later
from tests.cost import work_done


class Desk:
    """Acts on one document, as somebody of the office."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.document: Document = self._do(
            "analis",
            make_document,
            office=cast.office,
            kind="data_kinerja",
            title="Data",
            subject="cycle:1",
            content={},
        )

    def actor(self, role: str) -> Actor:
        return capacities(self.cast.by_role(role), clock.today())[0]

    def _do(self, role: str, function: Any, **given: Any) -> Any:
        actor = self.actor(role)
        with act(self.cast.office.code, at=clock.now(), author=actor.author) as turn:
            if function in (make_document, add_version, approve):
                given["actor"] = actor
            return function(turn, **given)

    def new_version(self, **content: Any) -> None:
        self._do("analis", add_version, document=self.document, content=content, reason="perbaikan")

    def approve(self, role: str, sha256: str, kind: str = "paraf") -> Approval:
        approval: Approval = self._do(role, approve, document=self.document, kind=kind, sha256=sha256)
        return approval

    def sha(self) -> str:
        return ensure_rendered(self.document.latest)

    def deliver_to(self, recipient: str) -> Any:
        return self._do("analis", add_delivery, document=self.document, recipient=recipient, post=None, method="Pos")

    def send(self) -> int:
        return int(self._do("analis", send_deliveries, document=self.document))


@pytest.fixture
def desk(small: Cast) -> Desk:
    return Desk(small)


# --- versions and their files ---------------------------------------------------------------------------------------


def test_a_version_is_rendered_once_and_its_file_is_in_the_archive(desk: Desk) -> None:
    first, second = desk.sha(), desk.sha()

    assert first == second
    assert files.read(first)
    assert Record.objects.filter(act="documents:version:rendered", file_sha256=first).count() == 1
    render_version.func(desk.document.latest.pk)
    render_waiting()
    assert Record.objects.filter(act="documents:version:rendered").count() == 1


def test_another_version_is_another_file_and_the_older_one_stays(desk: Desk) -> None:
    first = desk.sha()
    desk.new_version(teks="lain")

    assert desk.sha() != first
    assert [version.file_sha256 for version in desk.document.versions.order_by("no")] == [first, desk.sha()]
    assert verify().faults == []


def test_a_long_title_is_cut_not_refused(small: Cast) -> None:
    actor = capacities(small.analis, clock.today())[0]
    with act(small.office.code, at=clock.now(), author=actor.author) as turn:
        document = make_document(
            turn, office=small.office, kind="data_kinerja", title="x" * 400, subject="cycle:1", content={}, actor=actor
        )
    assert len(document.title) == 300


# --- approvals ------------------------------------------------------------------------------------------------------


def test_a_paraf_is_bound_to_the_bytes_that_were_looked_at(desk: Desk) -> None:
    approval = desk.approve("kasubbag-perencanaan", desk.sha())

    assert approval.sha256 == desk.document.latest.file_sha256
    assert (approval.name, approval.title) == (
        "Orang Kasubbag Perencanaan dan Keuangan",
        "Kasubbag Perencanaan dan Keuangan",
    )
    assert Record.objects.get(act="documents:version:paraf").file_sha256 == approval.sha256


def test_a_version_without_a_file_cannot_be_approved(desk: Desk) -> None:
    with pytest.raises(NotRendered, match="masih dibuat"):
        desk.approve("kepala", "")

    desk.sha()
    with pytest.raises(VersionOutdated):
        desk.approve("kepala", "")


def test_who_looked_at_an_older_version_is_told_the_newest(desk: Desk) -> None:
    old = desk.sha()
    desk.new_version(teks="lain")
    desk.sha()

    with pytest.raises(VersionOutdated, match="menjadi versi 2"):
        desk.approve("kepala", old)
    assert not Approval.objects.exists()


def test_the_same_paraf_twice_changes_nothing(desk: Desk) -> None:
    first = desk.approve("sekretaris", desk.sha())
    with later(hours=1):
        again = desk.approve("sekretaris", desk.sha())

    assert (first, first.at) == (again, again.at)
    assert Record.objects.filter(act="documents:version:paraf").count() == 1


def test_approvals_of_an_older_version_do_not_count(desk: Desk) -> None:
    desk.approve("sekretaris", desk.sha())
    assert desk.document.latest.approvals.count() == 1

    desk.new_version(teks="lain")

    assert not desk.document.latest.approvals.exists()
    assert Approval.objects.count() == 1


def test_a_version_is_signed_once(desk: Desk) -> None:
    desk.approve("kepala", desk.sha(), kind="tanda-tangan")

    with pytest.raises(IntegrityError), transaction.atomic():
        desk.approve("sekretaris", desk.sha(), kind="tanda-tangan")


def test_the_issued_document_is_made_once_it_is_signed_and_what_was_approved_stays(small: Cast) -> None:
    cycle: Cycle = small.to_signing()
    document = draft_of(cycle)
    assert document is not None
    assert ensure_issued(document.latest) == ""
    approved = small.sha(cycle)

    small.sign(cycle)

    version = document.latest
    assert version.file_sha256 == approved
    assert version.signed_sha256 not in ("", approved)
    assert ensure_issued(version) == version.signed_sha256
    assert Record.objects.filter(act="documents:document:issued").count() == 1


def test_what_is_signed_waits_for_its_issue_until_it_is_there(desk: Desk) -> None:
    """The worker was killed after the signature: the tick finds what is left to make, and then nothing any more."""
    desk.approve("kasubbag-perencanaan", desk.sha())
    desk.approve("kepala", desk.sha(), kind="tanda-tangan")
    assert desk.document.latest.unissued

    assert render_waiting() == 1
    version = desk.document.latest
    assert (bool(version.signed_sha256), version.unissued) == (True, None)
    assert render_waiting() == 0
    assert verify().faults == []


def test_the_tick_costs_what_waits_and_not_what_was_ever_made(desk: Desk) -> None:
    desk.approve("kepala", desk.sha(), kind="tanda-tangan")
    render_waiting()
    archive_more(desk, 50)
    few = work_done(render_waiting)
    archive_more(desk, 3000)

    assert work_done(render_waiting) <= few * 1.1 + 60


def archive_more(desk: Desk, many: int) -> None:
    """So many more signed and issued documents, each with an older version that was only approved."""
    shelf, old, approval = desk.document, desk.document.latest, Approval.objects.all()[0]
    at = {"office": shelf.office, "kind": shelf.kind, "title": "Lama", "created_at": MONDAY}
    documents = Document.objects.bulk_create(Document(subject=f"cycle:{no}", **at) for no in range(many))
    made = {"made_at": MONDAY, "made_by_name": "x", "made_by_title": "x", "content": {}, "file_sha256": "a" * 64}
    DocumentVersion.objects.bulk_create(DocumentVersion(document=one, no=1, **made) for one in documents)
    versions = DocumentVersion.objects.bulk_create(
        DocumentVersion(document=one, no=2, signed_sha256=old.signed_sha256, **made) for one in documents
    )
    signed = {"post_id": approval.post_id, "person_id": approval.person_id, "at": MONDAY, "sha256": "a" * 64}
    Approval.objects.bulk_create(Approval(version=one, kind=Approval.Kind.SIGNATURE, **signed) for one in versions)


# --- delivery -------------------------------------------------------------------------------------------------------

READER = Author("tautan", "Inspektorat")


def test_a_recipient_is_named_once_and_not_blank(desk: Desk) -> None:
    assert desk.deliver_to(" Inspektorat  Daerah ").recipient == "Inspektorat Daerah"

    with pytest.raises(FieldErrors, match="sudah ada"):
        desk.deliver_to("Inspektorat Daerah")
    with pytest.raises(FieldErrors, match="Tulis nama penerima"):
        desk.deliver_to(" ")


def test_sending_marks_whoever_was_not_sent_to_yet(desk: Desk) -> None:
    first = desk.deliver_to("Inspektorat")
    assert desk.send() == 1
    with later(days=1):
        desk.deliver_to("Bappeda")
        assert desk.send() == 1

    first.refresh_from_db()
    assert first.sent_at == MONDAY


def test_the_first_opening_is_the_receipt_and_later_ones_change_nothing(desk: Desk) -> None:
    delivery = desk.deliver_to("Inspektorat")
    note_opened(delivery=delivery, author=READER)
    delivery.refresh_from_db()
    assert delivery.opened_at is None, "not sent yet, so nothing was received"

    desk.send()
    delivery.refresh_from_db()
    note_opened(delivery=delivery, author=READER)
    with later(days=1):
        note_opened(delivery=delivery, author=Author("tautan", "Orang Lain"))

    delivery.refresh_from_db()
    assert (delivery.opened_at, delivery.opened_by) == (MONDAY, "Inspektorat")
    assert Record.objects.filter(act="documents:delivery:opened").count() == 1


def test_two_who_open_at_once_give_one_receipt(desk: Desk) -> None:
    """Both looked before either was noted: the row, not the look, decides."""
    delivery = desk.deliver_to("Inspektorat")
    desk.send()
    with act(desk.cast.office.code, at=clock.now(), author=READER) as turn:
        assert record_receipt(turn, delivery=delivery, by_name="Satu")
        assert not record_receipt(turn, delivery=delivery, by_name="Dua")

    assert Record.objects.filter(act="documents:delivery:opened").count() == 1
