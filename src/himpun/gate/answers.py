"""What the gate itself answers: a sentence, as a small page or as JSON, and when to try again."""

import json
from html import escape

from himpun.errors import Refusal
from himpun.gate.bridge import Answer

AGAIN = {408: 5, 429: 10, 503: 5}
"""Seconds after which trying again makes sense, by status."""
_PAGE = """<!doctype html>
<html lang="id"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Himpun</title></head>
<body><main><h1>Kiriman tidak diterima</h1><p>{sentence}</p>
<p><a href="/">Ke halaman pekerjaan</a></p></main></body></html>
"""


class OutOfOrder(Refusal):
    """Something in Himpun itself failed."""

    code = "gangguan"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            "Himpun sedang terganggu dan tidak mengubah apa pun. Coba lagi sebentar; bila tetap, kabari operator."
        )


class NoRoom(Refusal):
    """The disk takes no more."""

    code = "penyimpanan-penuh"
    status = 507

    def __init__(self) -> None:
        super().__init__("Penyimpanan Himpun penuh atau tidak dapat ditulisi; berkas tidak disimpan. Kabari operator.")


def refusal_answer(refusal: Refusal, *, as_json: bool) -> Answer:
    """A refusal as the answer to who was refused; the connection ends with it."""
    if as_json:
        content = json.dumps({"code": refusal.code, "message": str(refusal)}).encode()
        media = b"application/json"
    else:
        content, media = _PAGE.format(sentence=escape(str(refusal))).encode(), b"text/html; charset=utf-8"
    headers = [
        (b"content-type", media),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    ]
    if refusal.status in AGAIN:
        headers.append((b"retry-after", str(AGAIN[refusal.status]).encode()))
    if refusal.status == 401:
        headers.append((b"www-authenticate", b'Bearer realm="Himpun"'))
    return Answer(refusal.status, headers, content)
