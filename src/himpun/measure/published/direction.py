"""Which way is better, as far as an indicator's name says so: "angka kemiskinan" should fall, "kepuasan" should rise.

Pure. A guess from words, used only where no polarity is stated, and always said aloud. Where a name says both
("penurunan angka kemiskinan", "persentase kasus yang ditangani") it is not guessed, but may be asked.
"""

import re

from himpun.measure.scoring.values import Polarity

_LESS_FOR_SURE = re.compile(
    r"\b(?:belum|tidak|tak) (?:di|ter|ber|me)?(?:tindaklanjuti|tindak lanjuti|selesaikan|selesai|tangani|terlayani|layani|"
    r"lapor\w*|hadir|masuk|lulus|tepat|sesuai|patuh|memenuhi|layak|berfungsi|sekolah|aktif|sah|lengkap|puas)\b|"
    r"\b(?:rata-rata|lama|lamanya|durasi) (?:waktu|antre\w*|antri\w*|tunggu|penyelesaian|proses|pelayanan|respons?\w*)\b|"
    r"\bwaktu (?:tunggu|pelayanan|layanan|respon\w*|tanggap|penyelesaian|proses|tempuh|antre\w*|antri\w*|pengurusan|"
    r"penerbitan|pemulihan|henti)\b|\b(?:masa|daftar) tunggu\b|\bantre?(?:an|ean)\b|"
    r"\b(?:response?|waiting|down|lead|turnaround) ?time\b|\btingkat (?:kehilangan|kebocoran|kemangkiran|kesalahan)\b|"
    r"\bangka (?:putus sekolah|kematian|kesakitan|kejadian|kecelakaan|kriminalitas|ketergantungan|infeksi|kemangkiran)\b"
)
_LESS = re.compile(
    r"\b(?:kemiskinan|miskin|pengangguran|penganggur|tpt|stunting|temuan|kematian|mortalitas|kesakitan|morbiditas|inflasi|"
    r"gini|keluhan|komplain|pengaduan|aduan|kecelakaan|kriminalitas|kejahatan|kekerasan|gizi buruk|gizi kurang|wasting|"
    r"underweight|anemia|obesitas|prevalensi|insidens?i?|infeksi|hais?|penularan|wabah|klb|kejadian|kasus|insiden|ketimpangan|"
    r"kesenjangan|pelanggaran|pelanggar|kumuh|emisi|pencemaran|polusi|buta (?:aksara|huruf)|kerugian|putus sekolah|"
    r"anak tidak sekolah|drop ?out|konflik|sengketa|perselisihan|gugatan|tawuran|unjuk rasa|mogok|risiko|kerawanan|"
    r"kerentanan|penyalahgunaan|penyimpangan|korupsi|pungli|gratifikasi|desa tertinggal|angka kelahiran remaja|"
    r"pernikahan (?:dini|anak)|perkawinan (?:dini|anak)|perceraian|tunggakan|piutang|aki|akb|akaba|keterlambatan|terlambat|"
    r"defisit|kemangkiran|mangkir|ketidakhadiran|absensi|alpa|ketidakpatuhan|kesalahan|kekeliruan|kegagalan|gangguan|"
    r"kerusakan|rusak|pemadaman|kebocoran|kehilangan air|kebakaran|banjir|longsor|bencana|titik api|hotspot|deforestasi|"
    r"lahan kritis|rumah tidak layak huni|rtlh|backlog|kemacetan|ketergantungan|beban kerja berlebih|hoaks?|phk|retur|"
    r"residivis\w*|kepadatan|overkapasitas|penolakan|pembatalan|ndr|gdr|gross death rate|net death rate)\b"
)
_TURNED_FOR_SURE = re.compile(
    r"\b(?:penanganan|ditangani|tertangani|pengentasan|tindak lanjut|ditindaklanjuti|tindaklanjut|diselesaikan|"
    r"terselesaikan|selesai|penyelesaian|tepat waktu|ketepatan|sesuai|bebas|terlayani|dilayani|keberhasilan|cakupan|tanpa|"
    r"memenuhi|dilatih|pelatihan|bantuan|penerima|menerima|mendapat\w*|jaminan|kepuasan|pemulihan|dipulihkan|terbebas|"
    r"keluar dari|direspon\w*|dijawab|penempatan|ditempatkan|kepatuhan|perlindungan|dilindungi|pendampingan|didampingi|"
    r"terkendali\w*|tertanggulangi|diperbaiki|perbaikan|direhabilitasi|rehabilitasi|dipadamkan|dicegah|dibina|tangguh|"
    r"siaga|penagihan|tertagih|ketahanan|kesiapsiagaan|kapasitas|pencegahan|penanggulangan|pengendalian|responsif|"
    r"memiliki|tersedia\w*|dokumen|program|kegiatan|rencana|aksi)\b"
)
_TURNED = re.compile(
    r"\b(?:penurunan|menurunnya|turunnya|pengurangan|berkurangnya|pelayanan|layanan|kualitas|manajemen|pengelolaan|data|"
    r"laporan)\b"
)
_MORE = re.compile(
    r"\b(?:kepuasan|ikm|skm|ipm|indeks pembangunan|indeks reformasi|indeks desa membangun|pertumbuhan ekonomi|"
    r"partisipasi|cakupan|kelulusan|harapan hidup|harapan lama sekolah|lama sekolah|pendapatan|pad|sakip|akip|opini|"
    r"kehadiran|tepat waktu|kepatuhan|literasi|melek huruf|investasi|kunjungan|spbe|maturitas|desa mandiri|"
    r"tata kelola baik)\b"
)


def direction(name: str) -> Polarity | None:
    """NEGATIVE_A where the name strongly says that less is better, POSITIVE where more is, else None."""
    text = _plain(name)
    is_timely = re.search(r"\b(?:tepat|ketepatan|sesuai)\b", text) and not re.search(
        r"\b(?:tidak|belum) (?:tepat|sesuai)", text
    )
    if _LESS_FOR_SURE.search(text) and not is_timely and not _is_of_treated(text):
        return (
            None
            if re.search(r"\b(?:penurunan|pengurangan|percepatan|menurunnya|berkurangnya)\b", text)
            else Polarity.NEGATIVE_A
        )
    if _LESS.search(text):
        return None if _TURNED_FOR_SURE.search(text) or _TURNED.search(text) else Polarity.NEGATIVE_A
    return Polarity.POSITIVE if _MORE.search(text) else None


def may_be_less(name: str) -> bool:
    """Whether a name speaks of what should be few without saying that it counts what was done about it: to be asked."""
    text = _plain(name)
    return bool(_LESS.search(text) or _LESS_FOR_SURE.search(text)) and not _TURNED_FOR_SURE.search(text)


def _is_of_treated(text: str) -> bool:
    """ "Persentase angka kejadian yang ditangani": what is counted are those that were dealt with."""
    return bool(re.search(r"\byang (?:telah |sudah )?(?:di|ter)\w+", text)) and not re.search(
        r"\b(?:belum|tidak)\b", text
    )


def _plain(name: str) -> str:
    return re.sub(r"\s+", " ", name.casefold())
