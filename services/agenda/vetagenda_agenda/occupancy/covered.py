"""Where a transaction has laid something over what may be held for somebody; asked before the commit.

An absence, a closure and an appointment that overrides refuse nothing that is there: whoever was promised the
time has to be looked for.
"""

from uuid import UUID

from vetagenda_kit.db import WriteSession

_COVERED = "covered"


def note(session: WriteSession, practice_id: UUID) -> None:
    session.info.setdefault(_COVERED, set()).add(practice_id)


def noted(session: WriteSession) -> set[UUID]:
    """The practices in which something may lie over a hold now, once."""
    practices: set[UUID] = session.info.pop(_COVERED, set())
    return practices
