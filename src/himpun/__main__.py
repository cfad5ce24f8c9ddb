"""The `himpun` command. Each subcommand is one function in `COMMANDS`; `himpun manage …` reaches Django's own."""

import os
import signal
import sys
from collections.abc import Callable, Sequence

from himpun.gate.codes import CONFIG
from himpun.gate.keeper import main as serve
from himpun.parent import follow

PIPE_ENDED = 128 + signal.SIGPIPE


def main() -> None:
    """Set Django up and run a subcommand; refusals are printed as sentences with exit code 1, wrong settings with 78.

    `serve` only keeps processes that do so themselves: it begins, and answers a signal, at once. What is written (database,
    archive, keys) is for its own user only.
    """
    os.umask(0o077)
    follow()
    if sys.argv[1:2] == ["serve"]:
        sys.exit(serve(sys.argv[2:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "himpun.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        print(f"Pengaturan salah: {error}", file=sys.stderr)
        sys.exit(CONFIG)
    from himpun.commands import run

    sys.exit(heard(run, sys.argv[1:]))


def heard(run: Callable[[Sequence[str]], int], given: Sequence[str]) -> int:
    """The command's exit code; where who reads its output left (`| head`), the one of a pipe that ended."""
    try:
        code = run(given)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more as it ends; there is nobody to write to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_ENDED
    return code


if __name__ == "__main__":
    main()
