"""Which nights are taken, and what follows from it."""
