"""What an editor of SMS texts shows while somebody types."""

from typing import Annotated, Literal

from fastapi import Depends
from pydantic import Field

from vetagenda_kit.caller import Caller, ServiceCaller, requires
from vetagenda_kit.models import RequestModel, ViewModel
from vetagenda_kit.problems import InvalidRequest, problems
from vetagenda_kit.routing import router
from vetagenda_sms_text import (
    PROFILES,
    CarrierProfile,
    Encoding,
    Kind,
    UnusableCharacter,
    dropped_characters,
    gsm_safe,
    offending_characters,
    segment,
    suggestions,
)

public = router(tags=["sms"], prefix="/v1/sms")
internal = router(tags=["internal"], prefix="/internal")
internal.include_in_schema = False


class SegmentsRequest(RequestModel):
    """`profile` is how the carrier counts: `standard` (3GPP TS 23.038 and TS 23.040), `standard_16_bit` (its
    16-bit reference), `grapheme` and `twilio` (no emoji sequence or accented letter is cut), `forces_ucs2`
    (for a carrier without extension table), `drops_extension` (`€ [ ] { }`... do not arrive),
    `ovh_marketing` (which appends ` STOP 36111`) or `smsmode` (10 segments at most).

    With `rewrite` the text is counted with plain quotes, dashes and spaces, if that brings it into `gsm7`.
    """

    text: Annotated[str, Field(max_length=40_000)]
    profile: str = "standard"
    rewrite: Literal["typography"] | None = None


class OffendingView(ViewModel):
    """`index` counts code points from 0; `codepoint` and `name` are Unicode's (`U+00EA`)."""

    index: int
    char: str
    codepoint: str
    name: str


class ChangeView(ViewModel):
    """A sign, or a whole word where an accent goes. `index` counts code points of the text in NFC."""

    index: int
    original: str
    replacement: str


class SuggestionView(ViewModel):
    """One step towards `gsm7`; nothing of it is done. `text`, `encoding` and `segments` are after this step
    and those before it. `changes_meaning`: each of its words becomes another one (`jeûne`, `jeune`)."""

    kind: Kind
    changes: list[ChangeView]
    changes_meaning: bool
    text: str
    encoding: Encoding
    segments: int


class SegmentsView(ViewModel):
    """`units` are septets in `gsm7` and 16-bit units in `ucs2`; `units_left` until one more segment begins.

    Everything is of the text in NFC, which the parts joined are, with what the carrier appends and without
    what it drops. `offending` makes it `ucs2`, `dropped` does not arrive. `suggestion` is the same text with
    plain quotes, dashes and spaces where that alone brings it into `gsm7`; `rewritten` says that this was
    asked for and counted. `suggestions` are steps, the harmless first. More than `max_segments` the carrier
    does not take.
    """

    encoding: Encoding
    units: int
    segments: int
    units_left: int
    max_segments: int
    parts: tuple[str, ...]
    offending: list[OffendingView]
    dropped: list[OffendingView]
    rewritten: bool
    suggestion: str | None
    suggestions: list[SuggestionView]


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
    profile = profile_named(request.profile)
    try:
        safe = gsm_safe(request.text, profile)
        rewritten = request.rewrite is not None and safe is not None
        return _view(safe if rewritten and safe else request.text, profile, rewritten, safe)
    except UnusableCharacter as unusable:
        raise InvalidRequest.at("/text", str(unusable)) from unusable


def profile_named(name: str) -> CarrierProfile:
    """Raises InvalidRequest."""
    if name not in PROFILES:
        raise InvalidRequest.at("/profile", f"one of {', '.join(PROFILES)} is expected")
    return PROFILES[name]


def _view(text: str, profile: CarrierProfile, rewritten: bool, safe: str | None) -> SegmentsView:
    counted = segment(text, profile)
    return SegmentsView(
        **counted._asdict(),
        segments=counted.segments,
        max_segments=profile.max_segments,
        offending=[OffendingView.model_validate(each) for each in offending_characters(text, profile)],
        dropped=[OffendingView.model_validate(each) for each in dropped_characters(text, profile)],
        rewritten=rewritten,
        suggestion=None if rewritten else safe,
        suggestions=[SuggestionView.model_validate(each) for each in suggestions(text, profile)],
    )
