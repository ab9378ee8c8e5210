"""The log of long-running parts: one line an event, `event=... key=value`, through `logging`.

As a library it says nothing but warnings, on stderr; the command line sets level and place.
Values of readings and messages are not logged, only where they are.
"""

from __future__ import annotations

import logging
from typing import cast

import structlog


def get_log(name: str) -> structlog.stdlib.BoundLogger:
    """Returns the log of a module."""
    return cast(
        "structlog.stdlib.BoundLogger",
        structlog.wrap_logger(
            logging.getLogger(name),
            wrapper_class=structlog.stdlib.BoundLogger,
            processors=[
                structlog.stdlib.filter_by_level,
                structlog.processors.LogfmtRenderer(key_order=["event"], bool_as_flag=False),
            ],
        ),
    )
