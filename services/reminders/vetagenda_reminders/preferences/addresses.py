"""Addresses as a practice writes them down."""

from typing import Annotated

from pydantic import Field, StringConstraints

EmailAddress = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)]
PhoneNumber = Annotated[
    str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$"), Field(description="E.164, `+33612345678`.")
]
FaxGateway = Annotated[
    str,
    StringConstraints(pattern=r"^[^@\s{}]*\{number\}[^@\s{}]*@[^@\s{}]+\.[^@\s{}]+$", max_length=200),
    Field(description="`{number}` becomes the fax number with its country code, digits only."),
]
