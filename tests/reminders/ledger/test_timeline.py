"""REM-14: every reason is said in words."""

from vetagenda_reminders.ledger.steps import Step
from vetagenda_reminders.ledger.timeline import _SAID, REASONS
from vetagenda_reminders.ledger.vocabulary import SkipReason, Status


def test_every_step_and_every_reason_has_its_words() -> None:
    assert set(_SAID) == set(Step)
    assert set(REASONS) == set(SkipReason)


def test_every_status_of_a_row_is_a_step() -> None:
    """But handing over, which says itself within seconds."""
    assert {status.value for status in Status} - {step.value for step in Step} == {Status.SENDING.value}
