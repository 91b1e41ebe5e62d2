"""PART-7: where a webhook may lead, at the moment of each connection."""

from pathlib import Path
from typing import Any

import pytest
from gateway.webhooks.consumer import Consumer, consumer
from gateway.webhooks.post_office import BOOKED, Post, post_office


async def test_a_redirect_is_followed_nowhere(post: Post, partner: Consumer) -> None:
    async with consumer() as inside:
        await post.endpoint(partner)
        partner.status, partner.headers = 302, {"Location": inside.url}
        await post.happen(BOOKED)
        await post.settle()
        assert inside.tries == []
        assert [each.status for each in await post.attempts()] == [302]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "127.1", "0x7f.1", "[::ffff:127.0.0.1]", "[::1]"]
)
async def test_nothing_is_posted_into_the_own_network(tmp_path: Path, host: str) -> None:
    """Whatever stood there when it was registered: it is judged at each connection."""
    async with post_office(tmp_path, webhook_networks=[]) as post, consumer() as inside:
        inside.url = inside.url.replace("127.0.0.1", host).replace("http:", "https:")
        await post.endpoint(inside)
        await post.happen(BOOKED)
        await post.settle()
        assert inside.tries == []
        assert [each.trouble for each in await post.attempts()] == ["forbidden-address"]


async def test_a_name_that_changes_its_mind_reaches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Public when it was checked, private when it is called: the connection asks by itself."""
    from vetagenda_kit import public_resolver

    class Names:
        answers = ["93.184.215.14"]

        @classmethod
        def get_running_loop(cls) -> Any:
            return cls

        @classmethod
        async def getaddrinfo(cls, host: str, port: int, **_: Any) -> Any:
            return [(2, 1, 6, "", (cls.answers[0], port))]

    async with post_office(tmp_path, webhook_networks=[]) as post, consumer() as inside:
        port = inside.url.rpartition(":")[2]
        inside.url = f"https://rebinding.example.org:{port}"
        monkeypatch.setattr(public_resolver, "asyncio", Names)
        found = await public_resolver.PublicResolver().resolve("rebinding.example.org", 443)
        assert found[0]["host"] == "93.184.215.14"
        await post.endpoint(inside)
        Names.answers[0] = "127.0.0.1"
        await post.happen(BOOKED)
        await post.settle()
        assert inside.tries == []
        assert [each.trouble for each in await post.attempts()] == ["forbidden-address"]


async def test_a_failed_handshake_is_told_from_a_server_that_is_not_there(
    post: Post, partner: Consumer
) -> None:
    partner.url = partner.url.replace("http:", "https:")
    await post.endpoint(partner)
    await post.happen(BOOKED)
    await post.settle()
    assert [each.trouble for each in await post.attempts()] == ["tls-failed"]
