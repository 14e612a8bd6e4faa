"""Hypothesis strategies for whole business configurations, as nasty as the rules allow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from hypothesis import strategies as st

from casaaustin.configuration.document import Configuration, ordered
from casaaustin.configuration.section import Item, Key
from casaaustin.configuration.sections.automatic_discounts import AutomaticDiscount
from casaaustin.configuration.sections.cancellation_policies import CancellationPolicy
from casaaustin.configuration.sections.cancellation_policies import check as check_policies
from casaaustin.configuration.sections.code_generators import CodeGenerator
from casaaustin.configuration.sections.discount_codes import DiscountCode
from casaaustin.configuration.sections.exchange_rate import ExchangeRate
from casaaustin.configuration.sections.houses import House
from casaaustin.configuration.sections.late_checkout import LateCheckout
from casaaustin.configuration.sections.levels import Level
from casaaustin.configuration.sections.nightly_prices import NightlyPrices
from casaaustin.configuration.sections.policy_switches import PolicySwitches
from casaaustin.configuration.sections.referral_discounts import ReferralDiscount
from casaaustin.configuration.sections.seasons import Season
from casaaustin.configuration.sections.services import Service
from casaaustin.configuration.sections.special_dates import SpecialDate
from casaaustin.configuration.sections.welcome_promotions import WelcomePromotion
from casaaustin.pricing.ratebook import CapacityMode, HoldWithoutDeadline, MinNightsMode
from casaaustin.pricing.year_days import YearDay, written_month_day
from casaaustin.vocabulary import (
    WEEKDAYS,
    Benefit,
    CodeVsAutomatic,
    DayScope,
    ReductionType,
    SeasonType,
    ServiceType,
    SpecialNights,
    Trigger,
)
from tests.support.strategies import amounts, exchange_rates, month_days

# Quotes, hashes, dots, brackets, equals signs and emoji are what file formats stumble over.
_LETTERS = st.characters(
    codec="utf-8", categories=("L", "N", "P", "S", "Zs"), include_characters="\"'\\#.[]=🏠"
)
_SLUGS = ("casa-1", "casa-2", "casa-10", "casa", "1")


def lines(longest: int = 30) -> st.SearchStrategy[str]:
    """Texts on one line, with something in them."""
    return st.text(_LETTERS, max_size=longest).map(lambda text: f"{text.strip()}x").map(str.strip)


def texts() -> st.SearchStrategy[str]:
    """Texts of several lines, possibly empty."""
    return st.lists(lines(), max_size=3).map("\n".join)


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


_DETAILS = st.recursive(
    st.booleans() | st.integers(-(2**40), 2**40) | lines(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(lines(5), inner, max_size=2),
    max_leaves=4,
)
_URLS = st.just("https://heater.example/on?key=a&b=%20")


@st.composite
def houses(draw: st.DrawFn) -> House:
    """A house with any of its fields."""
    enter = draw(_maybe(st.integers(1, 60)))
    return House(
        name=draw(lines()),
        is_open=draw(st.booleans()),
        title=draw(_maybe(lines())),
        description=draw(_maybe(texts())),
        zone=draw(_maybe(lines(10))),
        exchange_class=draw(_maybe(st.integers(0, 9))),
        capacity_max=enter,
        capacity_sleep=draw(_maybe(st.integers(1, enter or 60))),
        bedrooms=draw(_maybe(st.integers(0, 9))),
        features=tuple(draw(st.lists(lines(10), max_size=3))),
        check_in_hour=draw(_maybe(st.integers(0, 23).map(time))),
        extra_person_usd=draw(_maybe(amounts("0.00"))),
        from_price_usd=draw(_maybe(amounts())),
        airbnb_url=draw(_maybe(_URLS)),
        pool_heater_on_url=draw(_maybe(_URLS)),
        guest_instructions=draw(_maybe(texts())),
        bedroom_details=draw(st.dictionaries(lines(5), _DETAILS, max_size=2)),
    )


def _names(items: st.SearchStrategy[Item]) -> st.SearchStrategy[dict[Key, Item]]:
    pairs = st.lists(st.tuples(lines(12), items), max_size=3, unique_by=lambda pair: pair[0].casefold())
    return pairs.map(lambda found: {(name,): item for name, item in found})


def _levels() -> st.SearchStrategy[dict[Key, Item]]:
    return _names(
        st.builds(
            Level,
            description=texts(),
            icon=_maybe(lines(5)),
            required_reservations=st.integers(0, 12),
            required_referrals=st.integers(0, 12),
            required_referral_reservations=st.integers(0, 12),
            order=st.integers(0, 9),
            is_active=st.booleans(),
        )
    )


@st.composite
def _rules(draw: st.DrawFn, slugs: Sequence[str], levels: Sequence[str]) -> AutomaticDiscount:
    """An automatic discount with any of its conditions, as far as they can be computed together."""
    asked = draw(_some(levels))
    named = draw(st.sets(st.sampled_from(WEEKDAYS)).map(tuple))
    weekends = draw(st.booleans())
    days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
    stay, booking = sorted((draw(days), draw(days))), sorted((draw(days), draw(days)))
    return AutomaticDiscount(
        description=draw(texts()),
        trigger=draw(st.sampled_from([one for one in Trigger if asked or one is not Trigger.LOYALTY])),
        discount_percentage=draw(amounts("0.01", "100.00")),
        max_discount_usd=draw(_maybe(amounts())),
        required_levels=asked,
        restrict_weekdays=draw(st.booleans()) and (bool(named) or not weekends),
        restrict_weekends=weekends,
        specific_weekdays=named,
        day_scope=draw(st.sampled_from(DayScope)),
        start_date=draw(_maybe(st.just(stay[0]))),
        end_date=draw(_maybe(st.just(stay[1]))),
        book_from=draw(_maybe(st.just(booking[0]))),
        book_to=draw(_maybe(st.just(booking[1]))),
        apply_only_to_base_price=draw(st.booleans()),
        is_active=draw(st.booleans()),
        houses=draw(_some(slugs)),
    )


@st.composite
def _conditions(draw: st.DrawFn, slugs: Sequence[str]) -> dict[str, Any]:
    """Conditions of codes and of what makes them, as far as they can be computed together."""
    named = draw(st.sets(st.sampled_from(WEEKDAYS)).map(tuple))
    weekends = draw(st.booleans())
    return {
        "max_discount_usd": draw(_maybe(amounts())),
        "restrict_weekdays": draw(st.booleans()) and (bool(named) or not weekends),
        "restrict_weekends": weekends,
        "specific_weekdays": named,
        "day_scope": draw(st.sampled_from(DayScope)),
        "apply_only_to_base_price": draw(st.booleans()),
        "houses": draw(_some(slugs)),
    }


@st.composite
def _codes(draw: st.DrawFn, slugs: Sequence[str]) -> dict[Key, Item]:
    """Codes of every kind of benefit; few names, so that one configuration changes codes of another."""
    found: dict[Key, Item] = {}
    for code in draw(st.sets(st.sampled_from(("TEN", "VERANO-2026", "0-0", "A" * 50)), max_size=3)):
        first, last = sorted(draw(st.tuples(*(st.dates(date(2026, 1, 1), date(2028, 12, 31)),) * 2)))
        benefit = draw(st.sampled_from(Benefit))
        conditions = draw(_conditions(slugs))
        if benefit is not Benefit.PERCENTAGE:
            conditions["max_discount_usd"] = None
        found[code,] = DiscountCode(
            **conditions,
            description=draw(lines()),
            discount_type=benefit,
            discount_value=draw(amounts("0.01", "100.00")),
            min_amount_usd=draw(_maybe(amounts("0.00"))),
            start_date=first,
            end_date=last,
            usage_limit=draw(_maybe(st.integers(1, 9))),
            per_client_limit=draw(_maybe(st.integers(1, 9))),
            is_active=draw(st.booleans()),
        )
    return found


@st.composite
def _recipe(draw: st.DrawFn, slugs: Sequence[str]) -> dict[str, Any]:
    return {
        **draw(_conditions(slugs)),
        "discount_percentage": draw(amounts("1.00", "100.00")),
        "validity_days": draw(st.integers(1, 400)),
        "min_amount_usd": draw(amounts("0.00")),
        "is_active": draw(st.booleans()),
    }


@st.composite
def _generators(draw: st.DrawFn, slugs: Sequence[str]) -> dict[Key, Item]:
    """Generators; a prefix goes with the name, because it never changes."""
    return {
        (name,): CodeGenerator(
            **draw(_recipe(slugs)),
            prefix=f"P{len(name)}",
            usage_limit=draw(st.integers(1, 9)),
            display_name=draw(lines(10)),
            description=draw(texts()),
            icon=draw(lines(10)),
        )
        for name in draw(st.lists(lines(8), max_size=2, unique_by=str.casefold))
    }


@st.composite
def _promotions(draw: st.DrawFn, slugs: Sequence[str]) -> dict[Key, Item]:
    """Promotions, of which one at most is active."""
    found: dict[Key, Item] = {}
    for name in draw(st.lists(lines(8), max_size=3, unique_by=str.casefold)):
        recipe = draw(_recipe(slugs))
        recipe["is_active"] = recipe["is_active"] and not found
        found[name,] = WelcomePromotion(
            **recipe, promotional_message=draw(_maybe(texts())), promotional_subtitle=draw(_maybe(lines()))
        )
    return found


def _some(slugs: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from(slugs)).map(tuple) if slugs else st.just(())


@st.composite
def configurations(draw: st.DrawFn) -> Configuration:
    """A whole configuration: every section, each mentioning only houses and levels that it has."""
    slugs = sorted(draw(st.sets(st.sampled_from(_SLUGS))))
    days = (
        month_days().map(lambda day: YearDay(*day))
        | st.dates()
        .filter(lambda day: 2024 <= day.year <= 2030)
        .map(lambda day: YearDay(day.month, day.day, day.year))
        | st.just(YearDay(2, 29, 2028))
    )
    special_dates = st.builds(
        SpecialDate,
        description=_maybe(lines()),
        price_usd=amounts(),
        minimum_nights=st.integers(1, 9),
        is_active=st.booleans(),
    )
    policies = draw(
        _names(
            st.builds(
                CancellationPolicy,
                description=texts(),
                days_before_checkin=st.integers(0, 90),
                refund_percentage=amounts("0.00", "100.00"),
                is_default=st.booleans(),
                is_active=st.booleans(),
                houses=_some(slugs),
            )
        )
    )
    if list(check_policies(policies)):  # type: ignore[arg-type]
        policies = {key: item.model_copy(update={"is_default": False}) for key, item in policies.items()}
    levels = draw(_levels())
    named_levels = [name for (name,) in levels]
    return ordered(
        {
            "policy_switches": {
                (): draw(
                    st.builds(
                        PolicySwitches,
                        min_nights_mode=st.sampled_from(MinNightsMode),
                        capacity_mode=st.sampled_from(CapacityMode),
                        hold_without_deadline=st.sampled_from(HoldWithoutDeadline),
                        code_vs_automatic=st.sampled_from(CodeVsAutomatic),
                        special_nights=st.sampled_from(SpecialNights),
                    )
                )
            },
            "exchange_rate": {(): ExchangeRate(usd_to_sol=draw(exchange_rates()))},
            "houses": {(slug,): draw(houses()) for slug in slugs},
            "nightly_prices": {
                (slug,): NightlyPrices(
                    weekday_low_season_usd=draw(amounts("0.00")),
                    weekend_low_season_usd=draw(amounts()),
                    weekday_high_season_usd=draw(amounts()),
                    weekend_high_season_usd=draw(amounts()),
                )
                for slug in slugs
                if draw(st.booleans())
            },
            "seasons": draw(
                _names(
                    st.builds(
                        Season,
                        season_type=st.sampled_from(SeasonType),
                        start=month_days().map(written_month_day),
                        end=month_days().map(written_month_day),
                        is_active=st.booleans(),
                    )
                )
            ),
            "special_dates": {
                (slug, str(day)): draw(special_dates)
                for slug in slugs
                for day in draw(st.sets(days, max_size=2))
            },
            "late_checkout": draw(
                st.dictionaries(
                    st.sampled_from(WEEKDAYS).map(lambda day: (day,)),
                    st.builds(
                        LateCheckout,
                        name=lines(),
                        allowed=st.booleans(),
                        reduction_type=st.sampled_from(ReductionType),
                        reduction=amounts("0.00", "100.00"),
                        is_active=st.booleans(),
                    ),
                    max_size=3,
                )
            ),
            "services": draw(
                _names(
                    st.builds(
                        Service,
                        description=texts(),
                        price_usd=amounts("0.00"),
                        service_type=st.sampled_from(ServiceType),
                        is_per_night=st.booleans(),
                        is_per_person=st.booleans(),
                        post_action=_maybe(lines(10)),
                        is_active=st.booleans(),
                        houses=_some(slugs),
                    )
                )
            ),
            "cancellation_policies": policies,
            "levels": levels,
            "referral_discounts": {
                (name,): ReferralDiscount(
                    discount_percentage=draw(amounts("0.01", "100.00")), is_active=draw(st.booleans())
                )
                for name in named_levels
                if draw(st.booleans())
            },
            "automatic_discounts": draw(_names(_rules(slugs, named_levels))),
            "discount_codes": draw(_codes(slugs)),
            "code_generators": draw(_generators(slugs)),
            "welcome_promotions": draw(_promotions(slugs)),
        }
    )
