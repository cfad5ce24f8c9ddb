"""What the checker finds in the source document, and that each rule is silent where there is nothing to find."""

import pytest

from himpun.procedures.checker.check import check
from himpun.procedures.checker.findings import LEVELS, LOOK, NOTE, WRONG, Finding
from himpun.procedures.checker.flow import counted_times
from himpun.procedures.definition import Procedure
from himpun.procedures.reading import read
from tests.procedures.cases import FIXTURES, SIX_STEPS, SMALL, TEN_STEPS, fixture, shipped, small, source_tables


@pytest.fixture(scope="module")
def found() -> list[Finding]:
    return check(source_tables())


def of(findings: list[Finding], defect: int) -> list[Finding]:
    return [finding for finding in findings if finding.defect == defect]


def codes(procedure: Procedure, office_kind: str = "") -> list[str]:
    return [finding.code for finding in check([procedure], office_kind)]


@pytest.mark.parametrize(
    ("defect", "words"),
    [
        (1, ['Kolom ke-1 "Kepala Dinas"', "kecamatan"]),
        (1, ['Kolom ke-2 "Sekretaris Dinas"']),
        (1, ['Langkah 8 menyebut "kepala Dinas"']),
        (2, ['Kolom ke-5 "Bidang-Bidang Lain"', "Seksi"]),
        (2, ['Langkah 3 menyebut "bidang-bidang"']),
        (3, ["Dasar hukum ke-1", 'Tulis "Peraturan Pemerintah Nomor 8 Tahun 2006"']),
        (4, ['"900/ /KTI/2022" belum lengkap']),
        (4, ['"900/ /KTI/2022" pada tabel-1', '"900/ /Kec TKI/2022" pada tabel-2']),
        (4, ['Tgl Pembuatan "Januari 2022" tidak lengkap']),
        (4, ['Tgl Pengesahan "Februari 2022" tidak lengkap']),
        (4, ["Tanggal efektif belum ada"]),
        (4, ["Kotak Peringatan kosong"]),
        (5, ["Kasubbag Perencanaan Program Monitoring Evaluasi dan Pelaporan", "Kasubag Perencanaan dan Keuangan"]),
        (6, ['Langkah 7 "memeriksa"', "belah ketupat"]),
        (6, ['Langkah 6 bersyarat ("apabila masih perlu perbaikan")']),
        (7, ['Langkah 3 menyampaikan kepada "Camat"', "tidak punya kolom"]),
        (8, ["langkah 1–9 memakai hari, langkah 10 memakai menit"]),
        (9, ['"dokument"', '"dokumen"']),
        (9, ['"kenerja" (langkah 10)']),
        (9, ['"menyampaiakan" (langkah 2)']),
    ],
)
def test_the_defects_of_the_source_document_are_found(found: list[Finding], defect: int, words: list[str]) -> None:
    sentences = [finding.sentence for finding in of(found, defect)]
    assert any(all(word in sentence for word in words) for sentence in sentences), sentences


def test_every_marked_defect_is_found(found: list[Finding]) -> None:
    assert {finding.defect for finding in found} >= set(range(1, 9))


def test_the_camat_without_a_column_is_found_in_table_three_only(found: list[Finding]) -> None:
    assert [(finding.procedure, finding.step) for finding in of(found, 7)] == [
        ("Mekanisme Pengumpulan Data Kinerja", 3)
    ]


def test_findings_stand_in_the_order_of_the_procedures_the_gravest_first(found: list[Finding]) -> None:
    names = list(dict.fromkeys(finding.procedure for finding in found))
    assert [name[-9:-1] for name in names[:2]] == [" (tabel-"[1:] + "1", " (tabel-"[1:] + "2"]
    for name in names:
        levels = [LEVELS.index(finding.level) for finding in found if finding.procedure == name]
        assert levels == sorted(levels)


def test_every_sentence_ends_as_a_sentence_and_uses_a_known_level(found: list[Finding]) -> None:
    for finding in found:
        assert finding.sentence.endswith(".")
        assert finding.level in LEVELS


@pytest.mark.parametrize("office_kind", ["", "kecamatan", "dinas"])
def test_the_shipped_procedures_show_only_the_mixed_units_as_a_note(office_kind: str) -> None:
    found = check([shipped(TEN_STEPS), shipped(SIX_STEPS)], office_kind)
    assert [(finding.code, finding.level) for finding in found] == [("satuan-waktu-campur", NOTE)]


@pytest.mark.parametrize("name", FIXTURES)
def test_the_fixtures_show_nothing_wrong(name: str) -> None:
    assert [finding for finding in check([fixture(name)]) if finding.level != NOTE] == []


def test_the_small_procedure_shows_nothing() -> None:
    assert codes(small(), "kecamatan") == []


BASIS = "warning =", 'legal_basis = ["{}"]\nwarning ='
ISSUED = "[identity]", '[identity]\nnumber = "000.8.3.3/12/KEC/2025"\neffective_on = "{}"'


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('title = "Camat"', 'title = "Kepala Dinas"', "kolom-jenis-lain"),
        ("Menyusun draft", "Menyusun draft bagi kepala Dinas", "teks-jenis-lain"),
        ('title = "Analis Perencanaan"', 'title = "Kepala Bidang Data"', "unit-jenis-lain"),
        ("Menyusun draft", "Menyusun draft bersama bidang-bidang", "unit-jenis-lain"),
        (BASIS[0], BASIS[1].format("Perpres No. 8 Tahun 2006 tentang Pelaporan Keuangan"), "dasar-hukum-salah-jenis"),
        (BASIS[0], BASIS[1].format("Peraturan Bupati tentang SOP"), "dasar-hukum-tidak-lengkap"),
        (ISSUED[0], ISSUED[1].format("Januari 2025"), "tanggal-tanpa-hari"),
        (ISSUED[0], ISSUED[1].format(""), "tanpa-tanggal-efektif"),
        (ISSUED[0], ISSUED[1].format("2 Januari 2025").replace("/12/", "/  /"), "nomor-tidak-lengkap"),
        (ISSUED[0], '[identity]\nmade_on = "2 Januari 2025"', "nomor-kosong"),
        ("warning =", "# ", "peringatan-kosong"),
        ("untuk {kepala}", "kepada Sekretaris Camat", "penerima-tanpa-kolom"),
        ("untuk {kepala}", "bersama Analis Pelaporan Kinerja dan Analis Pelaporan Aset", "satu-jabatan-dua-nama"),
        (', "kembalikan" = 1', "", "keputusan-tanpa-jalan"),
        ("Menyusun draft", "Menyusun draft apabila belum ada,", "keputusan-tanpa-jalan"),
        ('"tanda tangan" = "akhir", "kembalikan" = 1', '"a" = 3, "b" = 4', "keputusan-tanpa-jalan-kembali"),
        ('time = "1 hari"', 'time = "20 menit"', "satuan-waktu-campur"),
        ('time = "1 hari"', "", "mutu-baku-kosong"),
        ('output = "Draft"', "", "mutu-baku-kosong"),
        ("[identity]", 'total_time = "3 hari"\n[identity]', "jumlah-waktu-tidak-cocok"),
        ('time = "1 hari"', 'time = "segera"', "waktu-tidak-terbaca"),
        ('time = "1 hari"', 'time = "1 (dua) hari"', "waktu-tidak-terbaca"),
        ("[identity]", 'total_time = "dua kali"\n[identity]', "waktu-tidak-terbaca"),
        ('time = "1 hari"', 'time = "5 hari kalender"', "satuan-waktu-campur"),
        ('next = { "sampaikan" = 2 }', 'next = { "ya" = 2 }\nquestions = ["Lengkap?"]', "belah-ketupat-satu-jalan"),
        ("Menyusun draft", "Memeriksa dan menyetujui draft", "keputusan-tanpa-jalan"),
        ("Menyusun draft", "Memverifikasi kelengkapan berkas", "keputusan-tanpa-jalan"),
        ("Menyusun draft", "Menelaah serta menganalisa draft", "keputusan-tanpa-jalan"),
        ("untuk {kepala}", "kepada Kepala Badan, Meregistrasi Berkas", "penerima-tanpa-kolom"),
        ("draft", "dokument", "ejaan"),
        ("draft", "DraftData", "ejaan"),
    ],
)
def test_each_rule_finds_its_mistake(old: str, new: str, code: str) -> None:
    text = SMALL.replace(old, new, 1)
    if code == "keputusan-tanpa-jalan-kembali":
        text = text.replace('returns = ["kembalikan"]', "")
    assert code in codes(read(text), "kecamatan")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "Camat"', 'title = "Kepala Dinas"\noutside = true'),
        ("Menyusun draft", "Menyusun draft bagi Kepala Dinas Kesehatan"),
        ("Menyusun draft", "Menyusun draft di bidang kesehatan"),
        (BASIS[0], BASIS[1].format("PP No. 8 Tahun 2006 tentang Pelaporan Keuangan dan Kinerja")),
        (BASIS[0], BASIS[1].format("Peraturan Presiden Nomor 8 Tahun 2006 tentang Lembaga Kerja Sama")),
        (BASIS[0], BASIS[1].format("Permenpan RB Nomor 53 Tahun 2014 tentang Petunjuk Teknis Perjanjian Kinerja")),
        (ISSUED[0], ISSUED[1].format("2 Januari 2025")),
        (ISSUED[0], ISSUED[1].format("2025-01-02")),
        ("untuk {kepala}", "kepada {kepala} dan pihak yang berkepentingan"),
        ("untuk {kepala}", "kepada Bupati"),
        ("untuk {kepala}", "bersama Analis"),
        ("Menyusun draft", "Menelaah surat dan memerintahkan penyusunan draft"),
        ("Menyusun draft", "Memeriksa kemudian mengagendakan surat masuk"),
        ("Menyusun draft", "Memverifikasi dan merekap data"),
        ("Menyusun draft", "Menyiapkan ruang guna menguji alat"),
        ("Menyusun draft", "Menunjuk petugas yang memeriksa dan meneliti gudang"),
        ('time = "1 hari"', 'time = "Tentatif"'),
        ('time = "1 hari"', 'time = "3 hari (Mei–Juni)"'),
        ("untuk {kepala}", "kepada Camat, Meregistrasi Berkas"),
        ("untuk {kepala}", "kepada Camat, Kemudian Mengarsipkan Berkas"),
        ("untuk {kepala}", "kepada Analis Perencanaan dan Melaporkan Hasil"),
        ("[identity]", 'total_time = "2 hari"\n[identity]'),
        ("draft", "pesan WhatsApp"),
    ],
)
def test_each_rule_is_silent_where_nothing_is_wrong(old: str, new: str) -> None:
    assert codes(small(old, new), "kecamatan") == []


def test_a_bidang_is_right_in_a_dinas() -> None:
    assert codes(small('title = "Camat"', 'title = "Kepala Bidang Data"'), "dinas") == []


def test_without_a_kind_of_office_nothing_is_said_about_kinds() -> None:
    assert codes(small('title = "Camat"', 'title = "Kepala Dinas"')) == []


def test_the_kind_is_taken_from_the_offices_name_when_nobody_says_it() -> None:
    named = small("[identity]", '[identity]\noffice = "DINAS KESEHATAN KOTA CONTOH"')
    assert codes(named) == ["kolom-jenis-lain"]


def test_two_sops_may_have_two_numbers() -> None:
    other = read(SMALL.replace("kecil", "lain").replace("Prosedur Kecil", "Prosedur Lain"))
    assert [finding.code for finding in check([small(), other])] == []


def test_a_shortened_title_is_to_be_looked_at_not_wrong() -> None:
    found = check([small("untuk {kepala}", "bersama Analis Perencanaan dan Keuangan")])
    assert [(finding.code, finding.level) for finding in found] == [("satu-jabatan-dua-nama", LOOK)]
    assert WRONG not in {finding.level for finding in found}


def test_an_unreadable_time_is_quoted_and_never_called_empty() -> None:
    found = check([small('time = "1 hari"', 'time = "kira-kira sebentar"')])
    sentences = [finding.sentence for finding in found]

    assert any('Waktu "kira-kira sebentar" pada langkah 1 tidak terbaca.' in one for one in sentences)
    assert not any("kosong" in one for one in sentences)


def test_a_diamond_with_one_exit_is_named_with_its_exit_and_not_called_undrawn() -> None:
    procedure = small(
        'next = { "tanda tangan" = "akhir", "kembalikan" = 1 }\nreturns = ["kembalikan"]',
        'next = { "ya" = "akhir" }\nquestions = ["Sudah benar?"]',
    )
    (finding,) = check([procedure])

    assert finding.code == "belah-ketupat-satu-jalan"
    assert '("Sudah benar?") tetapi hanya punya satu jalan keluar ("ya" ke akhir)' in finding.sentence


@pytest.mark.parametrize(
    ("title", "post"),
    [
        ("Menyerahkan berkas kepada Kepala Badan, Meregistrasi Berkas", "Kepala Badan"),
        ("Mengirim surat kepada Kasubbag Umum, Diteruskan untuk Diarsipkan", "Kasubbag Umum"),
        ("Melapor kepada Sekretaris Badan Lalu Mengarsipkan", "Sekretaris Badan"),
        ("Melapor kepada Kepala Seksi Perencanaan, Evaluasi dan Pelaporan, Mencatat", "Kepala Seksi Perencanaan, Evaluasi dan Pelaporan"),
        ("Melapor kepada Kepala Sekolah Menengah", "Kepala Sekolah Menengah"),
    ],
)  # fmt: skip
def test_the_name_of_a_post_ends_where_the_next_clause_begins(title: str, post: str) -> None:
    sentences = [finding.sentence for finding in check([small("Menyusun draft untuk {kepala}", title)])]

    assert any(f'menyampaikan kepada "{post}", tetapi' in sentence for sentence in sentences), sentences


def test_how_each_time_is_counted_is_told_once_for_steps_that_say_the_same() -> None:
    per_unit = small('time = "1 hari"', 'time = "10 menit per berkas (Juni)"')

    assert counted_times(small()) == ["langkah 1–2 “1 hari”: 1 hari kerja."]
    assert counted_times(per_unit) == [
        "langkah 1 “10 menit per berkas (Juni)”: 10 menit kerja untuk tiap berkas. Waktunya untuk tiap berkas; dihitung "
        "satu kali, karena banyaknya berkas tidak diketahui. Rentang “Juni” dicatat; batas waktu tetap dihitung sejak "
        "langkah dibuka.",
        "langkah 2 “1 hari”: 1 hari kerja.",
    ]
