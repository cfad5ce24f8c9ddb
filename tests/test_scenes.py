"""A scene that is put back is the scene that was built: rows, numbers given, files, and what its builder returned."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from himpun.archive import files
from himpun.archive.verify import verify
from himpun.cycles.models import Cycle
from himpun.offices.models.offices import Office, OfficeKind, Post
from tests import scenes
from tests.cast import Cast, later, small_office
from tests.papers import pdf
from tests.scenes import once


def begun() -> tuple[Cast, Cycle, int]:
    """A small office whose cycle has begun, and the number of a post that is gone again."""
    cast = small_office()
    files.store(pdf("surat"), media_type="application/pdf")
    gone = Post.objects.create(office=cast.office, code="sementara", title="Sementara", order=99)
    number = gone.pk
    gone.delete()
    return cast, cast.start(), number


@pytest.fixture(autouse=True)
def _fresh(db: None, quick_paper: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """No scene was built yet."""
    monkeypatch.setattr(scenes, "_scenes", OrderedDict())


@contextmanager
def as_a_test(tmp_path: Path, no: int) -> Iterator[None]:
    """As each test has it: an archive of its own, and what it writes is undone."""
    settings.ARCHIVE_ROOT = tmp_path / f"arsip-{no}"
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def stored() -> dict[str, bytes]:
    """The files of the archive by name."""
    return {file.name: file.read_bytes() for file in Path(settings.ARCHIVE_ROOT).rglob("*") if file.is_file()}


def test_what_is_put_back_is_what_was_built(tmp_path: Path) -> None:
    seen: list[Any] = []
    for no in range(3):
        with as_a_test(tmp_path, no):
            cast, cycle, _ = once(begun)
            seen.append((scenes._all_rows(), stored(), cast.office.pk, cycle.pk, cycle.period))

    assert seen[0] == seen[1] == seen[2]
    assert seen[0][1]


def test_a_builder_is_asked_once_for_a_moment_of_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setitem(globals(), "small_office", lambda found=small_office: asked.append(1) or found())
    for no in range(2):
        with as_a_test(tmp_path, no):
            once(begun)
        with later(days=1), as_a_test(tmp_path, no + 2):
            assert once(begun)[1].started_at.day == 6

    assert len(asked) == 2


def test_an_office_goes_on_from_a_scene_and_its_archive_is_whole(tmp_path: Path) -> None:
    for no in range(2):
        with as_a_test(tmp_path, no):
            cast, cycle, _ = once(begun)
            cast.decide(cycle, "disposisi", instructions=["proses"], note="Segera")
            assert not verify().faults


def test_a_number_that_was_given_is_not_given_again(tmp_path: Path) -> None:
    for no in range(2):
        with as_a_test(tmp_path, no):
            cast, _, gone = once(begun)
            post = Post.objects.create(office=cast.office, code="baru", title="Baru", order=98)
            assert post.pk > gone


def test_a_scene_spoilt_by_a_test_is_whole_for_the_next(tmp_path: Path) -> None:
    with as_a_test(tmp_path, 0):
        cast, _, _ = once(begun)
        Office.objects.update(name="Diubah")
        cast.office.name = "Diubah"
        next(file for file in Path(settings.ARCHIVE_ROOT).rglob("*") if file.is_file()).write_bytes(b"diubah")

    with as_a_test(tmp_path, 1):
        cast, _, _ = once(begun)
        assert cast.office.name == Office.objects.get().name == "Kecamatan kec-kecil"
        assert b"diubah" not in stored().values()


def test_a_scene_stands_on_another(tmp_path: Path) -> None:
    seen = []
    for no in range(3):
        with as_a_test(tmp_path, no):
            cast, cycle, _ = once(begun)
            once(Cast.to_collecting, cast, once(go_on, cast, cycle))
            seen.append((scenes._all_rows(), stored()))
            assert not verify().faults

    assert seen[0] == seen[1] == seen[2]


def go_on(cast: Cast, cycle: Cycle) -> Cycle:
    """To step 3; its mechanism."""
    cast.decide(cycle, "disposisi", instructions=["proses"], note="Segera ditindaklanjuti")
    cast.decide(cycle, "perintahkan", instructions=["siapkan"])
    return cast.child(cycle)


def test_beside_other_rows_it_is_another_scene(tmp_path: Path) -> None:
    names = []
    for no, other in enumerate(["Satu", "Dua", "Satu"]):
        with as_a_test(tmp_path, no):
            OfficeKind.objects.create(code="lain", name=other)
            cast = once(named_after_the_other)
            names.append(cast.office.name)

    assert names == ["Satu", "Dua", "Satu"]


def named_after_the_other() -> Cast:
    cast = small_office()
    cast.office.name = OfficeKind.objects.get(code="lain").name
    cast.office.save()
    return cast


def test_a_row_that_a_builder_took_away_is_away(tmp_path: Path) -> None:
    for no in range(2):
        with as_a_test(tmp_path, no):
            OfficeKind.objects.create(code="lain", name="Lain")
            once(take_away, "lain")
            assert not OfficeKind.objects.exists()


def take_away(code: str) -> None:
    OfficeKind.objects.filter(code=code).delete()
