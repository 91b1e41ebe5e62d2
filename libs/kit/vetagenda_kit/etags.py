"""ETag and If-Match (RFC 9110 section 13) over a row's `version`."""

import re
from typing import Annotated

from fastapi import Depends, Header

from vetagenda_kit.problems import InvalidRequest, StaleVersion, VersionRequired

_ETAG = re.compile(r'^"(\d{1,9})"$')


def etag(version: int) -> str:
    return f'"{version}"'


def check_version(expected: int | None, current: int) -> None:
    """Raises StaleVersion unless the caller saw the current version; None means `*`."""
    if expected is not None and expected != current:
        raise StaleVersion(f"the current version is {current}", current_version=current)


def parse_if_match(if_match: str | None) -> int | None:
    """The version in If-Match; None for `*`. Raises VersionRequired without the header."""
    if if_match is None:
        raise VersionRequired()
    if if_match.strip() == "*":
        return None
    match = _ETAG.match(if_match.strip())
    if not match:
        raise InvalidRequest.at("?If-Match", 'an entity tag such as "3" or * is expected')
    return int(match.group(1))


async def _if_match(if_match: Annotated[str | None, Header()] = None) -> int | None:
    return parse_if_match(if_match)


IfMatch = Annotated[int | None, Depends(_if_match)]
