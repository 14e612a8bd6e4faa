"""What the answers say in words. Guests read Spanish; staff may read English.

Source: docs/rules/pricing.md, 2.15.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from casaaustin.formats import date_range, day, money
from casaaustin.quoting.evaluate import HouseQuote, Quote, Reason, Remark
from casaaustin.stays import Stay, is_weekend_night
from casaaustin.vocabulary import Language, UnavailableReason

SPANISH = Language.SPANISH
FEW_GUESTS = 5
MANY_GUESTS = 8
WEEK, FORTNIGHT = 7, 14
LARGE_SALE_USD = Decimal(500)


def reason_sentence(reason: Reason, language: Language) -> str:
    """One reason against a house, with its figures, without a full stop."""
    figures = reason.figures
    spanish = language is SPANISH
    match reason.code:
        case UnavailableReason.PRICE_MISSING:
            return "no tiene precio configurado" if spanish else "no price is configured"
        case UnavailableReason.OCCUPIED:
            nights = figures["nights"]
            first = ", ".join(day(night, language) for night in nights[:3]) + (
                " …" if len(nights) > 3 else ""
            )
            if spanish:
                return f"{_count(len(nights), 'noche ocupada', 'noches ocupadas')} ({first})"
            return f"{_count(len(nights), 'night taken', 'nights taken')} ({first})"
        case UnavailableReason.CAPACITY:
            guests, capacity = figures["guests"], figures["capacity"]
            return (
                f"{guests} huéspedes, entran {capacity}"
                if spanish
                else f"{guests} guests, at most {capacity}"
            )
        case UnavailableReason.MIN_NIGHTS:
            night, label, minimum = (
                day(figures["date"], language),
                figures["label"],
                figures["minimum_nights"],
            )
            named = f"{night} ({label})" if label else night
            if spanish:
                return f"solo {minimum} noches o más que incluyan el {named}"
            return f"only {minimum} or more nights that include {named}"
        case UnavailableReason.CLOSED:
            return "está cerrada" if spanish else "the house is closed"
        case UnavailableReason.FEATURES:
            missing = ", ".join(figures["missing"])
            return f"no tiene: {missing}" if spanish else f"it lacks: {missing}"
        case UnavailableReason.SLEEPS:
            beds, asked = figures["beds"], figures["asked"]
            return f"duermen {beds}, se piden {asked}" if spanish else f"sleeps {beds}, {asked} asked for"


def remark_sentence(remark: Remark, language: Language) -> str:
    """A remark that does not stop the sale, with its figures, without a full stop."""
    figures = remark.figures
    spanish = language is SPANISH
    match remark.code:
        case "capacity":
            guests, capacity = figures["guests"], figures["capacity"]
            return (
                f"{guests} huéspedes superan la capacidad de {capacity}"
                if spanish
                else f"{guests} guests exceed the capacity of {capacity}"
            )
        case "service_not_offered":
            name = figures["service"]
            return f"no ofrece {name}" if spanish else f"does not offer {name}"
        case "exchange_rate_stale":
            days = figures["days"]
            return (
                f"el tipo de cambio tiene {days} días" if spanish else f"the exchange rate is {days} days old"
            )
        case _:
            return remark.code


def availability_message(answer: HouseQuote) -> str:
    """The Spanish sentence that goes with `available`."""
    if answer.is_available:
        return "Disponible"
    sentence = reason_sentence(answer.reasons[0], SPANISH)
    return f"No disponible: {sentence}"


def dates_line(stay: Stay) -> str:
    """The dates of a stay in words, as messages to guests begin."""
    return f"📅 {date_range(stay.check_in, stay.check_out, SPANISH)}"


def first_message(quote: Quote) -> str:
    """`message1`: the dates in words, and what may help the guest. Source: docs/rules/pricing.md, 2.15."""
    request = quote.request
    lines = [dates_line(request.stay)]
    if not quote.available:
        lines.append("Lo sentimos, no hay casas disponibles para estas fechas.")
        return "\n".join(lines)
    if request.guests < FEW_GUESTS and any(is_weekend_night(night) for night in request.stay.nights()):
        lines.append("💡 De domingo a jueves las noches cuestan menos.")
    return "\n".join(lines)


def second_message(quote: Quote) -> str:
    """`message2`: one line per available house, dollars and soles in bold."""
    if not quote.available:
        return "Prueba con otras fechas: con gusto te ayudamos a encontrar una casa."
    return "\n".join(map(price_line, quote.available))


def price_line(answer: HouseQuote) -> str:
    """A house and what the stay costs there, dollars and soles in bold."""
    total = answer.totals.total
    usd, sol = money(total.usd, "USD", SPANISH), money(total.sol, "PEN", SPANISH)
    return f"🏠 {answer.house.name}: *{usd}* o *{sol}*"


def recommendations(answer: HouseQuote) -> tuple[str, ...]:
    """Hints for one house."""
    return tuple(_recommendations(answer))


def _recommendations(answer: HouseQuote) -> Iterator[str]:
    house = answer.house
    if not answer.is_available:
        yield "No disponible en estas fechas"
    if house.capacity_max is not None and answer.guests > house.capacity_max:
        yield f"Supera la capacidad máxima de {house.capacity_max} personas"
    if answer.stay.night_count >= WEEK:
        yield "Estadía larga: consulta por beneficios adicionales"
    if answer.totals.subtotal.usd >= LARGE_SALE_USD:
        yield "Reserva grande: podemos atender pedidos especiales"
    if house.has_heated_pool:
        yield "Tiene piscina temperada"


def general_recommendations(quote: Quote) -> tuple[str, ...]:
    """Hints for the whole search."""
    found, all_houses = len(quote.available), len(quote.houses)
    hints = ["No hay casas disponibles" if not found else f"{found} de {all_houses} casas disponibles"]
    if quote.request.stay.night_count >= FORTNIGHT:
        hints.append("Para estadías de dos semanas o más, pide una propuesta")
    if quote.request.guests >= MANY_GUESTS:
        hints.append("Para grupos grandes, revisa la capacidad de cada casa")
    return tuple(hints)


def late_checkout_message(reason: str | None, departure_day: str) -> str:
    """The Spanish sentence of a late-checkout answer."""
    match reason:
        case None:
            return f"Puedes salir el {departure_day} hasta las 20:00"
        case "late_day_not_allowed":
            return f"Los {departure_day} no ofrecemos salida tardía"
        case "late_night_taken":
            return "Esa noche ya está reservada: no es posible la salida tardía"
        case _:
            return "Esa noche no tiene precio: no es posible la salida tardía"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
