"""One module per noun; each exposes `app`, a `CasaTyper`. Heavy imports live inside the commands."""
