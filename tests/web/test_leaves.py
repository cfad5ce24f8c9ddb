"""Cuti, mandates and doubled approvals, on the pages."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from himpun.archive.models import Record
from himpun.cycles.steps.draft import draft_of
from himpun.offices.holdings.leaves import LeaveFields, change_leave, end_leave, record_leave
from himpun.offices.models.holdings import Holding, Leave
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.web.acts import in_words
from tests.cast import MONDAY, SCAN, Cast, later
from tests.web.test_offices import as_, office_form

TODAY = MONDAY.date()


def absent(cast: Cast, person: Person, substitute: Person | None, since: int = 0, until: int = 4) -> Leave:
    days = TODAY + timedelta(days=since), TODAY + timedelta(days=until)
    given = LeaveFields("cuti", *days, "SP/7", substitute, SCAN)
    return record_leave(office=cast.office, person=person, fields=given, by=cast.umum)


def form(person: Person, /, substitute: Person | None = None, **typed: str) -> dict[str, str]:
    given = {"person": str(person.pk), "kind": "sakit", "since": "2026-10-05", "until": "2026-10-09", "letter": "S/1"}
    return {**given, "substitute": str(substitute.pk) if substitute else "", **typed}


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_leave_is_recorded_on_its_page_and_listed(small: Cast) -> None:
    umum = as_(small.umum)
    answer = umum.post("/pengaturan/cuti/baru/", form(small.kepala, small.sekretaris), follow=True)

    page = answer.content.decode()
    assert "Orang Sekretaris Camat menjadi Plh. Camat" in page
    assert "Sedang cuti" in page
    assert "9 Oktober 2026" in page
    leave = Leave.objects.get()
    assert (leave.kind, leave.until, leave.substitute) == ("sakit", date(2026, 10, 9), small.sekretaris)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"person": ""}, "Pilih orangnya."),
        ({"until": "31-02-2026"}, "Tanggal ini tidak terbaca"),
        ({"until": "2026-10-04"}, "mendahului hari pertama"),
        ({"kind": "libur"}, "cuti, sakit, atau dinas luar"),
        ({"username": "tidak.ada"}, "tidak ditemukan"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(
    small: Cast, typed: dict[str, str], sentence: str
) -> None:
    answer = as_(small.umum).post("/pengaturan/cuti/baru/", form(small.kepala, **typed))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert 'value="S/1"' in answer.content.decode()
    assert not Leave.objects.exists()


def test_the_banner_says_it_to_both_and_the_buttons_go(small: Cast) -> None:
    cycle = small.start()
    kepala = as_(small.kepala)
    assert "Disposisikan" in text(kepala, f"/siklus/{cycle.pk}/")

    absent(small, small.kepala, small.sekretaris)

    page = text(kepala, f"/siklus/{cycle.pk}/")
    assert "Anda tercatat cuti sampai 9 Oktober 2026; selama itu Orang Sekretaris Camat memegang tugas Anda" in page
    assert "Disposisikan" not in page
    assert "muncul pada penggantinya" in text(kepala, "/")
    assert "cuti s.d. 9 Oktober" in page
    theirs = text(as_(small.sekretaris), "/")
    assert "Anda Plh. Camat sampai 9 Oktober 2026." in theirs
    assert "Langkah 1" in theirs
    assert "Disposisikan" in text(as_(small.sekretaris), f"/siklus/{cycle.pk}/")
    task = small.open_task(cycle)
    answer = kepala.post(f"/tugas/{task.pk}/putuskan/", {"decision": "disposisi", "instructions": ["proses"]})
    assert answer.status_code == 403
    assert "minta pengelola Pengaturan kantor Anda mengakhiri cuti itu" in answer.content.decode()


def test_everybody_looks_only_managers_change_and_nobody_elsewhere(small: Cast, neighbour: Cast) -> None:
    leave = absent(small, small.kepala, small.sekretaris)
    own = f"/pengaturan/cuti/{leave.pk}/"
    for path in ("/pengaturan/cuti/", "/pengaturan/cuti/baru/"):
        assert "hanya dapat dilihat" in text(as_(small.analis), path)
    for refused in (as_(small.analis).get(own), as_(small.analis).post(own, {"act": "cancel"})):
        assert (refused.status_code, refused["Location"]) == (302, "/pengaturan/cuti/")
    assert "hanya dapat dilihat" in text(as_(small.kepala), own)
    assert "Akhiri cuti" not in text(as_(small.kepala), own)
    assert as_(neighbour.umum).get(own).status_code == 404
    assert as_(neighbour.umum).post(own, {"act": "cancel"}).status_code == 404
    assert Leave.objects.filter(pk=leave.pk).exists()


def test_a_leave_is_changed_ended_and_cancelled_on_its_page(small: Cast) -> None:
    umum = as_(small.umum)
    leave = absent(small, small.kepala, small.sekretaris, 0, 9)
    path = f"/pengaturan/cuti/{leave.pk}/"
    umum.post(path, form(small.kepala, small.kasubbag, until="2026-10-12"))
    leave.refresh_from_db()
    assert (leave.substitute, leave.until) == (small.kasubbag, date(2026, 10, 12))

    refused = umum.post(path, {"act": "end", "last_day": "2026-09-01"})
    assert (refused.status_code, "mendahului hari pertama" in refused.content.decode()) == (422, True)
    with later(days=2):
        umum.post(path, {"act": "end", "last_day": "2026-10-06"})
    leave.refresh_from_db()
    assert leave.until == date(2026, 10, 6)

    coming = absent(small, small.analis, None, 3, 4)
    assert "Belum ada pengganti" in text(umum, f"/pengaturan/cuti/{coming.pk}/")
    umum.post(f"/pengaturan/cuti/{coming.pk}/", {"act": "cancel"})
    assert not Leave.objects.filter(pk=coming.pk).exists()
    said = [in_words(one.act, one.data) for one in Record.objects.filter(act__startswith="offices:leave")]
    assert "Mengakhiri cuti Orang Camat pada 2026-10-06" in said
    assert "…" not in "".join(said)


def test_that_somebody_is_ill_is_told_only_to_who_manages_the_office_and_to_themselves(small: Cast) -> None:
    fields = LeaveFields("sakit", date(2026, 10, 5), date(2026, 10, 9), "Surat sakit 12/RSUD", small.sekretaris)
    leave = record_leave(office=small.office, person=small.kepala, fields=fields, by=small.umum)
    change_leave(leave=leave, fields=replace(fields, until=date(2026, 10, 12)), by=small.umum)
    end_leave(leave=leave, until=date(2026, 10, 10), by=small.umum)
    post, standing_in = small.post("kepala"), Holding.objects.filter(leave=leave)[0]
    paths = [
        "/",
        "/pengaturan/",
        "/pengaturan/cuti/",
        f"/pengaturan/orang/{small.kepala.pk}/",
        f"/pengaturan/orang/{small.sekretaris.pk}/",
        f"/pengaturan/jabatan/{post.pk}/",
        f"/pengaturan/pemangku/{standing_in.pk}/",
        "/arsip/?tab=jurnal",
        "/waktu/",
        "/waktu/kalender/",
        "/siklus/",
        "/pesan/",
    ]
    for path in paths:
        for colleague in (small.analis, small.sekretaris):
            if colleague == small.analis or path in ("/", "/arsip/?tab=jurnal"):
                page = text(as_(colleague), path).lower()
                assert "sakit" not in page, (path, colleague.username)
    assert "Mencatat cuti Orang Camat" in text(as_(small.analis), "/arsip/?tab=jurnal")
    for who in (small.umum, small.kepala):
        assert "Sakit" in text(as_(who), "/pengaturan/cuti/")
        assert "Surat sakit 12/RSUD" in text(as_(who), "/pengaturan/cuti/")
    for record in Record.objects.filter(act__startswith="offices:"):
        assert "sakit" not in in_words(record.act, record.data).lower()


def test_the_list_costs_the_same_however_many_are_away(small: Cast) -> None:
    umum = as_(small.umum)
    absent(small, small.kepala, small.sekretaris)

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            text(umum, "/pengaturan/cuti/")
        return len(seen)

    few = statements()
    for person in (small.analis, small.kasubbag, *small.units):
        absent(small, person, small.sekretaris)
    assert statements() == few


def test_a_post_whose_only_holder_is_away_is_named_on_the_settings_page(small: Cast) -> None:
    assert "yang bertugas" not in text(as_(small.umum), "/pengaturan/")
    absent(small, small.analis, None)

    page = text(as_(small.umum), "/pengaturan/")
    assert "tidak ada pemangkunya yang bertugas" in page
    assert "Hari ini 1 orang cuti" in page
    assert "Catat cuti" in text(as_(small.umum), f"/pengaturan/orang/{small.analis.pk}/")


def test_a_mandate_is_given_on_the_holding_page(small: Cast) -> None:
    small.office.posts.filter(role="sekretaris").update(parent=small.post("kepala"))
    given = {
        "post": str(small.post("kepala").pk),
        "person": str(small.sekretaris.pk),
        "kind": "a.n",
        "since": "2026-10-05",
        "letter": "SK/3",
    }
    umum = as_(small.umum)
    refused = umum.post("/pengaturan/pemangku/baru/", given)
    assert (refused.status_code, "Pilih jabatan sendiri" in refused.content.decode()) == (422, True)

    given["own_post"] = str(small.post("sekretaris").pk)
    unread = umum.post("/pengaturan/pemangku/baru/", given).content.decode()
    assert "Unggah surat keputusan/perintahnya" in unread
    letter = SimpleUploadedFile("sk.pdf", SCAN.content, "application/pdf")
    page = umum.post("/pengaturan/pemangku/baru/", {**given, "file": letter}, follow=True)

    assert "sebagai a.n. Camat, Sekretaris Camat tercatat, tetapi belum berlaku" in page.content.decode()
    as_(small.kepala).post(page.redirect_chain[-1][0], {"act": "consent"})
    holding = Holding.objects.get(kind="a.n")
    assert "selected" in text(umum, f"/pengaturan/pemangku/{holding.pk}/")
    assert "a.n. Camat, Sekretaris Camat" in text(as_(small.sekretaris), "/")
    assert "a.n. Camat, Sekretaris Camat" in text(umum, "/pengaturan/")


# --- the same person twice --------------------------------------------------------------------------------------------


def test_the_setting_is_kept_and_the_doubled_signature_shows_wherever_the_document_does(
    kecamatan: Cast, client: Client, quick_paper: None
) -> None:
    cycle = kecamatan.to_signing()
    absent(kecamatan, kecamatan.kepala, kecamatan.sekretaris)
    sekretaris, umum = as_(kecamatan.sekretaris), as_(kecamatan.umum)
    task = kecamatan.open_task(cycle)
    signing = {"decision": "tanda tangan", "sha256": kecamatan.sha(cycle)}
    refused = sekretaris.post(f"/tugas/{task.pk}/putuskan/", signing)
    assert "Anda sudah memaraf sebagai Sekretaris Camat pada versi ini" in refused.content.decode()

    umum.post("/pengaturan/kantor/", office_form(umum, may_approve_twice="1"))
    assert Office.objects.get(pk=kecamatan.office.pk).may_approve_twice
    umum.post("/pengaturan/kantor/", office_form(umum))
    assert Office.objects.get(pk=kecamatan.office.pk).may_approve_twice, "a form without it leaves it"
    sekretaris.post(f"/tugas/{task.pk}/putuskan/", signing)

    document = draft_of(cycle)
    assert document is not None
    said = "menandatangani sebagai Plh. Camat: orang yang sama, diizinkan kantor"
    for page in (f"/siklus/{cycle.pk}/", f"/dokumen/{document.pk}/"):
        assert said in text(umum if "dokumen" in page else as_(kecamatan.analis), page)
    assert said in text(client, f"/v/{document.token}/")
    assert Record.objects.filter(act="documents:version:tanda-tangan", data__contains=said).exists()
