"""The whole business configuration as one reviewable file."""
