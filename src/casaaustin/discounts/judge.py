"""Whether a discount applies to a stay in a house, and how much it takes off.

Each test is a function of the discount and the case; codes and automatic rules
run the same tests in the order in which their refusals are told. `judge` stops
at the first refusal, `explain` runs them all and says what each one saw.
Source: docs/rules/pricing.md, 2.5 and 2.7.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from casaaustin.discounts.record import EVERY_DAY, Discount
from casaaustin.money import NOTHING, ZERO, Amount, in_soles, percent_of, q
from casaaustin.pricing.nights import NightPrice, StayPrice
from casaaustin.stays import ONE_DAY, Stay
from casaaustin.vocabulary import Benefit, DayScope, NightSource, Source, SpecialNights

NO_EFFECT = "code_no_effect"


@dataclass(frozen=True, slots=True)
class Person:
    """What discounts ask about a client.

    Args:
        id: of the client.
        birth_date: if it is known.
        approved: approved reservations, of any date.
        prior: earlier bookings: approved, under review, pending and live holds.
        achievements: levels held and active.
    """

    id: UUID
    birth_date: date | None = None
    approved: int = 0
    prior: int = 0
    achievements: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Uses:
    """Unreleased redemptions of a code, lapsed holds left out."""

    total: int = 0
    by_client: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """A stay in a house, priced before any discount.

    Args:
        house: which house.
        stay: the nights.
        price: nights and extra guests.
        rate: soles for a dollar.
        booked_on: the day of booking: today, or the original day when a stay is priced again.
        person: the client, if one is known.
        special_nights: the switch.
        uses: redemptions by id of the discount.
    """

    house: UUID
    stay: Stay
    price: StayPrice
    rate: Decimal
    booked_on: date
    person: Person | None = None
    special_nights: SpecialNights = SpecialNights.CHECK_IN_ONLY
    uses: Mapping[UUID, Uses] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a discount does not apply, with the figures that failed."""

    reason: str
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a discount is worth in one case; refused ones are worth nothing."""

    discount: Discount
    refusal: Refusal | None
    base_usd: Decimal = ZERO
    amount: Amount = NOTHING

    @property
    def applies(self) -> bool:
        """Whether it may be used."""
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class Check:
    """One test, what it saw and what it said; `reason` is why it refused, None when it passed."""

    test: str
    passed: bool
    saw: dict[str, Any]
    reason: str | None = None


def judge(discount: Discount, case: Case) -> Verdict:
    """Whether the discount applies, and what it takes off.

    Source: docs/rules/pricing.md, 2.5.1, 2.5.4 and 2.7.
    """
    for test in _tests_of(discount):
        refusal = test.run(discount, case)
        if refusal is not None:
            return Verdict(discount, refusal)
    base = discount_base(discount, case)
    amount = discount_amount(discount, base, case)
    if amount.usd <= 0 and amount.sol <= 0:
        return Verdict(discount, Refusal(NO_EFFECT, {"base_usd": base}), base)
    return Verdict(discount, None, base, amount)


def explain(discount: Discount, case: Case) -> tuple[Check, ...]:
    """Every test of a discount, passed or not, with what it saw; last, whether it takes anything off."""
    checks = []
    for test in _tests_of(discount):
        refusal = test.run(discount, case)
        saw = _saw(test.name, discount, case) | (refusal.figures if refusal is not None else {})
        checks.append(Check(test.name, refusal is None, saw, refusal.reason if refusal is not None else None))
    base = discount_base(discount, case)
    worth = discount_amount(discount, base, case)
    has_effect = worth.usd > 0 or worth.sol > 0
    reason = None if has_effect else NO_EFFECT
    return (*checks, Check("takes something off", has_effect, {"base_usd": base}, reason))


def may_apply_somewhere(discount: Discount, case: Case) -> bool:
    """Whether nothing but the house can still speak against it.

    A search judges its rules for every house; those that the dates or the guest rule
    out are dropped once, whatever the number of houses.
    """
    return all(test.sees_house or test.run(discount, case) is None for test in _tests_of(discount))


def discount_base(discount: Discount, case: Case) -> Decimal:
    """The dollars that the discount is taken from.

    Source: docs/rules/pricing.md, 2.5.3.
    """
    extra = ZERO if discount.base_only else case.price.extra_per_night_usd
    return sum((night.base_usd + extra for night in _counted(discount, case)), ZERO)


def discount_amount(discount: Discount, base: Decimal, case: Case) -> Amount:
    """What is taken off, in both currencies; rounded once in its own.

    Source: docs/rules/pricing.md, 2.5.4 and 2.12.
    """
    if discount.benefit is Benefit.FIXED_SOL:
        # Exact in soles: the dollars follow, not the other way round.
        sol = min(discount.value, in_soles(base, case.rate))
        return Amount(min(q(discount.value / case.rate), base), sol)
    usd = discount.value if discount.benefit is Benefit.FIXED_USD else percent_of(base, discount.value)
    if discount.benefit is Benefit.PERCENTAGE and discount.cap_usd is not None:
        usd = min(usd, discount.cap_usd)
    usd = min(usd, base)
    subtotal = case.price.subtotal_usd
    return Amount(usd, in_soles(subtotal, case.rate) - in_soles(subtotal - usd, case.rate))


def _counted(discount: Discount, case: Case) -> list[NightPrice]:
    nights = list(case.price.nights)
    if discount.day_scope is DayScope.ELIGIBLE_NIGHTS:
        nights = [night for night in nights if night.night.weekday() in discount.weekdays]
    if case.special_nights is SpecialNights.EXCLUDE:
        nights = [night for night in nights if night.source is not NightSource.SPECIAL_DATE]
    return nights


def _active(discount: Discount, _case: Case) -> Refusal | None:
    return None if discount.is_active else Refusal("code_inactive")


def _started(discount: Discount, case: Case) -> Refusal | None:
    first = discount.book_window.first
    if first is not None and case.booked_on < first:
        return Refusal("code_not_started", {"from": first, "today": case.booked_on})
    return None


def _not_over(discount: Discount, case: Case) -> Refusal | None:
    last = discount.book_window.last
    if last is not None and case.booked_on > last:
        return Refusal("code_expired", {"until": last, "today": case.booked_on})
    return None


def _stay_window(discount: Discount, case: Case) -> Refusal | None:
    window, check_in = discount.stay_window, case.stay.check_in
    before = window.first is not None and check_in < window.first
    after = window.last is not None and check_in > window.last
    if before or after:
        return Refusal(
            "outside_stay_window", {"from": window.first, "until": window.last, "check_in": check_in}
        )
    return None


def _day(discount: Discount, case: Case) -> Refusal | None:
    if discount.weekdays == EVERY_DAY:
        return None
    days = [night.weekday() for night in case.stay.nights()]
    match discount.day_scope:
        case DayScope.CHECK_IN:
            allowed = days[0] in discount.weekdays
        case DayScope.ELIGIBLE_NIGHTS:
            allowed = any(day in discount.weekdays for day in days)
        case DayScope.ALL_NIGHTS:
            allowed = all(day in discount.weekdays for day in days)
    if allowed:
        return None
    return Refusal(
        "code_day_not_allowed", {"weekdays": sorted(discount.weekdays), "check_in": case.stay.check_in}
    )


def _uses_left(discount: Discount, case: Case) -> Refusal | None:
    used = case.uses.get(discount.id, Uses()).total
    if discount.usage_limit is not None and used >= discount.usage_limit:
        return Refusal("code_exhausted", {"used": used, "limit": discount.usage_limit})
    return None


def _house(discount: Discount, case: Case) -> Refusal | None:
    if discount.houses and case.house not in discount.houses:
        return Refusal("code_wrong_property", {"houses": discount.houses})
    return None


def _minimum(discount: Discount, case: Case) -> Refusal | None:
    least, subtotal = discount.min_amount_usd, case.price.subtotal_usd
    if least is not None and subtotal < least:
        return Refusal("code_below_minimum", {"minimum_usd": least, "subtotal_usd": subtotal})
    return None


def _no_special_check_in(_discount: Discount, case: Case) -> Refusal | None:
    first = case.price.nights[0]
    if first.source is NightSource.SPECIAL_DATE:
        return Refusal("code_special_date", {"date": first.night, "label": first.special_label})
    return None


def _owner(discount: Discount, case: Case) -> Refusal | None:
    if discount.client is None or (case.person is not None and case.person.id == discount.client):
        return None
    return Refusal("code_not_yours")


def _client_uses_left(discount: Discount, case: Case) -> Refusal | None:
    if discount.per_client_limit is None:
        return None
    if case.person is None:
        return Refusal("code_client_limit", {"client": None})
    used = case.uses.get(discount.id, Uses()).by_client
    if used >= discount.per_client_limit:
        return Refusal("code_client_limit", {"used": used, "limit": discount.per_client_limit})
    return None


def _level(discount: Discount, case: Case) -> Refusal | None:
    if not discount.achievements:
        return None
    held = case.person.achievements if case.person is not None else frozenset()
    if held & discount.achievements:
        return None
    return Refusal("level_missing", {"any_of": discount.achievements})


def _trigger(discount: Discount, case: Case) -> Refusal | None:
    person = case.person
    match discount.source:
        case Source.GLOBAL_PROMOTION:
            met = True
        case Source.LAST_MINUTE:
            met = case.booked_on <= case.stay.check_in <= case.booked_on + ONE_DAY
        case Source.BIRTHDAY:
            birth = person.birth_date if person is not None else None
            met = birth is not None and birth.month == case.stay.check_in.month
        case Source.RETURNING:
            met = person is not None and person.approved >= 1
        case Source.FIRST_TIME | Source.REFERRAL:
            met = person is not None and person.prior == 0
        case Source.LOYALTY:
            met = bool(discount.achievements)  # the level itself was tested before
        case Source.CODE:
            met = True
    return None if met else Refusal("trigger_not_met", {"trigger": discount.source.value})


@dataclass(frozen=True, slots=True)
class _Test:
    """A condition, and whether it looks at the house or its price."""

    name: str
    run: Callable[[Discount, Case], Refusal | None]
    sees_house: bool = False


# The order of 2.5.1: the first failing test decides what a guest is told.
_OF_CODES = (
    _Test("active", _active),
    _Test("booking window has begun", _started),
    _Test("booking window is not over", _not_over),
    _Test("weekday", _day),
    _Test("uses left", _uses_left),
    _Test("house", _house, sees_house=True),
    _Test("minimum amount", _minimum, sees_house=True),
    _Test("check-in is not a special date", _no_special_check_in, sees_house=True),
    _Test("bound to a client", _owner),
    _Test("uses left for the client", _client_uses_left),
)
# The common gate of 2.7, then the trigger.
_OF_RULES = (
    _Test("active", _active),
    _Test("stay window", _stay_window),
    _Test("booking window has begun", _started),
    _Test("booking window is not over", _not_over),
    _Test("house", _house, sees_house=True),
    _Test("weekday", _day),
    _Test("check-in is not a special date", _no_special_check_in, sees_house=True),
    _Test("level", _level),
    _Test("trigger", _trigger),
)


def _tests_of(discount: Discount) -> tuple[_Test, ...]:
    return _OF_CODES if discount.source is Source.CODE else _OF_RULES


def _saw(name: str, discount: Discount, case: Case) -> dict[str, Any]:
    """The inputs of a test, of the discount and of the case."""
    person, stay = case.person, case.stay
    uses = case.uses.get(discount.id, Uses())
    birth = person.birth_date if person is not None else None
    seen: dict[str, dict[str, Any]] = {
        "booking window has begun": {"from": discount.book_window.first, "today": case.booked_on},
        "booking window is not over": {"until": discount.book_window.last, "today": case.booked_on},
        "stay window": {
            "from": discount.stay_window.first,
            "until": discount.stay_window.last,
            "check_in": stay.check_in,
        },
        "weekday": {"check_in": stay.check_in, "weekdays": sorted(discount.weekdays)},
        "house": {"house": case.house, "houses": discount.houses},
        "minimum amount": {"subtotal_usd": case.price.subtotal_usd, "minimum_usd": discount.min_amount_usd},
        "uses left": {"used": uses.total, "limit": discount.usage_limit},
        "uses left for the client": {"used": uses.by_client, "limit": discount.per_client_limit},
        "bound to a client": {"bound": discount.client is not None},
        "check-in is not a special date": {"date": case.price.nights[0].night},
        "level": {"any_of": discount.achievements, "held": person.achievements if person else frozenset()},
        "trigger": {
            "trigger": discount.source.value,
            "check_in": stay.check_in,
            "today": case.booked_on,
            "birth_month": birth.month if birth is not None else None,
            "approved": person.approved if person is not None else None,
            "prior": person.prior if person is not None else None,
        },
    }
    return seen.get(name, {})
