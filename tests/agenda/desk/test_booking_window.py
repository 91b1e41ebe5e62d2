"""DESK-1, DESK-3: what stands on the screen, and what a booking by telephone needs."""

from datetime import date

import pytest

from vetagenda_agenda.desk.calls.popups import Popup, shown
from vetagenda_agenda.desk.contact_fields import ContactField, check_given
from vetagenda_kit.problems import InvalidRequest


@pytest.mark.parametrize("chosen", Popup)
def test_a_script_is_for_the_call_centre_alone(chosen: Popup) -> None:
    assert shown(chosen, at_call_centre=True) is chosen
    at_the_practice = Popup.AGENDA if chosen is Popup.SCRIPT else chosen
    assert shown(chosen, at_call_centre=False) is at_the_practice


def test_each_missing_field_is_named() -> None:
    given = {"email": "anna@example.org", "birth_date": date(1980, 2, 29), "city": "  ", "reason": ""}
    check_given({ContactField.EMAIL, ContactField.BIRTH_DATE}, given)
    with pytest.raises(InvalidRequest) as refused:
        check_given(set(ContactField), given)
    assert [each["pointer"] for each in refused.value.members["errors"]] == [
        "/contact/address",
        "/contact/postal_code",
        "/contact/city",
        "/contact/remark",
        "/contact/reason",
    ]
