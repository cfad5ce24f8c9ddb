"""The mechanism's papers: format permintaan, data isian, rekap data isian."""

from datetime import datetime

from himpun.documents.content import request as content
from himpun.documents.content.answer import FilledForm, FilledIndicator
from himpun.documents.content.collected import FormRecap, RecapValue, UnitRecap
from himpun.documents.content.request import RequestedIndicator
from himpun.documents.parts import deadline, empty_signature, letterhead, moment, place_date, signature_of
from himpun.indicators.measured.keeping import value_text
from himpun.indicators.models.recaps import Recap
from himpun.indicators.models.requests import DataRequest, RequestLine
from himpun.indicators.requests.reviewing import lines_of
from himpun.measure.periods import Period
from himpun.offices.acting import Actor
from himpun.offices.models.offices import Office


def request_form(request: DataRequest, *, number: str, signer: Actor | None, at: datetime) -> content.DataRequest:
    """The letter to one unit with the table to fill in; without a signer it is still being prepared."""
    office, period = request.office, Period.parse(request.period)
    signature = empty_signature(office.titles().get("kasubbag-umum", ""))
    if signer:
        signature = signature_of(signer, office, at, how=f"Disampaikan dalam sistem pada {moment(at, office)}")
        signature["place_date"] = ""
    return {
        "letterhead": letterhead(office),
        "number": number,
        "nature": "Segera",
        "attachments": "1 (satu) berkas",
        "subject": f"Permintaan data dan informasi kinerja {period.label}",
        "place_date": place_date(office, at),
        "recipient": request.unit.title,
        "recipient_place": "Tempat",
        "period": period.label,
        "deadline": deadline(request.due_at, office),
        "opening": (
            f"Dalam rangka pengumpulan data kinerja {office.name} {period.label}, dengan hormat kami minta Saudara mengisi "
            "data dan informasi kinerja sebagaimana format terlampir, disertai bukti dukung bila diwajibkan."
        ),
        "closing": (
            "Data diisi melalui aplikasi Himpun pada menu Permintaan. Bila suatu data memang tidak ada, tandai nihil dan "
            "tuliskan alasannya. Atas kerja sama Saudara kami ucapkan terima kasih."
        ),
        "indicators": [_asked(place, line) for place, line in enumerate(lines_of(request), 1)],
        "signature": signature,
        "copies": [],
        "verification": None,
    }


def _asked(place: int, line: RequestLine) -> RequestedIndicator:
    indicator = line.indicator
    return {
        "no": str(place),
        "code": indicator.code,
        "name": indicator.name,
        "definition": indicator.definition,
        "formula": indicator.formula_in_words,
        "source": indicator.source,
        "evidence_required": indicator.evidence_required,
        "variables": [
            {"code": "", "name": variable.label, "unit": variable.unit} for variable in indicator.variables.all()
        ],
    }


def filled_form(request: DataRequest, *, number: str, times: int, actor: Actor, at: datetime) -> FilledForm:
    """One unit's answer as `actor` sent it."""
    office = request.office
    return {
        "letterhead": letterhead(office),
        "unit": request.unit.title,
        "period": Period.parse(request.period).label,
        "request_number": number,
        "deadline": deadline(request.due_at, office),
        "submitted_by": request.submitted_by,
        "submitted_as": request.submitted_title,
        "submitted_at": moment(request.submitted_at, office),
        "timeliness": timeliness(request),
        "submission": "Pengiriman pertama" if times == 1 else f"Pengiriman ke-{times} (perbaikan)",
        "indicators": [_filled(place, line) for place, line in enumerate(lines_of(request), 1)],
        "note": "",
        "signature": signature_of(actor, office, at, how=f"Dikirim dalam sistem pada {moment(at, office)}"),
        "verification": None,
    }


def timeliness(request: DataRequest) -> str:
    """Whether an answer came in time; "" while there is none or no deadline."""
    if not request.submitted_at or not request.due_at:
        return ""
    return "Tepat waktu" if request.submitted_at <= request.due_at else "Terlambat"


def _filled(place: int, line: RequestLine) -> FilledIndicator:
    values = {value.variable_id: value for value in line.values.all()}
    return {
        "no": str(place),
        "code": line.indicator.code,
        "name": line.indicator.name,
        "nil": line.nihil,
        "nil_reason": line.nihil_reason,
        "variables": [
            {
                "code": "",
                "name": variable.label,
                "unit": variable.unit,
                "value": value_text(values[variable.pk].number, values[variable.pk].text)
                if variable.pk in values
                else "",
                "note": line.note if first else "",
            }
            for first, variable in zip([True] + [False] * 99, line.indicator.variables.all(), strict=False)
        ],
        "evidence": [{"file_name": file.name, "sha256": file.sha256} for file in line.evidence.all()],
    }


def collected(recap: Recap, requests: list[DataRequest], actor: Actor) -> FormRecap:
    """The frozen answers of all units."""
    office = recap.office
    answered = sum(request.state == DataRequest.State.FROZEN for request in requests)
    signature = signature_of(
        actor, office, recap.frozen_at, how=f"Dibekukan dalam sistem pada {moment(recap.frozen_at, office)}"
    )
    return {
        "letterhead": letterhead(office),
        "period": Period.parse(recap.period).label,
        "facts": [
            {"label": "Jumlah unit", "value": str(len(requests))},
            {"label": "Menjawab", "value": str(answered)},
            {"label": "Dikecualikan", "value": str(len(requests) - answered)},
        ],
        "units": [_unit(place, request, recap, office) for place, request in enumerate(requests, 1)],
        "frozen_at": moment(recap.frozen_at, office),
        "frozen_by": f"{recap.frozen_by} ({recap.frozen_title})",
        "digest": recap.digest,
        "signature": signature,
        "verification": None,
    }


def _unit(place: int, request: DataRequest, recap: Recap, office: Office) -> UnitRecap:
    excused = request.state == DataRequest.State.EXCUSED
    late = timeliness(request) == "Terlambat"
    return {
        "no": str(place),
        "unit": request.unit.title,
        "state": "dikecualikan" if excused else "terlambat" if late else "masuk",
        "status": "Dikecualikan" if excused else f"Masuk, {timeliness(request).lower() or 'tanpa batas waktu'}",
        "reason": request.reason if excused else "",
        "submitted_by": "" if excused else f"{request.submitted_by} ({request.submitted_title})",
        "submitted_at": "" if excused else moment(request.submitted_at, office),
        "values": [
            row
            for line in recap.lines.all()
            for row in _values(line.frozen, request.unit.title)
            if row["value"] or not excused
        ],
    }


def _values(frozen: dict[str, object], unit: str) -> list[RecapValue]:
    """The figures of one unit in a frozen line."""
    given = [row for row in frozen["variabel"] if row.get("unit", frozen["unit"]) == unit]  # type: ignore[attr-defined]
    files = len(frozen["bukti"])  # type: ignore[arg-type]
    return [
        {
            "code": str(frozen["kode"]),
            "indicator": str(frozen["nama"]),
            "variable": variable["uraian"],
            "unit": variable["satuan"],
            "value": "nihil" if frozen["nihil"] else variable["nilai"],
            "note": str(frozen["nihil_alasan"] if frozen["nihil"] else frozen["catatan"]) if first else "",
            "evidence": f"{files} berkas" if files and first else "",
        }
        for first, variable in zip([True] + [False] * 99, given, strict=False)
    ]
