"""Every paper of a finished run: what is copied from it is what was written, on the office's paper, marked where a sample."""

import re
import subprocess
from collections.abc import Iterator

import pytest

from himpun.archive import files
from himpun.documents.models import Document, DocumentVersion
from himpun.documents.pictures import with_pictures
from himpun.documents.rendering import render
from himpun.documents.work import ensure_issued, ensure_rendered
from himpun.offices.models.offices import Office
from tests.cast import Cast, small_office
from tests.papers import sizes
from tests.scenes import once, scene

UNSEEN = "\u200b\u200c\u200d\u2060\u00ad\ufeff\u202a\u202c\ufffd"
A4, F4 = {(595, 842), (842, 595)}, {(609, 935), (935, 609)}


@pytest.fixture
def printed(db: None) -> Iterator[Cast]:
    """A small office whose papers are really set, whatever another test left patched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("himpun.documents.work.render", render)
        patch.setattr("himpun.documents.work.with_pictures", with_pictures)
        yield once(small_office)


@scene
def finished_as(cast: Cast, paper: str, synthetic: bool) -> None:
    """A whole run of an office with this paper."""
    Office.objects.filter(pk=cast.office.pk).update(paper=paper, synthetic=synthetic)
    cast.finish()


def papers() -> Iterator[tuple[Document, bytes]]:
    """Every paper as it goes out: the issued one where it was signed."""
    newest: dict[int, DocumentVersion] = {}
    for version in DocumentVersion.objects.select_related("document__office").order_by("pk"):
        newest[version.document_id] = version
    for version in newest.values():
        sha256 = ensure_issued(version) or ensure_rendered(version)
        yield version.document, files.read(sha256)


def copied(paper: bytes) -> str:
    """What selecting all and copying gives, lines joined as a reader joins them."""
    return subprocess.run(["pdftotext", "-", "-"], input=paper, capture_output=True, check=True).stdout.decode()


def together(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("paper", ["a4", "f4"])
def test_number_code_and_address_are_copied_out_of_every_paper(printed: Cast, paper: str) -> None:
    finished_as(printed, paper, synthetic=False)
    kinds = set()

    for document, pdf in papers():
        text = copied(pdf)
        kinds.add(document.kind)
        assert not set(text) & set(UNSEEN), f"{document.kind}: {set(text) & set(UNSEEN)}"
        assert sizes(pdf) <= (F4 if paper == "f4" else A4)
        assert "CONTOH, bukan naskah dinas" not in text
        if document.number:
            assert together(document.number) in together(text)
        if document.kind in (Document.Kind.ANSWER, Document.Kind.REQUEST, Document.Kind.PERFORMANCE):
            assert "IKU-01" in text or "IKU-02" in text
        if document.kind == Document.Kind.PERFORMANCE and document.number:
            assert f"http://himpun.contoh.example/v/{document.token}" in together(text)
    assert kinds == set(Document.Kind.values)


def test_every_page_of_every_paper_of_a_sample_office_says_so(printed: Cast) -> None:
    finished_as(printed, "a4", synthetic=True)

    for document, pdf in papers():
        pages = copied(pdf).split("\f")[:-1]
        assert all("CONTOH, bukan naskah dinas" in page for page in pages), document.kind


def test_what_is_signed_stays_on_the_paper_that_was_approved(printed: Cast) -> None:
    cycle = printed.to_signing()
    printed.approve(cycle, "tanda tangan")
    Office.objects.filter(pk=printed.office.pk).update(paper="f4")

    printed.issue(cycle)

    document = Document.objects.get(subject=cycle.subject, kind=Document.Kind.PERFORMANCE)
    assert sizes(files.read(document.latest.signed_sha256)) <= A4
