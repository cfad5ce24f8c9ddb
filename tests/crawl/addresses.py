"""Every address of Himpun, with the rows of an office that stand at it, and what a page is asked with.

A new address with a parameter is given its rows in `ROWS` (or the crawl fails and says so); one without needs nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.db.models import Model, QuerySet
from django.urls import URLPattern, URLResolver, get_resolver

from himpun.api.models import Token
from himpun.budgets.models import IndicatorProgram, Program
from himpun.cycles.models import Cycle, Schedule, ScheduleRun, Task
from himpun.documents.models import Delivery, Document, DocumentVersion
from himpun.indicators.models.dictionary import Indicator, Scale
from himpun.indicators.models.figures import Correction, Figure, FigureImport
from himpun.indicators.models.recaps import Recap, RecapLine
from himpun.indicators.models.requests import DataRequest, Evidence, RequestLine
from himpun.letters.models import Contact, IssuedNumber, Letter
from himpun.notifications.models import Outgoing
from himpun.offices.models.calendar import Holiday, SpecialHours
from himpun.offices.models.holdings import Appointment, Holding, Leave
from himpun.offices.models.offices import Post
from himpun.offices.models.people import Person
from himpun.procedures.models import ProcedureDraft, ProcedureVersion
from tests.cast import MECHANISM, SOP
from tests.crawl.scene import Side

Keys = dict[str, Any]


@dataclass(frozen=True)
class Address:
    """One pattern: its name, its pieces, and which parameters it takes."""

    name: str
    pattern: str
    parameters: tuple[str, ...]

    @property
    def for_programs(self) -> bool:
        return self.pattern.startswith("api/v1")

    def filled(self, keys: Mapping[str, Any]) -> str:
        """The path with these keys in it, whatever they are."""
        path = self.pattern
        for name in self.parameters:
            start = path.index(f"{name}>") if f"{name}>" in path else -1
            opening = path.rindex("<", 0, start) if start >= 0 else -1
            path = f"{path[:opening]}{quote(str(keys[name]), safe='')}{path[start + len(name) + 1 :]}"
        return f"/{path}"


REGEX = {
    "api_unknown": "api/v1/tidak-ada",
    "account_confirm_email": "akun/confirm-email/<key>/",
    "account_reset_password_from_key": "akun/password/reset/key/<uidb36>-<key>/",
    "old_link": "akun/password/reset/<rest>",
}
"""The patterns that are written as regular expressions, as a path."""


def addresses() -> list[Address]:
    """Every pattern of the resolver once; the API's operations of one path count as one."""
    found: dict[str, Address] = {}
    for pattern, name, part in _walk(get_resolver(), ""):
        path = REGEX.get(name, pattern)
        parameters = tuple(piece.partition(">")[0].rpartition(":")[2] for piece in path.split("<")[1:])
        assert "(" not in path, f"Alamat {pattern} ({name}) ditulis sebagai ekspresi; beri bentuknya di REGEX."
        found.setdefault(path, Address(name, path, parameters))
        assert part.callback, name
    return list(found.values())


def patterns() -> int:
    """How many patterns the resolver has."""
    return sum(1 for _ in _walk(get_resolver(), ""))


def _walk(resolver: URLResolver, before: str) -> Iterator[tuple[str, str, URLPattern]]:
    for part in resolver.url_patterns:
        path = before + str(part.pattern)
        if isinstance(part, URLPattern):
            yield path, part.name or path, part
        else:
            yield from _walk(part, path)


# --- the rows of an office at each address --------------------------------------------------------------------------


def _of(model: type[Model], path: str) -> Callable[[Side], QuerySet[Any]]:
    return lambda side: model._default_manager.filter(**{path: side.office}).order_by("-pk")


def _recipients(side: Side) -> list[Keys]:
    rows = Delivery.objects.filter(document__office=side.office).select_related("document").order_by("-pk")
    return [{"pk": int(row.document.subject.partition(":")[2]), "delivery": row.pk} for row in rows]


def _codes(side: Side) -> list[Keys]:
    return [{"code": code} for code in Indicator.objects.filter(office=side.office).values_list("code", flat=True)]


def _people(side: Side) -> QuerySet[Person]:
    return Person.objects.filter(holdings__post__office=side.office).distinct().order_by("-pk")


BY_ROW: dict[Callable[[Side], QuerySet[Any]], str] = {
    _of(Letter, "office"): "letter letter_edit letter_file start_from_letter",
    _of(Contact, "office"): "contact",
    _of(IssuedNumber, "register__office"): "number_release",
    _of(Delivery, "document__office"): "mail_again",
    _of(
        Cycle, "office"
    ): "cycle cycle_cancel cycle_correct cycle_deadline cycle_pause cycle_resume draft recipient_add receipt_renew",
    _of(Task, "cycle__office"): "decide",
    _of(Schedule, "office"): "schedule schedule_stop",
    _of(ScheduleRun, "schedule__office"): "schedule_retry",
    _of(DataRequest, "office"): "request request_submit request_form request_file request_return request_excuse",
    _of(RequestLine, "request__office"): "line_save evidence_attach evidence_share",
    _of(Evidence, "line__request__office"): "evidence evidence_detach",
    _of(Indicator, "office"): "indicator indicator_edit indicator_remove indicator_chart",
    _of(Scale, "office"): "scale_edit scale_default",
    _of(Recap, "office"): "recap recap_chart frozen_recap_pdf frozen_recap_xlsx frozen_recap_csv",
    _of(RecapLine, "recap__office"): "recap_line line_chart",
    _of(Figure, "office"): "figure figure_correct",
    _of(FigureImport, "office"): "import_seen import_take_back",
    _of(Correction, "office"): "correction correction_decide correction_file",
    _of(Program, "office"): "budget_node budget_edit budget_remove budget_months budget_link budget_chart",
    _of(IndicatorProgram, "program__office"): "budget_unlink",
    _of(Document, "office"): "document compare",
    _of(DocumentVersion, "document__office"): "version_pdf draft_pdf issued_pdf",
    _of(ProcedureVersion, "office"): "procedure procedure_sheet procedure_text",
    _of(ProcedureDraft, "office"): "procedure_draft draft_text",
    _of(Post, "office"): "post_edit",
    _people: "person_edit",
    _of(Holding, "post__office"): "holding_edit",
    _of(Appointment, "post__office"): "appointment appointment_file",
    _of(Leave, "office"): "leave_edit",
    _of(Holiday, "office"): "holiday_edit",
    _of(SpecialHours, "office"): "hours_edit",
    _of(Outgoing, "message__post__office"): "resend",
    _of(Token, "office"): "token_revoke",
}
ROWS: dict[str, Callable[[Side], Sequence[Keys]]] = {
    **{
        name: (lambda side, rows=rows: [{"pk": pk} for pk in rows(side).values_list("pk", flat=True)])
        for rows, names in BY_ROW.items()
        for name in names.split()
    },
    "recipient_remove": _recipients,
    "recap_row": _codes,
    "recap_row_chart": _codes,
    "api_indicator": lambda side: [{"kode": one["code"]} for one in _codes(side)],
    "reminder_rules": lambda side: [{"key": MECHANISM}, {"key": SOP}],
    "verify": lambda side: [
        {"token": one} for one in Document.objects.filter(office=side.office).values_list("token", flat=True)
    ],
    **{
        name: lambda side: [
            {"token": one}
            for one in Delivery.objects.filter(document__office=side.office)
            .order_by("-pk")
            .values_list("token", flat=True)
        ]
        for name in ("receipt", "receipt_pdf")
    },
    "one_time_link": lambda side: [{"secret": side.at["link"].secret}],
    "account_confirm_email": lambda side: [{"key": "MQ:1abcde:xyz"}],
    "account_reset_password_from_key": lambda side: [{"uidb36": "1", "key": "abc123-0123456789abcdef"}],
    "old_link": lambda side: [{"rest": "key/1-set-password/"}],
}
"""Address → the keys of an office's rows there. In `start_from_letter` and its like a `pk` is the letter's, and so on."""


def telling(side: Side) -> dict[str, list[Any]]:
    """Address → the rows that not everybody of the office may read: asked for first, whatever else is left out."""
    answered, letter = side.at["answered"], side.at["secret letter"]
    papers = Document.objects.filter(about__in=[f"request:{answered.pk}", f"letter:{letter.pk}"])
    lines = answered.lines.values_list("pk", flat=True)
    by_names = {
        "letter letter_edit letter_file start_from_letter": [letter.pk],
        "cycle draft": [side.at["secret run"].pk],
        "request request_form request_file": [answered.pk],
        "line_save evidence_attach evidence_share": list(lines),
        "evidence evidence_detach": list(Evidence.objects.filter(line__in=lines).values_list("pk", flat=True)),
        "document compare": list(papers.values_list("pk", flat=True)),
        "version_pdf draft_pdf issued_pdf": list(
            DocumentVersion.objects.filter(document__in=papers).values_list("pk", flat=True)
        ),
        "figure": list(Figure.objects.filter(source=f"request:{answered.pk}").values_list("pk", flat=True))[:1],
    }
    return {name: pks for names, pks in by_names.items() for name in names.split()}


STRANGE: tuple[Any, ...] = (0, 987654321, "9" * 25, "-1", "abc", "..", "%00", "ü" * 60)
"""What no row is called: none, unknown, larger than any key, none of a kind."""


def strange(address: Address) -> list[Keys]:
    """The address with keys that stand for nothing."""
    return [dict.fromkeys(address.parameters, key) for key in STRANGE] if address.parameters else []


# --- what a page is asked with --------------------------------------------------------------------------------------


RECAPS = (
    "live_recap", "recap_csv", "recap_xlsx", "recap_pdf", "live_recap_chart", "recap_row", "recap_row_chart", "region",
    "ladder", "ladder_csv", "ladder_below", "ladder_below_csv", "ladder_nudge",
)  # fmt: skip
TIMINGS = ("timing", "timing_chart", "timing_csv", "timing_xes", "timing_pdf")


def queries(side: Side) -> dict[str, list[str]]:
    """Address → queries that name an office, a run, a post or a document of `side`."""
    office, cast = side.office.code, side.cast
    cycle, unit = side.at["sop 1"].pk, cast.post_of_unit(0)
    reports = [{"kantor": office, "periode": period} for period in ("2026-TW3", "2026-07")]
    found: dict[str, list[dict[str, Any]]] = {
        **dict.fromkeys(RECAPS, reports),
        **{name: [{"kantor": office, "tahun": 2026}] for name in TIMINGS},
        "archive": [
            {"tab": "jurnal", "siklus": side.at["secret run"].pk},
            {"tab": "jurnal"},
            {"tab": "jurnal", "siklus": cycle},
            {"unit": unit.pk},
            {"q": "Perihal"},
        ],
        "letters": [{"q": "Perihal"}],
        "documents": [{"jenis": kind} for kind in ("data_isian", "lembar_disposisi")],
        "messages": [{"topik": "tugas"}, {"baru": "1"}],
        "procedure_publish": [{"dari": side.at["procedure"].pk}],
        "holding_new": [{"jabatan": unit.pk, "orang": cast.kepala.pk}],
        "leave_new": [{"orang": cast.kepala.pk}],
        "verify_find": [{"kode": "x"}],
        "indicators": [{"tahun": "2026", "unit": unit.code}],
        "indicator_export": [{"bentuk": form, "tahun": "2026"} for form in ("csv", "xlsx", "json", "indicators")],
        "budgets": [{"tahun": "2026"}],
        "requests": [{"status": "dijawab"}],
        "api_figures": [{"periode": "2026-TW3"}, {"tahun": 2026}],
        "api_targets": [{"tahun": 2026}],
        "api_indicators": [{"tahun": 2026}],
        "api_recap": [{"periode": "2026-TW3"}],
        "api_data_value_sets": [{"periode": "2026-TW3"}],
        "api_adx_out": [{"periode": "2026-TW3"}],
    }
    return {name: [urlencode(one) for one in asked] for name, asked in found.items()}
