"""What a record of the journal says, in words. Pure: the act's name and its data in, a sentence out."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from himpun import moments
from himpun.measure.periods import Period, PeriodUnreadable

ACTS = {
    "archive:rows:written": "Menyegel isi tabel: {summary}",
    "archive:heads:sealed": "Memeteraikan ulang ujung {chains} rantai dengan kunci baru",
    "archive:rows:begun": "Mulai menyegel isi tabel",
    "letters:letter:registered": "Mencatat surat {number} dari {sender} pada agenda {agenda}",
    "letters:letter:mended": "Memperbaiki catatan surat {number}, agenda {agenda}",
    "letters:letter:written": "Mencatat {kind} {number} kepada {recipient} pada agenda {agenda}",
    "letters:number:reserved": "Mencadangkan nomor {numbers} pada register {register}: {reason}",
    "letters:number:released": "Melepas nomor {number} dari register {register}: {reason}",
    "letters:letter:disposed": "Menulis disposisi atas surat {letter} kepada {to}",
    "letters:number:issued": "Mengambil nomor {number} dari register {register}",
    "cycles:cycle:started": "Memulai siklus SOP {procedure} {period}",
    "cycles:cycle:corrects": "Mulai menyusun dokumen perbaikan, pengganti nomor {replaces}: {corrections}",
    "cycles:cycle:ended": "Menyelesaikan siklus",
    "cycles:cycle:cancelled": "Membatalkan siklus: {reason}",
    "cycles:cycle:paused": "Menjeda siklus: {reason}",
    "cycles:cycle:resumed": "Melanjutkan siklus yang dijeda: {reason}",
    "cycles:deadline:set": "Menetapkan batas akhir siklus: {due_now}",
    "cycles:deadline:moved": "Batas waktu langkah {step} ({post}) bergeser dari {due_was} menjadi {due_now}: {why}",
    "cycles:schedule:saved": "Menyimpan jadwal {key} setiap {kind}",
    "cycles:schedule:stopped": "Menghentikan jadwal {key} setiap {kind}",
    "cycles:schedule:run": "Jadwal {key} {period}: {outcome}",
    "cycles:schedule:early": "Jadwal {key} {period} telanjur dijalankan karena jam komputer sempat maju",
    "cycles:reminders:early": "{count} pengingat telanjur dikirim karena jam komputer sempat maju",
    "cycles:task:decided": "Memutuskan “{decision}” pada langkah {step}",
    "cycles:task:returned": "Mengembalikan langkah {step} (“{decision}”): {reason}",
    "documents:version:made": "Membuat {title}, versi {version}",
    "documents:version:rendered": "Membuat berkas {title}, versi {version}",
    "documents:version:failed": "Gagal membuat berkas {title}, versi {version}, {failures} kali: {why}",
    "documents:version:paraf": "Memaraf {title}, versi {version}",
    "documents:version:tanda-tangan": "Menandatangani {title}, versi {version}",
    "documents:document:issued": "Menerbitkan {title}",
    "documents:document:distributed": "Mengirim dokumen kepada {to}",
    "documents:document:archived": "Mengarsipkan {documents} dokumen siklus",
    "documents:delivery:added": "Menambah {to} pada daftar distribusi",
    "documents:delivery:mailed": "Mengirim surel berisi dokumen kepada {to} ({address}): {proof}",
    "documents:delivery:unmailed": "Surel berisi dokumen kepada {to} gagal dikirim: {why}",
    "documents:delivery:mailed-again": "Mengirim ulang surel berisi dokumen kepada {to} ({address})",
    "letters:contact:added": "Menambah {name} ke buku alamat",
    "letters:contact:changed": "Mengubah {name} di buku alamat",
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
    "indicators:figures:taken_back": "Menarik kembali impor {name}: {reason}",
    "indicators:form:refused": "Tidak menerima lembar isian {name} lewat surel dari {sender}",
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
    "cycles:task:nudged": "Mengingatkan {to} atas langkah {step}",
    "cycles:reminders:changed": "Mengubah pengingat {procedure}: {rules}",
    "cycles:reminders:restored": "Mengembalikan pengingat {procedure} ke bawaan",
    "notifications:outgoing:resent": "Mengirim ulang pesan kepada {to} lewat {channel}",
    "procedures:draft:submitted": "Mengajukan naskah SOP {key}, berlaku sejak {from}",
    "procedures:draft:revised": "Mengubah naskah SOP {key}; persetujuan yang sudah ada tidak berlaku lagi",
    "procedures:draft:paraf": "Memaraf naskah SOP {key}",
    "procedures:draft:tanda-tangan": "Menandatangani naskah SOP {key}",
    "procedures:draft:refused": "Menolak naskah SOP {key} dari {writer}: {reason}",
    "procedures:draft:withdrawn": "Menarik naskah SOP {key} dari {writer}: {reason}",
    "procedures:approvals:set": "Menetapkan persetujuan SOP: {rule}",
    "procedures:version:published": "Menerbitkan SOP {key} versi {version}",
    "offices:office:loaded": "Memuat kantor dari berkas",
    "offices:office:changed": "Mengubah data kantor",
    "offices:office:address": "Menetapkan alamat publik kantor: {address}",
    "offices:post:added": "Menambah jabatan {title}",
    "offices:post:changed": "Mengubah jabatan {title}",
    "offices:person:added": "Menambah {name}",
    "offices:person:changed": "Mengubah data {name}",
    "offices:person:password-reset": "Mengatur ulang akses masuk {name}",
    "offices:person:link-mailed": "Meminta tautan masuk dikirim ke surel {name}",
    "offices:person:address-changed": "Mengubah surel sendiri: {name}",
    "offices:person:password-set": "Menetapkan kata sandi {name}",
    "offices:person:links-made": "Membuat tautan masuk pertama untuk {count} orang",
    "offices:person:moved": "Memindahkan pengelolaan data dan akses {name} dari {from} ke {to}",
    "offices:appointment:proposed": "Mencatat {name} sebagai {kind} {post} sejak {since}; menunggu {waits_for}",
    "offices:appointment:accepted": "Menyetujui {name} memangku {post} ({office}) sejak {since}",
    "offices:appointment:confirmed": "Mengesahkan {name} memangku {post} sejak {since}, yang dicatat {recorded_by}",
    "offices:appointment:refused": "Menolak {name} memangku {post} sejak {since}: {reason}",
    "offices:appointment:withdrawn": "Menarik penugasan {name} pada {post} sejak {since}: {reason}",
    "offices:holding:begun": "Mencatat {name} memangku {post} sejak {since}",
    "offices:holding:withdrawn": "Menarik penugasan {name} pada {post} sejak {since}, yang belum mulai",
    "offices:leave:recorded": "Mencatat cuti {name} {since} sampai {until}",
    "offices:leave:changed": "Mengubah cuti {name}: {since} sampai {until}",
    "offices:leave:ended": "Mengakhiri cuti {name} pada {until}",
    "offices:leave:cancelled": "Membatalkan cuti {name} {since} sampai {until}",
    "offices:holding:changed": "Mengubah masa {name} memangku {post}",
    "offices:holiday:added": "Mencatat {name} ({day}) pada kalender kantor",
    "offices:holiday:changed": "Mengubah {name} ({day}) pada kalender kantor",
    "offices:holiday:removed": "Menghapus {name} ({day}) dari kalender kantor",
    "offices:hours:added": "Menambah jam khusus {name} ({since} sampai {until})",
    "offices:hours:changed": "Mengubah jam khusus {name} ({since} sampai {until})",
    "offices:hours:removed": "Menghapus jam khusus {name} ({since} sampai {until})",
    "offices:national:seeded": "Mengisi perkiraan hari libur nasional {year}",
    "offices:national:replaced": "Mengganti hari libur nasional {year} menurut {source}",
    "offices:national:hours": "Menetapkan {name} {since} sampai {until} menurut {source}",
    "api:token:made": "Membuat token API {name}",
    "api:token:revoked": "Mencabut token API {name}",
    "api:codes:saved": "Menyimpan {count} pemetaan kode {systems}",
    "api:codes:removed": "Menghapus pemetaan kode {system} {foreign}",
}
"""Act → its sentence; {name} is taken from the record's data. Of a leave nobody here is told the kind: it may be an illness."""

MOMENTS = ("due_was", "due_now")


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
    if key in MOMENTS:
        return moments.long(datetime.fromisoformat(str(value))) if value else "tanpa batas waktu"
    return str(value)
