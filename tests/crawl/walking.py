"""The crawl itself: everybody at every address, and one sentence for each thing that is wrong."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from django.urls import resolve

from himpun.offices.models.people import Person
from tests.crawl.addresses import ROWS, Address, Keys, addresses, queries, strange, telling
from tests.crawl.caller import Answer, Caller
from tests.crawl.scene import DRAFT_FIGURE, Scene

PUBLIC = frozenset({"verify", "receipt", "receipt_pdf", "one_time_link"})
"""Addresses that who has their code may read, whoever it is: they show the office and what was issued, or whose link it is."""
NAMING = frozenset({"account_reset_password"})
"""Where somebody who cannot log in chooses their office by its name, which stands on its every letter."""
OPEN = PUBLIC | {
    "verify_find", "bell", "api", "openapi", "login", "old_link", "account_login", "account_signup", "account_logout",
    "account_inactive", "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "account_confirm_email", "account_email_verification_sent",
    "account_confirm_login_code", "mfa_authenticate",
}  # fmt: skip
"""Addresses that answer somebody who is not logged in otherwise than by leading to the login page."""
READ_BELOW = frozenset(
    {
        "live_recap", "recap_csv", "recap_xlsx", "recap_pdf", "live_recap_chart", "recap_row", "recap_row_chart", "region",
        "ladder", "ladder_csv", "ladder_below", "ladder_below_csv", "ladder_nudge",
        "timing", "timing_chart", "timing_csv", "timing_xes", "timing_pdf", "figure",
    }
)  # fmt: skip
"""Where a regency reads the offices below it."""
PROBING = frozenset({"kepala", "anonim", "program penuh"})
"""Who asks with keys that stand for nothing."""
ASKING = frozenset({"kepala", "unit 1", "kepala dinas", "kabag kabupaten", "pegawai dua kantor", "program penuh"})
"""Who asks for rows of the second office in the short crawl; the first's are asked for by all."""
ALWAYS = ASKING | {"anonim", "unit 2", "bekas kasubbag umum", "pegawai nonaktif", "pegawai tanpa jabatan"}
"""Who looks at every address in the short crawl: one of each kind to whom something is not shown. The others take turns."""
THIN = frozenset({"anonim", "kepala", "kepala dinas", "program penuh"})
"""Who always asks where only the questions to the database are looked at, on a database that is not the first."""
QUERYING = ASKING - {"kepala", "pegawai dua kantor"}
"""Who asks pages with queries in the short crawl: those to whom another office's must not answer, and who reads below."""
SHARED = frozenset({"reminder_rules", "person_edit", "api_indicator"})
"""Addresses whose keys stand for something in both offices: a procedure's, a person's who holds posts in both, a code."""
WRITING_GETS: dict[str, set[str]] = {
    "document": {"documents_delivery", "archive_record", "archive_chainhead"},
    "messages": {"notifications_message_seen_by"},
}
"""What looking changes: opening a delivered document is the proof of its receipt, a message looked at is seen."""
TOKEN_USED = {"api_token"}
"""When a token was last used is noted whatever it is used for."""


@dataclass
class Visitor:
    """Somebody who asks."""

    kind: str
    person: Person | None
    caller: Caller
    may_read: set[str]
    is_program: bool = False

    @property
    def is_nobody(self) -> bool:
        """Not logged in, or no longer allowed to be."""
        return not self.is_program and (self.person is None or not self.person.is_active)


@dataclass
class Found:
    """What was asked and found, part by part."""

    parts: dict[str, list[str]] = field(default_factory=dict)
    """Part → what was wrong in it."""
    asked: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    did: dict[str, set[str]] = field(default_factory=dict)
    """Address → the kinds of people who changed something by its form."""


@dataclass
class Crawl:
    """Who is there, and what is wrong in the part that is being done."""

    scene: Scene
    archive: Path
    thorough: bool
    found: Found
    thin: bool = False
    """Whether who may what was looked at elsewhere, and only the questions to this database are left to try."""
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        scene = self.scene
        self.marks = scene.every_mark
        self._queries: dict[str, list[tuple[str, str]]] = {}
        self.visitors = [
            Visitor(kind, person, Caller(person), scene.allowed(person)) for kind, person in scene.people.items()
        ]
        owners = {
            "program penuh": "kasubbag perencanaan", "program unit": "unit 1", "program baca angka": "analis",
            "program dinas": "kepala dinas",
        }  # fmt: skip
        for kind, secret in scene.programs.items():
            person = scene.people.get(owners.get(kind, "anonim"))
            self.visitors.append(Visitor(kind, person, Caller(token=secret), scene.allowed(person), True))
        self.addresses = addresses()

    def visitors_of(self, address: Address) -> list[Visitor]:
        """Programs go to the API only; people go everywhere, and to the API just one who is not logged in and one who is."""
        if not address.for_programs:
            return [one for one in self.visitors if not one.is_program]
        return [one for one in self.visitors if one.is_program or one.kind in ("anonim", "kepala")]

    def some(self, address: Address, *always: str) -> list[Visitor]:
        """In the short crawl those who always ask, and two of the others, whose turn goes round by the address."""
        visitors = self.visitors_of(address)
        if self.thorough or (address.for_programs and not self.thin):
            return visitors
        fixed = (THIN if self.thin else ALWAYS) | set(always)
        others = [one.kind for one in visitors if one.kind not in fixed]
        turn = self.addresses.index(address)
        chosen = fixed | {others[(turn + step) % len(others)] for step in (0, len(others) // 2) if others}
        return [one for one in visitors if one.kind in chosen]

    def once(self, name: str, act: Callable[[], None]) -> list[str]:
        """Do a part of the crawl, if it was not done yet; what was wrong in it."""
        if name not in self.found.parts:
            self.wrong = self.found.parts[name] = []
            act()
        return self.found.parts[name]

    def look_everywhere(self) -> None:
        """Everybody looks at every address."""
        for address in self.addresses:
            self.look(address)

    # --- asking -----------------------------------------------------------------------------------------------------

    def look(self, address: Address) -> None:
        """Everybody looks at an address of both offices."""
        chosen = list(self.keys(address))
        if self.takes_no_get(address, chosen[0][0]):
            return
        for visitor in self.some(address):
            for place, (keys, whose) in enumerate(chosen):
                if self.is_asked(visitor, keys, whose):
                    self.get(visitor, address, keys, whose, with_queries=not place or self.thorough)

    def is_asked(self, visitor: Visitor, keys: Keys, whose: str) -> bool:
        """Rows of `here` and lists by everybody; of `there`, which is made alike, by some; nobody's rows by a few."""
        if keys and not whose:
            return visitor.kind in PROBING
        return whose != "sana" or self.thorough or visitor.kind in ASKING

    def takes_no_get(self, address: Address, keys: Keys) -> bool:
        """Whether an address is for sending alone: then looking is tried once and not by everybody."""
        head = next(one for one in self.visitors if one.kind == "kepala")
        path = address.filled(keys)
        answer = head.caller.ask("GET", path)
        self.judge(head, address, path, answer, "sini" if keys else "")
        return answer.status == 405 or hasattr(resolve(unquote(path)).func, "posted_from")

    def keys(self, address: Address) -> Iterator[tuple[Keys, str]]:
        """The keys to ask with, and whose they are: "sini", "sana", or "" for nobody's."""
        here, there = self.scene.here, self.scene.there
        if not address.parameters:
            yield {}, ""
            return
        for side, whose in ((here, "sini"), (there, "sana")):
            rows = list(ROWS[address.name](side))
            assert rows, f"Alamat {address.name} tidak punya baris contoh di {side.office.code}; buat satu di scene.py."
            first = [{"pk": pk} for pk in telling(side).get(address.name, ())]
            rows = [*first, *(keys for keys in rows if keys not in first)]
            most = len(first) if side is here else 1
            for keys in rows[: len(first) + 10] if self.thorough else rows[: max(most, 1)]:
                yield keys, whose
        for keys in strange(address) if self.thorough else strange(address)[2:3]:
            yield keys, ""

    def get(self, visitor: Visitor, address: Address, keys: Keys, whose: str, *, with_queries: bool) -> None:
        path = address.filled(keys)
        answer = visitor.caller.ask("GET", path)
        self.judge(visitor, address, path, answer, whose)
        if not with_queries or not (self.thorough or (answer.status == 200 and visitor.kind in QUERYING)):
            return
        for query, name in self.queries_of(address):
            if not keys or name == whose or not self.thorough:
                asked = f"{path}?{query}"
                self.judge(visitor, address, asked, visitor.caller.ask("GET", asked), name)

    def queries_of(self, address: Address) -> list[tuple[str, str]]:
        """What a page is asked with, and about whose office."""
        if address.name not in self._queries:
            sides = ((self.scene.here, "sini"), (self.scene.there, "sana"))
            found = {name: queries(side).get(address.name, []) for side, name in sides}
            most = None if self.thorough else 1
            self._queries[address.name] = [(query, name) for name, asked in found.items() for query in asked[:most]]
        return self._queries[address.name]

    # --- judging ----------------------------------------------------------------------------------------------------

    def caller_of(self, kind: str) -> Caller:
        return next(one.caller for one in self.visitors if one.kind == kind)

    def judge(
        self, visitor: Visitor, address: Address, path: str, answer: Answer, whose: str, how: str = "GET"
    ) -> None:
        """Write down what is wrong with an answer."""
        self.found.asked[how] += 1
        self.found.statuses[answer.status] += 1
        said = f"{visitor.kind}, {how} {path} ({address.name}), dijawab {answer.status}"
        if answer.status >= 500:
            cause = answer.broken.strip().rpartition("\n")[2] or answer.body[:200]
            self.wrong.append(f"{said}: gagal ({cause}).")
        self._leaks(visitor, address, answer, said)
        usual = WRITING_GETS.get(address.name, set()) | (TOKEN_USED if visitor.is_program else set())
        usual |= (
            {"himpun_cache"} if address.name.startswith(("account_", "one_time_")) else set()
        )  # how often somebody tried
        if how in ("GET", "HEAD") and (more := answer.changed.keys() - usual):
            self.wrong.append(f"{said}: melihat saja mengubah {', '.join(sorted(more))}.")
        if visitor.is_nobody and address.name not in OPEN and not address.for_programs and answer.status == 200:
            self.wrong.append(f"{said}: terbuka bagi yang tidak masuk.")
        both = address.name in PUBLIC | READ_BELOW | SHARED or address.name.startswith("account_")
        if answer.status == 200 and "?" not in path and self._is_foreign(visitor, whose) and not both:
            self.wrong.append(f"{said}: baris kantor lain dibuka.")

    def _is_foreign(self, visitor: Visitor, whose: str) -> bool:
        side = {"sini": self.scene.here, "sana": self.scene.there}.get(whose)
        return side is not None and side.mark not in visitor.may_read

    def _leaks(self, visitor: Visitor, address: Address, answer: Answer, said: str) -> None:
        body = answer.body.lower() + str(answer.headers).lower()
        for mark, what in self.marks.items():
            if mark in body and mark not in visitor.may_read and not self._may_show(visitor, address, mark):
                place = body.index(mark)
                self.wrong.append(f"{said}: membocorkan {what} ({body[max(place - 60, 0) : place + 30]!r}).")
        drafts = {self.scene.here.unit_mark(2), self.scene.there.unit_mark(2)}
        if not drafts & visitor.may_read and (DRAFT_FIGURE in body or "31.415.926" in body):
            self.wrong.append(f"{said}: membocorkan angka yang belum dikirim unitnya.")

    def _may_show(self, visitor: Visitor, address: Address, mark: str) -> bool:
        if visitor.kind == "kabag kabupaten" and address.name.startswith("figure"):
            return mark[:6] in ("zqmark", "zqunit")  # a figure is opened from above with the names of its evidence
        if mark not in (self.scene.here.mark, self.scene.there.mark):
            return False
        return address.name in NAMING | PUBLIC or (visitor.kind == "kabag kabupaten" and address.name in READ_BELOW)
