"""One form field for every page: what it shows, and that no template writes its own."""

import re
from datetime import date
from typing import Any

import lxml.html
import pytest
from django.conf import settings
from django.http import QueryDict
from django.template import Context, Template, TemplateSyntaxError

from himpun.errors import FieldErrors
from himpun.web.forms import UNREAD_DATE, Typed, dates_of, read_date, unread_dates

ROOT = settings.TEMPLATES[0]["DIRS"][0]
PLAIN = {
    "budgets/node.html",
    "indicators/check_row.html",
    "indicators/variable_row.html",
    "ladder/nudge.html",
    "published/check.html",
    "reminders/rules.html",
    "requests/files.html",
    "requests/row.html",
    "scales/level_row.html",
}
"""Rows of grids and tables, whose cells the page's script or the table's head names (and a table carried along unseen)."""


def shown(source: str, **context: Any) -> Any:
    """What a template shows, parsed; its outermost element."""
    return lxml.html.fromstring(f"<div>{Template(source).render(Context(context))}</div>")


def test_a_template_writes_no_field_of_its_own() -> None:
    own = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.html")
        for control in re.findall(r"<(?:input|select|textarea)\b[^>]*", path.read_text())
        if 'type="hidden"' not in control
    }

    assert own - PLAIN == set(), "Pakai {% field %}, {% choice %}, atau {% tick %} (web/templatetags/fields.py)."
    assert PLAIN - own == set(), "Daftar PLAIN hanya menyusut: keluarkan yang sudah memakai komponen."


def test_a_field_keeps_what_was_typed_and_says_what_is_wrong_with_it() -> None:
    typed = Typed({"code": '"><b>'}, {"code": "Kode itu sudah dipakai."})

    page = shown('{% field "code" "Kode" hint="Huruf kecil." maxlength=40 required=True %}', typed=typed)
    (control,) = page.iter("input")

    assert (control.get("name"), control.get("value"), control.get("maxlength")) == ("code", '"><b>', "40")
    assert (control.get("aria-invalid"), control.get("class")) == ("true", "form-control is-invalid")
    assert "required" in control.attrib
    assert [page.get_element_by_id(one).text for one in control.get("aria-describedby").split()] == [
        "Kode itu sudah dipakai.",
        "Huruf kecil.",
    ]
    (label,) = page.iter("label")
    assert (label.get("for"), label.text) == (control.get("id"), "Kode")


def test_a_field_that_nobody_refused_is_not_invalid_and_has_its_place_for_an_error() -> None:
    page = shown('{% field "note" "Catatan" lines=3 optional=True value=given %}', typed=Typed({}), given="dua\nbaris")
    (control,) = page.iter("textarea")

    assert (control.text, control.get("rows"), control.get("aria-invalid")) == ("dua\nbaris", "3", None)
    assert page.get_element_by_id("err_note").text is None
    assert page.text_content().strip().startswith("Catatan (boleh kosong)")


@pytest.mark.parametrize("kind", ["file", "password"])
def test_what_must_not_come_back_does_not(kind: str) -> None:
    page = shown('{% field "given" "Rahasia" type=kind %}', kind=kind, typed=Typed({"given": "rahasia-sekali"}))

    assert "rahasia-sekali" not in lxml.html.tostring(page).decode()


def test_a_choice_is_refused_as_an_input_is() -> None:
    source = '{% choice "unit" "Unit" id="unit" %}<option value="1" selected>Satu</option>{% endchoice %}'
    page = shown(source, typed=Typed({}, {"unit": "Pilih unit."}))
    (control,) = page.iter("select")

    assert control.get("aria-invalid") == "true"
    assert page.get_element_by_id(control.get("aria-describedby")).text == "Pilih unit."
    assert [option.get("value") for option in control] == ["1"]


@pytest.mark.parametrize(("chosen", "ticked"), [("dua", ["dua"]), (["satu", "dua"], ["satu", "dua"]), ("", [])])
def test_ticks_are_ticked_as_they_were_chosen(chosen: Any, ticked: list[str]) -> None:
    source = """{% group "which" "Yang mana" %}{% for one in all %}
        {% tick "which" one chosen=chosen %}{{ one }} &amp; lain{% endtick %}{% endfor %}{% endgroup %}"""
    page = shown(source, all=["satu", "dua"], chosen=chosen, typed=Typed({}, {"which": "Pilih satu."}))

    assert [one.get("value") for one in page.iter("input") if "checked" in one.attrib] == ticked
    (answered,) = page.iter("fieldset")
    assert page.get_element_by_id(answered.get("aria-describedby")).text == "Pilih satu."


def test_a_filter_has_nothing_to_refuse_and_asks_at_once() -> None:
    source = """{% filters "Saring" inline=True auto=True %}
        {% choice "status" "Status" %}<option>baru</option>{% endchoice %}{% field "q" "Cari" value=q %}{% endfilters %}"""
    page = shown(source, q="angka", typed=Typed({"q": "lain"}, {"q": "salah"}))
    chosen, written = next(page.iter("select")), next(page.iter("input"))

    assert (chosen.get("id"), written.get("id"), written.get("value")) == ("status", "q", "angka")
    assert [one for one in (chosen, written) if "data-submit-on-change" in one.attrib] == [chosen]
    assert written.get("aria-describedby") is None
    assert "salah" not in page.text_content()
    assert {one.get("class") for one in page.iter("label")} == {"visually-hidden"}


def test_filters_do_not_swallow_a_word_they_do_not_know() -> None:
    with pytest.raises(TemplateSyntaxError, match="inlin"):
        Template('{% filters "Cari" inlin=True %}{% endfilters %}')


@pytest.mark.parametrize(
    ("kept", "shown_as"),
    [
        ("2026-12-31", "31/12/2026"),
        (date(2027, 1, 5), "05/01/2027"),
        ("31-12-2026", "31-12-2026"),
        ("31 Desember", "31 Desember"),
        ("", ""),
    ],
)
def test_a_date_is_shown_as_people_write_it_and_what_was_typed_stays(kept: Any, shown_as: str) -> None:
    page = shown('{% field "day" "Tanggal" type="date" required=True %}', typed=Typed({"day": kept}))
    (control,) = page.iter("input")

    assert (control.get("type"), control.get("value"), control.get("placeholder")) == ("text", shown_as, "31/12/2026")


@pytest.mark.parametrize("typed", ["31/12/2026", "31-12-2026", "2026-12-31", "31.12.2026", " 31/12/2026 "])
def test_a_date_is_read_however_it_is_written(typed: str) -> None:
    assert read_date(typed) == date(2026, 12, 31)


@pytest.mark.parametrize("typed", ["12/31/2026", "31/02/2026", "besok", "2026-13-01", "31/12"])
def test_a_date_that_is_none_is_said_at_its_field(typed: str) -> None:
    given = QueryDict(f"dated={typed}&received_on=&since=1/1/2026")

    assert unread_dates(given, "dated", "received_on", "since") == {"dated": UNREAD_DATE}
    with pytest.raises(FieldErrors):
        dates_of(given, "dated")


def test_a_file_has_a_button_in_the_words_of_its_page() -> None:
    page = shown('{% field "scan" "Pindaian" type="file" %}')
    (control,) = page.iter("input")
    label, button = page.iter("label")

    assert (control.get("type"), button.text, button.get("for")) == ("file", "Pilih berkas", control.get("id"))
    assert label.get("for") == control.get("id")


def test_no_page_asks_the_browser_for_a_date_in_its_own_language() -> None:
    own = [path.name for path in ROOT.rglob("*.html") if re.search(r'<input[^>]*type="date"', path.read_text())]

    assert own == []
