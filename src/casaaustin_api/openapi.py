"""The OpenAPI 3.1 document, made from the declarations that route, admit and validate."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from casaaustin_api.endpoint import JSON, MULTIPART, Endpoint
from casaaustin_api.problems import Envelope
from casaaustin_api.registry import endpoints

VERSION = "1"
_REF = "#/components/schemas/{model}"
_PARAMETERS = {
    "id": ("The thing's id.", {"type": "string", "format": "uuid"}),
    "slug": ("The house's slug.", {"type": "string", "minLength": 1, "maxLength": 200}),
    "rule": ("The automatic discount's id.", {"type": "string", "format": "uuid"}),
    "house": ("The house's slug or id.", {"type": "string", "minLength": 1, "maxLength": 200}),
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Name of this request: repeated with the same content, it returns the first result.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 120, "pattern": "^[!-~]+$"},
}
_FILE = {"type": "string", "format": "binary"}


@cache
def document() -> dict[str, Any]:
    """The document."""
    shown = [endpoint for endpoint in endpoints() if endpoint.is_documented]
    bodies = sorted({one.body for one in shown if one.body is not None}, key=lambda model: model.__name__)
    _, bodies_schema = models_json_schema([(model, "validation") for model in bodies], ref_template=_REF)
    schemas: dict[str, Any] = dict(bodies_schema.get("$defs", {}))
    paths: dict[str, Any] = {}
    for endpoint in shown:
        operation = _operation(endpoint, schemas)
        paths.setdefault(endpoint.full_path, {})[endpoint.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Casa Austin",
            "version": VERSION,
            "description": "Houses, prices, availability and reservations. Every path answers with and "
            "without its final slash.",
        },
        "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in shown)],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "staff": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-Api-Key",
                    "description": "Also as `Authorization: Api-Key …` or `Authorization: Bearer …`.",
                }
            },
        },
    }


def _operation(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": f"Who: {endpoint.who.name}.",
        "tags": [endpoint.tag],
        "parameters": [*_path_parameters(endpoint), *_query_parameters(endpoint, schemas)],
        "responses": _responses(endpoint, schemas),
        "security": [] if endpoint.who.is_public else [{"staff": []}],
    }
    if endpoint.takes_key:
        operation["parameters"].append(_KEY)
    if endpoint.body is not None:
        operation["requestBody"] = _body(endpoint, schemas)
    return operation


def _path_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    found = []
    for name in re.findall(r"\{(\w+)\}", endpoint.path):
        description, schema = _PARAMETERS[name]
        found.append(
            {"name": name, "in": "path", "required": True, "description": description, "schema": schema}
        )
    return found


def _query_parameters(endpoint: Endpoint, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    if endpoint.query is None:
        return []
    schema = _merged(endpoint.query.model_json_schema(ref_template=_REF), schemas)
    required = set(schema.get("required", ()))
    found = []
    for name, described in schema["properties"].items():
        facts = {key: value for key, value in described.items() if key not in {"title", "description"}}
        parameter = {
            "name": name,
            "in": "query",
            "required": name in required,
            "schema": _without_null(facts),
        }
        if "description" in described:
            parameter["description"] = described["description"]
        found.append(parameter)
    return found


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter cannot be null: it is left out."""
    choices = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    if rest.get("default", ...) in (None, [], ()):
        del rest["default"]
    if len(choices) == 1:
        return {**choices[0], **rest}
    return {"anyOf": choices, **rest} if choices else rest


def _body(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    model = endpoint.body
    if model is None:
        raise TypeError("an endpoint without a model has no body to describe")
    reference: dict[str, Any] = {"$ref": _REF.format(model=model.__name__)}
    content: dict[str, Any] = {}
    for kind in endpoint.content:
        schema = reference
        if endpoint.file is not None and kind == MULTIPART:
            whole = schemas[model.__name__]
            name = f"{model.__name__}WithFile"
            schemas[name] = {**whole, "properties": {**whole["properties"], endpoint.file: _FILE}}
            schema = {"$ref": _REF.format(model=name)}
        content[kind] = {"schema": schema}
    # A body of which every field has a default may be left out.
    return {"required": bool(schemas[model.__name__].get("required")), "content": content}


def _responses(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    meanings: dict[int, list[str]] = {}
    for line in endpoint.refusals:
        number = f"`error` {line.number}: " if line.number is not None else ""
        meanings.setdefault(line.status, []).append(f"{number}{line.meaning}")
    for status, meaning in _usual(endpoint):
        meanings.setdefault(status, [meaning])
    found: dict[str, Any] = {str(endpoint.status): _success(endpoint, endpoint.answer, schemas)}
    refusal = _envelope(endpoint.envelope, schemas)
    for status, sentences in sorted(meanings.items()):
        schema = refusal
        if status in endpoint.other_answers:
            other = _answer_schema(endpoint.other_answers[status], schemas)
            schema = {"anyOf": [other, refusal]}
        found[str(status)] = {
            "description": "; ".join(sentences),
            "content": {JSON: {"schema": schema}},
        }
    return found


def _usual(endpoint: Endpoint) -> list[tuple[int, str]]:
    """What any endpoint of its shape may refuse."""
    found = [(400, "the parameters cannot be read"), (503, "the database is busy or not ready")]
    if "{" in endpoint.path:
        found.append((404, "there is nothing by that name"))
    if not endpoint.who.is_public:
        found.append((401, "no key, or a wrong one"))
    if endpoint.body is not None:
        found += [(413, "the body is too large"), (415, "the body is of a type that is not read")]
    if endpoint.takes_key:
        found.append((409, "the key was used for another request"))
    return found


def _success(endpoint: Endpoint, answer: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    if answer is None:
        return {"description": "Done."}
    return {
        "description": "Done." if endpoint.method != "GET" else "Found.",
        "content": {endpoint.media_type: {"schema": _answer_schema(answer, schemas)}},
    }


def _answer_schema(answer: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    schema = TypeAdapter(answer).json_schema(mode="serialization", ref_template=_REF)
    name = schema.get("title")
    found = _merged(schema, schemas)
    if name and found.get("type") == "object" and not isinstance(answer, type(dict[str, Any])):
        schemas[name] = found
        return {"$ref": _REF.format(model=name)}
    return found


def _envelope(envelope: Envelope, schemas: dict[str, Any]) -> dict[str, Any]:
    schemas[envelope.name] = dict(envelope.schema)
    return {"$ref": _REF.format(model=envelope.name)}


def _merged(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """A schema whose definitions moved to where all of them are."""
    found = dict(schema)
    schemas.update(found.pop("$defs", {}))
    return found
