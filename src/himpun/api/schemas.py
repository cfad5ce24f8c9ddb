"""What the API takes and gives, for checking and for the OpenAPI document. Names are the ones people know, in Indonesian."""

from typing import Annotated, Any

from ninja import Field, Schema

from himpun.typed import YEARS

Text = Annotated[str, Field(max_length=4000)]
Short = Annotated[str, Field(max_length=300)]
Year = Annotated[int, Field(ge=YEARS.start, le=YEARS[-1], description="Tahun, mis. 2026.")]


class Failure(Schema):
    """Why something was refused: a code for programs, a sentence for people, and what is wrong with which field."""

    code: str
    message: str
    fields: dict[str, str] | None = None


class OfficeOut(Schema):
    kode: str
    nama: str


class PostOut(Schema):
    kode: str
    nama: str
    peran: str


class TokenOut(Schema):
    nama: str
    pemilik: str
    jabatan: list[str]
    cakupan: list[str]
    berlaku_sampai: str


class HereOut(Schema):
    """The office of the token, its units, the offices below it whose recaps may be read, and the token itself."""

    kantor: OfficeOut
    unit: list[PostOut]
    di_bawahnya: list[OfficeOut]
    token: TokenOut


class Strict(Schema):
    """Takes no field that it does not know: a misspelt name is told, not ignored."""

    model_config = {"extra": "forbid"}


class VariableIn(Strict):
    nama: Short = ""
    uraian: Short = ""
    satuan: Short = ""
    jenis: Short = ""
    paling_kecil: Short = ""
    paling_besar: Short = ""
    bulat: Short = ""
    sifat: Short = ""
    wajib: Short = ""


class CheckIn(Strict):
    syarat: Short = ""
    kalimat: Short = ""
    menahan: Short = ""


class IndicatorFields(Strict):
    """The card of an indicator, every field as it is typed on the page; what is left out stays as it is."""

    nama: Text | None = None
    sasaran: Text | None = None
    definisi_operasional: Text | None = None
    manfaat: Text | None = None
    rumus: Text | None = None
    satuan: Text | None = None
    polaritas: Text | None = None
    agregasi: Text | None = None
    sumber_data: Text | None = None
    penanggung_jawab: Text | None = None
    unit_lain: Text | None = None
    frekuensi: Text | None = None
    bukti_wajib: Text | None = None
    target_renstra: Text | None = None
    standar_nasional: Text | None = None
    nilai_predikat: Text | None = None
    batas_capaian: Text | None = None
    desimal: Text | None = None
    lonjakan: Text | None = None
    skala: Text | None = None
    urutan: Text | None = None


class IndicatorIn(IndicatorFields):
    tahun: Year
    variabel: Annotated[list[VariableIn], Field(max_length=200)] | None = None
    pemeriksaan: Annotated[list[CheckIn], Field(max_length=200)] | None = None
    target: dict[str, Short] | None = Field(None, description="Periode ke target, mis. 2026-TW1 ke 75.")
    alasan_perubahan: Text = Field("", description="Wajib bila definisinya sudah dipakai; menjadi versi berikutnya.")
    penanda: Short | None = Field(None, description="Penanda yang dibaca sebelumnya; ditolak bila sudah berubah.")


class IndicatorOut(Schema):
    kode: str
    tahun: int
    versi: int
    beku_sejak: str
    penanda: str
    isian: dict[str, str]
    variabel: list[dict[str, str]]
    pemeriksaan: list[dict[str, str]]
    target: dict[str, str]


class IndicatorPage(Schema):
    jumlah: int
    hal: int
    halaman: int
    butir: list[IndicatorOut]


class ChangeOut(Schema):
    isian: str
    lama: str
    baru: str


class SavedOut(Schema):
    """What became of an indicator: baru, tetap, berubah, versi baru, target."""

    status: str
    perubahan: list[ChangeOut]
    target_tidak_dihitung: dict[str, str]
    indikator: IndicatorOut


class TargetOut(Schema):
    indikator: str
    periode: str
    target: str


class TargetList(Schema):
    tahun: int
    target: list[TargetOut]


class TargetIn(Strict):
    indikator: Short
    periode: Short
    target: Short = Field("", description="Seperti ditulis orang: 75, 2,60–3,50, BB; kosong menghapus.")


class TargetsIn(Strict):
    tahun: Year
    target: Annotated[list[TargetIn], Field(min_length=1, max_length=5000)]


class TargetsSaved(Schema):
    """Indicator → what became of it."""

    hasil: dict[str, str]


class FigureOut(Schema):
    """A current figure. `nilai` has a decimal point; where the figure is a word it is that word."""

    id: int
    indikator: str
    variabel: str
    unit: str
    periode: str
    nilai: str
    versi: int
    beku: bool
    sumber: str
    pada: str
    oleh: str


class FigurePage(Schema):
    """`berikutnya` is the `setelah` of the next page; null on the last."""

    rows: list[FigureOut]
    berikutnya: int | None


class ResultOut(Schema):
    baris: int
    status: str = Field(description="baru, berubah, tetap, atau salah")
    pesan: str = ""


class WrongOut(Schema):
    baris: int
    kolom: str
    nilai: str
    sebab: str


class ReportOut(Schema):
    """What became of a message, row by row. `diterapkan` is false for a dry run and where nothing was taken."""

    kalimat: str
    baris: int
    baru: int
    berubah: int
    tetap: int
    salah: int
    diterapkan: bool
    coba_saja: bool
    impor: int | None
    hasil: list[ResultOut]
    tidak_dibaca: list[str]
    kesalahan: list[WrongOut]


class ReportRefused(ReportOut):
    """A message in which something was wrong, of which nothing was taken."""

    code: str
    message: str


class ImportCount(Schema):
    imported: int
    updated: int
    ignored: int
    deleted: int


class Conflict(Schema):
    object: str
    value: str


class ImportSummary(Schema):
    """As DHIS2 answers: `ignored` counts rows that were wrong and rows that said nothing new."""

    responseType: str = "ImportSummary"  # noqa: N815 - as DHIS2 calls it
    status: str
    description: str
    importCount: ImportCount  # noqa: N815
    conflicts: list[Conflict]
    rows: list[ResultOut]


class NumberOut(Schema):
    tepat: str
    desimal: str
    tampil: str


class LeftOutOut(Schema):
    nama: str
    sebab: str


class SummaryOut(Schema):
    rata_rata: NumberOut | None
    rata_rata_paling_tinggi_100: NumberOut | None
    tercapai: int
    tidak_tercapai: int
    terhitung: int
    tidak_ikut: list[LeftOutOut]


class ActualOut(Schema):
    tepat: str
    tampil: str
    rumus: str
    catatan: list[str]
    alasan: str


class ScoreOut(Schema):
    """`tepat` is what the formula gives as a fraction ("275/3"), `desimal` what counts, rounded ("91.67")."""

    tepat: str
    desimal: str
    tampil: str
    rumus: str
    alasan: str


class RecapRow(Schema):
    kode: str
    nama: str
    versi: int
    sasaran: str
    satuan: str
    polaritas: str
    agregasi: str
    unit: str
    periode: str
    target: str
    realisasi: ActualOut
    capaian: ScoreOut
    capaian_tahun: ScoreOut
    kategori: str
    aturan: str
    sementara: bool
    dikoreksi: bool
    tahun_sebelumnya: list[dict[str, str | int]]
    target_renstra: str
    standar_nasional: str
    pohon: dict[str, Any] | None = Field(description="label, nilai, jenis, anak; pada sel juga unit dan angka (id)")


class RecapOut(Schema):
    """The recap of an office and period as it stands now."""

    kantor: OfficeOut
    periode: str
    periode_tampil: str
    sementara: bool
    ringkasan: SummaryOut
    pelaporan: dict[str, int]
    skala: list[list[dict[str, str]]]
    indikator: list[RecapRow]
