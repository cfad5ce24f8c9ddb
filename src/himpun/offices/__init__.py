"""Offices, their posts, people and who holds what, the working calendar, and who may do what."""
