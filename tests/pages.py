"""The forms of a page, read as a browser would send them: what stands in each field, which buttons there are."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

Pairs = list[tuple[str, str]]


@dataclass
class Form:
    """One form: where it goes, how, its fields as they stand, its file fields, its named buttons."""

    action: str
    method: str
    fields: Pairs = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    buttons: Pairs = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        return {name for name, _ in (*self.fields, *self.buttons)} | set(self.files)

    def filled(self, **typed: str | list[str]) -> Pairs:
        """The fields with some typed over; a name that the form does not have is sent along."""
        kept = [pair for pair in self.fields if pair[0] not in typed]
        return kept + [
            (name, one) for name, value in typed.items() for one in ([value] if isinstance(value, str) else value)
        ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select = ""
        self._options: list[tuple[str, bool]] = []
        self._text: str | None = None
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is None or "disabled" in given:
            return
        elif tag == "input":
            self._input(name, given)
        elif tag == "button" and name:
            self._open.buttons.append((name, given.get("value", "")))
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option" and self._select:
            self._options.append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self._area, self._text = name, ""

    def _input(self, name: str, given: dict[str, str]) -> None:
        assert self._open is not None
        kind = given.get("type", "text")
        if kind == "file":
            self._open.files.append(name)
        elif kind == "submit" and name:
            self._open.buttons.append((name, given.get("value", "")))
        elif name and (kind not in ("checkbox", "radio") or "checked" in given):
            self._open.fields.append((name, given.get("value", "on" if kind == "checkbox" else "")))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea" and self._text is not None:
            if self._open is not None and self._area:
                self._open.fields.append((self._area, self._text.removeprefix("\n")))
            self._text = None
        elif tag == "select" and self._select:
            chosen = next((value for value, is_chosen in self._options if is_chosen), None)
            chosen = self._options[0][0] if chosen is None and self._options else chosen
            if self._open is not None and chosen is not None:
                self._open.fields.append((self._select, chosen))
            self._select = ""


def forms_of(html: str) -> list[Form]:
    """Every form of a page, in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.forms


def form_to(html: str, action: str) -> Form | None:
    """The first form that is sent to `action` ("" is the page itself)."""
    return next((form for form in forms_of(html) if form.method == "post" and form.action == action), None)
