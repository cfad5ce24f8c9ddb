"""`python -m tests.year FOLDER`: live the year on the database of DATABASE_URL, with a mail server at YEAR_SMTP_PORT."""

import sys
from pathlib import Path

import django

django.setup()

from tests.year.living import main  # noqa: E402 - after the set-up of Django

main(Path(sys.argv[1]))
