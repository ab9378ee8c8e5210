"""Keeps langgraph's tracer off: with its environment variables set, every run would be posted to a server."""

from __future__ import annotations

import os

_PREFIXES = ("LANGSMITH_", "LANGCHAIN_", "LANGGRAPH_")


def silence_tracers() -> None:
    """Clears the environment variables of langsmith, langchain and langgraph, and asks for strict decoding.

    Called before langgraph is imported, since it reads them once; what langsmith has read before is forgotten.
    """
    for name in [name for name in os.environ if name.startswith(_PREFIXES)]:
        del os.environ[name]
    os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"
    from langsmith.utils import get_env_var

    get_env_var.cache_clear()  # type: ignore[attr-defined]  # a cache behind overloads
