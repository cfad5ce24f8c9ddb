"""What an attacker, or a broken copy and paste, sends: answered with a sentence, never with a crash or another's secret."""

import pytest
from django.test import Client
from django.urls import reverse

from himpun.letters.models import Letter
from himpun.letters.numbering import PatternWrong, check_usable
from tests.cast import Cast
from tests.web.test_pages import screen

pytestmark = pytest.mark.django_db

NUL = "a\0b"
HUGE = "9" * 25
NOT_A_NUMBER = ["abc", "²", HUGE, "9" * 5000, "-1", ""]


@pytest.mark.parametrize("address", ["/v/%00/", "/t/%00/", "/t/%00/dokumen.pdf"])
def test_a_nul_in_a_public_address_is_refused(small: Cast, address: str) -> None:
    assert Client().get(address).status_code == 400


@pytest.mark.parametrize("name", ["letters", "documents", "archive"])
def test_a_nul_in_a_search_is_refused(small: Cast, name: str) -> None:
    page = screen(small.umum).get(reverse(name), {"q": NUL})

    assert page.status_code == 400
    assert "karakter yang tidak dapat disimpan" in page.content.decode()


def test_a_nul_in_a_form_is_refused_and_nothing_is_stored(small: Cast) -> None:
    typed = {"number": NUL, "sender": "B", "subject": "S", "dated": "2026-10-01", "received_on": "2026-10-05"}

    assert screen(small.umum).post(reverse("letter_new"), typed).status_code == 400
    assert not Letter.objects.exists()


@pytest.mark.parametrize("text", NOT_A_NUMBER)
def test_a_number_that_is_none_is_no_crash(small: Cast, text: str) -> None:
    browser = screen(small.umum)

    assert browser.post(reverse("choose_office"), {"office": text}).status_code == 302
    for query in ({"tahun": text}, {"unit": text}, {"tab": "jurnal", "siklus": text}, {"hal": text}):
        assert browser.get(reverse("archive"), query).status_code == 200
    assert browser.get(reverse("procedure_publish"), {"dari": text}).status_code in (200, 403, 404)


@pytest.mark.parametrize("text", ["1-1-9999999999999999999999999", "31-02-2026", "0000-00-00", "besok"])
def test_a_date_that_is_none_is_named_at_its_field(small: Cast, text: str) -> None:
    typed = {"number": "1", "sender": "B", "subject": "S", "dated": text, "received_on": "2026-10-05"}

    page = screen(small.umum).post(reverse("letter_new"), typed)

    assert page.status_code == 422
    assert "Tanggal ini tidak terbaca. Tulis hari/bulan/tahun" in page.content.decode()


def test_an_sop_with_an_endless_number_is_a_finding(small: Cast) -> None:
    page = screen(small.kepala).post(reverse("procedure_check"), {"text": "a=" + "1" * 5000})

    assert page.status_code < 500


def test_a_recipient_longer_than_its_column_is_named(small: Cast) -> None:
    cycle = small.to_signing()
    small.sign(cycle)

    page = screen(small.analis).post(reverse("recipient_add", args=[cycle.pk]), {"recipient": "P" * 3000})

    assert page.status_code == 422
    assert "Terlalu panjang: 3.000 huruf" in page.content.decode()


def test_a_pattern_longer_than_its_numbers_column_is_refused() -> None:
    with pytest.raises(PatternWrong, match="terlalu panjang"):
        check_usable("A" * 300 + "{urut}/{tahun}")


def test_a_secret_letter_shows_its_number_and_subject_to_nobody_else(small: Cast) -> None:
    letter = small.letter(nature="rahasia", number="R-1/2026", subject="Perihal rahasia")
    assert "Perihal rahasia" not in screen(small.kasubbag).get(reverse("work")).content.decode()
    assert "Perihal rahasia" in screen(small.umum).get(reverse("work")).content.decode()

    from himpun.cycles import actions

    cycle = actions.start_cycle(
        office=small.office, key="pengumpulan-data-kinerja", period="2026-TW3", by=small.umum, letter=letter
    )
    small.decide(cycle, "disposisi", instructions=["proses"])
    unit = screen(small.units[0])

    for address in (reverse("cycle", args=[cycle.pk]), reverse("archive"), reverse("archive") + "?tab=jurnal"):
        assert "R-1/2026" not in unit.get(address).content.decode(), address
    assert "R-1/2026" in screen(small.sekretaris).get(reverse("cycle", args=[cycle.pk])).content.decode()
