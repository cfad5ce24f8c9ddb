"""People at their own screens: one browser context a person, logged in through the login page, reused all day."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from himpun.folders.reading import read_office
from himpun.folders.rows import PersonRow

PASSWORD = "himpun-contoh"
PICTURES = Path(os.environ["HIMPUN_PICTURES"]) if os.environ.get("HIMPUN_PICTURES") else None
AXE = {"resultTypes": ["violations"]}
"""What passes is not written down in full; the rules are all there are."""
SIZES = {1280: {"width": 1280, "height": 900}, 390: {"width": 390, "height": 844}}


SHEET = {"width": 718, "height": 1047}
LYING = {"width": 1047, "height": 718}
"""A4 less margins of a centimetre, in CSS pixels, upright and lying."""
LIES = """() => Array.from(document.querySelectorAll("main, .ladder-print"))
  .some((each) => ["wide", "ladder"].includes(getComputedStyle(each).page))"""
"""Whether the style sheet lays the page's sheet on its side."""
CUT_OFF = """() => {
  const edge = document.documentElement.clientWidth + 1;
  const seen = (each) => each.getClientRects().length && getComputedStyle(each).visibility !== "hidden";
  const cut = Array.from(document.querySelectorAll("main table, main th, main td, main dl, main dd, main .card, main pre"))
    .filter((each) => seen(each) && each.getBoundingClientRect().right > edge);
  return cut.slice(0, 3).map((each) => `${each.tagName} ${each.className} ${each.textContent.trim().slice(0, 40)}`);
}"""
"""The first boxes that reach beyond the sheet."""


@dataclass
class Office:
    """The people of one office folder and their screens."""

    folder: str
    browser: Browser
    url: str
    shots: Path | None
    width: int = 1280
    pages: dict[str, Page] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.files = read_office(self.folder)

    def holder(self, role: str) -> PersonRow:
        """Who holds the one post with this role."""
        return self.of_post(next(post.code for post in self.files.posts if post.role == role))

    def of_post(self, code: str) -> PersonRow:
        holding = max(
            (row for row in self.files.holdings if row.post == code and row.kind == "definitif"),
            key=lambda row: row.since,
        )
        return next(person for person in self.files.people if person.username == holding.username)

    def titled(self, title: str) -> PersonRow:
        """Who holds the post with this title."""
        return self.of_post(next(post.code for post in self.files.posts if post.title == title))

    @property
    def units(self) -> list[PersonRow]:
        return [self.of_post(post.code) for post in self.files.posts if post.role == "unit"]

    def screen(self, person: PersonRow) -> Page:
        """The person's screen, logged in."""
        if person.username not in self.pages:
            context = self.browser.new_context(viewport=SIZES[self.width], locale="id-ID", timezone_id="Asia/Jakarta")
            page = context.new_page()
            page.on("console", lambda message: self._console(person, message))
            page.on("pageerror", lambda error: self.problems.append(f"{person.username}: {error}"))
            page.goto(f"{self.url}/")
            page.get_by_label("Nama pengguna").fill(person.username)
            page.get_by_label("Kata sandi").fill(PASSWORD)
            page.get_by_role("button", name="Masuk").click()
            expect(page.get_by_role("heading", name="Pekerjaan Saya")).to_be_visible()
            self.pages[person.username] = page
        return self.pages[person.username]

    def _console(self, person: PersonRow, message: Any) -> None:
        if (
            message.type == "error"
            and "favicon" not in message.text
            and "422" not in message.text
            and "409" not in message.text
        ):
            self.problems.append(f"{person.username}: {message.text} {message.location.get('url', '')}")

    @staticmethod
    def follow(page: Page, there: Locator) -> Page:
        """Press a link or button that leads to another page, and wait for that page: a list is never read too early.

        Beside a PDF it is pressed by keyboard: Chromium's viewer takes its time to load and swallows a click that comes
        sooner than any person's would.
        """
        with page.expect_navigation(wait_until="load"):
            if page.locator("object[type='application/pdf']").count():
                there.press("Enter")
            else:
                there.click()
        return page

    def at_work(self, person: PersonRow) -> Page:
        """The person's screen at Pekerjaan Saya."""
        page = self.screen(person)
        page.goto(f"{self.url}/")
        return page

    def look(self, page: Page, name: str) -> None:
        """Check a page by axe, and that it scrolls sideways neither on a phone nor on a screen; keep pictures where asked."""
        if name in self.seen:
            return
        self.seen.add(name)
        found = Axe().run(page, options=AXE).response["violations"]
        serious = [item for item in found if item["impact"] in ("serious", "critical")]
        self.problems += [f"{name}: axe {item['id']} {item['nodes'][0]['target']}" for item in serious]
        self._look_at_print(page, name)
        for width in sorted(SIZES, key=lambda width: width == self.width):
            page.set_viewport_size(SIZES[width])
            self._look_at(page, name, width)

    def _look_at_print(self, page: Page, name: str) -> None:
        """That nothing is cut off on a sheet of A4 inside its margins."""
        page.emulate_media(media="print")
        page.set_viewport_size(LYING if page.evaluate(LIES) else SHEET)
        cut = page.evaluate(CUT_OFF)
        page.emulate_media(media="screen")
        self.problems += [f"{name}: terpotong bila dicetak: {one}" for one in cut]

    def _look_at(self, page: Page, name: str, width: int) -> None:
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 1:
            self.problems.append(f"{name}: halaman {wide} piksel lebih lebar daripada layar {width}")
        if self.shots:
            self.shots.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=self.shots / f"{name}-{width}.png", full_page=True)

    def picture(self, page: Page, name: str) -> None:
        """Take the picture of this page that the documentation shows, where HIMPUN_PICTURES asks for it (`make pictures`)."""
        if PICTURES and self.width == 1280:
            page.screenshot(path=PICTURES / f"{name}.png")

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()
