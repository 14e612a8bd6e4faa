"""The past under one configuration: every stay priced by the evaluator that sells, in the order of booking.

Pure. Demand is taken as it was: who booked, books; who asked, asks. The order matters
because codes run out: a use is taken when a booking with the code is replayed and comes
back when that booking ended. Source: docs/rules/pricing.md, 2.4 to 2.8.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from heapq import heappop, heappush
from uuid import UUID

from casaaustin.availability.min_nights import calendar_window
from casaaustin.availability.occupancy import Occupancy
from casaaustin.discounts.judge import Person, Uses
from casaaustin.discounts.offers import Offers
from casaaustin.discounts.record import Discount
from casaaustin.discounts.winner import CodeResult, CodeStatus
from casaaustin.levels.rules import Level, highest
from casaaustin.money import NOTHING, Amount
from casaaustin.pricing.late_checkout import is_allowed_on, late_checkout_price
from casaaustin.pricing.ratebook import House, RateBook
from casaaustin.quoting.evaluate import HouseQuote, QuoteRequest, evaluate
from casaaustin.simulation.past import UNKNOWN, Group, OtherUse, Past, PastStay
from casaaustin.vocabulary import Source

LATE_DAY = "late_day_not_allowed"


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything of a configuration that makes a price.

    Args:
        book: houses, prices, services, switches.
        automatic: rules that apply by themselves.
        levels: active levels by id.
        referral: the discount for those whom a guest of a level brought, by that level.
        codes: those that the past knows, by id; one that is gone is missing.
    """

    book: RateBook
    automatic: tuple[Discount, ...] = ()
    levels: Mapping[UUID, Level] = field(default_factory=dict)
    referral: Mapping[UUID, Discount] = field(default_factory=dict)
    codes: Mapping[UUID, Discount] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Won:
    """The discount that a stay got."""

    name: str
    source: Source
    percentage: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """What a stay costs under a configuration, and why.

    Args:
        subtotal: nights and extra guests.
        discount: what is taken off.
        services: mandatory and chosen ones.
        late_checkout: if one belongs to the stay.
        won: the discount that applies.
        code: what became of the code, if there was one.
        refusals: codes of the reasons why it would not be sold, whatever it costs.
    """

    subtotal: Amount
    discount: Amount = NOTHING
    services: Amount = NOTHING
    late_checkout: Amount = NOTHING
    won: Won | None = None
    code: CodeResult | None = None
    refusals: frozenset[str] = frozenset()

    @property
    def total(self) -> Amount:
        """What the guest pays."""
        return self.subtotal - self.discount + self.services + self.late_checkout


def replay(past: Past, rules: Rules) -> Iterator[Price | None]:
    """The price of every stay of the past, in their order; None where the configuration has none.

    Each is judged as of its booking: the day, the guest's bookings and levels then, the uses
    of its code until then, the exchange rate frozen with it. The calendar of that day is not
    rebuilt, so nothing is ever refused because it was taken.
    """
    uses = _Uses(past.other_uses)
    for stay in past.stays:
        uses.advance(stay.at)
        answer = _evaluate(past, rules, stay, uses)
        if answer is None:
            yield None
            continue
        # A saved quote reads the uses that are left and takes none.
        if stay.code is not None and stay.group is not Group.QUOTE and answer.outcome.code_won:
            uses.take(OtherUse(stay.at, stay.code.id, stay.client, stay.until))
        yield _price(rules.book, stay, answer)


class _Uses:
    """How often each code is in use at the instant that the replay has reached."""

    def __init__(self, others: tuple[OtherUse, ...]) -> None:
        self._others = iter(others)
        self._next = next(self._others, None)
        self._total: Counter[UUID] = Counter()
        self._by_client: Counter[tuple[UUID, UUID | None]] = Counter()
        # When a use ends, its number in line, the use.
        self._ending: list[tuple[datetime, int, OtherUse]] = []
        self._taken = 0

    def advance(self, at: datetime) -> None:
        """Live through what happened up to `at`."""
        while self._next is not None and self._next.at <= at:
            self.take(self._next)
            self._next = next(self._others, None)
        while self._ending and self._ending[0][0] <= at:
            self._add(heappop(self._ending)[2], -1)

    def take(self, use: OtherUse) -> None:
        """Count a use, until it ends."""
        self._add(use, 1)
        if use.until is not None:
            self._taken += 1
            heappush(self._ending, (use.until, self._taken, use))

    def of(self, code: UUID, client: UUID | None) -> Uses:
        """The uses of a code, in all and of one client."""
        return Uses(self._total[code], self._by_client[code, client])

    def _add(self, use: OtherUse, by: int) -> None:
        self._total[use.code] += by
        self._by_client[use.code, use.client] += by


def _evaluate(past: Past, rules: Rules, stay: PastStay, uses: _Uses) -> HouseQuote | None:
    book = rules.book
    house = book.by_id.get(stay.house)
    if house is None:
        return None
    request = QuoteRequest(
        stay.stay, stay.guests, stay.house, _on_sale(book, house, stay), client=stay.client
    )
    quoted = evaluate(
        book,
        request,
        Occupancy(calendar_window(stay.stay, book.longest_minimum)),
        now=stay.at,
        valid_for=timedelta(0),
        rate=stay.rate,
        offers=_offers(past, rules, stay, uses),
    )
    answer = quoted.of(stay.house)
    return answer if answer.price is not None else None


def _on_sale(book: RateBook, house: House, stay: PastStay) -> tuple[UUID, ...]:
    """The chosen services that this configuration sells there."""
    if not stay.services:
        return ()
    offered = {service.id for service in book.services if service.is_offered_in(house.id)}
    return tuple(service for service in stay.services if service in offered)


def _offers(past: Past, rules: Rules, stay: PastStay, uses: _Uses) -> Offers:
    """What the guest was offered; the same facts that `discounts.queries.offers` reads, as of the booking."""
    person = None
    automatic = rules.automatic
    if stay.client is not None:
        guest = past.guests.get(stay.client, UNKNOWN)
        person = Person(
            id=stay.client,
            birth_date=guest.birth_date,
            approved=guest.history.approved_before(stay.at),
            prior=guest.history.open_at(stay.at),
            achievements=past.levels_at(stay.client, stay.at) & rules.levels.keys(),
        )
        theirs = past.levels_at(guest.referred_by, stay.at) & rules.levels.keys()
        level = highest(rules.levels[held] for held in theirs)
        if level is not None and level.id in rules.referral:
            automatic = (*automatic, rules.referral[level.id])
    code = rules.codes.get(stay.code.id) if stay.code is not None else None
    return Offers(
        booked_on=stay.booked_on,
        rules=automatic,
        person=person,
        asked=stay.code.text if stay.code is not None else None,
        code=code,
        uses={code.id: uses.of(code.id, stay.client)} if code is not None else {},
    )


def _price(book: RateBook, stay: PastStay, answer: HouseQuote) -> Price:
    refusals = {reason.code.value for reason in answer.reasons}
    late = NOTHING
    if stay.late_checkout:
        if not is_allowed_on(book, stay.stay.check_out):
            refusals.add(LATE_DAY)
        priced = late_checkout_price(book, answer.house, stay.stay.check_out, stay.guests, stay.rate)
        if priced is not None:
            late = Amount(priced.price_usd, priced.price_sol)
    winner = answer.outcome.winner
    code = answer.outcome.code
    return Price(
        subtotal=answer.totals.subtotal,
        discount=answer.totals.discount,
        services=answer.totals.services,
        late_checkout=late,
        won=None
        if winner is None
        else Won(winner.discount.name, winner.discount.source, winner.discount.percentage),
        code=code if code is not None and code.status is not CodeStatus.APPLIED else None,
        refusals=frozenset(refusals),
    )
