"""What discounts say in words. Guests read Spanish; staff may read English.

Source: docs/rules/pricing.md, 2.5.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from casaaustin.discounts.record import EVERY_DAY, WEEKDAY_NIGHTS, WEEKEND_NIGHTS, Discount
from casaaustin.formats import day, money, weekday_of
from casaaustin.vocabulary import Language

SPANISH = Language.SPANISH


# What needs no figure: Spanish, English.
_PLAIN: dict[str, tuple[str, str]] = {
    "code_not_valid": ("el código no es válido", "the code is not valid"),
    "code_not_found": ("el código no existe", "there is no such code"),
    "code_inactive": ("está desactivado", "it is switched off"),
    "code_not_yours": ("es de otro cliente", "it belongs to another client"),
    "code_no_effect": ("no descuenta nada en esta estadía", "it takes nothing off this stay"),
    "level_missing": ("el cliente no tiene el nivel que pide", "the client holds none of its levels"),
    "trigger_not_met": ("no se cumple su condición", "its condition is not met"),
    "price_missing": ("la casa no tiene precio", "the house has no price"),
}


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


def _not_started(figures: Mapping[str, Any], language: Language) -> str:
    first = day(figures["from"], language)
    return f"vale desde el {first}" if language is SPANISH else f"it is valid from {first} on"


def _expired(figures: Mapping[str, Any], language: Language) -> str:
    last = day(figures["until"], language)
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
    first, last = (figures[name] and day(figures[name], language) for name in ("from", "until"))
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
