"""Whatever somebody sends as a file, it is read, or refused with a reason: never an internal error."""

from zoneinfo import ZoneInfo

import pytest
from agenda.exchange.files import calendar, event
from hypothesis import given, settings
from hypothesis import strategies as st

from vetagenda_agenda.exchange import calendar_files, spreadsheets
from vetagenda_kit.problems import InvalidRequest

PARIS = ZoneInfo("Europe/Paris")
NAMES = ("UID", "DTSTART", "DTEND", "DURATION", "STATUS", "SUMMARY", "X-VETAGENDA-VERSION", "RRULE", "GEO")
VALUES = st.one_of(
    st.sampled_from(
        ("20310304T100000Z", "20310304", "PT20M", "-PT1H", "P9999999W", "99991231T235959", "", "²")
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12),
)
PARAMETERS = st.sampled_from(("", ";TZID=Europe/Paris", ";TZID=", ";VALUE=DATE", ";VALUE=PERIOD", ";X"))
PROPERTIES = st.builds("{}{}:{}".format, st.sampled_from(NAMES), PARAMETERS, VALUES)


@settings(max_examples=300, deadline=None)
@given(st.lists(PROPERTIES, max_size=6))
def test_any_event_is_read_or_refused(properties: list[str]) -> None:
    file = calendar("BEGIN:VEVENT\r\n" + "".join(f"{each}\r\n" for each in properties) + "END:VEVENT\r\n")
    try:
        lines = calendar_files.read(file, PARIS)
    except InvalidRequest:
        return
    for line in lines:
        assert line.wrong or line.values["start"].tzinfo


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(("appointment", "owner", "animal")),
    st.sampled_from(("iso", "day-first", "month-first")),
    st.lists(st.lists(VALUES, min_size=4, max_size=4), max_size=3),
)
def test_any_table_is_read_or_refused(kind: str, dates: str, cells: list[list[str]]) -> None:
    header = {
        "appointment": ["start", "end", "duration_minutes", "version"],
        "owner": ["family_name", "consent_sms", "street", "version"],
        "animal": ["name", "born_on", "owner_id", "id"],
    }[kind]
    file = spreadsheets.rows([header, *cells])
    lines = spreadsheets.read(file, kind, {}, PARIS, dates)
    assert len(lines) == sum(1 for row in cells if any(row))


@pytest.mark.parametrize("content", ["END:VEVENT\r\n", "a" * 1000, "BEGIN:\r\n;"])
def test_what_is_no_calendar_is_refused(content: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        calendar_files.read(content, PARIS)
    assert refused.value.members["errors"][0]["pointer"] == "/content"


def test_the_same_id_twice_in_a_file_is_refused_the_second_time() -> None:
    first, second = calendar_files.read(calendar(event("a"), event("a")), PARIS)
    assert first.wrong is None
    assert str(second.wrong) == "line 1 has the same id"
