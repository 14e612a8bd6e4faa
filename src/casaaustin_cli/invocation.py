"""What was asked of this run as a whole, for those who are not handed the options."""

from __future__ import annotations

import os
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Invocation:
    """Answers that hold for one run of `casa`."""

    debug: bool = False
    may_ask: bool = True


_current: ContextVar[Invocation | None] = ContextVar("invocation", default=None)


def begin() -> Invocation:
    """Start a run: forget what an earlier one in this process was told."""
    started = Invocation(debug=os.environ.get("CASA_DEBUG", "").lower() in ("1", "true", "yes", "on"))
    _current.set(started)
    return started


def current() -> Invocation:
    """The run that is under way; outside of one, a run with the defaults."""
    return _current.get() or begin()
