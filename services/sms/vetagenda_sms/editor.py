"""What an editor of SMS texts shows while somebody types."""

from typing import Annotated

from fastapi import Depends
from pydantic import Field

from vetagenda_kit.caller import Caller, ServiceCaller, requires
from vetagenda_kit.models import RequestModel, ViewModel
from vetagenda_kit.problems import InvalidRequest, problems
from vetagenda_kit.routing import router
from vetagenda_sms_text import (
    PROFILES,
    Encoding,
    UnusableCharacter,
    gsm_safe,
    offending_characters,
    segment,
)

public = router(tags=["sms"], prefix="/v1/sms")
internal = router(tags=["internal"], prefix="/internal")
internal.include_in_schema = False


class SegmentsRequest(RequestModel):
    """`profile` is `standard` (3GPP TS 23.038), or `forces_ucs2` for a carrier without extension table."""

    text: Annotated[str, Field(max_length=40_000)]
    profile: str = "standard"


class OffendingView(ViewModel):
    """`index` counts code points from 0."""

    index: int
    char: str


class SegmentsView(ViewModel):
    """`units` are septets in `gsm7` and 16-bit units in `ucs2`; `units_left` until one more segment begins.

    Everything is of the text in NFC, which the parts joined are. `suggestion` is the same text with plain
    quotes, dashes and spaces where that alone brings it into `gsm7`.
    """

    encoding: Encoding
    units: int
    segments: int
    units_left: int
    parts: tuple[str, ...]
    offending: list[OffendingView]
    suggestion: str | None


@public.post("/segments", responses=problems(InvalidRequest))
async def count_segments(
    request: SegmentsRequest, _caller: Annotated[Caller, Depends(requires("sms:read"))]
) -> SegmentsView:
    """How many SMS a text is, and which characters make it more."""
    return _counted(request)


@internal.post("/segments")
async def count_segments_of_a_message(request: SegmentsRequest, _caller: ServiceCaller) -> SegmentsView:
    """The same for another service."""
    return _counted(request)


def _counted(request: SegmentsRequest) -> SegmentsView:
    profile = PROFILES.get(request.profile)
    if profile is None:
        raise InvalidRequest.at("/profile", f"one of {', '.join(PROFILES)} is expected")
    try:
        counted = segment(request.text, profile)
    except UnusableCharacter as unusable:
        raise InvalidRequest.at("/text", str(unusable)) from unusable
    return SegmentsView(
        **counted._asdict(),
        segments=counted.segments,
        offending=[
            OffendingView.model_validate(each) for each in offending_characters(request.text, profile)
        ],
        suggestion=gsm_safe(request.text, profile),
    )
