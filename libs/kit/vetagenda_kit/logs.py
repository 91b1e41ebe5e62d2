"""Structured logs, one JSON object a line. Ids and codes only: no names, phones, addresses, texts or keys."""

import logging
import sys
from contextvars import ContextVar
from typing import Any

import structlog

from vetagenda_kit.tracing import trace_id

request_id: ContextVar[str] = ContextVar("request_id", default="")


def logger(name: str) -> Any:
    return structlog.get_logger(name)


def configure(service: str, level: str = "info") -> None:
    """Set up the process's logs: to standard error, without timestamps twice."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_context(service),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),  # the one of that moment
        cache_logger_on_first_use=False,
    )
    _take_over_from_libraries()


class _FromLibraries(logging.Handler):
    """What uvicorn, asyncio and others log, in our form: the text in their source, not what they fill in."""

    def emit(self, record: logging.LogRecord) -> None:
        more = {"error": record.exc_info[0].__name__} if record.exc_info and record.exc_info[0] else {}
        says = str(record.msg).strip().partition("\n")[0][:200]
        level = "error" if record.levelno >= logging.ERROR else "warning"
        place = f"{record.filename}:{record.lineno}"
        getattr(logger(record.name), level)("library", logger=record.name, says=says, at=place, **more)


def _take_over_from_libraries() -> None:
    root = logging.getLogger()
    root.handlers = [handler for handler in root.handlers if not isinstance(handler, _FromLibraries)]
    root.addHandler(_FromLibraries(logging.WARNING))


def _with_context(service: str) -> Any:
    def add(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        event["service"] = service
        if request_id.get():
            event["request_id"] = request_id.get()
        if trace := trace_id():
            event["trace_id"] = trace
        return event

    return add
