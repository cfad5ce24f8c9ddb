"""What a cycle led to: shown where it is looked for, and downloaded as what it is."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from himpun.cycles.models import Cycle
from himpun.cycles.steps.draft import draft_of
from himpun.documents.models import Document
from tests.cast import Cast
from tests.web.test_pages import screen

pytestmark = pytest.mark.django_db


def draft(cycle: Cycle) -> Document:
    found = draft_of(cycle)
    assert found is not None
    return found


def downloads(html: str) -> list[tuple[str, str]]:
    """Every link to a PDF of a version: what it says and what it hands out."""
    links = re.findall(r'<a[^>]*href="(/dokumen/versi/\d+[^"]*\.pdf)"[^>]*>(.*?)</a>', html, re.DOTALL)
    return [
        (" ".join(re.sub(r"<svg.*?</svg>|<[^>]*>", "", said, flags=re.DOTALL).split()), path) for path, said in links
    ]


def handed_out(browser: Client, path: str) -> str:
    """The SHA-256 of the file behind a link."""
    return str(browser.get(path)["ETag"]).strip('"')


def test_after_the_signature_every_download_is_the_official_file_but_those_called_a_draft(small: Cast) -> None:
    cycle = small.to_step_4()
    small.revise(cycle, "Capaian dipengaruhi musim tanam")
    small.decide(cycle, "terima")
    small.decide(cycle, "sudah baik")
    small.paraf(cycle)
    small.paraf(cycle)
    small.sign(cycle)
    document = draft(cycle)
    signed, browser = document.latest, screen(small.kepala)
    analis = screen(small.analis)

    for page in (
        browser.get(reverse("document", args=[document.pk])),
        browser.get(reverse("cycle", args=[cycle.pk])),
        analis.get(reverse("cycle", args=[cycle.pk])),
    ):
        links = downloads(page.content.decode())
        assert "Unduh PDF" in dict(links)
        for said, path in links:
            is_official = handed_out(browser, path) == signed.signed_sha256
            assert is_official != ("draft" in said), (said, path)


def test_before_the_signature_what_is_downloaded_is_called_a_draft(small: Cast) -> None:
    cycle = small.to_signing()
    document, browser = draft(cycle), screen(small.kepala)

    for name, key in (("document", document.pk), ("cycle", cycle.pk)):
        links = downloads(browser.get(reverse(name, args=[key])).content.decode())
        assert links
        assert all("draft" in said for said, _ in links), links
    assert "draft" in browser.get(reverse("version_pdf", args=[document.latest.pk]))["Content-Disposition"]


def test_a_paper_that_nobody_signs_is_no_draft(small: Cast) -> None:
    cycle = small.to_step_3()
    sheet = Document.objects.filter(kind=Document.Kind.DISPOSITION, office=cycle.office).latest("pk")

    links = downloads(screen(small.kepala).get(reverse("document", args=[sheet.pk])).content.decode())

    assert links
    assert not any("draft" in said for said, _ in links)


def test_who_signed_reads_the_number_and_opens_the_document(small: Cast) -> None:
    cycle = small.to_signing()
    document, browser = draft(cycle), screen(small.kepala)
    task = cycle.tasks.get(decided_at=None)
    given = {"decision": "tanda tangan", "sha256": document.latest.file_sha256}

    page = browser.post(reverse("decide", args=[task.pk]), given, follow=True).content.decode()
    document.refresh_from_db()

    told = page.partition('class="alert alert-success"')[2]
    assert document.number
    assert document.number in told.partition('id="hasil"')[0]
    assert f'href="{reverse("document", args=[document.pk])}"' in told.partition('id="hasil"')[0]
    assert document.number in page.partition('id="hasil"')[2].partition("</section>")[0]


def test_a_finished_cycle_shows_its_result_first(small: Cast) -> None:
    cycle = small.finish()
    document = draft(cycle)

    page = screen(small.umum).get(reverse("cycle", args=[cycle.pk])).content.decode()
    result = page.partition('id="hasil"')[2].partition("</section>")[0]

    assert page.index('id="hasil"') < page.index('id="papan"')
    assert document.title in result
    assert document.number in result
    assert small.kepala.name in result
    assert "penerima" in result
    assert reverse("version_pdf", args=[document.latest.pk]) in result


def test_a_finished_mechanism_shows_its_recap_and_a_running_cycle_no_result(small: Cast) -> None:
    cycle = small.to_step_4()
    child = Cycle.objects.get(parent__cycle=cycle)
    browser = screen(small.kasubbag)

    ended = browser.get(reverse("cycle", args=[child.pk])).content.decode()
    running = browser.get(reverse("cycle", args=[cycle.pk])).content.decode()

    assert "Rekap capaian Triwulan III 2026" in ended.partition('id="hasil"')[2].partition("</section>")[0]
    assert 'id="hasil"' not in running
