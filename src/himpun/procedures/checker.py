"""What is wrong, or worth a second look, in SOPs as offices write them: one finding, one sentence.

Pure: no database, no clock. `check` reads whatever `definition.read` could take, also a faulty transcription without
actors or decisions. It does not ask whether a procedure can be run (that is `definition.problems`), but whether the
SOP says one thing, completely, about one office. The rules are in `RULES`, each a function of one procedure, and
`COMPARISONS`, each a function of all of them. What they know of the world is in the tables below: edit those.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, groupby

from himpun.procedures.definition import END, Procedure, Step, read_duration, role_titles, worded

WRONG, LOOK, NOTE = "salah", "perlu diperiksa", "catatan"
LEVELS = (WRONG, LOOK, NOTE)
"""The levels of a finding, the gravest first."""

OFFICE_KINDS = {
    "kecamatan": ("camat", "kecamatan"),
    "dinas": ("dinas",),
    "badan": ("badan",),
    "kelurahan": ("lurah", "kelurahan"),
    "inspektorat": ("inspektur", "inspektorat"),
}
"""Kind of office → the words by which a post's title shows that it belongs to one."""

UNIT_WORDS = {
    "kecamatan": ("Seksi",),
    "kelurahan": ("Seksi",),
    "dinas": ("Bidang", "Seksi"),
    "badan": ("Bidang", "Subbidang"),
}
"""Kind of office → what its units may be called, the first the usual word."""

REGULATIONS = {
    ("uu", 25, 2009): "Pelayanan Publik",
    ("uu", 23, 2014): "Pemerintahan Daerah",
    ("uu", 30, 2014): "Administrasi Pemerintahan",
    ("pp", 8, 2006): "Pelaporan Keuangan dan Kinerja Instansi Pemerintah",
    ("pp", 18, 2016): "Perangkat Daerah",
    ("pp", 17, 2018): "Kecamatan",
    ("pp", 12, 2019): "Pengelolaan Keuangan Daerah",
    ("perpres", 29, 2014): "Sistem Akuntabilitas Kinerja Instansi Pemerintah",
    ("permenpanrb", 35, 2012): "Pedoman Penyusunan Standar Operasional Prosedur Administrasi Pemerintahan",
    ("permenpanrb", 53, 2014): (
        "Petunjuk Teknis Perjanjian Kinerja, Pelaporan Kinerja dan Tata Cara Reviu "
        "atas Laporan Kinerja Instansi Pemerintah"
    ),
    ("permenpanrb", 88, 2021): "Evaluasi Akuntabilitas Kinerja Instansi Pemerintah",
}
"""Kind, number and year of a regulation → what it is about."""

REGULATION_KINDS = {
    "uu": ("Undang-Undang", r"undang-undang|uu"),
    "pp": ("Peraturan Pemerintah", r"peraturan pemerintah|pp"),
    "perpres": ("Peraturan Presiden", r"peraturan presiden|perpres"),
    "permenpanrb": (
        "Peraturan Menteri PANRB",
        r"permenpan[- ]?rb|peraturan (?:menteri|men)\s?(?:pan|pendayagunaan)(?!\w*\s+desa).*",
    ),
    "permendagri": ("Peraturan Menteri Dalam Negeri", r"permendagri|peraturan menteri dalam negeri"),
}
"""Kind of regulation → its official name, and the ways it is written."""

SPELLING = {
    "dokument": "dokumen",
    "kenerja": "kinerja",
    "menyampaiakan": "menyampaikan",
    "kasubag": "kasubbag",
    "ditanda tangani": "ditandatangani",
    "menanda tangani": "menandatangani",
    "pengarsifan": "pengarsipan",
    "rekapitulsi": "rekapitulasi",
}
"""Misspelling → what is meant, both in small letters."""

BRANDS = {"WhatsApp", "YouTube", "PowerPoint", "OneDrive"}
"""Names that rightly have a capital inside the word."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: its rule (`code`), the step (None: not one step), and a sentence saying where and what to do.

    `defect` is the number of the defect, in the SOP this product was made for, that the rule was written for; None for other rules.
    `procedure` is the name, with the key behind it where several procedures checked together share the name.
    """

    code: str
    level: str
    defect: int | None
    procedure: str
    step: int | None
    sentence: str


Rule = Callable[[Procedure, str], Iterator[Finding]]


def check(procedures: Sequence[Procedure], office_kind: str = "") -> list[Finding]:
    """Everything to mend in these procedures, which belong to one office; in their order, the gravest first in each.

    `office_kind` is a key of OFFICE_KINDS; when empty, each identity sheet's own kind or office name decides.
    """
    ready = [_worded(procedure) for procedure in procedures]
    found = [finding for procedure in ready for finding in _check_one(procedure, office_kind)]
    found += [finding for compare in COMPARISONS for finding in compare(ready)]
    labels = {procedure.key: _label(procedure, ready) for procedure in ready}
    order = list(labels.values())
    named = [replace(finding, procedure=labels[finding.procedure]) for finding in found]
    return sorted(named, key=lambda finding: (order.index(finding.procedure), LEVELS.index(finding.level)))


def _check_one(procedure: Procedure, office_kind: str) -> Iterator[Finding]:
    kind = office_kind or procedure.identity.office_kind or _kind_named_in(procedure.identity.office)
    for rule in RULES:
        yield from rule(procedure, kind)


def _label(procedure: Procedure, all_of_them: Sequence[Procedure]) -> str:
    shared = sum(other.name == procedure.name for other in all_of_them) > 1
    return f"{procedure.name} ({procedure.key})" if shared else procedure.name


def _worded(procedure: Procedure) -> Procedure:
    """The procedure with its placeholders filled, so that the rules read what a person reads."""
    titles = role_titles(procedure)
    steps = tuple(replace(step, title=worded(step.title, titles)) for step in procedure.steps)
    return replace(procedure, steps=steps)


# Columns and texts that belong to another kind of office (defects 1 and 2)


def _kind_named_in(text: str) -> str:
    words = set(re.findall(r"[a-z]+", text.lower()))
    return next((kind for kind, marks in OFFICE_KINDS.items() if words & set(marks)), "")


def _columns_of_another_kind(procedure: Procedure, kind: str) -> Iterator[Finding]:
    for place, role in enumerate(procedure.roles, 1):
        other = _kind_named_in(role.title)
        if kind and other and other != kind and not role.outside:
            yield Finding(
                "kolom-jenis-lain", WRONG, 1, procedure.key, None,
                f'Kolom ke-{place} "{_tidy(role.title)}" adalah jabatan {other}, padahal SOP ini milik {kind}. '
                f"Ganti dengan jabatan yang ada di {kind}.",
            )  # fmt: skip


def _texts_of_another_kind(procedure: Procedure, kind: str) -> Iterator[Finding]:
    outside = {role.title for role in procedure.roles if role.outside}
    for step in procedure.steps:
        for mention in re.findall(r"\b(?i:(?:kepala|sekretaris) (?:dinas|badan))\b(?! [A-Z])", step.title):
            other = _kind_named_in(mention)
            if kind and other != kind and mention not in outside:
                yield Finding(
                    "teks-jenis-lain", LOOK, 1, procedure.key, step.no,
                    f'Langkah {step.no} menyebut "{mention}", padahal SOP ini milik {kind}. '
                    f"Sebut jabatan di {kind}, atau tulis nama {other} yang dimaksud.",
                )  # fmt: skip


def _units_of_another_kind(procedure: Procedure, kind: str) -> Iterator[Finding]:
    own = UNIT_WORDS.get(kind, ())
    others = {word for words in UNIT_WORDS.values() for word in words if own} - set(own)
    for other in sorted(others):
        yield from _unit_columns(procedure, kind, other)
        yield from _unit_texts(procedure, kind, other)


def _unit_columns(procedure: Procedure, kind: str, other: str) -> Iterator[Finding]:
    own = UNIT_WORDS[kind][0]
    for place, role in enumerate(procedure.roles, 1):
        if re.search(rf"\b{other}\b", role.title, re.I) and not role.outside:
            yield Finding(
                "unit-jenis-lain", WRONG, 2, procedure.key, None,
                f'Kolom ke-{place} "{_tidy(role.title)}" menyebut {other}, sedangkan {kind} memiliki {own}. '
                f"Ganti dengan nama {own} yang dimaksud.",
            )  # fmt: skip


def _unit_texts(procedure: Procedure, kind: str, other: str) -> Iterator[Finding]:
    own = UNIT_WORDS[kind][0]
    mention = re.compile(rf"\b{other}-{other}\b|(?<=dari ){other}\b", re.I)
    for step in procedure.steps:
        if found := mention.search(" | ".join((step.title, *step.needs))):
            yield Finding(
                "unit-jenis-lain", LOOK, 2, procedure.key, step.no,
                f'Langkah {step.no} menyebut "{found[0]}", sedangkan {kind} memiliki {own}. Tulis {own} yang dimaksud.',
            )  # fmt: skip


# Legal basis (defect 3)

_REGULATION = re.compile(
    r"^(?P<kind>.+?)\s+(?:nomor|no\.?)\s*(?P<no>\d+)\s+tahun\s+(?P<year>\d{4})(?:\s+tentang\s+(?P<about>.+))?$", re.I
)


def _legal_basis(procedure: Procedure, kind: str) -> Iterator[Finding]:
    for place, text in enumerate(map(_tidy, procedure.identity.legal_basis), 1):
        found = _REGULATION.match(text.rstrip(". "))
        if not found:
            yield Finding(
                "dasar-hukum-tidak-lengkap", LOOK, None, procedure.key, None,
                f'Dasar hukum ke-{place} "{text}" tidak menyebut jenis, nomor, dan tahun. Tulis ketiganya.',
            )  # fmt: skip
        elif wrong := _wrong_kind(found):
            yield Finding("dasar-hukum-salah-jenis", WRONG, 3, procedure.key, None, f"Dasar hukum ke-{place}: {wrong}")


def _wrong_kind(found: re.Match[str]) -> str:
    """The sentence for a regulation whose number and subject are known under another kind; empty when it is right."""
    written = _regulation_kind(found["kind"])
    for (kind, no, year), about in REGULATIONS.items():
        same = (no, year) == (int(found["no"]), int(found["year"])) and _alike(about, found["about"] or "")
        if same and kind != written:
            name = REGULATION_KINDS[kind][0]
            number = f"Nomor {no} Tahun {year}"
            return f'"{found["kind"]} {number}" tentang {about} adalah {name}. Tulis "{name} {number}".'
    return ""


def _regulation_kind(text: str) -> str:
    kinds = REGULATION_KINDS.items()
    return next((kind for kind, (_, ways) in kinds if re.fullmatch(ways, text.strip(), re.I)), text.lower())


def _alike(left: str, right: str) -> bool:
    """Whether two subjects share more than half of the shorter one's words."""
    words, others = _content_words(left), _content_words(right)
    return len(words & others) * 2 > min(len(words), len(others))


# Number, dates and boxes of the identity sheet (defect 4)

_MONTHS = "januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember"
_FULL_DATE = re.compile(
    rf"^(\d{{1,2}}\s+({_MONTHS})\s+\d{{4}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{4}}|\d{{4}}-\d\d-\d\d)$", re.I
)
_DATES = {
    "made_on": "Tgl Pembuatan",
    "revised_on": "Tgl Revisi",
    "effective_on": "Tgl Efektif",
    "approved_on": "Tgl Pengesahan",
}


def _is_issued(procedure: Procedure) -> bool:
    """Whether an office has begun to fill in the identity sheet's number and dates."""
    return any(getattr(procedure.identity, name) for name in ("number", *_DATES))


def _number(procedure: Procedure, kind: str) -> Iterator[Finding]:
    number = procedure.identity.number
    if _is_issued(procedure) and not number.strip():
        yield Finding(
            "nomor-kosong", WRONG, 4, procedure.key, None,
            "Nomor SOP kosong. Ambil nomor dari register SOP dan tulis di lembar identitas.",
        )  # fmt: skip
    elif any(not part.strip() for part in number.split("/")) and number:
        yield Finding(
            "nomor-tidak-lengkap", WRONG, 4, procedure.key, None,
            f'Nomor SOP "{_tidy(number)}" belum lengkap: ada bagian yang kosong. Isi nomor urutnya dari register SOP.',
        )  # fmt: skip


def _dates(procedure: Procedure, kind: str) -> Iterator[Finding]:
    for name, label in _DATES.items():
        text = getattr(procedure.identity, name).strip()
        if text and not _FULL_DATE.match(text):
            yield Finding(
                "tanggal-tanpa-hari", WRONG, 4, procedure.key, None,
                f'{label} "{text}" tidak lengkap. Tulis tanggal, bulan, dan tahunnya, misalnya "3 Januari 2022".',
            )  # fmt: skip
    if _is_issued(procedure) and not procedure.identity.effective_on.strip():
        yield Finding(
            "tanpa-tanggal-efektif", WRONG, 4, procedure.key, None,
            "Tanggal efektif belum ada. Tulis sejak kapan SOP ini berlaku.",
        )  # fmt: skip


def _warning(procedure: Procedure, kind: str) -> Iterator[Finding]:
    if not procedure.identity.warning.strip():
        yield Finding(
            "peringatan-kosong", WRONG, 4, procedure.key, None,
            'Kotak Peringatan kosong. Tulis akibatnya bila SOP ini dilanggar, dengan pola "Apabila … maka …".',
        )  # fmt: skip


def _different_number_codes(procedures: Sequence[Procedure]) -> Iterator[Finding]:
    for left, right in combinations(procedures, 2):
        codes = [_tidy(procedure.identity.number) for procedure in (left, right)]
        if left.name == right.name and all(codes) and codes[0] != codes[1]:
            yield Finding(
                "nomor-berbeda", WRONG, 4, left.key, None,
                f'SOP yang sama bernomor "{codes[0]}" pada {left.key} dan "{codes[1]}" pada {right.key}. '
                "Pakai satu kode nomor.",
            )  # fmt: skip


# Posts: one title for one post, and a column for whoever receives (defects 5 and 7)

_POST_KINDS = {
    "kasubbag": r"(?:ka|kepala)\.?\s*sub\.?\s?bag(?:ian)?\b|kasubb?ag",
    "kasi": r"kasi\b|kepala seksi\b",
    "kabid": r"kabid\b|kepala bidang\b",
    "kepala": r"kepala\b",
    "sekretaris": r"sekretaris\b|sekcam\b",
    "camat": r"camat\b",
    "lurah": r"lurah\b",
    "analis": r"analis\b",
}
_NEW_PHRASE = "Me[mn]|Kasu|Kasi|Kabid|Kepala|Sekr|Camat|Lurah|Analis"
"""How the word after "dan" begins when it is a verb or another post, and no longer this post's title."""
_POST = re.compile(
    "|".join(rf"(?P<{kind}>\b(?i:{pattern}))" for kind, pattern in _POST_KINDS.items()).join(("(?:", ")"))
    + rf"\.?(?P<rest>(?:,?\s*(?!Me[mn])(?:dan\s+(?!{_NEW_PHRASE})|)[A-Z][A-Za-z]+)*)"
)
_RECIPIENT = re.compile(r"\b(?:kepada|melalui)\s+", re.I)


@dataclass(frozen=True, slots=True)
class _Post:
    """A post as it is written somewhere: its kind, the field it looks after, and its words."""

    kind: str
    fields: tuple[str, ...]
    text: str
    place: str


def _post(text: str, place: str) -> _Post | None:
    """The post at the start of `text`."""
    found = _POST.match(text)
    if not found:
        return None
    fields = tuple(word for word in re.findall(r"[a-z]+", found["rest"].lower()) if word != "dan")
    return _Post(_kind_of(found), fields, found[0].strip(" ,"), place)


def _kind_of(found: re.Match[str]) -> str:
    return next(kind for kind in _POST_KINDS if found[kind])


def _same_post(left: _Post, right: _Post) -> bool:
    return left.kind == right.kind and (not left.fields or not right.fields or left.fields[0] == right.fields[0])


def _columns(procedure: Procedure) -> list[_Post]:
    label = f"kolom ke-{{}} {procedure.key}"
    posts = (_post(_unglued(role.title), label.format(place)) for place, role in enumerate(procedure.roles, 1))
    return [post for post in posts if post]


def _mentions(procedure: Procedure) -> list[_Post]:
    posts = []
    for step in procedure.steps:
        text = _unglued(step.title)
        places = (_post(text[found.start() :], f"langkah {step.no} {procedure.key}") for found in _POST.finditer(text))
        posts += [post for post in places if post]
    return posts


def _two_titles(procedures: Sequence[Procedure]) -> Iterator[Finding]:
    posts = [post for procedure in procedures for post in (*_columns(procedure), *_mentions(procedure)) if post.fields]
    posts.sort(key=lambda post: (post.kind, post.fields[0]))
    for _, group in groupby(posts, key=lambda post: (post.kind, post.fields[0])):
        first_use = {post.fields: post for post in reversed(list(group))}
        if len(first_use) > 1:
            yield _two_titles_finding(procedures, list(reversed(first_use.values())))


def _two_titles_finding(procedures: Sequence[Procedure], uses: list[_Post]) -> Finding:
    owner = next(procedure.key for procedure in procedures if uses[0].place.endswith(" " + procedure.key))
    named = " dan ".join(f'"{post.text}" ({post.place})' for post in uses)
    shortened = all(
        set(left.fields) <= set(right.fields) for left, right in combinations(sorted(uses, key=_breadth), 2)
    )
    return Finding(
        "satu-jabatan-dua-nama", LOOK if shortened else WRONG, 5, owner, None,
        f"Satu jabatan ditulis dengan nama berbeda: {named}. Pakai satu nama jabatan di seluruh SOP.",
    )  # fmt: skip


def _breadth(post: _Post) -> int:
    return len(post.fields)


def _recipients(procedure: Procedure, kind: str) -> Iterator[Finding]:
    columns = _columns(procedure)
    titles = {_tidy(role.title).lower() for role in procedure.roles}
    for step in procedure.steps:
        for post in _recipients_in(step):
            if post.text.lower() not in titles and not any(_same_post(post, column) for column in columns):
                yield Finding(
                    "penerima-tanpa-kolom", WRONG, 7, procedure.key, step.no,
                    f'Langkah {step.no} menyampaikan kepada "{post.text}", tetapi "{post.text}" tidak punya kolom '
                    "pelaksana. Tambahkan kolomnya, atau sebut penerima yang benar.",
                )  # fmt: skip


def _recipients_in(step: Step) -> Iterator[_Post]:
    text = _unglued(step.title)
    for found in _RECIPIENT.finditer(text):
        if post := _post(text[found.end() :], f"langkah {step.no}"):
            yield post


# Decisions in the words that the drawing does not show (defect 6)

_VERDICT = re.compile(r"\b(memeriksa|menelaah|meneliti|memverifikasi|mengoreksi|menguji)\b", re.I)
_ORDER = re.compile(r"\b(memerintahkan|menugaskan|mendisposisikan|memberi arahan)\b", re.I)
_CONDITION = re.compile(r"\b(?:apabila|jika|bila)\b[^.;]*?\b(?:perlu|kurang|belum|tidak)\b[^.;]*", re.I)


def _undrawn_decisions(procedure: Procedure, kind: str) -> Iterator[Finding]:
    for step in procedure.steps:
        if len(step.next) > 1:
            continue
        if (condition := _CONDITION.search(step.title)) and not _chosen_before(procedure, step):
            yield _undrawn(procedure, step, f'bersyarat ("{_tidy(condition[0])}")')
        elif (verdict := _VERDICT.search(step.title)) and not _ORDER.search(step.title):
            yield _undrawn(procedure, step, f'"{verdict[0].lower()}"')


def _chosen_before(procedure: Procedure, step: Step) -> bool:
    """Whether an earlier step's decision chooses if this one is taken at all."""
    earlier = [other for other in procedure.steps if other.no < step.no]
    return any(len(other.next) > 1 and step.no in other.next.values() for other in earlier)


def _undrawn(procedure: Procedure, step: Step, words: str) -> Finding:
    return Finding(
        "keputusan-tanpa-jalan", WRONG, 6, procedure.key, step.no,
        f"Langkah {step.no} {words}: itu keputusan, tetapi tidak digambar sebagai belah ketupat dan tidak punya jalan "
        "kembali. Gambar belah ketupat dengan jalan keluar Ya dan Tidak.",
    )  # fmt: skip


def _decisions_without_a_way_back(procedure: Procedure, kind: str) -> Iterator[Finding]:
    for step in procedure.steps:
        back = step.returns or any(_ends_or_goes_back(step, target) for target in step.next.values())
        if len(step.next) > 1 and not back and _VERDICT.search(step.title):
            yield Finding(
                "keputusan-tanpa-jalan-kembali", LOOK, 6, procedure.key, step.no,
                f"Langkah {step.no} memutuskan, tetapi semua jalannya maju. "
                "Tambahkan jalan kembali untuk hasil yang ditolak.",
            )  # fmt: skip


def _ends_or_goes_back(step: Step, target: int | str) -> bool:
    return target == END or (isinstance(target, int) and target <= step.no)


# Times (defect 8) and what is missing


def _mixed_units(procedure: Procedure, kind: str) -> Iterator[Finding]:
    days = [step.no for step in procedure.steps if _units(step) & {"hari", "minggu", "bulan"}]
    minutes = [step.no for step in procedure.steps if _units(step) & {"menit", "jam"}]
    if days and minutes:
        yield Finding(
            "satuan-waktu-campur", NOTE, 8, procedure.key, None,
            f"Satuan waktu campur: langkah {_ranges(days)} memakai hari, "
            f"langkah {_ranges(minutes)} memakai menit atau jam. "
            "Pakai satu satuan, atau tulis berapa menit satu hari kerja.",
        )  # fmt: skip


def _units(step: Step) -> set[str]:
    return {unit for _, unit in step.time.parts} if step.time else set()


def _ranges(numbers: list[int]) -> str:
    """ "1–3, 5" for [1, 2, 3, 5]."""
    groups = [[no for _, no in group] for _, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    return ", ".join(str(group[0]) if len(group) == 1 else f"{group[0]}–{group[-1]}" for group in groups)


def _incomplete_rows(procedure: Procedure, kind: str) -> Iterator[Finding]:
    for step in procedure.steps:
        for missing, what in (
            (not step.needs, "Kelengkapan"),
            (step.time is None, "Waktu"),
            (not step.output, "Output"),
        ):
            if missing:
                yield Finding(
                    "mutu-baku-kosong", NOTE, None, procedure.key, step.no,
                    f"{what} pada langkah {step.no} kosong. Isi, karena mutu baku dipakai untuk menilai hasil langkah.",
                )  # fmt: skip


def _total_time(procedure: Procedure, kind: str) -> Iterator[Finding]:
    total = read_duration(procedure.total_time_text)
    times = [step.time for step in procedure.steps]
    if not total or any(time is None for time in times):
        return
    written = _sums(total.parts)
    added = _sums(part for time in times if time for part in time.parts)
    if written != added:
        yield Finding(
            "jumlah-waktu-tidak-cocok", LOOK, None, procedure.key, None,
            f'Waktu seluruhnya tertulis "{procedure.total_time_text}", '
            f"tetapi jumlah waktu langkah adalah {_said(added)}. "
            "Samakan keduanya.",
        )  # fmt: skip


def _sums(parts: Iterable[tuple[float, str]]) -> dict[str, float]:
    """Amount by unit, with hours counted as minutes."""
    sums: dict[str, float] = {}
    for amount, unit in parts:
        amount, unit = (amount * 60, "menit") if unit == "jam" else (amount, unit)
        sums[unit] = sums.get(unit, 0) + amount
    return sums


def _said(sums: dict[str, float]) -> str:
    return " ".join(f"{amount:g} {unit}" for unit, amount in sums.items())


# Spelling (defect 9)


def _spelling(procedure: Procedure, kind: str) -> Iterator[Finding]:
    texts = {text: place for place, text in reversed(_places(procedure))}
    for wrong, right in SPELLING.items():
        places = [place for text, place in texts.items() if re.search(rf"\b{wrong}\b", text, re.I)]
        if places:
            yield _spelled(procedure, f'"{wrong}"', f'"{right}"', places)
    for text, place in texts.items():
        for word in re.findall(r"\b[A-Za-z]*[a-z]{2}[A-Z][a-z]{2,}[A-Za-z]*\b", text):
            if word not in BRANDS:
                yield _spelled(procedure, f'"{word}"', f'"{_unglued(word)}"', [place])


def _spelled(procedure: Procedure, wrong: str, right: str, places: list[str]) -> Finding:
    where = ", ".join(dict.fromkeys(reversed(places)))
    return Finding("ejaan", NOTE, 9, procedure.key, None, f"Ejaan {wrong} ({where}) seharusnya {right}. Perbaiki.")


def _places(procedure: Procedure) -> list[tuple[str, str]]:
    columns = [(f"kolom ke-{place}", role.title) for place, role in enumerate(procedure.roles, 1)]
    return columns + [
        (f"langkah {step.no}", text)
        for step in procedure.steps
        for text in (step.title, *step.needs, step.output, step.note)
    ]


# Words


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _unglued(text: str) -> str:
    """Words run together set apart: "KasubbagPerencanaan EvaluasidanPelaporan"."""
    apart = re.sub(r"(?<=[a-z]{2})(?=[A-Z][a-z])", " ", _tidy(text))
    return re.sub(r"(?<=[a-z]{4})dan(?= [A-Z])", " dan", apart)


def _content_words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower())) - {"dan", "tentang", "atas", "yang"}


RULES: tuple[Rule, ...] = (
    _columns_of_another_kind,
    _texts_of_another_kind,
    _units_of_another_kind,
    _legal_basis,
    _number,
    _dates,
    _warning,
    _recipients,
    _undrawn_decisions,
    _decisions_without_a_way_back,
    _mixed_units,
    _incomplete_rows,
    _total_time,
    _spelling,
)
COMPARISONS: tuple[Callable[[Sequence[Procedure]], Iterator[Finding]], ...] = (_different_number_codes, _two_titles)
