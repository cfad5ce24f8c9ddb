"""Angka and koreksi as pages: who gave a figure and with what, asking for another one, deciding, and for whom."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from himpun.documents.models import Document
from himpun.indicators.models.figures import Correction, Figure
from himpun.indicators.models.recaps import Recap
from tests.cast import PERIOD, Cast, later
from tests.indicators.test_corrections import approve, ask
from tests.papers import pdf
from tests.reports.figures import bring, define, figure_of, freeze
from tests.web.test_pages import screen

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    return str(answer.content.decode())


def typed(**changed: Any) -> dict[str, Any]:
    evidence = SimpleUploadedFile("laporan.pdf", pdf("benar"), "application/pdf")
    return {"new": "8", "reason": "Satu desa terlewat", "file": evidence, **changed}


def page_of(figure: Figure) -> str:
    return reverse("figure", args=[figure.pk])


@pytest.fixture
def frozen(small: Cast) -> Figure:
    """The first unit's pembilang of 7, frozen in the recap of the quarter."""
    freeze(small)
    return figure_of(small)


# --- a figure ---------------------------------------------------------------------------------------------------------


def test_a_figure_tells_who_gave_it_from_which_answer_and_with_which_evidence(small: Cast, frozen: Figure) -> None:
    page = text(screen(small.analis).get(page_of(frozen)))

    assert "Jumlah pembilang: 7" in page
    assert "Orang Kepala Seksi 1" in page
    assert reverse("request", args=[frozen.source.partition(":")[2]]) in page
    assert "bukti.pdf" in page


def test_an_imported_figure_tells_its_file_and_that_it_may_still_change(small: Cast) -> None:
    define(small, "BARU")
    bring(small, {("BARU", PERIOD): "3"})

    page = text(screen(small.analis).get(page_of(figure_of(small, "BARU.nilai"))))

    assert "impor uji.csv" in page
    assert "Sementara: angka ini belum dibekukan" in page
    assert "Ajukan koreksi" not in page


def test_a_unit_opens_its_own_figures_and_an_office_its_own_only(small: Cast, frozen: Figure, neighbour: Cast) -> None:
    answers = {
        person: screen(person).get(page_of(frozen)).status_code
        for person in (small.units[0], small.units[1], small.umum, neighbour.kepala)
    }

    assert list(answers.values()) == [200, 404, 200, 404]


def test_a_figure_costs_the_same_however_many_versions_it_has(small: Cast, frozen: Figure) -> None:
    browser = screen(small.analis)
    counts = []
    for new in ("8", "6", "5"):
        with later(minutes=len(counts) + 1):
            approve(ask(small, new), small.kepala)
        newest = page_of(figure_of(small))
        browser.get(newest)
        with CaptureQueriesContext(connection) as captured:
            page = text(browser.get(newest))
        counts.append(len(captured))

    assert counts[0] == counts[1] == counts[2] <= 25
    assert page.count("koreksi</a>: Satu desa terlewat") == 3
    assert "Ini versi lama" in text(browser.get(page_of(frozen)))


# --- asking -----------------------------------------------------------------------------------------------------------


def test_a_correction_is_asked_from_the_page_of_the_figure(small: Cast, frozen: Figure) -> None:
    browser = screen(small.units[0])
    assert "Ajukan koreksi" in text(browser.get(page_of(frozen)))

    answer = browser.post(reverse("figure_correct", args=[frozen.pk]), typed(), follow=True)

    correction = Correction.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("correction", args=[correction.pk])
    assert "menunggu keputusan" in text(answer)
    waiting = text(browser.get(page_of(frozen)))
    assert "Koreksi menjadi 8 sedang menunggu keputusan" in waiting
    assert 'name="new"' not in waiting


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"new": "banyak"}, "banyak"),
        ({"new": ""}, "Kosong tidak sama dengan 0"),
        ({"reason": ""}, "Tulis mengapa"),
        ({"file": ""}, "err_file"),
    ],
)
def test_a_refused_question_keeps_what_was_typed_and_names_the_field(
    small: Cast, frozen: Figure, changed: dict[str, str], said: str
) -> None:
    answer = screen(small.units[0]).post(reverse("figure_correct", args=[frozen.pk]), typed(**changed))

    page = text(answer)
    assert answer.status_code == 422
    kept = {"new": "8", "reason": "Satu desa terlewat", **changed}
    assert f'value="{kept["new"]}"' in page
    assert kept["reason"] in page
    assert said in page
    assert re.search(r'class="field-error" id="err_[a-z]+">[^<]', page)
    assert not Correction.objects.exists()


def test_nobody_asks_about_a_figure_they_may_not_open(small: Cast, frozen: Figure, neighbour: Cast) -> None:
    for person in (small.units[1], neighbour.units[0]):
        assert screen(person).post(reverse("figure_correct", args=[frozen.pk]), typed()).status_code == 404
    assert not Correction.objects.exists()


# --- deciding ---------------------------------------------------------------------------------------------------------


def test_the_correction_is_decided_on_its_page_and_everything_that_used_the_old_figure_says_so(
    small: Cast, frozen: Figure
) -> None:
    correction = ask(small)
    page, decide = (reverse(name, args=[correction.pk]) for name in ("correction", "correction_decide"))
    assert "Setujui koreksi" not in text(screen(small.units[0]).get(page))
    browser = screen(small.kepala)
    assert "Setujui koreksi" in text(browser.get(page))

    with later(days=1):
        assert "Keputusan tercatat" in text(browser.post(decide, {"decision": "setuju"}, follow=True))

    recap = Recap.objects.get()
    line = recap.lines.get(indicator__code="IKU-01")
    document = Document.objects.get(kind=Document.Kind.RECAP)
    for name, key in (("recap", recap.pk), ("recap_line", line.pk), ("document", document.pk)):
        assert page in text(browser.get(reverse(name, args=[key]))), name
    live = text(browser.get("/rekap/berjalan/", {"periode": PERIOD}))
    assert "88,89" in live
    assert live.count(">dikoreksi<") == 1
    other = recap.lines.get(indicator__code="IKU-02")
    assert page not in text(browser.get(reverse("recap_line", args=[other.pk])))


def test_refusing_needs_a_reason_and_keeps_nothing_half_done(small: Cast, frozen: Figure) -> None:
    correction = ask(small)
    browser, decide = screen(small.sekretaris), reverse("correction_decide", args=[correction.pk])

    answer = browser.post(decide, {"decision": "tolak", "decided_reason": ""})
    assert "Tulis mengapa koreksi ini ditolak" in text(answer)
    assert Correction.objects.get().state == Correction.State.ASKED

    browser.post(decide, {"decision": "tolak", "decided_reason": "Bukti lain desa"})
    assert "Bukti lain desa" in text(browser.get(reverse("correction", args=[correction.pk])))
    again = browser.post(decide, {"decision": "setuju"})
    assert again.status_code == 409
    assert "sudah ditolak oleh" in text(again)
    assert figure_of(small) == frozen


def test_who_asked_is_not_offered_the_decision_and_cannot_send_it(small: Cast, frozen: Figure) -> None:
    correction = ask(small, by=small.kepala)
    browser = screen(small.kepala)

    assert "Setujui koreksi" not in text(browser.get(reverse("correction", args=[correction.pk])))
    answer = browser.post(reverse("correction_decide", args=[correction.pk]), {"decision": "setuju"})

    assert answer.status_code == 403
    assert "diputus pejabat lain" in text(answer)


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_is_of_the_office_and_by_state(small: Cast, frozen: Figure, neighbour: Cast) -> None:
    browser, address = screen(small.units[1]), reverse("corrections")
    assert "Belum ada koreksi" in text(browser.get(address))
    correction = ask(small)

    assert reverse("correction", args=[correction.pk]) in text(browser.get(address))
    assert "Belum ada koreksi" in text(screen(neighbour.kepala).get(address))
    assert "Tidak ada koreksi" in text(browser.get(address, {"status": "ditolak"}))


def test_what_waits_comes_first_and_then_what_was_decided_last(small: Cast, frozen: Figure) -> None:
    decided = []
    for no in (1, 2):
        with later(minutes=no):
            decided.append(approve(ask(small, str(7 + no)), small.kepala))
    waiting = ask(small, "6")

    page = text(screen(small.kepala).get(reverse("corrections")))

    shown = [int(key) for key in re.findall(r'href="/koreksi/(\d+)/"', page)]
    assert shown == [waiting.pk, decided[1].pk, decided[0].pk]


def test_a_correction_is_read_by_the_office_and_its_evidence_by_who_may_open_the_figure(
    small: Cast, frozen: Figure, neighbour: Cast
) -> None:
    correction = ask(small)
    page, file = (reverse(name, args=[correction.pk]) for name in ("correction", "correction_file"))

    seen = {
        person: (screen(person).get(page).status_code, screen(person).get(file).status_code)
        for person in (small.units[0], small.umum, small.units[1], neighbour.kepala)
    }

    assert list(seen.values()) == [(200, 200), (200, 200), (200, 404), (404, 404)]
    assert page_of(frozen) not in text(screen(small.units[1]).get(page))


def test_the_list_costs_the_same_however_many_corrections_there_are(small: Cast, frozen: Figure) -> None:
    browser, counts = screen(small.kepala), []
    for many in (1, 3):
        for no in range(many):
            with later(minutes=no + 10 * many):
                approve(ask(small, str(20 + no + 10 * many)), small.kepala)
        browser.get(reverse("corrections"))
        with CaptureQueriesContext(connection) as captured:
            browser.get(reverse("corrections"))
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 16
