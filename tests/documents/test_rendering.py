"""Every document of the procedure comes out as a PDF/A-2b that says what it was given."""

import base64
import copy
import json
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import NoneType
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

import pytest
from typing_extensions import is_typeddict

from himpun import typesetting
from himpun.documents import rendering
from himpun.documents.content.all import CONTENT_OF
from himpun.documents.qr import qr_svg
from himpun.documents.rendering import BadContent, UnknownTemplate, letters_lacking, render
from himpun.errors import Refusal
from himpun.procedures.flowchart.lettering import text_width
from himpun.typesetting import FontsMissing
from tests.documents.samples import (
    LONG_INDICATOR,
    LONG_TEXT,
    NUMBER,
    SAMPLES,
    SHA,
    URL,
    achieved,
    disposition,
    letterhead,
    receipt,
    ten_page_data_kinerja,
    unit_recap,
)

MADE_AT = datetime(2026, 11, 23, 2, 14, tzinfo=UTC)
EVERY_SAMPLE = [(template, variant) for template in SAMPLES for variant in ("short", "hard")]
FEWEST_AND_MOST_PAGES = {
    ("lembar_disposisi", "short"): (1, 1),
    ("lembar_disposisi", "hard"): (2, 4),
    ("format_permintaan", "short"): (2, 2),
    ("format_permintaan", "hard"): (10, 26),
    ("data_isian", "short"): (1, 2),
    ("data_isian", "hard"): (8, 16),
    ("rekap_isian", "short"): (1, 2),
    ("rekap_isian", "hard"): (8, 14),
    ("rekap_capaian", "short"): (2, 3),
    ("rekap_capaian", "hard"): (8, 15),
    ("rekap_berjalan", "short"): (1, 3),
    ("rekap_berjalan", "hard"): (6, 14),
    ("evaluasi_waktu", "short"): (2, 4),
    ("evaluasi_waktu", "hard"): (10, 18),
    ("data_kinerja", "short"): (9, 13),
    ("data_kinerja", "hard"): (18, 28),
    ("tanda_terima", "short"): (1, 2),
    ("tanda_terima", "hard"): (3, 6),
    ("lembar_pengesahan", "short"): (1, 1),
    ("lembar_pengesahan", "hard"): (1, 1),
}
IMAGE = qr_svg("contoh")
HOSTILE = (
    "*tebal* #panic() $x$ <b> @a \\ ] } _ ` [[ {{ // /* \u202etxt.exe\u202c 😀 ✓ 中 \x00 \ue000 ﬁ ① \r\n- " + "x" * 90
)


def sample(template: str, variant: str = "short") -> dict[str, Any]:
    return copy.deepcopy(cast(dict[str, Any], SAMPLES[template][variant]()))


def text_of(pdf: bytes) -> str:
    """All the text, its white space folded."""
    told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.sub(r"\s+", " ", told.stdout.decode())


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, its white space folded."""
    told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return [re.sub(r"\s+", " ", page) for page in told.stdout.decode().split("\f")[:-1]]


def page_count(pdf: bytes) -> int:
    (count,) = re.findall(rb"<xmpTPg:NPages>(\d+)</xmpTPg:NPages>", pdf)
    return int(count)


def filled_with(kind: Any, text: str, *, rows: int, name: str = "") -> Any:
    """Content of a shape in which every text is `text` and every list has `rows` rows."""
    if is_typeddict(kind):
        return {key: filled_with(one, text, rows=rows, name=key) for key, one in get_type_hints(kind).items()}
    if get_origin(kind) is list:
        (item,) = get_args(kind)
        return [
            filled_with(item, text, rows=rows, name=name) for _ in range(max(rows, 1 if name == "variables" else 0))
        ]
    if get_origin(kind) is Literal:
        return get_args(kind)[-1]
    if NoneType in get_args(kind):
        return filled_with(get_args(kind)[0], text, rows=rows, name=name) if rows else None
    if kind is bool:
        return bool(rows)
    if name in ("svg", "qr", "logo"):
        return IMAGE
    return "#1b7f3b" if name == "colour" else text


LONG_FIELDS = [
    "note",
    "reason",
    "cause",
    "follow_up",
    "definition",
    "formula",
    "text",
    "opening",
    "closing",
    "analysis",
    "statement",
    "foreword",
    "nil_reason",
]
SHORT_FIELDS = [
    "url",
    "number",
    "version",
    "sha256",
    "digest_of",
    "nip",
    "place_date",
    "no",
    "code",
    "digest",
    "document_sha256",
    "achievement",
    "target",
    "actual",
    "mean",
    "capped_mean",
    "achieved",
    "not_achieved",
    "rule",
    "document_number",
    "draft_label",
    "unit",
    "value",
    "evidence",
]


def overlong(kind: Any, name: str = "") -> Any:
    """Content with names of two hundred letters and texts of two thousand, long words among them."""
    if is_typeddict(kind):
        return {key: overlong(one, key) for key, one in get_type_hints(kind).items()}
    if get_origin(kind) is list:
        return [overlong(get_args(kind)[0], name) for _ in range(2)]
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if NoneType in get_args(kind):
        return overlong(get_args(kind)[0], name)
    if kind is bool:
        return True
    if name in ("svg", "qr", "logo"):
        return IMAGE
    if name == "colour":
        return "#1b7f3b"
    if name in SHORT_FIELDS:
        return "1.234.567.890"
    word = "z" * 60 + "/" + "z" * 30
    return f"{LONG_TEXT * 8}\n\n- {word}\n- {LONG_TEXT}" if name in LONG_FIELDS else f"{LONG_INDICATOR} {word}"


def words_outside_the_page(pdf: bytes) -> list[str]:
    """Words nearer than a centimetre to the left or right edge, or six millimetres to the upper or lower one."""
    told = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    found = []
    for page in told.split("<page ")[1:]:
        width, height = (float(one) for one in re.findall(r'(?:width|height)="([\d.]+)"', page)[:2])
        box = r'xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>'
        for *sides, word in re.findall(box, page):
            left, top, right, bottom = map(float, sides)
            if left < 28 or right > width - 28 or top < 17 or bottom > height - 17:
                found.append(word)
    return found


def texts_of(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a content with the path of its field."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from texts_of(one, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one, path)
    elif isinstance(value, str):
        yield path, value


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + b"\x20\x60\xa0" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("template", "variant"), EVERY_SAMPLE)
class TestEveryDocument:
    def test_is_pdf_a_2b_with_a_sane_number_of_pages(self, template: str, variant: str) -> None:
        pdf = render(template, sample(template, variant), made_at=MADE_AT)
        assert pdf.startswith(b"%PDF-1.7")
        assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in pdf
        fewest, most = FEWEST_AND_MOST_PAGES[template, variant]
        assert fewest <= page_count(pdf) <= most

    def test_embeds_only_the_fonts_that_come_with_himpun(self, template: str, variant: str) -> None:
        pdf = render(template, sample(template, variant), made_at=MADE_AT)
        told = subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
        names = [line.split()[0].partition("+")[2] for line in told.splitlines()[2:]]
        assert names
        assert all(name.startswith(("Arimo-", "Tinos-", "NotoSans", "NotoEmoji")) for name in names)

    def test_gives_the_same_bytes_for_the_same_content(self, template: str, variant: str) -> None:
        first = render(template, sample(template, variant), made_at=MADE_AT)
        there = MADE_AT.astimezone(timezone(timedelta(hours=7)))
        assert render(template, sample(template, variant), made_at=there) == first

    def test_keeps_every_word_on_the_page(self, template: str, variant: str) -> None:
        assert words_outside_the_page(render(template, sample(template, variant), made_at=MADE_AT)) == []

    def test_says_who_it_is_from_on_the_first_page(self, template: str, variant: str) -> None:
        content = sample(template, variant)
        text = text_of(render(template, content, made_at=MADE_AT))
        assert content["letterhead"]["government"].upper() in text
        assert "Halaman 1 dari" in text or "Halaman 2 dari" in text

    def test_compiles_without_a_warning(self, template: str, variant: str) -> None:
        compiler = typesetting.compiler(rendering.TEMPLATES_FOLDER)
        data = json.dumps(typesetting.each_text(sample(template, variant), rendering._printable))
        _, warnings = compiler.compile_with_warnings(
            rendering.TEMPLATES_FOLDER / f"{template}.typ", format="pdf", sys_inputs={"data": data}
        )
        assert [str(one) for one in warnings] == []


@pytest.mark.parametrize("template", CONTENT_OF)
class TestEveryTemplate:
    def test_has_a_file_and_every_file_is_known(self, template: str) -> None:
        files = {file.stem for file in rendering.TEMPLATES_FOLDER.glob("*.typ")} - {"himpun"}
        assert files == set(CONTENT_OF)

    def test_prints_with_everything_empty(self, template: str) -> None:
        content = filled_with(CONTENT_OF[template], "", rows=0)
        assert page_count(render(template, content, made_at=MADE_AT)) >= 1

    def test_prints_markup_emoji_and_control_characters_as_harmless_text(self, template: str) -> None:
        content = filled_with(CONTENT_OF[template], HOSTILE, rows=2)
        text = text_of(render(template, content, made_at=MADE_AT))
        assert "*tebal*" in text
        assert "#panic()" in text
        assert "😀" in text
        assert "\u202e" not in text

    def test_keeps_overlong_texts_and_words_on_the_page(self, template: str) -> None:
        content = overlong(CONTENT_OF[template])
        assert words_outside_the_page(render(template, content, made_at=MADE_AT)) == []

    def test_prints_every_text_it_was_given(self, template: str) -> None:
        """Each text is a word of its own, and each word is found again: no field is forgotten by its template."""
        words = (f"kata{number}z" for number in range(10_000))

        def numbered(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: numbered(one) for key, one in value.items()}
            if isinstance(value, list):
                return [numbered(one) for one in value]
            return next(words) if value == "x" else value

        content = numbered(filled_with(CONTENT_OF[template], "x", rows=1))
        text = text_of(render(template, content, made_at=MADE_AT)).lower()
        unprinted = {path for path, one in texts_of(content) if one.startswith("kata") and one not in text}
        assert unprinted <= ONLY_SOMETIMES.get(template, set()) | ALT_TEXTS

    def test_names_a_field_that_is_missing(self, template: str) -> None:
        content = sample(template)
        del content["letterhead"]["office"]
        with pytest.raises(BadContent, match=r"`letterhead\.office` tidak ada"):
            render(template, content, made_at=MADE_AT)


ALT_TEXTS = {
    "charts.alt",
    "chart.alt",
    "flowcharts.alt",
    "chapters.sections.charts.alt",
    "appendices.sections.charts.alt",
}
ONLY_SOMETIMES = {
    # The place in the tree is told where there is a tree.
    "lembar_disposisi": {"dispositions.number"},
    # Values are not printed for a nihil answer.
    "data_isian": {f"indicators.variables.{name}" for name in ("code", "name", "unit", "value", "note")},
    # The reason stands where an achievement is missing; polarity and analysis are printed.
    "rekap_capaian": {"objectives.indicators.missing", "objectives.indicators.reason"},
    "rekap_berjalan": {"groups.indicators.missing", "groups.indicators.reason"},
    # A flowchart carries its own title.
    "evaluasi_waktu": {"flowcharts.title"},
    "data_kinerja": {
        "draft_label",
        "chapters.sections.recap.indicators.missing",
        "chapters.sections.recap.indicators.reason",
        "appendices.sections.recap.indicators.missing",
        "appendices.sections.recap.indicators.reason",
        "chapters.sections.tables.empty",
        "appendices.sections.tables.empty",
    },
}


class TestWhatADocumentSays:
    def test_the_number_the_digest_and_the_address_are_on_the_approval_sheet(self) -> None:
        text = text_of(render("lembar_pengesahan", sample("lembar_pengesahan"), made_at=MADE_AT))
        assert NUMBER in text
        assert SHA in text
        assert URL in text
        assert "NIP. 00000000 000000 0 003" in text
        assert "bukan tanda tangan elektronik tersertifikasi" in text

    def test_the_footer_carries_number_page_and_the_digest_of_the_content(self) -> None:
        text = text_of(render("data_kinerja", sample("data_kinerja"), made_at=MADE_AT))
        assert f"Nomor {NUMBER}" in text
        assert "Halaman 5 dari" in text
        assert f"SHA-256 naskah yang disetujui {SHA[:16]}…" in text

    def test_a_draft_says_so_and_shows_no_signature_as_given(self) -> None:
        content = sample("data_kinerja") | {"state": "draft", "draft_label": "DRAFT versi 4"}
        text = text_of(render("data_kinerja", content, made_at=MADE_AT))
        assert "DRAFT versi 4" in text
        assert "Belum disahkan: naskah ini masih draft" in text
        assert "Disetujui dalam sistem" not in text

    def test_a_final_says_when_and_by_whom_it_was_approved_and_nothing_of_a_draft(self) -> None:
        text = text_of(render("data_kinerja", sample("data_kinerja"), made_at=MADE_AT))
        assert "Disetujui dalam sistem pada 23 November 2026 pukul 09.14 WIB" in text
        assert "Camat Contoh," in text
        assert "Rudi Contoh, S.E." in text
        assert "DRAFT" not in text

    def test_signing_on_behalf_names_those_above_in_order(self) -> None:
        text = text_of(render("format_permintaan", sample("format_permintaan", "hard"), made_at=MADE_AT))
        places = [
            text.index(line) for line in ("a.n. CAMAT CONTOH", "Sekretaris Camat Contoh,", "u.b.", "Plt. Kepala Seksi")
        ]
        assert places == sorted(places)

    def test_an_excused_unit_stands_with_its_reason(self) -> None:
        text = text_of(render("rekap_isian", sample("rekap_isian"), made_at=MADE_AT))
        assert "Dikecualikan. Alasan: Tidak mengampu indikator pada triwulan ini." in text
        assert SHA in text

    def test_a_nihil_answer_prints_its_reason_and_not_its_values(self) -> None:
        content = sample("data_isian")
        content["indicators"][2]["variables"][0]["value"] = "987"
        text = text_of(render("data_isian", content, made_at=MADE_AT))
        assert "Nihil. Sebab: Tidak ada pelatihan" in text
        assert "987" not in text

    def test_a_blank_value_is_called_blank_and_never_zero(self) -> None:
        text = text_of(render("data_isian", sample("data_isian", "hard"), made_at=MADE_AT))
        assert "belum diisi" in text

    def test_an_achievement_that_cannot_be_computed_gives_its_reason_and_the_rule_is_printed(self) -> None:
        text = text_of(render("rekap_capaian", sample("rekap_capaian"), made_at=MADE_AT))
        assert "tidak dapat" not in text, "where a better word is given"
        assert "Belum diukur: survei" in text
        assert "Kategori ditetapkan dari capaian sebelum dibulatkan." in text
        assert "Sangat Tinggi (> 90)" in text

    def test_an_achievement_without_a_word_for_its_absence_cannot_be_computed(self) -> None:
        content = sample("rekap_capaian")
        content["objectives"][1]["indicators"][0]["missing"] = ""
        assert "tidak dapat" in text_of(render("rekap_capaian", content, made_at=MADE_AT))

    def test_a_polarity_is_printed_as_it_is_written(self) -> None:
        for template in ("rekap_capaian", "data_kinerja"):
            assert "polaritas: Negatif (2T−R)/T" in text_of(render(template, sample(template), made_at=MADE_AT))

    def test_the_word_version_is_said_once(self) -> None:
        for template in SAMPLES:
            assert not re.search(r"Versi *: *Versi", text_of(render(template, sample(template), made_at=MADE_AT)))
        text = text_of(render("data_kinerja", sample("data_kinerja"), made_at=MADE_AT))
        assert f"Nomor {NUMBER} · Versi 3" in text
        assert "Versi : 3" in text

    def test_a_receipt_does_not_pass_for_the_document_it_is_about(self) -> None:
        text = text_of(render("tanda_terima", sample("tanda_terima"), made_at=MADE_AT))
        assert f"Tanda terima atas Data Kinerja Triwulan III 2026, Nomor {NUMBER}, Versi 3" in text
        assert f"Periksa dokumen itu di {URL}" in text
        assert "Dokumen yang didistribusikan" in text

    def test_the_files_and_the_note_of_an_indicator_are_told_once(self) -> None:
        content = sample("rekap_isian")
        content["units"] = content["units"][:1]
        content["units"][0]["values"] = [
            value | {"indicator": "Satu", "code": "IKU-01", "note": "catatannya", "evidence": "2 berkas"}
            for value in content["units"][0]["values"]
        ]
        text = text_of(render("rekap_isian", content, made_at=MADE_AT))
        assert (text.count("2 berkas"), text.count("catatannya")) == (1, 1)

    def test_a_late_unit_is_told_from_one_in_time_also_by_its_mark(self) -> None:
        content = sample("rekap_isian")
        late = render("rekap_isian", content, made_at=MADE_AT)
        content["units"][1]["state"] = "masuk"
        assert render("rekap_isian", content, made_at=MADE_AT) != late

    def test_the_foreword_is_signed_as_the_document_is(self) -> None:
        pages = pages_of(render("data_kinerja", sample("data_kinerja"), made_at=MADE_AT))
        assert "Camat Contoh," in pages[1]
        assert "NIP. 00000000 000000 0 001" in pages[1]
        draft = sample("data_kinerja") | {"state": "draft", "draft_label": "DRAFT versi 4"}
        assert "Belum disahkan" in pages_of(render("data_kinerja", draft, made_at=MADE_AT))[1]

    def test_two_dispositions_stand_on_one_page(self) -> None:
        content = sample("lembar_disposisi")
        content["dispositions"] = [disposition("1"), disposition("1.1")]
        content["verification"] = None
        assert page_count(render("lembar_disposisi", content, made_at=MADE_AT)) == 1

    @pytest.mark.parametrize("count", range(2, 26))
    def test_a_signature_never_stands_alone_on_its_page(self, count: int) -> None:
        content = sample("tanda_terima")
        content["recipients"] = [receipt(number, opened=number % 3 > 0) for number in range(1, count + 1)]
        *_, last = pages_of(render("tanda_terima", content, made_at=MADE_AT))
        assert "Dewi Contoh, A.Md." in last
        assert re.search(rf"\b{count - 1} (Inspektorat|Bagian)", last)

    @pytest.mark.parametrize("count", range(1, 12))
    def test_nor_does_it_beneath_the_last_values_of_a_recap(self, count: int) -> None:
        content = sample("rekap_isian")
        content["units"] = [unit_recap(number, "masuk", 4) for number in range(1, count + 1)]
        *_, last = pages_of(render("rekap_isian", content, made_at=MADE_AT))
        assert "Rudi Contoh, S.E." in last
        assert last.count("Jumlah desa") >= 2

    def test_nor_does_it_beneath_a_chart(self) -> None:
        for count in range(1, 9):
            content = sample("rekap_capaian")
            content["objectives"][0]["indicators"] = [achieved(number) for number in range(1, count + 1)]
            *_, last = pages_of(render("rekap_capaian", content, made_at=MADE_AT))
            assert "Rudi Contoh, S.E." in last
            assert "Gambar 1" in last

    def test_an_empty_list_becomes_a_sentence(self) -> None:
        content = sample("tanda_terima") | {"recipients": []}
        text = text_of(render("tanda_terima", content, made_at=MADE_AT))
        assert "Dokumen ini belum didistribusikan kepada siapa pun." in text
        assert "Cara kirim" not in text

    def test_the_header_row_comes_again_on_every_page(self) -> None:
        content = sample("tanda_terima", "hard")
        pdf = render("tanda_terima", content, made_at=MADE_AT)
        assert text_of(pdf).count("Cara kirim") == page_count(pdf)

    def test_words_in_a_chart_are_kept_whatever_font_it_names(self) -> None:
        text = text_of(render("rekap_capaian", sample("rekap_capaian"), made_at=MADE_AT))
        assert "TW 4" in text
        assert "Capaian (%)" in text

    @pytest.mark.parametrize(
        ("written", "printed"),
        [
            ("① ✓ ☐ ➢ ☑ ✔", "① ✓ ☐ ➢ ☑ ✔"),
            ("→ ≥ ² ½ ⇒ ∈ ★", "→ ≥ ² ½ ⇒ ∈ ★"),
            ("😀 ✅ 📌 ⏰", "😀 ✅ 📌 ⏰"),
            ("\uf0b7 satu \uf0d8 dua \uf0fc tiga \uf0a7 empat", "• satu ➢ dua ✓ tiga ▪ empat"),
            ("㎡ 𝐀𝐁 ﬁ", "m2 AB fi"),
            ("me\u00adnyim\u200bpang\u2060", "menyimpang"),
            ("中 한 \ue000", "[U+4E2D] [U+D55C] [U+E000]"),
        ],
    )
    def test_what_the_main_fonts_lack_comes_from_a_spare_one_or_is_named_never_a_box(
        self, written: str, printed: str
    ) -> None:
        content = sample("tanda_terima")
        content["document_title"] = f"Data {written}."
        pdf = render("tanda_terima", content, made_at=MADE_AT)
        assert f"Data {printed}." in text_of(pdf).replace("ﬁ", "fi")
        assert "□" not in text_of(pdf)
        assert letters_lacking(content) == ("" if "[" not in printed else "中한\ue000")


class TestPictures:
    def test_a_logo_may_be_base64_of_a_png(self) -> None:
        content = sample("lembar_pengesahan")
        encoded = base64.b64encode(png(40, 60)).decode()
        content["letterhead"]["logo"] = encoded
        plain = render("lembar_pengesahan", content, made_at=MADE_AT)
        assert b"/Subtype/Image" in plain.replace(b" ", b"")
        content["letterhead"]["logo"] = f"data:image/png;base64,{encoded}"
        assert render("lembar_pengesahan", content, made_at=MADE_AT) == plain

    def test_a_logo_may_be_base64_of_an_svg(self) -> None:
        content = sample("lembar_pengesahan")
        plain = render("lembar_pengesahan", content, made_at=MADE_AT)
        content["letterhead"]["logo"] = base64.b64encode(content["letterhead"]["logo"].encode()).decode()
        assert render("lembar_pengesahan", content, made_at=MADE_AT) == plain

    def test_without_a_logo_the_letterhead_closes_up(self) -> None:
        content = sample("lembar_pengesahan") | {"letterhead": letterhead(logo=False)}
        assert "KECAMATAN CONTOH" in text_of(render("lembar_pengesahan", content, made_at=MADE_AT))

    @pytest.mark.parametrize(
        "logo",
        [
            "ini bukan gambar",
            "<svg",
            base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\x00" * 20).decode(),
            '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="/etc/passwd"/></svg>',
        ],
    )
    def test_a_picture_that_cannot_be_read_or_reaches_outside_is_refused(self, logo: str) -> None:
        content = sample("lembar_pengesahan")
        content["letterhead"]["logo"] = logo
        with pytest.raises(BadContent, match="Dokumen lembar_pengesahan tidak dapat dibuat"):
            render("lembar_pengesahan", content, made_at=MADE_AT)

    def test_a_qr_code_is_the_same_for_the_same_text(self) -> None:
        assert qr_svg(URL) == qr_svg(URL) != qr_svg(URL + "x")
        assert qr_svg(URL).startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox=')


class TestRefusals:
    def test_an_unknown_template_is_refused_with_the_names_there_are(self) -> None:
        with pytest.raises(UnknownTemplate, match=r"“\.\./\.\./etc/passwd” tidak dikenal\. Yang ada: data_isian"):
            render("../../etc/passwd", {}, made_at=MADE_AT)
        assert issubclass(UnknownTemplate, Refusal)

    def test_every_wrong_place_is_named(self) -> None:
        content = sample("data_isian")
        content["indicators"][1]["nil"] = "ya"
        content["indicators"][0]["variables"] = "empat"
        content["unti"] = "Seksi"
        with pytest.raises(BadContent) as refusal:
            render("data_isian", content, made_at=MADE_AT)
        assert refusal.value.problems == [
            "`indicators[0].variables` harus berupa daftar",
            "`indicators[1].nil` harus berupa benar/salah",
            "`unti` tidak dikenal",
        ]

    def test_a_key_too_many_or_too_few_is_named_with_its_place(self) -> None:
        content = sample("data_isian")
        content["indicators"][0]["variables"][1]["satuan"] = content["indicators"][0]["variables"][1].pop("unit")
        with pytest.raises(BadContent) as refusal:
            render("data_isian", content, made_at=MADE_AT)
        assert refusal.value.problems == [
            "`indicators[0].variables[1].unit` tidak ada",
            "`indicators[0].variables[1].satuan` tidak dikenal",
        ]

    def test_nothing_is_taken_for_what_it_is_not(self) -> None:
        content = sample("data_isian") | {"letterhead": "Kecamatan Contoh", "indicators": [None]}
        content["verification"]["number"] = 7
        with pytest.raises(BadContent) as refusal:
            render("data_isian", content, made_at=MADE_AT)
        assert set(refusal.value.problems) >= {
            "`letterhead` harus berupa kelompok isian",
            "`verification.number` harus berupa teks",
            "`indicators[0]` harus berupa kelompok isian",
        }
        with pytest.raises(BadContent, match="isinya bukan kelompok isian"):
            render("data_isian", [], made_at=MADE_AT)  # type: ignore[arg-type]

    def test_a_drawing_that_was_not_drawn_is_refused(self) -> None:
        content = sample("rekap_berjalan")
        content["charts"] = [{"title": "Capaian", "svg": {"vega_lite": {}}, "alt": "Sepuluh batang"}]
        with pytest.raises(BadContent, match=r"`charts\[0\]\.svg` harus berupa teks"):
            render("rekap_berjalan", content, made_at=MADE_AT)

    def test_a_state_that_is_not_one_of_those_there_are_is_refused(self) -> None:
        content = sample("data_kinerja") | {"state": "selesai"}
        with pytest.raises(BadContent, match='`state` harus salah satu dari "draft", "final"'):
            render("data_kinerja", content, made_at=MADE_AT)

    def test_more_than_five_problems_are_counted(self) -> None:
        with pytest.raises(BadContent, match=r"dan \d+ hal lain"):
            render("data_kinerja", {}, made_at=MADE_AT)

    def test_a_table_row_of_the_wrong_length_is_refused_in_indonesian(self) -> None:
        content = sample("data_kinerja")
        content["chapters"][2]["sections"][1]["tables"][0]["rows"].append(["satu sel"])
        with pytest.raises(BadContent, match="berisi 1 sel, padahal kolomnya 4"):
            render("data_kinerja", content, made_at=MADE_AT)

    def test_a_colour_that_is_none_is_refused(self) -> None:
        content = sample("rekap_capaian")
        content["scale"][0]["colour"] = "hijau"
        with pytest.raises(BadContent, match="warna “hijau” harus berbentuk #rrggbb"):
            render("rekap_capaian", content, made_at=MADE_AT)

    def test_a_time_without_a_zone_is_refused(self) -> None:
        with pytest.raises(BadContent, match="zona waktu"):
            render("tanda_terima", sample("tanda_terima"), made_at=MADE_AT.replace(tzinfo=None))

    @pytest.mark.parametrize("left", [[], ["letters.json"], ["letters.json", "Arimo_400Regular.ttf"], ["*.ttf"]])
    def test_without_the_fonts_or_their_measures_it_says_to_make_the_assets(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, left: list[str]
    ) -> None:
        for file in [file for names in left for file in typesetting.FONTS_FOLDER.glob(names)]:
            (tmp_path / file.name).symlink_to(file)
        monkeypatch.setattr(typesetting, "FONTS_FOLDER", tmp_path)
        typesetting.letters.cache_clear()
        try:
            with pytest.raises(FontsMissing, match="Jalankan `make assets`"):
                render("tanda_terima", sample("tanda_terima"), made_at=MADE_AT)
            with pytest.raises(FontsMissing):
                text_width("Camat", 10)
        finally:
            typesetting.letters.cache_clear()


class TestAtWork:
    def test_another_process_gives_the_same_bytes(self) -> None:
        program = (
            "import sys; from datetime import datetime, UTC;"
            "from himpun.documents.rendering import render; from tests.documents.samples import SAMPLES;"
            "sys.stdout.buffer.write(render('data_kinerja', SAMPLES['data_kinerja']['short'](),"
            " made_at=datetime(2026, 11, 23, 2, 14, tzinfo=UTC)))"
        )
        root = Path(__file__).parents[2]
        other = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            cwd=root,
            env={"PYTHONPATH": f"{root / 'src'}:{root}", "PYTHONHASHSEED": "7", "TZ": "Asia/Jayapura"},
        )
        assert other.stdout == render("data_kinerja", sample("data_kinerja"), made_at=MADE_AT)

    def test_several_threads_do_not_disturb_each_other(self) -> None:
        alone = [render(template, sample(template), made_at=MADE_AT) for template in SAMPLES]
        with ThreadPoolExecutor(4) as threads:
            together = list(threads.map(lambda name: render(name, sample(name), made_at=MADE_AT), [*SAMPLES] * 3))
        assert together == alone * 3

    def test_a_long_report_has_ten_pages(self) -> None:
        assert page_count(render("data_kinerja", ten_page_data_kinerja(), made_at=MADE_AT)) >= 10
