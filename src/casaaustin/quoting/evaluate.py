"""The evaluator: (rate book, what is taken, request) -> quote. Pure; the only thing that prices a stay.

Each house goes through the same stages, one after the other, and no house
affects another. The order of the stages is the rule:

    nights and extra guests -> reasons against -> discount -> services -> soles

A stage takes plain values and returns plain values; the amounts meet in
`Totals`, which derives every sum instead of being told it, so that the columns
add up in both currencies whatever the stages put in.
Source: docs/rules/pricing.md, 2.4.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta

from casaaustin.availability.min_nights import min_nights_violations
from casaaustin.availability.occupancy import Occupancy
from casaaustin.discounts.offers import Choosing, Offers
from casaaustin.discounts.record import Discount
from casaaustin.discounts.winner import NO_DISCOUNT, Outcome
from casaaustin.errors import ExchangeRateMissing, InvalidInput, NotFound
from casaaustin.money import NOTHING, ZERO, Amount, in_soles
from casaaustin.pricing.cancellation import default_tier, tiers_in
from casaaustin.pricing.extras import ServiceLine, charged_services, offered_services, service_line
from casaaustin.pricing.nights import NightPrice, StayPrice, stay_price
from casaaustin.pricing.ratebook import CancellationTier, CapacityMode, CurrentRate, House, RateBook, Service
from casaaustin.stays import Stay
from casaaustin.vocabulary import Benefit, NightSource, Source, UnavailableReason

# A house may have no limit of its own; amounts must fit their columns all the same.
MOST_GUESTS = 10_000


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """What is asked for.

    Args:
        stay: the nights.
        guests: all persons.
        house: one house, or None for all of them.
        services: chosen optional services.
        client: the guest, for personal discounts; None for anybody.
        code: a discount code, as it was typed.
        features: features a house must have, in lower case.
        min_sleep: beds a house must have.
    """

    stay: Stay
    guests: int = 1
    house: UUID | None = None
    services: tuple[UUID, ...] = ()
    features: frozenset[str] = frozenset()
    min_sleep: int | None = None
    client: UUID | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How far quoting goes, so that no request can make it work for years."""

    max_stay_nights: int = 365
    max_months_ahead: int = 24
    stale_rate_days: int = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a house cannot take the stay, with the figures that failed."""

    code: UnavailableReason
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark that does not stop a sale."""

    code: str
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Totals:
    """The amounts of a stay; every sum is derived, so the columns add up by construction.

    Source: docs/rules/pricing.md, 2.12.
    """

    base: Amount
    extra: Amount
    discount: Amount = NOTHING
    services: Amount = NOTHING

    subtotal: Amount = field(init=False)
    """Nights and extra guests."""
    final: Amount = field(init=False)
    """After the discount, before services."""
    total: Amount = field(init=False)
    """What the guest pays."""

    def __post_init__(self) -> None:
        # Worked out once: bill, token, texts and answer all ask for them.
        subtotal = self.base + self.extra
        final = subtotal - self.discount if self.discount is not NOTHING else subtotal
        object.__setattr__(self, "subtotal", subtotal)
        object.__setattr__(self, "final", final)
        object.__setattr__(self, "total", final + self.services)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill and the rule that made it."""

    kind: str
    label: str
    rule: str
    amount: Amount
    night: date | None = None


@dataclass(frozen=True, slots=True)
class HouseQuote:
    """One house's answer: priced where it can be, with every reason against."""

    house: House
    stay: Stay
    guests: int
    rate: Decimal
    price: StayPrice | None
    totals: Totals
    reasons: tuple[Reason, ...]
    services: tuple[ServiceLine, ...]
    offered: tuple[Service, ...]
    tiers: tuple[CancellationTier, ...]
    warnings: tuple[Remark, ...] = ()
    outcome: Outcome = NO_DISCOUNT

    @property
    def is_available(self) -> bool:
        """Whether the stay can be sold in this house."""
        return not self.reasons

    @property
    def policy(self) -> CancellationTier | None:
        """The cancellation policy that is shown."""
        return default_tier(self.tiers)

    def lines(self) -> Iterator[Line]:
        """The bill, line by line; its columns add up to `totals.total` in both currencies.

        Soles of nights and extra guests are differences of rounded running totals, so no
        cent appears or vanishes between the lines and the sums of 2.12.
        """
        if self.price is None:
            return
        running_usd, running_sol = ZERO, ZERO

        def step(usd: Decimal) -> Amount:
            nonlocal running_usd, running_sol
            running_usd += usd
            before, running_sol = running_sol, in_soles(running_usd, self.rate)
            return Amount(usd, running_sol - before)

        for night in self.price.nights:
            yield Line("night", _night_label(night), _night_rule(night), step(night.base_usd), night.night)
        if self.price.extra_usd:
            guests, count = self.price.extra_guests, len(self.price.nights)
            label = f"{guests} extra × {count} × {self.house.extra_person_usd}"
            yield Line("extra_guests", label, "extra person per night", step(self.price.extra_usd))
        if self.outcome.winner is not None:
            won = self.outcome.winner.discount
            yield Line("discount", won.name, _discount_rule(won), NOTHING - self.totals.discount)
        for line in self.services:
            rule = "mandatory service" if line.service.is_mandatory else "chosen service"
            yield Line("service", line.service.name, rule, Amount(line.total_usd, line.total_sol))


@dataclass(frozen=True, slots=True)
class Quote:
    """A priced answer for one or all houses; changes nothing."""

    request: QuoteRequest
    houses: tuple[HouseQuote, ...]
    rate: Decimal
    made_at: datetime
    expires_at: datetime
    warnings: tuple[Remark, ...] = ()

    @property
    def available(self) -> tuple[HouseQuote, ...]:
        """The houses that can be sold, in natural order."""
        return tuple(house for house in self.houses if house.is_available)

    def of(self, house: UUID) -> HouseQuote:
        """The answer for one house.

        Raises:
            NotFound: the quote does not speak of it.
        """
        for answer in self.houses:
            if answer.house.id == house:
                return answer
        raise NotFound("The quote does not speak of this house.", code="house_not_found")


def check_request(request: QuoteRequest, today: date, limits: Limits, *, allow_past: bool = False) -> None:
    """Refuse what cannot be quoted.

    Raises:
        InvalidInput: with code `check_in_past`, `stay_too_long`, `too_far_ahead` or `guests_invalid`.

    Source: docs/rules/pricing.md, 2.1.
    """
    stay = request.stay
    if stay.check_in < today and not allow_past:
        raise InvalidInput(
            f"The check-in {stay.check_in} is in the past; today is {today}.",
            field="check_in",
            code="check_in_past",
            hint="Choose today or a later day.",
        )
    if stay.night_count > limits.max_stay_nights:
        raise InvalidInput(
            f"A stay of {stay.night_count} nights is too long; the longest is {limits.max_stay_nights}.",
            field="check_out",
            code="stay_too_long",
        )
    if stay.check_in > today + relativedelta(months=limits.max_months_ahead):
        raise InvalidInput(
            f"The check-in {stay.check_in} is more than {limits.max_months_ahead} months ahead.",
            field="check_in",
            code="too_far_ahead",
        )
    if not 1 <= request.guests <= MOST_GUESTS:
        raise InvalidInput(
            f"The number of guests must be from 1 to {MOST_GUESTS}, not {request.guests}.",
            field="guests",
            code="guests_invalid",
        )


def evaluate(
    book: RateBook,
    request: QuoteRequest,
    occupancy: Occupancy,
    *,
    now: datetime,
    valid_for: timedelta,
    limits: Limits = Limits(),
    rate: Decimal | None = None,
    offers: Offers | None = None,
) -> Quote:
    """Price a request in one house or in all, with everything that speaks against each.

    Args:
        book: prices of the moment.
        request: already checked by `check_request`.
        occupancy: taken nights around the stay (see `availability.min_nights.calendar_window`).
        now: the instant of quoting.
        valid_for: how long the quote may be booked.
        limits: see `Limits`.
        rate: soles for a dollar, when it was frozen earlier; the current one otherwise.
        offers: what the guest may be offered; None prices without any discount.

    Raises:
        NotFound: the house asked for does not exist.
        InvalidInput: a service that does not exist, or that the house asked for does not offer.
        ExchangeRateMissing: there is no active exchange rate.

    Source: docs/rules/pricing.md, 2.4.
    """
    if rate is None:
        if book.rate is None:
            raise ExchangeRateMissing(
                "There is no active exchange rate.", hint="Set one with: casa exchange-rate set 3.725"
            )
        rate = book.rate.usd_to_sol
    houses = book.houses if request.house is None else (_house(book, request.house),)
    _check_services(book, request)
    choosing = Choosing(offers, book.policy) if offers is not None else None
    return Quote(
        request=request,
        houses=tuple(_quote_house(book, house, request, occupancy, rate, choosing) for house in houses),
        rate=rate,
        made_at=now,
        expires_at=now + valid_for,
        warnings=_rate_warnings(book.rate, now, limits),
    )


def _quote_house(
    book: RateBook,
    house: House,
    request: QuoteRequest,
    occupancy: Occupancy,
    rate: Decimal,
    choosing: Choosing | None,
) -> HouseQuote:
    stay, guests = request.stay, request.guests
    price = stay_price(book, house, stay, guests)
    reasons, warnings = _reasons(book, house, request, occupancy, price)
    outcome = choosing.outcome(house.id, stay, price, rate) if choosing is not None else NO_DISCOUNT
    services = tuple(
        service_line(service, nights=stay.night_count, guests=guests, rate=rate)
        for service in charged_services(book, house.id, request.services)
    )
    return HouseQuote(
        house=house,
        stay=stay,
        guests=guests,
        rate=rate,
        price=price,
        totals=_totals(price, outcome.amount, services, rate),
        reasons=reasons,
        services=services,
        offered=offered_services(book, house.id),
        tiers=tiers_in(book, house.id),
        warnings=(*warnings, *_service_warnings(book, house, request.services)),
        outcome=outcome,
    )


def _reasons(
    book: RateBook, house: House, request: QuoteRequest, occupancy: Occupancy, price: StayPrice | None
) -> tuple[tuple[Reason, ...], tuple[Remark, ...]]:
    """All reasons against, in the order of 2.4; the first one gives the message."""
    stay, guests = request.stay, request.guests
    reasons: list[Reason] = []
    warnings: list[Remark] = []
    if price is None:
        reasons.append(Reason(UnavailableReason.PRICE_MISSING))
    taken = occupancy.taken_nights(house.id, stay)
    if taken:
        reasons.append(Reason(UnavailableReason.OCCUPIED, {"nights": taken}))
    if house.capacity_max is not None and guests > house.capacity_max:
        figures = {"guests": guests, "capacity": house.capacity_max}
        if book.policy.capacity_mode is CapacityMode.ENFORCE:
            reasons.append(Reason(UnavailableReason.CAPACITY, figures))
        else:
            warnings.append(Remark("capacity", figures))
    for violation in min_nights_violations(house, stay, occupancy, book.policy.min_nights_mode):
        details: dict[str, Any] = {
            "date": violation.night,
            "label": violation.label,
            "minimum_nights": violation.minimum_nights,
            "nights": stay.night_count,
        }
        reasons.append(Reason(UnavailableReason.MIN_NIGHTS, details))
    if not house.is_open:
        reasons.append(Reason(UnavailableReason.CLOSED))
    missing = request.features - house.features
    if missing:
        reasons.append(Reason(UnavailableReason.FEATURES, {"missing": tuple(sorted(missing))}))
    if request.min_sleep is not None and house.sleeps is not None and house.sleeps < request.min_sleep:
        reasons.append(Reason(UnavailableReason.SLEEPS, {"beds": house.sleeps, "asked": request.min_sleep}))
    return tuple(reasons), tuple(warnings)


def _totals(
    price: StayPrice | None, discount: Amount, services: tuple[ServiceLine, ...], rate: Decimal
) -> Totals:
    """Amounts in both currencies; extra soles are the difference of two rounded sums (2.12)."""
    service_total = sum((Amount(line.total_usd, line.total_sol) for line in services), NOTHING)
    if price is None:
        return Totals(NOTHING, NOTHING, services=service_total)
    base = Amount(price.base_usd, in_soles(price.base_usd, rate))
    subtotal = Amount(price.subtotal_usd, in_soles(price.subtotal_usd, rate))
    return Totals(base, subtotal - base, discount, service_total)


def _house(book: RateBook, house_id: UUID) -> House:
    house = book.by_id.get(house_id)
    if house is None:
        raise NotFound("There is no such house.", code="house_not_found")
    return house


def _check_services(book: RateBook, request: QuoteRequest) -> None:
    known = {service.id: service for service in book.services}
    for chosen in request.services:
        service = known.get(chosen)
        if service is None:
            raise InvalidInput(f"There is no service {chosen}.", field="services", code="service_unknown")
        if request.house is not None and not service.is_offered_in(request.house):
            raise InvalidInput(
                f"The service {service.name} is not offered in this house.",
                field="services",
                code="service_not_offered",
            )


def _service_warnings(book: RateBook, house: House, chosen: Collection[UUID]) -> tuple[Remark, ...]:
    return tuple(
        Remark("service_not_offered", {"service": service.name})
        for service in book.services
        if service.id in chosen and not service.is_offered_in(house.id)
    )


def _rate_warnings(rate: CurrentRate | None, now: datetime, limits: Limits) -> tuple[Remark, ...]:
    if rate is None:
        return ()
    age = (now - rate.since).days
    if age <= limits.stale_rate_days:
        return ()
    return (Remark("exchange_rate_stale", {"days": age, "since": rate.since}),)


def _night_label(night: NightPrice) -> str:
    return night.special_label or night.day_type.value


def _night_rule(night: NightPrice) -> str:
    if night.source is NightSource.SPECIAL_DATE:
        return f"special date {night.special_label}" if night.special_label else "special date"
    season = f"{night.season.value} season" + (f" {night.season_name}" if night.season_name else "")
    if night.source is NightSource.FALLBACK:
        return f"from-price, {season}"
    return f"{season}, {night.day_type.value}"


def _discount_rule(discount: Discount) -> str:
    kind = "discount code" if discount.source is Source.CODE else f"{discount.source.value} discount"
    if discount.benefit is not Benefit.PERCENTAGE:
        return kind
    base = ", nights only" if discount.base_only else ""
    return f"{kind}, {discount.value.normalize():f} %{base}"
