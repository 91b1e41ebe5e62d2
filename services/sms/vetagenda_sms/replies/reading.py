"""An owner's answer, in the words of whichever carrier tells it."""

from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from vetagenda_sms.carriers.callbacks import Call
from vetagenda_sms.replies.schemas import ToldReply

_TWILIO = {"id": "MessageSid", "from": "From", "text": "Body"}
_OWN = {"id": "id", "from": "from", "text": "text"}


def told_reply(provider: str, call: Call) -> ToldReply:
    """Our own JSON from anybody; from Twilio its form, from Kannel the members that its `get-url` fills in.

    Raises RequestValidationError, which names the field as it was sent.
    """
    if call.json is not None:
        return _validated(call.json, _OWN)
    names = _TWILIO if provider == "twilio" else _OWN
    said = call.fields
    return _validated({ours: said[theirs] for ours, theirs in names.items() if theirs in said}, names)


def _validated(said: Mapping[str, Any], names: Mapping[str, str]) -> ToldReply:
    try:
        return ToldReply.model_validate(said)
    except ValidationError as error:
        wrong = [
            {**each, "loc": ("body", *(names.get(str(part), part) for part in each["loc"]))}
            for each in error.errors()
        ]
        sent = {names.get(name, name): value for name, value in said.items()}
        raise RequestValidationError(wrong, body=sent) from error
