"""B1: thousands of histories, and the proof that the machine would notice: nine engines that are broken."""

from contextlib import nullcontext

import pytest
from calendar_sync.engine.mutants import MUTANTS, Mutant
from calendar_sync.engine.test_machine import SyncMachine
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

pytestmark = pytest.mark.long


def run(histories: int, broken: Mutant, *phases: Phase) -> None:
    chosen = settings(
        max_examples=histories,
        stateful_step_count=25,
        deadline=None,
        database=None,
        phases=phases or tuple(Phase),
        suppress_health_check=list(HealthCheck),
    )
    with broken:
        run_state_machine_as_test(SyncMachine, settings=chosen)


def test_five_thousand_histories() -> None:
    """SYNC-7: I1-I6, I9."""
    run(5_000, nullcontext())


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.__name__ for mutant in MUTANTS])
def test_every_mutant_is_caught(mutant: type[Mutant]) -> None:
    """Design, section 5: what is not caught within 4,000 histories would not be caught in CI either."""
    with pytest.raises((AssertionError, ExceptionGroup, KeyError, ValueError, LookupError)):
        run(4_000, mutant(), Phase.generate)
