"""An office's own SOP: no version on one person's word; approvals bound to the text; refused, withdrawn, told."""

from datetime import date
from importlib import resources

import pytest

from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.errors import NotAllowed
from himpun.notifications.announcing import announce_drafts
from himpun.notifications.models import Message
from himpun.offices.acting import capacities
from himpun.offices.models.people import Person
from himpun.procedures import drafts
from himpun.procedures.models import ProcedureDraft, ProcedureVersion
from himpun.procedures.queries import version_in_force
from tests.cast import MECHANISM, MONDAY, Cast, entrust, found_office
from tests.web.test_offices import as_

TEXT = resources.files("himpun.procedures").joinpath("permintaan_data.toml").read_text()
OWN = TEXT.replace('name = "', 'name = "Kecamatan: ', 1)
TODAY = MONDAY.date()


def submitted(cast: Cast, by: Person, text: str = OWN, since: str = "2026-10-01") -> ProcedureDraft:
    """Ask on the page for a text to be published."""
    answer = as_(by).post("/sop/terbitkan/", {"text": text.replace("\n", "\r\n"), "in_force_from": since})
    assert answer.status_code == 302, answer.content.decode()
    draft = ProcedureDraft.objects.latest("pk")
    assert answer["Location"] == f"/sop/naskah/{draft.pk}/"
    return draft


def answers(by: Person, draft: ProcedureDraft, act: str = "approve", **given: str) -> int:
    form = {"act": act, "sha256": draft.sha256, "revision": str(draft.revision), **given}
    return as_(by).post(f"/sop/naskah/{draft.pk}/", form).status_code


def own_versions(cast: Cast) -> int:
    return ProcedureVersion.objects.filter(office=cast.office).count()


def in_force(cast: Cast) -> int | None:
    return version_in_force(MECHANISM, cast.office, TODAY).office_id


def test_one_section_head_publishes_nothing_and_the_secretary_and_the_head_do(small: Cast) -> None:
    draft = submitted(small, small.kasubbag)
    for who in (small.kasubbag, small.umum, small.analis, small.kepala):
        assert answers(who, draft) == 422, "not the writer, not others, and the head not before the secretary"
    assert (own_versions(small), in_force(small)) == (0, None)
    assert "naskah SOP Kecamatan" in as_(small.sekretaris).get("/").content.decode()
    assert "naskah SOP Kecamatan" not in as_(small.kepala).get("/").content.decode()

    assert answers(small.sekretaris, draft) == 302
    assert answers(small.sekretaris, draft) == 422
    assert own_versions(small) == 0
    assert answers(small.kepala, draft) == 302

    version = ProcedureVersion.objects.get(office=small.office)
    assert (version.text, version.in_force_from, in_force(small)) == (OWN, TODAY, small.office.pk), "never backwards"
    page = as_(small.analis).get(f"/sop/{version.pk}/").content.decode()
    for person in (small.kasubbag, small.sekretaris, small.kepala):
        assert person.name in page
    acts = Record.objects.filter(chain=small.office.code, act__startswith="procedures:").order_by("seq")
    assert [one.act.removeprefix("procedures:") for one in acts] == [
        "draft:submitted", "draft:paraf", "draft:tanda-tangan", "version:published",
    ]  # fmt: skip
    assert verify().faults == []


def test_who_may_not_submit_is_refused_and_nobody_elsewhere_sees_a_draft(small: Cast, neighbour: Cast) -> None:
    refused = as_(small.analis).post("/sop/terbitkan/", {"text": OWN, "in_force_from": "2027-01-01"})
    assert refused.status_code == 422
    assert "tidak memangku jabatan yang berwenang" in refused.content.decode()
    draft = submitted(small, small.kasubbag, since="2027-01-01")
    for who in (neighbour.kepala, neighbour.sekretaris):
        assert answers(who, draft) == 404
        assert as_(who).get(f"/sop/naskah/{draft.pk}/naskah.toml").status_code == 404


def test_a_changed_draft_loses_its_approvals_and_what_was_not_read_is_not_approved(small: Cast) -> None:
    draft = submitted(small, small.kasubbag)
    assert answers(small.sekretaris, draft) == 302
    changed = {"text": OWN + "# diam-diam\n", "in_force_from": "2026-10-01"}
    assert as_(small.sekretaris).post(f"/sop/terbitkan/?naskah={draft.pk}", changed).status_code == 404
    assert as_(small.kasubbag).post(f"/sop/terbitkan/?naskah={draft.pk}", changed).status_code == 302

    assert answers(small.kepala, draft) == 422, "the paraf was on another text"
    assert answers(small.sekretaris, draft) == 422, "the page they read shows the old text"
    now = ProcedureDraft.objects.get(pk=draft.pk)
    assert answers(small.sekretaris, now) == 302

    other_day = {"text": now.text, "in_force_from": "2026-12-01"}
    as_(small.kasubbag).post(f"/sop/terbitkan/?naskah={draft.pk}", other_day)
    assert answers(small.kepala, now) == 422, "the day is approved with the text"
    assert own_versions(small) == 0


def test_refused_and_withdrawn_with_a_reason_and_told(small: Cast) -> None:
    draft = submitted(small, small.kasubbag)
    for _ in range(2):
        announce_drafts()
    assert [one.post for one in Message.objects.filter(about=f"draft:{draft.pk}")] == [small.post("sekretaris")]
    assert answers(small.sekretaris, draft, "refuse") == 422
    assert answers(small.umum, draft, "refuse", reason="Tidak") == 422
    assert answers(small.sekretaris, draft, "refuse", reason="Waktunya kurang") == 302
    announce_drafts()
    assert "Waktunya kurang" in Message.objects.filter(post=small.post("kasubbag-perencanaan")).latest("pk").text
    assert "Waktunya kurang" in as_(small.kasubbag).get(f"/sop/naskah/{draft.pk}/").content.decode()
    assert answers(small.sekretaris, draft) == 422

    again = submitted(small, small.kasubbag)
    two = as_(small.kasubbag).post("/sop/terbitkan/", {"text": OWN + "# dua\n", "in_force_from": "2026-10-01"})
    assert "masih menunggu persetujuan" in two.content.decode()
    assert answers(small.umum, again, "withdraw", reason="x") == 422
    assert answers(small.kasubbag, again, "withdraw", reason="Keliru") == 302
    assert own_versions(small) == 0


def test_the_head_sets_the_rule_and_still_nobody_publishes_alone(small: Cast) -> None:
    page = "/pengaturan/persetujuan-sop/"
    for who in (small.umum, small.sekretaris, small.kasubbag):
        assert as_(who).post(page, {"rule": "kepala"}).status_code == 422
    assert as_(small.kepala).post(page, {"rule": "tidak-ada"}).status_code == 422
    assert as_(small.kepala).post(page, {"rule": "kepala"}).status_code == 302
    draft = submitted(small, small.kepala)
    assert answers(small.kepala, draft) == 422
    assert answers(small.sekretaris, draft) == 302
    assert own_versions(small) == 1
    assert Record.objects.filter(act="procedures:approvals:set").count() == 1


def test_one_person_in_two_posts_gives_one_approval(small: Cast) -> None:
    draft = submitted(small, small.kasubbag)
    assert answers(small.sekretaris, draft) == 302
    entrust(small.sekretaris, small.post("kepala"), since=TODAY)
    assert answers(small.sekretaris, draft) == 422
    entrust(small.kasubbag, small.post("kepala"), since=TODAY)
    with pytest.raises(NotAllowed):
        drafts.approve(draft=draft, sha256=draft.sha256, revision=1, by=small.kasubbag)
    assert answers(small.kepala, draft) == 302
    assert own_versions(small) == 1


def test_a_draft_is_read_as_the_sheet_with_what_the_checker_finds(small: Cast) -> None:
    draft = submitted(small, small.kasubbag, OWN.replace("Camat", "Lurah"))
    page = as_(small.kepala).get(f"/sop/naskah/{draft.pk}/").content.decode()
    assert "<svg xmlns" in page
    assert "Hasil pemeriksaan" in page
    assert "menunggu" in page
    assert small.sekretaris.name in page
    assert draft.sha256 in page


def test_the_administrator_publishes_for_all_and_it_says_so(small: Cast) -> None:
    version = ProcedureVersion.objects.filter(office=None).first()
    assert version is not None
    assert version.published_by == "Administrator (konsol)"
    record = Record.objects.filter(act="procedures:version:published", chain="himpun").first()
    assert record is not None
    assert (record.person, record.person_name) == ("konsol", "Administrator (konsol)")


def test_a_draft_waits_for_whose_turn_it_is_in_the_own_office_only(small: Cast) -> None:
    submitted(small, small.kasubbag, since=str(date(2027, 1, 1)))
    other = found_office("kec-lain")
    submitted(other, other.kasubbag)
    assert drafts.waiting_for(small.sekretaris, capacities(small.sekretaris, TODAY)) == [
        ProcedureDraft.objects.get(office=small.office)
    ]
    assert drafts.waiting_for(small.kasubbag, capacities(small.kasubbag, TODAY)) == []
