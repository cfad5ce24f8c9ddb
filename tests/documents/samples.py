"""Made-up content for every template: `short` as on an ordinary day, `hard` with everything long, many or missing."""

import hashlib
from collections.abc import Callable
from typing import Literal

from himpun.documents.content.achievements import AchievedIndicator, AchievementRecap, Objective, ScaleBand, Summary
from himpun.documents.content.all import CONTENT_OF
from himpun.documents.content.answer import FilledForm, FilledIndicator
from himpun.documents.content.approval import Approval, ApprovalSheet
from himpun.documents.content.collected import FormRecap, UnitRecap
from himpun.documents.content.disposition import Disposition, DispositionSheet
from himpun.documents.content.live_recap import LiveIndicator, LiveRecap
from himpun.documents.content.parts import Chart, CheckBox, FreeTable, Letterhead, Signature, Verification
from himpun.documents.content.performance import PerformanceData, Section
from himpun.documents.content.receipt import DistributionReceipt, Receipt
from himpun.documents.content.request import DataRequest, RequestedIndicator
from himpun.documents.content.timing import TimedStep, TimingEvaluation
from himpun.documents.qr import qr_svg

URL = "https://himpun.contoh.go.id/v/7Q2K9M"
NUMBER = "000.7.2.7/0123/KEC.CTH/2026"
PERIOD = "Triwulan III 2026"
SHA = hashlib.sha256(b"contoh").hexdigest()
LONG_NAME = (
    "Prof. Dr. Ir. H. Raden Mas Bagus Contoh Panjang Sekali Kusumowardhananingrat Contohnegara, S.Sos., M.Si., M.P.A."
)
LONG_POST = (
    "Kepala Seksi Ketenteraman, Ketertiban Umum, Pelindungan Masyarakat, dan Penanggulangan Bencana Kecamatan Contoh"
)
LONG_INDICATOR = (
    "Persentase desa yang menyampaikan laporan pertanggungjawaban pelaksanaan Anggaran Pendapatan dan Belanja Desa "
    "secara lengkap, benar, dan tepat waktu sesuai ketentuan yang berlaku"
)
LONG_TEXT = (
    "Capaian ini dipengaruhi oleh keterlambatan penyampaian bahan dari desa, pergantian perangkat desa pada "
    "pertengahan tahun, serta belum meratanya kemampuan pengelola keuangan desa dalam menyusun "
    "laporan pertanggungjawaban. "
)
APPROVED = f"Disetujui dalam sistem pada 23 November 2026 pukul 09.14 WIB; keaslian dapat diperiksa di {URL}"

LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 94"><path d="M4 4h72v46c0 22-18 34-36 40C22 84 4 72 4 50z"'
    ' fill="#fff" stroke="#1f4e79" stroke-width="5"/><path d="M40 18l7 15 16 2-12 11 3 16-14-8-14 8 3-16-12-11 16-2z" '
    'fill="#d4a017"/></svg>'
)

GREEN, YELLOW, RED = "#1b7f3b", "#d4a017", "#b91c1c"


def chart_svg(title: str) -> str:
    bars = "".join(
        f'<rect x="{40 + 90 * i}" y="{220 - h}" width="56" height="{h}" fill="#2f6ea5"/>'
        f'<text x="{68 + 90 * i}" y="238" font-family="Arimo" font-size="12" text-anchor="middle">TW {i + 1}</text>'
        for i, h in enumerate((120, 150, 176, 90))
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="420" height="260" viewBox="0 0 420 260">'
        f'<text x="210" y="22" font-family="sans-serif" font-size="14" text-anchor="middle">{title}</text>'
        f'{bars}<line x1="30" y1="220" x2="400" y2="220" stroke="#333"/></svg>'
    )


def letterhead(logo: bool = True) -> Letterhead:
    return {
        "government": "Pemerintah Kabupaten Contoh",
        "office": "Kecamatan Contoh",
        "address": "Jalan Contoh Nomor 1, Desa Contoh, Kabupaten Contoh 00000",
        "contact": "Telepon (000) 000000 · Laman kecamatan.contoh.go.id · Pos-el kecamatan@contoh.go.id",
        "logo": LOGO if logo else None,
    }


def hard_letterhead() -> Letterhead:
    return {
        "government": "Pemerintah Kabupaten Kepulauan Contoh Raya Tenggara",
        "office": "Dinas Pemberdayaan Masyarakat, Desa, Perempuan, Pelindungan Anak, dan Pengendalian Penduduk",
        "address": "Kompleks Perkantoran Terpadu Gedung C Lantai 3, Jalan Jenderal Contoh Sangat Panjang Nomor 123 "
        "Blok A, Kelurahan Contoh, Kecamatan Contoh 00000",
        "contact": "",
        "logo": None,
    }


def verification(title: str) -> Verification:
    return {
        "url": URL,
        "number": NUMBER,
        "title": title,
        "version": "3",
        "sha256": SHA,
        "digest_of": "naskah yang disetujui",
        "qr": qr_svg(URL),
    }


def signature() -> Signature:
    return {
        "place_date": "Contoh, 23 November 2026",
        "on_behalf_of": [],
        "prefix": "",
        "position": "Camat Contoh",
        "name": "Siti Contoh, S.Sos.",
        "rank": "Pembina Tingkat I (IV/b)",
        "nip": "00000000 000000 0 001",
        "approval": APPROVED,
        "qr": qr_svg(URL),
    }


def hard_signature() -> Signature:
    return {
        "place_date": "Kepulauan Contoh Raya Tenggara, 23 November 2026",
        "on_behalf_of": ["Camat Contoh", "Sekretaris Camat Contoh"],
        "prefix": "Plt.",
        "position": LONG_POST,
        "name": LONG_NAME,
        "rank": "Penata Tingkat I (III/d)",
        "nip": "00000000 000000 0 002",
        "approval": "",
        "qr": None,
    }


# --- lembar_disposisi -------------------------------------------------------------------------------------------------

URGENCY = ("Sangat Segera", "Segera", "Rahasia")
INSTRUCTIONS = (
    "Tanggapan dan Saran",
    "Proses lebih lanjut",
    "Koordinasi/konfirmasikan",
    "Hadiri/wakili",
    "Untuk diketahui",
    "Simpan/arsipkan",
)
POSTS = (
    "Sekretaris Camat",
    "Kepala Seksi Tata Pemerintahan",
    "Kepala Seksi Pemberdayaan Masyarakat dan Desa",
    "Kepala Seksi Ketenteraman dan Ketertiban Umum",
    "Kepala Seksi Kesejahteraan Sosial",
    "Kepala Seksi Pelayanan Umum",
)


def boxes(labels: tuple[str, ...], *checked: str) -> list[CheckBox]:
    return [{"label": label, "checked": label in checked} for label in labels]


def disposition(number: str = "1", *, long: bool = False) -> Disposition:
    first = number == "1"
    return {
        "number": number,
        "to": boxes(POSTS, "Sekretaris Camat")
        if first
        else boxes(("Kasubbag Perencanaan dan Keuangan", LONG_POST), "Kasubbag Perencanaan dan Keuangan"),
        "instructions": boxes(INSTRUCTIONS, "Proses lebih lanjut", "Koordinasi/konfirmasikan"),
        "note": LONG_TEXT * 6 + "\n\n- Siapkan bahan\n- Laporkan paling lambat hari Jumat"
        if long
        else "Koordinasikan penyusunan Pengumpulan Data Kinerja dengan seluruh seksi. Laporkan kemajuannya.",
        "due": "24 November 2026 pukul 16.00 WIB",
        "position": "Camat Contoh" if first else "Sekretaris Camat",
        "name": "Siti Contoh, S.Sos." if not long else LONG_NAME,
        "nip": "00000000 000000 0 001",
        "at": "23 November 2026 pukul 08.10 WIB",
        "paraf": "Diparaf dalam sistem pada 23 November 2026 pukul 08.10 WIB",
        "follow_up": "Dibaca Sekretaris Camat 23 November 2026 pukul 09.20 WIB; diteruskan",
    }


def short_lembar_disposisi() -> DispositionSheet:
    return {
        "letterhead": letterhead(),
        "letter": {
            "sender": "Inspektorat Daerah Kabupaten Contoh",
            "number": "700.1.2/0456/INSP/2026",
            "date": "20 November 2026",
            "received": "23 November 2026",
            "agenda_number": "0312",
            "attachments": "1 (satu) berkas",
            "urgency": boxes(URGENCY, "Segera"),
            "subject": "Permintaan Data Kinerja Triwulan III 2026",
        },
        "dispositions": [disposition()],
        "verification": verification("Lembar Disposisi Agenda 0312"),
    }


def hard_lembar_disposisi() -> DispositionSheet:
    sheet = short_lembar_disposisi()
    sheet["letterhead"] = hard_letterhead()
    sheet["letter"]["sender"] = (
        "Inspektorat Daerah Kabupaten Kepulauan Contoh Raya Tenggara, Inspektur Pembantu Wilayah III"
    )
    sheet["letter"]["subject"] = LONG_TEXT * 2
    sheet["letter"]["number"] = "700.1.2.15.4/000456/INSP.KAB-CTH/IRBAN.III/XI/2026/REVISI-KEDUA"
    sheet["letter"]["urgency"] = boxes(URGENCY)
    sheet["letter"]["attachments"] = ""
    sheet["dispositions"] = [
        disposition("1", long=True),
        disposition("1.1"),
        disposition("1.1.1", long=True),
        disposition("1.2"),
    ]
    sheet["dispositions"][3].update({"note": "", "paraf": "", "due": "", "follow_up": "", "nip": ""})
    sheet["verification"] = None
    return sheet


# --- format_permintaan ------------------------------------------------------------------------------------------------


def requested(number: int, *, long: bool = False) -> RequestedIndicator:
    return {
        "no": str(number),
        "code": f"IKU-{number:02d}",
        "name": LONG_INDICATOR if long else "Persentase desa dengan tata kelola baik",
        "definition": LONG_TEXT * 2
        if long
        else "Desa yang memenuhi delapan unsur tata kelola menurut pembinaan kecamatan.",
        "formula": "(a ÷ b) × 100",
        "source": "Rekap pembinaan desa",
        "evidence_required": number % 2 == 1,
        "variables": [
            {"code": "a", "name": "Jumlah desa dengan tata kelola baik", "unit": "desa"},
            {"code": "b", "name": "Jumlah desa di wilayah kecamatan", "unit": "desa"},
        ],
    }


def short_format_permintaan() -> DataRequest:
    return {
        "letterhead": letterhead(),
        "number": NUMBER,
        "nature": "Segera",
        "attachments": "1 (satu) berkas",
        "subject": "Permintaan Data dan Informasi Kinerja Triwulan III 2026",
        "place_date": "Contoh, 1 Oktober 2026",
        "recipient": "Kepala Seksi Tata Pemerintahan",
        "recipient_place": "Tempat",
        "period": PERIOD,
        "deadline": "9 Oktober 2026 pukul 16.00 WIB",
        "opening": "Dalam rangka penyusunan Pengumpulan Data Kinerja Triwulan III 2026 dan menindaklanjuti "
        "disposisi Camat Contoh tanggal 30 September 2026, bersama ini kami sampaikan format permintaan data dan "
        "informasi kinerja sebagaimana terlampir.\n\nSehubungan dengan hal tersebut, mohon Saudara mengisi "
        "format dimaksud beserta bukti dukungnya, dengan ketentuan:",
        "closing": "- nilai diisi per variabel, bukan persentase;\n- data yang tidak ada dinyatakan nihil beserta "
        "sebabnya.\n\nDemikian disampaikan, atas perhatian dan kerja samanya diucapkan terima kasih.",
        "indicators": [requested(1), requested(2)],
        "signature": signature() | {"place_date": "", "on_behalf_of": ["Camat Contoh"], "position": "Sekretaris Camat"},
        "copies": ["Camat Contoh (sebagai laporan)"],
        "verification": verification("Permintaan Data Kinerja Triwulan III 2026"),
    }


def hard_format_permintaan() -> DataRequest:
    letter = short_format_permintaan()
    letter["letterhead"] = hard_letterhead()
    letter["recipient"] = LONG_POST
    letter["subject"] = LONG_TEXT
    letter["opening"] = "\n\n".join([LONG_TEXT * 3] * 4)
    letter["indicators"] = [requested(number, long=number % 3 == 0) for number in range(1, 61)]
    letter["indicators"][4]["variables"] *= 5
    letter["signature"] = hard_signature()
    letter["copies"] = ["Bupati Kepulauan Contoh Raya Tenggara", "Inspektur Daerah", LONG_POST]
    letter["verification"] = None
    return letter


# --- data_isian -------------------------------------------------------------------------------------------------------


def filled(number: int, *, long: bool = False, nil: bool = False) -> FilledIndicator:
    return {
        "no": str(number),
        "code": f"IKU-{number:02d}",
        "name": LONG_INDICATOR if long else "Persentase desa dengan tata kelola baik",
        "nil": nil,
        "nil_reason": "Tidak ada pelatihan yang diselenggarakan pada triwulan ini." if nil else "",
        "variables": [
            {
                "code": "a",
                "name": "Jumlah desa dengan tata kelola baik",
                "unit": "desa",
                "value": "4",
                "note": LONG_TEXT if long else "",
            },
            {
                "code": "b",
                "name": "Jumlah desa di wilayah kecamatan",
                "unit": "desa",
                "value": "" if long else "9",
                "note": "",
            },
        ],
        "evidence": [
            {"file_name": "rekap-pembinaan-desa-tw3.pdf", "sha256": SHA},
            {
                "file_name": "Berita_Acara_Monitoring_Evaluasi_Tata_Kelola_Desa_Triwulan_III_2026_final_revisi(2).xlsx",
                "sha256": SHA,
            },
        ]
        if number % 2
        else [],
    }


def short_data_isian() -> FilledForm:
    return {
        "letterhead": letterhead(),
        "unit": "Seksi Tata Pemerintahan",
        "period": PERIOD,
        "request_number": NUMBER,
        "deadline": "9 Oktober 2026 pukul 16.00 WIB",
        "submitted_by": "Budi Contoh, S.STP.",
        "submitted_as": "Kepala Seksi Tata Pemerintahan",
        "submitted_at": "8 Oktober 2026 pukul 10.21 WIB",
        "timeliness": "Tepat waktu",
        "submission": "Pengiriman pertama",
        "indicators": [filled(1), filled(2), filled(3, nil=True)],
        "note": "Data desa Contoh Hilir masih sementara.",
        "signature": signature() | {"position": "Kepala Seksi Tata Pemerintahan", "name": "Budi Contoh, S.STP."},
        "verification": verification("Data Isian Seksi Tata Pemerintahan Triwulan III 2026"),
    }


def hard_data_isian() -> FilledForm:
    form = short_data_isian()
    form["letterhead"] = hard_letterhead()
    form["unit"] = LONG_POST
    form["submitted_by"] = ""
    form["indicators"] = [filled(number, long=number % 2 == 0, nil=number % 7 == 0) for number in range(1, 61)]
    form["indicators"][0]["evidence"] *= 8
    form["indicators"][1]["variables"] = []
    form["note"] = ""
    form["signature"] = None
    form["verification"] = None
    return form


# --- rekap_isian ------------------------------------------------------------------------------------------------------


def unit_recap(
    number: int, state: Literal["masuk", "terlambat", "dikecualikan", "belum"], rows: int, *, long: bool = False
) -> UnitRecap:
    status = {
        "masuk": "Masuk, tepat waktu",
        "terlambat": "Masuk, terlambat",
        "dikecualikan": "Dikecualikan",
        "belum": "Belum masuk",
    }
    reason = {
        "dikecualikan": "Tidak mengampu indikator pada triwulan ini.",
        "belum": "Melewati batas waktu.",
    }
    return {
        "no": str(number),
        "unit": LONG_POST if long else f"Seksi Contoh {number}",
        "state": state,
        "status": status[state],
        "reason": reason.get(state, ""),
        "submitted_by": "Budi Contoh, S.STP. (Kepala Seksi)" if rows else "",
        "submitted_at": "8 Oktober 2026 pukul 10.21 WIB" if rows else "",
        "values": [
            {
                "code": f"IKU-{1 + row // 2:02d}",
                "indicator": LONG_INDICATOR if long else f"Persentase desa dengan tata kelola baik {1 + row // 2}",
                "variable": "Jumlah desa dengan tata kelola baik"
                if row % 2 == 0
                else "Jumlah desa di wilayah kecamatan",
                "unit": "desa",
                "value": "4" if row % 2 == 0 else "1.234.567.890,55",
                "note": LONG_TEXT if long and row % 2 else "",
                "evidence": "2 berkas" if row % 2 == 0 else "",
            }
            for row in range(rows)
        ],
    }


def short_rekap_isian() -> FormRecap:
    return {
        "letterhead": letterhead(),
        "period": PERIOD,
        "facts": [
            {"label": "Unit dimintai", "value": "4 unit"},
            {"label": "Masuk", "value": "2 unit; 1 dikecualikan; 1 belum"},
        ],
        "units": [
            unit_recap(1, "masuk", 4),
            unit_recap(2, "terlambat", 2),
            unit_recap(3, "dikecualikan", 0),
            unit_recap(4, "belum", 0),
        ],
        "frozen_at": "10 Oktober 2026 pukul 15.30 WIB",
        "frozen_by": "Dewi Contoh, A.Md. (Analis Perencanaan Evaluasi dan Pelaporan)",
        "digest": SHA,
        "signature": signature() | {"position": "Kasubbag Perencanaan dan Keuangan", "name": "Rudi Contoh, S.E."},
        "verification": verification("Rekap Data Isian Triwulan III 2026"),
    }


def hard_rekap_isian() -> FormRecap:
    recap = short_rekap_isian()
    recap["letterhead"] = hard_letterhead()
    recap["units"] = [unit_recap(number, "masuk", 12, long=number % 3 == 0) for number in range(1, 11)]
    recap["units"].append(unit_recap(11, "dikecualikan", 0, long=True))
    recap["frozen_at"] = recap["digest"] = ""
    recap["signature"] = hard_signature()
    recap["verification"] = None
    return recap


# --- rekap_capaian ----------------------------------------------------------------------------------------------------

SCALE: list[ScaleBand] = [
    {"label": "Sangat Tinggi", "rule": "> 90", "colour": GREEN},
    {"label": "Tinggi", "rule": "> 75 s.d. 90", "colour": "#65a30d"},
    {"label": "Sedang", "rule": "> 65 s.d. 75", "colour": YELLOW},
    {"label": "Rendah", "rule": "> 50 s.d. 65", "colour": "#ea7317"},
    {"label": "Sangat Rendah", "rule": "≤ 50", "colour": RED},
]
SCALE_RULE = "Kategori ditetapkan dari capaian sebelum dibulatkan."


def achieved(number: int, *, long: bool = False) -> AchievedIndicator:
    return {
        "no": str(number),
        "code": f"IKU-{number:02d}",
        "name": LONG_INDICATOR if long else "Persentase desa minimal berkembang",
        "unit": "%",
        "polarity": "Positif",
        "target": "70,00",
        "actual": "66,67",
        "achievement": "95,24",
        "missing": "",
        "reason": "",
        "category": "Sangat Tinggi",
        "colour": GREEN,
        "formula": "6 / 9 × 100 = 66,67; 66,67 / 70 × 100 = 95,24",
        "cause": LONG_TEXT * 2 if long else "Pembinaan desa berjalan sesuai jadwal.",
        "follow_up": LONG_TEXT if long else "Pendampingan dua desa yang belum berkembang.",
    }


def uncomputed(number: int) -> AchievedIndicator:
    one = achieved(number)
    one.update(
        {"name": "Indeks Kepuasan Masyarakat", "unit": "indeks", "actual": "", "achievement": "", "category": ""}
    )
    one.update(
        {
            "colour": "",
            "formula": "",
            "missing": "belum diukur",
            "reason": "Belum diukur: survei dilakukan sekali setahun.",
            "cause": "",
            "follow_up": "",
        }
    )
    return one


def low(number: int) -> AchievedIndicator:
    one = achieved(number)
    one.update(
        {
            "name": "Rata-rata waktu pelayanan",
            "unit": "menit",
            "polarity": "Negatif (2T−R)/T",
            "target": "12",
            "actual": "24",
        }
    )
    one.update(
        {
            "achievement": "0,00",
            "category": "Sangat Rendah",
            "colour": RED,
            "formula": "(2 × 12 − 24) / 12 × 100 = 0",
        }
    )
    return one


def objectives() -> list[Objective]:
    return [
        {"no": "1", "name": "Meningkatnya tata kelola pemerintahan desa", "indicators": [achieved(1), low(2)]},
        {"no": "2", "name": "Meningkatnya kualitas pelayanan publik", "indicators": [uncomputed(3)]},
    ]


def hard_objectives() -> list[Objective]:
    many = [achieved(n, long=n % 4 == 0) if n % 5 else low(n) for n in range(1, 61)]
    many[2].update(
        {"unit": "rupiah", "target": "1.234.567.890.000", "actual": "987.654.321.000,50", "achievement": "1.080,01"}
    )
    return [
        {"no": "1", "name": LONG_INDICATOR, "indicators": many[:35]},
        {"no": "2", "name": "Sasaran tanpa indikator", "indicators": []},
        {"no": "3", "name": "Meningkatnya kualitas pelayanan publik", "indicators": many[35:]},
    ]


def summary(left_out: bool = True) -> Summary:
    return {
        "mean": "47,62",
        "capped_mean": "47,62",
        "category": "Sangat Rendah",
        "colour": RED,
        "achieved": "0",
        "not_achieved": "2",
        "left_out": [
            {
                "code": "IKU-03",
                "name": "Indeks Kepuasan Masyarakat",
                "reason": "Belum diukur: survei dilakukan sekali setahun.",
            }
        ]
        if left_out
        else [],
    }


def short_rekap_capaian() -> AchievementRecap:
    return {
        "letterhead": letterhead(),
        "period": PERIOD,
        "facts": [
            {"label": "Nomor", "value": NUMBER},
            {"label": "Sumber nilai", "value": "Data isian yang dibekukan 10 Oktober 2026"},
        ],
        "summary": summary(),
        "scale": SCALE,
        "scale_rule": SCALE_RULE,
        "objectives": objectives(),
        "charts": [
            {
                "title": "Rata-rata capaian tiap triwulan",
                "svg": chart_svg("Capaian (%)"),
                "alt": "Grafik batang capaian",
            }
        ],
        "analysis": LONG_TEXT + "\n\nLangkah yang diperlukan:\n- pendampingan desa;\n- penyederhanaan alur pelayanan.",
        "digest": SHA,
        "signature": signature() | {"position": "Kasubbag Perencanaan dan Keuangan", "name": "Rudi Contoh, S.E."},
        "verification": verification("Rekap Capaian Kinerja Triwulan III 2026"),
    }


def hard_rekap_capaian() -> AchievementRecap:
    recap = short_rekap_capaian()
    recap["letterhead"] = hard_letterhead()
    recap["objectives"] = hard_objectives()
    recap["summary"].update({"mean": "", "capped_mean": "", "category": "", "colour": "", "left_out": []})
    recap["scale"] = []
    recap["charts"] = []
    recap["analysis"] = ""
    recap["facts"] = []
    recap["digest"] = ""
    recap["signature"] = None
    recap["verification"] = None
    return recap


# --- rekap_berjalan ---------------------------------------------------------------------------------------------------


def live(number: int, *, long: bool = False) -> LiveIndicator:
    one = achieved(number, long=long)
    same = {name: one[name] for name in ("no", "code", "name", "unit", "target", "actual", "achievement", "missing")}  # type: ignore[literal-required]
    rest = {name: one[name] for name in ("reason", "category", "colour", "formula")}  # type: ignore[literal-required]
    return {
        **same,
        **rest,
        "units": LONG_POST if long else "Kepala Seksi Tata Pemerintahan",
        "earlier": ["61,11", "1.234.567.890,12" if long else ""],
        "renstra": "90",
        "standard": "2,60–3,50" if long else "",
        "marks": "sementara, dikoreksi sesudah dibekukan" if number % 2 else "",
    }  # type: ignore[typeddict-item]


def short_rekap_berjalan() -> LiveRecap:
    recap = short_rekap_capaian()
    uncounted = live(3) | {"achievement": "", "missing": "belum diukur", "reason": "Belum diukur.", "category": ""}
    return {
        "letterhead": letterhead(),
        "period": PERIOD,
        "provisional": "SEMENTARA: ada angka yang belum dibekukan dan masih dapat berubah",
        "facts": [{"label": "Keadaan pada", "value": "23 November 2026 pukul 09.14 WIB"}],
        "summary": recap["summary"],
        "scales": [{"users": "", "bands": SCALE}],
        "scale_rule": SCALE_RULE,
        "years": ["2025", "2024"],
        "groups": [
            {"name": "Meningkatnya kemandirian desa", "told": "1 dari 2", "indicators": [live(1), live(2)]},
            {"name": "Meningkatnya pelayanan", "told": "", "indicators": [uncounted]},  # type: ignore[list-item]
        ],
        "corrections": ["IKU-01 Desa baik, Triwulan III 2026: 5 menjadi 6. Salah baca laporan."],
        "charts": recap["charts"],
    }


def hard_rekap_berjalan() -> LiveRecap:
    recap = short_rekap_berjalan()
    recap["letterhead"] = hard_letterhead()
    recap["provisional"] = ""
    recap["facts"] = []
    recap["scales"] = [
        {"users": ", ".join(f"IKU-{no:02}" for no in range(40)), "bands": SCALE},
        {"users": "IKU-41", "bands": []},
    ]
    recap["groups"] = [
        {"name": LONG_TEXT, "told": "12 dari 20", "indicators": [live(no, long=True) for no in range(1, 21)]},
        {"name": "Tanpa indikator", "told": "", "indicators": []},
    ]
    recap["corrections"] = [LONG_TEXT] * 6
    recap["charts"] = []
    return recap


# --- data_kinerja -----------------------------------------------------------------------------------------------------

BUDGET: FreeTable = {
    "caption": "Realisasi anggaran menurut sub-kegiatan",
    "columns": [
        {"title": "Sub-kegiatan", "align": "kiri", "wide": True},
        {"title": "Pagu (Rp)", "align": "kanan", "wide": False},
        {"title": "Realisasi (Rp)", "align": "kanan", "wide": False},
        {"title": "Serapan (%)", "align": "kanan", "wide": False},
    ],
    "rows": [
        ["7.01.01.2.01.0006 Koordinasi dan Penyusunan Laporan Capaian Kinerja", "12.500.000", "9.125.000", "73,00"],
        ["7.01.02.2.01.0001 Koordinasi kegiatan pemberdayaan desa", "48.000.000", "31.200.000", "65,00"],
    ],
    "empty": "",
}


def section(title: str, text: str = LONG_TEXT * 2) -> Section:
    return {"title": title, "text": text, "recap": [], "tables": [], "charts": []}


def short_data_kinerja() -> PerformanceData:
    chart: Chart = {
        "title": "Rata-rata capaian tiap triwulan",
        "svg": chart_svg("Capaian (%)"),
        "alt": "Grafik batang capaian",
    }
    return {
        "letterhead": letterhead(),
        "title": "Data Kinerja",
        "period": PERIOD,
        "place_year": "Contoh, 2026",
        "state": "final",
        "draft_label": "",
        "number": NUMBER,
        "foreword": "Puji syukur kami panjatkan ke hadirat Tuhan Yang Maha Esa atas tersusunnya Data Kinerja Kecamatan "
        f"Contoh {PERIOD}.\n\n" + LONG_TEXT,
        "summary": summary(),
        "scale": SCALE,
        "scale_rule": SCALE_RULE,
        "chapters": [
            {
                "title": "Pendahuluan",
                "sections": [
                    section("Latar Belakang"),
                    section("Dasar Hukum", "- PP 8/2006\n- Perpres 29/2014\n- PermenPANRB 53/2014"),
                ],
            },
            {"title": "Perencanaan Kinerja", "sections": [section("Rencana Strategis"), section("Perjanjian Kinerja")]},
            {
                "title": "Akuntabilitas Kinerja",
                "sections": [
                    section("Capaian Kinerja") | {"recap": objectives(), "charts": [chart]},
                    section("Realisasi Anggaran") | {"tables": [BUDGET]},
                ],
            },
            {"title": "Penutup", "sections": [section("")]},
        ],
        "appendices": [
            {"title": "Rekap Anggaran", "landscape": True, "sections": [section("", "") | {"tables": [BUDGET]}]}
        ],
        "paraf": [
            {
                "position": "Kasubbag Perencanaan dan Keuangan",
                "name": "Rudi Contoh, S.E.",
                "at": "20 November 2026 pukul 14.05 WIB",
                "mark": "Diparaf dalam sistem",
            },
            {
                "position": "Sekretaris Camat",
                "name": "Ani Contoh, S.IP.",
                "at": "22 November 2026 pukul 08.30 WIB",
                "mark": "Diparaf dalam sistem",
            },
        ],
        "signature": signature(),
        "verification": verification("Data Kinerja Triwulan III 2026"),
    }


def hard_data_kinerja() -> PerformanceData:
    data = short_data_kinerja()
    data["letterhead"] = hard_letterhead()
    data["state"] = "draft"
    data["draft_label"] = "DRAFT versi 2"
    data["number"] = ""
    data["foreword"] = ""
    data["summary"] = None
    data["chapters"].append({"title": LONG_INDICATOR, "sections": []})
    data["chapters"][0]["sections"].append(section(LONG_INDICATOR, "\n\n".join([LONG_TEXT * 4] * 12)))
    data["chapters"][2]["sections"][0]["recap"] = hard_objectives()
    data["chapters"][2]["sections"][1]["tables"] = [BUDGET | {"rows": []}, BUDGET | {"rows": BUDGET["rows"] * 30}]
    data["chapters"][3]["sections"] = [section("", "")]
    data["paraf"] = []
    data["signature"] = hard_signature()
    data["appendices"].append({"title": LONG_INDICATOR, "landscape": False, "sections": []})
    data["verification"] = None
    return data


def ten_page_data_kinerja() -> PerformanceData:
    """The document the speed promise is about: a report of some ten pages with forty indicators."""
    data = short_data_kinerja()
    data["chapters"][2]["sections"][0]["recap"] = [
        {"no": str(n), "name": f"Sasaran {n}", "indicators": [achieved(m) for m in range(1, 6)]} for n in range(1, 5)
    ]
    return data


# --- tanda_terima -----------------------------------------------------------------------------------------------------


def receipt(number: int, *, opened: bool = True) -> Receipt:
    return {
        "no": str(number),
        "recipient": "Inspektorat Daerah Kabupaten Contoh" if number % 2 else "Bagian Organisasi Sekretariat Daerah",
        "how": "Himpun" if opened else "Diantar",
        "sent_at": "23 November 2026 pukul 10.00 WIB",
        "opened_at": "23 November 2026 pukul 10.42 WIB" if opened else "",
        "received_by": "Tono Contoh, S.H." if opened else "",
        "proof": "Pembukaan tercatat di jurnal" if opened else "",
    }


def short_tanda_terima() -> DistributionReceipt:
    return {
        "letterhead": letterhead(),
        "document_number": NUMBER,
        "document_title": "Data Kinerja Triwulan III 2026",
        "document_version": "3 (final)",
        "document_sha256": SHA,
        "facts": [{"label": "Dikirim oleh", "value": "Dewi Contoh, A.Md."}],
        "recipients": [receipt(1), receipt(2), receipt(3, opened=False)],
        "signature": signature()
        | {"position": "Analis Perencanaan Evaluasi dan Pelaporan", "name": "Dewi Contoh, A.Md."},
        "verification": verification("Data Kinerja Triwulan III 2026"),
    }


def hard_tanda_terima() -> DistributionReceipt:
    sheet = short_tanda_terima()
    sheet["letterhead"] = hard_letterhead()
    sheet["document_title"] = LONG_INDICATOR
    sheet["recipients"] = [receipt(number, opened=number % 3 > 0) for number in range(1, 61)]
    for one in sheet["recipients"][:5]:
        one.update({"recipient": LONG_POST, "received_by": LONG_NAME, "sent_at": ""})
    sheet["signature"] = None
    sheet["verification"] = None
    return sheet


# --- lembar_pengesahan ------------------------------------------------------------------------------------------------


def approval(kind: str, position: str, name: str) -> Approval:
    return {
        "kind": kind,
        "position": position,
        "name": name,
        "nip": "00000000 000000 0 003",
        "at": "23 November 2026 pukul 09.14 WIB",
        "how": "Persetujuan dalam sistem",
    }


def short_lembar_pengesahan() -> ApprovalSheet:
    return {
        "letterhead": letterhead(),
        "document_number": NUMBER,
        "document_title": "Data Kinerja Triwulan III 2026",
        "document_version": "3 (final)",
        "document_sha256": SHA,
        "file_name": "data-kinerja-tw3-2026.pdf",
        "state": "berlaku",
        "status": "Disahkan dan berlaku",
        "facts": [{"label": "Kode arsip", "value": "000.7.2.7"}],
        "approvals": [
            approval("Paraf", "Kasubbag Perencanaan dan Keuangan", "Rudi Contoh, S.E."),
            approval("Paraf", "Sekretaris Camat", "Ani Contoh, S.IP."),
            approval("Tanda tangan", "Camat Contoh", "Siti Contoh, S.Sos."),
        ],
        "statement": "Dokumen ini disetujui dalam sistem oleh pejabat di atas. Persetujuan dalam sistem bukan "
        "tanda tangan elektronik tersertifikasi; kode QR hanya memuat alamat pemeriksaan.",
        "verification": verification("Lembar Pengesahan Data Kinerja Triwulan III 2026"),
    }


def hard_lembar_pengesahan() -> ApprovalSheet:
    sheet = short_lembar_pengesahan()
    sheet["letterhead"] = hard_letterhead()
    sheet["document_title"] = LONG_INDICATOR
    sheet["state"] = "dicabut"
    sheet["status"] = "Dicabut pada 1 Desember 2026; diganti oleh Versi 4"
    sheet["file_name"] = "Data_Kinerja_Triwulan_III_Tahun_2026_final_sekali_revisi_terakhir_banget_v12(1).pdf"
    sheet["approvals"] = [approval("Paraf", LONG_POST, LONG_NAME), *sheet["approvals"]]
    sheet["approvals"][0]["at"] = ""
    return sheet


# --- evaluasi_waktu ---------------------------------------------------------------------------------------------------


def timed_step(no: int, title: str = "Menelaah dan menganalisa materi draft Data Kinerja") -> TimedStep:
    return {
        "no": str(no),
        "title": title,
        "standard": "2 hari",
        "visits": "12",
        "median": "1 hari 2 jam",
        "p90": "3 hari",
        "on_time": "75,0%",
        "returned": "8,3%",
        "rework": "16,7%",
        "skipped": "0",
        "why_not": "",
        "colour": "#f0d48a",
        "delay": "Sebagian terlambat",
        "advice": "3 hari",
        "evidence": "n = 12; 92% kunjungan selesai dalam 3 hari",
    }


def short_evaluasi_waktu() -> TimingEvaluation:
    charts = short_rekap_capaian()["charts"]
    unknown = timed_step(2) | {
        "median": "–",
        "p90": "–",
        "on_time": "–",
        "evidence": "",
        "why_not": "Belum dijalankan.",
    }
    return {
        "letterhead": letterhead(),
        "procedure": "Penyusunan Mekanisme Pengumpulan Data Kinerja",
        "year": "2026",
        "facts": [{"label": "Siklus", "value": "12 dimulai, 11 selesai"}],
        "steps": [timed_step(1), unknown],  # type: ignore[list-item]
        "matrix_heads": ["Kepala Seksi Pelayanan Umum"],
        "matrix": [{"waiter": "Kasubbag Umum dan Kepegawaian", "hours": ["12,5"]}],
        "groups": [
            {
                "kind": "Periode",
                "name": "Triwulan III 2026",
                "cases": "4",
                "median": "12 hari",
                "p90": "18 hari",
                "on_time": "70,0%",
                "rework": "10,0%",
            }
        ],
        "deviations": ["1 siklus: langkah 7 dilewati"],
        "definitions": ["Median: nilai tengah dari semua kunjungan."],
        "chart": charts[0],
        "legend": [{"label": "Tepat waktu", "colour": "#d5eee2"}],
        "flowcharts": charts[:1],
    }


def hard_evaluasi_waktu() -> TimingEvaluation:
    paper = short_evaluasi_waktu()
    paper["letterhead"] = hard_letterhead()
    paper["procedure"] = LONG_INDICATOR
    paper["steps"] = [timed_step(no, LONG_INDICATOR) for no in range(1, 31)]
    paper["matrix_heads"] = [LONG_POST] * 12
    paper["matrix"] = [{"waiter": LONG_POST, "hours": ["1.234,5"] * 12} for _ in range(20)]
    paper["groups"] = []
    paper["deviations"] = [LONG_TEXT] * 6
    paper["legend"] = []
    paper["flowcharts"] = paper["flowcharts"] * 3
    return paper


SAMPLES: dict[str, dict[str, Callable[[], object]]] = {
    name: {"short": globals()[f"short_{name}"], "hard": globals()[f"hard_{name}"]} for name in CONTENT_OF
}
