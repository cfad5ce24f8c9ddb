"""Arsip: finding documents, reading the journal, and not seeing what is not one's own."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import himpun
from himpun.archive.journal import act
from himpun.archive.models import Record
from himpun.documents.models import Document
from himpun.offices.models.people import Person
from himpun.web.acts import ACTS, in_words
from tests.cast import MONDAY, Cast

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def page(person: Person, query: str = "") -> str:
    return as_(person).get(f"/arsip/{query}").content.decode()


def test_a_signed_document_is_found_by_its_number_and_says_that_it_is_signed(kecamatan: Cast) -> None:
    cycle = kecamatan.to_signing()
    kecamatan.sign(cycle)
    document = Document.objects.get(kind=Document.Kind.PERFORMANCE)
    found = page(kecamatan.umum, f"?q={document.number}")
    assert f'href="/dokumen/{document.pk}/"' in found
    assert "ditandatangani" in found
    assert "1 dokumen" in found


def test_a_document_is_found_by_the_letter_its_cycle_began_with(kecamatan: Cast) -> None:
    kecamatan.to_step_3()
    assert "Lembar Disposisi" in page(kecamatan.umum, "?q=000.7/123/ORG")
    assert "Tidak ada dokumen yang cocok" in page(kecamatan.umum, "?q=nomor-lain")


def test_documents_are_sifted_by_kind_period_year_and_unit(kecamatan: Cast) -> None:
    kecamatan.to_step_4()
    unit = kecamatan.office.posts.filter(role="unit").first()
    assert unit is not None
    answers = Document.objects.filter(kind=Document.Kind.ANSWER)
    assert f"{answers.count()} dokumen" in page(kecamatan.umum, "?jenis=data_isian")
    of_unit = answers.filter(only_post=unit).count()
    assert f"{of_unit} dokumen" in page(kecamatan.umum, f"?jenis=data_isian&unit={unit.pk}")
    assert "Tidak ada dokumen yang cocok" in page(kecamatan.umum, "?tahun=2020")
    assert "Tidak ada dokumen yang cocok" in page(kecamatan.umum, "?periode=2020-TW1")


def test_a_unit_finds_its_own_form_and_not_another_units(kecamatan: Cast) -> None:
    kecamatan.to_step_4()
    own, other = kecamatan.office.posts.filter(role="unit")[:2]
    found = page(kecamatan.holder(own), "?jenis=data_isian")
    assert own.title in found.split("<tbody>")[1]
    assert other.title not in found.split("<tbody>")[1]


def test_another_office_sees_neither_documents_nor_records(kecamatan: Cast, dinas: Cast) -> None:
    kecamatan.to_step_3()
    assert "Belum ada dokumen" in page(dinas.umum)
    assert "Memutuskan" not in page(dinas.umum, "?tab=jurnal")


def test_the_journal_says_who_did_what_as_holder_of_which_post(kecamatan: Cast) -> None:
    kecamatan.to_step_3()
    journal = page(kecamatan.analis, "?tab=jurnal")
    assert "Memutuskan “disposisi” pada langkah 1" in journal
    assert kecamatan.kepala.name in journal
    assert "Camat" in journal


def test_the_journal_of_one_cycle_leaves_out_the_rest(kecamatan: Cast) -> None:
    cycle = kecamatan.to_step_3()
    journal = page(kecamatan.umum, f"?tab=jurnal&siklus={cycle.pk}")
    assert "Memulai siklus SOP" in journal
    assert "Mencatat surat 000.7/123/ORG/2026" in journal
    assert "Memuat kantor dari berkas" not in journal


def test_a_secret_letter_stays_out_of_the_journal_of_who_may_not_read_it(kecamatan: Cast) -> None:
    kecamatan.letter(nature="rahasia", sender="Inspektorat Rahasia")
    assert "Inspektorat Rahasia" in page(kecamatan.kepala, "?tab=jurnal")
    assert "Inspektorat Rahasia" not in page(kecamatan.units[0], "?tab=jurnal")


def test_a_unit_does_not_read_why_anothers_answer_was_excused(kecamatan: Cast) -> None:
    from himpun.cycles.steps import answers as collecting
    from himpun.indicators.models.requests import DataRequest

    child = kecamatan.child(kecamatan.to_step_3())
    kecamatan.to_collecting(child)
    request = DataRequest.objects.filter(origin=child.subject, unit__role="unit").first()
    assert request is not None
    collecting.excuse_unit(request=request, reason="Kasi sedang cuti", by=kecamatan.umum)
    others = [person for person in kecamatan.units if person != kecamatan.holder(request.unit)]
    assert "Kasi sedang cuti" in page(kecamatan.umum, "?tab=jurnal")
    assert "Kasi sedang cuti" not in page(others[0], "?tab=jurnal")


def test_every_act_in_the_code_has_its_sentence() -> None:
    source = Path(himpun.__file__).parent
    named = {
        name
        for file in source.rglob("*.py")
        if "migrations" not in file.parts
        for name in re.findall(
            r'"((?:letters|cycles|documents|indicators|procedures|offices):[a-z-]+:[a-z-]+)"', file.read_text()
        )
    }
    assert named
    assert named <= set(ACTS)


def test_every_record_of_a_whole_procedure_reads_as_a_full_sentence(kecamatan: Cast) -> None:
    kecamatan.finish()
    for record in Record.objects.all():
        sentence = in_words(record.act, record.data)
        assert "…" not in sentence, record.act
        assert sentence != record.act


def test_an_act_nobody_worded_shows_its_name() -> None:
    assert in_words("lain:hal:terjadi", "{}") == "lain:hal:terjadi"


def test_somebody_without_a_post_is_told_so(kecamatan: Cast) -> None:
    person = Person.objects.create_user("tamu", None, name="Tamu")
    answer = as_(person).get("/arsip/")
    assert answer.status_code == 403
    assert "tidak memangku jabatan" in answer.content.decode()


@pytest.mark.parametrize("query", ["", "?q=Data", "?tab=jurnal", "?hal=2", "?tab=jurnal&hal=99&siklus=x"])
def test_a_long_archive_asks_the_database_no_more_than_a_short_one(
    kecamatan: Cast, query: str, django_assert_max_num_queries: Any
) -> None:
    kecamatan.to_step_4()
    with act(kecamatan.office.code, at=MONDAY, author=_author()) as turn:
        for number in range(60):
            turn.record("cycles:cycle:ended", f"cycle:{number}")
    client = as_(kecamatan.umum)
    with django_assert_max_num_queries(14):
        assert client.get(f"/arsip/{query}").status_code == 200


def _author() -> Any:
    from himpun.archive.journal import SYSTEM

    return SYSTEM
