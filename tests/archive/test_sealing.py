"""Rows that were there before their table was sealed: sealed once, at the upgrade, and never again."""

import pytest
from django.db import connection

from himpun.archive.comparing import differences
from himpun.archive.models import Record
from himpun.archive.sealing import seal_existing
from himpun.archive.seals import BEGUN, SEALED
from himpun.offices.kinds import seed_kinds
from himpun.offices.models.offices import Office, OfficeKind

pytestmark = pytest.mark.django_db


def _office(code: str) -> Office:
    """An office as older versions of Himpun left it: no record says what its row is."""
    return Office.objects.create(
        code=code, name=code, kind=OfficeKind.objects.get(pk="kecamatan"), government="X", city="Y"
    )


def test_what_an_older_version_left_is_sealed_as_it_stands_and_watched_from_then_on() -> None:
    seed_kinds()
    office = _office("kec-lama")
    assert [fault for fault in differences() if "Kantor" in fault]

    assert seal_existing() >= 1
    assert list(differences()) == []

    with connection.cursor() as cursor:
        cursor.execute("UPDATE offices_office SET name = 'lain' WHERE id = %s", [office.pk])
    (fault,) = differences()
    assert "di tabel “lain”, di jurnal “kec-lama”" in fault


def test_a_row_added_behind_himpuns_back_is_not_sealed_by_the_next_set_up() -> None:
    seal_existing()
    seed_kinds()
    _office("kec-palsu")

    assert seal_existing() == 0

    (fault,) = differences()
    assert "kec-palsu" in fault
    assert "tidak pernah dicatat" in fault


def test_only_the_tables_that_a_later_version_seals_are_sealed_at_its_upgrade(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = SEALED["letters.letter"]
    monkeypatch.delitem(SEALED, "letters.letter")
    seal_existing()
    monkeypatch.setitem(SEALED, "letters.letter", letters)
    seed_kinds()
    _office("kec-palsu")

    seal_existing()

    assert [record.data for record in Record.objects.filter(act=BEGUN)][1] == '{"rows":0,"tables":["letters.letter"]}'
    assert ["kec-palsu" in fault for fault in differences()] == [True]
