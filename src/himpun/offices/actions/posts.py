"""Posts are added and changed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from himpun import clock
from himpun.archive.journal import act
from himpun.errors import Conflict, FieldErrors
from himpun.offices.actions.texts import manager
from himpun.offices.cells import slug
from himpun.offices.holdings.terms import check_still_managed
from himpun.offices.models.holdings import Appointment, Holding
from himpun.offices.models.offices import UNIT, Office, Post
from himpun.offices.models.people import Person
from himpun.offices.rules import (
    DECIDES,
    KEPALA,
    ROLES,
)
from himpun.offices.today import today_in
from himpun.offices.wording import wrong_cell, wrong_texts
from himpun.typed import Complaints, line


class RoleHasOpenTasks(Conflict):
    """The post still has to decide something in the role that would be taken from it."""

    code = "peran-masih-bertugas"

    def __init__(self, title: str, count: int) -> None:
        super().__init__(
            f"{title} masih mempunyai {count} tugas terbuka dalam peran ini. "
            "Selesaikan tugas itu dahulu, lalu ubah perannya."
        )


class PostInUse(FieldErrors):
    """A post cannot be closed while something hangs on it."""

    def __init__(self, why: str) -> None:
        super().__init__({"until": f"{why} Sesudah itu jabatan ini dapat ditutup."})


# --- posts ------------------------------------------------------------------------------------------------------------


def add_post(*, office: Office, fields: Mapping[str, Any], by: Person) -> Post:
    """Add a post: code, title, role ("" for none), parent (a Post or None), unit_code, order, since and until (or None).

    Raises HoldsNoPost or FieldErrors.
    """
    author = manager(by, office)
    code = str(fields.get("code", "")).strip()
    wrong = _wrong_post(office, fields, None)
    wrong |= wrong_cell("code", code, slug)
    wrong.refuse()
    with act(office.code, at=clock.now(), author=author) as turn:
        try:
            with transaction.atomic():
                post = Post.objects.create(office=office, code=code, **_post_values(fields))
        except IntegrityError:
            raise FieldErrors(_taken(office, code, None, str(fields["role"]))) from None
        turn.record("offices:post:added", f"post:{post.pk}", {"title": post.title, "role": post.role})
    return post


def change_post(*, post: Post, fields: Mapping[str, Any], by: Person) -> Post:
    """Change title, role, parent, unit_code, order and days of a post; its code stays, because the journal names it.

    Raises HoldsNoPost, FieldErrors, RoleHasOpenTasks, PostInUse or NobodyManages.
    """
    office = post.office
    author = manager(by, office)
    _wrong_post(office, fields, post).refuse()
    values = _post_values(fields)
    with act(office.code, at=clock.now(), author=author) as turn:
        before = Post.objects.select_related("parent").get(pk=post.pk)
        changed = {name: value for name, value in values.items() if getattr(before, name) != value}
        if "role" in changed:
            _check_role_free(before)
            _check_gives_nobody_power(before, str(values["role"]), by)
        if changed.get("until"):
            _check_may_close(before, values["until"])
        if changed:
            try:
                with transaction.atomic():
                    Post.objects.filter(pk=post.pk).update(**changed)
            except IntegrityError:
                raise FieldErrors(_taken(office, "", post, str(values["role"]))) from None
            check_still_managed(office)
            data = {name: [str(getattr(before, name) or ""), str(value or "")] for name, value in changed.items()}
            turn.record("offices:post:changed", f"post:{post.pk}", {"title": values["title"], "changed": data})
    post.refresh_from_db()
    return post


def _post_values(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": line(str(fields["title"])),
        "role": fields["role"],
        "parent": fields["parent"],
        "unit_code": line(str(fields["unit_code"])),
        "order": fields["order"],
        "since": fields.get("since"),
        "until": fields.get("until"),
    }


def _wrong_post(office: Office, fields: Mapping[str, Any], post: Post | None) -> Complaints:
    wrong = wrong_texts(Post, {"title": fields["title"], "unit_code": fields["unit_code"]}, ("title",))
    role, parent = fields["role"], fields["parent"]
    wrong.choice("role", role or "", ("", *ROLES), "Pilih peran dari daftar.")
    if role == KEPALA and parent is not None:
        wrong["parent"] = "Kepala tidak mempunyai atasan di kantor ini; kosongkan."
    elif role and role != KEPALA and parent is None:
        wrong["parent"] = "Pilih jabatan atasannya, karena paraf berjenjang mengikuti garis ini."
    if parent is not None and (parent.office_id != office.pk or (post is not None and _is_above(post, parent))):
        wrong["parent"] = "Jabatan ini menjadi atasan dirinya sendiri. Pilih atasan lain."
    if not isinstance(fields["order"], int) or not 0 <= fields["order"] <= 100_000:
        wrong["order"] = "Tulis bilangan bulat, misalnya 10."
    since, until = fields.get("since"), fields.get("until")
    if since and until and until < since:
        wrong["until"] = "Hari terakhir tidak mendahului hari jabatan dibuka."
    elif until and role not in ("", UNIT):
        wrong["until"] = "Jabatan yang memegang peran SOP tidak ditutup. Pindahkan dahulu perannya ke jabatan lain."
    wrong |= _taken(office, str(fields.get("code", "")).strip() if post is None else "", post, str(role))
    return wrong


def _taken(office: Office, code: str, post: Post | None, role: str) -> dict[str, str]:
    others = Post.objects.filter(office=office).exclude(pk=post.pk if post else 0)
    wrong = Complaints()
    if code and others.filter(code=code).exists():
        wrong["code"] = "Kode ini sudah dipakai jabatan lain. Pilih kode lain."
    if role not in ("", UNIT) and (holder := others.filter(role=role).first()):
        wrong["role"] = f"Peran ini sudah dipegang {holder.title}; satu peran hanya untuk satu jabatan."
    return wrong


def _is_above(post: Post, parent: Post) -> bool:
    above = dict(Post.objects.filter(office_id=post.office_id).values_list("pk", "parent_id"))
    seen: set[int] = set()
    at: int | None = parent.pk
    while at is not None and at not in seen:
        if at == post.pk:
            return True
        seen.add(at)
        at = above.get(at)
    return False


def _check_role_free(post: Post) -> None:
    if waiting := open_work(post):
        raise RoleHasOpenTasks(post.title, waiting)


def _check_may_close(post: Post, until: date) -> None:
    """Nobody answers for a post that is closed: its work, its holders and what hangs below it end first. Raises PostInUse.

    With a last day still to come its open work may be ended until then; the page says how much there is.
    """
    if until <= today_in(post.office_id) and (waiting := open_work(post)):
        raise PostInUse(f"Masih ada {waiting} pekerjaan yang menunggu jabatan ini; selesaikan atau kecualikan dahulu.")
    holding = post.holdings.filter(Q(until__isnull=True) | Q(until__gt=until)).select_related("person").first()
    if holding is not None:
        raise PostInUse(f"{holding.person.name} masih memangku jabatan ini sesudah hari itu; akhiri dahulu masanya.")
    if below := post.children.there_on(until + timedelta(days=1)).first():
        raise PostInUse(f"{below.title} masih berada di bawah jabatan ini; pilih dahulu atasannya yang lain.")


def open_work(post: Post) -> int:
    """How many steps and requests wait for a post."""
    return post.tasks.filter(decided_at__isnull=True).count()


def _check_gives_nobody_power(post: Post, role: str, by: Person) -> None:
    """A role that decides comes to people one by one, each confirmed; nobody widens their own post. Raises FieldErrors."""
    held = Holding.objects.filter(Q(until__isnull=True) | Q(until__gte=today_in(post.office_id)), post=post)
    waiting = Appointment.objects.filter(post=post, state=Appointment.State.WAITING)
    if role in DECIDES and (held.exists() or waiting.exists()):
        cause = "Peran ini memberi wewenang memutuskan, sedangkan jabatan ini sudah atau akan dipangku seseorang"
        raise FieldErrors({"role": f"{cause}. Akhiri dahulu masanya, ubah perannya, lalu catat lagi pemangkunya."})
    if role and held.filter(person=by).exists():
        cause = "Jabatan ini Anda pangku sendiri, jadi perannya tidak Anda tambah sendiri"
        raise FieldErrors({"role": f"{cause}. Minta pengelola lain mengubahnya."})
