"""What the people of the tour write: figures of Triwulan III 2026 for both sample offices, and the words around them.

Everything is invented, and chosen so that some indicators miss their target and one is nihil.
"""

from dataclasses import dataclass, field

PERIOD = "2026-TW3"
NIHIL = "Survei Triwulan III ditunda ke November 2026 karena ruang pelayanan direnovasi"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a unit fills in for one indicator: figures by variable, and a note; or why it is nihil."""

    figures: dict[str, str] = field(default_factory=dict)
    note: str = ""
    nihil: str = ""


@dataclass(frozen=True, slots=True)
class Analysis:
    """Why an indicator missed its target, and what follows."""

    cause: str
    follow_up: str


@dataclass(frozen=True, slots=True)
class Story:
    """One sample office's answers by indicator, analyses by indicator, and the post that answers too late."""

    late: str
    answers: dict[str, Answer]
    analyses: dict[str, Analysis]
    analysis_text: str
    revised_text: str


_SURVEY = Analysis(
    "Survei tidak dilaksanakan pada triwulan ini karena ruang pelayanan direnovasi.",
    "Survei dijadwalkan pada minggu pertama November 2026 dan dilaporkan bersama data Triwulan IV.",
)

STORIES = {
    "kec-contoh": Story(
        late="kasi-kesos",
        answers={
            "IKU-01": Answer(
                {"desa_baik": "6", "desa_seluruhnya": "9"}, "Satu desa naik setelah pendampingan pada Agustus."
            ),
            "IKU-03": Answer(
                {"lembaga_dibina": "30", "lembaga_terdaftar": "45"}, "Pembinaan Posyandu dua desa diundur ke Oktober."
            ),
            "IKU-05": Answer({"pendatang_lengkap": "68", "pendatang_dilaporkan": "70"}),
            "IKU-06": Answer(
                {"hari_hadir": "1.398", "hari_wajib": "1.452"}, "Rekap daftar hadir Juli sampai September."
            ),
            "IKU-07": Answer({"dokumen_benar": "15", "dokumen_wajib": "20"}),
            "IKU-08": Answer(nihil=NIHIL),
            "IKU-09": Answer(
                {"jumlah_menit": "4.420", "surat_selesai": "325"}, "Satu loket dipakai bergantian selama renovasi."
            ),
            "IKU-10": Answer({"temuan_tersisa": "3"}),
            "IKU-11": Answer({"satlinmas_aktif": "462", "rt_seluruhnya": "168"}),
            "IKU-13": Answer({"patroli": "12"}),
        },
        analyses={
            "IKU-03": Analysis(
                "Pembinaan Posyandu di dua desa diundur karena bersamaan dengan penimbangan serentak.",
                "Pembinaan susulan bagi sembilan lembaga dilaksanakan pada 14 dan 21 Oktober 2026.",
            ),
            "IKU-06": Analysis(
                "Tiga pegawai sakit lebih dari sepuluh hari kerja pada Agustus 2026.",
                "Penggantian tugas diatur dalam rapat mingguan; surat sakit dilengkapi pada rekap bulanan.",
            ),
            "IKU-08": _SURVEY,
            "IKU-09": Analysis(
                "Satu dari dua loket tidak dipakai selama renovasi, sehingga antrean lebih panjang.",
                "Loket kedua dibuka kembali mulai 12 Oktober 2026.",
            ),
        },
        analysis_text=(
            "Dari sepuluh indikator yang diukur pada Triwulan III, enam mencapai target. "
            "Capaian yang belum tercapai terutama dipengaruhi renovasi ruang pelayanan "
            "dan penundaan pembinaan di dua desa."
        ),
        revised_text=(
            "Dari sepuluh indikator yang diukur pada Triwulan III, enam mencapai target, tiga belum, "
            "dan satu nihil karena surveinya ditunda.\n\n"
            "Capaian yang belum tercapai terutama dipengaruhi renovasi ruang pelayanan (waktu pelayanan dan survei "
            "kepuasan) dan penundaan pembinaan lembaga di dua desa. Keduanya bersifat sementara:\n"
            "- loket kedua dibuka kembali mulai 12 Oktober 2026;\n"
            "- pembinaan susulan dilaksanakan pada 14 dan 21 Oktober 2026."
        ),
    ),
    "dinas-contoh": Story(
        late="kabid-smp",
        answers={
            "IKU-02": Answer({"lulusan": "96"}, "Ujian Paket C satu kelompok diundur ke Oktober."),
            "IKU-03": Answer({"murid_7_12": "23.688", "penduduk_7_12": "24.000"}),
            "IKU-04": Answer(
                {"ruang_rusak": "126", "ruang_seluruhnya": "1.200"}, "Delapan belas ruang selesai direhabilitasi."
            ),
            "IKU-05": Answer({"murid_putus": "33", "murid_awal_tahun": "12.000"}),
            "IKU-07": Answer(
                {"guru_bersertifikat": "1.805", "guru_seluruhnya": "2.500"},
                "Hasil sertifikasi gelombang pertama terbit.",
            ),
            "IKU-09": Answer(nihil=NIHIL),
        },
        analyses={
            "IKU-02": Analysis(
                "Ujian kesetaraan Paket C untuk satu kelompok belajar diundur karena jadwal pengawas.",
                "Ujian susulan dilaksanakan pada 19 Oktober 2026 dan hasilnya dilaporkan pada Triwulan IV.",
            ),
            "IKU-04": Analysis(
                "Rehabilitasi enam ruang belum selesai karena pengadaan bahan terlambat tiga minggu.",
                "Pekerjaan diselesaikan paling lambat 30 November 2026 dengan pengawasan mingguan.",
            ),
            "IKU-09": _SURVEY,
        },
        analysis_text=(
            "Dari enam indikator yang diukur pada Triwulan III, tiga mencapai target. "
            "Capaian yang belum tercapai dipengaruhi jadwal ujian kesetaraan dan pengadaan bahan rehabilitasi."
        ),
        revised_text=(
            "Dari enam indikator yang diukur pada Triwulan III, tiga mencapai target, dua belum, "
            "dan satu nihil karena surveinya ditunda.\n\n"
            "Capaian yang belum tercapai dipengaruhi jadwal ujian kesetaraan dan pengadaan bahan rehabilitasi. "
            "Tindak lanjutnya:\n"
            "- ujian susulan dilaksanakan pada 19 Oktober 2026;\n"
            "- rehabilitasi enam ruang selesai paling lambat 30 November 2026."
        ),
    ),
}
"""Office code → its story."""

LETTER = {
    "number": "000.7/123/ORG/2026",
    "sender": "Bupati Contoh",
    "subject": "Permintaan data kinerja Triwulan III Tahun 2026",
    "attachment": "1 (satu) berkas",
    "nature": "segera",
}
RETURN_REASON = (
    "Bagian analisis belum menyebut tindak lanjut dan jadwalnya. "
    "Lengkapi tanggal penyelesaian bagi indikator yang belum mencapai target."
)
