"""Registering letters of every kind, and writing dispositions."""

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
from himpun.letters.models import INSTRUCTIONS, REGISTER_OF, Disposition, Letter
from himpun.letters.registers import issue_number, use_reserved
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
        last = _last_in_agenda(office, year)
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


def _last_in_agenda(office: Office, year: int) -> int:
    return Letter.objects.filter(office=office, agenda_year=year).aggregate(last=Max("agenda_no"))["last"] or 0


def register_outgoing(
    *,
    office: Office,
    kind: str,
    fields: dict[str, Any],
    by: Person,
    scan: Scan | None = None,
    reserved: int | None = None,
) -> Letter:
    """Enter a letter or note that the office itself wrote, with the next number of its register or one that was reserved.

    `kind`: of `REGISTER_OF`. `fields`: dated, sender (who signs), recipient, subject, and optionally attachment, nature,
    classification (the number's {kode}), note. Raises HoldsNoPost, FieldErrors or NumberNotFree.
    """
    actor = acting_in(by, office.pk, roles=MAY_REGISTER_LETTERS, to="mencatat surat keluar")
    fields = {name: typed.line(value) if isinstance(value, str) else value for name, value in fields.items()}
    _check_outgoing(kind, fields, office.today())
    sha256 = _store(scan) if scan else ""
    with act(office.code, at=clock.now(), author=actor.author) as turn:
        year = fields["dated"].year
        letter = Letter.objects.create(
            office=office,
            kind=kind,
            agenda_year=year,
            agenda_no=_last_in_agenda(office, year) + 1,
            received_on=fields["dated"],
            file_sha256=sha256,
            file_name=scan.name if scan else "",
            registered_at=turn.at,
            registered_by=actor.name,
            **fields,
        )
        subject, register = f"letter:{letter.pk}", REGISTER_OF[Letter.Kind(kind)]
        if reserved is not None:
            number = use_reserved(turn, office=office, register=register, pk=reserved, subject=subject)
        else:
            code = fields.get("classification", "")
            number = issue_number(
                office=office, register=register, subject=subject, code=code, turn=turn, day=fields["dated"]
            )
        Letter.objects.filter(pk=letter.pk).update(number=number)
        letter.number = number
        data = {"agenda": f"{letter.agenda_no}/{year}", "kind": letter.get_kind_display(), "number": number}
        data |= {"recipient": letter.recipient, "subject": letter.subject}
        turn.record("letters:letter:written", subject, data, file_sha256=sha256)
    return letter


def _check_outgoing(kind: str, fields: dict[str, Any], today: date) -> None:
    wrong, longest = typed.Complaints(), {one.name: one.max_length for one in Letter._meta.fields}
    wrong.choice("kind", kind, list(REGISTER_OF), "Pilih Surat keluar atau Nota dinas.")
    needed = {"sender": "Isi penanda tangan.", "recipient": "Isi kepada siapa surat ini.", "subject": "Isi hal surat."}
    for name in (*needed, "attachment", "classification", "note"):
        wrong.text(name, str(fields.get(name, "")), longest[name] or typed.Text.FIELD, missing=needed.get(name, ""))
    natures = f"Sifat surat tidak dikenal. Pilih: {', '.join(Letter.Nature.labels)}."
    wrong.choice("nature", fields.get("nature", Letter.Nature.ORDINARY), Letter.Nature.values, natures)
    dated = wrong.day("dated", fields.get("dated"), typed.Day.RECEIVED, today, missing="Isi tanggal surat.")
    if dated and dated > today:
        wrong["dated"] = "Tanggal surat belum terjadi; periksa kembali tanggalnya."
    elif dated and dated.year != today.year:
        wrong["dated"] = "Nomor diambil dari register tahun ini, jadi tanggalnya harus dalam tahun ini."
    wrong.refuse()


def same_letter(office: Office, sender: str, number: str) -> Letter | None:
    """The letter of this sender and number that was entered before, however its marks, blanks and capitals are typed."""
    incoming = Letter.objects.filter(office=office, kind=Letter.Kind.INCOMING).order_by("pk")
    rows = incoming.values_list("pk", "sender", "number")
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
    if letter.kind != Letter.Kind.INCOMING and fields["number"] != letter.number:
        raise FieldErrors({"number": f"Nomornya diambil dari register dan tetap {letter.number}."})
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
