"""The one record that every kind of discount fills: conditions x benefit x scope x limits.

A manual code, a generated one, a welcome code, an automatic rule and the
referral discount differ only in which fields they set; the judge knows no kinds
beyond the order in which refusals are told. Source: docs/rules/pricing.md, 1.7 to 1.11.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from casaaustin.clients.rules import folded
from casaaustin.errors import InvalidInput
from casaaustin.money import HUNDRED
from casaaustin.vocabulary import Benefit, DayScope, Source

EVERY_DAY = frozenset(range(7))
WEEKDAY_NIGHTS = frozenset({6, 0, 1, 2, 3})
WEEKEND_NIGHTS = frozenset({4, 5})

# Spanish and English, from Monday; without accents, which people leave out.
_WEEKDAY_NAMES = (
    ("lunes", "monday"),
    ("martes", "tuesday"),
    ("miercoles", "wednesday"),
    ("jueves", "thursday"),
    ("viernes", "friday"),
    ("sabado", "saturday"),
    ("domingo", "sunday"),
)
_WEEKDAYS = {
    spelling: number
    for number, names in enumerate(_WEEKDAY_NAMES)
    for spelling in (str(number), *names, *(name[:3] for name in names))
}


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `first` to `last`, both included; None is open."""

    first: date | None = None
    last: date | None = None


OPEN = Window()


@dataclass(frozen=True, slots=True)
class Discount:
    """One discount, of whatever kind.

    Args:
        id: of the row it comes from.
        name: what staff call it.
        source: where it comes from.
        benefit: what it takes off.
        value: per cent, dollars or soles.
        code: what the guest types, in upper case; None for what applies by itself.
        description: what the guest reads.
        is_active: whether it is on.
        cap_usd: most that a percentage takes off, dollars.
        min_amount_usd: least subtotal before any discount, dollars.
        book_window: days on which one may book with it.
        stay_window: days on which the stay may begin.
        houses: where it is valid; empty = everywhere.
        weekdays: weekdays (0 = Monday) of the nights it looks at; empty = all.
        day_scope: which nights that means.
        base_only: leave the extra guests out of what it is taken from.
        achievements: the client holds any one of these; empty = no such condition.
        client: only for this client.
        usage_limit: uses in all; None = any number.
        per_client_limit: uses of one client; None = any number.
    """

    id: UUID
    name: str
    source: Source
    benefit: Benefit
    value: Decimal
    code: str | None = None
    description: str = ""
    is_active: bool = True
    cap_usd: Decimal | None = None
    min_amount_usd: Decimal | None = None
    book_window: Window = OPEN
    stay_window: Window = OPEN
    houses: frozenset[UUID] = frozenset()
    weekdays: frozenset[int] = field(default=EVERY_DAY)
    day_scope: DayScope = DayScope.CHECK_IN
    base_only: bool = False
    achievements: frozenset[UUID] = frozenset()
    client: UUID | None = None
    usage_limit: int | None = None
    per_client_limit: int | None = None

    @property
    def percentage(self) -> Decimal:
        """The percentage that is shown; 0 for a fixed amount."""
        return self.value if self.benefit is Benefit.PERCENTAGE else Decimal("0.00")


def allowed_weekdays(
    specific: frozenset[int], *, restrict_weekdays: bool, restrict_weekends: bool
) -> frozenset[int]:
    """The weekdays that the three ways of restricting them allow together.

    Named weekdays override the two flags; both flags at once mean nothing that can be computed.

    Raises:
        InvalidInput: both flags without named weekdays, or a weekday that does not exist.

    Source: docs/rules/pricing.md, 2.5.2.
    """
    if specific - EVERY_DAY:
        raise InvalidInput("Weekdays are numbers from 0 (Monday) to 6.", field="specific_weekdays")
    if specific:
        return specific
    if restrict_weekdays and restrict_weekends:
        raise InvalidInput(
            "A discount cannot be both for Sunday to Thursday only and for Friday and Saturday only.",
            field="restrict_weekends",
            code="code_config_conflict",
            hint="Choose one of the two, or name the weekdays.",
        )
    if restrict_weekdays:
        return WEEKDAY_NIGHTS
    return WEEKEND_NIGHTS if restrict_weekends else EVERY_DAY


def weekdays_from(text: str) -> frozenset[int]:
    """Weekdays as they are stored: `4,5` is Friday and Saturday; empty is none named.

    Raises:
        InvalidInput: not numbers from 0 to 6.
    """
    try:
        return frozenset(int(part) for part in text.split(",") if part)
    except ValueError:
        raise InvalidInput("Weekdays are numbers from 0 (Monday) to 6.", field="specific_weekdays") from None


def parse_weekdays(text: str) -> frozenset[int]:
    """Weekdays as people write them: `4,5`, `vie,sab` or `Friday, Saturday`; empty is none named.

    Raises:
        InvalidInput: a part of it is no weekday.

    Source: docs/rules/pricing.md, 2.5.2.
    """
    parts = [folded(part) for part in text.split(",")] if text.strip() else []
    unknown = [part for part in parts if part not in _WEEKDAYS]
    if unknown:
        raise InvalidInput(
            f"{unknown[0]!r} is not a weekday.",
            field="specific_weekdays",
            hint="Write names or numbers with commas: vie,sab or fri,sat or 4,5 (0 is Monday).",
        )
    return frozenset(_WEEKDAYS[part] for part in parts)


def weekdays_text(days: frozenset[int]) -> str:
    """Weekdays as they are stored, in order."""
    return ",".join(str(day) for day in sorted(days))


def check_discount(discount: Discount) -> None:
    """Refuse settings that cannot be computed clearly, when they are saved.

    Raises:
        InvalidInput: naming the field.

    Source: docs/rules/pricing.md, 1.7 to 1.11.
    """
    if discount.value <= 0:
        raise InvalidInput("A discount takes something off: its value is above zero.", field="discount_value")
    if discount.benefit is Benefit.PERCENTAGE and discount.value > HUNDRED:
        raise InvalidInput("A percentage is at most 100.", field="discount_value")
    if discount.cap_usd is not None:
        if discount.cap_usd <= 0:
            raise InvalidInput(
                "A cap is above zero.", field="max_discount_usd", hint="Leave it out for no cap."
            )
        if discount.benefit is not Benefit.PERCENTAGE:
            raise InvalidInput("Only a percentage can have a cap.", field="max_discount_usd")
    if discount.min_amount_usd is not None and discount.min_amount_usd < 0:
        raise InvalidInput("A minimum amount is not negative.", field="min_amount_usd")
    for name, limit in (
        ("usage_limit", discount.usage_limit),
        ("per_client_limit", discount.per_client_limit),
    ):
        if limit is not None and limit < 1:
            raise InvalidInput("A limit is at least 1.", field=name, hint="Leave it out for no limit.")
    ends = "end_date" if discount.source is Source.CODE else "book_to"
    for name, window in ((ends, discount.book_window), ("end_date", discount.stay_window)):
        if window.first is not None and window.last is not None and window.first > window.last:
            raise InvalidInput(
                f"The window ends on {window.last}, before it begins on {window.first}.", field=name
            )
    if discount.source is Source.LOYALTY and not discount.achievements:
        raise InvalidInput("A loyalty discount needs at least one level.", field="required_achievements")
