"""How long the ten-page document takes: the first of a process, which reads fonts and template, and those after it."""

import os
import re
import statistics
import time
from datetime import UTC, datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
django.setup()

from tests.documents.samples import ten_page_data_kinerja  # noqa: E402

from himpun.documents.rendering import render  # noqa: E402

LATER = 7


def measure() -> dict[str, float]:
    """Seconds for the first and (median) for later documents, each with another text; pages as the file counts them."""
    seconds = []
    pdf = b""
    for number in range(1 + LATER):
        content = ten_page_data_kinerja()
        content["foreword"] = f"{content['foreword']} Naskah {number}."
        begun = time.perf_counter()
        pdf = render("data_kinerja", content, made_at=datetime(2026, 11, 23, 9, number, tzinfo=UTC))
        seconds.append(time.perf_counter() - begun)
    later = statistics.median(seconds[1:])
    return {"first": seconds[0], "later": later, "pages": _pages(pdf), "kilobytes": len(pdf) / 1000}


def _pages(pdf: bytes) -> int:
    return max(int(found) for found in re.findall(rb"/Type\s*/Pages\s*/Count (\d+)", pdf))
