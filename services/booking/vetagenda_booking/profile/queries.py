"""Selects of the booking profile."""

from functools import lru_cache
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vetagenda_booking.profile.schemas import Profile, ProfileView
from vetagenda_booking.tables import BookingProfile


def view(row: BookingProfile | None) -> ProfileView:
    """A practice without a profile is closed to online booking, by the defaults."""
    if row is None:
        return ProfileView(version=0)
    return ProfileView(**row.settings, version=row.version)


@lru_cache(maxsize=256)
def parsed(settings: str | None) -> Profile:
    """The profile of the JSON that is kept; reading it costs more than judging a day with it."""
    return Profile() if settings is None else Profile.model_validate_json(settings)


async def profile(session: AsyncSession, practice_id: UUID) -> Profile:
    return view(await session.get(BookingProfile, practice_id))
