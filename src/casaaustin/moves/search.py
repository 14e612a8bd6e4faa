"""The best plan with at most so many moves: iterative deepening on who pushes whom out.

Putting somebody into a house pushes out the stays whose nights they need; each of those becomes pending and
counts as one move. Whoever is placed stays there. In a plan with the fewest moves every moved stay was pushed
out by somebody (the others could simply go home again), so trying every way to push, with no more than
k moves, finds it if it exists; k grows by one until a plan is found. The level where that happens is searched
to its end, for the plan that is best in every component.

Three things keep that small. A pending stay must still push out at least so many: if that exceeds what is
left of k, nothing below can succeed, whatever else is decided. When only the last push is left, a house is
tried only if each stay it pushes out has a free place already; the bit set of houses where that is not so is
kept for each night. And the pending stay with the least choice is placed first.
Source: docs/rules/pricing.md, 3.6.3.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from casaaustin.moves.index import NOBODY, Index, bits_of
from casaaustin.moves.instance import Request
from casaaustin.moves.objective import Plan, one_night_holes, plan_of, steps_between, urgency_of

_STEP = 1 << 40
"""One class step in a price; urgency has the bits below."""

_Found = tuple[int, int, int, tuple[Any, ...], tuple[int, ...], int]
"""Price, holes, weight, sorted ids of the moved stays, their new houses, the request's house."""


class Party:
    """Somebody who needs a house for a span of nights: the request, or a stay that was pushed out.

    Attributes:
        number: of the stay in the index, or `NOBODY` for the request.
        start, end: first night and the one after the last, counted from the index's first day.
        mask: those nights, one bit for each.
        fits: houses it may be put into.
        rank: the class it booked.
        rings: (price of the class steps, houses), cheapest first.
        urgency: price of moving it, besides being one move.
        leave: by number, the houses out of which exactly so many would have to go for it.
        free: `leave[0]`.
        pushable: houses where nobody is pinned on those nights.
    """

    __slots__ = (
        "_choices",
        "end",
        "fits",
        "free",
        "leave",
        "mask",
        "number",
        "pushable",
        "rank",
        "rings",
        "start",
        "stuck",
        "urgency",
    )

    def __init__(
        self, index: Index, number: int, span: tuple[int, int], fits: int, rank: int, urgency: int
    ) -> None:
        self.number = number
        self.start, self.end = span
        self.mask = (1 << self.end) - (1 << self.start)
        self.fits = fits
        self.rank = rank
        self.rings = [(steps * _STEP, houses & fits) for steps, houses in index.rings(rank) if houses & fits]
        self.urgency = urgency
        self.free = fits & ~index.taken_within(self.start, self.end)
        self.leave: list[int] = []
        self.pushable = 0
        self.stuck: int | None = None
        self._choices: list[tuple[int, int, int]] | None = None

    def look_around(self, index: Index, most: int) -> None:
        """Work out whom it could push, up to `most` stays in one house."""
        if not self.leave:
            self.leave = index.leaving(self.start, self.end, self.fits, most)
            held = reduce(or_, index.held[self.start : self.end])
            self.pushable = self.fits & ~held

    def choices(self, index: Index) -> list[tuple[int, int, int]]:
        """Its free houses in the untouched calendar as (price, holes, house), best first."""
        if self._choices is None:
            found = []
            for price, ring in self.rings:
                for house in bits_of(self.free & ring):
                    before = index.nights[house]
                    holes = one_night_holes(before | self.mask) - one_night_holes(before)
                    found.append((price, holes, house))
            found.sort()
            self._choices = found
        return self._choices


def best_free_house(index: Index, request: Request, wanted: int) -> int | None:
    """The house that takes a request as it is: fewest class steps, then fewest holes, then house order.

    Args:
        index: covers the request.
        request: who is to be placed.
        wanted: the houses that would do.

    Source: docs/rules/pricing.md, 3.6.2.
    """
    start, end = request.start - index.first, request.end - index.first
    free = wanted & ~index.taken_within(start, end)
    if not free:
        return None
    mask = (1 << end) - (1 << start)

    def price(house: int) -> tuple[int, int]:
        before = index.nights[house]
        holes = one_night_holes(before | mask) - one_night_holes(before)
        return steps_between(request.rank, index.houses[house].rank), holes

    return min(bits_of(free), key=price)


class OutOfNodes(Exception):  # never leaves this package
    """The search looked at as many partial plans as it was allowed to."""


class Search:
    """The search for one request in one calendar; it may be asked about one set of houses after the other.

    Args:
        index: covers the request, and every stay that up to `max_moves` pushes can reach.
        request: who is to be placed.
        max_moves: the largest number of moves to try.
        max_nodes: partial plans to look at, for each question, before giving up.

    Attributes:
        nodes: partial plans that the last question looked at.
        proved: moves that any plan needs at least, as far as the last question proved it.
        is_exhausted: whether the last question, when it found nothing, proved that no number of moves helps.
    """

    def __init__(self, index: Index, request: Request, *, max_moves: int, max_nodes: int) -> None:
        self._index, self._request = index, request
        self._max_moves, self._max_nodes = max_moves, max_nodes
        self._parties: dict[int, Party] = {}
        self._stuck_on: dict[int, int] = {}
        self._taken_on: dict[tuple[int, int], int] = {}
        self._begin()

    def _begin(self) -> None:
        self.nodes, self.proved, self.is_exhausted = 0, 0, False
        self._best: _Found | None = None
        self._best_price: int | None = None
        self._numbers: tuple[int, ...] = ()
        self._was_cut = False
        self._touched = 0
        self._now: dict[int, int] = {}
        self._settled: dict[int, int] = {}
        self._place_of: dict[int, int] = {}
        self._gone: set[int] = set()

    def best(self, wanted: int, at_least: int) -> Plan | None:
        """The best plan with at most `max_moves` moves.

        Args:
            wanted: the houses that would do.
            at_least: moves known to be needed.

        Returns:
            The plan, or None: then `proved` and `is_exhausted` say what is certain.

        Raises:
            OutOfNodes: `proved` says what is certain; `found_so_far` may hold a plan, not always the best.
        """
        self._begin()
        self.proved = at_least
        party = self._party_of_request(wanted)
        for budget in range(max(at_least, 1), self._max_moves + 1):
            self.proved = budget
            self._was_cut = False
            self._extend([party], budget, 0)
            if self._best is not None:
                return self.found_so_far()
            self.proved = budget + 1
            if not self._was_cut:
                self.is_exhausted = True
                break
        return None

    def _party_of_request(self, wanted: int) -> Party:
        request, first = self._request, self._index.first
        span = request.start - first, request.end - first
        return Party(self._index, NOBODY, span, wanted, request.rank, 0)

    def _party(self, number: int) -> Party:
        found = self._parties.get(number)
        if found is None:
            index = self._index
            stay = index.stays[number]
            found = self._parties[number] = Party(
                index,
                number,
                (stay.start - index.first, stay.end - index.first),
                index.suits(number),
                stay.booked_rank,
                urgency_of(stay, index.today),
            )
        return found

    def _extend(self, pending: list[Party], budget: int, price: int) -> None:
        """Place everybody who is pending, with `budget` more pushes, in every way that could be the best."""
        self.nodes += 1
        if self.nodes > self._max_nodes:
            raise OutOfNodes
        chosen, inside = self._hardest(pending, budget)
        if chosen is None:
            return
        if len(pending) == 1 and self._finish(chosen, price):
            return  # pushing somebody as well would only add moves
        others = [party for party in pending if party is not chosen]
        by_pushed = self._houses_by_pushed(chosen, budget)
        for step, ring in chosen.rings:
            if self._best_price is not None and price + step > self._best_price:
                break
            for houses in by_pushed:
                for house in bits_of(houses & ring):
                    self._put(chosen, house, self._tenants(chosen, house), others, budget, price + step)
            for house, tenants in inside:
                if len(tenants) > budget:
                    self._was_cut = True
                elif ring >> house & 1:
                    self._put(chosen, house, tenants, others, budget, price + step)

    def _houses_by_pushed(self, party: Party, budget: int) -> list[int]:
        """The untouched houses a party may enter, by how many it pushes out, up to the budget."""
        clean = ~self._touched
        houses = [each & clean for each in party.leave[: budget + 1]]
        if party.pushable & clean & ~reduce(or_, houses):
            self._was_cut = True
        if budget and houses[budget]:
            houses[budget] = self._finishing(party, houses[budget])
        return houses

    def _hardest(self, pending: list[Party], budget: int) -> tuple[Party | None, list[tuple[int, list[int]]]]:
        """Who has to be placed next, with its ways into touched houses; nobody when it cannot be done."""
        clean = ~self._touched
        chosen, chosen_inside = None, []
        hardest = (0, 0)
        for party in pending:
            party.look_around(self._index, self._max_moves)
            inside = self._inside(party) if self._touched & party.fits else []
            ways = 0
            for need in range(budget + 1):
                ways = (party.leave[need] & clean).bit_count()
                for _, tenants in inside:
                    ways += len(tenants) == need
                if ways:
                    break
            else:
                if party.pushable & clean or inside:
                    self._was_cut = True
                return None, []
            if chosen is None or (need, -ways) > hardest:
                chosen, chosen_inside, hardest = party, inside, (need, -ways)
        return chosen, chosen_inside

    def _inside(self, party: Party) -> list[tuple[int, list[int]]]:
        """Touched houses it may enter, with the stays it would push out of each."""
        found: list[tuple[int, list[int]]] = []
        for house in bits_of(self._touched & party.fits):
            if self._settled[house] & party.mask:
                continue
            if not self._now[house] & party.mask:
                found.append((house, []))
                continue
            tenants = [each for each in self._tenants(party, house) if each not in self._gone]
            if all(map(self._index.movable.__getitem__, tenants)):
                found.append((house, tenants))
        return found

    def _tenants(self, party: Party, house: int) -> list[int]:
        """The stays that live in a house on one of the party's nights in the untouched calendar."""
        if party.free >> house & 1:
            return []
        index = self._index
        row, found, night, end = index.tenant[house], [], party.start, party.end
        while night < end:
            number = row[night]
            if number == NOBODY:
                night += 1
            else:
                found.append(number)
                night = index.stays[number].end - index.first
        return found

    def _put(
        self, party: Party, house: int, tenants: list[int], others: list[Party], budget: int, price: int
    ) -> None:
        """Place a party, go on with whom it pushed out, and take everything back."""
        pending = others
        if tenants:
            pushed = [self._party(number) for number in tenants]
            for each in pushed:
                price += each.urgency
            if self._best_price is not None and price > self._best_price:
                return
            pending = others + pushed
        before = self._now.get(house), self._settled.get(house, 0), self._touched
        now = self._index.nights[house] if before[0] is None else before[0]
        for number in tenants:
            now &= ~self._parties[number].mask
        self._now[house] = now | party.mask
        self._settled[house] = before[1] | party.mask
        self._touched |= 1 << house
        self._place_of[party.number] = house
        self._gone.update(tenants)
        self._extend(pending, budget - len(tenants), price)
        self._gone.difference_update(tenants)
        del self._place_of[party.number]
        self._touched = before[2]
        self._settled[house] = before[1]
        if before[0] is None:
            del self._now[house]
        else:
            self._now[house] = before[0]

    def _finish(self, party: Party, price: int) -> bool:
        """Give the last pending party its best free house and note the plan; False when there is none."""
        index = self._index
        best = next((each for each in party.choices(index) if not self._touched >> each[2] & 1), None)
        for house in bits_of(self._touched & party.fits):
            now = self._now[house]
            if not now & party.mask:
                holes = one_night_holes(now | party.mask) - one_night_holes(now)
                step = next(step for step, ring in party.rings if ring >> house & 1)
                if best is None or (step, holes, house) < best:
                    best = step, holes, house
        if best is None:
            return False
        step, holes, house = best
        if self._best_price is None or price + step <= self._best_price:
            self._place_of[party.number] = house
            self._note(price + step, holes)
            del self._place_of[party.number]
        return True

    def _note(self, price: int, holes: int) -> None:
        """Keep a complete plan if it beats the best so far; `holes` are those of the last placing."""
        index = self._index
        for house, now in self._now.items():
            holes += one_night_holes(now) - one_night_holes(index.nights[house])
        if self._best is not None and (price, holes) > self._best[:2]:
            return
        moved = sorted((index.stays[number].id, number) for number in self._gone)
        found = (
            price,
            holes,
            sum(index.stays[number].weight for number in self._gone),
            tuple(stay for stay, _ in moved),
            tuple(self._place_of[number] for _, number in moved),
            self._place_of[NOBODY],
        )
        if self._best is None or found < self._best:
            self._best, self._best_price = found, price
            self._numbers = tuple(number for _, number in moved)

    def _finishing(self, party: Party, houses: int) -> int:
        """Of the houses whose tenants would be the last to go, those where each has a free place now."""
        if party.stuck is None:
            party.stuck = reduce(or_, map(self._stuck, range(party.start, party.end)))
        doubtful = houses & party.stuck
        if not doubtful:
            return houses
        self._was_cut = True
        found = houses & ~doubtful
        if self._touched:
            for house in bits_of(doubtful & self._within_reach(party)):
                if all(map(self._has_place, self._tenants(party, house))):
                    found |= 1 << house
        return found

    def _stuck(self, night: int) -> int:
        """Houses whose tenant of a night has no free place in the untouched calendar; not the pinned."""
        known = self._stuck_on.get(night)
        if known is not None:
            return known
        index = self._index
        found, unknown = 0, index.occupied[night] & ~index.held[night]
        # Whoever also lives there on a night that was looked at already need not be judged twice.
        for other, crossing in ((night - 1, night), (night + 1, night + 1)):
            known = self._stuck_on.get(other)
            if known is not None:
                found |= known & index.continued[crossing]
                unknown &= ~index.continued[crossing]
        for house in bits_of(unknown):
            number = index.tenant[house][night]
            stay = index.stays[number]
            if not index.suits(number) & ~self._taken(stay.start - index.first, stay.end - index.first):
                found |= 1 << house
        self._stuck_on[night] = found
        return found

    def _taken(self, start: int, end: int) -> int:
        """Houses with somebody on one of some nights; many stays share their dates."""
        span = start, end
        taken = self._taken_on.get(span)
        if taken is None:
            taken = self._taken_on[span] = self._index.taken_within(start, end)
        return taken

    def _within_reach(self, party: Party) -> int:
        """Houses whose tenants might all find a place, if need be where somebody has gone.

        A tenant without a free place can only go to nights that were vacated, so it must lie within the
        free runs around them. Necessary, not sufficient.
        """
        index = self._index
        left, right = index.last - index.first, 0
        for house, now in self._now.items():
            vacated = index.nights[house] & ~now
            if vacated:
                first, last = (vacated & -vacated).bit_length() - 1, vacated.bit_length()
                while first and not now >> (first - 1) & 1:
                    first -= 1
                while last < len(index.occupied) and not now >> last & 1:
                    last += 1
                left, right = min(left, first), max(right, last)
        beyond = 0
        for night in range(party.start, party.end):
            if not left <= night < right:
                beyond |= self._stuck(night)
        if left <= party.start < right:
            since = self._stuck(party.start)
            for night in range(party.start, left - 1, -1):
                since &= index.continued[night]
            beyond |= since
        if left < party.end <= right:
            until = self._stuck(party.end - 1)
            for night in range(party.end, min(right + 1, len(index.continued))):
                until &= index.continued[night]
            beyond |= until
        return ~beyond

    def _has_place(self, number: int) -> bool:
        """Whether a stay that is about to be pushed out has a house to go to right now."""
        party = self._party(number)
        return bool(party.free & ~self._touched) or any(
            not self._now[house] & party.mask for house in bits_of(self._touched & party.fits)
        )

    def found_so_far(self) -> Plan | None:
        """The best plan that the last search has seen; only its end makes it the best there is."""
        if self._best is None:
            return None
        targets = dict(zip(self._numbers, self._best[4], strict=True))
        return plan_of(self._index, self._request, self._best[5], targets)
