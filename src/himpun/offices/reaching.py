"""Whether an address that an office wants on its papers opens this very installation, for whoever follows a QR code.

One GET of one fixed path, so that an office's admin can make this computer ask for nothing else: no redirect is
followed, what answers is never shown, and neither its time nor its length can be drawn out. The name is looked up once
and exactly that place is connected to. Where the place is on this computer, or one that belongs to nobody's network,
nothing is asked at all.
"""

import hmac
import re
import socket
import ssl
import time
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, JsonResponse
from django.utils.crypto import salted_hmac

from himpun import typed
from himpun.errors import Conflict, FieldErrors
from himpun.places import is_here_only

PATH = "/.well-known/himpun"
SECONDS = 6.0
"""How long looking may take in all."""
MOST = 4096
"""Bytes of an answer that are read."""
FIELD = "public_url"

_HOST = re.compile(r"(?=.{1,200}\Z)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\Z")
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})")
_LOCATION = re.compile(rb"\r\nlocation:[ \t]*([^\r\n]{1,300})", re.IGNORECASE)


class NotReached(Conflict):
    """The address could not be asked from this computer, though it may well open elsewhere."""

    code = "alamat-publik-tidak-terjangkau"


@dataclass(frozen=True, slots=True)
class Answer:
    """The first bytes that a server answered."""

    status: int
    location: str
    body: bytes


# --- what answers ---------------------------------------------------------------------------------------------------


def mark() -> str:
    """What no other installation answers with; it tells nothing of the secret it is made from."""
    return salted_hmac("himpun.offices.reaching", "mark", algorithm="sha256").hexdigest()


def tell_mark(request: HttpRequest) -> JsonResponse:
    """This installation's mark, and whether it takes requests under the name by which it was asked."""
    try:
        request.get_host()
        takes = True
    except DisallowedHost:
        takes = False
    return JsonResponse({"himpun": mark(), "takes_this_name": takes}, headers={"Cache-Control": "no-store"})


# --- asking ---------------------------------------------------------------------------------------------------------


def read_address(text: str) -> str:
    """ "HTTPS://Himpun.Contoh.go.id/" → "https://himpun.contoh.go.id". Raises FieldErrors unless papers can carry it."""
    text = typed.line(text).rstrip("/")
    parts = _split(text)
    if parts is None or parts.scheme not in ("http", "https") or not _is_host(parts.hostname or ""):
        raise _wrong(
            f"“{text[:100]}” bukan alamat laman. Tulis seperti https://himpun.contoh.go.id atau http://192.168.1.10:8000."
        )
    if parts.path or parts.query or parts.fragment or parts.username is not None:
        raise _wrong("Tulis alamatnya saja, tanpa halaman, sandi, atau tanda tanya di belakangnya.")
    port = parts.port
    if port is not None and port not in (80, 443) and port < 1024:
        raise _wrong("Nomor sesudah titik dua tidak lazim untuk laman. Pakai 80, 443, atau 1024 ke atas.")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    usual = {"http": 80, "https": 443}[parts.scheme]
    found = f"{parts.scheme}://{host}{'' if port in (None, usual) else f':{port}'}"
    if is_here_only(found):
        raise _wrong(
            f"{found} hanya terbuka di komputer Himpun sendiri. Tulis alamat yang dibuka komputer dan telepon lain."
        )
    return found


def check(address: str) -> None:
    """Raises FieldErrors where the address is not this installation's, NotReached where that cannot be seen from here."""
    parts = urlsplit(address)
    got = _answered(parts)
    if 300 <= got.status < 400:
        raise _wrong(_led_elsewhere(parts, got.location))
    if not hmac.compare_digest(_mark_in(got.body), mark().encode()):
        raise _wrong(
            f"{address} menjawab, tetapi bukan Himpun ini: itu laman atau pemasangan lain. Periksa alamatnya, atau minta "
            "operator mengarahkannya ke komputer Himpun."
        )
    if b'"takes_this_name": true' not in got.body:
        raise _wrong(
            f"{address} sampai di Himpun ini, tetapi Himpun belum menerima nama {parts.hostname}. Minta operator menambahkan "
            "nama itu pada daftar nama yang diterima (panduan Memasang Himpun), lalu simpan lagi."
        )


def _mark_in(body: bytes) -> bytes:
    found = re.search(rb'"himpun": "([0-9a-f]{64})"', body)
    return found[1] if found else b""


def _led_elsewhere(parts: SplitResult, location: str) -> str:
    ahead = _split(location)
    if ahead is not None and ahead.scheme == "https" and parts.scheme == "http" and ahead.hostname == parts.hostname:
        return f"Alamat ini mengalihkan ke https. Tulis https://{parts.hostname} supaya QR langsung sampai."
    return "Alamat ini mengalihkan pembacanya ke alamat lain. Tulis alamat yang dituju itu sendiri."


def _answered(parts: SplitResult) -> Answer:
    end = time.monotonic() + SECONDS
    host, port = parts.hostname or "", parts.port or {"http": 80, "https": 443}[parts.scheme]
    at = _place_of(host, port)
    ask = f"GET {PATH} HTTP/1.0\r\nHost: {parts.netloc}\r\nUser-Agent: Himpun\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((at, port), timeout=SECONDS / 2) as plain:
            if parts.scheme == "http":
                return _exchanged(plain, ask, end)
            with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as closed:
                return _exchanged(closed, ask, end)
    except ssl.SSLCertVerificationError:
        raise NotReached(
            f"Sertifikat {host} tidak dapat dipercaya dari komputer Himpun, jadi alamat ini tidak dapat diperiksa. "
            f"Perpanjang atau perbaiki sertifikatnya. {_BUT}"
        ) from None
    except ssl.SSLError:
        raise _wrong(
            f"{host} tidak berbicara https pada alamat ini. Pasang sertifikat, atau tulis http:// bila kantor memang belum memakainya."
        ) from None
    except OSError:
        raise NotReached(
            f"{parts.scheme}://{parts.netloc} tidak menjawab dari komputer Himpun. Periksa alamatnya, dan apakah Himpun sedang "
            f"berjalan di sana. {_BUT}"
        ) from None


_BUT = "Bila alamat ini sudah terbuka dari komputer atau telepon lain, centang pernyataannya lalu simpan lagi."


def _exchanged(sock: socket.socket, ask: str, end: float) -> Answer:
    """Raises OSError where nothing that could be an answer came in time."""
    sock.sendall(ask.encode("ascii"))
    got = b""
    while len(got) < MOST and (left := end - time.monotonic()) > 0:
        sock.settimeout(left)
        piece = sock.recv(MOST - len(got))
        if not piece:
            break
        got += piece
    status = _STATUS.match(got)
    if status is None:
        raise TimeoutError
    head, _, body = got.partition(b"\r\n\r\n")
    location = _LOCATION.search(head)
    return Answer(int(status[1]), location[1].decode("latin-1").strip() if location else "", body)


def _place_of(host: str, port: int) -> str:
    """The one place that is connected to. Raises FieldErrors or NotReached."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise NotReached(f"Nama {host} tidak dikenal dari komputer Himpun. Periksa ejaannya. {_BUT}") from None
    places = [ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    mapped = [one.ipv4_mapped or one if isinstance(one, IPv6Address) else one for one in places]
    if any(one.is_link_local or one.is_multicast or one.is_unspecified for one in mapped):
        raise _wrong(
            f"{host} bukan alamat yang dapat dibuka orang lain. Tulis alamat komputer Himpun di jaringan kantor."
        )
    if any(one.is_loopback for one in mapped):
        raise NotReached(
            f"Di komputer Himpun nama {host} menunjuk komputer itu sendiri, jadi tidak dapat diperiksa dari sini. {_BUT}"
        )
    return str(mapped[0])


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        return parts if parts.port is None or parts.port else None
    except ValueError:
        return None


def _is_host(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return bool(_HOST.match(host)) and not host.replace(".", "").isdigit()
    return True


def _wrong(sentence: str) -> FieldErrors:
    return FieldErrors({FIELD: sentence})
