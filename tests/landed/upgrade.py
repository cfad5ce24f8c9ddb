"""A filled database of a landed version brought to today's, and looked at: `python -m tests.landed.upgrade NAME [by-steps]`.

The snapshots beside this file were made by the versions themselves (`scripts.old_offices`). What is looked at comes from
their rows and from what their recaps say in words, not from what the migrations think. Prints, as JSON, what stands in
the tables afterwards; anything lost ends it with the sentence.
"""

# ruff: noqa: E402 - Django is set up before its models are imported
import base64
import gzip
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import django

django.setup()

from django.apps import apps
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.test.utils import setup_test_environment
from django.urls import reverse

from himpun import clock
from himpun.archive import files
from himpun.archive.sealing import seal_existing
from himpun.archive.verify import verify
from himpun.cycles.actions import start_cycle
from himpun.cycles.models import Cycle
from himpun.documents.models import DocumentVersion
from himpun.indicators.measured.keeping import value_text
from himpun.indicators.models.dictionary import Indicator, Variable
from himpun.indicators.models.figures import Correction, Figure
from himpun.indicators.models.recaps import Recap, RecapLine
from himpun.indicators.models.requests import DataRequest
from himpun.measure.periods import Period
from himpun.offices.models.offices import Office
from himpun.reports.recap.recap import recap_of
from tests.cast import MECHANISM, MONDAY, Cast, later
from tests.conftest import typed_paper
from tests.landed.upgrade_order import ORDER

HERE = Path(__file__).parent
FILLED_IN = {("indicators.Variable", "element_id"), ("indicators.Indicator", "used_at")}
"""Columns of old rows that an upgrade may fill where they were blank."""
RENAMED = {("notifications.Message", "path"): "place"}
"""Columns that have another name now and say the same."""
WAITING = 1000
"""The key of what is signed and not issued."""
Snapshot = Mapping[str, Any]


def snapshot(name: str) -> Snapshot:
    found: Snapshot = json.loads(gzip.decompress((HERE / f"{name}.json.gz").read_bytes()))
    return found


# --- the old database, and the way up -------------------------------------------------------------------------------


def migrate_to(leaves: list[list[str]] | None) -> Any:
    """Migrate to these last migrations, or to the newest; the models of that state."""
    executor = MigrationExecutor(connection)
    targets = [(app, name) for app, name in leaves] if leaves else executor.loader.graph.leaf_nodes()
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


def restore(old: Snapshot) -> None:
    """The old schema by its own migrations, the old rows in it, the old files in the archive."""
    models = migrate_to(old["migrations"])
    with transaction.atomic():
        if connection.vendor == "sqlite":
            connection.cursor().execute("PRAGMA defer_foreign_keys = ON")
        for label, rows in old["rows"].items():
            model = models.get_model(label)
            fields = {field.attname: field for field in model._meta.concrete_fields}
            made = (model(**{name: fields[name].to_python(value) for name, value in row.items()}) for row in rows)
            model._base_manager.bulk_create(list(made))
        _leave_one_unissued(models)
        if connection.vendor == "postgresql":
            _move_sequences(models)
    for packed in old["files"].values():
        content = base64.b64decode(packed)
        files.file_of(_name(content)).parent.mkdir(parents=True, exist_ok=True)
        files.file_of(_name(content)).write_bytes(content)


def _leave_one_unissued(models: Any) -> None:
    """Another document like the signed one, whose issued file was still to be made when the old version was stopped."""
    approvals = models.get_model("documents.Approval")._base_manager
    signed = approvals.filter(kind="tanda-tangan").earliest("pk")
    document, version = signed.version.document, signed.version
    document.pk, document.token = WAITING, "menunggu-terbit"
    version.pk, version.document_id, version.signed_sha256 = WAITING, WAITING, ""
    signed.pk, signed.version_id = WAITING, WAITING
    if hasattr(version, "unissued"):
        version.unissued = True
    for row in (document, version, signed):
        row.save(force_insert=True)


def _name(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _move_sequences(models: Any) -> None:
    statements = connection.ops.sequence_reset_sql(no_style(), models.get_models(include_auto_created=True))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


# --- what must stand ------------------------------------------------------------------------------------------------


def as_json(rows: Any) -> Any:
    return json.loads(json.dumps(list(rows), cls=DjangoJSONEncoder))


def check_rows(old: Snapshot) -> None:
    """Every old row is there, every old column says the same."""
    for label, rows in old["rows"].items():
        model = apps.get_model(label)
        now = {row[model._meta.pk.attname]: row for row in as_json(model._base_manager.values())}
        for row in rows:
            kept = now[row[model._meta.pk.attname]]
            for name, value in row.items():
                filled = value is None and (label, name) in FILLED_IN
                kept_as = RENAMED.get((label, name), name)
                same = kept[kept_as] == value or _same_number(kept[kept_as], value)
                assert filled or same, f"{label} {row}: {name} is now {kept[kept_as]!r}"


def _same_number(one: Any, other: Any) -> bool:
    try:
        return float(one) == float(other)
    except (TypeError, ValueError):
        return False


def counting_lines() -> Iterator[tuple[Recap, RecapLine]]:
    """The lines of the newest recap of every office and period that counts."""
    newest: dict[tuple[int, str], Recap] = {}
    for recap in Recap.objects.filter(withdrawn_at__isnull=True).select_related("office").order_by("round"):
        newest[recap.office_id, recap.period] = recap
    for recap in newest.values():
        for line in recap.lines.select_related("indicator"):
            yield recap, line


def check_figures() -> int:
    """What every counting recap says in words is in force as a frozen figure; how many."""
    corrected = set(Correction.objects.filter(state="disetujui").values_list("figure_id", flat=True))
    seen = 0
    for recap, line in counting_lines():
        for told in line.frozen["variabel"]:
            period = Period.parse(line.frozen["periode"])
            at = Figure.objects.filter(
                office=recap.office,
                element__code=f"{line.frozen['kode']}.{told['nama']}",
                unit__title=told.get("unit", line.frozen["unit"]),
            ).of(period)
            figure = at.filter(current=True).first()
            if not told["nilai"]:
                assert figure is None, f"{line}: blank in its recap, {figure} in force"
                continue
            shown = value_text(figure.number, figure.text) if figure else ""
            was_corrected = at.filter(pk__in=corrected).exists()
            assert figure is not None, f"{line} {told}: no figure in force"
            assert figure.frozen, f"{line} {told}: not frozen"
            assert was_corrected or shown == told["nilai"], f"{line} {told}: {shown} in force"
            seen += 1
    return seen


def check_recaps() -> None:
    """The live recap of every frozen period says what the frozen one says."""
    corrected = {
        correction.figure.variable.indicator.code
        for correction in Correction.objects.filter(state="disetujui").select_related("figure__variable__indicator")
    }
    live: dict[tuple[int, str], Any] = {}
    for recap, line in counting_lines():
        key = (recap.office_id, recap.period)
        if key not in live:
            live[key] = {row.indicator.code: row for row in recap_of(recap.office, Period.parse(recap.period)).rows}
        row = live[key][line.frozen["kode"]]
        if line.frozen["kode"] in corrected:
            continue
        assert row.actual == line.frozen["realisasi_tampil"] or not line.frozen["realisasi"], f"{line}: {row.actual}"
        assert not row.measured.provisional, f"{line} is provisional"


def check_unissued() -> None:
    """What is signed and not issued is found by its mark, and nothing else is."""
    assert list(DocumentVersion.objects.filter(unissued=True).values_list("pk", flat=True)) == [WAITING]


def check_definitions() -> None:
    """What figures were asked by is used, and every variable has its element."""
    assert not Variable.objects.filter(element=None).exists()
    assert not Indicator.objects.filter(lines__isnull=False, used_at=None).exists()
    ended = DataRequest.objects.filter(origin__startswith="cycle:", withdrawn_at__isnull=False)
    assert ended.exists(), "the cancelled run is not marked on its requests"
    assert not Figure.objects.current().filter(
        source__in=[f"request:{pk}" for pk in ended.values_list("pk", flat=True)]
    )


def check_pages() -> None:
    """The pages of old things open and show their numbers."""
    for office in Office.objects.filter(posts__role="kepala").distinct():
        browser = Client()
        browser.force_login(Cast(office).kepala, backend="allauth.account.auth_backends.AuthenticationBackend")
        for recap in Recap.objects.filter(office=office):
            page = _page(browser, reverse("recap", args=[recap.pk]))
            for line in recap.lines.all():
                assert line.frozen["capaian"]["tampil"] in page, f"{recap}: {line}"
        request = DataRequest.objects.filter(office=office, submitted_at__isnull=False).first()
        assert request
        _page(browser, reverse("request", args=[request.pk]))
        figure = Figure.objects.current().filter(office=office).first()
        assert figure
        _page(browser, reverse("figure", args=[figure.pk]))


def _page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code} {answer.headers.get('Location')}"
    return answer.content.decode()


def check_next_quarter() -> None:
    """The sample office runs its next quarter to the frozen recap; the open run of the small one goes on."""
    with (
        later(days=80),
        patch("himpun.documents.work.render", typed_paper),
        patch("himpun.documents.work.with_pictures", lambda content: content),
    ):
        cast = Cast(Office.objects.get(code="kec-contoh"))
        run = start_cycle(office=cast.office, key=MECHANISM, period="2026-TW4", by=cast.kasubbag)
        cast.run_mechanism(run)
        assert Recap.objects.get(origin=run.subject).finished_at
        small = Cast(Office.objects.get(code="kec-kecil"))
        open_run = small.office.requests.filter(period="2026-TW3").latest("pk").origin
        for request in DataRequest.objects.filter(origin=open_run, state__in=DataRequest.OPEN):
            small.answer(request)
        run = Cycle.objects.get(pk=int(open_run.partition(":")[2]))
        small.decide(run, "sampaikan")
        small.decide(run, "bekukan")
        told = [line.frozen["realisasi"] for line in Recap.objects.get(origin=open_run).lines.all()]
        assert all(told), told


def everything() -> dict[str, Any]:
    """All rows of today's tables."""
    left_out = {"contenttypes", "auth", "sessions"}
    return {
        model._meta.label: as_json(model._base_manager.order_by("pk").values())
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in left_out and model._meta.managed
    }


def look_at(old: Snapshot) -> int:
    """Everything that must stand after an upgrade; how many figures the recaps tell of."""
    setup_test_environment()
    with clock.held_at(MONDAY), later(days=2):
        check_rows(old)
        check_unissued()
        seal_existing()  # as `himpun setup` does after the migrations
        check_definitions()
        seen = check_figures()
        check_recaps()
        check_pages()
        assert verify().faults == [], verify().faults
        check_next_quarter()
        assert verify().faults == [], verify().faults
    return seen


def main(name: str, way: str = "") -> None:
    old = snapshot(name)
    restore(old)
    if way == "by-steps":
        for later_version in ORDER[ORDER.index(name) + 1 :]:
            migrate_to(snapshot(later_version)["migrations"])
    migrate_to(None)
    rows = everything()
    print(json.dumps({"figures": 0 if way == "by-steps" else look_at(old), "rows": rows}))


if __name__ == "__main__":
    main(*sys.argv[1:])
