"""The process that holds kglite, fenced in; started by `plant/graph/kglite.py`, never imported.

It stands alone (kglite, msgspec and the standard library only), so that it can run with `-I`,
where nothing of the caller's folder or environment is on its path. One JSON document a line:

| in | out |
|---|---|
| `{"load": {"nodes": [[label, [row]]], "relations": [[start, type, end, [row]]]}}` | `{"ok": true}` |
| `{"query": TEXT, "parameters": {}, "timeout_s": S, "row_limit": N}` | `{"columns": [], "rows": [], "truncated": B}` |
| | `{"error": "timeout" or "failed", "text": "the engine's words"}` |

Its fences, none of which a query's text can move:

- memory: `RLIMIT_AS`; a query that needs more ends this process, not the caller's;
- time: the engine's own limit, and half a second later SIGALRM, which ends the process even where
  the engine does not look at its clock and even where the caller has died;
- files: none may be opened or written once the graph is loaded;
- writes: queries run on a frozen snapshot, which has no methods that write;
- orphans: it ends when its input ends.
"""

from __future__ import annotations

import resource
import signal
import sys
from typing import Any

import kglite
import msgspec

_GRACE_S = 0.5
_MAX_REPLY_BYTES = 8 << 20
_ENGINE_ERRORS = (kglite.KgError, ValueError, TypeError, KeyError, RuntimeError, OverflowError)
_VIRTUAL = ("title", "type")

_hidden: dict[str, frozenset[str]] = {}
"""For each label the properties that kglite adds to its nodes and that were not loaded."""


def load(graph: dict[str, Any]) -> kglite.FrozenGraph:
    """Builds the graph from rows grouped by label and by triple; names were checked by the caller."""
    built = kglite.KnowledgeGraph()
    for label, rows in graph["nodes"]:
        _hidden[label] = frozenset(_VIRTUAL).difference(*rows)
        if "title" not in _hidden[label]:
            for row in rows:
                row.setdefault("title", None)  # else the name would be given for a title that is not there
        # The name is set even where there is none: kglite would make one up.
        create = f"UNWIND $rows AS row CREATE (n:`{label}` {{id: row.id, name: row.name}}) SET n += row"
        built.cypher(create, params={"rows": rows}, timeout_ms=0)
    for start, name, end, rows in graph["relations"]:
        connect = (
            f"UNWIND $rows AS row MATCH (a:`{start}` {{id: row.tail}}), (b:`{end}` {{id: row.head}}) "
            f"CREATE (a)-[r:`{name}`]->(b) SET r += row.properties"
        )
        built.cypher(connect, params={"rows": rows}, timeout_ms=0)
    return built.freeze()


def run(graph: kglite.FrozenGraph, request: dict[str, Any]) -> bytes:
    """Runs one query; the reply is ready to send."""
    limit = request["row_limit"]
    try:
        found = graph.cypher(
            request["query"],
            params=request["parameters"],
            timeout_ms=max(1, round(request["timeout_s"] * 1_000)),
            row_limit=limit + 1,
        )
        columns = list(found.columns)
        rows = [[_plain(row[column]) for column in columns] for row in found.to_list()]
    except kglite.CypherTimeoutError as error:
        return _encode({"error": "timeout", "text": str(error)})
    except _ENGINE_ERRORS as error:
        return _encode({"error": "failed", "text": str(error)})
    reply = _encode({"columns": columns, "rows": rows[:limit], "truncated": len(rows) > limit})
    if len(reply) > _MAX_REPLY_BYTES:
        return _encode({"error": "failed", "text": f"The rows take more than {_MAX_REPLY_BYTES >> 20} MB."})
    return reply


def _plain(value: Any) -> Any:
    """Turns kglite's nodes, relationships and paths into the contract's plain dicts."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"id", "labels", "properties"}:
        hidden = _hidden.get(value["labels"][0] if value["labels"] else "", frozenset())
        own = {key: item for key, item in value["properties"].items() if key not in hidden and item is not None}
        return {"labels": value["labels"], "properties": own}
    if value.keys() == {"id", "start", "end", "type", "properties"}:
        return {"type": value["type"], "properties": _plain(value["properties"])}
    return {key: _plain(item) for key, item in value.items()}


def _encode(reply: dict[str, Any]) -> bytes:
    return msgspec.json.encode(reply)


def _fence(memory_mb: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> None:
    """Answers requests until the input ends."""
    _fence(int(sys.argv[1]))
    kglite.set_query_warning_policy("silent")
    graph = kglite.KnowledgeGraph().freeze()
    for line in sys.stdin.buffer:
        request = msgspec.json.decode(line)
        if "load" in request:
            graph = load(request["load"])
            resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
            reply = _encode({"ok": True})
        else:
            signal.setitimer(signal.ITIMER_REAL, request["timeout_s"] + _GRACE_S)
            reply = run(graph, request)
            signal.setitimer(signal.ITIMER_REAL, 0)
        sys.stdout.buffer.write(reply + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
