"""Acts on programs and money: who may, what is refused, what the journal keeps, and that an import is all or nothing."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from himpun.archive import files
from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.budgets import actions
from himpun.budgets.models import BudgetSetting, IndicatorProgram, MonthlyProgress, Program
from himpun.budgets.queries import achievements_of, chosen_of, entries_of, last_month_filled, years_of
from himpun.budgets.rules import BudgetMoved, ProgramInUse
from himpun.errors import FieldErrors, Refusal
from himpun.indicators.models.recaps import Recap, RecapLine
from himpun.offices.acting import HoldsNoPost
from himpun.spreadsheets.book import Book
from himpun.spreadsheets.reading import read_book
from tests.budgets.samples import ACTIVITY, OFFICE_NEEDS, PLAN, PROGRAM, REPORT, YEAR, give_budget, tree
from tests.cast import Cast

pytestmark = pytest.mark.django_db

CSV = b"""kode;nama;pagu;realisasi jan;fisik jan
7.01.01;Penunjang;;;
7.01.01.2.01;Perencanaan;;;
7.01.01.2.01.0006;Laporan kinerja;24.750.000,50;1.000.000;10
"""


def book(content: bytes = CSV) -> Book:
    return read_book("anggaran.csv", content)


def recorded(act: str) -> list[dict[str, Any]]:
    return [json.loads(record.data) for record in Record.objects.filter(act=act)]


def taken(cast: Cast, content: bytes = CSV, **given: Any) -> Any:
    return actions.import_budget(office=cast.office, year=YEAR, book=book(content), by=cast.kasubbag, **given)


def test_what_is_saved_is_what_is_read(small: Cast) -> None:
    give_budget(small)

    assert list(entries_of(small.office, YEAR).values()) == sorted(tree(), key=lambda one: one.code)
    assert years_of(small.office) == [YEAR]
    assert last_month_filled(small.office, YEAR) == 2


def test_only_perencanaan_and_analis_may_change_anything(small: Cast, neighbour: Cast) -> None:
    programs = give_budget(small)
    leaf, link = programs[PLAN].pk, IndicatorProgram.objects.get()
    before = Record.objects.count()
    for by in (small.kepala, small.umum, small.units[0], neighbour.kasubbag):
        attempts = [
            lambda by=by: actions.save_program(office=small.office, year=YEAR, fields={}, by=by),
            lambda by=by: actions.remove_program(program_id=leaf, by=by),
            lambda by=by: actions.save_progress(program_id=leaf, figures={3: ("1", "")}, by=by),
            lambda by=by: actions.set_setting(
                office=small.office, year=YEAR, rule="sisa", tolerance="5", cap="20", by=by
            ),
            lambda by=by: actions.link_indicator(program_id=leaf, indicator_code="IKU-01", by=by),
            lambda by=by: actions.unlink_indicator(link_id=link.pk, by=by),
            lambda by=by: actions.import_budget(office=small.office, year=YEAR, book=book(), by=by),
            lambda by=by: actions.import_budget(office=small.office, year=YEAR, book=book(), by=by, dry_run=True),
        ]
        for attempt in attempts:
            with pytest.raises(HoldsNoPost):
                attempt()
    assert Record.objects.count() == before


def test_a_new_program_is_refused_with_every_reason(small: Cast) -> None:
    give_budget(small)

    def wrong(**fields: str) -> dict[str, str]:
        with pytest.raises(FieldErrors) as refused:
            actions.save_program(office=small.office, year=YEAR, fields=fields, by=small.kasubbag)
        return refused.value.fields

    assert set(wrong(code="??", budget="-1", owner="999999999")) == {"code", "name", "budget", "owner"}
    assert "sudah ada" in wrong(code=PLAN, name="x")["code"]
    assert "belum ada" in wrong(code="7.01.09.2.01", name="x")["code"]
    assert "bukan di bawah sub-kegiatan" in wrong(code=f"{PLAN}.1", name="x", level="sub-kegiatan")["code"]
    assert "Pilih jenjangnya" in wrong(code="7.01.01.2", name="x")["level"]
    assert Program.objects.count() == len(tree())


def test_nothing_is_hung_below_a_node_with_money_of_its_own(small: Cast) -> None:
    give_budget(small)
    alone = "7.01.01.2.05"
    fields = {"code": alone, "name": "Kegiatan berpagu", "budget": "5"}
    actions.save_program(office=small.office, year=YEAR, fields=fields, by=small.kasubbag)

    with pytest.raises(FieldErrors, match="masih menyimpan pagu"):
        actions.save_program(
            office=small.office, year=YEAR, fields={"code": f"{alone}.0001", "name": "x"}, by=small.kasubbag
        )


def test_a_program_changes_only_if_nobody_changed_it_since(small: Cast) -> None:
    program = give_budget(small)[PLAN]
    stamp = actions.program_stamp(Program.objects.get(pk=program.pk))
    fields = {"name": "Nama baru", "budget": "1.000,25", "revised_budget": ""}
    saved = actions.save_program(
        office=small.office, year=YEAR, fields=fields, by=small.analis, program_id=program.pk, based_on=stamp
    )

    with pytest.raises(BudgetMoved):
        actions.save_program(
            office=small.office, year=YEAR, fields=fields, by=small.kasubbag, program_id=program.pk, based_on=stamp
        )
    assert (saved.name, saved.budget) == ("Nama baru", Decimal("1000.25"))
    assert recorded("budgets:program:changed")[0]["changed"]["budget"] == ["60.000.000", "1.000,25"]


def test_pagu_stands_only_on_leaves(small: Cast) -> None:
    program = give_budget(small)[ACTIVITY]

    with pytest.raises(FieldErrors) as refused:
        actions.save_program(
            office=small.office,
            year=YEAR,
            fields={"name": "K", "budget": "5"},
            by=small.kasubbag,
            program_id=program.pk,
        )
    with pytest.raises(Refusal, match="dihitung dari bawahnya"):
        actions.save_progress(program_id=program.pk, figures={1: ("5", "")}, by=small.kasubbag)
    assert set(refused.value.fields) == {"budget"}


def test_a_program_goes_only_when_nothing_hangs_on_it(small: Cast) -> None:
    programs = give_budget(small)
    for code, why in ((ACTIVITY, "di bawahnya"), (OFFICE_NEEDS, "sudah diisi")):
        with pytest.raises(ProgramInUse, match=why):
            actions.remove_program(program_id=programs[code].pk, by=small.kasubbag)
    actions.save_progress(program_id=programs[OFFICE_NEEDS].pk, figures={1: ("", "")}, by=small.kasubbag)
    actions.remove_program(program_id=programs[OFFICE_NEEDS].pk, by=small.kasubbag)

    assert not Program.objects.filter(code=OFFICE_NEEDS).exists()
    assert recorded("budgets:program:removed")[0]["budget"] == "100.000.000"


def test_months_are_saved_together_or_not_at_all(small: Cast) -> None:
    leaf = give_budget(small)[PLAN].pk
    stamp = actions.progress_stamp(Program.objects.get(pk=leaf))

    with pytest.raises(FieldErrors) as refused:
        actions.save_progress(program_id=leaf, figures={3: ("5", "101"), 4: ("1.5", "60")}, by=small.kasubbag)
    assert set(refused.value.fields) == {"physical-3", "spent-4"}
    assert last_month_filled(small.office, YEAR) == 2

    changed = actions.save_progress(
        program_id=leaf,
        figures={1: ("20.000.000", "30"), 2: ("", ""), 3: ("7,5", "62,5")},
        by=small.analis,
        based_on=stamp,
    )
    entry = entries_of(small.office, YEAR)[PLAN]
    assert changed == 2
    assert (entry.spent, entry.physical) == ({1: 20_000_000, 3: Decimal("7.5")}, {1: 30, 3: Decimal("62.5")})
    assert recorded("budgets:progress:saved")[-1]["months"] == {
        "Februari": ["10.000.000", "", "50", ""],
        "Maret": ["", "7,5", "", "62,5"],
    }
    with pytest.raises(BudgetMoved):
        actions.save_progress(program_id=leaf, figures={3: ("8", "")}, by=small.kasubbag, based_on=stamp)


def test_saving_what_is_there_records_nothing(small: Cast) -> None:
    leaf = give_budget(small)[PLAN].pk
    before = Record.objects.count()

    assert actions.save_progress(program_id=leaf, figures={1: ("20000000,00", "30,0")}, by=small.kasubbag) == 0
    actions.link_indicator(program_id=Program.objects.get(code=ACTIVITY).pk, indicator_code="IKU-01", by=small.analis)
    assert Record.objects.count() == before


def test_the_rule_is_chosen_per_year_and_its_cap_never_beyond_20(small: Cast) -> None:
    def choose(rule: str, cap: str, tolerance: str = "2,5") -> BudgetSetting:
        return actions.set_setting(
            office=small.office, year=YEAR, rule=rule, tolerance=tolerance, cap=cap, by=small.kasubbag
        )

    for rule, cap, field in (("nilai-efisiensi", "21", "cap"), ("nilai-efisiensi", "0", "cap"), ("lain", "20", "rule")):
        with pytest.raises(FieldErrors) as refused:
            choose(rule, cap)
        assert set(refused.value.fields) == {field}
    choose("nilai-efisiensi", "15")

    assert (chosen_of(small.office, YEAR).rule, chosen_of(small.office, YEAR).cap) == ("nilai-efisiensi", 15)
    assert chosen_of(small.office, YEAR - 1).rule == "selisih"
    assert recorded("budgets:setting:changed")[0]["rule"] == "Nilai efisiensi (NE)"


def test_only_indicators_of_the_year_are_linked(small: Cast) -> None:
    program = give_budget(small)[PLAN]
    with pytest.raises(FieldErrors):
        actions.link_indicator(program_id=program.pk, indicator_code="IKU-99", by=small.kasubbag)
    link = actions.link_indicator(program_id=program.pk, indicator_code="IKU-02", by=small.kasubbag)
    actions.unlink_indicator(link_id=link.pk, by=small.kasubbag)

    assert list(IndicatorProgram.objects.values_list("indicator_code", flat=True)) == ["IKU-01"]
    assert [one["indicator"] for one in recorded("budgets:link:removed")] == ["IKU-02"]


def test_the_database_itself_refuses_what_must_not_be(small: Cast) -> None:
    leaf = give_budget(small)[PLAN]
    attempts = [
        lambda: Program.objects.filter(pk=leaf.pk).update(budget=-1),
        lambda: Program.objects.filter(pk=leaf.pk).update(parent=None),
        lambda: MonthlyProgress.objects.create(program=leaf, month=13, spent=1),
        lambda: MonthlyProgress.objects.create(program=leaf, month=5, spent=-1),
        lambda: MonthlyProgress.objects.create(program=leaf, month=5, physical=101),
        lambda: MonthlyProgress.objects.create(program=leaf, month=5),
        lambda: MonthlyProgress.objects.create(program=leaf, month=1, spent=1),
        lambda: BudgetSetting.objects.create(office=small.office, year=YEAR, rule="selisih", cap=Decimal("20.5")),
        lambda: Program.objects.create(office=small.office, year=YEAR, code=PROGRAM, name="x", level="program"),
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


# --- importing --------------------------------------------------------------------------------------------------------


def test_an_import_writes_everything_once_and_keeps_the_file(small: Cast) -> None:
    kept = files.store(CSV, media_type="text/csv")
    first, again = taken(small, file_name="dpa.csv", file_sha256=kept), taken(small)
    leaf = Program.objects.get(code=REPORT)

    assert (len(first.changes), len(again.changes), again.same) == (3, 0, 3)
    assert (leaf.parent.code if leaf.parent else "", leaf.budget) == (ACTIVITY, Decimal("24750000.50"))
    assert MonthlyProgress.objects.get().physical == 10
    assert [record.file_sha256 for record in Record.objects.filter(act="budgets:budget:imported")] == [kept]
    assert verify().faults == []


def test_a_dry_run_writes_nothing(small: Cast) -> None:
    found = taken(small, dry_run=True)

    assert len(found.changes) == 3
    assert not Program.objects.exists()
    assert not Record.objects.filter(act__startswith="budgets:").exists()


def test_one_wrong_cell_and_nothing_of_the_file_is_taken(small: Cast) -> None:
    spoiled = CSV.replace(b";10\n", b";110\n")
    with pytest.raises(actions.ImportRefused) as refused:
        taken(small, spoiled)

    assert [(one.row, one.column, one.value) for one in refused.value.wrong] == [(4, "fisik jan", "110")]
    assert not Program.objects.exists()


def test_a_failure_in_the_middle_leaves_nothing(small: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(actions, "_write_progress", killed)
    with pytest.raises(KeyboardInterrupt):
        taken(small)

    assert not Program.objects.exists()
    assert not Record.objects.filter(act__startswith="budgets:").exists()


def test_what_was_agreed_to_is_what_happens(small: Cast) -> None:
    shown = taken(small, dry_run=True)
    taken(small, CSV.replace(b"24.750.000,50", b"1"))

    with pytest.raises(BudgetMoved):
        taken(small, expected=shown.digest)
    assert Program.objects.get(code=REPORT).budget == 1


def test_an_import_on_top_of_months_keeps_the_other_months(small: Cast) -> None:
    give_budget(small)
    taken(small, f"kode;bulan;realisasi;fisik\n{PLAN};2;;55\n{PLAN};3;4;60\n".encode())
    entry = entries_of(small.office, YEAR)[PLAN]

    assert entry.spent == {1: 20_000_000, 2: 10_000_000, 3: 4}
    assert entry.physical == {1: 30, 2: 55, 3: 60}


def test_offices_import_apart(small: Cast, neighbour: Cast) -> None:
    taken(small)
    actions.import_budget(office=neighbour.office, year=YEAR, book=book(), by=neighbour.analis)

    assert Program.objects.filter(office=small.office).count() == 3
    assert Program.objects.filter(office=neighbour.office).count() == 3


# --- capaian ----------------------------------------------------------------------------------------------------------


def test_the_newest_counting_recap_by_the_month_gives_the_capaian(kecamatan: Cast) -> None:
    by_month = {month: achievements_of(kecamatan.office, YEAR, month)["IKU-07"].period for month in (3, 5, 9)}
    Recap.objects.filter(period="2026-TW2").update(withdrawn_at="2026-10-01T00:00:00Z")
    withdrawn = achievements_of(kecamatan.office, YEAR, 9)["IKU-07"]
    line = RecapLine.objects.get(recap__period="2026-TW1", frozen__kode="IKU-07")

    assert by_month == {3: "2026-TW1", 5: "2026-TW1", 9: "2026-TW2"}
    assert (withdrawn.period, withdrawn.line_id) == ("2026-TW1", line.pk)
    assert withdrawn.value == 100


def test_a_yearly_indicator_shows_its_year_before_the_year_ends(kecamatan: Cast) -> None:
    assert achievements_of(kecamatan.office, YEAR, 9)["IKU-04"].period == "2026"
