"""Time by pages alone: a schedule, a leave with a Plh., a deadline and a pause, a holiday that moves them, the ladder, the evaluation."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.people import PASSWORD, Office
from tests.browser.test_the_whole_job import dispose, open_task, register_letter, start_cycle

pytestmark = pytest.mark.browser


def kasubbag_schedules(office: Office) -> None:
    """The Kasubbag lets the mechanism start by itself every month."""
    page = office.at_work(office.holder("kasubbag-perencanaan"))
    page.goto(f"{office.url}/waktu/jadwal/")
    office.look(page, "jadwal-kosong")
    office.follow(page, page.get_by_role("link", name="Buat jadwal").first)
    page.get_by_label("Diulang").select_option("bulan")
    page.get_by_label("Hari kerja ke-").fill("0")
    page.get_by_role("button", name="Simpan jadwal").click()
    office.look(page, "jadwal-salah")
    page.get_by_label("Hari kerja ke-").fill("2")
    page.get_by_label(re.compile("Batas akhir, hari")).fill("10")
    office.follow(page, page.get_by_role("button", name="Simpan jadwal"))
    expect(page.get_by_role("heading", name=re.compile("setiap bulan"))).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(4)
    office.look(page, "jadwal")


def camat_goes_on_leave(office: Office) -> None:
    """The Kasubbag Umum records the Camat's leave; the Sekretaris stands in."""
    page = office.at_work(office.holder("kasubbag-umum"))
    page.goto(f"{office.url}/pengaturan/cuti/")
    office.follow(page, page.get_by_role("link", name="Catat cuti").first)
    camat, sekretaris = office.holder("kepala"), office.holder("sekretaris")
    page.get_by_label("Orang", exact=True).select_option(label=f"{camat.name} ({camat.username})")
    page.get_by_label(re.compile("Pengganti")).first.select_option(label=f"{sekretaris.name} ({sekretaris.username})")
    page.get_by_label("Hari pertama").fill(date.today().isoformat())  # noqa: DTZ011 - the server's own day
    page.get_by_label("Hari terakhir").fill((date.today() + timedelta(days=9)).isoformat())  # noqa: DTZ011
    page.get_by_label(re.compile("Nomor surat")).fill("850/12/CUTI/2026")
    office.look(page, "cuti-baru")
    office.follow(page, page.get_by_role("button", name="Catat cuti"))
    page.goto(f"{office.url}/pengaturan/cuti/")
    expect(page.locator("tr").filter(has_text=camat.name)).to_contain_text(sekretaris.name)
    office.look(page, "cuti")


def camat_reads_only(office: Office) -> None:
    """The Camat on leave sees why nothing waits, and may read but not decide."""
    page = office.at_work(office.holder("kepala"))
    expect(page.get_by_text(re.compile("Anda tercatat cuti"))).to_be_visible()
    expect(
        page.get_by_role("region", name="Menunggu saya").get_by_role("link").filter(has_text="Langkah")
    ).to_have_count(0)
    office.look(page, "kerja-cuti")
    page.goto(f"{office.url}/siklus/")
    office.follow(page, page.get_by_role("link", name="Penyusunan Mekanisme").first)
    expect(page.get_by_role("button", name="Disposisikan")).to_have_count(0)


def plh_disposes(office: Office) -> None:
    """The Sekretaris acts as Plh. Camat, and as himself for the step after."""
    page = office.at_work(office.holder("sekretaris"))
    expect(page.get_by_text(re.compile(r"Anda Plh\. Camat"))).to_be_visible()
    office.look(page, "kerja-plh")
    office.picture(page, "pekerjaan-plh")
    dispose(office, office.holder("sekretaris"), "Disposisikan", "langkah-1-plh")
    story = page.get_by_role("region", name="Riwayat")
    expect(story.get_by_text(re.compile(r"Plh\. Camat")).first).to_be_visible()
    dispose(office, office.holder("sekretaris"), "Perintahkan", "langkah-2-plh")


def camat_comes_back(office: Office) -> None:
    """The leave is called off; what was done meanwhile stays the Plh.'s."""
    page = office.at_work(office.holder("kasubbag-umum"))
    page.goto(f"{office.url}/pengaturan/cuti/")
    office.follow(page, page.get_by_role("link", name=office.holder("kepala").name).first)
    office.look(page, "cuti-ubah")
    office.follow(page, page.get_by_role("button", name="Batalkan cuti"))
    expect(office.at_work(office.holder("kepala")).get_by_text(re.compile("Anda tercatat cuti"))).to_have_count(0)


def camat_sets_the_deadline(office: Office) -> Page:
    """A final deadline, planned backwards; then a pause with its reason, and on again."""
    page = office.at_work(office.holder("sekretaris"))
    page.goto(f"{office.url}/siklus/")
    office.follow(page, page.get_by_role("link", name="Penyusunan Mekanisme").first)
    page.get_by_text("Tetapkan batas akhir…").click()
    page.get_by_label(re.compile("Batas akhir siklus")).fill((date.today() + timedelta(days=45)).isoformat())  # noqa: DTZ011
    office.follow(page, page.get_by_role("button", name="Simpan batas akhir"))
    expect(page.get_by_text(re.compile("paling lambat", re.IGNORECASE)).first).to_be_visible()
    office.look(page, "siklus-batas-akhir")
    office.picture(page, "siklus-batas-akhir")
    page.get_by_text("Jeda siklus ini…").click()
    page.get_by_label(re.compile("Alasan jeda")).fill("Menunggu arahan Bagian Organisasi.")
    office.follow(page, page.get_by_role("button", name="Jeda siklus"))
    expect(page.get_by_text("Menunggu arahan Bagian Organisasi.").first).to_be_visible()
    office.look(page, "siklus-jeda")
    office.follow(page, page.get_by_role("button", name=re.compile("Lanjutkan")))
    return page


def a_holiday_moves_the_deadlines(office: Office) -> None:
    """The Kasubbag Umum closes the office on the next working days; the page says how many deadlines moved."""
    page = office.at_work(office.holder("kasubbag-umum"))
    page.goto(f"{office.url}/waktu/kalender/")
    office.look(page, "kalender")
    office.picture(page, "kalender")
    page.goto(f"{office.url}/pengaturan/libur/")
    page.get_by_label("Tanggal").first.fill(next_weekday().isoformat())
    page.get_by_label("Nama hari").fill("Hari jadi kecamatan")
    page.get_by_label("Dasar").first.fill("SE Camat 003/1/2026")
    office.follow(page, page.get_by_role("button", name="Tambah hari"))
    expect(page.get_by_role("status").filter(has_text=re.compile(r"\d+ batas waktu"))).to_be_visible()
    office.look(page, "libur")


def next_weekday() -> date:
    """The next day that is no weekend."""
    day = date.today() + timedelta(days=1)  # noqa: DTZ011
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def supervisor_watches(office: Office) -> None:
    """The regency sees every office below it at a glance, and opens one."""
    page = office.at_work(office.holder("kasubbag-perencanaan"))
    page.goto(f"{office.url}/waktu/")
    page.goto(f"{office.url}/waktu/wilayah/?periode=2026-TW3")
    expect(page.locator("tr").filter(has_text="Kecamatan Contoh")).to_be_visible()
    expect(page.locator("tr").filter(has_text="Dinas Contoh")).to_contain_text("Belum mulai")
    office.look(page, "tangga-wilayah")
    office.picture(page, "tangga-wilayah")
    office.follow(page, page.get_by_role("link", name="Kecamatan Contoh", exact=True).first)
    expect(page.get_by_role("heading", name=re.compile("Kecamatan Contoh"))).to_be_visible()
    office.look(page, "tangga")


def a_link_of_a_message_opens_the_task_after_login(office: Office) -> None:
    """Somebody reads their mail on a computer where they are not logged in."""
    there = office.at_work(office.holder("kasubbag-perencanaan"))
    link = there.get_by_role("region", name="Menunggu saya").get_by_role("link").first.get_attribute("href")
    page = office.browser.new_context(locale="id-ID").new_page()
    page.goto(f"{office.url}{link}")
    page.get_by_label("Nama pengguna").fill(office.holder("kasubbag-perencanaan").username)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    office.follow(page, page.get_by_role("button", name="Masuk"))
    expect(page).to_have_url(f"{office.url}{link}")
    expect(page.get_by_role("button", name="Perintahkan")).to_be_visible()
    page.context.close()


def the_bell_rings_by_itself(office: Office) -> None:
    """What the worker tells somebody shows on a page that stays open, when it is looked at again."""
    page = office.at_work(office.holder("kasubbag-perencanaan"))
    bell = page.get_by_role("link", name=re.compile(r"Pesan, \d+ baru"))
    for _ in range(40):
        if bell.count():
            break
        page.wait_for_timeout(2000)
        page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(bell).to_be_visible()


def camat_looks_at_the_evaluation(office: Office) -> None:
    """Standard against actual, from what was done; the reminders; the own channels."""
    page = office.at_work(office.holder("kepala"))
    for path, name in (
        ("/waktu/baku/", "baku"),
        ("/waktu/pengingat/", "pengingat"),
        ("/akun/pesan/", "saluran"),
        ("/pesan/", "pesan-camat"),
    ):
        page.goto(f"{office.url}{path}")
        expect(page.get_by_role("heading").first).to_be_visible()
        office.look(page, name)
    page.goto(f"{office.url}/waktu/baku/")
    office.picture(page, "baku")


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.long)])
def test_time_is_kept_by_pages_alone(office: Callable[..., Office], server: Server, width: int) -> None:
    people, regency = office("kecamatan", width=width), office("kabupaten", width=width)
    register_letter(people)
    start_cycle(people)
    kasubbag_schedules(people)
    camat_goes_on_leave(people)
    camat_reads_only(people)
    plh_disposes(people)
    camat_comes_back(people)
    camat_sets_the_deadline(people)
    a_holiday_moves_the_deadlines(people)
    supervisor_watches(regency)
    camat_looks_at_the_evaluation(people)
    a_link_of_a_message_opens_the_task_after_login(people)
    the_bell_rings_by_itself(people)
    page = open_task(people, people.holder("kasubbag-perencanaan"))
    expect(page.get_by_role("button", name="Perintahkan")).to_be_visible()
    assert not people.problems + regency.problems, "\n".join(people.problems + regency.problems)
    assert "Semua utuh" in server.run("verify-archive")
