"""Documents, telephones, e-mails, names and referral codes in their one normal form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaaustin.clients import rules
from casaaustin.errors import InvalidInput
from casaaustin.vocabulary import DocumentType

DNI, RUC = DocumentType.DNI, DocumentType.RUC
CARD, PASSPORT = DocumentType.FOREIGN_CARD, DocumentType.PASSPORT


def drawn(characters: str) -> Callable[[str], str]:
    """A draw that was decided beforehand."""
    source: Iterator[str] = cycle(characters)
    return lambda _among: next(source)


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        pytest.param(DNI, " 45.678-901 ", "45678901", id="a DNI loses dots, dashes and blanks"),
        pytest.param(CARD, "ce 001234567", "CE001234567", id="a foreigner's card is written in capitals"),
        pytest.param(PASSPORT, "ab123456", "AB123456", id="a passport of 8"),
        pytest.param(PASSPORT, "ab1234567", "AB1234567", id="a passport of 9"),
        pytest.param(RUC, "20100070970", "20100070970", id="a RUC with its check digit"),
        pytest.param(RUC, "20-10007097-0", "20100070970", id="a RUC with dashes"),
        pytest.param(DNI, "\u202a45678901\u202c", "45678901", id="copied with direction marks"),
    ],
)
def test_a_document_has_one_normal_form(kind: DocumentType, typed: str, stored: str) -> None:
    assert rules.normal_document(kind, typed) == stored


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        pytest.param(DNI, "1234567", id="a DNI of 7 digits"),
        pytest.param(DNI, "123456789", id="a DNI of 9 digits"),
        pytest.param(DNI, "1234567A", id="a letter in a DNI"),
        pytest.param(DNI, "١٢٣٤٥٦٧٨", id="digits of another script"),
        pytest.param(RUC, "20100070971", id="a RUC with a wrong check digit"),
        pytest.param(RUC, "2010007097", id="a RUC of 10 digits"),
        pytest.param(CARD, "ABC12345", id="a card of 8"),
        pytest.param(CARD, "ABCDEFGHIJKLM", id="a card of 13"),
        pytest.param(PASSPORT, "AB12345678", id="a passport of 10"),
        pytest.param(PASSPORT, "ÑÑ123456", id="a letter beyond A to Z"),
    ],
)
def test_a_malformed_document_is_refused_with_its_field(kind: DocumentType, typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.normal_document(kind, typed)
    assert refused.value.field == "number_doc"
    assert refused.value.hint


@given(st.from_regex(r"[12]0[0-9]{8}", fullmatch=True))
def test_exactly_one_check_digit_fits_a_ruc(first_ten: str) -> None:
    accepted = []
    for digit in "0123456789":
        try:
            accepted.append(rules.normal_document(RUC, first_ten + digit))
        except InvalidInput:
            continue
    assert accepted == [first_ten + rules.ruc_check_digit(first_ten)]


@pytest.mark.parametrize(
    "typed",
    [
        "999000111",
        "+51 999 000 111",
        "51999000111",
        "051999000111",
        "0051999000111",
        "(+51) 999-000-111",
        "\u202a999000111\u202c",
        " 999.000.111 ",
    ],
)
def test_one_peruvian_mobile_however_it_is_typed(typed: str) -> None:
    assert rules.normal_phone(typed) == "+51999000111"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("+1 (202) 555-0143", "+12025550143"),
        ("0034 600 000 000", "+34600000000"),
        ("12025550143", "+12025550143"),
    ],
)
def test_a_foreign_number_keeps_its_country(typed: str, stored: str) -> None:
    assert rules.normal_phone(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("12345", id="too short"),
        pytest.param("014440000", id="a landline without its country"),
        pytest.param("+5114440000", id="a Peruvian landline"),
        pytest.param("+519990001112", id="a digit too many"),
        pytest.param("+999123456789", id="no such country"),
        pytest.param("+1202555", id="too short for its country"),
        pytest.param("1234567890123456", id="16 digits"),
        pytest.param("call me", id="words"),
        pytest.param("", id="nothing"),
        pytest.param("+", id="a lonely plus"),
        pytest.param("٩٩٩٠٠٠١١١", id="digits of another script"),
    ],
)
def test_what_cannot_be_called_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.normal_phone(typed)
    assert refused.value.field == "tel_number"


@given(st.text(alphabet="0123456789+ -()", max_size=18))
def test_a_normal_phone_is_its_own_normal_form(typed: str) -> None:
    try:
        stored = rules.normal_phone(typed)
    except InvalidInput:
        return
    assert rules.normal_phone(stored) == stored
    assert len(stored) <= 16


def test_a_masked_phone_shows_four_digits() -> None:
    assert rules.masked_phone("+51999000111") == "***0111"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [(" Ana.Q@Example.ORG ", "ana.q@example.org"), ("o'hara+1@mail.example.pe", "o'hara+1@mail.example.pe")],
)
def test_an_email_is_kept_in_lower_case(typed: str, stored: str) -> None:
    assert rules.normal_email(typed) == stored


@pytest.mark.parametrize(
    "typed",
    ["", "ana", "ana@", "@example.org", "ana@example", "a b@example.org", "a@b@example.org", "a@.pe"],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.normal_email(typed)
    assert refused.value.field == "email"


@pytest.mark.parametrize(
    ("first", "last", "short"),
    [
        pytest.param("Ana María", "Quispe Huamán", "Ana Quispe", id="C51 first word of each"),
        pytest.param("bruno", "salas", "Bruno Salas", id="C51 all small"),
        pytest.param("Inversiones Lima SAC", "", "Inversiones", id="C51 a company"),
        pytest.param("", "Paz", "Usuario Paz", id="C51 no first name"),
        pytest.param("  Carla ", " inga ", "Carla Inga", id="C51 each name by itself"),
        pytest.param("María José", "De la Cruz Flores", "María De la Cruz", id="C51 particles stay"),
        pytest.param("ROSA", "DE LOS RÍOS", "Rosa De los Ríos", id="all capitals with particles"),
        pytest.param("Luz", "del", "Luz Del", id="nothing but a particle"),
    ],
)
def test_the_short_name_keeps_a_surname_whole(first: str, last: str, short: str) -> None:
    assert rules.short_name(first, last) == short


@pytest.mark.parametrize(
    ("first", "last", "full"),
    [
        ("ana maría", "QUISPE HUAMÁN", "Ana María Quispe Huamán"),
        ("McKenzie", "O'Hara", "McKenzie O'Hara"),
        ("Inversiones SAC", "", "Inversiones SAC"),
    ],
)
def test_the_full_name_keeps_a_case_that_somebody_chose(first: str, last: str, full: str) -> None:
    assert rules.full_name(first, last) == full


@pytest.mark.parametrize("typed", ["12345", "Ana\x00", "…", "A" * 101])
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.normal_name(typed, field="first_name")
    assert refused.value.field == "first_name"


@pytest.mark.parametrize(
    ("text", "bare"),
    [("  María  JOSÉ ", "maria jose"), ("Ñusta", "nusta"), ("Straße", "strasse"), ("O'Hara", "o'hara")],
)
def test_folded_texts_ignore_accents_and_case(text: str, bare: str) -> None:
    assert rules.folded(text) == bare


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert rules.folded(rules.folded(text)) == rules.folded(text)


@pytest.mark.parametrize(
    ("first_name", "digits", "code"),
    [
        pytest.param("Ana", 3, "ANA482", id="three letters and three digits"),
        pytest.param("Joaquín", 3, "JOA482", id="accents come off"),
        pytest.param("Ñusta", 3, "NUS482", id="of a letter, not of a code page"),
        pytest.param("Al Paz", 3, "ALP482", id="blanks are skipped"),
        pytest.param("Bo", 3, "BOA482", id="filled up with A"),
        pytest.param("李", 3, "CLI482", id="nothing left"),
        pytest.param("Ana", 5, "ANA48248", id="five digits after collisions"),
    ],
)
def test_a_referral_code_is_letters_of_the_name_and_digits(first_name: str, digits: int, code: str) -> None:
    assert rules.referral_code(first_name, digits, drawn("482")) == code


@pytest.mark.parametrize("born", [date(2026, 4, 7), date(1905, 12, 31)])
def test_nobody_is_born_tomorrow_or_too_long_ago(born: date) -> None:
    with pytest.raises(InvalidInput):
        rules.checked_birth_date(born, date(2026, 4, 6))


def test_who_is_born_today_is_a_guest() -> None:
    assert rules.checked_birth_date(date(2026, 4, 6), date(2026, 4, 6)) == date(2026, 4, 6)
