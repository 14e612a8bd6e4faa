"""Photos of the houses. Source: docs/rules/pricing.md, 1.2 and 4.1."""

from __future__ import annotations

import mimetypes
import secrets
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from casaaustin.db.work import Work
from casaaustin.errors import NotFound
from casaaustin.pricing.queries import rate_book
from casaaustin.properties.models import PropertyPhoto
from casaaustin.properties.photos import (
    PhotoFields,
    add_photo,
    delete_photo,
    edit_photo,
    get_photo,
    is_shown,
    list_photos,
)
from casaaustin.properties.pictures import LARGEST_FILE, PictureFolder, media_folder, read_picture
from casaaustin_api.auth import PUBLIC, STAFF
from casaaustin_api.endpoint import Answer, Call, Endpoint
from casaaustin_api.fields import WHOLE, Fields, Id, OptionalId, Text, YesNo
from casaaustin_api.pages import PageQuery, paged, span
from casaaustin_api.problems import Refusal
from casaaustin_api.wire.houses import MEDIA, Photo, PhotoPage, present_photo

LARGEST_UPLOAD = LARGEST_FILE + 1024 * 1024
LARGEST_ORDER = 1_000_000
FILE = "image_file"


class PhotosQuery(PageQuery):
    """Which photos to list."""

    property_id: OptionalId = None


class PhotoBody(Fields):
    """What a photo says; a field left out keeps its value, or its default when the photo is new.

    The image comes as the file `image_file` of a multipart body, or as `image_url`.
    """

    image_url: Annotated[str, Text(500)] | None = Field(
        None,
        json_schema_extra={"type": "string", "maxLength": 500},
    )
    alt_text: Annotated[str, Text(200)] | None = None
    order: Annotated[int, Field(ge=0, le=LARGEST_ORDER), WHOLE] | None = None
    is_main: YesNo | None = None

    def said(self) -> PhotoFields:
        """The fields that were sent."""
        sent: Any = {
            name: value
            for name in ("image_url", "alt_text", "order", "is_main")
            if name in self.model_fields_set and (value := getattr(self, name)) is not None
        }
        return sent  # type: ignore[no-any-return]


class NewPhotoBody(PhotoBody):
    """A photo and its house."""

    property_id: Id


def list_all(call: Call) -> Any:
    """Photos by order."""
    return _listed(call, call.query.property_id)


def list_of_house(call: Call) -> Any:
    """Photos of one house by order."""
    house = call.id

    def use(work: Work) -> None:
        _slug(work, house)

    call.read(use)
    return _listed(call, house)


def show(call: Call) -> Photo:
    """One photo."""
    return call.read(lambda work: present_photo(get_photo(work, call.id), call.origin))


def create(call: Call) -> Photo:
    """Add a photo to the house that the body names."""
    body: NewPhotoBody = call.body
    return _add(call, body.property_id)


def create_in_house(call: Call) -> Photo:
    """Add a photo to the house that the address names."""
    return _add(call, call.id)


def replace(call: Call) -> Photo:
    """Replace what a photo says."""
    return _edit(call, whole=True)


def edit(call: Call) -> Photo:
    """Change some of what a photo says."""
    return _edit(call, whole=False)


def delete(call: Call) -> Answer:
    """Delete a photo; it can be restored."""
    call.write(lambda work: delete_photo(work, call.id))
    return Answer()


def show_file(call: Call) -> Answer:
    """The file of a photo that is shown, or of its thumbnail."""
    path = f"property_photos/{call.path['house']}/{call.path['file']}"
    file = _folder(call).find(path) if call.read(lambda work: is_shown(work, path)) else None
    if file is None:
        raise NotFound("There is no such file.")
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    lasting = (("cache-control", "public, max-age=31536000, immutable"),)
    return Answer(file.read_bytes(), media_type=media_type, headers=lasting)


def _listed(call: Call, house: UUID | None) -> Any:
    part = span(call.query)

    def use(work: Work) -> tuple[list[Photo], int]:
        photos, count = list_photos(work, house=house, limit=part.limit, offset=part.offset)
        return [present_photo(photo, call.origin) for photo in photos], count

    return paged(call, *call.read(use))


def _add(call: Call, house: UUID) -> Photo:
    body: PhotoBody = call.body
    fields = body.said()
    return _stored(call, house, fields, lambda work, said: add_photo(work, house, **said))


def _edit(call: Call, *, whole: bool) -> Photo:
    photo = call.id
    body: PhotoBody = call.body
    fields = body.said()
    if whole:
        fields = {"alt_text": "", "order": 0, "is_main": False, **fields}
    before = call.read(lambda work: get_photo(work, photo))
    wants_thumbnail = fields.get("is_main", before.is_main) and before.image_file and not before.thumbnail
    if FILE not in call.files and wants_thumbnail:
        # Made before the transaction, which then only writes down where it is.
        fields["thumbnail"] = _folder(call).keep_thumbnail(str(before.image_file))
    elif FILE in call.files:
        fields["is_main"] = fields.get("is_main", before.is_main)
        fields["order"] = fields.get("order", before.order)
    return _stored(call, before.property_id, fields, lambda work, said: edit_photo(work, photo, **said))


def _stored(call: Call, house: UUID, fields: PhotoFields, store: Any) -> Photo:
    """Keep the uploaded file, then write the row; a refusal leaves no file behind."""
    folder = _folder(call)
    upload = call.files.get(FILE)
    kept: list[str | None] = [fields.get("thumbnail")]
    try:
        if upload is not None:
            picture = read_picture(upload.content)
            slug = call.read(lambda work: _slug(work, house))
            path = folder.keep(
                picture, house=house, slug=slug, order=fields.get("order", 0), called=upload.name
            )
            kept.append(path)
            fields["image_file"] = path
            fields["thumbnail"] = folder.keep_thumbnail(path) if fields.get("is_main") else None
            kept.append(fields["thumbnail"])

        def use(work: Work) -> Photo:
            photo: PropertyPhoto = store(work, fields)
            return present_photo(photo, call.origin)

        return call.write(use)
    except BaseException:
        folder.discard(*kept)
        raise


def _slug(work: Work, house: UUID) -> str:
    found = rate_book(work).by_id.get(house)
    if found is None:
        raise NotFound("There is no such house.", code="house_not_found")
    return found.slug


def _folder(call: Call) -> PictureFolder:
    return PictureFolder(media_folder(call.settings), lambda: secrets.token_hex(8))


_NO_HOUSE = Refusal(404, "no such house")
_NO_PHOTO = Refusal(404, "no such photo")
_FAULTY = Refusal(400, "a field is faulty, or the file is no image")


def _writing(method: str, path: str, name: str, summary: str, **more: Any) -> Endpoint:
    facts: dict[str, Any] = {
        "tag": "Houses",
        "who": STAFF,
        "answer": Photo,
        "file": FILE,
        "largest_body": LARGEST_UPLOAD,
        "body": PhotoBody,
    }
    return Endpoint(method=method, path=path, name=name, summary=summary, **facts | more)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/photos",
        name="list_photos",
        summary="Photos of all houses, or of one, by order",
        tag="Houses",
        who=PUBLIC,
        handler=list_all,
        query=PhotosQuery,
        answer=PhotoPage | list[Photo],
        refusals=(Refusal(404, "no such page"),),
    ),
    _writing(
        "POST",
        "/photos",
        "add_photo",
        "Add a photo to a house",
        handler=create,
        body=NewPhotoBody,
        status=201,
        refusals=(_FAULTY, _NO_HOUSE),
    ),
    _writing(
        "POST",
        "/photos/upload_photo",
        "upload_photo",
        "Add a photo to a house",
        handler=create,
        body=NewPhotoBody,
        status=201,
        refusals=(_FAULTY, _NO_HOUSE),
    ),
    Endpoint(
        method="GET",
        path="/photos/{id}",
        name="show_photo",
        summary="One photo",
        tag="Houses",
        who=PUBLIC,
        handler=show,
        answer=Photo,
        refusals=(_NO_PHOTO,),
    ),
    _writing(
        "PUT",
        "/photos/{id}",
        "replace_photo",
        "Replace what a photo says",
        handler=replace,
        refusals=(_FAULTY, _NO_PHOTO),
    ),
    _writing(
        "PATCH",
        "/photos/{id}",
        "edit_photo",
        "Change some of what a photo says",
        handler=edit,
        refusals=(_FAULTY, _NO_PHOTO),
    ),
    Endpoint(
        method="DELETE",
        path="/photos/{id}",
        name="delete_photo",
        summary="Delete a photo",
        tag="Houses",
        who=STAFF,
        handler=delete,
        answer=None,
        status=204,
        refusals=(_NO_PHOTO,),
    ),
    Endpoint(
        method="GET",
        path="/properties/{id}/photos",
        name="list_photos_of_house",
        summary="Photos of one house by order",
        tag="Houses",
        who=PUBLIC,
        handler=list_of_house,
        query=PageQuery,
        answer=PhotoPage | list[Photo],
        refusals=(Refusal(404, "no such house or page"),),
    ),
    _writing(
        "POST",
        "/properties/{id}/photos",
        "add_photo_to_house",
        "Add a photo to this house",
        handler=create_in_house,
        status=201,
        refusals=(_FAULTY, _NO_HOUSE),
    ),
    Endpoint(
        method="GET",
        base="",
        path=f"{MEDIA}/property_photos/{{house}}/{{file}}",
        name="photo_file",
        summary="The file of a photo",
        tag="Houses",
        who=PUBLIC,
        handler=show_file,
        answer=bytes,
        media_type="application/octet-stream",
        is_documented=False,
        refusals=(Refusal(404, "no such file, or its photo is not shown"),),
    ),
)
