"""Plans and proofs in words: for staff in either language, for guests in Spanish.

Source: docs/rules/pricing.md, 3.6.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from casaaustin.formats import date_range, day, money
from casaaustin.money import ZERO
from casaaustin.moves.pinning import Pin
from casaaustin.moves.solve import Answer, ExhaustiveProof, Kind, NightProof
from casaaustin.quoting import texts as quoting
from casaaustin.quoting.texts import dates_line, price_line, reason_sentence
from casaaustin.reassignment.proposals import Mover, Obstacle, Option, Proposals, Refusal
from casaaustin.vocabulary import Language

SPANISH = Language.SPANISH

# Why somebody must remain: Spanish, English.
PINS: dict[Pin, tuple[str, str]] = {
    Pin.BEGUN: ("ya está en la casa o su estadía terminó", "is in the house, or has left"),
    Pin.BEING_PAID: ("está pagando su reserva", "is paying for the booking right now"),
    Pin.EXTERNAL: ("reservó esta casa en Airbnb", "booked this very listing on Airbnb"),
    Pin.MAINTENANCE: ("es un bloqueo por mantenimiento", "is a maintenance block"),
    Pin.HOUSE_LOCKED: ("se le prometió esta casa", "was promised this very house"),
    Pin.FROZEN: ("llega muy pronto", "arrives too soon"),
    Pin.MOVED_BEFORE: ("ya fue movido antes", "was moved before"),
}


def explain_option(option: Option, language: Language = SPANISH) -> tuple[str, ...]:
    """Which house becomes free, who moves where, what it costs, and that fewer moves will not do."""
    spanish = language is SPANISH
    moves = len(option.movers)
    count = _count(moves, "movimiento", "movimientos") if spanish else _count(moves, "move", "moves")
    stay = option.quoted.stay
    nights = date_range(stay.check_in, stay.check_out, language)
    lines = [
        f"{option.house.name} queda libre ({nights}) con {count}."
        if spanish
        else f"{option.house.name} becomes free ({nights}) with {count}."
    ]
    lines += [move_sentence(mover, language) for mover in option.movers]
    lines.append(cost_sentence(option.movers, language))
    if moves > 1:
        lines.append(
            "Con menos movimientos no es posible (comprobado)."
            if spanish
            else "With fewer moves it cannot be done (proved)."
        )
    return tuple(lines)


def move_sentence(mover: Mover, language: Language = SPANISH) -> str:
    """One move: who, when, how many, from where to where, and the difference at today's prices."""
    spanish = language is SPANISH
    one = mover.resident
    nights = date_range(one.check_in, one.check_out, language)
    who = mover.name or ("Un huésped" if spanish else "A guest")
    people = _count(one.guests, "huésped", "huéspedes") if spanish else _count(one.guests, "guest", "guests")
    going = f"pasa de {mover.origin.name} a {mover.target.name}"
    if not spanish:
        going = f"moves from {mover.origin.name} to {mover.target.name}"
    room = mover.target.capacity_max
    fits = ""
    if room is not None:
        fits = f", donde entran {room}" if spanish else f", which holds {room}"
    return f"{who} ({people}, {nights}) {going}{fits}."


def first_message(found: Proposals) -> str:
    """`message1` of a search with moves: the dates, and how many houses more the moves would free.

    Source: docs/rules/pricing.md, 4.4.
    """
    if not found.options:
        return quoting.first_message(found.quote)
    count = len(found.options)
    freed = f"{'queda libre' if count == 1 else 'quedan libres'} {_count(count, 'casa', 'casas')}"
    if not found.quote.available:
        stay = found.quote.request.stay
        return f"{dates_line(stay)}\nNinguna casa está libre; moviendo reservas {freed}."
    return f"{quoting.first_message(found.quote)}\nMoviendo reservas {freed} más."


def second_message(found: Proposals) -> str:
    """`message2` of a search with moves: the houses that are free, then those that moves would free.

    Source: docs/rules/pricing.md, 4.4.
    """
    if not found.options:
        return quoting.second_message(found.quote)
    free = [price_line(answer) for answer in found.quote.available]
    freed = [f"{price_line(option.quoted)} ({_moving(option)})" for option in found.options]
    return "\n".join([*free, *freed])


def after_moves_message(option: Option) -> str:
    """The Spanish sentence that goes with `available` of a house that a plan makes free."""
    return f"Disponible {_moving(option)}"


def explain_refusal(refusal: Refusal, language: Language = SPANISH) -> tuple[str, ...]:
    """Why nothing makes a house free, as far as it was proved, and who stands in the way."""
    lines = [f"{refusal.house.name}: {_proof_sentence(refusal, language)}"]
    shown = refusal.wall or refusal.obstacles
    lines += [obstacle_sentence(one, language) for one in shown]
    if refusal.losers:
        lines.append(_losers_sentence(refusal, language))
    return tuple(lines)


def _losers_sentence(refusal: Refusal, language: Language) -> str:
    spanish = language is SPANISH
    who = "Un huésped" if spanish else "A guest"
    going = "a" if spanish else "to"
    moves = "; ".join(f"{mover.name or who} {going} {mover.target.name}" for mover in refusal.losers)
    if spanish:
        return f"Quedaría libre si se aceptara una casa más sencilla: {moves}."
    return f"It would become free if a simpler house were accepted: {moves}."


def obstacle_sentence(obstacle: Obstacle, language: Language = SPANISH) -> str:
    """Somebody in the way, and why they cannot be moved."""
    spanish = language is SPANISH
    one = obstacle.resident
    who = obstacle.name or ("Un huésped" if spanish else "A guest")
    if Pin.MAINTENANCE in obstacle.pins:
        who = "Mantenimiento" if spanish else "Maintenance"
    nights = date_range(one.check_in, one.check_out, language)
    if not obstacle.pins:
        why = (
            "no se le puede liberar otra casa adecuada" if spanish else "no other suitable house can be freed"
        )
    else:
        why = PINS[obstacle.pins[0]][0 if spanish else 1]
    return f"{who} ({obstacle.house.name}, {nights}): {why}."


def message_to_guest(mover: Mover) -> str:
    """A draft of what a guest who would move is told, in Spanish."""
    one = mover.resident
    name = mover.name.split(" ", maxsplit=1)[0]
    nights = date_range(one.check_in, one.check_out, SPANISH)
    gains = sorted(mover.target.features - mover.origin.features)
    extra = f" Además tiene: {', '.join(gains)}." if gains else ""
    refund = ""
    if mover.difference_usd < 0:
        refund = f" Te devolvemos la diferencia de {money(-mover.difference_usd, 'USD', SPANISH)}."
    greeting = f"Hola {name}:" if name else "Hola:"
    return (
        f"{greeting} queremos proponerte un cambio de casa para tu estadía del {nights}. "
        f"En lugar de {mover.origin.name} te recibiríamos en {mover.target.name}, "
        f"con las mismas fechas y sin costo adicional.{extra}{refund} ¿Nos confirmas si estás de acuerdo?"
    )


def answer_sentence(answer: Answer, language: Language = SPANISH) -> str:
    """What is certain about a request, in a few words."""
    spanish = language is SPANISH
    moves = answer.min_moves or 0
    match answer.kind:
        case Kind.DIRECT:
            return "hay una casa libre" if spanish else "a house is free"
        case Kind.PLAN:
            count = _count(moves, "movimiento", "movimientos") if spanish else _count(moves, "move", "moves")
            return f"posible con {count}" if spanish else f"possible with {count}"
        case Kind.IMPOSSIBLE:
            return "imposible (comprobado)" if spanish else "impossible (proved)"
        case Kind.NONE_WITHIN_K:
            if spanish:
                return f"hacen falta {moves} movimientos o más"
            return f"takes {moves} moves or more"
        case Kind.BUDGET_EXHAUSTED:
            if spanish:
                return f"no se terminó de buscar; hacen falta {moves} movimientos o más"
            return f"the search was cut short; it takes {moves} moves or more"


def _proof_sentence(refusal: Refusal, language: Language) -> str:
    spanish = language is SPANISH
    answer = refusal.answer
    if refusal.reasons:
        return "; ".join(reason_sentence(reason, language) for reason in refusal.reasons)
    if isinstance(answer.proof, NightProof):
        night = day(date.fromordinal(answer.proof.night), language)
        others, houses = len(answer.proof.stays), len(answer.proof.houses)
        if spanish:
            have = f"esta estadía y {others} más solo tienen {_count(houses, 'casa', 'casas')}"
            return f"la noche del {night}, {have} donde entran."
        have = (
            f"this stay and {_count(others, 'other', 'others')} have only {_count(houses, 'house', 'houses')}"
        )
        return f"on the night of {night}, {have} between them."
    if isinstance(answer.proof, ExhaustiveProof):
        return (
            "ninguna combinación de movimientos la libera (se probaron todas)."
            if spanish
            else "no combination of moves frees it (all were tried)."
        )
    return f"{answer_sentence(answer, language)}."


def cost_sentence(movers: Sequence[Mover], language: Language = SPANISH) -> str:
    """What the moves cost the house at today's prices: nights given away, differences refunded."""
    spanish = language is SPANISH
    given = sum((max(ZERO, mover.difference_usd) for mover in movers), ZERO)
    back = sum((max(ZERO, -mover.difference_usd) for mover in movers), ZERO)
    parts = []
    if given:
        amount = money(given, "USD", language)
        parts.append(f"regala noches por {amount}" if spanish else f"gives away nights worth {amount}")
    if back:
        amount = money(back, "USD", language)
        parts.append(f"devuelve {amount}" if spanish else f"refunds {amount}")
    if not parts:
        return "A la casa no le cuesta nada." if spanish else "It costs the house nothing."
    return f"La casa {' y '.join(parts)}." if spanish else f"The house {' and '.join(parts)}."


def _moving(option: Option) -> str:
    return f"moviendo {_count(len(option.movers), 'reserva', 'reservas')}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
