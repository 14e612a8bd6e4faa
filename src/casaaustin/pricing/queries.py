"""Reading the rate book: a constant number of statements, whatever the number of houses and rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Select, and_, select

from casaaustin.db.mixins import RateBookVersion
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import NotReady
from casaaustin.money import ZERO
from casaaustin.pricing.models import (
    AdditionalService,
    AdditionalServiceProperty,
    CancellationPolicy,
    CancellationPolicyProperty,
    ExchangeRate,
    LateCheckoutConfig,
    PropertyPricing,
    SeasonPricing,
    SpecialDatePricing,
)
from casaaustin.pricing.ratebook import (
    CancellationTier,
    CurrentRate,
    House,
    LateCheckoutRule,
    NightRates,
    Policy,
    RateBook,
    Season,
    Service,
    SpecialDate,
)
from casaaustin.properties.models import Property
from casaaustin.properties.rules import normal_features
from casaaustin.vocabulary import ServiceType

_version = table_of(RateBookVersion)
_rate = table_of(ExchangeRate)
_house = table_of(Property)
_pricing = table_of(PropertyPricing)
_special = table_of(SpecialDatePricing)
_season = table_of(SeasonPricing)
_late = table_of(LateCheckoutConfig)
_service = table_of(AdditionalService)
_service_house = table_of(AdditionalServiceProperty)
_tier = table_of(CancellationPolicy)
_tier_house = table_of(CancellationPolicyProperty)

_CACHE = "rate_book"
T = TypeVar("T")

_current: Select[Any] = select(
    _version.c.version, _version.c.policy, _rate.c.usd_to_sol, _rate.c.created.label("since")
).select_from(_version.outerjoin(_rate, and_(_rate.c.is_active, ~_rate.c.deleted)))
# Writers keep this row locked in share mode: the price at which a stay is sold is the price at commit.
_current_for_sale = _current.with_for_update(read=True, of=_version)

_houses: Select[Any] = (
    select(
        _house.c.id,
        _house.c.name,
        _house.c.slug,
        _house.c.capacity_max,
        _house.c.capacity_sleep,
        _house.c.caracteristicas,
        _house.c.precio_extra_persona,
        _house.c.precio_desde,
        _house.c.is_open,
        _house.c.on_temperature_pool_url,
        _house.c.exchange_class,
        _house.c.zone,
        _house.c.hora_ingreso,
        _house.c.hora_salida,
        _pricing.c.id.label("pricing_id"),
        _pricing.c.weekday_low_season_usd,
        _pricing.c.weekend_low_season_usd,
        _pricing.c.weekday_high_season_usd,
        _pricing.c.weekend_high_season_usd,
    )
    .select_from(_house.outerjoin(_pricing, and_(_pricing.c.property_id == _house.c.id, ~_pricing.c.deleted)))
    .where(~_house.c.deleted)
)
_specials: Select[Any] = (
    select(
        _special.c.property_id,
        _special.c.month,
        _special.c.day,
        _special.c.year,
        _special.c.description,
        _special.c.price_usd,
        _special.c.minimum_consecutive_nights,
    )
    .where(_special.c.is_active, ~_special.c.deleted)
    .order_by(_special.c.month, _special.c.day, _special.c.id)
)
_seasons: Select[Any] = (
    select(_season).where(_season.c.is_active, ~_season.c.deleted).order_by(_season.c.name, _season.c.id)
)
_lates: Select[Any] = select(_late).where(_late.c.is_active, ~_late.c.deleted)
_services: Select[Any] = (
    select(_service, _service_house.c.property_id)
    .select_from(
        _service.outerjoin(
            _service_house,
            and_(_service_house.c.additional_service_id == _service.c.id, ~_service_house.c.deleted),
        )
    )
    .where(_service.c.is_active, ~_service.c.deleted)
    .order_by(_service.c.name, _service.c.id)
)
_tiers: Select[Any] = (
    select(_tier, _tier_house.c.property_id)
    .select_from(
        _tier.outerjoin(
            _tier_house, and_(_tier_house.c.cancellation_policy_id == _tier.c.id, ~_tier_house.c.deleted)
        )
    )
    .where(_tier.c.is_active, ~_tier.c.deleted)
    .order_by(_tier.c.days_before_checkin.desc(), _tier.c.id)
)


def rate_book(work: Work) -> RateBook:
    """The rate book of this moment: one statement when this process has it already, seven otherwise.

    A book that this very unit of work has changed is never kept for others.

    Raises:
        NotReady: the database has no rate book row (a broken restore).
    """
    row = work.connection.execute(_current_for_sale if work.is_writing else _current).first()
    if row is None:
        raise NotReady("The rate book is missing from the database.", hint="Run: casa db check")
    return keep_by_version(work, _CACHE, row.version, lambda: _load(work.connection, row))


def keep_by_version(work: Work, name: str, version: int, load: Callable[[], T]) -> T:
    """What is read once for each version of the rate book, and kept while that version stands.

    Args:
        work: the open unit of work.
        name: of what is kept.
        version: the version of the rate book that this unit of work sees.
        load: reads it.
    """
    # What this transaction changed itself is not yet true for anybody else.
    is_ours = work.is_writing and "rate_book_changed" in work.session.info
    kept: tuple[int, T] | None = work.database.caches.get(name)
    if kept is not None and kept[0] == version and not is_ours:
        return kept[1]
    loaded = load()
    if not is_ours:
        work.database.caches[name] = (version, loaded)
    return loaded


def _load(connection: Connection, current: Any) -> RateBook:
    specials: dict[UUID, list[SpecialDate]] = defaultdict(list)
    for row in connection.execute(_specials):
        specials[row.property_id].append(
            SpecialDate(
                row.month,
                row.day,
                row.year,
                row.description or "",
                row.price_usd,
                row.minimum_consecutive_nights,
            )
        )
    return RateBook(
        version=current.version,
        houses=tuple(_as_house(row, tuple(specials[row.id])) for row in connection.execute(_houses)),
        seasons=tuple(
            Season(row.name, row.season_type, (row.start_month, row.start_day), (row.end_month, row.end_day))
            for row in connection.execute(_seasons)
        ),
        late_checkout={
            row.weekday: LateCheckoutRule(
                row.weekday, row.allows_late_checkout, row.discount_type, row.discount_value
            )
            for row in connection.execute(_lates)
        },
        services=tuple(_as_services(connection.execute(_services))),
        cancellation=tuple(_as_tiers(connection.execute(_tiers))),
        rate=None if current.usd_to_sol is None else CurrentRate(current.usd_to_sol, current.since),
        policy=Policy.from_words(current.policy),
    )


def _as_house(row: Any, special_dates: tuple[SpecialDate, ...]) -> House:
    rates = None
    if row.pricing_id is not None:
        rates = NightRates(
            row.weekday_low_season_usd,
            row.weekend_low_season_usd,
            row.weekday_high_season_usd,
            row.weekend_high_season_usd,
        )
    hours = {"check_in_hour": row.hora_ingreso, "check_out_hour": row.hora_salida}
    return House(
        id=row.id,
        name=row.name,
        slug=row.slug,
        capacity_max=row.capacity_max,
        capacity_sleep=row.capacity_sleep,
        features=normal_features(row.caracteristicas),
        extra_person_usd=row.precio_extra_persona if row.precio_extra_persona is not None else ZERO,
        from_price_usd=row.precio_desde,
        rates=rates,
        special_dates=special_dates,
        is_open=row.is_open,
        has_heated_pool=bool(row.on_temperature_pool_url),
        exchange_class=row.exchange_class,
        zone=row.zone,
        **{name: hour for name, hour in hours.items() if hour is not None},
    )


def _as_services(rows: Iterable[Any]) -> Iterable[Service]:
    for row, houses in _by_scope(rows):
        yield Service(
            id=row.id,
            name=row.name,
            description=row.description,
            price_usd=row.price_usd,
            is_mandatory=row.service_type is ServiceType.MANDATORY,
            is_per_night=row.is_per_night,
            is_per_person=row.is_per_person,
            houses=houses,
            post_action=row.post_action,
        )


def _as_tiers(rows: Iterable[Any]) -> Iterable[CancellationTier]:
    for row, houses in _by_scope(rows):
        yield CancellationTier(
            id=row.id,
            name=row.name,
            description=row.description,
            days_before=row.days_before_checkin,
            refund_percentage=row.refund_percentage,
            is_default=row.is_default,
            houses=houses,
        )


def _by_scope(rows: Iterable[Any]) -> Iterable[tuple[Any, frozenset[UUID]]]:
    """Rows that were joined with the houses they are for, once each, with those houses; none = all."""
    found: dict[UUID, tuple[Any, set[UUID]]] = {}
    for row in rows:
        _, houses = found.setdefault(row.id, (row, set()))
        if row.property_id is not None:
            houses.add(row.property_id)
    for row, houses in found.values():
        yield row, frozenset(houses)
