from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.people import contact
from park.people.contact import Contact, EmailWrong, MobileWrong


@pytest.mark.parametrize(
    "typed",
    ["13812345678", "138 1234 5678", "138-1234-5678", "+86 138 1234 5678", "8613812345678", "１３８１２３４５６７８",
     "（138）12345678"],
)  # fmt: skip
def test_one_number_however_it_is_typed(typed: str) -> None:
    assert contact.mobile(typed) == Contact("mobile", "+8613812345678")


@pytest.mark.parametrize(
    "typed", ["", "12345678901", "1381234567", "138123456789", "+8612345", "13812345678; DROP", "abc", "+0123456789"]
)
def test_what_is_not_a_number_is_refused(typed: str) -> None:
    with pytest.raises(MobileWrong):
        contact.mobile(typed)


def test_numbers_abroad_keep_their_country() -> None:
    assert contact.mobile("+852 9123 4567").value == "+85291234567"


@pytest.mark.parametrize("typed", ["Li.Wei@Factory.CN", " li.wei@factory.cn ", "li.wei＠factory.cn"])
def test_one_address_however_it_is_typed(typed: str) -> None:
    assert contact.any_contact(typed) == Contact("email", "li.wei@factory.cn")


@pytest.mark.parametrize(
    "typed", ["@b.cn", "a@b", "a b@c.cn", "a@b..cn", "a@-b.cn", "a@b.cn\nBcc: x@y.cn", "a@" + "b" * 250 + ".cn", "a,b@c.cn",
              "a\x00b@c.cn"],
)  # fmt: skip
def test_what_is_not_an_address_is_refused(typed: str) -> None:
    with pytest.raises(EmailWrong):
        contact.email(typed)


def test_a_masked_contact_shows_too_little_to_use() -> None:
    assert contact.mobile("13812345678").masked == "138****5678"
    assert contact.email("liwei@factory.cn").masked == "l***@factory.cn"


@given(st.text(max_size=60))
def test_any_text_is_either_one_clean_contact_or_refused(typed: str) -> None:
    try:
        found = contact.any_contact(typed)
    except (EmailWrong, MobileWrong):
        return
    assert not any(letter.isspace() or ord(letter) < 32 for letter in found.value)
    assert contact.any_contact(found.value) == found
