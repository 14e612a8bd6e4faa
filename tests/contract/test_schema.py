"""The OpenAPI document is true: it is valid, and an examiner who reads it finds nothing else.

Schemathesis sends what the document allows and what it forbids, to every operation and in sequences,
with all its default checks: no 5xx, documented statuses and shapes, faulty data refused, undeclared
methods refused, no way round the key, nothing left after a deletion.
"""

from __future__ import annotations

import os
from copy import deepcopy
from typing import Any

import schemathesis
from jsonschema import Draft202012Validator
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.specs.openapi.definitions import OPENAPI_31

from casaaustin_api.openapi import document
from casaaustin_api.registry import endpoints
from tests.contract.conftest import KEY, Api

_PROFILE = os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default")
EXAMPLES = {"ci": 50, "nightly": 1000}.get(_PROFILE, 15)
# A rule may refuse what the document cannot say, such as a check-in in the past: that is 400 by contract.
ACCEPTED = ["2xx", "400", "401", "403", "404", "409", "429"]


def test_the_document_is_valid_openapi() -> None:
    assert list(Draft202012Validator(OPENAPI_31).iter_errors(document())) == []
    for schema in document()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_the_document_shows_every_documented_endpoint(api: Api) -> None:
    shown = {
        (method.upper(), path): operation["operationId"]
        for path, operations in api.get("/schema/").json()["paths"].items()
        for method, operation in operations.items()
    }
    assert shown == {(one.method, one.full_path): one.name for one in endpoints() if one.is_documented}


def test_every_reference_in_the_document_leads_somewhere() -> None:
    found = document()
    known = {f"#/components/schemas/{name}" for name in found["components"]["schemas"]}
    assert _references(found) <= known


def _references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if "$ref" in node else set()
        return own.union(*map(_references, node.values())) if node else own
    if isinstance(node, list):
        return set().union(*map(_references, node)) if node else set()
    return set()


def test_the_page_shows_every_operation_and_loads_nothing(api: Api) -> None:
    response = api.get("/schema/docs/")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    for endpoint in endpoints():
        if endpoint.is_documented:
            assert f'id="{endpoint.name}"' in response.text
    for loading in ("<script", "<link", "<img", "src=", "@import", "http://", "https://"):
        assert loading not in response.text


def test_an_examiner_finds_nothing(api: Api) -> None:
    config = SchemathesisConfig.from_dict(
        {
            "seed": 2026 if EXAMPLES < 1000 else None,
            "headers": {"X-Api-Key": KEY},
            "generation": {"max-examples": EXAMPLES, "database": "none"},
            "checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED}},
        }
    )
    schema = schemathesis.openapi.from_asgi("/api/v1/schema/", api.client.app, config=config)
    checks, findings = examine(schema)
    assert findings == []
    assert checks > 1000


def examine(schema: Any) -> tuple[int, list[str]]:
    """Run every phase; how many checks there were, and what they found."""
    count, findings = 0, []
    for event in from_schema(schema).execute():
        match event:
            case events.ScenarioFinished():
                for done in event.recorder.checks.values():
                    count += len(done)
                    findings += [_told(event, one.failure_info) for one in done if one.failure_info]
            case events.NonFatalError():
                findings.append(f"{event.label}: {event.value}")
            case events.FatalError():
                raise event.exception
    return count, findings


def _told(event: Any, found: Any) -> str:
    return f"{event.label}: {found.failure.title}: {found.failure.message} {found.code_sample}"


def test_the_examiner_is_not_blind(api: Api) -> None:
    """Positive control: an answer that is not what the document says is found."""
    untrue = deepcopy(document())
    untrue["paths"] = {"/api/v1/test/": untrue["paths"]["/api/v1/test/"]}
    untrue["components"]["schemas"]["Greeting"]["properties"]["message"] = {"type": "integer"}
    schema = schemathesis.openapi.from_dict(untrue)
    schema.app = api.client.app
    _, findings = examine(schema)
    assert findings
