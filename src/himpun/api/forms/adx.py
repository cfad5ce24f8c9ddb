"""ADX, the aggregate data exchange of IHE QRPH (urn:ihe:qrph:adx:2015): read and written. Pure.

A group holds the values of one organisation unit and one period, written as an ISO 8601 interval ("2026-01-01/P3M").
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

from himpun.api.forms.details import details_of
from himpun.api.forms.dhis2 import attributes, value_of
from himpun.api.forms.messages import (
    DataValue,
    GivenRow,
    Message,
    MessageRefused,
    Tag,
    check_known,
    collect,
    read_tags,
    sort_out,
)
from himpun.errors import Refusal
from himpun.measure.periods import Kind, Period
from himpun.spreadsheets.book import Word, Wrong

SYSTEM = "adx"
NAMESPACE = "urn:ihe:qrph:adx:2015"
MEDIA = "application/adx+xml"
DATA_SET = "HIMPUN"
_LENGTHS = {"P1M": Kind.MONTH, "P3M": Kind.QUARTER, "P6M": Kind.SEMESTER, "P1Y": Kind.YEAR, "P12M": Kind.YEAR}
_WRITTEN = {kind: length for length, kind in reversed(_LENGTHS.items())}
_INTERVAL = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})/(P[0-9]{1,2}[MY])", re.ASCII)
_GROUP = frozenset({"orgUnit", "period", "attributeOptionCombo"})
_VALUE = frozenset({"dataElement", "value", "categoryOptionCombo"})
_WITHOUT = frozenset({"dataSet", "completeDate", "comment"})
"""What carries no figure."""
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


class IntervalForeign(Refusal):
    """An interval that is none of our periods."""

    code = "periode-tidak-dikenal"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"Periode ADX “{text}” tidak dikenal di sini. Tulis hari pertama dan panjangnya: 2026-01-01/P1M, /P3M, /P6M, atau /P1Y."
        )


def read_period(text: str) -> Period:
    """ "2026-01-01/P3M" → Triwulan I; the day must be the first of such a period. Raises IntervalForeign."""
    found = _INTERVAL.fullmatch(text)
    kind = _LENGTHS.get(found[2]) if found else None
    if found is None or kind is None:
        raise IntervalForeign(text[:40])
    try:
        first = date.fromisoformat(found[1])
    except ValueError as error:
        raise IntervalForeign(text) from error
    period = kind.period(first)
    if period.first_day != first:
        raise IntervalForeign(text)
    return period


def write_period(period: Period) -> str:
    """The reverse of `read_period`."""
    return f"{period.first_day.isoformat()}/{_WRITTEN[period.kind]}"


def read(content: bytes) -> Message:
    """<adx><group orgUnit period dataSet><dataValue dataElement value/>…; rows are the values, counted from 1."""
    root, *rest = read_tags(content, NAMESPACE)
    if root.name != "adx":
        raise MessageRefused("Pesan ADX harus berupa <adx> berisi <group> dan <dataValue>.")
    check_known(root, ("exported",))
    if strange := sorted({tag.name for tag in rest} - {"group", "dataValue", "annotation"}):
        raise MessageRefused(f"<{'>, <'.join(strange)}> tidak dikenal di sini. Kirim hanya <group> dan <dataValue>.")
    passed: dict[str, None] = {}
    return collect(_rows(rest, passed), passed.keys())


def _rows(tags: Sequence[Tag], passed: dict[str, None]) -> Iterable[GivenRow | Wrong]:
    group: Mapping[str, str] = {}
    number = 0
    for place, tag in enumerate(tags):
        if tag.name == "group":
            group = tag.attributes if tag.depth == 1 else {}
        if tag.name == "dataValue":
            number += 1
            within = [one for one in _within(tags, place) if one.name == "annotation"]
            yield _row(number, group if tag.depth == 2 else {}, tag, within, passed)
        elif tag.text and tag.name == "group":
            yield Wrong(number + 1, "group", tag.text[:80], "Teks di dalam <group> tidak dikenal; kirim tanpa itu.")
        elif tag.name == "annotation" and tag.depth != 3:
            yield Wrong(number, "annotation", tag.text[:80], "<annotation> hanya dikenal di dalam <dataValue>.")


def _within(tags: Sequence[Tag], place: int) -> Iterator[Tag]:
    for later in range(place + 1, len(tags)):
        if tags[later].depth <= tags[place].depth:
            return
        yield tags[later]


def _value(value: Tag, annotations: Sequence[Tag]) -> str | Decimal | bool:
    """What the value says. A text stands in an annotation beside a value of 0, as ADX has only numbers for values."""
    said = " ".join(one.text for one in annotations if one.text)
    given = value.attributes["value"]
    if not said:
        return value_of(given)
    if given != "0" or any(one.attributes for one in annotations):
        raise Refusal("Anotasi hanya dibaca sebagai nilai teks, dengan value 0. Kirim angka ini tanpa anotasi.")
    return Word(said)


def _row(
    number: int, group: Mapping[str, str], tag: Tag, annotations: Sequence[Tag], passed: dict[str, None]
) -> GivenRow | Wrong:
    value = tag.attributes
    for given, name in ((group, "orgUnit"), (group, "period"), (value, "dataElement"), (value, "value")):
        if not given.get(name, "").strip():
            return Wrong(number, name, "", f"{name} belum diisi. Kosong tidak sama dengan 0.")
    if tag.text:
        return Wrong(
            number, "dataValue", tag.text[:80], "Teks di dalam <dataValue> tidak dikenal; tulis nilainya di value."
        )
    known, without = _GROUP | _VALUE, _WITHOUT
    if strange := sort_out({**group, **value}, known, without, passed):
        return Wrong(number, min({*group, *value} - known - without)[:40], "", strange)
    try:
        period = read_period(group["period"])
    except Refusal as error:
        return Wrong(number, "period", group["period"][:80], str(error))
    try:
        figure = _value(tag, annotations)
    except Refusal as error:
        return Wrong(number, "annotation", annotations[0].text[:80], str(error))
    return GivenRow(number, value["dataElement"], group["orgUnit"], period.code, figure, details_of({**group, **value}))


def write(values: Iterable[DataValue], *, exported: datetime) -> bytes:
    """The same message that `read` reads, its values grouped by unit and period."""
    groups: dict[tuple[str, Period], list[DataValue]] = {}
    for value in values:
        groups.setdefault((value.unit, value.period), []).append(value)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f"<adx {attributes({'xmlns': NAMESPACE, 'exported': exported.isoformat(timespec='seconds')})}>")
    for (unit, period), members in groups.items():
        head = {"orgUnit": unit, "period": write_period(period), "dataSet": DATA_SET}
        lines.append(f"  <group {attributes(head)}>")
        lines += map(_written_value, members)
        lines.append("  </group>")
    return "\n".join([*lines, "</adx>", ""]).encode()


def _written_value(one: DataValue) -> str:
    """A number as its value, a text in an annotation beside the value 0."""
    if _NUMBER.fullmatch(one.value):
        return f"    <dataValue {attributes({'dataElement': one.element, 'value': one.value})}/>"
    head = attributes({"dataElement": one.element, "value": "0"})
    return f"    <dataValue {head}><annotation>{escape(one.value)}</annotation></dataValue>"
