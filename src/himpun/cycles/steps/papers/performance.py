"""The Data Kinerja: the frozen recap, and between its tables the narrative that people write."""

from collections.abc import Iterable, Mapping

from himpun import moments
from himpun.cycles.models import Cycle
from himpun.cycles.steps.papers import achievements
from himpun.documents.content.parts import FreeTable
from himpun.documents.content.performance import Appendix, Chapter, PerformanceData, Section
from himpun.documents.parts import empty_signature, letterhead, local
from himpun.indicators.models.recaps import Recap, RecapLine
from himpun.letters.models import Letter
from himpun.measure.periods import Period
from himpun.offices.models.offices import Office

NARRATIVE = {
    "kata_pengantar": "Kata Pengantar",
    "latar_belakang": "Latar Belakang",
    "dasar_hukum": "Dasar Hukum",
    "mekanisme": "Mekanisme Pengumpulan Data",
    "perencanaan": "Perencanaan Kinerja",
    "analisis": "Analisis Capaian",
    "penutup": "Penutup",
}
"""The sections a person writes: key → heading, in the order of the document."""


CORRECTED = "Perbaikan"
"""How a document is called that replaces another with corrected figures."""
_REPLACES = "Dokumen ini menggantikan "


def corrected_narrative(before: Mapping[str, str], replaced: str, corrections: Iterable[str]) -> dict[str, str]:
    """The narrative of the document that is replaced, and before it, in the foreword, what it was replaced for."""
    foreword = before.get("kata_pengantar", "")
    if foreword.startswith(_REPLACES):  # the document replaced had replaced another
        foreword = foreword.partition("\n\n")[2]
    told = f"{_REPLACES}{replaced} karena angka berikut dikoreksi sesudah dibekukan: {'; '.join(corrections)}."
    return {**before, "kata_pengantar": f"{told}\n\n{foreword}".strip()}


def first_narrative(cycle: Cycle) -> dict[str, str]:
    """A truthful beginning to edit: facts of this cycle and the procedure's own words, no invented judgement."""
    office, label = cycle.office, Period.parse(cycle.period).label
    definition = cycle.procedure.definition
    letter = cycle.letter
    because = (
        f"surat {letter.sender} Nomor {letter.number} tanggal {moments.day(letter.dated)} hal {letter.subject}"
        if letter and letter.nature != Letter.Nature.SECRET
        else "permintaan data kinerja"
    )
    return {
        "kata_pengantar": (
            f"Dokumen Data Kinerja {office.name} {label} ini disusun sebagai tindak lanjut {because}. Data dihimpun dari seluruh "
            "unit kerja melalui mekanisme pengumpulan data kinerja dan disajikan sebagaimana disampaikan unit."
        ),
        "latar_belakang": (
            f"Pengumpulan data kinerja {label} dilaksanakan menurut SOP {definition.name}. {definition.identity.warning}."
        ),
        "dasar_hukum": "\n".join(f"- {basis}" for basis in definition.identity.legal_basis),
        "mekanisme": (
            "Format permintaan data disampaikan kepada setiap unit; unit mengisi data beserta bukti dukung; data isian dihimpun, "
            "dibekukan, dan dievaluasi capaiannya. Setiap tahap tercatat dalam jurnal yang dapat diperiksa."
        ),
        "perencanaan": "Target kinerja mengacu pada perjanjian kinerja tahun berjalan sebagaimana tabel berikut.",
        "analisis": "",
        "penutup": f"Demikian Data Kinerja {office.name} {label} disusun untuk dipergunakan sebagaimana mestinya.",
    }


def performance_data(cycle: Cycle, recap: Recap, narrative: Mapping[str, str], *, version: int) -> PerformanceData:
    """The whole document as a draft; what the signature adds is put on when it is issued."""
    office = cycle.office
    lines = list(recap.lines.select_related("indicator"))
    return {
        "letterhead": letterhead(office),
        "title": f"Data Kinerja ({CORRECTED})" if cycle.corrects_id else "Data Kinerja",
        "period": Period.parse(cycle.period).label,
        "place_year": f"{office.city}, {local(recap.frozen_at, office).year}",
        "state": "draft",
        "draft_label": f"DRAFT versi {version}",
        "number": "",
        "foreword": narrative.get("kata_pengantar", ""),
        "summary": achievements.summary(lines),
        "scale": achievements.scale(lines),
        "scale_rule": achievements.scale_rule(lines),
        "chapters": _chapters(narrative, lines),
        "appendices": [_appendix(lines)],
        "paraf": [],
        "signature": empty_signature(_head_title(office)),
        "verification": None,
    }


def _head_title(office: Office) -> str:
    return office.titles().get("kepala", "")


def _chapters(narrative: Mapping[str, str], lines: list[RecapLine]) -> list[Chapter]:
    return [
        {
            "title": "Pendahuluan",
            "sections": [_section(narrative, key) for key in ("latar_belakang", "dasar_hukum", "mekanisme")],
        },
        {
            "title": "Perencanaan Kinerja",
            "sections": [{**_section(narrative, "perencanaan"), "tables": _targets(lines)}],
        },
        {
            "title": "Akuntabilitas Kinerja",
            "sections": [
                {
                    "title": "Capaian Kinerja",
                    "text": "",
                    "recap": achievements.objectives(lines),
                    "tables": [],
                    "charts": achievements.charts(lines),
                },
                _section(narrative, "analisis"),
            ],
        },
        {"title": "Penutup", "sections": [{**_section(narrative, "penutup"), "title": ""}]},
    ]


def _section(narrative: Mapping[str, str], key: str) -> Section:
    return {"title": NARRATIVE[key], "text": narrative.get(key, ""), "recap": [], "tables": [], "charts": []}


def _targets(lines: list[RecapLine]) -> list[FreeTable]:
    """What was to be reached, as frozen with the recap."""
    rows = [
        [
            line.frozen["kode"],
            line.frozen["sasaran"],
            line.frozen["nama"],
            line.frozen["satuan"],
            line.frozen["target"] or "belum ditetapkan",
        ]
        for line in achievements.in_order(lines)
    ]
    table: FreeTable = {
        "caption": "Target kinerja periode ini",
        "columns": [
            {"title": "Kode", "align": "kiri", "wide": False},
            {"title": "Sasaran", "align": "kiri", "wide": True},
            {"title": "Indikator", "align": "kiri", "wide": True},
            {"title": "Satuan", "align": "kiri", "wide": False},
            {"title": "Target", "align": "kanan", "wide": False},
        ],
        "rows": rows,
        "empty": "",
    }
    return [table]


def _appendix(lines: list[RecapLine]) -> Appendix:
    rows = [
        [
            line.frozen["kode"],
            line.frozen["nama"],
            line.frozen["unit"],
            variable["uraian"],
            _figure(line, variable),
            variable["satuan"],
        ]
        for line in lines
        for variable in line.frozen["variabel"]
    ]
    table: FreeTable = {
        "caption": "Data isian unit yang menjadi dasar perhitungan",
        "columns": [
            {"title": "Kode", "align": "kiri", "wide": False},
            {"title": "Indikator", "align": "kiri", "wide": True},
            {"title": "Unit", "align": "kiri", "wide": True},
            {"title": "Variabel", "align": "kiri", "wide": True},
            {"title": "Nilai", "align": "kanan", "wide": False},
            {"title": "Satuan", "align": "kiri", "wide": False},
        ],
        "rows": rows,
        "empty": "",
    }
    section: Section = {"title": "", "text": "", "recap": [], "tables": [table], "charts": []}
    return {"title": "Data Isian Unit", "landscape": True, "sections": [section]}


def _figure(line: RecapLine, variable: Mapping[str, str]) -> str:
    return "nihil" if line.frozen["nihil"] else variable["nilai"] or "belum diisi"
