"""Leave: recording, changing, ending and cancelling it, and the Plh. holdings that it gives its substitute.

Only who may manage the office that looks after the person does any of this. Each Plh. holding needs the consents that
any holding needs (`rules.consents_needed`), and waits for them as an appointment of the leave. While a leave lasts its person acts for
none of their posts, here or elsewhere; the substitute gets a Plh. holding of each post the person holds in this office
(definitif, Pj., Plt.), for the days that both last. A mandate or a Plh. of the person is not handed on.

What was in force is never undone: a leave that has begun can be ended or lengthened, its Plh. holdings are ended. Only
a holding that has not begun is taken away, and the journal keeps it (docs/decisions/0012).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from himpun import typed
from himpun.archive.journal import Author
from himpun.errors import Conflict, FieldErrors
from himpun.offices.acting import acting_in
from himpun.offices.holdings.appointments import LetterFile, propose, withdraw_those_of
from himpun.offices.holdings.terms import NobodyManages, Terms, holding_data
from himpun.offices.journals import Journals, journals
from himpun.offices.models.holdings import Appointment, Holding, Leave
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.queries import records_leave_of
from himpun.offices.rules import MAY_MANAGE_OFFICE, NotOurs
from himpun.offices.spans import DAY, Span, shared, span_of, uncovered
from himpun.offices.vocabulary import MANDATES
from himpun.typed import line

LONGEST = timedelta(days=731)
"""Of one leave."""

HANDED_ON = (Holding.Kind.DEFINITIF, Holding.Kind.PJ, Holding.Kind.PLT)


class LeaveOver(Conflict):
    """The leave has ended: it is history."""

    code = "cuti-sudah-berakhir"

    def __init__(self, until: date) -> None:
        super().__init__(f"Cuti ini sudah berakhir pada {until:%d-%m-%Y} dan tidak diubah lagi. Catat cuti yang baru.")


class LeaveBegun(Conflict):
    """The leave has been in force before today, so that it can be ended but not cancelled."""

    code = "cuti-sudah-berjalan"

    def __init__(self) -> None:
        super().__init__(
            "Cuti ini sudah berjalan sejak sebelum hari ini, jadi tidak dapat dibatalkan. Akhiri dengan hari terakhirnya."
        )


@dataclass(frozen=True, slots=True)
class LeaveFields:
    """What a leave says."""

    kind: str
    since: date | None
    until: date | None
    letter: str = ""
    substitute: Person | None = None
    file: LetterFile | None = None

    @property
    def span(self) -> Span:
        """The days, once they are known to be there."""
        assert self.since  # noqa: S101 - asked only of checked fields
        assert self.until  # noqa: S101
        return self.since, self.until


def record_leave(*, office: Office, person: Person, fields: LeaveFields, by: Person) -> Leave:
    """Record that a person is on leave, and let the substitute stand in.

    Raises HoldsNoPost, OnLeave, NotOurs, FieldErrors or NobodyManages.
    """
    author, today = _manager(by, office), office.today()
    if not records_leave_of(office, person, today):
        raise NotOurs(person.name)
    _refuse_wrong(fields, person, today)
    with journals(office, fields.substitute, author=author) as turn:
        _refuse_overlap(fields, person, None)
        if not _posts_handed_on(office, person, fields.span):
            raise FieldErrors({"person": f"{person.name} tidak memangku jabatan di kantor ini pada hari-hari itu."})
        since, until = fields.span
        values = {"kind": fields.kind, "since": since, "until": until, "letter": line(fields.letter)}
        leave = Leave.objects.create(office=office, person=person, substitute=fields.substitute, **values)
        stand_in(turn, leave, since, recorder=by, file=fields.file)
        _check_managed(leave, today)
        turn.own.record("offices:leave:recorded", f"person:{person.pk}", leave_data(leave))
    return leave


def change_leave(*, leave: Leave, fields: LeaveFields, by: Person) -> Leave:
    """Correct or lengthen a leave that is not over, or give it another substitute, who stands in from today.

    The first day of one that has begun stays. Raises HoldsNoPost, OnLeave, LeaveOver, FieldErrors or NobodyManages.
    """
    author, today = _manager(by, leave.office), leave.office.today()
    _refuse_wrong(fields, leave.person, today, leave)
    with journals(leave.office, fields.substitute, leave.substitute, author=author) as turn:
        before = _fresh(leave, today)
        _refuse_overlap(fields, leave.person, leave)
        was = leave_data(before)
        since, until = fields.span
        Leave.objects.filter(pk=leave.pk).update(
            kind=fields.kind, since=since, until=until, letter=line(fields.letter), substitute=fields.substitute
        )
        leave.refresh_from_db()
        after = leave_data(leave)
        if after != was:
            _follow(turn, leave, today, recorder=by, file=fields.file)
            _check_managed(leave, today)
            turn.own.record("offices:leave:changed", f"person:{leave.person_id}", {**after, "before": was})
    return leave


def end_leave(*, leave: Leave, until: date | None, by: Person) -> Leave:
    """The person is back before the leave's last day: `until` becomes its last day, and that of its Plh. holdings.

    At the earliest yesterday, since the substitute may have acted today. Raises HoldsNoPost, LeaveOver, FieldErrors.
    """
    author, today = _manager(by, leave.office), leave.office.today()
    with journals(leave.office, leave.substitute, author=author) as turn:
        was = _fresh(leave, today)
        _refuse_end(was, until, today)
        Leave.objects.filter(pk=leave.pk).update(until=until)
        leave.refresh_from_db()
        _follow(turn, leave, today, recorder=by)
        turn.own.record(
            "offices:leave:ended", f"person:{leave.person_id}", {**leave_data(leave), "planned": was.until.isoformat()}
        )
    return leave


def cancel_leave(*, leave: Leave, by: Person) -> None:
    """Take away a leave that begins today or later. A Plh. holding that begins today stays, until this evening.

    Raises HoldsNoPost, LeaveOver or LeaveBegun.
    """
    author, today = _manager(by, leave.office), leave.office.today()
    with journals(leave.office, leave.substitute, author=author) as turn:
        found = _fresh(leave, today)
        if found.since < today:
            raise LeaveBegun
        for holding in _made_by(found):
            _end_or_withdraw(turn, holding, today)
        withdraw_those_of(turn, found, "Cutinya dibatalkan")
        Holding.objects.filter(leave=found).update(leave=None)
        turn.own.record("offices:leave:cancelled", f"person:{found.person_id}", leave_data(found))
        found.delete()


def load_leave(written: Journals, *, office: Office, person: Person, fields: LeaveFields) -> Leave:
    """Make or follow a leave of the office's files, checked there, within the turn of loading."""
    since, until = fields.span
    values = {"office": office, "kind": fields.kind, "until": until, "letter": fields.letter}
    before = Leave.objects.filter(person=person, since=since).first()
    leave, made = Leave.objects.update_or_create(
        person=person, since=since, defaults={**values, "substitute": fields.substitute}
    )
    if made:
        stand_in(written, leave, since, recorder=None)
    elif (before and leave_data(before) != leave_data(leave)) or not leave.appointments.filter(
        state=Appointment.State.WAITING
    ).exists():
        _follow(written, leave, office.today(), recorder=None)
    return leave


def leave_data(leave: Leave) -> dict[str, str]:
    """A leave as the journal keeps it."""
    return {
        "name": leave.person.name,
        "person": leave.person.username,
        "kind": leave.kind,
        "since": leave.since.isoformat(),
        "until": leave.until.isoformat(),
        "letter": leave.letter,
        "substitute": leave.substitute.name if leave.substitute else "",
    }


def _manager(by: Person, office: Office) -> Author:
    return acting_in(by, office.pk, roles=MAY_MANAGE_OFFICE, to="mencatat cuti").author


def _fresh(leave: Leave, today: date) -> Leave:
    """The leave as it is now, within the turn. Raises LeaveOver."""
    found = Leave.objects.select_related("person", "office", "substitute").filter(pk=leave.pk).first()
    if found is None or found.until < today:
        raise LeaveOver(found.until if found else leave.until)
    return found


# --- what is refused --------------------------------------------------------------------------------------------------


def _refuse_wrong(fields: LeaveFields, person: Person, today: date, leave: Leave | None = None) -> None:
    wrong = _wrong_dates(fields, today)
    if leave and leave.since <= today and fields.since and fields.since != leave.since:
        wrong["since"] = f"Cuti ini sudah mulai {leave.since:%d-%m-%Y}; hari pertamanya tidak dapat diubah lagi."
    wrong.choice("kind", fields.kind, Leave.Kind.values(), "Pilih salah satu: cuti, sakit, atau dinas luar.")
    wrong.text("letter", line(fields.letter), typed.Text.NAME)
    if fields.substitute is not None and fields.substitute.pk == person.pk:
        wrong["substitute"] = "Pengganti harus orang lain."
    elif fields.substitute is not None and not fields.substitute.is_active:
        wrong["substitute"] = f"Akses {fields.substitute.name} ditutup. Pilih pengganti lain."
    wrong.refuse()


def _wrong_dates(fields: LeaveFields, today: date) -> typed.Complaints:
    wrong = typed.Complaints()
    wrong.day("since", fields.since, typed.Day.LEAVE, today, missing="Isi hari pertama.")
    wrong.day("until", fields.until, typed.Day.LEAVE, today, missing="Isi hari terakhir.")
    if wrong or fields.until is None:
        return wrong
    if fields.since and fields.until < fields.since:
        wrong["until"] = "Hari terakhir mendahului hari pertama; periksa kembali keduanya."
    elif fields.until > (fields.since or today) + LONGEST:
        wrong["until"] = "Paling lama dua tahun; untuk lebih lama, akhiri masa jabatannya."
    elif fields.until < today:
        wrong["until"] = "Cuti yang sudah lewat tidak dicatat lagi: catatan ini menentukan siapa yang boleh bertindak."
    return wrong


def _refuse_overlap(fields: LeaveFields, person: Person, leave: Leave | None) -> None:
    since, until = fields.span
    there = Leave.objects.filter(since__lte=until, until__gte=since).exclude(pk=leave.pk if leave else 0)
    if other := there.filter(person=person).first():
        cause = f"{person.name} sudah tercatat {_said(other)}"
        raise FieldErrors({"since": f"{cause}. Ubah catatan itu, atau pilih tanggal lain."})
    if fields.substitute and (other := there.filter(person=fields.substitute).first()):
        cause = f"{fields.substitute.name} sendiri tidak bertugas pada sebagian hari itu"
        raise FieldErrors({"substitute": f"{cause}. Pilih pengganti lain."})


def _said(leave: Leave) -> str:
    return f"{leave.get_kind_display().lower()} {leave.since:%d-%m-%Y} sampai {leave.until:%d-%m-%Y}"


def _refuse_end(leave: Leave, until: date | None, today: date) -> None:
    if until is None:
        raise FieldErrors({"until": "Isi hari terakhir cutinya."})
    if until < leave.since:
        cause = "Hari terakhir mendahului hari pertama"
        raise FieldErrors({"until": f"{cause}. Bila cutinya tidak jadi, batalkan."})
    if until < today - DAY:
        raise FieldErrors({"until": "Paling awal kemarin: penggantinya mungkin sudah bertindak pada hari-hari itu."})
    if until >= leave.until:
        raise FieldErrors(
            {"until": "Ini tidak lebih awal dari hari terakhir yang tercatat. Untuk memperpanjang, ubah cutinya."}
        )


def _check_managed(leave: Leave, today: date) -> None:
    """On every day of a manager's leave somebody must be there who may end it again. Raises NobodyManages."""
    span = (max(leave.since, today), leave.until)
    holdings = Holding.objects.filter(_together(span), post__office=leave.office, post__role__in=MAY_MANAGE_OFFICE)
    managing = list(holdings.filter(person__is_active=True))
    people = {holding.person_id for holding in managing}
    if leave.person_id not in people:
        return
    away: dict[int, list[Span]] = {person: [] for person in people}
    for one in Leave.objects.filter(person__in=people, since__lte=span[1], until__gte=span[0]):
        away[one.person_id].append((one.since, one.until))
    there = [part for one in managing for part in uncovered(_shared(one, span), away[one.person_id])]
    if uncovered(span, there):
        raise NobodyManages


# --- who stands in ----------------------------------------------------------------------------------------------------


def stand_in(
    written: Journals,
    leave: Leave,
    start: date,
    *,
    recorder: Person | None,
    file: LetterFile | None = None,
    file_sha256: str = "",
) -> None:
    """Give the substitute a Plh. holding of each of the person's posts, from `start`, where they do not hold it already.

    `recorder` is None for what the office's files say. Raises FieldErrors where the letter's file is needed.
    """
    substitute = leave.substitute
    if substitute is None or start > leave.until:
        return
    span = (start, leave.until)
    for held in _posts_handed_on(leave.office, leave.person, span):
        own = Holding.objects.filter(_together(span), post=held.post, person=substitute)
        taken = [_shared(one, span) for one in own.exclude(kind__in=MANDATES)]
        for since, until in uncovered(_shared(held, span), taken):
            propose(
                written,
                post=held.post,
                person=substitute,
                terms=Terms(Holding.Kind.PLH, since, until, leave.letter),
                recorder=recorder,
                file=file,
                file_sha256=file_sha256,
                leave=leave,
            )


def _posts_handed_on(office: Office, person: Person, span: Span) -> Sequence[Holding]:
    held = Holding.objects.filter(_together(span), post__office=office, person=person, kind__in=HANDED_ON)
    return list(held.select_related("post__office").order_by("post__order", "since"))


def _together(span: Span) -> Q:
    return Q(since__lte=span[1]) & (Q(until__isnull=True) | Q(until__gte=span[0]))


def _shared(holding: Holding, span: Span) -> Span:
    return shared(span_of(holding.since, holding.until), span)


def _made_by(leave: Leave) -> list[Holding]:
    return list(Holding.objects.filter(leave=leave).select_related("post", "person"))


def _follow(
    written: Journals, leave: Leave, today: date, *, recorder: Person | None, file: LetterFile | None = None
) -> None:
    """Make the leave's Plh. holdings what it now says, from today on: what was in force is ended, never taken away.

    What still waits is proposed anew, so that nobody has consented to days or people they did not read.
    """
    shown = (
        Appointment.objects.filter(leave=leave).exclude(file_sha256="").values_list("file_sha256", flat=True).first()
    )
    withdraw_those_of(written, leave, "Cutinya diubah")
    for holding in _made_by(leave):
        kept = holding.person_id == leave.substitute_id and holding.since <= today and holding.since <= leave.until
        _end_or_withdraw(written, holding, min(holding.until or leave.until, leave.until) if kept else today - DAY)
    stand_in(written, leave, max(leave.since, today), recorder=recorder, file=file, file_sha256=shown or "")


def _end_or_withdraw(turn: Journals, holding: Holding, last: date) -> None:
    """Let a holding end on `last`; one that begins later is taken away where it was never in force."""
    if holding.since > last and holding.since > holding.post.office.today():
        data = holding_data(holding)
        holding.delete()
        turn.record("offices:holding:withdrawn", f"post:{holding.post_id}", data, person=holding.person)
        return
    last = max(last, holding.since)
    if holding.until != last:
        before = holding_data(holding)
        Holding.objects.filter(pk=holding.pk).update(until=last)
        holding.refresh_from_db()
        more: dict[str, object] = {**holding_data(holding), "before": before}
        turn.record("offices:holding:changed", f"post:{holding.post_id}", more, person=holding.person)
