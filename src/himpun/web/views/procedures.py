"""SOP: what is in force, a version as the official sheet, checking a text, publishing a version."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats, timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from himpun.errors import FieldErrors, Refusal
from himpun.offices.acting import HoldsNoPost
from himpun.offices.models import Office
from himpun.offices.rules import MAY_PUBLISH_PROCEDURES
from himpun.procedures import checker, flowchart
from himpun.procedures.actions import publish_for_office
from himpun.procedures.checker import OFFICE_KINDS, Finding
from himpun.procedures.definition import DefinitionError, Procedure, problems, read, role_titles, runnable, worded
from himpun.procedures.models import ProcedureVersion
from himpun.procedures.printing import sheet_pdf as print_sheet
from himpun.procedures.queries import versions_in_force
from himpun.web import downloads
from himpun.web.forms import Typed, attempt, read_date, read_whole
from himpun.web.middleware import PersonRequest

TEXT_LIMIT = 256 * 1024
FILES_LIMIT = 20
Titles = tuple[tuple[str, str], ...]
STEP_LABELS = {"salah": "state-terlambat", "perlu diperiksa": "state-mendekati", "catatan": "state-menunggu"}


def _office(request: PersonRequest) -> Office:
    office = request.acting.office
    if office is None:
        raise HoldsNoPost("membuka SOP kantor")
    return office


def _versions(office: Office) -> QuerySet[ProcedureVersion]:
    return ProcedureVersion.objects.filter(Q(office=office) | Q(office__isnull=True))


def _version(request: PersonRequest, pk: int) -> ProcedureVersion:
    return get_object_or_404(_versions(_office(request)), pk=pk)


# --- what is in force ------------------------------------------------------------------------------------------------


@require_GET
def procedure_list(request: PersonRequest) -> HttpResponse:
    """Every procedure in force for the office, each with its other versions."""
    office = _office(request)
    in_force = versions_in_force(office, request.acting.day)
    others: dict[str, list[ProcedureVersion]] = defaultdict(list)
    for version in _versions(office).defer("text").order_by("-in_force_from", "-number"):
        if version not in in_force:
            others[version.key].append(version)
    coming = [
        version for key, versions in others.items() for version in versions if key not in {v.key for v in in_force}
    ]
    context = {
        "rows": [(version, others[version.key]) for version in in_force],
        "coming": coming,
        "may_publish": request.acting.has(MAY_PUBLISH_PROCEDURES),
    }
    return render(request, "procedures/list.html", context)


@require_GET
def procedure_page(request: PersonRequest, pk: int) -> HttpResponse:
    """One version as the official sheet: identity, flowchart, the steps as a table, and what the checker finds."""
    office = _office(request)
    version = _version(request, pk)
    procedure, titles = version.definition, office.titles()
    names = role_titles(procedure, titles)
    context = {
        "version": version,
        "procedure": procedure,
        "titles": names,
        "boxes": _boxes(procedure, names),
        "fields": _fields(procedure, version, names),
        "charts": _charts(version.text, version.name, tuple(titles.items())),
        "steps": [(step, [names.get(key, key) for key in step.actors]) for step in procedure.steps],
        "findings": checker.check([procedure], _kind(office)),
        "levels": STEP_LABELS,
        "in_force": version in versions_in_force(office, request.acting.day),
    }
    return render(request, "procedures/page.html", context)


def _kind(office: Office) -> str:
    return office.kind_id if office.kind_id in OFFICE_KINDS else ""


@lru_cache(maxsize=64)
def _charts(text: str, name: str, titles: Titles) -> tuple[SafeString, ...]:
    """The pages of the flowchart. Laying out is slow and a version never changes, so the pages are kept."""
    sheet = flowchart.layout(runnable(text), dict(titles))
    count = len(sheet.pages)
    pages = ((page, f"Bagan alir SOP {name}, halaman {page + 1} dari {count}") for page in range(count))
    return tuple(mark_safe(flowchart.svg(sheet, page, title=title)) for page, title in pages)  # escaped by svg()


def _fields(procedure: Procedure, version: ProcedureVersion, names: dict[str, str]) -> list[tuple[str, str]]:
    identity = procedure.identity
    return [
        ("Nomor SOP", identity.number),
        ("Tanggal pembuatan", identity.made_on),
        ("Tanggal revisi", identity.revised_on),
        ("Tanggal efektif", identity.effective_on or _day(version.in_force_from)),
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


def _day(day: date) -> str:
    return formats.date_format(day, "j F Y")


@require_GET
def sheet_pdf(request: PersonRequest, pk: int) -> HttpResponse:
    """The sheet on paper."""
    office = _office(request)
    version = _version(request, pk)
    titles = office.titles()
    sheet = _sheet_of(office, version, titles)
    pdf = _printed(version.text, tuple(titles.items()), tuple(sheet.items()), version.published_at)
    return _download(pdf, "application/pdf", f"sop-{version.key}-v{version.number}.pdf", inline=True)


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
        "effective_on": "" if identity.effective_on or identity.approved_on else _day(version.in_force_from),
        "approved_by": worded(identity.approved_by, names) or names.get("kepala", ""),
        "approval_note": f"Versi {version.number}, diterbitkan dalam sistem pada {on} oleh {version.published_by}",
    }


@require_GET
def text_file(request: PersonRequest, pk: int) -> HttpResponse:
    """The exact text a version was published from; its SHA-256 is the version's."""
    version = _version(request, pk)
    name = f"{version.key}-v{version.number}.toml"
    return _download(version.text.encode(), "application/toml; charset=utf-8", name, inline=False)


def _download(content: bytes, media_type: str, name: str, *, inline: bool) -> HttpResponse:
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


def check(request: PersonRequest) -> HttpResponse:
    """Periksa SOP: paste or upload one or more texts and read what is wrong with them. Nothing is kept."""
    office = _office(request)
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
    return Checked(name, procedure=procedure, obstacles=problems(procedure))


def _given_texts(request: PersonRequest) -> list[tuple[str, str]]:
    """The pasted text and the uploaded files, each with its name. Raises FieldErrors."""
    given = list(_uploaded(request))
    if pasted := request.POST.get("text", ""):
        given.insert(0, ("Naskah yang ditempel", pasted))
    if not any(text.strip() for _, text in given):
        raise FieldErrors({"text": "Tempelkan naskah TOML di sini, atau pilih berkasnya."})
    return given


def _uploaded(request: PersonRequest) -> Iterator[tuple[str, str]]:
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


# --- publishing ------------------------------------------------------------------------------------------------------


def publish(request: PersonRequest) -> HttpResponse:
    """Terbitkan: a new version for this office, from a pasted or uploaded text and a day from which it is in force."""
    office = _office(request)
    typed = Typed(_start(request, office))
    trouble: list[str] = []
    if request.method == "POST":
        typed = Typed(request.POST.dict())
        text = attempt(typed, lambda: _text_to_publish(request, typed))
        version = _published(request, office, typed, text, trouble) if text is not None else None
        if version is not None:
            messages.success(request, f"{version} terbit dan berlaku sejak {_day(version.in_force_from)}.")
            return redirect("procedure", version.pk)
    context = {
        "typed": typed,
        "trouble": trouble,
        "may_publish": request.acting.has(MAY_PUBLISH_PROCEDURES),
        "versions": versions_in_force(office, request.acting.day),
    }
    refused = typed.errors or typed.error or trouble
    return render(request, "procedures/publish.html", context, status=422 if refused else 200)


def _start(request: PersonRequest, office: Office) -> dict[str, Any]:
    start = {"in_force_from": request.acting.day.isoformat(), "text": ""}
    if based_on := read_whole(request.GET.get("dari", "")):
        start["text"] = get_object_or_404(_versions(office), pk=based_on).text
    return start


def _text_to_publish(request: PersonRequest, typed: Typed) -> str:
    """The uploaded file if there is one, else what was pasted; it stands in the form again either way."""
    uploads = list(_uploaded(request))
    if uploads:
        typed.data["text"] = uploads[0][1]
    text = str(typed.data.get("text", "")).replace("\r\n", "\n")
    if not text.strip():
        raise FieldErrors({"text": "Tempelkan naskah TOML di sini, atau pilih berkasnya."})
    if len(text) > TEXT_LIMIT:
        raise FieldErrors({"text": "Naskah lebih dari 256 KB. Naskah SOP jauh lebih kecil; periksa isinya."})
    return text


def _published(
    request: PersonRequest, office: Office, typed: Typed, text: str, trouble: list[str]
) -> ProcedureVersion | None:
    since = read_date(request.POST.get("in_force_from", ""))
    if since is None:
        typed.errors["in_force_from"] = "Isi tanggal mulai berlaku, misalnya 01-01-2027."
    try:
        if since is None:
            runnable(text)
            return None
        return publish_for_office(text=text, office=office, in_force_from=since, by=request.acting.person)
    except DefinitionError as error:
        trouble += error.problems
    except RecursionError:
        trouble.append("Naskah ini bersarang terlalu dalam untuk dibaca. Sederhanakan susunannya.")
    except Refusal as refusal:
        typed.refuse(refusal)
    return None
