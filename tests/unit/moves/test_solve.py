"""What an answer may claim, and where the search stops: docs/rules/pricing.md, 3.6.3 and 3.6.4."""

from __future__ import annotations

import subprocess
import sys

import pytest

from casaaustin.errors import InvalidInput
from casaaustin.moves.conflict import minimal_conflict
from casaaustin.moves.index import Index
from casaaustin.moves.instance import House, Instance, Request, Stay, request_rank
from casaaustin.moves.objective import Move, Plan, one_night_holes, plan_of
from casaaustin.moves.solve import (
    BoundProof,
    ExhaustiveProof,
    Kind,
    NightProof,
    solve,
    solve_each_house_in,
    solve_in,
)
from casaaustin.moves.verify import faults_of
from tests.bench import calendars


def staircase(steps: int, *, spare: int = 0, free: bool = True) -> Instance:
    """A chain: the stay of each house fits into the next one only, and the last house is free or not.

    Args:
        steps: moves that the only plan needs.
        spare: houses that nobody may enter; more than five houses in all are too many for the sweep.
        free: whether the last house is free; if not, somebody in it can go nowhere, one night later.
    """
    houses = [House(f"H{number:02}", 100, frozenset({f"f{number}"})) for number in range(steps + 1)]
    stays = [
        Stay(f"S{number:02}", f"H{number:02}", 10, 12, 1, allowed=frozenset({f"H{number + 1:02}"}))
        for number in range(steps)
    ]
    if not free:
        stays.append(Stay("wall", houses[-1].id, 11, 13, 1, pinned=True))
    houses += [House(f"X{number}", 0) for number in range(spare)]
    return Instance(0, tuple(houses), tuple(stays), Request(10, 12, 1, allowed=frozenset({"H00"})))


def test_in_few_houses_any_number_of_moves_is_found() -> None:
    answer = solve(staircase(4))
    assert answer.kind is Kind.PLAN
    assert answer.plan is not None
    assert [move.target for move in answer.plan.moves] == ["H01", "H02", "H03", "H04"]


@pytest.mark.parametrize("houses_more", [0, 3])
def test_none_within_the_limit_says_how_many_at_least(houses_more: int) -> None:
    answer = solve(staircase(4, spare=houses_more), max_moves=2)
    assert (answer.kind, answer.plan, answer.min_moves) == (Kind.NONE_WITHIN_K, None, 4)
    assert answer.proof == BoundProof(4)


def test_many_houses_are_searched_up_to_three_moves_unless_somebody_says() -> None:
    many = staircase(4, spare=3)
    assert solve(many).kind is Kind.NONE_WITHIN_K
    assert solve(many, max_moves=4).kind is Kind.PLAN
    assert solve(staircase(3, spare=3)).kind is Kind.PLAN


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("moves", [1, 2, 3, 4, 5])
def test_a_chain_may_wander_away_from_the_request(moves: int, backwards: bool) -> None:
    """Each stay pushes one that begins, or ends, two days further off; all those days are looked at."""
    houses = (
        *[House(number, 4) for number in range(moves + 1)],
        *[House(90 + number, 0) for number in range(5)],
    )
    sign = -1 if backwards else 1
    spans = [sorted((sign * (10 + 2 * number), sign * (13 + 2 * number))) for number in range(moves)]
    stays = tuple(
        Stay(number, number, start, end, 2, allowed=frozenset({number + 1}))
        for number, (start, end) in enumerate(spans)
    )
    start, end = sorted((sign * 8, sign * 11))
    instance = Instance(-300, houses, stays, Request(start, end, 2, allowed=frozenset({0})))

    plan = solve(instance, max_moves=moves).plan

    assert plan is not None
    assert [move.stay for move in plan.moves] == list(range(moves))
    assert solve(instance, max_moves=moves - 1).kind is Kind.NONE_WITHIN_K


def test_who_reaches_beyond_the_index_cannot_be_moved() -> None:
    """Where else they could live is not known; for a question about single nights it does not matter."""
    stays = [Stay("before", "A", 0, 10, 2), Stay("within", "A", 10, 12, 2), Stay("after", "A", 12, 30, 2)]
    index = Index([House("A", 4)], stays, today=0, window=(9, 13))
    assert index.movable == [False, True, False]
    assert Index([House("A", 4)], stays, today=0, window=(9, 13), nights_only=True).movable == [True] * 3


def test_many_houses_can_be_exhausted_too() -> None:
    """Each night has room, two nights together have not, and nobody could be pushed further."""
    houses = [House("A", 4), House("B", 4), *[House(f"X{number}", 0) for number in range(6)]]
    stays = (Stay("one", "A", 10, 11, 2, pinned=True), Stay("two", "B", 11, 12, 2, pinned=True))
    answer = solve(Instance(0, tuple(houses), stays, Request(10, 12, 2)))
    assert answer.kind is Kind.IMPOSSIBLE
    assert isinstance(answer.proof, ExhaustiveProof)


def test_a_search_that_is_given_up_claims_only_what_it_proved() -> None:
    """Forty houses, with so few partial plans that searches end early: with a plan in hand or without."""
    kind = calendars.Kind(40, 0.9, 4.4)
    [calendar] = calendars.calendars(kind, 1)
    index = Index(calendar.houses, calendar.stays, today=calendars.TODAY, window=(0, calendars.DAYS))
    with_plan = without = 0
    for _, request in calendars.requests(kind, 1, 150):
        whole = solve_in(index, request, max_moves=3)
        hasty = solve_in(index, request, max_moves=3, max_nodes=12)
        if hasty.kind is not Kind.BUDGET_EXHAUSTED:
            assert hasty == whole
            continue
        assert whole.min_moves is not None
        assert hasty.min_moves is not None
        assert hasty.min_moves <= whole.min_moves
        assert hasty.proof == BoundProof(hasty.min_moves)
        if hasty.plan is None:
            without += 1
        else:
            with_plan += 1
            assert whole.plan is not None
            assert hasty.plan.score.moves == whole.plan.score.moves
            assert hasty.plan.score >= whole.plan.score
            assert faults_of(hasty.plan, calendar.instance(request)) == ()
    assert with_plan
    assert without


def test_a_night_that_forbids_it_names_everybody_who_competes() -> None:
    houses = tuple(House(number, 4) for number in range(8))
    stays = tuple(Stay(100 + number, number, 10 - number % 3, 13 + number % 2, 2) for number in range(8))
    answer = solve(Instance(0, houses, stays, Request(12, 16, 2)))
    assert answer.kind is Kind.IMPOSSIBLE
    assert answer.proof == NightProof(12, tuple(range(100, 108)), tuple(range(8)))


def test_a_stay_moves_into_a_gap_that_just_fits() -> None:
    """Neither house is free for all its nights, and one move makes room."""
    houses = (House("A", 4), House("B", 4))
    stays = (
        Stay("long", "A", 10, 14, 2),
        Stay("early", "B", 8, 10, 2),
        Stay("late", "B", 14, 16, 2),
        Stay("kept", "A", 15, 18, 2, pinned=True),
    )
    answer = solve(Instance(0, houses, stays, Request(10, 15, 2)))
    assert answer.plan is not None
    assert answer.plan.moves == (Move("long", "A", "B"),)


def test_a_rotation_uses_the_place_that_somebody_left() -> None:
    houses = (House("A", 9, frozenset({"sea"})), House("B", 9))
    stays = (Stay("x", "A", 10, 14, 2), Stay("y", "B", 12, 13, 2), Stay("z", "B", 8, 10, 1, pinned=True))
    instance = Instance(0, houses, stays, Request(13, 15, 2, frozenset({"sea"})))
    answer = solve(instance)
    assert answer.plan is not None
    assert {move.stay: move.target for move in answer.plan.moves} == {"x": "B", "y": "A"}
    assert faults_of(answer.plan, instance) == ()


def test_a_house_that_is_closed_may_be_left_but_not_entered() -> None:
    houses = (House("A", 4), House("B", 4, is_open=False))
    inside = Stay("s", "B", 10, 12, 2)
    assert solve(Instance(0, houses, (inside,), Request(10, 12, 2, house="B"))).kind is Kind.IMPOSSIBLE
    outside = Stay("s", "A", 10, 12, 2)
    assert solve(Instance(0, houses, (outside,), Request(10, 12, 2))).kind is Kind.IMPOSSIBLE
    reopened = (houses[0], houses[1]._replace(is_open=True))
    assert solve(Instance(0, reopened, (outside,), Request(10, 12, 2, house="A"))).kind is Kind.PLAN


def test_a_house_nobody_knows_is_no_house() -> None:
    answer = solve(Instance(0, (House("A", 4),), (), Request(10, 12, 2, house="Z")))
    assert (answer.kind, answer.proof) == (Kind.IMPOSSIBLE, NightProof(10, (), ()))


def test_an_index_must_cover_the_request() -> None:
    index = Index((House("A", 4),), [Stay("s", "A", 10, 12, 2)], today=0)
    assert solve_in(index, Request(10, 12, 2)).kind is Kind.IMPOSSIBLE
    for request in (Request(9, 11, 2), Request(11, 13, 2)):
        with pytest.raises(ValueError, match="does not cover the days"):
            solve_in(index, request)
        with pytest.raises(ValueError, match="does not cover the days"):
            solve_each_house_in(index, request)


def test_one_night_holes_decide_between_free_houses() -> None:
    """House A would be left with a single night on both sides, B is filled to the brim."""
    houses = (House("A", 4), House("B", 4))
    stays = (
        Stay("a1", "A", 5, 9, 2),
        Stay("a2", "A", 13, 15, 2),
        Stay("b1", "B", 5, 10, 2),
        Stay("b2", "B", 12, 15, 2),
    )
    plan = solve(Instance(0, houses, stays, Request(10, 12, 2))).plan
    assert plan is not None
    assert (plan.house, plan.score.holes) == ("B", 0)


@pytest.mark.parametrize(
    ("nights", "holes"), [("", 0), ("101", 1), ("1001", 0), ("10101", 2), ("0101", 1), ("10", 0), ("111", 0)]
)
def test_a_hole_is_one_free_night_between_two_stays(nights: str, holes: int) -> None:
    assert one_night_holes(int(nights or "0", 2)) == holes


def test_class_of_a_request_is_that_of_the_smallest_house_that_holds_it() -> None:
    houses = (House("A", 4, rank=2), House("B", 8, rank=1), House("C", 8, rank=3), House("D", None, rank=9))
    assert [request_rank(houses, guests) for guests in (1, 4, 5, 8, 9)] == [2, 2, 1, 1, 9]
    assert request_rank(houses[:3], 9) == 0


def test_a_conflict_is_looked_for_only_where_there_is_one() -> None:
    free = Instance(0, (House("A", 4),), (), Request(1, 2, 1))
    with pytest.raises(InvalidInput, match="nothing is in conflict"):
        minimal_conflict(free)
    with pytest.raises(InvalidInput, match="up to 5 houses"):
        minimal_conflict(staircase(1, spare=9))
    assert minimal_conflict(free._replace(request=Request(1, 2, 5))) == ()


PLAN_FACTS = Instance(
    0,
    (House("A", 4, frozenset({"sea"}), 1), House("B", 2, rank=0), House("C", 9, is_open=False)),
    (
        Stay("s", "A", 10, 12, 3, frozenset({"sea"}), 1, allowed=frozenset({"A"})),
        Stay("t", "B", 11, 13, 1, pinned=True),
    ),
    Request(10, 12, 5, frozenset({"sea"}), house="A", allowed=frozenset({"A"})),
)


@pytest.mark.parametrize(
    ("house", "moves", "fault"),
    [
        ("A", (), "s and the request share the night 10 of A"),
        ("A", (), "the request has 5 guests, A holds 4"),
        ("B", (), "the request may not have B"),
        ("B", (), "B lacks sea for the request"),
        ("C", (), "C takes nobody, the request neither"),
        ("Z", (), "there is no house Z"),
        ("A", (Move("s", "A", "B"),), "s may not go to B"),
        ("A", (Move("s", "A", "B"),), "s would be downgraded in B"),
        ("A", (Move("s", "A", "B"),), "s has 3 guests, B holds 2"),
        ("A", (Move("s", "A", "B"),), "s and t share the night 11 of B"),
        ("A", (Move("s", "B", "A"),), "s is not in B, or there is no house A"),
        ("A", (Move("t", "B", "A"),), "t must remain in B"),
        ("A", (Move("s", "A", "Z"),), "s is not in A, or there is no house Z"),
    ],
)
def test_what_is_wrong_with_a_plan(house: str, moves: tuple[Move, ...], fault: str) -> None:
    index = Index(PLAN_FACTS.houses, PLAN_FACTS.stays, today=0)
    score = plan_of(index, PLAN_FACTS.request, 0, {}).score
    assert fault in faults_of(Plan(house, moves, score), PLAN_FACTS, most_downgrade=0)


def test_the_search_needs_no_database_and_no_validation_library() -> None:
    """`casa availability solve FILE` starts without them."""
    program = (
        "import sys, casaaustin.moves.documents, casaaustin.moves.conflict, casaaustin.moves.verify\n"
        "heavy = {'sqlalchemy', 'sqlmodel', 'pydantic', 'uuid', 'decimal', 'datetime', 'rich', 'typer'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
