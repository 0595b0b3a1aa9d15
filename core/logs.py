"""Logs: one line of JSON per fact, on stderr, with anything like a telephone number masked."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

NUMBER = re.compile(r"\+?\d[\d \-]{6,}\d")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
QUIET = ("alembic", "twilio.http_client", "urllib3", "kombu", "amqp", "werkzeug")


def mask(text: str) -> str:
    """Hide anything that could be a number and make log forging impossible."""
    return NUMBER.sub("[number]", CONTROL.sub(" ", text))


def _masked(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    kept = {"timestamp", "level", "logger"}
    return {
        key: mask(value) if isinstance(value, str) and key not in kept else value
        for key, value in event.items()
    }


PROCESSORS: tuple[Any, ...] = (
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    _masked,
)


def configure_logs(level: int = logging.INFO) -> None:
    """Send our own and the libraries' lines through the same masking formatter."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=list(PROCESSORS),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def logger(name: str) -> Any:
    """A logger for one module: `log.info("call ended", call_id=…)`; ids only, never numbers."""
    return structlog.stdlib.get_logger(name)
