"""What a record of the journal says, in words. Pure: the act's name and its data in, a sentence out."""

import json
from collections.abc import Mapping
from typing import Any

from himpun.indicators.periods import Period, PeriodUnreadable

ACTS = {
    "letters:letter:registered": "Mencatat surat {number} dari {sender} pada agenda {agenda}",
    "letters:letter:disposed": "Menulis disposisi atas surat {letter} kepada {to}",
    "letters:number:issued": "Mengambil nomor {number} dari register {register}",
    "cycles:cycle:started": "Memulai siklus SOP {procedure} {period}",
    "cycles:cycle:ended": "Menyelesaikan siklus",
    "cycles:cycle:cancelled": "Membatalkan siklus: {reason}",
    "cycles:task:decided": "Memutuskan “{decision}” pada langkah {step}",
    "cycles:task:returned": "Mengembalikan langkah {step} (“{decision}”): {reason}",
    "documents:version:made": "Membuat {title}, versi {version}",
    "documents:version:rendered": "Membuat berkas {title}, versi {version}",
    "documents:version:paraf": "Memaraf {title}, versi {version}",
    "documents:version:tanda-tangan": "Menandatangani {title}, versi {version}",
    "documents:document:issued": "Menerbitkan {title}",
    "documents:document:distributed": "Mengirim dokumen kepada {to}",
    "documents:document:archived": "Mengarsipkan {documents} dokumen siklus",
    "documents:delivery:added": "Menambah {to} pada daftar distribusi",
    "documents:delivery:removed": "Menghapus {to} dari daftar distribusi",
    "documents:delivery:opened": "Menerima dokumen yang dikirim kepada {to}",
    "indicators:indicator:loaded": "Memuat indikator kantor dari berkas",
    "indicators:indicator:added": "Menambah indikator {code} {name} tahun {year}",
    "indicators:indicator:changed": "Mengubah indikator {code} tahun {year}: {what}",
    "indicators:indicator:revised": "Membuat versi {version} indikator {code} tahun {year}: {reason}",
    "indicators:indicator:removed": "Menghapus indikator {code} {name} tahun {year}",
    "indicators:target:changed": "Mengubah target indikator {code} tahun {year}: {what}",
    "indicators:dictionary:copied": "Menyalin {count} indikator dari tahun {from_year} ke {to_year}",
    "indicators:dictionary:imported": "Mengimpor kamus indikator dari {name}",
    "indicators:scale:saved": "Menyimpan skala {name} tahun {year}",
    "indicators:scale:default": "Memilih {name} sebagai skala kantor tahun {year}",
    "indicators:request:prepared": "Menyiapkan permintaan data {period}",
    "indicators:request:sent": "Mengirim permintaan data kepada {units}",
    "indicators:request:submitted": "Mengirim isian permintaan data {period}",
    "indicators:request:returned": "Mengembalikan isian {unit}: {reason}",
    "indicators:request:excused": "Mengecualikan {unit}: {reason}",
    "indicators:request:withdrawn": "Menarik kembali permintaan data kepada {units}",
    "indicators:form:imported": "Mengisi permintaan data {period} dari berkas {name}: {changed} isian",
    "indicators:mapping:saved": "Menyimpan pemetaan kolom {name}",
    "indicators:figures:imported": "Mengimpor {rows} angka dari {name}",
    "indicators:form:arrived": "Menerima lembar isian {name} lewat surel dari {sender}",
    "indicators:correction:asked": "Mengajukan koreksi {variable} {period} dari {old} menjadi {new}",
    "indicators:correction:approved": "Menyetujui koreksi {variable} {period} dari {old} menjadi {new}",
    "indicators:correction:refused": "Menolak koreksi {variable} {period}: {decided_reason}",
    "indicators:recap:frozen": "Membekukan nilai rekap {period}",
    "indicators:recap:analysed": "Menulis analisis indikator {indicator}",
    "indicators:recap:withdrawn": "Menarik rekap dari hitungan: {reason}",
    "indicators:recap:finished": "Menyelesaikan rekap capaian",
    "budgets:program:added": "Menambah program {code} {name}",
    "budgets:program:changed": "Mengubah program {code}",
    "budgets:program:removed": "Menghapus program {code} {name}",
    "budgets:progress:saved": "Mengisi realisasi dan fisik {code}",
    "budgets:setting:changed": "Memilih aturan efisiensi {year}: {rule}",
    "budgets:link:added": "Menautkan indikator {indicator} ke program {code}",
    "budgets:link:removed": "Melepas tautan indikator {indicator} dari program {code}",
    "budgets:budget:imported": "Mengimpor anggaran {year} dari {file}: {changed} baris berubah",
    "budgets:budget:loaded": "Memuat anggaran {year} dari berkas kantor",
    "procedures:version:published": "Menerbitkan SOP {key} versi {version}",
    "offices:office:loaded": "Memuat kantor dari berkas",
    "offices:office:changed": "Mengubah data kantor",
    "offices:post:added": "Menambah jabatan {title}",
    "offices:post:changed": "Mengubah jabatan {title}",
    "offices:person:added": "Menambah {name}",
    "offices:person:changed": "Mengubah data {name}",
    "offices:person:password-reset": "Membuat kata sandi baru untuk {name}",
    "offices:holding:begun": "Mencatat {name} memangku {post} sejak {since}",
    "offices:holding:changed": "Mengubah masa {name} memangku {post}",
    "offices:holiday:added": "Menambah hari libur {name} ({day})",
    "offices:holiday:removed": "Menghapus hari libur {name} ({day})",
    "api:token:made": "Membuat token API {name}",
    "api:token:revoked": "Mencabut token API {name}",
    "api:codes:saved": "Menyimpan {count} pemetaan kode {systems}",
    "api:codes:removed": "Menghapus pemetaan kode {system} {foreign}",
}
"""Act → its sentence; {name} is taken from the record's data."""


def in_words(act: str, data: str, procedures: Mapping[str, str] | None = None) -> str:
    """The sentence for a record (`data` is its JSON); the act's own name where no sentence is known.

    `procedures` names the procedures by their keys; without it a procedure is called by its key.
    """
    sentence = ACTS.get(act)
    return sentence.format_map(_Said(json.loads(data), procedures or {})) if sentence else act


class _Said(dict[str, str]):
    """The data as text; what is not there is "…"."""

    def __init__(self, data: Mapping[str, Any], procedures: Mapping[str, str]) -> None:
        super().__init__({key: _text(key, value) for key, value in data.items()})
        for key in ("key", "procedure"):
            if key in self:
                self[key] = procedures.get(self[key], self[key])

    def __missing__(self, key: str) -> str:
        return "…"


def _text(key: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    if key == "period":
        try:
            return Period.parse(str(value)).label
        except PeriodUnreadable:
            return str(value)
    return str(value)
