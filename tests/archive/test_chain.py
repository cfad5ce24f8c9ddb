"""The chain alone: whatever is done to a journal, the first place where it was done is named."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.archive.chain import GENESIS, Entry, Fault, canonical, digest, first_fault

Sealed = list[tuple[Entry, str]]

MOMENT = datetime(2026, 10, 5, 1, 0, tzinfo=UTC)
texts = st.text(max_size=12)
given_entries = st.lists(st.tuples(texts, texts, texts, st.integers(0, 10**9)), min_size=1, max_size=8)


def sealed(rows: list[tuple[str, str, str, int]]) -> Sealed:
    """A sound chain of these acts."""
    previous, chain = GENESIS, []
    for seq, (person, subject, note, passed) in enumerate(rows, 1):
        at = MOMENT + timedelta(microseconds=passed)
        data = canonical({"note": note})
        entry = Entry(
            "kec", seq, at, person, "Orang", "camat", "Camat", "cycles:task:decided", subject, data, "", previous
        )
        previous = digest(entry)
        chain.append((entry, previous))
    return chain


chains = given_entries.map(sealed)


def head_of(chain: Sealed) -> tuple[int, str]:
    return (chain[-1][0].seq, chain[-1][1]) if chain else (0, GENESIS)


def fault(chain: Sealed, head: tuple[int, str] | None = None) -> Fault | None:
    return first_fault("kec", chain, head or head_of(chain))


def place_in(data: st.DataObject, chain: Sealed) -> int:
    return data.draw(st.integers(0, len(chain) - 1), label="place")


@given(chains)
def test_a_chain_nobody_touched_has_no_fault(chain: Sealed) -> None:
    assert fault(chain) is None


def test_an_empty_chain_has_no_fault_unless_its_head_says_otherwise() -> None:
    assert first_fault("kec", [], None) is None
    assert first_fault("kec", [], (0, GENESIS)) is None
    gone = first_fault("kec", [], (3, "a" * 64))
    assert gone is not None
    assert gone.sentence == "Catatan nomor 1 sampai 3 pada rantai kec hilang dari ujungnya."


ALTERED: dict[str, Callable[[Any], Any]] = {
    **{field.name: lambda value: value + "x" for field in fields(Entry)},
    "at": lambda value: value + timedelta(microseconds=1),
    "file_sha256": lambda value: "f" * 64,
}
"""One change for each field; `seq` is a matter of order, tested below."""
del ALTERED["seq"]


@pytest.mark.parametrize("name", ALTERED)
@given(chain=chains, data=st.data())
def test_an_altered_field_is_named_with_its_record(name: str, chain: Sealed, data: st.DataObject) -> None:
    place = place_in(data, chain)
    entry, stored = chain[place]
    head = head_of(chain)
    chain[place] = replace(entry, **{name: ALTERED[name](getattr(entry, name))}), stored

    found = fault(chain, head)

    assert found is not None
    assert (found.seq, found.kind) == (place + 1, "altered")
    assert f"Catatan nomor {place + 1}" in found.sentence


@given(chains, st.data())
def test_an_altered_digest_is_named_with_its_record(chain: Sealed, data: st.DataObject) -> None:
    place = place_in(data, chain)
    head = head_of(chain)
    chain[place] = chain[place][0], "0" * 64

    found = fault(chain, head)

    assert found is not None
    assert found.seq == place + 1


@given(chains, st.data())
def test_a_record_altered_and_sealed_again_breaks_at_the_one_after_it(chain: Sealed, data: st.DataObject) -> None:
    place = place_in(data, chain)
    head = head_of(chain)
    forged = replace(chain[place][0], person="orang lain yang tidak ada")
    chain[place] = forged, digest(forged)

    found = fault(chain, head)

    assert found is not None
    assert (found.seq, found.kind) == ((place + 2, "reordered") if place + 1 < len(chain) else (place + 1, "altered"))


@given(chains, st.data())
def test_a_removed_record_is_named(chain: Sealed, data: st.DataObject) -> None:
    place = place_in(data, chain)
    head = head_of(chain)
    del chain[place]

    found = fault(chain, head)

    assert found is not None
    assert (found.seq, found.kind) == (place + 1, "removed")


@given(chains, st.data())
def test_records_cut_off_at_the_end_are_named(chain: Sealed, data: st.DataObject) -> None:
    kept = place_in(data, chain)
    head = head_of(chain)

    found = fault(chain[:kept], head)

    assert found is not None
    assert (found.seq, found.kind) == (kept + 1, "removed")
    assert f"nomor {kept + 1} sampai {head[0]}" in found.sentence


@given(given_entries.filter(lambda rows: len(rows) > 1).map(sealed), st.data())
def test_records_in_another_order_are_named_at_the_first_that_moved(chain: Sealed, data: st.DataObject) -> None:
    moved = data.draw(st.permutations(chain))
    if moved == chain:
        return
    first = next(place for place, (was, now) in enumerate(zip(chain, moved, strict=True)) if was != now)

    found = fault(moved, head_of(chain))

    assert found is not None
    assert found.seq == first + 1


@given(chains)
def test_records_numbered_anew_do_not_hide_a_swap(chain: Sealed) -> None:
    if len(chain) < 2:
        return
    head = head_of(chain)
    (one, seal_one), (two, seal_two) = chain[:2]
    chain[:2] = [(replace(two, seq=1), seal_two), (replace(one, seq=2), seal_one)]

    found = fault(chain, head)

    assert found is not None
    assert found.seq == 1


@given(chains, texts)
def test_a_record_added_past_the_head_is_named(chain: Sealed, subject: str) -> None:
    head = head_of(chain)
    last, seal = chain[-1]
    added = replace(last, seq=last.seq + 1, subject=subject, previous=seal)

    found = fault([*chain, (added, digest(added))], head)

    assert found is not None
    assert (found.seq, found.kind) == (len(chain) + 1, "altered")


@given(st.dictionaries(texts, st.integers() | texts, max_size=5))
def test_the_same_content_has_one_spelling(value: dict[str, Any]) -> None:
    assert canonical(value) == canonical(dict(reversed(value.items())))


def test_the_same_moment_in_another_time_zone_has_the_same_seal() -> None:
    [(entry, seal)] = sealed([("camat", "cycle:1", "", 0)])
    wib = entry.at.astimezone(tz=None)

    assert digest(replace(entry, at=wib)) == seal
