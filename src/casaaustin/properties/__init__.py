"""Houses: what they are, their photos and what they can hold."""
