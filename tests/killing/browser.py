"""A person at a browser, without the picture: follows links, fills in the forms that pages show, and tries again.

What the service said yes to is remembered: whatever happens afterwards, it must be there in the end.
"""

import http.client
import secrets
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from tests.pages import Form, Pairs, form_to, forms_of

SECONDS = 30
"""How long a person waits for a page."""


class Away(Exception):
    """The service did not answer, or answered that it cannot now: nobody knows whether it was done."""


@dataclass
class Page:
    """What came back."""

    path: str
    status: int
    html: str

    def form(self, action: str) -> Form | None:
        return form_to(self.html, action)

    def form_with(self, name: str) -> Form | None:
        return next((form for form in forms_of(self.html) if name in form.names and form.method == "post"), None)

    @property
    def taken(self) -> bool:
        """The service said yes: it leads to the next page."""
        return self.status == 302

    @property
    def said(self) -> str:
        """The sentence of a refusal."""
        for mark in ("alert-danger", "field-error"):
            for part in self.html.split(mark)[1:]:
                text = part.partition(">")[2].partition("<")[0]
                if text.strip():
                    return " ".join(text.split())
        return ""


@dataclass
class Browser:
    """One person's browser: cookies, and pages one after the other."""

    port: int
    username: str
    password: str
    cookies: dict[str, str] = field(default_factory=dict)
    failures: int = 0

    def get(self, path: str) -> Page:
        page = self._ask("GET", path)
        if page.path.startswith("/akun/login/") and not path.startswith("/akun/login/"):
            self.log_in()
            page = self._ask("GET", path)
        return page

    def log_in(self) -> None:
        page = self._ask("GET", "/akun/login/")
        form = page.form_with("login")
        if form is None:
            return
        answer = self._ask("POST", "/akun/login/", form.filled(login=self.username, password=self.password))
        assert answer.status == 302, f"{self.username} tidak dapat masuk: {answer.said}"

    def send(self, path: str, pairs: Pairs, *, file: tuple[str, str, bytes] | None = None) -> Page:
        """Send a form; where it was taken, the page is not followed. Raises Away where nobody knows what became of it."""
        return self._ask("POST", path, pairs, file)

    def _ask(
        self, method: str, path: str, pairs: Pairs | None = None, file: tuple[str, str, bytes] | None = None
    ) -> Page:
        status, there, body = self._once(method, path, pairs, file)
        if status >= 500:
            self.failures += 1
            raise Away(f"{method} {path}: {status}")
        if method == "GET" and status in (301, 302):
            return self._ask("GET", there)
        return Page(there if status in (301, 302) else path, status, body.decode("utf-8", "replace"))

    def _once(
        self, method: str, path: str, pairs: Pairs | None, file: tuple[str, str, bytes] | None
    ) -> tuple[int, str, bytes]:
        body, media = _encoded(pairs or [], file) if pairs is not None else (None, "")
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if media:
            headers["Content-Type"] = media
        parts = urlsplit(path)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.failures += 1
            raise Away(f"{method} {path}: {type(error).__name__}") from error
        finally:
            connection.close()
        for header in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
        return response.status, response.headers.get("Location", ""), content


def _encoded(pairs: Pairs, file: tuple[str, str, bytes] | None) -> tuple[bytes, str]:
    if file is None:
        return urlencode(pairs).encode(), "application/x-www-form-urlencoded"
    edge = secrets.token_hex(12)
    field_name, name, content = file
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in pairs
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="{field_name}"; filename="{name}"\r\n'
    parts.append(head.encode() + b"Content-Type: application/pdf\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"
