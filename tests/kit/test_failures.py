"""What the log says of a failure that nobody expected: of which class and where, never its message."""

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import TimeoutError as PoolTimeout

from vetagenda_kit import logs
from vetagenda_kit.web import install_problem_handlers


async def answered(error: Exception) -> httpx.Response:
    app = FastAPI()
    install_problem_handlers(app)

    @app.get("/owners")
    async def fail() -> None:
        raise error

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://kit") as client:
        return await client.get("/owners")


def raised(error: Exception) -> Exception:
    """With a place of its own."""
    try:
        raise error
    except Exception as caught:
        return caught


def logged(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    [line] = capsys.readouterr().err.splitlines()
    said: dict[str, Any] = json.loads(line)
    return said


async def test_a_group_is_told_by_what_is_inside(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("kit", "warning")
    inner = ExceptionGroup("of Milou", [raised(KeyError("Milou"))])
    answer = await answered(ExceptionGroup("of Milou", [raised(ValueError("Milou")), inner]))
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    said = logged(capsys)
    assert (said["level"], said["method"], said["route"]) == ("error", "GET", "/owners")
    assert said["error"] == "ExceptionGroup[ValueError, ExceptionGroup[KeyError]]"
    first, second = said["inside"]
    for each in (first, *second["inside"]):
        assert each["trace"][-1].startswith("test_failures.py:")
    assert "Milou" not in str(said)


@pytest.mark.parametrize(
    ("inside", "status", "level"),
    [
        ([ConnectionResetError(), PoolTimeout()], 503, "warning"),
        ([ConnectionResetError(), KeyError()], 500, "error"),
    ],
)
async def test_a_database_that_is_away_is_known_inside_a_group_too(
    inside: list[Exception], status: int, level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("kit", "warning")
    assert (await answered(ExceptionGroup("", inside))).status_code == status
    said = logged(capsys)
    assert said["level"] == level
    assert all(type(each).__name__ in said["error"] for each in inside)
