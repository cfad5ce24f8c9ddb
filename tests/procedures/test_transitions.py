"""The transition tables in docs/reference say what the procedures say."""

from pathlib import Path

import pytest

from himpun.procedures import transitions
from himpun.procedures.transitions import transition_table
from tests.procedures.cases import TEN_STEPS, shipped, small


def test_the_tables_in_the_documentation_equal_the_generated_ones() -> None:
    assert transitions.stale() == [], "jalankan: python -m himpun.procedures.transitions --write"


def test_every_decision_of_every_step_has_a_row() -> None:
    ten = shipped(TEN_STEPS)
    rows = [line for line in transition_table(ten).splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) == sum(len(step.next) for step in ten.steps)


def test_a_way_back_is_marked_as_needing_a_reason() -> None:
    row = next(line for line in transition_table(small()).splitlines() if "kembalikan" in line)
    assert "| kembalikan | 1 | ya |" in row


def test_a_changed_table_is_found_stale_and_written_again(tmp_path: Path) -> None:
    transitions.write(tmp_path)
    assert transitions.stale(tmp_path) == []
    page = tmp_path / "transisi-permintaan-data.md"
    page.write_text("lama")
    assert transitions.stale(tmp_path) == [page.name]


def test_the_check_fails_with_a_sentence_when_a_table_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(transitions, "stale", lambda: ["transisi-x.md"])
    assert transitions.main(["--check"]) == 1
    assert "sudah usang" in capsys.readouterr().err


def test_the_check_passes_on_the_tables_as_they_are() -> None:
    assert transitions.main(["--check"]) == 0
