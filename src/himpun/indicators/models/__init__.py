"""The tables of indicators: dictionary, requests, figures, recaps."""

from himpun.indicators.models import dictionary, figures, recaps, requests

__all__ = ["dictionary", "figures", "recaps", "requests"]
