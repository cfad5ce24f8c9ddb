"""A form taken apart while it arrives is, for the application, the same form; and every limit holds on the way."""

import gzip
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory
from django.test.client import BOUNDARY, encode_multipart
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from himpun.archive.incoming import incoming_folder
from himpun.errors import Refusal
from himpun.gate.application import Asked
from himpun.gate.bodies import Body, BodyTooLarge, BodyUnreadable, FormBody, PlainBody, Unpacking
from himpun.gate.limits import Limit
from himpun.web.uploads import RECEIVED

LIMIT = Limit(fields=5_000, file=500, files=3)
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
NAME = st.text("abcdef", min_size=1, max_size=6)


class Upload:
    def __init__(self, name: str, content: bytes) -> None:
        self.name, self.content = name, content

    def read(self) -> bytes:
        return self.content


def fed(body: Body, content: bytes, cuts: list[int] | None = None) -> Body:
    at = 0
    for cut in sorted({min(cut, len(content)) for cut in cuts or []} | {len(content)}):
        body.feed(content[at:cut]) if cut > at else None
        at = cut
    body.finish()
    return body


def request_of(body: Body) -> WSGIRequest:
    """What the application gets."""
    content = body.open().read()
    assert len(content) == body.size
    media = f"multipart/form-data; boundary={BOUNDARY}"
    return RequestFactory().generic("POST", "/", content, media, **{RECEIVED: body.files})  # type: ignore[return-value]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(NAME, TEXT), max_size=4),
    st.lists(st.tuples(NAME, NAME, st.binary(max_size=600)), max_size=3),
    st.lists(st.integers(0, 3000), max_size=6),
)
def test_a_form_is_the_same_form_however_it_is_cut(
    fields: list[tuple[str, str]], files: list[tuple[str, str, bytes]], cuts: list[int]
) -> None:
    parts: dict[str, list[Any]] = {}
    for key, value in fields:
        parts.setdefault(key, []).append(value)
    for key, name, content in files:
        parts.setdefault(f"berkas-{key}", []).append(Upload(f"{name}.pdf", content))
    if not parts:
        return

    body = fed(FormBody(LIMIT, BOUNDARY), encode_multipart(BOUNDARY, parts), cuts)
    request = request_of(body)

    typed = dict(request.POST.lists())
    assert typed == {key: values for key, values in parts.items() if not key.startswith("berkas-")}
    for key, sent in parts.items():
        if key.startswith("berkas-"):
            found = request.FILES.getlist(key)
            assert [one.name for one in found] == [one.name for one in sent]
            assert [one.size for one in found] == [len(one.content) for one in sent]
            assert [one.read() for one in found] == [one.content[: LIMIT.file + 1] for one in sent]
    request.close()
    body.discard()
    assert not list(incoming_folder().glob("*"))


def part(headers: str, content: str) -> bytes:
    return f"--{BOUNDARY}\r\n{headers}\r\n\r\n{content}\r\n--{BOUNDARY}--\r\n".encode()


@pytest.mark.parametrize(
    "disposition",
    [
        'form-data; name="a"; filename="x.pdf"',
        "form-data; name=\"a\"; filename*=UTF-8''x%2epdf",
        'form-data; name="a"; filename=""',
        'form-data; name="a"; FILENAME="x"',
        'form-data; filename="x"; name="a"; filename="y"',
        'form-data; name="a\\"; filename="x',
    ],
)
def test_what_the_application_takes_for_a_file_never_holds_the_senders_bytes(disposition: str) -> None:
    body = fed(FormBody(LIMIT, BOUNDARY), part(f"Content-Disposition: {disposition}", "isi-mentah"))
    request = request_of(body)

    for one in request.FILES.values():
        assert one.read() == b"isi-mentah", "found by its key, received by the gate"


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (part('Content-Disposition: form-data; name="a"', "x" * 6000), BodyTooLarge),
        (part('Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64', "eA=="), BodyUnreadable),
        (part('Content-Disposition: form-data; name="a"\r\nX: ' + "y" * 9000, "x"), BodyUnreadable),
        (b"bukan formulir", BodyUnreadable),
        (f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\nputus".encode(), BodyUnreadable),
    ],
)
def test_a_form_that_is_none_is_refused(content: bytes, refused: type[Refusal]) -> None:
    body = FormBody(LIMIT, BOUNDARY)
    with pytest.raises(refused):
        fed(body, content)
    body.discard()
    assert not list(incoming_folder().glob("*"))


def test_more_files_than_the_page_takes_are_refused() -> None:
    parts = {"a": [Upload(f"{no}.pdf", b"x") for no in range(4)]}

    with pytest.raises(BodyTooLarge):
        fed(FormBody(LIMIT, BOUNDARY), encode_multipart(BOUNDARY, parts))


def test_of_a_file_that_is_only_compared_nothing_is_written() -> None:
    body = FormBody(Limit(file=1000, digest_only=True), BOUNDARY)
    fed(body, encode_multipart(BOUNDARY, {"a": Upload("x.pdf", b"isi")}))

    assert [one.sha256[:8] for one in body.files.values()] == ["55c12319"]
    assert not list(incoming_folder().glob("*"))


def test_a_plain_body_moves_to_the_disk_where_it_is_long() -> None:
    content = bytes(range(256)) * 3000
    body = fed(PlainBody(Limit(fields=1_000_000)), content, [1, 200_000, 300_000])

    with body.open() as file:
        assert file.read() == content
    assert len(list(incoming_folder().iterdir())) == 1
    body.discard()
    assert not list(incoming_folder().iterdir())


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(bytes(50_000)), gzip.compress(b"x" * 100)[:-3], b"bukan gzip"],
    ids=["a bomb", "cut off", "not packed"],
)
def test_a_packed_body_is_unpacked_no_further_than_its_limit(packed: bytes) -> None:
    sink = Unpacking(PlainBody(LIMIT))

    with pytest.raises((BodyTooLarge, BodyUnreadable)):
        fed(sink, packed)  # type: ignore[arg-type]


@pytest.mark.parametrize("padding", [b"", bytes(7)])
def test_a_body_packed_in_several_members_is_read_to_its_end(padding: bytes) -> None:
    packed = gzip.compress(b"satu;") + gzip.compress(b"dua;") + gzip.compress(b"tiga") + padding
    for size in (len(packed), 1, 7):
        sink = Unpacking(PlainBody(LIMIT))
        for at in range(0, len(packed), size):
            sink.feed(packed[at : at + size])
        sink.finish()
        with sink.body.open() as file:
            assert file.read() == b"satu;dua;tiga"


@pytest.mark.parametrize(
    ("said", "gzipped"),
    [("gzip", True), ("x-gzip", True), ("GZIP", True), ("br", False), ("deflate", False), ("", False)],
)
def test_an_encoding_is_read_or_asked_about_before_the_body(said: str, gzipped: bool) -> None:
    headers = [(b"content-length", b"10"), *([(b"content-encoding", said.encode())] if said else [])]
    asked = Asked({"path": "/api/v1/angka", "headers": headers, "client": ("127.0.0.1", 1)})
    assert (asked.gzipped, asked.needs_a_name) == (gzipped, bool(said))


@pytest.mark.parametrize("headers", [[], [(b"transfer-encoding", b"chunked")]])
def test_a_small_body_of_anybody_is_read_and_a_chunked_one_asks_who_sends(headers: list[tuple[bytes, bytes]]) -> None:
    asked = Asked({"path": "/", "headers": headers, "client": ("127.0.0.1", 1)})
    assert asked.has_body == asked.needs_a_name == bool(headers)
