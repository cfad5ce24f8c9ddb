"""The house keeps its own rules: what calls itself pure is, one word has one meaning, one thing is remembered once."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from scripts.house import ROOT, SOURCE, contracts_file, product_files

Tree = tuple[str, ast.Module]


def modules() -> Iterator[Tree]:
    """Every module of the product by its dotted name; migrations keep what they were."""
    for path in product_files():
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        yield name, ast.parse(path.read_text(encoding="utf-8"))


# --- pure -------------------------------------------------------------------------------------------------------------


def test_what_calls_itself_pure_is_held_to_it_and_nothing_else_is() -> None:
    """The docstring of a module says "Pure" if and only if import-linter forbids it Django, the clock and the journal."""
    held = set(contracts_file()["importlinter:contract:pure"]["source_modules"].split())
    said = {name for name, tree in modules() if re.search(r"\bPure\b", ast.get_docstring(tree) or "")}

    assert sorted(_outside(said, held)) == [], "these say Pure and are not in the contract `pure` of .importlinter"
    assert sorted(_outside(held, said)) == [], "these are in the contract and do not say so"


def _outside(names: set[str], rooms: set[str]) -> set[str]:
    """The names that neither stand in `rooms` nor lie in one of them: what a room says, it says of all within it."""
    return {name for name in names if not any(f"{name}.".startswith(f"{room}.") for room in rooms)}


# --- one word, one meaning --------------------------------------------------------------------------------------------

APART = ("himpun.web.", "himpun.commands.", "himpun.gate.", "himpun.__main__")
"""Views, template filters and commands are called by an address or a word of the command line, not by each other."""
_TWO_MEANINGS = """
approve as_csv as_xlsx check compare day decide differences end_of_day evaluate fault forget
form_of in_order lifting moment names_in open_task paper plan plain propose protect protecting read read_csv
read_json read_period read_target recap_of refuse rows_of submit summary svg text_of to_json to_pdf waiting_for withdraw
write write_period
"""
TWO_MEANINGS = frozenset(_TWO_MEANINGS.split())
"""Public names that say different things in different rooms today. No name joins them; one that is left alone leaves."""


def test_one_public_name_has_one_meaning() -> None:
    homes: dict[str, set[str]] = defaultdict(set)
    for module, tree in modules():
        if not module.startswith(APART):
            for node in tree.body:
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
                    homes[node.name].add(module)
    twice = {name: sorted(where) for name, where in homes.items() if len(where) > 1}

    assert {name: where for name, where in twice.items() if name not in TWO_MEANINGS} == {}
    assert sorted(TWO_MEANINGS - twice.keys()) == [], "these have one meaning now: take them off the list"


def test_who_may_stands_in_one_table() -> None:
    """A right of roles is named MAY_… and defined in offices/rules alone."""
    defined = {
        module
        for module, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.startswith("MAY_")
    }
    assert defined == {"himpun.offices.rules"}


# --- one thing is remembered once -------------------------------------------------------------------------------------


def test_no_two_caches_keep_the_same_thing_by_the_same_key() -> None:
    kept: dict[tuple[str, str], list[str]] = defaultdict(list)
    for module, tree in modules():
        for node in tree.body:
            key, thing = _cached_function(node) or _cached_rows(node) or ("", "")
            if re.search(r"\b[A-Z]\w*", thing):  # something of ours, not just a text
                kept[key, thing].append(module)

    assert len(kept) > 8, "the caches are not found any more"
    assert {thing: where for thing, where in kept.items() if len(where) > 1} == {}


def _cached_function(node: ast.stmt) -> tuple[str, str] | None:
    """By what a remembered function is asked, and what it gives, as their types are written."""
    if not isinstance(node, ast.FunctionDef) or not node.returns:
        return None
    names = {ast.unparse(one).partition("(")[0].rpartition(".")[2] for one in node.decorator_list}
    asked = ", ".join(ast.unparse(one.annotation) for one in node.args.args if one.annotation)
    return (asked, ast.unparse(node.returns)) if names & {"cache", "lru_cache"} else None


def _cached_rows(node: ast.stmt) -> tuple[str, str] | None:
    """The same of a private `dict` that begins empty."""
    if not isinstance(node, ast.AnnAssign) or not isinstance(node.value, ast.Dict) or node.value.keys:
        return None
    kind = node.annotation
    if not ast.unparse(node.target).startswith("_") or not isinstance(kind, ast.Subscript):
        return None
    assert isinstance(kind.slice, ast.Tuple)
    return ast.unparse(kind.slice.elts[0]), ast.unparse(kind.slice.elts[1])


def test_a_sentence_about_a_name_stands_under_it() -> None:
    """A text by itself in a module describes the assignment above it; where that has moved away, nothing says it is so."""
    lost = [
        f"{module}:{text.lineno}"
        for module, tree in modules()
        for above, text in pairwise(tree.body)
        if isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and not isinstance(above, ast.Assign | ast.AnnAssign)
    ]

    assert lost == [], "these stand under nothing: put them under what they describe, or take them away"


# --- what is referred to is there -------------------------------------------------------------------------------------


def test_every_document_that_the_code_names_is_in_the_repository() -> None:
    """A reader of the code has nothing but the repository: "docs/decisions/0012" or a file by its name."""
    there = {path.name for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))}
    named = {
        (str(path.relative_to(ROOT)), name)
        for path in (SOURCE / "himpun").rglob("*.py")
        for name in re.findall(r"[\w.-]+\.md\b", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 10, "documents are not found in the code any more"
    assert sorted(one for one in named if one[1] not in there) == []
