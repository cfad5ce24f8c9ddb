"""office.toml: the office itself and its settings."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from himpun.folders.findings import Findings
from himpun.folders.rows import OFFICE, OfficeSettings
from himpun.folders.tables import read_text
from himpun.offices.cells import slug
from himpun.offices.patterns import check_pattern
from himpun.offices.worktime import CalendarUnusable, Week, read_week

_TEXTS = {"code": 64, "name": 200, "kind": 50, "government": 200, "city": 100}  # the longest each may be
_OPTIONAL_TEXTS = {"parent": 64, "parent_name": 200, "address": 300, "contact": 300}
_OTHER = ("timezone", "day_minutes", "hours", "number_patterns", "unit_codes", "synthetic")
_DEFAULT_ZONE = "Asia/Jakarta"
_DAY_MINUTES = 480


def read_settings(folder: Path, found: Findings) -> OfficeSettings | None:
    path = folder / OFFICE
    if not path.is_file():
        found.add(OFFICE, "berkas ini belum ada; buat berkasnya dengan sedikitnya " + ", ".join(_TEXTS) + ".")
        return None
    content = read_text(path, found)
    if content is None:
        return None
    try:
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as problem:
        line = re.search(r"line (\d+)", str(problem))
        found.add(OFFICE, f"susunan TOML rusak ({problem}).", row=int(line.group(1)) if line else None)
        return None
    return _Settings(data, content, found).read()


class _Settings:
    """Reads the keys of office.toml, noting each error on the line of its key."""

    def __init__(self, data: dict[str, Any], content: str, found: Findings) -> None:
        self.data, self.found = data, found
        self.lines = content.splitlines()

    def read(self) -> OfficeSettings:
        for key in self.data:
            if key not in (*_TEXTS, *_OPTIONAL_TEXTS, *_OTHER):
                self.wrong(key, "kunci tidak dikenal; hapus atau perbaiki ejaannya.")
        texts = {key: self.text(key) for key in (*_TEXTS, *_OPTIONAL_TEXTS)}
        for key in ("code", "kind", "parent"):
            self.check(slug, key, texts[key])
        return OfficeSettings(
            **texts,
            timezone=self.timezone(),
            day_minutes=self.day_minutes(),
            week=self.week(),
            number_patterns=self.number_patterns(),
            unit_codes=self.texts_of("unit_codes"),
            synthetic=self.synthetic(),
        )

    def wrong(self, key: str, cause: str, value: object = "") -> None:
        leaf = re.escape(key.rsplit(".", 1)[-1])
        here = re.compile(rf'\s*(?:\[\s*)?"?{leaf}"?\s*(?:=|\])')
        row = next((number for number, line in enumerate(self.lines, start=1) if here.match(line)), None)
        self.found.add(OFFICE, cause, row=row, column=key, value=str(value))

    def check(self, read: Callable[[str], Any], key: str, written: str) -> None:
        try:
            if written:
                read(written)
        except ValueError as problem:
            self.wrong(key, str(problem), written)

    def text(self, key: str) -> str:
        written = self.data.get(key, "")
        if not isinstance(written, str):
            self.wrong(key, "harus teks di antara tanda kutip.", written)
            return ""
        if key in _TEXTS and not written.strip():
            self.wrong(key, "wajib diisi.")
        if len(written) > (longest := {**_TEXTS, **_OPTIONAL_TEXTS}[key]):
            self.wrong(key, f"terlalu panjang ({len(written)} huruf); paling banyak {longest}.", written)
        return written.strip()

    def timezone(self) -> str:
        written = self.data.get("timezone", _DEFAULT_ZONE)
        try:
            return ZoneInfo(written).key
        except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
            zones = "Asia/Jakarta (WIB), Asia/Makassar (WITA), atau Asia/Jayapura (WIT)"
            self.wrong("timezone", f"zona waktu tidak dikenal; tulis {zones}.", written)
            return _DEFAULT_ZONE

    def day_minutes(self) -> int:
        written = self.data.get("day_minutes", _DAY_MINUTES)
        if type(written) is not int or not 1 <= written <= 24 * 60:
            self.wrong("day_minutes", "harus bilangan bulat 1 sampai 1440, tanpa tanda kutip.", written)
            return _DAY_MINUTES
        return written

    def week(self) -> Week:
        written = self.data.get("hours", {})
        try:
            if not isinstance(written, dict) or not all(isinstance(day, list) for day in written.values()):
                raise CalendarUnusable(
                    'tulis tiap hari sebagai daftar (contoh: senin = ["07.30-12.00", "13.00-16.00"]).'
                )
            return read_week(written)
        except CalendarUnusable as problem:
            self.wrong("hours", str(problem))
            return read_week({})

    def number_patterns(self) -> dict[str, str]:
        patterns = self.texts_of("number_patterns")
        for register, pattern in patterns.items():
            self.check(check_pattern, f"number_patterns.{register}", pattern)
        return patterns

    def texts_of(self, key: str) -> dict[str, str]:
        written = self.data.get(key, {})
        if not isinstance(written, dict):
            self.wrong(key, f'harus tabel [{key}] berisi nama = "isi".', written)
            return {}
        for name, value in written.items():
            if not isinstance(value, str) or not value.strip():
                self.wrong(f"{key}.{name}", "harus teks di antara tanda kutip dan tidak kosong.", value)
        return {name: value for name, value in written.items() if isinstance(value, str)}

    def synthetic(self) -> bool:
        written = self.data.get("synthetic", False)
        if not isinstance(written, bool):
            self.wrong("synthetic", "tulis true untuk kantor contoh, atau false.", written)
        return written is True
