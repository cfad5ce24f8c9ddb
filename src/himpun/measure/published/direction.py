"""Which way is better, as far as an indicator's name says so: "angka kemiskinan" should fall, "kepuasan" should rise.

Pure. A guess from words, used only where no polarity is stated, and always said aloud. Where a name says both
("penurunan angka kemiskinan", "persentase kasus yang ditangani") it is not guessed.
"""

import re

from himpun.measure.scoring.values import Polarity

_LESS_FOR_SURE = re.compile(
    r"\b(?:belum|tidak|tak) (?:di|ter)?(?:tindaklanjuti|tindak lanjuti|selesaikan|selesai|tangani|terlayani|layani)\b|"
    r"\b(?:rata-rata|lama|lamanya|durasi) waktu\b|\bwaktu (?:tunggu|pelayanan|layanan|respon\w*|tanggap|penyelesaian|proses)\b|"
    r"\bresponse? time\b|\btingkat kehilangan\b|\bangka putus sekolah\b"
)
_LESS = re.compile(
    r"\b(?:kemiskinan|penduduk miskin|pengangguran|tpt|stunting|temuan|kematian|mortalitas|inflasi|gini|keluhan|"
    r"pengaduan|kecelakaan|kriminalitas|kejahatan|kekerasan|gizi buruk|gizi kurang|wasting|prevalensi|kesakitan|"
    r"ketimpangan|kesenjangan|pelanggaran|kumuh|emisi|buta (?:aksara|huruf)|kerugian|putus sekolah|konflik|"
    r"risiko|kejadian (?:kebakaran|bencana)|penyalahgunaan|kemiskinan ekstrem|desa tertinggal|angka kelahiran remaja|"
    r"pernikahan (?:dini|anak)|perkawinan anak|tunggakan|aki|akb|keterlambatan|defisit)\b"
)
_TURNED = re.compile(
    r"\b(?:penurunan|menurunnya|turunnya|pengurangan|berkurangnya|pengentasan|penanganan|ditangani|tertangani|"
    r"pencegahan|penanggulangan|pengendalian|terkendali\w*|tindak lanjut|ditindaklanjuti|tindaklanjut|diselesaikan|"
    r"terselesaikan|selesai|penyelesaian|tepat waktu|ketepatan|sesuai|bebas|terlayani|dilayani|pelayanan|layanan|"
    r"keberhasilan|cakupan|tanpa|memenuhi|dilatih|pelatihan|bantuan|penerima|menerima|mendapat\w*|jaminan|kepuasan|"
    r"pemulihan|terbebas|keluar dari|kapasitas|ketahanan|responsif|direspon\w*|dijawab|penempatan|ditempatkan|"
    r"kualitas|kepatuhan|perlindungan|pendampingan|manajemen|pengelolaan|memiliki|tersedia\w*|data|dokumen|laporan|"
    r"program|kegiatan|rencana|aksi)\b"
)
_MORE = re.compile(
    r"\b(?:kepuasan|ikm|skm|ipm|indeks pembangunan|indeks reformasi|indeks desa membangun|pertumbuhan ekonomi|"
    r"partisipasi|cakupan|kelulusan|harapan hidup|harapan lama sekolah|lama sekolah|pendapatan|pad|sakip|akip|opini|"
    r"kehadiran|tepat waktu|kepatuhan|literasi|melek huruf|investasi|kunjungan|spbe|maturitas|desa mandiri|"
    r"tata kelola baik)\b"
)


def direction(name: str) -> Polarity | None:
    """NEGATIVE_A where the name strongly says that less is better, POSITIVE where more is, else None."""
    text = re.sub(r"\s+", " ", name.casefold())
    is_timely = re.search(r"\b(?:tepat|ketepatan|sesuai)\b", text)
    if _LESS_FOR_SURE.search(text) and not is_timely:
        return None if re.search(r"\b(?:penurunan|pengurangan|percepatan)\b", text) else Polarity.NEGATIVE_A
    if _LESS.search(text):
        return None if _TURNED.search(text) else Polarity.NEGATIVE_A
    return Polarity.POSITIVE if _MORE.search(text) else None
