"""The configuration file itself: TOML or JSON to items and back, every fault told, and its schema.

Written, it is always the same text for the same business: sections in the order
of the registry, items by natural order of their names, no time and no id in it.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

import tomli_w
from pydantic import ValidationError
from pydantic.json_schema import models_json_schema

from casaaustin.configuration.difference import Items
from casaaustin.configuration.registry import BY_NAME, SECTIONS
from casaaustin.configuration.section import Item, Key, Section, path
from casaaustin.errors import InvalidInput

VERSION = 1
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TOML_HEADER = """\
# Casa Austin: the business configuration.
# See what a change would do:  casa config apply --dry-run FILE
# Every field is described by: casa config export --schema
"""


_PLAIN = {"missing": "is missing", "extra_forbidden": "there is no such field"}


class Format(StrEnum):
    """How the file is written."""

    TOML = "toml"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a file says: the sections that it has, and their items in the order of the file."""

    sections: Mapping[str, Mapping[Key, Item]] = field(default_factory=dict)

    def plain(self) -> dict[str, Items]:
        """The same in JSON types."""
        return {
            name: {key: item.plain() for key, item in items.items()} for name, items in self.sections.items()
        }


def ordered(sections: Mapping[str, Mapping[Key, Item]]) -> Configuration:
    """A configuration with its sections and items in the order of the file."""
    return Configuration(
        {
            section.name: {
                key: sections[section.name][key] for key in sorted(sections[section.name], key=section.order)
            }
            for section in SECTIONS
            if section.name in sections
        }
    )


def dump(configuration: Configuration, format: Format) -> str:
    """The text of a file."""
    tree: dict[str, Any] = {"version": VERSION}
    for name, items in configuration.plain().items():
        if BY_NAME[name].keys or items:
            tree[name] = _nested(items)
    if format is Format.JSON:
        return json.dumps(tree, ensure_ascii=False, indent=2) + "\n"
    return _TOML_HEADER + tomli_w.dumps(tree, multiline_strings=True)


def parse(text: str, format: Format) -> Configuration:
    """Read a file.

    Args:
        text: its content.
        format: how it is written.

    Returns:
        The sections it has; those it lacks are missing.

    Raises:
        InvalidInput: it cannot be read, or something in it is wrong: everything that is, in
            `details["reasons"]`.
    """
    tree = _tree(text, format)
    faults: list[str] = []
    if tree.get("version") != VERSION:
        faults.append(f"version: must be {VERSION}, the only one there is")
    sections: dict[str, dict[Key, Item]] = {}
    for name, content in tree.items():
        if name in {"version", "$schema"}:
            continue
        section = BY_NAME.get(name)
        if section is None:
            faults.append(f"{name}: there is no such section; there are {', '.join(BY_NAME)}")
            continue
        sections[name] = dict(_items(section, content, (), faults))
        if not faults:
            faults.extend(section.check(sections[name]))
    if faults:
        raise InvalidInput(
            f"The configuration has {len(faults)} fault{'s' if len(faults) > 1 else ''}.",
            field="file",
            code="configuration_faulty",
            hint="Mend them; nothing was changed.",
            details={"reasons": faults},
        )
    return ordered(sections)


def guess_format(text: str, name: str | None = None) -> Format:
    """The format of a file: by the ending of its name, else by its first character."""
    if name is not None:
        ending = name.rpartition(".")[2].casefold()
        if ending in set(Format):
            return Format(ending)
    return Format.JSON if text.lstrip().startswith("{") else Format.TOML


def faults_of(error: ValidationError, *where: str) -> Iterable[str]:
    """What a model refused, one sentence for each place."""
    for fault in error.errors():
        message = _PLAIN.get(fault["type"]) or str(fault["msg"]).removeprefix("Value error, ")
        yield f"{path(*where, *(str(part) for part in fault['loc']))}: {message.rstrip('.')}"


def schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of the file, made from the models that validate it."""
    models = [(section.item, "validation") for section in SECTIONS]
    _, definitions = models_json_schema(models, ref_template="#/$defs/{model}")  # type: ignore[arg-type]
    properties: dict[str, Any] = {
        "$schema": {"type": "string", "description": "Where this schema is; for editors."},
        "version": {"const": VERSION, "description": "Of the file format."},
    }
    for section in SECTIONS:
        properties[section.name] = {"description": section.about, **_section_schema(section)}
    return {
        "$schema": _DIALECT,
        "title": "Casa Austin: business configuration",
        "description": (
            "The whole business configuration. A section that is left out is not touched; "
            "an item says all of itself, so a field that is left out has its default."
        ),
        "type": "object",
        "properties": properties,
        "required": ["version"],
        "additionalProperties": False,
        "$defs": definitions["$defs"],
    }


def schema_text() -> str:
    """The schema as the file that is published."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def _section_schema(section: Section[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"$ref": f"#/$defs/{section.item.__name__}"}
    for part in reversed(section.keys):
        found = {
            "type": "object",
            "propertyNames": {"pattern": part.pattern},
            "additionalProperties": found,
        }
    return found


def _nested(items: Items) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, fields in items.items():
        place = tree
        for name in key:
            place = place.setdefault(name, {})
        place.update(fields)
    return tree


def _tree(text: str, format: Format) -> dict[str, Any]:
    text = text.removeprefix("\ufeff")
    try:
        if format is Format.TOML:
            return tomllib.loads(text, parse_float=_exact)
        tree = json.loads(
            text, parse_float=_exact, parse_constant=_no_number, object_pairs_hook=_without_repetition
        )
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise InvalidInput(
            f"This is no {format.value.upper()}: {error}.", field="file", code="configuration_unreadable"
        ) from None
    if not isinstance(tree, dict):
        raise InvalidInput(
            "The file is not one object.", field="file", hint='It begins with {"version": 1, …'
        )
    return tree


def _exact(number: str) -> Decimal:
    return Decimal(number)


def _no_number(name: str) -> None:
    raise InvalidInput(f"{name} is not an amount.", field="file")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object, in which JSON itself would silently let the last of two equal names win."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidInput(f"{name!r} stands twice in one object.", field="file")
        found[name] = value
    return found


def _items(section: Section[Any], content: Any, key: Key, faults: list[str]) -> Iterable[tuple[Key, Item]]:
    """The items below one place of the tree; what is wrong goes to `faults`."""
    if len(key) == len(section.keys):
        try:
            yield key, section.item.model_validate(content)
        except ValidationError as error:
            faults.extend(faults_of(error, section.name, *key))
        return
    where = path(section.name, *key)
    part = section.keys[len(key)]
    if not isinstance(content, Mapping):
        faults.append(f"{where}: must be a table of items by {part.name}")
        return
    for name, below in content.items():
        try:
            part.check(name)
        except InvalidInput as problem:
            faults.append(f"{path(where, name)}: {problem.message} {problem.hint or ''}".rstrip(" ."))
        else:
            yield from _items(section, below, (*key, name), faults)
