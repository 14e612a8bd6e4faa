"""Guests: who they are and how staff find them."""
