"""A letter of the agenda: what became of it, mended until the first act, entered twice only on purpose."""

from typing import Any

import pytest
from django.urls import reverse

from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.cycles.models import Cycle
from himpun.cycles.steps.draft import draft_of
from himpun.letters.actions import LetterInUse, mend_letter
from himpun.letters.models import Letter
from tests.cast import PERIOD, SOP, Cast
from tests.web.test_pages import screen

pytestmark = pytest.mark.django_db

TYPED = {
    "number": "400.10/7/2026",
    "sender": "Dinas Kesehatan Contoh",
    "subject": "Data posyandu",
    "dated": "2026-10-02",
    "received_on": "2026-10-05",
    "classification": "400.7.22",
}


def said(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def page_of(cast: Cast, letter: Letter) -> str:
    return said(screen(cast.umum).get(reverse("letter", args=[letter.pk])))


# --- what became of it ------------------------------------------------------------------------------------------------


def test_a_letter_says_that_nothing_was_done_then_who_holds_it_then_what_it_led_to(small: Cast) -> None:
    fresh = small.letter(number="5/2026")
    cycle = small.start()
    letter = cycle.letter
    assert letter is not None

    assert "Belum ditindaklanjuti" in page_of(small, fresh)
    assert "Langkah 1 menunggu Camat" in page_of(small, letter)


def test_a_finished_letter_names_the_document_and_its_number(small: Cast) -> None:
    cycle = small.finish()
    document = draft_of(cycle)
    assert document is not None
    assert cycle.letter is not None

    page = page_of(small, cycle.letter)

    assert document.title in page.partition("Hasil:")[2]
    assert f"nomor {document.number}" in page
    assert (
        "menunggu" not in page.partition("Tindak lanjut surat ini")[2].partition("</section>")[0].partition("<form")[0]
    )


# --- mended -----------------------------------------------------------------------------------------------------------


def test_an_entry_is_mended_and_the_old_one_kept(small: Cast) -> None:
    letter = small.letter(sender="Bupati Cntoh", classification="")
    form = {**TYPED, "nature": "biasa"}

    done = screen(small.umum).post(reverse("letter_edit", args=[letter.pk]), form)
    page = page_of(small, letter)
    letter.refresh_from_db()

    assert done.status_code == 302
    assert (letter.sender, letter.classification) == (TYPED["sender"], TYPED["classification"])
    assert '<del class="diff-del">Bupati Cntoh</del> menjadi Dinas Kesehatan Contoh' in page
    assert Record.objects.filter(act="letters:letter:mended").count() == 1
    assert verify().faults == []


def test_after_the_first_act_nothing_is_mended(small: Cast) -> None:
    letter = small.start().letter
    assert letter is not None
    browser, address = screen(small.umum), reverse("letter_edit", args=[letter.pk])

    refused = browser.post(address, TYPED)

    assert refused.status_code == 422
    assert "sudah ditindaklanjuti" in said(refused)
    assert browser.get(address)["Location"] == reverse("letter", args=[letter.pk])
    assert "Perbaiki catatan" not in page_of(small, letter)
    with pytest.raises(LetterInUse):
        mend_letter(letter=letter, fields=_fields(letter, subject="Lain"), by=small.umum)


def _fields(letter: Letter, **changed: Any) -> dict[str, Any]:
    names = ("number", "sender", "subject", "dated", "received_on", "attachment", "classification", "note", "nature")
    return {**{name: getattr(letter, name) for name in names}, **changed}


def test_what_is_wrong_in_a_mended_entry_is_told_at_its_field_and_nothing_changes(small: Cast) -> None:
    letter = small.letter()
    browser, address = screen(small.umum), reverse("letter_edit", args=[letter.pk])

    for changed, sentence in (
        ({"subject": ""}, "Isi hal surat"),
        ({"dated": "2025-12-01", "received_on": "2025-12-02"}, "Nomor agendanya dari tahun 2026"),
    ):
        answer = browser.post(address, {**TYPED, **changed})
        assert answer.status_code == 422
        assert sentence in said(answer)
    assert browser.get(address).status_code == 200
    assert screen(small.units[0]).post(address, TYPED).status_code in (403, 404, 422)
    assert not Record.objects.filter(act="letters:letter:mended").exists()


# --- twice ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "again",
    [{}, {"number": "400.10 / 7 / 2026"}, {"sender": "DINAS KESEHATAN  CONTOH", "subject": "Lain sama sekali"}],
)
def test_number_and_sender_entered_twice_are_asked_about(small: Cast, again: dict[str, str]) -> None:
    browser, address = screen(small.umum), reverse("letter_new")
    browser.post(address, TYPED)
    first = Letter.objects.get()

    asked = browser.post(address, {**TYPED, **again})
    page = said(asked)

    assert asked.status_code == 422
    assert "sudah dicatat pada agenda 1/2026, diterima 5 Oktober 2026" in page
    assert f'href="{reverse("letter", args=[first.pk])}"' in page
    assert 'name="again"' in page
    assert Letter.objects.count() == 1
    assert browser.post(address, {**TYPED, **again, "again": "1"}).status_code == 302
    assert Letter.objects.count() == 2


@pytest.mark.parametrize("other", [{"number": "400.10/8/2026"}, {"sender": "Dinas Pendidikan Contoh"}])
def test_another_number_or_sender_is_another_letter(small: Cast, other: dict[str, str]) -> None:
    browser, address = screen(small.umum), reverse("letter_new")
    browser.post(address, TYPED)

    assert browser.post(address, {**TYPED, **other}).status_code == 302


def test_a_second_cycle_of_one_letter_and_period_is_asked_about(small: Cast) -> None:
    cycle = small.finish()
    assert cycle.letter is not None
    browser, address = screen(small.umum), reverse("start_from_letter", args=[cycle.letter.pk])
    form = {"key": SOP, "period": PERIOD}

    asked = browser.post(address, form)

    assert asked.status_code == 422
    assert "sudah ada siklus" in said(asked)
    assert 'name="again"' in said(asked)
    assert Cycle.objects.filter(letter=cycle.letter, parent=None).count() == 1
    assert browser.post(address, {**form, "again": "1"}).status_code == 302
    assert browser.post(address, {"key": SOP, "period": "2026-S2"}).status_code == 302


# --- klasifikasi ------------------------------------------------------------------------------------------------------


def test_klasifikasi_is_shown_and_found(small: Cast) -> None:
    small.letter(number="1/2026", classification="000.8.3.3", subject="Reviu SOP")
    letter = small.letter(number="2/2026", classification="400.7.22", subject="Imunisasi")
    browser = screen(small.umum)

    found = said(browser.get(reverse("letters"), {"q": "000.8.3"}))

    assert "Reviu SOP" in found
    assert "000.8.3.3" in found
    assert "Imunisasi" not in found
    assert "400.7.22" in page_of(small, letter)
