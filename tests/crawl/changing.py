"""Sending: what each address changes for whom, by a form that does change something for somebody."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from himpun.offices.models.holdings import Holding
from tests.crawl.addresses import Address
from tests.crawl.caller import Answer, Caller
from tests.crawl.scene import TODAY
from tests.crawl.walking import TOKEN_USED, WRITING_GETS, Crawl, Visitor
from tests.crawl.ways import READS_ONLY, WAYS, body_of, plain

NO_DATA = TOKEN_USED | {"django_session", "himpun_cache"}
"""Tables that hold nothing of an office: sessions, counts of failed logins, when a token was last used."""
OWN = frozenset({"messages_seen", "own_messages", "tokens", "token_revoke"})
"""What everybody changes for themselves alone."""
BY_CODE = frozenset({"receipt", "one_time_link"})
"""What anybody changes who has its code."""
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
NONSENSE = "POST ngawur"
JUNK = {
    "": "x", "decision": "hapus semua", "reason": "'\"><script>alert(1)</script>", "pk": "-1", "token": "abc", "step": "apply",
    "due_at": "9999-99-99", "period": "0000", "name": "☃" * 3000, "instructions": ["x"] * 9, "tasks": ["0", "x", "9" * 30],
}  # fmt: skip


@dataclass
class Changes:
    """Who changed what by which address."""

    crawl: Crawl

    @property
    def did(self) -> dict[str, set[str]]:
        """Address → the kinds of people for whom the form changed something."""
        return self.crawl.found.did

    def try_all(self) -> None:
        """Every address's own way, by everybody, and from another site."""
        for address in self.crawl.addresses:
            if address.name in WAYS:
                self.try_everybody(address)
                if self.did[address.name]:
                    self.without_token(address)

    def nonsense(self) -> None:
        """Nothing and nonsense at every address, by every method: by everybody, or in the short crawl by one each.

        Who it is goes round, so that every person tries every method somewhere; and what is sent as a form is sent by
        who may change something there, since others are refused before it is read.
        """
        turn = 0
        for address in self.crawl.addresses:
            doer = (
                WAYS[address.name].by if address.name in WAYS else "program penuh" if address.for_programs else "kepala"
            )
            visitors = self.crawl.some(address, doer) if self.crawl.thin else self.crawl.visitors_of(address)
            for keys in self._keys(address):
                for way in _junk(address):
                    turn += 1
                    one = visitors[turn % len(visitors)].kind
                    chosen = {one, doer} if way[0] == NONSENSE else {one}
                    for visitor in visitors:
                        if self.crawl.thorough or visitor.kind in chosen:
                            self.junk(visitor, address, address.filled(keys), way)

    def try_everybody(self, address: Address) -> None:
        """The address's own way, tried by everybody."""
        crawl, way = self.crawl, WAYS[address.name]
        self.did[address.name] = set()
        try:
            path = address.filled(way.keys(crawl.scene.here)) + (f"?{way.query}" if way.query else "")
            data, media = body_of(crawl, address.name, way, path)
        except (AssertionError, LookupError, ObjectDoesNotExist) as wrong:
            crawl.wrong.append(f"{address.name}: isian contoh di tests/crawl/ways.py tidak lagi cocok. {wrong!r}")
            return
        for visitor in crawl.some(address, way.by) if crawl.thin else crawl.visitors_of(address):
            answer = visitor.caller.ask(way.method, path, _again(data), media)
            crawl.judge(visitor, address, path, answer, "sini" if address.parameters else "", way.method)
            if answer.changed.keys() - NO_DATA:
                self.did[address.name].add(visitor.kind)
                self._check_may(visitor, address, path, answer)
            if visitor.kind == way.by and not answer.changed.keys() - NO_DATA:
                crawl.wrong.append(
                    f"{way.by}, {way.method} {path} ({address.name}), dijawab {answer.status}: tidak mengubah apa pun, "
                    f"jadi penolakan orang lain tidak membuktikan apa-apa. Perbaiki isiannya di tests/crawl/ways.py. "
                    f"{_cause(answer)}"
                )

    def _check_may(self, visitor: Visitor, address: Address, path: str, answer: Answer) -> None:
        """What changes is of an office where one holds a post, and nothing at all changes for who holds none or is away."""
        said = f"{visitor.kind}, {path} ({address.name}), mengubah {', '.join(sorted(answer.changed.keys() - NO_DATA))}"
        if visitor.is_nobody and address.name not in BY_CODE:
            self.crawl.wrong.append(f"{said} tanpa masuk.")
        if visitor.person is None or address.name in OWN | BY_CODE:
            return
        held = Holding.objects.present_on(TODAY).filter(person=visitor.person)
        offices = set(held.values_list("post__office__code", flat=True))
        if visitor.kind == "kabag kabupaten" and address.name == "ladder_nudge":
            offices |= {side.office.code for side in (self.crawl.scene.here, self.crawl.scene.there)}
        if foreign := answer.chains - offices:
            self.crawl.wrong.append(f"{said} pada jurnal {', '.join(foreign)}, yang bukan kantornya.")
        if not offices:
            self.crawl.wrong.append(f"{said}, padahal hari ini tidak bertugas.")

    # --- what is not meant to be sent -------------------------------------------------------------------------------

    def without_token(self, address: Address) -> None:
        """The way, by who may do it, from another site: without the CSRF token."""
        crawl, way = self.crawl, WAYS[address.name]
        doer = next(one for one in crawl.visitors if one.kind == way.by)
        if doer.is_program:
            return
        path = address.filled(way.keys(crawl.scene.here)) + (f"?{way.query}" if way.query else "")
        data = {} if way.first or way.page else way.typed(crawl.scene.here)
        answer = Caller(doer.person, csrf=True).ask(way.method, path, data)
        crawl.judge(doer, address, path, answer, "", "POST tanpa CSRF")
        if answer.status != 403 or answer.changed.keys() - NO_DATA:
            crawl.wrong.append(f"{way.by}, POST {path} ({address.name}) tanpa token CSRF, dijawab {answer.status}.")

    def junk(self, visitor: Visitor, address: Address, path: str, way: tuple[str, str, Any, str]) -> None:
        """Nothing or nonsense, once."""
        how, method, data, media = way
        answer = visitor.caller.ask(method, path, data, media)
        self.crawl.judge(visitor, address, path, answer, "", how)
        self._check_junk(visitor, address, f"{how} {path}", answer)

    def _keys(self, address: Address) -> Iterator[dict[str, Any]]:
        found = list(self.crawl.keys(address))
        yield found[0][0]
        if address.parameters and self.crawl.thorough:
            yield found[-1][0]

    def _check_junk(self, visitor: Visitor, address: Address, path: str, answer: Answer) -> None:
        """Nonsense changes nothing, but where the bare address is the whole order, for who may give it."""
        ordered = address.name in WAYS and visitor.kind in self.did.get(address.name, set())
        usual = NO_DATA | WRITING_GETS.get(address.name, set())
        if answer.changed.keys() - usual and not ordered:
            self.crawl.wrong.append(
                f"{visitor.kind}, {path} ({address.name}), dijawab {answer.status}: mengubah "
                f"{', '.join(sorted(answer.changed.keys() - NO_DATA))}."
            )


def unproven(crawl: Crawl) -> list[str]:
    """The addresses that take a POST and have no way that shows what it changes."""
    head = next(one for one in crawl.visitors if one.kind == "kepala")
    program = next(one for one in crawl.visitors if one.kind == "program penuh")
    found = []
    for address in crawl.addresses:
        if address.name in WAYS or address.name in READS_ONLY or address.name.startswith(("account_", "mfa_")):
            continue
        keys = next(crawl.keys(address))[0]
        visitor = program if address.for_programs else head
        if visitor.caller.ask("POST", address.filled(keys), {}).status not in (404, 405):
            found.append(address.name)
    return found


def _junk(address: Address) -> Iterator[tuple[str, str, Any, str]]:
    yield "HEAD", "HEAD", None, ""
    for method in CHANGING:
        yield f"{method} kosong", method, b"", "application/json" if address.for_programs else "text/plain"
    yield NONSENSE, "POST", (b'{"rows": [1, null, {}]}' if address.for_programs else JUNK), (
        "application/json" if address.for_programs else ""
    )  # fmt: skip


def _again(data: Any) -> Any:
    """The same once more: files are read from their beginning."""
    for value in data.values() if isinstance(data, dict) else ():
        for one in value if isinstance(value, list) else [value]:
            if hasattr(one, "seek"):
                one.seek(0)
    return data


def _cause(answer: Answer) -> str:
    """The sentence of a refusal, from a page or from JSON."""
    for before in ("alert-danger", "field-error"):
        for part in answer.body.split(before)[1:]:
            if text := plain(part.partition(">")[2].partition("</div>")[0]):
                return text[:200]
    return "" if "<html" in answer.body else answer.body[:300]
