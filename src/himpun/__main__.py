"""The `himpun` command. Each subcommand is one function in `COMMANDS`; `himpun manage …` reaches Django's own."""

import os
import sys


def main() -> None:
    """Set Django up and run a subcommand; refusals are printed as sentences with exit code 1.

    What it writes (database, archive, keys) is for its own user only.
    """
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "himpun.settings")
    import django

    django.setup()
    from himpun.commands import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
