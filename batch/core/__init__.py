"""Decide what becomes of every line: pure functions from values to values."""
