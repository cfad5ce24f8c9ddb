"""An event log as XES (IEEE 1849): written piece by piece, read without holding the whole document.

Pure. Written with the extensions Concept, Time, Lifecycle and Organizational; what XES has no word for (the step's number,
its scope, the decision, office, period, procedure) stands under the prefix `himpun:`. Read are logs of any maker: attributes
in any order, with attributes of their own, without lifecycle (a `complete`), or without names of traces.
"""

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from himpun.history.csv import LogUnreadable, lifecycle_of, moment
from himpun.history.events import COMPLETE, SCOPES, STEP, Event, Log, cases_of

MEDIA = "application/xml"
NAME, TIME, LIFECYCLE, RESOURCE = "concept:name", "time:timestamp", "lifecycle:transition", "org:resource"
OF_EVENT = {
    "decision": "himpun:keputusan",
    "person": "himpun:orang",
    "post": "himpun:kode-jabatan",
}
OF_TRACE = {
    "office": "himpun:kantor",
    "period": "himpun:periode",
    "procedure": "himpun:prosedur",
    "sha256": "himpun:sha256",
}
STEP_NO, SCOPE = "himpun:langkah", "himpun:lingkup"
_EXTENSIONS = {
    "Concept": ("concept", "http://www.xes-standard.org/concept.xesext"),
    "Time": ("time", "http://www.xes-standard.org/time.xesext"),
    "Lifecycle": ("lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    "Organizational": ("org", "http://www.xes-standard.org/org.xesext"),
}


# --- writing --------------------------------------------------------------------------------------------------------


def write(events: Iterable[Event], *, name: str = "Himpun") -> Iterator[str]:
    """The log as XML text, a trace at a time."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">\n'
    for title, (prefix, uri) in _EXTENSIONS.items():
        yield f'<extension name="{title}" prefix="{prefix}" uri="{uri}"/>\n'
    yield f'<global scope="trace">{_string(NAME, "")}</global>\n'
    yield f'<global scope="event">{_string(NAME, "")}{_date("1970-01-01T00:00:00+00:00")}{_string(LIFECYCLE, COMPLETE)}</global>\n'
    yield f'<classifier name="Kegiatan" keys="{NAME}"/>\n'
    yield f"{_string(NAME, name)}{_string('lifecycle:model', 'standard')}\n"
    for case, found in cases_of(events).items():
        yield f"<trace>{_string(NAME, case)}{_trace(found[0])}\n"
        yield from (_event(event, found[0]) for event in found)
        yield "</trace>\n"
    yield "</log>\n"


def _trace(first: Event) -> str:
    return "".join(_string(key, getattr(first, name)) for name, key in OF_TRACE.items() if getattr(first, name))


def _event(event: Event, first: Event) -> str:
    """What the trace says already is not said again."""
    parts = [_string(NAME, event.activity), _date(event.at.isoformat()), _string(LIFECYCLE, event.lifecycle)]
    parts += [_string(RESOURCE, event.resource)] if event.resource else []
    parts += [f'<int key="{STEP_NO}" value="{event.step}"/>'] if event.step else []
    parts += [_string(SCOPE, event.scope)] if event.scope != STEP else []
    parts += [_string(key, getattr(event, name)) for name, key in OF_EVENT.items() if getattr(event, name)]
    parts += [
        _string(key, getattr(event, name))
        for name, key in OF_TRACE.items()
        if getattr(event, name) != getattr(first, name)
    ]
    return f"<event>{''.join(parts)}</event>\n"


_QUOTED = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def _string(key: str, value: str) -> str:
    return f'<string key="{key}" value="{escape(_allowed(value), _QUOTED)}"/>'


def _date(value: str) -> str:
    return f'<date key="{TIME}" value="{value}"/>'


def _allowed(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    if text.isprintable():
        return text
    return "".join(one for one in text if one in "\t\n\r" or (ord(one) >= 32 and ord(one) not in (0xFFFE, 0xFFFF)))


# --- reading --------------------------------------------------------------------------------------------------------


def read(source: IO[bytes], *, zone: tzinfo) -> Log:
    """The events of an XES document. Moments without a zone are of `zone`. Raises LogUnreadable."""
    log: Log = []
    try:
        for number, trace in enumerate(_traces(source), 1):
            log += _events_of(trace, number, zone)
            trace.clear()
    except (ParseError, DefusedXmlException, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, LogUnreadable):
            raise
        raise LogUnreadable(
            "", "", "", f"Berkas bukan XES yang utuh ({error}). Ekspor ulang dari sistem asalnya."
        ) from error
    return log


def _traces(source: IO[bytes]) -> Iterator[Element]:
    """Each trace when it is complete; those before are let go."""
    steps: Iterator[tuple[str, Any]] = iterparse(source, events=("start", "end"))
    root: Element | None = None
    for kind, element in steps:
        if root is None:
            root = element
            if _tag(root) != "log":
                raise LogUnreadable("", "", "", f"Berkas bukan XES: unsur terluarnya <{_tag(root)}>, bukan <log>.")
        elif kind == "end" and _tag(element) == "trace":
            yield element
            root.remove(element)


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _attributes(element: Element) -> dict[str, str]:
    """The element's own attributes; those of attributes are left out."""
    return {
        child.attrib["key"]: child.attrib["value"]
        for child in element
        if "key" in child.attrib and "value" in child.attrib
    }


def _events_of(trace: Element, number: int, zone: tzinfo) -> Log:
    told = _attributes(trace)
    case = told.get(NAME) if told.get(NAME) is not None else f"kasus-{number}"
    events = (child for child in trace if _tag(child) == "event")
    return [_read_event(event, str(case), told, (number, place), zone) for place, event in enumerate(events, 1)]


def _read_event(event: Element, case: str, told: dict[str, str], place: tuple[int, int], zone: tzinfo) -> Event:
    own = _attributes(event)
    where = f"trace {place[0]} ({case}), event {place[1]}"
    if NAME not in own:
        raise LogUnreadable(where, NAME, "", "event tanpa nama kegiatan")
    at = moment(own.get(TIME, ""))
    if at is None:
        raise LogUnreadable(where, TIME, own.get(TIME, ""), "waktunya tidak ada atau tidak terbaca")
    scope, step = own.get(SCOPE, STEP), own.get(STEP_NO, "")
    return Event(
        case,
        own[NAME],
        at if at.tzinfo else at.replace(tzinfo=zone),
        lifecycle_of(own.get(LIFECYCLE, "")),
        own.get(RESOURCE) or own.get("org:group") or own.get("org:role") or "",
        int(step) if step.isdecimal() else 0,
        scope if scope in SCOPES else STEP,
        **{name: own.get(key, "") for name, key in OF_EVENT.items()},
        **{name: own.get(key, told.get(key, "")) for name, key in OF_TRACE.items()},
    )
