"""Capaian: targets, polarity, aggregation over the year, scales (docs/reference/penilaian.md)."""
