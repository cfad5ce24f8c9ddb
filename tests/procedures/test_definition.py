"""What a procedure's text may hold, and how a text that cannot be run says why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.procedures import problems as definition
from himpun.procedures.definition import END, DefinitionError, read_duration
from himpun.procedures.problems import problems, runnable
from himpun.procedures.reading import read, role_titles, worded
from tests.procedures.cases import FIXTURES, SIX_STEPS, SMALL, TEN_STEPS, fixture, shipped, small


def minutes(text: str, day: int = 480) -> int | None:
    duration = read_duration(text)
    assert duration is not None
    return duration.minutes(day)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 hari", 480),
        ("1Hari", 480),
        ("20 Menit", 20),
        ("2 jam", 120),
        ("1,5 jam", 90),
        ("1 minggu", 2400),
        ("15 hari 20 menit", 7220),
        ("1 jam 30 menit", 90),
        ("1 hari, 2 jam dan 5 menit", 605),
        ("1460 menit", 1460),
        ("1.460 menit", 1460),
        ("maks. 3 hari kerja", 1440),
        ("1–3 hari", 1440),
        ("1 s.d. 3 hari", 1440),
        ("1 sampai 3 hari", 1440),
    ],
)
def test_a_time_is_read_as_its_maximum_in_working_minutes(text: str, expected: int) -> None:
    assert minutes(text) == expected


def test_the_length_of_a_working_day_is_the_callers_to_say() -> None:
    assert minutes("2 hari 10 menit", day=450) == 910


def test_any_time_has_no_limit() -> None:
    assert minutes("setiap saat") is None


@pytest.mark.parametrize("text", ["", "-", "segera", "5", "5 kali", "menit"])
def test_a_missing_or_unreadable_time_is_no_time(text: str) -> None:
    assert read_duration(text) is None


@given(st.integers(0, 9_999_999), st.sampled_from(["menit", "jam", "hari"]))
def test_a_number_reads_the_same_with_and_without_thousand_dots(amount: int, unit: str) -> None:
    dotted = f"{amount:,}".replace(",", ".")
    assert minutes(f"{dotted} {unit}") == minutes(f"{amount} {unit}")


@given(st.integers(1, 300), st.integers(1, 400))
def test_a_compound_time_is_the_sum_of_its_parts(days: int, more: int) -> None:
    assert minutes(f"{days} hari {more} menit") == days * 480 + more


@given(st.integers(1, 500), st.integers(1, 500))
def test_a_range_counts_as_its_far_end(low: int, high: int) -> None:
    assert minutes(f"{low}–{high} menit") == high


@given(st.text(max_size=40))
def test_any_text_at_all_is_a_time_or_none_but_never_an_error(text: str) -> None:
    duration = read_duration(text)
    assert duration is None or duration.minutes(480) is None or duration.minutes(480) >= 0


@pytest.mark.parametrize("name", [TEN_STEPS, SIX_STEPS])
def test_the_shipped_procedures_can_be_run(name: str) -> None:
    assert problems(shipped(name)) == []


def test_the_ten_steps_take_fifteen_days_and_twenty_minutes() -> None:
    ten = shipped(TEN_STEPS)
    assert len(ten.steps) == 10
    assert sum(step.time.minutes(480) or 0 for step in ten.steps if step.time) == minutes(ten.total_time_text) == 7220


def test_the_six_steps_take_1460_minutes() -> None:
    six = shipped(SIX_STEPS)
    assert len(six.steps) == 6
    assert sum(step.time.minutes(480) or 0 for step in six.steps if step.time) == minutes(six.total_time_text) == 1460


def test_the_digest_is_of_the_exact_text() -> None:
    assert read(SMALL).sha256 != read(SMALL + "\n").sha256


def test_a_text_that_is_no_toml_is_refused_with_the_line() -> None:
    with pytest.raises(DefinitionError, match="TOML"):
        read("key = ")


def test_a_step_without_a_number_is_refused() -> None:
    with pytest.raises(DefinitionError, match=r"\[\[step\]\] ke-1"):
        read('key = "a"\n[[step]]\nname = "x"')


def test_roles_not_written_as_a_list_of_tables_are_refused() -> None:
    with pytest.raises(DefinitionError, match="dua kurung siku"):
        read('[role]\nkey = "a"')


def test_a_refused_text_tells_every_problem_at_once() -> None:
    with pytest.raises(DefinitionError) as refused:
        runnable(SMALL.replace('who = "analis"', 'who = "hantu"').replace('"sampaikan" = 2', '"sampaikan" = 9'))
    assert len(refused.value.problems) >= 2


WRONG = [
    ("key", 'key = "kecil"', 'key = "Kecil Sekali"', "huruf kecil"),
    ("name", 'name = "Prosedur Kecil"', "", "belum bernama"),
    ("an unknown key", "time =", "tiem =", '"tiem" pada langkah 1 tidak dikenal; mungkin maksudnya "time"'),
    ("an unknown top key", "[identity]", 'color = "x"\n[identity]', '"color" pada prosedur'),
    ("an unknown identity key", "warning =", "warnign =", '"warnign" pada [identity]'),
    ("an unknown role key", 'title = "Camat"', 'title = "Camat"\nnip = "1"', '"nip" pada [[role]] ke-2'),
    ("a wrong shape", 'needs = ["Bahan"]', "needs = { a = 1 }", '"needs" pada langkah 1 harus berupa daftar teks'),
    ("a wrong flag", 'title = "Camat"', 'title = "Camat"\nseveral = "ya"', "true atau false"),
    ("a wrong next", '{ "sampaikan" = 2 }', "2", "pasangan keputusan"),
    ("a placeholder", "{kepala}", "{kepal}", "{kepal} pada langkah 1 tidak ada di daftar"),
    ("an identity placeholder", "Apabila", "{siapa}", "{siapa} pada [identity] warning"),
    ("a number", "no = 2", "no = 3", "berurutan dari 1"),
    ("a repeated name", 'name = "tanda-tangan"', 'name = "susun"', "lebih dari sekali"),
    ("a nameless step", 'name = "susun"', "", "isi name dan title"),
    ("nobody", 'who = "analis"', "", "belum punya pelaku"),
    ("an unknown role", 'who = "analis"', 'who = "staf"', '"staf" yang tidak ada'),
    ("a role twice", 'who = "analis"', 'who = "analis"\nwith = "analis"', "dua kali"),
    ("each of one", 'who = "analis"', 'who = "analis"\neach = "analis"', "several = true"),
    ("a repeated role", 'key = "kepala"', 'key = "analis"', "lebih dari sekali"),
    ("a role without a title", 'title = "Camat"', "", "harus punya key dan title"),
    ("an outside actor", 'title = "Camat"', 'title = "Camat"\noutside = true', "recorded_by"),
    ("no way out", '{ "sampaikan" = 2 }', "{}", "tidak punya keputusan"),
    ("a way to nowhere", '"sampaikan" = 2', '"sampaikan" = 7', "menuju langkah 7 yang tidak ada"),
    ("a way to a word", '"sampaikan" = 2', '"sampaikan" = "dua"', "menuju langkah dua yang tidak ada"),
    ("a silent way back", 'returns = ["kembalikan"]', "", "daftarkan di returns"),
    ("a step back to itself", '"kembalikan" = 1 }\nreturns = ["kembalikan"]', '"ulang" = 2 }', "daftarkan di returns"),
    ("an unknown return", 'returns = ["kembalikan"]', 'returns = ["kembalikan", "x"]', 'menyebut "x"'),
    ("only ways back", '"tanda tangan" = "akhir", ', "", "hanya dapat dikembalikan"),
    ("no end", '"tanda tangan" = "akhir"', '"tanda tangan" = 2', 'menuju "akhir"'),
    ("an unreached step", '"sampaikan" = 2', '"sampaikan" = "akhir"', "Langkah 2 tidak dapat dicapai"),
    ("an unreadable time", 'time = "1 hari"', 'time = "segera"', 'Waktu "segera" pada langkah 1'),
    ("an unreadable total", "[identity]", 'total_time = "lama"\n[identity]', 'Waktu seluruh prosedur "lama"'),
]


@pytest.mark.parametrize(("old", "new", "sentence"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_cannot_be_run_is_told_in_a_sentence(old: str, new: str, sentence: str) -> None:
    told = problems(small(old, new))
    assert any(sentence in problem for problem in told), told


def test_the_small_procedure_itself_has_no_problem() -> None:
    assert problems(small()) == []


def test_a_step_from_which_the_end_is_never_reached_is_told() -> None:
    loop = SMALL.replace('"sampaikan" = 2', '"sampaikan" = 2, "ulang" = 3') + (
        '[[step]]\nno = 3\nname = "x"\ntitle = "x"\nwho = "analis"\nnext = { "lagi" = 4 }\n'
        '[[step]]\nno = 4\nname = "y"\ntitle = "y"\nwho = "analis"\nnext = { "lagi" = 3, "terus" = 4 }\n'
        'returns = ["lagi"]\n'
    )
    assert any("Dari langkah 3, 4 prosedur tidak pernah" in problem for problem in problems(read(loop)))


def test_a_procedure_without_steps_is_told() -> None:
    assert any("tidak punya langkah" in problem for problem in problems(read('key = "a"\nname = "A"')))


def test_placeholders_take_the_offices_titles_and_fall_back_on_the_roles_own() -> None:
    titles = role_titles(shipped(TEN_STEPS), {"kepala": "Camat"})
    assert worded("{sekretaris} melapor kepada {kepala}", titles) == "Sekretaris melapor kepada Camat"


def test_a_placeholder_nobody_knows_stays_as_it_stands() -> None:
    assert worded("kepada {hantu}", {}) == "kepada {hantu}"


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_text_without_braces_is_never_changed(text: str, titles: dict[str, str]) -> None:
    plain = text.replace("{", "").replace("}", "")
    assert worded(plain, titles) == plain


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_in_sentences(text: str) -> None:
    try:
        told = problems(read(text))
    except DefinitionError as refused:
        told = refused.problems
    assert told


# What the fixtures show to be borne


def test_every_fixture_can_be_run() -> None:
    for name in FIXTURES:
        assert problems(fixture(name)) == []


def test_several_actors_take_one_step() -> None:
    assert fixture("nota_dinas").step(1).actors == ("kepala", "sekretaris", "kabid")


def test_several_decisions_stand_in_one_row() -> None:
    step = fixture("pengaduan_masyarakat").step(2)
    assert len(step.questions) == 2
    assert len(step.next) == 3


def test_a_chain_hands_back_one_level_down() -> None:
    procedure = fixture("nota_dinas")
    assert [procedure.step(no).next["tidak"] for no in (7, 6, 5)] == [6, 5, 4]


def test_a_time_may_be_missing() -> None:
    assert fixture("pengaduan_masyarakat").step(5).time is None


def test_a_time_may_be_a_range() -> None:
    time = fixture("pengaduan_masyarakat").step(4).time
    assert time is not None
    assert (time.low, time.high, time.unit) == (1, 3, "hari")


def test_a_time_may_be_any_time() -> None:
    time = fixture("pengaduan_masyarakat").step(1).time
    assert time is not None
    assert time.minutes(480) is None


def test_the_whole_procedure_has_a_time_of_its_own() -> None:
    assert minutes(fixture("rekomendasi_izin").total_time_text) == 2 * 480 + 3 * 60 + 35


def test_minutes_stand_beside_days() -> None:
    steps = fixture("rekomendasi_izin").steps
    assert {step.time.unit for step in steps if step.time} == {"menit", "hari", "jam", ""}


@pytest.mark.parametrize("role", ["warga", "aplikasi", "instansi-lain"])
def test_an_actor_may_stand_outside_the_office_and_is_recorded_by_one_inside(role: str) -> None:
    procedure = fixture("pengaduan_masyarakat")
    assert procedure.role(role).outside
    assert not procedure.role(procedure.role(role).recorded_by).outside


def test_parallel_units_need_no_drawn_join() -> None:
    step = fixture("nota_dinas").step(2)
    assert (step.each, len(step.next)) == ("unit", 1)


def test_a_conflict_between_text_and_drawing_is_kept_as_a_remark() -> None:
    assert "tidak menggambar simbol gabung" in fixture("nota_dinas").step(2).remark


def test_a_procedure_may_end_in_more_than_one_step() -> None:
    steps = fixture("rekomendasi_izin").steps
    assert [step.no for step in steps if END in step.next.values()] == [1, 3, 7]


def test_a_step_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        small().step(99)
    with pytest.raises(KeyError):
        small().role("hantu")
    assert definition.runnable(SMALL).first.no == 1
