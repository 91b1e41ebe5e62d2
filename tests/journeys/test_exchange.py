"""Import and export on the operator's command line (AGD-12)."""

import stat
from pathlib import Path

from journeys.test_operator import told, vetagenda

from vetagenda_embedded.home import Home
from vetagenda_embedded.operator_client import OperatorClient
from vetagenda_embedded.platform import Platform

TABLE = "Termin;Dauer;Wer\r\n04.03.2031 10:00;20;Müller\r\n04.03.2031 10:10;20;Weiß\r\n"


async def test_a_file_is_tried_applied_exported_and_taken_back(platform: Platform, tmp_path: Path) -> None:
    practice = (await told(platform, "practices", "create", "--name", "Clinique Élodie"))["id"]
    client = OperatorClient(Home(platform.settings.home))
    path = f"/v1/practices/{practice}"
    calendar = client.public("POST", f"{path}/calendars", {"name": "Dr Lefèvre"})["id"]
    file, copy = tmp_path / "termine.csv", tmp_path / "appointments.ics"
    file.write_bytes(TABLE.encode("cp1252"))
    columns = ("--map", "start=Termin", "--map", "duration_minutes=Dauer", "--map", "owner_name=Wer")
    reading = ("--date-format", "day-first", "--encoding", "cp1252", "--calendar", calendar, *columns)
    order = ("import", "--practice", practice, str(file), *reading)
    assert (await told(platform, *order))["counts"]["create"] == 1
    assert client.public("GET", f"{path}/appointments")["items"] == []
    code, output, _ = await vetagenda(platform, *order, "--apply")
    assert code == 0
    assert "create=1" in output
    assert "action=conflict  field=start  reason=the time is taken" in output
    export = ("export", "--practice", practice, "--what", "appointments.ics", "-o", str(copy))
    assert (await vetagenda(platform, *export))[0] == 0
    assert "DTSTART;TZID=Europe/Paris:20310304T100000" in copy.read_text()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    again = await told(platform, "import", "--practice", practice, str(copy), "--apply")
    assert (again["counts"]["unchanged"], len(again["lines"])) == (1, 1)
    done = (await told(platform, *order, "--apply"))["lines"][0]
    assert done["action"] == "unchanged"
    applied = output.split("import=")[1].split()[0]
    undone = await told(platform, "import", "--practice", practice, "--undo", applied)
    assert undone["status"] == "undone"


async def test_what_cannot_be_read_or_written_is_said(platform: Platform, tmp_path: Path) -> None:
    practice = (await told(platform, "practices", "create", "--name", "Probe"))["id"]
    file = tmp_path / "termine.csv"
    export = ("export", "--practice", practice, "--what")
    for arguments, said in (
        (("import", "--practice", practice, str(file)), "cannot be read"),
        ((*export, "owners.csv", "-o", str(tmp_path)), "cannot be written"),
        ((*export, "appointments.ics", "--from", "now"), "?from"),
    ):
        code, _, complaints = await vetagenda(platform, *arguments)
        assert code == 1
        assert said in complaints
        assert "Traceback" not in complaints
    file.write_bytes(TABLE.encode("cp1252"))
    code, _, complaints = await vetagenda(platform, "import", "--practice", practice, str(file))
    assert code == 1
    assert "--encoding" in complaints
    order = ("import", "--practice", practice, str(file), "--encoding", "klingon")
    code, _, complaints = await vetagenda(platform, *order)
    assert code == 1
    assert "the encoding klingon is not known" in complaints


async def test_lines_that_are_no_records_make_an_import_fail(platform: Platform, tmp_path: Path) -> None:
    practice = (await told(platform, "practices", "create", "--name", "Probe"))["id"]
    file = tmp_path / "owners.csv"
    file.write_text("family_name,email\nWeiß,weiss@example.org\nNoël,nobody\n")
    order = ("import", "--practice", practice, str(file), "--what", "owners", "--apply")
    for further in ((), ("--json",)):
        code, output, complaints = await vetagenda(platform, *order, *further)
        assert code == 1
        assert "1 of 2 lines are invalid" in complaints
        assert "email" in output
    kept = OperatorClient(Home(platform.settings.home)).public("GET", f"/v1/practices/{practice}/owners")
    assert [owner["family_name"] for owner in kept["items"]] == ["Weiß"]
