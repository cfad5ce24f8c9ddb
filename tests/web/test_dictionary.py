"""Pages of the dictionary and the scales: who may, what is refused, that nothing typed is lost, and what they cost."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from himpun import clock
from himpun.indicators.dictionary.saving import definition_of, marker_of
from himpun.indicators.dictionary.scales import save_scale
from himpun.indicators.figures.taking import mark_used
from himpun.indicators.models.dictionary import Indicator, Scale, Target
from himpun.measure.scoring.bounds import Row, rows_of
from himpun.measure.scoring.scale import FIVE_LEVELS, TRAFFIC_LIGHT
from himpun.spreadsheets.reading import read_book
from tests.cast import Cast, found_office
from tests.indicators.test_dictionary import VARIABLES, current, fields_of, save
from tests.web.test_pages import screen

pytestmark = pytest.mark.django_db


def form_of(cast: Cast, **changed: Any) -> dict[str, Any]:
    """The form as a browser sends it: rows as repeated names, blank rows among them."""
    fields = fields_of(cast)
    given: dict[str, Any] = {name: text for name, text in fields.items() if name != "contributors"}
    given |= {
        "code": "IKU-50",
        "year": "2026",
        "contributors": [cast.post_of_unit(1).code],
        "target-2026": "77",
        "target-2026-TW1": "",
        "check-condition": [""],
        "check-sentence": [""],
        "check-blocks": ["ya"],
    }
    rows = [*VARIABLES, {"kind": "nilai"}]
    for column in ("name", "label", "unit", "kind", "minimum", "maximum"):
        given[f"variable-{column}"] = [row.get(column, "") for row in rows]
    given |= {"variable-whole": ["tidak"] * 3, "variable-required": ["ya"] * 3}
    return {**given, **changed}


def edit_form(cast: Cast, entry: Indicator, **changed: Any) -> dict[str, Any]:
    return form_of(cast, marker=marker_of(entry), **changed)


# --- looking ---------------------------------------------------------------------------------------------------------


def test_the_list_says_how_complete_the_definitions_are(small: Cast) -> None:
    save(small)
    page = screen(small.units[0]).get("/indikator/?tahun=2026").content.decode()
    assert "1 dari 3 indikator lengkap" in page
    assert "33 %" in page
    assert "kurang" in page
    assert "Tambah indikator" not in page
    assert "Tambah indikator" in screen(small.analis).get("/indikator/?tahun=2026").content.decode()


def test_the_list_is_searched_by_words_and_unit(small: Cast) -> None:
    save(small)
    browser = screen(small.kepala)
    found = browser.get("/indikator/?tahun=2026&q=tata+kelola").content.decode()
    assert "IKU-50" in found
    assert "IKU-01" not in found
    by_unit = browser.get(f"/indikator/?tahun=2026&unit={small.post_of_unit(1).code}").content.decode()
    assert "IKU-02" in by_unit
    assert "IKU-50" in by_unit, "also where the unit only contributes"
    assert "IKU-01" not in by_unit
    assert "empty-state" in browser.get("/indikator/?tahun=2026&q=tidak-ada").content.decode()
    assert "empty-state" in browser.get("/indikator/?tahun=2031").content.decode()


def test_the_card_shows_figures_down_to_their_cells_and_the_chart(small: Cast) -> None:
    small.run_mechanism(small.child(small.to_step_3()))
    entry = current(small, "IKU-01")

    page = screen(small.units[0]).get(reverse("indicator", args=[entry.pk])).content.decode()

    assert "Hasil terbaru: Triwulan III 2026" in page
    assert "77,78" in page
    assert 'href="/angka/' in page
    assert "sudah dipakai" not in page
    picture = screen(small.units[0]).get(reverse("indicator_chart", args=[entry.pk]))
    assert picture["Content-Type"] == "image/svg+xml"
    other = screen(small.units[1]).get(reverse("indicator", args=[entry.pk])).content.decode()
    assert "77,78" in other
    assert 'href="/angka/' not in other, "cells open only for their own unit and for who sees all values"


def test_the_card_tells_versions_with_reason_and_difference(small: Cast) -> None:
    mark_used([save(small).indicator], clock.now())
    save(small, fields={"name": "Nama <b>kedua</b>"}, reason="Renstra perubahan")
    old, new = Indicator.objects.filter(code="IKU-50").order_by("version")

    page = screen(small.kepala).get(reverse("indicator", args=[new.pk])).content.decode()

    assert "2026, versi 2" in page
    assert "Renstra perubahan" in page
    assert "Nama &lt;b&gt;kedua&lt;/b&gt;" in page
    assert "<b>kedua" not in page
    assert "Buka versi yang berlaku" in screen(small.kepala).get(reverse("indicator", args=[old.pk])).content.decode()
    assert screen(small.kasubbag).get(reverse("indicator_edit", args=[old.pk])).status_code == 302


def test_nothing_of_another_office_is_shown_or_changed(small: Cast) -> None:
    entry, other = save(small).indicator, found_office("kec-lain")
    scale = save_scale(office=small.office, name="Lampu", year=2026, rows=rows_of(TRAFFIC_LIGHT), by=small.kasubbag)
    browser = screen(other.kasubbag)
    for name in ("indicator", "indicator_edit", "indicator_chart"):
        assert browser.get(reverse(name, args=[entry.pk])).status_code == 404
    assert browser.post(reverse("indicator_edit", args=[entry.pk]), form_of(small)).status_code == 404
    assert browser.post(reverse("indicator_remove", args=[entry.pk])).status_code == 404
    assert browser.get(reverse("scale_edit", args=[scale.pk])).status_code == 404
    assert browser.post(reverse("scale_default", args=[scale.pk])).status_code == 404
    assert "IKU-50" not in browser.get("/indikator/?tahun=2026").content.decode()
    assert b"IKU-50" not in browser.get("/indikator/ekspor/?bentuk=csv").content
    assert "Lampu" not in browser.get("/skala/?tahun=2026").content.decode()


@pytest.mark.parametrize("count", [3, 33])
def test_the_pages_cost_the_same_however_many_indicators(
    small: Cast, count: int, django_assert_max_num_queries: Any
) -> None:
    entry = save(small).indicator
    for number in range(count):
        save(small, f"IKU-{100 + number}", fields=fields_of(small, name=f"Nama {number}"))
    browser = screen(small.kasubbag)
    costs = {
        "/indikator/?tahun=2026": 14,
        reverse("indicator", args=[entry.pk]): 34,
        reverse("indicator_edit", args=[entry.pk]): 15,
        "/indikator/ekspor/?tahun=2026": 11,
        "/skala/?tahun=2026": 8,
    }
    for path, most in costs.items():
        with django_assert_max_num_queries(most):
            assert browser.get(path).status_code == 200


# --- changing --------------------------------------------------------------------------------------------------------


def test_an_indicator_is_added_through_the_form(small: Cast) -> None:
    answer = screen(small.analis).post("/indikator/baru/", form_of(small), follow=True)

    assert "IKU-50 ditambahkan" in answer.content.decode()
    definition = definition_of(current(small))
    assert [variable.name for variable in definition.variables] == ["hadir", "diundang"]
    assert dict(definition.targets) == {"2026": "77"}
    assert definition.contributors == (small.post_of_unit(1).code,)


def test_a_refused_form_keeps_everything_that_was_typed(small: Cast) -> None:
    typed = form_of(
        small,
        cap="80",
        definition="Ditulis panjang",
        **{"variable-label": ["Warga <hadir>", "Warga diundang", ""], "target-2026-TW1": "duapuluh"},
    )
    typed["variable-minimum"] = ["9", "x", ""]

    answer = screen(small.analis).post("/indikator/baru/", typed)
    page = answer.content.decode()

    assert answer.status_code == 422
    for kept in ("IKU-50", "Ditulis panjang", "Warga &lt;hadir&gt;", "duapuluh", 'value="80"', "hadir / diundang"):
        assert kept in page, kept
    assert "paling kecil 100" in page
    assert "tidak dapat dibaca" in page
    assert page.count('name="variable-name"') == 4, "two filled rows and two blank ones"
    assert not Indicator.objects.filter(code="IKU-50").exists()


@pytest.mark.parametrize("role", ["kepala", "kasubbag-umum", "unit"])
def test_who_may_not_change_is_told_and_changes_nothing(small: Cast, role: str) -> None:
    entry = save(small).indicator
    person = small.units[0] if role == "unit" else small.by_role(role)
    browser = screen(person)
    page = browser.get(reverse("indicator_edit", args=[entry.pk])).content.decode()
    assert "hanya dapat dilihat" in page
    answer = browser.post(reverse("indicator_edit", args=[entry.pk]), edit_form(small, entry, name="Diubah"))
    assert answer.status_code == 403
    assert "tidak memangku jabatan yang berwenang" in answer.content.decode()
    assert "Diubah" in answer.content.decode()
    assert current(small).name == fields_of(small)["name"]
    for path in ("/indikator/salin/", "/indikator/impor/", "/skala/baru/"):
        form = {
            "from_year": "2026",
            "to_year": "2027",
            "files": SimpleUploadedFile("i.csv", b"Kode;Tahun\nIKU-01;2026\n"),
        }
        assert browser.post(path, {**form, "name": "Skala", "year": "2026"}).status_code == 422
    assert not Scale.objects.exists()


def test_a_used_definition_asks_for_the_reason_and_becomes_a_version(small: Cast) -> None:
    mark_used([save(small).indicator], clock.now())
    entry, browser = current(small), screen(small.kasubbag)
    path = reverse("indicator_edit", args=[entry.pk])
    assert "versi 2" in browser.get(path).content.decode()

    refused = browser.post(path, edit_form(small, entry, name="Nama kedua"))
    assert refused.status_code == 422
    assert "Tulis alasan perubahannya" in refused.content.decode()
    assert "Nama kedua" in refused.content.decode()
    saved = browser.post(path, edit_form(small, entry, name="Nama kedua", reason="Renstra perubahan"), follow=True)

    assert "kini versi 2" in saved.content.decode()
    assert current(small).change_reason == "Renstra perubahan"


def test_targets_are_changed_without_a_reason_and_a_text_target_gets_its_notice(small: Cast) -> None:
    mark_used([save(small).indicator], clock.now())
    entry = current(small)
    form = edit_form(small, entry, order="3", **{"target-2026": "88/100.000"})

    page = screen(small.analis).post(reverse("indicator_edit", args=[entry.pk]), form, follow=True).content.decode()

    assert "definisinya tetap" in page
    assert "disimpan dan ditampilkan, tidak dihitung" in page
    assert Target.objects.get(indicator=entry, period="2026").value == "88/100.000"


def test_two_people_at_one_indicator_lose_nothing(small: Cast) -> None:
    entry = save(small).indicator
    mine = edit_form(small, current(small), name="Punya saya")
    save(small, fields={"sasaran": "Diubah orang lain"})
    browser, path = screen(small.analis), reverse("indicator_edit", args=[entry.pk])

    answer = browser.post(path, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "diubah orang lain sejak halaman ini dibuka" in page
    assert "Punya saya" in page
    again = page.partition('name="marker" value="')[2].partition('"')[0]
    assert again != mine["marker"]
    assert browser.post(path, {**mine, "marker": again}).status_code == 302
    assert current(small).name == "Punya saya"


def test_the_formula_is_checked_while_it_is_typed(small: Cast) -> None:
    browser = screen(small.analis)
    good = browser.post("/indikator/rumus/", form_of(small)).content.decode()
    assert "rumus terbaca" in good
    assert "Warga hadir" in good
    unknown = browser.post("/indikator/rumus/", form_of(small, formula="hadir / [IKU-77]")).content.decode()
    assert "belum ada" in unknown
    assert "IKU-77" in unknown
    nested = browser.post("/indikator/rumus/", form_of(small, formula="[IKU-01.pembilang] + hadir")).content.decode()
    assert "IKU-01.pembilang" in nested
    assert "field-error" in browser.post("/indikator/rumus/", form_of(small, formula="hadir / (")).content.decode()


def test_choosing_a_frequency_gives_its_target_fields_and_keeps_what_was_typed(small: Cast) -> None:
    typed = form_of(small, frequency="semesteran", **{"target-2026-TW1": "5"})
    page = screen(small.analis).post("/indikator/baris-target/", typed).content.decode()
    assert 'name="target-2026-S1"' in page
    assert 'name="target-2026-TW2"' not in page
    assert 'name="target-2026-TW1" type="text" value="5"' in " ".join(page.split()), "typed, so it stays to be seen"


def test_an_unused_indicator_is_removed_by_its_page(small: Cast) -> None:
    entry = save(small).indicator
    browser = screen(small.kasubbag)
    assert browser.post(reverse("indicator_remove", args=[entry.pk])).status_code == 302
    assert not Indicator.objects.filter(code="IKU-50").exists()
    used = save(small).indicator
    mark_used([used], clock.now())
    page = browser.post(reverse("indicator_remove", args=[used.pk]), follow=True).content.decode()
    assert "tidak dapat dihapus" in page


def test_a_year_is_copied_by_its_page(small: Cast) -> None:
    browser = screen(small.kasubbag)
    page = browser.post("/indikator/salin/", {"from_year": "2026", "to_year": "2027"}, follow=True).content.decode()
    assert "2 indikator disalin ke tahun 2027" in page
    again = browser.post("/indikator/salin/", {"from_year": "2026", "to_year": "2027"})
    assert again.status_code == 422
    assert 'value="2027"' in again.content.decode()


# --- files -----------------------------------------------------------------------------------------------------------


def upload(browser: Client, *files: tuple[str, bytes]) -> Any:
    return browser.post("/indikator/impor/", {"files": [SimpleUploadedFile(name, content) for name, content in files]})


def test_an_export_is_a_workbook_or_a_csv_and_comes_back_the_same(small: Cast) -> None:
    save(small)
    browser = screen(small.analis)
    content = browser.get("/indikator/ekspor/?tahun=2026").content
    assert [sheet.name for sheet in read_book("kamus.xlsx", content).sheets] == [
        "Indikator",
        "Variabel",
        "Target",
        "Syarat",
    ]
    assert b"IKU-50" in browser.get("/indikator/ekspor/?bentuk=csv&tabel=Variabel").content
    assert browser.get("/indikator/ekspor/?bentuk=csv&tabel=Lain").status_code == 404
    answer = upload(browser, ("kamus.xlsx", content))
    assert answer.status_code == 200
    assert "tidak ada yang perlu disimpan" in answer.content.decode()


def test_an_import_is_shown_first_and_taken_in_after_agreeing(small: Cast) -> None:
    mark_used([save(small).indicator], clock.now())
    browser = screen(small.analis)
    content = b"Kode;Tahun;Nama indikator\nIKU-50;2026;Nama lain\nIKU-01;2026;Nama satu\n"

    answer = upload(browser, ("indikator.csv", content))
    page = answer.content.decode()
    assert (answer.status_code, current(small).version) == (200, 1)
    assert "versi baru" in page
    assert "Nama lain" in page
    token = page.partition('name="token" value="')[2].partition('"')[0]
    refused = browser.post("/indikator/impor/", {"token": token, "reason": ""})
    assert refused.status_code == 422
    assert token in refused.content.decode()
    done = browser.post("/indikator/impor/", {"token": token, "reason": "Renstra"}, follow=True).content.decode()

    assert "Kamus diperbarui" in done
    assert (current(small).name, current(small).version) == ("Nama lain", 2)


def test_a_wrong_file_is_told_cell_by_cell_and_changes_nothing(small: Cast) -> None:
    browser = screen(small.analis)
    answer = upload(browser, ("indikator.csv", b"Kode;Tahun;Polaritas\nIKU-01;2026;naik\n"))
    page = answer.content.decode()
    assert answer.status_code == 422
    for told in ("indikator.csv", "Polaritas", "naik", "pilih salah satu"):
        assert told in page
    assert 'name="token"' not in page
    assert "ditolak" in upload(browser, ("kamus.xls", b"\xd0\xcf\x11\xe0")).content.decode()
    assert "Pilih satu berkas" in browser.post("/indikator/impor/", {}).content.decode()
    assert browser.post("/indikator/impor/", {"token": "palsu"}).status_code == 422


# --- scales ----------------------------------------------------------------------------------------------------------


def levels(rows: tuple[Row, ...], **changed: str) -> dict[str, Any]:
    given: dict[str, Any] = {"name": "Lima", "year": "2026", "source": "Perbup 1/2026", **changed}
    return {
        **given,
        "level-name": [*(row.name for row in rows), ""],
        "level-colour": [*(row.colour for row in rows), "sedang"],
        "level-from": [*("ge" if row.from_included else "gt" for row in rows), "gt"],
        "level-lower": [*(row.lower for row in rows), ""],
        "level-to": [*("le" if row.to_included else "lt" for row in rows), "le"],
        "level-upper": [*(row.upper for row in rows), ""],
    }


PUBLISHED = (
    Row("Sangat Tinggi", "sangat-tinggi", "91", True),
    Row("Tinggi", "tinggi", "76", True, "90"),
    Row("Kurang", "rendah", "", False, "75"),
)


def test_a_published_scale_with_gaps_is_refused_with_a_proposal_that_can_be_saved(small: Cast) -> None:
    browser = screen(small.analis)
    answer = browser.post("/skala/baru/", levels(PUBLISHED))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Celah antara 75 dan 76" in page
    assert "Usulan tanpa celah" in page
    assert 'value="Lima"' in page
    strict = (
        Row("Sangat Tinggi", "sangat-tinggi", "90"),
        Row("Tinggi", "tinggi", "75", False, "90"),
        Row("Kurang", "rendah", "", False, "75"),
    )
    assert browser.post("/skala/baru/", levels(strict), follow=True).status_code == 200
    assert [level["above"] for level in Scale.objects.get().levels] == ["90", "75", ""]


def test_a_scale_is_drawn_with_its_rule_and_becomes_the_offices_own(small: Cast) -> None:
    browser = screen(small.kasubbag)
    assert "lima tingkat di bawah" in browser.get("/skala/?tahun=2026").content.decode()
    browser.post("/skala/baru/", levels(rows_of(FIVE_LEVELS)))
    scale = Scale.objects.get()
    page = browser.get("/skala/?tahun=2026").content.decode()
    assert "&gt; 75 dan ≤ 90" in page
    assert page.count("<rect") == 5
    assert "Perbup 1/2026" in page
    assert screen(small.kepala).post(reverse("scale_default", args=[scale.pk])).status_code == 403
    browser.post(reverse("scale_default", args=[scale.pk]))
    assert Scale.objects.get().default
    drawn = browser.post("/skala/periksa/", levels(PUBLISHED)).content.decode()
    assert "Celah antara 75 dan 76" in drawn
    assert "<rect" in browser.post("/skala/periksa/", levels(rows_of(TRAFFIC_LIGHT))).content.decode()


def test_a_scale_in_use_is_changed_with_a_reason(small: Cast) -> None:
    browser = screen(small.kasubbag)
    browser.post("/skala/baru/", levels(rows_of(FIVE_LEVELS)))
    scale = Scale.objects.get()
    mark_used([save(small, fields=fields_of(small, scale="Lima")).indicator], clock.now())
    path = reverse("scale_edit", args=[scale.pk])
    assert browser.post(path, levels(rows_of(TRAFFIC_LIGHT))).status_code == 422
    assert browser.post(path, levels(rows_of(TRAFFIC_LIGHT), reason="Perbup 2/2026")).status_code == 302
    assert len(Scale.objects.get().levels) == 3


def test_workbooks_are_read_back_as_they_were_written(small: Cast) -> None:
    save(small, fields=fields_of(small, definition="=CMD|'x'!A1"))
    content = screen(small.analis).get("/indikator/ekspor/?tahun=2026&bentuk=csv&tabel=Indikator").content
    assert "'=CMD" in content.decode("utf-8-sig")
