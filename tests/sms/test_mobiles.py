"""SMS-2: the fast answer is the library's."""

import random

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from vetagenda_sms.mobiles import is_mobile
from vetagenda_sms.numbers import LineKind, UnusableNumber, read_number

KINDS = [value for name, value in vars(PhoneNumberType).items() if name.isupper() and isinstance(value, int)]


def by_the_library(e164: str) -> bool:
    try:
        return read_number(e164, "FR").kind in (LineKind.MOBILE, LineKind.EITHER)
    except UnusableNumber:
        return False


def examples(region: str) -> list[str]:
    found = (phonenumbers.example_number_for_type(region, kind) for kind in KINDS)
    return [phonenumbers.format_number(each, PhoneNumberFormat.E164) for each in found if each]


def all_examples() -> list[str]:
    return [number for region in sorted(phonenumbers.SUPPORTED_REGIONS) for number in examples(region)]


def test_every_country_and_kind() -> None:
    """SMS-2: an example of each."""
    numbers = all_examples()
    assert len(numbers) > 1000
    assert [number for number in numbers if is_mobile(number) != by_the_library(number)] == []


def test_others_like_them() -> None:
    """SMS-2: any digits behind a plausible beginning."""
    chance = random.Random(2)
    for example in (
        number for region in sorted(phonenumbers.SUPPORTED_REGIONS) for number in examples(region)
    ):
        begun = example[: chance.randrange(4, len(example))]
        number = begun + "".join(chance.choice("0123456789") for _digit in example[len(begun) :])
        assert is_mobile(number) == by_the_library(number), number


@pytest.mark.parametrize("number", ["", "+", "33612345678", "+33", "+999123456", "+33 612345678", "+abc"])
def test_what_is_no_e164_is_no_mobile(number: str) -> None:
    """SMS-2."""
    assert not is_mobile(number)
