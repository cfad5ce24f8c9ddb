"""The agenda, dispositions and numbers."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from himpun import clock
from himpun.archive import files
from himpun.archive.journal import SYSTEM, act
from himpun.archive.models import Record
from himpun.errors import FieldErrors
from himpun.letters.actions import Scan, register_letter, write_disposition
from himpun.letters.models import Disposition, IssuedNumber, Letter
from himpun.letters.numbering import PatternWrong
from himpun.letters.registers import issue_number
from himpun.offices.acting import capacities
from himpun.offices.models.offices import Office, Post
from tests.cast import MONDAY, WIB, Cast
from tests.papers import pdf

# --- the agenda -----------------------------------------------------------------------------------------------------


def test_letters_are_numbered_by_office_and_year_of_receipt(small: Cast, neighbour: Cast) -> None:
    last_year = {"dated": date(2025, 12, 20), "received_on": date(2025, 12, 22)}

    numbers = [small.letter().agenda_no, small.letter().agenda_no, small.letter(**last_year).agenda_no]

    assert numbers == [1, 2, 1]
    assert neighbour.letter().agenda_no == 1
    assert small.letter().agenda_no == 3


def test_a_registered_letter_is_in_the_journal_with_its_scan(small: Cast) -> None:
    fields = {
        "number": "5/2026",
        "dated": date(2026, 10, 1),
        "received_on": date(2026, 10, 5),
        "sender": "Bupati",
        "subject": "Data",
    }
    scan = Scan("surat.pdf", pdf("pindaian"))

    letter = register_letter(office=small.office, fields=fields, by=small.umum, scan=scan)

    assert files.read(letter.file_sha256) == scan.content
    record = Record.objects.get(act="letters:letter:registered")
    assert (record.file_sha256, record.subject) == (letter.file_sha256, f"letter:{letter.pk}")
    assert letter.registered_by == small.umum.name


@pytest.mark.parametrize(
    ("fields", "name", "sentence"),
    [
        ({"number": " "}, "number", "Isi nomor surat."),
        ({"sender": ""}, "sender", "Isi asal surat."),
        ({"subject": ""}, "subject", "Isi hal surat."),
        ({"dated": None}, "dated", "Isi tanggal surat."),
        ({"received_on": None}, "received_on", "Isi tanggal surat diterima."),
        ({"received_on": MONDAY.date() + timedelta(days=1)}, "received_on", "belum terjadi"),
        ({"dated": date(2026, 10, 6)}, "dated", "melewati tanggal diterima"),
        ({"nature": "entah"}, "nature", "Sifat surat tidak dikenal. Pilih: Biasa"),
        ({"subject": "x" * 301}, "subject", "301 huruf, paling banyak 300"),
        ({"attachment": "x" * 121}, "attachment", "121 huruf, paling banyak 120"),
    ],
)
def test_a_letter_with_a_wrong_field_is_refused_at_that_field(
    small: Cast, fields: dict[str, Any], name: str, sentence: str
) -> None:
    with pytest.raises(FieldErrors) as refusal:
        small.letter(**fields)

    assert list(refusal.value.fields) == [name]
    assert sentence in refusal.value.fields[name]
    assert not Letter.objects.exists()
    assert small.letter().agenda_no == 1


def test_every_wrong_field_is_named_at_once(small: Cast) -> None:
    with pytest.raises(FieldErrors) as refusal:
        register_letter(office=small.office, fields={}, by=small.umum)

    assert set(refusal.value.fields) == {"number", "sender", "subject", "dated", "received_on"}


# --- dispositions ---------------------------------------------------------------------------------------------------


def dispose(cast: Cast, letter: Letter, role: str, to: list[Post], **given: Any) -> Disposition:
    actor = capacities(cast.by_role(role), clock.today())[0]
    given = {"instructions": ["proses"], "note": "", **given}
    with act(cast.office.code, at=clock.now(), author=actor.author) as turn:
        return write_disposition(turn, letter=letter, actor=actor, to=to, subject="cycle:1", **given)


def test_a_disposition_hangs_under_the_last_one_addressed_to_its_writer(small: Cast) -> None:
    letter, other = small.letter(), small.letter()
    sekretaris, kasubbag, analis = (small.post(role) for role in ("sekretaris", "kasubbag-perencanaan", "analis"))
    elsewhere = dispose(small, other, "kepala", [sekretaris])

    top = dispose(small, letter, "kepala", [sekretaris, analis])
    again = dispose(small, letter, "kepala", [sekretaris], note="Segera")
    below = dispose(small, letter, "sekretaris", [kasubbag])
    from_analis = dispose(small, letter, "analis", [kasubbag])

    assert (top.parent, again.parent, elsewhere.parent) == (None, None, None)
    assert below.parent == again
    assert from_analis.parent == top
    assert list(again.children.all()) == [below]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"instructions": [], "note": "  "}, "instructions"),
        ({"instructions": ["entah"]}, "instructions"),
        ({"to": []}, "to"),
    ],
)
def test_a_disposition_to_nobody_or_saying_nothing_is_refused(small: Cast, given: dict[str, Any], field: str) -> None:
    to = given.pop("to", [small.post("sekretaris")])

    with pytest.raises(FieldErrors) as refusal:
        dispose(small, small.letter(), "kepala", to, **given)

    assert list(refusal.value.fields) == [field]
    assert not Disposition.objects.exists()


def test_a_disposition_is_in_the_journal_with_whom_it_went_to(small: Cast) -> None:
    dispose(small, small.letter(), "kepala", [small.post("sekretaris")], note=" Segera ")

    data = Record.objects.get(act="letters:letter:disposed").data
    assert '"to":["Sekretaris Camat"]' in data
    assert '"note":"Segera"' in data


# --- numbers --------------------------------------------------------------------------------------------------------


def number(cast: Cast, register: str = "surat-keluar", unit: str = "") -> str:
    with act(cast.office.code, at=clock.now(), author=SYSTEM) as turn:
        return issue_number(office=cast.office, register=register, subject="letter:1", unit=unit, turn=turn)


def test_each_register_of_each_office_and_year_counts_from_one(small: Cast, neighbour: Cast) -> None:
    small.office.number_patterns = {"permintaan": "{urut}/DATA/{unit}/{bulan_romawi}/{tahun}"}

    assert [number(small), number(small)] == ["001/KEC-KECIL/X/2026", "002/KEC-KECIL/X/2026"]
    assert number(small, "permintaan", unit="PK") == "001/DATA/PK/X/2026"
    assert number(neighbour) == "001/KEC-TETANGGA/X/2026"
    with clock.held_at(datetime(2027, 1, 4, 8, 0, tzinfo=WIB)):
        assert number(small) == "001/KEC-KECIL/I/2027"


MEETING = {
    "the same pattern": ("900/{urut}/KC/{tahun}", "900/{urut}/KC/{tahun}"),
    "a unit that may be the other's word": ("900/{urut}/KC/{tahun}", "900/{urut}/{unit}/{tahun}"),
    "an archive code that may be typed out": ("{kode}/{urut}/{unit}/{tahun}", "000.7.2/{urut}/KEC-KECIL/{tahun}"),
    "a month that may be the other's": ("{urut}/{bulan}/{tahun}", "{urut}/10/{tahun}"),
    "no pattern of their own": ("", ""),
}


@pytest.mark.parametrize("patterns", MEETING.values(), ids=MEETING)
def test_registers_whose_patterns_meet_count_in_one_sequence_and_give_no_number_twice(
    small: Cast, patterns: tuple[str, str]
) -> None:
    small.office.number_patterns = dict(zip(("permintaan", "surat-keluar"), patterns, strict=True))

    given = [number(small, "permintaan"), number(small), number(small), number(small, "permintaan")]

    assert len(set(given)) == 4
    assert sorted(IssuedNumber.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4]


def test_a_number_that_an_earlier_pattern_gave_is_passed_over(small: Cast) -> None:
    small.office.number_patterns = {"permintaan": "P-{urut}/{tahun}", "surat-keluar": "{urut}/KC/{tahun}"}
    first = [number(small), number(small), number(small, "permintaan")]
    small.office.number_patterns = {"permintaan": "{urut}/KC/{tahun}", "surat-keluar": "S-{urut}/{tahun}"}

    later = [number(small, "permintaan"), number(small, "permintaan"), number(small)]

    assert first == ["001/KC/2026", "002/KC/2026", "P-001/2026"]
    assert later == ["003/KC/2026", "004/KC/2026", "S-003/2026"]


def test_the_number_and_the_day_of_a_letter_are_by_the_offices_own_clock(small: Cast) -> None:
    """Half an hour into the new year in Jayapura it is still 2026 in Jakarta."""
    Office.objects.filter(pk=small.office.pk).update(timezone="Asia/Jayapura")
    small.office.refresh_from_db()
    with clock.held_at(datetime(2027, 1, 1, 0, 30, tzinfo=ZoneInfo("Asia/Jayapura"))):
        assert number(small) == "001/KEC-KECIL/I/2027"
        letter = small.letter(received_on=date(2027, 1, 1), dated=date(2027, 1, 1))
        assert (letter.agenda_no, letter.agenda_year) == (1, 2027)

    Office.objects.filter(pk=small.office.pk).update(timezone="Asia/Jakarta")
    small.office.refresh_from_db()
    with (
        clock.held_at(datetime(2027, 1, 1, 0, 30, tzinfo=ZoneInfo("Asia/Jayapura"))),
        pytest.raises(FieldErrors, match="2027 tidak mungkin untuk tanggal diterima"),
    ):
        small.letter(received_on=date(2027, 1, 1), dated=date(2027, 1, 1))


def test_an_act_that_fails_leaves_no_gap(small: Cast) -> None:
    def fail() -> None:
        with act(small.office.code, at=clock.now(), author=SYSTEM) as turn:
            issue_number(office=small.office, register="surat-keluar", subject="letter:1", turn=turn)
            raise RuntimeError

    number(small)
    with pytest.raises(RuntimeError):
        fail()

    assert number(small).startswith("002/")
    assert list(IssuedNumber.objects.values_list("sequence", flat=True)) == [1, 2]


def test_an_office_gives_its_registers_their_own_patterns(small: Cast) -> None:
    small.office.number_patterns = {"surat-keluar": "{kode}/{urut}/{unit}/{bulan}/{tahun}", "kacau": "{urut}"}

    assert number(small, unit="SET") == "000.7.2/001/SET/10/2026"
    with pytest.raises(PatternWrong):
        number(small, "kacau")
    assert IssuedNumber.objects.count() == 1


def test_one_number_cannot_be_given_out_twice(small: Cast) -> None:
    number(small)
    given = IssuedNumber.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        IssuedNumber.objects.create(register=given.register, sequence=1, text="x", subject="y", at=given.at)
