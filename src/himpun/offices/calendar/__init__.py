"""The working calendar of an office: days off, Ramadan, its rows as one calendar, and a year as a picture."""
