"""DHIS2's dataValueSets, in JSON, CSV and XML: read and written. Pure.

As its Web API describes them: dataElement, period ("202603", "2026Q1", "2026S1", "2026"), orgUnit, value, and the
option combinations, of which we know only those that mean the whole. Numbers are written with a decimal point.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import quoteattr

from himpun.api.forms.details import DEFAULT, NAMES, details_of
from himpun.api.forms.messages import (
    DataValue,
    GivenRow,
    Message,
    MessageRefused,
    Tag,
    check_keys,
    check_known,
    collect,
    list_of,
    load_object,
    read_tags,
    sort_out,
    text_of,
    unreadable_csv,
)
from himpun.errors import Refusal
from himpun.measure.periods import Kind, Period
from himpun.spreadsheets.book import Wrong
from himpun.spreadsheets.records import Row, listing
from himpun.typed import visible

SYSTEM = "dhis2"
NAMESPACE = "http://dhis2.org/schema/dxf/2.0"
_PERIOD = re.compile(r"(?P<year>[0-9]{4})(?:(?P<month>[0-9]{2})|Q(?P<quarter>[1-4])|S(?P<semester>[12]))?")
_COLUMNS = ("dataelement", "period", "orgunit", "categoryoptioncombo", "attributeoptioncombo", "value")


class PeriodForeign(Refusal):
    """A period that is none of ours: days, weeks, six-monthly from April, budget years."""

    code = "periode-tidak-dikenal"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"Periode DHIS2 “{text}” tidak dikenal di sini. Yang diterima: bulan 202603, triwulan 2026Q1, semester 2026S1, tahun 2026."
        )


def read_period(text: str) -> Period:
    """ "202603" → the month, "2026Q1", "2026S1", "2026". Raises PeriodForeign."""
    found = _PERIOD.fullmatch(text)
    if found is None or not text.isascii():
        raise PeriodForeign(text[:40])
    kind, index = Kind.YEAR, "1"
    for name, other in (("month", Kind.MONTH), ("quarter", Kind.QUARTER), ("semester", Kind.SEMESTER)):
        if found[name]:
            kind, index = other, found[name]
    try:
        return Period(kind, int(found["year"]), int(index))
    except Refusal as error:
        raise PeriodForeign(text) from error


def write_period(period: Period) -> str:
    """The reverse of `read_period`."""
    suffix = {
        Kind.MONTH: f"{period.index:02d}",
        Kind.QUARTER: f"Q{period.index}",
        Kind.SEMESTER: f"S{period.index}",
        Kind.YEAR: "",
    }
    return f"{period.year:04d}{suffix[period.kind]}"


# --- reading ---------------------------------------------------------------------------------------------------------

_KNOWN = ("dataElement", "period", "orgUnit", *NAMES, "value", "deleted")
_WITHOUT = ("storedBy", "created", "lastUpdated", "comment", "followup", "followUp")
"""What DHIS2 keeps beside a value, and which carries no figure."""
_SHARED = ("orgUnit", "period", "attributeOptionCombo")
_ABOUT = (
    *("dataSet", "completeDate", "idScheme", "dataElementIdScheme", "orgUnitIdScheme"),
    *("categoryOptionComboIdScheme", "attributeOptionComboIdScheme", "dataSetIdScheme"),
)
"""What a message says of itself; codes are looked up as they are written, whatever scheme they are of."""
_ORDER = (
    "dataElement",
    "period",
    "orgUnit",
    *NAMES,
    "value",
    *_WITHOUT[:1],
    "lastUpdated",
    "comment",
    "followup",
    "deleted",
)
"""The columns of a CSV without heading, as DHIS2's documentation orders them."""
_HEADINGS = {
    "categoryOptionCombo": ("catoptcombo", "category option combo", "cat opt combo"),
    "attributeOptionCombo": ("attroptcombo", "attribute option combo", "attr opt combo"),
    "dataElement": ("data element",),
    "orgUnit": ("org unit", "organisation unit", "organisationunit"),
    "storedBy": ("stored by",),
    "lastUpdated": ("last updated",),
    "followup": ("follow up",),
}
_COLUMN_OF = {name.lower(): name for name in (*_KNOWN, *_WITHOUT[:-1])} | {
    heading: name for name, headings in _HEADINGS.items() for heading in headings
}


def read_json(content: bytes) -> Message:
    """{"orgUnit"?, "period"?, "dataValues": [{"dataElement", "orgUnit", "period", "value"}]}; rows count from 1."""
    given = load_object(content)
    rows = list_of(given, "dataValues")
    check_keys(given, ("dataValues", *_SHARED, *_ABOUT))
    passed = dict.fromkeys(name for name in _ABOUT if given.get(name))
    shared = _shared(given)
    return collect((_row(number, shared, row, passed) for number, row in enumerate(rows, 1)), passed.keys())


def read_csv(content: bytes) -> Message:
    """dataelement,period,orgunit,categoryoptioncombo,attributeoptioncombo,value,…; rows are the lines of the file."""
    passed: dict[str, None] = {}
    with unreadable_csv():
        table = listing(
            content, known=_COLUMN_OF, needed=("dataElement", "period", "orgUnit", "value"), passed=(), standing=_ORDER
        )
        return collect((_csv_row(line, passed) for line in table.rows), passed.keys())


def _csv_row(line: Row, passed: dict[str, None]) -> GivenRow | Wrong:
    if line.fault:
        return Wrong(line.row, "baris", "", line.fault)
    return _row(line.row, {}, {name: cell for name, cell in line.cells.items() if cell}, passed)


def read_xml(content: bytes) -> Message:
    """<dataValueSet orgUnit? period?><dataValue dataElement orgUnit period value/>…; rows count from 1."""
    root, *rest = read_tags(content, NAMESPACE)
    if root.name != "dataValueSet":
        raise MessageRefused("XML DHIS2 harus berupa <dataValueSet> berisi <dataValue>.")
    check_known(root, (*_SHARED, *_ABOUT))
    if strange := sorted({tag.name for tag in rest if (tag.depth, tag.name) != (1, "dataValue")}):
        raise MessageRefused(
            f"<{'>, <'.join(strange)}> tidak dikenal di sini. Kirim hanya <dataValue> di <dataValueSet>."
        )
    passed = dict.fromkeys(name for name in _ABOUT if root.attributes.get(name))
    shared = _shared(root.attributes)
    return collect((_xml_row(number, shared, tag, passed) for number, tag in enumerate(rest, 1)), passed.keys())


def _xml_row(number: int, shared: Mapping[str, Any], tag: Tag, passed: dict[str, None]) -> GivenRow | Wrong:
    if tag.text:
        return Wrong(
            number, "dataValue", tag.text[:80], "Teks di dalam <dataValue> tidak dikenal; tulis nilainya di value."
        )
    return _row(number, shared, tag.attributes, passed)


def _shared(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in _SHARED if given.get(name)}


def _row(number: int, shared: Mapping[str, Any], given: Any, passed: dict[str, None]) -> GivenRow | Wrong:
    if not isinstance(given, Mapping):
        return Wrong(number, "dataValues", str(given)[:80], "Setiap angka harus objek JSON.")
    if strange := sort_out(given, _KNOWN, _WITHOUT, passed):
        return Wrong(number, next(name for name in given if name not in (*_KNOWN, *_WITHOUT))[:40], "", strange)
    row = {**shared, **{name: value for name, value in given.items() if value is not None}}
    for name in _KNOWN:
        value = row.get(name)
        needed = name in ("dataElement", "orgUnit", "period", "value")
        if isinstance(value, dict | list) or (isinstance(value, bool) and name not in ("value", "deleted")):
            return Wrong(number, name, "", f"{name} harus teks.")
        if needed and (value is None or not text_of(row, name)):
            return Wrong(number, name, "", f"{name} belum diisi. Kosong tidak sama dengan 0.")
    if text_of(row, "deleted").lower() == "true":
        return Wrong(number, "deleted", "true", "Angka tidak dihapus lewat pesan. Ajukan koreksi dengan alasan.")
    try:
        period = read_period(text_of(row, "period"))
    except Refusal as error:
        return Wrong(number, "period", text_of(row, "period")[:80], str(error))
    element, unit = text_of(row, "dataElement"), text_of(row, "orgUnit")
    details = details_of({name: text_of(row, name) for name in NAMES})
    return GivenRow(number, element, unit, period.code, value_of(row["value"]), details)


def value_of(given: Any) -> str | Decimal | bool:
    """A value: "true" and "false" are those of a Boolean data element; numbers of JSON are exact already."""
    if isinstance(given, bool | Decimal):
        return given
    text = visible(str(given)).strip()
    return _BOOLEANS.get(text.lower(), text)


_BOOLEANS = {"true": True, "false": False}


# --- writing ---------------------------------------------------------------------------------------------------------


def write_json(values: Iterable[DataValue], wholes: tuple[str, str] = (DEFAULT, DEFAULT)) -> bytes:
    """The same message that `read_json` reads; `wholes` are the receiver's option combinations for a total."""
    rows = [_written(value, wholes) for value in values]
    return json.dumps({"dataValues": rows}, ensure_ascii=False).encode()


def write_csv(values: Iterable[DataValue], wholes: tuple[str, str] = (DEFAULT, DEFAULT)) -> bytes:
    """The same message that `read_csv` reads."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for value in values:
        writer.writerow([value.element, write_period(value.period), value.unit, *wholes, value.value])
    return text.getvalue().encode()


def write_xml(values: Iterable[DataValue], wholes: tuple[str, str] = (DEFAULT, DEFAULT)) -> bytes:
    """The same message that `read_xml` reads."""
    rows = "".join(f"  <dataValue {attributes(_written(value, wholes))}/>\n" for value in values)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<dataValueSet xmlns="{NAMESPACE}">\n{rows}</dataValueSet>\n'
    return text.encode()


def _written(value: DataValue, wholes: tuple[str, str]) -> dict[str, str]:
    combos = {name: code for name, code in zip(NAMES, wholes, strict=True) if code != DEFAULT}
    return {
        "dataElement": value.element,
        "period": write_period(value.period),
        "orgUnit": value.unit,
        **combos,
        "value": value.value,
    }


def attributes(given: Mapping[str, str]) -> str:
    """Attributes of an XML element; blanks of any kind are kept."""
    kept = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
    return " ".join(f"{name}={quoteattr(value, kept)}" for name, value in given.items())
