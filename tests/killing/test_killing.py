"""The service is killed again and again while a whole office does its work: nothing that was confirmed is lost or doubled."""

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.killing.browser import Browser
from tests.killing.job import NUMBER, Job
from tests.killing.service import Killer, Service
from tests.notifications.receivers import Mailbox, mail_server
from tests.scratch import scratch_database

pytestmark = pytest.mark.processes

PASSWORD = "himpun-contoh"
POSTS = ("kepala", "sekretaris", "kasubbag", "analis", "umum")
SHORT = {"web": 1, "worker": 1, "all": 1, "connection": 1}
LONG = {"web": 8, "worker": 10, "all": 4, "connection": 8}


@dataclass
class Walked:
    """A job that was done in spite of everything."""

    job: Job
    killer: Killer
    service: Service
    box: Mailbox
    facts: dict[str, Any]
    archive: str


@contextmanager
def walked(folder: Path, kills: dict[str, int], seed: int, *, units: int) -> Iterator[Walked]:
    """The whole job of one office while so much is killed; what the database says afterwards."""
    with mail_server() as box, scratch_database(folder) as database:
        service = Service(folder, database, box.port)
        try:
            done = service.himpun("setup")
            assert done.returncode == 0, done.stderr
            service.python(f"from tests.killing.account import found_small; found_small({units})")
            service.keep_up()
            names = [*POSTS, *(f"unit {no}" for no in range(1, units + 1))]
            people = {
                name: Browser(service.port, f"kec-tahan.jabatan-{no}", PASSWORD) for no, name in enumerate(names, 1)
            }
            job = Job(service, people)
            killer = Killer(service, kills, random.Random(seed))  # noqa: S311
            thread = killer.start()
            job.walk()
            killer.stop()
            thread.join(timeout=60)
            service.close()
            told = service.python("from tests.killing.account import account, settle; settle(); print(account())")
            facts = json.loads(told)
            yield Walked(job, killer, service, box, facts, service.himpun("verify-archive").stdout)
        finally:
            service.close()


def check(one: Walked) -> list[str]:
    """One sentence for each thing that was lost or is there twice."""
    facts, wrong = one.facts, []
    for kind, what in one.job.said_yes:
        if not _kept(kind, what, facts):
            wrong.append(f"Hilang: {kind} {what} sudah dijawab berhasil, tetapi tidak ada di basis data.")
    if facts["letters"] != {NUMBER: 1}:
        wrong.append(f"Surat tercatat {facts['letters']}, bukan sekali.")
    if sorted(state for _, _, state in facts["cycles"]) != ["selesai", "selesai"]:
        wrong.append(f"Siklusnya {facts['cycles']}, bukan dua yang selesai.")
    if facts["decided"] != len(facts["decisions"]) - shares(facts) or facts["open"]:
        wrong.append(
            f"{facts['decided']} putusan di jurnal, {len(facts['decisions'])} langkah diputus, {facts['open']} terbuka."
        )
    for what in ("figures", "documents", "numbers twice", "messages twice"):
        wrong += [f"Dua kali ({what}): {row}" for row in facts[what]]
    given = sorted(no for numbers, _ in facts["numbers"].values() for no in numbers)
    last = max(last for _, last in facts["numbers"].values())
    if given != list(range(1, last + 1)):  # the office's registers have one pattern, so they count in one sequence
        wrong.append(f"Nomor meloncat atau dobel: {facts['numbers']}.")
    if facts["signed"] != [True] or facts["archived"] != 1 or facts["unrendered"]:
        wrong.append(
            f"Dokumen: ditandatangani {facts['signed']}, diarsipkan {facts['archived']}, belum dibuat {facts['unrendered']}."
        )
    if facts["approvals"] != {"paraf": 2, "tanda-tangan": 1}:
        wrong.append(f"Persetujuan: {facts['approvals']}.")
    wrong += facts["faults"]
    if "Semua utuh" not in one.archive:
        wrong.append(one.archive)
    return wrong + mails(one)


def shares(facts: dict[str, Any]) -> int:
    """The units' shares of a step: decided by sending their answers, which the journal calls otherwise."""
    return sum(decision == "dijawab" for decision in facts["decisions"].values())


def mails(one: Walked) -> list[str]:
    """Each copy arrived, under one key; a receiver knows a second one under the same key."""
    facts, arrived = one.facts, Counter(key.strip("<>").partition("@")[0] for key in one.box.by_key())
    wrong = [f"Pesan {key} tidak sampai." for key in facts["keys"] if key not in arrived]
    wrong += [f"Pesan {key} sampai tanpa ada di kotak keluar." for key in arrived if key not in facts["keys"]]
    texts = Counter((mail["To"], mail["Message-ID"], mail.get_content()) for mail in one.box.mails)
    keys_of = Counter((to, text) for to, _, text in texts)
    wrong += [
        f"Pesan kepada {to} sampai dengan {times} kunci: {text[:80]}"
        for (to, text), times in keys_of.items()
        if times > 1
    ]
    if facts["not spread"] or set(facts["copies"]) - {"terkirim"}:
        wrong.append(f"Kotak keluar: {facts['copies']}, {facts['not spread']} belum disebar.")
    return wrong


def _kept(kind: str, what: Any, facts: dict[str, Any]) -> bool:
    if kind == "surat":
        return what in facts["letters"]
    if kind == "siklus":
        return any(period == what for _, period, _ in facts["cycles"])
    if kind == "putusan":
        return bool(facts["decisions"].get(str(what[0])) == what[1])
    if kind == "bukti":
        return bool(facts["evidence"].get(str(what)) == 1)
    if kind == "isian":
        return all(float(facts["values"].get(name, "nan")) == float(value) for name, value in what[1].items())
    if kind == "analisis":
        return bool(facts["analyses"].get(str(what)))
    if kind == "naskah":
        return [what, "Dilengkapi dengan tindak lanjut."] in facts["versions"]
    raise AssertionError(kind)


def told(one: Walked) -> str:
    """The figures of a walk, for the documentation."""
    failed = sum(browser.failures for browser in one.job.people.values())
    return (
        f"{len(one.killer.done)} kali dibunuh {dict(Counter(one.killer.done))}, {one.service.starts} kali dijalankan, "
        f"{failed} permintaan gagal, {len(one.job.said_yes)} tindakan dijawab berhasil, {one.facts['records']} catatan, "
        f"{len(one.box.mails)} surel untuk {len(one.facts['keys'])} salinan"
    )


def test_nothing_confirmed_is_lost_or_done_twice_while_the_service_is_killed(tmp_path: Path) -> None:
    with walked(tmp_path, SHORT, seed=2026, units=1) as one:
        print(told(one))
        assert one.killer.done, "nothing was killed"
        assert not (wrong := check(one)), "\n".join(wrong)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(int(os.environ.get("HIMPUN_WALKS", "3"))))
def test_the_same_through_many_kills(tmp_path: Path, seed: int) -> None:
    with walked(tmp_path, LONG, seed=seed, units=8) as one:
        print(told(one))
        assert len(one.killer.done) >= 15, one.killer.done
        assert not (wrong := check(one)), "\n".join(wrong)
