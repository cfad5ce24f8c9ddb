"""DHIS2's dataValueSets, in JSON, CSV and XML: read and written. Pure.

As its Web API describes them: dataElement, period ("202603", "2026Q1", "2026S1", "2026"), orgUnit, value, and the
option combinations, of which we know only the default one. Numbers are written with a decimal point.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

from himpun.api.forms.messages import (
    DataValue,
    GivenRow,
    Message,
    MessageRefused,
    collect,
    list_of,
    load_object,
    read_tags,
    table_of,
    text_of,
)
from himpun.errors import Refusal
from himpun.measure.periods import Kind, Period
from himpun.spreadsheets.book import Wrong

SYSTEM = "dhis2"
NAMESPACE = "http://dhis2.org/schema/dxf/2.0"
DEFAULT_COMBOS = frozenset({"", "default", "HllvX50cXC0"})
"""The default option combination: by name, and by the identifier every DHIS2 gives it."""
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


def read_json(content: bytes) -> Message:
    """{"orgUnit"?, "period"?, "dataValues": [{"dataElement", "orgUnit", "period", "value"}]}; rows count from 1."""
    given = load_object(content)
    rows = list_of(given, "dataValues")
    return collect(_row(number, {**_shared(given), **_filled(row)}) for number, row in enumerate(rows, 1))


def read_csv(content: bytes) -> Message:
    """dataelement,period,orgunit,categoryoptioncombo,attributeoptioncombo,value,…; rows are the lines of the file."""
    rows = table_of(content, ("dataelement", "period", "orgunit", "value"))
    names = {name.lower(): name for name in ("dataElement", "orgUnit", "categoryOptionCombo", "attributeOptionCombo")}
    return collect(_row(number, {names.get(name, name): cell for name, cell in row.items()}) for number, row in rows)


def read_xml(content: bytes) -> Message:
    """<dataValueSet orgUnit? period?><dataValue dataElement orgUnit period value/>…; rows count from 1."""
    tags = read_tags(content)
    if tags[0].name != "dataValueSet":
        raise MessageRefused("XML DHIS2 harus berupa <dataValueSet> berisi <dataValue>.")
    shared = _shared(tags[0].attributes)
    values = (tag for tag in tags if tag.name == "dataValue")
    return collect(_row(number, {**shared, **_filled(tag.attributes)}) for number, tag in enumerate(values, 1))


def _shared(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in ("orgUnit", "period", "attributeOptionCombo") if given.get(name)}


def _filled(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None} if isinstance(row, Mapping) else {}


def _row(number: int, row: Mapping[str, Any]) -> GivenRow | Wrong:
    for name in ("dataElement", "orgUnit", "period", "value"):
        value = row.get(name)
        if value is None or isinstance(value, dict | list | bool) or not str(value).strip():
            return Wrong(number, name, "", f"{name} belum diisi. Kosong tidak sama dengan 0.")
    for name in ("categoryOptionCombo", "attributeOptionCombo"):
        if text_of(row, name) not in DEFAULT_COMBOS:
            return Wrong(number, name, text_of(row, name)[:80], "Rincian kategori tidak diterima; hanya default.")
    if text_of(row, "deleted").lower() == "true":
        return Wrong(number, "deleted", "true", "Angka tidak dihapus lewat pesan. Ajukan koreksi dengan alasan.")
    try:
        period = read_period(text_of(row, "period"))
    except Refusal as error:
        return Wrong(number, "period", text_of(row, "period")[:80], str(error))
    value = row["value"]
    given = value.strip() if isinstance(value, str) else value
    return GivenRow(number, text_of(row, "dataElement"), text_of(row, "orgUnit"), period.code, given)


# --- writing ---------------------------------------------------------------------------------------------------------


def write_json(values: Iterable[DataValue]) -> bytes:
    """The same message that `read_json` reads."""
    rows = [_written(value) for value in values]
    return json.dumps({"dataValues": rows}, ensure_ascii=False).encode()


def write_csv(values: Iterable[DataValue]) -> bytes:
    """The same message that `read_csv` reads."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for value in values:
        writer.writerow([value.element, write_period(value.period), value.unit, "default", "default", value.value])
    return text.getvalue().encode()


def write_xml(values: Iterable[DataValue]) -> bytes:
    """The same message that `read_xml` reads."""
    rows = "".join(f"  <dataValue {attributes(_written(value))}/>\n" for value in values)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<dataValueSet xmlns="{NAMESPACE}">\n{rows}</dataValueSet>\n'
    return text.encode()


def _written(value: DataValue) -> dict[str, str]:
    return {
        "dataElement": value.element,
        "period": write_period(value.period),
        "orgUnit": value.unit,
        "value": value.value,
    }


def attributes(given: Mapping[str, str]) -> str:
    """Attributes of an XML element; blanks of any kind are kept."""
    kept = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
    return " ".join(f"{name}={quoteattr(value, kept)}" for name, value in given.items())
