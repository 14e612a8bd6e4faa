"""The worked examples of discounts: one table, for plain values and for every database.

Each example says who asks for which stay, what is on offer, and what comes of it. Codes are called
CODE. Source: docs/rules/pricing.md, 6.3 to 6.6; docs/rules/clients.md, 7.5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from casaaustin.discounts.judge import Person
from casaaustin.discounts.record import WEEKDAY_NIGHTS, WEEKEND_NIGHTS, Discount, Window, allowed_weekdays
from casaaustin.discounts.winner import CodeStatus
from casaaustin.pricing.ratebook import Policy, RateBook
from casaaustin.quoting.evaluate import HouseQuote
from casaaustin.stays import Stay
from casaaustin.vocabulary import Benefit, CodeVsAutomatic, DayScope, Source, SpecialNights
from tests.support.offers import make_code, make_level, make_rule
from tests.support.world import C1, C2, C4, known_id, make_house, pure_world, rates, stay

if TYPE_CHECKING:
    from uuid import UUID

TODAY = date(2026, 4, 6)
USUAL = Policy()
W01 = stay("2026-04-13", "2026-04-15")
W02 = stay("2026-04-17", "2026-04-19")
W07 = stay("2026-05-01", "2026-05-03")
W20 = stay("2026-04-16", "2026-04-19")
# A house in which two nights of six guests cost 300.00 and 100.00 for the extra guests.
C6 = known_id("Casa 6")
CASA_6 = make_house("Casa 6", rates=rates("150.00", "150.00", "150.00", "150.00"))
SIX_GUESTS: dict[str, Any] = {"house": C6, "guests": 6}

SEMILLA, CLIENTE, RECURRENTE, PREMIUM, EMBAJADOR, LEGEND = LEVELS = (
    make_level("Semilla"),
    make_level("Cliente", 1),
    make_level("Recurrente", 3),
    make_level("Premium", 3, 1, 1),
    make_level("Embajador", 5, 2, 2),
    make_level("Legend", 10, 3, 5),
)


@dataclass(frozen=True)
class Guest:
    """Somebody of the examples, as rules see them and as they are stored."""

    last_name: str
    birth_date: date | None = None
    levels: tuple[Any, ...] = ()
    approved: int = 0
    referred_by: str | None = None


PEOPLE = {
    "Bruno": Guest("Salas", levels=(PREMIUM,)),
    "Ana": Guest("Quispe", date(1990, 5, 12), referred_by="Bruno"),
    "Carla": Guest("Inga", levels=(CLIENTE, RECURRENTE), approved=3),
    "Diego": Guest("Paz", date(1988, 4, 20)),
    "Fabio": Guest("Ramos", levels=(SEMILLA, EMBAJADOR)),
    "Elena": Guest("Torres", referred_by="Fabio"),
    "Gloria": Guest("Vega", referred_by="Diego"),
    "Hugo": Guest("Zea", levels=(SEMILLA,)),
    "Irma": Guest("Luna", referred_by="Hugo"),
}


def person_id(name: str) -> UUID:
    """The id of somebody of the examples."""
    return known_id(f"{name} {PEOPLE[name].last_name}")


@dataclass(frozen=True)
class Example:
    """Who asks for what, what is on offer, and what comes of it.

    Args:
        stay: the nights.
        guests: all persons.
        house: which house.
        who: one of `PEOPLE`; None for somebody unknown.
        code: the code that exists.
        sends: the code that is typed; that of `code` when left out.
        rules: automatic discounts.
        referral: per cent for those whom a guest of the level Premium or Embajador brought.
        policy: the switches.
        today: the day of booking.
        off: dollars taken off.
        off_sol: the same in soles, where the example says so.
        final: dollars after the discount, where the example says so.
        won: the kind of discount that wins.
        status: what became of the code.
        reason: why it was refused.
        once_cancelled: the guest had a stay that was cancelled.
    """

    stay: Stay
    guests: int = 1
    house: UUID = C1
    who: str | None = None
    code: Discount | None = None
    sends: str | None = None
    rules: tuple[Discount, ...] = ()
    referral: str | None = None
    policy: Policy = USUAL
    today: date = TODAY
    off: str = "0.00"
    off_sol: str | None = None
    final: str | None = None
    won: Source | None = None
    status: CodeStatus | None = None
    reason: str | None = None
    once_cancelled: bool = False

    @property
    def asked(self) -> str | None:
        """The code that is typed."""
        return self.sends or (self.code.code if self.code is not None else None)

    def book(self) -> RateBook:
        """The rate book of the worked examples, with the switches of this one."""
        book = pure_world(policy=self.policy)
        return replace(book, houses=(*book.houses, CASA_6))

    def person(self) -> Person | None:
        """The guest as rules see them; a cancelled stay is no booking."""
        if self.who is None:
            return None
        guest = PEOPLE[self.who]
        levels = frozenset(level.id for level in guest.levels)
        return Person(person_id(self.who), guest.birth_date, guest.approved, guest.approved, levels)

    def all_rules(self) -> tuple[Discount, ...]:
        """What applies by itself, the referral discount of this guest with it."""
        referrer = PEOPLE[self.who].referred_by if self.who is not None else None
        level = PEOPLE[referrer].levels[-1] if referrer is not None and PEOPLE[referrer].levels else None
        if self.referral is None or level not in (PREMIUM, EMBAJADOR):
            return self.rules
        return (*self.rules, make_rule(level.name, self.referral, Source.REFERRAL))

    def check(self, answer: HouseQuote) -> None:
        """Compare an answer with what the example says."""
        outcome, totals = answer.outcome, answer.totals
        assert outcome.amount.usd == Decimal(self.off)
        assert outcome.amount == totals.discount
        if self.off_sol is not None:
            assert outcome.amount.sol == Decimal(self.off_sol)
        if self.final is not None:
            assert totals.final.usd == Decimal(self.final)
        assert (outcome.winner.discount.source if outcome.winner else None) is self.won
        assert (outcome.code.status if outcome.code else None) is self.status
        assert (outcome.code.reason if outcome.code else None) == self.reason


def _code(value: str = "10.00", benefit: Benefit = Benefit.PERCENTAGE, **facts: Any) -> Discount:
    return make_code("CODE", value, benefit=benefit, **facts)


def _applied(
    asked: Stay, off: str, off_sol: str | None = None, final: str | None = None, **more: Any
) -> Example:
    facts: dict[str, Any] = {"code": _code()} | more
    return Example(
        asked, off=off, off_sol=off_sol, final=final, won=Source.CODE, status=CodeStatus.APPLIED, **facts
    )


def _refused(asked: Stay, reason: str, **more: Any) -> Example:
    facts: dict[str, Any] = {"code": _code()} | more
    return Example(asked, status=CodeStatus.REFUSED, reason=reason, **facts)


def _rule(source: Source, value: str, **facts: Any) -> Discount:
    return make_rule(source.value, value, source, **facts)


def _as(example: Example, **more: Any) -> Example:
    return replace(example, **more)


APRIL = Window(date(2026, 4, 1), date(2026, 4, 6))
AT_BEST = Policy(code_vs_automatic=CodeVsAutomatic.BEST_FOR_GUEST)
WITHOUT_SPECIAL = Policy(special_nights=SpecialNights.EXCLUDE)
GLOBAL_15 = _rule(Source.GLOBAL_PROMOTION, "15.00", base_only=True)
BIRTHDAY_10 = _rule(Source.BIRTHDAY, "10.00")
LAST_MINUTE_20 = _rule(Source.LAST_MINUTE, "20.00")
LOYALTY_15 = _rule(Source.LOYALTY, "15.00", achievements=frozenset({RECURRENTE.id, LEGEND.id}))
FRIDAYS = _rule(
    Source.GLOBAL_PROMOTION,
    "10.00",
    weekdays=allowed_weekdays(frozenset({4}), restrict_weekdays=True, restrict_weekends=False),
)
W27 = Example(
    W02,
    4,
    who="Diego",
    rules=(
        BIRTHDAY_10,
        GLOBAL_15,
        _rule(Source.RETURNING, "12.00", cap_usd=Decimal("30.00")),
        LAST_MINUTE_20,
    ),
    off="54.00",
    off_sol="201.15",
    final="366.00",
    won=Source.GLOBAL_PROMOTION,
)
W30 = Example(
    W02,
    4,
    who="Ana",
    rules=(GLOBAL_15,),
    referral="20.00",
    off="84.00",
    off_sol="312.90",
    final="336.00",
    won=Source.REFERRAL,
)
C40 = _applied(W01, "20.00", None, "380.00", code=_code("5.00"), who="Elena", referral="12.00", **SIX_GUESTS)


def _days(scope: DayScope, weekdays: frozenset[int]) -> dict[str, Any]:
    return {"code": _code("20.00", weekdays=weekdays, day_scope=scope)}


EXAMPLES: dict[str, Example] = {
    "W11": _applied(W02, "42.00", "156.45", "378.00", guests=4),
    "W12": _applied(W02, "54.00", "201.15", "366.00", guests=4, code=_code("15.00", base_only=True)),
    "W13": _applied(
        W02,
        "100.00",
        "372.50",
        "360.00",
        house=C2,
        guests=3,
        code=_code("50.00", base_only=True, cap_usd=Decimal("100.00")),
    ),
    "W14": _applied(W01, "220.00", "819.50", "0.00", code=_code("500.00", Benefit.FIXED_USD)),
    "W15": _applied(W01, "40.27", "150.00", "179.73", code=_code("150.00", Benefit.FIXED_SOL)),
    "W16": _applied(
        stay("2026-04-13", "2026-04-14"), "18.83", "70.14", "106.67", house=C4, code=_code("15.00")
    ),
    "W17 C1": _refused(
        W02, "code_wrong_property", guests=2, code=_code(houses=frozenset({C2})), final="380.00"
    ),
    "W17 C2": _applied(W02, "43.00", None, "387.00", house=C2, guests=2, code=_code(houses=frozenset({C2}))),
    "W18a": _applied(W01, "22.00", code=_code(book_window=APRIL)),
    "W18b": _refused(W01, "code_expired", code=_code(book_window=APRIL), today=date(2026, 4, 7)),
    "W18c": _refused(W01, "code_not_started", code=_code(book_window=APRIL), today=date(2026, 3, 31)),
    "W19a": _refused(W01, "code_below_minimum", code=_code(min_amount_usd=Decimal("250.00"))),
    "W19b": _applied(W01, "22.00", None, "198.00", code=_code(min_amount_usd=Decimal("220.00"))),
    "W20 check-in": _applied(W20, "94.00", **_days(DayScope.CHECK_IN, WEEKDAY_NIGHTS)),
    "W20 eligible nights": _applied(W20, "22.00", **_days(DayScope.ELIGIBLE_NIGHTS, WEEKDAY_NIGHTS)),
    "W20 all nights": _refused(W20, "code_day_not_allowed", **_days(DayScope.ALL_NIGHTS, WEEKDAY_NIGHTS)),
    "W21 check-in": _refused(W20, "code_day_not_allowed", **_days(DayScope.CHECK_IN, WEEKEND_NIGHTS)),
    "W21 eligible nights": _applied(W20, "72.00", **_days(DayScope.ELIGIBLE_NIGHTS, WEEKEND_NIGHTS)),
    "W21 all nights": _refused(W20, "code_day_not_allowed", **_days(DayScope.ALL_NIGHTS, WEEKEND_NIGHTS)),
    "W22": _refused(
        stay("2026-04-06", "2026-04-07"),
        "code_day_not_allowed",
        **_days(DayScope.CHECK_IN, WEEKEND_NIGHTS),
    ),
    "W23a": _applied(stay("2026-04-30", "2026-05-03"), "55.00", None, "495.00"),
    "W23b": _applied(stay("2026-04-30", "2026-05-03"), "29.00", None, "521.00", policy=WITHOUT_SPECIAL),
    "W24": _refused(W07, "code_special_date", guests=2, final="460.00"),
    "W27": W27,
    "W28 code wins": _as(
        W27,
        code=_code(),
        off="42.00",
        off_sol=None,
        final="378.00",
        won=Source.CODE,
        status=CodeStatus.APPLIED,
    ),
    "W28 best for guest": _as(W27, code=_code(), policy=AT_BEST, status=CodeStatus.SUPERSEDED),
    "W29a": _as(
        W27,
        code=_code(book_window=Window(date(2026, 1, 1), date(2026, 4, 5))),
        status=CodeStatus.REFUSED,
        reason="code_expired",
    ),
    "W29b": _as(W27, sends="NOBODY", status=CodeStatus.REFUSED, reason="code_not_found"),
    "W30": W30,
    "W31": _as(
        W30,
        rules=(GLOBAL_15, _rule(Source.FIRST_TIME, "25.00")),
        once_cancelled=True,
        off="105.00",
        off_sol=None,
        final="315.00",
        won=Source.FIRST_TIME,
    ),
    "W32a": Example(
        stay("2026-04-30", "2026-05-02"), house=C2, who="Ana", rules=(BIRTHDAY_10,), final="320.00"
    ),
    "W32b": Example(
        stay("2026-05-02", "2026-05-04"),
        house=C2,
        who="Ana",
        rules=(BIRTHDAY_10,),
        off="32.00",
        final="288.00",
        won=Source.BIRTHDAY,
    ),
    "W33a": Example(
        stay("2026-04-06", "2026-04-07"), rules=(LAST_MINUTE_20,), off="22.00", won=Source.LAST_MINUTE
    ),
    "W33b": Example(
        stay("2026-04-07", "2026-04-08"), rules=(LAST_MINUTE_20,), off="22.00", won=Source.LAST_MINUTE
    ),
    "W33c": Example(stay("2026-04-08", "2026-04-09"), rules=(LAST_MINUTE_20,)),
    "W34a": Example(
        stay("2026-04-17", "2026-04-18"), rules=(FRIDAYS,), off="18.00", won=Source.GLOBAL_PROMOTION
    ),
    "W34b": Example(stay("2026-04-13", "2026-04-14"), rules=(FRIDAYS,)),
    "W35a": Example(W01, who="Carla", rules=(LOYALTY_15,), off="33.00", won=Source.LOYALTY),
    "W35b": Example(W01, who="Bruno", rules=(LOYALTY_15,)),
    "W35c": Example(W01, rules=(LOYALTY_15,)),
    "W35 global": Example(
        W01, rules=(_rule(Source.GLOBAL_PROMOTION, "10.00", achievements=frozenset({LEGEND.id})),)
    ),
    "C36": Example(
        W01, who="Elena", referral="15.00", off="60.00", final="340.00", won=Source.REFERRAL, **SIX_GUESTS
    ),
    "C38 no level": Example(W01, who="Gloria", referral="15.00", **SIX_GUESTS),
    "C38 level without a row": Example(W01, who="Irma", referral="15.00", **SIX_GUESTS),
    "C39": Example(
        W01,
        who="Elena",
        referral="12.00",
        rules=(_rule(Source.GLOBAL_PROMOTION, "20.00", base_only=True),),
        off="60.00",
        won=Source.GLOBAL_PROMOTION,
        **SIX_GUESTS,
    ),
    "C40 code wins": C40,
    "C40 best for guest": _as(
        C40,
        policy=AT_BEST,
        off="48.00",
        final="352.00",
        won=Source.REFERRAL,
        status=CodeStatus.SUPERSEDED,
    ),
}
