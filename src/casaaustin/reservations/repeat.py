"""Repeated requests on reservations: the same key gives the first result again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from casaaustin.audit.service import once
from casaaustin.db.work import Work
from casaaustin.errors import NotFound
from casaaustin.register.models import Reservation


def once_per_key(
    work: Work, key: str | None, operation: str, content: Mapping[str, Any], do: Callable[[], Reservation]
) -> Reservation:
    """Carry out `do` once per request key; see `audit.service.once`."""

    def recall(result: dict[str, Any]) -> Reservation:
        found = work.session.get(Reservation, UUID(result["id"]))
        if found is None:
            raise NotFound("The reservation that this key made is gone.", code="reservation_not_found")
        return found

    return once(work, key, operation, content, do, remember=lambda done: {"id": str(done.id)}, recall=recall)
