"""Numbers reserved for paper, numbers by klasifikasi, letters of the office's own in one agenda."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from himpun import clock
from himpun.archive.journal import SYSTEM, act
from himpun.archive.verify import verify
from himpun.errors import FieldErrors
from himpun.letters.actions import mend_letter, register_outgoing
from himpun.letters.models import IssuedNumber, Letter
from himpun.letters.registers import NumberNotFree, issue_number, release_number, reserve_numbers
from himpun.offices.acting import HoldsNoPost
from himpun.offices.models.offices import Office
from tests.cast import Cast, by_hand
from tests.web.test_letters import said
from tests.web.test_pages import screen

pytestmark = pytest.mark.django_db
PATTERN = "{kode}/{urut}/KC/{tahun}"


def patterned(cast: Cast, **patterns: str) -> Cast:
    with by_hand():
        Office.objects.filter(pk=cast.office.pk).update(
            number_patterns={name.replace("_", "-"): pattern for name, pattern in patterns.items()}
        )
    cast.office.refresh_from_db()
    return cast


def number(cast: Cast, register: str = "surat-keluar", code: str = "") -> str:
    with act(cast.office.code, at=clock.now(), author=SYSTEM) as turn:
        return issue_number(office=cast.office, register=register, subject="letter:1", code=code, turn=turn)


def reserve(cast: Cast, first: int, last: int, **more: Any) -> list[str]:
    given = {"register": "surat-keluar", "reason": "Undangan ditulis tangan", "by": cast.umum, **more}
    return [one.text for one in reserve_numbers(office=cast.office, first=first, last=last, **given)]


def letter(cast: Cast, kind: str = "keluar", reserved: int | None = None, **fields: Any) -> Letter:
    given = {"dated": date(2026, 10, 5), "sender": "Camat", "recipient": "Bupati", "subject": "Laporan", **fields}
    return register_outgoing(office=cast.office, kind=kind, fields=given, by=cast.umum, reserved=reserved)


# --- reserved for paper ----------------------------------------------------------------------------------------------


def test_the_sequence_passes_over_what_is_reserved_and_leaves_no_other_gap(small: Cast) -> None:
    patterned(small, surat_keluar=PATTERN)
    first = number(small)

    assert reserve(small, 3, 4) == ["000.7.2/003/KC/2026", "000.7.2/004/KC/2026"]

    assert [first, number(small), number(small)] == [f"000.7.2/{no:03}/KC/2026" for no in (1, 2, 5)]
    assert sorted(IssuedNumber.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]
    assert verify().faults == []


def test_a_reserved_number_is_used_once_or_let_go_with_a_note_and_never_given_again(small: Cast) -> None:
    patterned(small, surat_keluar=PATTERN)
    reserve(small, 1, 2)
    used, let_go = IssuedNumber.objects.order_by("sequence")

    assert letter(small, reserved=used.pk).number == "000.7.2/001/KC/2026"
    release_number(number=let_go, note="Undangan batal", by=small.umum)

    for taken in (used, let_go):
        with pytest.raises(NumberNotFree):
            letter(small, reserved=taken.pk)
        with pytest.raises(NumberNotFree):
            release_number(number=taken, note="Lagi", by=small.umum)
    assert number(small) == "000.7.2/003/KC/2026"
    let_go.refresh_from_db()
    assert (let_go.state, let_go.reason) == ("dilepas", "Undangan batal")
    assert verify().faults == []


@pytest.mark.parametrize(
    ("first", "last", "more", "field"),
    [
        (1, 1, {}, "first"),
        (0, 3, {}, "first"),
        (5, 4, {}, "last"),
        (5, 105, {}, "last"),
        (900, 901, {}, "last"),
        (5, 6, {"reason": " "}, "reason"),
        (5, 6, {"register": "tidak-ada"}, "register"),
    ],
)
def test_what_cannot_be_reserved_is_told_at_its_field(
    small: Cast, first: int, last: int, more: dict[str, str], field: str
) -> None:
    number(small)
    with pytest.raises(FieldErrors) as refused:
        reserve(small, first, last, **more)
    assert list(refused.value.fields) == [field]
    assert IssuedNumber.objects.count() == 1

    assert len(reserve(small, 5, 6)) == 2
    with pytest.raises(FieldErrors, match="sudah dipakai atau dicadangkan"):
        reserve(small, 6, 7)
    with pytest.raises(HoldsNoPost):
        reserve(small, 8, 8, by=small.kepala)


# --- by klasifikasi --------------------------------------------------------------------------------------------------


def test_each_klasifikasi_counts_by_itself_where_the_pattern_says_so(small: Cast) -> None:
    patterned(small, surat_keluar="{kode}/{urut_kode}/KC/{tahun}")

    given = [number(small, code=code) for code in ("400.7", "000.8.3", "400.7", "000.8.3", "400.7")]

    assert given == [
        f"{code}/KC/2026" for code in ("400.7/001", "000.8.3/001", "400.7/002", "000.8.3/002", "400.7/003")
    ]
    assert reserve(small, 4, 4, code="400.7") == ["400.7/004/KC/2026"]
    assert (number(small, code="400.7"), number(small, code="000.8.3")) == ("400.7/005/KC/2026", "000.8.3/003/KC/2026")


def test_the_klasifikasi_stands_in_a_number_that_counts_through_all(small: Cast) -> None:
    patterned(small, surat_keluar=PATTERN)

    assert [number(small, code=code) for code in ("400.7", "000.8.3")] == ["400.7/001/KC/2026", "000.8.3/002/KC/2026"]


def test_two_ways_of_counting_never_give_one_text(small: Cast) -> None:
    patterned(small, surat_keluar="{kode}/{urut_kode}/KC/{tahun}", nota_dinas=PATTERN)

    given = [number(small, register, "400.7") for register in ("surat-keluar", "nota-dinas") * 3]

    assert len(set(given)) == 6


# --- one agenda ------------------------------------------------------------------------------------------------------


def test_letters_of_every_kind_stand_in_one_agenda_with_one_sequence_of_its_own(small: Cast) -> None:
    incoming = small.letter(number="7/2026", sender="Dinas Kesehatan", subject="Posyandu")
    out = letter(small, recipient="Bappeda Contoh", subject="Laporan posyandu", classification="400.7")
    note = letter(small, "nota", recipient="Sekretaris", subject="Rapat")
    browser = screen(small.umum)

    assert [one.agenda_no for one in (incoming, out, note)] == [1, 2, 3]
    everything = said(browser.get(reverse("letters")))
    assert all(one.subject in everything for one in (incoming, out, note))
    only = said(browser.get(reverse("letters"), {"jenis": "keluar", "q": "bappeda"}))
    assert "Laporan posyandu" in only
    assert "Rapat" not in only
    page = said(browser.get(reverse("letter", args=[out.pk])))
    assert "Bappeda Contoh" in page
    assert "Mulai siklus dari surat ini" not in page


def test_a_letter_of_our_own_is_mended_but_for_its_number(small: Cast) -> None:
    out = letter(small)
    fields = {
        name: getattr(out, name)
        for name in ("number", "sender", "recipient", "subject", "dated", "received_on", "attachment", "nature")
    }

    mended = mend_letter(letter=out, fields={**fields, "subject": "Laporan akhir"}, by=small.umum)
    assert mended.subject == "Laporan akhir"
    with pytest.raises(FieldErrors, match="diambil dari register"):
        mend_letter(letter=out, fields={**fields, "number": "9/2026"}, by=small.umum)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "masuk"}, "kind"),
        ({"recipient": ""}, "recipient"),
        ({"dated": date(2026, 10, 6)}, "dated"),
        ({"dated": date(2025, 12, 30)}, "dated"),
    ],
)
def test_what_is_wrong_in_a_letter_of_our_own_takes_no_number(small: Cast, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldErrors) as refused:
        letter(small, **changed)
    assert list(refused.value.fields) == [field]
    assert not IssuedNumber.objects.exists()
