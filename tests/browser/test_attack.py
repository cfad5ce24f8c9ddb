"""A colleague's "scan" that is a page: in a real browser, by a person who is logged in, nothing of it runs."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, sync_playwright

from himpun.archive import files
from himpun.letters.models import Letter
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.cast import found_office, publish
from tests.papers import SCRIPT

pytestmark = pytest.mark.browser

PAGE = b"<html><body onload=\"document.title='SUDAH JALAN'\">" + SCRIPT + b"</body></html>"
FILES = [("surat.html", b"%PDF-1.4 "), ("p.svg", b"%PDF-1.4 "), ("surat.html", b"\xff\xd8\xff"), ("surat.htm", b"")]
IN_A_FRAME_AND_AS_A_SCRIPT = """address => new Promise(done => {
    const frame = document.createElement('iframe'); frame.src = address; document.body.append(frame);
    const script = document.createElement('script'); script.src = address; document.body.append(script);
    window.open(address); setTimeout(done, 1000);
})"""


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium tidak terpasang (apt install chromium)")
def test_a_scan_that_is_a_page_runs_nowhere(transactional_db: None, quick_paper: None, live_server: Any) -> None:
    publish()
    cast = found_office()
    letters = []
    for name, start in FILES:
        letter = cast.letter()
        sha256 = files.store(start + PAGE, media_type="text/html")
        Letter.objects.filter(pk=letter.pk).update(file_sha256=sha256, file_name=name)
        letters.append(f"{live_server.url}/surat/{letter.pk}/")
    client = Client()
    client.force_login(cast.kepala)

    with ThreadPoolExecutor(1) as elsewhere:  # Playwright and Django's database do not share a thread
        asked, titles = elsewhere.submit(opened, live_server.url, client.cookies["sessionid"].value, letters).result()

    for address in letters:
        assert sum(f"{address}berkas/" in one for one in asked) >= 3, "every file was really opened"
    assert not any("SUDAH JALAN" in title for title in titles)
    assert not any(one.startswith("POST") for one in asked)


def opened(url: str, session: str, letters: list[str]) -> tuple[list[str], list[str]]:
    """What a browser asks for, and the titles of its windows, after the file of each letter was opened in every way."""
    asked: list[str] = []
    titles: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for address in letters:
            context: BrowserContext = browser.new_context(accept_downloads=True)
            context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
            context.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
            page = context.new_page()
            page.goto(address)
            page.evaluate(IN_A_FRAME_AND_AS_A_SCRIPT, f"{address}berkas/")
            titles += [one.title() for one in context.pages]
            context.close()
        browser.close()
    return asked, titles
