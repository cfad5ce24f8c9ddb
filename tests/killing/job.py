"""The whole job by its pages, walked by people who do not know where they are: each looks what waits for them, and does it.

After a failure nobody remembers anything but what the service said yes to. A person looks again at their work, and does
what still waits there: that is how an act is neither lost nor done twice.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from tests.killing.browser import Away, Browser, Page
from tests.killing.service import Service

NUMBER, SUBJECT = "000.7/123/ORG/2026", "Permintaan data kinerja triwulan III"
PERIOD = "2026-TW3"
FIGURES = {"pembilang": "7", "penyebut": "9"}
TURNS = 4000


@dataclass
class Job:
    """One office's run of the ten steps, from the letter to the archive."""

    service: Service
    people: dict[str, Browser]
    said_yes: list[tuple[str, Any]] = field(default_factory=list)
    """What the service confirmed: kind of act, and what it was about."""
    repeated: Counter[str] = field(default_factory=Counter)
    returned: bool = False

    def walk(self) -> None:
        """Until the run has ended and is archived. Who has done something looks again at once; else the others look."""
        self.persist(self.register)
        self.persist(self.begin)
        people, idle = cycle(self.people.values()), 0
        browser = next(people)
        for _ in range(TURNS):
            if self.persist(lambda browser=browser: self.work(browser)):
                idle = 0
                continue
            browser, idle = next(people), idle + 1
            if idle == len(self.people):
                assert self.persist(self.is_over), (
                    f"Tidak seorang pun punya pekerjaan, tetapi siklus belum selesai: {self.said_yes[-3:]}"
                )
                return
        raise AssertionError("Siklus tidak selesai-selesai.")

    def persist(self, act: Callable[[], Any]) -> Any:
        """Do an act as a person would: where the service was away, wait for it and look again."""
        for _ in range(60):
            try:
                return act()
            except Away as away:
                self.repeated[str(away).partition(":")[0].split()[0]] += 1
                self.service.keep_up()
        raise AssertionError("Layanan tidak kembali.")

    def is_over(self) -> bool:
        """Whether the list shows both runs as ended."""
        return len(set(re.findall(r"/siklus/\d+/", self.people["umum"].get("/siklus/?status=selesai").html))) == 2

    def confirm(self, kind: str, what: Any) -> None:
        self.said_yes.append((kind, what))

    # --- the beginning ----------------------------------------------------------------------------------------------

    def register(self) -> None:
        """The letter, unless the agenda shows that it is there."""
        umum = self.people["umum"]
        if NUMBER in umum.get("/surat/").html:
            return
        form = umum.get("/surat/baru/").form_with("subject")
        assert form is not None
        typed = {
            "number": NUMBER,
            "sender": "Bupati",
            "subject": SUBJECT,
            "dated": "2026-10-01",
            "received_on": "2026-10-05",
        }
        scan = ("scan", "surat.pdf", scanned())
        page = umum.send("/surat/baru/", form.filled(**typed), file=scan)
        assert page.taken, page.said
        self.confirm("surat", NUMBER)

    def begin(self) -> None:
        """The run, unless there is one already."""
        umum = self.people["umum"]
        if re.search(r"/siklus/\d+/", umum.get("/siklus/").html):
            return
        letter = umum.get(found(r"/surat/\d+/", umum.get("/surat/").html))
        form = letter.form_with("period")
        assert form is not None, "surat tidak dapat dimulai"
        page = umum.send(f"{letter.path}mulai/", form.filled(period=PERIOD, key="pengumpulan-data-kinerja"))
        assert page.taken, page.said
        self.confirm("siklus", PERIOD)

    # --- what waits for somebody ------------------------------------------------------------------------------------

    def work(self, browser: Browser) -> bool:
        """Do what waits for this person; whether there was anything."""
        page = browser.get("/")
        waiting = page.html.partition('aria-label="Menunggu saya"')[2] or page.html.partition("Menunggu saya")[2]
        mine = waiting.partition("Saya tunggu")[0].partition("Menunggu orang lain")[0]
        requests = dict.fromkeys(re.findall(r'href="(/permintaan/\d+/)"', mine))
        runs = dict.fromkeys(re.findall(r'href="(/siklus/\d+/)(?:#[a-z-]+)?"', mine))
        return any(self.answer(browser, path) for path in requests) or any(self.decide(browser, path) for path in runs)

    def answer(self, browser: Browser, path: str) -> bool:
        """Fill in a request, attach what is required, send."""
        page = browser.get(path)
        form = page.form(f"{path}kirim/")
        if form is None or not any(name == "send" for name, _ in form.buttons):
            return False
        cells = [name for name, _ in form.fields if re.fullmatch(r"v-\d+-\d+", name)]
        token = next(value for name, value in form.fields if name == "csrfmiddlewaretoken")
        for line in re.findall(r'id="bukti-(\d+)"', page.html):
            shown = page.html.partition(f'id="bukti-{line}"')[2].partition("</td>")[0]
            if "wajib" in shown:
                file = ("file", "bukti.pdf", scanned())
                sent = browser.send(f"/permintaan/baris/{line}/bukti/", [("csrfmiddlewaretoken", token)], file=file)
                assert sent.taken, sent.status
                self.confirm("bukti", int(line))
        typed: dict[str, str | list[str]] = {name: list(FIGURES.values())[no % 2] for no, name in enumerate(cells)}
        typed |= {name: "Sudah dicocokkan" for name, _ in form.fields if name.startswith("explain-")}
        answer = browser.send(f"{path}kirim/", form.filled(**typed, send="1"))
        assert answer.taken, f"{browser.username} {path}: {answer.said}"
        self.confirm("isian", (path, {name: str(value) for name, value in typed.items() if name in cells}))
        return True

    def decide(self, browser: Browser, path: str) -> bool:
        """Take the open step of a run forward; what it needs first is done first."""
        page = browser.get(path)
        action = next(iter(re.findall(r'action="(/tugas/\d+/putuskan/)"', page.html)), "")
        form = page.form(action) if action else None
        if form is None or not form.buttons:
            return False
        self.prepare(browser, page)
        ways = [value for name, value in form.buttons if name == "decision"]
        way = "perlu perbaikan" if "perlu perbaikan" in ways and not self.returned else ways[0]
        if way == "perlu perbaikan" and self.was_returned(page):
            way = ways[0]
        typed = {
            "decision": way,
            "instructions": ["proses"],
            "note": "Segera ditindaklanjuti",
            "reason": "Analisis kurang",
        }
        answer = browser.send(action, form.filled(**typed))
        if not answer.taken:
            assert answer.status in (409, 422), f"{browser.username} {action} {way}: {answer.status} {answer.said}"
            return False
        task = int(action.split("/")[2])
        self.confirm("putusan", (task, way))
        self.returned = self.returned or way == "perlu perbaikan"
        return True

    def was_returned(self, page: Page) -> bool:
        return "Analisis kurang" in page.html

    def prepare(self, browser: Browser, page: Page) -> None:
        """What the step asks for before it can be decided: analyses of a recap, a new version of the draft."""
        if "Buka rekap dan tulis analisis" in page.html:
            recap = found(r"/rekap/\d+/", page.html)
            for line in dict.fromkeys(re.findall(r"/rekap/baris/\d+/", browser.get(recap).html)):
                shown = browser.get(line)
                form = shown.form_with("cause")
                if form is not None and not dict(form.fields).get("cause"):
                    sent = browser.send(line, form.filled(cause="Laporan terlambat", follow_up="Pendampingan"))
                    assert sent.taken, sent.said
                    self.confirm("analisis", int(line.split("/")[3]))
        if "Sunting naskah" in page.html and "Dikembalikan oleh" in page.html:
            draft = found(r"/siklus/\d+/naskah/", page.html)
            form = browser.get(draft).form_with("based_on")
            if form is not None and "Dilengkapi" not in str(form.fields):
                based_on = dict(form.fields)["based_on"]
                typed = {"analisis": "Dilengkapi dengan tindak lanjut.", "reason": "melengkapi"}
                sent = browser.send(draft, form.filled(**typed))
                assert sent.taken, sent.said
                self.confirm("naskah", int(based_on) + 1)


def found(pattern: str, html: str) -> str:
    match = re.search(pattern, html)
    assert match, f"tidak ada {pattern} pada halaman"
    return match[0]


def scanned() -> bytes:
    """A small real PDF."""
    from himpun.commands.tour.paper import sample_pdf

    return sample_pdf(["Contoh"])
