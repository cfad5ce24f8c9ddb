"""The same judgement at every door: nothing that does not show is a reason, no text is without end, no year is absurd."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from himpun import clock
from himpun.cycles import actions as cycles
from himpun.cycles.deadlines.final import end_of_day
from himpun.cycles.deadlines.pauses import pause_cycle
from himpun.cycles.steps import answers
from himpun.errors import FieldErrors, Refusal
from himpun.indicators.requests.filling import save_line
from himpun.letters.actions import register_letter
from himpun.letters.models import Letter
from himpun.offices.actions import days as offices
from himpun.offices.holdings.appointments import begin_holding
from himpun.offices.models.holdings import Holding
from himpun.procedures import drafts
from tests.cast import Cast

NOTHING = "\u3164\u2800\u200b\ufe0f\u00ad\u00a0\U000e0041\u202e"
HEAP = "a" + "\u0301" * 20_000
ABSURD = [date(1, 1, 1), date(1900, 1, 1), date(2099, 1, 1), date(9999, 12, 31)]


def screen(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def running(small: Cast) -> tuple[Cast, Any]:
    child = small.child(small.to_step_3())
    small.to_collecting(child)
    return small, child


def test_a_reason_that_does_not_show_is_none_anywhere(running: tuple[Cast, Any]) -> None:
    small, child = running
    asked, other = small.requests(child)[:2]
    small.answer(asked)
    cycle = child.parent.cycle
    for reason, said in ((NOTHING, "(?i)tulis"), (HEAP[:400], "bertumpuk"), ("x" * 501, "paling banyak 500")):
        acts: list[Callable[[], Any]] = [
            lambda: answers.return_answer(request=asked, reason=reason, by=small.umum),  # noqa: B023
            lambda: answers.excuse_unit(request=other, reason=reason, by=small.umum),  # noqa: B023
            lambda: cycles.cancel_cycle(cycle=cycle, reason=reason, by=small.kepala),  # noqa: B023
            lambda: pause_cycle(cycle=cycle, reason=reason, by=small.kepala),  # noqa: B023
        ]
        for act in acts:
            with pytest.raises(FieldErrors, match=said):
                act()


def test_a_draft_keeps_what_was_typed_and_a_return_needs_a_reason_that_shows(small: Cast) -> None:
    cycle = small.to_step_4()
    small.decide(cycle, "terima")
    sections = {"analisis": HEAP, "penutup": "z" * 20_001, "reason": "ubah", "based_on": "1"}
    page = screen(small.holder(small.open_task(cycle).post)).post(reverse("draft", args=[cycle.pk]), sections)
    text = page.content.decode()
    assert page.status_code == 422
    assert "Terlalu panjang: 20.001 huruf, paling banyak 20.000." in text
    assert "z" * 20_001 in text

    small.decide(cycle, "sudah baik")
    task = small.open_task(cycle)
    page = screen(small.holder(task.post)).post(
        reverse("decide", args=[task.pk]), {"decision": "kembalikan", "reason": NOTHING}
    )
    assert page.status_code == 422
    assert "Tulis alasan mengapa" in page.content.decode()


def test_a_note_beside_a_figure_has_an_end_told_at_the_note(running: tuple[Cast, Any]) -> None:
    small, child = running
    asked = next(one for one in small.requests(child) if one.is_open and one.lines.exists())
    line, unit = asked.lines.earliest("pk"), small.holder(asked.unit)
    with pytest.raises(FieldErrors) as refused:
        save_line(line_id=line.pk, by=unit, note="n" * 2_001, nihil_reason="r" * 301, explanation=HEAP[:500])
    assert set(refused.value.fields) == {"note", "nihil_reason", "explanation"}

    page = screen(unit).post(reverse("line_save", args=[line.pk]), {f"note-{line.pk}": "n" * 2_001})
    told = " ".join(page.content.decode().split())
    assert f'id="note-error-{line.pk}" hx-swap-oob="true">Terlalu panjang: 2.001 huruf' in told
    whole = screen(unit).post(reverse("request_submit", args=[asked.pk]), {f"note-{line.pk}": "n" * 2_001})
    assert "n" * 2_001 in whole.content.decode()
    assert "Terlalu panjang: 2.001 huruf" in whole.content.decode()


@pytest.mark.parametrize("day", ABSURD)
def test_a_letter_is_of_no_absurd_year(small: Cast, day: date) -> None:
    fields = {
        "number": "1",
        "sender": "Bupati",
        "subject": "Data",
        "received_on": clock.today(),
        "dated": clock.today(),
    }
    for name in ("dated", "received_on"):
        with pytest.raises(FieldErrors) as refused:
            register_letter(office=small.office, fields=fields | {name: day}, by=small.umum)
        assert name in refused.value.fields
    with pytest.raises(FieldErrors, match="Isi asal surat"):
        register_letter(office=small.office, fields=fields | {"sender": NOTHING}, by=small.umum)
    assert not Letter.objects.exists()


@pytest.mark.parametrize("day", ABSURD)
def test_nothing_else_is_of_an_absurd_year(small: Cast, day: date) -> None:
    post, person = small.post_of_unit(0), small.analis
    acts: list[Callable[[], Any]] = [
        lambda: begin_holding(post=post, person=person, kind="Plt", since=day, until=day, letter="SK 1", by=small.umum),
        lambda: offices.add_holiday(office=small.office, day=day, kind="daerah", name="X", source="Y", by=small.umum),
        lambda: drafts.submit(text="x = 1", office=small.office, in_force_from=day, by=small.kasubbag),
        lambda: cycles.start_cycle(
            office=small.office, key="pengumpulan_data_kinerja", period=f"{day.year:04}-TW1", by=small.umum
        ),
        lambda: end_of_day(small.office, day),
    ]
    held = Holding.objects.count()
    for act in acts:
        with pytest.raises(Refusal) as refused:
            act()
        assert "ahun" in str(refused.value), (act, refused.value)
    assert Holding.objects.count() == held


def test_a_page_takes_no_text_without_end_through_any_field(small: Cast) -> None:
    """Whatever field it is, and whichever page: before anything is read or changed."""
    page = screen(small.umum).post(reverse("choose_office"), {"apa saja": "x" * 2_000_001})
    assert page.status_code == 413
    assert "2.000.000 huruf" in page.content.decode()


def test_a_note_of_twenty_thousand_marks_is_told_at_the_note(small: Cast) -> None:
    cycle = small.start()
    page = screen(small.kepala).post(
        reverse("decide", args=[small.open_task(cycle).pk]), {"decision": "disposisi", "note": HEAP[:1_500]}
    )
    text = page.content.decode()
    assert page.status_code == 422
    assert '<div class="field-error" id="err_note">Ada huruf dengan lebih dari 8 tanda bertumpuk' in text
    assert HEAP[:1_500] in text
