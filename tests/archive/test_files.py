"""Files kept by content: whole or not at all, once, and found out when a byte changes."""

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from himpun.archive import files, verify
from himpun.archive.files import FileMissing
from himpun.archive.models import StoredFile

PDF = "application/pdf"


def store(content: bytes) -> str:
    return files.store(content, media_type=PDF)


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2000))
def test_what_is_stored_is_read_back_under_the_digest_of_its_bytes(content: bytes) -> None:
    sha256 = store(content)

    assert sha256 == hashlib.sha256(content).hexdigest()
    assert files.read(sha256) == content
    assert StoredFile.objects.get(sha256=sha256).size == len(content)


@pytest.mark.django_db
def test_storing_the_same_bytes_again_keeps_one_file_and_does_not_write_it_anew() -> None:
    place = files.file_of(store(b"isi"))
    written = place.stat().st_mtime_ns

    assert store(b"isi") == place.name

    assert place.stat().st_mtime_ns == written
    assert StoredFile.objects.count() == 1
    assert list(place.parent.iterdir()) == [place]


@pytest.mark.django_db
def test_a_missing_file_is_refused_when_read_named_when_verified_and_stored_again_when_it_comes_back() -> None:
    sha256 = store(b"isi")
    files.file_of(sha256).unlink()

    with pytest.raises(FileMissing, match="pulihkan dari cadangan"):
        files.read(sha256)
    assert verify.verify().faults == [f"Berkas {sha256} hilang dari {files.file_of(sha256)}."]

    store(b"isi")
    assert verify.verify().faults == []


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=1, max_size=300), st.data())
def test_one_changed_byte_is_found_and_its_file_named(content: bytes, data: st.DataObject) -> None:
    place = files.file_of(store(content))
    at = data.draw(st.integers(0, len(content) - 1))
    place.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])

    faults = verify.verify().faults
    place.write_bytes(content)

    assert faults == [f"Berkas {place} telah berubah: isinya tidak lagi cocok dengan namanya."]


@pytest.mark.django_db
def test_a_write_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def disk_full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", disk_full)
    with pytest.raises(OSError, match="No space"):
        store(b"isi")

    folder = files.file_of(hashlib.sha256(b"isi").hexdigest()).parent
    assert list(folder.iterdir()) == []
    assert not StoredFile.objects.exists()


KILLED = """
import os, signal, sys
from pathlib import Path
os.environ["DJANGO_SETTINGS_MODULE"] = "himpun.settings"
import django
django.setup()
from himpun.archive import files

def killed(*args):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(os, sys.argv[1], killed)
files._write_whole(Path(sys.argv[2]), b"isi" * 100_000)
"""


@pytest.mark.processes
@pytest.mark.django_db
@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_process_killed_while_writing_leaves_no_half_file(moment: str, settings: object, tmp_path: Path) -> None:
    content = b"isi" * 100_000
    place = files.file_of(hashlib.sha256(content).hexdigest())
    place.parent.mkdir(parents=True)
    environment = {**os.environ, "HIMPUN_VAR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/tidak-dipakai"}
    killed = subprocess.run([sys.executable, "-c", KILLED, moment, str(place)], env=environment)
    assert killed.returncode == -signal.SIGKILL
    assert not place.exists()
    assert verify.verify().faults == []

    assert files.read(store(content)) == content
