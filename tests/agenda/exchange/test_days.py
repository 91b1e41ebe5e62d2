"""AGD-12: no animal is imported that is born, or died, on a day that is still to come."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from agenda.conftest import furnished
from agenda.exchange.files import applied
from harness import House

from vetagenda_agenda.exchange import rules

TODAY = date(2031, 3, 5)
ANIMALS = {"format": "csv", "what": "animals"}


@pytest.mark.parametrize("field", ["born_on", "deceased_on"])
def test_only_a_day_to_come_is_refused(field: str) -> None:
    for day in (None, TODAY, TODAY - timedelta(days=1)):
        rules.check_lived(SimpleNamespace(**{field: day}), TODAY)
    with pytest.raises(rules.Unreadable) as refused:
        rules.check_lived(SimpleNamespace(**{field: TODAY + timedelta(days=1)}), TODAY)
    assert refused.value.field == field


async def test_today_is_the_practices(house: House) -> None:
    """At 23:30 UTC it is the fifth in Paris already, by the clock of a test practice."""
    clinic = await furnished(house, test=True, now="2031-03-04T23:30:00Z")
    file = (
        "external_id,owner_id,name,born_on,deceased_on\r\n"
        f"1,{clinic.owner},Rex,2031-03-05,2031-03-05\r\n"
        f"2,{clinic.owner},Flo,2031-03-06,\r\n"
        f"3,{clinic.owner},Mia,2020-01-01,2031-03-06\r\n"
    )
    told = [(line["action"], line["field"]) for line in (await applied(clinic, file, **ANIMALS))["lines"]]
    assert told == [("create", None), ("invalid", "born_on"), ("invalid", "deceased_on")]
    later = file.replace("2031-03-05,2031-03-05", "2031-03-05,2031-03-07")
    (line, *_) = (await applied(clinic, later, **ANIMALS))["lines"]
    assert (line["action"], line["field"]) == ("invalid", "deceased_on")
    await clinic.http.aclose()
