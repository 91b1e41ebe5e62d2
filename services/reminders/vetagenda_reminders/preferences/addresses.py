"""Addresses as a practice writes them down."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo

from vetagenda_kit.email_addresses import AS_KEPT, mailbox

_A_NUMBER = "33145678901"

PhoneNumber = Annotated[
    str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$"), Field(description="E.164, `+33612345678`.")
]


def _leads_to_a_mailbox(gateway: str, info: ValidationInfo) -> str:
    """With a number in it, it is an e-mail address."""
    if info.context == AS_KEPT:
        return gateway
    address = mailbox(gateway.replace("{number}", _A_NUMBER))
    return f"{gateway.rpartition('@')[0]}@{address.rpartition('@')[2]}"


FaxGateway = Annotated[
    str,
    StringConstraints(pattern=r"^[^@\s{}]*\{number\}[^@\s{}]*@[^@\s{}]+\.[^@\s{}]+$", max_length=200),
    AfterValidator(_leads_to_a_mailbox),
    Field(description="`{number}` becomes the fax number with its country code, digits only."),
]
