"""The picture of the house, drawn from the import contracts: rooms in their order, inner rooms in theirs, and what each is.

`python -m scripts.house --write` draws docs/images/house.svg; `--check` exits with 1 when it is stale.
"""

import ast
import configparser
import sys
import textwrap
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
PICTURE = ROOT / "docs" / "images" / "house.svg"
HOUSE = "direction"
WIDTH, MARGIN, GAP, PAD = 1120, 24, 14, 12
TITLE, TEXT, LEADING, CHIP = 16, 12.5, 17, 24
LETTER = 6.9


@dataclass(frozen=True)
class Room:
    """A folder or module of the house: its dotted name below himpun, what it says it is, the order inside it (lowest first)."""

    name: str
    says: str
    inside: tuple[str, ...]


def product_files() -> list[Path]:
    """The modules of the product; migrations keep what they were."""
    return [path for path in sorted((SOURCE / "himpun").rglob("*.py")) if "migrations" not in path.parts]


def contracts_file() -> configparser.ConfigParser:
    """The import contracts as they are written."""
    read = configparser.ConfigParser()
    read.read(ROOT / ".importlinter", encoding="utf-8")
    return read


def contracts() -> dict[str, list[list[str]]]:
    """Contract name → its layers, highest first, each the modules that stand beside each other."""
    read, found = contracts_file(), {}
    for section in read.sections():
        name = section.removeprefix("importlinter:contract:")
        layers = read[section].get("layers", "")
        if name != section and layers:
            found[name] = [[one.strip() for one in line.split("|")] for line in layers.split("\n") if line.strip()]
    return found


def says(module: str) -> str:
    """The first sentence of a module's docstring; "" where there is none."""
    place = SOURCE / module.replace(".", "/")
    file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    told = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) if file.is_file() else ""
    return " ".join((told or "").split("\n\n")[0].split())


def rooms() -> list[list[Room]]:
    """The house by its contracts: rows of rooms, the highest first."""
    all_layers = contracts()
    inner = {name: layers for name, layers in all_layers.items() if name != HOUSE}
    return [[_room(module, inner) for module in row] for row in all_layers[HOUSE]]


def _room(module: str, inner: dict[str, list[list[str]]]) -> Room:
    below = f"{module}."
    mine = [layers for layers in inner.values() if all(one.startswith(below) for row in layers for one in row)]
    order = [" | ".join(one.removeprefix(below) for one in row) for layers in mine[:1] for row in reversed(layers)]
    return Room(module.removeprefix("himpun."), says(module), tuple(order))


def svg(house: list[list[Room]]) -> str:
    """The picture: one row a layer; who is higher may use who is lower."""
    parts, top = [], MARGIN + 34.0
    for row in house:
        wide = (WIDTH - 2 * MARGIN - GAP * (len(row) - 1)) / len(row)
        drawn = [_drawn(room, wide) for room in row]
        tall = max(height for _, height in drawn)
        for place, (inside, _) in enumerate(drawn):
            left = MARGIN + place * (wide + GAP)
            parts.append(f'<g transform="translate({left:g} {top:g})">')
            parts.append(f'<rect class="room" width="{wide:g}" height="{tall:g}" rx="8"/>{inside}</g>')
        top += tall + GAP
    head = f'<text class="note" x="{MARGIN}" y="{MARGIN + 12}">Each room uses itself and those below it, never those above.</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + MARGIN:g}" role="img" '
        f'aria-label="The rooms of Himpun and their order">{STYLE}<rect class="ground" width="100%" height="100%"/>'
        + head
        + "".join(parts)
        + "</svg>\n"
    )


STYLE = (
    "<style>text{font-family:Inter,system-ui,sans-serif;fill:#1f2937}.ground{fill:#fff}.room{fill:#f8fafc;stroke:#94a3b8}"
    f".name{{font-size:{TITLE}px;font-weight:600}}.says,.note{{font-size:{TEXT}px;fill:#475569}}"
    f".chip{{fill:#e0ecfa;stroke:#7aa7d9}}.inner{{font-size:{TEXT}px}}</style>"
)


def _drawn(room: Room, wide: float) -> tuple[str, float]:
    """A room's inside as SVG, and its height."""
    name_room = 150 if wide > 700 else 0
    column = wide - 2 * PAD - name_room
    y = PAD + TITLE
    parts = [f'<text class="name" x="{PAD}" y="{y:g}">{escape(room.name)}</text>']
    if not name_room:
        y += LEADING + 2
    for line in textwrap.wrap(room.says, max(int(column / LETTER), 12)):
        parts.append(f'<text class="says" x="{PAD + name_room}" y="{y:g}">{escape(line)}</text>')
        y += LEADING
    y -= LEADING - 6
    left = float(PAD + name_room)
    if room.inside:
        y += 4
    for no, word in enumerate(room.inside):
        chip = len(word) * LETTER + 18
        if left + chip > wide - PAD:
            left, y = float(PAD + name_room), y + CHIP + 6
        parts.append(f'<rect class="chip" x="{left:g}" y="{y:g}" width="{chip:g}" height="{CHIP}" rx="5"/>')
        parts.append(f'<text class="inner" x="{left + 9:g}" y="{y + 16:g}">{escape(word)}</text>')
        left += chip
        if no < len(room.inside) - 1:
            parts.append(f'<text class="inner" x="{left + 5:g}" y="{y + 16:g}">→</text>')
            left += 24
    return "".join(parts), y + (CHIP if room.inside else 0) + PAD


def main(arguments: list[str]) -> int:
    """Draw the picture, or say that it is stale."""
    picture = svg(rooms())
    if "--write" in arguments:
        PICTURE.write_text(picture, encoding="utf-8")
    if PICTURE.is_file() and PICTURE.read_text(encoding="utf-8") == picture:
        return 0
    print("docs/images/house.svg sudah usang. Jalankan: make docs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
