"""The view of a set-up link."""

from datetime import datetime

from vetagenda_kit.models import ViewModel


class SetupLink(ViewModel):
    """Give `url` to the vet, and to nobody else: who opens it first has the page."""

    url: str
    expires_at: datetime
