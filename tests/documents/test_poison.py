"""Typed text is never a type, and a document that cannot be rendered costs itself, not the others and not the service."""

import copy
import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from himpun import clock, typesetting
from himpun.archive.journal import act
from himpun.archive.models import Record
from himpun.documents import work
from himpun.documents.actions import make_document
from himpun.documents.models import Document
from himpun.documents.pictures import as_svg, drawn_later, with_pictures
from himpun.documents.rendering import TooMuch, render
from himpun.documents.work import StillFailing, ensure_rendered, render_waiting
from himpun.indicators.measured.charts import Bar, achievement_bars
from himpun.jobs.bounded import Bounded, JobStopped
from himpun.notifications.models import Message
from himpun.offices.acting import capacities
from tests.cast import Cast, later
from tests.documents.samples import SAMPLES, ten_page_data_kinerja

MADE_AT = datetime(2026, 11, 23, 2, 14, tzinfo=UTC)
ENDLESS = {"data": {"sequence": {"start": 0, "stop": 1e9}}, "mark": "bar", "encoding": {"x": {"field": "data"}}}
POISON = "vega-lite:" + json.dumps(ENDLESS)


def sample(template: str) -> dict[str, Any]:
    return copy.deepcopy(dict(SAMPLES[template]["short"]()))


def every_text(value: Any, text: str, key: str = "") -> Any:
    """The same content, each free text of it replaced."""
    if isinstance(value, Mapping):
        return {name: every_text(one, text, name) for name, one in value.items()}
    if isinstance(value, list):
        return [every_text(one, text, key) for one in value]
    return text if isinstance(value, str) and key in FREE else value


FREE = {"text", "analysis", "note", "cause", "follow_up", "name", "title", "reason", "alt", "subject", "value"}


@pytest.mark.parametrize("template", SAMPLES)
def test_no_typed_text_of_any_document_is_taken_for_a_chart(template: str) -> None:
    """The prefix of old stored charts, and the shape of the new ones, in every text that somebody types."""
    for typed in (POISON, json.dumps(drawn_later(ENDLESS))):
        content = every_text(sample(template), typed)
        assert with_pictures(template, content) == content


def test_a_narrative_that_begins_like_a_chart_is_printed() -> None:
    content = sample("data_kinerja")
    content["chapters"][0]["sections"][0]["text"] = POISON
    assert render("data_kinerja", with_pictures("data_kinerja", content), made_at=MADE_AT).startswith(b"%PDF")


def test_charts_stored_before_there_were_drawings_give_the_same_bytes() -> None:
    spec = achievement_bars([Bar("IKM", None), Bar("<b> & 'x'", None)])
    old = "vega-lite:" + json.dumps(spec, sort_keys=True, ensure_ascii=False)
    made = []
    for svg in (old, drawn_later(spec), json.loads(json.dumps(drawn_later(spec)))):
        content = sample("rekap_capaian") | {"charts": [{"title": "G", "alt": "x", "svg": svg}]}
        made.append(render("rekap_capaian", with_pictures("rekap_capaian", content), made_at=MADE_AT))
    assert made[0] == made[1] == made[2]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bounded]:
    """The same children as always, with less time."""
    setting = Bounded("himpun.typesetting", seconds=3.0, megabytes=typesetting.MEGABYTES, at_most=1)
    monkeypatch.setattr(typesetting, "SETTING", setting)
    yield setting
    setting.close()


@pytest.mark.processes
def test_a_chart_without_end_ends_alone(impatient: Bounded) -> None:
    began = time.monotonic()
    with pytest.raises(JobStopped):
        as_svg(ENDLESS)
    assert time.monotonic() - began < 20
    impatient.seconds = 30.0  # the next child has its ordinary time
    assert as_svg(achievement_bars([])).startswith(b"<svg")


@pytest.mark.processes
def test_a_text_without_end_ends_alone(impatient: Bounded) -> None:
    """What slipped past every limit of length is stopped by the clock."""
    impatient.seconds = 0.02
    with pytest.raises(TooMuch, match="terlalu lama"):
        render("data_kinerja", ten_page_data_kinerja(), made_at=MADE_AT)
    impatient.seconds = 30.0
    assert render("tanda_terima", sample("tanda_terima"), made_at=MADE_AT)


# --- failures are counted, put off and told --------------------------------------------------------------------------


@pytest.fixture
def poisoned(small: Cast, monkeypatch: pytest.MonkeyPatch) -> tuple[Document, Document]:
    """A document whose rendering is stopped, and a later one that is sound."""

    def rendered(kind: str, content: Mapping[str, Any], *, made_at: datetime) -> bytes:
        if content.get("racun"):
            raise TooMuch(kind, "terlalu lama")
        return b"%PDF-1.7 " + json.dumps(content).encode()

    monkeypatch.setattr(work, "render", rendered)
    actor = capacities(small.analis, clock.today())[0]
    made = []
    with act(small.office.code, at=clock.now(), author=actor.author) as turn:
        for content in ({"racun": True}, {"sehat": True}):
            made.append(
                make_document(
                    turn,
                    office=small.office,
                    kind="data_kinerja",
                    title="Data",
                    subject="x:1",
                    content=content,
                    actor=actor,
                )
            )
    return made[0], made[1]


def test_one_poisoned_document_costs_the_others_nothing(poisoned: tuple[Document, Document]) -> None:
    bad, good = poisoned
    assert render_waiting() == 1
    assert good.latest.file_sha256
    assert (bad.latest.failures, bad.latest.file_sha256) == (1, "")


def test_it_is_not_tried_again_before_its_time_and_then_less_and_less_often(
    poisoned: tuple[Document, Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, _ = poisoned
    render_waiting()
    render_waiting()
    assert bad.latest.failures == 1
    with pytest.raises(StillFailing, match=r"sudah 1 kali gagal dibuat.*Perpendek teks"):
        ensure_rendered(bad.latest)
    with later(minutes=2):
        render_waiting()
        assert bad.latest.failures == 2
    with later(minutes=3):
        render_waiting()
        assert bad.latest.failures == 2, "the second wait is twice as long"
    with later(days=9):
        render_waiting()
        monkeypatch.setattr(work, "render", lambda *_, **__: b"%PDF-1.7 sembuh")
        with later(days=10):
            assert render_waiting() == 1
    assert (bad.latest.failures, bad.latest.failure, bad.latest.retry_at) == (0, "", None)


def test_the_office_is_told_once_and_the_journal_knows(poisoned: tuple[Document, Document]) -> None:
    bad, _ = poisoned
    for day in range(5):
        with later(days=day):
            render_waiting()
    assert Record.objects.filter(act="documents:version:failed").count() == 1
    told = Message.objects.filter(place=f"document:{bad.pk}")
    assert told.count() == told.values("post").distinct().count() >= 1
    assert all("gagal dibuat" in message.text for message in told)


def test_its_page_opens_and_says_why(poisoned: tuple[Document, Document], small: Cast) -> None:
    bad, good = poisoned
    client = Client()
    client.force_login(small.analis)
    page = client.get(f"/dokumen/{bad.pk}/")
    assert page.status_code == 200
    assert "tidak dapat dibuat: terlalu lama" in page.content.decode()
    assert "<object" in client.get(f"/dokumen/{good.pk}/").content.decode()
    assert client.get(f"/dokumen/versi/{bad.latest.pk}.pdf").status_code == 503
