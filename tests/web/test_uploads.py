"""Uploads as the views see them, behind the gate and without it; and whose address a request has."""

import io
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse

from himpun.archive.incoming import Incoming, incoming_folder
from himpun.indicators.models.requests import Evidence, RequestLine
from himpun.web.addresses import address_of
from himpun.web.uploads import RECEIVED, incoming_of
from tests.cast import Cast
from tests.papers import docx, image, ods, pdf, xlsx
from tests.web.test_pages import screen

PAPER = pdf("bukti")


def file(content: bytes, name: str = "bukti.pdf") -> io.BytesIO:
    given = io.BytesIO(content)
    given.name = name
    return given


@pytest.fixture
def line(small: Cast) -> RequestLine:
    cycle = small.to_step_3()
    small.to_collecting(small.child(cycle))
    return RequestLine.objects.get(request__unit=small.post_of_unit(0))


@pytest.mark.django_db
def test_evidence_is_stored_and_nothing_else_is_left(small: Cast, line: RequestLine) -> None:
    page = screen(small.holder(small.post_of_unit(0)))

    assert page.post(reverse("evidence_attach", args=[line.pk]), {"file": file(PAPER)}).status_code == 302

    assert Evidence.objects.get(line=line).size == len(PAPER)
    assert not list(incoming_folder().iterdir())


@pytest.mark.django_db
def test_refused_evidence_leaves_nothing(small: Cast, line: RequestLine, settings: Any) -> None:
    settings.EVIDENCE_MAX_BYTES = 10
    page = screen(small.holder(small.post_of_unit(0)))

    answer = page.post(
        reverse("evidence_attach", args=[line.pk]), {"file": file(b"%PDF-1.7 isi")}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 422
    assert "bukti.pdf terlalu besar" in answer.content.decode()
    assert not list(incoming_folder().iterdir())


SAID = ("application/wps-office.xlsx", "application/octet-stream", "application/zip", "application/vnd.ms-office", "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "said", "kept"),
    [
        *(("rekap.xlsx", xlsx(), said, "spreadsheetml.sheet") for said in SAID),
        ("laporan.docx", docx(), "application/wps-office.docx", "wordprocessingml.document"),
        ("rekap.ods", ods(), "text/csv", "opendocument.spreadsheet"),
        ("rekap.xlsx", ods(), "application/vnd.ms-excel", "opendocument.spreadsheet"),
        ("scan.pdf", PAPER, "application/wps-office.pdf", "application/pdf"),
        ("scan.pdf", PAPER, "application/x-pdf", "application/pdf"),
        ("scan.jpg", image("JPEG"), "image/pjpeg", "image/jpeg"),
        ("scan", image("PNG"), "image/jpg", "image/png"),
        ("palsu.pdf", b"<html>", "application/pdf", ""),
        ("palsu.xlsx", b"PK\x03\x04 bukan", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ""),
    ],
)
def test_evidence_is_judged_by_its_content_and_never_by_what_a_browser_says(
    small: Cast, line: RequestLine, name: str, content: bytes, said: str, kept: str
) -> None:
    page = screen(small.holder(small.post_of_unit(0)))
    upload = SimpleUploadedFile(name, content, content_type=said)
    answer = page.post(reverse("evidence_attach", args=[line.pk]), {"file": upload}, headers={"HX-Request": "true"})
    assert (answer.status_code == 422) == (not kept)
    assert [one.media_type.endswith(kept) for one in Evidence.objects.filter(line=line)] == ([True] if kept else [])


def test_a_received_file_is_found_by_its_key() -> None:
    incoming = Incoming(100)
    incoming.write(b"%PDF isi")
    request = RequestFactory().post("/", {"file": file(b"kunci")}, **{RECEIVED: {"kunci": incoming}})

    assert incoming_of(request, "file") == ("bukti.pdf", incoming)
    assert request.FILES["file"].read() == b"%PDF isi"
    request.close()
    assert not incoming.place.exists()


def test_bytes_that_came_past_the_gate_are_no_file() -> None:
    request = RequestFactory().post("/", {"file": file(b"%PDF yang menyelinap")}, **{RECEIVED: {}})

    with pytest.raises(SuspiciousOperation):
        request.FILES.get("file")


@pytest.mark.parametrize(
    ("behind", "forwarded", "found"),
    [
        (False, "10.0.0.9", "127.0.0.1"),
        (True, "10.0.0.9", "10.0.0.9"),
        (True, "1.2.3.4, 10.0.0.9", "10.0.0.9"),
        (True, "10.0.0.9, bukan-alamat", "127.0.0.1"),
        (True, "2001:db8::1", "2001:db8::1"),
        (True, None, "127.0.0.1"),
    ],
)
def test_the_address_is_what_our_own_proxy_says(settings: Any, behind: bool, forwarded: str | None, found: str) -> None:
    settings.BEHIND_PROXY = behind
    given = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}

    assert address_of(RequestFactory().get("/", **given)) == found
