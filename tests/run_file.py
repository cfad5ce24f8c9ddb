"""`python -m tests.run_file FILE`: run a script a test wrote, in a process of its own that can be killed."""

import runpy
import sys

if __name__ == "__main__":
    runpy.run_path(sys.argv[1])
