"""SOP of the office's own: writing a draft, reading it as the sheet, approving, refusing and withdrawing it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from himpun.cycles.queries import holders_of
from himpun.errors import FieldErrors, Refusal
from himpun.offices.models.offices import Office
from himpun.offices.rules import MAY_PUBLISH_PROCEDURES, MAY_SET_APPROVAL_RULE, MAY_WITHDRAW_DRAFTS, ROLES
from himpun.procedures import drafts
from himpun.procedures.actions import approval_rule, set_approval_rule
from himpun.procedures.definition import DefinitionError
from himpun.procedures.doings import publishable
from himpun.procedures.models import ProcedureDraft
from himpun.procedures.queries import versions_in_force
from himpun.procedures.rules import DEEDS, RULES
from himpun.web.forms import Typed, attempt, read_date, read_whole, unread_dates, whole_number
from himpun.web.middleware import PersonRequest
from himpun.web.views.procedures import (
    TEXT_LIMIT,
    day_in_words,
    download,
    sheet_context,
    sop_office,
    uploaded_texts,
    versions_of,
)

State = ProcedureDraft.State


# --- writing ---------------------------------------------------------------------------------------------------------


def publish(request: PersonRequest) -> HttpResponse:
    """Ajukan: a draft for this office, from a pasted or uploaded text and a day; or a change of one that waits."""
    office = sop_office(request)
    draft = _draft_to_change(request, office)
    typed = Typed(_start(request, office, draft))
    trouble: list[str] = []
    if request.method == "POST":
        typed = Typed(request.POST.dict())
        text = attempt(typed, lambda: _text_given(request, typed))
        made = _submitted(request, office, draft, typed, text, trouble) if text is not None else None
        if made is not None:
            messages.success(request, f"{made} diajukan; berlaku sesudah disetujui.")
            return redirect("procedure_draft", made.pk)
    context = {
        "typed": typed,
        "trouble": trouble,
        "draft": draft,
        "rule": RULES[approval_rule(office)].name,
        "may_publish": request.acting.has(MAY_PUBLISH_PROCEDURES),
        "versions": versions_in_force(office, request.acting.day),
    }
    refused = typed.errors or typed.error or trouble
    return render(request, "procedures/publish.html", context, status=422 if refused else 200)


def _draft_to_change(request: PersonRequest, office: Office) -> ProcedureDraft | None:
    number = read_whole(request.GET.get("naskah", ""))
    mine = ProcedureDraft.objects.select_related("office", "written_by")
    return get_object_or_404(mine, pk=number, office=office, written_by=request.acting.person) if number else None


def _start(request: PersonRequest, office: Office, draft: ProcedureDraft | None) -> dict[str, Any]:
    if draft:
        return {"in_force_from": draft.in_force_from.isoformat(), "text": draft.text}
    start = {"in_force_from": request.acting.day.isoformat(), "text": ""}
    if based_on := read_whole(request.GET.get("dari", "")):
        start["text"] = get_object_or_404(versions_of(office), pk=based_on).text
    return start


def _text_given(request: PersonRequest, typed: Typed) -> str:
    """The uploaded file if there is one, else what was pasted; it stands in the form again either way."""
    uploads = list(uploaded_texts(request))
    if uploads:
        typed.data["text"] = uploads[0][1]
    text = str(typed.data.get("text", "")).replace("\r\n", "\n")
    if not text.strip():
        raise FieldErrors({"text": "Tempelkan naskah TOML di sini, atau pilih berkasnya."})
    if len(text) > TEXT_LIMIT:
        raise FieldErrors({"text": "Naskah lebih dari 256 KB. Naskah SOP jauh lebih kecil; periksa isinya."})
    return text


def _submitted(
    request: PersonRequest, office: Office, draft: ProcedureDraft | None, typed: Typed, text: str, trouble: list[str]
) -> ProcedureDraft | None:
    since = read_date(request.POST.get("in_force_from", ""))
    if since is None:
        typed.errors |= {"in_force_from": "Isi tanggal mulai berlaku, misalnya 01/01/2027."} | unread_dates(
            request.POST, "in_force_from"
        )
    try:
        if since is None:
            publishable(text)
            return None
        by = request.acting.person
        if draft:
            return drafts.revise(draft=draft, text=text, in_force_from=since, by=by)
        return drafts.submit(text=text, office=office, in_force_from=since, by=by)
    except DefinitionError as error:
        trouble += error.problems
    except RecursionError:
        trouble.append("Naskah ini bersarang terlalu dalam untuk dibaca. Sederhanakan susunannya.")
    except Refusal as refusal:
        typed.refuse(refusal)
    return None


# --- reading and answering -------------------------------------------------------------------------------------------


def _draft(request: PersonRequest, pk: int) -> ProcedureDraft:
    rows = drafts.visible_to(request.acting.person, request.acting.day).filter(office=sop_office(request))
    return get_object_or_404(rows.prefetch_related("approvals"), pk=pk)


def draft_page(request: PersonRequest, pk: int) -> HttpResponse:
    """One draft as the official sheet, what the checker finds in it, whose approval it waits for; and the answers."""
    draft = _draft(request, pk)
    typed = Typed(request.POST)
    if request.method == "POST":
        done = attempt(typed, lambda: _answer(request, draft))
        if done is not None:
            messages.success(request, done)
            return redirect("procedure_draft", pk)
        draft = _draft(request, pk)
    context = {
        "draft": draft,
        "typed": typed,
        "origin": f"Ditulis {draft.written_name}.",
        **_answers_of(request, draft),
        **sheet_context(draft.office, draft.definition, draft.text, draft.in_force_from),
    }
    return render(request, "procedures/draft.html", context, status=422 if typed.errors or typed.error else 200)


def _answers_of(request: PersonRequest, draft: ProcedureDraft) -> dict[str, Any]:
    """Whom it waits for, and what this person may do."""
    acting, waiting, following = request.acting, draft.state == State.WAITING, draft.next_level
    mine = draft.written_by_id == acting.person.pk
    given = {(one.deed, one.role): one for one in draft.counted()}
    posts = {post.role: post for post in draft.office.posts.exclude(role="")}
    names = holders_of([posts[level.role].pk for level in draft.levels if level.role in posts], acting.day)
    lines = [
        {
            "deed": DEEDS[level.deed],
            "title": posts[level.role].title if level.role in posts else ROLES[level.role],
            "approval": given.get((level.deed, level.role)),
            "next": level == following,
            "holders": names.get(posts[level.role].pk, "") if level.role in posts else "",
        }
        for level in draft.levels
    ]
    asked = frozenset(level.role for level in draft.levels)
    return {
        "waiting": waiting,
        "levels": lines,
        "next": following,
        "may_approve": waiting and not mine and following is not None and acting.has(frozenset({following.role})),
        "may_refuse": waiting and not mine and acting.has(asked),
        "may_withdraw": waiting and acting.has(MAY_PUBLISH_PROCEDURES if mine else MAY_WITHDRAW_DRAFTS),
        "may_revise": waiting and mine and acting.has(MAY_PUBLISH_PROCEDURES),
    }


def _answer(request: PersonRequest, draft: ProcedureDraft) -> str:
    by, given = request.acting.person, request.POST
    match given.get("act"):
        case "approve":
            revision = whole_number(request, "revision")
            now = drafts.approve(draft=draft, sha256=given.get("sha256", ""), revision=revision, by=by)
            if now.version:
                return f"{now.version} terbit dan berlaku sejak {day_in_words(now.version.in_force_from)}."
            return "Persetujuan Anda tercatat."
        case "refuse":
            drafts.refuse(draft=draft, reason=given.get("reason", ""), by=by)
            return "Naskah ditolak; penulisnya membaca alasan Anda."
        case "withdraw":
            drafts.withdraw(draft=draft, reason=given.get("reason", ""), by=by)
            return "Naskah ditarik."
    raise FieldErrors({"reason": "Pilih setujui, tolak, atau tarik."})


@require_GET
def draft_text(request: PersonRequest, pk: int) -> HttpResponse:
    """The exact text of a draft; its SHA-256 is what approvals are bound to."""
    draft = _draft(request, pk)
    name = f"{draft.key}-naskah-{draft.pk}.toml"
    return download(draft.text.encode(), "application/toml; charset=utf-8", name, inline=False)


# --- whose approval --------------------------------------------------------------------------------------------------


def approvals_page(request: PersonRequest) -> HttpResponse:
    """Whose approvals this office's own SOP needs; everybody may look, the head sets it."""
    office = sop_office(request)
    typed = Typed(request.POST if request.method == "POST" else {"rule": approval_rule(office)})
    if request.method == "POST":
        rule, by = request.POST.get("rule", ""), request.acting.person
        chosen = attempt(typed, lambda: set_approval_rule(office=office, rule=rule, by=by))
        if chosen is not None:
            messages.success(request, f"Persetujuan SOP: {RULES[chosen].name}.")
            return redirect("settings")
    context = {"typed": typed, "rules": RULES, "may_set": request.acting.has(MAY_SET_APPROVAL_RULE)}
    return render(request, "procedures/approvals.html", context, status=422 if typed.errors or typed.error else 200)
