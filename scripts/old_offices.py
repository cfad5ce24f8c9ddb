"""Keep a filled database of a landed version for the upgrade tests: `python -m scripts.old_offices COMMIT`.

The version's own code fills an empty database (`old_office_fill.py`); all rows, the last migration of every app and the
archive's files go into `tests/landed/COMMIT.json.gz`, which needs neither that code nor the git history again.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LANDED = ROOT / "tests/landed"


def keep(commit: str) -> Path:
    """Make the snapshot of one commit; where it was written."""
    short = subprocess.run(
        ["git", "rev-parse", "--short=7", commit], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()
    target = LANDED / f"{short}.json.gz"
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder) / "code"
        tree = subprocess.run(
            ["git", "archive", short, "src", "tests", "examples"], cwd=ROOT, check=True, capture_output=True
        ).stdout
        with tarfile.open(fileobj=BytesIO(tree)) as packed:
            packed.extractall(old, filter="data")
        own = {
            "DJANGO_SETTINGS_MODULE": "himpun.settings",
            "DATABASE_URL": f"sqlite:///{folder}/old.sqlite3",
            "HIMPUN_DEBUG": "1",
            "HIMPUN_VAR": f"{folder}/var",
            "PYTHONPATH": f"{old / 'src'}{os.pathsep}{old}",
        }
        fill = ROOT / "scripts/old_office_fill.py"
        subprocess.run([sys.executable, str(fill), str(target)], cwd=old, check=True, env={**os.environ, **own})
    return target


if __name__ == "__main__":
    for name in sys.argv[1:] or ["HEAD"]:
        print(keep(name))
