"""Structured lines on stderr, one per record."""

import json
import logging
import os
from datetime import UTC, datetime

_FIELDS = ("job", "attempt", "session")


class TextFormatter(logging.Formatter):
    """`2026-01-01T00:00:00.000Z level=INFO logger=uws_worker message="…" job=…`"""

    def format(self, record: logging.LogRecord) -> str:
        """One line; exceptions become a field."""
        return " ".join(f"{name}={_quoted(value)}" for name, value in _fields(record, self).items())


class JsonFormatter(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; exceptions become a field."""
        return json.dumps(_fields(record, self), ensure_ascii=False)


def set_up_logging(log_format: str | None) -> None:
    """Unless the program has set it up itself. Raises ValueError for a format that is neither text nor json."""
    wanted = log_format or os.environ.get("UWS_LOG_FORMAT") or "text"
    if wanted not in ("text", "json"):
        raise ValueError(f"the log format (UWS_LOG_FORMAT) must be text or json, not {wanted!r}")
    if logging.getLogger().hasHandlers():
        return
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if wanted == "json" else TextFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def _fields(record: logging.LogRecord, formatter: logging.Formatter) -> dict[str, str]:
    time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    fields = {
        "time": time.replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": record.getMessage(),
    }
    fields.update({name: str(value) for name in _FIELDS if (value := getattr(record, name, None)) is not None})
    if record.exc_info:
        fields["exception"] = formatter.formatException(record.exc_info)
    return fields


def _quoted(value: str) -> str:
    return value if value and value.isprintable() and not set(value) & set(' "=') else json.dumps(value, ensure_ascii=False)
