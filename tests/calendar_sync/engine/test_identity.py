"""R-ID: ids that either side can compute again."""

import re
from uuid import uuid4

from vetagenda_calendar_sync.engine.identity import is_ours, link_key, local_id, remote_id

KEY, APPOINTMENT = uuid4(), uuid4()


def test_an_event_id_is_what_google_accepts_and_the_same_each_time() -> None:
    event_id = remote_id(KEY, APPOINTMENT, 0)
    assert re.fullmatch(r"[a-v0-9]{5,1024}", event_id)
    assert event_id == remote_id(KEY, APPOINTMENT, 0)
    assert len({remote_id(KEY, APPOINTMENT, n) for n in range(100)}) == 100
    assert event_id != remote_id(uuid4(), APPOINTMENT, 0)


def test_a_copied_mark_does_not_make_an_event_ours() -> None:
    assert is_ours(KEY, APPOINTMENT, remote_id(KEY, APPOINTMENT, 2)) == 2
    assert is_ours(KEY, APPOINTMENT, "typedbyhand") is None
    assert is_ours(KEY, uuid4(), remote_id(KEY, APPOINTMENT, 0)) is None


def test_a_new_link_to_the_same_calendar_has_the_same_key() -> None:
    calendar = uuid4()
    assert link_key(calendar, "google", "a@b") == link_key(calendar, "google", "a@b")
    assert link_key(calendar, "google", "a@b") != link_key(calendar, "google", "c@b")
    assert local_id(KEY, "abcde") != local_id(KEY, "abcde", 1)
