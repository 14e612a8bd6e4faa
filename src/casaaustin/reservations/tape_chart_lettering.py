"""Letters for the picture of the tape chart: Pillow's bundled face, with the accents it lacks.

The bundled face is the same on every machine, which a server's own fonts are not, but it knows
little more than ASCII. So a letter with an accent is drawn as the letter and, above it, the mark;
letters of other alphabets become `?`, and emoji go. Pillow is loaded when something is written.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from math import ceil
from typing import TYPE_CHECKING

from casaaustin.errors import NotReady

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

ACUTE, GRAVE, CIRCUMFLEX, TILDE, DIAERESIS = "\u0301", "\u0300", "\u0302", "\u0303", "\u0308"
_MARKS = frozenset({ACUTE, GRAVE, CIRCUMFLEX, TILDE, DIAERESIS})
_BUNDLED = frozenset("»…·’")
_NEAREST = {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
_NEAREST |= {
    "đ": "d",
    "Đ": "D",
    "ı": "i",
    "–": "-",
    "—": "-",
    "‘": "'",
    "“": '"',
    "”": '"',
    "¡": "!",
    "¿": "?",
}

_FINE = 4  # drawn so much larger and reduced, so that marks are as smooth as letters


def length(text: str, size: int) -> int:
    """How long `text` is when written in `size`, rounded up; both in the same unit."""
    letters, _ = spell(text)
    return ceil(_font(100).getlength(letters) * size / 100)


def spell(text: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """The letters that the face has, and the marks to set above them, each with the place of its letter."""
    letters: list[str] = []
    marks: list[tuple[int, str]] = []
    for sign in unicodedata.normalize("NFD", text):
        if sign in _MARKS and letters:
            marks.append((len(letters) - 1, sign))
        elif unicodedata.combining(sign):
            continue
        elif (sign.isascii() and sign.isprintable()) or sign in _BUNDLED:
            letters.append(sign)
        elif unicodedata.category(sign) != "So":
            letters += _NEAREST.get(sign, "?")
    return "".join(letters), tuple(marks)


def lettering(text: str, size: int, *, bold: bool = False) -> Image.Image:
    """`text` as a mask, two sizes high; the middle of its capitals is the middle of the mask.

    Args:
        text: one line.
        size: of the letters, in pixels.
        bold: the face has one weight; an outline makes the other.
    """
    from PIL import Image, ImageDraw

    em = size * _FINE
    font = _font(em)
    letters, marks = spell(text)
    baseline = em + em * 71 // 200  # a capital is as high as 0.71 of the size
    mask = Image.new("L", (ceil(font.getlength(letters) / _FINE + 2) * _FINE, 2 * em), 0)
    pen = ImageDraw.Draw(mask)
    outline = em // 55 if bold else 0
    pen.text((0, baseline), letters, fill=255, font=font, anchor="ls", stroke_width=outline)
    for place, mark in marks:
        _mark(pen, letters, place, mark, em, baseline, outline)
    return mask.resize((mask.width // _FINE, 2 * size), Image.Resampling.LANCZOS)


def _mark(
    pen: ImageDraw.ImageDraw, letters: str, place: int, mark: str, em: int, baseline: int, outline: int
) -> None:
    """Set one accent above its letter; an i gives up its dot. Measures are hundredths of the size."""
    font, unit = _font(em), em / 100
    letter = letters[place]
    left, width = font.getlength(letters[:place]), font.getlength(letter)
    top = baseline + font.getbbox("x" if letter in "ij" else letter, anchor="ls")[1]
    if letter in "ij":
        pen.rectangle((left - outline, 0, left + width, top - 2 * unit), fill=0)
    middle, foot = left + width / 2, top - 9 * unit - outline
    if mark == TILDE:
        bottom = font.getbbox("~", anchor="ms")[3]
        pen.text(
            (middle, foot - bottom + 2 * unit), "~", fill=255, font=font, anchor="ms", stroke_width=outline
        )
    elif mark == DIAERESIS:
        radius = 6 * unit + outline / 2
        for centre in (middle - 13 * unit, middle + 13 * unit):
            pen.ellipse((centre - radius, foot - 2 * radius, centre + radius, foot), fill=255)
    else:
        corners = {
            ACUTE: ((-5, 0), (9, 13)),
            GRAVE: ((5, 0), (-9, 13)),
            CIRCUMFLEX: ((-12, 0), (0, 13), (12, 0)),
        }
        points = [(middle + right * unit, foot - up * unit) for right, up in corners[mark]]
        pen.line(points, fill=255, width=round(8 * unit + 2 * outline), joint="curve")


@cache
def _font(pixels: int) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    font = ImageFont.load_default(pixels)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise NotReady("Pictures need a Pillow with FreeType.", hint="Install Pillow from its wheel.")
    return font
