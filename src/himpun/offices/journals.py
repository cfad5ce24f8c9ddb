"""One act that two offices' journals keep: the post's office, and the home of a person from elsewhere."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

from himpun import clock
from himpun.archive.journal import Author, Turn, act
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person


class Journals:
    """The turns of an act: `own` is the office's, and there is one for each other home of the people it is about."""

    def __init__(self, own: Turn, homes: dict[int, Turn]) -> None:
        self.own, self._homes = own, homes

    @property
    def at(self) -> datetime:
        """The moment of the act."""
        return self.own.at

    @property
    def author(self) -> Author:
        """Who acts."""
        return self.own.author

    def record(
        self,
        act: str,
        subject: str,
        data: dict[str, Any],
        *,
        person: Person,
        file_sha256: str = "",
        author: Author | None = None,
    ) -> None:
        """Add a record about `person` to the office's journal, and to their home's where that is another."""
        home = self._homes.get(person.home_id or 0)
        for turn in (self.own, home) if home else (self.own,):
            turn.record(act, subject, data, file_sha256=file_sha256, author=author)


@contextmanager
def journals(office: Office, *people: Person | None, author: Author) -> Iterator[Journals]:
    """Take the turns of `office` and of the people's homes, always in one order, so that no two acts wait in a ring."""
    homes = {one.home.code: one.home for one in people if one and one.home and one.home_id != office.pk}
    at = clock.now()
    with ExitStack() as stack:
        turns = {code: stack.enter_context(act(code, at=at, author=author)) for code in sorted({office.code, *homes})}
        yield Journals(turns[office.code], {home.pk: turns[code] for code, home in homes.items()})
