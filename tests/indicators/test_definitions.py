"""A definition read from typed text: what is refused at which field, what makes another definition, what is complete."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.errors import FieldErrors
from himpun.indicators.dictionary.completeness import completeness, definition_gaps, target_notices, target_periods
from himpun.indicators.dictionary.definition import LABELS, Definition, Other, Surroundings, Typed
from himpun.indicators.dictionary.differences import as_typed, differences, redefines
from himpun.indicators.dictionary.reading import read_definition

AROUND = Surroundings(
    {"kasi-1": "Kepala Seksi 1", "kasi-2": "Kepala Seksi 2"},
    {"Lima tingkat"},
    {"IKU-09": Other("%", "surat_tepat / surat × 100", {"surat_tepat": "surat", "surat": "surat"})},
)
FIELDS = {
    "name": "Persentase desa dengan tata kelola baik",
    "sasaran": "Meningkatnya tata kelola desa",
    "definition": "Banyaknya desa dengan nilai paling sedikit 75 dibandingkan seluruh desa.",
    "rationale": "Tugas pembinaan kecamatan.",
    "formula": "desa_baik / desa × 100",
    "unit": "%",
    "polarity": "positif",
    "aggregation": "posisi-akhir",
    "source": "Lembar penilaian",
    "owner": "kasi-1",
    "contributors": "kasi-2",
    "frequency": "triwulanan",
    "evidence_required": "ya",
    "renstra_target": "100",
    "cap": "120",
    "places": "1",
    "jump_percent": "50",
    "scale": "Lima tingkat",
    "order": "3",
}
VARIABLES: list[dict[str, str]] = [
    {"name": "desa_baik", "label": "Desa dengan nilai baik", "unit": "desa", "kind": "pembilang", "minimum": "0"},
    {"name": "desa", "label": "Seluruh desa", "unit": "desa", "kind": "penyebut", "whole": "ya", "maximum": "1.000"},
]
CHECKS = [
    {"condition": "desa_baik <= desa", "sentence": "Desa baik tidak boleh melebihi seluruh desa.", "blocks": "ya"}
]
TARGETS = {"2026-TW1": "40", "2026-TW2": "50", "2026": "77"}


def typed(**changed: Any) -> Typed:
    """A whole definition with some of its parts or fields changed."""
    parts = {name: changed.pop(name) for name in ("code", "year", "variables", "targets", "checks") if name in changed}
    given: dict[str, Any] = {
        "code": "IKU-01",
        "year": 2026,
        "variables": VARIABLES,
        "targets": TARGETS,
        "checks": CHECKS,
    }
    return Typed(fields={**FIELDS, **changed}, **{**given, **parts})


def read(**changed: Any) -> Definition:
    return read_definition(typed(**changed), AROUND)


def refused(**changed: Any) -> dict[str, str]:
    with pytest.raises(FieldErrors) as caught:
        read(**changed)
    return caught.value.fields


def test_a_whole_definition_is_read_and_says_itself_again() -> None:
    definition = read()
    assert definition.cap == 120
    assert definition.variables[1].maximum == 1000
    assert definition.checks[0].blocks
    assert dict(definition.targets)["2026"] == "77"
    assert read_definition(as_typed(definition), AROUND) == definition


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"code": "IKU 01"}, "code", "Hanya boleh huruf"),
        ({"code": ""}, "code", "Tulis kodenya"),
        ({"year": 26}, "year", "empat angka"),
        ({"name": " "}, "name", "Tulis nama indikator"),
        ({"sasaran": ""}, "sasaran", "Tulis sasaran"),
        ({"unit": ""}, "unit", "Tulis satuannya"),
        ({"unit": "x" * 61}, "unit", "Terlalu panjang"),
        ({"owner": "kasi-9"}, "owner", "tidak ada di kantor ini"),
        ({"owner": ""}, "owner", "Pilih penanggung jawab"),
        ({"contributors": "kasi-2, kasi-8"}, "contributors", "kasi-8 tidak ada"),
        ({"polarity": "naik"}, "polarity", "pilih salah satu"),
        ({"frequency": "harian"}, "frequency", "pilih salah satu"),
        ({"scale": "Sepuluh tingkat"}, "scale", "tidak ada pada tahun 2026"),
        ({"cap": "99,9"}, "cap", "paling kecil 100"),
        ({"cap": "110,123"}, "cap", "dua angka"),
        ({"cap": "seratus"}, "cap", "tidak dapat dibaca"),
        ({"jump_percent": "0"}, "jump_percent", "di atas 0"),
        ({"places": "7"}, "places", "0 sampai 6"),
        ({"grades": "A = 90; A = 80"}, "grades", "sekali"),
        ({"grades": "A = baik"}, "grades", "tidak dapat dibaca"),
        ({"evidence_required": "mungkin"}, "evidence_required", "ya atau tidak"),
        ({"formula": "desa_baik / warga"}, "formula", "warga"),
        ({"formula": "desa_baik / ("}, "formula", ""),
        ({"formula": "desa_baik / desa + [IKU-77]"}, "formula", "IKU-77"),
        ({"formula": "desa_baik / desa + [IKU-09.lurah]"}, "formula", "lurah"),
        ({"targets": {"2027": "5"}}, "target-2027", "bukan tahun 2026"),
        ({"targets": {"2026-08": "5"}}, "target-2026-08", "tidak punya target untuk Agustus"),
        ({"targets": {"kapan": "5"}}, "target-kapan", "bukan kode periode"),
        ({"targets": {"2026": "x" * 61}}, "target-2026", "Terlalu panjang"),
        ({"variables": []}, "formula", ""),
        ({"checks": [{"condition": "laki = desa", "sentence": "Sama."}]}, "check-0-condition", "laki"),
        ({"checks": [{"condition": "desa = desa", "sentence": ""}]}, "check-0-sentence", "Tulis kalimat"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(changed: dict[str, Any], field: str, sentence: str) -> None:
    told = refused(**changed)
    assert sentence in told[field], told


@pytest.mark.parametrize(
    ("row", "field", "sentence"),
    [
        ({"name": "Desa Baik"}, "variable-1-name", "huruf kecil"),
        ({"name": "desa"}, "variable-1-name", "sudah dipakai"),
        ({"label": ""}, "variable-1-label", "Tulis apa yang dihitung"),
        (
            {"kind": "pecahan"},
            "variable-1-kind",
            "“pecahan” tidak dikenal; pilih salah satu dari: pembilang, penyebut, nilai",
        ),
        ({"minimum": "9", "maximum": "3"}, "variable-1-maximum", "lebih kecil daripada"),
        ({"minimum": "sedikit"}, "variable-1-minimum", "tidak dapat dibaca"),
        ({"maximum": "1" * 25}, "variable-1-maximum", "terlalu panjang"),
        ({"whole": "x"}, "variable-1-whole", "ya atau tidak"),
        ({"name": "lurah"}, "variable-1-name", "tidak dipakai rumus"),
    ],
)
def test_a_wrong_variable_is_told_at_its_own_row_whatever_blank_rows_stand_before(
    row: dict[str, str], field: str, sentence: str
) -> None:
    base = {"name": "desa_baik", "label": "Desa baik", "unit": "desa", "kind": "nilai"}
    blank: dict[str, str] = {"name": "", "label": "", "kind": "nilai"}
    rows = [blank, {**base, **row}, VARIABLES[1]] if row.get("name") != "desa" else [VARIABLES[1], {**base, **row}]
    assert sentence in refused(variables=rows, formula="desa", unit="desa", checks=[])[field]


def test_a_ring_of_formulas_is_refused() -> None:
    around = replace(AROUND, others={"IKU-09": Other("%", "[IKU-01] × 2", {})})
    with pytest.raises(FieldErrors) as caught:
        read_definition(typed(formula="desa_baik / desa × 100 + [IKU-09]"), around)
    assert "IKU-01" in caught.value.fields["formula"]


def test_an_indicator_may_be_made_of_others_alone() -> None:
    definition = read(formula="[IKU-09] × 1", variables=[], checks=[])
    assert definition.variables == ()


def test_a_variable_that_only_a_condition_uses_is_used() -> None:
    more = [*VARIABLES, {"name": "kelurahan", "label": "Kelurahan", "unit": "desa", "kind": "nilai"}]
    checks = [{"condition": "desa = desa_baik + kelurahan", "sentence": "Jumlahnya harus sama."}]
    assert len(read(variables=more, checks=checks).variables) == 3
    assert "tidak dipakai" in refused(variables=more, checks=[])["variable-2-name"]


def test_without_a_formula_the_kinds_of_variables_mean_one() -> None:
    assert read(formula="").formula == ""
    assert definition_gaps(read(formula="")) == []


def test_a_grade_needs_a_variable_and_no_formula() -> None:
    one = [{"name": "predikat", "label": "Predikat AKIP", "kind": "nilai"}]
    changed = {"polarity": "predikat", "formula": "", "unit": "predikat", "checks": []}
    assert read(variables=one, targets={"2026": "BB"}, **changed).polarity == "predikat"
    assert "Tambahkan satu variabel" in refused(variables=[], targets={}, **changed)["variables"]


# --- targets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("polarity", "target", "notice"),
    [
        ("positif", "84,75", ""),
        ("positif", "−5", ""),
        ("positif", "88/100.000", "0,00088 (88 ÷ 100.000) atau 1.136,363636 (100.000 ÷ 88)"),
        ("positif", "1:25", "ini perbandingan, yang dapat berarti 0,04 (1 ÷ 25) atau 25 (25 ÷ 1)"),
        ("negatif-a", "1 banding 12 orang", "Tulis salah satunya, sesuai cara realisasinya dihitung"),
        ("range", "1:25", "bukan rentang"),
        ("positif", "< inflasi nasional", "bukan angka"),
        ("positif", "A", "bukan angka"),
        ("range", "2,60–3,50", ""),
        ("range", "3", "bukan rentang"),
        ("peringkat", "3", ""),
        ("predikat", "WTP", ""),
        ("predikat", "Baik sekali", "tidak ada di antara"),
        ("teks", "Terlaksana", "polaritas indikator ini teks"),
    ],
)
def test_a_target_that_is_no_number_is_kept_and_said_not_to_be_computed(
    polarity: str, target: str, notice: str
) -> None:
    definition = read(polarity=polarity, targets={"2026": target}, formula="", checks=[], variables=VARIABLES)
    assert dict(definition.targets) == {"2026": target}
    told = target_notices(definition)
    assert (
        (notice in told["2026"] and "disimpan dan ditampilkan, tidak dihitung" in told["2026"]) if notice else not told
    )


def test_own_grades_decide_which_target_is_known() -> None:
    definition = read(polarity="predikat", grades="Baik = 3\nCukup = 2,5", targets={"2026": "baik"})
    assert definition.grades == (("BAIK", Decimal(3)), ("CUKUP", Decimal("2.5")))
    assert target_notices(definition) == {}


def test_target_periods_are_the_own_ones_and_the_year() -> None:
    assert [period.code for period in target_periods(2026, "semesteran")] == ["2026-S1", "2026-S2", "2026"]
    assert [period.code for period in target_periods(2026, "tahunan")] == ["2026"]


# --- another definition, or the same ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "loose"),
    [
        ({"targets": {"2026": "80"}}, True),
        ({"renstra_target": "95", "national_standard": "70", "order": "9"}, True),
        ({"name": "Nama lain"}, False),
        ({"formula": "desa_baik / desa"}, False),
        ({"cap": "110"}, False),
        ({"scale": ""}, False),
        ({"contributors": ""}, False),
        ({"checks": [], "formula": "desa_baik / desa × 100"}, False),
        ({"variables": [{**VARIABLES[0], "unit": "dusun"}, {**VARIABLES[1], "unit": "dusun"}]}, False),
        ({"variables": VARIABLES[::-1]}, False),
    ],
)
def test_only_what_is_measured_makes_another_definition(changed: dict[str, Any], loose: bool) -> None:
    found = differences(read(), read(**changed))
    assert found
    assert redefines(found) is not loose


def test_writing_the_same_differently_is_no_difference() -> None:
    same = read(cap="120,00", name="  Persentase  desa dengan tata kelola baik ", evidence_required="Ya")
    assert differences(read(), same) == ()


@given(st.dictionaries(st.sampled_from(sorted(set(LABELS) - {"code", "year"})), st.text(max_size=30), max_size=4))
def test_whatever_is_typed_is_refused_at_a_field_or_read_and_said_again(changed: dict[str, str]) -> None:
    fields: dict[str, str] = {}
    try:
        definition = read(**changed)
    except FieldErrors as error:
        fields = error.fields
    if not fields:
        assert read_definition(as_typed(definition), AROUND) == definition
        assert differences(definition, definition) == ()


# --- completeness ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "lacking"),
    [
        ({}, []),
        ({"definition": ""}, ["definisi operasional"]),
        ({"rationale": "", "source": ""}, ["alasan/manfaat", "sumber data"]),
        ({"renstra_target": ""}, ["target akhir renstra"]),
        ({"targets": {}}, ["target tahun 2026"]),
        ({"targets": {f"2026-TW{no}": "5" for no in range(1, 5)}}, []),
        ({"national_standard": ""}, []),
    ],
)
def test_what_the_card_lacks_is_named(changed: dict[str, Any], lacking: list[str]) -> None:
    assert definition_gaps(read(**changed)) == lacking


@pytest.mark.parametrize(
    ("complete", "total", "band"),
    [(10, 10, "a"), (9, 10, "b"), (91, 100, "a"), (3, 4, "c"), (4, 10, "d"), (1, 10, "e"), (0, 3, "e")],
)
def test_the_share_of_complete_definitions_has_the_band_of_the_evaluation(complete: int, total: int, band: str) -> None:
    good, bad = read(), read(definition="")
    found = completeness([good] * complete + [bad] * (total - complete))
    assert (found.percent, found.band) == (Fraction(complete * 100, total), band)


def test_no_definitions_have_no_share() -> None:
    assert completeness([])[:2] == (None, "")


@pytest.mark.parametrize(
    ("polarity", "target", "notice"),
    [
        ("positif", "62.50", "“62.50” dibaca sebagai 62,5."),
        ("positif", "≥ 75", "“≥ 75” dibaca sebagai 75."),
        ("positif", "51.307 *", "Tanda catatan kaki “*”"),
        ("range", "1,75 - 2.40", "ditulis dengan tanda yang berbeda"),
        ("positif", "45 kelompok", "Satuan targetnya kelompok, sedangkan satuan indikator"),
    ],
)
def test_a_target_that_was_read_with_a_guess_says_so(polarity: str, target: str, notice: str) -> None:
    definition = read(polarity=polarity, targets={"2026": target}, formula="", checks=[], variables=VARIABLES)
    assert dict(definition.targets) == {"2026": target}
    assert notice in target_notices(definition)["2026"]
