"""What a partner's server is sent: the `webhooks` of the OpenAPI document. Nothing here is served."""

from typing import Annotated, Any

from fastapi import APIRouter, Header

from vetagenda_gateway.feed.schemas import FeedEvent

posted = APIRouter(tags=["webhooks"])
_ANSWERS: dict[int | str, dict[str, Any]] = {
    204: {"description": "Any 2xx: it is taken, and not sent again."},
    410: {"description": "Nothing is to be sent here any more: the endpoint is disabled."},
    "default": {"description": "It is sent again later, under the same `webhook-id`."},
}
SENT = "When it was sent, in Unix seconds."
SIGNED = "`v1,` and a base64 HMAC-SHA256; two of them while secrets overlap."
Id = Annotated[str, Header(alias="webhook-id", description="The message's, the same at every attempt.")]
Timestamp = Annotated[int, Header(alias="webhook-timestamp", description=SENT)]
Signature = Annotated[str, Header(alias="webhook-signature", description=SIGNED)]


@posted.post("practice-event", operation_id="practice_event", responses=_ANSWERS, status_code=204)
def practice_event(event: FeedEvent, id: Id, timestamp: Timestamp, signature: Signature) -> None:
    """An event of the practice, signed as Standard Webhooks want it, in the feed's order."""
