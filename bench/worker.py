"""The child side of a measurement: `python -m bench.worker MODULE` answers one JSON question a line with one JSON line.

Each measured thing lives in a process of its own, because settings and databases differ; all processes stay up and are
asked in turns, so that whatever else the machine does meets all of them alike.
"""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent


class Worker:
    """The parent's handle on one child."""

    def __init__(self, module: str, database_url: str, var: Path) -> None:
        environment = os.environ | {
            "DATABASE_URL": database_url,
            "HIMPUN_VAR": str(var),
            "HIMPUN_DEBUG": "0",
            "PYTHONPATH": os.pathsep.join([str(PROJECT / "src"), str(PROJECT)]),
        }
        command = [sys.executable, "-m", "bench.worker", module]
        self._child = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.module = module

    def ask(self, question: str, **arguments: Any) -> Any:
        """Call `question(**arguments)` in the child and return what it returns."""
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdin.write(json.dumps([question, arguments]) + "\n")
        self._child.stdin.flush()
        answer = self._child.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.module} ended while asked to {question}; its error stands above")
        return json.loads(answer)

    def __enter__(self) -> "Worker":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._child.stdin
        self._child.stdin.close()
        self._child.wait(timeout=30)


@contextmanager
def _answers_only() -> Iterator[Any]:
    """Keep the real standard output for answers; whatever anybody prints goes to standard error."""
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)
        yield answers


def main() -> None:
    with _answers_only() as answers:
        module = importlib.import_module(sys.argv[1])
        for line in sys.stdin:
            question, arguments = json.loads(line)
            answers.write(json.dumps(getattr(module, question)(**arguments)) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
