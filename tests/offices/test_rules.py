"""Who lets a holding come into force: every case of the one rule, as a table."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.offices.rules import (
    DECIDES,
    ROLES,
    Consent,
    Handing,
    NotOurs,
    Proposal,
    Way,
    check_may_manage_access,
    consents_needed,
    link_goes,
    may_confirm,
)

NOBODY: set[Consent] = set()
ASKED, SECOND = {Consent.ACCEPTANCE}, {Consent.CONFIRMATION}
ORDINARY = [role for role in (*ROLES, "") if role not in DECIDES]

CASES = [
    ("an ordinary post of the own office", {"role": "analis"}, NOBODY),
    ("a post without a role", {"role": ""}, NOBODY),
    ("a unit's", {"role": "unit"}, NOBODY),
    ("an ordinary post for oneself", {"role": "analis", "own": True}, SECOND),
    ("an ordinary post for oneself elsewhere", {"role": "analis", "own": True, "elsewhere": True}, SECOND),
    ("an ordinary post for somebody elsewhere", {"role": "unit", "elsewhere": True}, ASKED),
    ("the head's post", {"role": "kepala"}, SECOND),
    ("the secretary's", {"role": "sekretaris"}, SECOND),
    ("who manages", {"role": "kasubbag-umum"}, SECOND),
    ("who starts and publishes", {"role": "kasubbag-perencanaan"}, SECOND),
    ("the head's post for somebody elsewhere", {"role": "kepala", "elsewhere": True}, ASKED | SECOND),
    ("the head's post for oneself", {"role": "kepala", "own": True}, SECOND),
    ("a leave, to who decides here", {"role": "kepala", "by_leave": True, "decides_already": True}, NOBODY),
    ("a leave, to oneself", {"role": "kepala", "by_leave": True, "decides_already": True, "own": True}, SECOND),
    ("a leave, to who does not decide", {"role": "kepala", "by_leave": True}, SECOND),
    ("a leave of an ordinary post", {"role": "unit", "by_leave": True}, NOBODY),
    ("a leave, to somebody elsewhere", {"role": "unit", "by_leave": True, "elsewhere": True}, ASKED),
    ("deciding already helps only in a leave", {"role": "kepala", "decides_already": True}, SECOND),
    ("the files", {"role": "kepala", "by_files": True}, NOBODY),
    ("the files, for somebody elsewhere", {"role": "kepala", "by_files": True, "elsewhere": True}, ASKED),
    ("an end", {"role": "kepala", "narrows": True}, NOBODY),
    ("an end of one's own", {"role": "kepala", "narrows": True, "own": True}, NOBODY),
]


@pytest.mark.parametrize(("given_facts", "needed"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_which_consents_a_holding_waits_for(given_facts: dict[str, object], needed: set[Consent]) -> None:
    assert consents_needed(Proposal(**given_facts)) == needed  # type: ignore[arg-type]


def test_the_roles_that_decide_are_those_that_manage_or_approve() -> None:
    assert {"kepala", "sekretaris", "kasubbag-umum", "kasubbag-perencanaan"} == DECIDES
    assert ORDINARY == ["analis", "unit", ""]


FACTS = st.builds(
    Proposal,
    role=st.sampled_from([*ROLES, ""]),
    own=st.booleans(),
    elsewhere=st.booleans(),
    by_leave=st.booleans(),
    decides_already=st.booleans(),
)


@given(FACTS)
def test_nobody_gives_themselves_a_post_and_nobody_from_elsewhere_is_given_one_unasked(proposal: Proposal) -> None:
    needed = consents_needed(proposal)
    if proposal.own:
        assert Consent.CONFIRMATION in needed
    elif proposal.elsewhere:
        assert Consent.ACCEPTANCE in needed
    assert needed >= consents_needed(replace(proposal, elsewhere=False, own=False)) - {Consent.ACCEPTANCE}


R, P, H, U, M = 1, 2, 3, 4, 5


@pytest.mark.parametrize(
    ("candidates", "who"),
    [
        ([(H, Way.HEAD), (M, Way.MANAGER)], {H}),
        ([(H, Way.HEAD), (U, Way.HEAD_ABOVE), (M, Way.REPLACED)], {H, U, M}),
        ([(R, Way.HEAD), (P, Way.REPLACED), (M, Way.MANAGER)], {M}),
        ([(R, Way.MANAGER), (P, Way.MANAGER)], set()),
        ([], set()),
    ],
)
def test_who_may_confirm(candidates: list[tuple[int, Way]], who: set[int]) -> None:
    assert set(may_confirm(candidates, recorder=R, person=P)) == who


def test_access_is_the_homes() -> None:
    check_may_manage_access("Ani", home=1, office=1)
    for home in (2, None):
        with pytest.raises(NotOurs, match="kantor asalnya"):
            check_may_manage_access("Ani", home=home, office=1)


@pytest.mark.parametrize(
    ("roles", "mailable", "way"),
    [
        ([], False, Handing.SHOWN),
        (["analis"], False, Handing.SHOWN),
        (["unit", ""], True, Handing.SHOWN),
        (["kepala"], False, Handing.CONSOLE),
        (["kepala"], True, Handing.MAILED),
        (["sekretaris"], False, Handing.CONSOLE),
        (["kasubbag-umum"], False, Handing.CONSOLE),
        (["kasubbag-perencanaan"], True, Handing.MAILED),
        (["analis", "kepala"], False, Handing.CONSOLE),
        (["unit", "sekretaris"], True, Handing.MAILED),
    ],
)
def test_how_a_link_goes_to_its_person(roles: list[str], mailable: bool, way: Handing) -> None:
    assert link_goes(roles, mailable=mailable) is way
