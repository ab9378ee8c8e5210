"""`millhand demo`: the demo plant, on the screen or as plain text."""

from __future__ import annotations


def open_terminal() -> None:
    """Opens the terminal on the store of the settings."""
    raise NotImplementedError


def demo() -> None:
    """Builds the demo plant and opens the terminal on it."""
    raise NotImplementedError
