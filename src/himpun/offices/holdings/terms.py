"""What a holding must be: its dates, letter and own post, nobody twice on a post, and somebody left who manages.

Read by whoever records holdings: appointments, leaves, the office's files.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from himpun import moments, typed
from himpun.errors import FieldErrors, Refusal
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_MANAGE_OFFICE
from himpun.offices.spans import Span, span_of, uncovered
from himpun.offices.today import today_in
from himpun.offices.vocabulary import MANDATES
from himpun.offices.wording import wrong_texts


class NobodyManages(Refusal):
    """The change would leave nobody who may change the office's settings."""

    code = "tanpa-pengelola"

    def __init__(self) -> None:
        super().__init__(
            "Sesudah perubahan ini tidak ada lagi yang dapat mengubah pengaturan kantor. "
            "Catat dahulu pemangku lain untuk jabatan sekretaris atau kasubbag umum."
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """In what capacity, from when to when, and by which letter; `own_post` for a mandate (a.n., u.b.)."""

    kind: str
    since: date | None
    until: date | None
    letter: str
    own_post: Post | None = None

    @property
    def begins(self) -> date:
        """The first day, once it is known to be there."""
        assert self.since  # noqa: S101 - asked only of checked terms
        return self.since


def check_still_managed(office: Office) -> None:
    """Somebody must be left who may change the office's settings today. Raises NobodyManages."""
    managers = Holding.objects.present_on(office.today()).filter(
        post__office=office, post__role__in=MAY_MANAGE_OFFICE, person__is_active=True
    )
    if not managers.exists():
        raise NobodyManages


def holding_data(holding: Holding) -> dict[str, str]:
    """A holding as the journal keeps it."""
    own = {"own_post": holding.own_post.title} if holding.own_post else {}
    return {
        **own,
        "person": holding.person.username,
        "name": holding.person.name,
        "post": holding.post.title,
        "kind": holding.kind,
        "since": holding.since.isoformat(),
        "until": holding.until.isoformat() if holding.until else "",
        "letter": holding.letter,
    }


def terms_of(holding: Holding) -> Terms:
    """What a holding says now."""
    return Terms(holding.kind, holding.since, holding.until, holding.letter, holding.own_post)


def narrows(before: Terms, after: Terms) -> bool:
    """Whether a change takes nothing but days away: then it gives nobody anything."""
    if (before.kind, before.own_post) != (after.kind, after.own_post) or after.begins < before.begins:
        return False
    if after.until == before.until:
        return after.letter == before.letter
    return after.until is not None and (before.until is None or after.until < before.until)


def refuse_wrong_terms(post: Post, person: Person, terms: Terms) -> None:
    """What is wrong, at its field. Raises FieldErrors."""
    kind, since, until, own_post = terms.kind, terms.since, terms.until, terms.own_post
    wrong = wrong_texts(Holding, {"letter": terms.letter}, ("letter",))
    wrong.choice("kind", kind, Holding.Kind.values(), "Pilih salah satu: definitif, Plt., Plh., Pj., a.n., atau u.b.")
    if kind in MANDATES:
        wrong.note("own_post", _wrong_mandate(post, kind, own_post))
    if since and until and until < since:
        wrong["until"] = "Tanggal berakhir mendahului tanggal mulai; periksa kembali keduanya."
    else:
        missing = "Isi tanggal mulai memangku jabatan."
        wrong.day("since", since, typed.Day.HELD_SINCE, today_in(post.office_id), missing=missing)
        wrong.day("until", until, typed.Day.HELD_UNTIL, today_in(post.office_id))
    if post.until and (until is None or until > post.until):
        wrong.note(
            "until", f"{post.title} ditutup sesudah {moments.day(post.until)}; isi hari terakhir paling lambat itu."
        )
    if post.since and since and since < post.since:
        wrong.note("since", f"{post.title} baru dibuka {moments.day(post.since)}; isi hari itu atau sesudahnya.")
    if since and not wrong and own_post and uncovered(span_of(since, until), _days_held(person, own_post)):
        cause = f"{person.name} tidak memangku {own_post.title} sepanjang masa ini"
        wrong["own_post"] = f"{cause}. Pilih jabatan yang dipangkunya, atau sesuaikan tanggalnya."
    wrong.refuse()


def _wrong_mandate(post: Post, kind: str, own_post: Post | None) -> str:
    """What is wrong with the own post of a mandate: a.n. is given to a post right below, u.b. to one two levels below."""
    if own_post is None:
        return "Pilih jabatan sendiri yang bertanda tangan di bawah “a.n.”."
    above = own_post.parent if kind == Holding.Kind.AN or own_post.parent is None else own_post.parent.parent
    if above is None or above.pk != post.pk:
        level = "tepat" if kind == Holding.Kind.AN else "dua tingkat"
        return f"{kind}. {post.title} diberikan kepada jabatan {level} di bawahnya. Pilih jabatan lain, atau ubah jenisnya."
    return ""


def _days_held(person: Person, post: Post) -> list[Span]:
    held = Holding.objects.filter(person=person, post=post).exclude(kind__in=MANDATES)
    return [span_of(since, until) for since, until in held.values_list("since", "until")]


def check_mandates(person: Person, post: Post) -> None:
    """Who signs "a.n. Camat, Sekretaris Camat" must be Sekretaris as long as the mandate lasts. Raises FieldErrors."""
    today, held = today_in(post.office_id), _days_held(person, post)
    mandates = Holding.objects.filter(Q(until__isnull=True) | Q(until__gte=today), person=person, own_post=post)
    for mandate in mandates.select_related("post", "own_post__parent"):
        if uncovered(span_of(max(mandate.since, today), mandate.until), held):
            cause = f"{person.name} masih mempunyai mandat {mandate.title} {_span(mandate)}"
            raise FieldErrors({"until": f"{cause}. Akhiri dahulu mandat itu."})


def refuse_overlap(post: Post, person: Person, terms: Terms, holding: Holding | None) -> None:
    """Two definitif holders of one post at a time, or one person twice on it, cannot be; a mandate stands beside either."""
    kind, since, until = terms.kind, terms.begins, terms.until
    together = Q(until__isnull=True) | Q(until__gte=since)
    if until is not None:
        together &= Q(since__lte=until)
    others = (
        Holding.objects.filter(together, post=post).exclude(pk=holding.pk if holding else 0).select_related("person")
    )
    for other in others:
        if other.person_id == person.pk and (kind in MANDATES) == (other.kind in MANDATES):
            cause = f"{person.name} sudah tercatat pada jabatan ini {_span(other)}"
            raise FieldErrors({"since": f"{cause}. Ubah catatan itu, atau pilih tanggal lain."})
        if kind == other.kind == Holding.Kind.DEFINITIF:
            cause = f"{post.title} sudah dipangku {other.person.name} secara definitif {_span(other)}"
            raise FieldErrors({"since": f"{cause}. Akhiri dahulu masa itu, atau catat sebagai Plt./Plh./Pj."})


def _span(holding: Holding) -> str:
    start = f"sejak {holding.since:%d-%m-%Y}"
    return f"{start} sampai {holding.until:%d-%m-%Y}" if holding.until else start
