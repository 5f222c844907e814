from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.people.credit_code import (
    LETTERS,
    CreditCodeCheck,
    CreditCodeLength,
    CreditCodeLetter,
    check_letter,
    credit_code,
)

# Codes that firms publish in the footer of their web pages.
PUBLISHED = (
    "914403001922038216", "9144030071526726XG", "91330100799655058B", "91330100716105852F", "91110108551385082Q",
    "91110108717743469K", "91310000775785552L", "91440300708461136T", "91320213586657279T", "91370200163562681G",
)  # fmt: skip


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_fit(code: str) -> None:
    assert credit_code(code) == code


@pytest.mark.parametrize("code", PUBLISHED)
def test_every_single_wrong_character_is_found(code: str) -> None:
    for position in range(18):
        for letter in LETTERS:
            if letter != code[position]:
                with pytest.raises(CreditCodeCheck):
                    credit_code(code[:position] + letter + code[position + 1 :])


def test_it_is_taken_as_typed() -> None:
    assert credit_code(" 9144 0300 7152 6726 xg ") == "9144030071526726XG"
    assert credit_code("９１４４０３００７１５２６７２６ＸＧ") == "9144030071526726XG"


def test_the_message_names_what_does_not_fit() -> None:
    with pytest.raises(CreditCodeCheck) as caught:
        credit_code("914403001922038217")
    assert caught.value.facts == {"given": "7", "expected": "6"}
    with pytest.raises(CreditCodeLength) as short:
        credit_code("91440300192203821")
    assert short.value.facts == {"count": 17}
    with pytest.raises(CreditCodeLetter) as letter:
        credit_code("9144O3001922038216")
    assert letter.value.facts == {"position": 5, "letter": "O", "instead": "0"}


@given(st.text(alphabet=LETTERS, min_size=17, max_size=17))
def test_exactly_one_last_character_fits(first: str) -> None:
    fitting = []
    for letter in LETTERS:
        try:
            fitting.append(credit_code(first + letter))
        except CreditCodeCheck:
            continue
    assert fitting == [first + check_letter(first)]


@given(st.text(alphabet=LETTERS, min_size=17, max_size=17), st.integers(0, 15))
def test_exchanged_neighbours_are_found(first: str, at: int) -> None:
    swapped = first[:at] + first[at + 1] + first[at] + first[at + 2 :]
    if swapped != first:
        assert check_letter(swapped) != check_letter(first)
