"""Which tests run on one kind of database only, on SQLite. Whatever is not named here runs on both.

On PostgreSQL runs what can find a difference: SQL of our own, locks and races, triggers and constraints, what an error
leaves of a transaction, questions into JSON, order and letter case, numbers and texts that one of them refuses, imports,
the API, and the crawl, which asks every address as everybody and with nonsense. Named here are pages about which nothing
is left to find after that: their views read through querysets that the rooms' own tests run on both, and change things
only by acts that do. `make test-both` runs everything on PostgreSQL as well, before a release.

Tests without a database are marked `pure` by themselves and run once too.
"""

ONCE = {
    "tests/reports/test_ladder_print.py": "papers about tests/reports/test_ladder.py, which runs on both",
    "tests/service/test_answers.py": "what a web server answers; the database is behind it",
    "tests/service/test_slow_clients.py": "connections that trickle; nothing is asked of the database",
    "tests/service/test_uploads.py": "bytes that arrive and are refused before the database is asked",
    "tests/test_the_year.py": "a year with workers; their races are in tests/jobs, tests/killing and cycles/test_races.py",
    "tests/test_tour.py": "the tour keeps a SQLite file of its own, whatever the suite runs on",
    "tests/web/test_access_of_deciders.py": "pages about tests/letters and tests/indicators, which run on both",
    "tests/web/test_api_pages.py": "pages about the API; tests/api runs on both",
    "tests/web/test_archive.py": "pages about tests/archive, which runs on both",
    "tests/web/test_budgets.py": "pages about tests/budgets, which runs on both",
    "tests/web/test_calendar.py": "pages about tests/offices, which runs on both",
    "tests/web/test_dictionary.py": "pages about tests/indicators, which run on both",
    "tests/web/test_downloads.py": "headers of files",
    "tests/web/test_figures.py": "pages about tests/indicators, which run on both",
    "tests/web/test_forms.py": "pages about tests/indicators/test_forms.py, which runs on both",
    "tests/web/test_grid.py": "pages about tests/indicators, which run on both",
    "tests/web/test_kept.py": "what a sender's session kept; files and cookies",
    "tests/web/test_leaves.py": "pages about tests/offices/test_leaves.py, which runs on both",
    "tests/web/test_letters.py": "pages about tests/letters, which runs on both",
    "tests/web/test_notices.py": "pages about tests/notifications, which runs on both",
    "tests/web/test_offices.py": "pages about tests/offices, which runs on both",
    "tests/web/test_pages.py": "pages about tests/cycles and tests/documents, which run on both",
    "tests/web/test_procedures.py": "pages about tests/procedures, which runs on both",
    "tests/web/test_published.py": "a page that compares a published file and keeps nothing",
    "tests/web/test_reports.py": "pages about tests/reports, which runs on both",
    "tests/web/test_results.py": "pages about tests/cycles, which runs on both",
    "tests/web/test_sop_drafts.py": "pages about tests/procedures, which runs on both",
    "tests/web/test_steps.py": "pages about tests/cycles, which runs on both",
    "tests/web/test_takeover.py": "pages about tests/offices, which runs on both",
    "tests/web/test_times.py": "pages about tests/cycles/test_deadlines.py and its like, which run on both",
    "tests/web/test_timing.py": "pages about tests/cycles/test_timing.py, which runs on both",
    "tests/web/test_uploads.py": "bytes that are looked at before the database is asked",
    "tests/web/test_waiting.py": "pages about tests/cycles and tests/indicators, which run on both",
    "tests/words/test_words.py": "the words of pages; what they are read from is the same",
}
"""File → why one kind of database is enough."""
TELLING = ("cursor(", "IntegrityError", "DataError", "transaction=True", "select_for_update", ".vendor")
"""What a file that runs once must not do: it could find a difference."""
