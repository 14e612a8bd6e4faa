"""The interface as one page for people: made from the OpenAPI document, with nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from typing import Any

from casaaustin_api.openapi import document

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #0a7d5a; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.8rem; margin-bottom: 0; }
h2 { border-bottom: 1px solid var(--line); margin-top: 2.5rem; padding-bottom: .3rem; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; padding: 0 .9rem; }
details[open] { padding-bottom: .9rem; }
summary { cursor: pointer; display: flex; flex-wrap: wrap; gap: .7rem; align-items: baseline;
  padding: .5rem 0; }
summary span:last-child { opacity: .75; margin-left: auto; }
code, pre { font: .9em/1.45 ui-monospace, monospace; }
pre { background: var(--soft); border-radius: .4rem; overflow-x: auto; padding: .7rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem .3rem 0; text-align: left;
  vertical-align: top; }
.method { color: var(--accent); font-weight: 700; min-width: 4rem; }
.staff::after { content: "key"; background: var(--accent); border-radius: .3rem; color: white;
  font-size: .7rem; padding: .1rem .35rem; }
"""


@cache
def page() -> bytes:
    """The whole page, UTF-8."""
    found = document()
    body = "".join(_sections(found))
    title = escape(found["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}: HTTP interface</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<h1>{title}</h1><p>{escape(found['info']['description'])} Operations marked “key” need the "
        f"staff key, as <code>Authorization: Api-Key …</code>. The same as a document: "
        f'<a href="../">OpenAPI 3.1</a>.</p>{body}</body></html>'
    ).encode()


def _sections(found: dict[str, Any]) -> Iterator[str]:
    for tag in found["tags"]:
        yield f"<h2>{escape(tag['name'])}</h2>"
        for path, operations in found["paths"].items():
            for method, operation in operations.items():
                if tag["name"] in operation["tags"]:
                    yield _operation(path, method, operation)
    yield "<h2>Shapes</h2>"
    for name, schema in found["components"]["schemas"].items():
        text = escape(json.dumps(schema, indent=2, ensure_ascii=False))
        yield (
            f'<details id="{escape(name)}"><summary><code>{escape(name)}</code></summary>'
            f"<pre>{text}</pre></details>"
        )


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    mark = "staff" if operation["security"] else ""
    name, summary = escape(operation["operationId"]), escape(operation["summary"])
    opening = (
        f'<details id="{name}"><summary><span class="method">{method.upper()}</span>'
        f'<code class="{mark}">{escape(path)}</code> <span>{summary}</span></summary>'
    )
    parts = [opening, f"<p>{escape(operation['description'])}</p>"]
    if operation["parameters"]:
        rows = [
            (
                f"<code>{escape(one['name'])}</code>{' *' if one.get('required') else ''}",
                escape(one["in"]),
                _shape(one["schema"]) + f" {escape(one.get('description', ''))}",
            )
            for one in operation["parameters"]
        ]
        parts.append(_table(("parameter", "where", "what"), rows))
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]
        kinds = [(f"<code>{escape(kind)}</code>", _shape(one["schema"])) for kind, one in content.items()]
        parts.append(_table(("body", "shape"), kinds))
    answers = [
        (status, escape(answer["description"]), "".join(map(_content, answer.get("content", {}).items())))
        for status, answer in operation["responses"].items()
    ]
    parts.append(_table(("status", "means", "shape"), answers))
    return "".join([*parts, "</details>"])


def _content(item: tuple[str, dict[str, Any]]) -> str:
    return _shape(item[1]["schema"])


def _shape(schema: dict[str, Any]) -> str:
    """A schema in few words, with links to the shapes it names."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_shape(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_shape(schema.get('items', {}))}"
    if "const" in schema:
        return f"<code>{escape(json.dumps(schema['const']))}</code>"
    if "enum" in schema:
        return " · ".join(f"<code>{escape(str(one))}</code>" for one in schema["enum"])
    words = [str(schema.get("format", schema.get("type", "anything")))]
    if "minimum" in schema:
        words.append(f"≥ {schema['minimum']}")
    if "maximum" in schema:
        words.append(f"≤ {schema['maximum']}")
    if schema.get("default") not in (None, "", (), []):
        words.append(f"({json.dumps(schema['default'])})")
    return escape(" ".join(words))


def _table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{heading}</th>" for heading in headings)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"
