"""What a contributor is given says what CI does: the hooks of pre-commit, the container for development."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def checked_by_make() -> list[str]:
    """The commands of `make check` and of the targets it stands for, as a shell in the repository would be given them."""
    makefile = (ROOT / "Makefile").read_text()
    parts = re.search(r"^CHECKS := (.+)$", makefile, re.M)
    found = []
    for target in ("check", *(parts[1].split() if parts else ())):
        recipe = re.search(rf"^{target}:.*\n((?:\t.+\n)+)", makefile, re.M)
        assert recipe is not None, target
        found += re.findall(r"^\t\$\(RUN\)/(.+)$", recipe[1], re.M)
    return [f".venv/bin/{command}" for command in found]


def hooks() -> list[dict[str, str]]:
    """The hooks of pre-commit, each with its keys as they are written."""
    blocks = (ROOT / ".pre-commit-config.yaml").read_text().split("- id: ")[1:]
    return [dict(re.findall(r"^ *([a-z_]+): (.+)$", f"id: {block}", re.M)) for block in blocks]


def test_pre_commit_runs_what_make_check_runs_and_nothing_else() -> None:
    assert len(checked_by_make()) >= 8
    assert sorted(hook["entry"] for hook in hooks()) == sorted(checked_by_make())


def test_every_hook_is_the_repositorys_own_tool_over_the_whole_tree_at_a_commit_or_at_a_push() -> None:
    for hook in hooks():
        assert hook["entry"].startswith(".venv/bin/"), hook
        assert (hook["language"], hook["pass_filenames"]) == ("system", "false"), hook
        assert hook["stages"] in ("[pre-commit]", "[pre-push]"), hook
        pattern = re.compile(hook["files"].strip("'"))
        assert any(pattern.search(str(path.relative_to(ROOT))) for path in (ROOT / "src").rglob("*")), hook


def test_ci_checks_by_make_check() -> None:
    assert "\nmake check\n" in (ROOT / ".ci" / "run").read_text()


def test_the_container_has_what_ci_installs_and_is_set_up_by_make() -> None:
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    installed = re.search(r"--no-install-recommends (.+)$", container["onCreateCommand"])
    needed = re.search(r"^need=\((.+)\)$", (ROOT / ".ci" / "run").read_text(), re.M)
    assert installed is not None
    assert needed is not None
    assert installed[1].split() == needed[1].split()
    assert container["image"].endswith(":bookworm")
    assert container["postCreateCommand"] == "make setup"
    assert container["forwardPorts"] == [8000]
