"""What is sent costs what it must: nothing for who may not send, the disk once for who may, memory never."""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.scratch import until
from tests.service.running import Answer, Service, forget_peak, form_with_file, head, memory_peak, read_all, written

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("layanan")]

Serve = Callable[..., Service]
MB = 1_000_000
BLOCK = bytes(range(256)) * 1024


@pytest.fixture
def folder(prepared: tuple[Path, str, Any]) -> Path:
    return prepared[0] / "var" / "arsip"


PDF_BEGINS = (
    b"%%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>\nendobj\n"
)


def pdf(size: int) -> tuple[bytes, int, bytes]:
    """A PDF of one page and `size` bytes, most of them in a stream: its beginning, how much fills it, its end."""
    begins, ends = PDF_BEGINS + b"4 0 obj\n<< /Length %010d >>\nstream\n", b"\nendstream\nendobj\n"
    offsets = [(PDF_BEGINS % ()).index(b"%d 0 obj" % no) for no in (1, 2, 3)] + [len(PDF_BEGINS % ())]
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in offsets)
    tail = b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%010d\n%%%%EOF\n"
    around = len(begins % 0) + len(ends) + len(table) + len(tail % 0)
    filled = size - around
    return begins % filled, filled, ends + table + tail % (size - len(table) - len(tail % 0))


def send(
    service: Service, path: str, size: int, *headers: str, field: str = "file", chunked: bool = False
) -> tuple[int, Answer]:
    """Send a form with a PDF of `size` bytes; how many bytes of it were taken, and the answer."""
    csrf = "a" * 32
    begins, filled, ends = pdf(size)
    start, end, boundary = form_with_file(
        field, size, media="application/pdf", start=begins, fields={"csrfmiddlewaretoken": csrf}
    )
    end = ends + end
    told = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(start) + filled + len(end)}"
    cookies = "; ".join([f"csrftoken={csrf}", *(one.removeprefix("Cookie: ") for one in headers if "Cookie" in one)])
    others = [one for one in headers if "Cookie" not in one]
    kind = f"Content-Type: multipart/form-data; boundary={boundary}"
    sent = 0
    with service.connect(60) as connection:
        connection.sendall(head("POST", path, kind, told, f"Cookie: {cookies}", "Connection: close", *others))
        try:
            for piece in pieces(start, filled, end):
                connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
                sent += len(piece)
            if chunked:
                connection.sendall(b"0\r\n\r\n")
        except OSError:
            pass
        return sent, Answer(read_all(connection))


def pieces(start: bytes, size: int, end: bytes) -> Iterator[bytes]:
    yield start
    for at in range(0, size, len(BLOCK)):
        yield BLOCK[: min(len(BLOCK), size - at)]
    yield end


def digest_of(size: int) -> str:
    """The SHA-256 of the PDF of this size."""
    digest = hashlib.sha256()
    for piece in pieces(*pdf(size)):
        digest.update(piece)
    return digest.hexdigest()


def kept(folder: Path) -> dict[str, int]:
    return {place.name: place.stat().st_size for place in folder.rglob("*") if place.is_file()}


def as_person(session: str) -> str:
    return f"Cookie: sessionid={session}"


@pytest.mark.parametrize("path", ["/surat/baru/", "/permintaan/baris/1/bukti/", "/akun/login/", "/api/v1/angka"])
@pytest.mark.parametrize("chunked", [False, True])
def test_300_mb_of_nobody_in_particular_are_refused_unread(
    service: Service, folder: Path, path: str, chunked: bool
) -> None:
    web, before = service.one("gate.server"), kept(folder)
    peak, disk = forget_peak(web), written(web)

    sent, answer = send(service, path, 300 * MB, chunked=chunked)

    assert sent < 16 * MB, "what the kernel and the connection hold, and a little that is read and thrown away"
    assert answer.status in (0, 401, 403, 413), "0: the answer was lost as the sender was still sending"
    assert memory_peak(web) - peak < 30 * MB
    assert written(web) - disk < MB
    assert kept(folder) == before


def test_nobody_in_particular_is_told_to_log_in(service: Service) -> None:
    _, answer = send(service, "/surat/baru/", 700_000)

    assert answer.status == 403
    assert "Anda belum masuk" in answer.body


def test_200_mb_of_evidence_are_written_once_and_never_held_in_memory(
    service: Service, folder: Path, told: dict[str, Any]
) -> None:
    size = 200 * MB
    web = service.one("gate.server")
    service.get("/permintaan/", as_person(told["unit"]))
    peak, disk = forget_peak(web), written(web)

    _, answer = send(service, f"/permintaan/baris/{told['line']}/bukti/", size, as_person(told["unit"]))

    assert answer.status == 302, answer.body
    assert kept(folder)[digest_of(size)] == size
    assert not list((folder / "masuk").glob("*"))
    assert memory_peak(web) - peak < 40 * MB
    assert written(web) - disk < 1.1 * size


def test_a_file_too_large_is_told_at_its_form_and_leaves_nothing(
    serve: Serve, folder: Path, told: dict[str, Any]
) -> None:
    service = serve("--no-worker", HIMPUN_EVIDENCE_MAX_BYTES=str(2 * MB)).await_answer()
    before = kept(folder)

    path = f"/permintaan/baris/{told['line']}/bukti/"
    _, shown = send(service, path, 5 * MB, as_person(told["unit"]), "HX-Request: true")
    _, refused = send(service, path, 50 * MB, as_person(told["unit"]))

    assert shown.status == 422
    assert "bukti.pdf terlalu besar: paling banyak 2 MB" in shown.body
    assert refused.status == 413
    assert "tiap berkas paling banyak 2 MB" in refused.body
    assert kept(folder) == before


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("other", "/permintaan/baris/{line}/bukti/", 404),
        ("umum", "/permintaan/baris/999999/bukti/", 404),
        ("unit", "/surat/baru/", 403),
        ("unit", "/angka/999999/koreksi/", 404),
        ("unit", "/pesan/dibaca/", 413),
    ],
)
def test_who_may_not_send_a_file_there_is_refused_before_it_is_read(
    service: Service, folder: Path, told: dict[str, Any], who: str, path: str, status: int
) -> None:
    before, disk = kept(folder), written(service.one("gate.server"))

    _, answer = send(service, path.format(**told), 30 * MB, as_person(told[who]))

    assert answer.status == status, answer.body
    assert written(service.one("gate.server")) - disk < MB
    assert kept(folder) == before


def test_a_chunked_form_arrives_whole(service: Service, folder: Path, told: dict[str, Any]) -> None:
    size = 3 * MB + 77
    path = f"/permintaan/baris/{told['line']}/bukti/"

    _, answer = send(service, path, size, as_person(told["unit"]), chunked=True)

    assert answer.status == 302
    assert kept(folder)[digest_of(size)] == size


def test_a_form_cut_off_in_the_middle_leaves_nothing(service: Service, folder: Path, told: dict[str, Any]) -> None:
    before = kept(folder)
    start, _, boundary = form_with_file("file", 0, media="application/pdf", start=b"%PDF-1.4", fields={})
    kind = f"Content-Type: multipart/form-data; boundary={boundary}"
    path = f"/permintaan/baris/{told['line']}/bukti/"
    with service.connect() as connection:
        connection.sendall(
            head("POST", path, kind, "Content-Length: 9000000", as_person(told["unit"])) + start + BLOCK * 8
        )
    with service.connect() as connection:
        body = start + BLOCK
        length = f"Content-Length: {len(body)}"
        connection.sendall(head("POST", path, kind, length, as_person(told["unit"]), "Connection: close") + body)
        answer = Answer(read_all(connection))

    assert answer.status == 400
    assert "Kiriman tidak terbaca" in answer.body
    until(lambda: kept(folder) == before)


# --- programs --------------------------------------------------------------------------------------------------------


def program(service: Service, token: str, body: bytes, *headers: str) -> Answer:
    length = f"Content-Length: {len(body)}"
    own = (f"Authorization: Bearer {token}", "Content-Type: application/json", "Connection: close")
    return service.ask(head("POST", "/api/v1/angka", *own, length, *headers) + body)


def test_a_gzipped_message_of_a_program_is_read(service: Service, told: dict[str, Any]) -> None:
    message = json.dumps({"angka": []}).encode()
    plain = program(service, told["token"], message)

    packed = program(service, told["token"], gzip.compress(message), "Content-Encoding: gzip")

    assert plain.status == packed.status < 500
    assert plain.body == packed.body


def test_a_gzip_bomb_ends_at_the_limit(service: Service, told: dict[str, Any]) -> None:
    web = service.one("gate.server")
    peak = forget_peak(web)

    answer = program(service, told["token"], gzip.compress(bytes(500 * MB)), "Content-Encoding: gzip")

    assert answer.status == 413
    assert json.loads(answer.body)["code"] == "isi-terlalu-besar"
    assert memory_peak(web) - peak < 60 * MB


def test_an_encoding_that_nobody_reads_is_refused(service: Service, told: dict[str, Any]) -> None:
    body = bytes(70_000)

    assert program(service, told["token"], body, "Content-Encoding: br").status == 415


def test_a_large_body_with_a_wrong_token_is_refused_as_json(service: Service) -> None:
    answer = program(service, "himpun_salah", bytes(200_000))

    assert answer.status == 401
    assert json.loads(answer.body)["code"]


def test_an_operator_sees_no_trace_of_all_this(service: Service, told: dict[str, Any]) -> None:
    send(service, "/surat/baru/", 700_000)
    program(service, "himpun_salah", bytes(200_000))

    assert "Traceback" not in service.said
