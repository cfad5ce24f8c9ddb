"""What sort of number a raw figure is, and so which ones cannot be: there are no −3 desa and no 6,5 desa. Pure."""

import re

from himpun.choices import Choice


class Quantity(Choice):
    """A count of things, an amount that is measured, or a ratio."""

    COUNT = "cacah", "Cacah (bilangan bulat, 0 atau lebih)"
    AMOUNT = "besaran", "Besaran (boleh pecahan)"
    RATIO = "rasio", "Rasio, persen, atau indeks"


_RATIO = re.compile(
    r"%|‰|\b(?:persen|persentase|prosen|permil|indeks|rasio|nilai|skor|poin|predikat|angka|kategori|per)\b|/"
)
_AMOUNT_WORDS = """
rupiah rp idr ribu juta miliar milyar triliun detik menit jam hari minggu bulan tahun km kilometer m meter m2 m3 cm mm ha hektar
hektare are kg kilogram gram g ton kuintal kw liter l ml kwh mwh watt volt celcius derajat kalori hok
"""
_COUNT_WORDS = """
desa kelurahan kecamatan kabupaten kota dusun rt rw orang jiwa anak balita bayi ibu siswa murid mahasiswa guru dosen pegawai pns asn
pppk karyawan peserta responden pelanggan pasien penduduk warga kader petani nelayan keluarga kk rumah tangga dokumen laporan berkas
surat naskah arsip lembar buku eksemplar kegiatan kali paket unit buah kelompok lembaga organisasi sekolah ruang kelas gedung bangunan
kasus kejadian temuan rekomendasi aduan pengaduan keluhan peraturan perda perkada perdes izin perizinan sertifikat aplikasi sistem
inovasi kunjungan event acara lokasi titik ekor pohon batang opd skpd instansi perangkat koperasi umkm usaha perusahaan bumdes pasar
puskesmas posyandu kendaraan produk jenis item data layanan indikator program
"""
_AMOUNTS, _COUNTS = frozenset(_AMOUNT_WORDS.split()), frozenset(_COUNT_WORDS.split())


def usual_quantity(unit: str) -> Quantity | None:
    """What a unit counts or measures, as far as it says so: desa and dokumen are counted, menit measured; None when unknown."""
    text = " ".join(unit.casefold().split())
    words = re.findall(r"[^\W_]+", text)
    if not words and "%" not in text:
        return None
    if _RATIO.search(text):
        return Quantity.RATIO
    if words[0] in _AMOUNTS:
        return Quantity.AMOUNT
    return Quantity.COUNT if words[0] in _COUNTS else None


def is_counted(quantity: str, unit: str) -> bool:
    """Whether a variable takes whole numbers from 0 only: as its definition says, else as its unit does."""
    return (quantity or usual_quantity(unit)) == Quantity.COUNT
