"""Refusals on the wire: one table from class to status, one body per family of routes.

The library raises; nothing here decides anything. A route's own table of
refusals may give a code another status and the number that front ends know.
Guests read Spanish, so the sentences for what a guest can run into are here;
anything else keeps the library's own.
Source: docs/rules/pricing.md, 4; docs/migrating.md, D-37 and H-01.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from casaaustin.errors import (
    CasaError,
    CodeRefused,
    InvalidInput,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    NotReady,
    OutsideFailure,
    PriceChanged,
    RuleRefused,
)

STATUS: Mapping[type[CasaError], int] = MappingProxyType(
    {
        CasaError: 400,
        InvalidInput: 400,
        NotAuthenticated: 401,
        NotAllowed: 403,
        NotFound: 404,
        RuleRefused: 409,
        NotReady: 503,
        OutsideFailure: 502,
    }
)

SPANISH: Mapping[str, str] = MappingProxyType(
    {
        "missing": "Este campo es obligatorio.",
        "invalid": "El valor no es válido.",
        "check_in_date_missing": "Indica la fecha de ingreso.",
        "check_out_date_missing": "Indica la fecha de salida.",
        "check_in_date_invalid": "La fecha de ingreso debe tener la forma AAAA-MM-DD.",
        "check_out_date_invalid": "La fecha de salida debe tener la forma AAAA-MM-DD.",
        "checkout_date_missing": "Indica la fecha de salida.",
        "checkout_date_invalid": "La fecha de salida debe tener la forma AAAA-MM-DD.",
        "property_id_missing": "Indica la casa.",
        "property_id_invalid": "El identificador de la casa no es un UUID.",
        "client_id_invalid": "El identificador del cliente no es un UUID.",
        "additional_services_invalid": "Los servicios deben ser UUID separados por comas.",
        "discount_code_invalid": "El código tiene demasiados caracteres.",
        "parameters_malformed": "Los parámetros no se pueden leer.",
        "check_in_past": "La fecha de ingreso ya pasó.",
        "check_out_not_after_check_in": "La fecha de salida debe ser posterior a la de ingreso.",
        "stay_too_long": "La estadía es demasiado larga.",
        "too_far_ahead": "La fecha está demasiado lejos.",
        "checkout_in_past": "La fecha de salida ya pasó.",
        "guests_invalid": "El número de huéspedes debe ser un entero mayor que cero.",
        "house_not_found": "La casa no existe o no está disponible para ti.",
        "client_not_found": "El cliente no existe o no está disponible para ti.",
        "client_not_yours": "No puedes ver los datos de este cliente.",
        "service_unknown": "El servicio no existe o no se ofrece.",
        "service_not_offered": "El servicio no se ofrece en esta casa.",
        "exchange_rate_missing": "No hay un tipo de cambio vigente. Inténtalo más tarde.",
        "dates_taken": "Las fechas ya están ocupadas.",
        "price_changed": "El precio ha cambiado. Revisa la nueva cotización.",
        "code_refused": "El código no se puede usar en esta estadía. Revisa el precio sin él.",
        "code_exhausted": "Ya no quedan usos de este código.",
        "config_name_missing": "Indica el nombre de la configuración.",
        "config_name_invalid": "El nombre de la configuración no es válido.",
        "generator_not_found": "No existe una configuración con ese nombre.",
        "generator_inactive": "Esa configuración está desactivada.",
        "validity_days_out_of_range": "Los días de validez van de 1 a 365.",
        "validity_days_invalid": "Los días de validez deben ser un número entero.",
        "discount_percentage_out_of_range": "El porcentaje va de 1 a 100.",
        "discount_percentage_invalid": "El porcentaje debe ser un número con dos decimales como máximo.",
        "mint_cap_reached": "Ya se generaron los códigos permitidos por hoy.",
        "mint_percentage_too_high": "El descuento es mayor que el permitido para esta clave.",
        "code_space_exhausted": "No se encontró un código libre. Inténtalo otra vez.",
        "rule_id_invalid": "El identificador del descuento no es un UUID.",
        "rule_not_found": "El descuento no existe.",
        "welcome_already_issued": "Ya recibiste tu código de bienvenida.",
        "has_approved_reservations": "El código de bienvenida es para la primera reserva.",
        "no_active_promotion": "No hay una promoción de bienvenida activa.",
        "quote_expired": "La cotización venció. Pide una nueva.",
        "quote_invalid": "La cotización no es válida. Pide una nueva.",
        "quote_mismatch": "La cotización es para otras fechas, personas o servicios.",
        "pending_reservation_exists": "Ya tienes una reserva pendiente de pago.",
        "occupied": "La casa está ocupada en esas fechas.",
        "capacity": "Son más personas de las que entran en la casa.",
        "min_nights": "Esas fechas se venden con un mínimo de noches.",
        "closed": "La casa está cerrada.",
        "price_missing": "La casa no tiene precio para esas fechas.",
        "plan_not_found": "El plan no existe.",
        "plan_stale": "El plan ya no vale: algo cambió. Revisa la nueva propuesta.",
        "plan_expired": "El plan venció. Revisa la nueva propuesta.",
        "plan_not_open": "El plan ya no está abierto.",
        "plan_mismatch": "El plan hace sitio para otra estadía.",
        "consent_missing": "Falta que acepten todos los huéspedes que se mueven.",
        "consent_not_asked": "A este huésped no se le preguntó, o ya respondió.",
        "guest_pinned": "Ya no se puede mover a uno de los huéspedes.",
        "house_unsuitable": "La casa ya no le sirve a uno de los huéspedes.",
        "points_not_available": "Los puntos no se pueden canjear aquí todavía.",
        "not_authenticated": "Se necesita una credencial válida.",
        "not_allowed": "No tienes permiso para esto.",
        "not_found": "No existe o no está disponible para ti.",
        "page_not_found": "Página no válida.",
        "method_not_allowed": "Método no permitido.",
        "unsupported_media_type": "Tipo de contenido no admitido.",
        "body_too_large": "El contenido es demasiado grande.",
        "body_malformed": "El contenido no se puede leer.",
        "database_busy": "El sistema está ocupado. Inténtalo en un momento.",
        "database_unreachable": "El sistema no está disponible. Inténtalo en un momento.",
        "internal": "Ocurrió un error interno.",
    }
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One line of a route's table of refusals.

    Args:
        status: of HTTP.
        meaning: as the documentation says it.
        number: the `error` that front ends of the pricing routes know.
        codes: machine names that fall under it.
    """

    status: int
    meaning: str
    number: int | None = None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal, ready to be written.

    Args:
        status: of HTTP.
        code: machine name.
        message: one sentence.
        number: see `Refusal`.
        fields: messages by the field that is at fault.
        details: plain values for programs.
        error_id: finds it in the logs, when it is a defect.
    """

    status: int
    code: str
    message: str
    number: int | None = None
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    error_id: str | None = None

    @property
    def more(self) -> dict[str, Any]:
        """What stands beside the sentence in every family of routes."""
        beside = dict(self.details)
        if self.error_id is not None:
            beside["error_id"] = self.error_id
        return beside


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a family of routes writes a refusal, and the schema of what it writes."""

    name: str
    write: Callable[[Problem], dict[str, Any]]
    schema: Mapping[str, Any]


class InvalidFields(InvalidInput):
    """Faults by field, each with a machine name made of the field and `missing` or `invalid`.

    The names are what a route's table of refusals is asked for.
    """

    default_code = "invalid_input"

    def __init__(self, faults: Mapping[str, Sequence[str]], codes: Sequence[str]) -> None:
        first = next(iter(faults), None)
        sentence = faults[first][0] if first is not None else SPANISH["invalid"]
        super().__init__(f"{first}: {sentence}" if first else sentence, field=first)
        self.faults = {name: list(messages) for name, messages in faults.items()}
        self.codes = tuple(codes)


class NotFoundAmong(NotFound):
    """Nothing by that name; the details list what there is, because this caller may know."""


def problem_of(error: CasaError, refusals: Sequence[Refusal] = (), *, staff: bool = False) -> Problem:
    """Turn a refusal of the library into what a caller is told.

    Args:
        error: the refusal.
        refusals: the route's own table.
        staff: whether nobody but staff reads it.
    """
    if isinstance(error, CodeRefused):
        return _code_refused(error, staff=staff)
    codes = error.codes if isinstance(error, InvalidFields) else (error.code,)
    # Of several faults, the one that stands first in the table decides, whatever order they were found in.
    known = next((line for line in refusals if set(line.codes) & set(codes)), None)
    code = next((one for one in codes if known is not None and one in known.codes), error.code)
    status = known.status if known is not None else status_of(type(error))
    return Problem(
        status=status,
        code=code,
        message=SPANISH.get(code, error.message),
        number=known.number if known is not None else None,
        fields=_fields(error),
        details=_details(error, staff=staff),
    )


def _code_refused(error: CodeRefused, *, staff: bool) -> Problem:
    """The price is another without the code; which test it failed is told by the new quote alone.

    Source: docs/rules/reservations.md, 2.2.
    """
    return Problem(
        status=status_of(CodeRefused),
        code=PriceChanged.default_code,
        message=SPANISH["code_refused"],
        details=_details(error, staff=staff),
    )


def status_of(error: type[CasaError]) -> int:
    """The HTTP status of a class of refusals: its own, or that of its nearest base."""
    return next(STATUS[base] for base in error.__mro__ if base in STATUS)


def internal(error_id: str, number: int | None) -> Problem:
    """A defect: the caller learns its id and nothing else."""
    return Problem(500, "internal", SPANISH["internal"], number=number, error_id=error_id)


def _fields(error: CasaError) -> dict[str, list[str]]:
    if isinstance(error, InvalidFields):
        return error.faults
    if isinstance(error, InvalidInput) and error.field is not None:
        return {error.field: [SPANISH.get(error.code, error.message)]}
    return {}


def _details(error: CasaError, *, staff: bool) -> dict[str, Any]:
    """Figures of a refusal by a rule; other classes may carry what is not everybody's business."""
    if isinstance(error, PriceChanged):
        from casaaustin_api.wire.quotes import present

        details = dict(error.details)
        quoted, quote_id = details.pop("quote", None), details.pop("quote_id", None)
        if quoted is not None:
            details["quote"] = present(quoted, quote_id or "", staff=staff)
        return details
    return dict(error.details) if isinstance(error, RuleRefused | NotFoundAmong) else {}


def _plain(problem: Problem) -> dict[str, Any]:
    if problem.fields and problem.status == 400:
        return {name: list(messages) for name, messages in problem.fields.items()}
    return {"detail": problem.message, "code": problem.code, **problem.more}


def _pricing(problem: Problem) -> dict[str, Any]:
    return {
        "success": False,
        "error": problem.number or problem.status,
        "error_message": problem.message,
        "message": problem.message,
        "code": problem.code,
        **problem.more,
    }


def _calendar(problem: Problem) -> dict[str, Any]:
    return {
        "success": False,
        "error": problem.message,
        "message": problem.message,
        "code": problem.code,
        **problem.more,
    }


def _booking(problem: Problem) -> dict[str, Any]:
    return {
        "success": False,
        "message": problem.message,
        "error": problem.message,
        "errors": {name: list(messages) for name, messages in problem.fields.items()},
        "code": problem.code,
        "error_code": problem.code,
        **problem.more,
    }


def _check(problem: Problem) -> dict[str, Any]:
    beside = {"condition": False} if problem.status == 404 else {}
    errors = {name: list(messages) for name, messages in problem.fields.items()}
    return {
        "message": problem.message,
        **beside,
        "code": problem.code,
        **({"errors": errors} if errors else {}),
        **problem.more,
    }


_TEXT = MappingProxyType({"type": "string"})
_BY_FIELD = MappingProxyType(
    {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
)


def _object(required: Mapping[str, Any], **optional: Any) -> dict[str, Any]:
    properties = {name: dict(schema) for name, schema in {**required, **optional}.items()}
    return {"type": "object", "properties": properties, "required": list(required)}


PLAIN = Envelope(
    "Refusal",
    _plain,
    {
        "anyOf": [
            _object({"detail": _TEXT, "code": _TEXT}, error_id=_TEXT),
            {**_BY_FIELD, "minProperties": 1},
        ]
    },
)
PRICING = Envelope(
    "PricingRefusal",
    _pricing,
    _object(
        {
            "success": {"const": False},
            "error": {"type": "integer"},
            "error_message": _TEXT,
            "message": _TEXT,
            "code": _TEXT,
        },
        error_id=_TEXT,
    ),
)
CALENDAR = Envelope(
    "CalendarRefusal",
    _calendar,
    _object({"success": {"const": False}, "error": _TEXT, "message": _TEXT, "code": _TEXT}, error_id=_TEXT),
)
BOOKING = Envelope(
    "BookingRefusal",
    _booking,
    _object(
        {
            "success": {"const": False},
            "message": _TEXT,
            "error": _TEXT,
            "errors": _BY_FIELD,
            "code": _TEXT,
            "error_code": _TEXT,
        },
        error_id=_TEXT,
    ),
)
CHECK = Envelope(
    "CheckRefusal",
    _check,
    _object({"message": _TEXT, "code": _TEXT}, condition={"const": False}, errors=_BY_FIELD, error_id=_TEXT),
)
