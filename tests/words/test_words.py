"""Everybody reads every page and paper of an empty, a running and a finished office: no word of the machine, no dead link.

What is refused and by whom is asked by tests/crawl; how wide pages are, on screen and in print, by tests/browser.
"""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

from himpun.offices.acting import capacities
from himpun.offices.models.offices import Post
from himpun.offices.models.people import Person
from himpun.procedures.models import ProcedureVersion
from tests.cast import Cast
from tests.conftest import LONG
from tests.scenes import once
from tests.words.reading import Read, read, slips

EACH = 3 if LONG else 1
"""So many pages of each kind are read by each person."""


class Reader:
    """Somebody who follows every link that they are shown, from their first page on."""

    def __init__(self, person: Person, *, papers: bool = False) -> None:
        self.client = Client()
        self.client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
        self.person = person
        self.papers = papers
        self.wrong: list[str] = []
        self.kinds: Counter[str] = Counter()
        self._places: dict[str, set[str]] = {}

    @cached_property
    def codes(self) -> frozenset[str]:
        """Keys of posts and procedures that are no words of anybody's."""
        posts = Post.objects.filter(code__contains="-").values_list("code", flat=True)
        return frozenset({*posts, *ProcedureVersion.objects.values_list("key", flat=True)})

    @cached_property
    def own_posts(self) -> list[str]:
        return [actor.title for actor in capacities(self.person)]

    def walk(self) -> "Reader":
        waiting, begun = ["/"], {"/"}
        while waiting:
            path = waiting.pop(0)
            for link in self.follow(path):
                if link not in begun:
                    begun.add(link)
                    waiting.append(link)
        return self

    def follow(self, path: str) -> Iterator[str]:
        """Read what stands there; the addresses it leads to."""
        try:
            kind = resolve(urlsplit(path).path).url_name or path
        except Resolver404:
            kind = path
        if self.kinds[kind] >= EACH:
            return
        answer = self.client.get(path)
        if answer.status_code in (301, 302):
            yield answer.headers["Location"].partition("#")[0]
            return
        self.kinds[kind] += 1
        if answer.status_code != 200:
            self.complain(path, f"tautan yang ditampilkan dijawab {answer.status_code}")
            return
        yield from self.page(path, answer)

    def page(self, path: str, answer: HttpResponse) -> Iterator[str]:
        media = answer.headers["Content-Type"]
        if media.startswith("application/pdf") and self.papers:
            content = b"".join(answer) if answer.streaming else answer.content
            self.judge(path, paper_lines(content))
        elif media.startswith("text/html"):
            found = read(answer.content.decode())
            self.judge(path, found.texts)
            yield from self.links(path, found)

    def judge(self, path: str, texts: list[str]) -> None:
        for slip in slips(texts, self.codes):
            self.complain(path, slip)
        for text in texts:
            for title in self.own_posts:
                if re.search(rf"[Mm]enunggu {re.escape(title)}\b", text):
                    self.complain(path, f"kepada pemangkunya sendiri: {text!r}")

    def links(self, path: str, found: Read) -> Iterator[str]:
        for href in found.links:
            whole = urlsplit(urljoin(f"{settings.BASE_URL}{path}", href))
            inside = f"{whole.scheme}://{whole.netloc}" == settings.BASE_URL
            if href == "#" or (href.startswith("#") and whole.fragment not in found.ids):
                self.complain(path, f"tautan ke tempat yang tidak ada: {href!r}")
            elif inside and whole.path != path:
                yield whole.path + (f"?{whole.query}" if whole.query else "")

    def complain(self, path: str, what: str) -> None:
        self.wrong.append(f"{self.person.username}, {path}: {what}")


def paper_lines(content: bytes) -> list[str]:
    """The lines of a PDF as they are copied out of it."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    signed_by_hand = re.sub(r"\( {3,}\)", "(…)", done.stdout.decode())
    return [" ".join(line.split()) for line in signed_by_hand.splitlines()]


def running(cast: Cast) -> None:
    """One unit of the mechanism has answered, one has begun, the others have not; another cycle waits for its first step."""
    child = cast.child(cast.to_step_3())
    cast.to_collecting(child)
    first, second, *_ = cast.waiting(child)
    cast.answer(first)
    cast.fill(second)
    cast.start(period="2026-10")


def told(readers: list[Reader]) -> str:
    wrong = [one for reader in readers for one in reader.wrong]
    return f"{len(wrong)} hal salah:\n" + "\n".join(wrong[:40])


def read_by(*people: Person, papers: bool = False) -> list[Reader]:
    return [Reader(person, papers=papers).walk() for person in people]


def test_an_office_that_just_began_reads_well(kecamatan: Cast) -> None:
    readers = read_by(kecamatan.umum, *([kecamatan.kepala, kecamatan.analis, kecamatan.units[0]] if LONG else []))

    assert not any(one.wrong for one in readers), told(readers)
    assert len(readers[0].kinds) > 50


def test_an_office_in_the_middle_of_its_work_reads_well(kecamatan: Cast, quick_paper: None) -> None:
    once(running, kecamatan)

    readers = read_by(kecamatan.kepala, kecamatan.units[0], *([kecamatan.analis, kecamatan.kasubbag] if LONG else []))

    assert not any(one.wrong for one in readers), told(readers)
    assert len(readers[0].kinds) > 55


def test_an_office_whose_cycle_is_done_reads_well_also_on_its_papers(kecamatan: Cast) -> None:
    once(Cast.finish, kecamatan)

    readers = [
        *read_by(kecamatan.umum, papers=True),
        *read_by(kecamatan.analis, *([kecamatan.kepala, kecamatan.units[0]] if LONG else [])),
    ]

    assert not any(one.wrong for one in readers), told(readers)
    assert len(readers[0].kinds) > 60


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("Belum diisi: hari_hadir.", "kata mesin"), ("Pasang EMAIL_URL lebih dahulu.", "nama setelan"),
        ("Nilai: None", "kata program"), ("Dr. Contoh, S.Sos., M.Si..", "titik dua kali"), ("Kirim ke (), lalu", "tanda baca"),
        ("Apakah anda yakin?", "sapaan kecil"), ("000.7\u200b/123", "tanda tak tampak"), ("\u25a1 setuju", "huruf rusak"),
        ("http://127.0.0.1:8000/v/x", "komputer sendiri"), ("Choose File", "peramban asing"),
        ("Menerbitkan pelayanan-loket 2026", "kode mesin"), ("A &amp; B", "kata program"),
    ],
)  # fmt: skip
def test_a_slip_is_found(said: str, wrong: str) -> None:
    assert [slip for slip in slips([said], frozenset({"pelayanan-loket"})) if wrong in slip]


@pytest.mark.parametrize(
    "said",
    [
        "Undang-undang … dsb.",
        "Anda diminta mengisi 1..3? Tidak.",
        "kab@contoh.example",
        "S.Sos., M.Si. hadir",
        "a.n. Camat",
    ],
)
def test_what_people_write_is_no_slip(said: str) -> None:
    assert not list(slips([said.replace("1..3", "1–3")]))


def test_what_is_not_shown_is_not_read() -> None:
    found = read(
        '<p>Satu <b>dua</b></p><script>var a_b;</script><pre>x_y</pre><input placeholder="tiga"><a href="#x">e</a>'
    )

    assert (found.texts, found.links) == (["Satu dua", "tiga", "……e"], ["#x"])
