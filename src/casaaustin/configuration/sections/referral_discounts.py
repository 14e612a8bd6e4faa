"""What first stays of recommended guests cost less. Source: docs/rules/pricing.md, 1.11."""

from __future__ import annotations

from pydantic import Field

from casaaustin.configuration.section import Item, Key, Section
from casaaustin.configuration.sections.keys import NAME, by_name
from casaaustin.configuration.sections.levels import level_id
from casaaustin.configuration.values import PercentageOff
from casaaustin.db.work import Work
from casaaustin.discounts.service import referral as service

_NAME = "referral_discounts"


class ReferralDiscount(Item):
    """What guests get whom somebody of this level recommended."""

    discount_percentage: PercentageOff = Field(description="Per cent of the whole stay.")
    is_active: bool = True


def read(work: Work) -> dict[Key, ReferralDiscount]:
    """Every level for which one is set, inactive ones too."""
    return by_name(
        _NAME,
        (
            (
                line.level,
                ReferralDiscount(discount_percentage=line.discount_percentage, is_active=line.is_active),
            )
            for line in service.list_referral(work)
            if line.discount_percentage is not None
        ),
    )


def write(work: Work, key: Key, item: ReferralDiscount, reason: str) -> None:
    """Set the discount of a level."""
    service.set_referral(
        work, level_id(work, key[0]), item.discount_percentage, is_active=item.is_active, reason=reason
    )


def remove(work: Work, key: Key, reason: str) -> None:
    """Delete the discount of a level."""
    service.delete_referral(work, level_id(work, key[0]), reason=reason)


SECTION = Section(
    name=_NAME,
    about="What a recommended guest's first stay costs less, by the level of who recommended.",
    item=ReferralDiscount,
    keys=(NAME,),
    read=read,
    write=write,
    remove=remove,
    levels=lambda key, _: key,
)
