"""Where Google says that a calendar has changed."""

from typing import Annotated

from fastapi import Header, Request

from vetagenda_calendar_sync.google.channels import PATH, take_notification
from vetagenda_kit.routing import router

notifications = router(tags=["calendar sync"])


@notifications.post(PATH, status_code=204, openapi_extra={"security": [], "x-called-by": "google"})
async def take_google_notification(
    request: Request,
    channel: Annotated[str, Header(alias="X-Goog-Channel-ID", max_length=64)] = "",
    token: Annotated[str, Header(alias="X-Goog-Channel-Token", max_length=256)] = "",
    state: Annotated[str, Header(alias="X-Goog-Resource-State", max_length=40)] = "",
) -> None:
    """Called by Google when a watched calendar has changed. The channel's token stands for a key; whoever
    calls is answered alike, and a call that is not Google's does nothing."""
    if state != "sync":  # the first message of a channel only says that it is open
        await take_notification(request.app.state.service, channel, token)
