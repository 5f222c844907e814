"""The demo's invented identities pass the checks and name themselves."""

from park.demo.assumptions import assumptions
from park.demo.identity import account_number, demo_credit_code
from park.people.credit_code import credit_code


def test_every_code_is_valid_and_a_demo_s() -> None:
    codes = [demo_credit_code("500000", number) for number in range(1, 400)]
    assert len(set(codes)) == len(codes)
    for code in codes:
        assert credit_code(code) == code
        assert code.startswith("91500000DEM0")


def test_the_organisation_part_has_its_own_check_digit() -> None:
    # GB 11714: C9 = 11 - sum(C_i W_i) mod 11
    code = demo_credit_code("500000", 1)[8:17]
    total = sum(int(letter, 36) * weight for letter, weight in zip(code, (3, 7, 9, 10, 5, 8, 4, 2), strict=False))
    assert {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11)) == code[8]


def test_accounts_and_titles_are_unique() -> None:
    assert account_number(7) == "9999000000007"
    titles = [firm.title for firm in assumptions().firms]
    for park in assumptions().light_parks:
        titles += [firm.title for firm in park.firms]
        assert "演示" in park.title
    assert len(set(titles)) == len(titles)
