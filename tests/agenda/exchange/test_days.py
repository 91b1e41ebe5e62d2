"""AGD-12: no animal is imported that is born, or died, on a day that is still to come."""

from agenda.conftest import furnished
from agenda.exchange.files import applied
from harness import House

ANIMALS = {"format": "csv", "what": "animals"}


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
