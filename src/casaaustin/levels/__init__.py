"""Levels of guests: what is asked for each, who holds which, and the highest."""
