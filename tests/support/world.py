"""The business of the worked examples, as plain values and as rows.

`pure_world()` is the fixture of docs/rules/pricing.md, 6.1; `build_world(work)` stores the very
same rate book, row by row, so that one table of cases runs on both. The builders below have
defaults for everything a test does not care about. Everybody here is invented.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from casaaustin.availability.occupancy import Occupancy
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
from casaaustin.quoting.evaluate import HouseQuote, Quote, QuoteRequest, evaluate
from casaaustin.stays import Stay
from casaaustin.vocabulary import DocumentType, ReductionType, SeasonType, ServiceType

if TYPE_CHECKING:
    from casaaustin.clients.models import Client
    from casaaustin.db.work import Work

_NAMES = UUID("5d2c0c1e-7a41-4f0e-9a0b-0c1a2b3c4d5e")
RATE = Decimal("3.725")
RATE_SINCE = datetime(2026, 4, 6, 13, 0, tzinfo=UTC)  # 08:00 in Lima
SUNDAY = 6


def known_id(name: str) -> UUID:
    """The id that belongs to a name in every test, so that failures read alike on each run."""
    return uuid5(_NAMES, name)


C1, C2, C3, C4, C5 = (known_id(f"Casa {number}") for number in range(1, 6))
BREAKFAST, POOL_HEATING, TRANSFER, CLEANING = (
    known_id(name) for name in ("Breakfast", "Pool heating", "Airport transfer", "Final cleaning")
)


def rates(weekday_low: str, weekend_low: str, weekday_high: str, weekend_high: str) -> NightRates:
    """The four prices of a house, from text."""
    return NightRates(
        Decimal(weekday_low), Decimal(weekend_low), Decimal(weekday_high), Decimal(weekend_high)
    )


def special(
    month: int, day: int, price: str, minimum: int = 1, *, year: int | None = None, label: str = ""
) -> SpecialDate:
    """A special date; every year unless `year` says otherwise."""
    return SpecialDate(month, day, year, label, Decimal(price), minimum)


def make_house(name: str = "Casa 1", **overrides: Any) -> House:
    """A house that can be sold: 12 persons, 10 dollars for each further guest, the prices of C1."""
    facts: dict[str, Any] = {
        "id": known_id(name),
        "name": name,
        "slug": name.casefold().replace(" ", "-"),
        "capacity_max": 12,
        "extra_person_usd": Decimal("10.00"),
        "rates": rates("110.00", "180.00", "160.00", "240.00"),
    }
    return House(**facts | overrides)


def make_service(name: str, price: str, **overrides: Any) -> Service:
    """An optional service, once per stay, in every house."""
    facts: dict[str, Any] = {
        "id": known_id(name),
        "name": name,
        "description": "",
        "price_usd": Decimal(price),
    }
    return Service(**facts | overrides)


def make_tier(days_before: int, percentage: str, **overrides: Any) -> CancellationTier:
    """A cancellation tier of every house."""
    name = f"{days_before} days"
    facts: dict[str, Any] = {
        "id": known_id(f"tier {name}"),
        "name": name,
        "description": "",
        "days_before": days_before,
        "refund_percentage": Decimal(percentage),
    }
    return CancellationTier(**facts | overrides)


def make_book(*houses: House, **overrides: Any) -> RateBook:
    """A rate book with a rate of 3.725 and nothing else that a test did not ask for."""
    facts: dict[str, Any] = {"version": 1, "houses": houses, "rate": CurrentRate(RATE, RATE_SINCE)}
    return RateBook(**facts | overrides)


HIGH_SEASONS = (
    Season("Fiestas Patrias", SeasonType.HIGH, (7, 25), (7, 31)),
    Season("Verano", SeasonType.HIGH, (12, 15), (3, 15)),
)
NAVIDAD = special(12, 25, "350.00", 2, label="Navidad")
FIN_DE_ANO = special(12, 31, "450.00", 3, label="Fin de Año")
FERIADO = special(5, 1, "260.00", label="Feriado")
BISIESTO = special(2, 29, "190.00", label="Bisiesto")
FIESTAS = special(7, 28, "300.00", 2, label="Fiestas Patrias")
SUNDAY_15 = LateCheckoutRule(SUNDAY, True, ReductionType.PERCENTAGE, Decimal("15.00"))
TIERS = (make_tier(30, "100.00"), make_tier(15, "50.00"), make_tier(7, "25.00", is_default=True))


def pure_world(
    *,
    leap_day: bool = False,
    cleaning: bool = False,
    sunday: LateCheckoutRule = SUNDAY_15,
    policy: Policy = Policy(),  # noqa: B008 - frozen
) -> RateBook:
    """The rate book of the worked examples.

    Args:
        leap_day: C1 has its price for 29/02 (W08 only).
        cleaning: the mandatory final cleaning exists (the example of 2.10.2 only).
        sunday: late checkout on Sundays.
        policy: the switches.

    Source: docs/rules/pricing.md, 6.1.
    """
    c1_dates = (FERIADO, NAVIDAD, FIN_DE_ANO)
    dear, middle = Decimal("20.00"), Decimal("15.00")
    services = [
        make_service("Breakfast", "15.00", is_per_night=True, is_per_person=True),
        make_service("Pool heating", "50.00", is_per_night=True),
        make_service("Airport transfer", "30.00"),
    ]
    if cleaning:
        services.append(make_service("Final cleaning", "25.00", is_mandatory=True))
    return RateBook(
        version=1,
        houses=(
            make_house("Casa 1", special_dates=(BISIESTO, *c1_dates) if leap_day else c1_dates),
            make_house(
                "Casa 2",
                capacity_max=18,
                extra_person_usd=middle,
                rates=rates("120.00", "200.00", "170.00", "260.00"),
            ),
            make_house(
                "Casa 3",
                capacity_max=40,
                extra_person_usd=dear,
                rates=rates("200.00", "320.00", "260.00", "420.00"),
            ),
            make_house(
                "Casa 4",
                capacity_max=18,
                extra_person_usd=middle,
                rates=rates("125.50", "205.75", "175.25", "265.90"),
                special_dates=(FIESTAS,),
            ),
            make_house(
                "Casa 5",
                capacity_max=6,
                extra_person_usd=Decimal("12.00"),
                rates=None,
                from_price_usd=Decimal("95.25"),
            ),
        ),
        seasons=HIGH_SEASONS,
        late_checkout={SUNDAY: sunday},
        services=tuple(sorted(services, key=lambda service: service.name)),
        cancellation=TIERS,
        rate=CurrentRate(RATE, RATE_SINCE),
        policy=policy,
    )


def build_world(work: Work, **choices: Any) -> RateBook:
    """Store the rate book of the worked examples in an empty database; `choices` as in `pure_world`."""
    book = pure_world(**choices)
    store_book(work, book)
    return book


def store_book(work: Work, book: RateBook) -> None:
    """Store any rate book in an empty database, so that `rate_book(work)` reads the same one back."""
    from casaaustin.db.mixins import RateBookVersion

    session = work.session
    kept = session.get_one(RateBookVersion, 1)
    kept.policy = book.policy.words()
    # Parents first: the models declare no relationships that would sort them.
    for rows in (list(_house_rows(book.houses)), list(_price_rows(book)), list(_extra_rows(book))):
        session.add_all(rows)
        session.flush()


def _house_rows(houses: Iterable[House]) -> Iterator[Any]:
    from casaaustin.properties.models import Property

    for house in houses:
        yield Property(
            id=house.id,
            name=house.name,
            slug=house.slug,
            capacity_max=house.capacity_max,
            capacity_sleep=house.capacity_sleep,
            caracteristicas=sorted(house.features),
            precio_extra_persona=house.extra_person_usd,
            precio_desde=house.from_price_usd,
            hora_ingreso=house.check_in_hour,
            hora_salida=house.check_out_hour,
            on_temperature_pool_url="https://pool.example/on" if house.has_heated_pool else None,
            exchange_class=house.exchange_class,
            zone=house.zone,
            is_open=house.is_open,
        )


def _price_rows(book: RateBook) -> Iterator[Any]:
    from casaaustin.pricing.models import ExchangeRate, PropertyPricing, SeasonPricing, SpecialDatePricing

    for house in book.houses:
        if house.rates is not None:
            yield PropertyPricing(
                property_id=house.id,
                weekday_low_season_usd=house.rates.weekday_low,
                weekend_low_season_usd=house.rates.weekend_low,
                weekday_high_season_usd=house.rates.weekday_high,
                weekend_high_season_usd=house.rates.weekend_high,
            )
        for row in house.special_dates:
            yield SpecialDatePricing(
                property_id=house.id,
                month=row.month,
                day=row.day,
                year=row.year,
                description=row.label or None,
                price_usd=row.price_usd,
                minimum_consecutive_nights=row.minimum_nights,
            )
    for season in book.seasons:
        yield SeasonPricing(
            name=season.name,
            season_type=season.kind,
            start_month=season.start[0],
            start_day=season.start[1],
            end_month=season.end[0],
            end_day=season.end[1],
        )
    if book.rate is not None:
        yield ExchangeRate(usd_to_sol=book.rate.usd_to_sol, created=book.rate.since)


def _extra_rows(book: RateBook) -> Iterator[Any]:
    from casaaustin.pricing.models import (
        AdditionalService,
        AdditionalServiceProperty,
        CancellationPolicy,
        CancellationPolicyProperty,
        LateCheckoutConfig,
    )

    for rule in book.late_checkout.values():
        yield LateCheckoutConfig(
            weekday=rule.weekday,
            name=f"weekday {rule.weekday}",
            allows_late_checkout=rule.allowed,
            discount_type=rule.reduction,
            discount_value=rule.value,
        )
    for service in book.services:
        yield AdditionalService(
            id=service.id,
            name=service.name,
            description=service.description,
            price_usd=service.price_usd,
            service_type=ServiceType.MANDATORY if service.is_mandatory else ServiceType.OPTIONAL,
            is_per_night=service.is_per_night,
            is_per_person=service.is_per_person,
            post_action=service.post_action,
        )
    for tier in book.cancellation:
        yield CancellationPolicy(
            id=tier.id,
            name=tier.name,
            description=tier.description,
            days_before_checkin=tier.days_before,
            refund_percentage=tier.refund_percentage,
            is_default=tier.is_default,
        )
    for service in book.services:
        for house_id in sorted(service.houses):
            yield AdditionalServiceProperty(additional_service_id=service.id, property_id=house_id)
    for tier in book.cancellation:
        for house_id in sorted(tier.houses):
            yield CancellationPolicyProperty(cancellation_policy_id=tier.id, property_id=house_id)


def make_client(first_name: str = "Ana", last_name: str = "Quispe", **overrides: Any) -> Client:
    """A guest, ready to be added: Ana Quispe, or Bruno Salas with another document."""
    from casaaustin.clients.models import Client

    number = known_id(f"{first_name} {last_name}").int % 10**8
    facts: dict[str, Any] = {
        "id": known_id(f"{first_name} {last_name}"),
        "first_name": first_name,
        "last_name": last_name,
        "document_type": DocumentType.DNI,
        "number_doc": f"{number:08}",
        "tel_number": "+51999000111",
    }
    return Client(**facts | overrides)


def stay(check_in: str, check_out: str) -> Stay:
    """A stay from two ISO dates."""
    return Stay(date.fromisoformat(check_in), date.fromisoformat(check_out))


def taken(asked: Stay, *stays: tuple[UUID, Stay], reach: int = 70) -> Occupancy:
    """What is taken around a stay.

    Args:
        asked: the stay that is asked for.
        stays: house and nights of each stay that is there already.
        reach: how many days the calendar goes beyond `asked` on both sides.
    """
    days = timedelta(days=reach)
    window = Stay(asked.check_in - days, asked.check_out + days)
    return Occupancy.of(window, ((house, night) for house, held in stays for night in held.nights()))


MONDAY = datetime(2026, 4, 6, 15, 5, tzinfo=UTC)  # 10:05 in Lima
NONE_TAKEN = Occupancy(Stay(date(2015, 1, 1), date(2045, 1, 1)))


def quote_of(
    book: RateBook,
    asked: Stay,
    guests: int = 1,
    *,
    house: UUID | None = None,
    occupancy: Occupancy = NONE_TAKEN,
    now: datetime = MONDAY,
    **wishes: Any,
) -> Quote:
    """What the evaluator says; all houses and nothing taken unless a test says otherwise.

    `wishes` are the other fields of a `QuoteRequest`.
    """
    request = QuoteRequest(stay=asked, guests=guests, house=house, **wishes)
    return evaluate(book, request, occupancy, now=now, valid_for=timedelta(minutes=30))


def answer_of(book: RateBook, asked: Stay, guests: int = 1, *, house: UUID = C1, **more: Any) -> HouseQuote:
    """What the evaluator says about one house."""
    return quote_of(book, asked, guests, house=house, **more).houses[0]
