"""The public pages: what anybody may know of a document, comparing a file, receiving a delivery."""

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from himpun.archive import files
from himpun.archive.chain import GENESIS, canonical, digest
from himpun.archive.models import Record, StoredFile
from himpun.archive.seals import ROWS_WRITTEN, SEALED
from himpun.archive.verify import verify
from himpun.cycles.steps.draft import draft_of
from himpun.documents.models import Approval, Delivery, Document
from himpun.documents.work import ensure_rendered
from tests.cast import Cast
from tests.scenes import once


def upload(document: Document, content: bytes) -> Any:
    return Client().post(f"/v/{document.token}/", {"file": SimpleUploadedFile("surat.pdf", content)})


@pytest.fixture
def issued(kecamatan: Cast) -> Document:
    return once(_issue, kecamatan)


def _issue(kecamatan: Cast) -> Document:
    """A document signed in its second version."""
    cycle = kecamatan.to_step_4()
    kecamatan.decide(cycle, "terima")
    kecamatan.revise(cycle)
    kecamatan.decide(cycle, "sudah baik")
    kecamatan.paraf(cycle)
    kecamatan.paraf(cycle)
    kecamatan.sign(cycle)
    document = draft_of(cycle)
    assert document is not None
    return document


def test_anybody_may_see_who_approved_an_issued_document(issued: Document, kecamatan: Cast) -> None:
    page = Client().get(f"/v/{issued.token}/").content.decode()
    version = issued.latest
    for words in (issued.number, issued.title, version.file_sha256, version.signed_sha256, kecamatan.kepala.name):
        assert words in page
    assert "bukan tanda tangan elektronik tersertifikasi" in page
    assert "berlaku" in page


def test_the_printed_address_without_its_last_slash_works(issued: Document) -> None:
    answer = Client().get(f"/v/{issued.token}", follow=True)
    assert answer.status_code == 200
    assert "noindex" in answer["X-Robots-Tag"]


def test_a_draft_says_only_that_it_is_not_issued(kecamatan: Cast) -> None:
    cycle = kecamatan.to_signing()
    document = draft_of(cycle)
    assert document is not None
    for answer in (Client().get(f"/v/{document.token}/"), upload(document, files.read(kecamatan.sha(cycle)))):
        page = answer.content.decode()
        assert "belum diterbitkan" in page
        for secret in (document.title, document.latest.file_sha256, kecamatan.office.name, "TW3", "Triwulan"):
            assert secret not in page


def test_other_papers_of_a_cycle_show_nothing_in_public(issued: Document) -> None:
    form = Document.objects.filter(kind=Document.Kind.ANSWER).first()
    assert form is not None
    page = Client().get(f"/v/{form.token}/").content.decode()
    assert "belum diterbitkan" in page
    assert form.title not in page


def test_a_file_is_compared_and_not_kept(issued: Document) -> None:
    first, approved = issued.versions.order_by("no")[0], issued.latest
    kept = StoredFile.objects.count()
    assert "Cocok dengan dokumen resmi" in upload(issued, files.read(approved.signed_sha256)).content.decode()
    assert (
        f"Cocok dengan naskah versi {approved.no} (bukan versi akhir)"
        in upload(issued, files.read(approved.file_sha256)).content.decode()
    )

    draft = files.read(ensure_rendered(first))
    assert f"Cocok dengan naskah versi {first.no} (bukan versi akhir)" in upload(issued, draft).content.decode()
    changed = files.read(approved.signed_sha256) + b" "
    assert "TIDAK cocok" in upload(issued, changed).content.decode()
    assert StoredFile.objects.count() <= kept + 1  # the first version's own rendering


def test_a_file_too_large_or_missing_is_refused_in_a_sentence(issued: Document) -> None:
    answer = upload(issued, b"x" * (20 * 1024 * 1024 + 100_000))
    assert answer.status_code == 413
    assert "lebih dari 20 MB" in answer.content.decode()
    missing = Client().post(f"/v/{issued.token}/")
    assert missing.status_code == 422
    assert "Pilih dahulu berkas" in missing.content.decode()


def test_comparing_asks_for_no_csrf_token(issued: Document) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(f"/v/{issued.token}/", {"file": SimpleUploadedFile("a.pdf", b"lain")})
    assert "TIDAK cocok" in answer.content.decode()


def test_a_later_document_of_the_same_period_is_pointed_to(issued: Document, kecamatan: Cast) -> None:
    later = Document.objects.create(
        office=issued.office,
        kind=issued.kind,
        title="Data Kinerja yang baru",
        subject="cycle:999",
        period=issued.period,
        created_at=issued.created_at.replace(year=issued.created_at.year + 1),
    )
    assert "ada dokumen lebih baru" not in Client().get(f"/v/{issued.token}/").content.decode()
    version, approval = issued.latest, issued.latest.approvals.last()
    assert approval is not None
    version.pk, version.document = None, later
    version.save()
    approval.pk, approval.version = None, version
    approval.save()
    page = Client().get(f"/v/{issued.token}/").content.decode()
    assert "ada dokumen lebih baru" in page
    assert f"/v/{later.token}/" in page


def test_an_unknown_code_is_a_page_with_a_sentence(db: None) -> None:
    for path in ("/v/tidak-ada/", "/t/tidak-ada/", "/t/tidak-ada/dokumen.pdf"):
        answer = Client().get(path)
        assert answer.status_code == 404
        assert "tidak dikenal" in answer.content.decode()


def test_a_code_or_a_whole_address_can_be_typed(issued: Document) -> None:
    for written in (issued.token, f"https://himpun.example/v/{issued.token}/", f" {issued.token} "):
        answer = Client().get("/v/", {"kode": written})
        assert answer["Location"] == f"/v/{issued.token}/"
    wrong = Client().get("/v/", {"kode": "a b?"})
    assert wrong.status_code == 422
    assert "a b?" in wrong.content.decode()


def test_verifying_asks_the_database_little(issued: Document, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(11):
        Client().get(f"/v/{issued.token}/")


def _sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


FORGED = {
    "the signer's name": "UPDATE documents_approval SET name = 'Penipu' WHERE kind = 'tanda-tangan'",
    "the day of the signature": "UPDATE documents_approval SET at = '2025-01-02 03:04:05+00' WHERE kind = 'tanda-tangan'",
    "the number": "UPDATE documents_document SET number = 'X/1' WHERE id = {document}",
    "the title": "UPDATE documents_document SET title = 'Judul lain' WHERE id = {document}",
    "the signature taken away": "DELETE FROM documents_approval WHERE kind = 'tanda-tangan'",
    "a paraf taken away": "DELETE FROM documents_approval WHERE kind = 'paraf'",
    "which file is the signed one": "UPDATE documents_documentversion SET signed_sha256 = file_sha256 WHERE id = {version}",
    "no file, so that it is issued anew": "UPDATE documents_documentversion SET signed_sha256 = '' WHERE id = {version}",
    "the text": "UPDATE documents_documentversion SET content = '{{}}' WHERE id = {version}",
    "the signature moved to the first version": "UPDATE documents_approval SET version_id = {first} WHERE kind = 'tanda-tangan'",
}


def test_what_was_forged_in_the_database_is_neither_shown_nor_issued_anew(
    issued: Document,
) -> None:
    first, version = issued.versions.order_by("no")[0], issued.latest
    files_before = StoredFile.objects.count()
    for what, statement in FORGED.items():
        with transaction.atomic():
            _sql(statement.format(document=issued.pk, version=version.pk, first=first.pk))
            answer = Client().get(f"/v/{issued.token}/")
            assert answer.status_code == 409, what
            page = answer.content.decode()
            assert "tidak dapat dipastikan" in page
            assert not any(word in page for word in ("Penipu", "X/1", "Judul lain", version.signed_sha256)), what
            assert upload(issued, files.read(version.signed_sha256)).status_code == 409, what
            transaction.set_rollback(True)
    assert StoredFile.objects.count() == files_before
    assert Client().get(f"/v/{issued.token}/").status_code == 200


def test_a_record_that_hangs_on_no_chain_proves_nothing(issued: Document) -> None:
    """Adding rows to the journal is allowed to whoever writes to the database; its own digest is soon computed."""
    signature = Approval.objects.get(version=issued.latest, kind=Approval.Kind.SIGNATURE)
    kind = SEALED["documents.approval"]
    rows = {kind.key(signature.pk): kind.content(signature) | {"name": "Penipu"}}
    record = Record(
        chain=issued.office.code, seq=99_999, at=signature.at, person="himpun", person_name="Himpun", act=ROWS_WRITTEN,
        subject=issued.subject, data=canonical({"rows": rows}), previous=GENESIS,
    )  # fmt: skip
    record.digest = digest(record.as_entry())
    record.save(force_insert=True)
    _sql(FORGED["the signer's name"])

    answer = Client().get(f"/v/{issued.token}/")

    assert answer.status_code == 409
    assert "Penipu" not in answer.content.decode()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents_documentversion SET signed_sha256 = '{sha256}' WHERE id = {first}",
        "UPDATE documents_documentversion SET file_sha256 = '{sha256}' WHERE id = {first}",
    ],
)
def test_a_forged_file_is_no_earlier_version(issued: Document, statement: str) -> None:
    forged = b"%PDF-1.7 palsu"
    first = issued.versions.order_by("no")[0]
    _sql(statement.format(sha256=hashlib.sha256(forged).hexdigest(), first=first.pk))

    answer = upload(issued, forged)

    assert answer.status_code == 409
    assert "pernah diterbitkan" not in answer.content.decode()


def test_a_signature_added_by_sql_to_a_draft_signs_nothing(kecamatan: Cast, issued: Document) -> None:
    form = Document.objects.filter(kind=Document.Kind.ANSWER).first()
    assert form is not None
    with connection.cursor() as cursor:
        columns = "kind, sha256, post_id, person_id, title, name, nip, rank, block, doubled, at"
        cursor.execute(
            f"INSERT INTO documents_approval (version_id, {columns}) SELECT %s, {columns} FROM documents_approval "  # noqa: S608
            "WHERE kind = 'tanda-tangan'",
            [form.latest.pk],
        )

    assert Client().get(f"/v/{form.token}/").status_code == 409
    assert any("tidak pernah dicatat" in fault for fault in verify().faults)


# --- receiving -------------------------------------------------------------------------------------------------------


@pytest.fixture
def outside(kecamatan: Cast) -> Delivery:
    """The delivery to who sent the letter, who has no account."""
    kecamatan.finish()
    return Delivery.objects.get(post__isnull=True)


def test_a_recipient_without_account_confirms_and_then_downloads(outside: Delivery) -> None:
    client, url = Client(), f"/t/{outside.token}/"
    assert client.get(f"{url}dokumen.pdf")["Location"] == url
    assert "Terima dan buka" in client.get(url).content.decode()
    assert client.post(url, {"name": "  Ani   Penerima "})["Location"] == url
    outside.refresh_from_db()
    assert outside.opened_by == f"Ani Penerima ({outside.recipient})"
    record = Record.objects.get(act="documents:delivery:opened")
    assert (record.person, record.person_name) == ("", outside.opened_by)
    pdf = client.get(f"{url}dokumen.pdf")
    assert b"".join(pdf.streaming_content) == files.read(outside.document.latest.signed_sha256)


def test_receiving_needs_a_name_and_keeps_what_was_typed(outside: Delivery) -> None:
    client, url = Client(), f"/t/{outside.token}/"
    assert "Tulis nama Anda" in client.post(url, {"name": " "}).content.decode()
    long = client.post(url, {"name": "N" * 81})
    assert long.status_code == 422
    assert "N" * 81 in long.content.decode()
    outside.refresh_from_db()
    assert outside.opened_at is None


def test_the_first_to_receive_stays_the_proof(outside: Delivery) -> None:
    client, url = Client(), f"/t/{outside.token}/"
    client.post(url, {"name": "Ani"})
    client.post(url, {"name": "Budi"})
    outside.refresh_from_db()
    assert outside.opened_by.startswith("Ani")
    assert "Diterima oleh Ani" in client.get(url).content.decode()


def test_receiving_needs_the_csrf_token(outside: Delivery) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"/t/{outside.token}/", {"name": "Ani"}).status_code == 403


def test_a_document_that_is_not_sent_yet_says_so(kecamatan: Cast) -> None:
    cycle = kecamatan.to_signing()
    kecamatan.sign(cycle)
    delivery = Delivery.objects.filter(post__isnull=True).get()
    page = Client().get(f"/t/{delivery.token}/").content.decode()
    assert "belum mengirim dokumennya" in page
    Client().post(f"/t/{delivery.token}/", {"name": "Ani"})
    delivery.refresh_from_db()
    assert delivery.opened_at is None
    assert Client().get(f"/t/{delivery.token}/dokumen.pdf").status_code == 302


def test_a_delivery_to_a_post_is_opened_only_by_its_holder(outside: Delivery) -> None:
    inside = Delivery.objects.filter(post__isnull=False).first()
    assert inside is not None
    page = Client().get(f"/t/{inside.token}/").content.decode()
    assert "Masuklah ke Himpun" in page
    Client().post(f"/t/{inside.token}/", {"name": "Orang Lain"})
    inside.refresh_from_db()
    assert inside.opened_at is None
