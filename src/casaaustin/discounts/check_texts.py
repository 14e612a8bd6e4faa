"""What each test of a discount looked at, in words: the lines of an explanation.

A failed test says why in the words of every other face (`texts.reason_sentence`),
then what it saw; a passed one says what it saw.
Source: docs/rules/pricing.md, 2.5.1 and 2.7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from casaaustin.discounts.judge import Check
from casaaustin.discounts.texts import SPANISH, days_in_words, reason_sentence
from casaaustin.formats import day_and_year, money, month_name
from casaaustin.vocabulary import Language, Source


@dataclass(frozen=True, slots=True)
class Names:
    """What people call the things that a test saw.

    Args:
        houses: names of live houses.
        levels: titles of active levels.
    """

    houses: Mapping[UUID, str] = field(default_factory=dict)
    levels: Mapping[UUID, str] = field(default_factory=dict)


NO_NAMES = Names()

# Spanish; the English name is the one that the test carries.
_TESTS = {
    "exists": "existe",
    "recommended by another client": "recomendado por otro cliente",
    "level with a percentage": "nivel con porcentaje",
    "active": "activo",
    "booking window has begun": "ya se puede reservar con él",
    "booking window is not over": "todavía se puede reservar con él",
    "stay window": "fechas de llegada",
    "weekday": "día de la semana",
    "uses left": "usos disponibles",
    "house": "casa",
    "minimum amount": "monto mínimo",
    "check-in is not a special date": "la llegada no es fecha especial",
    "bound to a client": "cliente",
    "uses left for the client": "usos disponibles del cliente",
    "level": "nivel",
    "trigger": "condición",
    "takes something off": "descuenta algo",
}


def name_of(check: Check, language: Language = SPANISH) -> str:
    """What a test is about."""
    return _TESTS[check.test] if language is SPANISH else check.test


def check_sentence(check: Check, language: Language = SPANISH, names: Names = NO_NAMES) -> str:
    """What a test asks for and saw and, when it failed, why."""
    limit, seen = _SEEN[check.test](check.saw, language, names)
    if check.passed or check.reason is None:
        return "; ".join(part for part in (limit, seen) if part)
    why = reason_sentence(check.reason, check.saw, language, houses=names.houses)
    beside = (seen,) if check.test in _REASON_NAMES_LIMIT else (limit, seen)
    told = "; ".join(part for part in beside if part)
    return f"{why} ({told})" if told else why


# What a discount asks for, and what the test saw of the stay; either may be empty.
_Parts = tuple[str, str]


def _either(language: Language, spanish: str, english: str) -> str:
    return spanish if language is SPANISH else english


def _span(first: date | None, last: date | None, language: Language) -> str:
    """Two ends of a window; one that is open is left out."""
    if first is None and last is None:
        return _either(language, "sin límite", "no limit")
    parts = []
    if first is not None:
        parts.append(f"{_either(language, 'desde el', 'from')} {day_and_year(first, language)}")
    if last is not None:
        parts.append(f"{_either(language, 'hasta el', 'until')} {day_and_year(last, language)}")
    return " ".join(parts)


def _booked(saw: Mapping[str, Any], language: Language) -> str:
    return f"{_either(language, 'reserva del', 'booked')} {day_and_year(saw['today'], language)}"


def _arrival(saw: Mapping[str, Any], language: Language) -> str:
    return f"{_either(language, 'llegada el', 'check-in')} {day_and_year(saw['check_in'], language)}"


def _begun(saw: Mapping[str, Any], language: Language, _names: Names) -> _Parts:
    return _span(saw["from"], None, language), _booked(saw, language)


def _not_over(saw: Mapping[str, Any], language: Language, _names: Names) -> _Parts:
    return _span(None, saw["until"], language), _booked(saw, language)


def _stay(saw: Mapping[str, Any], language: Language, _names: Names) -> _Parts:
    return _span(saw["from"], saw["until"], language), _arrival(saw, language)


def _weekday(saw: Mapping[str, Any], language: Language, _names: Names) -> _Parts:
    return days_in_words(saw["weekdays"], language), _arrival(saw, language)


def _house(saw: Mapping[str, Any], language: Language, names: Names) -> _Parts:
    if not saw["houses"]:
        return _either(language, "todas las casas", "every house"), ""
    return _listed(saw["houses"], names.houses), names.houses.get(saw["house"], "")


def _minimum(saw: Mapping[str, Any], language: Language, _names: Names) -> _Parts:
    stay = money(saw["subtotal_usd"], "USD", language)
    seen = _either(language, f"estadía de {stay}", f"stay of {stay}")
    if saw["minimum_usd"] is None:
        return _either(language, "sin mínimo", "no minimum"), seen
    least = money(saw["minimum_usd"], "USD", language)
    return _either(language, f"mínimo {least}", f"at least {least}"), seen


def _uses(saw: Mapping[str, Any], language: Language, _names: Names) -> _Parts:
    limit = saw["limit"]
    if limit is None:
        return _either(language, f"{saw['used']} usos, sin límite", f"{saw['used']} used, no limit"), ""
    return _either(language, f"{saw['used']} de {limit} usos", f"{saw['used']} of {limit} used"), ""


def _client_uses(saw: Mapping[str, Any], language: Language, names: Names) -> _Parts:
    if saw["limit"] is None:
        return _either(language, "sin límite por cliente", "no limit per client"), ""
    return _uses(saw, language, names)


def _bound(saw: Mapping[str, Any], language: Language, _names: Names) -> _Parts:
    if saw["bound"]:
        return _either(language, "de un solo cliente", "of one client only"), ""
    return _either(language, "para cualquiera", "for anybody"), ""


def _special(saw: Mapping[str, Any], language: Language, _names: Names) -> _Parts:
    return day_and_year(saw["date"], language), ""


def _level(saw: Mapping[str, Any], language: Language, names: Names) -> _Parts:
    if not saw["any_of"]:
        return _either(language, "no pide ninguno", "asks for none"), ""
    nothing = _either(language, "ninguno", "none")
    asked = _listed(saw["any_of"], names.levels)
    held = _listed(saw["held"], names.levels) or nothing
    return _either(language, f"pide {asked}", f"asks for {asked}"), _either(
        language, f"tiene {held}", f"held: {held}"
    )


def _trigger(saw: Mapping[str, Any], language: Language, _names: Names) -> _Parts:
    match Source(saw["trigger"]):
        case Source.BIRTHDAY:
            return _birthday(saw["birth_month"], language), _arrival(saw, language)
        case Source.RETURNING:
            count = saw["approved"]
            if count is None:
                return "", _nobody(language)
            return "", _either(language, f"estadías aprobadas: {count}", f"approved stays: {count}")
        case Source.FIRST_TIME | Source.REFERRAL:
            count = saw["prior"]
            if count is None:
                return "", _nobody(language)
            return "", _either(language, f"reservas anteriores: {count}", f"earlier bookings: {count}")
        case Source.LAST_MINUTE:
            return _booked(saw, language), _arrival(saw, language)
        case Source.LOYALTY:
            return _either(language, "basta el nivel", "the level is enough"), ""
        case _:
            return _either(language, "para todos", "for everybody"), ""


def _birthday(month: int | None, language: Language) -> str:
    if month is None:
        return _either(language, "cumpleaños desconocido", "birthday not known")
    name = month_name(date(2000, month, 1), language)
    return _either(language, f"cumpleaños en {name}", f"birthday in {name}")


def _nobody(language: Language) -> str:
    return _either(language, "cliente desconocido", "no client named")


def _worth(saw: Mapping[str, Any], language: Language, _names: Names) -> _Parts:
    base = money(saw["base_usd"], "USD", language)
    return "", _either(language, f"se calcula sobre {base}", f"taken from {base}")


def _exists(saw: Mapping[str, Any], _language: Language, _names: Names) -> _Parts:
    return "", str(saw["code"])


def _active(_saw: Mapping[str, Any], language: Language, _names: Names) -> _Parts:
    return _either(language, "encendido", "switched on"), ""


def _recommended(_saw: Mapping[str, Any], language: Language, _names: Names) -> _Parts:
    return _either(language, "sí", "yes"), ""


def _recommender_level(saw: Mapping[str, Any], language: Language, names: Names) -> _Parts:
    return "", names.levels.get(saw["level"], "") or _either(language, "sin nivel", "no level")


def _listed(ids: Iterable[UUID], known: Mapping[UUID, str]) -> str:
    """Names in order; what was deleted since has none."""
    return ", ".join(sorted(known[one] for one in ids if one in known))


_SEEN: dict[str, Callable[[Mapping[str, Any], Language, Names], _Parts]] = {
    "exists": _exists,
    "recommended by another client": _recommended,
    "active": _active,
    "level with a percentage": _recommender_level,
    "booking window has begun": _begun,
    "booking window is not over": _not_over,
    "stay window": _stay,
    "weekday": _weekday,
    "uses left": _uses,
    "house": _house,
    "minimum amount": _minimum,
    "check-in is not a special date": _special,
    "bound to a client": _bound,
    "uses left for the client": _client_uses,
    "level": _level,
    "trigger": _trigger,
    "takes something off": _worth,
}
# Their reasons name what the discount asks for; saying it twice helps nobody.
_REASON_NAMES_LIMIT = frozenset(
    {
        "active",
        "booking window has begun",
        "booking window is not over",
        "stay window",
        "weekday",
        "uses left",
        "uses left for the client",
        "house",
        "minimum amount",
        "check-in is not a special date",
        "bound to a client",
    }
)
