"""Reading a detector's state back, with an error a person can act on."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from plant.errors import BadInput

StateT = TypeVar("StateT")


def decode_state(state: dict[str, Any], kind: type[StateT], name: str) -> StateT:
    """Turns JSON-able data into a typed state.

    Raises:
        BadInput: If it is not a state of this detector.
    """
    try:
        return msgspec.convert(state, kind)
    except msgspec.ValidationError as error:
        raise BadInput(f"This is not a state of the detector {name}: {error}.") from error
