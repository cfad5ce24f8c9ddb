"""The registers that give documents and letters their numbers: one after the other, without gaps, none twice.

A number may be reserved for what is written on paper: the sequence passes it over, and it is used later, or let go with a
note that says why. See decisions 23 and 28.
"""

from dataclasses import dataclass
from datetime import date

from himpun import clock, typed
from himpun.archive.journal import Turn, act
from himpun.errors import Conflict, FieldErrors
from himpun.letters.models import REGISTERS, IssuedNumber, NumberRegister
from himpun.letters.numbering import DEFAULT_CODE, DEFAULT_PATTERN, by_code, check_usable, fill, is_good, meet
from himpun.offices.acting import acting_in
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_REGISTER_LETTERS

MOST_RESERVED = 100
"""Numbers reserved at once."""
FURTHEST = 500
"""How far ahead of the sequence a number may be reserved."""
State = IssuedNumber.State


class NumberNotFree(Conflict):
    """The number is no longer reserved."""

    code = "nomor-tidak-dicadangkan"

    def __init__(self) -> None:
        super().__init__(
            "Nomor ini tidak lagi dicadangkan untuk register itu. Muat ulang halaman, lalu pilih nomor lain."
        )


@dataclass(frozen=True, slots=True)
class _Series:
    """What a register's next number depends on, held until the turn ends."""

    row: NumberRegister
    family: list[NumberRegister]
    pattern: str
    code: str

    @property
    def counted(self) -> str:
        """The klasifikasi within which is counted; "" through all."""
        return self.code if by_code(self.pattern) else ""

    def given(self) -> set[int]:
        """The sequences there are, reserved ones too."""
        rows = IssuedNumber.objects.filter(register__in=self.family, code=self.counted)
        return set(rows.values_list("sequence", flat=True))

    def last(self, given: set[int]) -> int:
        """The last one that was given in order."""
        if not self.counted:
            return max(one.last for one in self.family)
        ahead = IssuedNumber.objects.filter(register__in=self.family, code=self.counted)
        in_order = ahead.exclude(reserved_by__gt="").order_by("-sequence").values_list("sequence", flat=True)
        return in_order.first() or 0

    def text(self, sequence: int, day: date, unit: str) -> str:
        return fill(self.pattern, sequence=sequence, day=day, unit=unit, code=self.code or DEFAULT_CODE)


def issue_number(
    *, office: Office, register: str, subject: str, turn: Turn, unit: str = "", code: str = "", day: date | None = None
) -> str:
    """Give out the next number of a register (within a turn, so an act that fails leaves no gap).

    Registers whose patterns can give the same text count in one sequence, so that no text is given twice. What an
    earlier pattern has given already, and what is reserved, is passed over.
    """
    day = day or office.today()
    series = _series(office, register, day.year, code)
    given, unit = series.given(), unit or office.code.upper()
    sequence = series.last(given) + 1
    while sequence in given or _is_given(office, day.year, series.text(sequence, day, unit)):
        sequence += 1
    text = series.text(sequence, day, unit)
    if not series.counted:
        NumberRegister.objects.filter(pk=series.row.pk).update(last=sequence)
    IssuedNumber.objects.create(
        register=series.row, code=series.counted, sequence=sequence, text=text, subject=subject, at=turn.at
    )
    turn.record("letters:number:issued", subject, {"register": register, "number": text})
    return text


def reserve_numbers(
    *, office: Office, register: str, first: int, last: int, reason: str, by: Person, code: str = ""
) -> list[IssuedNumber]:
    """Keep the numbers `first` to `last` of this year's register for paper. Raises HoldsNoPost or FieldErrors."""
    actor = acting_in(by, office.pk, roles=MAY_REGISTER_LETTERS, to="mencadangkan nomor")
    reason = typed.needed(reason, "Tulis untuk apa nomornya dicadangkan.")
    code = typed.line(code)
    _check_reservation(office, register, first, last, code)
    with act(office.code, at=clock.now(), author=actor.author) as turn:
        day = office.today()
        series = _series(office, register, day.year, code)
        given, unit = series.given(), office.code.upper()
        begun = series.last(given)
        made = []
        for sequence in range(first, last + 1):
            text = series.text(sequence, day, unit)
            if sequence <= begun or sequence in given or _is_given(office, day.year, text):
                raise FieldErrors({"first": f"Nomor {text} sudah dipakai atau dicadangkan. Pilih nomor sesudahnya."})
            if sequence > begun + FURTHEST:
                raise FieldErrors({"last": f"Terlalu jauh ke depan: urutannya baru sampai {begun}."})
            made.append(
                IssuedNumber(
                    register=series.row, code=series.counted, sequence=sequence, text=text, subject="", at=turn.at,
                    state=State.RESERVED, reason=reason, reserved_by=actor.name,
                )
            )  # fmt: skip
        IssuedNumber.objects.bulk_create(made)
        data = {"register": register, "numbers": [one.text for one in made], "reason": reason}
        turn.record("letters:number:reserved", f"office:{office.code}", data)
    return made


def _check_reservation(office: Office, register: str, first: int, last: int, code: str) -> None:
    wrong = typed.Complaints()
    wrong.choice("register", register, registers_of(office), "Pilih registernya.")
    if first < 1:
        wrong["first"] = "Tulis nomor urutnya, mulai 1."
    elif last < first:
        wrong["last"] = "Nomor akhir tidak boleh sebelum nomor awal."
    elif last - first >= MOST_RESERVED:
        wrong["last"] = f"Paling banyak {MOST_RESERVED} nomor sekali cadang."
    wrong.text("code", code, 40)
    wrong.refuse()
    check_usable(_pattern_of(office, register))


def use_reserved(turn: Turn, *, office: Office, register: str, pk: int, subject: str) -> str:
    """Give a reserved number to what it was kept for. Raises NumberNotFree."""
    rows = IssuedNumber.objects.filter(pk=pk, register__office=office, register__name=register, state=State.RESERVED)
    if not rows.update(state=State.USED, subject=subject):
        raise NumberNotFree
    text = IssuedNumber.objects.get(pk=pk).text
    turn.record("letters:number:issued", subject, {"register": register, "number": text})
    return text


def release_number(*, number: IssuedNumber, note: str, by: Person) -> None:
    """Let a reserved number go: nothing has it, and the register says why. Raises HoldsNoPost, FieldErrors, NumberNotFree."""
    office = number.register.office
    actor = acting_in(by, office.pk, roles=MAY_REGISTER_LETTERS, to="melepas nomor")
    note = typed.needed(note, "Tulis mengapa nomor ini tidak jadi dipakai.", field="note")
    with act(office.code, at=clock.now(), author=actor.author) as turn:
        rows = IssuedNumber.objects.filter(pk=number.pk, state=State.RESERVED)
        if not rows.update(state=State.RELEASED, reason=note):
            raise NumberNotFree
        data = {"register": number.register.name, "number": number.text, "reason": note}
        turn.record("letters:number:released", f"office:{office.code}", data)


def registers_of(office: Office) -> dict[str, str]:
    """Every register of an office, and what it is called."""
    own = {name: name.replace("-", " ").capitalize() for name in office.number_patterns if name not in REGISTERS}
    return REGISTERS | own


def _is_given(office: Office, year: int, text: str) -> bool:
    return IssuedNumber.objects.filter(register__office=office, register__year=year, text=text).exists()


def _series(office: Office, register: str, year: int, code: str) -> _Series:
    """Those whose patterns meet count together, where they count alike; the others' texts are passed over one by one."""
    pattern = _pattern_of(office, register)
    rows = _registers(office, register, year)
    check_usable(pattern)
    row = next(one for one in rows if one.name == register)
    others = ((one, _pattern_of(office, one.name)) for one in rows)
    family = [one for one, other in others if by_code(other) == by_code(pattern) and _meets(pattern, other, year)]
    return _Series(row, family, pattern, (code or DEFAULT_CODE) if by_code(pattern) else code)


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
