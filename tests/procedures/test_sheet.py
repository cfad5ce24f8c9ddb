"""The SOP on paper: the data of the sheet, and a PDF/A that Typst really makes of it."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import typst

import himpun
from himpun.procedures.definition import Procedure
from himpun.procedures.sheet import EMPTY_DATE, TEMPLATE, sheet_data
from tests.procedures.cases import FIXTURES, SIX_STEPS, TEN_STEPS, fixture, shipped, source_tables

FONTS = Path(himpun.__file__).parent / "documents" / "fonts"
TITLES = {
    "kepala": "Camat",
    "sekretaris": "Sekretaris Camat",
    "kasubbag-perencanaan": "Kasubbag Perencanaan dan Keuangan",
}
OFFICE = {
    "name": "Kecamatan Contoh",
    "parent": "Pemerintah Kabupaten Contoh",
    "number": "000.8.3.3/12/KEC/2026",
    "made_on": "5 Januari 2026",
    "effective_on": "2 Februari 2026",
    "approved_by": "Camat Contoh",
    "signer_name": "Nama Contoh",
    "signer_nip": "000000000000000000",
}
ALL = [shipped(TEN_STEPS), shipped(SIX_STEPS), *(fixture(name) for name in FIXTURES), *source_tables()]


def pdf(procedure: Procedure, office: Mapping[str, str]) -> bytes:
    data = json.dumps(sheet_data(procedure, TITLES, office))
    made = typst.compile(
        str(TEMPLATE), sys_inputs={"data": data}, font_paths=[FONTS], ignore_system_fonts=True, pdf_standards=["a-2b"]
    )
    assert isinstance(made, bytes)
    return made


@pytest.mark.parametrize("procedure", ALL, ids=[procedure.key for procedure in ALL])
@pytest.mark.parametrize("office", [OFFICE, {}, {"paper": "f4"}], ids=["full", "empty", "f4"])
def test_every_procedure_becomes_a_pdf_for_the_archive(procedure: Procedure, office: Mapping[str, str]) -> None:
    made = pdf(procedure, office)
    assert made.startswith(b"%PDF")
    assert b"pdfaid:part" in made


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed")
def test_the_words_of_the_pdf_can_be_selected(tmp_path: Path) -> None:
    path = tmp_path / "sop.pdf"
    path.write_bytes(pdf(shipped(TEN_STEPS), OFFICE))
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    for words in ("Dasar Hukum", "Peraturan Pemerintah Nomor 8 Tahun 2006", "Mutu Baku", "Kelengkapan", "kembalikan"):
        assert words in text


def test_the_identity_sheet_has_the_boxes_of_the_form_in_order() -> None:
    boxes = sheet_data(shipped(TEN_STEPS), TITLES, OFFICE)["boxes"]
    assert isinstance(boxes, list)
    assert [box["label"] for row in boxes for box in row] == [
        "Dasar Hukum",
        "Kualifikasi Pelaksana",
        "Keterkaitan",
        "Peralatan/Perlengkapan",
        "Peringatan",
        "Pencatatan dan Pendataan",
    ]


def test_placeholders_on_the_identity_sheet_take_the_offices_titles() -> None:
    boxes = sheet_data(shipped(TEN_STEPS), TITLES, OFFICE)["boxes"]
    assert isinstance(boxes, list)
    assert boxes[2][1]["texts"][0] == "Camat: lembar disposisi/arahan, tanda tangan/paraf"


def test_what_the_office_does_not_say_is_taken_from_the_procedures_own_sheet() -> None:
    fields = sheet_data(source_tables()[0], {}, {})["fields"]
    assert {"label": "Tgl. Pembuatan", "value": "Januari 2022"} in fields  # type: ignore[operator]


def test_what_nobody_says_is_left_to_be_written_by_hand() -> None:
    fields = sheet_data(shipped(TEN_STEPS), {}, {})["fields"]
    assert {"label": "Nomor SOP", "value": EMPTY_DATE} in fields  # type: ignore[operator]


def test_the_data_are_json_values() -> None:
    data = sheet_data(shipped(TEN_STEPS), TITLES, OFFICE)
    assert json.loads(json.dumps(data)) == json.loads(json.dumps(data))


def test_a_paper_we_do_not_have_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        sheet_data(shipped(TEN_STEPS), {}, {"paper": "kuarto"})
