"""Who a guest is: documents, telephones, e-mails, names and codes in their one normal form.

Source: docs/rules/clients.md, 1.1, 1.2, 1.6, 2.11 and 2.13.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date

from casaaustin.errors import InvalidInput
from casaaustin.vocabulary import DocumentType

MAX_NAME = 100
MAX_EMAIL = 254
MAX_DOCUMENT = MAX_CODE = 20
MAX_AGE_YEARS = 120
REFERRAL_CODE_DIGITS = (3, 4, 5)  # how many digits a code has, draw after draw

_HOME_CODE = "51"
_HOME_MOBILE = re.compile(r"\+519\d{8}")
_PUNCTUATION = re.compile(r"[\s.\-/()]")
# What a copied number may carry unseen: direction marks and blanks without width.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_EMAIL = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@.<>,;\"]+(?:\.[^\s@.<>,;\"]+)+")
_DOCUMENT_FORM = {
    DocumentType.DNI: (re.compile(r"\d{8}"), "8 digits"),
    DocumentType.RUC: (re.compile(r"\d{11}"), "11 digits"),
    DocumentType.FOREIGN_CARD: (re.compile(r"[A-Z0-9]{9,12}"), "9 to 12 letters and digits"),
    DocumentType.PASSPORT: (re.compile(r"[A-Z0-9]{8,9}"), "8 or 9 letters and digits"),
}
_RUC_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_PARTICLES = frozenset(
    ["de", "del", "la", "las", "los", "san", "santa", "van", "von", "da", "do", "dos", "das", "di", "y"]
)


def bare_document(text: str) -> str:
    """A document number without blanks, dots and dashes, in capitals; its form is not checked."""
    return _PUNCTUATION.sub("", _INVISIBLE.sub("", text)).upper()


def normal_document(kind: DocumentType, text: str) -> str:
    """The number of an identity document in its normal form.

    Raises:
        InvalidInput: not the form of that type, or a wrong check digit.

    Source: docs/rules/clients.md, 1.2.
    """
    number = bare_document(text)
    form, described = _DOCUMENT_FORM[kind]
    if not (number.isascii() and form.fullmatch(number)):
        raise InvalidInput(
            f"A {kind.value.upper()} has {described}, and {text.strip()!r} has not.",
            field="number_doc",
            hint="Look at the number, or choose another document type.",
        )
    if kind is DocumentType.RUC and ruc_check_digit(number[:10]) != number[10]:
        raise InvalidInput(
            f"The RUC {number} has a wrong check digit.", field="number_doc", hint="Look at the number again."
        )
    return number


def ruc_check_digit(first_ten: str) -> str:
    """The eleventh digit of a RUC. Source: docs/rules/clients.md, 1.2."""
    total = sum(weight * int(digit) for weight, digit in zip(_RUC_WEIGHTS, first_ten, strict=True))
    return str((11 - total % 11) % 10)


def normal_phone(text: str) -> str:
    """A telephone number as E.164, however it was typed.

    Raises:
        InvalidInput: no telephone number, or a Peruvian one that is no mobile.

    Source: docs/rules/clients.md, 2.11.
    """
    typed = _PUNCTUATION.sub("", _INVISIBLE.sub("", text))
    number = _international(typed)
    if number is None or not (_HOME_MOBILE.fullmatch(number) if _is_home(number) else _is_possible(number)):
        raise InvalidInput(
            f"{text.strip()!r} is not a telephone number that can be called.",
            field="tel_number",
            hint="Write a mobile like 999000111, or with the country: +12025550143.",
        )
    return number


def _international(typed: str) -> str | None:
    """`+` and the digits of a number without punctuation, or None."""
    digits = typed.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return None
    if typed.startswith("+"):
        return typed
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if len(digits) == 9 and digits.startswith("9"):
        return f"+{_HOME_CODE}{digits}"
    if len(digits) == 12 and digits.startswith(f"0{_HOME_CODE}"):
        return f"+{digits[1:]}"
    return f"+{digits}" if 10 <= len(digits) <= 15 else None


def _is_home(number: str) -> bool:
    return number.startswith(f"+{_HOME_CODE}")


def _is_possible(number: str) -> bool:
    import phonenumbers

    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def masked_phone(number: str) -> str:
    """A telephone number for those who need not call it. Source: docs/rules/clients.md, 2.11."""
    return f"***{number[-4:]}"


def normal_email(text: str) -> str:
    """An e-mail address in lower case and without blanks around.

    Raises:
        InvalidInput: it does not look like an address.
    """
    address = _INVISIBLE.sub("", text).strip().lower()
    if len(address) > MAX_EMAIL or not _EMAIL.fullmatch(address):
        raise InvalidInput(
            f"{text.strip()!r} is not an e-mail address.",
            field="email",
            hint="Write it like ana@example.org.",
        )
    return address


def normal_name(text: str, *, field: str) -> str:
    """A name with its blanks tidied and its case as typed; empty when only blanks were typed.

    Raises:
        InvalidInput: no letter in it, unprintable characters, or too long.
    """
    name = " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())
    if name and not (name.isprintable() and any(map(str.isalpha, name))):
        raise InvalidInput(f"{text!r} is not a name.", field=field)
    if len(name) > MAX_NAME:
        raise InvalidInput(f"A name has at most {MAX_NAME} characters.", field=field)
    return name


def full_name(first_name: str, last_name: str) -> str:
    """Both names as people read them. Source: docs/rules/clients.md, 2.13."""
    return " ".join(part for part in (_cased(first_name), _cased(last_name)) if part)


def short_name(first_name: str, last_name: str) -> str:
    """First given name and first whole surname, for where space is short: `María De la Cruz`.

    Source: docs/rules/clients.md, 2.13.
    """
    given, *_ = _cased(first_name).split() or ["Usuario"]
    return " ".join([given, *_first_surname(_cased(last_name))])


def _first_surname(name: str) -> Iterator[str]:
    for word in name.split():
        yield word
        if word.lower() not in _PARTICLES:
            return


def _cased(name: str) -> str:
    """`name`, with initials in capitals if it was typed all in capitals or all in small letters."""
    words = name.split()
    if not (name.isupper() or name.islower()):
        return " ".join(words)
    lowered = [word.lower() for word in words]
    return " ".join(
        word if position and word in _PARTICLES else word.title() for position, word in enumerate(lowered)
    )


def folded(text: str) -> str:
    """`text` for comparing: without accents, case and surplus blanks."""
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def referral_code(first_name: str, digits: int, pick: Callable[[str], str]) -> str:
    """Draw a referral code.

    Args:
        first_name: gives the three letters in front.
        digits: how many random ones follow.
        pick: draws one character of a text; secretly, outside of tests.

    Source: docs/rules/clients.md, 1.6.
    """
    letters = "".join(re.findall("[a-z]", folded(first_name)))[:3].upper()
    return (letters.ljust(3, "A") if letters else "CLI") + "".join(pick("0123456789") for _ in range(digits))


def normal_referral_code(text: str) -> str:
    """A referral code as it is compared."""
    return text.strip().upper()


def checked_birth_date(born: date, today: date) -> date:
    """A birth date that a living guest can have.

    Raises:
        InvalidInput: in the future, or too long ago.

    Source: docs/rules/clients.md, 1.1.
    """
    if born > today or today.year - born.year > MAX_AGE_YEARS:
        raise InvalidInput(
            f"Nobody alive was born on {born}.", field="birth_date", hint="Write it like 1990-05-31."
        )
    return born
