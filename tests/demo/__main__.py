"""Plays the acts in order; exits 1 at the first step that is not as it should be."""

import asyncio
import sys
import time

from demo import story
from demo.stage import NotAsItShould, stage


def announce(act: object) -> None:
    print(f"\n{(getattr(act, '__doc__', '') or '').strip()}", flush=True)


async def play() -> None:
    began = time.monotonic()
    print("vetagenda: the main job", flush=True)
    async with stage() as place:
        print(f"   ready after {time.monotonic() - began:.1f} s: {place.platform.base_url}")
        announce(story.practice_opens)
        cast = await story.practice_opens(place)
        for act in (
            story.partner_books,
            story.messages_leave,
            story.google_shows,
            story.vet_moves_and_types,
            story.owner_cancels,
        ):
            announce(act)
            await act(cast)
        announce(story.milbemax_is_given)
        second = await story.milbemax_is_given(place)
        print("\nWhat happened")
        for name, value in await story.totals(place, [cast.staff, second]):
            print(f"   {name:<22} {value}")
    print(f"\nAll as it should be, in {time.monotonic() - began:.1f} s.")


def main() -> int:
    try:
        asyncio.run(play())
    except NotAsItShould as broken:
        print(f"\nNOT AS IT SHOULD BE: {broken}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
