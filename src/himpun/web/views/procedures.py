"""SOP: what is in force, a version as the official sheet, checking a text."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import formats, timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from himpun.errors import FieldErrors
from himpun.offices.acting import HoldsNoPost
from himpun.offices.models.offices import Office
from himpun.offices.rules import MAY_PUBLISH_PROCEDURES
from himpun.procedures.checker import check as checker
from himpun.procedures.checker.findings import OFFICE_KINDS, Finding
from himpun.procedures.checker.flow import counted_times
from himpun.procedures.definition import DefinitionError, Procedure
from himpun.procedures.doings import obstacles
from himpun.procedures.flowchart.layout import layout
from himpun.procedures.flowchart.svg import svg
from himpun.procedures.models import ProcedureDraft, ProcedureVersion
from himpun.procedures.printing import sheet_pdf as print_sheet
from himpun.procedures.problems import runnable
from himpun.procedures.queries import versions_in_force
from himpun.procedures.reading import read, role_titles, worded
from himpun.procedures.rules import DEEDS
from himpun.web import downloads
from himpun.web.forms import Typed, attempt
from himpun.web.middleware import PersonRequest

TEXT_LIMIT = 256 * 1024
FILES_LIMIT = 20
Titles = tuple[tuple[str, str], ...]
STEP_LABELS = {"salah": "state-terlambat", "perlu diperiksa": "state-mendekati", "catatan": "state-menunggu"}


def sop_office(request: PersonRequest) -> Office:
    """The office whose SOP is looked at. Raises HoldsNoPost."""
    office = request.acting.office
    if office is None:
        raise HoldsNoPost("membuka SOP kantor")
    return office


def versions_of(office: Office) -> QuerySet[ProcedureVersion]:
    """The versions that an office sees: its own and the shared ones."""
    return ProcedureVersion.objects.filter(Q(office=office) | Q(office__isnull=True))


def _version(request: PersonRequest, pk: int) -> ProcedureVersion:
    return get_object_or_404(versions_of(sop_office(request)), pk=pk)


# --- what is in force ------------------------------------------------------------------------------------------------


@require_GET
def procedure_list(request: PersonRequest) -> HttpResponse:
    """Every procedure in force for the office, each with its other versions."""
    office = sop_office(request)
    in_force = versions_in_force(office, request.acting.day)
    others: dict[str, list[ProcedureVersion]] = defaultdict(list)
    for version in versions_of(office).defer("text").order_by("-in_force_from", "-number"):
        if version not in in_force:
            others[version.key].append(version)
    coming = [
        version for key, versions in others.items() for version in versions if key not in {v.key for v in in_force}
    ]
    context = {
        "rows": [(version, others[version.key]) for version in in_force],
        "coming": coming,
        "may_publish": request.acting.has(MAY_PUBLISH_PROCEDURES),
        "drafts": ProcedureDraft.objects.filter(office=office, state=ProcedureDraft.State.WAITING).defer("text"),
    }
    return render(request, "procedures/list.html", context)


@require_GET
def procedure_page(request: PersonRequest, pk: int) -> HttpResponse:
    """One version as the official sheet: identity, flowchart, the steps as a table, and what the checker finds."""
    office = sop_office(request)
    version = _version(request, pk)
    context = {
        "version": version,
        "origin": origin_of(version),
        "in_force": version in versions_in_force(office, request.acting.day),
        **sheet_context(office, version.definition, version.text, version.in_force_from),
    }
    return render(request, "procedures/page.html", context)


def origin_of(version: ProcedureVersion) -> str:
    """Who wrote a version and who approved it, as a sentence."""
    on = formats.date_format(timezone.localtime(version.published_at), "j F Y H:i")
    draft = ProcedureDraft.objects.filter(version=version).prefetch_related("approvals").first()
    if draft is None:
        return f"Diterbitkan {version.published_by} pada {on}."
    given = "; ".join(f"{DEEDS[one.deed].lower()} {one.name} ({one.title})" for one in draft.counted())
    return f"Ditulis {draft.written_name}; {given}. Terbit pada {on}."


def sheet_context(office: Office, procedure: Procedure, text: str, in_force_from: date) -> dict[str, Any]:
    """What procedures/sheet.html shows of a text: identity, flowchart, steps, findings."""
    titles = office.titles()
    names = role_titles(procedure, titles)
    return {
        "procedure": procedure,
        "titles": names,
        "boxes": _boxes(procedure, names),
        "fields": _fields(procedure, in_force_from, names),
        "charts": _charts(text, procedure.name, tuple(titles.items())),
        "steps": [(step, [names.get(key, key) for key in step.actors]) for step in procedure.steps],
        "findings": checker.check([procedure], _kind(office)),
        "levels_of_findings": STEP_LABELS,
        "times": counted_times(procedure),
    }


def _kind(office: Office) -> str:
    return office.kind_id if office.kind_id in OFFICE_KINDS else ""


@lru_cache(maxsize=64)
def _charts(text: str, name: str, titles: Titles) -> tuple[SafeString, ...]:
    """The pages of the flowchart. Laying out is slow and a version never changes, so the pages are kept."""
    sheet = layout(runnable(text), dict(titles))
    count = len(sheet.pages)
    pages = ((page, f"Bagan alir SOP {name}, halaman {page + 1} dari {count}") for page in range(count))
    return tuple(mark_safe(svg(sheet, page, title=title)) for page, title in pages)  # escaped by svg()


def _fields(procedure: Procedure, in_force_from: date, names: dict[str, str]) -> list[tuple[str, str]]:
    identity = procedure.identity
    return [
        ("Nomor SOP", identity.number),
        ("Tanggal pembuatan", identity.made_on),
        ("Tanggal revisi", identity.revised_on),
        ("Tanggal efektif", identity.effective_on or day_in_words(in_force_from)),
        ("Disahkan oleh", worded(identity.approved_by, names) or names.get("kepala", "")),
        ("Nama SOP", procedure.name),
        ("Waktu seluruhnya", procedure.total_time_text),
    ]


def _boxes(procedure: Procedure, names: dict[str, str]) -> list[tuple[str, list[str]]]:
    identity = procedure.identity
    boxes: list[tuple[str, tuple[str, ...]]] = [
        ("Dasar hukum", identity.legal_basis),
        ("Kualifikasi pelaksana", identity.qualifications),
        ("Keterkaitan", identity.related),
        ("Peralatan/perlengkapan", identity.equipment),
        ("Peringatan", (identity.warning,) if identity.warning else ()),
        ("Pencatatan dan pendataan", identity.records),
    ]
    return [(label, [worded(text, names) for text in texts]) for label, texts in boxes]


def day_in_words(day: date) -> str:
    """ "1 Januari 2027"."""
    return formats.date_format(day, "j F Y")


@require_GET
def sheet_pdf(request: PersonRequest, pk: int) -> HttpResponse:
    """The sheet on paper."""
    office = sop_office(request)
    version = _version(request, pk)
    titles = office.titles()
    sheet = _sheet_of(office, version, titles)
    pdf = _printed(version.text, tuple(titles.items()), tuple(sheet.items()), version.published_at)
    return download(pdf, "application/pdf", f"sop-{version.key}-v{version.number}.pdf", inline=True)


@lru_cache(maxsize=32)
def _printed(text: str, titles: Titles, sheet: Titles, made_at: datetime) -> bytes:
    return print_sheet(runnable(text), dict(titles), dict(sheet), made_at=made_at)


def _sheet_of(office: Office, version: ProcedureVersion, titles: dict[str, str]) -> dict[str, str]:
    identity = version.definition.identity
    names = role_titles(version.definition, titles)
    on = formats.date_format(timezone.localtime(version.published_at), "j F Y")
    return {
        "name": office.name,
        "parent": office.government,
        "effective_on": "" if identity.effective_on or identity.approved_on else day_in_words(version.in_force_from),
        "approved_by": worded(identity.approved_by, names) or names.get("kepala", ""),
        "paper": office.paper,
        "approval_note": f"Versi {version.number}, diterbitkan dalam sistem pada {on} oleh {version.published_by}",
    }


@require_GET
def text_file(request: PersonRequest, pk: int) -> HttpResponse:
    """The exact text a version was published from; its SHA-256 is the version's."""
    version = _version(request, pk)
    name = f"{version.key}-v{version.number}.toml"
    return download(version.text.encode(), "application/toml; charset=utf-8", name, inline=False)


def download(content: bytes, media_type: str, name: str, *, inline: bool) -> HttpResponse:
    """A file as the answer."""
    return downloads.made(content, media_type, name, save=not inline)


# --- checking --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Checked:
    """One text that was checked: what it is called, why it cannot be read or run, and what the checker found."""

    name: str
    unreadable: str = ""
    procedure: Procedure | None = None
    obstacles: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def times(self) -> list[str]:
        """How each standard time is counted."""
        return counted_times(self.procedure) if self.procedure else []


def check(request: PersonRequest) -> HttpResponse:
    """Periksa SOP: paste or upload one or more texts and read what is wrong with them. Nothing is kept."""
    office = sop_office(request)
    typed = Typed(request.POST)
    checked: list[Checked] = []
    if request.method == "POST":
        texts = attempt(typed, lambda: _given_texts(request))
        checked = _check_all(texts or [], _kind(office))
    context = {"typed": typed, "checked": checked, "levels": STEP_LABELS, "files_limit": FILES_LIMIT}
    return render(request, "procedures/check.html", context, status=422 if typed.errors or typed.error else 200)


def _check_all(texts: list[tuple[str, str]], kind: str) -> list[Checked]:
    """Check the texts one by one and against one another."""
    checked = [_checked(name, text) for name, text in texts]
    procedures = [one.procedure for one in checked if one.procedure]
    together = checker.check(procedures, kind) if len({p.key for p in procedures}) == len(procedures) else []
    for one in checked:
        if one.procedure:
            own = {one.procedure.name, f"{one.procedure.name} ({one.procedure.key})"}
            found = [finding for finding in together if finding.procedure in own]
            one.findings = found if together else checker.check([one.procedure], kind)
    return checked


def _checked(name: str, text: str) -> Checked:
    try:
        procedure = read(text)
    except DefinitionError as error:
        return Checked(name, unreadable=str(error))
    except RecursionError:
        return Checked(name, unreadable="Naskah ini bersarang terlalu dalam untuk dibaca. Sederhanakan susunannya.")
    return Checked(name, procedure=procedure, obstacles=obstacles(procedure))


def _given_texts(request: PersonRequest) -> list[tuple[str, str]]:
    """The pasted text and the uploaded files, each with its name. Raises FieldErrors."""
    given = list(uploaded_texts(request))
    if pasted := request.POST.get("text", ""):
        given.insert(0, ("Naskah yang ditempel", pasted))
    if not any(text.strip() for _, text in given):
        raise FieldErrors({"text": "Tempelkan naskah TOML di sini, atau pilih berkasnya."})
    return given


def uploaded_texts(request: PersonRequest) -> Iterator[tuple[str, str]]:
    """The uploaded files as texts, each with its name. Raises FieldErrors."""
    uploads = request.FILES.getlist("files")
    if len(uploads) > FILES_LIMIT:
        raise FieldErrors({"files": f"Paling banyak {FILES_LIMIT} berkas sekaligus. Periksa sisanya sesudah ini."})
    for upload in uploads:
        content = upload.read(TEXT_LIMIT + 1)
        if len(content) > TEXT_LIMIT:
            raise FieldErrors(
                {"files": f"{upload.name} lebih dari 256 KB. Naskah SOP jauh lebih kecil; periksa berkasnya."}
            )
        try:
            yield str(upload.name), content.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            cause = f"{upload.name} bukan teks UTF-8. Simpan ulang sebagai teks biasa UTF-8, lalu unggah lagi."
            raise FieldErrors({"files": cause}) from None
