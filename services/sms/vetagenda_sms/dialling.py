"""The number in a request, or a problem that names the field."""

from collections.abc import Callable

from vetagenda_kit.problems import InvalidRequest
from vetagenda_sms.numbers import TelephoneNumber, UnusableNumber


def dialled(read: Callable[[str, str], TelephoneNumber], raw: str, country: str, pointer: str) -> str:
    """In E.164, as `read` takes what people of the country dial. Raises InvalidRequest."""
    try:
        return read(raw, country).e164
    except UnusableNumber as unusable:
        raise InvalidRequest.at(pointer, str(unusable)) from unusable
