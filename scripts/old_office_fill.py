"""Fills an empty database by a version's own code and writes down all of it. Run by `scripts.old_offices` within that version.

Knows only what every landed version has (`tests/cast.py` and the acts it uses); what came later is done where it is there.
"""

import base64
import gzip
import json
import sys
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from pathlib import Path
from typing import Any
from unittest.mock import patch

import django

django.setup()

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from tests.cast import MECHANISM, MONDAY, Cast, found_office, load_cast, publish

from himpun import clock
from himpun.archive.chain import canonical
from himpun.cycles import actions
from himpun.cycles.actions import start_cycle
from himpun.errors import FieldErrors

LEFT_OUT = {"contenttypes", "auth", "sessions", "admin", "django_tasks_database", "django_tasks_db"}


def first_of(*names: str) -> Any:
    """The first of these modules that the version has: rooms were moved."""
    return import_module(next(name for name in names if _there(name)))


def _there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


answers = first_of("himpun.cycles.steps.answers", "himpun.cycles.collecting")
save_line = first_of("himpun.indicators.requests.filling", "himpun.indicators.actions").save_line
lines_of = first_of("himpun.indicators.requests.reviewing", "himpun.indicators.actions").lines_of
DataRequest = first_of("himpun.indicators.models.requests", "himpun.indicators.models").DataRequest


def typed_paper(kind: str, content: Any, *, made_at: Any) -> bytes:
    """Stands in for the rendering: documents are a few bytes, so that a snapshot stays small."""
    return b"%PDF-1.7 " + sha256(canonical([kind, content, made_at]).encode()).hexdigest().encode()


def answer(cast: Cast, request: DataRequest, above: str, below: str = "9") -> None:
    """One unit's answer with figures of our own."""
    cast.fill(request)
    for line in lines_of(request):
        typed = {"pembilang": above, "penyebut": below}
        given = {v.pk: typed[v.kind] for v in line.indicator.variables.all() if v.kind in typed}
        if given:
            with suppress(FieldErrors):  # frozen already, in versions where frozen is frozen: it stands as it is
                save_line(line_id=line.pk, by=cast.holder(request.unit), figures=given)
    answers.answer_request(request=request, by=cast.holder(request.unit))


def run(cast: Cast, period: str) -> Any:
    """A run of the mechanism up to where it awaits the units."""
    child = start_cycle(office=cast.office, key=MECHANISM, period=period, by=cast.kasubbag)
    cast.to_collecting(child)
    return child


def freeze(cast: Cast, child: Any) -> None:
    cast.decide(child, "sampaikan")
    cast.decide(child, "bekukan")
    cast.analyse(child)
    cast.decide(child, "selesai")


def fill_sample() -> None:
    """The sample office: loaded history, and a whole cycle with an answer handed back, a nihil and an excused unit."""
    cast = load_cast("kecamatan-contoh")
    cycle = cast.to_step_3()
    child = cast.child(cycle)
    cast.to_collecting(child)
    first, second, third, *others = [each for each in cast.requests(child) if each.is_open]
    cast.answer(first)
    answers.return_answer(request=first, reason="angka terbalik", by=cast.umum)
    answer(cast, DataRequest.objects.select_related("unit", "office").get(pk=first.pk), "8")
    for line in lines_of(second):
        save_line(line_id=line.pk, by=cast.holder(second.unit), nihil=True, nihil_reason="tidak ada layanan")
    answers.answer_request(request=second, by=cast.holder(second.unit))
    answers.excuse_unit(request=third, reason="kantor tutup", by=cast.umum)
    for request in others:
        cast.answer(request)
    freeze(cast, child)
    cast.decide(cycle, "sampaikan")
    cast.decide(cycle, "terima")
    cast.decide(cycle, "sudah baik")
    cast.paraf(cycle)
    cast.paraf(cycle)
    cast.sign(cycle)
    cast.decide(cycle, "selesai")


def fill_small() -> None:
    """A small office: two rounds of a quarter, a cancelled run, a run that is still open with an answer handed back."""
    cast = found_office("kec-kecil", units=3)
    for above in ("4", "6"):
        child = run(cast, "2026-TW1")
        for request in cast.requests(child):
            answer(cast, request, above if request.unit == cast.post_of_unit(0) else "7")
        freeze(cast, child)
    child = run(cast, "2026-TW2")
    for request in cast.requests(child):
        answer(cast, request, "3")
    actions.cancel_cycle(cycle=child, reason="surat ditarik", by=cast.kepala)
    child = run(cast, "2026-TW3")
    first, second, third = cast.requests(child)
    answer(cast, first, "5")
    answer(cast, second, "2")
    answers.return_answer(request=second, reason="periksa lagi", by=cast.umum)
    cast.fill(third)


def fill_later() -> None:
    """What came after the first version: an import, and a correction of a frozen figure."""
    corrections = ("himpun.indicators.recaps.corrections", "himpun.indicators.corrections")
    if not any(map(_there, corrections)):
        return
    importing = first_of("himpun.indicators.figures.importing", "himpun.indicators.importing")
    Figure = first_of("himpun.indicators.models.figures", "himpun.indicators.models").Figure  # noqa: N806
    Office = first_of("himpun.offices.models.offices", "himpun.offices.models").Office  # noqa: N806
    ask_correction, decide_correction = first_of(*corrections).ask_correction, first_of(*corrections).decide_correction

    cast = Cast(Office.objects.get(code="kec-kecil"))
    rows = [
        importing.FigureRow(2, "IKU-01.pembilang", "", "2026-08", "11"),
        importing.FigureRow(3, "IKU-01.penyebut", "", "2026-08", "12"),
    ]
    importing.import_figures(
        office=cast.office, rows=rows, name="angka.csv", format="csv", content=b"angka", by=cast.analis
    )
    figure = Figure.objects.filter(office=cast.office, frozen=True, current=True, year=2026, month=3).earliest("pk")
    said = {"evidence_type": "application/pdf"} if "evidence_type" in signature(ask_correction).parameters else {}
    paper = first_of("tests.papers").pdf("laporan") if _there("tests.papers") else b"%PDF-1.4 laporan"
    correction = ask_correction(
        figure_id=figure.pk, new="8", reason="Satu desa terlewat", evidence_name="bukti.pdf",
        evidence=paper, by=cast.holder(figure.unit), **said,
    )  # fmt: skip
    decide_correction(correction_id=correction.pk, approve=True, by=cast.kepala)


def everything() -> dict[str, Any]:
    """All rows by model, the last migration of every app, and the archive's files."""
    rows = {
        model._meta.label: [dict(row) for row in model._default_manager.order_by("pk").values()]
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in LEFT_OUT and model._meta.managed
    }
    files = {path.name: base64.b64encode(path.read_bytes()).decode() for path in archived()}
    leaves = sorted(MigrationLoader(connection).graph.leaf_nodes())
    return {"migrations": leaves, "rows": {label: found for label, found in rows.items() if found}, "files": files}


def archived() -> list[Path]:
    return sorted(path for path in Path(settings.ARCHIVE_ROOT).rglob("*") if path.is_file())


def main(target: str) -> None:
    call_command("migrate", verbosity=0)
    with (
        clock.held_at(MONDAY),
        patch("himpun.documents.work.render", typed_paper),
        patch("himpun.documents.work.with_pictures", lambda *given: given[-1]),
    ):
        publish()
        fill_sample()
        with clock.held_at(MONDAY + timedelta(days=1)):
            fill_small()
            fill_later()
    text = json.dumps(everything(), cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
    Path(target).write_bytes(gzip.compress(text.encode(), mtime=0))


main(sys.argv[1])
