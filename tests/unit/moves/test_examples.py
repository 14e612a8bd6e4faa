"""The worked examples of moves, by number: docs/rules/pricing.md, 6.8. Days are days of April 2026."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from casaaustin.moves.conflict import minimal_conflict
from casaaustin.moves.disturbance import disturbance
from casaaustin.moves.instance import House, Instance, Request, Stay, request_rank
from casaaustin.moves.pinning import Booking, Pin, pins
from casaaustin.moves.solve import Answer, ExhaustiveProof, Kind, NightProof, solve, solve_each_house
from casaaustin.moves.verify import faults_of
from casaaustin.vocabulary import Origin, ReservationStatus
from tests.support.moves import assignments, best_by_enumeration

TODAY = 6
HOUSES = (House("C1", 12), House("C2", 18), House("C3", 40), House("C4", 18))
CLASSES = tuple(house._replace(rank=rank) for house, rank in zip(HOUSES, (1, 2, 3, 2), strict=True))
APPROVED, PENDING = ReservationStatus.APPROVED, ReservationStatus.PENDING


def stay(
    name: str,
    house: str,
    start: int,
    end: int,
    guests: int,
    status: ReservationStatus = APPROVED,
    *,
    origin: Origin = Origin.STAFF,
    is_paid: bool = False,
    booked_rank: int = 0,
    weighed: bool = False,
) -> Stay:
    """A stay of the examples, pinned by the rule."""
    days = start - TODAY
    reasons = pins(Booking(has_begun=days <= 0, days_to_check_in=days, status=status, origin=origin))
    weight = disturbance(status, days_to_check_in=days, is_paid=is_paid)
    return Stay(
        name,
        house,
        start,
        end,
        guests,
        booked_rank=booked_rank,
        pinned=bool(reasons),
        weight=weight if weighed else 0,
    )


def airbnb(name: str, house: str, start: int, end: int, guests: int) -> Stay:
    return stay(name, house, start, end, guests, origin=Origin.AIRBNB)


def asked(
    request: tuple[int, int, int], *stays: Stay, houses: tuple[House, ...] = HOUSES, house: str | None = None
) -> Instance:
    start, end, guests = request
    return Instance(
        TODAY, houses, stays, Request(start, end, guests, rank=request_rank(houses, guests), house=house)
    )


def m1(*, weighed: bool = False, houses: tuple[House, ...] = HOUSES) -> Instance:
    rank = {house.id: house.rank for house in houses}
    return asked(
        (17, 19, 16),
        stay("B", "C2", 16, 19, 10, is_paid=True, weighed=weighed, booked_rank=rank["C2"]),
        stay("C", "C3", 17, 20, 30, weighed=weighed, booked_rank=rank["C3"]),
        stay("D", "C4", 15, 18, 17, weighed=weighed, booked_rank=rank["C4"]),
        houses=houses,
    )


def m2(*, weighed: bool = False) -> Instance:
    return asked(
        (17, 19, 30),
        stay("B", "C2", 15, 17, 8, PENDING, weighed=weighed),
        stay("C", "C3", 16, 18, 14, weighed=weighed),
        stay("D", "C4", 16, 20, 12, is_paid=True, weighed=weighed),
    )


def m3(*, weighed: bool = False) -> Instance:
    return asked(
        (20, 24, 16),
        stay("Q", "C2", 20, 22, 10, weighed=weighed),
        stay("R", "C2", 22, 24, 13, weighed=weighed),
        stay("S", "C1", 22, 24, 10, weighed=weighed),
        airbnb("U", "C4", 20, 22, 16),
        airbnb("V", "C3", 19, 25, 20),
    )


def m5() -> Instance:
    return asked(
        (10, 14, 16),
        airbnb("F1", "C2", 10, 12, 16),
        airbnb("F2", "C4", 12, 14, 16),
        airbnb("V", "C3", 8, 16, 30),
    )


def m6(*, weighed: bool = False, house: str | None = None) -> Instance:
    return asked(
        (24, 26, 16),
        stay("A", "C2", 24, 26, 10, is_paid=True, weighed=weighed),
        stay("B", "C4", 24, 26, 11, PENDING, weighed=weighed),
        airbnb("V", "C3", 23, 27, 30),
        house=house,
    )


def m8(*, house: str | None = None) -> Instance:
    closed = tuple(each._replace(is_open=each.id not in ("C1", "C3")) for each in HOUSES)
    return asked((7, 8, 2), stay("B", "C2", 5, 9, 10), houses=closed, house=house)


@dataclass(frozen=True)
class Expected:
    """What an example says about its plan."""

    house: str
    moves: dict[str, tuple[str, str]]
    packed: int
    urgency: int
    weight: int = 0


PLANS = [
    pytest.param(m1(), Expected("C2", {"B": ("C2", "C1")}, 1_000_090, 90), id="M1"),
    pytest.param(
        m1(weighed=True), Expected("C2", {"B": ("C2", "C1")}, 1_000_090, 90, 60), id="M1 with weights"
    ),
    pytest.param(m2(), Expected("C3", {"C": ("C3", "C4"), "D": ("C4", "C1")}, 2_000_180, 180), id="M2"),
    pytest.param(
        m2(weighed=True),
        Expected("C3", {"C": ("C3", "C4"), "D": ("C4", "C1")}, 2_000_180, 180, 110),
        id="M2 with weights",
    ),
    pytest.param(m3(), Expected("C2", {"Q": ("C2", "C1"), "R": ("C2", "C4")}, 2_000_170, 170), id="M3"),
    pytest.param(
        m3(weighed=True),
        Expected("C2", {"Q": ("C2", "C1"), "R": ("C2", "C4")}, 2_000_170, 170, 90),
        id="M3 with weights",
    ),
    pytest.param(m6(), Expected("C2", {"A": ("C2", "C1")}, 1_000_082, 82), id="M6"),
    pytest.param(
        m6(weighed=True), Expected("C4", {"B": ("C4", "C1")}, 1_000_082, 82, 27), id="M6 with weights"
    ),
]


@pytest.mark.parametrize(("instance", "expected"), PLANS)
def test_the_best_plan(instance: Instance, expected: Expected) -> None:
    answer = solve(instance)

    plan = answer.plan
    assert answer.kind is Kind.PLAN
    assert plan is not None
    assert plan.house == expected.house
    assert {move.stay: (move.origin, move.target) for move in plan.moves} == expected.moves
    assert answer.min_moves == plan.score.moves == len(expected.moves)
    assert plan.score.packed == expected.packed
    assert plan.score.urgency == expected.urgency
    assert plan.score.weight == expected.weight
    assert (plan.score.steps, plan.score.holes) == (0, 0)
    assert not faults_of(plan, instance)


@pytest.mark.parametrize(
    ("instance", "feasible", "cheapest"),
    [
        pytest.param(m1(), 2, 1, id="M1"),
        pytest.param(m2(), 8, 1, id="M2"),
        pytest.param(m3(), 1, 1, id="M3"),
        pytest.param(m5(), 0, 0, id="M5"),
        pytest.param(m6(), 4, 2, id="M6"),
    ],
)
def test_how_many_assignments_there_are(instance: Instance, feasible: int, cheapest: int) -> None:
    found = assignments(instance)
    assert len(found) == feasible
    assert sum(each.packed == min(found).packed for each in found) == cheapest


def impossible(answer: Answer) -> NightProof | ExhaustiveProof:
    assert answer.kind is Kind.IMPOSSIBLE
    assert answer.plan is None
    assert answer.min_moves is None
    assert isinstance(answer.proof, NightProof | ExhaustiveProof)
    return answer.proof


def test_m4_a_night_forbids_it() -> None:
    answer = solve(asked((17, 19, 30), stay("C", "C3", 16, 19, 35)))
    assert impossible(answer) == NightProof(17, ("C",), ("C3",))


def test_m5_every_night_would_do_but_not_together() -> None:
    answer = solve(m5())
    assert isinstance(impossible(answer), ExhaustiveProof)
    assert minimal_conflict(m5()) == ("V", "F1", "F2")


def test_m6_the_best_plan_for_each_house() -> None:
    answers = solve_each_house(m6())
    assert list(answers) == ["C2", "C3", "C4"]
    moves = {
        house: answer.plan and [move.stay for move in answer.plan.moves] for house, answer in answers.items()
    }
    assert moves == {"C2": ["A"], "C3": None, "C4": ["B"]}
    assert impossible(answers["C3"]) == NightProof(24, ("V",), ("C3",))


def test_m7_only_one_house_is_large_enough() -> None:
    instance = asked((10, 12, 25), stay("B", "C2", 10, 12, 16), airbnb("V", "C3", 9, 13, 35))
    assert impossible(solve(instance)) == NightProof(10, ("V",), ("C3",))


def test_m8_a_guest_who_is_inside_is_never_moved() -> None:
    answer = solve(m8())
    assert answer.kind is Kind.DIRECT
    assert answer.plan is not None
    assert (answer.plan.house, answer.plan.score.packed) == ("C4", 0)

    assert impossible(solve(m8(house="C2"))) == NightProof(7, ("B",), ("C2",))
    inside = Booking(has_begun=True, days_to_check_in=-1, status=APPROVED, origin=Origin.STAFF)
    assert pins(inside)[0] is Pin.BEGUN


def test_m9_a_downgrade_is_forbidden_or_paid_for() -> None:
    instance = m1(houses=CLASSES)

    assert impossible(solve(instance, most_downgrade=0)) == NightProof(
        17, ("B", "C", "D"), ("C2", "C3", "C4")
    )
    assert best_by_enumeration(instance, most_downgrade=0) is None

    plan = solve(instance, most_downgrade=1).plan
    assert plan is not None
    assert [(move.stay, move.target) for move in plan.moves] == [("B", "C1")]
    assert (plan.score.packed, plan.score.steps_down, plan.score.steps_up) == (1_010_090, 1, 0)
    assert faults_of(plan, instance, most_downgrade=1) == ()
    assert faults_of(plan, instance, most_downgrade=0) == ("B would be downgraded in C1",)
