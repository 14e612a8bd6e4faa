"""Uploaded images: what they are, by their content; their thumbnail; where their files go.

Nothing that a sender says is believed: the kind of image is read from its
bytes, its size is known before a pixel is unpacked, and its file name is made
here. Source: docs/rules/pricing.md, 1.2.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from uuid import UUID

from slugify import slugify

from casaaustin.errors import InvalidInput
from casaaustin.settings import Settings

LARGEST_FILE = 20 * 1024 * 1024
MOST_PIXELS = 50_000_000
THUMBNAIL_SIZE = (400, 300)
THUMBNAIL_QUALITY = 85
FOLDER = "property_photos"
WHITE = (255, 255, 255)

_SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif"}


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that was looked at: its bytes, and the suffix that its content earns."""

    content: bytes
    suffix: str


def read_picture(content: bytes, *, field: str = "image_file") -> Picture:
    """Accept an uploaded image.

    Args:
        content: the whole file.
        field: the name used in the error.

    Raises:
        InvalidInput: too large, no image, of a kind that is not shown, or with too many pixels.
    """
    if len(content) > LARGEST_FILE:
        raise InvalidInput("The image is larger than 20 MiB.", field=field, code="image_too_large")
    kind = _looked_at(content, field)
    return Picture(content, _SUFFIXES[kind])


def thumbnail(content: bytes) -> bytes:
    """A 400 × 300 WebP: scaled to cover, cut around the centre, on white where the image is transparent.

    Args:
        content: an image that `read_picture` accepted.
    """
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content)) as opened:
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    covering = ImageOps.fit(upright, THUMBNAIL_SIZE, method=Image.Resampling.LANCZOS)
    canvas = Image.new("RGB", THUMBNAIL_SIZE, WHITE)
    canvas.paste(covering, mask=covering.getchannel("A"))
    written = io.BytesIO()
    canvas.save(written, "WEBP", quality=THUMBNAIL_QUALITY)
    return written.getvalue()


def _looked_at(content: bytes, field: str) -> str:
    """The kind of an image, after every byte of it has been decoded once."""
    from PIL import Image, UnidentifiedImageError

    refused = InvalidInput(
        "The file is not a JPEG, PNG, WebP or GIF image.", field=field, code="image_invalid"
    )
    try:
        with warnings.catch_warnings():
            # Pillow only warns of an image that unpacks to a bomb; the limit here is our own and lower.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=tuple(_SUFFIXES)) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise InvalidInput(
                        "The image has more than 50 million pixels.", field=field, code="image_too_large"
                    )
                kind = image.format
                image.load()
    except InvalidInput:
        raise
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        IndexError,
    ):
        raise refused from None
    if kind not in _SUFFIXES:
        raise refused
    return kind


class PictureFolder:
    """Where files of photos are kept: named by us, below one folder, never overwritten.

    Args:
        folder: the media folder; made when the first file comes.
        random_hex: names; so many characters, so that nobody can guess a file that is not shown.
    """

    def __init__(self, folder: Path, random_hex: Callable[[], str]) -> None:
        self.folder = folder
        self._random_hex = random_hex

    def keep(self, picture: Picture, *, house: UUID, slug: str, order: int, called: str) -> str:
        """Store an image.

        Args:
            picture: accepted by `read_picture`.
            house: whose photo it is.
            slug: of that house.
            order: of the photo.
            called: the file's name as the sender knows it.

        Returns:
            Its path below the media folder, with forward slashes.
        """
        own_name = slugify(PurePosixPath(called.replace("\\", "/")).stem, max_length=60) or "foto"
        name = f"{slug}_{order}_{own_name}-{self._random_hex()}{picture.suffix}"
        return self._write(PurePosixPath(FOLDER, str(house), name), picture.content)

    def keep_thumbnail(self, image: str) -> str | None:
        """Make and store the thumbnail of a stored image; None when its file has gone."""
        try:
            content = self._inside(image).read_bytes()
        except FileNotFoundError:
            return None
        path = PurePosixPath(image)
        name = f"{path.stem}-thumb-{self._random_hex()}.webp"
        return self._write(path.parent / name, thumbnail(content))

    def discard(self, *paths: str | None) -> None:
        """Remove files that no row came to name."""
        for path in filter(None, paths):
            self._inside(path).unlink(missing_ok=True)

    def find(self, path: str) -> Path | None:
        """The file of a path as rows name it, if it is there and inside the folder."""
        try:
            found = self._inside(path)
            return found if found.is_file() else None
        except (OSError, ValueError):
            return None

    def _write(self, path: PurePosixPath, content: bytes) -> str:
        target = self._inside(str(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(content)
        return str(path)

    def _inside(self, path: str) -> Path:
        root = self.folder.resolve()
        target = (root / path).resolve()
        if not target.is_relative_to(root):
            raise ValueError("the path leads out of the media folder")
        return target


def media_folder(settings: Settings) -> Path:
    """Where uploads are kept: the folder of the settings, or `media` beside the database file."""
    if settings.media_dir is not None:
        return settings.media_dir
    kind, _, path = settings.database_url.partition(":///")
    if kind.startswith("sqlite") and path:
        return Path(path).expanduser().parent / "media"
    return Path.home() / ".local" / "share" / "casaaustin" / "media"
