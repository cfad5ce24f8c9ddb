"""The ladder on paper: 53 offices on one A4 page, printed by a real browser."""

import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from himpun.cycles.models import Task
from himpun.offices.models.offices import Office
from tests.cast import MONDAY, PERIOD, Cast, later
from tests.reports.region_of_two import found_regency, many_below

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
STATIC = Path("src/himpun/web/static")
NAMES = ("Sukamaju", "Karangmulya", "Bojongsari Wetan", "Tanjung Harapan", "Cihaurbeuti Kulon")


def printed(page: str, folder: Path) -> bytes:
    """What Chromium prints of a page, its style sheets beside it."""
    for path in ("vendor/tabler.min.css", "himpun/himpun.css"):
        page = page.replace(f"/static/{path}", (STATIC / path).resolve().as_uri())
    source, target = folder / "page.html", folder / "page.pdf"
    source.write_text(re.sub(r"<script.*?</script>", "", page, flags=re.S))
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={folder}"]
    subprocess.run(
        [str(CHROMIUM), *options, f"--print-to-pdf={target}", source.as_uri()], check=True, capture_output=True
    )
    return target.read_bytes()


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_53_offices_are_printed_on_one_landscape_page(small: Cast, tmp_path: Path) -> None:
    regency = found_regency(small)
    others = many_below(regency.office, 52)
    for no, cast in enumerate([small, *others]):
        Office.objects.filter(pk=cast.office.pk).update(name=f"Kecamatan {NAMES[no % 5]} {no}")
    for cast in (small, *others[:30]):
        cycle = cast.start()
        Task.objects.filter(cycle=cycle, decided_at__isnull=True).update(due_at=MONDAY)
    with later(days=3):
        client = Client()
        client.force_login(regency.supervisor)
        page = client.get(f"/waktu/wilayah/?periode={PERIOD}").content.decode()

    pdf = printed(page, tmp_path)
    told = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    size = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True).stdout.decode()

    assert re.search(r"Pages:\s+1\n", size)
    assert re.search(r"Page size:\s+84[12][.\d]* x 59[45]", size)
    assert len(re.findall(r"^ *Kecamatan ", told, flags=re.M)) == 53
    assert told.count("Belum mulai") == 22 + 1
    assert "Kantor di bawah Kabupaten kab, Triwulan III 2026" in told
    assert f"Keadaan {date(2026, 10, 8).day} Okt 2026" in told
