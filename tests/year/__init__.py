"""A simulated year: two offices, holidays, leave, a day without workers, two workers of which one is killed often.

`life.py` is what the people do, `workers.py` the two worker processes, `recount.py` an independent count of every due
moment and every reminder, `__main__.py` lets it all happen on the database of DATABASE_URL and writes what became of it.
"""
