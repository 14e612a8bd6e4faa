"""Reservations: booking, changing, moving and ending stays."""
