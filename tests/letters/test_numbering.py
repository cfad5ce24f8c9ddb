"""Document numbers from patterns."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.letters.numbering import DEFAULT_PATTERN, PatternWrong, check_usable, fill, meet

DAY = date(2026, 10, 5)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (DEFAULT_PATTERN, "007/KEC/X/2026"),
        ("000.8.3.3/{urut}/{unit}/{tahun}", "000.8.3.3/007/KEC/2026"),
        ("{kode}/{urut}-{bulan}/{tahun}", "000.7.2/007-10/2026"),
        ("{{{urut}}}/{tahun}", "{007}/2026"),
    ],
)
def test_a_pattern_gives_the_number(pattern: str, text: str) -> None:
    assert fill(pattern, sequence=7, day=DAY, unit="KEC") == text


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("{urut}", r"harus memuat \{urut\} dan \{tahun\}"),
        ("{tahun}", r"harus memuat \{urut\} dan \{tahun\}"),
        ("", r"harus memuat"),
        ("{urut}/{tahun}/{nomor}", r"\{nomor\} tidak dikenal"),
        ("{urut}/{tahun.__class__}", r"tidak dikenal"),
        ("{urut}/{}/{tahun}", r"tidak dikenal"),
        ("{urut/{tahun}", r"tidak|kurung kurawal"),
        ("{urut}/{tahun", r"kurung kurawal tidak berpasangan"),
        ("{urut:d}/{tahun}", "tanpa “:” atau “!”"),
        ("{urut!x}/{tahun}", "tanpa “:” atau “!”"),
    ],
)
def test_a_pattern_that_cannot_give_unique_numbers_is_refused(pattern: str, sentence: str) -> None:
    with pytest.raises(PatternWrong, match=sentence):
        fill(pattern, sequence=7, day=DAY, unit="KEC")


@given(st.text(max_size=30))
def test_any_text_is_a_pattern_or_refused_with_a_sentence(text: str) -> None:
    pattern = text + "/{urut}/{tahun}"
    try:
        check_usable(pattern)
    except PatternWrong:
        return
    assert fill(pattern, sequence=7, day=DAY, unit="KEC").endswith("/007/2026")


@given(st.integers(1, 99_999), st.integers(1, 99_999))
def test_two_sequences_never_give_one_number(one: int, other: int) -> None:
    same = fill(DEFAULT_PATTERN, sequence=one, day=DAY, unit="KEC") == fill(
        DEFAULT_PATTERN, sequence=other, day=DAY, unit="KEC"
    )
    assert same == (one == other)


# --- patterns that meet -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("900/{urut}/KC/{tahun}", "900/{urut}/{unit}/{tahun}", True),
        ("900/{urut}/KC/{tahun}", "901/{urut}/KC/{tahun}", False),
        ("{urut}/{bulan_romawi}/{tahun}", "{urut}/X/2026/{tahun}", False),
        ("{urut}/{bulan_romawi}/{tahun}", "{urut}/XI/{tahun}", True),
        ("{urut}/{bulan_romawi}/{tahun}", "{urut}/XX/{tahun}", False),
        ("{kode}/{urut}/{unit}/{tahun}", "{kode}/{urut}/{unit}/{bulan}/{tahun}", False),
        ("{urut}.{tahun}", "2{urut}.{tahun}", True),
        ("{urut}/{unit}-{tahun}", "{urut}/P3A-{tahun}", True),
        ("{urut}/{tahun}/S", "{urut}/{tahun}/s", False),
    ],
)
def test_patterns_meet_that_can_give_one_text(one: str, other: str, same: bool) -> None:
    assert meet(one, other, 2026) is meet(other, one, 2026) is same


PIECES = st.sampled_from(["{unit}", "{bulan}", "{bulan_romawi}", "{kode}", "/", "-", "0", "1", "X", "KC", "9"])
PATTERNS = st.permutations(["{urut}", "/", "{tahun}"]).flatmap(
    lambda fixed: st.lists(PIECES, max_size=3).map(lambda more: "".join([*more, *fixed]))
)


@given(PATTERNS, PATTERNS, st.data())
def test_patterns_that_did_give_one_text_are_said_to_meet(one: str, other: str, data: st.DataObject) -> None:
    def given_by(pattern: str) -> str:
        sequence, month = data.draw(st.integers(1, 1200)), data.draw(st.integers(1, 12))
        unit = data.draw(st.sampled_from(["KC", "X", "1", "9-0"]))
        return fill(pattern, sequence=sequence, day=date(2026, month, 1), unit=unit)

    assert meet(one, one, 2026)
    assert given_by(one) != given_by(other) or meet(one, other, 2026)
