"""Photos over HTTP: uploads are looked at, named by us, and shown only while their photo is."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from casaaustin.audit.queries import Trail, changes
from casaaustin.properties.pictures import THUMBNAIL_SIZE
from tests.contract.conftest import Api
from tests.contract.shapes import assert_shape
from tests.support.world import C1, C2


def picture(size: tuple[int, int] = (640, 360), kind: str = "PNG", mode: str = "RGB") -> bytes:
    written = io.BytesIO()
    Image.new(mode, size).save(written, kind)
    return written.getvalue()


def upload(api: Api, content: bytes, name: str = "Piscina día.png", **fields: Any) -> Any:
    return api.send(
        "POST",
        "/photos/",
        data={"property_id": str(C1), **fields},
        files={"image_file": (name, content, "image/png")},
    )


def files(api: Api) -> list[Path]:
    return sorted(path for path in api.media.rglob("*") if path.is_file())


def test_an_uploaded_photo_is_kept_and_shown(api_everywhere: Api) -> None:
    api = api_everywhere
    response = upload(api, picture(), alt_text="La piscina", order="3", is_main="true")
    assert response.status_code == 201, response.text
    photo = response.json()
    assert_shape("photo", photo)
    assert (photo["alt_text"], photo["order"], photo["is_main"]) == ("La piscina", 3, True)

    image, thumbnail = (api.client.get(photo[name]) for name in ("image_url_final", "image_thumbnail"))
    assert image.content == picture()
    assert image.headers["content-type"] == "image/png"
    assert "immutable" in image.headers["cache-control"]
    with Image.open(io.BytesIO(thumbnail.content)) as small:
        assert (small.size, small.format) == (THUMBNAIL_SIZE, "WEBP")
    names = [path.name for path in files(api)]
    assert all(name.startswith("casa-1_3_piscina-dia-") for name in names)
    assert api.get(f"/photos/{photo['id']}/").json() == photo
    assert_shape("photos", api.get("/photos/", property_id=C1).json())
    assert api.get("/property/casa-1/").json()["main_photo"] == photo


def test_the_other_two_ways_to_add_a_photo(api: Api) -> None:
    second = api.send(
        "POST",
        "/photos/upload_photo/",
        data={"property_id": str(C1)},
        files={"image_file": ("a.jpg", picture(kind="JPEG"))},
    )
    third = api.send("POST", f"/properties/{C1}/photos/", json={"image_url": "https://img.example/3.jpg"})
    assert (second.status_code, third.status_code) == (201, 201)
    listed = api.get(f"/properties/{C1}/photos/", page_size="none").json()
    assert {photo["id"] for photo in listed} == {second.json()["id"], third.json()["id"]}
    assert third.json()["image_url_final"] == "https://img.example/3.jpg"
    assert api.get("/photos/", property_id=C2).json()["count"] == 0


@pytest.mark.parametrize("path", ["/photos/", "/photos/upload_photo/"])
def test_a_photo_needs_its_house(api: Api, path: str) -> None:
    missing = api.send("POST", path, files={"image_file": ("a.png", picture())})
    assert missing.status_code == 400
    assert "property_id" in missing.json()
    unknown = api.send(
        "POST", path, data={"property_id": str(uuid4())}, files={"image_file": ("a.png", picture())}
    )
    assert unknown.status_code == 404
    assert files(api) == []


def test_only_one_photo_is_the_main_one(api_everywhere: Api) -> None:
    api = api_everywhere
    first = upload(api, picture(), is_main="true").json()
    second = upload(api, picture()).json()
    assert second["image_thumbnail"] is None
    changed = api.send("PATCH", f"/photos/{second['id']}/", json={"is_main": True}).json()
    assert changed["is_main"]
    assert changed["image_thumbnail"]
    before = api.get(f"/photos/{first['id']}/").json()
    assert not before["is_main"]
    assert before["image_thumbnail"] is None
    events = api.database.read(lambda work: changes(work, Trail(entity="photo")))
    assert Counter(event.action for event in events) == {"photo.add": 2, "photo.edit": 2}


def test_put_forgets_what_it_does_not_say(api: Api) -> None:
    photo = upload(api, picture(), alt_text="La piscina", order="3").json()
    address = f"/photos/{photo['id']}/"
    patched = api.send("PATCH", address, data={"order": "4"}).json()
    assert (patched["alt_text"], patched["order"]) == ("La piscina", 4)
    put = api.send("PUT", address, json={"order": 5}).json()
    assert (put["alt_text"], put["order"]) == ("", 5)
    replaced = api.send("PUT", address, files={"image_file": ("b.png", picture((10, 10)))}).json()
    assert replaced["image_url_final"] != photo["image_url_final"]
    assert api.client.get(photo["image_url_final"]).status_code == 404, "no photo shows it any more"


def test_a_deleted_photo_is_shown_nowhere(api: Api) -> None:
    photo = upload(api, picture(), is_main="true").json()
    address = f"/photos/{photo['id']}/"
    assert api.send("DELETE", address).status_code == 204
    assert api.send("DELETE", address).status_code == 404
    assert api.get(address).status_code == 404
    assert api.get("/photos/").json()["count"] == 0
    for name in ("image_url_final", "image_thumbnail"):
        assert api.client.get(photo[name]).status_code == 404
    assert upload(api, picture(), is_main="true").status_code == 201


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", id="SVG"),
        pytest.param(b"<html><script>alert(1)</script>", id="HTML"),
        pytest.param(b"GIF89a" + b"\0" * 50, id="a GIF by its first bytes only"),
        pytest.param(picture()[:200], id="half an image"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\xff" * 500, id="noise"),
        pytest.param(picture(kind="BMP"), id="a kind that is not shown"),
    ],
)
def test_what_is_no_image_is_refused_and_leaves_nothing(api: Api, content: bytes) -> None:
    response = upload(api, content, name="photo.png")
    assert response.status_code == 400, response.text
    assert list(response.json()) == ["image_file"]
    assert files(api) == []
    assert api.get("/photos/").json()["count"] == 0


def test_an_image_that_unpacks_to_a_bomb_is_refused(api: Api) -> None:
    response = upload(api, picture((20_000, 20_000), mode="1"))
    assert response.status_code == 400
    assert files(api) == []


@pytest.mark.parametrize("too_much", [20 * 1024 * 1024 + 1, 22 * 1024 * 1024])
def test_a_file_that_is_too_large_is_refused(api: Api, too_much: int) -> None:
    response = upload(api, b"\0" * too_much)
    assert response.status_code in {400, 413}
    assert files(api) == []


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "..\\..\\x.png", "/etc/passwd", "\x00.png", "con", "a" * 400 + ".png", ""]
)
def test_the_sender_s_file_name_leads_nowhere(api: Api, name: str) -> None:
    content = picture()
    body = (
        b'--x\r\nContent-Disposition: form-data; name="property_id"\r\n\r\n'
        + str(C1).encode()
        + b'\r\n--x\r\nContent-Disposition: form-data; name="image_file"; filename="'
        + name.encode()
        + b'"\r\nContent-Type: image/png\r\n\r\n'
        + content
        + b"\r\n--x--\r\n"
    )
    response = api.send(
        "POST", "/photos/", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert response.status_code in {201, 400}, response.text
    inside = api.media / "property_photos" / str(C1)
    assert all(path.is_relative_to(inside) and len(path.name) < 200 for path in files(api))


@pytest.mark.parametrize(
    "path", ["../casa.sqlite3", "%2e%2e/%2e%2e/casa.sqlite3", f"{C1}/..%2f..%2fsecret", "x/y", "%00/%00"]
)
def test_nothing_but_shown_photos_comes_out_of_the_media_folder(api: Api, path: str) -> None:
    api.media.mkdir(parents=True)
    (api.media / "secret").write_text("secret")
    (api.media / "property_photos").mkdir()
    assert api.client.get(f"/media/property_photos/{path}").status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"image_url": ""},
        {"image_url": "javascript:alert(1)"},
        {"image_url": "ftp://img.example/1.jpg"},
        {"image_url": "https://"},
        {"image_url": "https://[::1"},
        {"image_url": "https://img.example/1.jpg", "order": "-1"},
        {"image_url": "https://img.example/1.jpg", "is_main": "perhaps"},
        {"image_url": "https://img.example/1.jpg", "alt_text": "x" * 201},
    ],
)
def test_faulty_fields_are_named(api: Api, fields: dict[str, str]) -> None:
    response = api.send("POST", "/photos/", data={"property_id": str(C1), **fields})
    assert response.status_code == 400
    (named,) = response.json()
    assert named in {"image_file", "image_url", "order", "is_main", "alt_text"}
