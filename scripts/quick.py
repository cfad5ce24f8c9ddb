"""The tests nearest to what was changed, in under a minute: `make quick`, or since a commit `make quick ARGS=HEAD`.
What it leaves out, `make test` runs.

Changed is what differs from `main` (on `main`: from the last commit), and files not yet known to git. Nearest are, in
this order: changed tests, tests named as a changed module of the same room, tests that import a changed module
themselves, and those at two, three, … imports from it. Every test imports the cast, and so nearly everything; ways that
lead through the common stage of the tests do not count.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent
STAGE = {"tests.cast", "tests.scenes", "tests.conftest", "tests.papers", "tests.pages"}
SLOW = {"crawl", "killing", "service", "browser", "year", "landed"}
"""Rooms of the tests that take minutes; of them only what was changed itself."""
MOST = 12
"""Test files at most."""


def git(*arguments: str) -> list[str]:
    """The lines that git answers."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, text=True, capture_output=True, check=True)
    return [line for line in done.stdout.splitlines() if line]


def changed_files(since: str = "") -> list[Path]:
    """What differs from a commit: unless told, where this branch left `main`; on `main` itself, the last. Without deleted files."""
    if not since and git("branch", "--show-current") != ["main"] and git("branch", "--list", "main"):
        since = git("merge-base", "HEAD", "main")[0]
    since = since or "HEAD"
    names = git("diff", "--name-only", "--diff-filter=d", since) + git("ls-files", "--others", "--exclude-standard")
    return sorted({Path(name) for name in names})


def module_of(file: Path) -> str:
    """himpun.web.views.offices of src/himpun/web/views/offices.py; a template counts as the views that name it."""
    parts = file.with_suffix("").parts
    return ".".join(parts[1:] if parts[0] == "src" else parts).removesuffix(".__init__")


def modules_of(files: Iterable[Path]) -> set[str]:
    """The modules changed, and for templates the modules that name them."""
    found = set()
    for file in files:
        if file.suffix == ".py" and file.parts[0] in ("src", "tests"):
            found.add(module_of(file))
        elif "templates" in file.parts:
            name = "/".join(file.parts[file.parts.index("templates") + 1 :])
            told = (ROOT / "src/himpun").rglob("*.py")
            found |= {module_of(one.relative_to(ROOT)) for one in told if f'"{name}"' in one.read_text("utf-8")}
    return found


def is_test(module: str) -> bool:
    """Whether a module holds tests."""
    return module.startswith("tests.") and module.rpartition(".")[2].startswith("test_")


def nearest(changed: set[str], graph: grimp.ImportGraph) -> Iterator[str]:
    """Test modules, the nearest first."""
    yield from sorted(filter(is_test, changed))
    for module in sorted(changed):
        room, name = module.split(".")[1:2], module.rpartition(".")[2]
        namesake = ".".join(["tests", *room, f"test_{name}"])
        if namesake in graph.modules:
            yield namesake
    seen, edge = set(changed), changed
    while edge:
        above = {one for module in edge & graph.modules for one in graph.find_modules_that_directly_import(module)}
        edge = above - seen - STAGE
        seen |= edge
        yield from sorted(one for one in edge if is_test(one) and one.split(".")[1] not in SLOW)


def chosen(changed: set[str]) -> list[str]:
    """The files of the nearest tests."""
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    graph = grimp.build_graph("himpun", "tests", cache_dir=str(ROOT / "var/grimp"))
    ordered = list(dict.fromkeys(nearest(changed, graph)))
    if len(ordered) > MOST:
        print(f"{len(ordered)} test files reach what was changed; the nearest {MOST} are run. All: make test")
    return [f"{module.replace('.', '/')}.py" for module in ordered[:MOST]]


def main(arguments: list[str]) -> int:
    """Linters on the changed files and types of all, while the nearest tests run. Fails if one of them does."""
    began, files = time.monotonic(), changed_files(*arguments)
    python = [str(file) for file in files if file.suffix == ".py"]
    templates = [str(file) for file in files if file.suffix == ".html"]
    tests = chosen(modules_of(files))
    commands = [["mypy"]] if any(file.startswith("src/") for file in python) else []
    commands += [["ruff", "check", *python], ["ruff", "format", "--check", *python]] if python else []
    commands += [["djlint", "--check", "--lint", "--quiet", *templates]] if templates else []
    commands += [["pytest", "-n", "auto", *tests]] if tests else []
    beside = Path(sys.executable).parent
    running = [subprocess.Popen([beside / name, *rest], cwd=ROOT, env=os.environ) for name, *rest in commands]
    failed = [command[0] for command, one in zip(commands, running, strict=True) if one.wait()]
    print(f"{len(files)} files changed, {len(tests)} test files, {time.monotonic() - began:.0f} s", *failed)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
