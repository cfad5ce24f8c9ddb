"""All people do the whole job by pages alone, from the letter to the archive, on a screen and on a phone."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from himpun.folders.rows import PersonRow
from tests.browser.conftest import Server
from tests.browser.people import Office
from tests.papers import pdf

pytestmark = pytest.mark.browser


def told(page: Page, text: str) -> None:
    """The page says at its top that it was done."""
    expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()


def register_letter(office: Office) -> None:
    page = office.at_work(office.holder("kasubbag-umum"))
    office.look(page, "pekerjaan-kosong")
    office.follow(page, page.get_by_role("link", name="Catat surat masuk").first)
    page.get_by_label("Surat dari").fill("Bupati Contoh")
    page.get_by_label("Nomor surat").fill("000.7/123/ORG/2026")
    page.get_by_label("Tanggal surat").fill("2026-11-20")
    page.get_by_label("Hal", exact=True).fill("Permintaan data kinerja triwulan III tahun 2026")
    page.get_by_label("Diterima tanggal").fill("2026-11-23")
    office.look(page, "surat-baru")
    office.follow(page, page.get_by_role("button", name="Simpan ke agenda"))
    told(page, "tercatat dengan nomor agenda")
    office.look(page, "surat")


def start_cycle(office: Office) -> None:
    page = office.screen(office.holder("kasubbag-umum"))
    page.get_by_label("Periode data").select_option("2026-TW3")
    office.follow(page, page.get_by_role("button", name="Mulai siklus"))
    told(page, "Siklus dimulai")
    office.look(page, "siklus-awal")


def open_task(office: Office, person: PersonRow) -> Page:
    """Open the first step that waits for a person, from Pekerjaan Saya."""
    page = office.at_work(person)
    return office.follow(
        page, page.get_by_role("region", name="Menunggu saya").get_by_role("link").filter(has_text="Langkah").first
    )


def decide(office: Office, person: PersonRow, button: str, look: str = "", reason: str = "") -> None:
    page = open_task(office, person)
    if reason:
        page.get_by_label("Alasan").fill(reason)
    if look:
        office.look(page, look)
    office.follow(page, page.get_by_role("button", name=button, exact=True))
    told(page, "diputus")


def dispose(office: Office, person: PersonRow, button: str, look: str) -> None:
    page = open_task(office, person)
    page.get_by_label("Proses lebih lanjut").check()
    page.get_by_label("Catatan").fill("Segera ditindaklanjuti dan laporkan hasilnya.")
    office.look(page, look)
    office.follow(page, page.get_by_role("button", name=button, exact=True))
    told(page, "diputus")


def explain_warnings(page: Page) -> None:
    """Once every row was saved, say why the figures that were marked are right."""
    for _ in range(150):
        if not page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('himpun:isian:'))"):
            break
        page.wait_for_timeout(200)
    for place in page.locator("[data-explain]:not([hidden]) textarea").all():
        place.fill("Sudah dicocokkan dengan laporan.")


def fill_in(office: Office, person: PersonRow, evidence: Path) -> None:
    """Fill the grid by keyboard alone, attach what is required, send."""
    page = office.at_work(person)
    office.look(page, "pekerjaan-saya")
    office.picture(page, "pekerjaan-saya")
    office.follow(page, page.get_by_role("link", name="Isi data kinerja").first)
    cells = page.locator("input[data-cell]")
    cells.first.focus()
    for place in range(cells.count()):
        label = page.locator(f"label[for='{cells.nth(place).get_attribute('id')}']").inner_text()
        page.keyboard.type("BB" if "redikat" in label or "nilai SAKIP" in label.lower() else str(7 + place % 2))
        page.keyboard.press("Enter")
    explain_warnings(page)
    required = [row.get_attribute("id") for row in page.locator("div[id^=bukti-]").filter(has_text="wajib").all()]
    for wanted in (page.locator(f"#{name}") for name in required):
        wanted.locator("input[type=file]").set_input_files(evidence)
        expect(wanted.get_by_role("link", name="bukti.pdf")).to_be_visible()
    explain(page)
    office.look(page, "permintaan-isi")
    office.follow(page, page.get_by_role("button", name="Kirim isian"))
    told(page, "Isian terkirim")
    office.look(page, "permintaan-terkirim")


def explain(page: Page) -> None:
    """Write why a figure jumped, wherever the saved grid asks for it."""
    expect(page.locator("[data-save-state]").filter(has_text="menyimpan")).to_have_count(0)
    for asked in page.get_by_label("Penjelasan atas angka yang ditandai").all():
        if asked.is_visible():
            asked.fill("Sudah dicocokkan dengan laporan desa.")
            asked.press("Tab")
    expect(page.locator("[data-save-state]").filter(has_text="perlu penjelasan")).to_have_count(0)


def units_asked(office: Office) -> list[PersonRow]:
    """Who the collector's page says has been asked."""
    page = open_task(office, office.holder("kasubbag-umum"))
    rows = page.get_by_role("region", name="Permintaan data per unit").get_by_role("row")
    waiting = rows.filter(has_text="Menunggu isian").get_by_role("link").all_inner_texts()
    return [office.titled(title) for title in waiting]


def collect(office: Office, evidence: Path) -> None:
    decide(office, office.holder("kasubbag-perencanaan"), "Perintahkan", "mekanisme-1")
    decide(office, office.holder("analis"), "Sampaikan")
    decide(office, office.holder("kasubbag-umum"), "Sampaikan", "mekanisme-3")
    people = units_asked(office)
    assert len(people) >= 4
    for person in people:
        fill_in(office, person, evidence)
    decide(office, office.holder("kasubbag-umum"), "Sampaikan", "mekanisme-4")
    decide(office, office.holder("analis"), "Bekukan data", "mekanisme-5")
    analyse(office)
    decide(office, office.holder("kasubbag-perencanaan"), "Selesai", "mekanisme-6")


def analyse(office: Office) -> None:
    page = open_task(office, office.holder("kasubbag-perencanaan"))
    office.follow(page, page.get_by_role("link", name="Buka rekap dan tulis analisis"))
    office.look(page, "rekap")
    office.picture(page, "rekap")
    while page.get_by_role("link", name="Tulis analisis").count():
        office.follow(page, page.get_by_role("link", name="Tulis analisis"))
        while page.get_by_label("Penyebab").count():
            page.get_by_label("Penyebab").fill("Sebagian desa belum menyampaikan laporan.")
            page.get_by_label("Tindak lanjut").fill("Pendampingan desa pada triwulan berikutnya.")
            office.look(page, "rekap-baris")
            office.follow(page, page.get_by_role("button", name="Simpan, lanjut"))
            told(page, "Analisis tersimpan")


def revise(office: Office, person: PersonRow) -> None:
    page = open_task(office, person)
    office.look(page, "langkah-6")
    office.picture(page, "siklus")
    office.follow(page, page.get_by_role("link", name="Sunting naskah"))
    page.get_by_label("Analisis Capaian").fill(
        "Capaian triwulan ini dipengaruhi keterlambatan laporan desa.\n\n- Pendampingan\n- Pengingat"
    )
    page.get_by_label("Apa yang diubah").fill("menambah analisis capaian")
    office.look(page, "naskah")
    office.follow(page, page.get_by_role("button", name="Simpan sebagai versi"))
    told(page, "Versi baru tersimpan")
    office.follow(page, page.get_by_role("link", name="Bandingkan dengan versi sebelumnya"))
    office.look(page, "banding")


def walk(office: Office, evidence: Path) -> None:
    register_letter(office)
    start_cycle(office)
    dispose(office, office.holder("kepala"), "Disposisikan", "langkah-1")
    dispose(office, office.holder("sekretaris"), "Perintahkan", "langkah-2")
    collect(office, evidence)
    decide(office, office.holder("analis"), "Sampaikan", "langkah-3")
    decide(office, office.holder("kasubbag-perencanaan"), "Terima bahan", "langkah-4")
    decide(
        office,
        office.holder("kasubbag-perencanaan"),
        "Perlu perbaikan",
        "langkah-5",
        reason="Analisis capaian belum ada.",
    )
    revise(office, office.holder("analis"))
    decide(office, office.holder("analis"), "Selesai")
    decide(office, office.holder("kasubbag-perencanaan"), "Paraf", "langkah-7")
    decide(office, office.holder("sekretaris"), "Paraf", "langkah-8")
    decide(office, office.holder("kepala"), "Tanda tangani", "langkah-9")
    decide(office, office.holder("analis"), "Selesai", "langkah-10")


def receive(office: Office) -> None:
    """A unit opens what was sent to it; that is the proof of receipt."""
    page = office.at_work(office.units[0])
    office.follow(page, page.get_by_role("link", name=re.compile("Pesan")))
    office.look(page, "pesan")
    office.follow(page, page.get_by_role("link", name=re.compile("Anda menerima")).first)
    office.look(page, "dokumen")
    expect(page.get_by_text("Dibuka", exact=True).first).to_be_visible()


@pytest.mark.parametrize(
    ("kind", "width"),
    [
        ("kecamatan", 1280),
        pytest.param("kecamatan", 390, marks=pytest.mark.long),
        pytest.param("dinas", 1280, marks=pytest.mark.long),
    ],
)
def test_everybody_does_the_whole_job_by_pages_alone(
    office: Callable[..., Office], server: Server, kind: str, width: int, tmp_path: Path
) -> None:
    people = office(kind, width=width)
    evidence = tmp_path / "bukti.pdf"
    evidence.write_bytes(pdf("bukti contoh"))

    walk(people, evidence)
    receive(people)

    page = people.at_work(people.holder("kepala"))
    page.goto(f"{people.url}/siklus/?status=selesai")
    people.look(page, "siklus-daftar")
    expect(page.locator("tbody tr").filter(has_text="Selesai")).to_have_count(2)
    assert not people.problems, "\n".join(people.problems)
    assert "Semua utuh" in server.run("verify-archive")
