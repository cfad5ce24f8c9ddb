"""ADX, the aggregate data exchange of IHE QRPH (urn:ihe:qrph:adx:2015): read and written. Pure.

A group holds the values of one organisation unit and one period, written as an ISO 8601 interval ("2026-01-01/P3M").
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from himpun.api.forms.dhis2 import attributes
from himpun.api.forms.messages import DataValue, GivenRow, Message, MessageRefused, Tag, collect, read_tags
from himpun.errors import Refusal
from himpun.measure.periods import Kind, Period
from himpun.spreadsheets.book import Wrong

SYSTEM = "adx"
NAMESPACE = "urn:ihe:qrph:adx:2015"
MEDIA = "application/adx+xml"
DATA_SET = "HIMPUN"
_LENGTHS = {"P1M": Kind.MONTH, "P3M": Kind.QUARTER, "P6M": Kind.SEMESTER, "P1Y": Kind.YEAR, "P12M": Kind.YEAR}
_WRITTEN = {kind: length for length, kind in reversed(_LENGTHS.items())}
_INTERVAL = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})/(P[0-9]{1,2}[MY])", re.ASCII)
_GROUP = frozenset({"orgUnit", "period", "dataSet", "comment"})
_VALUE = frozenset({"dataElement", "value", "comment"})


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
    tags = read_tags(content)
    if tags[0].name != "adx":
        raise MessageRefused("Pesan ADX harus berupa <adx> berisi <group> dan <dataValue>.")
    return collect(_rows(tags))


def _rows(tags: Iterable[Tag]) -> Iterable[GivenRow | Wrong]:
    group: Mapping[str, str] = {}
    number = 0
    for tag in tags:
        if tag.name == "group" and tag.depth == 1:
            group = tag.attributes
        elif tag.name == "dataValue":
            number += 1
            yield _row(number, group if tag.depth == 2 else {}, tag.attributes)


def _row(number: int, group: Mapping[str, str], value: Mapping[str, str]) -> GivenRow | Wrong:
    for given, name in ((group, "orgUnit"), (group, "period"), (value, "dataElement"), (value, "value")):
        if not given.get(name, "").strip():
            return Wrong(number, name, "", f"{name} belum diisi. Kosong tidak sama dengan 0.")
    if details := sorted({*group} - _GROUP | {*value} - _VALUE):
        return Wrong(number, details[0], "", f"Rincian {', '.join(details)} tidak diterima; kirim angka tanpa rincian.")
    try:
        period = read_period(group["period"].strip())
    except Refusal as error:
        return Wrong(number, "period", group["period"][:80], str(error))
    return GivenRow(number, value["dataElement"].strip(), group["orgUnit"].strip(), period.code, value["value"].strip())


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
        lines += [f"    <dataValue {attributes({'dataElement': one.element, 'value': one.value})}/>" for one in members]
        lines.append("  </group>")
    return "\n".join([*lines, "</adx>", ""]).encode()
