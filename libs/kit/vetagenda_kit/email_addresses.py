"""E-mail addresses: checked as somebody writes them, kept as a mail server takes them (RFC 5321, RFC 5890).

Nobody is asked whether a domain exists: it may exist tomorrow, and a request must not wait for a name server.
"""

from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo

AS_KEPT = {"as_kept": True}
"""Validation context of what was stored before a rule became stricter: it is read as it is."""


def mailbox(text: str) -> str:
    """The address with its domain in lower case and ASCII (`é.fr` is `xn--9ca.fr`). Raises ValueError with
    what is wrong. A local part beyond ASCII is refused, since few servers take one (RFC 6531)."""
    try:
        found = validate_email(
            text,
            check_deliverability=False,
            allow_smtputf8=False,
            strict=True,
            test_environment=True,  # lets `.test` be, for those who try the platform out
        )
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    address = found.ascii_email
    if address is None or "." not in found.ascii_domain:
        raise ValueError("The part after the @-sign is not valid. It should have a period.")
    return address


def usable(text: str) -> str | None:
    """The same of what was stored once: None when no mail can be addressed to it."""
    try:
        return mailbox(text)
    except ValueError:
        return None


def _kept(text: str, info: ValidationInfo) -> str:
    return text if info.context == AS_KEPT else mailbox(text)


EmailAddress = Annotated[
    str,
    StringConstraints(max_length=254, strip_whitespace=True),
    AfterValidator(_kept),
    Field(examples=["chloe@example.org"], json_schema_extra={"format": "email"}),
]
