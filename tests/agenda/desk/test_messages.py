"""DESK-5: which filter holds, who can be told, and what an e-mail about a message is called."""

import pytest

from vetagenda_agenda.desk.messages.rules import (
    Filter,
    MessageChannel,
    Shown,
    check_channels,
    subject,
)
from vetagenda_kit.problems import InvalidRequest


@pytest.mark.parametrize(
    ("shown", "holds"),
    [
        (Shown(), Filter.ALL),
        (Shown(Filter.UNREAD), Filter.UNREAD),
        (Shown(Filter.UNREAD, hide_done=True), Filter.ALL),
        (Shown(Filter.DONE, hide_read=True), Filter.ALL),
    ],
)
def test_hiding_switches_the_filter_off(shown: Shown, holds: Filter) -> None:
    assert shown.filter is holds


def test_each_channel_without_an_address_is_named() -> None:
    addresses = {"email": "cabinet@example.org", "fax": " ", "mobile": None}
    check_channels([MessageChannel.EMAIL], addresses, at="/notify")
    with pytest.raises(InvalidRequest) as refused:
        check_channels(
            [MessageChannel.EMAIL, MessageChannel.FAX, MessageChannel.SMS], addresses, at="/notify"
        )
    said = [(each["pointer"], each["detail"]) for each in refused.value.members["errors"]]
    assert said == [
        ("/notify/1", "there is no fax to notify by fax"),
        ("/notify/2", "there is no mobile to notify by sms"),
    ]


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("Message de [contact] : [sujet]", "Message de Anna [sujet] Müller : Milou vomit"),
        ("[sujet]", "Milou vomit"),
        ("", "Milou vomit"),
        ("[CONTACT] urgent", "[CONTACT] urgent"),
    ],
)
def test_a_subject_is_filled_once(template: str, said: str) -> None:
    assert subject(template, contact="Anna [sujet] Müller", about="Milou\nvomit") == said
