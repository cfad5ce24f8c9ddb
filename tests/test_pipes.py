"""A command whose reader leaves (`| head`) ends like any other program, without a traceback."""

import io
import sys
from collections.abc import Sequence

import pytest

from himpun import __main__ as program
from himpun.commands import COMMANDS
from himpun.commands import run as run_command


class Left(io.StringIO):
    """An output whose reader has left."""

    def write(self, text: str) -> int:
        raise BrokenPipeError

    def fileno(self) -> int:
        return self.kept

    kept = -1


def test_the_end_of_a_pipe_is_no_trouble(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    def talk(_: Sequence[str]) -> int:
        print("baris")
        return 0

    duplicated: list[tuple[int, int]] = []
    monkeypatch.setattr(program.os, "dup2", lambda new, old: duplicated.append((new, old)))
    monkeypatch.setattr(sys, "stdout", Left())
    assert program.heard(talk, []) == program.PIPE_ENDED == 141
    assert [old for _, old in duplicated] == [-1]


def test_a_command_that_is_heard_to_its_end_gives_its_own_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.heard(lambda given: len(given), ["satu", "dua"]) == 2


def test_a_command_does_not_call_the_end_of_a_pipe_a_trouble_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(_: object) -> int:
        raise BrokenPipeError

    words, arguments, _ = COMMANDS["check-capaian"]
    monkeypatch.setitem(COMMANDS, "check-capaian", (words, arguments, write))
    with pytest.raises(BrokenPipeError):
        run_command(["check-capaian", "x.csv"])
