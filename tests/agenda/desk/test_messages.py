"""DESK-5, DESK-6: which messages are shown, to whom, and what an e-mail about one is called."""

from uuid import UUID

import pytest

from vetagenda_agenda.desk.messages.rules import (
    Filter,
    MessageChannel,
    MessageKind,
    Shown,
    check_channels,
    sees,
    subject,
)
from vetagenda_kit.problems import InvalidRequest

NOTE, TASK = MessageKind.NOTE, MessageKind.TASK


@pytest.mark.parametrize(
    ("shown", "seen"),
    [
        (Shown(), "note note! task task! task!x"),
        (Shown(Filter.READ), "note! task! task!x"),
        (Shown(Filter.UNREAD), "note task"),
        (Shown(Filter.TO_DO), "task task!"),
        (Shown(Filter.DONE), "task!x"),
        (Shown(Filter.UNREAD, hide_done=True), "note note! task task!"),
        (Shown(Filter.DONE, hide_read=True), "note task"),
        (Shown(Filter.READ, hide_read=True, hide_done=True), "note task"),
    ],
)
def test_the_list(shown: Shown, seen: str) -> None:
    """`!` is read, `x` is done. Hiding switches the filter off."""
    there = [
        (kind, mark) for kind in (NOTE, TASK) for mark in ("", "!", "!x") if (kind, mark) != (NOTE, "!x")
    ]
    listed = [
        f"{kind}{mark}" for kind, mark in there if shown.shows(kind, is_read="!" in mark, is_done="x" in mark)
    ]
    assert " ".join(listed) == seen


def test_sharing_does_not_reach_private_messages() -> None:
    mine, partner, other = (UUID(int=number) for number in (1, 2, 3))
    assert [sees(each, mine, {partner}, is_private=False) for each in (mine, partner, other)] == [
        True,
        True,
        False,
    ]
    assert [sees(each, mine, {partner}, is_private=True) for each in (mine, partner)] == [True, False]


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
