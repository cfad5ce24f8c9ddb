"""The forms of other systems, without a database: every period and every message survives the way out and in."""

import contextlib
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.api.forms import adx, dhis2, messages
from himpun.api.forms.codes import Code, Codes, CodesWrong, read_codes
from himpun.api.forms.messages import DataValue, GivenRow, MessageRefused, MessageTooLong, plain_number
from himpun.errors import Refusal
from himpun.measure.periods import Kind, Period
from himpun.typed import visible

NOW = datetime(2026, 10, 5, 1, tzinfo=UTC)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    kind = draw(st.sampled_from(Kind))
    return Period(kind, draw(st.integers(1000, 9998)), draw(st.integers(1, kind.per_year)))


CODES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=20
).filter(lambda text: visible(text).strip() == text != "")
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=4).map(plain_number)
WORDS = CODES.filter(lambda text: text.lower() not in ("true", "false"))
VALUES = st.lists(st.builds(DataValue, CODES, CODES, periods(), st.one_of(NUMBERS, WORDS)), min_size=1, max_size=8)


def as_sent(values: list[DataValue]) -> list[tuple[str, str, str, str]]:
    return [(value.element, value.unit, value.period.code, value.value) for value in values]


def as_read(message: messages.Message) -> list[tuple[str, str, str, str]]:
    assert not message.wrong
    return [(row.element, row.unit, row.period, str(row.value)) for row in message.rows]


# --- periods ---------------------------------------------------------------------------------------------------------


@given(periods())
def test_every_period_is_read_as_it_was_written(period: Period) -> None:
    assert dhis2.read_period(dhis2.write_period(period)) == period
    assert adx.read_period(adx.write_period(period)) == period


@given(st.text(max_size=12))
def test_no_text_is_a_period_but_those_that_we_write(text: str) -> None:
    for read, write in ((dhis2.read_period, dhis2.write_period), (adx.read_period, adx.write_period)):
        try:
            period = read(text)
        except Refusal:
            continue
        assert write(period) == text or text.endswith("/P12M")


@pytest.mark.parametrize(
    ("text", "code"), [("202603", "2026-03"), ("2026Q1", "2026-TW1"), ("2026S1", "2026-S1"), ("2026", "2026")]
)
def test_the_periods_of_dhis2(text: str, code: str) -> None:
    assert dhis2.read_period(text).code == code


@pytest.mark.parametrize(
    "text", ["2026April", "2026W7", "2026AprilS1", "20260314", "202613", "202600", "2026Q5", "2026B1", "26", "٢٠٢٦", ""]
)
def test_other_periods_of_dhis2_are_refused_with_those_that_are_taken(text: str) -> None:
    with pytest.raises(dhis2.PeriodForeign, match="2026Q1"):
        dhis2.read_period(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-02/P1M",
        "2026-02-01/P3M",
        "2026-04-01/P6M",
        "2026-07-01/P1Y",
        "2026-01-01/P7D",
        "2026-13-01/P1M",
        "2026",
    ],
)
def test_other_intervals_are_refused_with_those_that_are_taken(text: str) -> None:
    with pytest.raises(adx.IntervalForeign, match="/P3M"):
        adx.read_period(text)


# --- messages --------------------------------------------------------------------------------------------------------


@given(VALUES)
def test_dhis2_messages_are_read_as_they_were_written(values: list[DataValue]) -> None:
    assert as_read(dhis2.read_json(dhis2.write_json(values))) == as_sent(values)
    assert as_read(dhis2.read_csv(dhis2.write_csv(values))) == as_sent(values)
    assert as_read(dhis2.read_xml(dhis2.write_xml(values))) == as_sent(values)


@given(VALUES)
def test_adx_messages_are_read_as_they_were_written(values: list[DataValue]) -> None:
    assert sorted(as_read(adx.read(adx.write(values, exported=NOW)))) == sorted(as_sent(values))


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_read_or_refused(content: bytes) -> None:
    for read in (messages.read_json, messages.read_csv, dhis2.read_json, dhis2.read_csv, dhis2.read_xml, adx.read):
        with contextlib.suppress(MessageRefused):
            assert read(content).rows or read(content).wrong


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*messages.COLUMNS, "value", "period"]), inner)
        ),
        max_leaves=6,
    )
)
def test_json_of_any_shape_is_read_row_by_row_or_refused(shape: object) -> None:
    for name, read in (("rows", messages.read_json), ("dataValues", dhis2.read_json)):
        for body in (shape, {name: shape}, {name: [shape]}):
            try:
                read(json.dumps(body).encode())
            except MessageRefused:
                continue


def test_numbers_in_json_stay_exact() -> None:
    message = messages.read_json(b'{"rows": [{"indikator": "A", "periode": "2026", "nilai": 83.180000000000007}]}')
    assert message.rows == (GivenRow(1, "A", "", "2026", Decimal("83.180000000000007")),)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<adx",
        b"<!DOCTYPE adx SYSTEM 'http://127.0.0.1/x'><adx/>",
        b"<!DOCTYPE adx [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><adx>&a;</adx>",
        b"<!DOCTYPE l [<!ENTITY l 'lol'><!ENTITY m '&l;&l;&l;&l;'>]><adx>&m;</adx>",
        b"<?xml version='1.0' encoding='ebcdic-cp-be-nothing'?><adx/>",
        b"<?xml version='1.0' encoding='utf-16'?><adx/>",
        b"<adx xmlns:x='urn:x'>\x00</adx>",
        b"<lain/>",
        b"<adx/>",
        "<adx>".encode("utf-16-le"),
    ],
)
def test_hostile_xml_is_refused(content: bytes) -> None:
    for read in (adx.read, dhis2.read_xml):
        with pytest.raises(MessageRefused):
            read(content)


def test_xml_nested_without_end_is_no_crash() -> None:
    with pytest.raises(MessageRefused):
        adx.read(b"<adx>" + b"<group>" * 100_000)
    with pytest.raises(MessageTooLong):
        adx.read(b"<adx>" + b"<a/>" * 1_000_001 + b"</adx>")


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 200_000,
        b'{"rows": ' + b"[" * 200_000,
        b'{"rows": NaN}',
        b"\xff\xfe{",
    ],
)
def test_hostile_json_is_refused(content: bytes) -> None:
    with pytest.raises(MessageRefused):
        messages.read_json(content)


def test_a_number_of_thousands_of_digits_is_told_for_its_row() -> None:
    (wrong,) = messages.read_json(b'{"rows": [' + b"9" * 5000 + b"]}").wrong
    assert wrong.row == 1
    assert len(wrong.value) == 80


def test_a_message_that_is_too_long_is_refused() -> None:
    with pytest.raises(MessageTooLong):
        messages.read_csv(b"indikator;periode;nilai\n" + b"A;2026;1\n" * 500_001)


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_a_character_that_no_database_keeps_is_told_for_its_row(text: str) -> None:
    body = {"rows": [{"indikator": text, "periode": "2026", "nilai": "1"}]}
    (wrong,) = messages.read_json(json.dumps(body).encode()).wrong
    assert "karakter" in wrong.cause


def test_details_that_cannot_be_kept_are_told_for_their_row() -> None:
    text = (
        '<adx xmlns="urn:ihe:qrph:adx:2015"><group orgUnit="U" period="2026-01-01/P1M" dataSet="D" mechanism="m">'
        '<dataValue dataElement="A" value="1"/></group><group orgUnit="U" period="2026-01-01/P1M">'
        '<dataValue dataElement="A" value="1" ageGroup="0-5"/><dataValue dataElement="A" value="2"><annotation>x</annotation></dataValue>'
        '<dataValue dataElement="A" value=" "/></group><dataValue dataElement="A" value="3"/></adx>'
    )
    message = adx.read(text.encode())
    assert [(one.row, one.column) for one in message.wrong] == [
        (1, "mechanism"),
        (2, "ageGroup"),
        (3, "annotation"),
        (4, "value"),
        (5, "orgUnit"),
    ]
    assert message.rows == ()
    assert message.passed == ("dataSet",)


# --- codes -----------------------------------------------------------------------------------------------------------


def test_codes_go_both_ways_and_the_unknown_stands_for_itself() -> None:
    codes = Codes("kec", {"b": "IKU-01.x", "a": "IKU-01.x"}, {"ou": "kasi"})
    assert codes.own_element("b") == codes.own_element("a") == "IKU-01.x"
    assert (codes.own_element("c"), codes.own_unit("ou"), codes.own_unit("kec")) == ("c", "kasi", "")
    assert (codes.foreign_element("IKU-01.x"), codes.foreign_unit("kasi"), codes.foreign_unit("lain")) == (
        "a",
        "ou",
        "lain",
    )


def test_a_list_of_codes_names_every_row_that_is_wrong() -> None:
    good = b"sistem;jenis;asing;sendiri\ndhis2;unsur;a;IKU-01.x\nadx;unit;b;kasi\n"
    assert read_codes(good) == [Code("dhis2", "unsur", "a", "IKU-01.x"), Code("adx", "unit", "b", "kasi")]
    with pytest.raises(CodesWrong) as refused:
        read_codes(good + b"lain;unsur;x;y\ndhis2;orang;x;y\ndhis2;unsur;;y\ndhis2;unsur;a;IKU-02.x\n")
    assert [(one.row, one.column) for one in refused.value.wrong] == [
        (4, "sistem"),
        (5, "jenis"),
        (6, "asing"),
        (7, "asing"),
    ]
    with pytest.raises(MessageRefused, match="sendiri"):
        read_codes(b"sistem;jenis;asing\n")
