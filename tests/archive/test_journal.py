"""The journal on the database: it only grows, and what was done to it behind Himpun's back is found."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from himpun import clock
from himpun.archive import files, verify
from himpun.archive.chain import digest
from himpun.archive.journal import CONSOLE, SYSTEM, Author, act
from himpun.archive.models import ChainHead, Record, StoredFile
from himpun.archive.triggers import REFUSAL, lifting
from himpun.cycles.models import Cycle
from himpun.procedures.models import ProcedureVersion
from tests.cast import Cast, publish

CAMAT = Author("camat", "Siti Contoh", "camat", "Camat")


def write(chain: str = "kec", times: int = 3, file_sha256: str = "") -> None:
    """Some records, one act each."""
    for no in range(1, times + 1):
        with act(chain, at=clock.now(), author=CAMAT) as turn:
            turn.record("tests:thing:done", f"thing:{no}", {"no": no}, file_sha256=file_sha256)


def change(statement: str, *values: object) -> None:
    """What somebody with the database's password does, after lifting the triggers."""
    with connection.cursor() as cursor:
        for lift in lifting("archive_record", connection.vendor):
            cursor.execute(lift)
        cursor.execute(statement, values)


@pytest.mark.django_db
def test_each_record_is_sealed_to_the_one_before_and_the_head_follows() -> None:
    write()

    records = list(Record.objects.filter(chain="kec"))
    assert [record.seq for record in records] == [1, 2, 3]
    assert [record.previous for record in records[1:]] == [record.digest for record in records[:-1]]
    assert ChainHead.objects.get(chain="kec").digest == records[-1].digest
    assert verify.verify() == verify.Report(1, 3, 0, 0, [])


@pytest.mark.django_db
def test_many_records_of_one_act_are_written_together_and_none_when_it_fails() -> None:
    def act_that_fails() -> None:
        with act("kec", at=clock.now(), author=CAMAT) as turn:
            turn.record("tests:thing:done", "thing:1")
            turn.record("tests:thing:done", "thing:2", author=SYSTEM)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act_that_fails()
    assert not Record.objects.exists()

    with act("kec", at=clock.now(), author=CAMAT) as turn:
        turn.record("tests:thing:done", "thing:1")
        turn.record("tests:thing:done", "thing:2", author=SYSTEM)
    assert list(Record.objects.values_list("person_name", "post_title")) == [
        ("Siti Contoh", "Camat"),
        ("Himpun (sistem)", ""),
    ]


@pytest.mark.django_db
def test_an_act_that_records_nothing_leaves_nothing() -> None:
    with act("kec", at=clock.now(), author=CAMAT):
        pass

    assert ChainHead.objects.get(chain="kec").seq == 0
    assert verify.verify().faults == []


@pytest.mark.django_db
def test_every_office_has_a_chain_of_its_own() -> None:
    write("kec")
    write("dinas")

    assert Record.objects.filter(chain="dinas").first().previous == "0" * 64  # type: ignore[union-attr]


WRITES: dict[str, Callable[[], object]] = {
    "ORM update": lambda: Record.objects.filter(seq=2).update(act="x"),
    "ORM save": lambda: Record.objects.get(seq=2).save(),
    "ORM delete": lambda: Record.objects.get(seq=2).delete(),
    "ORM bulk delete": lambda: Record.objects.all().delete(),
    "raw update": lambda: raw("UPDATE archive_record SET act = 'x' WHERE seq = 2"),
    "raw delete": lambda: raw("DELETE FROM archive_record"),
}


def raw(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("name", WRITES)
def test_the_database_refuses_to_change_or_delete_a_record(name: str) -> None:
    write()

    with pytest.raises(DatabaseError, match=REFUSAL), transaction.atomic():
        WRITES[name]()

    assert Record.objects.count() == 3
    assert verify.verify().faults == []


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_postgresql_refuses_to_truncate_the_journal() -> None:
    write()
    with pytest.raises(DatabaseError, match=REFUSAL), transaction.atomic():
        raw("TRUNCATE archive_record")


@pytest.mark.django_db
def test_a_published_procedure_can_be_neither_changed_nor_deleted() -> None:
    publish()
    version = ProcedureVersion.objects.first()
    assert version is not None

    with pytest.raises(DatabaseError, match=REFUSAL), transaction.atomic():
        ProcedureVersion.objects.filter(pk=version.pk).update(text="")
    with pytest.raises(DatabaseError, match=REFUSAL), transaction.atomic():
        raw("DELETE FROM procedures_procedureversion")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (
            "UPDATE archive_record SET person_name = 'Orang Lain' WHERE seq = 2",
            "Catatan nomor 2 pada rantai kec telah diubah",
        ),
        ("UPDATE archive_record SET data = '{}' WHERE seq = 1", "Catatan nomor 1 pada rantai kec telah diubah"),
        ("DELETE FROM archive_record WHERE seq = 2", "Catatan nomor 2 pada rantai kec hilang"),
        ("DELETE FROM archive_record WHERE seq > 1", "Catatan nomor 2 sampai 3 pada rantai kec hilang dari ujungnya"),
        ("DELETE FROM archive_record", "Catatan nomor 1 sampai 3 pada rantai kec hilang dari ujungnya"),
        ("UPDATE archive_record SET seq = 5 - seq WHERE seq > 1", "Catatan nomor 2"),
        ("UPDATE archive_chainhead SET seq = 2", "Ujung rantai kec tidak cocok dengan catatan nomor 3"),
        ("DELETE FROM archive_chainhead", "Ujung rantai kec tidak cocok dengan catatan nomor 3"),
    ],
)
def test_what_was_done_behind_himpuns_back_is_named(statement: str, sentence: str) -> None:
    write()
    if "5 - seq" in statement:
        change("UPDATE archive_record SET seq = 9 WHERE seq = 3")
        change("UPDATE archive_record SET seq = 3 WHERE seq = 2")
        change("UPDATE archive_record SET seq = 2 WHERE seq = 9")
    else:
        change(statement)

    [fault] = verify.verify().faults
    assert sentence in fault


@pytest.mark.django_db
def test_one_faulty_chain_does_not_hide_another() -> None:
    write("dinas")
    write("kec")
    change("DELETE FROM archive_record WHERE seq = 2")

    assert len(verify.verify().faults) == 2


@pytest.mark.django_db
def test_a_file_that_the_journal_names_but_the_archive_does_not_know_is_named() -> None:
    sha256 = files.store(b"isi", media_type="text/plain")
    write(times=1, file_sha256=sha256)
    assert verify.verify().faults == []
    StoredFile.objects.all().delete()

    [fault] = verify.verify().faults
    assert f"Berkas {sha256} yang disebut catatan nomor 1 pada rantai kec tidak terdaftar" in fault


@pytest.mark.django_db
def test_verify_archive_says_how_much_it_looked_at_and_fails_when_something_is_wrong(
    small: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    from himpun.commands import run

    cycle: Cycle = small.start()
    assert run(["verify-archive"]) == 0
    assert "Semua utuh." in capsys.readouterr().out

    change("UPDATE archive_record SET subject = 'cycle:0' WHERE subject = %s", cycle.subject)
    assert run(["verify-archive"]) == 1
    assert "telah diubah" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_record_appended_by_sql_with_its_link_and_the_head_moved_is_named_and_stays_named() -> None:
    write()
    head, last = ChainHead.objects.get(chain="kec"), Record.objects.latest("seq")
    forged = replace(last.as_entry(), seq=4, subject="thing:9", previous=last.digest)
    Record.objects.create(**{name: getattr(forged, name) for name in forged.__slots__}, digest=digest(forged))
    change("UPDATE archive_chainhead SET seq = 4, digest = %s", digest(forged))
    assert head.mac

    write(times=1)

    (fault,) = verify.verify().faults
    assert "tidak bermeterai kunci Himpun" in fault


@pytest.mark.django_db
def test_a_lost_key_is_told_and_the_administrator_seals_anew(small: Cast, settings: Any) -> None:
    from himpun.commands import run

    small.start()
    settings.SECRET_KEY = "kunci lain yang sama panjangnya dengan yang dulu"
    assert run(["verify-archive"]) == 1

    assert run(["verify-archive", "--new-key"]) == 0
    assert Record.objects.filter(act="archive:heads:sealed", person=CONSOLE.person).exists()
