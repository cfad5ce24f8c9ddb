"""The fill-in grid in a real browser: fifty rows by keyboard only, a block from a spreadsheet, and a connection that breaks."""

import itertools
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from himpun.errors import Refusal
from himpun.indicators.requests.checks import Limits, check_figure, check_jump, median
from himpun.measure.numbers import read_number, write_number
from tests.browser.conftest import REPOSITORY, SHOTS, Server
from tests.browser.fifty import ROWS
from tests.browser.people import Office
from tests.papers import pdf
from tests.scratch import scratch_database

pytestmark = pytest.mark.browser
NUMBERS = itertools.count(50)
GRID = REPOSITORY / "src/himpun/web/static/himpun/grid.js"


class Grid:
    """The unit of fifty rows at its request."""

    def __init__(self, server: Server, chromium: Browser) -> None:
        self.server = server
        found = self.tell("found", f"kec-{next(NUMBERS)}")
        self.request: int = found["request"]
        self.office = Office("examples/kecamatan-contoh", chromium, server.url, Path(SHOTS) if SHOTS else None)
        person: Any = SimpleNamespace(username=found["username"])
        self.page: Page = self.office.screen(person)
        self.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.open()

    def tell(self, *arguments: str) -> Any:
        """What tests.browser.fifty prints, run beside the server."""
        command = [sys.executable, "-m", "tests.browser.fifty", *arguments]
        done = subprocess.run(
            command, env=self.server.environment, cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def open(self) -> None:
        self.page.goto(f"{self.server.url}/permintaan/{self.request}/")
        expect(self.cells).to_have_count(2 * ROWS)

    @property
    def cells(self) -> Locator:
        return self.page.locator("input[data-cell]")

    def cell(self, row: int, column: int = 0) -> Locator:
        return self.cells.nth(2 * row + column)

    def row(self, no: int) -> Locator:
        return self.page.locator("tr[data-row]").nth(no)

    def to_first_cell(self) -> None:
        """Tab from the top of the page, as who has no mouse does."""
        for _ in range(80):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement.matches('input[data-cell]')"):
                return
        raise AssertionError("no cell is reached by Tab")

    def type_figures(self, figures: list[str]) -> None:
        for figure in figures:
            self.page.keyboard.type(figure)
            self.page.keyboard.press("Enter")

    def paste(self, text: str) -> None:
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.page.keyboard.press("Control+V")

    @property
    def kept(self) -> int:
        """How many fields the browser still keeps for want of the server's word."""
        found: int = self.page.evaluate(
            "Object.keys(localStorage).filter((key) => key.startsWith('himpun:isian:')).length"
        )
        return found

    def wait_until_saved(self, still_kept: int = 0) -> None:
        """Until the server confirmed all but so many fields; the page's CSP lets no script of a test wait there."""
        for _ in range(300):
            if self.kept == still_kept:
                return
            self.page.wait_for_timeout(200)
        raise AssertionError(f"{self.kept} fields were never confirmed")

    def saved(self) -> list[str | None]:
        found: list[str | None] = self.tell("saved", str(self.request))
        return found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server without any office; every test founds its own."""
    folder = tmp_path_factory.mktemp("isian")
    with scratch_database(folder) as database:
        server = Server(folder, database)
        server.run("setup")
        process = server.start()
        yield server
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def grid(served: Server, chromium: Browser) -> Iterator[Grid]:
    grid = Grid(served, chromium)
    yield grid
    grid.office.close()
    broken = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "htmx:")
    assert [one for one in grid.office.problems if not any(mark in one for mark in broken)] == []


def test_fifty_rows_by_keyboard_with_the_connection_lost_in_the_middle(grid: Grid) -> None:
    figures = [str(no % 9 + 1) if no % 2 == 0 else f"{no + 10},5" for no in range(2 * ROWS)]
    context = grid.page.context

    grid.to_first_cell()
    grid.type_figures(figures[:40])
    context.set_offline(True)
    grid.type_figures(figures[40:70])
    expect(grid.row(30).locator("[data-save-state]")).to_contain_text("Belum tersimpan")
    assert grid.kept > 0
    context.set_offline(False)
    grid.type_figures(figures[70:])

    grid.wait_until_saved()
    assert grid.saved() == figures
    expect(grid.row(30).locator("[data-save-state]")).to_contain_text("tersimpan")
    grid.open()
    assert [grid.cells.nth(no).input_value() for no in range(2 * ROWS)] == figures
    grid.office.look(grid.page, "isian-lima-puluh")


def test_what_was_not_saved_is_there_again_after_the_page_was_loaded_anew(grid: Grid) -> None:
    lines = "**/permintaan/baris/**"
    grid.page.route(lines, lambda route: route.abort())
    grid.to_first_cell()
    grid.type_figures(["7", "8,25", "3"])
    grid.page.keyboard.type("44")
    assert grid.saved()[:4] == [None] * 4

    grid.open()
    expect(grid.page.locator("[data-grid-notice]")).to_contain_text("dipulihkan dari peramban ini")
    assert [grid.cells.nth(no).input_value() for no in range(4)] == ["7", "8,25", "3", "44"]
    grid.page.unroute(lines)
    grid.wait_until_saved()
    assert grid.saved()[:4] == ["7", "8,25", "3", "44"]


def test_a_figure_saved_elsewhere_meanwhile_is_not_overwritten_by_the_kept_one(grid: Grid) -> None:
    lines = "**/permintaan/baris/**"
    grid.cell(0).fill("5")
    grid.cell(0).press("Enter")
    grid.wait_until_saved()
    grid.page.route(lines, lambda route: route.abort())
    grid.cell(0).fill("6")
    grid.page.unroute(lines)
    stored = grid.page.evaluate("Object.entries(localStorage).filter(([key]) => key.startsWith('himpun:isian:'))")
    grid.page.evaluate("localStorage.clear()")
    grid.open()
    grid.cell(0).fill("9")
    grid.cell(0).press("Enter")
    grid.wait_until_saved()
    grid.page.evaluate("stored => stored.forEach(([key, value]) => localStorage.setItem(key, value))", stored)

    grid.open()
    notice = grid.page.locator("[data-grid-notice]")
    expect(notice).to_contain_text("di sini belum tersimpan “6”, sedangkan yang tersimpan sekarang “9”")
    assert grid.cell(0).input_value() == "9"
    notice.get_by_role("button", name="Pakai isian saya").click()
    grid.wait_until_saved()
    assert grid.saved()[0] == "6"


def test_a_block_of_two_columns_is_pasted_over_the_rows(grid: Grid) -> None:
    block = [["83.18", "90,5"], ["1.234", "2.345"], ["x", "7"], ["", "12"], ["Rp 5", "1,234.5"]]
    grid.cell(1).focus()
    grid.paste("\r\n".join("\t".join(line) for line in block) + "\r\n")

    expect(grid.page.locator("[data-grid-notice]")).to_contain_text("8 angka ditempel, 1 tidak dapat dibaca")
    expect(grid.cell(3)).to_have_attribute("aria-invalid", "true")
    expect(grid.cell(5, 1)).to_be_focused()
    assert [grid.cells.nth(no).input_value() for no in range(2, 12)] == [
        "83,18", "90,5", "1.234", "2.345", "x", "7", "", "12", "5", "1.234,5",
    ]  # fmt: skip
    grid.cell(3).fill("6")
    grid.cell(3).press("Enter")
    grid.wait_until_saved()
    assert grid.saved()[:12] == [
        None, None, "83,18", "90,5", "1.234", "2.345", "6", "7", None, "12", "5", "1.234,5",
    ]  # fmt: skip


def test_one_column_goes_down_and_says_what_it_could_not_read(grid: Grid) -> None:
    grid.cell(0).focus()
    grid.paste("12\n83.18\nbanyak\n\n1.417\n-3\n")

    notice = grid.page.locator("[data-grid-notice]")
    expect(notice).to_contain_text("4 angka ditempel, 1 tidak dapat dibaca, 2 ditebak")
    assert [grid.cells.nth(no).input_value() for no in range(6)] == ["12", "83,18", "banyak", "", "1.417", "−3"]
    expect(grid.cells.nth(2)).to_have_attribute("aria-invalid", "true")
    expect(grid.page.locator("#e-" + (grid.cells.nth(2).get_attribute("id") or ""))).to_contain_text(
        "tidak dapat dibaca"
    )
    expect(grid.row(2).locator("[data-save-state]")).to_contain_text("tersimpan")
    grid.wait_until_saved(still_kept=1)
    assert grid.saved()[:6] == ["12", "83,18", None, None, "1.417", "−3"]
    grid.office.look(grid.page, "isian-ditempel")


def test_sentences_appear_while_typing_and_an_explanation_where_one_is_needed(grid: Grid) -> None:
    first = grid.cell(0)
    name = first.get_attribute("id") or ""
    first.focus()
    grid.page.keyboard.type("80")
    expect(grid.page.locator(f"#w-{name}")).to_contain_text("80 naik 300% dari periode lalu (20).")
    explanation = grid.row(0).get_by_label("Penjelasan atas angka yang ditandai")
    expect(explanation).to_be_visible()

    grid.page.keyboard.press("Enter")
    grid.type_figures(["90"])
    expect(grid.row(0).locator("[data-save-state]")).to_contain_text("perlu penjelasan")
    explanation.fill("Data desa baru masuk")
    explanation.press("Tab")
    expect(grid.row(0).locator("[data-save-state]")).to_contain_text("tersimpan, lengkap")

    first.fill("200.000")
    expect(grid.page.locator(f"#e-{name}")).to_have_text("Paling besar 100.000; tertulis 200.000.")
    first.press("Enter")
    expect(grid.row(0).locator("[data-save-state]")).to_contain_text("perbaiki isian yang ditandai")
    first.fill("21")
    expect(grid.page.locator(f"#e-{name}")).to_have_text("")
    expect(explanation).to_be_hidden()
    first.press("Enter")
    grid.wait_until_saved()
    assert grid.saved()[:2] == ["21", "90"]


def test_a_file_already_uploaded_serves_another_row(grid: Grid, tmp_path: Path) -> None:
    evidence = tmp_path / "rekap.pdf"
    evidence.write_bytes(pdf("contoh"))
    grid.row(0).locator("input[type=file]").set_input_files(evidence)
    expect(grid.row(0).get_by_role("link", name="rekap.pdf")).to_be_visible()

    grid.row(1).get_by_role("button", name="pakai berkas yang sudah diunggah").click()
    grid.row(1).get_by_role("button", name="rekap.pdf").click()
    expect(grid.row(1).get_by_role("link", name="rekap.pdf")).to_be_visible()


# --- the browser reads and judges as the server does ------------------------------------------------------------------


@pytest.fixture
def script(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    page.set_content("<p>kosong</p>")
    page.add_script_tag(path=GRID)
    yield page
    page.close()


def on_server(text: str) -> str | None:
    try:
        return write_number(read_number(text))
    except Refusal:
        return None


def test_the_browser_reads_numbers_as_the_server_does(script: Page) -> None:
    chance = random.Random(3)  # noqa: S311 - samples, no secrets
    texts = [
        "1.234,5",
        "-3",
        "−3",
        "Rp 1.000.000,-",
        "44,44 %",
        "1 234",
        "1.23",
        "83.18",
        "1,234.5",
        "007",
        "0,50",
        "-0",
    ]
    texts += ["".join(chance.choices("0123456789.,- %Rp", k=chance.randint(1, 9))) for _ in range(5000)]
    texts += [write_number(Decimal(chance.randint(-(10**9), 10**9)).scaleb(-chance.randint(0, 4))) for _ in range(500)]
    read = script.evaluate(
        "texts => texts.map((text) => { const found = himpunGrid.readNumber(text); return found && himpunGrid.writeNumber(found); })",
        texts,
    )

    assert [pair for pair in zip(texts, read, strict=True) if on_server(pair[0]) != pair[1]] == []


def test_the_browser_says_of_a_figure_what_the_server_says(script: Page) -> None:
    chance = random.Random(4)  # noqa: S311 - samples, no secrets
    cases = []
    for _ in range(600):
        value, low, high = (Decimal(chance.randint(-500, 5000)).scaleb(-chance.randint(0, 2)) for _ in range(3))
        earlier = [Decimal(chance.randint(-20, 100)) for _ in range(chance.randint(0, 6))]
        cases.append((value, min(low, high), max(low, high), bool(chance.randint(0, 1)), earlier))
    rules = []
    for _, low, high, whole, earlier in cases:
        last = write_number(earlier[-1]) if earlier else ""
        middle = write_number(median(earlier)) if len(earlier) >= 3 else ""
        rules.append(
            {
                "min": write_number(low), "max": write_number(high), "whole": "ya" if whole else "", "last": last,
                "lastName": "periode lalu", "median": middle, "medianCount": str(len(earlier)), "jump": "50",
            }
        )  # fmt: skip
    said = script.evaluate(
        "cases => cases.map(([text, rules]) => himpunGrid.judge(text, rules))",
        [[write_number(case[0]), rule] for case, rule in zip(cases, rules, strict=True)],
    )

    for (value, low, high, whole, earlier), told in zip(cases, said, strict=True):
        wrong = check_figure(value, Limits(low, high, whole))
        jump = None if wrong else check_jump(value, earlier[-1] if earlier else None, earlier)
        assert told["error"] == (wrong.sentence if wrong else "")
        assert told["warning"] == (jump.sentence if jump else "")


def test_a_block_is_read_as_spreadsheets_copy_it(script: Page) -> None:
    read = script.evaluate("text => himpunGrid.readBlock(text)", 'a\t"b ""c"""\r\n"d\ne"\t\r\n\r\n')

    assert read == [["a", 'b "c"'], ["d\ne", ""]]
