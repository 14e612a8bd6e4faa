"""Who is doing something, and through which face: what the audit trail records."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from casaaustin.vocabulary import Channel


class ActorKind(StrEnum):
    """What sort of person or machine an actor is."""

    STAFF = "staff"
    CLIENT = "client"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """The author of a change.

    Args:
        name: log-in name of staff, id of a client, or name of a job; never a guest's name.
        channel: the face through which the change came.
        kind: staff, client or system.
    """

    name: str
    channel: Channel = Channel.LIBRARY
    kind: ActorKind = ActorKind.STAFF


SYSTEM = Actor(name="system", channel=Channel.LIBRARY, kind=ActorKind.SYSTEM)
