"""Checking the archive while the office works on: what is looked at is one moment, and nobody waits for it."""

from threading import Thread

import pytest
from django.db import connection

from himpun import clock
from himpun.archive import comparing
from himpun.archive.comparing import Said
from himpun.archive.journal import SYSTEM, act
from himpun.archive.verify import verify
from himpun.offices.kinds import seed_kinds
from himpun.offices.models.offices import Office, OfficeKind


def _change(name: str) -> None:
    with act("kec", at=clock.now(), author=SYSTEM) as turn:
        kind = OfficeKind.objects.get(pk="kecamatan")
        Office.objects.update_or_create(
            code="kec", defaults={"name": name, "kind": kind, "government": "X", "city": "Y"}
        )
        turn.record("tests:office:changed", "office:kec", {"name": name})
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_an_act_between_reading_the_journal_and_the_tables_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("the tests' SQLite database lies in memory, where one connection locks out the other")
    seed_kinds()
    _change("Kecamatan")

    class Interrupted(Said):
        """The journal, after which somebody acts before the tables are read."""

        def __init__(self, *records: object) -> None:
            super().__init__(*records)  # type: ignore[arg-type]
            other = Thread(target=_change, args=("Kecamatan Baru",))
            other.start()
            other.join()

    monkeypatch.setattr(comparing, "Said", Interrupted)

    assert verify().faults == []
    assert Office.objects.get().name == "Kecamatan Baru"
