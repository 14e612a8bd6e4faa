from __future__ import annotations

import re

import pytest

from casaaustin import errors
from casaaustin.errors import CasaError, InvalidInput


def classes(root: type[CasaError]) -> list[type[CasaError]]:
    return [root, *(below for child in root.__subclasses__() for below in classes(child))]


OURS = [cls for cls in classes(CasaError) if cls.__module__ == errors.__name__]


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    assert errors.__doc__ is not None
    drawn = re.findall(r"^ +([│ ]*[├└]─ )?([A-Z]\w+)", errors.__doc__, re.MULTILINE)
    assert [name for _, name in drawn] == [cls.__name__ for cls in OURS]


def test_every_class_has_a_code_of_its_own() -> None:
    codes = [cls.default_code for cls in OURS]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("cls", OURS, ids=lambda cls: cls.__name__)
def test_an_error_carries_what_programs_and_people_need(cls: type[CasaError]) -> None:
    error = cls("Something is wrong.", hint="Do this.", details={"house": "Casa 1"})
    assert str(error) == error.message == "Something is wrong."
    assert (error.hint, error.code, error.details) == ("Do this.", cls.default_code, {"house": "Casa 1"})
    assert cls("x", code="special").code == "special"


def test_invalid_input_names_its_field() -> None:
    assert InvalidInput("No.", field="guests").field == "guests"
    assert InvalidInput("No.").field is None
