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
        lines = calendar_files.read(file, PARIS).lines
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
    lines = spreadsheets.read(file, kind, {}, PARIS, dates).lines
    assert len(lines) == sum(1 for row in cells if any(row))


@pytest.mark.parametrize("content", ["END:VEVENT\r\n", "a" * 1000, "BEGIN:\r\n;"])
def test_what_is_no_calendar_is_refused(content: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        calendar_files.read(content, PARIS)
    assert refused.value.members["errors"][0]["pointer"] == "/content"


WHOLE = calendar(event("a"), event("b"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (WHOLE[: WHOLE.index("DTEND", WHOLE.index("UID:b"))], "line 9: VEVENT begins and never ends"),
        (WHOLE.removesuffix("END:VCALENDAR\r\n"), "line 1: VCALENDAR begins and never ends"),
        (WHOLE.removesuffix("VCALENDAR\r\n"), "line 14: END:, but the VCALENDAR of line 1 is open"),
        (event("a"), "line 1: VEVENT begins outside of a VCALENDAR"),
        (WHOLE + event("c"), "line 15: VEVENT begins outside of a VCALENDAR"),
        (WHOLE + "UID:c\r\n", "line 15: this stands outside"),
        (WHOLE.replace("END:VEVENT", "END:VTODO", 1), "line 8: END:VTODO, but the VEVENT of line 4 is open"),
        (WHOLE.replace("END:VEVENT\r\n", "", 1), "line 8: VEVENT begins inside the VEVENT of line 4"),
        (WHOLE.replace("BEGIN:VEVENT\r\n", "", 1), "line 7: END:VEVENT, but the VCALENDAR of line 1 is open"),
        (calendar("BEGIN:VTIMEZONE\r\n", event("a")), "begins inside the VTIMEZONE of line 4"),
        (WHOLE + "END:VCALENDAR\r\n", "line 15: VCALENDAR ends and never began"),
        (WHOLE.replace("SION:2.0", "SION:2.\r\n 0") + "BEGIN:VCALENDAR", "line 16: VCALENDAR begins and"),
        ("\r\n", "no BEGIN:VCALENDAR"),
    ],
)
def test_a_damaged_calendar_is_refused_where_it_is_damaged(content: str, said: str) -> None:
    """AGD-12: a file that was cut off is not imported half, and never said to be imported."""
    with pytest.raises(InvalidRequest) as refused:
        calendar_files.read(content, PARIS)
    (error,) = refused.value.members["errors"]
    assert error["pointer"] == "/content"
    assert said in error["detail"]


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=1, max_value=len(WHOLE.rstrip()) - 1))
def test_a_calendar_cut_off_anywhere_is_refused(length: int) -> None:
    with pytest.raises(InvalidRequest):
        calendar_files.read(WHOLE[:length], PARIS)


@pytest.mark.parametrize("joint", ["\r\n", "\n"])
def test_whole_calendars_are_read_with_whatever_is_folded_or_nested_in_them(joint: str) -> None:
    alarm = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nEND:VALARM"
    folded = WHOLE.replace("BEGIN:VEVENT", "begin:VEV\r\n ENT", 1).replace(
        "END:VEVENT", f"{alarm}\r\nEND:VEVENT"
    )
    content = ("\ufeff" + folded + "\r\n" + calendar(event("c"))).replace("\r\n", joint)
    assert [line.external_id for line in calendar_files.read(content, PARIS).lines] == ["a", "b", "c"]


def test_what_cannot_be_read_of_an_event_is_said() -> None:
    (line,) = calendar_files.read(calendar(event("a", "SUMMARY broken", "CREATED:yesterday")), PARIS).lines
    assert line.wrong is None
    assert line.notes == ("CREATED cannot be read; left out", "a line cannot be read; left out")


def test_the_same_id_twice_in_a_file_is_refused_the_second_time() -> None:
    first, second = calendar_files.read(calendar(event("a"), event("a")), PARIS).lines
    assert first.wrong is None
    assert str(second.wrong) == "line 1 has the same id"


def test_a_file_of_thousands_of_columns_gives_few_notes() -> None:
    header = ",".join(["start", *(f"c{number}" for number in range(20_000))])
    notes = spreadsheets.read(f"{header}\r\n", "appointment", {}, PARIS).notes
    assert (len(notes), notes[0], notes[-1]) == (51, "column c0 is left out", "and 19950 more left out")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("2031-03-04T10:00:00Z,x", "fewer cells (2) than columns (3)"),
        ("2031-03-04T10:00:00Z,x,y,z", "more cells (4) than columns (3)"),
    ],
)
def test_a_row_of_another_length_than_the_header_says_which(cells: str, said: str) -> None:
    (line,) = spreadsheets.read(f"start,title,notes\r\n{cells}\r\n", "appointment", {}, PARIS).lines
    assert str(line.wrong) == said
