"""Event logs as files: what is written reads back, and what other systems write is understood or refused with its cause."""

import io
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.history import csv, xes
from himpun.history.csv import LogUnreadable
from himpun.history.events import ABORT, COMPLETE, RESUME, SCOPES, START, SUSPEND, Event, Log
from himpun.offices.worktime import WIB
from himpun.typed import visible

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=12).map(
    lambda text: visible(text).strip()
)
NAME = TEXT.filter(bool)
RISKY = st.sampled_from(["=1+1", "'=x", "@a", "-", "a;b", 'kata "kutip"', "<a> & b", "dua\nbaris", "'", "tab\tdi sini"])
EVENTS = st.builds(
    Event,
    case=NAME | RISKY,
    activity=NAME | RISKY,
    at=st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)).map(lambda at: at.replace(tzinfo=WIB)),  # noqa: DTZ001
    lifecycle=st.sampled_from([START, COMPLETE, SUSPEND, RESUME, ABORT]),
    resource=TEXT | RISKY,
    step=st.integers(0, 99),
    scope=st.sampled_from(SCOPES),
    decision=TEXT | RISKY,
    person=TEXT,
    post=TEXT,
    office=TEXT,
    period=TEXT,
    procedure=TEXT,
    sha256=TEXT,
)


def csv_of(log: Log) -> bytes:
    return csv.as_bytes(csv.write(log))


def xes_of(log: Log) -> bytes:
    return csv.as_bytes(xes.write(log))


@given(st.lists(EVENTS, max_size=8))
def test_what_is_written_as_csv_reads_back_the_same(log: Log) -> None:
    assert csv.read(csv_of(log), zone=WIB) == log


@given(st.lists(EVENTS, max_size=8))
def test_what_is_written_as_xes_reads_back_the_same(log: Log) -> None:
    assert sorted(xes.read(io.BytesIO(xes_of(log)), zone=WIB)) == sorted(log)


def test_no_cell_of_a_csv_begins_a_formula() -> None:
    text = csv_of([Event("=1+1", "@a", datetime(2026, 1, 1, tzinfo=WIB))]).decode("utf-8-sig")

    assert text.splitlines()[1].startswith("'=1+1;'@a;")


AT = datetime(2026, 10, 5, 8, 30, tzinfo=WIB)


@pytest.mark.parametrize(
    "text",
    [
        "Case ID,Activity,Timestamp\nk,Periksa,2026-10-05T08:30:00+07:00",
        "case:concept:name;concept:name;time:timestamp\nk;Periksa;2026-10-05 08:30",
        "\ufeffNomor Berkas\tKegiatan\tWaktu\nk\tPeriksa\t5 Oktober 2026 pukul 08.30 WIB",
        "kasus;aktivitas;tanggal\nk;Periksa;05/10/2026 08.30",
        "kasus;langkah;waktu\n\nk;Periksa;Senin, 5 Okt 2026 08:30:00",
    ],
)
def test_logs_of_other_systems_are_recognised_by_their_heads_separators_and_dates(text: str) -> None:
    assert csv.read(text.encode(), zone=WIB) == [Event("k", "Periksa", AT)]


def test_a_start_and_an_end_in_one_row_are_two_events() -> None:
    log = csv.read(b"kasus;kegiatan;mulai;selesai;petugas\nk;Periksa;2026-10-05 08:30;5/10/2026 09.30;Ani", zone=WIB)

    assert log == [
        Event("k", "Periksa", AT, START, "Ani"),
        Event("k", "Periksa", AT + timedelta(hours=1), COMPLETE, "Ani"),
    ]


def test_columns_can_be_named() -> None:
    data = b"NoTiket,Tindakan,Jam\nk,Periksa,2026-10-05 08:30"
    columns = {"case": "NoTiket", "activity": "tindakan", "at": "Jam"}

    assert csv.read(data, zone=WIB, columns=columns) == [Event("k", "Periksa", AT)]
    with pytest.raises(LogUnreadable, match="kolom Nomor: kolom itu tidak ada"):
        csv.read(data, zone=WIB, columns={"case": "Nomor"})


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"kasus;kegiatan;waktu\nk;Periksa;kemarin", "baris 2, kolom waktu berisi “kemarin”: bukan waktu yang dikenal"),
        (b"kasus;kegiatan;waktu\nk;Periksa;31/02/2026", "berisi “31/02/2026”"),
        (b"kasus;kegiatan;waktu\nk;;2026-10-05", "baris 2, kolom kegiatan: sel ini kosong"),
        (b"kasus;kegiatan;waktu\nk;Periksa", "baris 2, kolom waktu: sel ini tidak ada"),
        (b"kasus;kegiatan;waktu;lingkup\nk;a;2026-10-05;luar", "baris 2, kolom lingkup berisi “luar”"),
        (b"kasus;kegiatan;waktu;no langkah\nk;a;2026-10-05;dua", "nomor langkah harus bilangan bulat"),
        (b"apa;ini", "kolom kasus tidak dikenali. Yang ada: apa, ini"),
        (b"kasus;kegiatan\nk;a", "kolom waktu tidak dikenali"),
        (b"", "kolom kasus tidak dikenali. Yang ada: kosong"),
        (b"\xff\xfea", "bukan teks CSV"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_row_column_value_and_cause(data: bytes, sentence: str) -> None:
    with pytest.raises(LogUnreadable) as refused:
        csv.read(data, zone=WIB)

    assert sentence in str(refused.value)


FOREIGN = b"""<?xml version="1.0"?>
<log xmlns="http://www.xes-standard.org/" openxes.version="1.0">
  <global scope="event"><string key="concept:name" value="UNKNOWN"/></global>
  <trace>
    <event>
      <date value="2026-10-05T08:30:00.000+07:00" key="time:timestamp"/>
      <string key="biaya" value="10"><string key="concept:name" value="dalam"/></string>
      <string value="Periksa" key="concept:name"/>
      <string key="org:group" value="Loket"/>
    </event>
    <string value="k" key="concept:name"/>
  </trace>
  <trace><event><string key="concept:name" value="Terima"/><date key="time:timestamp" value="2026-10-05T08:30:00"/>
    <string key="lifecycle:transition" value="START"/></event></trace>
</log>"""


def test_xes_of_another_maker_is_read_in_any_order_with_nested_attributes_and_without_lifecycle() -> None:
    assert xes.read(io.BytesIO(FOREIGN), zone=WIB) == [
        Event("k", "Periksa", AT, COMPLETE, "Loket"),
        Event("kasus-2", "Terima", AT, START),
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<log><trace>", "bukan XES yang utuh"),
        (b"<html/>", "unsur terluarnya <html>"),
        (b"<log><trace><event/></trace></log>", "trace 1 (kasus-1), event 1, kolom concept:name"),
        (b'<log><trace><event><string key="concept:name" value="a"/></event></trace></log>', "waktunya tidak ada"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><log><trace/></log>', "bukan XES yang utuh"),
    ],
)
def test_broken_or_hostile_xes_is_refused_with_its_cause(data: bytes, sentence: str) -> None:
    with pytest.raises(LogUnreadable) as refused:
        xes.read(io.BytesIO(data), zone=WIB)

    assert sentence in str(refused.value)
