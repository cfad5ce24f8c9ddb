"""One post under two titles. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

from himpun.procedures.checker.findings import LOOK, WRONG, Finding
from himpun.procedures.checker.spelling import tidy, unglued
from himpun.procedures.definition import Procedure, Step

# Posts: one title for one post, and a column for whoever receives (defects 5 and 7)

_POST_KINDS = {
    "kasubbag": r"(?:ka|kepala)\.?\s*sub\.?\s?bag(?:ian)?\b|kasubb?ag",
    "kasi": r"kasi\b|kepala seksi\b",
    "kabid": r"kabid\b|kepala bidang\b",
    "kepala": r"kepala\b",
    "sekretaris": r"sekretaris\b|sekcam\b",
    "camat": r"camat\b",
    "lurah": r"lurah\b",
    "analis": r"analis\b",
}
_NOUNS = (
    "Menengah|Menteri|Mental|Menular|Merek|Merdeka|Melayu|Memorial|Merauke|Merangin|Mempawah|Meranti|Mentawai|Melawi"
)
_NEW_CLAUSE = (
    rf"(?!(?:{_NOUNS})\b)Me[mnlrwy][a-z]{{3,}}|Di[a-z]{{3,}}kan\b"
    r"|(?:Kemudian|Lalu|Selanjutnya|Setelah|Sesudah|Untuk|Guna|Agar|Supaya|Serta|Yang|Dengan)\b"
)
"""How the word begins with which the next clause does: a deed, or a word that joins clauses."""
_NEW_PHRASE = rf"{_NEW_CLAUSE}|Kasu|Kasi|Kabid|Kepala|Sekr|Camat|Lurah|Analis"
"""How the word after "dan" begins when it is a verb or another post, and no longer this post's title."""
_LISTED = rf",\s*(?=(?:(?!{_NEW_CLAUSE})[A-Z][A-Za-z]+,?\s+)+dan\s+(?!{_NEW_PHRASE})[A-Z])"
"""A comma within a title: what follows is a list that ends with "dan" ("Perencanaan, Evaluasi dan Pelaporan")."""
_POST = re.compile(
    "|".join(rf"(?P<{kind}>\b(?i:{pattern}))" for kind, pattern in _POST_KINDS.items()).join(("(?:", ")"))
    + rf"\.?(?P<rest>(?:(?:{_LISTED}|,?\s*(?=dan\s)|\s*)(?!{_NEW_CLAUSE})(?:dan\s+(?!{_NEW_PHRASE})|)[A-Z][A-Za-z]+)*)"
)
_RECIPIENT = re.compile(r"\b(?:kepada|melalui)\s+", re.I)


@dataclass(frozen=True, slots=True)
class _Post:
    """A post as it is written somewhere: its kind, the field it looks after, and its words."""

    kind: str
    fields: tuple[str, ...]
    text: str
    place: str


def _post(text: str, place: str) -> _Post | None:
    """The post at the start of `text`."""
    found = _POST.match(text)
    if not found:
        return None
    fields = tuple(word for word in re.findall(r"[a-z]+", found["rest"].lower()) if word != "dan")
    return _Post(_kind_of(found), fields, found[0].strip(" ,"), place)


def _kind_of(found: re.Match[str]) -> str:
    return next(kind for kind in _POST_KINDS if found[kind])


def _same_post(left: _Post, right: _Post) -> bool:
    return left.kind == right.kind and (not left.fields or not right.fields or left.fields[0] == right.fields[0])


def _columns(procedure: Procedure) -> list[_Post]:
    label = f"kolom ke-{{}} {procedure.key}"
    posts = (_post(unglued(role.title), label.format(place)) for place, role in enumerate(procedure.roles, 1))
    return [post for post in posts if post]


def _mentions(procedure: Procedure) -> list[_Post]:
    posts = []
    for step in procedure.steps:
        text = unglued(step.title)
        places = (_post(text[found.start() :], f"langkah {step.no} {procedure.key}") for found in _POST.finditer(text))
        posts += [post for post in places if post]
    return posts


def two_titles(procedures: Sequence[Procedure]) -> Iterator[Finding]:
    posts = [post for procedure in procedures for post in (*_columns(procedure), *_mentions(procedure)) if post.fields]
    posts.sort(key=lambda post: (post.kind, post.fields[0]))
    for _, group in groupby(posts, key=lambda post: (post.kind, post.fields[0])):
        first_use = {post.fields: post for post in reversed(list(group))}
        if len(first_use) > 1:
            yield _two_titles_finding(procedures, list(reversed(first_use.values())))


def _two_titles_finding(procedures: Sequence[Procedure], uses: list[_Post]) -> Finding:
    owner = next(procedure.key for procedure in procedures if uses[0].place.endswith(" " + procedure.key))
    named = " dan ".join(f'"{post.text}" ({post.place})' for post in uses)
    shortened = all(
        set(left.fields) <= set(right.fields) for left, right in combinations(sorted(uses, key=_breadth), 2)
    )
    return Finding(
        "satu-jabatan-dua-nama", LOOK if shortened else WRONG, 5, owner, None,
        f"Satu jabatan ditulis dengan nama berbeda: {named}. Pakai satu nama jabatan di seluruh SOP.",
    )  # fmt: skip


def _breadth(post: _Post) -> int:
    return len(post.fields)


def recipients(procedure: Procedure, kind: str) -> Iterator[Finding]:
    columns = _columns(procedure)
    titles = {tidy(role.title).lower() for role in procedure.roles}
    for step in procedure.steps:
        for post in _recipients_in(step):
            if post.text.lower() not in titles and not any(_same_post(post, column) for column in columns):
                yield Finding(
                    "penerima-tanpa-kolom", WRONG, 7, procedure.key, step.no,
                    f'Langkah {step.no} menyampaikan kepada "{post.text}", tetapi "{post.text}" tidak punya kolom '
                    "pelaksana. Tambahkan kolomnya, atau sebut penerima yang benar.",
                )  # fmt: skip


def _recipients_in(step: Step) -> Iterator[_Post]:
    text = unglued(step.title)
    for found in _RECIPIENT.finditer(text):
        if post := _post(text[found.end() :], f"langkah {step.no}"):
            yield post
