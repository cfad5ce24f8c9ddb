"""The tree of programs: its shape, and that what is rolled up is what the leaves say, whatever their order."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from himpun.budgets.rollup import Entry, Level, Sums, level_of, parent_of, roll_up, tree_faults, warnings_of
from himpun.measure.scoring.values import State
from tests.budgets.samples import ACTIVITY, OFFICE_NEEDS, OTHER_ACTIVITY, PLAN, PROGRAM, REPORT, entry, levels, tree

MONTHS = range(1, 13)
money = st.integers(0, 10**13 - 1).map(lambda sen: Decimal(sen) / 100)
progress = st.dictionaries(st.sampled_from(MONTHS), st.integers(0, 10_000).map(lambda n: Decimal(n) / 100), max_size=4)
spending = st.dictionaries(st.sampled_from(MONTHS), money, max_size=4)


@st.composite
def trees(draw: st.DrawFn) -> list[Entry]:
    """One to three programs with kegiatan and sub-kegiatan, some figures missing."""
    entries = []
    for program in range(1, draw(st.integers(1, 3)) + 1):
        entries.append(Entry(f"7.01.{program:02}", "P", Level.PROGRAM))
        for activity in range(1, draw(st.integers(1, 3)) + 1):
            above = f"7.01.{program:02}.2.{activity:02}"
            entries.append(Entry(above, "K", Level.ACTIVITY))
            for sub in range(1, draw(st.integers(1, 3)) + 1):
                entries.append(
                    Entry(
                        f"{above}.{sub:04}",
                        "S",
                        Level.SUB_ACTIVITY,
                        draw(st.none() | money),
                        draw(st.none() | money),
                        draw(spending),
                        draw(progress),
                    )
                )
    return entries


def direct(leaves: list[Entry], month: int) -> tuple[Fraction | None, Fraction | None, Fraction | None]:
    """Pagu in force, realisasi and weighted progress, worked out without the roll-up."""
    in_force = [leaf.revised if leaf.revised is not None else leaf.budget for leaf in leaves]
    pagu = [Fraction(amount) for amount in in_force if amount is not None]
    spent = [Fraction(amount) for leaf in leaves for at, amount in leaf.spent.items() if at <= month]
    weighed = weight = Fraction(0)
    for leaf in leaves:
        known = [at for at in leaf.physical if at <= month]
        share = leaf.revised if leaf.revised is not None else leaf.budget
        if known and share:
            weighed += Fraction(share) * Fraction(leaf.physical[max(known)])
            weight += Fraction(share)
    return sum(pagu) if pagu else None, sum(spent) if spent else None, weighed / weight if weight else None


@given(trees(), st.sampled_from(MONTHS))
def test_every_node_says_what_its_leaves_say(entries: list[Entry], month: int) -> None:
    rolled = roll_up(entries, month)
    leaves = [one for one in entries if one.level is Level.SUB_ACTIVITY]

    assert (rolled.total.in_force, rolled.total.spent, rolled.total.physical) == direct(leaves, month)
    for node in rolled.nodes:
        below = [leaf for leaf in leaves if f"{leaf.code}.".startswith(f"{node.entry.code}.")]
        assert (node.sums.in_force, node.sums.spent, node.sums.physical) == direct(below, month)


@given(trees(), st.sampled_from(MONTHS), st.randoms())
def test_the_order_of_the_entries_changes_nothing(entries: list[Entry], month: int, random: object) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert roll_up(shuffled, month) == roll_up(entries, month)


@given(trees(), st.sampled_from(MONTHS), st.fractions(0, 1, max_denominator=100))
def test_a_leaf_split_in_two_of_the_same_progress_changes_no_total(
    entries: list[Entry], month: int, share: Fraction
) -> None:
    leaf = entries[-1]
    parts = []
    for number, part in ((8, share), (9, 1 - share)):
        cut = {at: Decimal(part.numerator) * amount / part.denominator for at, amount in leaf.spent.items()}
        pagu = None if leaf.budget is None else leaf.budget * part.numerator / part.denominator
        changed = None if leaf.revised is None else leaf.revised * part.numerator / part.denominator
        code = f"{leaf.code[:-4]}{number:04}"
        parts.append(Entry(code, "bagian", leaf.level, pagu, changed, cut, leaf.physical))
    whole, split = roll_up(entries, month).total, roll_up([*entries[:-1], *parts], month).total

    for name in ("in_force", "spent", "physical"):
        one, other = getattr(whole, name), getattr(split, name)
        assert (one is None) == (other is None)
        assert one is None or abs(one - other) < Fraction(1, 10**9)


@given(trees(), st.sampled_from(MONTHS))
def test_progress_lies_between_the_lowest_and_the_highest_below(entries: list[Entry], month: int) -> None:
    rolled = roll_up(entries, month)
    for node in rolled.nodes:
        below = [one.sums.physical for one in rolled.below(node.entry.code) if one.sums.physical is not None]
        assert node.is_leaf or (node.sums.physical is None) == (not below)
        if below:
            assert min(below) <= node.sums.physical <= max(below)


@given(trees(), st.sampled_from(MONTHS))
def test_every_leaf_is_weighed_or_named_as_left_out(entries: list[Entry], month: int) -> None:
    total = roll_up(entries, month).total
    weighed = [
        one
        for one in entries
        if one.level is Level.SUB_ACTIVITY and one.in_force and one.physical_at(month) is not None
    ]

    assert len(weighed) + len(total.left_out) == total.leaves
    assert total.weight == sum(Fraction(one.in_force or 0) for one in weighed)


def test_figures_of_the_sample_by_hand() -> None:
    rolled = roll_up(tree(), 2).by_code()
    kegiatan, whole = rolled[ACTIVITY].sums, rolled[PROGRAM].sums

    assert kegiatan.in_force == 100_000_000
    assert kegiatan.budget == 110_000_000
    assert kegiatan.spent == 40_000_000
    assert kegiatan.absorption.value == 40
    assert kegiatan.absorption.formula == "40.000.000 / 100.000.000 × 100 = 40"
    assert kegiatan.physical == 70
    assert kegiatan.physical_formula == "7.000.000.000 / 100.000.000 = 70,00"
    assert kegiatan.deviation == 30
    assert whole.absorption.value == Fraction(65, 2)
    assert whole.physical == 45


def test_progress_stands_still_in_a_month_without_a_figure_and_realisasi_adds_up() -> None:
    rolled = roll_up(tree(), 9).by_code()[PLAN].sums

    assert (rolled.physical, rolled.spent) == (50, 30_000_000)


def test_the_pagu_after_change_counts_even_when_it_is_0() -> None:
    rolled = roll_up([entry(PROGRAM, 10, revised=0, physical={1: 50})], 1).total

    assert rolled.in_force == 0
    assert rolled.physical is None
    assert rolled.left_out[0].reason == "pagu 0, jadi tidak berbobot"
    assert rolled.absorption.value is None


def test_nothing_filled_in_is_not_0() -> None:
    rolled = roll_up([entry(PROGRAM, 10)], 12).total

    assert (rolled.spent, rolled.physical, rolled.deviation) == (None, None, None)
    assert rolled.absorption.state is State.NOT_FILLED
    assert rolled.not_spent == (PROGRAM,)
    assert rolled.left_out[0].reason == "fisik belum diisi"


def test_0_filled_in_is_0() -> None:
    rolled = roll_up([entry(PROGRAM, 10, spent={1: 0}, physical={1: 0})], 1).total

    assert (rolled.absorption.value, rolled.physical, rolled.not_spent) == (0, 0, ())


def test_no_entry_at_all_is_an_empty_total() -> None:
    assert roll_up([], 1).total == Sums()


def test_codes_sort_as_the_printed_budget_does() -> None:
    codes = ["7.01.10", "7.01.02", "7.01.02.2.01", "7.01.02.2.01.0010", "7.01.02.2.01.0009", "X.XX.01"]
    rolled = roll_up([Entry(code, "", Level.PROGRAM) for code in codes], 1)

    assert [node.entry.code for node in rolled.nodes] == [
        "7.01.02",
        "7.01.02.2.01",
        "7.01.02.2.01.0009",
        "7.01.02.2.01.0010",
        "7.01.10",
        "X.XX.01",
    ]


def test_a_code_of_which_another_is_only_the_beginning_of_a_part_is_no_parent() -> None:
    assert parent_of("7.01.011", ["7.01.01"]) == ""
    assert parent_of(REPORT, [PROGRAM, ACTIVITY, OTHER_ACTIVITY]) == ACTIVITY


def test_the_sub_kegiatan_of_this_sop_is_one_by_its_code() -> None:
    assert [level_of(code) for code in (PROGRAM, ACTIVITY, REPORT, "7.01")] == [
        Level.PROGRAM,
        Level.ACTIVITY,
        Level.SUB_ACTIVITY,
        None,
    ]


def test_a_sound_tree_has_no_faults() -> None:
    assert tree_faults(levels(PROGRAM, ACTIVITY, REPORT, OTHER_ACTIVITY, OFFICE_NEEDS)) == []


def test_orphans_and_levels_out_of_order_are_named() -> None:
    orphan = tree_faults(levels(PROGRAM, REPORT))
    lonely = tree_faults(levels(ACTIVITY))
    swapped = tree_faults({PROGRAM: Level.PROGRAM, ACTIVITY: Level.PROGRAM})
    skipped = tree_faults({PROGRAM: Level.PROGRAM, ACTIVITY: Level.SUB_ACTIVITY})
    unreadable = tree_faults({"program satu": Level.PROGRAM})

    assert "harus berada di bawah kegiatan" in orphan[0].cause
    assert "program di atasnya belum ada" in lonely[0].cause
    assert "tidak berada di bawah program" in swapped[0].cause
    assert "harus berada di bawah kegiatan, bukan di bawah program" in skipped[0].cause
    assert "bukan kode" in unreadable[0].cause


def test_what_looks_wrong_is_said_and_what_is_sound_is_not() -> None:
    over = warnings_of(entry(PROGRAM, 10, spent={1: 6, 2: 5}, physical={1: 50, 2: 40}), 2)

    assert "Realisasi 11 melebihi pagu 10" in over[0]
    assert "Fisik bulan ke-2 (40 %) di bawah bulan ke-1 (50 %)" in over[1]
    assert warnings_of(entry(PROGRAM, 11, spent={1: 6, 2: 5}, physical={1: 50, 2: 50}), 2) == []
    assert warnings_of(entry(PROGRAM, 10, spent={1: 6, 2: 5}, physical={1: 50, 2: 40}), 1) == []
