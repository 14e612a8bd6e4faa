"""The list of endpoints as a page of the documentation, made from the declarations.

python -m casaaustin_api.reference docs/reference/http.md           writes the page
python -m casaaustin_api.reference docs/reference/http.md --check   says whether it is current
"""

from __future__ import annotations

import argparse
import sys
from itertools import groupby
from pathlib import Path

from casaaustin_api.endpoint import Endpoint
from casaaustin_api.problems import Refusal
from casaaustin_api.registry import endpoints

_INTRODUCTION = """\
# HTTP interface

<!-- Generated from the code by `make docs`; edit the endpoint instead. -->

Every path answers with and without its final slash. A running server describes itself in full, with every
parameter and the shape of every answer: `/api/v1/schema/` is the OpenAPI 3.1 document, and
`/api/v1/schema/docs/` is the same as a page. What the answers mean is in [pricing](../rules/pricing.md), 4;
how to call it is in [Talk to it over HTTP](../how-to/http-interface.md).
"""


def page() -> str:
    """The whole page."""
    blocks = [_INTRODUCTION]
    shown = [endpoint for endpoint in endpoints() if endpoint.is_documented]
    for tag, found in groupby(sorted(shown, key=_tag_first_seen), key=lambda one: one.tag):
        rows = "\n".join(map(_row, found))
        blocks.append(f"## {tag}\n\n| Endpoint | Who | Does |\n| --- | --- | --- |\n{rows}\n")
    numbered = [one for one in shown if any(line.number is not None for line in one.refusals)]
    for endpoint in numbered:
        rows = "\n".join(map(_error, sorted(endpoint.refusals, key=lambda line: line.number or 0)))
        blocks.append(
            f"## Errors of `{endpoint.full_path.removeprefix(endpoint.base)}`\n\n"
            f"| HTTP | `error` | `code` | Meaning |\n| --- | --- | --- | --- |\n{rows}\n"
        )
    return "\n".join(blocks)


def _tag_first_seen(endpoint: Endpoint) -> int:
    return [one.tag for one in endpoints()].index(endpoint.tag)


def _row(endpoint: Endpoint) -> str:
    key = " Takes an `Idempotency-Key`." if endpoint.takes_key else ""
    return f"| `{endpoint.method} {endpoint.full_path}` | {endpoint.who.name} | {endpoint.summary}.{key} |"


def _error(line: Refusal) -> str:
    codes = ", ".join(f"`{code}`" for code in line.codes)
    return f"| {line.status} | {line.number} | {codes} | {line.meaning} |"


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or with `--check` say that it is not current (exit status 1)."""
    parser = argparse.ArgumentParser(description="The list of endpoints.")
    parser.add_argument("file", type=Path, help="where the page is")
    parser.add_argument("--check", action="store_true", help="change nothing; say whether it is current")
    asked = parser.parse_args(arguments)
    if asked.check:
        is_current = asked.file.exists() and asked.file.read_text(encoding="utf-8") == page()
        if not is_current:
            sys.stderr.write(f"{asked.file} is out of date: run make docs\n")
        return 0 if is_current else 1
    asked.file.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
