"""What pages say of corrected figures, where a recap leads, one analysis for several indicators, and a frozen recap's files."""

import io

import pytest
from python_calamine import CalamineWorkbook

from himpun.cycles.models import Cycle
from himpun.cycles.queries import results_of
from himpun.cycles.steps import answers
from himpun.indicators.models.figures import Correction
from himpun.indicators.models.recaps import Recap
from himpun.indicators.recaps.freezing import lacks_analysis
from himpun.indicators.requests.filling import save_line
from himpun.indicators.requests.reviewing import lines_of
from tests.cast import MONDAY, PERIOD, Cast, found_office, later
from tests.cycles.test_correcting import correct, finished_and_corrected
from tests.documents.test_rendering import text_of
from tests.reports.figures import freeze
from tests.scenes import once
from tests.web.test_pages import screen
from tests.web.test_reports import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle(small: Cast) -> Cycle:
    return once(finished_and_corrected, small)


@pytest.fixture
def five(small: Cast) -> Cast:
    """An office of five units beside the small one."""
    return once(office_of_five)


def office_of_five() -> Cast:
    return found_office("kec-lima", units=5)


def recap_of(cycle: Cycle) -> Recap:
    return Recap.objects.get(origin=f"cycle:{Cycle.objects.get(parent__cycle=cycle).pk}")


# --- which figure is official -----------------------------------------------------------------------------------------


def test_the_cycle_the_recap_and_the_document_say_which_figure_is_official_and_offer_the_corrected_document(
    small: Cast, cycle: Cycle
) -> None:
    number = small.draft(cycle).number
    for page in (f"/siklus/{cycle.pk}/", f"/rekap/{recap_of(cycle).pk}/", f"/dokumen/{small.draft(cycle).pk}/"):
        said = text(screen(small.umum).get(page))
        assert "yang resmi <strong>8</strong>, di sini masih 7" in said, page
        assert "Terbitkan dokumen perbaikan" in said, page
        assert f"Nomor {number} tetap tersimpan" in said, page
        to_others = text(screen(small.kepala).get(page))
        assert "Terbitkan dokumen perbaikan" not in to_others
        assert "Dokumen perbaikan dapat diterbitkan oleh" in to_others


def test_issuing_it_leads_to_the_step_that_mends_the_document_and_every_page_names_what_replaced_it(
    small: Cast, cycle: Cycle
) -> None:
    with later(days=2):
        answer = screen(small.umum).post(f"/siklus/{cycle.pk}/perbaikan/")
        anew = Cycle.objects.get(corrects=cycle)
        assert answer.headers["Location"] == f"/siklus/{anew.pk}/"
        page = text(screen(small.analis).get(f"/siklus/{anew.pk}/"))
        assert "dokumen perbaikan dari" in page
        assert f'href="/rekap/{Recap.objects.get(origin=anew.subject).pk}/"' in page
        assert page.count("Tidak diulang") == 5
        assert "sedang disusun" in text(screen(small.umum).get(f"/siklus/{cycle.pk}/"))

        for decision in ("selesai", "paraf", "paraf"):
            small.approve(anew, decision)
        small.sign(anew)
        replaced = text(screen(small.kepala).get(f"/dokumen/{small.draft(cycle).pk}/"))
        assert f"nomor {small.draft(anew).number}" in replaced
        public = text(screen(small.kepala).get(f"/v/{small.draft(cycle).token}/"))
        assert "telah terbit dokumen yang lebih baru" in public


def test_the_correction_names_the_official_figure_and_the_recaps_that_hold_the_old_one(
    small: Cast, cycle: Cycle
) -> None:
    said = text(screen(small.analis).get(f"/koreksi/{Correction.objects.get().pk}/"))

    assert "berlaku sekarang: <strong>8</strong>" in said
    assert f'<a href="/rekap/{recap_of(cycle).pk}/">Triwulan III 2026</a>' in said


def test_a_second_press_is_refused_with_the_reason(small: Cast, cycle: Cycle) -> None:
    with later(days=2):
        screen(small.umum).post(f"/siklus/{cycle.pk}/perbaikan/")
        answer = screen(small.umum).post(f"/siklus/{cycle.pk}/perbaikan/")

    assert answer.status_code == 409
    assert "perbaikannya belum disusun" in text(answer)
    assert Cycle.objects.filter(corrects=cycle).count() == 1


def test_before_anything_is_signed_the_recap_says_what_to_do_with_the_draft(small: Cast) -> None:
    cycle = small.to_step_4()
    with later(days=1):
        correct(small, "8")
    said = text(screen(small.umum).get(f"/rekap/{recap_of(cycle).pk}/"))

    assert "Naskah yang disusun dari rekap ini belum ditandatangani" in said
    assert "Terbitkan dokumen perbaikan" not in said


# --- the way back -----------------------------------------------------------------------------------------------------


def test_the_recap_leads_back_to_the_step_that_waits(small: Cast) -> None:
    cycle = small.to_step_3()
    child = small.child(cycle)
    small.to_collecting(child)
    small.answer_all(child)
    small.decide(child, "sampaikan")
    small.decide(child, "bekukan")
    page = f"/rekap/{Recap.objects.get(origin=child.subject).pk}/"

    mine = text(screen(small.kasubbag).get(page))
    assert "Langkah 6 menunggu Anda" in mine
    assert f'href="/siklus/{child.pk}/#langkah"' in mine
    assert "Langkah 6 menunggu Kasubbag Perencanaan" in text(screen(small.kepala).get(page))

    small.analyse(child)
    small.decide(child, "selesai")
    assert "Langkah 3 menunggu Anda" in text(screen(small.analis).get(page)), "the step of the run that awaited it"


def test_the_recap_of_what_has_ended_names_its_cycle(small: Cast) -> None:
    cycle = small.finish()
    said = text(screen(small.analis).get(f"/rekap/{recap_of(cycle).pk}/"))

    assert f'Rekap ini bagian dari <a href="/siklus/{cycle.pk}/#langkah">' not in said
    assert f'Rekap ini bagian dari <a href="/siklus/{cycle.pk}/">' in said
    assert results_of(cycle, small.analis, MONDAY.date())


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_frozen_recap_is_offered_as_the_files_of_the_live_one_with_the_figures_it_was_frozen_with(
    small: Cast, cycle: Cycle
) -> None:
    recap, client = recap_of(cycle), screen(small.analis)
    page = text(client.get(f"/rekap/{recap.pk}/"))
    for kind in ("pdf", "xlsx", "csv"):
        assert f'href="/rekap/{recap.pk}/rekap.{kind}"' in page

    csv = client.get(f"/rekap/{recap.pk}/rekap.csv").content.decode("utf-8-sig")
    assert (
        "IKU-01;Persentase layanan Kepala Seksi 1;%;Kepala Seksi 1;80;77,78;97,22;Sangat Tinggi;tetap, dikoreksi" in csv
    )
    assert f"SHA-256 {recap.digest}" in csv
    assert "1 angka dikoreksi sesudahnya dan belum termuat di sini" in csv
    assert "88,89" not in csv

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"/rekap/{recap.pk}/rekap.xlsx").content))
    assert 77.78 in [cell for row in sheet.get_sheet_by_index(0).to_python() for cell in row]

    paper = text_of(client.get(f"/rekap/{recap.pk}/rekap.pdf").content)
    assert "77,78" in paper
    assert "Satu desa terlewat" in paper


def test_the_files_of_another_office_are_not_found(small: Cast, neighbour: Cast, cycle: Cycle) -> None:
    for kind in ("pdf", "xlsx", "csv"):
        assert screen(neighbour.analis).get(f"/rekap/{recap_of(cycle).pk}/rekap.{kind}").status_code == 404


# --- analysis ---------------------------------------------------------------------------------------------------------


def frozen_with_gaps(cast: Cast) -> Recap:
    """A quarter in which the first unit said nihil, the second was excused, and two others fell short."""
    cycle = cast.start("permintaan-data")
    cast.to_collecting(cycle)
    first, second, *others = cast.requests(cycle)
    for line in lines_of(first):
        save_line(line_id=line.pk, by=cast.holder(first.unit), nihil=True, nihil_reason="Tidak ada layanan")
    answers.answer_request(request=first, by=cast.holder(first.unit))
    answers.excuse_unit(request=second, reason="Kantor terendam banjir", by=cast.umum)
    for request in others:
        cast.answer(request)
    cast.decide(cycle, "sampaikan")
    cast.decide(cycle, "bekukan")
    return Recap.objects.get(origin=cycle.subject)


def test_nihil_and_excused_units_missed_nothing(five: Cast) -> None:
    recap = frozen_with_gaps(five)
    shown = {line.frozen["kode"]: line.frozen["capaian"]["tampil"] for line in recap.lines.all()}

    assert (shown["IKU-01"], shown["IKU-02"]) == ("nihil", "dikecualikan")
    assert [line.frozen["kode"] for line in recap.lines.all() if lacks_analysis(line)] == ["IKU-03", "IKU-04", "IKU-05"]
    page = text(screen(five.kasubbag).get(f"/rekap/{recap.pk}/"))
    assert "3 indikator belum mencapai target" in page
    assert "Unit dikecualikan: Kantor terendam banjir" in page
    assert "dari 3</span>" in page


def test_one_analysis_serves_the_indicators_that_are_ticked(five: Cast) -> None:
    recap = frozen_with_gaps(five)
    by_code = {line.frozen["kode"]: line for line in recap.lines.all()}
    client = screen(five.kasubbag)
    page = f"/rekap/baris/{by_code['IKU-03'].pk}/"
    offered = text(client.get(page))
    assert offered.count('name="also"') == 2

    too_long = client.post(page, {"cause": "x" * 9000, "follow_up": "", "also": str(by_code["IKU-05"].pk)})
    assert too_long.status_code == 422
    assert f'value="{by_code["IKU-05"].pk}"' in text(too_long)

    given = {
        "cause": "Jembatan putus",
        "follow_up": "Diperbaiki Dinas PU",
        "also": [str(by_code["IKU-05"].pk), "0", "x"],
    }
    client.post(page, given)

    written = {line.frozen["kode"]: line.cause for line in recap.lines.all()}
    assert (written["IKU-03"], written["IKU-05"], written["IKU-04"]) == ("Jembatan putus", "Jembatan putus", "")


def test_an_analysis_reaches_no_line_of_another_recap(five: Cast) -> None:
    august = freeze(five, "2026-08")
    recap = frozen_with_gaps(five)
    mine = recap.lines.get(indicator__code="IKU-03")
    theirs = august.lines.get(indicator__code="IKU-03")
    before = theirs.cause
    screen(five.kasubbag).post(
        f"/rekap/baris/{mine.pk}/", {"cause": "Satu", "follow_up": "Dua", "also": str(theirs.pk)}
    )

    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.cause, theirs.cause) == ("Satu", before)
    assert recap.period == PERIOD
