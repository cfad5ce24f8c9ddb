"""How long `himpun tour` takes: the whole job with every letter, document, paraf and signature, in a process of its own."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.worker import PROJECT


def seconds() -> float | None:
    """The time of one tour, or None while it does not run through."""
    with tempfile.TemporaryDirectory(prefix="himpun-bench-tour-", dir="/var/tmp") as folder:
        command = [sys.executable, "-m", "himpun", "tour", str(Path(folder) / "tur")]
        begun = time.perf_counter()
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=180, check=False)
        spent = time.perf_counter() - begun
    if done.returncode:
        print(f"himpun tour: {done.stderr.strip()[-500:]}", file=sys.stderr)
        return None
    return spent
