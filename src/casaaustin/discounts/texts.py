"""What discounts say in words. Guests read Spanish; staff may read English.

Source: docs/rules/pricing.md, 2.5.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from casaaustin.discounts.judge import NO_EFFECT
from casaaustin.discounts.record import EVERY_DAY, OPEN, WEEKDAY_NIGHTS, WEEKEND_NIGHTS, Discount, Window
from casaaustin.discounts.winner import CodeStatus, Outcome
from casaaustin.formats import day, day_and_year, money, month_short, percentage, weekday_of
from casaaustin.vocabulary import Benefit, Language, Source

SPANISH = Language.SPANISH


# What needs no figure: Spanish, English.
_PLAIN: dict[str, tuple[str, str]] = {
    "code_not_valid": ("el código no es válido", "the code is not valid"),
    "code_not_found": ("el código no existe", "there is no such code"),
    "code_inactive": ("está desactivado", "it is switched off"),
    "code_not_yours": ("es de otro cliente", "it belongs to another client"),
    NO_EFFECT: ("no descuenta nada en esta estadía", "it takes nothing off this stay"),
    "level_missing": ("el cliente no tiene el nivel que pide", "the client holds none of its levels"),
    "trigger_not_met": ("no se cumple su condición", "its condition is not met"),
    "referral_without_percentage": (
        "el nivel de quien recomendó no da descuento",
        "the level of who recommended gives no discount",
    ),
    "price_missing": ("la casa no tiene precio", "the house has no price"),
}

# Spanish, English.
_KINDS: dict[Source, tuple[str, str]] = {
    Source.CODE: ("código", "code"),
    Source.REFERRAL: ("recomendación", "referral"),
    Source.LOYALTY: ("nivel", "loyalty"),
    Source.BIRTHDAY: ("cumpleaños", "birthday"),
    Source.RETURNING: ("huésped que vuelve", "returning guest"),
    Source.FIRST_TIME: ("primera estadía", "first stay"),
    Source.LAST_MINUTE: ("último minuto", "last minute"),
    Source.GLOBAL_PROMOTION: ("promoción", "promotion"),
}


def kind_name(source: Source, language: Language = SPANISH) -> str:
    """What kind of discount it is: `cumpleaños`, `birthday`."""
    return _KINDS[source][0 if language is SPANISH else 1]


def title(discount: Discount, language: Language = SPANISH) -> str:
    """What people call a discount: `código AMIGOS`, `recomendación (Viajero)`, or the name of the rule."""
    kind = kind_name(discount.source, language)
    match discount.source:
        case Source.CODE:
            return f"{kind} {discount.code}"
        case Source.REFERRAL:
            return f"{kind} ({discount.name})"
        case _:
            return discount.name


def benefit_in_words(discount: Discount, language: Language = SPANISH) -> str:
    """What a discount takes off, without the name: `10%, a lo más US$ 40.00`, `S/ 100.00`."""
    if discount.benefit is not Benefit.PERCENTAGE:
        return money(discount.value, "USD" if discount.benefit is Benefit.FIXED_USD else "PEN", language)
    words = percentage(discount.value, language)
    if discount.base_only:
        words += " del precio base" if language is SPANISH else " of the base price"
    if discount.cap_usd is not None:
        most = money(discount.cap_usd, "USD", language)
        words += f", a lo más {most}" if language is SPANISH else f", at most {most}"
    return words


def outcome_sentence(
    outcome: Outcome, language: Language = SPANISH, *, houses: Mapping[UUID, str] | None = None
) -> str | None:
    """Which discount a house gives, and what became of the code; without a full stop.

    For staff: it tells every reason (guests are shown a `winner.public` result). It names no amount, so
    that houses with the same outcome have the same sentence.

    Args:
        outcome: of the house.
        language: of the sentence.
        houses: names of live houses, to say where a code is valid.

    Returns:
        None when no code was sent and nothing is taken off.

    Source: docs/rules/pricing.md, 2.6.
    """
    spanish, result = language is SPANISH, outcome.code
    won = None
    if outcome.winner is not None:
        benefit = benefit_in_words(outcome.winner.discount, language)
        won = f"{title(outcome.winner.discount, language)}: {benefit}"
    if result is None:
        return won
    code = f"código {result.code}" if spanish else f"code {result.code}"
    match result.status:
        case CodeStatus.APPLIED:
            better = outcome.passed_over
            if won is None or better is None:
                return won
            offer = f"{title(better.discount, language)} ({benefit_in_words(better.discount, language)})"
            passed = (
                f"se dejó de lado algo mejor, {offer}" if spanish else f"the better {offer} was passed over"
            )
            return f"{won}; {passed}"
        case CodeStatus.SUPERSEDED:
            left = "sin usar: hay algo mejor" if spanish else "not used, there is something better"
            return f"{code}: {left}; {won}"
        case CodeStatus.REFUSED:
            why = reason_sentence(result.reason or "", result.figures, language, houses=houses)
            refused = f"{code}: no se aplica, {why}" if spanish else f"{code}: does not apply, {why}"
            return refused if won is None else f"{refused}; {won}"


def reason_sentence(
    reason: str,
    figures: Mapping[str, Any],
    language: Language = SPANISH,
    *,
    houses: Mapping[UUID, str] | None = None,
) -> str:
    """Why a code or a rule does not apply, in one sentence without a full stop.

    Args:
        reason: as `judge.Refusal` has it, or `code_not_valid`.
        figures: what the failing test saw.
        language: of the sentence.
        houses: names of live houses, to say where a code is valid; deleted ones are left out.
    """
    spanish = language is SPANISH
    if reason in _PLAIN:
        return _PLAIN[reason][0 if spanish else 1]
    if reason == "code_wrong_property":
        return _other_houses(figures["houses"], houses or {}, language)
    return _WITH_FIGURES[reason](figures, language)


def days_in_words(days: Iterable[int], language: Language = SPANISH) -> str:
    """Weekdays as people say them: `jueves y domingo`, `Thursday and Sunday`; 0 is Monday."""
    chosen = frozenset(days)
    spanish = language is SPANISH
    if chosen == EVERY_DAY:
        return "todos los días" if spanish else "every day"
    if chosen == WEEKDAY_NIGHTS:
        return "domingo a jueves" if spanish else "Sunday to Thursday"
    if chosen == WEEKEND_NIGHTS:
        return "viernes y sábado" if spanish else "Friday and Saturday"
    names = [weekday_of(number, language) for number in sorted(chosen)]
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {'y' if spanish else 'and'} {names[-1]}"


def restrictions(discount: Discount, language: Language = SPANISH) -> tuple[str, ...]:
    """What a discount is limited to, as ready-made phrases; none when it is not."""
    spanish = language is SPANISH
    phrases = []
    if discount.weekdays != EVERY_DAY:
        days = days_in_words(discount.weekdays, language)
        phrases.append(f"Solo noches de {days}" if spanish else f"Only nights of {days}")
    if discount.base_only:
        phrases.append(
            "Solo sobre el precio base, sin huéspedes adicionales"
            if spanish
            else "Only on the base price, without extra guests"
        )
    return tuple(phrases)


def validity(stay: Window, booking: Window, language: Language = SPANISH) -> str:
    """When a discount holds, in words: `siempre`, `llegada desde el 1 abr 2026`.

    Args:
        stay: days on which the stay may begin.
        booking: days on which one may book.
        language: of the words.
    """
    spanish = language is SPANISH
    about = (
        (("llegada", stay), ("reserva", booking)) if spanish else (("check-in", stay), ("booked", booking))
    )
    phrases = [f"{word} {_span(window, language)}" for word, window in about if window != OPEN]
    return "; ".join(phrases) or ("siempre" if spanish else "always")


def _span(window: Window, language: Language) -> str:
    first, last = (end and _date(end, language) for end in (window.first, window.last))
    if language is SPANISH:
        if first and last:
            return f"del {first} al {last}"
        return f"desde el {first}" if first else f"hasta el {last}"
    if first and last:
        return f"from {first} to {last}"
    return f"from {first} on" if first else f"until {last}"


def _date(value: date, language: Language) -> str:
    return f"{value.day} {month_short(value, language)} {value.year}"


def _not_started(figures: Mapping[str, Any], language: Language) -> str:
    first = day_and_year(figures["from"], language)
    return f"vale desde el {first}" if language is SPANISH else f"it is valid from {first} on"


def _expired(figures: Mapping[str, Any], language: Language) -> str:
    last = day_and_year(figures["until"], language)
    return f"venció el {last}" if language is SPANISH else f"it expired on {last}"


def _day(figures: Mapping[str, Any], language: Language) -> str:
    days = days_in_words(figures["weekdays"], language)
    return f"solo vale para noches de {days}" if language is SPANISH else f"it is only for nights of {days}"


def _below_minimum(figures: Mapping[str, Any], language: Language) -> str:
    least = money(figures["minimum_usd"], "USD", language)
    return f"vale desde {least}" if language is SPANISH else f"it takes a stay of at least {least}"


def _special_date(figures: Mapping[str, Any], language: Language) -> str:
    night = day(figures["date"], language)
    if language is SPANISH:
        return f"la llegada cae en una fecha especial ({night})"
    return f"the check-in is a special date ({night})"


def _stay_window(figures: Mapping[str, Any], language: Language) -> str:
    spanish = language is SPANISH
    first, last = (figures[name] and day_and_year(figures[name], language) for name in ("from", "until"))
    if first and last:
        return (
            f"es para llegadas del {first} al {last}" if spanish else f"it is for check-ins {first} to {last}"
        )
    if first:
        return f"es para llegadas desde el {first}" if spanish else f"it is for check-ins from {first} on"
    return f"es para llegadas hasta el {last}" if spanish else f"it is for check-ins until {last}"


def _used_up(figures: Mapping[str, Any], language: Language) -> str:
    used, limit = figures["used"], figures["limit"]
    if language is SPANISH:
        return f"ya se usó {used} de {limit} {'vez' if limit == 1 else 'veces'}"
    return f"it was used {used} of {limit} {'time' if limit == 1 else 'times'}"


def _client_limit(figures: Mapping[str, Any], language: Language) -> str:
    if "used" in figures:
        return _used_up(figures, language)
    return "es solo para clientes registrados" if language is SPANISH else "it takes a known client"


def _other_houses(valid: Iterable[UUID], names: Mapping[UUID, str], language: Language) -> str:
    known = ", ".join(sorted(names[house] for house in valid if house in names))
    if language is SPANISH:
        return f"vale solo en {known}" if known else "no vale en esta casa"
    return f"it is only valid in {known}" if known else "it is not valid in this house"


_WITH_FIGURES: dict[str, Callable[[Mapping[str, Any], Language], str]] = {
    "code_not_started": _not_started,
    "code_expired": _expired,
    "outside_stay_window": _stay_window,
    "code_day_not_allowed": _day,
    "code_exhausted": _used_up,
    "code_below_minimum": _below_minimum,
    "code_special_date": _special_date,
    "code_client_limit": _client_limit,
}
