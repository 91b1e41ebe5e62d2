"""SYNC-1: what people see with Google they see with CalDAV: the very same tests, on real servers."""

from datetime import timedelta

from calendar_sync.caldav.practice import DavPractice
from calendar_sync.caldav.test_connecting import (
    test_the_calendars_of_an_account_are_found_and_one_is_connected,
)
from calendar_sync.practice import at
from calendar_sync.test_failures import (
    test_an_insert_without_an_answer_makes_one_event,
    test_who_edits_while_we_write_is_read_again,
)
from calendar_sync.test_modes import test_disabling_and_enabling_a_link_adopts_what_is_there
from calendar_sync.test_story import (
    test_a_cancelled_appointment_leaves_google,
    test_a_deletion_in_google_is_looked_at_twice_and_cancels,
    test_an_appointment_appears_in_google,
    test_an_echo_without_the_dollar_does_not_erase_the_phone,
    test_an_edit_inside_the_block_is_discarded_and_one_outside_is_kept,
    test_both_sides_change_different_fields,
    test_both_sides_change_one_field_the_agenda_wins_and_the_other_is_kept,
    test_the_vet_moves_it_in_google,
)

__all__ = [
    "test_a_cancelled_appointment_leaves_google",
    "test_a_deletion_in_google_is_looked_at_twice_and_cancels",
    "test_an_appointment_appears_in_google",
    "test_an_echo_without_the_dollar_does_not_erase_the_phone",
    "test_an_edit_inside_the_block_is_discarded_and_one_outside_is_kept",
    "test_an_insert_without_an_answer_makes_one_event",
    "test_both_sides_change_different_fields",
    "test_both_sides_change_one_field_the_agenda_wins_and_the_other_is_kept",
    "test_disabling_and_enabling_a_link_adopts_what_is_there",
    "test_the_calendars_of_an_account_are_found_and_one_is_connected",
    "test_the_vet_moves_it_in_google",
    "test_who_edits_while_we_write_is_read_again",
]


async def test_an_event_typed_on_the_phone_is_an_appointment_to_complete(linked: DavPractice) -> None:
    """SYNC-5."""
    start, length = at("2026-11-26 15:00"), timedelta(minutes=30)
    linked.phone.type("VACCIN $ 06 12 34 56 67", start, length, description="pour Rex")
    await linked.cycle()
    (new,) = await linked.appointments()
    assert (new["title"], new["phone"], new["notes"]) == ("VACCIN", "+33612345667", "pour Rex")
    assert (new["source"], new["needs_completion"], new["status"]) == ("caldav", True, "confirmed")
    assert new["start"] == "2026-11-26T14:00:00Z"
    (event,) = linked.phone.sees()
    assert event["summary"] == "VACCIN"
    assert "Téléphone : +33612345667" in event["description"]
    assert event["description"].startswith("pour Rex\n")
