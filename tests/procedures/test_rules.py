"""Whose approvals an SOP needs, as a table; never nobody's and never its writer's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.offices.rules import ROLES
from himpun.procedures.rules import RULES, NobodyElseApproves, approvals_needed

ALL = frozenset({"kepala", "sekretaris", "kasubbag-perencanaan"})


@pytest.mark.parametrize(
    ("rule", "writer", "levels"),
    [
        ("sekretaris-kepala", {"kasubbag-perencanaan"}, ["paraf sekretaris", "tanda-tangan kepala"]),
        ("sekretaris-kepala", {"sekretaris"}, ["tanda-tangan kepala"]),
        ("sekretaris-kepala", {"kepala"}, ["paraf sekretaris"]),
        ("sekretaris-kepala", {"kepala", "sekretaris"}, ["paraf kasubbag-perencanaan"]),
        ("kepala", {"kasubbag-perencanaan"}, ["tanda-tangan kepala"]),
        ("kepala", {"kepala"}, ["paraf sekretaris"]),
        ("berjenjang", {"sekretaris"}, ["paraf kasubbag-perencanaan", "tanda-tangan kepala"]),
        ("berjenjang", {"kasubbag-perencanaan"}, ["paraf sekretaris", "tanda-tangan kepala"]),
    ],
)
def test_the_levels_in_their_order(rule: str, writer: set[str], levels: list[str]) -> None:
    assert [f"{level.deed} {level.role}" for level in approvals_needed(rule, frozenset(writer))] == levels


@given(st.sampled_from(sorted(RULES)), st.sets(st.sampled_from(sorted(ROLES))))
def test_somebody_else_always_approves(rule: str, writer: set[str]) -> None:
    if writer >= ALL:
        with pytest.raises(NobodyElseApproves):
            approvals_needed(rule, frozenset(writer))
        return
    levels = approvals_needed(rule, frozenset(writer))
    assert levels
    assert not {level.role for level in levels} & writer
