"""Filled-in forms that come by mail: found among a message's attachments and laid before the unit they belong to.

A sender's address can be forged, so a message changes no figure: the form waits on the request's page, and somebody of
the unit looks at what it would change and applies it after logging in. The same message twice is the same arrival.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr

from himpun import clock
from himpun.archive import files
from himpun.archive.content import Kind, seen
from himpun.archive.journal import SYSTEM, act
from himpun.archive.models import Record
from himpun.errors import Refusal
from himpun.indicators.models.requests import DataRequest, FormArrival
from himpun.indicators.requests import rules
from himpun.indicators.requests.form import reading
from himpun.indicators.requests.forms import form_id
from himpun.notifications.actions import tell
from himpun.notifications.replies import reply
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office
from himpun.offices.today import today_in
from himpun.places import place
from himpun.spreadsheets.reading import MEDIA_TYPES, media_type_of, read_book

REFUSED = "indicators:form:refused"
MESSAGE_MAX_BYTES = 30_000_000
"""A larger message is not looked into: a form has some tens of kilobytes."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What became of one attachment: taken for a request, known already, or refused, in a sentence."""

    name: str
    accepted: bool
    sentence: str
    office: Office | None = None
    """Of a refused form: the office whose open request it is of, where it is one."""


class MailRefused(Refusal):
    """The attachment cannot be laid before any unit."""

    code = "surel-ditolak"


def receive(message: bytes) -> list[Arrived]:
    """Look for filled-in forms among a message's attachments; one answer for each workbook, or one that there is none."""
    if len(message) > MESSAGE_MAX_BYTES:
        return [Arrived("", False, f"Surel terlalu besar: paling banyak {MESSAGE_MAX_BYTES // 1_000_000} MB.")]
    read = BytesParser(policy=policy.default).parsebytes(message)
    sender = sender_of(str(read.get("From", "")))
    found = [_receive_one(name, content, sender) for name, content in _workbooks(read)]
    if any(not one.accepted for one in found) and not _is_automatic(read):
        _answer(found, sender, f"mail:{hashlib.sha256(message).hexdigest()[:40]}")
    return found or [Arrived("", False, "Surel ini tidak membawa lembar Excel (.xlsx).")]


def sender_of(written: str) -> str:
    """The one address in a From line, also beside a name with commas that nobody quoted; "" for none or several."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|\([^()]*\)', " ", written)
    angled = re.findall(r"<\s*([^<>\s]+@[^<>\s]+)\s*>", bare)
    if angled:
        return angled[0].casefold() if len(set(angled)) == 1 and bare.count("@") == len(angled) else ""
    return parseaddr(bare)[1].casefold() if bare.count("@") == 1 else ""


def _workbooks(message: EmailMessage) -> list[tuple[str, bytes]]:
    """The attachments that are workbooks by their content, their type or their name."""
    found = []
    for part in message.walk():
        content = part.get_payload(decode=True) if not part.is_multipart() else None
        if not isinstance(content, bytes):
            continue
        name = (part.get_filename() or "").strip()
        said = part.get_content_type() in MEDIA_TYPES or name.casefold().endswith((".xlsx", ".xls", ".ods"))
        if said or seen(content) in (Kind.XLSX, Kind.ODS):
            found.append((name[-200:] or "lampiran.xlsx", content))
    return found


def _is_automatic(message: EmailMessage) -> bool:
    """Whether a program wrote it: nobody reads an answer, and two programs would answer each other for ever."""
    said = str(message.get("Auto-Submitted", "no")).strip().casefold()
    return said != "no" or str(message.get("Precedence", "")).strip().casefold() in ("bulk", "list", "junk")


def _answer(found: Sequence[Arrived], sender: str, subject: str) -> None:
    """Tell who sent it why it was not taken: once for a message, and nobody who is not known here and sent no form of ours."""
    refused = [one for one in found if not one.accepted]
    office = next((one.office for one in found if one.office), None) or _office_of(sender)
    if not sender or office is None or Record.objects.filter(act=REFUSED, subject=subject).exists():
        return
    lines = "\n".join(f"- {one.name}: {one.sentence}" for one in refused)
    taken = "\n".join(f"- {one.sentence}" for one in found if one.accepted)
    also = f"\n\nYang diterima:\n{taken}" if taken else ""
    body = f"Lembar isian yang Anda kirim belum diterima:\n{lines}{also}\n\nPerbaiki, lalu kirim lagi, atau unggah di halamannya.\n"
    with act(office.code, at=clock.now(), author=SYSTEM) as turn:
        sent = reply(sender, "Himpun: lembar isian belum diterima", body)
        names = ", ".join(one.name for one in refused)[:200]
        turn.record(REFUSED, subject, {"name": names, "sender": sender, "answered": sent})


def _office_of(sender: str) -> Office | None:
    held = Holding.objects.present_on(clock.today()).filter(person__email__iexact=sender, person__is_active=True)
    one = held.select_related("post__office").first() if sender else None
    return one.post.office if one else None


def _receive_one(name: str, content: bytes, sender: str) -> Arrived:
    request = None
    try:
        request = _request_of(name, content)
        rules.check_is_open(request.state, request.get_state_display(), DataRequest.OPEN)
        _check_sender(request, sender)
        return _lay_before(request, name, content, sender)
    except Refusal as refusal:
        return Arrived(name, False, str(refusal), request.office if request else None)


def _request_of(name: str, content: bytes) -> DataRequest:
    """The open request that a form belongs to. Raises BookRefused, FormRefused or MailRefused."""
    wanted = reading.read_form(read_book(name, content)).form_id
    parts = wanted.split("/")
    if len(parts) != 4 or not parts[2].isdecimal():
        raise MailRefused(f"{name}: bukan formulir dari Himpun. Unduh formulirnya dari halaman permintaan.")
    office, period, number, unit = parts
    asked = DataRequest.objects.filter(
        office__code=office, period=period, round=int(number[:6]), unit__code=unit
    ).select_related("office", "unit")
    request = asked.first()
    if request is None or form_id(request) != wanted:
        raise MailRefused(f"{name}: permintaan {wanted} tidak ada di sini.")
    return request


def _check_sender(request: DataRequest, sender: str) -> None:
    """Only from an address of who holds the unit's post today and is not on leave."""
    held = Holding.objects.present_on(today_in(request.office_id)).filter(post=request.unit_id, person__is_active=True)
    if not sender or not held.filter(person__email__iexact=sender).exists():
        raise MailRefused(
            f"Alamat {sender or 'tanpa nama'} bukan surel pemangku {request.unit.title} hari ini. Kirim dari surel yang tercatat, atau unggah di halamannya."
        )


def _lay_before(request: DataRequest, name: str, content: bytes, sender: str) -> Arrived:
    sha256 = files.store(content, media_type=media_type_of(read_book(name, content)))
    with act(request.office.code, at=clock.now(), author=SYSTEM) as turn:
        arrival, made = FormArrival.objects.get_or_create(
            request=request, sha256=sha256, defaults={"name": name, "sender": sender, "at": turn.at}
        )
        if made:
            turn.record(
                "indicators:form:arrived",
                f"request:{request.pk}",
                {"name": name, "sender": sender, "unit": request.unit.title, "period": request.period},
                file_sha256=sha256,
            )
            text = f"Lembar isian {name} datang lewat surel. Periksa dan terapkan di halaman permintaan."
            tell(turn, posts=[request.unit], text=text, place=place("request", request.pk))
    known = "" if made else " (sudah diterima sebelumnya)"
    return Arrived(arrival.name, True, f"{name}: menunggu diperiksa {request.unit.title}{known}.")


def waiting_for(request: DataRequest) -> list[FormArrival]:
    """The forms that came for a request and nobody has looked at yet."""
    return list(request.arrivals.filter(handled_at__isnull=True))


def handled(request: DataRequest, sha256: str) -> None:
    """A form that came was applied or put aside by its unit."""
    request.arrivals.filter(sha256=sha256, handled_at__isnull=True).update(handled_at=clock.now())
