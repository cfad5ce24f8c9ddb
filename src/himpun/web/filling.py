"""What was typed put back into the form of a page. Pure.

The page is left as it stands, letter for letter, except the fields of the one form that goes to `action`.
"""

from collections.abc import Callable, Mapping
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

Attributes = list[tuple[str, str | None]]
_LEFT_ALONE = frozenset({"file", "password", "submit", "button", "image", "reset"})


def fill(
    html: str, *, path: str, action: str, fields: Mapping[str, list[str]], notice: Callable[[list[str]], str]
) -> str | None:
    """Fill the first form of the page at `path` that is posted to `action`; None where there is none.

    `notice` is given the values that found no field in it; what it says comes first inside the page's main part.
    """
    filler = _Filler(html, path, action, fields)
    filler.feed(html)
    filler.close()
    if not filler.found:
        return None
    left = [value for name, values in filler.left.items() if name not in filler.buttons for value in values]
    if filler.main:
        filler.edits.append((filler.main, filler.main, notice([value for value in left if value.strip()])))
    return filler.written()


class _Filler(HTMLParser):
    def __init__(self, html: str, path: str, action: str, fields: Mapping[str, list[str]]) -> None:
        super().__init__(convert_charrefs=False)
        self.html, self.path, self.action = html, path, action
        self.sent = fields
        self.left = {name: list(values) for name, values in fields.items()}
        self.edits: list[tuple[int, int, str]] = []
        self.buttons: set[str] = set()
        self.found, self.main = False, 0
        self._inside = False
        self._lines = [0]
        for line in html.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._area: int | None = None
        self._chosen: list[str] | None = None
        self._folds: list[tuple[int, str, Attributes]] = []

    @property
    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _change(self, tag: str, attributes: Attributes, **given: str | None) -> None:
        """Write the tag that stands here anew: `given` attributes put in place, False ones (None) taken out."""
        start = self._at
        self._rewrite(start, start + len(self.get_starttag_text() or ""), tag, attributes, given)

    def _rewrite(self, start: int, end: int, tag: str, attributes: Attributes, given: Mapping[str, str | None]) -> None:
        kept = [(name, value) for name, value in attributes if name not in given]
        kept += [(name, value) for name, value in given.items() if value is not None]
        words = "".join(
            f" {name}" if not value and name != "value" else f' {name}="{escape(value or "")}"' for name, value in kept
        )
        self.edits.append((start, end, f"<{tag}{words}>"))

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "main":
            self.main = self._at + len(self.get_starttag_text() or "")
        elif tag == "details":
            self._folds.append((self._at, self.get_starttag_text() or "", attrs))
        elif tag == "form":
            self._begin(given)
        elif self._inside and "disabled" not in given:
            self._control(tag, attrs, given)

    def _begin(self, given: Mapping[str, str]) -> None:
        goes = urlsplit(urljoin(self.path, given.get("action", "") or self.path)).path
        self._inside = not self.found and given.get("method", "").lower() == "post" and goes == self.action
        if not self._inside:
            return
        self.found = True
        for at, text, attributes in self._folds:
            self._rewrite(at, at + len(text), "details", attributes, {"open": ""})

    def _control(self, tag: str, attrs: Attributes, given: Mapping[str, str]) -> None:
        name = given.get("name", "")
        if tag == "button" and name:
            self.buttons.add(name)
        elif tag == "input" and name:
            self._input(attrs, given)
        elif tag == "textarea" and self.left.get(name):
            self._area = self._at + len(self.get_starttag_text() or "")
            self._words = self.left[name].pop(0)
        elif tag == "select":
            many = "multiple" in given
            left = self.left.get(name, [])
            self._chosen = (left[:] if many else left[:1]) if name in self.sent else None
            del left[: None if many else 1]
        elif tag == "option" and self._chosen is not None and "value" in given:
            self._change(tag, attrs, selected="" if given["value"] in self._chosen else None)

    def _input(self, attrs: Attributes, given: Mapping[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text").lower()
        if kind in _LEFT_ALONE:
            self.buttons.add(name)
        elif kind in ("checkbox", "radio"):
            value = given.get("value", "on")
            is_on = value in self.sent.get(name, [])
            if is_on and value in self.left[name]:
                self.left[name].remove(value)
            self._change("input", attrs, checked="" if is_on else None)
        elif self.left.get(name):
            self._change("input", attrs, value=self.left[name].pop(0))

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "details" and self._folds:
            self._folds.pop()
        elif tag == "select":
            self._chosen = None
        elif tag == "textarea" and self._area is not None:
            self.edits.append((self._area, self._at, "\n" + escape(self._words)))
            self._area = None

    def written(self) -> str:
        """The page with every change in its place."""
        parts, at = [], 0
        for start, end, text in sorted(self.edits):
            parts += [self.html[at:start], text]
            at = end
        return "".join([*parts, self.html[at:]])
