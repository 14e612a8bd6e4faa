"""The generators of codes; the codes they made are no configuration. Source: docs/rules/pricing.md, 1.8."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from casaaustin.checks import clean_line
from casaaustin.configuration.section import Key, Section
from casaaustin.configuration.sections.conditions import Recipe, recipe_facts
from casaaustin.configuration.sections.keys import NAME, alike, by_name
from casaaustin.configuration.values import Prose, as_value_error
from casaaustin.db.work import Work
from casaaustin.discounts.generation import LONGEST_PREFIX, normal_prefix
from casaaustin.discounts.service import generators as service
from casaaustin.errors import InvalidInput

_NAME = "code_generators"


def _prefix(text: str) -> str:
    if normal_prefix(text) != text:
        raise InvalidInput(f"{text!r} is not in capitals.", hint=f"Write it {normal_prefix(text)}.")
    return text


def _optional_line(most: int) -> AfterValidator:
    return AfterValidator(
        as_value_error(lambda value: clean_line(value, field="the value", most=most, required=False))
    )


class CodeGenerator(Recipe):
    """A recipe by which codes are made, named as it is called."""

    prefix: Annotated[str, AfterValidator(as_value_error(_prefix))] = Field(
        max_length=LONGEST_PREFIX, description="How its codes begin; it never changes."
    )
    usage_limit: int = Field(default=1, ge=1, description="Uses of each code.")
    display_name: Annotated[str, _optional_line(service.LONGEST_NAME)] = Field(
        default="", max_length=service.LONGEST_NAME, description="What guests read."
    )
    description: Prose = Field(default="", description="What an app says about it.")
    icon: Annotated[str, _optional_line(service.LONGEST_ICON)] = Field(
        default=service.DEFAULT_ICON,
        min_length=1,
        max_length=service.LONGEST_ICON,
        description="Icon in an app.",
    )
    is_active: bool = True


def read(work: Work) -> dict[Key, CodeGenerator]:
    """Every generator, inactive ones too."""
    return by_name(
        _NAME,
        (
            (
                line.name,
                CodeGenerator(
                    **recipe_facts(line),
                    prefix=line.prefix,
                    usage_limit=line.usage_limit,
                    display_name=line.display_name,
                    description=line.description,
                    icon=line.icon,
                ),
            )
            for line in service.list_generators(work)
        ),
    )


def write(work: Work, key: Key, item: CodeGenerator, reason: str) -> None:
    """Add or edit a generator."""
    fields: service.GeneratorFields = {
        **item.fields(work, key[0]),
        "prefix": item.prefix,
        "usage_limit": item.usage_limit,
        "display_name": item.display_name,
        "description": item.description,
        "icon": item.icon,
        "is_active": item.is_active,
    }
    present = _id(work, key)
    if present is None:
        service.add_generator(work, reason=reason, **fields)
    else:
        service.edit_generator(work, present, reason=reason, **fields)


def remove(work: Work, key: Key, reason: str) -> None:
    """Delete a generator."""
    service.delete_generator(work, _id(work, key) or key[0], reason=reason)


def _id(work: Work, key: Key) -> str | None:
    return next((str(line.id) for line in service.list_generators(work) if line.name == key[0]), None)


SECTION = Section(
    name=_NAME,
    about="Recipes by which codes are made, by the name they are called by.",
    item=CodeGenerator,
    keys=(NAME,),
    read=read,
    write=write,
    remove=remove,
    houses=lambda _, item: item.houses,
    check=lambda items: alike(_NAME, items),
)
