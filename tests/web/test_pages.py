"""The pages of the main job: who sees them, what a refusal keeps, and that a list costs the same however long it is."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from himpun.cycles.models import Cycle
from himpun.cycles.steps import answers
from himpun.cycles.steps.draft import draft_of
from himpun.documents.models import Delivery, Document
from himpun.indicators.models.recaps import Recap
from himpun.indicators.models.requests import DataRequest, RequestLine
from himpun.letters.models import Letter
from himpun.offices.models.people import Person
from tests.cast import Cast, entrust, found_office, later
from tests.pages import forms_of
from tests.papers import pdf

pytestmark = pytest.mark.django_db

PLAIN = ["work", "messages", "letters", "cycles", "requests", "recaps", "documents"]


def screen(person: Person) -> Client:
    """A browser where this person is logged in."""
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("name", PLAIN)
def test_every_list_says_what_to_do_when_it_is_empty(small: Cast, name: str) -> None:
    page = screen(small.analis).get(reverse(name))

    assert page.status_code == 200
    assert "empty-state" in page.content.decode()


@pytest.mark.parametrize("name", PLAIN)
def test_nobody_sees_a_page_without_logging_in(small: Cast, name: str) -> None:
    page = Client().get(reverse(name))

    assert page.status_code == 302
    assert page["Location"].startswith("/akun/login/")


def test_no_page_has_inline_script_or_style(small: Cast) -> None:
    page = screen(small.umum).get(reverse("work"))

    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert "<style" not in page.content.decode()
    assert ' style="' not in page.content.decode()


def test_a_letter_is_registered_and_a_wrong_one_keeps_what_was_typed(small: Cast) -> None:
    browser = screen(small.umum)
    typed = {
        "number": "1/A/2026",
        "sender": "Bupati",
        "subject": "Data kinerja",
        "dated": "2026-10-01",
        "received_on": "2026-10-05",
    }

    refused = browser.post(reverse("letter_new"), {**typed, "dated": "2026-10-09"})
    taken = browser.post(reverse("letter_new"), typed)

    assert refused.status_code == 422
    assert "melewati tanggal diterima" in refused.content.decode()
    assert 'value="1/A/2026"' in refused.content.decode()
    assert taken.status_code == 302
    assert Letter.objects.get().agenda_no == 1


def test_an_upload_that_lies_about_its_kind_is_refused(small: Cast) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    scan = SimpleUploadedFile("surat.pdf", b"<script>alert(1)</script>", content_type="application/pdf")
    typed = {
        "number": "1",
        "sender": "B",
        "subject": "S",
        "dated": "2026-10-01",
        "received_on": "2026-10-05",
        "scan": scan,
    }

    page = screen(small.umum).post(reverse("letter_new"), typed)

    assert page.status_code == 422
    assert "surat.pdf bukan PDF, PNG, atau JPG yang sah" in page.content.decode()
    assert not Letter.objects.exists()


def test_a_cycle_starts_from_the_letters_page(small: Cast) -> None:
    letter = small.letter()

    page = screen(small.umum).post(
        reverse("start_from_letter", args=[letter.pk]), {"key": "pengumpulan-data-kinerja", "period": "2026-TW3"}
    )

    cycle = Cycle.objects.get()
    assert page["Location"] == reverse("cycle", args=[cycle.pk])
    assert cycle.letter == letter


def test_a_cycle_that_begins_with_a_disposition_needs_a_letter(small: Cast) -> None:
    page = screen(small.umum).post(reverse("cycle_new"), {"key": "pengumpulan-data-kinerja", "period": "2026-TW3"})

    assert page.status_code == 422
    assert "berawal dari disposisi" in page.content.decode()
    assert not Cycle.objects.exists()


def test_the_step_form_is_only_for_who_has_the_step(small: Cast) -> None:
    cycle = small.start()
    address = reverse("cycle", args=[cycle.pk])
    task = small.open_task(cycle)

    assert "Disposisikan" in screen(small.kepala).get(address).content.decode()
    assert "Disposisikan" not in screen(small.analis).get(address).content.decode()
    refused = screen(small.analis).post(reverse("decide", args=[task.pk]), {"decision": "disposisi", "note": "x"})
    assert refused.status_code == 403
    assert "Langkah ini tugas Camat" in refused.content.decode()
    assert small.open_task(cycle).pk == task.pk


def test_a_refused_disposition_keeps_the_note_and_the_boxes(small: Cast) -> None:
    cycle = small.start()
    task = small.open_task(cycle)

    page = screen(small.kepala).post(reverse("decide", args=[task.pk]), {"decision": "disposisi"})

    assert page.status_code == 422
    assert "Centang sekurangnya satu perintah" in page.content.decode()


def test_pressing_twice_tells_who_decided(small: Cast) -> None:
    cycle = small.start()
    task = small.open_task(cycle)
    form = {"decision": "disposisi", "instructions": ["proses"], "note": ""}

    first = screen(small.kepala).post(reverse("decide", args=[task.pk]), form)
    second = screen(small.kepala).post(reverse("decide", args=[task.pk]), form)

    assert first.status_code == 302
    assert second.status_code == 409
    assert f"sudah diputus &quot;disposisi&quot; oleh {small.kepala.name}" in second.content.decode()


def test_a_return_without_a_reason_is_shown_at_the_reason(small: Cast) -> None:
    cycle = small.to_step_4()
    task = small.open_task(cycle)

    page = screen(small.kasubbag).post(reverse("decide", args=[task.pk]), {"decision": "bahan kurang", "reason": " "})

    assert page.status_code == 422
    assert "Tulis alasan mengapa" in page.context["typed"].errors["reason"]


@pytest.fixture
def asked(small: Cast) -> DataRequest:
    """The first unit's open request."""
    cycle = small.to_step_3()
    small.to_collecting(small.child(cycle))
    return DataRequest.objects.filter(state="dikirim", unit__role="unit").order_by("unit__order")[0]


def line_form(line: RequestLine, figure: str) -> dict[str, str]:
    return {f"v-{line.pk}-{variable.pk}": figure for variable in line.indicator.variables.all()}


def test_a_row_saves_itself_and_a_wrong_figure_is_named_in_its_cell(small: Cast, asked: DataRequest) -> None:
    browser, line = screen(small.holder(asked.unit)), asked.lines.get()
    address = reverse("line_save", args=[line.pk])

    saved = browser.post(address, line_form(line, "1.234,5"))
    wrong = browser.post(address, line_form(line, "banyak"))

    assert saved.status_code == 200
    assert wrong.status_code == 422
    assert "Tulis angka seperti" in wrong.content.decode()
    assert [str(value.number) for value in line.values.all()] == ["1234.50000000"] * line.indicator.variables.count()


def test_another_unit_can_neither_see_nor_fill_in_a_request(small: Cast, asked: DataRequest) -> None:
    other = next(person for person in small.units if person != small.holder(asked.unit))
    line = asked.lines.get()

    assert screen(other).get(reverse("request", args=[asked.pk])).status_code == 404
    assert screen(other).post(reverse("line_save", args=[line.pk]), line_form(line, "1")).status_code == 404
    assert not line.values.exists()


def test_the_collector_sees_a_request_but_cannot_fill_it_in(small: Cast, asked: DataRequest) -> None:
    line = asked.lines.get()
    browser = screen(small.umum)

    page = browser.get(reverse("request", args=[asked.pk])).content.decode()
    refused = browser.post(reverse("line_save", args=[line.pk]), line_form(line, "1"))

    assert "Kecualikan unit" in page
    assert "data-cell" not in page
    assert "ditujukan kepada" in refused.content.decode()
    assert not line.values.exists()


def test_an_incomplete_answer_names_what_is_missing_and_stays_open(small: Cast, asked: DataRequest) -> None:
    page = screen(small.holder(asked.unit)).post(reverse("request_submit", args=[asked.pk]), {"send": "1"})

    asked.refresh_from_db()
    assert page.status_code == 422
    assert "tandai nihil dengan alasan" in page.content.decode()
    assert asked.is_open


def test_a_returned_answer_shows_its_reason_to_the_unit(small: Cast, asked: DataRequest) -> None:
    small.answer(asked)
    answers.return_answer(request=asked, reason="Angka tertukar", by=small.umum)

    assert "Angka tertukar" in screen(small.holder(asked.unit)).get(reverse("work")).content.decode()


def test_evidence_opens_for_who_may_see_the_request_only(small: Cast, asked: DataRequest, neighbour: Cast) -> None:
    small.fill(asked)
    from himpun.indicators.requests import evidence as actions

    line = asked.lines.get()
    evidence = actions.attach_evidence(line_id=line.pk, name="b.pdf", content=pdf("bukti"), by=small.holder(asked.unit))
    address = reverse("evidence", args=[evidence.pk])

    assert screen(small.umum).get(address).status_code == 200
    assert screen(neighbour.umum).get(address).status_code == 404


def test_every_number_of_the_recap_leads_to_its_source_cell(small: Cast) -> None:
    small.to_step_4()
    recap = Recap.objects.get()
    line = recap.lines.first()
    assert line is not None
    browser = screen(small.analis)

    table = browser.get(reverse("recap", args=[recap.pk])).content.decode()
    source = browser.get(reverse("recap_line", args=[line.pk])).content.decode()

    assert reverse("recap_line", args=[line.pk]) in table
    assert line.frozen["realisasi_rumus"] in source.replace("&#x27;", "'")
    assert f"#baris-{line.source_line_id}" in source


def test_a_post_in_one_office_shows_nothing_more_of_another(small: Cast) -> None:
    """An analyst here who is also Plt. of the second unit there, looking at here: of there, what a unit may see."""
    small.to_step_4()
    unit = small.units[1]
    here = found_office("kec-lain")
    entrust(unit, here.post("analis"), since=date(2026, 9, 1))
    lines = Recap.objects.get().lines.order_by("indicator__code")
    browser = screen(unit)
    browser.post(reverse("choose_office"), {"office": here.office.pk})
    cycle = Cycle.objects.filter(office=small.office).latest("pk")

    foreign, own = (browser.get(reverse("recap_line", args=[line.pk])).content.decode() for line in lines[:2])
    run = browser.get(reverse("cycle", args=[cycle.pk])).content.decode()

    assert "bukti.pdf" not in foreign
    assert "Buka sel sumbernya" not in foreign
    assert "Buka sel sumbernya" in own
    assert reverse("cycle_cancel", args=[cycle.pk]) not in run


def test_what_a_person_may_do_is_shown_whichever_office_they_look_at(small: Cast) -> None:
    cycle = small.to_step_3()
    elsewhere = found_office("kec-lain")
    entrust(small.kepala, elsewhere.post_of_unit(0), since=date(2026, 9, 1))
    browser = screen(small.kepala)
    browser.post(reverse("choose_office"), {"office": elsewhere.office.pk})

    page = browser.get(reverse("cycle", args=[cycle.pk])).content.decode()

    assert reverse("cycle_cancel", args=[cycle.pk]) in page


def test_who_holds_posts_in_two_offices_chooses_which_one_to_look_at(small: Cast) -> None:
    elsewhere = found_office("kec-lain")
    entrust(small.kepala, elsewhere.post_of_unit(0), since=date(2026, 9, 1))
    browser = screen(small.kepala)

    form = next(one for one in forms_of(browser.get("/").content.decode()) if one.action == reverse("choose_office"))
    assert form.buttons == [("office", str(elsewhere.office.pk))]
    there = browser.post(form.action, dict(form.buttons), follow=True).content.decode()

    assert f"<strong>{elsewhere.office.name}</strong>" in there
    assert ("office", str(small.office.pk)) in [pair for one in forms_of(there) for pair in one.buttons]
    assert reverse("choose_office") not in screen(small.analis).get("/").content.decode()


@pytest.mark.parametrize("name", ["recap_chart", "line_chart"])
def test_a_chart_is_an_svg_with_a_name(small: Cast, name: str) -> None:
    small.to_step_4()
    recap = Recap.objects.get()
    line = recap.lines.first()
    assert line is not None

    picture = screen(small.analis).get(reverse(name, args=[recap.pk if name == "recap_chart" else line.pk]))

    assert picture["Content-Type"] == "image/svg+xml"
    assert b"<svg" in picture.content


def test_opening_a_delivered_document_is_the_proof_of_receipt(small: Cast) -> None:
    cycle = small.finish()
    document = draft_of(cycle)
    assert document is not None
    unit = small.units[0]

    screen(unit).get(reverse("document", args=[document.pk]))
    screen(unit).get(reverse("document", args=[document.pk]))

    delivery = Delivery.objects.get(document=document, post__holdings__person=unit)
    assert delivery.opened_by == unit.name


def test_versions_are_compared_word_by_word(small: Cast) -> None:
    cycle = small.to_step_4()
    small.revise(cycle, "Capaian dipengaruhi cuaca")
    document = draft_of(cycle)
    assert document is not None

    page = screen(small.kasubbag).get(reverse("compare", args=[document.pk])).content.decode()

    assert '<ins class="diff-add">Capaian dipengaruhi cuaca</ins>' in page


ADDRESSES: list[tuple[str, Callable[[Cycle], Any]]] = [
    ("cycle", lambda cycle: cycle.pk),
    ("letter", lambda cycle: cycle.letter_id),
    ("document", lambda cycle: Document.objects.filter(office=cycle.office).latest("pk").pk),
    ("version_pdf", lambda cycle: Document.objects.filter(office=cycle.office).latest("pk").latest.pk),
    ("recap", lambda cycle: Recap.objects.get(office=cycle.office).pk),
    ("draft", lambda cycle: cycle.pk),
    ("request", lambda cycle: DataRequest.objects.filter(office=cycle.office)[0].pk),
]


@pytest.mark.parametrize(("name", "find"), ADDRESSES, ids=[name for name, _ in ADDRESSES])
def test_another_office_sees_nothing(small: Cast, neighbour: Cast, name: str, find: Callable[[Cycle], Any]) -> None:
    cycle = small.to_step_4()
    address = reverse(name, args=[find(cycle)])

    assert screen(small.kasubbag).get(address).status_code == 200
    assert screen(neighbour.kasubbag).get(address).status_code == 404


@pytest.mark.parametrize("name", ["letters", "cycles", "requests", "documents", "recaps", "work"])
def test_a_list_costs_the_same_however_long_it_is(
    small: Cast, name: str, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    cycle = small.to_step_4()
    for place in range(12):
        small.letter(number=f"{place}/2026")
    browser = screen(small.kasubbag)
    browser.get(reverse(name))

    with django_assert_max_num_queries(18 if name == "work" else 16):
        browser.get(reverse(name))
    assert cycle.pk


def test_a_cycles_page_costs_the_same_at_every_step(
    small: Cast, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    browser = screen(small.kepala)
    cycle = small.to_signing()
    with django_assert_max_num_queries(30):
        browser.get(reverse("cycle", args=[cycle.pk]))

    small.sign(cycle)
    small.decide(cycle, "selesai")
    with django_assert_max_num_queries(30):
        browser.get(reverse("cycle", args=[cycle.pk]))


def test_who_holds_no_post_today_is_told_so(small: Cast) -> None:
    stranger = Person.objects.create_user("tamu", "rahasia-sekali", name="Tamu Contoh")

    page = screen(stranger).get(reverse("work")).content.decode()

    assert "tidak memangku jabatan" in page
    assert screen(stranger).get(reverse("cycles")).status_code == 200


def test_a_remark_stands_where_its_step_was_sent_back_and_nowhere_after(small: Cast) -> None:
    cycle = small.to_step_4()
    small.decide(cycle, "terima")
    page = reverse("cycle", args=[cycle.pk])
    for remark in ("Tabel 2 keliru", "Simpulan belum ada"):
        small.decide(cycle, "perlu perbaikan" if remark.startswith("Tabel") else "kembalikan", reason=remark)
        shown = screen(small.analis).get(page).content.decode()
        assert shown.count("<strong>Dikembalikan oleh") == 1
        assert f"</strong> {remark}" in shown
        with later(hours=remark.count(" ")):
            small.revise(cycle, remark)
        small.decide(cycle, "selesai")
        assert "<strong>Dikembalikan oleh" not in screen(small.kasubbag).get(page).content.decode()


def test_a_remark_to_a_unit_is_told_as_done_once_it_answered_again(small: Cast) -> None:
    child = small.child(small.to_step_3())
    small.to_collecting(child)
    first = small.waiting(child)[0]
    small.answer(first)
    answers.return_answer(request=first, reason="Bukti belum ada", by=small.umum)
    page = reverse("cycle", args=[child.pk])
    assert "Sudah diperbaiki" not in screen(small.umum).get(page).content.decode()

    first.refresh_from_db()
    small.answer(first)

    assert "Sudah diperbaiki: Bukti belum ada" in screen(small.umum).get(page).content.decode()
