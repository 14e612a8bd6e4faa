"""What was asked of this run as a whole, for those who are not handed the options."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Invocation:
    """Answers that hold for one run of `casa`; `knows_the_clock`: nobody has to be told that it is fixed."""

    debug: bool = False
    may_ask: bool = True
    knows_the_clock: bool = False


_current: ContextVar[Invocation | None] = ContextVar("invocation", default=None)


@contextmanager
def begun() -> Iterator[Invocation]:
    """One run, which knows nothing of an earlier one in this process and leaves nothing to a later one."""
    started = Invocation(debug=os.environ.get("CASA_DEBUG", "").lower() in ("1", "true", "yes", "on"))
    token = _current.set(started)
    try:
        yield started
    finally:
        _current.reset(token)


def current() -> Invocation:
    """The run that is under way; outside of one, the defaults."""
    return _current.get() or Invocation()
