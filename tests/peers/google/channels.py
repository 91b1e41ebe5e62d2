"""Notification channels: who wants to be told of a calendar's changes. Told are only ids and a state."""

import time
from dataclasses import dataclass, field
from typing import Any

from peers.google.calendar import Calendar, Resource
from peers.google.refusal import Refusal, not_found
from peers.google.schema import check, check_answer

LIFE_MS = 7 * 24 * 3600 * 1000


@dataclass(frozen=True)
class Notification:
    """A POST with an empty body that Google would send now."""

    address: str
    headers: dict[str, str]


@dataclass
class Channels:
    """`open` by id; `told` is everything that was to be sent, in order. A test carries it to its address."""

    open: dict[str, tuple[Calendar, Resource]] = field(default_factory=dict)
    told: list[Notification] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)

    def watch(self, calendar: Calendar, body: Resource) -> Resource:
        check("Channel", body)
        if not body.get("id") or body.get("type") not in ("web_hook", "webhook"):
            raise Refusal(400, "required", "A channel needs an id and the type web_hook.")
        if not str(body.get("address", "")).startswith("https://"):
            raise Refusal(400, "push.webhookUrlNotHttps", "WebHook callback must be HTTPS")
        if body["id"] in self.open:
            raise Refusal(400, "channelIdNotUnique", "Channel id not unique")
        expiration = body.get("expiration") or str(int(time.time() * 1000) + LIFE_MS)
        made: dict[str, Any] = {**body, "kind": "api#channel", "resourceId": f"watched-{calendar.id}"}
        made["expiration"] = expiration
        self.open[body["id"]] = (calendar, made)
        self.tell(made, "sync")
        answer = {name: value for name, value in made.items() if name not in ("type", "address")}
        check_answer("Channel", answer)
        return answer

    def stop(self, body: Resource) -> None:
        check("Channel", body)
        found = self.open.get(body.get("id", ""))
        if found is None or found[1]["resourceId"] != body.get("resourceId"):
            raise not_found()
        self.stopped.append(body["id"])
        del self.open[body["id"]]

    def changed(self, calendar: Calendar) -> None:
        for watched, channel in list(self.open.values()):
            if watched is calendar:
                self.tell(channel, "exists")

    def tell(self, channel: Resource, state: str) -> None:
        headers = {
            "X-Goog-Channel-ID": channel["id"],
            "X-Goog-Resource-ID": channel["resourceId"],
            "X-Goog-Resource-State": state,
            "X-Goog-Message-Number": str(len(self.told) + 1),
        }
        if channel.get("token"):
            headers["X-Goog-Channel-Token"] = channel["token"]
        self.told.append(Notification(channel["address"], headers))
