"""Plans that were kept, with the names that people need to talk about them.

Source: docs/rules/pricing.md, 3.6.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import NotFound
from casaaustin.pricing.queries import rate_book
from casaaustin.pricing.ratebook import House
from casaaustin.reassignment.calendar import residents_by_id
from casaaustin.reassignment.models import PlanConsent, ReassignmentPlan
from casaaustin.reassignment.plans import consents, moves_of
from casaaustin.reassignment.proposals import Mover, guest_names, mover_between
from casaaustin.stays import Stay
from casaaustin.vocabulary import PlanState


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """A plan that was kept, and everybody whom it moves.

    Args:
        plan: as it is stored.
        house: that becomes free, or became free.
        movers: who moves, in the order of the plan; the differences are those of today's prices.
        answers: of those who are, or were, asked; by reservation.
        has_lapsed: it was never carried out and is too old by now.
    """

    plan: ReassignmentPlan
    house: House
    movers: tuple[Mover, ...]
    answers: Mapping[UUID, PlanConsent]
    has_lapsed: bool

    @property
    def stay(self) -> Stay:
        """The nights it makes room for."""
        return Stay(self.plan.check_in_date, self.plan.check_out_date)


def plan_behind(work: Work, reservation: UUID) -> ReassignmentPlan | None:
    """The plan that was carried out to make room for a reservation, also if it was taken back since."""
    return work.session.scalars(
        select(ReassignmentPlan).where(table_of(ReassignmentPlan).c.reservation_id == reservation)
    ).first()


def plan_sheet(work: Work, plan: ReassignmentPlan) -> PlanSheet:
    """Everything about a plan that people ask for; three statements beside the rate book's.

    Raises:
        NotFound: a house or a reservation that it is about is gone.
    """
    book = rate_book(work)
    moves = moves_of(plan)
    wanted = [move.reservation for move in moves]
    found, names = residents_by_id(work, wanted), guest_names(work, wanted)
    houses = {plan.property_id}.union(*((move.origin, move.target) for move in moves))
    if not houses <= book.by_id.keys() or not found.keys() >= set(wanted):
        raise NotFound("A house or a stay that this plan is about is gone.", code="plan_without_house")
    return PlanSheet(
        plan=plan,
        house=book.by_id[plan.property_id],
        movers=tuple(
            mover_between(
                book,
                found[move.reservation],
                names.get(move.reservation, ""),
                book.by_id[move.origin],
                book.by_id[move.target],
            )
            for move in moves
        ),
        answers={one.reservation_id: one for one in consents(work, plan)},
        has_lapsed=plan.state in {PlanState.PROPOSED, PlanState.ASKING}
        and plan.expires_at < work.clock.now(),
    )
