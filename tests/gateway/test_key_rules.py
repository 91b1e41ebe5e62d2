"""PART-6: what a key looks like, and that nobody grants more than they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetagenda_gateway.keys import rules


@pytest.mark.parametrize(("test", "start"), [(False, "vag_live_"), (True, "vag_test_")])
def test_a_key_tells_its_data_space_and_passes_its_own_check(test: bool, start: str) -> None:
    key = rules.generate(test)
    assert key.secret.startswith(start)
    assert rules.is_well_formed(key.secret)
    assert key.secret.startswith(key.prefix)
    assert len(key.prefix) < len(key.secret) / 3
    assert key.digest == rules.digest(key.secret)
    assert key.secret.encode() not in key.digest


def test_keys_do_not_repeat() -> None:
    assert len({rules.generate(test=False).secret for _ in range(200)}) == 200


@given(position=st.integers(9, 46), character=st.sampled_from(rules.ALPHABET))
def test_one_wrong_character_is_found_before_any_look_up(position: int, character: str) -> None:
    secret = rules.generate(test=False).secret
    typed = secret[:position] + character + secret[position + 1 :]
    assert rules.is_well_formed(typed) == (typed == secret)


@given(st.text(max_size=60))
def test_noise_is_no_key(noise: str) -> None:
    assert not rules.is_well_formed(noise)


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer vag_live_x", "vag_live_x"),
        ("bearer  vag_live_x", "vag_live_x"),
        ("Basic dXNlcjpwYXNz", None),
        ("Bearer", None),
        ("Bearer ", None),
        ("", None),
        ("vag_live_x", None),
    ],
)
def test_only_the_bearer_scheme_carries_a_key(header: str, token: str | None) -> None:
    assert rules.bearer(header) == token


@pytest.mark.parametrize(
    ("requested", "own", "refused"),
    [
        (["agenda:read"], ["agenda:read", "keys:write"], []),
        (["agenda:write"], ["agenda:read", "keys:write"], ["agenda:write"]),
        (["admin"], ["keys:write"], ["admin"]),
        (["admin", "sms:read"], ["admin"], []),
    ],
)
def test_nobody_grants_more_than_they_hold(requested: list[str], own: list[str], refused: list[str]) -> None:
    assert rules.ungrantable(requested, own) == refused
