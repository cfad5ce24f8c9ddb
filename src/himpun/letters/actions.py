"""Registering letters, writing dispositions, giving out numbers."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max

from himpun import clock, moments, typed
from himpun.archive import files
from himpun.archive.content import SCANS, ContentRefused, check
from himpun.archive.incoming import Incoming
from himpun.archive.journal import Turn, act
from himpun.errors import Conflict, FieldErrors
from himpun.letters.models import INSTRUCTIONS, REGISTERS, Disposition, IssuedNumber, Letter, NumberRegister
from himpun.letters.numbering import DEFAULT_PATTERN, check_usable, fill, is_good, meet
from himpun.offices.acting import Actor, acting_in
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_REGISTER_LETTERS


@dataclass(frozen=True, slots=True)
class Scan:
    """The letter itself, as scanned."""

    name: str
    content: bytes | Incoming


class AlreadyRegistered(Conflict):
    """A letter of this number and sender stands in the agenda; `earlier` is it."""

    code = "surat-sudah-dicatat"

    def __init__(self, earlier: Letter) -> None:
        self.earlier = earlier
        super().__init__(
            f"Surat dengan nomor dan pengirim ini sudah dicatat pada agenda {earlier.agenda_no}/{earlier.agenda_year}, "
            f"diterima {moments.day(earlier.received_on)}. Bila ini memang surat lain, centang lalu simpan lagi."
        )


class LetterInUse(Conflict):
    """Something was done with the letter; what was acted on does not change afterwards."""

    code = "surat-sudah-ditindaklanjuti"

    def __init__(self) -> None:
        super().__init__(
            "Surat ini sudah ditindaklanjuti, jadi catatannya tidak diubah lagi. Tulis pembetulannya dalam disposisi, "
            "atau catat surat yang benar sebagai surat baru."
        )


def register_letter(
    *, office: Office, fields: dict[str, Any], by: Person, scan: Scan | None = None, again: bool = True
) -> Letter:
    """Enter a letter in the agenda; its agenda number is the next of the year, without gaps.

    `fields`: number, dated, received_on, sender, subject, and optionally attachment, nature, classification, note.
    Raises HoldsNoPost or FieldErrors; without `again` AlreadyRegistered where its number and sender are known.
    """
    actor = acting_in(by, office.pk, roles=MAY_REGISTER_LETTERS, to="mencatat surat masuk")
    fields = {name: typed.line(value) if isinstance(value, str) else value for name, value in fields.items()}
    _check_letter(fields, office.today())
    sha256 = _store(scan) if scan else ""
    with act(office.code, at=clock.now(), author=actor.author) as turn:
        if not again and (earlier := same_letter(office, fields["sender"], fields["number"])):
            raise AlreadyRegistered(earlier)
        year = fields["received_on"].year
        last = Letter.objects.filter(office=office, agenda_year=year).aggregate(last=Max("agenda_no"))["last"] or 0
        letter = Letter.objects.create(
            office=office,
            agenda_year=year,
            agenda_no=last + 1,
            file_sha256=sha256,
            file_name=scan.name if scan else "",
            registered_at=turn.at,
            registered_by=actor.name,
            **fields,
        )
        data = {
            "agenda": f"{letter.agenda_no}/{year}",
            "number": letter.number,
            "sender": letter.sender,
            "subject": letter.subject,
        }
        turn.record("letters:letter:registered", f"letter:{letter.pk}", data, file_sha256=sha256)
    return letter


def same_letter(office: Office, sender: str, number: str) -> Letter | None:
    """The letter of this sender and number that was entered before, however its marks, blanks and capitals are typed."""
    rows = Letter.objects.filter(office=office).order_by("pk").values_list("pk", "sender", "number")
    found = next(
        (pk for pk, *words in rows if [_plain(one) for one in words] == [_plain(sender), _plain(number)]), None
    )
    return Letter.objects.get(pk=found) if found else None


def _plain(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalnum())


def is_untouched(letter: Letter) -> bool:
    """Whether nothing was done with a letter yet: no disposition, no cycle."""
    fresh = Letter.objects.filter(pk=letter.pk, dispositions__isnull=True, cycles__isnull=True)
    return fresh.exists()


def mend_letter(*, letter: Letter, fields: dict[str, Any], by: Person, scan: Scan | None = None) -> Letter:
    """Write down anew what was entered wrongly, until the first act on it; the journal keeps what stood there.

    Raises HoldsNoPost, LetterInUse or FieldErrors.
    """
    actor = acting_in(by, letter.office_id, roles=MAY_REGISTER_LETTERS, to="memperbaiki catatan surat")
    fields = {name: typed.line(value) if isinstance(value, str) else value for name, value in fields.items()}
    _check_letter(fields, letter.office.today())
    if fields["received_on"].year != letter.agenda_year:
        told = f"Nomor agendanya dari tahun {letter.agenda_year}, jadi tahun diterimanya tidak dapat diganti."
        raise FieldErrors({"received_on": told})
    if scan:
        fields |= {"file_sha256": _store(scan), "file_name": scan.name}
    with act(letter.office.code, at=clock.now(), author=actor.author) as turn:
        if not is_untouched(letter):
            raise LetterInUse
        letter.refresh_from_db()
        before = {name: getattr(letter, name) for name in fields}
        changed = {name: value for name, value in fields.items() if value != before[name]}
        if not changed:
            raise FieldErrors({"subject": "Belum ada yang diubah. Perbaiki isiannya, atau tekan Batal."})
        Letter.objects.filter(pk=letter.pk).update(**changed)
        data = {
            "agenda": f"{letter.agenda_no}/{letter.agenda_year}",
            "number": letter.number,
            "before": {name: str(before[name]) for name in changed},
            "after": {name: str(value) for name, value in changed.items()},
        }
        turn.record("letters:letter:mended", f"letter:{letter.pk}", data, file_sha256=fields.get("file_sha256", ""))
        letter.refresh_from_db()
    return letter


def _store(scan: Scan) -> str:
    try:
        kind = check(scan.content, scan.name, SCANS)
    except ContentRefused as refusal:
        raise FieldErrors({"scan": str(refusal)}) from refusal
    return files.store(scan.content, media_type=kind.media_type)


def _check_letter(fields: dict[str, Any], today: date) -> None:
    wrong = typed.Complaints()
    for column in Letter._meta.fields:
        missing = f"Isi {_NEEDED[column.name]}." if column.name in _NEEDED else ""
        wrong.text(
            column.name, str(fields.get(column.name, "")), column.max_length or typed.Text.FIELD, missing=missing
        )
    natures = f"Sifat surat tidak dikenal. Pilih: {', '.join(Letter.Nature.labels)}."
    wrong.choice("nature", fields.get("nature", Letter.Nature.ORDINARY), Letter.Nature.values, natures)
    dated = wrong.day("dated", fields.get("dated"), typed.Day.LETTER, today, missing="Isi tanggal surat.")
    missing = "Isi tanggal surat diterima."
    received = wrong.day("received_on", fields.get("received_on"), typed.Day.RECEIVED, today, missing=missing)
    if received and received > today:
        wrong["received_on"] = "Tanggal diterima belum terjadi; periksa kembali tanggalnya."
    if dated and received and not wrong and dated > received:
        wrong["dated"] = "Tanggal surat melewati tanggal diterima; periksa kembali keduanya."
    wrong.refuse()


_NEEDED = {"number": "nomor surat", "sender": "asal surat", "subject": "hal surat"}


def write_disposition(
    turn: Turn, *, letter: Letter, actor: Actor, to: list[Post], instructions: list[str], note: str, subject: str
) -> Disposition:
    """Write a disposition on `letter` within a turn; it hangs under the last one that was addressed to this post.

    Raises FieldErrors when nobody is addressed or there is neither an instruction nor a note.
    """
    note = typed.paragraphs(note)
    _check_disposition(to, instructions, note)
    above = letter.dispositions.filter(addressees=actor.post_id).order_by("-at", "-id").first()
    disposition = Disposition.objects.create(
        letter=letter,
        parent=above,
        post_id=actor.post_id,
        post_title=actor.title,
        person_id=actor.person_id,
        person_name=actor.name,
        instructions=instructions,
        note=note,
        subject=subject,
        at=turn.at,
    )
    disposition.addressees.set(to)
    data = {
        "letter": letter.number,
        "to": [post.title for post in to],
        "instructions": instructions,
        "note": note,
    }
    turn.record("letters:letter:disposed", f"letter:{letter.pk}", {**data, "cycle": subject})
    return disposition


def _check_disposition(to: list[Post], instructions: list[str], note: str) -> None:
    wrong = typed.Complaints()
    if not to:
        wrong["to"] = "Pilih sekurangnya satu penerima disposisi."
    if not instructions and not note:
        wrong["instructions"] = "Centang sekurangnya satu perintah atau tulis catatan."
    if set(instructions) - set(INSTRUCTIONS):
        wrong["instructions"] = "Ada perintah yang tidak dikenal; muat ulang halaman lalu pilih lagi."
    wrong.text("note", note, typed.Text.NOTE)
    wrong.refuse()


def issue_number(*, office: Office, register: str, subject: str, unit: str = "", turn: Turn) -> str:
    """Give out the next number of a register (within a turn, so an act that fails leaves no gap).

    Registers whose patterns can give the same text count in one sequence, so that no text is given twice. What an
    earlier pattern has given already is passed over.
    """
    day = office.today()
    pattern = _pattern_of(office, register)
    rows = _registers(office, register, day.year)
    row = next(one for one in rows if one.name == register)
    check_usable(pattern)
    family = [one for one in rows if _meets(pattern, _pattern_of(office, one.name), day.year)]
    sequence = max(one.last for one in family) + 1

    def written() -> str:
        return fill(pattern, sequence=sequence, day=day, unit=unit or office.code.upper())

    while IssuedNumber.objects.filter(register__office=office, register__year=day.year, text=written()).exists():
        sequence += 1
    NumberRegister.objects.filter(pk=row.pk).update(last=sequence)
    IssuedNumber.objects.create(register=row, sequence=sequence, text=written(), subject=subject, at=turn.at)
    turn.record("letters:number:issued", subject, {"register": register, "number": written()})
    return written()


def _meets(pattern: str, other: str, year: int) -> bool:
    return is_good(other) and meet(pattern, other, year)


def _pattern_of(office: Office, register: str) -> str:
    return str(office.number_patterns.get(register) or DEFAULT_PATTERN)


def _registers(office: Office, register: str, year: int) -> list[NumberRegister]:
    """The registers of the year, made where they are not there yet and held until the turn ends."""
    held = NumberRegister.objects.filter(office=office, year=year).select_for_update().order_by("pk")
    rows = list(held)
    there = {one.name for one in rows}
    lacking = sorted({register, *REGISTERS, *_with_good_pattern(office)} - there)
    for name in lacking:
        NumberRegister.objects.get_or_create(office=office, name=name, year=year)
    return list(held.all()) if lacking else rows


def _with_good_pattern(office: Office) -> set[str]:
    return {name for name, pattern in office.number_patterns.items() if is_good(str(pattern))}
