"""Whoever installed a landed version keeps everything: each is upgraded, filled, by its own rows, on both databases."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.landed.upgrade_order import ORDER
from tests.scratch import REPOSITORY, scratch_database

pytestmark = pytest.mark.processes


def upgraded(folder: Path, name: str, way: str = "") -> dict[str, Any]:
    """Upgrade a snapshot in a process and a database of its own; what it told."""
    folder.mkdir()
    with scratch_database(folder, empty=True) as database:
        own = {
            "DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "himpun.settings",
            "HIMPUN_DEBUG": "1",
            "HIMPUN_VAR": str(folder / "var"),
            "PYTHONPATH": f"{REPOSITORY / 'src'}{os.pathsep}{REPOSITORY}",
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.landed.upgrade", name, way],
            cwd=REPOSITORY, env={**os.environ, **own}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.strip().rpartition("\n")[2])
    return told


FIRST, *LATER = ORDER
"""The way from the first version leads through all the others' schemas."""


@pytest.mark.parametrize("name", [FIRST, *(pytest.param(name, marks=pytest.mark.long) for name in LATER)])
def test_a_filled_database_of_a_landed_version_keeps_everything(tmp_path: Path, name: str) -> None:
    told = upgraded(tmp_path / "sekaligus", name)

    assert told["figures"] > 60
    assert len(told["rows"]["indicators.Figure"]) >= told["figures"]


@pytest.mark.long
def test_versions_one_after_another_lead_to_the_same_as_all_at_once(tmp_path: Path) -> None:
    at_once, in_steps = upgraded(tmp_path / "sekaligus", FIRST), upgraded(tmp_path / "bertahap", FIRST, "by-steps")

    assert {label for label, rows in in_steps["rows"].items() if rows != at_once["rows"][label]} == set()
