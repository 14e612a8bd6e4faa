"""`casa db check`: every injected defect is found by its own invariant and by no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, delete, insert, text, update

from casaaustin.actors import SYSTEM
from casaaustin.audit.models import AuditEvent, RequestKey
from casaaustin.availability.models import ReservationNight
from casaaustin.clients.models import Client
from casaaustin.db.invariants import Report, Severity, examine
from casaaustin.db.migrate import head
from casaaustin.db.mixins import RateBookVersion
from casaaustin.db.table_invariants import shape
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work
from casaaustin.discounts.models import (
    AutomaticDiscount,
    AutomaticDiscountAchievement,
    AutomaticDiscountProperty,
    DiscountCode,
    DiscountRedemption,
    DynamicDiscountConfig,
    ReferralDiscountByLevel,
    WelcomeDiscountConfig,
)
from casaaustin.integrity import CHECKS, integrity
from casaaustin.levels.models import Achievement, ClientAchievement
from casaaustin.pricing.models import (
    CancellationPolicy,
    ExchangeRate,
    LateCheckoutConfig,
    PropertyPricing,
    SeasonPricing,
    SpecialDatePricing,
)
from casaaustin.properties.models import Property, PropertyPhoto
from casaaustin.quoting.models import SavedQuote
from casaaustin.reassignment.models import PlanConsent, ReassignmentPlan, WaitingRequest
from casaaustin.register.models import Reservation
from casaaustin.vocabulary import ConsentAnswer, PlanState
from tests.support.counting import counting
from tests.support.desk import Desk
from tests.support.offers import (
    give_levels,
    make_code,
    make_level,
    make_rule,
    store_discounts,
    store_levels,
    store_referral,
)
from tests.support.world import C1, C2, C5, known_id, stay

night, reservation = table_of(ReservationNight), table_of(Reservation)
quote, client, photo = table_of(SavedQuote), table_of(Client), table_of(PropertyPhoto)
house, pricing, special = table_of(Property), table_of(PropertyPricing), table_of(SpecialDatePricing)
season, rate, policy = table_of(SeasonPricing), table_of(ExchangeRate), table_of(CancellationPolicy)
late, book, request_key = table_of(LateCheckoutConfig), table_of(RateBookVersion), table_of(RequestKey)
audit = table_of(AuditEvent)
code, redemption, rule = table_of(DiscountCode), table_of(DiscountRedemption), table_of(AutomaticDiscount)
generator, promotion = table_of(DynamicDiscountConfig), table_of(WelcomeDiscountConfig)
level, holding, referral = (
    table_of(Achievement),
    table_of(ClientAchievement),
    table_of(ReferralDiscountByLevel),
)
rule_house, rule_level = table_of(AutomaticDiscountProperty), table_of(AutomaticDiscountAchievement)
TEN = make_code("TEN", usage_limit=2, per_client_limit=2)
plan, consent = table_of(ReassignmentPlan), table_of(PlanConsent)
waiting = table_of(WaitingRequest)
PLAN = known_id("plan")
RULE, LEVEL = make_rule("Global", "1.00"), make_level("Premium")
ROW = {"deleted": False}


@dataclass(slots=True)
class Books:
    """A business with some stays, and a way past every guard of the library and the database."""

    database: Database
    desk: Desk
    firm: UUID
    late: UUID
    hold: UUID
    cancelled: UUID
    used: UUID
    held_use: UUID
    connection: Connection = field(init=False)

    def run(self, *statements: Any) -> None:
        for statement in statements:
            self.connection.execute(text(statement) if isinstance(statement, str) else statement)

    def set(self, table: Any, row: UUID | None = None, **values: Any) -> None:
        """Change a row, or every row, behind everybody's back."""
        statement = update(table).values(**values)
        self.run(statement if row is None else statement.where(table.c.id == row))

    @property
    def now(self) -> Any:
        return self.database.clock.now()

    def times(self) -> dict[str, Any]:
        return {"created": self.now, "updated": self.now, "deleted": False}


@pytest.fixture
def books(database: Database) -> Books:
    return stored_books(database)


def stored_books(database: Database) -> Books:
    desk = Desk.open(database)
    firm = desk.reserve(stay("2026-05-04", "2026-05-07"))
    with_late = desk.reserve(stay("2026-05-08", "2026-05-10"), late_checkout=True)
    hold = desk.hold(stay("2026-06-01", "2026-06-03"))
    gone = desk.reserve(stay("2026-07-01", "2026-07-02"), C2, key="once")
    desk.cancel(gone, reason="ill")
    desk.block(stay("2026-08-01", "2026-08-05"), C2)
    desk.write(discounts_of(desk))
    used = desk.reserve(stay("2026-09-01", "2026-09-03"), C2, code="TEN")
    held_use = desk.hold(stay("2026-09-10", "2026-09-12"), C2, code="TEN")
    made = Books(database, desk, firm.id, with_late.id, hold.id, gone.id, used.id, held_use.id)
    with database.engines.writing.begin() as connection:
        # The fifth house of the worked examples has no prices, which is worth a warning.
        connection.execute(update(house).where(house.c.id == C5).values(is_open=False))
        connection.execute(
            insert(photo).values(
                id=known_id("photo"),
                property_id=C1,
                alt_text="",
                order=0,
                is_main=True,
                live_key=C1.hex,
                **made.times(),
            )
        )
    return made


def discounts_of(desk: Desk) -> Callable[[Work], None]:
    """A code, a rule that is worth less, and a level that the guest holds."""

    def use(work: Work) -> None:
        store_levels(work, LEVEL)
        store_discounts(work, TEN, RULE)
        store_referral(work, LEVEL, "5.00")
        give_levels(work, desk.client, [LEVEL])

    return use


@contextmanager
def unguarded(database: Database) -> Iterator[Connection]:
    """A connection on which references are not checked."""
    off, on = {
        "sqlite": ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"),
        "mariadb": ("SET foreign_key_checks = 0", "SET foreign_key_checks = 1"),
        "postgresql": ("SET session_replication_role = replica", "SET session_replication_role = origin"),
    }[database.dialect]
    with database.engines.writing.connect() as connection:
        driver = connection.connection.cursor()
        driver.execute(off)
        if database.dialect == "postgresql":
            connection.connection.commit()
        try:
            yield connection
            connection.commit()
        finally:
            connection.rollback()
            driver.execute(on)
            if database.dialect == "postgresql":
                connection.connection.commit()


def examined(database: Database) -> Report:
    return database.read(integrity)


def broken(report: Report) -> list[str]:
    return [finding.invariant.id for finding in report.broken]


def extra_night(books: Books) -> None:
    books.run(
        insert(night).values(
            property_id=C1, night=stay("2026-05-07", "2026-05-08").check_in, reservation_id=books.firm
        )
    )


def nights_of(who: UUID) -> Any:
    return night.c.reservation_id == who


def second_rate(books: Books) -> None:
    books.run(
        insert(rate).values(
            id=known_id("rate"), usd_to_sol=Decimal("3.800"), is_active=True, live_key=None, **books.times()
        )
    )


def second_client(books: Books) -> None:
    books.run(
        text(
            "INSERT INTO client (id, created, updated, deleted, first_name, last_name, search_name,"
            " document_type, number_doc, notes) SELECT :id, created, updated, deleted, first_name, last_name,"
            " search_name, document_type, number_doc, notes FROM client WHERE search_name = 'ana quispe'"
        ).bindparams(id=known_id("twin") if books.database.dialect == "postgresql" else known_id("twin").hex)
    )


def use_of(who: UUID) -> Any:
    return redemption.c.reservation_id == who


def third_use(books: Books, *, until: Any, of: UUID | None = None) -> None:
    """One more use, by a booking that was sold without a code, so that nothing else is wrong with it."""
    books.run(
        insert(redemption).values(
            id=known_id("third use"),
            code_id=TEN.id,
            reservation_id=books.firm,
            client_id=of,
            amount_usd=Decimal("1.00"),
            amount_sol=Decimal("3.73"),
            state="confirmed",
            held_until=until,
            live_key=books.firm.hex,
            **books.times(),
        )
    )


def third_use_of_one_client(books: Books) -> None:
    books.set(code, usage_limit=None)
    books.run(update(redemption).values(client_id=books.desk.client))
    third_use(books, until=None, of=books.desk.client)


def use_of_another_code(books: Books) -> None:
    welcome_code(books)
    books.set(client, books.desk.client, welcome_discount_issued_at=books.now)
    books.run(update(redemption).where(use_of(books.used)).values(code_id=known_id("welcome")))


def without_a_deadline(books: Books) -> None:
    books.set(reservation, books.hold, payment_voucher_deadline=None)
    books.run(update(night).where(nights_of(books.hold)).values(held_until=None))


def welcome_code(books: Books) -> None:
    books.run(
        insert(code).values(
            id=known_id("welcome"),
            code="WELCOME-ABCDEF",
            description="Bienvenida",
            discount_type="percentage",
            discount_value=Decimal("10.00"),
            start_date=date(2026, 4, 1),
            end_date=date(2026, 4, 30),
            is_active=True,
            restrict_weekdays=False,
            restrict_weekends=False,
            specific_weekdays="",
            day_scope="check_in",
            apply_only_to_base_price=False,
            client_id=books.desk.client,
            origin="welcome",
            made_by="",
            welcomed=books.desk.client.hex,
            **books.times(),
        )
    )


def recipe(books: Books, table: Any, name: str, **values: Any) -> Any:
    """A generator or a promotion."""
    facts: dict[str, Any] = {
        "id": known_id(name),
        "name": name,
        "discount_percentage": Decimal("10.00"),
        "validity_days": 7,
        "min_amount_usd": Decimal("0.00"),
        "apply_only_to_base_price": False,
        "restrict_weekdays": False,
        "restrict_weekends": False,
        "specific_weekdays": "",
        "day_scope": "check_in",
        "is_active": True,
    }
    return insert(table).values(**facts | books.times() | values)


def bad_generator(books: Books) -> None:
    more = {"display_name": "", "description": "", "icon": "x", "prefix": "P", "usage_limit": 1}
    books.run(
        recipe(books, generator, "g", live_key="g", restrict_weekdays=True, restrict_weekends=True, **more)
    )


def only_for_a_deleted_house(books: Books) -> None:
    books.run(
        insert(rule_house).values(
            id=known_id("link"), automatic_discount_id=RULE.id, property_id=C5, **books.times()
        ),
        update(house).where(house.c.id == C5).values(deleted=True),
    )


def only_for_a_deleted_level(books: Books) -> None:
    books.run(
        insert(rule_level).values(
            id=known_id("link"), automatic_discount_id=RULE.id, achievement_id=LEVEL.id, **books.times()
        ),
        update(holding).values(deleted=True),
        update(level).values(deleted=True, live_key=None),
    )


def a_plan(books: Books, **values: Any) -> None:
    """A plan that moves the firm stay to make room, and that nobody has decided about."""
    facts: dict[str, Any] = {
        "id": PLAN,
        "check_in_date": date(2026, 5, 5),
        "check_out_date": date(2026, 5, 6),
        "guests": 2,
        "features": [],
        "property_id": C1,
        "terms": {},
        "moves": [{"reservation": str(books.firm), "from": str(C1), "to": str(C2)}],
        "figures": {},
        "digest": "0" * 64,
        "state": PlanState.PROPOSED,
        "made_by": "ana",
        "expires_at": books.now,
    }
    books.run(insert(plan).values(**facts | books.times() | values))


def an_answer(books: Books, answer: ConsentAnswer, *, of: UUID | None = None, **values: Any) -> None:
    """A plan, and what a guest said to it."""
    a_plan(books, **values)
    books.run(
        insert(consent).values(
            id=known_id("consent"),
            plan_id=PLAN,
            reservation_id=of or books.firm,
            answer=answer,
            note="",
            **books.times(),
        )
    )


def a_request(books: Books, **values: Any) -> None:
    """A request that waits."""
    facts: dict[str, Any] = {
        "id": known_id("waiting"),
        "client_id": books.desk.client,
        "check_in_date": date(2026, 5, 5),
        "check_out_date": date(2026, 5, 6),
        "guests": 2,
        "features": [],
        "remembered_by": "ana",
        "note": "",
    }
    books.run(insert(waiting).values(**facts | books.times() | values))


Inject = Callable[[Books], None]

DEFECTS: dict[str, tuple[str, Inject]] = {
    "a night was lost": (
        "nights.missing",
        lambda b: b.run(
            delete(night).where(nights_of(b.firm), night.c.night == stay("2026-05-05", "2026-05-06").check_in)
        ),
    ),
    "all nights were lost": ("nights.missing", lambda b: b.run(delete(night).where(nights_of(b.firm)))),
    "the night of a late checkout was lost": (
        "nights.missing",
        lambda b: b.run(
            delete(night).where(nights_of(b.late), night.c.night == stay("2026-05-10", "2026-05-11").check_in)
        ),
    ),
    "a night too many": ("nights.surplus", extra_night),
    "a cancelled stay holds a night": (
        "nights.dead",
        lambda b: b.run(
            insert(night).values(
                property_id=C2, night=stay("2026-07-01", "2026-07-02").check_in, reservation_id=b.cancelled
            )
        ),
    ),
    "a night in another house": (
        "nights.house",
        lambda b: b.run(
            update(night)
            .where(nights_of(b.firm), night.c.night == stay("2026-05-05", "2026-05-06").check_in)
            .values(property_id=C2)
        ),
    ),
    "a hold whose nights are firm": (
        "nights.deadline",
        lambda b: b.run(update(night).where(nights_of(b.hold)).values(held_until=None)),
    ),
    "a firm stay whose nights lapse": (
        "nights.deadline",
        lambda b: b.run(update(night).where(nights_of(b.firm)).values(held_until=b.now)),
    ),
    "an approved stay with a deadline": (
        "hold.stale",
        lambda b: b.set(reservation, b.firm, payment_voucher_deadline=b.now),
    ),
    "a hold without a deadline": ("hold.deadline", without_a_deadline),
    "a cancelled stay that does not say when": (
        "reservation.ended",
        lambda b: b.set(reservation, b.cancelled, cancelled_at=None),
    ),
    "an approved stay with a reason of cancelling": (
        "reservation.ended",
        lambda b: b.set(reservation, b.firm, cancel_reason="staff"),
    ),
    "a negative advance": (
        "reservation.amounts",
        lambda b: b.set(reservation, b.firm, advance_payment=Decimal("-1.00")),
    ),
    "soles that are not the dollars": (
        "reservation.soles",
        lambda b: b.set(reservation, b.firm, price_sol=Decimal("1.00")),
    ),
    "a price without a reason": (
        "reservation.price",
        lambda b: b.set(reservation, b.firm, price_usd=Decimal("100.00"), price_sol=Decimal("372.50")),
    ),
    "a priced stay without its snapshot": (
        "reservation.quote",
        lambda b: b.set(reservation, b.firm, quote_id=None),
    ),
    "a computed price that the snapshot does not know": (
        "reservation.quote",
        lambda b: b.set(
            reservation, b.firm, computed_price_usd=Decimal("1.00"), price_override_reason="agreed"
        ),
    ),
    "a snapshot that was changed": (
        "quote.digest",
        lambda b: b.run("UPDATE quote SET snapshot = REPLACE(snapshot, 'Casa 1', 'Casa 9')"),
    ),
    "a quote that says more guests than its snapshot": (
        "quote.totals",
        lambda b: b.set(quote, guests=3),
    ),
    "two active exchange rates": ("live_key.unique", second_rate),
    "two clients with one document": ("live_key.unique", second_client),
    "a live key that does not follow": (
        "derived.equal",
        lambda b: b.run("UPDATE client SET live_key = 'dni:00000000' WHERE search_name = 'ana quispe'"),
    ),
    "a search name that does not follow": (
        "derived.equal",
        lambda b: b.run("UPDATE client SET search_name = 'somebody' WHERE search_name = 'ana quispe'"),
    ),
    "a phone as it was typed": (
        "client.normal_form",
        lambda b: b.run("UPDATE client SET tel_number = '999 000 111' WHERE search_name = 'ana quispe'"),
    ),
    "a client who refers to themselves": (
        "client.referrer",
        lambda b: b.run("UPDATE client SET referred_by_id = id WHERE search_name = 'ana quispe'"),
    ),
    "a house whose photos have no main one": (
        "photo.main",
        lambda b: b.set(photo, is_main=False, live_key=None),
    ),
    "a special date on 30 February": (
        "special_date.day",
        lambda b: b.run(
            insert(special).values(
                id=known_id("special"),
                property_id=C2,
                month=2,
                day=30,
                price_usd=Decimal("1.00"),
                minimum_consecutive_nights=1,
                is_active=True,
                live_key=f"{C2.hex}:02-30:every year",
                **b.times(),
            )
        ),
    ),
    "29 February of a common year": (
        "special_date.day",
        lambda b: b.run(
            insert(special).values(
                id=known_id("special"),
                property_id=C2,
                month=2,
                day=29,
                year=2027,
                price_usd=Decimal("1.00"),
                minimum_consecutive_nights=1,
                is_active=True,
                live_key=f"{C2.hex}:02-29:2027",
                **b.times(),
            )
        ),
    ),
    "a season that ends on 31 April": (
        "season.days",
        lambda b: b.run(
            insert(season).values(
                id=known_id("season"),
                name="Otoño",
                season_type="low",
                start_month=4,
                start_day=1,
                end_month=4,
                end_day=31,
                is_active=True,
                **b.times(),
            )
        ),
    ),
    "a refund of more than all": (
        "percentage.bounds",
        lambda b: b.set(policy, refund_percentage=Decimal("100.01")),
    ),
    "a reduction of more than all": (
        "percentage.bounds",
        lambda b: b.set(late, discount_value=Decimal("150.00")),
    ),
    "a rate of nothing": ("exchange_rate.positive", lambda b: b.set(rate, usd_to_sol=Decimal("0.000"))),
    "an unknown switch": ("rate_book.policy", lambda b: b.set(book, policy={"discounts": "none"})),
    "an open house without prices": (
        "house.prices",
        lambda b: b.set(pricing, weekday_low_season_usd=Decimal("0.00")),
    ),
    "a code that was used too often": ("code.limit", lambda b: third_use(b, until=None)),
    "a code that one client used too often": ("code.limit", third_use_of_one_client),
    "a welcome code that the client does not know of": ("code.welcome", welcome_code),
    "a client who was given a code that there is not": (
        "code.welcome",
        lambda b: b.run(
            update(client).where(client.c.id == b.desk.client).values(welcome_discount_issued_at=b.now)
        ),
    ),
    "a code of more than all": (
        "discount.settings",
        lambda b: b.set(code, discount_value=Decimal("100.01")),
    ),
    "a code for a ninth weekday": ("discount.settings", lambda b: b.set(code, specific_weekdays="9")),
    "a rule of nothing": (
        "discount.settings",
        lambda b: b.set(rule, discount_percentage=Decimal("0.00")),
    ),
    "a rule for weekdays and weekends": (
        "discount.settings",
        lambda b: b.set(rule, restrict_weekdays=True, restrict_weekends=True),
    ),
    "a loyalty rule for no level": ("discount.settings", lambda b: b.set(rule, trigger="loyalty")),
    "a generator for weekdays and weekends": ("discount.settings", bad_generator),
    "a promotion of more than all": (
        "discount.settings",
        lambda b: b.run(recipe(b, promotion, "p", live_key="active", discount_percentage=Decimal("100.01"))),
    ),
    "a referral discount of nothing": (
        "discount.settings",
        lambda b: b.set(referral, discount_percentage=Decimal("0.00")),
    ),
    "a rule for a deleted house": ("discount.scope", only_for_a_deleted_house),
    "a rule for a deleted level": ("discount.scope", only_for_a_deleted_level),
    "a level that was deleted and is held": (
        "level.held",
        lambda b: b.set(level, deleted=True, live_key=None),
    ),
    "two active promotions": (
        "live_key.unique",
        lambda b: b.run(
            recipe(b, promotion, "one", live_key="active"), recipe(b, promotion, "two", live_key=None)
        ),
    ),
    "a booking that lost its use": (
        "use.counted",
        lambda b: b.run(delete(redemption).where(use_of(b.used))),
    ),
    "a booking that uses another code than it was sold with": ("use.counted", use_of_another_code),
    "a use that outlived its booking": (
        "use.returned",
        lambda b: b.run(
            update(redemption)
            .where(use_of(b.used))
            .values(reservation_id=b.cancelled, live_key=b.cancelled.hex),
            # The booking it belonged to was sold without a code, then.
            update(reservation).where(reservation.c.id == b.used).values(quote_id=None),
            update(reservation)
            .where(reservation.c.id == b.used)
            .values(computed_price_usd=Decimal("0.00"), price_usd=Decimal("0.00"), price_sol=Decimal("0.00")),
        ),
    ),
    "an approved booking whose use is only held": (
        "use.state",
        lambda b: b.run(update(redemption).where(use_of(b.used)).values(state="held")),
    ),
    "a hold whose use never lapses": (
        "use.state",
        lambda b: b.run(update(redemption).where(use_of(b.held_use)).values(held_until=None)),
    ),
    "no row of the rate book": ("rate_book.row", lambda b: b.run(delete(book))),
    "a word outside its list": (
        "values.words",
        lambda b: b.run("UPDATE additional_service SET service_type = 'perhaps' WHERE name = 'Breakfast'"),
    ),
    "changed before it was created": (
        "instants.order",
        lambda b: b.set(rate, updated=b.now - timedelta(days=9)),
    ),
    "created in the future": (
        "instants.past",
        lambda b: b.set(house, updated=b.now + timedelta(days=2)),
    ),
    "a request without a result": (
        "request_key.result",
        lambda b: b.run(update(request_key).values(result={})),
    ),
    "a request whose result is gone": (
        "request_key.result",
        lambda b: b.run(update(request_key).values(result={"id": str(known_id("nobody"))})),
    ),
    "a reservation of a client who does not exist": (
        "references.exist",
        lambda b: b.set(reservation, b.firm, client_id=known_id("nobody")),
    ),
    "a night of a reservation that does not exist": (
        "references.exist",
        lambda b: b.run(
            insert(night).values(
                property_id=C5,
                night=stay("2026-05-05", "2026-05-06").check_in,
                reservation_id=known_id("nobody"),
            )
        ),
    ),
    "an audit trail that can be changed": (
        "audit.final",
        lambda b: b.run(
            "DROP TRIGGER audit_event_final ON audit_event"
            if b.database.dialect == "postgresql"
            else "DROP TRIGGER audit_event_final_delete"
        ),
    ),
    "a database of another revision": (
        "schema.revision",
        lambda b: b.run("UPDATE alembic_version SET version_num = '0000'"),
    ),
    "an index that was dropped": (
        "schema.shape",
        lambda b: b.run(
            "DROP INDEX ix_client_email" + (" ON client" if b.database.dialect == "mariadb" else "")
        ),
    ),
    "a plan that was carried out for nobody": (
        "plan.booked",
        lambda b: a_plan(b, state=PlanState.APPLIED, ended_at=b.now),
    ),
    "a mere proposal with a booking": ("plan.booked", lambda b: a_plan(b, reservation_id=b.firm)),
    "a withdrawn plan that does not say since when": (
        "plan.ended",
        lambda b: a_plan(b, state=PlanState.WITHDRAWN),
    ),
    "a proposal that has ended": ("plan.ended", lambda b: a_plan(b, ended_at=b.now)),
    "a plan that moves nobody": ("plan.known", lambda b: a_plan(b, moves=[])),
    "a plan that moves a stay that never was": (
        "plan.known",
        lambda b: a_plan(b, moves=[{"reservation": str(PLAN), "from": str(C1), "to": str(C2)}]),
    ),
    "a plan that moves into a house that never was": (
        "plan.known",
        lambda b: a_plan(b, moves=[{"reservation": str(b.firm), "from": str(C1), "to": str(PLAN)}]),
    ),
    "nights kept free for a plan that was withdrawn": (
        "plan.earmarks",
        lambda b: a_plan(b, state=PlanState.WITHDRAWN, ended_at=b.now, terms={"earmarks": [str(b.hold)]}),
    ),
    "a guest is asked who stays": (
        "consent.asked",
        lambda b: an_answer(b, ConsentAnswer.ASKED, of=b.late, state=PlanState.ASKING),
    ),
    "a guest was moved who had said no": (
        "consent.agreed",
        lambda b: an_answer(
            b, ConsentAnswer.NO, state=PlanState.APPLIED, ended_at=b.now, reservation_id=b.used
        ),
    ),
    "a request that is closed without a reason": ("waiting.closed", lambda b: a_request(b, closed_at=b.now)),
    "a request that waits and says why it is closed": (
        "waiting.closed",
        lambda b: a_request(b, closed_because="placed"),
    ),
    "a request that waits and was placed": ("waiting.closed", lambda b: a_request(b, reservation_id=b.firm)),
}
# What a server needs to be as it was.
DEFECTS_OF_THE_SCHEMA = {
    "an audit trail that can be changed": {
        "postgresql": "CREATE TRIGGER audit_event_final BEFORE UPDATE OR DELETE ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION audit_event_is_final()",
        "mariadb": "CREATE TRIGGER audit_event_final_delete BEFORE DELETE ON audit_event "
        "FOR EACH ROW BEGIN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit events are final'; END",
    },
    "a database of another revision": dict.fromkeys(
        ("postgresql", "mariadb"), f"UPDATE alembic_version SET version_num = '{head()}'"
    ),
    "an index that was dropped": dict.fromkeys(
        ("postgresql", "mariadb"), "CREATE INDEX ix_client_email ON client (email)"
    ),
}


def test_honest_books_are_clean(books: Books) -> None:
    report = examined(books.database)
    assert broken(report) == []
    assert (report.differences, report.warnings) == (0, 0)
    assert len(report.findings) == sum(len(one.invariants) for one in CHECKS)


def test_an_empty_database_is_clean(database: Database) -> None:
    assert broken(examined(database)) == []


def assert_found(report: Report, defect: str) -> None:
    invariant, _ = DEFECTS[defect]
    assert broken(report) == [invariant], defect
    (finding,) = report.broken
    assert finding.unreadable is None
    assert finding.count == len(finding.examples) >= 1
    assert finding.examples[0].message
    is_warning = finding.invariant.severity is Severity.WARNING
    assert (report.differences == 0) is is_warning


@pytest.fixture
def sqlite_books(sqlite_database: Database) -> Books:
    return stored_books(sqlite_database)


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_found_by_its_own_invariant_and_by_no_other(sqlite_books: Books, defect: str) -> None:
    with unguarded(sqlite_books.database) as sqlite_books.connection:
        DEFECTS[defect][1](sqlite_books)
    assert_found(examined(sqlite_books.database), defect)


def test_every_defect_of_the_rows_is_found_on_every_database(books: Books) -> None:
    """The same in one transaction per defect, each taken back: a server's database is dear to make."""
    database = books.database
    checks = [one for one in CHECKS if one is not shape]
    for defect in DEFECTS.keys() - DEFECTS_OF_THE_SCHEMA:
        with unguarded(database) as books.connection:
            DEFECTS[defect][1](books)
            work = Work(books.connection, database.clock, SYSTEM, database.settings, database)
            report = examine(work, checks)
            books.connection.rollback()
        assert_found(report, defect)


@pytest.mark.parametrize("defect", sorted(DEFECTS_OF_THE_SCHEMA))
def test_every_defect_of_the_schema_is_found_on_every_database(books: Books, defect: str) -> None:
    try:
        with unguarded(books.database) as books.connection:
            DEFECTS[defect][1](books)
        assert_found(examined(books.database), defect)
    finally:
        # A server keeps its schema for the next test.
        if repair := DEFECTS_OF_THE_SCHEMA[defect].get(books.database.dialect):
            with books.database.engines.writing.begin() as connection:
                connection.execute(text(repair))


MISFITS = {
    "an amount as a float": "UPDATE reservation SET price_usd = 10.5",
    "an amount as a text": "UPDATE reservation SET price_sol = 'much'",
    "a day that does not exist": "UPDATE quote SET check_in_date = '2026-02-30'",
    "an instant without its fraction": "UPDATE client SET created = '2026-04-06 10:00:00'",
    "a yes that is neither 0 nor 1": "UPDATE client SET deleted = 7",
    "a text that is too long": "UPDATE property SET slug = slug || printf('%.*c', 300, 'x')",
    "a document that is no JSON": "UPDATE property SET caracteristicas = '[pool'",
    "a key that is no id": "UPDATE audit_event SET id = 'the first'",
    "a number as a text": "UPDATE reservation SET guests = 'two'",
}


@pytest.mark.parametrize("misfit", MISFITS)
def test_a_value_that_its_column_cannot_mean_is_found_on_sqlite(
    sqlite_database: Database, misfit: str
) -> None:
    desk = Desk.open(sqlite_database)
    desk.reserve(stay("2026-05-04", "2026-05-07"))
    with unguarded(sqlite_database) as connection:
        connection.execute(text("DROP TRIGGER audit_event_final_update"))
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        connection.execute(text(MISFITS[misfit]))
        connection.execute(text("PRAGMA ignore_check_constraints = OFF"))
    report = examined(sqlite_database)
    (finding,) = [one for one in report.broken if one.invariant.id == "values.fit"]
    assert finding.count >= 1
    # Checks that stumble over the value say so instead of failing.
    assert report.differences >= finding.count


def test_every_invariant_has_an_injected_defect() -> None:
    """A check that no defect has ever tripped proves nothing."""
    declared = {invariant.id for one in CHECKS for invariant in one.invariants}
    assert declared == {invariant for invariant, _ in DEFECTS.values()} | {"values.fit"}


def test_an_invariant_has_one_name() -> None:
    names = [invariant.id for one in CHECKS for invariant in one.invariants]
    assert len(names) == len(set(names))


def test_checking_costs_the_same_number_of_statements_however_many_stays(sqlite_database: Database) -> None:
    desk = Desk.open(sqlite_database)
    counts = []
    for day in range(1, 20, 2):
        desk.reserve(stay(f"2026-05-{day:02}", f"2026-05-{day + 1:02}"), C2)
        with counting(sqlite_database) as statements:
            examined(sqlite_database)
        counts.append(len(statements))
    assert len(set(counts)) == 1
