"""Photos of the houses: reading, adding, editing, deleting.

Files are stored before the transaction and named by it: `pictures` makes them,
a use case here only writes down their paths. Source: docs/rules/pricing.md, 1.2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, NotRequired, TypedDict, Unpack
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select

from casaaustin.audit.writing import add_row, change_row, delete_row
from casaaustin.checks import check_whole, clean_line
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import InvalidInput, NotFound
from casaaustin.properties.models import Property, PropertyPhoto

ENTITY = "photo"
LONGEST_ALT_TEXT = 200

_photo = table_of(PropertyPhoto)
_house = table_of(Property)


class PhotoFields(TypedDict):
    """What a photo says; a field left out keeps its value.

    `image_file` and `thumbnail` are paths that `PictureFolder` returned.
    """

    image_file: NotRequired[str]
    thumbnail: NotRequired[str | None]
    image_url: NotRequired[str]
    alt_text: NotRequired[str]
    order: NotRequired[int]
    is_main: NotRequired[bool]


def photos_of(work: Work, houses: Collection[UUID]) -> dict[UUID, list[PropertyPhoto]]:
    """The photos of houses, by order; one statement."""
    found: dict[UUID, list[PropertyPhoto]] = defaultdict(list)
    if houses:
        statement = select(PropertyPhoto).where(_photo.c.property_id.in_(set(houses)), ~_photo.c.deleted)
        for photo in work.session.scalars(statement.order_by(_photo.c.order, _photo.c.id)):
            found[photo.property_id].append(photo)
    return found


def list_photos(
    work: Work, *, house: UUID | None = None, limit: int | None = None, offset: int = 0
) -> tuple[list[PropertyPhoto], int]:
    """Photos of living houses by order, and how many there are in all; two statements."""
    joined = _photo.join(_house, _photo.c.property_id == _house.c.id)
    conditions = [~_photo.c.deleted, ~_house.c.deleted]
    if house is not None:
        conditions.append(_photo.c.property_id == house)
    count = work.session.execute(select(func.count()).select_from(joined).where(*conditions)).scalar_one()
    statement = (
        select(PropertyPhoto)
        .select_from(joined)
        .where(*conditions)
        .order_by(_photo.c.order, _photo.c.property_id, _photo.c.id)
        .limit(limit)
        .offset(offset or None)
    )
    return list(work.session.scalars(statement)), count


def get_photo(work: Work, photo: UUID) -> PropertyPhoto:
    """One photo.

    Raises:
        NotFound: none by that id, or it or its house was deleted.
    """
    statement = (
        select(PropertyPhoto)
        .select_from(_photo.join(_house, _photo.c.property_id == _house.c.id))
        .where(_photo.c.id == photo, ~_photo.c.deleted, ~_house.c.deleted)
    )
    found = work.session.scalars(statement).first()
    if found is None:
        raise NotFound("There is no such photo.", code="photo_not_found")
    return found


def is_shown(work: Work, path: str) -> bool:
    """Whether a stored file belongs to a photo that anybody may see."""
    statement = select(_photo.c.id).where(
        (_photo.c.image_file == path) | (_photo.c.thumbnail == path), ~_photo.c.deleted
    )
    return work.connection.execute(statement).first() is not None


def add_photo(work: Work, house: UUID, **fields: Unpack[PhotoFields]) -> PropertyPhoto:
    """Add a photo to a house.

    Raises:
        NotFound: no such house.
        InvalidInput: neither a file nor an address, or a field is malformed.
    """
    values = _checked(fields)
    if not values.get("image_file") and not values.get("image_url"):
        raise InvalidInput("A photo needs a file or an address.", field="image_file", code="image_missing")
    name = _hold_house(work, house)
    if values.get("is_main"):
        _step_down(work, house)
    row = PropertyPhoto(property_id=house, **values)
    add_row(work, row, entity=ENTITY, name=name)
    return row


def edit_photo(work: Work, photo: UUID, **fields: Unpack[PhotoFields]) -> PropertyPhoto:
    """Change what a photo says; becoming the main one takes that from its sister.

    Raises:
        NotFound: no such photo.
        InvalidInput: a field is malformed, or nothing would be left to show.
    """
    values = _checked(fields)
    row = get_photo(work, photo)
    name = _hold_house(work, row.property_id)
    if not values.get("image_file", row.image_file) and not values.get("image_url", row.image_url):
        raise InvalidInput("A photo needs a file or an address.", field="image_file", code="image_missing")
    if values.get("is_main") and not row.is_main:
        _step_down(work, row.property_id)
    change_row(work, row, values, entity=ENTITY, name=name)
    return row


def delete_photo(work: Work, photo: UUID) -> None:
    """Delete a photo softly; its file stays for history.

    Raises:
        NotFound: no such photo.
    """
    row = get_photo(work, photo)
    delete_row(work, row, entity=ENTITY, name=_hold_house(work, row.property_id))


def _hold_house(work: Work, house: UUID) -> str:
    """Make every other writer of this house's photos wait for our commit; the house's name.

    Raises:
        NotFound: no such house.
    """
    statement = select(_house.c.name).where(_house.c.id == house, ~_house.c.deleted).with_for_update()
    name = work.connection.execute(statement).scalar()
    if name is None:
        raise NotFound("There is no such house.", code="house_not_found")
    return str(name)


def _step_down(work: Work, house: UUID) -> None:
    """The main photo of a house is no longer it; flushed, so that another may take its place."""
    statement = select(PropertyPhoto).where(
        _photo.c.property_id == house, _photo.c.is_main, ~_photo.c.deleted
    )
    for sister in work.session.scalars(statement):
        change_row(work, sister, {"is_main": False}, entity=ENTITY, name="main photo")


def _checked(fields: PhotoFields) -> dict[str, Any]:
    values: dict[str, Any] = dict(fields)
    if "alt_text" in values:
        values["alt_text"] = clean_line(
            values["alt_text"], field="alt_text", most=LONGEST_ALT_TEXT, required=False
        )
    if "order" in values:
        values["order"] = check_whole(values["order"], field="order", least=0)
    if "image_url" in values:
        values["image_url"] = _address(values)
    return values


def _address(values: Mapping[str, Any]) -> str | None:
    url = clean_line(values["image_url"], field="image_url", most=500, required=False)
    if not url:
        return None
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        known = False
    if not known:
        raise InvalidInput("image_url is not a web address.", field="image_url", hint="Begin with https://.")
    return url
