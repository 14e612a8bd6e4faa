"""The register: who stays where, when and for how much, as facts that other domains may ask about."""
