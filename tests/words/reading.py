"""What people read on a page or a paper, and which of it nobody should read: words of the machine, slips, marks unseen."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

UNSEEN = frozenset({"script", "style", "template", "svg", "code", "pre", "textarea", "noscript"})
"""Elements whose words are not the page's own: programs, pictures, what is typed, and what is quoted letter by letter."""
READ_ALOUD = ("title", "placeholder", "aria-label", "alt", "data-empty", "data-placeholder")
"""Attributes that are shown or read aloud."""
BREAKING = frozenset(
    [
        "p",
        "div",
        "td",
        "th",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "dt",
        "dd",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "nav",
        "form",
        "label",
        "option",
        "button",
        "summary",
        "legend",
        "figcaption",
        "br",
        "hr",
        "table",
        "ul",
        "ol",
        "dl",
        "title",
        "small",
    ]
)
"""Elements at which a sentence ends."""


@dataclass
class Read:
    """A page as people meet it."""

    texts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    headings: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.read = Read()
        self._unseen = 0
        self._line: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.read.ids.add(given["id"])
        if tag in UNSEEN:
            self._unseen += 1
            self._line.append("…")
        if self._unseen:
            return
        if tag in BREAKING:
            self._end()
        if tag == "a" and "href" in given:
            self.read.links.append(given["href"])
        is_key = given.get("autocapitalize") == "none"  # where a key is typed its example is one
        self.read.texts += [
            given[name] for name in READ_ALOUD if given.get(name) and not (is_key and name == "placeholder")
        ]
        if tag == "input" and given.get("type") in ("submit", "button") and given.get("value"):
            self.read.texts.append(given["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag in BREAKING:
            self._end()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._line.append(data)

    def _end(self) -> None:
        if text := " ".join("".join(self._line).split()):
            self.read.texts.append(text)
        self._line = []


def read(page: str) -> Read:
    """The words, links and places of a page."""
    reader = _Reader()
    reader.feed(page)
    reader._end()
    return reader.read


SLIPS = {
    "kata mesin dengan garis bawah": re.compile(r"(?<![\w./@=&?-])[a-z]+(?:_[a-z0-9]+)+(?![\w@=]|\.[a-z])"),
    "nama setelan": re.compile(r"\b[A-Z]{2,}(?:_[A-Z]+)+\b"),
    "kata program": re.compile(
        r"\b(?:None|True|False|null|undefined|NaN|Traceback|QuerySet|parent|default|string|boolean|timestamp)\b"
        r"|object at 0x|datetime\.|Decimal\(|\[object |\{\{|\}\}|\{%|%\}|&(?:amp|lt|gt|quot|nbsp|#\d+);"
    ),
    "titik dua kali": re.compile(r"(?<!\.)\.\.(?!\.)(?!/)"),
    "tanda baca berdempet": re.compile(r" [,;](?:\s|$)|,,|;;|\(\s*\)|,\.|: *\.(?:\s|$)|\s\.(?:\s|$)"),
    "sapaan kecil": re.compile(r"\banda\b"),
    "tanda tak tampak": re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]"),
    "huruf rusak": re.compile("[\ufffd\u25a1]|â€|Ã."),
    "alamat komputer sendiri": re.compile(r"\b(?:localhost|127\.0\.0\.\d+|0\.0\.0\.0)\b|\[::1\]"),
    "kata peramban asing": re.compile(r"Choose File|mm/dd/yyyy|No file chosen", re.IGNORECASE),
}
"""What is wrong → how it is known."""


def slips(texts: list[str], codes: frozenset[str] = frozenset()) -> Iterator[str]:
    """What nobody should read in these texts, one sentence each; `codes` are keys of the machine that are no words."""
    for text in texts:
        for what, pattern in SLIPS.items():
            for found in pattern.finditer(text):
                yield f"{what}: {found[0]!r} di {_around(text, found.start(), found.end())}"
        for code in codes:
            for found in re.finditer(rf"(?<![\w/.@-]){re.escape(code)}(?![\w@-])", text):
                yield f"kode mesin: {code!r} di {_around(text, found.start(), found.end())}"


def _around(text: str, begin: int, end: int) -> str:
    return repr(text[max(begin - 50, 0) : end + 30])
