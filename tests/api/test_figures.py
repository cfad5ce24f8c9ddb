"""Angka in and out: oracles through the API, the same again, dry runs, split messages, the forms of other systems."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from himpun import clock
from himpun.api.actions import save_codes
from himpun.api.forms.codes import Code
from himpun.api.reference import EXAMPLES
from himpun.archive.models import Record
from himpun.indicators.models.figures import Figure, FigureImport
from tests.api.oracles import ORACLES, Oracle
from tests.api.programs import ROOT, Program, add_indicator, program, row
from tests.cast import Cast

pytestmark = pytest.mark.django_db
TW3 = "2026-TW3"


@pytest.fixture
def sending(small: Cast) -> Program:
    add_indicator(small, "UJI-01", target_2026_TW3="12", polarity="negatif-a")
    add_indicator(small, "UJI-02", target_2026_TW3="80", owner=small.post_of_unit(1).code)
    return program(small, small.analis)


def numbers() -> dict[tuple[str, str, str], str]:
    """Every current figure: (element, unit, period) → value."""
    rows = Figure.objects.current().select_related("element", "unit")
    return {(one.element.code, one.unit.code, one.period.code): f"{one.text}{one.number or 0:f}" for one in rows}


# --- oracles ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("oracle", ORACLES, ids=lambda oracle: oracle.name)
def test_every_oracle_holds_through_the_api(small: Cast, oracle: Oracle) -> None:
    targets = {f"target_2026_TW{no}": text for no, text in enumerate(oracle.targets, 1)}
    add_indicator(small, polarity=oracle.polarity, aggregation=oracle.aggregation, **targets)
    sending = program(small, small.analis)
    rows = [row("UJI-01", f"2026-TW{no}", text) for no, text in enumerate(oracle.actuals, 1) if text]

    taken = sending.post("/angka", {"rows": rows}, desimal="koma")
    recap = sending.get("/rekap", periode=f"2026-TW{oracle.last}").json()

    assert taken.json()["baru"] == len(rows), taken.content
    line = next(line for line in recap["indikator"] if line["kode"] == "UJI-01")
    score = line["capaian_tahun" if oracle.over_year else "capaian"]
    assert score["tampil"] == oracle.expected
    if oracle.exact:
        assert score["tepat"] == oracle.exact
    assert bool(score["alasan"]) == (score["tepat"] == "")


# --- our own forms ---------------------------------------------------------------------------------------------------


def test_the_same_message_again_changes_nothing(sending: Program) -> None:
    rows = {"rows": [row("UJI-01", TW3, 13), row("UJI-02", TW3, "76.5", variabel="nilai", unit="jabatan-7")]}
    first, before = sending.post("/angka", rows).json(), numbers()
    again = sending.post("/angka", rows).json()

    assert [one["status"] for one in first["hasil"]] == ["baru", "baru"]
    assert [one["status"] for one in again["hasil"]] == ["tetap", "tetap"]
    assert (again["baru"], again["berubah"], again["tetap"], again["diterapkan"]) == (0, 0, 2, True)
    assert numbers() == before
    assert FigureImport.objects.count() == 1
    assert Record.objects.filter(act="indicators:figures:imported").count() == 1


@pytest.mark.parametrize("query", [{}, {"hanyaBenar": "true"}])
def test_a_dry_run_tells_everything_and_changes_nothing(sending: Program, query: dict[str, str]) -> None:
    rows = {"rows": [row("UJI-01", TW3, 13), row("UJI-99", TW3, 1), row("UJI-02", "2026-TW9", 1)]}

    told = sending.post("/angka", rows, dryRun="true", **query).json()

    assert [one["status"] for one in told["hasil"]] == ["baru", "salah", "salah"]
    assert [(one["baris"], one["kolom"]) for one in told["kesalahan"]] == [(2, "unsur"), (3, "periode")]
    assert told["coba_saja"]
    assert not told["diterapkan"]
    assert not Figure.objects.exists()
    assert not FigureImport.objects.exists()


def test_one_wrong_row_holds_back_all_unless_only_the_good_ones_are_asked_for(sending: Program) -> None:
    rows = {"rows": [row("UJI-01", TW3, 13), row("UJI-02", TW3, "tujuh")]}

    refused = sending.post("/angka", rows)
    assert refused.status_code == 422
    assert refused.json()["code"] == "angka-salah"
    assert refused.json()["kesalahan"][0]["nilai"] == "tujuh"
    assert not Figure.objects.exists()

    taken = sending.post("/angka", rows, hanyaBenar="true")
    assert (taken.status_code, taken.json()["baru"], taken.json()["salah"]) == (200, 1, 1)


def test_a_row_that_cannot_even_be_read_holds_back_all(sending: Program) -> None:
    rows = {"rows": [row("UJI-01", TW3, 13), "bukan objek", {"indikator": "UJI-02"}, row("UJI-02", TW3, {})]}

    refused = sending.post("/angka", rows).json()
    assert [one["status"] for one in refused["hasil"]] == ["baru", "salah", "salah", "salah"]
    assert (refused["baris"], refused["salah"], refused["baru"]) == (4, 3, 0)
    assert not Figure.objects.exists()

    taken = sending.post("/angka", rows, hanyaBenar="true").json()
    assert (taken["baru"], taken["salah"], taken["diterapkan"]) == (1, 3, True)


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("indikator;variabel;unit;periode;nilai\nUJI-01;nilai;jabatan-6;2026-TW3;1.083,18\n", "", "1083.18"),
        ("\ufeffIndikator,Periode,Nilai\r\nUJI-01,2026-TW3,1083.18\r\n", "titik", "1083.18"),
        ('nilai,periode,indikator\n"1.083,18",2026-TW3,UJI-01\n', "koma", "1083.18"),
        ("indikator\tperiode\tnilai\nUJI-01\t2026-TW3\t0\n", "", "0"),
    ],
)
def test_a_csv_is_taken_with_either_separator_and_either_decimal_mark(
    sending: Program, text: str, decimal: str, expected: str
) -> None:
    query = {"desimal": decimal} if decimal else {}
    taken = sending.post("/angka", text, "text/csv", **query)
    assert taken.status_code == 200, taken.content
    assert sending.get("/angka").json()["rows"][0]["nilai"] == expected


def test_a_csv_names_the_line_that_is_wrong(sending: Program) -> None:
    told = sending.post("/angka", "indikator;periode;nilai\nUJI-01;2026-TW3;13\n\nUJI-02;2026-TW3;\n", "text/csv")
    assert [(one["baris"], one["kolom"]) for one in told.json()["kesalahan"]] == [(4, "nilai")]


@pytest.mark.parametrize("cut", range(1, 6))
def test_splitting_a_message_gives_the_same_figures(sending: Program, cut: int) -> None:
    rows = [row("UJI-01", f"2026-TW{no}", no * 3) for no in (1, 2, 3)]
    rows += [row("UJI-02", f"2026-TW{no}", f"{no}.25") for no in (1, 2, 3)]
    for part in (rows[cut:], rows[:cut]):
        assert sending.post("/angka", {"rows": part}).status_code == 200
    split = numbers()
    Figure.objects.all().delete()

    sending.post("/angka", {"rows": rows})

    assert split == numbers()
    assert len(split) == 6


def test_a_changed_figure_is_a_new_version(sending: Program) -> None:
    sending.post("/angka", {"rows": [row("UJI-01", TW3, 13)]})
    assert sending.post("/angka", {"rows": [row("UJI-01", TW3, 14)]}).json()["berubah"] == 1

    (shown,) = sending.get("/angka").json()["rows"]

    assert (shown["nilai"], shown["versi"], shown["beku"]) == ("14", 2, False)
    assert shown["sumber"].startswith("import:")
    assert shown["unit"] == "jabatan-6"


def test_figures_come_page_by_page_and_each_once(sending: Program) -> None:
    rows = [row(code, f"2026-TW{no}", no) for code in ("UJI-01", "UJI-02") for no in (1, 2, 3, 4)]
    sending.post("/angka", {"rows": rows})
    seen, after = [], 0
    while after is not None:
        page = sending.get("/angka", batas=3, setelah=after).json()
        seen += [one["id"] for one in page["rows"]]
        after = page["berikutnya"]
    assert len(seen) == len(set(seen)) == 8


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"periode": TW3}, 2),
        ({"unit": "jabatan-7"}, 4),
        ({"unsur": "UJI-01"}, 4),
        ({"unsur": "UJI-01.nilai", "dari": "2026-07"}, 2),
        ({"sampai": "2026-S1"}, 4),
        ({"dari": "2026-TW2", "sampai": "2026-TW3"}, 4),
        ({"unsur": "UJI-0"}, 0),
    ],
)
def test_figures_are_filtered(sending: Program, query: dict[str, str], count: int) -> None:
    rows = [row(code, f"2026-TW{no}", no) for code in ("UJI-01", "UJI-02") for no in (1, 2, 3, 4)]
    sending.post("/angka", {"rows": rows})
    assert len(sending.get("/angka", **query).json()["rows"]) == count


def test_reading_takes_as_many_queries_for_many_figures_as_for_one(sending: Program) -> None:
    def queries(path: str, **query: Any) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert sending.get(path, **query).status_code == 200
        return len(seen)

    sending.post("/angka", {"rows": [row("UJI-01", "2026-TW1", 1)]})
    sending.get("/kantor")
    paths: list[tuple[str, dict[str, Any]]] = [
        ("/angka", {}),
        ("/angka/dataValueSets", {}),
        ("/angka/adx", {}),
        ("/target", {"tahun": 2026}),
        ("/indikator", {}),
        ("/rekap", {"periode": TW3}),
    ]
    before = [queries(path, **query) for path, query in paths]
    rows = [row(code, f"2026-TW{no}", no) for code in ("UJI-01", "UJI-02") for no in (1, 2, 3, 4)]
    sending.post("/angka", {"rows": rows})
    assert [queries(path, **query) for path, query in paths] == before
    assert max(before[:5]) <= 10


# --- DHIS2 and ADX ---------------------------------------------------------------------------------------------------

FORMS = [
    ("/angka/dataValueSets", "application/json", {"bentuk": "json"}),
    ("/angka/dataValueSets", "text/csv", {"bentuk": "csv"}),
    ("/angka/dataValueSets", "application/xml", {"bentuk": "xml"}),
    ("/angka/adx", "application/adx+xml", {}),
]


@pytest.mark.parametrize(("path", "media", "query"), FORMS, ids=lambda each: str(each)[-12:])
@pytest.mark.parametrize("mapped", [False, True])
def test_what_goes_out_comes_in_again_and_gives_the_same_figures(
    small: Cast, sending: Program, path: str, media: str, query: dict[str, str], mapped: bool
) -> None:
    add_indicator(small, "UJI-03", polarity="predikat", frequency="tahunan")
    if mapped:
        pairs = [("unsur", "Abc12345678", "UJI-01.nilai"), ("unit", "DesaÄ <&>", "jabatan-6")]
        systems = ("dhis2", "adx")
        save_codes(
            office=small.office, codes=[Code(system, *pair) for system in systems for pair in pairs], by=small.analis
        )
    rows = [row("UJI-01", "2026-TW1", "0.05"), row("UJI-01", "2026-S1", 7), row("UJI-02", TW3, 1234567)]
    assert sending.post("/angka", {"rows": [*rows, row("UJI-03", "2026", "BB")]}).status_code == 200
    before = numbers()
    assert len(before) == 4

    out = sending.get(path, **query)
    assert ("Abc12345678" in out.content.decode()) == mapped
    unchanged = sending.post(path, out.content, media).json()
    Figure.objects.all().delete()
    taken = sending.post(path, out.content, media)

    assert unchanged["importCount"] == {"imported": 0, "updated": 0, "ignored": 4, "deleted": 0}
    assert taken.status_code == 200
    assert taken.json()["importCount"] == {"imported": 4, "updated": 0, "ignored": 0, "deleted": 0}
    assert taken.json()["status"] == "SUCCESS"
    assert numbers() == before


def test_dhis2_hears_of_conflicts_in_its_own_codes(small: Cast, sending: Program) -> None:
    save_codes(office=small.office, codes=[Code("dhis2", "unsur", "de1", "UJI-77.nilai")], by=small.analis)
    values = [
        {"dataElement": "UJI-01", "orgUnit": "jabatan-6", "period": "2026Q3", "value": "13"},
        {"dataElement": "de1", "orgUnit": "jabatan-6", "period": "2026Q3", "value": "1"},
        {"dataElement": "UJI-02", "orgUnit": "jabatan-7", "period": "2026W7", "value": "1"},
        {"dataElement": "UJI-02", "orgUnit": "jabatan-7", "period": "2026Q3", "value": 5, "categoryOptionCombo": "x1"},
    ]

    refused = sending.post("/angka/dataValueSets", {"dataValues": values})
    tried = sending.post("/angka/dataValueSets", {"dataValues": values}, hanyaBenar="true", dryRun="true").json()
    taken = sending.post("/angka/dataValueSets", {"dataValues": values}, hanyaBenar="true").json()

    assert (refused.status_code, refused.json()["status"]) == (409, "ERROR")
    assert [one["object"] for one in refused.json()["conflicts"]] == ["de1", "2026W7", "x1"]
    assert refused.json()["importCount"]["ignored"] == 4
    assert (tried["status"], tried["importCount"]["imported"]) == ("WARNING", 1)
    assert (taken["status"], taken["importCount"]["imported"]) == ("WARNING", 1)
    assert list(numbers()) == [("UJI-01.nilai", "jabatan-6", TW3)]


def test_the_office_as_organisation_unit_means_who_answers(small: Cast, sending: Program) -> None:
    body = {
        "orgUnit": small.office.code,
        "period": "2026Q3",
        "dataValues": [{"dataElement": "UJI-01", "value": "13"}, {"dataElement": "UJI-02", "value": "76"}],
    }
    assert sending.post("/angka/dataValueSets", body).json()["importCount"]["imported"] == 2
    assert {unit for _, unit, _ in numbers()} == {"jabatan-6", "jabatan-7"}


def test_adx_says_when_it_was_exported_and_groups_by_unit_and_period(sending: Program) -> None:
    rows = [row("UJI-01", "2026-TW1", 1), row("UJI-01", TW3, 2), row("UJI-02", TW3, 3)]
    sending.post("/angka", {"rows": rows})
    text = sending.get("/angka/adx").content.decode()
    assert text.count("<group ") == 3
    assert 'period="2026-07-01/P3M"' in text
    assert f'exported="{clock.now().year}' in text


def test_frozen_figures_are_refused_with_what_to_do(small: Cast, sending: Program) -> None:
    cycle = small.to_step_3()
    child = small.child(cycle)
    small.to_collecting(child)
    small.answer_all(child)
    small.decide(child, "sampaikan")
    small.decide(child, "bekukan")

    refused = sending.post("/angka", {"rows": [row("IKU-01", TW3, 3, variabel="pembilang")]})

    assert refused.status_code == 422
    assert "koreksi" in json.dumps(refused.json()["kesalahan"])


# --- the examples ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("operation", "example"), EXAMPLES.items(), ids=lambda each: str(each)[:40])
def test_every_example_of_the_documentation_works_in_the_sample_office(
    kecamatan: Cast, operation: tuple[str, str], example: tuple[str, tuple[str, ...], str]
) -> None:
    (method, path), (query, headers, body) = operation, example
    asking = program(kecamatan, kecamatan.analis)
    media = headers[0].removeprefix("Content-Type: ") if headers else ""
    send = {"get": asking.client.get, "put": asking.client.put, "post": asking.client.post}[method]
    address = f"{ROOT}{path.replace('{kode}', 'IKU-01')}{query}"
    given = {"data": body, "content_type": media} if body else {}

    answer = send(address, headers=asking.headers, **given)

    assert answer.status_code == 200, answer.content
