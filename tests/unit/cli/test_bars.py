"""Bars in a terminal: one scale, one axis, nothing that is something invisible."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaaustin.vocabulary import Language
from casaaustin_cli import bars
from tests.support.strategies import amounts

signed = st.builds(lambda amount, sign: amount * sign, amounts(), st.sampled_from([-1, 0, 1]))


def drawn(rows: list[tuple[str, Decimal]], width: int = 40) -> list[str]:
    return list(bars._lines(rows, width, "#", "|", Language.ENGLISH))


def test_gains_go_right_and_losses_left() -> None:
    assert drawn([("up", Decimal("20.00")), ("flat", Decimal("0.00")), ("down", Decimal("-10.00"))]) == [
        "up           |##############   US$ 20.00",
        "flat         |                  US$ 0.00",
        "down  #######|                -US$ 10.00",
    ]


@given(values=st.lists(signed, min_size=1, max_size=8), width=st.integers(40, 120))
def test_every_line_fits_and_every_amount_that_is_not_nothing_is_seen(
    values: list[Decimal], width: int
) -> None:
    lines = drawn([(str(number), value) for number, value in enumerate(values)], width)
    assert len({line.index("|") for line in lines}) == 1
    for line, value in zip(lines, values, strict=True):
        left, right = line.split("|")
        assert ("#" in left, "#" in right) == (value < 0, value > 0)
        assert len(line) <= width


@given(values=st.lists(amounts(), min_size=2, max_size=8))
def test_a_larger_amount_never_has_a_shorter_bar(values: list[Decimal]) -> None:
    lengths = [line.count("#") for line in drawn([("x", value) for value in sorted(values)])]
    assert lengths == sorted(lengths)


def test_plain_letters_where_boxes_do_not_reach(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casaaustin_cli.terminal.has_unicode", lambda _: False)
    bars.bars("Difference", [("Apr 2026", Decimal("5.00"))], language=Language.ENGLISH)
    assert capsys.readouterr().out.isascii()


def test_no_rows_draw_nothing() -> None:
    assert drawn([]) == []
