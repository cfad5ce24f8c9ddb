"""The whole job through the actions: from the letter to the archive, in both kinds of office."""

import pytest

from himpun.archive.verify import verify
from himpun.cycles.models import Cycle
from himpun.cycles.steps.draft import draft_of
from himpun.documents.models import Approval, Document
from himpun.documents.work import render_waiting
from tests.cast import Cast, load_casts
from tests.scenes import once


@pytest.mark.django_db
@pytest.mark.parametrize("office", ["kecamatan", "dinas"])
def test_from_the_letter_to_the_archive(office: str, db: None) -> None:
    cast: Cast = once(load_casts, f"{office}-contoh")[f"{office}-contoh"]

    cycle = cast.finish()

    assert cycle.state == Cycle.State.ENDED
    document = draft_of(cycle)
    assert document is not None
    assert document.number
    assert document.archived_at
    assert [a.kind for a in document.latest.approvals.all()] == ["paraf", "paraf", "tanda-tangan"]
    assert {a.sha256 for a in document.latest.approvals.all()} == {document.latest.file_sha256}
    render_waiting()
    kinds = set(Document.objects.filter(office=cast.office).values_list("kind", flat=True))
    assert kinds == set(Document.Kind.values)
    assert verify().faults == []
    assert Approval.objects.count() == 3
