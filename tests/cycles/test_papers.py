"""What the papers of a run say: who signed, who was late, who is beneath whom."""

from typing import Any

from himpun.cycles.actions import start_cycle
from himpun.documents.models import Document, DocumentVersion
from himpun.indicators.models.dictionary import Indicator, Scale
from tests.cast import MECHANISM, PERIOD, Cast, later


def latest(kind: str) -> Any:
    return DocumentVersion.objects.filter(document__kind=kind).latest("pk").content


def test_an_answer_is_signed_by_who_sent_it(small: Cast) -> None:
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)
    request = small.requests(cycle)[0]
    small.answer(request)

    signed, who = latest(Document.Kind.ANSWER)["signature"], small.units[0]
    assert (signed["name"], signed["rank"], signed["nip"]) == (who.name, who.rank, who.nip)
    assert signed["position"] == request.unit.title
    assert signed["approval"].startswith("Dikirim dalam sistem pada ")


def test_a_late_answer_has_a_state_of_its_own_and_its_files_are_counted_once(small: Cast) -> None:
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)
    in_time, late = small.requests(cycle)
    small.answer(in_time)
    with later(days=30):
        small.answer(late)
        small.decide(cycle, "sampaikan")
        small.decide(cycle, "bekukan")

    units = latest(Document.Kind.COLLECTED)["units"]
    assert [(unit["state"], unit["status"]) for unit in units] == [
        ("masuk", "Masuk, tepat waktu"),
        ("terlambat", "Masuk, terlambat"),
    ]
    values = units[0]["values"]
    assert [value["evidence"] for value in values] == ["1 berkas", *[""] * (len(values) - 1)]


def test_a_disposition_offers_the_posts_beneath_its_giver(kecamatan: Cast) -> None:
    kecamatan.to_step_3()

    first, second = latest(Document.Kind.DISPOSITION)["dispositions"]
    assert [box["label"] for box in first["to"]][:1] == ["Sekretaris Camat"]
    assert sum(box["label"].startswith("Kepala Seksi") for box in first["to"]) == 5
    assert not any(box["label"].startswith("Kepala Seksi") for box in second["to"])
    assert any(box["checked"] for box in second["to"])


TWO_LEVELS = [
    {"name": "Lampau", "colour": "hijau", "above": "100"},
    {"name": "Belum", "colour": "merah", "above": ""},
]


def two_levels(cast: Cast, *, default: bool) -> Scale:
    return Scale.objects.create(office=cast.office, name="Dua", year=2026, levels=TWO_LEVELS, default=default)


def test_the_recap_and_the_data_kinerja_print_the_scale_of_the_office(small: Cast) -> None:
    two_levels(small, default=True)
    small.to_step_4()

    for kind in (Document.Kind.RECAP, Document.Kind.PERFORMANCE):
        said = latest(kind)
        assert [(band["label"], band["rule"]) for band in said["scale"]] == [("Lampau", "> 100"), ("Belum", "≤ 100")]
        assert said["scale_rule"] == "Kategori ditetapkan dari capaian sebelum dibulatkan."
        assert (said["summary"]["mean"], said["summary"]["category"]) == ("97,22", "Belum")


def test_where_indicators_have_scales_of_their_own_each_is_printed_and_the_mean_is_called_by_none(small: Cast) -> None:
    Indicator.objects.filter(code="IKU-02").update(scale=two_levels(small, default=False))
    small.to_step_4()

    for kind in (Document.Kind.RECAP, Document.Kind.PERFORMANCE):
        said = latest(kind)
        assert [band["rule"] for band in said["scale"]][:2] == ["> 90", "> 75 dan ≤ 90"]
        assert said["scale_rule"].endswith("IKU-02 memakai skala lain: Lampau (> 100); Belum (≤ 100).")
        assert said["summary"]["category"] == ""
    categories = {one["code"]: one["category"] for one in latest(Document.Kind.RECAP)["objectives"][0]["indicators"]}
    assert categories == {"IKU-01": "Sangat Tinggi", "IKU-02": "Belum"}
