"""'Menunggu saya': everything that waits for a person, each with the way to it, and nothing that does not."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from himpun import clock
from himpun.cycles.models import Cycle
from himpun.cycles.reminders.sweep import nudge_by_hand
from himpun.indicators.models.figures import Correction
from himpun.indicators.models.requests import DataRequest
from himpun.indicators.requests.mail import receive
from himpun.offices.models.people import Person
from himpun.procedures.models import ProcedureDraft
from tests.cast import Cast, later
from tests.indicators.test_corrections import approve, ask
from tests.indicators.test_mail import asked, form_of, mail
from tests.reports.figures import freeze
from tests.reports.region_of_two import found_regency
from tests.web.test_pages import screen
from tests.web.test_sop_drafts import answers, submitted

__all__ = ["asked"]
pytestmark = pytest.mark.django_db


def waiting(person: Person) -> dict[str, tuple[str, str]]:
    """What stands in the list of somebody: title → path, all that is said."""
    page = screen(person).get("/").content.decode()
    section = page.partition('id="menunggu"')[2].partition("</section>")[0]
    found = {}
    for path, inner in re.findall(r'<a class="list-group-item tile"\s+href="([^"]+)">(.*?)</a>', section, re.DOTALL):
        words = " ".join(re.sub(r"<[^>]*>", " ", inner).split())
        title = re.search(r"<strong>(.*?)</strong>", inner, re.DOTALL)
        found[title[1] if title else words] = (path.replace("&amp;", "&"), words)
    return found


def titled(person: Person, begin: str) -> list[tuple[str, str]]:
    return [said for title, said in waiting(person).items() if title.startswith(begin)]


def test_a_correction_waits_for_who_may_decide_it_and_not_for_who_asked(small: Cast) -> None:
    freeze(small)
    correction = ask(small)

    ((path, said),) = titled(small.kepala, "Setujui atau tolak: koreksi")

    assert path == reverse("correction", args=[correction.pk])
    assert "7 menjadi 8" in said
    assert titled(small.sekretaris, "Setujui atau tolak: koreksi")
    asker = Correction.objects.get().asked_person
    for other in (small.analis, small.umum, asker):
        assert not titled(other, "Setujui atau tolak: koreksi")
    approve(correction, small.kepala)
    assert not titled(small.kepala, "Setujui atau tolak: koreksi")


def test_late_units_wait_to_be_reminded_once_a_day(small: Cast) -> None:
    cycle = small.to_step_3()
    child = Cycle.objects.get(parent__cycle=cycle)
    small.to_collecting(child)
    assert not titled(small.umum, "Ingatkan")

    with later(days=30):
        ((path, said),) = titled(small.umum, "Ingatkan 2 unit")
        confirmed = screen(small.umum).get(path).content.decode()
        assert not titled(small.units[0], "Ingatkan")
        first = child.tasks.filter(part=True, decided_at=None).order_by("pk").first()
        assert first is not None
        nudge_by_hand(task=first, by=small.umum)
        assert titled(small.umum, "Ingatkan 1 unit")

    assert "Kepala Seksi 1, Kepala Seksi 2" in said
    assert confirmed.count('name="tasks"') == 2


def test_a_form_that_came_by_mail_waits_for_its_unit(small: Cast, asked: DataRequest) -> None:
    receive(mail(form_of(asked)))

    unit = small.holder(asked.unit)
    ((path, said),) = titled(unit, "Periksa lembar isian")

    assert path == reverse("request", args=[asked.pk])
    assert "belum diterapkan" in said
    assert not titled(small.umum, "Periksa lembar isian")
    asked.arrivals.update(handled_at=clock.now())
    assert not titled(unit, "Periksa lembar isian")


def test_a_text_of_an_sop_waits_for_its_approval_and_comes_back_to_its_writer(small: Cast) -> None:
    draft = submitted(small, small.kasubbag)
    assert titled(small.sekretaris, "Setujui atau tolak: naskah SOP")

    assert answers(small.sekretaris, draft, "refuse", reason="Langkah 3 belum lengkap") == 302
    ((path, said),) = titled(small.kasubbag, "Perbaiki naskah SOP")

    assert path == reverse("procedure_draft", args=[draft.pk])
    assert "Langkah 3 belum lengkap" in said
    assert not titled(small.sekretaris, "Perbaiki naskah SOP")
    submitted(small, small.kasubbag)
    assert not titled(small.kasubbag, "Perbaiki naskah SOP")
    assert ProcedureDraft.objects.count() == 2


def test_a_step_that_was_sent_back_says_by_whom_and_why(small: Cast) -> None:
    cycle = small.to_step_4()
    small.decide(cycle, "terima")
    small.decide(cycle, "perlu perbaikan", reason="Grafik belum sesuai")
    task = cycle.tasks.get(decided_at=None, part=False)

    ((path, said),) = titled(small.holder(task.post), f"Langkah {task.step_no}")

    assert path == f"{reverse('cycle', args=[cycle.pk])}#langkah"
    assert "Dikembalikan" in said
    assert "Grafik belum sesuai" in said


def test_a_document_that_was_sent_waits_to_be_opened(small: Cast) -> None:
    small.finish()
    unit = small.units[0]

    ((path, _),) = titled(unit, "Buka Data Kinerja")
    screen(unit).get(path)

    assert not titled(unit, "Buka Data Kinerja")


def test_a_letter_nobody_has_followed_up_waits_for_who_begins_cycles(small: Cast) -> None:
    letter = small.letter(subject="Undangan reviu kinerja")

    assert titled(small.umum, "Tindak lanjuti surat: Undangan")[0][0] == reverse("letter", args=[letter.pk])
    assert not titled(small.units[0], "Tindak lanjuti surat")


def test_the_list_of_who_looks_after_offices_is_their_ladder(small: Cast, neighbour: Cast) -> None:
    regency = found_regency(small, neighbour)
    small.start()

    with later(days=20):
        ((path, said),) = titled(regency.supervisor, small.office.name)
        ((remind, _),) = titled(regency.supervisor, "Ingatkan 1 kantor")
        offered = screen(regency.supervisor).get(remind).content.decode()

    assert path.startswith(f"{reverse('ladder')}?kantor={small.office.code}")
    assert "terlambat" in said
    assert "Camat" in said
    assert offered.count('name="tasks"') == 1
    assert not titled(small.kepala, neighbour.office.name)


def test_the_list_costs_the_same_for_any_number_of_things(
    small: Cast, neighbour: Cast, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    regency = found_regency(small, neighbour)
    freeze(small)
    ask(small)
    for no in range(8):
        small.letter(number=f"{no}/2026")
        neighbour.letter(number=f"{no}/2026")
    for person, most in ((small.kepala, 18), (small.umum, 22), (regency.supervisor, 40)):
        browser = screen(person)
        browser.get("/")
        with later(days=20), django_assert_max_num_queries(most):
            browser.get("/")
