"""Why a discount won, in words. Source: docs/rules/pricing.md, 2.6."""

from __future__ import annotations

from casaaustin.discounts.texts import SPANISH, title
from casaaustin.formats import money
from casaaustin.quoting.explain import Explanation, Why
from casaaustin.vocabulary import Language

# Spanish, English.
_TIE_BREAKERS = {
    "kind": ("por el orden de los tipos", "by the order of the kinds"),
    "percentage": ("por el porcentaje mayor", "by the higher percentage"),
    "name": ("por el nombre", "by name"),
    "id": ("por el identificador", "by id"),
}


def decision_sentence(explained: Explanation, language: Language) -> str:
    """Why a discount won, without a full stop. Source: docs/rules/pricing.md, 2.6."""
    decision, spanish = explained.decision, language is SPANISH
    winner = explained.answer.outcome.winner
    if winner is None:
        return "no se aplica ninguno" if spanish else "none applies"
    won = title(winner.discount, language)
    if decision.over is None:
        return f"{won}: es el único que se aplica" if spanish else f"{won}: nothing else applies"
    worth = money(decision.over.amount.usd, "USD", language)
    other = f"{title(decision.over.discount, language)} ({worth})"
    match decision.why:
        case Why.CODE_WINS:
            if spanish:
                return f"{won}: un código gana siempre (code_vs_automatic = code_wins), también a {other}"
            return f"{won}: a code always wins (code_vs_automatic = code_wins), also over {other}"
        case Why.TIE:
            how = _TIE_BREAKERS[decision.tie_broken_by or "id"][0 if spanish else 1]
            if spanish:
                return f"{won}: descuenta lo mismo que {other} y gana {how}"
            return f"{won}: it takes off as much as {other} and wins {how}"
        case _:
            return f"{won}: descuenta más que {other}" if spanish else f"{won}: takes more off than {other}"
