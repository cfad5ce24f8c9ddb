import csv
import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from himpun.measure.formula.evaluating import Node, Result, evaluate
from himpun.measure.formula.names import check_names, check_no_cycle
from himpun.measure.formula.parser import from_kinds, parse
from himpun.measure.formula.parts import (
    FUNCTIONS,
    MAX_DEPTH,
    MAX_LENGTH,
    FormulaCycle,
    FormulaNamesUnknown,
    FormulaUnitMismatch,
    FormulaUnreadable,
)
from himpun.measure.formula.units import check_units
from himpun.measure.formula.worked import UNTAKEN, worked_out
from himpun.measure.numbers import write_number
from himpun.measure.scoring.values import State

ROOT = Path(__file__).resolve().parents[2]
Figures = dict[str, dict[str, Fraction | None]]


def figures(**given: object) -> Figures:
    """`a=7` is one unit's figure; `a={"u1": 7, "u2": None}` those of several."""
    cells = {name: value if isinstance(value, dict) else {"u1": value} for name, value in given.items()}
    return {
        name: {unit: None if value is None else Fraction(value) for unit, value in units.items()}
        for name, units in cells.items()
    }


def work_out(text: str, references: Mapping[tuple[str, str], Result] | None = None, **given: object) -> Result:
    return evaluate(parse(text), figures(**given), references or {})


def refusal(text: str) -> FormulaUnreadable:
    with pytest.raises(FormulaUnreadable) as refused:
        parse(text)
    return refused.value


ATTENDANCE = {
    "hadir": {"kasi-a": 80, "kasi-b": 60, "kasi-c": None, "kasi-d": 90},
    "diundang": {"kasi-a": 100, "kasi-b": 90, "kasi-c": 50, "kasi-d": 120},
}


# --- reading ---


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("desa_baik/desa_seluruhnya*100", "desa_baik / desa_seluruhnya × 100"),
        ("a ÷ b : c", "a / b / c"),
        ("a-b – c − d", "a − b − c − d"),
        ("((a))", "a"),
        ("(a + b) × c", "(a + b) × c"),
        ("(a × b) + c", "a × b + c"),
        ("a / (b × c)", "a / (b × c)"),
        ("(a / b) × c", "(a / b) × c"),
        ("a − (b − c)", "a − (b − c)"),
        ("- -a", "−(−a)"),
        ("-(a+b)*-c", "−(a + b) × (−c)"),
        ("1.000 + 0,50", "1.000 + 0,5"),
        ("Rata_Rata( hadir/diundang )", "rata_rata(hadir / diundang)"),
        ("jika(a>=75;1;0)", "jika(a ≥ 75; 1; 0)"),
        ("[ IKU-02 ] + [IKU-02.desa_baik]", "[IKU-02] + [IKU-02.desa_baik]"),
        ("a\n+\tb", "a + b"),
    ],
)
def test_a_formula_has_one_normal_form(typed, normal):
    assert parse(typed).text == normal
    assert parse(normal).text == normal


def test_a_formula_tells_what_it_needs():
    formula = parse("jumlah(hadir) / [IKU-02] + [1.01.desa_baik] × hadir")
    assert formula.variables == {"hadir"}
    assert formula.references == {("IKU-02", ""), ("1.01", "desa_baik")}
    assert formula.depends_on == {"IKU-02"}


def test_a_function_name_without_parentheses_is_a_variable():
    assert parse("jumlah / banyak").variables == {"jumlah", "banyak"}


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("", 1, "Rumusnya masih kosong"),
        ("a + ", 5, "rumus berakhir, padahal di sini seharusnya angka, nama variabel"),
        ("a b", 3, "di sini “b”, padahal seharusnya tanda hitung"),
        ("5a", 2, "di sini “a”, padahal seharusnya tanda hitung"),
        ("1 000", 3, "di sini “000”, padahal seharusnya tanda hitung"),
        ("(a + b", 7, "seharusnya tanda hitung (+ − × /) atau “)”"),
        ("a)", 2, "di sini “)”"),
        ("0.5 × a", 1, "Bila maksudnya 0,5, tulis begitu."),
        ("a / b × 100%", 12, "Tanda % tidak dipakai; tulis × 100"),
        ("a^2", 2, "Pangkat tidak dipakai"),
        ("a**2", 2, "Pangkat tidak dipakai"),
        ("rata_rata(a, b)", 12, "dipisahkan titik koma"),
        ("a.b", 2, "Titik hanya untuk ribuan"),
        ("2(a + b)", 2, "di sini “(”"),
        ("a(b)", 1, "“a” bukan fungsi. Fungsi yang ada: jumlah, rata_rata"),
        ("__import__(os)", 1, "bukan fungsi"),
        ("__import__('os')", 12, "“'” tidak dapat dipakai di sini"),
        ("[IKU-02", 1, "Tulis rujukan lengkap"),
        ("[]", 1, "bukan rujukan ke indikator"),
        ("[a b]", 1, "bukan rujukan ke indikator"),
        ("a > b", 3, "hanya dipakai sekali di dalam jika(…) atau banyak(…)"),
        ("jumlah(a > 1)", 10, "hanya dipakai sekali di dalam jika(…) atau banyak(…)"),
        ("jika(1 < a < 3; 1; 0)", 12, "hanya dipakai sekali"),
        ("jika(a; 1; 0)", 1, "jika(syarat; maka; jika_tidak)"),
        ("jika(a > 1; 1)", 1, "jika(syarat; maka; jika_tidak)"),
        ("jumlah(5)", 1, "harus memuat variabel indikator ini"),
        ("rata_rata([IKU-02])", 1, "harus memuat variabel indikator ini"),
        ("jumlah(rata_rata(a))", 1, "harus memuat variabel indikator ini"),
        ("bobot(a; 1)", 1, "paling sedikit dua pasang"),
        ("bobot(a; 1; b)", 1, "paling sedikit dua pasang"),
        ("banyak(a; b)", 1, "menghitung syarat yang terpenuhi"),
        ("jumlah()", 8, "seharusnya angka, nama variabel"),
        ("a²", 2, "“²” tidak dapat dipakai di sini"),
        ("9" * 40, 1, "terlalu panjang"),
    ],
)
def test_what_is_no_formula_is_refused_at_its_place(text, position, says):
    refused = refusal(text)
    assert says in str(refused)
    assert refused.position == position


def test_a_formula_has_at_most_500_characters():
    assert parse("a" * MAX_LENGTH).variables == {"a" * MAX_LENGTH}
    assert refusal("a" * (MAX_LENGTH + 1)).position == MAX_LENGTH + 1


def test_deep_nesting_is_refused_before_python_refuses_it():
    assert parse("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH).text == "a"
    for opening, closing in [("(", ")"), ("−", ""), ("terbesar(a; ", ")"), ("jika(a > 1; a; ", ")"), ("-(", ")")]:
        deep = opening * (MAX_DEPTH + 1) + "a" + closing * (MAX_DEPTH + 1)
        assert len(deep) <= MAX_LENGTH
        assert "lebih dari 30 tingkat" in str(refusal(deep))


def test_a_long_sum_is_not_deep():
    assert work_out("+".join(["a"] * 250), a=1).value == 250
    assert work_out("×".join(["a"] * 250), a=-1).value == 1


@settings(max_examples=400)
@given(st.text(alphabet="ab1,.;()[]+-−×/:*^%>=<≥≠ _jumlah²IKU\n", max_size=60) | st.text(max_size=40))
@example("(" * 499)
@example("-" * 500)
@example("jumlah(" * 70)
def test_garbage_is_refused_with_a_sentence_and_nothing_else(text):
    refused = None
    try:
        formula = parse(text)
    except FormulaUnreadable as error:
        refused = error
    if refused is None:
        assert parse(formula.text) == formula
    else:
        assert 1 <= refused.position <= len(text) + 1
        assert str(refused).endswith(".")


@given(st.lists(st.sampled_from([*FUNCTIONS, "a", "b", "1", "0,5", "[X-1]", *"()();;+−×/≥="]), max_size=25))
def test_formula_words_in_any_order_are_read_or_refused(words):
    try:
        formula = parse(" ".join(words))
    except FormulaUnreadable:
        return
    evaluate(formula, {}, {})
    assert parse(formula.text) == formula


# --- working it out ---


@pytest.mark.parametrize(
    ("text", "value", "worked"),
    [
        ("a / b × 100", "700/9", "7 / 9 × 100 = 77,78"),
        ("a", "7", "7"),
        ("−a", "-7", "−7"),
        ("minus", "-5/2", "−2,5"),
        ("a + minus × b", "-31/2", "7 + (−2,5) × 9 = −15,5"),
        ("(a + b) / 2", "8", "(7 + 9) / 2 = 8"),
        ("a × 1.000", "7000", "7 × 1.000 = 7.000"),
        ("bobot(a; 0,6; b; 0,4)", "39/5", "bobot(7; 0,6; 9; 0,4) = 7,8"),
        ("bobot(a; 3; b; 1)", "15/2", "bobot(7; 3; 9; 1) = 7,5"),
        ("rata_rata(a; b; 2)", "6", "rata_rata(7; 9; 2) = 6"),
        ("jumlah(a; b)", "16", "jumlah(7; 9) = 16"),
        ("terbesar(a; b) − terkecil(a; b)", "2", "terbesar(7; 9) − terkecil(7; 9) = 2"),
        ("banyak(a ≥ 8; b ≥ 8)", "1", "banyak(7 ≥ 8; 9 ≥ 8) = 1"),
        ("jika(a ≥ 7; 100; a / 7 × 100)", "100", "jika(7 ≥ 7; 100; …) = 100"),
        ("jika(a ≠ 7; a / nol; a / 4)", "7/4", "jika(7 ≠ 7; …; 7 / 4) = 1,75"),
    ],
)
def test_a_formula_is_worked_out_exactly(text, value, worked):
    result = work_out(text, a=7, b=9, nol=0, minus="-2.5")
    assert (result.value, result.state, result.reason) == (Fraction(value), State.COMPUTED, "")
    assert worked_out(result) == worked


@pytest.mark.parametrize(
    ("text", "value", "worked"),
    [
        ("jumlah(hadir)", 230, "jumlah(80; 60; 90) = 230"),
        ("rata_rata(hadir)", Fraction(230, 3), "rata_rata(80; 60; 90) = 76,67"),
        ("banyak(hadir)", 3, "3"),
        ("banyak(hadir ≥ 75)", 2, "banyak(80 ≥ 75; 60 ≥ 75; 90 ≥ 75) = 2"),
        ("terkecil(hadir)", 60, "terkecil(80; 60; 90) = 60"),
        ("terbesar(hadir)", 90, "terbesar(80; 60; 90) = 90"),
        (
            "rata_rata(hadir / diundang × 100)",
            Fraction(665, 9),
            "rata_rata(80 / 100 × 100; 60 / 90 × 100; 90 / 120 × 100) = 73,89",
        ),
        (
            "banyak(hadir ≥ rata_rata(hadir))",
            2,
            "banyak(80 ≥ (230 / 3); 60 ≥ (230 / 3); 90 ≥ (230 / 3)) = 2",
        ),
    ],
)
def test_functions_over_units_leave_out_a_unit_without_figure_and_say_so(text, value, worked):
    result = work_out(text, **ATTENDANCE)
    assert (result.value, worked_out(result)) == (value, worked)
    assert result.notes[-1] == f"{text}: 1 dari 4 unit belum mengisi (kasi-c)."


def test_functions_over_units_have_no_notes_when_all_filled_in():
    assert work_out("rata_rata(diundang)", **ATTENDANCE).notes == ()


def test_a_variable_alone_is_the_sum_over_its_units_and_needs_all_of_them():
    complete = work_out("diundang / 4", **ATTENDANCE)
    assert (complete.value, worked_out(complete)) == (90, "360 / 4 = 90")
    partial = work_out("hadir / diundang", **ATTENDANCE)
    assert (partial.value, partial.state) == (None, State.NOT_FILLED)
    assert partial.reason == "Belum diisi: hadir (kasi-c)."


def test_what_is_not_filled_is_named_and_never_counted_as_0():
    result = work_out("a + b × c + a", a=None, b=2, c=None)
    assert (result.value, result.state, result.reason) == (None, State.NOT_FILLED, "Belum diisi: a, c.")
    assert work_out("a", a={}).reason == "Belum diisi: a."
    assert work_out("a").reason == "Belum diisi: a."
    assert worked_out(result) == ""


@pytest.mark.parametrize("function", ["jumlah", "rata_rata", "banyak", "terkecil", "terbesar"])
def test_over_units_of_which_none_filled_in_there_is_nothing_not_even_0(function):
    result = work_out(f"{function}(a)", a={"u1": None, "u2": None})
    assert (result.value, result.state, result.reason) == (None, State.NOT_FILLED, "Belum diisi: a.")
    assert work_out(f"{function}(a)", a={"u1": 0}).state == State.COMPUTED


def test_0_is_filled_in():
    assert work_out("banyak(a)", a={"u1": 0, "u2": None}).value == 1
    assert work_out("rata_rata(a)", a={"u1": 0, "u2": 10}).value == 5


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a / nol", "Pembagi 0 (nol): tidak dapat dihitung."),
        ("a / (b − 9) × nol", "Pembagi 0 (b − 9): tidak dapat dihitung."),
        ("bobot(a; 1; b; −1)", "Pembagi 0 (jumlah bobot): tidak dapat dihitung."),
        ("jika(a / nol > 1; 1; 0)", "Pembagi 0 (nol): tidak dapat dihitung."),
        ("1 + rata_rata(a / (a − 7))", "Pembagi 0 (a − 7, unit u1): tidak dapat dihitung."),
    ],
)
def test_a_divisor_of_0_cannot_be_computed(text, reason):
    result = work_out(text, a=7, b=9, nol=0)
    assert (result.value, result.state, result.reason) == (None, State.NOT_COMPUTABLE, reason)


def test_one_unit_that_divides_by_0_is_not_left_out_in_silence():
    result = work_out("rata_rata(a / b)", a={"u1": 1, "u2": 1}, b={"u1": 2, "u2": 0})
    assert (result.state, result.reason) == (State.NOT_COMPUTABLE, "Pembagi 0 (b, unit u2): tidak dapat dihitung.")


def test_what_must_be_filled_in_is_told_before_what_cannot_be_computed():
    assert work_out("a / nol + b", a=1, nol=0, b=None).reason == "Belum diisi: b."


def test_of_a_choice_only_the_way_that_is_taken_counts():
    assert work_out("jika(nol = 0; 0; a / nol)", a=1, nol=0).value == 0
    assert work_out("jika(a > 0; 5; b)", a=1, b=None).value == 5
    assert work_out("jika(b > 0; 5; a)", a=1, b=None).reason == "Belum diisi: b."


def test_a_number_longer_than_any_measurement_is_refused_as_a_result():
    huge = work_out("×".join(["a"] * 100), a=10**9)
    assert (huge.value, huge.state) == (None, State.NOT_COMPUTABLE)
    assert "terlalu panjang" in huge.reason
    assert "lebih dari 30 angka" in work_out("a × a", a=10**20).reason
    assert work_out("a × a / a", a=10**20).value == 10**20
    assert "terlalu panjang" in work_out("×".join(["a"] * 240), a="0.00000001").reason


# --- other indicators ---


def test_a_formula_takes_the_result_of_another_indicator_with_its_tree():
    inner = work_out("a / b × 100", a=7, b=9)
    result = work_out("[IKU-02] × c + [IKU-02]", {("IKU-02", ""): inner}, c=2)
    assert result.value == Fraction(700, 3)
    assert worked_out(result) == "(700 / 9) × 2 + (700 / 9) = 233,33"
    product, again = result.tree.children
    assert product.children[0] == Node("[IKU-02]", Fraction(700, 9), "indikator", children=(inner.tree,))
    assert again == Node("[IKU-02]", Fraction(700, 9), "indikator"), "shown once; else trees of trees explode"


def test_the_result_of_another_indicator_alone_is_shown_as_a_fraction():
    inner = work_out("a / b × 100", a=7, b=9)
    assert worked_out(work_out("[IKU-02]", {("IKU-02", ""): inner})) == "700 / 9 = 77,78"


def test_why_another_indicator_has_no_result_is_handed_on():
    empty, zero = work_out("a", a=None), work_out("1 / a", a=0)
    assert work_out("[X] + b", {("X", ""): empty}, b=1).reason == "Belum diisi: [X] (Belum diisi: a)."
    by_zero = work_out("[X] + b", {("X", ""): zero}, b=1)
    assert (by_zero.state, by_zero.reason) == (
        State.NOT_COMPUTABLE,
        "[X]: Pembagi 0 (a): tidak dapat dihitung.",
    )
    assert work_out("[X.a]").reason == "[X.a] tidak ditemukan, jadi tidak dapat dihitung."


def test_the_notes_of_another_indicator_are_handed_on():
    inner = work_out("jumlah(hadir)", **ATTENDANCE)
    assert work_out("[X]", {("X", ""): inner}).notes == ("[X]: jumlah(hadir): 1 dari 4 unit belum mengisi (kasi-c).",)


# --- the tree ---


def cells(node: Node) -> list[tuple[str, str, Fraction | None]]:
    own = [(node.variable, node.unit, node.value)] if node.kind == "variabel" and node.unit else []
    return own + [cell for child in node.children for cell in cells(child)]


def test_a_result_opens_down_to_its_cells():
    tree = work_out("desa_baik / 9 × 100", desa_baik={"kasi-b": 3, "kasi-a": 4}).tree
    assert tree == Node(
        "desa_baik / 9 × 100",
        Fraction(700, 9),
        "hitung",
        children=(
            Node(
                "desa_baik",
                Fraction(7),
                "variabel",
                variable="desa_baik",
                children=(
                    Node("desa_baik", Fraction(4), "variabel", variable="desa_baik", unit="kasi-a"),
                    Node("desa_baik", Fraction(3), "variabel", variable="desa_baik", unit="kasi-b"),
                ),
            ),
            Node("9", Fraction(9), "angka"),
            Node("100", Fraction(100), "angka"),
        ),
    )


def test_a_function_over_units_opens_unit_by_unit_with_the_ones_that_did_not_fill_in():
    tree = work_out("rata_rata(hadir / diundang)", **ATTENDANCE).tree
    assert [(child.unit, child.value) for child in tree.children] == [
        ("kasi-a", Fraction(4, 5)),
        ("kasi-b", Fraction(2, 3)),
        ("kasi-c", None),
        ("kasi-d", Fraction(3, 4)),
    ]
    assert ("hadir", "kasi-c", None) in cells(tree)
    assert ("diundang", "kasi-c", 50) in cells(tree)


def test_what_is_the_same_for_every_unit_opens_once():
    tree = work_out("banyak(hadir ≥ rata_rata(hadir))", **ATTENDANCE).tree
    shared, *units = tree.children
    assert (shared.label, len(shared.children)) == ("rata_rata(hadir)", 4)
    assert [(unit.kind, unit.value) for unit in units] == [
        ("syarat", 1),
        ("syarat", 0),
        ("syarat", None),
        ("syarat", 1),
    ]
    assert all(unit.children[1].children == () for unit in units)


def test_of_a_choice_the_tree_shows_the_condition_and_the_way_taken():
    tree = work_out("jika(a ≥ 5; a; b)", a=7, b=9).tree
    assert [(child.label, child.kind) for child in tree.children] == [("a ≥ 5", "syarat"), ("a", "variabel")]


def test_more_units_than_can_be_listed_are_worked_out_as_their_total():
    many = {f"u{number:02}": number for number in range(1, 21)}
    assert worked_out(work_out("rata_rata(a)", a=many)) == "210 / 20 = 10,5"
    assert worked_out(work_out("jumlah(a) / 4", a=many)) == "210 / 4 = 52,5"
    assert worked_out(work_out("banyak(a > 15) / banyak(a)", a=many)) == "5 / 20 = 0,25"


def test_a_fraction_too_long_to_print_is_rounded_as_far_as_the_result_stays_the_same():
    parts = {f"u{number:02}": Fraction(1, 1000 + number) for number in range(30)}
    result = work_out("rata_rata(a) × 10.000", a=parts)
    text, _, shown = worked_out(result).rpartition(" = ")
    assert write_number(result.value, 2) == shown
    assert len(text) < 60
    assert write_number(evaluate(parse(text), {}, {}).value, 2) == shown


# --- checks when it is saved ---


def test_names_that_do_not_exist_are_refused_with_the_nearest_one():
    variables, references = {"desa_baik": "desa", "desa": "desa"}, {"IKU-02": "%"}
    check_names(parse("desa_baik / desa × [IKU-02] + [IKU-02.x]"), variables, references)
    with pytest.raises(FormulaNamesUnknown, match=r"Variabel “desa_bai” tidak ada .* Mungkin maksudnya desa_baik\."):
        check_names(parse("desa_bai / desa"), variables, references)
    with pytest.raises(FormulaNamesUnknown, match=r"Variabel “xyz” .* Yang ada: desa, desa_baik\."):
        check_names(parse("xyz"), variables, references)
    with pytest.raises(FormulaNamesUnknown, match=r"Indikator \[IKU-20\] tidak ditemukan\. Mungkin maksudnya IKU-02\."):
        check_names(parse("[IKU-20]"), variables, references)


UNITS = {
    "desa_baik": "desa",
    "desa": "Desa",
    "hadir": "orang",
    "jiwa": "jiwa",
    "menit": "menit",
    "surat": "surat",
    "pagu": "Rp",
    "belanja": "rupiah",
    "indeks": "indeks",
    "kosong": "",
    "per_desa": "orang per desa",
    "per_ribu": "kasus per 1.000 penduduk",
}
REFERENCE_UNITS = {("IKU-02", ""): "%", ("IKU-03", "hadir"): "orang"}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("desa_baik / desa × 100", "%"),
        ("desa_baik / desa", "rasio"),
        ("desa_baik + 5", "desa"),
        ("hadir + jiwa", "orang"),
        ("hadir / desa", "orang/desa"),
        ("hadir / desa", "Orang per Desa"),
        ("hadir / desa", "orang"),
        ("per_desa × desa", "orang"),
        ("per_desa + hadir / desa", "orang/desa"),
        ("per_ribu", "kasus/penduduk"),
        ("belanja / pagu × 100", "persen"),
        ("belanja + pagu", "Rupiah"),
        ("menit / surat", "menit"),
        ("indeks / hadir", "indeks"),
        ("100 − [IKU-02]", "%"),
        ("hadir + [IKU-03.hadir]", "orang"),
        ("banyak(indeks ≥ 75) / banyak(indeks) × 100", "%"),
        ("banyak(indeks ≥ 75)", "unit"),
        ("rata_rata(hadir / desa)", "orang/desa"),
        ("terbesar(hadir; 0)", "orang"),
        ("bobot(indeks; 0,6; [IKU-02]; 0,4)", "nilai"),
        ("bobot(indeks; pagu; kosong; belanja)", "indeks"),
        ("jika(hadir ≥ 75; 100; hadir / jiwa × 100)", "%"),
        ("5", "desa"),
        ("1 / desa × desa_baik", ""),
    ],
)
def test_units_combine_and_cancel(text, unit):
    check_units(parse(text), UNITS, REFERENCE_UNITS, unit)


@pytest.mark.parametrize(
    ("text", "unit", "says"),
    [
        (
            "hadir + desa",
            "orang",
            "Rumus menjumlahkan orang dengan Desa; satuannya harus sama. Perbaiki “hadir + desa”",
        ),
        ("hadir − desa", "orang", "Rumus mengurangkan orang dengan Desa"),
        ("hadir / desa", "%", "Rumus menghasilkan orang/Desa, padahal satuan indikator ini %."),
        ("hadir × desa", "orang", "Rumus menghasilkan orang × Desa, padahal"),
        ("1 / desa", "orang", "Rumus menghasilkan 1/Desa, padahal"),
        ("desa_baik / desa", "desa", "Rumus menghasilkan angka tanpa satuan, padahal satuan indikator ini desa."),
        ("jika(hadir > desa; 1; 0)", "", "Rumus membandingkan orang dengan Desa"),
        ("banyak(hadir > menit)", "unit", "Rumus membandingkan orang dengan menit"),
        ("jika(hadir > 1; hadir; desa)", "orang", "Rumus memilih antara orang dengan Desa"),
        ("terbesar(hadir; desa)", "orang", "Rumus membandingkan orang dengan Desa"),
        ("bobot(hadir; 1; desa; 1)", "orang", "Rumus menjumlahkan orang dengan Desa"),
        ("bobot(hadir; pagu; hadir; menit)", "orang", "Rumus menjumlahkan bobot rupiah dengan menit"),
        ("hadir + kosong", "orang", "Rumus menjumlahkan orang dengan angka tanpa satuan"),
        ("banyak(hadir)", "orang", "Rumus menghasilkan unit, padahal"),
    ],
)
def test_units_that_do_not_go_together_are_refused(text, unit, says):
    with pytest.raises(FormulaUnitMismatch) as refused:
        check_units(parse(text), UNITS, REFERENCE_UNITS, unit)
    assert says in str(refused.value)


def check_ring(code: str, formulas: dict[str, str]) -> None:
    check_no_cycle(
        code,
        parse(formulas[code]),
        lambda other: parse(formulas[other]).depends_on if other in formulas else frozenset(),
    )


def test_a_ring_of_references_is_named():
    ring = {"IKU-01": "a + [IKU-02]", "IKU-02": "[IKU-01] × 2"}
    with pytest.raises(FormulaCycle, match="IKU-01 → IKU-02 → IKU-01"):
        check_ring("IKU-01", ring)
    with pytest.raises(FormulaCycle, match="IKU-01 → IKU-01"):
        check_ring("IKU-01", {"IKU-01": "[IKU-01]"})
    with pytest.raises(FormulaCycle, match=r"berputar: B → C → B\."):
        check_ring("A", {"A": "[B]", "B": "[C]", "C": "[B]"})


def test_references_that_meet_again_are_no_ring():
    check_ring("A", {"A": "[B] + [C]", "B": "[D]", "C": "[D]", "D": "x"})
    check_ring("A", {"A": "[B.x]", "B": "[A]"})
    check_ring("A", {"A": "[A.x] + [B]", "B": "x"})
    many_ways = {f"{side}{n}": f"[L{n + 1}] + [R{n + 1}]" for n in range(60) for side in "LR"}
    check_ring("L0", many_ways)
    check_ring("K0", {f"K{n}": f"[K{n + 1}]" for n in range(3000)})


# --- formulas that offices already have ---


@pytest.mark.parametrize(
    ("variables", "percent", "text"),
    [
        ([("desa_baik", "pembilang"), ("desa", "penyebut")], True, "desa_baik / desa × 100"),
        ([("desa", "penyebut"), ("desa_baik", "pembilang")], False, "desa_baik / desa"),
        ([("patroli", "nilai")], True, "patroli"),
        ([], True, ""),
        ([("a", "nilai"), ("b", "nilai")], False, ""),
        ([("a", "pembilang"), ("b", "nilai")], True, ""),
    ],
)
def test_kinds_of_variables_mean_a_formula(variables, percent, text):
    assert from_kinds(variables, percent) == text


@given(st.integers(-50, 50), st.integers(-50, 50), st.booleans())
def test_the_formula_of_kinds_divides_exactly_or_says_it_cannot(above, below, percent):
    text = from_kinds([("p", "pembilang"), ("q", "penyebut")], percent)
    result = work_out(text, p=above, q=below)
    if below == 0:
        assert (result.value, result.state) == (None, State.NOT_COMPUTABLE)
    else:
        assert (result.value, result.state) == (Fraction(above, below) * (100 if percent else 1), State.COMPUTED)


def test_four_of_nine_stays_exact():
    result = work_out(from_kinds([("p", "pembilang"), ("q", "penyebut")], True), p=4, q=9)
    assert (result.value, worked_out(result)) == (Fraction(400, 9), "4 / 9 × 100 = 44,44")


@pytest.mark.parametrize(("above", "below", "missing"), [(None, 9, "p"), (4, None, "q")])
def test_a_kind_that_is_not_filled_in_gives_no_number(above, below, missing):
    result = work_out(from_kinds([("p", "pembilang"), ("q", "penyebut")], False), p=above, q=below)
    assert (result.value, result.state, result.reason) == (None, State.NOT_FILLED, f"Belum diisi: {missing}.")


EXAMPLES = [(ROOT / "examples/kecamatan-contoh", ","), (ROOT / "examples/dinas-contoh", ";")]


@pytest.mark.parametrize(("folder", "separator"), EXAMPLES, ids=lambda value: getattr(value, "name", ""))
def test_the_formulas_of_the_example_offices_are_read_as_they_stand(folder, separator):
    def rows(name: str) -> list[dict[str, str]]:
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file, delimiter=separator))

    variables: dict[str, dict[str, str]] = {}
    for row in rows("variables.csv"):
        variables.setdefault(row["indicator"], {})[row["name"]] = row["unit"]
    for row in rows("indicators.csv"):
        formula = parse(row["formula"])
        assert formula.text == row["formula"]
        check_names(formula, variables[row["code"]], {})
        check_units(formula, variables[row["code"]], {}, row["unit"])


PAGE = (ROOT / "docs/reference/rumus.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([^`]+)` \| [^|]+ \| ([^|]+) \|$", PAGE, re.MULTILINE)


def test_the_reference_page_shows_every_function():
    assert {name for name in FUNCTIONS if any(row.startswith(f"{name}(") for row, _ in ROWS)} == set(FUNCTIONS)


@pytest.mark.parametrize(("formula", "worked"), ROWS, ids=[formula for formula, _ in ROWS])
def test_the_reference_page_is_worked_out_right(formula, worked):
    assert worked_out(work_out(formula, a=7, b=9, **ATTENDANCE)) == worked


# --- random formulas against an evaluator written here ---

NAMES, UNIT_CODES, SIGNS = ["a", "b", "c"], ["u1", "u2", "u3", "u4"], [">", "≥", "<", "≤", "=", "≠"]
HOLDS = {
    ">": lambda x, y: x > y,
    "≥": lambda x, y: x >= y,
    "<": lambda x, y: x < y,
    "≤": lambda x, y: x <= y,
    "=": lambda x, y: x == y,
    "≠": lambda x, y: x != y,
}
MISSING, FAULT = "missing", "fault"


def grown(inner):
    condition = st.tuples(st.just("cmp"), st.sampled_from(SIGNS), inner, inner)
    lists = st.sampled_from(["jumlah", "rata_rata", "terkecil", "terbesar"])
    return st.one_of(
        st.tuples(st.just("neg"), inner),
        st.tuples(st.just("op"), st.sampled_from("+−×/"), inner, inner),
        st.tuples(st.just("list"), lists, st.lists(inner, min_size=2, max_size=3)),
        st.tuples(st.just("units"), st.sampled_from(["jumlah", "rata_rata", "terkecil", "terbesar", "banyak"]), inner),
        st.tuples(st.just("units"), st.just("banyak"), condition),
        st.tuples(st.just("bobot"), st.lists(inner, min_size=4, max_size=4)),
        st.tuples(st.just("jika"), condition, inner, inner),
    )


leaves = st.one_of(
    st.tuples(st.just("num"), st.sampled_from(["0", "1", "2", "0,5", "7,25", "100"])),
    st.tuples(st.just("var"), st.sampled_from(NAMES)),
    st.tuples(st.just("var"), st.sampled_from(NAMES)),
    st.tuples(st.just("ref"), st.sampled_from(["X", "Y", "Z"])),
)
trees = st.recursive(leaves, grown, max_leaves=10)
small = st.integers(-20, 50).map(Fraction) | st.fractions(-20, 50, max_denominator=12)
cells_given = st.fixed_dictionaries(
    {name: st.dictionaries(st.sampled_from(UNIT_CODES), st.none() | small, max_size=4) for name in NAMES}
)


def written(tree) -> str:
    match tree:
        case ("num" | "var", text):
            return text
        case ("ref", code):
            return f"[{code}]"
        case ("neg", of):
            return f"-({written(of)})"
        case ("op", sign, left, right):
            return f"({written(left)}){sign}({written(right)})"
        case ("cmp", sign, left, right):
            return f"{written(left)}{sign}{written(right)}"
        case ("list", name, parts):
            return f"{name}({';'.join(map(written, parts))})"
        case ("units", name, of):
            return f"{name}({written(of)})"
        case ("bobot", parts):
            return f"bobot({';'.join(map(written, parts))})"
        case ("jika", condition, then, otherwise):
            return f"jika({written(condition)};{written(then)};{written(otherwise)})"
    raise AssertionError(tree)


def own_names(tree) -> set[str]:
    """The variables of a tree that are not inside a function over units."""
    if tree[0] == "units":
        return set()
    if tree[0] == "var":
        return {tree[1]}
    inner = [part for part in tree[1:] if isinstance(part, tuple)]
    inner += [part for parts in tree[1:] if isinstance(parts, list) for part in parts]
    return set().union(*map(own_names, inner)) if inner else set()


def every_function_over_units_has_a_variable(tree) -> bool:
    inner = [part for part in tree[1:] if isinstance(part, tuple)]
    inner += [part for parts in tree[1:] if isinstance(parts, list) for part in parts]
    own = tree[0] != "units" or bool(own_names(tree[2]))
    return own and all(map(every_function_over_units_has_a_variable, inner))


def gap(values):
    return MISSING if MISSING in values else FAULT if FAULT in values else None


def calculate(tree, given: Figures, others, unit=None):  # noqa: C901 - one case a kind of node
    """The number, MISSING or FAULT: written from the reference page, not from the code."""
    match tree:
        case ("num", text):
            return Fraction(text.replace(",", "."))
        case ("ref", code):
            return others[code]
        case ("var", name) if unit is not None:
            value = given[name].get(unit)
            return MISSING if value is None else value
        case ("var", name):
            values = list(given[name].values())
            return MISSING if not values or None in values else sum(values)
        case ("jika", condition, then, otherwise):
            decided = calculate(condition, given, others, unit)
            if decided in (MISSING, FAULT):
                return decided
            return calculate(then if decided else otherwise, given, others, unit)
        case ("units", name, of):
            units = sorted({code for own in own_names(of) for code in given[own]})
            found = [calculate(of, given, others, code) for code in units]
            found = [value for value in found if value != MISSING]
            if FAULT in found or not found:
                return FAULT if FAULT in found else MISSING
            counted = found.count(True) if of[0] == "cmp" else len(found)
            return Fraction(counted) if name == "banyak" else put_together(name, found)
    parts = tree[-1] if isinstance(tree[-1], list) else [part for part in tree if isinstance(part, tuple)]
    found = [calculate(part, given, others, unit) for part in parts]
    if gap(found):
        return gap(found)
    match tree:
        case ("neg", _):
            return -found[0]
        case ("cmp", sign, *_):
            return HOLDS[sign](*found)
        case ("op", "/", *_):
            return found[0] / found[1] if found[1] else FAULT
        case ("op", sign, *_):
            return {"+": found[0] + found[1], "−": found[0] - found[1], "×": found[0] * found[1]}[sign]
        case ("bobot", _):
            weight = found[1] + found[3]
            return (found[0] * found[1] + found[2] * found[3]) / weight if weight else FAULT
        case ("list", name, _):
            return put_together(name, found)
    raise AssertionError(tree)


def put_together(name, found):
    total = sum(found, Fraction(0))
    return {"jumlah": total, "rata_rata": total / len(found), "terkecil": min(found), "terbesar": max(found)}[name]


X = evaluate(parse("700 / 9"), {}, {})
REFERENCES = {
    ("X", ""): X,
    ("Y", ""): evaluate(parse("a"), {}, {}),
    ("Z", ""): evaluate(parse("1 / 0"), {}, {}),
}
OTHERS = {"X": Fraction(700, 9), "Y": MISSING, "Z": FAULT}
STATES = {MISSING: State.NOT_FILLED, FAULT: State.NOT_COMPUTABLE}


def formula_of(tree) -> str:
    text = written(tree)
    assume(every_function_over_units_has_a_variable(tree) and len(text) <= MAX_LENGTH)
    return text


@settings(max_examples=400)
@given(trees, cells_given)
def test_every_formula_gives_what_the_reference_page_says(tree, given_cells):
    result = evaluate(parse(formula_of(tree)), given_cells, REFERENCES)
    expected = calculate(tree, given_cells, OTHERS)
    if expected in (MISSING, FAULT):
        assert (result.value, result.state) == (None, STATES[expected])
        assert result.reason.endswith(".")
    else:
        assert (result.value, result.state, result.reason) == (expected, State.COMPUTED, "")
    assert result.tree.value == result.value


@settings(max_examples=400)
@given(trees)
def test_the_normal_form_of_a_formula_means_the_same_formula(tree):
    formula = parse(formula_of(tree))
    assume(len(formula.text) <= MAX_LENGTH)
    assert parse(formula.text) == formula


@settings(max_examples=400)
@given(trees, cells_given)
def test_the_printed_formula_gives_the_printed_result(tree, given_cells):
    result = evaluate(parse(formula_of(tree)), given_cells, REFERENCES)
    assume(result.value is not None)
    printed = worked_out(result)
    text, _, shown = printed.rpartition(" = ")
    text = (text or shown).replace(UNTAKEN, "0")
    assume(len(text) <= MAX_LENGTH)
    again = evaluate(parse(text), {}, {})
    assert write_number(again.value, 2) == write_number(result.value, 2)
    assert shown == write_number(result.value, 2) or printed == write_number(result.value)


@given(trees, cells_given, st.randoms(use_true_random=False))
def test_the_order_of_units_changes_nothing(tree, given_cells, random):
    formula = parse(formula_of(tree))
    shuffled = {}
    for name, units in random.sample(list(given_cells.items()), len(given_cells)):
        shuffled[name] = dict(random.sample(list(units.items()), len(units)))
    one, other = evaluate(formula, given_cells, REFERENCES), evaluate(formula, shuffled, REFERENCES)
    assert one == other
    assert worked_out(one) == worked_out(other)


any_number = st.none() | st.fractions() | st.integers(-(10**40), 10**40).map(Fraction)


@given(
    trees,
    st.dictionaries(
        st.sampled_from([*NAMES, "unknown"]), st.dictionaries(st.sampled_from(UNIT_CODES), any_number, max_size=4)
    ),
)
def test_no_figure_makes_a_formula_raise(tree, given_cells):
    result = evaluate(parse(formula_of(tree)), given_cells, {})
    assert (result.value is None) == (result.state != State.COMPUTED)
    assert bool(result.reason) == (result.value is None)
    assert isinstance(worked_out(result), str)


@given(cells_given)
def test_every_cell_a_result_needs_is_in_its_tree(given_cells):
    result = evaluate(parse("a + rata_rata(b / c)"), given_cells, {})
    needed = {("a", unit, value) for unit, value in given_cells["a"].items()}
    needed |= {("b", unit, value) for unit, value in given_cells["b"].items()}
    assert needed <= set(cells(result.tree))
