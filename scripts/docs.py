"""The reference pages made from code: write them (`--write`) or fail when they are stale (`--check`). `make docs`, `make check`."""

import os
import re
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "himpun.settings")

import django

django.setup()

from himpun.api import reference as api
from himpun.commands import reference
from himpun.procedures import transitions
from scripts import house

ROOT = Path(__file__).resolve().parent.parent


def settings_undocumented() -> list[str]:
    """The settings read from the environment that docs/reference/pengaturan.md does not name."""
    read = set(re.findall(r'env\.[a-z_]+\("([A-Z_]+)"', (ROOT / "src/himpun/settings.py").read_text()))
    page = (ROOT / "docs/reference/pengaturan.md").read_text()
    return sorted(name for name in read if f"`{name}`" not in page)


def api_page(arguments: list[str]) -> int:
    """Write docs/reference/api.md, or say that it is stale."""
    page = ROOT / "docs/reference/api.md"
    if "--write" in arguments:
        page.write_text(api.page(), encoding="utf-8")
    if page.is_file() and page.read_text(encoding="utf-8") == api.page():
        return 0
    print("docs/reference/api.md sudah usang. Jalankan: make docs", file=sys.stderr)
    return 1


def main(arguments: list[str]) -> int:
    """Run every generator with the same arguments; check that every setting is documented."""
    failed = any([transitions.main(arguments), reference.main(arguments), api_page(arguments), house.main(arguments)])
    if missing := settings_undocumented():
        print(f"docs/reference/pengaturan.md belum menyebut: {', '.join(missing)}", file=sys.stderr)
        failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
