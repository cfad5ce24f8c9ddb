"""The whole SOP on paper, as data for sheet.typ: the identity sheet, then the pages of the flowchart.

Pure. Somebody else renders it: `typst.compile(TEMPLATE, sys_inputs={"data": json.dumps(sheet_data(…))},
font_paths=[…/documents/fonts], ignore_system_fonts=True, pdf_standards=["a-2b"])`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from himpun.procedures.definition import Procedure
from himpun.procedures.flowchart.layout import layout
from himpun.procedures.flowchart.primitives import PAPERS
from himpun.procedures.flowchart.svg import page_data
from himpun.procedures.reading import role_titles, worded

TEMPLATE = Path(__file__).with_name("sheet.typ")
"""The Typst template that draws what `sheet_data` returns."""

EMPTY_DATE = "…………………………"


def sheet_data(procedure: Procedure, titles: Mapping[str, str], office: Mapping[str, str]) -> dict[str, object]:
    """Everything sheet.typ needs, as JSON values.

    `titles` maps role keys to this office's titles. `office` says whose sheet it is, each value a text and each one
    optional: `name`, `parent` (the government above it), `number`, `made_on`, `revised_on`, `effective_on` (dates
    already in words), `approved_by` (the post that signs), `signer_name`, `signer_rank`, `signer_nip`,
    `approval_note` (printed in place of the signature), `logo_svg`, and `paper` (a key of PAPERS, "a4" by default;
    KeyError for another). What `office` leaves out is taken from the procedure's own identity sheet.
    """
    names = role_titles(procedure, titles)
    paper = office.get("paper") or "a4"
    width, height = PAPERS[paper]
    return {
        "title": f"SOP {procedure.name}",
        "width": width,
        "height": height,
        "office": _office(procedure, office),
        "fields": _fields(procedure, office),
        "signature": _signature(procedure, office),
        "name": procedure.name,
        "boxes": _boxes(procedure, names),
        "pages": [page_data(page) for page in layout(procedure, titles, paper).pages],
    }


def _office(procedure: Procedure, office: Mapping[str, str]) -> dict[str, str]:
    name = office.get("name") or procedure.identity.office
    return {"name": name, "parent": office.get("parent", ""), "logo_svg": office.get("logo_svg", "")}


def _fields(procedure: Procedure, office: Mapping[str, str]) -> list[dict[str, str]]:
    """The numbered and dated rows, in the form's order; what is not filled in yet shows dots to write on."""
    identity = procedure.identity
    effective = office.get("effective_on") or identity.effective_on or identity.approved_on
    rows = [
        ("Nomor SOP", office.get("number") or identity.number or EMPTY_DATE),
        ("Tgl. Pembuatan", office.get("made_on") or identity.made_on or EMPTY_DATE),
        ("Tgl. Revisi", office.get("revised_on") or identity.revised_on or "–"),
        ("Tgl. Efektif", effective or EMPTY_DATE),
    ]
    return [{"label": label, "value": " ".join(value.split())} for label, value in rows]


def _signature(procedure: Procedure, office: Mapping[str, str]) -> dict[str, str]:
    return {
        "post": office.get("approved_by") or procedure.identity.approved_by,
        "note": office.get("approval_note", ""),
        "name": office.get("signer_name", ""),
        "rank": office.get("signer_rank", ""),
        "nip": office.get("signer_nip", ""),
    }


def _boxes(procedure: Procedure, names: Mapping[str, str]) -> list[list[dict[str, object]]]:
    """The boxes of the form, two in a row."""
    identity = procedure.identity
    warning = [identity.warning] if identity.warning else []
    pairs: list[list[tuple[str, Sequence[str]]]] = [
        [("Dasar Hukum", identity.legal_basis), ("Kualifikasi Pelaksana", identity.qualifications)],
        [("Keterkaitan", identity.related), ("Peralatan/Perlengkapan", identity.equipment)],
        [("Peringatan", warning), ("Pencatatan dan Pendataan", identity.records)],
    ]
    return [[_box(label, texts, names) for label, texts in pair] for pair in pairs]


def _box(label: str, texts: Sequence[str], names: Mapping[str, str]) -> dict[str, object]:
    return {"label": label, "texts": [worded(text, names) for text in texts]}
