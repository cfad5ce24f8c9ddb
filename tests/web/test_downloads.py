"""Every address that answers with a file says what it is from its bytes, names it itself, and lets nothing in it run."""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import himpun.web
from himpun.archive import files
from himpun.budgets.models import Program
from himpun.documents.models import Delivery, Document
from himpun.documents.work import ensure_issued
from himpun.indicators.models.dictionary import Indicator
from himpun.indicators.models.figures import Correction, Figure
from himpun.indicators.models.recaps import Recap, RecapLine
from himpun.indicators.models.requests import DataRequest, Evidence
from himpun.indicators.recaps.corrections import ask_correction
from himpun.letters.models import Letter
from himpun.procedures.models import ProcedureVersion
from himpun.web.downloads import safe_name
from tests.cast import PERIOD, Cast
from tests.papers import SCRIPT, docx, image, pdf, xlsx

VIEWS = Path(himpun.web.__file__).parent / "views"


def screen(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def assert_sealed(answer: Any, media_type: str, disposition: str) -> None:
    assert answer["Content-Type"].partition(";")[0] == media_type
    assert answer["X-Content-Type-Options"] == "nosniff"
    policy = [one.strip() for one in answer["Content-Security-Policy"].split(";")]
    assert {"default-src 'none'", "sandbox"} <= set(policy)
    assert answer["Content-Disposition"].startswith(f"{disposition}; filename")


# --- what came in from people ------------------------------------------------------------------------------------------

PAST = [
    ("surat.html", b"%PDF-1.4 " + SCRIPT, "application/pdf", "inline", "surat.pdf"),
    ("p.js", b"\xff\xd8\xff/*" + SCRIPT, "image/jpeg", "inline", "p.jpg"),
    ("p.svg", b"%PDF-1.4 <svg>" + SCRIPT, "application/pdf", "inline", "p.pdf"),
    ("surat.pdf", b"<html>" + SCRIPT, "application/octet-stream", "attachment", "surat.bin"),
    ("surat.pdf", b"<svg xmlns='http://www.w3.org/2000/svg'>", "application/octet-stream", "attachment", "surat.bin"),
    ("rekap.pdf", xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "attachment", "rekap.xlsx"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "media_type", "disposition", "named"), PAST)
def test_a_stored_file_of_the_past_is_served_as_what_its_bytes_are(
    small: Cast, name: str, content: bytes, media_type: str, disposition: str, named: str
) -> None:
    """Rows from before there was a check say what a browser once said; nobody believes them any more."""
    sha256 = files.store(content, media_type="text/html")
    letter = small.letter()
    Letter.objects.filter(pk=letter.pk).update(file_sha256=sha256, file_name=name)

    answer = screen(small.kepala).get(reverse("letter_file", args=[letter.pk]))

    assert_sealed(answer, media_type, disposition)
    assert f'filename="{named}"' in answer["Content-Disposition"]
    assert body(answer) == content


@pytest.mark.parametrize(
    ("typed", "ending", "made"),
    [
        ("surat.pdf.html", "pdf", "surat.pdf"),
        ("rekap\u202efdp.exe", "xlsx", "rekapfdp.xlsx"),
        ("../../etc/passwd", "pdf", "-..-etc-passwd.pdf"),
        ("a\r\nSet-Cookie: x=1", "pdf", "a Set-Cookie- x=1.pdf"),
        ("   ", "pdf", "berkas.pdf"),
        ("Laporan TW III 2026 v1.2", "pdf", "Laporan TW III 2026 v1.2.pdf"),
        ("x" * 400, "pdf", "x" * 120 + ".pdf"),
    ],
)
def test_a_name_is_ours(typed: str, ending: str, made: str) -> None:
    assert safe_name(typed, ending) == made


def test_the_file_missing_in_the_archive_is_told(small: Cast) -> None:
    letter = small.letter()
    Letter.objects.filter(pk=letter.pk).update(file_sha256="0" * 64, file_name="x.pdf")
    answer = screen(small.kepala).get(reverse("letter_file", args=[letter.pk]))
    assert answer.status_code == 404
    assert "verify-archive" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "said", "kept"),
    [
        (pdf("surat"), "application/octet-stream", "application/pdf"),
        (image("JPEG"), "image/jpg", "image/jpeg"),
        (pdf("surat"), "text/html", "application/pdf"),
        (b"%PDF-1.4 " + SCRIPT, "application/pdf", None),
        (b"<svg>" + SCRIPT, "image/svg+xml", None),
        (docx(), "application/pdf", None),
    ],
)
def test_a_scan_is_judged_by_its_content(small: Cast, content: bytes, said: str, kept: str | None) -> None:
    typed = {"number": "1", "sender": "B", "subject": "S", "dated": "2026-10-01", "received_on": "2026-10-05"}
    scan = SimpleUploadedFile("surat.html", content, content_type=said)

    page = screen(small.umum).post(reverse("letter_new"), typed | {"scan": scan})

    assert page.status_code == (302 if kept else 422)
    if kept:
        assert screen(small.umum).get(reverse("letter_file", args=[Letter.objects.get().pk]))["Content-Type"] == kept
    else:
        assert "unggah lagi." in page.content.decode()


# --- every address -------------------------------------------------------------------------------------------------------


@pytest.fixture
def whole(small: Cast) -> Cast:
    """An office in which there is one of everything."""
    small.finish()
    letter = Letter.objects.earliest("pk")
    Letter.objects.filter(pk=letter.pk).update(
        file_sha256=files.store(pdf("surat"), media_type="text/html"), file_name="surat.html"
    )
    ask_correction(
        figure_id=Figure.objects.filter(current=True, number__isnull=False).earliest("pk").pk,
        new="8",
        reason="keliru",
        evidence_name="bukti.svg",
        evidence=pdf("bukti"),
        by=small.analis,
    )
    DataRequest.objects.filter(pk=DataRequest.objects.earliest("pk").pk).update(state=DataRequest.State.SENT)
    Program.objects.create(office=small.office, year=2026, code="1", name="Program", level="program")
    return small


def addresses(cast: Cast) -> dict[str, tuple[str, str, str]]:
    """Name → address, media type, disposition, of every page that answers with a file."""
    recap, line = Recap.objects.latest("pk"), RecapLine.objects.latest("pk")
    signed = Document.objects.get(kind="data_kinerja").latest
    ensure_issued(signed)
    excel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    request = DataRequest.objects.earliest("pk")
    code = Indicator.objects.latest("pk").code
    year, live = "?tahun=2026", f"?periode={PERIOD}"
    picture = ("image/svg+xml", "inline")
    paper, csv, book = ("application/pdf", "inline"), ("text/csv", "attachment"), (excel, "attachment")
    found: dict[str, tuple[list[Any], str, tuple[str, str]]] = {
        "letter_file": ([Letter.objects.earliest("pk").pk], "", paper),
        "evidence": ([Evidence.objects.earliest("pk").pk], "", paper),
        "correction_file": ([Correction.objects.get().pk], "", paper),
        "version_pdf": ([signed.pk], "", paper),
        "draft_pdf": ([signed.pk], "", paper),
        "issued_pdf": ([signed.pk], "", paper),
        "procedure_sheet": ([ProcedureVersion.objects.earliest("pk").pk], "", paper),
        "procedure_text": ([ProcedureVersion.objects.earliest("pk").pk], "", ("application/toml", "attachment")),
        "request_form": ([request.pk], "", book),
        "recap_csv": ([], live, csv),
        "recap_xlsx": ([], live, book),
        "recap_pdf": ([], live, ("application/pdf", "attachment")),
        "live_recap_chart": ([], live, picture),
        "recap_row_chart": ([code], live, picture),
        "recap_chart": ([recap.pk], "", picture),
        "line_chart": ([line.pk], "", picture),
        "indicator_chart": ([Indicator.objects.latest("pk").pk], "", picture),
        "indicator_export": ([], year, book),
        "budget_example": ([], year, book),
        "budget_xlsx": ([], year, book),
        "budget_csv": ([], year, csv),
        "budget_chart": ([Program.objects.get().pk], "", picture),
        "timing_chart": ([], year, picture),
        "timing_csv": ([], year, csv),
        "timing_xes": ([], year, ("application/xml", "attachment")),
        "timing_pdf": ([], year, ("application/pdf", "attachment")),
        "ladder_csv": ([], live, csv),
        "ladder_below_csv": ([], live, csv),
    }
    return {name: (reverse(name, args=args) + query, *said) for name, (args, query, said) in found.items()}


def test_every_address_of_a_file_is_sealed(whole: Cast) -> None:
    people = [screen(person) for person in (whole.kepala, whole.umum, whole.analis, *whole.units)]
    for name, (address, media_type, disposition) in addresses(whole).items():
        answers = (person.get(address) for person in people)
        answer = next((one for one in answers if one.status_code == 200), None)
        assert answer is not None, f"{name}: nobody may open it"
        try:
            assert_sealed(answer, media_type, disposition)
        except (AssertionError, KeyError) as wrong:
            raise AssertionError(f"{name}: {wrong!r} {dict(answer.items())}") from wrong
    delivery = Delivery.objects.get(post__isnull=True)
    stranger = Client()
    stranger.post(f"/t/{delivery.token}/", {"name": "Penerima"})
    assert_sealed(stranger.get(f"/t/{delivery.token}/dokumen.pdf"), "application/pdf", "attachment")


def test_every_page_that_makes_a_file_does_it_in_one_place() -> None:
    """No view builds an answer with a type or a disposition of its own."""
    wrong = []
    for place in VIEWS.glob("*.py"):
        for node in ast.walk(ast.parse(place.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                typed = any(keyword.arg in ("content_type", "headers") for keyword in node.keywords)
                if name in ("FileResponse", "StreamingHttpResponse") or (name == "HttpResponse" and typed):
                    wrong.append(f"{place.name}:{node.lineno}")
            if isinstance(node, ast.Constant) and node.value == "Content-Disposition":
                wrong.append(f"{place.name}:{node.lineno}")
    assert wrong == []


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/api/v1/tidak-ada"])
def test_data_for_programs_runs_nowhere_either(db: None, path: str) -> None:
    answer = Client().get(path)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
