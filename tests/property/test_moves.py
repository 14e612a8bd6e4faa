"""The search for moves against plainly trying everything, against itself, and against its own promises."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casaaustin.moves import frontier
from casaaustin.moves.frontier import sweep
from casaaustin.moves.index import Index
from casaaustin.moves.instance import Instance
from casaaustin.moves.objective import Plan, plan_of
from casaaustin.moves.search import Search
from casaaustin.moves.solve import (
    BoundProof,
    ExhaustiveProof,
    Kind,
    NightProof,
    solve,
    solve_each_house,
    solve_in,
)
from casaaustin.moves.verify import faults_of
from tests.bench import calendars
from tests.support.moves import (
    Truth,
    best_by_enumeration,
    night_is_possible,
    shuffled_instance,
    tiny_instance,
)

SEEDS = st.integers(0, 2**32 - 1)
DOWNGRADES = st.sampled_from([None, None, 0, 1])
IN_CI, AT_NIGHT = 200, 20_000
INSTANCES = AT_NIGHT if settings.get_current_profile_name() == "nightly" else IN_CI


def whole_index(instance: Instance, most_downgrade: int | None) -> Index:
    """The whole calendar, as somebody would build it for many requests."""
    days = [instance.request.start, instance.request.end]
    days += [day for stay in instance.stays for day in (stay.start, stay.end)]
    window = min(days), max(days)
    return Index(
        instance.houses, instance.stays, today=instance.today, window=window, most_downgrade=most_downgrade
    )


def as_truth(plan: Plan) -> Truth:
    score = plan.score
    vector = (
        score.moves,
        score.steps,
        score.urgency,
        score.holes,
        score.weight,
        score.moved,
        score.targets,
        score.house,
    )
    return Truth(vector, plan.house, tuple((move.stay, move.origin, move.target) for move in plan.moves))


@settings(max_examples=INSTANCES)
@given(seed=SEEDS, most_downgrade=DOWNGRADES)
def test_it_finds_what_trying_everything_finds(seed: int, most_downgrade: int | None) -> None:
    """The same plan in every component, for any number of moves; and no claim that is not so."""
    instance = tiny_instance(seed)
    truth = best_by_enumeration(instance, most_downgrade=most_downgrade)

    answer = solve(instance, most_downgrade=most_downgrade)

    if truth is None:
        assert answer.kind is Kind.IMPOSSIBLE
        assert isinstance(answer.proof, NightProof | ExhaustiveProof)
    else:
        assert answer.plan is not None
        assert as_truth(answer.plan) == truth
        assert answer.plan.score.packed == truth.packed
        assert answer.kind is (Kind.PLAN if truth.moves else Kind.DIRECT)
        assert answer.min_moves == len(truth.moves)
        assert faults_of(answer.plan, instance, most_downgrade=most_downgrade) == ()
    if isinstance(answer.proof, NightProof):
        assert not night_is_possible(instance, answer.proof.night, most_downgrade=most_downgrade)

    for limit in range(3):
        limited = solve(instance, max_moves=limit, most_downgrade=most_downgrade)
        if truth is None:
            assert limited.kind is Kind.IMPOSSIBLE
        elif len(truth.moves) <= limit:
            assert limited.plan == answer.plan
        else:
            assert limited.kind is Kind.NONE_WITHIN_K
            assert limited.proof == BoundProof(len(truth.moves))


@settings(max_examples=INSTANCES)
@given(seed=SEEDS, most_downgrade=DOWNGRADES)
def test_search_and_sweep_agree(seed: int, most_downgrade: int | None) -> None:
    """Each alone, on the whole calendar: the search with more moves than there are stays, and the sweep."""
    instance = tiny_instance(seed)
    truth = best_by_enumeration(instance, most_downgrade=most_downgrade)
    index = whole_index(instance, most_downgrade)
    wanted = index.houses_for_request(instance.request)

    search = Search(index, instance.request, max_moves=len(instance.stays) + 1, max_nodes=10**6)
    searched = search.best(wanted, 0)
    swept = sweep(index, instance.request, wanted)

    if truth is None:
        assert searched is None
        assert search.is_exhausted
        assert swept.house is None
    else:
        assert searched is not None
        assert as_truth(searched) == truth
        assert swept.house is not None
        assert plan_of(index, instance.request, swept.house, swept.targets) == searched


@given(seed=SEEDS, most_downgrade=DOWNGRADES)
def test_the_best_of_all_houses_is_the_best_plan(seed: int, most_downgrade: int | None) -> None:
    instance = tiny_instance(seed)
    each = solve_each_house(instance, most_downgrade=most_downgrade)
    for house, answer in each.items():
        alone = instance._replace(request=instance.request._replace(house=house))
        assert answer.plan == solve(alone, most_downgrade=most_downgrade).plan
    plans = [answer.plan for answer in each.values() if answer.plan is not None]
    best = min(plans, key=lambda plan: plan.score, default=None)
    assert solve(instance, most_downgrade=most_downgrade).plan == best


@given(seed=SEEDS)
def test_the_order_of_the_stays_does_not_matter(seed: int) -> None:
    instance = tiny_instance(seed)
    stays = list(instance.stays)
    Random(seed).shuffle(stays)
    assert solve(instance._replace(stays=tuple(stays))).plan == solve(instance).plan


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), occupancy=st.sampled_from([0.5, 0.7, 0.9]))
def test_days_that_do_not_matter_do_not_matter(seed: int, occupancy: float) -> None:
    """A year of four houses: the days that `solve` picks give the answer of the whole year."""
    kind = calendars.Kind(4, occupancy, 6.6)
    [calendar] = calendars.calendars(kind, seed)
    index = Index(calendar.houses, calendar.stays, today=calendars.TODAY, window=(0, calendars.DAYS))
    for _, request in calendars.requests(kind, seed, 8):
        answer = solve(calendar.instance(request))
        on_index = solve_in(index, request)
        assert (answer.kind, answer.plan, answer.min_moves) == (
            on_index.kind,
            on_index.plan,
            on_index.min_moves,
        )
        if answer.plan is not None:
            assert faults_of(answer.plan, calendar.instance(request)) == ()


@settings(max_examples=5)
@given(seed=st.integers(0, 10**6))
def test_many_houses_from_rows_and_on_an_index(seed: int) -> None:
    """Forty houses: the same answers from the rows as on an index of the year, and plans that hold."""
    kind = calendars.Kind(40, 0.9, 4.4)
    [calendar] = calendars.calendars(kind, seed)
    index = Index(calendar.houses, calendar.stays, today=calendars.TODAY, window=(0, calendars.DAYS))
    for _, request in calendars.requests(kind, seed, 6):
        instance = calendar.instance(request)
        answer = solve(instance, max_moves=2)
        on_index = solve_in(index, request, max_moves=2)
        assert (answer.kind, answer.plan, answer.min_moves) == (
            on_index.kind,
            on_index.plan,
            on_index.min_moves,
        )
        if answer.plan is not None:
            assert faults_of(answer.plan, instance) == ()


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), occupancy=st.sampled_from([0.5, 0.7, 0.9]))
def test_a_sweep_of_few_stays_is_a_sweep_of_all(seed: int, occupancy: float) -> None:
    """Beginning with the stays around the request changes nothing but the work."""
    kind = calendars.Kind(4, occupancy, 6.6)
    [calendar] = calendars.calendars(kind, seed)
    index = Index(calendar.houses, calendar.stays, today=calendars.TODAY, window=(0, calendars.DAYS))
    for _, request in calendars.requests(kind, seed, 8):
        wanted = index.houses_for_request(request)
        found = sweep(index, request, wanted)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(frontier, "WIDENING", frontier.WIDENING[-1:])
            at_once = sweep(index, request, wanted)
        assert (found.house, found.targets) == (at_once.house, at_once.targets)


@settings(max_examples=INSTANCES)
@given(seed=SEEDS, houses=st.sampled_from([3, 4, 5]))
def test_chains_swaps_and_rotations(seed: int, houses: int) -> None:
    """Full calendars that were shuffled need long plans; search, sweep and `solve` agree."""
    instance = shuffled_instance(seed, houses=houses)
    index = whole_index(instance, None)
    wanted = index.houses_for_request(instance.request)

    search = Search(index, instance.request, max_moves=5, max_nodes=10**6)
    searched = search.best(wanted, 0)
    swept = sweep(index, instance.request, wanted)

    answer = solve(instance)
    if swept.house is None:
        assert searched is None
        assert answer.kind is Kind.IMPOSSIBLE
        return
    best = plan_of(index, instance.request, swept.house, swept.targets)
    assert answer.plan == best
    assert faults_of(best, instance) == ()
    if best.score.moves <= 5:
        assert searched == best
    else:
        assert searched is None
        assert not search.is_exhausted
        assert search.proved <= best.score.moves


@settings(max_examples=IN_CI // 4)
@given(seed=SEEDS, max_moves=st.integers(1, 4))
def test_more_houses_than_the_sweep_takes(seed: int, max_moves: int) -> None:
    """Six shuffled houses: the days that `solve` picks, and the sweep, which could still do it, agree."""
    instance = shuffled_instance(seed, houses=6)
    index = whole_index(instance, None)
    answer = solve(instance, max_moves=max_moves)
    swept = sweep(index, instance.request, index.houses_for_request(instance.request))
    if swept.house is None:
        assert answer.kind in {Kind.IMPOSSIBLE, Kind.NONE_WITHIN_K}
    elif len(swept.targets) <= max_moves:
        assert answer.plan == plan_of(index, instance.request, swept.house, swept.targets)
    else:
        assert answer.kind is Kind.NONE_WITHIN_K
        assert answer.min_moves is not None
        assert max_moves < answer.min_moves <= len(swept.targets)
