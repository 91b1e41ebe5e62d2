"""SYNC-5: `REASON $ phone`, as a call centre types it with one finger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetagenda_calendar_sync.mapping.text import one_line
from vetagenda_calendar_sync.mapping.title import Typed, read_title

CASES = [
    # typed, reason, phone, unclear
    ("VACCIN", "VACCIN", None, False),
    ("VACCIN $ 06 12 34 56 67", "VACCIN", "+33612345667", False),
    ("VACCIN$0612345667", "VACCIN", "+33612345667", False),
    ("VACCIN $ 06.12.34.56.67", "VACCIN", "+33612345667", False),
    ("VACCIN $ 06-12-34-56-67", "VACCIN", "+33612345667", False),
    ("VACCIN $ 06\u202f12\u00a034 56 67", "VACCIN", "+33612345667", False),
    ("VACCIN $ +33 6 12 34 56 67", "VACCIN", "+33612345667", False),
    ("VACCIN $ +33 (0)6 12 34 56 67", "VACCIN", "+33612345667", False),
    ("VACCIN $ 0033 6 12 34 56 67", "VACCIN", "+33612345667", False),
    ("VACCIN $ +49 30 901820", "VACCIN", "+4930901820", False),
    ("50$ VACCIN $ 0612345667", "50$ VACCIN", "+33612345667", False),
    ("CHIRURGIE $", "CHIRURGIE", None, False),
    ("CHIRURGIE $  ", "CHIRURGIE", None, False),
    ("VACCIN $ 0612345667 $", "VACCIN", "+33612345667", False),
    ("VACCIN $ 06123456 $", "VACCIN $ 06123456", None, True),
    ("CHIRURGIE $ $", "CHIRURGIE", None, False),
    ("Tarif 50$ $", "Tarif 50$", None, False),
    ("Tarif 50$", "Tarif 50$", None, False),
    ("$", "", None, False),
    ("$ 0612345667", "", "+33612345667", False),
    ("Tarif $ 12", "Tarif $ 12", None, True),
    ("Tarif $ à voir", "Tarif $ à voir", None, True),
    ("VACCIN $ 06 12 34 56 67 Milou", "VACCIN $ 06 12 34 56 67 Milou", None, True),
    ("VACCIN $ ++33612345667", "VACCIN $ ++33612345667", None, True),
    ("VACCIN $ 1234567890123456", "VACCIN $ 1234567890123456", None, True),
    ("  VACCIN \r\n", "VACCIN", None, False),
]


@pytest.mark.parametrize(("typed", "reason", "phone", "is_unclear"), CASES)
def test_a_title_is_split_at_its_last_dollar(
    typed: str, reason: str, phone: str | None, is_unclear: bool
) -> None:
    read = read_title(typed, "FR")
    assert (read.reason, read.phone, read.is_unclear) == (reason, phone, is_unclear)


def test_the_practices_country_completes_the_number() -> None:
    assert read_title("IMPFUNG $ 030 901820", "DE").phone == "+4930901820"
    assert read_title("VACCIN $ 06 12 34 56 67", "FR").raw_phone == "06 12 34 56 67"


@given(st.text())
def test_nothing_that_was_typed_is_lost(title: str) -> None:
    read = read_title(title, "FR")
    whole = one_line(title)
    if read.phone is None:
        assert whole.startswith(read.reason)
        assert whole[len(read.reason) :].strip(" $") == ""
    else:
        assert whole.startswith(read.reason)
        assert read.raw_phone is not None
        assert whole.rstrip(" $").endswith(read.raw_phone)


@given(st.text(st.characters(exclude_characters="$")))
def test_a_title_without_a_dollar_stays_as_it_is(title: str) -> None:
    assert read_title(title, "FR") == Typed(one_line(title))
