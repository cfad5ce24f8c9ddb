"""The channels that carry messages out of the application: e-mail, and whatever the operator set up by apprise.

A channel of the operator is a line of HIMPUN_CHANNELS: a name and an apprise address with `{alamat}` where a person's
address goes. People give only that address: it is checked, quoted, and can never stand where a host is named. With
`{kunci}` in the template every try carries the same key, so that the receiver knows a copy.
"""

import importlib.util
import logging
import re
import smtplib
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property, lru_cache
from typing import Any, Protocol
from urllib.parse import quote, urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.validators import validate_email

from himpun import clock
from himpun.errors import FieldErrors

MAIL = "surel"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
NOT_SENDING = {"django.core.mail.backends.console.EmailBackend", "django.core.mail.backends.dummy.EmailBackend"}
"""Mail backends that send nothing to anybody: with them there is no channel "surel"."""
TIMEOUT = 10
"""Seconds a mail server may take to answer."""
LABELS = {"whatsapp": "WhatsApp", "sms": "SMS"}
"""Names that are not written as other words are."""

_NAME = re.compile(r"[a-z][a-z0-9-]{1,29}\Z")
_ADDRESS = re.compile(r"[@+]?[A-Za-z0-9][A-Za-z0-9@._-]{1,99}\Z", re.ASCII)
_NOT_REACHED = re.compile(
    r"Failed to establish|ConnectTimeout|NameResolution|Connection refused|SSLError", re.IGNORECASE
)


class NotSent(Exception):
    """The channel did not take the message; `down`: it is not there for anybody now."""

    def __init__(self, reason: str, *, down: bool = False) -> None:
        super().__init__(" ".join(reason.split())[:400])
        self.down = down


class Unknown(NotSent):
    """The message was handed over and no answer came: it may have arrived."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is handed to a channel: one message or a digest. `key` is the same at every try; at `leave` its reader chooses
    what they want to hear of."""

    key: UUID
    address: str
    subject: str
    body: str
    leave: str = ""
    files: tuple[tuple[str, bytes, str], ...] = ()
    """Name, content and media type of what goes along; by mail only."""


class Sender(Protocol):
    """A channel opened for one run of the outbox."""

    def send(self, parcel: Parcel) -> str:
        """Hand it over; returns the proof. Raises NotSent or Unknown."""
        ...

    def close(self) -> None: ...


class ChannelKind(Protocol):
    """One way to reach people. `keyed`: its receiver knows a copy by the key, so trying again does no harm."""

    @property
    def label(self) -> str: ...

    @property
    def hint(self) -> str: ...

    @property
    def keyed(self) -> bool: ...

    def checked(self, address: str) -> str:
        """The address as it is kept. Raises FieldErrors."""
        ...

    def open(self) -> Sender: ...


def channels() -> dict[str, ChannelKind]:
    """Every channel there is here, by name."""
    mail: dict[str, ChannelKind] = {} if settings.EMAIL_BACKEND in NOT_SENDING else {MAIL: Mail()}
    return {**mail, **read_channels(settings.CHANNELS)}


# --- e-mail ---------------------------------------------------------------------------------------------------------


class Mail:
    """E-mail by Django's settings (EMAIL_URL)."""

    label = "Surel"
    hint = "Alamat surel, misalnya nama@contoh.go.id."
    keyed = True

    def checked(self, address: str) -> str:
        address = address.strip()
        try:
            validate_email(address)
            if not address.isprintable() or "@[" in address:
                raise ValidationError(address)
        except ValidationError:
            raise FieldErrors(
                {"address": f"“{address}” bukan alamat surel. Tulis seperti nama@contoh.go.id."}
            ) from None
        return address

    def open(self) -> Sender:
        return MailSender()


class AnsweringBackend(EmailBackend):
    """SMTP that keeps what the server answered at last: the proof that it took the message."""

    answer = ""

    @property
    def connection_class(self) -> Any:
        """smtplib's connection, with an ear for the answer to DATA."""
        backend = self

        class Answering(super().connection_class):  # type: ignore[misc]
            def data(self, msg: Any) -> tuple[int, bytes]:
                code, reply = super().data(msg)
                backend.answer = f"{code} {reply.decode('utf-8', 'replace')}"
                return code, reply

        return Answering


class MailSender:
    """One connection to the mail server for a whole run; opened again after a failure."""

    @cached_property
    def connection(self) -> Any:
        own = f"{__name__}.{AnsweringBackend.__name__}" if settings.EMAIL_BACKEND == SMTP else None
        return get_connection(own, timeout=settings.EMAIL_TIMEOUT or TIMEOUT)

    def send(self, parcel: Parcel) -> str:
        self._connect()
        identity = message_id(parcel.key)
        headers = {
            "Message-ID": identity,
            "Auto-Submitted": "auto-generated",
            **({"List-Unsubscribe": f"<{parcel.leave}>"} if parcel.leave else {}),
        }
        message = EmailMessage(parcel.subject, parcel.body, None, [parcel.address], headers=headers)
        for name, content, media_type in parcel.files:
            message.attach(name, content, media_type)
        message.connection = self.connection
        try:
            message.send()
        except (smtplib.SMTPServerDisconnected, TimeoutError, ConnectionError) as error:
            self.close()
            raise Unknown(f"Sambungan ke peladen surel terputus: {error}") from error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self.close()
            raise NotSent(f"Peladen surel menolak: {_said(error)}") from error
        answer = getattr(self.connection, "answer", "")
        return f"{answer} · Message-ID {identity}".removeprefix(" · ")[:400]

    def _connect(self) -> None:
        try:
            self.connection.open()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise NotSent(f"Peladen surel tidak dapat dihubungi: {_said(error)}", down=True) from error

    def close(self) -> None:
        try:
            self.connection.close()
        except (smtplib.SMTPException, OSError):
            self.__dict__.pop("connection", None)


def message_id(key: UUID) -> str:
    """The Message-ID of every try of a parcel."""
    return f"<{key}@{urlsplit(settings.BASE_URL).hostname or 'himpun'}>"


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {reply.decode('utf-8', 'replace')}" for code, reply in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        return f"{error.smtp_code} {reply.decode('utf-8', 'replace') if isinstance(reply, bytes) else reply}"
    return str(error) or type(error).__name__


# --- channels of the operator ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gateway:
    """A channel by apprise: a template of the operator, in which people only fill in an address."""

    name: str
    template: str

    hint = "Nomor atau nama akun di saluran itu: huruf, angka, dan . _ - @ +."

    @property
    def label(self) -> str:
        return LABELS.get(self.name, self.name.replace("-", " ").capitalize())

    @property
    def keyed(self) -> bool:
        return "{kunci}" in self.template

    def url(self, address: str, key: UUID | str = "") -> str:
        """The apprise address of one person. Holds the operator's secret: never shown, never logged."""
        return self.template.replace("{alamat}", quote(address, safe="")).replace("{kunci}", str(key))

    def service(self, address: str, key: UUID | str = "") -> Any:
        """The apprise service for an address; None when it takes no such address."""
        import apprise

        return apprise.Apprise.instantiate(self.url(address, key), suppress_exceptions=True)

    def checked(self, address: str) -> str:
        address = address.strip()
        if not _ADDRESS.match(address) or self.service(address, "periksa") is None:
            raise FieldErrors({"address": f"“{address}” bukan alamat {self.label}. {self.hint}"})
        return address

    def open(self) -> Sender:
        return GatewaySender(self)


@dataclass(frozen=True)
class GatewaySender:
    """Hands a parcel to an apprise service; what it logs tells a refusal from a lost answer."""

    gateway: Gateway

    def send(self, parcel: Parcel) -> str:
        import apprise

        service = self.gateway.service(parcel.address, parcel.key)
        if service is None:
            raise NotSent("Saluran tidak menerima alamat ini. Periksa alamatnya di Pesan → Saluran.")
        post = apprise.Apprise()
        post.add(service)
        with apprise.LogCapture(level=logging.DEBUG, fmt="%(levelname)s %(message)s") as heard:  # type: ignore[no-untyped-call]
            taken = post.notify(title=parcel.subject, body=parcel.body, body_format=apprise.NotifyFormat.TEXT)
            log = heard.getvalue()
        if not taken:
            raise _failure(log)
        return f"{service.service_name} menerima pada {clock.now().astimezone(UTC):%Y-%m-%d %H.%M.%S} UTC"

    def close(self) -> None:
        """Nothing stays open."""


def _failure(log: str) -> NotSent:
    """What apprise's log says: refused, not reached, or handed over without an answer.

    Only its warnings are shown; its debug lines name the whole address, with the operator's secret.
    """
    warnings = [line.partition(" ")[2] for line in log.splitlines() if line.startswith(("WARNING", "ERROR"))]
    reason = f"Saluran menolak: {warnings[-1]}" if warnings else "Saluran menolak tanpa keterangan."
    if "Socket Exception" not in log:
        return NotSent(reason)
    if _NOT_REACHED.search(log):
        return NotSent(f"Saluran tidak dapat dihubungi: {warnings[-1] if warnings else ''}", down=True)
    return Unknown("Saluran tidak menjawab setelah pesan diserahkan.")


@lru_cache(maxsize=8)
def read_channels(text: str) -> dict[str, ChannelKind]:
    """HIMPUN_CHANNELS: "nama=templat;nama=templat". Raises ImproperlyConfigured, saying what is accepted."""
    found: dict[str, ChannelKind] = {}
    for item in filter(None, (part.strip() for part in text.split(";"))):
        name, _, template = (part.strip() for part in item.partition("="))
        found[name] = _gateway(name, template, found)
    return found


def _gateway(name: str, template: str, known: dict[str, ChannelKind]) -> Gateway:
    if not _NAME.match(name) or name == MAIL or name in known:
        raise _wrong(
            f"nama saluran ke-{len(known) + 1} tidak dapat dipakai: huruf kecil, angka, dan tanda hubung, sekali saja, bukan “{MAIL}”"
        )
    host = urlsplit(template.replace("{", "%7B").replace("}", "%7D")).netloc
    if template.count("{alamat}") != 1 or "%7B" in host or "://" not in template:
        raise _wrong(f"templat saluran “{name}” harus memuat {{alamat}} satu kali, dan tidak di tempat nama host")
    if importlib.util.find_spec("apprise") is None:
        raise _wrong("paket apprise belum terpasang; jalankan pip install 'himpun[chat]'")
    gateway = Gateway(name, template)
    if not any(gateway.service(example, "periksa") for example in ("628123456789", "@contoh", "contoh@contoh.example")):
        raise _wrong(f"templat saluran “{name}” tidak dikenal apprise; lihat github.com/caronc/apprise/wiki")
    return gateway


def _wrong(why: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"HIMPUN_CHANNELS: {why}. Yang diterima: telegram=tgram://TOKEN/{{alamat}};whatsapp=json://127.0.0.1:9000/wa/{{alamat}}"
    )
