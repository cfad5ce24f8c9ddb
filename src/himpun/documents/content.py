"""What each document template must be given: one TypedDict a document, field by field.

How to fill them:

- Values are ready-made Indonesian text ("23 November 2026", "1.234,5", "95,24"): a template formats nothing and
  computes nothing. Only lists, `bool` and the few `Literal` fields steer the layout.
- Every key must be there, and no other: `rendering.render` refuses content with a missing, unknown or wrongly typed
  key and names its path. Text that does not apply is `""`, a part that does not apply is `None`, no rows is `[]`.
  An empty text is printed as "–" or left out, an empty list becomes a sentence; never an empty table.
- Texts called *paragraphs* are plain text: a blank line separates paragraphs, lines beginning with `- ` are a list.
  Nothing in a text is markup: `*`, `#`, `$`, `<` are printed as they are.
- Pictures (`logo`, `svg`, `qr`) are SVG text; a logo may also be base64 of an SVG or a PNG. Charts should name the
  font family "Arimo"; no other file or address can be reached from inside a picture.

`CONTENT_OF` maps the template's name (its file in `typst/`, and the argument of `render`) to its TypedDict.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from typing_extensions import TypedDict  # that of Python 3.11 does not tell pydantic which keys are needed

# --------------------------------------------------------------------------------------------------------------------
# Parts shared by the documents
# --------------------------------------------------------------------------------------------------------------------


class Letterhead(TypedDict):
    """Kop naskah dinas, over a double rule."""

    government: str
    """First line, printed in capitals: "Pemerintah Kabupaten Contoh"."""
    office: str
    """The office, printed large in capitals: "Kecamatan Contoh"."""
    address: str
    """Address line with postcode: "Jalan Contoh Nomor 1, Contoh 00000"; "" leaves the line out."""
    contact: str
    """Telephone, laman, pos-el in one line; "" leaves the line out."""
    logo: str | None
    """SVG text, or base64 of an SVG or PNG file (a "data:…;base64," prefix is allowed); None closes the space up."""


class Verification(TypedDict):
    """Where and against what the reader can check the document; feeds the footer of every page."""

    url: str
    """Address of the verification page: "https://himpun.contoh.go.id/v/7Q2K9"; "" leaves it out."""
    number: str
    """Document number as in the register; "" while it has none."""
    title: str
    """Short title for the footer: "Data Kinerja Triwulan III 2026"."""
    version: str
    """What stands after the word "Versi": "3", "2 (draft)"; "" leaves it out."""
    sha256: str
    """All 64 hex digits; "" leaves it out. A file cannot hold its own digest: say what it is of in `digest_of`."""
    digest_of: str
    """What was digested: "naskah yang disetujui" (the version approved) or "berkas" (another, stored file)."""
    qr: str | None
    """SVG text of the QR code of `url` (see `qr.qr_svg`); None leaves it out."""


class Signature(TypedDict):
    """Signature block, right half of the page, never broken over pages."""

    place_date: str
    """Place and date line: "Contoh, 23 November 2026"; "" leaves it out."""
    on_behalf_of: list[str]
    """Posts above the signer, highest first. [] signs for oneself; ["Camat Contoh"] prints "a.n. CAMAT CONTOH" above
    the signer's post; ["Camat Contoh", "Sekretaris Camat"] prints a.n. the first and the second, then "u.b." on a line."""
    prefix: Literal["", "Plt.", "Plh.", "Pj."]
    """Standing before the signer's own post."""
    position: str
    """Jabatan of who signs: "Camat Contoh"."""
    name: str
    """Full name with titles, printed bold and underlined; "" leaves a dotted line to write on."""
    rank: str
    """Pangkat/golongan: "Pembina Tingkat I (IV/b)"; "" leaves the line out."""
    nip: str
    """NIP as it should be read: "00000000 000000 0 001"; "" leaves the line out."""
    approval: str
    """How it was approved, in words: "Disetujui dalam sistem pada 23 November 2026 pukul 09.14 WIB; keaslian dapat
    diperiksa di https://…". "" means not signed yet: room for wet ink is left."""
    qr: str | None
    """SVG text of the verification QR code printed beside `approval`; None leaves it out. Alone it proves nothing."""


class Paraf(TypedDict):
    """One row of the paraf table, in the order of the hierarchy (lowest first)."""

    position: str
    """Jabatan."""
    name: str
    """Name of who gave it; "" while nobody has."""
    at: str
    """When: "22 November 2026 pukul 14.05 WIB"; "" prints "belum"."""
    mark: str
    """What stands in the paraf column: "Diparaf dalam sistem", initials; "" leaves room to write."""


class Fact(TypedDict):
    """One labelled line: "Periode : Triwulan III 2026"."""

    label: str
    """Left of the colon."""
    value: str
    """Right of the colon; "" prints "–"."""


class CheckBox(TypedDict):
    """A box and its text, drawn as a shape (prints the same everywhere)."""

    label: str
    """Text beside the box."""
    checked: bool
    """Whether the box holds a tick."""


class Drawing(TypedDict):
    """A picture still to be drawn (see `pictures.drawn_later`)."""

    vega_lite: dict[str, Any]


class Drawn:
    """On a field whose drawing must have become text before the document is set: pydantic takes nothing but text."""

    def __get_pydantic_core_schema__(self, _: Any, schema_of: Callable[[Any], Any]) -> Any:
        """That of a text."""
        return schema_of(str)


class Chart(TypedDict):
    """A picture with its caption, never wider than the page."""

    title: str
    """Caption under the picture, after "Gambar N."."""
    svg: Annotated[str | Drawing, Drawn()]
    """The picture, SVG text; in stored content a drawing, which `pictures.with_pictures` draws before `render`."""
    alt: str
    """What the picture shows, in one sentence, for readers who cannot see it."""


class Column(TypedDict):
    """One column of a free table."""

    title: str
    """Header text."""
    align: Literal["kiri", "tengah", "kanan"]
    """Alignment of the cells; numbers belong to the right."""
    wide: bool
    """True shares the free width with the other wide columns and wraps; False is as wide as its content."""


class FreeTable(TypedDict):
    """Any other table (budget, Renstra, list of laws)."""

    caption: str
    """Over the table, after "Tabel N."."""
    columns: list[Column]
    """At least one."""
    rows: list[list[str]]
    """Cells of each row, as many as columns; [] prints `empty`."""
    empty: str
    """The sentence printed when there are no rows; "" prints "Tidak ada data."."""


# --------------------------------------------------------------------------------------------------------------------
# lembar_disposisi
# --------------------------------------------------------------------------------------------------------------------


class IncomingLetter(TypedDict):
    """The letter a disposition sheet is about."""

    sender: str
    """Surat dari."""
    number: str
    """No. Surat."""
    date: str
    """Tgl. Surat."""
    received: str
    """Diterima Tgl."""
    agenda_number: str
    """No. Agenda."""
    attachments: str
    """Lampiran: "1 (satu) berkas"; "" prints "–"."""
    urgency: list[CheckBox]
    """Sifat: Sangat Segera, Segera, Rahasia."""
    subject: str
    """Hal."""


class Disposition(TypedDict):
    """One disposition; several of them form a tree, listed parent before child."""

    number: str
    """Place in the tree: "1", "1.1", "1.1.2"; the dots set the indent."""
    to: list[CheckBox]
    """Diteruskan kepada Sdr.: the posts that can be chosen, the chosen ones checked."""
    instructions: list[CheckBox]
    """Dengan hormat harap: Tanggapan dan Saran, Proses lebih lanjut, Koordinasi/konfirmasikan, …"""
    note: str
    """Catatan, paragraphs; "" leaves room to write."""
    due: str
    """Batas waktu: "24 November 2026 pukul 16.00 WIB"; "" leaves the line out."""
    position: str
    """Jabatan of who gave it, with "Plt." and the like where it applies."""
    name: str
    """Nama."""
    nip: str
    """NIP; "" leaves the line out."""
    at: str
    """Tanggal, with the time: "23 November 2026 pukul 08.10 WIB"."""
    paraf: str
    """What stands for the paraf: "Diparaf dalam sistem"; "" leaves room to write."""
    follow_up: str
    """What became of it: "Dibaca 23 November 2026 pukul 09.20 WIB; selesai"; "" leaves the line out."""


class DispositionSheet(TypedDict):
    """`lembar_disposisi`: the form with the letter's data and every disposition down the tree. A4 portrait."""

    letterhead: Letterhead
    letter: IncomingLetter
    dispositions: list[Disposition]
    """[] prints a sentence that none was given yet."""
    verification: Verification | None


# --------------------------------------------------------------------------------------------------------------------
# format_permintaan
# --------------------------------------------------------------------------------------------------------------------


class RequestedVariable(TypedDict):
    """One number a unit is asked for; its value cell stays blank."""

    code: str
    """Symbol in the formula: "a", "pembilang"; "" leaves it out."""
    name: str
    """"Jumlah desa yang tertib administrasi"."""
    unit: str
    """Satuan: "desa"."""


class RequestedIndicator(TypedDict):
    """One indicator in a request, with what must be understood to fill it in."""

    no: str
    """Row number."""
    code: str
    """Kode indikator; "" leaves it out."""
    name: str
    """Nama indikator."""
    definition: str
    """Definisi operasional; "" leaves it out."""
    formula: str
    """"(a ÷ b) × 100"; "" leaves it out."""
    source: str
    """Sumber data; "" leaves it out."""
    evidence_required: bool
    """Prints "wajib" or "bila ada" in the bukti dukung column."""
    variables: list[RequestedVariable]
    """At least one."""


class DataRequest(TypedDict):
    """`format_permintaan`: the letter to one unit (portrait) and, as its lampiran, the table to fill in (landscape)."""

    letterhead: Letterhead
    number: str
    """Nomor surat."""
    nature: str
    """Sifat: "Segera"."""
    attachments: str
    """Lampiran: "1 (satu) berkas"."""
    subject: str
    """Hal."""
    place_date: str
    """At the top right: "Contoh, 1 Oktober 2026"."""
    recipient: str
    """After "Yth.": "Kepala Seksi Tata Pemerintahan"."""
    recipient_place: str
    """After "di": "Tempat" or the place; "" leaves it out."""
    period: str
    """"Triwulan III 2026"."""
    deadline: str
    """"9 Oktober 2026 pukul 16.00 WIB"; printed as a framed line in the letter and the lampiran."""
    opening: str
    """Paragraphs before the deadline."""
    closing: str
    """Paragraphs after it."""
    indicators: list[RequestedIndicator]
    """[] prints a sentence that nothing is asked of this unit."""
    signature: Signature
    """Its `place_date` is normally "", since the letter carries it at the top."""
    copies: list[str]
    """Tembusan; [] leaves it out."""
    verification: Verification | None


# --------------------------------------------------------------------------------------------------------------------
# data_isian
# --------------------------------------------------------------------------------------------------------------------


class Evidence(TypedDict):
    """A file attached as bukti dukung."""

    file_name: str
    """As uploaded."""
    sha256: str
    """All 64 hex digits; the first twelve are printed."""


class FilledVariable(TypedDict):
    """One number as the unit gave it."""

    code: str
    """Symbol in the formula; "" leaves it out."""
    name: str
    unit: str
    """Satuan."""
    value: str
    """"1.234,5"; "" prints "belum diisi": blank is not 0."""
    note: str
    """Catatan of the unit; "" prints nothing."""


class FilledIndicator(TypedDict):
    """One indicator as answered."""

    no: str
    code: str
    """"" leaves it out."""
    name: str
    nil: bool
    """True when the unit declared it nihil: the values are not printed, the reason is."""
    nil_reason: str
    """Why nihil; printed only when `nil`."""
    variables: list[FilledVariable]
    evidence: list[Evidence]
    """[] prints "tidak ada berkas"."""


class FilledForm(TypedDict):
    """`data_isian`: one unit's answer. A4 landscape."""

    letterhead: Letterhead
    unit: str
    """Name of the unit: "Seksi Tata Pemerintahan"."""
    period: str
    request_number: str
    """Number of the letter it answers; "" prints "–"."""
    deadline: str
    submitted_by: str
    """Name of who submitted; "" prints that it has not been submitted."""
    submitted_as: str
    """Their jabatan."""
    submitted_at: str
    """"8 Oktober 2026 pukul 10.21 WIB"."""
    timeliness: str
    """"Tepat waktu", "Terlambat"; "" leaves it out."""
    submission: str
    """"Pengiriman pertama", "Pengiriman ke-2 (perbaikan)"; "" leaves it out."""
    indicators: list[FilledIndicator]
    """[] prints a sentence."""
    note: str
    """Catatan umum of the unit, paragraphs; "" leaves it out."""
    signature: Signature | None
    verification: Verification | None


# --------------------------------------------------------------------------------------------------------------------
# rekap_isian
# --------------------------------------------------------------------------------------------------------------------


class RecapValue(TypedDict):
    """One value of one unit."""

    code: str
    """Kode indikator; "" leaves it out."""
    indicator: str
    """Nama indikator. Rows of one indicator stand together: its code and name are printed once for them."""
    variable: str
    unit: str
    """Satuan."""
    value: str
    """"" prints "belum diisi"; a nihil answer comes as "nihil"."""
    note: str
    """Catatan or the reason of nihil. It is the indicator's: given with its first row, printed once for all."""
    evidence: str
    """Number of files: "2 berkas"; given and printed like `note`. "" prints "–"."""


class UnitRecap(TypedDict):
    """One unit and everything it answered."""

    no: str
    unit: str
    state: Literal["masuk", "terlambat", "dikecualikan", "belum"]
    """Steers the colour and the shape beside the status."""
    status: str
    """In words: "Masuk, tepat waktu", "Masuk, terlambat", "Dikecualikan", "Belum masuk"."""
    reason: str
    """Why excused or missing; "" prints nothing."""
    submitted_by: str
    """Name and jabatan; "" prints "–"."""
    submitted_at: str
    """"" prints "–"."""
    values: list[RecapValue]
    """[] prints a sentence in the unit's place."""


class FormRecap(TypedDict):
    """`rekap_isian`: the frozen answers of all units. A4 landscape."""

    letterhead: Letterhead
    period: str
    facts: list[Fact]
    """Further lines of the head: number of units, answered, excused."""
    units: list[UnitRecap]
    """[] prints a sentence."""
    frozen_at: str
    """"10 Oktober 2026 pukul 15.30 WIB"; "" prints that the values are not frozen yet."""
    frozen_by: str
    """Name and jabatan."""
    digest: str
    """SHA-256 of the frozen values, 64 hex digits; "" leaves it out."""
    signature: Signature | None
    verification: Verification | None


# --------------------------------------------------------------------------------------------------------------------
# rekap_capaian
# --------------------------------------------------------------------------------------------------------------------


class ScaleBand(TypedDict):
    """One band of the year's scale."""

    label: str
    """"Sangat Tinggi"."""
    rule: str
    """"> 90", "> 75 s.d. 90"."""
    colour: str
    """"#rrggbb". Never the only sign: the label stands beside it."""


class AchievedIndicator(TypedDict):
    """One indicator with its computed achievement."""

    no: str
    code: str
    """"" leaves it out."""
    name: str
    unit: str
    """Satuan."""
    polarity: str
    """"Positif", "Negatif (2T−R)/T", …; "" leaves it out."""
    target: str
    actual: str
    """Realisasi, or a word in its place ("nihil"); "" prints "belum diisi"."""
    achievement: str
    """Capaian in %, without the sign: "95,24"; "" prints `missing` and `reason`."""
    missing: str
    """What stands in its place: "nihil", "belum diukur"; "" prints "tidak dapat dihitung"."""
    reason: str
    """Why there is no achievement; printed only when `achievement` is ""."""
    category: str
    """"Sangat Tinggi"; "" prints "–"."""
    colour: str
    """"#rrggbb" of the category; "" prints no colour."""
    formula: str
    """The formulas with their numbers: "6 / 9 × 100 = 66,67; 66,67 / 70 × 100 = 95,24"; a "; " may break the line. ""
    leaves it out."""
    cause: str
    """Penyebab keberhasilan/kegagalan; "" prints "–"."""
    follow_up: str
    """Tindak lanjut; "" prints "–"."""


class Objective(TypedDict):
    """A sasaran and its indicators."""

    no: str
    name: str
    indicators: list[AchievedIndicator]
    """[] prints a sentence in the sasaran's place."""


class LeftOut(TypedDict):
    """An indicator that does not count in the mean, and why."""

    code: str
    name: str
    reason: str


class Summary(TypedDict):
    """The figures of a period. The capped mean and the counts stand beside the mean: a plain mean hides a miss."""

    mean: str
    """Rata-rata capaian, %; "" prints "tidak dapat dihitung"."""
    capped_mean: str
    """The same with every achievement capped at 100; "" likewise."""
    category: str
    """Category of the mean; "" leaves it out."""
    colour: str
    """"#rrggbb" of that category; "" prints no colour."""
    achieved: str
    """Number of indicators that reached their target."""
    not_achieved: str
    """Number that did not."""
    left_out: list[LeftOut]
    """Indicators that could not be counted; [] prints that all were."""


class AchievementRecap(TypedDict):
    """`rekap_capaian`: achievement by sasaran and indicator. A4 landscape."""

    letterhead: Letterhead
    period: str
    facts: list[Fact]
    """Further lines of the head: number, procedure, source of the values."""
    summary: Summary
    scale: list[ScaleBand]
    """Bands, best first; [] prints a sentence."""
    scale_rule: str
    """What else must be known: "Kategori ditetapkan dari capaian sebelum dibulatkan."; "" leaves it out."""
    objectives: list[Objective]
    """[] prints a sentence."""
    charts: list[Chart]
    """[] leaves the part out."""
    analysis: str
    """Paragraphs of the analysis; "" leaves the part out."""
    digest: str
    """SHA-256 of the frozen values it was computed from; "" leaves it out."""
    signature: Signature | None
    verification: Verification | None


# --------------------------------------------------------------------------------------------------------------------
# rekap_berjalan
# --------------------------------------------------------------------------------------------------------------------


class UsedScale(TypedDict):
    """One scale and who is called by it."""

    users: str
    """Codes of its indicators: "IKU-03, IKU-08"; "" where all indicators have it."""
    bands: list[ScaleBand]
    """Best first; [] prints a sentence."""


class LiveIndicator(TypedDict):
    """One indicator as it stands, beside its past and its goals."""

    no: str
    code: str
    """Kode indikator; "" leaves it out."""
    name: str
    units: str
    """Who answers for it and who else fills in; "" leaves it out."""
    unit: str
    """Satuan."""
    target: str
    actual: str
    """Realisasi; "" prints "–"."""
    achievement: str
    """Capaian in %, without the sign; "" prints `missing` and `reason`."""
    missing: str
    reason: str
    """Why there is no achievement; printed only when `achievement` is ""."""
    category: str
    colour: str
    formula: str
    """The formulas with their numbers; a "; " may break the line."""
    earlier: list[str]
    """Realisasi of the same period in `years`, as many; "" prints "–"."""
    renstra: str
    standard: str
    marks: str
    """What the reader must be warned of: "sementara", "dikoreksi"; "" prints nothing."""


class LiveGroup(TypedDict):
    """Indicators that stand together: a sasaran, a unit."""

    name: str
    told: str
    """Its counts: "2 dari 3 mencapai target"; "" leaves it out."""
    indicators: list[LiveIndicator]


class LiveRecap(TypedDict):
    """`rekap_berjalan`: the recap of any period as it stands at a moment; nobody signs it. A4 landscape."""

    letterhead: Letterhead
    period: str
    provisional: str
    """Printed at the top of every page: "SEMENTARA: …"; "" when every figure is frozen."""
    facts: list[Fact]
    """Further lines of the head: the moment, completeness, punctuality, what was left out of the print."""
    summary: Summary
    scales: list[UsedScale]
    scale_rule: str
    years: list[str]
    """Heads of the columns of earlier years: "2025"."""
    groups: list[LiveGroup]
    """[] prints a sentence."""
    corrections: list[str]
    """A sentence for each figure corrected after it was frozen; [] leaves the part out."""
    charts: list[Chart]


# --------------------------------------------------------------------------------------------------------------------
# data_kinerja
# --------------------------------------------------------------------------------------------------------------------


class Section(TypedDict):
    """Part of a chapter or a lampiran, printed in the order of these fields."""

    title: str
    """"Capaian Kinerja Triwulan III"; lettered A, B, C by the template. "" prints no heading."""
    text: str
    """Paragraphs; "" leaves it out."""
    recap: list[Objective]
    """Achievement table; [] leaves it out."""
    tables: list[FreeTable]
    charts: list[Chart]


class Chapter(TypedDict):
    """A chapter; numbered BAB I, II, III by the template."""

    title: str
    sections: list[Section]
    """[] prints a sentence that the chapter has not been written."""


class Appendix(TypedDict):
    """A lampiran, beginning on a new page, numbered by the template."""

    title: str
    landscape: bool
    """True for wide tables."""
    sections: list[Section]


class PerformanceData(TypedDict):
    """`data_kinerja`: the Draft and the Final "Data Kinerja". A4 portrait with a cover."""

    letterhead: Letterhead
    title: str
    """On the cover: "Data Kinerja"."""
    period: str
    """On the cover: "Triwulan III 2026"."""
    place_year: str
    """At the foot of the cover: "Contoh, 2026"; "" leaves it out."""
    state: Literal["draft", "final"]
    """A draft carries a watermark and `draft_label` on every page, and no signature is printed as given."""
    draft_label: str
    """"DRAFT versi 3"; ignored when final."""
    number: str
    """Nomor dokumen; "" prints none."""
    foreword: str
    """Kata pengantar, paragraphs; "" leaves the page out."""
    summary: Summary | None
    """Printed after the table of contents as "Ringkasan"; None leaves it out."""
    scale: list[ScaleBand]
    """Printed under the summary; [] leaves it out."""
    scale_rule: str
    chapters: list[Chapter]
    """[] prints a sentence."""
    appendices: list[Appendix]
    paraf: list[Paraf]
    """Paraf hierarki, lowest first; [] prints a sentence. Stands with the signature on the page "Pengesahan"."""
    signature: Signature
    verification: Verification | None


# --------------------------------------------------------------------------------------------------------------------
# tanda_terima
# --------------------------------------------------------------------------------------------------------------------


class Receipt(TypedDict):
    """One recipient of a distributed document."""

    no: str
    recipient: str
    """Office or jabatan."""
    how: str
    """Cara pengiriman: "Himpun", "Tautan", "Diantar"."""
    sent_at: str
    """"" prints "belum dikirim"."""
    opened_at: str
    """"" prints "belum dibuka"."""
    received_by: str
    """Who opened or received it; "" prints "–"."""
    proof: str
    """"Pembukaan tercatat di jurnal", file name and digest of a scanned receipt; "" leaves room to sign on paper."""


class DistributionReceipt(TypedDict):
    """`tanda_terima`: to whom a document went, and the proof that it arrived. A4 landscape."""

    letterhead: Letterhead
    document_number: str
    document_title: str
    document_version: str
    """"3"."""
    document_sha256: str
    """Of the distributed file, 64 hex digits."""
    facts: list[Fact]
    """Further lines: sent by, printed at."""
    recipients: list[Receipt]
    """[] prints a sentence."""
    signature: Signature | None
    verification: Verification | None
    """Of the distributed document; the template says so, and does not pass for it."""


# --------------------------------------------------------------------------------------------------------------------
# lembar_pengesahan
# --------------------------------------------------------------------------------------------------------------------


class Approval(TypedDict):
    """One approval of a document."""

    kind: str
    """"Paraf", "Tanda tangan"."""
    position: str
    """Jabatan held that day, with "Plt." and the like."""
    name: str
    nip: str
    """"" leaves it out."""
    at: str
    """"" prints "menunggu"."""
    how: str
    """"Persetujuan dalam sistem", "Unggahan naskah bertanda tangan basah", "Sertifikat BSrE"."""


class ApprovalSheet(TypedDict):
    """`lembar_pengesahan`: one page that belongs to a signed document. A4 portrait."""

    letterhead: Letterhead
    document_number: str
    document_title: str
    document_version: str
    """"3"."""
    document_sha256: str
    """Of the file that was signed, 64 hex digits, printed in full."""
    file_name: str
    """"" leaves it out."""
    state: Literal["berlaku", "menunggu", "dicabut"]
    """Steers the colour of the status."""
    status: str
    """In words: "Disahkan dan berlaku", "Dicabut pada …; diganti oleh …"."""
    facts: list[Fact]
    """Further lines: procedure and version, archive code, retention."""
    approvals: list[Approval]
    """In the order given; [] prints a sentence."""
    statement: str
    """What kind of signature this is, truthfully, paragraphs."""
    verification: Verification
    """Its QR code and address are printed large."""


# --------------------------------------------------------------------------------------------------------------------
# evaluasi_waktu
# --------------------------------------------------------------------------------------------------------------------


class TimedStep(TypedDict):
    """One step against its standard; texts are ready to print, "–" where nothing can be told."""

    no: str
    title: str
    standard: str
    visits: str
    median: str
    p90: str
    on_time: str
    returned: str
    rework: str
    skipped: str
    why_not: str
    """Why there is no figure; "" where there is."""
    colour: str
    delay: str
    advice: str
    evidence: str


class WaitingRow(TypedDict):
    """Who waited, and for each head of the matrix how many working hours; "" for none."""

    waiter: str
    hours: list[str]


class TimedGroup(TypedDict):
    """One period or office beside others."""

    kind: str
    name: str
    cases: str
    median: str
    p90: str
    on_time: str
    rework: str


class Legend(TypedDict):
    """What a colour of the flowchart means."""

    label: str
    colour: str


class TimingEvaluation(TypedDict):
    """`evaluasi_waktu`: the standard times of an SOP against what really happened in a year. A4 landscape."""

    letterhead: Letterhead
    procedure: str
    year: str
    facts: list[Fact]
    steps: list[TimedStep]
    matrix_heads: list[str]
    matrix: list[WaitingRow]
    """[] prints a sentence."""
    groups: list[TimedGroup]
    deviations: list[str]
    definitions: list[str]
    chart: Chart
    legend: list[Legend]
    flowcharts: list[Chart]


CONTENT_OF: dict[str, type] = {
    "lembar_disposisi": DispositionSheet,
    "format_permintaan": DataRequest,
    "data_isian": FilledForm,
    "rekap_isian": FormRecap,
    "rekap_capaian": AchievementRecap,
    "rekap_berjalan": LiveRecap,
    "evaluasi_waktu": TimingEvaluation,
    "data_kinerja": PerformanceData,
    "tanda_terima": DistributionReceipt,
    "lembar_pengesahan": ApprovalSheet,
}
"""Template name → what it must be given."""
