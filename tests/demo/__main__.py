"""Plays the acts in order; exits 1 at the first step that is not as it should be."""

import asyncio
import sys
import time
from collections import Counter

from demo import booking, calendar, messages, opening
from demo.cast import feed_of
from demo.stage import Client, NotAsItShould, Stage, stage


def announce(act: object) -> None:
    print(f"\n{(getattr(act, '__doc__', '') or '').strip()}", flush=True)


async def play() -> None:
    began = time.monotonic()
    print("vetagenda: the main job", flush=True)
    async with stage() as place:
        print(f"   ready after {time.monotonic() - began:.1f} s: {place.platform.base_url}")
        announce(opening.practice_opens)
        cast = await opening.practice_opens(place)
        for act in (
            booking.partner_books,
            messages.messages_leave,
            calendar.google_shows,
            calendar.vet_moves_and_types,
            booking.owner_cancels,
        ):
            announce(act)
            await act(cast)
        announce(messages.milbemax_is_given)
        second = await messages.milbemax_is_given(place)
        print("\nWhat happened")
        for name, value in await totals(place, [cast.staff, second]):
            print(f"   {name:<22} {value}")
    print(f"\nAll as it should be, in {time.monotonic() - began:.1f} s.")


async def totals(stage: Stage, practices: list[Client]) -> list[tuple[str, str]]:
    """What happened altogether, for the closing table."""
    events = [event for client in practices for event in await feed_of(client)]
    messages = [message for client in practices for message in await client.items("sms/messages")]
    kinds = Counter(event["type"].split(".")[0] for event in events)
    return [
        ("events in the feeds", f"{len(events)}  ({', '.join(f'{n} {kind}' for kind, n in kinds.items())})"),
        ("SMS", str(len(messages))),
        ("SMS segments", str(sum(message["segments"] for message in messages))),
        ("calls to Google", f"{stage.google.calls.count()}  ({stage.google.calls.by_method()})"),
        ("writes to Google", str(stage.google.calls.writes)),
        ("parts started again", str(len(stage.platform.restarts))),
    ]


def main() -> int:
    try:
        asyncio.run(play())
    except NotAsItShould as broken:
        print(f"\nNOT AS IT SHOULD BE: {broken}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
