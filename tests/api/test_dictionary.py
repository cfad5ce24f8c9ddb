"""Kamus and target through the API: what is read can be written back, changes are told, errors stand at their field."""

from typing import Any

import pytest

from himpun.indicators.models.dictionary import Indicator, Target
from tests.api.programs import Program, add_indicator, program, row
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def writing(small: Cast) -> Program:
    add_indicator(small, "UJI-01", target_2026="48", target_2026_TW3="12", polarity="negatif-a", definition="Rata-rata")
    return program(small, small.analis)


def read(writing: Program, code: str = "UJI-01") -> Any:
    return writing.get(f"/indikator/{code}", tahun=2026).json()


def as_body(card: dict[str, Any]) -> dict[str, Any]:
    """A card that was read, as the body that writes it."""
    parts = {name: card[name] for name in ("tahun", "variabel", "pemeriksaan", "target", "penanda")}
    return {**card["isian"], **parts}


def test_what_was_read_is_written_back_and_changes_nothing(writing: Program) -> None:
    for code in ("UJI-01", "IKU-01"):
        saved = writing.put(f"/indikator/{code}", as_body(read(writing, code)))
        assert saved.status_code == 200, saved.content
        assert saved.json()["status"] == "tetap"


def test_a_card_copied_to_another_code_is_a_new_indicator(writing: Program) -> None:
    body = {**as_body(read(writing)), "nama": "Salinan"}
    del body["penanda"]

    saved = writing.put("/indikator/UJI-02", body).json()

    assert saved["status"] == "baru"
    assert saved["indikator"]["target"] == {"2026-TW3": "12", "2026": "48"}
    assert Indicator.objects.get(code="UJI-02").definition == "Rata-rata"


def test_only_what_is_sent_changes(writing: Program) -> None:
    saved = writing.put("/indikator/UJI-01", {"tahun": 2026, "sumber_data": "Buku tamu"}).json()
    assert saved["status"] == "berubah"
    assert [(one["isian"], one["lama"], one["baru"]) for one in saved["perubahan"]] == [
        ("Sumber data", "", "Buku tamu")
    ]
    assert saved["indikator"]["isian"]["definisi_operasional"] == "Rata-rata"


def test_a_used_definition_needs_a_reason_and_becomes_the_next_version(writing: Program) -> None:
    writing.post("/angka", {"rows": [row("UJI-01", "2026-TW3", 13)]})
    change = {"tahun": 2026, "definisi_operasional": "Median"}

    refused = writing.put("/indikator/UJI-01", change)
    assert (refused.status_code, [*refused.json()["fields"]]) == (422, ["alasan_perubahan"])

    saved = writing.put("/indikator/UJI-01", {**change, "alasan_perubahan": "Rata-rata menyesatkan"}).json()
    assert (saved["status"], saved["indikator"]["versi"]) == ("versi baru", 2)


def test_somebody_elses_change_in_between_is_not_overwritten(writing: Program) -> None:
    mark = read(writing)["penanda"]
    writing.put("/indikator/UJI-01", {"tahun": 2026, "nama": "Diganti"})
    late = writing.put("/indikator/UJI-01", {"tahun": 2026, "nama": "Terlambat", "penanda": mark})
    assert (late.status_code, late.json()["code"]) == (409, "indikator-sudah-berubah")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"nama": ""}, "nama"),
        ({"penanggung_jawab": "entah"}, "penanggung_jawab"),
        ({"polaritas": "miring"}, "polaritas"),
        ({"variabel": [{"nama": "nilai", "uraian": "", "jenis": "nilai"}]}, "variabel.0.uraian"),
        ({"pemeriksaan": [{"syarat": "nilai > 0", "kalimat": ""}]}, "pemeriksaan.0.kalimat"),
        ({"target": {"2026-XX": "12"}}, "target.2026-XX"),
        ({"salah_ketik": "x"}, "salah_ketik"),
        ({"nama": 7}, "nama"),
        ({"tahun": 1999}, "tahun"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(writing: Program, body: dict[str, Any], field: str) -> None:
    before = read(writing)
    refused = writing.put("/indikator/UJI-01", {"tahun": 2026, **body})
    assert refused.status_code == 422
    assert field in refused.json()["fields"], refused.content
    assert read(writing) == before


def test_indicators_are_listed_by_page_year_and_code(writing: Program) -> None:
    page = writing.get("/indikator", tahun=2026, kode="UJI").json()
    assert [one["kode"] for one in page["butir"]] == ["UJI-01"]
    assert (page["jumlah"], page["hal"], page["halaman"]) == (1, 1, 1)
    assert writing.get("/indikator", tahun=2030).json()["butir"] == []
    assert writing.get("/indikator", hal=2).json()["butir"] == []


def test_an_indicator_that_is_not_there_is_said_to_be_missing(writing: Program) -> None:
    missing = writing.get("/indikator/UJI-77", tahun=2026)
    assert (missing.status_code, missing.json()["code"]) == (404, "tidak-ada")


def test_targets_are_set_together_or_not_at_all(writing: Program) -> None:
    rows = [
        {"indikator": "UJI-01", "periode": "2026-TW1", "target": "15"},
        {"indikator": "UJI-01", "periode": "2026", "target": ""},
        {"indikator": "IKU-02", "periode": "2026-TW1", "target": "2,60–3,50"},
    ]
    saved = writing.put("/target", {"tahun": 2026, "target": rows})
    assert saved.json()["hasil"] == {"UJI-01": "target", "IKU-02": "target"}
    kept = {
        (one["indikator"], one["periode"]): one["target"] for one in writing.get("/target", tahun=2026).json()["target"]
    }
    assert kept["UJI-01", "2026-TW1"] == "15"
    assert kept["UJI-01", "2026-TW3"] == "12"
    assert ("UJI-01", "2026") not in kept

    before = list(Target.objects.values("indicator", "period", "value").order_by("pk"))
    wrong = [*rows, {"indikator": "UJI-88", "periode": "2026", "target": "1"}]
    wrong[0] = {**wrong[0], "target": "99"}
    refused = writing.put("/target", {"tahun": 2026, "target": wrong})
    assert refused.status_code == 422
    assert [*refused.json()["fields"]] == ["UJI-88"]
    assert list(Target.objects.values("indicator", "period", "value").order_by("pk")) == before

    bad_period = writing.put("/target", {"tahun": 2026, "target": [{**rows[0], "periode": "2026-TW7"}]})
    assert [*bad_period.json()["fields"]] == ["UJI-01 2026-TW7"]
