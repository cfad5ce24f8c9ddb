"""Jobs that misbehave, for the test of the children they run in."""

import os
import sys
import time
from typing import Any

from himpun.jobs.bounded import Answer


def _said(given: dict[str, Any], content: bytes) -> Answer:
    print("what a library prints goes nowhere")
    return {"pid": os.getpid(), **given}, content[::-1]


def _slow(given: dict[str, Any], _: bytes) -> Answer:
    time.sleep(30)
    return given, b""


def _greedy(given: dict[str, Any], _: bytes) -> Answer:
    return given, bytes(given["megabytes"] * 1024 * 1024)


def _broken(given: dict[str, Any], _: bytes) -> Answer:
    raise ValueError("salah")


def _gone(given: dict[str, Any], _: bytes) -> Answer:
    sys.stdout.flush()
    os._exit(0)


JOBS = {"said": _said, "slow": _slow, "greedy": _greedy, "broken": _broken, "gone": _gone}
