"""What may stand in a log: every line passes here, and secrets do not."""

import logging
import re
from collections.abc import Iterable

HIDDEN = "[dirahasiakan]"
SHORTEST = 8
"""Shorter configured secrets are words that would be hidden everywhere."""

_TOKENS = re.compile(
    r"((?:/masuk/tautan/|/t/|/password/reset/key/)|himpun_|Bearer |Basic )[A-Za-z0-9_.=+~-]{6,}", re.IGNORECASE
)
_IN_ADDRESS = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/@'\"]*:[^\s@'\"]*@", re.IGNORECASE)
_FIELDS = re.compile(
    r"""((?:password1?2?|oldpassword|csrfmiddlewaretoken|secret|token)["']?\s*[:=]\s*\[?["'])[^"']+""", re.IGNORECASE
)


class Formatter(logging.Formatter):
    """A formatter that hides one-time links, tokens, passwords in addresses, and the secrets of the settings."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self.secrets = sorted({one for one in secrets if len(one) >= SHORTEST}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        return self.hidden(super().format(record))

    def hidden(self, text: str) -> str:
        """The text without secrets."""
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        text = _IN_ADDRESS.sub(rf"\1{HIDDEN}@", text)
        return _FIELDS.sub(rf"\1{HIDDEN}", _TOKENS.sub(rf"\1{HIDDEN}", text))
