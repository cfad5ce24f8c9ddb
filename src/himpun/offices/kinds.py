"""Kinds of offices and their words."""

import tomllib
from importlib import resources

from himpun.offices.models.offices import OfficeKind


def seed_kinds() -> None:
    """Make the kinds of office that kinds.toml knows; kinds already there keep their titles."""
    kinds = tomllib.loads(resources.files("himpun.offices").joinpath("kinds.toml").read_text())
    for code, kind in kinds.items():
        OfficeKind.objects.get_or_create(code=code, defaults=kind)
