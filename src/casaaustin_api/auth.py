"""Who calls, and who may: every route says so, and nothing is open by omission.

Until accounts exist there is one key, that of the staff (`CASA_API_KEY`).
Roles of people slot in here: a caller is a name and a set of roles, an access
is the set of roles that it admits. Source: docs/rules/principles.md, 16.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from casaaustin.actors import SYSTEM, Actor, ActorKind
from casaaustin.errors import NotAllowed, NotAuthenticated
from casaaustin.settings import Settings
from casaaustin.vocabulary import Channel

_SCHEMES = frozenset({"api-key", "bearer"})


class Role(StrEnum):
    """What a caller is to the house."""

    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request."""

    name: str
    roles: frozenset[Role] = frozenset()

    @property
    def is_staff(self) -> bool:
        """Whether it works for the house."""
        return Role.STAFF in self.roles

    @property
    def actor(self) -> Actor:
        """The author that the audit trail records."""
        if self.is_staff:
            return Actor(self.name, Channel.API, ActorKind.STAFF)
        return Actor(SYSTEM.name, Channel.API, ActorKind.SYSTEM)


NOBODY = Caller("nobody")
STAFF_KEY = Caller("api-key", frozenset({Role.STAFF}))


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use a route.

    Args:
        name: as the documentation says it.
        roles: one of them suffices; None admits everybody.
        for_staff: whether nobody but staff reads its answers, so that they may say all that staff know.
    """

    name: str
    roles: frozenset[Role] | None
    for_staff: bool = False

    @property
    def is_public(self) -> bool:
        """Whether everybody may."""
        return self.roles is None

    def admit(self, caller: Caller) -> None:
        """Let the caller pass, or refuse.

        Raises:
            NotAuthenticated: nobody has said who they are.
            NotAllowed: they are known, and may not.
        """
        if self.roles is None or caller.roles & self.roles:
            return
        if caller is NOBODY:
            raise NotAuthenticated("This needs a key.", hint="Send it as `Authorization: Api-Key …`.")
        raise NotAllowed("This key does not open this.")


PUBLIC = Access("public", None)
STAFF = Access("staff", frozenset({Role.STAFF}), for_staff=True)
ON_BEHALF = Access("client; until clients log in, staff on behalf of one", frozenset({Role.STAFF}))


class Keys:
    """Recognises callers by the key that they send."""

    def __init__(self, settings: Settings) -> None:
        key = settings.api_key.get_secret_value() if settings.api_key is not None else ""
        self._staff = _digest(key) if key.strip() else None

    def caller(self, headers: Mapping[str, str]) -> Caller:
        """Who sent these headers; nobody when the key is missing, wrong, or not configured at all."""
        sent = _sent(headers)
        # Digests have one length, so the comparison tells nothing about the key's.
        if sent is not None and self._staff is not None and hmac.compare_digest(_digest(sent), self._staff):
            return STAFF_KEY
        return NOBODY


def _sent(headers: Mapping[str, str]) -> str | None:
    scheme, _, key = headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() in _SCHEMES and key.strip():
        return key.strip()
    return headers.get("x-api-key") or None


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
