"""Copy browser libraries and document fonts from node_modules into the package, and measure the fonts. Run by `make assets`.

Nothing of other projects is kept in the repository: the two target folders are ignored by git.
"""

import json
import re
from pathlib import Path

from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
NODE = ROOT / "node_modules"
STATIC = ROOT / "src/himpun/web/static/vendor"
ICONS = ROOT / "src/himpun/web/icons"
FONTS = ROOT / "src/himpun/documents/fonts"

STATIC_FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
}
FONT_FAMILIES = ("tinos", "arimo")
SPARE_FONTS = {
    "noto-sans-symbols-2": "NotoSansSymbols2_400Regular.ttf",
    "noto-sans-symbols": "NotoSansSymbols_400Regular.ttf",
    "noto-sans-math": "NotoSansMath_400Regular.ttf",
    "noto-emoji": "NotoEmoji_400Regular.ttf",
}
"""What they lack is printed from these, the first that has it (`himpun.typesetting.SPARE_FAMILIES` names them so)."""
FACES = {"regular": "Arimo_400Regular.ttf", "bold": "Arimo_700Bold.ttf"}
LETTERS = "letters.json"
"""What `himpun.typesetting.letters` reads."""


def icons_used() -> set[str]:
    """The icons that templates and the navigation name."""
    web = ROOT / "src/himpun/web"
    names = {name for page in web.rglob("*.html") for name in re.findall(r'{% icon "([a-z0-9-]+)"', page.read_text())}
    navigation = (web / "context.py").read_text()
    return names | set(re.findall(r'"[^"]*", "[^"]*", "([a-z0-9-]+)"\)', navigation))


def main() -> None:
    """Fill the three folders; files no longer wanted go last, so that a running server misses nothing."""
    fonts = [font for family in FONT_FAMILIES for font in _fonts(family)]
    spare = [one for family, name in SPARE_FONTS.items() for one in _fonts(family) if one.name == name]
    wanted = {
        **{STATIC / target: _style(NODE / source) for source, target in STATIC_FILES.items()},
        **{
            ICONS / f"{name}.svg": (NODE / "@tabler/icons/icons/outline" / f"{name}.svg").read_bytes()
            for name in icons_used()
        },
        **{FONTS / font.name: font.read_bytes() for font in (*fonts, *spare)},
        FONTS / LETTERS: _letters(fonts, spare),
    }
    for place, content in wanted.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists() or place.read_bytes() != content:
            place.write_bytes(content)
    for folder in (STATIC, ICONS, FONTS):
        for stale in set(folder.rglob("*")) - set(wanted):
            if stale.name != ".ready" and stale.is_file():
                stale.unlink()
    print(f"{sum(1 for _ in ICONS.iterdir())} ikon, {len(list(FONTS.glob('*.ttf')))} fon")


def _style(source: Path) -> bytes:
    """A style sheet without the address of its source map, which is not shipped."""
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", source.read_text()).encode()


def _fonts(family: str) -> list[Path]:
    return sorted((NODE / "@expo-google-fonts" / family).rglob("*.ttf"))


def _letters(fonts: list[Path], spare: list[Path]) -> bytes:
    """The characters that all the fonts have, and the width of each in Arimo, in thousandths of the font size.

    Those that only a spare font has come after, "spare", each with the width in the font that it is printed from.
    """
    opened = {font.name: TTFont(font, lazy=True) for font in fonts}
    common = sorted(set.intersection(*(set(font.getBestCmap()) for font in opened.values())))
    found: dict[str, str | list[int]] = {"characters": "".join(map(chr, common))}
    for face, name in FACES.items():
        font = opened[name]
        glyphs, widths, em = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
        found[face] = [round(widths[glyphs[code]][0] * 1000 / em) for code in common]
    seen = set(common)
    more: dict[int, int] = {}
    for path in spare:
        font = TTFont(path, lazy=True)
        glyphs, widths, em = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
        more |= {
            code: round(widths[name][0] * 1000 / em)
            for code, name in glyphs.items()
            if code not in seen and code not in more
        }
    found |= {"spare": "".join(map(chr, sorted(more))), "spare_widths": [more[code] for code in sorted(more)]}
    return json.dumps(found, separators=(",", ":")).encode()


if __name__ == "__main__":
    main()
