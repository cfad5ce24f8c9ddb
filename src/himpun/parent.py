"""A child process ends with the process that keeps it, also when that one is killed and can tell nobody.

On Linux the kernel sends SIGTERM at the parent's death; elsewhere a thread looks whether the parent is still there.
"""

import ctypes
import os
import signal
import sys
import threading
import time

KEEPER = "HIMPUN_KEEPER"
"""The environment's name for the process id of the parent."""
_PR_SET_PDEATHSIG = 1


def follow() -> None:
    """End when the parent named in the environment ends; nothing where no parent is named."""
    keeper = os.environ.get(KEEPER, "")
    if not keeper.isdigit():
        return
    if not _asked_the_kernel():
        threading.Thread(target=_watch, args=(int(keeper),), daemon=True, name="parent").start()
    if os.getppid() != int(keeper) and not _is_there(int(keeper)):
        sys.exit(0)


def _asked_the_kernel() -> bool:
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) == 0)
    except (OSError, AttributeError):
        return False


def _watch(keeper: int) -> None:
    while os.getppid() == keeper:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
