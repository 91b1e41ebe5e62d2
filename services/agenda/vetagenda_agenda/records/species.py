"""What kind of animal: compared without regard to case, so that a space at its end would be another kind."""

from typing import Annotated

from pydantic import StringConstraints

Species = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
