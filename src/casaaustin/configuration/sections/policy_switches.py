"""The policy switches. Source: docs/rules/pricing.md, 0."""

from __future__ import annotations

from casaaustin.configuration.section import Item, Key, Section
from casaaustin.db.work import Work
from casaaustin.pricing.ratebook import CapacityMode, HoldWithoutDeadline, MinNightsMode, Policy
from casaaustin.pricing.service.switches import show_switches
from casaaustin.reservations.policy import set_policy
from casaaustin.vocabulary import CodeVsAutomatic, SpecialNights

_DEFAULT = Policy()


class PolicySwitches(Item):
    """How the business decides where there is more than one way."""

    min_nights_mode: MinNightsMode = _DEFAULT.min_nights_mode
    capacity_mode: CapacityMode = _DEFAULT.capacity_mode
    hold_without_deadline: HoldWithoutDeadline = _DEFAULT.hold_without_deadline
    code_vs_automatic: CodeVsAutomatic = _DEFAULT.code_vs_automatic
    special_nights: SpecialNights = _DEFAULT.special_nights


def read(work: Work) -> dict[Key, PolicySwitches]:
    """All switches."""
    return {(): PolicySwitches.model_validate({switch.name: switch.value for switch in show_switches(work)})}


def write(work: Work, _key: Key, item: PolicySwitches, reason: str) -> None:
    """Set all switches."""
    set_policy(work, item.plain(), reason=reason)


SECTION = Section(
    name="policy_switches",
    about="How the business decides where there is more than one way.",
    item=PolicySwitches,
    keys=(),
    read=read,
    write=write,
)
