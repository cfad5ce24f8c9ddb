"""A file on its way into the archive: written once, digested meanwhile, cut at its limit, and gone unless it is kept."""

import hashlib
import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from himpun.archive import files
from himpun.archive.incoming import STALE, Incoming, UploadTooLarge, incoming_folder, sweep_incoming
from himpun.archive.models import StoredFile

PDF = "application/pdf"


def arriving(*chunks: bytes, limit: int = 1000) -> Incoming:
    incoming = Incoming(limit)
    for chunk in chunks:
        incoming.write(chunk)
    return incoming


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=300), max_size=3))
def test_what_arrives_in_pieces_is_stored_as_if_it_had_come_at_once(chunks: list[bytes]) -> None:
    whole = b"".join(chunks)

    sha256 = files.store(arriving(*chunks), media_type=PDF)

    assert sha256 == hashlib.sha256(whole).hexdigest()
    assert files.read(sha256) == whole
    assert StoredFile.objects.get(sha256=sha256).size == len(whole)


@pytest.mark.django_db
def test_keeping_it_is_a_rename(tmp_path: Path) -> None:
    incoming = arriving(b"isi")
    number = incoming.place.stat().st_ino

    sha256 = files.store(incoming, media_type=PDF)

    assert files.file_of(sha256).stat().st_ino == number
    incoming.discard()
    assert files.read(sha256) == b"isi"


@pytest.mark.django_db
def test_the_same_bytes_a_second_time_leave_nothing_behind() -> None:
    files.store(b"isi", media_type=PDF)
    again = arriving(b"isi")

    files.store(again, media_type=PDF)
    again.discard()

    assert not list(incoming_folder().iterdir())


@pytest.mark.django_db
def test_beyond_its_limit_it_is_counted_and_not_kept() -> None:
    incoming = arriving(b"a" * 6, b"b" * 90, limit=8)

    assert (len(incoming), incoming.is_whole) == (96, False)
    assert incoming.place.stat().st_size == 9, "one byte more than the limit, so that readers see that there is more"
    with pytest.raises(UploadTooLarge, match="Berkas terlalu besar"):
        files.store(incoming, media_type=PDF)
    assert not StoredFile.objects.exists()


def test_its_beginning_tells_as_bytes_would() -> None:
    incoming = arriving(b"%P", b"DF-1.7")

    assert incoming.startswith(b"%PDF")
    assert not incoming.startswith(b"PK")
    assert not arriving()


def test_nobody_else_on_the_machine_reads_it() -> None:
    assert arriving(b"rahasia").place.stat().st_mode & 0o077 == 0


def test_what_a_killed_process_left_is_swept_and_what_arrives_now_is_not() -> None:
    old, new = arriving(b"lama"), arriving(b"baru")
    long_ago = time.time() - STALE - 1
    os.utime(old.place, (long_ago, long_ago))

    assert sweep_incoming() == 1
    assert (old.place.exists(), new.place.exists()) == (False, True)
