"""Changing the dictionary: in place while unused, a new version once used, and files that go out and come back."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from himpun import clock
from himpun.archive import files as archive
from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.commands.load_office import load
from himpun.errors import FieldErrors
from himpun.folders.findings import OfficeFilesError
from himpun.folders.reading import read_office
from himpun.folders.rows import OfficeFiles
from himpun.indicators.dictionary import importing
from himpun.indicators.dictionary.definition import Definition
from himpun.indicators.dictionary.saving import (
    ChangedMeanwhile,
    CopiesNothing,
    FormulaBreaks,
    ReasonNeeded,
    Saved,
    StillUsed,
    definition_of,
    entries,
    marker_of,
    save_indicator,
)
from himpun.indicators.dictionary.scales import rule_of, save_scale, set_default_scale
from himpun.indicators.dictionary.sheets import TABLES
from himpun.indicators.dictionary.years import copy_to_year, remove_indicator
from himpun.indicators.figures.taking import mark_used
from himpun.indicators.measured.office_year import OfficeYear
from himpun.indicators.models.dictionary import Element, Indicator, Scale
from himpun.indicators.models.figures import Figure
from himpun.measure.periods import Period
from himpun.measure.scoring.bounds import Row, ScaleRefused, rows_of
from himpun.measure.scoring.scale import FIVE_LEVELS, TRAFFIC_LIGHT
from himpun.offices.acting import HoldsNoPost
from tests.cast import Cast, found_office, later
from tests.indicators.test_definitions import FIELDS

pytestmark = pytest.mark.django_db

VARIABLES = [
    {"name": "hadir", "label": "Warga hadir", "unit": "orang", "kind": "pembilang"},
    {"name": "diundang", "label": "Warga diundang", "unit": "orang", "kind": "penyebut"},
]


def fields_of(cast: Cast, **changed: str) -> dict[str, str]:
    """Typed fields that suit the small office."""
    own = {"owner": cast.post_of_unit(0).code, "contributors": cast.post_of_unit(1).code, "scale": "", "order": ""}
    return {**FIELDS, **own, "formula": "hadir / diundang × 100", **changed}


def save(cast: Cast, code: str = "IKU-50", *, fields: Mapping[str, str] | None = None, **also: Any) -> Saved:
    given = {"variables": VARIABLES, "targets": {"2026": "77"}, "by": cast.kasubbag, **also}
    return save_indicator(
        office=cast.office, code=code, year=2026, fields=fields_of(cast) if fields is None else fields, **given
    )


def current(cast: Cast, code: str = "IKU-50", year: int = 2026) -> Indicator:
    return next(one for one in entries(cast.office, year) if one.code == code)


def recorded(act: str) -> list[dict[str, Any]]:
    return [json.loads(record.data) for record in Record.objects.filter(act=act)]


# --- one indicator ---------------------------------------------------------------------------------------------------


def test_an_indicator_is_added_with_everything_and_its_elements(small: Cast) -> None:
    saved = save(small)

    definition = definition_of(current(small))
    assert (saved.status, definition.cap, definition.places) == ("baru", 120, 1)
    assert definition.contributors == (small.post_of_unit(1).code,)
    assert Element.objects.filter(code="IKU-50.hadir").exists()
    assert recorded("indicators:indicator:added")[0]["code"] == "IKU-50"
    assert definition.order == 3


@pytest.mark.parametrize("role", ["kepala", "sekretaris", "kasubbag-umum", "unit"])
def test_only_who_plans_may_change_the_dictionary(small: Cast, role: str) -> None:
    by = small.units[0] if role == "unit" else small.by_role(role)
    with pytest.raises(HoldsNoPost):
        save(small, by=by)
    assert save(small, by=small.analis).status == "baru"
    with pytest.raises(HoldsNoPost):
        remove_indicator(indicator=current(small), by=by)
    with pytest.raises(HoldsNoPost):
        copy_to_year(office=small.office, from_year=2026, to_year=2027, by=by)
    with pytest.raises(HoldsNoPost):
        save_scale(office=small.office, name="Skala", year=2026, rows=rows_of(FIVE_LEVELS), by=by)


def test_who_plans_in_another_office_may_not(small: Cast) -> None:
    with pytest.raises(HoldsNoPost):
        save(small, by=found_office("kec-lain").kasubbag)


def test_an_unused_definition_changes_in_place_and_the_journal_keeps_both(small: Cast) -> None:
    first = save(small).indicator
    kept = {variable.name: variable.pk for variable in first.variables.all()}

    saved = save(small, fields={"name": "Nama baru"}, variables=VARIABLES[::-1])

    assert (saved.status, saved.indicator.pk, saved.indicator.version) == ("berubah", first.pk, 1)
    assert {variable.name: variable.pk for variable in first.variables.all()} == kept
    assert recorded("indicators:indicator:changed")[0]["changes"][0] == ["Nama indikator", FIELDS["name"], "Nama baru"]


def test_saving_the_same_again_changes_nothing_and_leaves_no_trace(small: Cast) -> None:
    save(small)
    before = Record.objects.count()
    assert save(small, fields=fields_of(small, order="3")).status == "tetap"
    assert Record.objects.count() == before


def test_a_used_definition_stays_and_the_change_is_the_next_version_with_a_reason(small: Cast) -> None:
    old = save(small).indicator
    mark_used([old], clock.now())

    with pytest.raises(ReasonNeeded, match="sudah dipakai"):
        save(small, fields={"formula": "hadir / diundang"})
    assert Indicator.objects.filter(code="IKU-50").count() == 1
    with later(days=1) as moment:
        saved = save(small, fields={"formula": "hadir / diundang"}, reason="Satuan diperbaiki")

    old.refresh_from_db()
    assert (saved.status, saved.indicator.version, saved.indicator.used_at) == ("versi baru", 2, None)
    assert (old.formula, old.superseded_at) == ("hadir / diundang × 100", moment)
    new = current(small)
    assert (new.pk, new.change_reason, new.changed_by) == (saved.indicator.pk, "Satuan diperbaiki", small.kasubbag.name)
    assert [one.element_id for one in new.variables.all()] == [one.element_id for one in old.variables.all()]
    assert dict(definition_of(new).targets) == {"2026": "77"}
    assert recorded("indicators:indicator:revised")[0]["reason"] == "Satuan diperbaiki"
    assert verify().faults == []


def test_targets_alone_never_make_a_version_and_are_journaled_old_and_new(small: Cast) -> None:
    mark_used([save(small).indicator], clock.now())

    saved = save(small, fields={}, targets={"2026": "80", "2026-TW1": "20"})

    assert (saved.status, saved.indicator.version) == ("target", 1)
    assert recorded("indicators:target:changed")[0]["changes"] == [
        ["Target Tahun 2026", "77", "80"],
        ["Target Triwulan I 2026", "", "20"],
    ]
    assert save(small, fields={}, targets={"2026": "80"}).status == "target"
    assert dict(definition_of(current(small)).targets) == {"2026": "80"}


def test_figures_collected_before_a_new_version_are_found_by_it(small: Cast) -> None:
    cycle = small.to_step_3()
    small.run_mechanism(small.child(cycle))
    assert Figure.objects.exists()
    year = OfficeYear.load(small.office, 2026)
    before = year.measure("IKU-01", Period.parse("2026-TW3")).actual

    saved = save_indicator(
        office=small.office,
        code="IKU-01",
        year=2026,
        fields={"definition": "Ditulis lebih jelas", "owner": small.post_of_unit(0).code},
        reason="Dijelaskan",
        by=small.kasubbag,
    )

    assert saved.status == "versi baru"
    assert OfficeYear.load(small.office, 2026).measure("IKU-01", Period.parse("2026-TW3")).actual == before


def test_who_edits_an_old_picture_is_told_and_nothing_changes(small: Cast) -> None:
    save(small)
    marker = marker_of(current(small))
    save(small, fields={"name": "Diubah orang lain"})

    with pytest.raises(ChangedMeanwhile, match="diubah orang lain"):
        save(small, fields={"name": "Punya saya"}, marker=marker)

    assert current(small).name == "Diubah orang lain"
    assert save(small, fields={"name": "Punya saya"}, marker=marker_of(current(small))).status == "berubah"


def test_a_new_indicator_does_not_take_the_code_of_another(small: Cast) -> None:
    save(small)
    with pytest.raises(FieldErrors) as caught:
        save(small, new=True)
    assert "sudah ada" in caught.value.fields["code"]


def test_a_target_that_is_no_number_is_taken_with_a_notice(small: Cast) -> None:
    saved = save(small, targets={"2026": "< inflasi nasional"})
    assert "tidak dihitung" in saved.notices["2026"]
    assert dict(definition_of(current(small)).targets) == {"2026": "< inflasi nasional"}


# --- formulas that hang together -------------------------------------------------------------------------------------


def test_a_change_that_would_break_another_formula_is_refused(small: Cast) -> None:
    save(small)
    save(small, "IKU-51", fields=fields_of(small, formula="[IKU-50.hadir] / diundang × 100"), variables=VARIABLES[1:])

    renamed = [{**VARIABLES[0], "name": "datang"}, VARIABLES[1]]
    with pytest.raises(FormulaBreaks, match="IKU-51"):
        save(small, fields={"formula": "datang / diundang × 100"}, variables=renamed)
    with pytest.raises(StillUsed, match="IKU-51"):
        remove_indicator(indicator=current(small), by=small.kasubbag)


def test_a_ring_is_refused_when_it_is_closed(small: Cast) -> None:
    save(small)
    save(small, "IKU-51", fields=fields_of(small, formula="[IKU-50] × 2"), variables=[])
    with pytest.raises(FieldErrors) as caught:
        save(small, fields={"formula": "[IKU-51] / 2"}, variables=[])
    assert "berputar" in caught.value.fields["formula"]


# --- years, and taking away ------------------------------------------------------------------------------------------


def test_a_year_is_copied_without_targets_and_only_what_is_missing(small: Cast) -> None:
    scale = save_scale(office=small.office, name="Lampu", year=2026, rows=rows_of(TRAFFIC_LIGHT), by=small.kasubbag)
    set_default_scale(scale=scale, by=small.kasubbag)
    save(small, fields=fields_of(small, scale="Lampu"))

    copies = copy_to_year(office=small.office, from_year=2026, to_year=2027, by=small.kasubbag)

    assert {one.code for one in copies} == {"IKU-01", "IKU-02", "IKU-50"}
    copy = definition_of(current(small, year=2027))
    assert replace(copy, year=2026, targets=(("2026", "77"),)) == definition_of(current(small))
    assert Scale.objects.get(year=2027).default
    with pytest.raises(CopiesNothing):
        copy_to_year(office=small.office, from_year=2026, to_year=2027, by=small.kasubbag)


def test_an_unused_indicator_is_removed_and_a_used_one_is_not(small: Cast) -> None:
    save(small)
    remove_indicator(indicator=current(small), by=small.kasubbag)
    assert not Indicator.objects.filter(code="IKU-50").exists()

    mark_used([save(small).indicator], clock.now())
    with pytest.raises(StillUsed):
        remove_indicator(indicator=current(small), by=small.kasubbag)
    save(small, fields={"name": "Versi kedua"}, reason="Nama")
    with pytest.raises(StillUsed):
        remove_indicator(indicator=current(small), by=small.kasubbag)


# --- scales ----------------------------------------------------------------------------------------------------------


def test_a_scale_with_a_gap_is_refused_and_one_without_is_kept_and_used(small: Cast) -> None:
    published = (Row("Tinggi", "tinggi", "76", True), Row("Rendah", "rendah", "", False, "75"))
    with pytest.raises(ScaleRefused, match="Celah antara 75 dan 76") as caught:
        save_scale(office=small.office, name="Dua", year=2026, rows=published, by=small.kasubbag)

    scale = save_scale(office=small.office, name="Dua", year=2026, rows=caught.value.proposal, by=small.kasubbag)
    set_default_scale(scale=scale, by=small.kasubbag)

    assert scale.levels[0] == {"name": "Tinggi", "colour": "tinggi", "above": "75", "inclusive": False}
    assert OfficeYear.load(small.office, 2026).scale("IKU-01").category(90).name == "Tinggi"
    assert "> 75" in rule_of(scale)


def test_a_scale_in_use_changes_with_a_reason_only(small: Cast) -> None:
    scale = save_scale(office=small.office, name="Lampu", year=2026, rows=rows_of(TRAFFIC_LIGHT), by=small.kasubbag)
    mark_used([save(small, fields=fields_of(small, scale="Lampu")).indicator], clock.now())
    given = {"office": small.office, "name": "Lampu", "year": 2026, "by": small.kasubbag, "scale": scale}

    with pytest.raises(FieldErrors) as caught:
        save_scale(rows=rows_of(FIVE_LEVELS), **given)
    assert "alasan" in caught.value.fields["reason"]
    save_scale(rows=rows_of(FIVE_LEVELS), reason="Peraturan baru", **given)
    assert recorded("indicators:scale:saved")[-1]["reason"] == "Peraturan baru"
    before = Record.objects.count()
    save_scale(rows=rows_of(FIVE_LEVELS), **given)
    assert Record.objects.count() == before


def test_one_scale_a_year_is_the_offices_own(small: Cast) -> None:
    made = [
        save_scale(office=small.office, name=name, year=2026, rows=rows_of(FIVE_LEVELS), by=small.kasubbag)
        for name in ("Satu", "Dua")
    ]
    for scale in made:
        set_default_scale(scale=scale, by=small.kasubbag)
    assert list(Scale.objects.filter(default=True)) == [made[1]]
    with pytest.raises(FieldErrors, match="sudah ada"):
        save_scale(office=small.office, name="Satu", year=2026, rows=rows_of(FIVE_LEVELS), by=small.kasubbag)


# --- files -----------------------------------------------------------------------------------------------------------


def definitions(cast: Cast) -> list[Definition]:
    return [definition_of(one) for one in entries(cast.office)]


def exported(cast: Cast) -> list[tuple[str, bytes]]:
    return [("kamus.xlsx", importing.as_xlsx(definitions(cast)))]


def as_csv_files(cast: Cast) -> list[tuple[str, bytes]]:
    return [(f"{table.name}.csv", importing.as_csv(definitions(cast), table.name)) for table in TABLES]


def take(cast: Cast, files: list[tuple[str, bytes]], **also: Any) -> importing.Plan:
    return importing.import_dictionary(office=cast.office, files=files, by=cast.kasubbag, **also)


def rich(cast: Cast) -> None:
    """An indicator with every field, hostile text included."""
    checks = [
        {"condition": "hadir <= diundang", "sentence": "Yang hadir tidak melebihi yang diundang.", "blocks": "tidak"}
    ]
    variables = [{**VARIABLES[0], "minimum": "0", "maximum": "1.234,5", "required": "tidak"}, VARIABLES[1]]
    fields = fields_of(
        cast, definition='=2+3; "dua"\nbaris kedua', rationale="-minus dan @at", grades="A = 90; B = 80,5"
    )
    save(cast, fields=fields, variables=variables, checks=checks, targets={"2026": "−5", "2026-TW1": "88/100.000"})


@pytest.mark.parametrize("export", [exported, as_csv_files])
def test_an_export_comes_back_and_changes_nothing(small: Cast, export: Any) -> None:
    rich(small)
    before, records = definitions(small), Record.objects.count()

    plan = take(small, export(small))

    assert plan.wrong == ()
    assert {change.status for change in plan.changes} == {"tetap"}
    assert (definitions(small), Record.objects.count()) == (before, records)


@pytest.mark.parametrize("export", [exported, as_csv_files])
def test_an_export_makes_the_same_dictionary_in_an_empty_office(small: Cast, export: Any) -> None:
    rich(small)
    files, wanted = export(small), definitions(small)
    Indicator.objects.all().delete()

    plan = take(small, files)

    assert plan.counts == {"baru": 3}
    assert definitions(small) == wanted
    assert archive.read(recorded_files()[0]) == files[0][1]


def recorded_files() -> list[str]:
    return list(Record.objects.filter(act="indicators:dictionary:imported").values_list("file_sha256", flat=True))


@pytest.mark.parametrize("folder", ["kecamatan-contoh", "dinas-contoh"])
def test_the_tables_of_an_office_folder_are_a_dictionary_too(folder: str) -> None:
    office = load(read_office(f"examples/{folder}"))
    cast = Cast(office)
    names = ("indicators.csv", "variables.csv", "targets.csv")
    files = []
    for name in names:
        with open(f"examples/{folder}/{name}", "rb") as file:
            files.append((name, file.read()))

    plan = take(cast, files)

    assert plan.wrong == ()
    assert {change.status for change in plan.changes} == {"tetap"}


def table(rows: list[list[str]]) -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter=";").writerows(rows)
    return target.getvalue().encode()


def test_the_indicators_alone_change_what_they_say_and_no_more(small: Cast) -> None:
    rich(small)
    before = definition_of(current(small))

    plan = take(small, [("indikator.csv", table([["Kode", "Tahun", "Sasaran"], ["IKU-50", "2026", "Sasaran baru"]]))])

    assert plan.counts == {"berubah": 1}
    assert definition_of(current(small)) == replace(before, sasaran="Sasaran baru")


def test_a_file_over_used_definitions_needs_a_reason_and_makes_versions(small: Cast) -> None:
    mark_used([save(small).indicator], clock.now())
    files = [("indikator.csv", table([["Kode", "Tahun", "Nama indikator"], ["IKU-50", "2026", "Nama lain"]]))]

    plan, token = importing.preview(office=small.office, files=files, by=small.kasubbag)
    assert plan.needs_reason
    with pytest.raises(FieldErrors, match="Tulis alasannya"):
        importing.take_in_preview(office=small.office, token=token, reason=" ", by=small.kasubbag)
    assert current(small).version == 1
    importing.take_in_preview(office=small.office, token=token, reason="Renstra berubah", by=small.kasubbag)

    assert (current(small).version, current(small).change_reason) == (2, "Renstra berubah")


def test_a_preview_changes_nothing_and_only_its_maker_can_take_it_in(small: Cast) -> None:
    files = [("indikator.csv", table([["Kode", "Tahun", "Nama indikator"], ["IKU-01", "2026", "Nama lain"]]))]
    before = definitions(small)
    plan, token = importing.preview(office=small.office, files=files, by=small.kasubbag)
    assert plan.counts == {"berubah": 1}
    assert definitions(small) == before

    with pytest.raises(importing.PreviewGone):
        importing.take_in_preview(office=small.office, token=token, reason="", by=small.analis)
    with pytest.raises(importing.PreviewGone):
        importing.take_in_preview(office=small.office, token=token + "x", reason="", by=small.kasubbag)
    save_indicator(office=small.office, code="IKU-01", year=2026, fields={"name": "Lebih dulu"}, by=small.analis)
    with pytest.raises(importing.DictionaryChanged):
        importing.take_in_preview(office=small.office, token=token, reason="", by=small.kasubbag)
    assert current(small, "IKU-01").name == "Lebih dulu"


@pytest.mark.parametrize(
    ("rows", "place", "cause"),
    [
        ([["Kode", "Tahun", "Polaritas"], ["IKU-01", "2026", "naik"]], (2, "Polaritas", "naik"), "pilih salah satu"),
        ([["Kode", "Tahun", "Penanggung jawab"], ["IKU-01", "2026", "x"]], (2, "Penanggung jawab", "x"), "tidak ada"),
        (
            [["Kode", "Tahun", "Rumus"], ["IKU-01", "2026", "pembilang / lain"]],
            (2, "Rumus", "pembilang / lain"),
            "lain",
        ),
        ([["Kode", "Tahun"], ["IKU-01", "26"]], (2, "Tahun", "26"), "empat angka"),
        ([["Kode", "Tahun"], ["", "2026"]], (2, "Kode", ""), "tulis kode"),
        ([["Kode", "Tahun"], ["IKU-01", "2026"], ["IKU-01", "2026"]], (3, "Kode", "IKU-01"), "sudah ada pada baris 2"),
        ([["Kode", "Tahun", "Warna"], ["IKU-01", "2026", "x"]], (1, "C", "Warna"), "kolom tidak dikenal"),
        ([["Kode", "Tahun", "Kode"], ["IKU-01", "2026", "x"]], (1, "C", "Kode"), "dua kali"),
        ([["Kode", "Tahun", "Satuan"], ["IKU-77", "2026", "%"]], (2, "name", ""), "Tulis nama indikator"),
    ],
)
def test_a_wrong_cell_is_told_by_row_column_value_and_cause_and_nothing_changes(
    small: Cast, rows: list[list[str]], place: tuple[int, str, str], cause: str
) -> None:
    before, records = definitions(small), Record.objects.count()

    plan = take(small, [("indikator.csv", table(rows))])

    told = [(wrong.row, wrong.column, wrong.value) for wrong in plan.wrong]
    assert place in told, plan.wrong
    assert any(cause in wrong.cause for wrong in plan.wrong)
    assert (definitions(small), Record.objects.count()) == (before, records)


def test_a_wrong_variable_and_target_are_told_in_their_own_file(small: Cast) -> None:
    variables = table([["Kode", "Nama variabel", "Uraian", "Jenis"], ["IKU-01", "Besar", "Uraian", "nilai"]])
    targets = table([["Kode", "Periode", "Target"], ["IKU-01", "2026-TW9", "5"], ["IKU-88", "2026", "5"]])
    indicators = table([["Kode", "Tahun"], ["IKU-01", "2026"]])

    plan = take(small, [("i.csv", indicators), ("v.csv", variables), ("t.csv", targets)])

    told = {(wrong.sheet, wrong.row, wrong.column, wrong.value) for wrong in plan.wrong}
    assert {("v.csv", 2, "Nama variabel", "Besar"), ("t.csv", 2, "Target", "5"), ("t.csv", 3, "Kode", "IKU-88")} <= told


def test_files_may_bring_formulas_that_refer_to_each_other(small: Cast) -> None:
    files = as_csv_files(small)
    rows = list(csv.reader(io.StringIO(files[0][1].decode("utf-8-sig")), delimiter=";"))
    place = {heading: number for number, heading in enumerate(rows[0])}
    base = rows[1]
    new = [*base]
    new[place["Kode"]], new[place["Rumus"]] = "IKU-90", "[IKU-91]"
    other = [*base]
    other[place["Kode"]], other[place["Rumus"]] = "IKU-91", "[IKU-01] × 2"
    indicators = ("Indikator.csv", table([*rows, new, other]))

    assert take(small, [indicators, *files[1:]]).counts == {"tetap": 2, "baru": 2}
    ring = [row if row[place["Kode"]] != "IKU-91" else [*row] for row in [*rows, new, other]]
    ring[-1][place["Rumus"]] = "[IKU-90] × 2"
    plan = take(small, [("Indikator.csv", table(ring)), *files[1:]])
    assert any("berputar" in wrong.cause for wrong in plan.wrong)


# --- the office folder -----------------------------------------------------------------------------------------------


@pytest.fixture
def files() -> OfficeFiles:
    return read_office("examples/kecamatan-contoh")


def changed_formula(files: OfficeFiles, formula: str) -> OfficeFiles:
    return replace(
        files,
        indicators=tuple(
            replace(row, formula=formula) if (row.code, row.year) == ("IKU-01", 2026) else row
            for row in files.indicators
        ),
    )


def test_loading_a_folder_again_changes_nothing(files: OfficeFiles) -> None:
    office = load(files)
    before = [definition_of(one) for one in entries(office)]
    load(files)
    assert [definition_of(one) for one in entries(office)] == before
    assert not Indicator.objects.filter(version=2).exists()


def test_a_used_definition_that_the_folder_changes_becomes_a_version_once(files: OfficeFiles) -> None:
    office = load(files)
    cast = Cast(office)
    assert current(cast, "IKU-01").used_at
    save_indicator(office=office, code="IKU-01", year=2026, fields={"cap": "120"}, reason="Dibatasi", by=cast.kasubbag)
    mark_used([current(cast, "IKU-01")], clock.now())
    changed = changed_formula(files, "100 × desa_baik / desa_seluruhnya")

    load(changed)
    load(changed)

    new = current(cast, "IKU-01")
    assert (new.version, new.change_reason, new.cap) == (3, "dimuat ulang dari berkas kantor", 120)
    assert Indicator.objects.filter(office=office, code="IKU-01", year=2026).count() == 3


@pytest.mark.parametrize(
    ("formula", "cause"),
    [
        ("desa_baik / jumlah_desa × 100", "jumlah_desa"),
        ("desa_baik", "satuan"),
        ("open('x') / desa_baik", ""),
        ("[IKU-77] × 1", "IKU-77"),
    ],
)
def test_a_wrong_formula_is_told_by_file_row_column_and_value_before_anything_is_written(
    files: OfficeFiles, formula: str, cause: str
) -> None:
    row = next(row for row in files.indicators if (row.code, row.year) == ("IKU-01", 2026))
    with pytest.raises(OfficeFilesError) as caught:
        load(changed_formula(files, formula))

    told = [error for error in caught.value.errors if error.column == "formula"]
    assert [(error.file, error.row, error.value) for error in told] == [("indicators.csv", row.row, formula)]
    assert cause in told[0].cause
    assert not Indicator.objects.exists()


def test_a_variable_no_formula_uses_is_told_at_its_row(files: OfficeFiles) -> None:
    one = next(row for row in files.variables if row.indicator == "IKU-01")
    with pytest.raises(OfficeFilesError, match="tidak dipakai rumus") as caught:
        load(replace(files, variables=(*files.variables, replace(one, name="lebih", row=99))))
    assert (caught.value.errors[0].file, caught.value.errors[0].row) == ("variables.csv", 99)
