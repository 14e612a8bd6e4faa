"""An invented business to try things on, the same one every time."""

from __future__ import annotations

from casaaustin.demo.business import (
    FIRST_NIGHT,
    LAST_NIGHT,
    NOW,
    SEED,
    Demo,
    build,
    reproducible_ids,
)

__all__ = ["FIRST_NIGHT", "LAST_NIGHT", "NOW", "SEED", "Demo", "build", "reproducible_ids"]
