"""What each command of the operator does, apart from `up`."""

import argparse
import json
import time
from collections.abc import Callable, Iterable
from typing import Any

from vetagenda_embedded import exchange_commands
from vetagenda_embedded.home import Home
from vetagenda_embedded.operator_client import OperatorClient, Refused
from vetagenda_embedded.readable import Answer, readable
from vetagenda_embedded.settings import PlatformSettings

POLL_SECONDS = 0.5
HOLD = "/v1/reminders/hold"
PRACTICE_FIELDS = ("name", "time_zone", "locale", "country", "phone", "email", "address", "test")


def run(order: argparse.Namespace, settings: PlatformSettings) -> int:
    """Raises NotRunning and Refused."""
    client = OperatorClient(Home(settings.home))
    if order.command == "events":
        return tail(client, order)
    if order.command == "export":
        return exchange_commands.export(client, order)
    if order.command == "import":
        return exchange_commands.import_file(client, order)
    answer = COMMANDS[order.command, getattr(order, "action", None)](client, order)
    print(json.dumps(answer) if order.json else readable(answer))
    return 0


def list_keys(client: OperatorClient, order: argparse.Namespace) -> Answer:
    return list(client.every("/v1/keys"))


def list_practices(client: OperatorClient, order: argparse.Namespace) -> Answer:
    practices: list[dict[str, Any]] = client.internal("agenda", "GET", "/internal/practices")
    return practices


def create_key(client: OperatorClient, order: argparse.Namespace) -> Answer:
    wanted = {"name": order.name, "practices": order.practices, "scopes": order.scopes, "test": order.test}
    wanted |= {"expires_at": order.expires, "networks": order.networks, "partner_id": order.partner}
    made = client.public("POST", "/v1/keys", wanted)
    return {"id": made["id"], "key": made["key"]}


def revoke_key(client: OperatorClient, order: argparse.Namespace) -> Answer:
    client.public("DELETE", f"/v1/keys/{order.id}")
    return {"id": order.id, "revoked": True}


def create_staff_member(client: OperatorClient, order: argparse.Namespace) -> Answer:
    """They set their password after a first sign-in by the link that they ask for."""
    wanted = {"email": order.email, "name": order.name or order.email, "role": order.role}
    path = f"/v1/practices/{order.practice}/staff"
    made: dict[str, Any] = client.public("POST", path, wanted)
    return made


def list_staff(client: OperatorClient, order: argparse.Namespace) -> Answer:
    return list(client.every(f"/v1/practices/{order.practice}/staff"))


def create_practice(client: OperatorClient, order: argparse.Namespace) -> Answer:
    wanted = {name: getattr(order, name) for name in PRACTICE_FIELDS}
    made: dict[str, Any] = client.public(
        "POST", "/v1/practices", {name: value for name, value in wanted.items() if value not in (None, False)}
    )
    return made


def sync_now(client: OperatorClient, order: argparse.Namespace) -> Answer:
    links = f"/v1/practices/{order.practice}/calendar-links"
    wanted = [order.link] if order.link else [link["id"] for link in client.every(links)]
    return [{"link": link, "run": client.public("POST", f"{links}/{link}/sync")} for link in wanted]


def message_hold(client: OperatorClient, order: argparse.Namespace) -> Answer:
    held: dict[str, Any] = client.public("GET", HOLD)
    return held


def hold_messages(client: OperatorClient, order: argparse.Namespace) -> Answer:
    held: dict[str, Any] = client.public("PUT", HOLD, {"active": True})
    return held


def release_messages(client: OperatorClient, order: argparse.Namespace) -> Answer:
    wanted = {"active": False, "waiting": "skip" if order.skip else "send"}
    held: dict[str, Any] = client.public("PUT", HOLD, wanted)
    return held


def dead_letters(client: OperatorClient, order: argparse.Namespace) -> Answer:
    services = [order.service] if order.service else sorted(client.running.urls)
    return [
        {"service": service, **letter}
        for service in services
        for letter in client.internal(service, "GET", "/internal/dead-letters")
    ]


def replay(client: OperatorClient, order: argparse.Namespace) -> Answer:
    """One dead letter, or everything since an instant: consumers drop what they have already had."""
    if order.since is not None:
        done = client.internal(order.service, "POST", "/internal/republish", {"since": order.since})
        return {"service": order.service, **done}
    client.internal(order.service, "POST", f"/internal/dead-letters/{order.id}/replay")
    return {"service": order.service, "id": order.id, "replayed": True}


def tail(client: OperatorClient, order: argparse.Namespace) -> int:
    """Print one event a line, as JSON, until interrupted. Raises Refused when there is no such practice."""
    feed = f"/v1/practices/{order.practice}/events"
    if newest(client, feed) == 0:  # every practice has events a moment after it was made
        client.public("GET", f"/v1/practices/{order.practice}")
    for event in following(client, feed, order.after):
        print(json.dumps(event), flush=True)
    return 0


def following(client: OperatorClient, feed: str, after: int | None) -> Iterable[dict[str, Any]]:
    position: object = after if after is not None else newest(client, feed)
    while True:
        page = client.public("GET", feed, after=position)
        for event in page["items"]:
            position = event["sequence"]
            yield event
        if not page["items"]:
            time.sleep(POLL_SECONDS)


def newest(client: OperatorClient, feed: str) -> int:
    """The sequence of the last event so far; 0 before the first."""
    try:
        return int(client.public("GET", feed, limit=1)["last"])
    except Refused as refused:
        if "oldest" not in refused.problem:
            raise
        return int(client.public("GET", feed, limit=1, after=refused.problem["oldest"] - 1)["last"])


COMMANDS: dict[tuple[str, str | None], Callable[[OperatorClient, argparse.Namespace], Answer]] = {
    ("keys", "create"): create_key,
    ("keys", "list"): list_keys,
    ("keys", "revoke"): revoke_key,
    ("staff", "create"): create_staff_member,
    ("staff", "list"): list_staff,
    ("practices", "create"): create_practice,
    ("practices", "list"): list_practices,
    ("messages", "status"): message_hold,
    ("messages", "hold"): hold_messages,
    ("messages", "release"): release_messages,
    ("sync", "now"): sync_now,
    ("dead-letters", None): dead_letters,
    ("replay", None): replay,
}
