"""Whoever has the database's password changes, adds or deletes a row of any official table: `verify-archive` names it.

The scenery is a whole finished year of an office with a row in every sealed table; each test forges one thing by SQL,
in a savepoint, and asks what differs.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, models, transaction

from himpun import clock
from himpun.api import actions as api
from himpun.api.actions import make_token
from himpun.api.forms.codes import Code
from himpun.api.rules import READ_FIGURES
from himpun.archive.comparing import Said, differences, said_by_journal
from himpun.archive.journal import SYSTEM, act
from himpun.archive.models import Record
from himpun.archive.seals import ROWS_WRITTEN, SEALED, Kind
from himpun.budgets.actions import set_setting
from himpun.budgets.worth import EfficiencyRule
from himpun.cycles.deadlines.pauses import pause_cycle
from himpun.cycles.models import Cycle, Schedule, ScheduleRun
from himpun.cycles.reminders.changing import save_rules
from himpun.cycles.reminders.plan import Rule
from himpun.indicators.models.dictionary import FigureCheck, Indicator, Scale
from himpun.indicators.models.figures import ColumnMapping, Figure, FigureImport, ImportTakenBack
from himpun.indicators.models.requests import DataRequest, FormArrival
from himpun.indicators.recaps.corrections import ask_correction, decide_correction
from himpun.letters.contacts import save_contact
from himpun.offices.holdings.leaves import LeaveFields, record_leave
from himpun.offices.models.calendar import SpecialHours
from himpun.procedures.actions import set_approval_rule
from tests.cast import MECHANISM, MONDAY, SOP, Cast, appointed, found_office, load_casts, publish_own
from tests.papers import pdf
from tests.procedures.cases import SMALL
from tests.scenes import once

pytestmark = pytest.mark.django_db

NOW = MONDAY
PDF = pdf("bukti")


def _whole_year() -> str:
    """The digest of the last record of what the office did."""
    _build(load_casts("kecamatan-contoh")["kecamatan-contoh"])
    return Record.objects.latest("pk").digest


@cache
def _said_by_journal(last: str) -> Said:
    """What the journal that ends so says of every row."""
    return said_by_journal()


def _build(cast: Cast) -> None:
    cast.finish()
    office, umum = cast.office, cast.umum
    unit = cast.units[0]
    given = LeaveFields("cuti", date(2026, 12, 1), date(2026, 12, 3), "800/1", cast.units[1])
    record_leave(office=office, person=unit, fields=given, by=umum)
    frozen = Figure.objects.current().filter(frozen=True, number__isnull=False, office=office).first()
    assert frozen is not None
    asked = ask_correction(
        figure_id=frozen.pk,
        new="3",
        reason="Satu desa terlewat",
        evidence_name="bukti.pdf",
        evidence=PDF,
        by=cast.holder(frozen.unit),
    )
    decide_correction(correction_id=asked.pk, approve=True, by=cast.kepala)
    make_token(person=umum, office=office, name="Aplikasi daerah", scopes=[READ_FIGURES])
    api.save_codes(office=office, codes=[Code("dhis2", "unit", "u1", cast.post_of_unit(0).code)], by=cast.kasubbag)
    set_setting(office=office, year=2026, rule=EfficiencyRule.DIFFERENCE, tolerance="5", cap="20", by=cast.kasubbag)
    save_rules(office=office, key=SOP, rules=[Rule("tepat", "", 0, True)], by=cast.kasubbag)
    set_approval_rule(office=office, rule="kepala", by=cast.kepala)
    publish_own(cast, SMALL, MONDAY.date())
    appointed(
        post=cast.post_of_unit(0), person=cast.units[2], kind="Plt", since=date(2026, 11, 2), until=date(2026, 11, 9),
        letter="800/2", by=umum,
    )  # fmt: skip
    bappeda = {"name": "Kepala Bappeda", "agency": "Bappeda Contoh", "channel": "Diantar"}
    save_contact(office=office, fields=bappeda, by=umum)
    running = cast.start(period="2026-TW4")
    pause_cycle(cycle=running, reason="Menunggu juknis", by=cast.kepala)
    _write_the_rest(cast, running)


def _write_the_rest(cast: Cast, running: Cycle) -> None:
    """Rows of the tables whose acts need a long way, written as acts write them: within a turn."""
    office, request = cast.office, DataRequest.objects.filter(office=cast.office).first()
    with act(office.code, at=clock.now(), author=SYSTEM) as turn:
        SpecialHours.objects.create(
            office=office, name="Ramadan", since=date(2027, 2, 1), until=date(2027, 3, 1), hours={}
        )
        Scale.objects.create(office=office, name="Hijau", year=2026, levels=[{"name": "Baik", "above": ""}])
        indicator = Indicator.objects.filter(office=office).first()
        FigureCheck.objects.create(indicator=indicator, condition="a <= b", sentence="a paling banyak b")
        FormArrival.objects.create(
            request=request, sha256="0" * 64, name="isian.xlsx", sender="a@contoh.id", at=turn.at
        )
        brought = FigureImport.objects.create(
            office=office, name="a.csv", format="csv", sha256="0" * 64, digest="1" * 64, rows=1, added=1, changed=0, same=0,
            at=turn.at, by="Analis", title="Analis",
        )  # fmt: skip
        ImportTakenBack.objects.create(
            figure_import=brought, reason="Salah berkas", restored=1, emptied=0, at=turn.at, by="Analis", title="Analis"
        )
        ColumnMapping.objects.create(
            office=office, fingerprint="2" * 64, name="Lembar", mapping={"a": 1}, saved_at=turn.at, saved_by="Analis"
        )
        schedule = Schedule.objects.create(
            office=office, key=MECHANISM, kind="TW", active_from=date(2026, 1, 1), made_by="Kasubbag"
        )
        ScheduleRun.objects.create(
            schedule=schedule, period="2026-TW4", planned_at=turn.at, at=turn.at, state="dimulai", cycle=running
        )
        turn.record("tests:rows:written", f"office:{office.code}")


@pytest.fixture
def said(db: None, quick_paper: None) -> Iterator[Said]:
    """What the journal says of the office's year; whatever a test forges is taken back before anybody checks it."""
    with transaction.atomic():
        yield _said_by_journal(once(_whole_year))
        transaction.set_rollback(True)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def _sql(statement: str, *values: object) -> None:
    """As somebody with the database's password would: past the triggers, past Himpun."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (trigger,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {trigger}")
        cursor.execute(statement, values)


def _other(column: models.Field[Any, Any], value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(column, models.JSONField):
        return json.dumps({"lain": True})
    if isinstance(value, bool):
        return not value
    if isinstance(value, datetime | date):
        return value + timedelta(days=1)
    if isinstance(value, time):
        return time(3, 7)
    if isinstance(value, int | Decimal):
        return value + 1000
    if isinstance(value, str):
        return "lain" if value != "lain" else "beda"
    if isinstance(column, models.DateTimeField):
        return NOW
    if isinstance(column, models.DateField):
        return NOW.date()
    return 1


FIELDS = [(label, name) for label, kind in SEALED.items() for name in kind.fields]


def test_a_year_as_it_was_lived_is_whole(said: Said) -> None:
    assert list(differences(said)) == []


def test_every_sealed_table_has_a_row_to_forge(said: Said) -> None:
    assert [label for label, kind in SEALED.items() if not kind.model._base_manager.exists()] == []


@pytest.mark.parametrize("label", list(SEALED))
def test_each_field_changed_by_sql_is_named(said: Said, label: str) -> None:
    kind = SEALED[label]
    row = _sealed_row(kind, said)
    unseen = []
    for name in kind.fields:
        column = kind.model._meta.get_field(name)
        try:
            with transaction.atomic():
                value = connection.ops.adapt_unknown_value(_other(column, getattr(row, name)))
                _sql(f'UPDATE {kind.model._meta.db_table} SET "{column.column}" = %s WHERE id = %s', value, row.pk)  # noqa: S608
                found = list(differences(said, [kind]))
                if not any(f"nomor {row.pk}" in one and (f"({name})" in one or "dibaca" in one) for one in found):
                    unseen.append((name, found))
                transaction.set_rollback(True)
        except (IntegrityError, DataError):  # the database itself refuses it
            continue
    assert unseen == []


@pytest.mark.parametrize("label", list(SEALED))
def test_a_row_deleted_by_sql_is_named(said: Said, label: str) -> None:
    kind = SEALED[label]
    row = _sealed_row(kind, said)
    _sql(f"DELETE FROM {kind.model._meta.db_table} WHERE id = %s", row.pk)  # noqa: S608

    (sentence,) = [one for one in differences(said, [kind]) if "hilang" in one]

    assert f"{kind.noun} nomor {row.pk} hilang" in sentence


def _sealed_row(kind: Kind, said: Said) -> models.Model:
    """A row that the journal knows."""
    return next(row for row in kind.model._base_manager.all() if said.of([kind.key(row.pk)]))


def test_a_row_added_by_sql_is_named(said: Said) -> None:
    kind = SEALED["letters.letter"]
    columns = ", ".join(
        f'"{one.column}"' for one in kind.model._meta.concrete_fields if one.name not in ("id", "agenda_no")
    )
    _sql(f"INSERT INTO letters_letter (agenda_no, {columns}) SELECT 99, {columns} FROM letters_letter LIMIT 1")  # noqa: S608

    (sentence,) = differences(said, [kind])

    assert "tidak pernah dicatat jurnal" in sentence


def test_an_older_record_moved_to_the_end_is_named(said: Said) -> None:
    """The key of a record is in no digest: exchanged, what a row once said would be what the journal says last."""
    older, newer = Record.objects.filter(act=ROWS_WRITTEN, chain="kec-contoh").order_by("seq")[:2]
    for pk, to in ((older.pk, -1), (newer.pk, older.pk), (-1, newer.pk)):
        _sql("UPDATE archive_record SET id = %s WHERE id = %s", to, pk)

    assert any("urutannya diubah" in one for one in said_by_journal().unread)


OPEN_STEP = {
    "who decides": "UPDATE cycles_task SET post_id = (SELECT MAX(id) FROM offices_post WHERE office_id = {office}) WHERE id = {task}",
    "which step": "UPDATE cycles_task SET step_no = step_no + 1 WHERE id = {task}",
    "since when": "UPDATE cycles_task SET opened_at = '2026-01-02 03:04:05+00' WHERE id = {task}",
    "until when": "UPDATE cycles_task SET due_at = '2027-01-02 03:04:05+00' WHERE id = {task}",
    "that it waits": "DELETE FROM cycles_task WHERE id = {task}",
}


@pytest.mark.parametrize("what", list(OPEN_STEP))
@pytest.mark.parametrize("decisions", [0, 1])
def test_the_step_that_waits_is_named_when_it_was_changed_by_sql(said: Said, what: str, decisions: int) -> None:
    cast = found_office("kec-berjalan")
    cycle = cast.start(MECHANISM)
    for _ in range(decisions):
        cast.decide(cycle, "perintahkan")
    assert list(differences()) == []
    task = cast.open_task(cycle)

    _sql(OPEN_STEP[what].format(task=task.pk, office=cast.office.pk))

    assert any(f"nomor {task.pk}" in one or f"nomor {cycle.pk} berjalan" in one for one in differences()), list(
        differences()
    )
