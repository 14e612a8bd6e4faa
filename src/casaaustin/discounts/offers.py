"""Everything that may take something off a stay, before any house is looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from casaaustin.discounts.judge import Case, Person, Uses, may_apply_somewhere
from casaaustin.discounts.record import Discount
from casaaustin.discounts.winner import CodeResult, CodeStatus, Outcome, choose_among, strongest_first
from casaaustin.levels.rules import Level
from casaaustin.pricing.nights import StayPrice
from casaaustin.pricing.ratebook import Policy
from casaaustin.stays import Stay

LONGEST_CODE = 50
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{2,49}")
NO_PRICE = "price_missing"


@dataclass(frozen=True, slots=True)
class Offers:
    """What a guest may be offered on a day.

    Args:
        booked_on: the day of booking: today, or the original day when a stay is priced again.
        rules: what applies by itself: automatic rules and the guest's referral discount.
        person: the guest, if one is known.
        asked: the code that was sent, normalised; None when none was.
        code: the discount of that code; None when there is no such code.
        uses: redemptions by id of the discount.
    """

    booked_on: date
    rules: tuple[Discount, ...] = ()
    person: Person | None = None
    asked: str | None = None
    code: Discount | None = None
    uses: Mapping[UUID, Uses] = field(default_factory=dict)

    def case(self, house: UUID, stay: Stay, price: StayPrice, rate: Decimal, policy: Policy) -> Case:
        """A stay in a house, as discounts see it."""
        return Case(
            house=house,
            stay=stay,
            price=price,
            rate=rate,
            booked_on=self.booked_on,
            person=self.person,
            special_nights=policy.special_nights,
            uses=self.uses,
        )


@dataclass(frozen=True, slots=True)
class Recommendation:
    """That a client was recommended by another, whoever it was.

    Args:
        level: the highest level of who recommended; None when they hold none.
        discount: what that level gives; None when it gives nothing.
    """

    level: Level | None
    discount: Discount | None


class Choosing:
    """Finds the winner of each house; rules that the dates or the guest rule out are dropped once for all."""

    def __init__(self, offers: Offers, policy: Policy) -> None:
        self._offers = offers
        self._policy = policy
        self._rules: tuple[Discount, ...] | None = None

    def outcome(self, house: UUID, stay: Stay, price: StayPrice | None, rate: Decimal) -> Outcome:
        """The winner in one house.

        Source: docs/rules/pricing.md, 2.6.
        """
        offers = self._offers
        if price is None:
            # The same for every code, so that it tells nothing about which codes exist.
            refused = offers.asked and CodeResult(offers.asked, CodeStatus.REFUSED, NO_PRICE)
            return Outcome(code=refused or None)
        case = offers.case(house, stay, price, rate, self._policy)
        if self._rules is None:
            self._rules = strongest_first(rule for rule in offers.rules if may_apply_somewhere(rule, case))
        return choose_among(
            self._rules, case, policy=self._policy.code_vs_automatic, asked=offers.asked, code=offers.code
        )


def normal_code(text: str | None) -> str | None:
    """A code as it is stored: no blanks around it, upper case; None when nothing was typed.

    Source: docs/rules/pricing.md, 1.7 and 2.5.
    """
    return (text or "").strip().upper() or None


def is_code(text: str) -> bool:
    """Whether a normalised text could be a code at all."""
    return _CODE.fullmatch(text) is not None
