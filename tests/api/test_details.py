"""What an exchange format says beside its figures: understood, passed over with its name, or refused; never ignored."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from himpun.api.actions import save_codes
from himpun.api.bulk import form_of
from himpun.api.forms import adx, dhis2, messages
from himpun.api.forms.codes import Code, fault
from himpun.api.forms.messages import Message, MessageRefused
from himpun.commands import run
from himpun.indicators.figures.reading import read_figure
from himpun.indicators.models.figures import Figure
from tests.api.programs import Program, add_indicator, program
from tests.cast import Cast

ADX = '<adx xmlns="urn:ihe:qrph:adx:2015"><group orgUnit="U" period="2026-07-01/P3M"{group}>{values}</group></adx>'
DXF = '<dataValueSet xmlns="http://dhis2.org/schema/dxf/2.0"{root}>{values}</dataValueSet>'
VALUE = '<dataValue dataElement="A" orgUnit="U" period="2026Q3" value="1"{more}/>'


def adx_text(values: str, group: str = "") -> bytes:
    return ADX.format(values=values, group=group).encode()


def dxf_text(values: str, root: str = "") -> bytes:
    return DXF.format(values=values, root=root).encode()


def json_text(*values: dict[str, object], **about: object) -> bytes:
    given = {"dataElement": "A", "orgUnit": "U", "period": "2026Q3", "value": "1"}
    return json.dumps({"dataValues": [{**given, **one} for one in values], **about}).encode()


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "content", "named"),
    [
        (dhis2.read_csv, b"dataelement,period,orgunit,value,agegroup\nA,2026Q3,U,1,0-5\n", "agegroup"),
        (dhis2.read_csv, b"dataelement,period,orgunit,coc,value\nA,2026Q3,U,x,1\n", "coc"),
        (dhis2.read_json, json_text({}, importStrategy="DELETE"), "importStrategy"),
        (dhis2.read_json, json_text({}, attributeCategoryOptions=["x"]), "attributeCategoryOptions"),
        (dhis2.read_xml, dxf_text(VALUE.format(more=""), ' mechanism="m"'), "mechanism"),
        (dhis2.read_xml, dxf_text(VALUE.format(more="") + "<catatan/>"), "catatan"),
        (dhis2.read_xml, dxf_text(f"<group>{VALUE.format(more='')}</group>"), "group"),
        (dhis2.read_xml, dxf_text('<x:dataValue xmlns:x="urn:x" dataElement="A" value="1"/>'), "urn:x"),
        (adx.read, adx_text('<dataValue dataElement="A" value="1"><kurang/></dataValue>'), "kurang"),
        (adx.read, b'<adx xmlns="urn:ihe:qrph:adx:2015" sifat="x"/>', "sifat"),
        (messages.read_csv, b"indikator;periode;nilai;satuan\nA;2026;1;persen\n", "satuan"),
        (messages.read_json, b'{"rows": [{"indikator": "A", "periode": "2026", "nilai": 1}], "kali": 100}', "kali"),
    ],
)
def test_a_column_or_element_that_is_not_known_is_named_and_refuses_the_message(
    read: Callable[[bytes], Message], content: bytes, named: str
) -> None:
    with pytest.raises(MessageRefused, match=named):
        read(content)


@pytest.mark.parametrize(
    ("read", "content", "column"),
    [
        (dhis2.read_json, json_text({"sex": "P"}), "sex"),
        (dhis2.read_json, json_text({"value": {"jumlah": 1}}), "value"),
        (dhis2.read_xml, dxf_text(VALUE.format(more=' unitMultiplier="1000"')), "unitMultiplier"),
        (dhis2.read_xml, dxf_text(VALUE.format(more="").replace("/>", ">12</dataValue>")), "dataValue"),
        (adx.read, adx_text('<dataValue dataElement="A" value="1" sex="F"/>'), "sex"),
        (adx.read, adx_text('<dataValue dataElement="A" value="1"/>', ' fundingSource="x"'), "fundingSource"),
        (adx.read, adx_text('<dataValue dataElement="A" value="0">12</dataValue>'), "dataValue"),
        (adx.read, adx_text('<dataValue dataElement="A" value="3"><annotation>kira-kira</annotation></dataValue>'), "annotation"),
        (adx.read, adx_text('<annotation>x</annotation><dataValue dataElement="A" value="3"/>'), "annotation"),
        (messages.read_json, b'{"rows": [{"indikator": "A", "periode": "2026", "nilai": 1, "pengali": 1000}]}', "pengali"),
    ],
)  # fmt: skip
def test_what_one_row_says_and_we_do_not_understand_is_told_for_that_row(
    read: Callable[[bytes], Message], content: bytes, column: str
) -> None:
    assert column in [wrong.column for wrong in read(content).wrong]


# --- what carries no figure ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "content", "passed"),
    [
        (dhis2.read_csv, b"dataelement,period,orgunit,value,storedby,lastupdated,comment\nA,2026Q3,U,1,a,b,c\n", {"storedBy", "lastUpdated", "comment"}),
        (dhis2.read_json, json_text({"created": "x", "followUp": False}, dataSet="D", completeDate="2026-10-01"), {"created", "followUp", "dataSet", "completeDate"}),
        (dhis2.read_xml, dxf_text(VALUE.format(more=' storedBy="ani"'), ' dataElementIdScheme="code"'), {"storedBy", "dataElementIdScheme"}),
        (adx.read, adx_text('<dataValue dataElement="A" value="1" comment="x"/>', ' dataSet="D"'), {"comment", "dataSet"}),
        (messages.read_csv, b"No;Indikator;Periode;Nilai;Keterangan\n1;A;2026;1;ok\n", {"No", "Keterangan"}),
    ],
)  # fmt: skip
def test_what_the_standard_keeps_beside_a_figure_is_passed_over_and_named(
    read: Callable[[bytes], Message], content: bytes, passed: set[str]
) -> None:
    message = read(content)
    assert (len(message.rows), message.wrong) == (1, ())
    assert set(message.passed) == passed


# --- details and the default combination -----------------------------------------------------------------------------

CSV = "dataelement,period,orgunit,catoptcombo,attroptcombo,value\nUJI-01,2026Q3,jabatan-6,{},{},13\n"


@pytest.fixture
def sending(small: Cast) -> Program:
    add_indicator(small)
    return program(small, small.analis)


@pytest.mark.django_db
@pytest.mark.parametrize("combos", [("Prlt0C1RF0s", ""), ("", "mitra")])
def test_a_detail_never_loads_as_the_total_until_its_code_is_mapped_as_the_whole(
    small: Cast, sending: Program, combos: tuple[str, str]
) -> None:
    path, text = "/angka/dataValueSets", CSV.format(*combos)
    refused = sending.post(path, text, "text/csv")
    assert (refused.status_code, refused.json()["conflicts"][0]["object"]) == (409, combos[0] or combos[1])
    assert not Figure.objects.exists()

    kind = "rincian" if combos[0] else "atribut"
    save_codes(office=small.office, codes=[Code("dhis2", kind, combos[0] or combos[1], "default")], by=small.analis)
    assert sending.post(path, text, "text/csv").json()["importCount"]["imported"] == 1

    for form, media in (("csv", "text/csv"), ("json", "application/json"), ("xml", "application/xml")):
        out = sending.get(path, bentuk=form).content
        assert (combos[0] or combos[1]) in out.decode()
        assert sending.post(path, out, media).json()["importCount"]["ignored"] == 1


def test_a_detail_stands_for_nothing_but_the_whole() -> None:
    assert fault(Code("dhis2", "rincian", "x", "0-5 tahun"))[0] == "own"
    assert fault(Code("adx", "atribut", "x", "default")) == ("", "")


@pytest.mark.django_db
def test_a_csv_without_a_heading_is_read_in_the_order_of_dhis2(small: Cast, tmp_path: Path) -> None:
    add_indicator(small)
    file = tmp_path / "tanpa-judul.csv"
    file.write_text('"UJI-01","2026Q3","jabatan-6","","","13","ani","2026-10-01T08:00:00","baik",""\n')
    asked = ["import-values", str(file), "--office", small.office.code, "--by", small.analis.username]
    assert run(asked) == 1
    assert run([*asked, "--format", "dhis2"]) == 0
    assert [str(figure.number.normalize()) for figure in Figure.objects.all() if figure.number] == ["13"]
    short = form_of("dhis2", b"UJI-01,2026Q3,jabatan-6,13\n").read
    with pytest.raises(MessageRefused, match="dataelement"):
        short(b"UJI-01,2026Q3,jabatan-6,13\n")


# --- values that are no numbers --------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(("said", "number"), [("true", 1), ("FALSE", 0), (True, 1)])
def test_a_boolean_counts_where_numbers_are(sending: Program, said: object, number: int) -> None:
    body = json_text({"dataElement": "UJI-01", "orgUnit": "jabatan-6", "value": said})
    assert sending.post("/angka/dataValueSets", body).status_code == 200
    assert Figure.objects.get().number == number


@pytest.mark.django_db
def test_an_annotation_is_the_value_of_a_text_and_no_number(small: Cast, sending: Program) -> None:
    add_indicator(small, "UJI-04", polarity="teks")
    add_indicator(small, "UJI-05", polarity="predikat", frequency="tahunan")

    def post(element: str, value: str) -> tuple[int, str]:
        text = adx_text(f'<dataValue dataElement="{element}" {value}', "").decode().replace('"U"', '"jabatan-6"')
        answer = sending.post("/angka/adx", text, "application/adx+xml")
        return answer.status_code, answer.content.decode()

    assert post("UJI-04", 'value="0"><annotation>Baik sekali</annotation></dataValue>')[0] == 200
    assert Figure.objects.get().text == "Baik sekali"
    status, told = post("UJI-01", 'value="0"><annotation>12</annotation></dataValue>')
    assert status == 409
    assert "dikirim sebagai teks" in told
    assert post("UJI-04", 'value="true"/>')[0] == 200
    assert Figure.objects.order_by("pk").last().text == "Ya"
    assert "<annotation>Ya</annotation>" in sending.get("/angka/adx").content.decode()


# --- a torn or open row ----------------------------------------------------------------------------------------------

HEAD = "indikator{s}variabel{s}unit{s}periode{s}nilai{s}catatan\n"
TORN = [
    ("UJI-01,nilai,jabatan-6,2026-TW3,1,5,\n", ",", 2),
    ("UJI-01,nilai,jabatan-6,2026-TW1,7,\nUJI-01,nilai,jabatan-6,2026-TW3,84,75,baik\n", ",", 3),
    ('UJI-01;nilai;jabatan-6;2026-TW1;5;"lihat\nUJI-01;nilai;jabatan-6;2026-TW2;3;\n', ";", 2),
    ("UJI-01;nilai;jabatan-6;2026-TW1;5;\nUJI-01;nilai;jabatan-6\n", ";", 3),
    ("UJI-01\tnilai\tjabatan-6\t2026-TW1\t5\t\tx\n", "\t", 2),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("rows", "separator", "line"), TORN)
def test_a_torn_row_is_named_and_nothing_is_taken_at_the_command_and_the_api(
    small: Cast,
    sending: Program,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    rows: str,
    separator: str,
    line: int,
) -> None:
    text = HEAD.format(s=separator) + rows
    (tmp_path / "angka.csv").write_text(text)
    asked = ["import-values", str(tmp_path / "angka.csv"), "--office", small.office.code, "--by", small.analis.username]
    assert run(asked) == 1
    printed = capsys.readouterr()
    assert f"aris {line}" in printed.out + printed.err
    answer = sending.post("/angka", text, "text/csv")
    assert answer.status_code in (400, 422)
    assert str(line) in answer.content.decode()
    assert not Figure.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_the_habits_of_office_programs_are_taken_at_the_command_and_the_api(
    small: Cast, sending: Program, tmp_path: Path, encoding: str
) -> None:
    text = "sep=;\r\nINDIKATOR ;Periode;\u00a0Nilai\u00a0;Catatan\r\n\r\nUJI-01;2026-TW3;13,5;“baik” – é\r\n"
    (tmp_path / "angka.csv").write_bytes(text.encode(encoding))
    asked = ["import-values", str(tmp_path / "angka.csv"), "--office", small.office.code, "--by", small.analis.username]
    assert run(asked) == 0
    told = sending.post("/angka", text.encode(encoding), "text/csv").json()
    assert (told["tetap"], told["tidak_dibaca"]) == (1, ["Catatan"])


# --- codes that were meant -------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"indikator": "uji-01", "variabel": "nilai"}, "UJI-01.nilai"),
        ({"indikator": "UJI-01", "variabel": "Nilai"}, "UJI-01.nilai"),
        ({"indikator": "UJI-01", "unit": "Jabatan-6"}, "jabatan-6"),
        ({"indikator": "UJI-01", "unit": "JABATAN-6 "}, "jabatan-6"),
    ],
)
def test_a_code_that_differs_only_in_capitals_finds_the_one_that_was_meant(
    sending: Program, given: dict[str, str], meant: str
) -> None:
    told = sending.post("/angka", {"rows": [{"periode": "2026-TW3", "nilai": 1, **given}]}).json()
    assert meant in told["kesalahan"][0]["sebab"]
    assert told["baru"] == 0


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["\u200b13", "13\u00a0", "\u202d13\u202c", "1\u20603"])
def test_marks_that_nobody_sees_are_passed_over_in_a_figure_that_is_typed(small: Cast, typed: str) -> None:
    add_indicator(small)
    indicator = small.office.indicators.get(code="UJI-01")
    assert read_figure(indicator, typed) == (13, "")


@pytest.mark.django_db
def test_marks_that_nobody_sees_are_passed_over_in_every_form(sending: Program) -> None:
    rows = {"rows": [{"indikator": "\u200bUJI-01", "periode": "2026-TW1\u00a0", "nilai": "\u202d13\u202c"}]}
    assert sending.post("/angka", rows).json()["baru"] == 1
    body = json_text({"dataElement": "UJI-01\u2060", "orgUnit": "\u2066jabatan-6\u2069", "value": "13\u200b"})
    assert sending.post("/angka/dataValueSets", body).json()["importCount"]["imported"] == 1
    text = adx_text('<dataValue dataElement="\u200fUJI-01" value="\u00a014"/>').decode()
    text = text.replace('"U"', '"\ufeffjabatan-6"').replace("07-01", "10-01")
    assert sending.post("/angka/adx", text, "application/adx+xml").json()["importCount"]["imported"] == 1
