"""The token of an owner's link."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetagenda_booking.links.rules import LinkEnded, OwnerLink, check_alive, read, sign
from vetagenda_kit.keys import KeyRing, SigningKey
from vetagenda_kit.problems import NotFound

RING = KeyRing((SigningKey("new", "n" * 64), SigningKey("old", "o" * 64)), ())
START = datetime(2026, 3, 5, 9, tzinfo=UTC)
LINK = OwnerLink(UUID(int=1), UUID(int=2), 3, START)
LINKS = st.builds(
    OwnerLink,
    st.uuids(),
    st.uuids(),
    st.integers(0, 65535),
    st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
        lambda instant: instant.replace(microsecond=0)
    ),
)


@given(LINKS)
def test_what_was_signed_is_read_and_is_short(link: OwnerLink) -> None:
    token = sign(link, RING)
    assert len(token) == 72
    assert read(token, RING) == link


@given(LINKS, st.integers(0, 71), st.sampled_from("ABab01-_=."))
def test_any_other_character_is_a_forgery(link: OwnerLink, at: int, character: str) -> None:
    token = sign(link, RING)
    forged = token[:at] + character + token[at + 1 :]
    if forged != token:
        with pytest.raises(NotFound):
            read(forged, RING)


def test_a_rotated_key_still_reads_and_a_forgotten_one_does_not() -> None:
    token = sign(LINK, KeyRing((RING.signing[1],), ()))
    assert read(token, RING) == LINK
    with pytest.raises(NotFound):
        read(token, KeyRing((RING.signing[0],), ()))


@pytest.mark.parametrize(
    ("status", "moved_by", "before_start", "alive"),
    [
        ("confirmed", 0, timedelta(seconds=1), True),
        ("requested", 0, timedelta(seconds=1), True),
        ("confirmed", 0, timedelta(0), False),
        ("arrived", 0, timedelta(hours=1), False),
        ("completed", 0, timedelta(hours=1), False),
        ("no_show", 0, timedelta(hours=1), False),
        ("cancelled", 0, timedelta(hours=1), False),
        ("confirmed", -2, timedelta(hours=1), False),
        ("confirmed", +2, timedelta(0), False),
    ],
)
def test_when_a_link_is_alive(status: str, moved_by: int, before_start: timedelta, alive: bool) -> None:
    """`moved_by` hours after the link was made."""
    start = START + timedelta(hours=moved_by)
    try:
        check_alive(LINK, status, start, now=START - before_start)
    except LinkEnded:
        assert not alive
    else:
        assert alive
