"""A plant's own graph server, by the Neo4j driver: READ access, and the server's own time limit.

READ access alone guards nothing but the data (files, settings and other people's transactions stay
in reach of a query's text); what may be asked at all is decided by the guard. Before a text runs for the
first time the server is asked what it takes it for (EXPLAIN): anything but reading is not run.

A server that gives no answer is not waited for: its connections are closed, which ends what they were
doing there, and the next question opens new ones.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswer
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

import neo4j
from neo4j.exceptions import AuthError, ClientError, DriverError, Neo4jError
from neo4j.exceptions import ServiceUnavailable as Down
from neo4j.graph import Node as ServerNode
from neo4j.graph import Path as ServerPath
from neo4j.graph import Relationship as ServerRelationship

from plant.errors import ServiceUnavailable, SettingsError
from plant.graph.contract import (
    GraphSchema,
    GuardedQuery,
    Node,
    NodeType,
    QueryFailed,
    QueryTimeout,
    Relation,
    RelationType,
    Rows,
)
from plant.graph.lines import check_graph, grouped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# The server's remarks on a query ("property key does not exist") would go to the terminal, query and all.
logging.getLogger("neo4j.notifications").setLevel(logging.ERROR)

_Read = TypeVar("_Read")
_PASSWORD: Final = "MILLHAND_GRAPH_PASSWORD"  # noqa: S105 (the name of a variable)
_GRACE_S: Final = 0.5
_CONNECT_S: Final = 3.0
_SCHEMA_S: Final = 10.0
_LOAD_S: Final = 120.0
_TIMED_OUT: Final = "TransactionTimedOut"
_READS: Final = "r"
_KNOWN_TO_READ: Final = 1_024

_NODE_SCHEMA: Final = """
MATCH (n) UNWIND labels(n) AS label
WITH label, n, keys(n) AS names
UNWIND CASE WHEN size(names) = 0 THEN [null] ELSE names END AS name
RETURN label, collect(DISTINCT name) AS names, count(DISTINCT n) AS number ORDER BY label
"""
_RELATION_SCHEMA: Final = """
MATCH (a)-[r]->(b) UNWIND labels(a) AS tail UNWIND labels(b) AS head
WITH tail, type(r) AS type, head, r, keys(r) AS names
UNWIND CASE WHEN size(names) = 0 THEN [null] ELSE names END AS name
RETURN tail, type, head, collect(DISTINCT name) AS names, count(DISTINCT r) AS number ORDER BY tail, type, head
"""


class Neo4jGraph:
    """A graph server; see `plant.graph.contract.GraphBackend`.

    Args:
        url: A driver's URL, `bolt://USER@HOST:PORT` or `neo4j+s://USER@HOST/DATABASE`. The user is
            `neo4j` where none is given; the password comes from `MILLHAND_GRAPH_PASSWORD`.

    Raises:
        SettingsError: When the URL is none that the driver takes, or holds a password.
    """

    name = "neo4j"

    def __init__(self, url: str) -> None:
        if not _is_address(url):  # it is not shown: what stands in the place of a port may be a password
            raise SettingsError(
                f"The {url.partition(':')[0]} URL of the graph is not the address of a graph server.",
                hint="Write it like bolt://USER@HOST:PORT.",
            )
        parts = urlsplit(url)
        if parts.password is not None:
            raise SettingsError("The graph URL holds a password.", hint=f"Leave it out and set {_PASSWORD}.")
        host = parts.netloc.rpartition("@")[2]
        self._address = urlunsplit((parts.scheme, host, "", "", ""))
        self._database = parts.path.strip("/") or None
        self._user = parts.username or "neo4j"
        self._password = os.environ.get(_PASSWORD)
        self._driver = self._connected()
        self._heard = False
        self._schema: tuple[str, GraphSchema] | None = None
        self._reads: set[str] = set()

    def schema(self) -> GraphSchema:
        """Returns labels, triples and properties, by scanning a graph that has changed. Raises as `run` does."""
        revision = self.revision()
        if self._schema is None or not revision or self._schema[0] != revision:
            self._schema = revision, self._scanned()
        return self._schema[1]

    def _scanned(self) -> GraphSchema:
        nodes = self._read(_NODE_SCHEMA, {}, _SCHEMA_S, None)[1]
        relations = self._read(_RELATION_SCHEMA, {}, _SCHEMA_S, None)[1]
        return GraphSchema(
            nodes=tuple(NodeType(label, _id_first(names), count) for label, names, count in nodes),
            relations=tuple(
                RelationType(start, name, end, tuple(sorted(names)), count)
                for start, name, end, names, count in relations
            ),
        )

    def revision(self) -> str:
        """Returns the server's bookmark of its last transaction, which every write moves on. Raises as `run` does."""
        return self._waited(self._bookmark, _SCHEMA_S)

    def run(self, query: GuardedQuery, *, timeout_s: float) -> Rows:
        """Runs a guarded query.

        Raises:
            QueryTimeout: At the limit; the server ends the transaction up to 1.5 s later.
            QueryFailed: With the server's words, or because it takes the query for more than reading.
            BadInput: When the query was changed after it was guarded.
            ServiceUnavailable: When the server does not answer or refuses the password.
        """
        query.verify()
        began = time.monotonic()
        if query.digest not in self._reads:
            self._planned(query, timeout_s)
        limit, left = query.row_limit, max(timeout_s - (time.monotonic() - began), 0.001)
        try:
            columns, rows = self._read(query.text, query.parameters, left, limit + 1)
        except QueryTimeout as error:
            raise _timed_out(timeout_s) from error  # its limit is told, not what planning left of it
        return Rows(columns, tuple(rows[:limit]), len(rows) > limit, time.monotonic() - began)

    def explain(self, query: GuardedQuery) -> str:
        """Returns the server's plan, an operator a line, and runs nothing. Raises as `run` does."""
        query.verify()
        return "\n".join(_plan_lines(self._planned(query, _SCHEMA_S)))

    def load(self, nodes: Sequence[Node], relations: Sequence[Relation]) -> None:
        """Replaces the whole graph, in one transaction. Raises `BadInput` as `check_graph` does."""
        check_graph(nodes, relations)
        groups = grouped(nodes, relations)
        try:
            with self._driver.session(database=self._database) as session:
                session.execute_write(neo4j.unit_of_work(timeout=_LOAD_S)(_replace), groups)
        except (Neo4jError, DriverError) as error:
            raise self._in_words(error, _LOAD_S) from error

    def close(self) -> None:
        """Closes the connections."""
        self._driver.close()

    def _connected(self) -> neo4j.Driver:
        auth = (self._user, self._password) if self._password is not None else None
        return neo4j.GraphDatabase.driver(
            self._address,
            auth=auth,
            connection_timeout=_CONNECT_S,
            connection_acquisition_timeout=_CONNECT_S,
            max_transaction_retry_time=_CONNECT_S,
        )

    def _planned(self, query: GuardedQuery, timeout_s: float) -> dict[str, Any]:
        """Returns the plan of a query that the server takes for one that reads."""
        kind, plan = self._waited(partial(self._explained, query.text, query.parameters, timeout_s), timeout_s)
        if kind != _READS:
            raise QueryFailed("The graph server takes the query for one that does more than read; it was not run.")
        if len(self._reads) >= _KNOWN_TO_READ:
            self._reads.clear()
        self._reads.add(query.digest)
        return plan

    def _explained(self, text: str, parameters: dict[str, Any], timeout_s: float) -> tuple[str, dict[str, Any]]:
        with self._session() as session:
            summary = session.run(neo4j.Query(f"EXPLAIN {text}", timeout=timeout_s), parameters).consume()
            return summary.query_type or "", summary.plan or {}

    def _session(self) -> neo4j.Session:
        return self._driver.session(database=self._database, default_access_mode=neo4j.READ_ACCESS)

    def _read(
        self, text: str, parameters: dict[str, Any], timeout_s: float, row_limit: int | None
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        return self._waited(partial(self._read_there, text, parameters, timeout_s, row_limit), timeout_s)

    def _waited(self, read: Callable[[], _Read], timeout_s: float) -> _Read:
        """Reads in another thread, so that the caller has its answer in time whatever the server does."""
        work: Future[_Read] = Future()
        threading.Thread(
            target=_settle, args=(work, partial(self._heard_first, read)), name="neo4j", daemon=True
        ).start()
        try:
            return work.result(timeout=timeout_s + _GRACE_S)
        except NoAnswer as error:
            heard, self._heard = self._heard, False
            self._hang_up()
            raise (_timed_out(timeout_s) if heard else self._silent()) from error
        except (Neo4jError, DriverError) as error:
            raise self._in_words(error, timeout_s) from error

    def _heard_first(self, read: Callable[[], _Read]) -> _Read:
        """Reads once the server is known to answer, so that a slow query is told from a silent server."""
        if not self._heard:
            self._bookmark()
            self._heard = True
        return read()

    def _hang_up(self) -> None:
        """Closes the connections, which ends what the server does for them; nobody waits for it."""
        threading.Thread(target=self._driver.close, name="neo4j-close", daemon=True).start()
        self._driver = self._connected()

    def _bookmark(self) -> str:
        query = neo4j.Query("RETURN 1", timeout=_SCHEMA_S)
        with self._session() as session:
            session.run(query).consume()
            return " ".join(sorted(session.last_bookmarks().raw_values))

    def _read_there(
        self, text: str, parameters: dict[str, Any], timeout_s: float, row_limit: int | None
    ) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        query = neo4j.Query(text, timeout=timeout_s)
        with self._session() as session:
            result = session.run(query, parameters)
            records = list(result) if row_limit is None else result.fetch(row_limit)
            return tuple(result.keys()), [tuple(_plain(value) for value in record) for record in records]

    def _in_words(self, error: Neo4jError | DriverError, timeout_s: float) -> Exception:
        if isinstance(error, AuthError):
            return ServiceUnavailable(
                f"The graph server {self._address} refuses the user or the password.", hint=f"Set {_PASSWORD}."
            )
        code = getattr(error, "code", None) or ""
        if _TIMED_OUT in code:
            return _timed_out(timeout_s)
        if isinstance(error, ClientError) or "OutOfMemory" in code:
            words = (error.message or "it gives no reason.").splitlines()[0]
            return QueryFailed(f"The graph refused the query: {words}")
        if isinstance(error, Down):
            return self._silent()
        return ServiceUnavailable(f"The graph server {self._address} failed: {error}")

    def _silent(self) -> ServiceUnavailable:
        return ServiceUnavailable(
            f"The graph server {self._address} does not answer.", hint="Look whether it runs, and at graph.url."
        )


def _is_address(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname) and urlsplit(url).port != 0
    except ValueError:
        return False


def _replace(work: neo4j.ManagedTransaction, groups: dict[str, Any]) -> None:
    work.run("MATCH (n) DETACH DELETE n").consume()
    for label, rows in groups["nodes"]:
        work.run(f"UNWIND $rows AS row CREATE (n:`{label}`) SET n = row", rows=rows).consume()
    for start, name, end, rows in groups["relations"]:
        work.run(
            f"UNWIND $rows AS row MATCH (a:`{start}` {{id: row.tail}}), (b:`{end}` {{id: row.head}}) "
            f"CREATE (a)-[r:`{name}`]->(b) SET r = row.properties",
            rows=rows,
        ).consume()


def _settle(work: Future[_Read], read: Callable[[], _Read]) -> None:
    try:
        work.set_result(read())
    except BaseException as error:  # noqa: BLE001 (whatever it is, the one who waits is told)
        work.set_exception(error)


def _plan_lines(plan: dict[str, Any], depth: int = 0) -> Iterator[str]:
    operator, details = plan.get("operatorType", "").partition("@")[0], plan.get("args", {}).get("Details", "")
    yield f"{'  ' * depth}{operator} {details}".rstrip()
    for child in plan.get("children", ()):
        yield from _plan_lines(child, depth + 1)


def _plain(value: Any) -> Any:
    """Turns the driver's values into the contract's plain ones."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, ServerNode):
        return {"labels": sorted(value.labels), "properties": _plain(dict(value))}
    if isinstance(value, ServerRelationship):
        return {"type": value.type, "properties": _plain(dict(value))}
    if isinstance(value, ServerPath):
        return {
            "nodes": [_plain(node) for node in value.nodes],
            "relationships": [_plain(relation) for relation in value.relationships],
        }
    return str(value)  # dates, times, durations and points


def _id_first(names: list[str]) -> tuple[str, ...]:
    return (*(["id"] if "id" in names else []), *sorted(name for name in names if name != "id"))


def _timed_out(timeout_s: float) -> QueryTimeout:
    return QueryTimeout(f"The query ran longer than {timeout_s:g} s and was ended.", hint="Ask for less at once.")
