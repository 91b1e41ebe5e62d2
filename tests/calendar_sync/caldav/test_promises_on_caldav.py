"""SYNC-2..10: what no provider may break, on a real CalDAV server: the same tests as with Google."""

import pytest
from calendar_sync.test_failures import (
    test_a_cycle_that_dies_at_any_call_is_finished_by_the_next,
    test_a_long_title_is_kept_whole,
    test_a_phone_in_another_zone_means_the_same_instant,
    test_an_appointment_turned_into_a_whole_day_gets_its_time_back,
    test_an_edit_in_the_agenda_beats_a_deletion_on_the_phone,
    test_google_that_asks_to_wait_is_obeyed,
)
from calendar_sync.test_modes import (
    test_a_deleted_event_that_comes_back_from_the_bin_is_an_appointment_again,
    test_a_mass_deletion_waits_for_a_person,
    test_a_paused_link_is_silent_and_catches_up_once,
    test_only_from_the_agenda_to_google,
)

pytestmark = pytest.mark.long

__all__ = [
    "test_a_cycle_that_dies_at_any_call_is_finished_by_the_next",
    "test_a_deleted_event_that_comes_back_from_the_bin_is_an_appointment_again",
    "test_a_long_title_is_kept_whole",
    "test_a_mass_deletion_waits_for_a_person",
    "test_a_paused_link_is_silent_and_catches_up_once",
    "test_a_phone_in_another_zone_means_the_same_instant",
    "test_an_appointment_turned_into_a_whole_day_gets_its_time_back",
    "test_an_edit_in_the_agenda_beats_a_deletion_on_the_phone",
    "test_google_that_asks_to_wait_is_obeyed",
    "test_only_from_the_agenda_to_google",
]
