"""What a file would change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casaaustin.changes import FieldChange
from casaaustin.configuration.difference import Difference, Kind, differences

KEY = ("Verano",)
ITEMS = st.dictionaries(
    st.text("abc", min_size=1, max_size=2).map(lambda name: (name,)),
    st.dictionaries(st.sampled_from(["start", "end"]), st.integers(0, 3)),
    max_size=4,
)
TREES = st.dictionaries(st.sampled_from(["seasons", "services"]), ITEMS)


def test_each_field_that_differs_is_told_old_and_new() -> None:
    (found,) = differences(
        {"seasons": {KEY: {"start": "12-15", "end": "03-15"}}},
        {"seasons": {KEY: {"start": "12-15", "end": "03-31", "is_active": True}}},
        removing={},
    )
    assert found == Difference(
        "seasons",
        KEY,
        Kind.CHANGE,
        (FieldChange("end", "03-15", "03-31"), FieldChange("is_active", None, True)),
    )


def test_what_the_file_does_not_mention_stays_or_goes() -> None:
    current = {"seasons": {KEY: {"start": 1}}}
    for removing, kind in ((False, Kind.KEEP), (True, Kind.REMOVE)):
        (found,) = differences(current, {"seasons": {}}, removing={"seasons": removing})
        assert (found.kind, found.is_change) == (kind, removing)


def test_a_section_that_the_file_does_not_have_is_not_looked_at() -> None:
    assert differences({"seasons": {KEY: {"start": 1}}}, {}, removing={"seasons": True}) == ()


@given(tree=TREES)
def test_nothing_differs_from_itself(tree: dict) -> None:  # type: ignore[type-arg]
    assert differences(tree, tree, removing=dict.fromkeys(tree, True)) == ()


@given(current=TREES, wanted=TREES)
def test_the_differences_lead_from_one_to_the_other(current: dict, wanted: dict) -> None:  # type: ignore[type-arg]
    result = {section: dict(current.get(section, {})) for section in wanted}
    for found in differences(current, wanted, removing=dict.fromkeys(wanted, True)):
        if found.kind is Kind.REMOVE:
            del result[found.section][found.key]
            continue
        item = dict(result[found.section].get(found.key, {}))
        for field in found.fields:
            assert item.get(field.field) == field.old
            item[field.field] = field.new
        result[found.section][found.key] = {name: value for name, value in item.items() if value is not None}
    assert result == wanted
