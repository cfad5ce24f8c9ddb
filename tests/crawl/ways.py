"""For every address that changes something: a form with which somebody does change it, so that "may not" means something.

A way is the keys of a row of `here`, and what is sent: typed over the form as its page shows it to `by`, or alone. The
crawl checks first that `by` changes something by it; then everybody else tries the very same.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from himpun.api.models import Token
from himpun.budgets.models import IndicatorProgram
from himpun.cycles.steps.draft import draft_of
from himpun.documents.models import Delivery
from himpun.indicators.models.dictionary import Indicator
from himpun.indicators.models.figures import Correction, Figure
from himpun.indicators.models.recaps import Recap
from himpun.indicators.models.requests import Evidence, RequestLine
from himpun.indicators.recaps.corrections import ask_correction, decide_correction
from himpun.indicators.requests.forms import form_of
from himpun.offices.models.holdings import Holding
from tests import workbooks
from tests.budgets.samples import PLAN, REPORT
from tests.cast import MECHANISM, SOP, later
from tests.crawl.scene import Side
from tests.pages import forms_of
from tests.papers import pdf
from tests.procedures.cases import SMALL

if TYPE_CHECKING:
    from tests.crawl.walking import Crawl

Typed = dict[str, Any]


@dataclass(frozen=True)
class Way:
    """How an address is made to change something."""

    by: str
    typed: Callable[[Side], Typed] = lambda side: {}
    keys: Callable[[Side], Typed] = lambda side: {}
    page: str = ""
    """The address (by name, with the same keys) whose form is sent; "" where `typed` is all."""
    press: str = ""
    """The name of a field or button that tells the form from others on its page."""
    first: Callable[[Side], Typed] | None = None
    """What is uploaded beforehand by `by`; the page that answers holds the token that is sent then."""
    second: Typed | None = None
    """What is then chosen on the page that answers the upload, before the page that holds the token."""
    method: str = "POST"
    query: str = ""


READS_ONLY = {
    "choose_office": "memilih kantor yang dilihat: hanya sesi sendiri",
    "indicator_formula": "memeriksa rumus, tidak menyimpan",
    "indicator_targets": "menyusun baris target, tidak menyimpan",
    "scale_check": "menggambar skala, tidak menyimpan",
    "procedure_check": "memeriksa naskah, tidak menyimpan",
    "published_check": "memeriksa tabel, tidak menyimpan",
    "published_download": "mengembalikan hasil, tidak menyimpan",
    "verify": "mencocokkan berkas, tidak menyimpan",
    "verify_find": "mencari dokumen, tidak menyimpan",
    "kept": "membuang isian sendiri yang tertahan: hanya sesi sendiri",
    "login": "mengantar ke halaman masuk",
    "old_link": "hanya mengatakan bahwa tautannya tidak berlaku lagi",
}
"""Addresses that take a POST and change no row of an office."""


def _pk(name: str) -> Callable[[Side], Typed]:
    return lambda side: {"pk": side.at[name].pk}


def _corrected(side: Side) -> Typed:
    """The run that has ended, a figure of whose document (not the one that waits for its decision) was corrected since."""
    if not Correction.objects.filter(office=side.office, state=Correction.State.APPROVED).exists():
        unit = side.cast.post_of_unit(1)
        figure = Figure.objects.current().filter(unit=unit, frozen=True).order_by("pk")[0]
        asked = {"new": "8", "reason": "Satu terlewat", "evidence_name": "bukti.pdf", "evidence": pdf("bukti")}
        with later(minutes=5):
            correction = ask_correction(figure_id=figure.pk, by=side.cast.holder(unit), **asked)
            decide_correction(correction_id=correction.pk, approve=True, by=side.cast.kepala)
    return _pk("sop 11")(side)


def _line(side: Side) -> RequestLine:
    return side.at["filled"].lines.get(indicator__code="IKU-02")


def _second_line(side: Side) -> RequestLine:
    return side.at["filled"].lines.get(indicator__code="IKU-09")


def _file(name: str = "bukti.pdf", content: bytes = pdf("baru"), media: str = "application/pdf") -> Any:
    return SimpleUploadedFile(name, content, media)


def _removable_recipient(side: Side) -> Typed:
    cycle = side.at["sop 10"]
    row = Delivery.objects.get(document=draft_of(cycle), recipient__startswith="Luar dua")
    return {"pk": cycle.pk, "delivery": row.pk}


def _unopened(side: Side) -> Typed:
    document = draft_of(side.at["sop 11"])
    return {"token": Delivery.objects.get(document=document, recipient__startswith="Luar satu").token}


def _recap_line(side: Side) -> Typed:
    return {"pk": Recap.objects.get(origin=side.at["mekanisme 6"].subject).lines.order_by("order")[0].pk}


def _own_sheet(side: Side) -> bytes:
    return f"kode;variabel;unit;periode;nilai\nIKU-01;pembilang;{side.cast.post_of_unit(0).code};2026-03;4\n".encode()


def _indicator_form(side: Side) -> Typed:
    fields = {
        "code": "IKU-50", "year": "2026", "name": "Baru", "sasaran": "Sasaran", "unit": "%", "polarity": "positif",
        "aggregation": "posisi-akhir", "owner": side.cast.post_of_unit(0).code, "frequency": "triwulanan",
        "places": "2", "target-2026": "77", "formula": "", "check-condition": [""], "check-sentence": [""],
        "check-blocks": ["ya"],
    }  # fmt: skip
    row = {"name": "nilai", "label": "Nilai", "unit": "%", "kind": "nilai", "minimum": "", "maximum": ""}
    return fields | {f"variable-{name}": [value] for name, value in row.items()} | {
        "variable-whole": ["tidak"], "variable-required": ["ya"]
    }  # fmt: skip


LEVELS = {
    "name": "Dua", "year": "2026", "source": "Perbup", "level-name": ["Tinggi", "Rendah"],
    "level-colour": ["tinggi", "rendah"], "level-from": ["gt", "gt"], "level-lower": ["80", ""],
    "level-to": ["le", "le"], "level-upper": ["", "80"],
}  # fmt: skip
SCHEDULE = {
    "key": MECHANISM, "kind": "triwulan", "workday": "2", "side": "sesudah", "at": "08:30", "deadline_days": "10",
    "deadline_in": "kalender", "active_from": "2026-10-05",
}  # fmt: skip
RULES = {"when-0": "tepat", "up-0": "0", "obligatory-0": "on", "when-1": "sesudah", "amount-1": "2 hari", "up-1": "1"}
OFFICE = {
    "name": "Kantor Lain", "address": "Jalan Lain", "contact": "0812", "city": "Contoh", "government": "Pemerintah Contoh",
    **{f"hours_{day}": "07.30-16.00" for day in ("senin", "selasa", "rabu", "kamis", "jumat")},
}  # fmt: skip
LETTER = {
    "number": "9/2026", "sender": "Inspektorat", "subject": "Reviu", "dated": "2026-10-01", "received_on": "2026-10-05"
}  # fmt: skip
COLUMNS = {
    "step": "map", "sheet": "Data", "header_row": "1", "column-1": "kode", "column-2": "variabel", "column-3": "unit",
    "column-4": "periode", "column-5": "nilai",
}  # fmt: skip
KASUBBAG, UMUM, KEPALA, ANALIS = "kasubbag perencanaan", "kasubbag umum", "kepala", "analis"

WAYS: dict[str, Way] = {
    # --- letters and runs
    "letter_new": Way(UMUM, lambda side: LETTER),
    "letter_edit": Way(UMUM, lambda side: {**LETTER, "subject": "Perihal yang benar"}, _pk("letter")),
    "letter_out_new": Way(
        UMUM,
        lambda side: {
            "kind": "nota",
            "dated": "2026-10-05",
            "sender": "Camat",
            "recipient": "Sekretaris",
            "subject": "Rapat",
        },
    ),
    "numbers": Way(
        UMUM, lambda side: {"register": "nota-dinas", "first": "40", "last": "41", "reason": "Dipakai di kertas"}
    ),
    "number_release": Way(UMUM, lambda side: {"note": "Batal dipakai"}, _pk("reserved")),
    "contacts": Way(UMUM, lambda side: {"name": "Kepala Dinas", "agency": "Dinas Lain", "channel": "Pos"}),
    "contact": Way(UMUM, lambda side: {"name": "Kepala Bagian", "channel": "Pos", "active": "1"}, _pk("contact")),
    "mail_again": Way(UMUM, lambda side: {"address": "baru@contoh.example"}, _pk("unmailed")),
    "start_from_letter": Way(UMUM, lambda side: {"key": SOP, "period": "2026-S2"}, _pk("letter")),
    "cycle_new": Way(KASUBBAG, lambda side: {"key": MECHANISM, "period": "2026-03"}),
    "cycle_cancel": Way(KEPALA, lambda side: {"reason": "Salah periode"}, _pk("sop 1")),
    "cycle_correct": Way(UMUM, keys=_corrected),
    "cycle_deadline": Way(KEPALA, lambda side: {"due_at": "2026-12-31"}, _pk("sop 1")),
    "cycle_pause": Way(KEPALA, lambda side: {"reason": "Audit"}, _pk("sop 1")),
    "cycle_resume": Way(KEPALA, keys=_pk("paused")),
    "schedule_new": Way(KASUBBAG, lambda side: SCHEDULE),
    "schedule": Way(KASUBBAG, lambda side: {**SCHEDULE, "kind": "bulan"}, _pk("schedule")),
    "schedule_stop": Way(KASUBBAG, keys=_pk("schedule")),
    "schedule_retry": Way(KASUBBAG, keys=lambda side: {"pk": side.at["schedule"].runs.get().pk}),
    "draft": Way(
        ANALIS, lambda side: {"reason": "lengkap", "analisis": "Baru"}, _pk("sop 6"), page="draft", press="based_on"
    ),
    "recipient_add": Way(ANALIS, lambda side: {"recipient": "Inspektorat", "method": "Tautan"}, _pk("sop 10")),
    "recipient_remove": Way(ANALIS, keys=_removable_recipient),
    "receipt_renew": Way(ANALIS, keys=_pk("sop 11")),
    "decide": Way(
        KEPALA,
        lambda side: {"decision": "disposisi", "instructions": ["proses"], "note": "Segera"},
        lambda side: {"pk": side.cast.open_task(side.at["sop 1"]).pk},
    ),
    # --- requests and figures
    "request_submit": Way("unit 2", lambda side: {"send": "1"}, _pk("filled"), page="request", press="send"),
    "request_file": Way(
        "unit 2",
        lambda side: {"step": "apply"},
        _pk("filled"),
        first=lambda side: {"file": _file("isian.xlsx", workbooks.typed(form_of(side.at["filled"]), CELLS), "")},
    ),
    "request_return": Way(UMUM, lambda side: {"reason": "Tertukar"}, _pk("answered")),
    "request_excuse": Way(UMUM, lambda side: {"reason": "Bencana"}, _pk("empty")),
    "line_save": Way(
        "unit 2",
        lambda side: {f"v-{_line(side).pk}-{one.pk}": "5" for one in _line(side).indicator.variables.all()},
        lambda side: {"pk": _line(side).pk},
    ),
    "evidence_attach": Way("unit 2", lambda side: {"file": _file()}, lambda side: {"pk": _line(side).pk}),
    "evidence_share": Way(
        "unit 2",
        lambda side: {"evidence": str(Evidence.objects.get(line=_line(side)).pk)},
        lambda side: {"pk": _second_line(side).pk},
    ),
    "evidence_detach": Way("unit 2", keys=lambda side: {"pk": Evidence.objects.get(line=_line(side)).pk}),
    "import": Way(
        UMUM,
        lambda side: {"step": "apply"},
        first=lambda side: {"file": _file("angka.csv", _own_sheet(side), "text/csv")},
        second=COLUMNS,
    ),
    "import_take_back": Way(ANALIS, lambda side: {"reason": "Salah berkas"}, _pk("import")),
    "figure_correct": Way("unit 1", lambda side: {"new": "8", "reason": "Salah", "file": _file()}, _pk("figure")),
    "correction_decide": Way(KEPALA, lambda side: {"decision": "setuju", "decided_reason": "Benar"}, _pk("correction")),
    "recap_line": Way(ANALIS, lambda side: {"cause": "Hujan", "follow_up": "Payung"}, _recap_line),
    # --- the dictionary
    "indicator_new": Way(ANALIS, _indicator_form),
    "indicator_edit": Way(
        ANALIS,
        lambda side: {"name": "Nama lain", "reason": "Renstra"},
        lambda side: {"pk": Indicator.objects.get(office=side.office, code="IKU-77").pk},
        page="indicator_edit",
        press="marker",
    ),
    "indicator_remove": Way(
        ANALIS, keys=lambda side: {"pk": Indicator.objects.get(office=side.office, code="IKU-77").pk}
    ),
    "indicator_copy": Way(ANALIS, lambda side: {"from_year": "2026", "to_year": "2028"}),
    "indicator_import": Way(
        ANALIS,
        first=lambda side: {
            "files": [
                _file("Indikator.csv", b"Kode;Tahun\nIKU-77;2027\n", "text/csv"),
                _file("Target.csv", b"Kode;Tahun;Periode;Target\nIKU-77;2027;2027;44\n", "text/csv"),
            ]
        },
    ),
    "scale_new": Way(ANALIS, lambda side: LEVELS),
    "scale_edit": Way(ANALIS, lambda side: {**LEVELS, "reason": "Perubahan"}, _pk("scale")),
    "scale_default": Way(ANALIS, keys=_pk("scale")),
    "codes": Way(
        ANALIS, lambda side: {"system": "dhis2", "kind": "unsur", "foreign": "Baru1", "own": "IKU-01.penyebut"}
    ),
    # --- the budget
    "budget_new": Way(KASUBBAG, lambda side: {"year": "2026", "code": "7.01.08", "name": "Baru", "level": ""}),
    "budget_edit": Way(
        KASUBBAG,
        lambda side: {"name": "Nama lain"},
        lambda side: {"pk": side.at["programs"][REPORT].pk},
        page="budget_edit",
        press="stamp",
    ),
    "budget_remove": Way(KASUBBAG, keys=_pk("empty program")),
    "budget_months": Way(
        ANALIS,
        lambda side: {"spent-3": "5.000", "physical-3": "60"},
        lambda side: {"pk": side.at["programs"][PLAN].pk},
        page="budget_node",
        press="spent-3",
    ),
    "budget_link": Way(ANALIS, lambda side: {"indicator": "IKU-02"}, lambda side: {"pk": side.at["programs"][PLAN].pk}),
    "budget_unlink": Way(
        ANALIS, keys=lambda side: {"pk": IndicatorProgram.objects.filter(program__office=side.office)[0].pk}
    ),
    "budget_rule": Way(
        KASUBBAG, lambda side: {"year": "2026", "rule": "nilai-efisiensi", "tolerance": "5", "cap": "20"}
    ),
    "budget_import": Way(
        KASUBBAG,
        lambda side: {"year": "2026"},
        first=lambda side: {"year": "2026", "file": _file("dpa.csv", b"kode;nama;pagu\n7.01.07;Baru;\n", "text/csv")},
    ),
    # --- the office
    "procedure_publish": Way(KASUBBAG, lambda side: {"text": SMALL, "in_force_from": "2027-01-01"}),
    "procedure_draft": Way(
        "sekretaris",
        lambda side: {"act": "approve", "revision": "1", "sha256": side.at["draft"].sha256},
        _pk("draft"),
    ),
    "sop_approvals": Way(KEPALA, lambda side: {"rule": "kepala"}),
    "office_edit": Way(UMUM, lambda side: OFFICE, page="office_edit", press="contact"),
    "public_address": Way(UMUM, lambda side: {"public_url": "https://himpun.invalid", "seen_elsewhere": "1"}),
    "post_new": Way(
        UMUM,
        lambda side: {
            "title": "Kasi Baru",
            "code": "kasi-baru",
            "role": "unit",
            "order": "110",
            "parent": str(side.cast.post("kepala").pk),
        },
    ),
    "post_edit": Way(
        UMUM,
        lambda side: {"title": "Kasi Lain", "parent": str(side.cast.post("kepala").pk)},
        lambda side: {"pk": side.cast.post_of_unit(1).pk},
        page="post_edit",
        press="title",
    ),
    "person_new": Way(UMUM, lambda side: {"name": "Ani Baru", "username": "ani.baru"}),
    "person_edit": Way(
        UMUM,
        lambda side: {"name": "Orang Lain", "nip": "", "rank": "Penata", "email": ""},
        lambda side: {"pk": side.cast.units[1].pk},
        page="person_edit",
        press="rank",
    ),
    "holding_new": Way(
        UMUM,
        lambda side: {
            "post": str(side.cast.post_of_unit(0).pk),
            "person": str(side.cast.units[1].pk),
            "kind": "Plt",
            "since": "2026-10-06",
            "until": "2026-10-09",
            "letter": "800/1",
        },
    ),
    "holding_edit": Way(
        UMUM,
        lambda side: {"letter": "800/2"},
        lambda side: {"pk": Holding.objects.get(post=side.cast.post_of_unit(1), kind="definitif").pk},
        page="holding_edit",
        press="letter",
    ),
    "appointment": Way(KEPALA, lambda side: {"act": "consent"}, _pk("appointment"), page="appointment", press="act"),
    "leave_new": Way(
        UMUM,
        lambda side: {
            "person": str(side.cast.units[1].pk),
            "kind": "cuti",
            "since": "2026-10-12",
            "until": "2026-10-13",
            "letter": "850/9",
            "substitute": "",
        },
    ),
    "leave_edit": Way(UMUM, lambda side: {"letter": "850/8"}, _pk("leave"), page="leave_edit", press="letter"),
    "holidays": Way(UMUM, lambda side: {"day": "2026-12-22", "kind": "daerah", "name": "Hari jadi", "source": "SE"}),
    "holiday_edit": Way(UMUM, lambda side: {"name": "Nama lain"}, _pk("holiday"), page="holiday_edit", press="day"),
    "hours_new": Way(
        UMUM,
        lambda side: {
            "name": "Ramadan",
            "source": "SE",
            "since": "2026-12-14",
            "until": "2026-12-16",
            "hours_senin": "08.00-12.00",
        },
    ),
    "hours_edit": Way(UMUM, lambda side: {"name": "Lain"}, _pk("hours"), page="hours_edit", press="since"),
    "reminder_rules": Way(KASUBBAG, lambda side: RULES, lambda side: {"key": MECHANISM}),
    "ladder_nudge": Way(
        KEPALA,
        lambda side: {"tasks": [str(side.cast.open_task(side.at["mekanisme 5"]).pk)]},
        query="kantor=kec-satu&periode=2026-08",
    ),
    # --- one's own
    "messages_seen": Way(UMUM),
    "resend": Way(UMUM, keys=_pk("outgoing")),
    "own_messages": Way(ANALIS, lambda side: {"act": "topik", "topics": ["tugas", "pengingat"]}),
    "tokens": Way(ANALIS, lambda side: {"name": "Program baru", "scopes": ["angka:baca"], "days": "30"}),
    "token_revoke": Way(
        KASUBBAG, keys=lambda side: {"pk": Token.objects.get(office=side.office, name="program penuh").pk}
    ),
    "one_time_link": Way(
        "anonim",
        lambda side: {"password1": "Sungai-deras-7-batu", "password2": "Sungai-deras-7-batu"},
        lambda side: {"secret": side.at["link"].secret},
    ),
    "receipt": Way("anonim", lambda side: {"name": "Ani Penerima"}, _unopened),
    # --- programs
    "api_indicator": Way(
        "program penuh",
        lambda side: {"tahun": 2026, "sumber_data": "Buku tamu", "alasan_perubahan": "Lebih tepat"},
        lambda side: {"kode": "IKU-02"},
        method="PUT",
    ),
    "api_targets": Way("program penuh", lambda side: {"tahun": 2027, "target": [TARGET]}, method="PUT"),
    "api_figures": Way("program penuh", lambda side: {"rows": [FIGURE]}),
    "api_data_value_sets": Way("program penuh", lambda side: {"dataValues": [VALUE]}),
    "api_adx_out": Way("program penuh"),
}
CELLS: dict[str, str | float | None] = {"G10": 5, "G11": 6}
TARGET = {"indikator": "IKU-77", "periode": "2027", "target": "51"}
FIGURE = {"indikator": "IKU-02", "variabel": "penyebut", "periode": "2026-02", "nilai": 13, "unit": ""}
VALUE = {"dataElement": "IKU-02.penyebut", "period": "202602", "orgUnit": "jabatan-7", "value": "13"}
ADX = (
    '<adx xmlns="urn:ihe:qrph:adx:2015"><group orgUnit="jabatan-7" period="2026-02-01/P1M" dataSet="D">'
    '<dataValue dataElement="IKU-02.penyebut" value="11"/></group></adx>'
)


def plain(page: str) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def _token_in(page: str, name: str) -> Typed:
    for form in forms_of(page):
        for field, value in form.fields:
            if field == "token":
                return {"token": value}
    raise AssertionError(f"{name}: sesudah berkas diunggah tidak ada yang dapat diterapkan: {plain(page)[-500:]}")


def body_of(crawl: "Crawl", name: str, way: Way, path: str) -> tuple[Any, str]:
    """What is sent, and as what; a page's form is read, and a file uploaded, as `way.by` would."""
    side, caller = crawl.scene.here, crawl.caller_of(way.by)
    if name == "api_adx_out":
        return ADX, "application/adx+xml"
    if name.startswith("api_"):
        return way.typed(side), "application/json"
    typed: Typed = dict(way.typed(side))
    if way.first is not None:
        page = caller.ask("POST", path, way.first(side), keep=True).body
        if way.second is not None:
            page = caller.ask("POST", path, {**way.second, **_token_in(page, name)}, keep=True).body
        return {**typed, **_token_in(page, name)}, ""
    if way.page:
        shown = caller.ask("GET", reverse(way.page, kwargs=way.keys(side))).body
        form = next((form for form in forms_of(shown) if way.press in form.names and form.method == "post"), None)
        assert form is not None, f"{name}: halamannya tidak punya isian {way.press} bagi {way.by}."
        several: Typed = {}
        for key, value in form.filled(**typed):
            several.setdefault(key, []).append(value)
        return several, ""
    return typed, ""
