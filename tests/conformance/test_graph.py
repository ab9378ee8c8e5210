"""The embedded engine keeps the rules of a graph engine, and its own."""

from __future__ import annotations

import os
import select
import signal
from contextlib import closing
from pathlib import Path

import pytest

from plant.errors import BadInput, ServiceUnavailable
from plant.graph.contract import Node, QueryFailed, QueryTimeout, Relation, seal
from plant.graph.kglite import KgliteGraph
from plant.graph.lines import write_graph
from tests.conformance.graph_rules import GraphRules
from tests.unit.graph.small_plant import NODES, RELATIONS


@pytest.fixture(scope="class")
def backend(tmp_path_factory):
    graph = KgliteGraph(tmp_path_factory.mktemp("graph") / "plant.graph", memory_mb=512)
    graph.load(NODES, RELATIONS)
    yield graph
    graph.close()


def child_of(graph: KgliteGraph) -> int:
    return graph._child._process.pid


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


class TestKglite(GraphRules):
    def test_a_query_that_needs_too_much_memory_is_told(self, backend):
        text = "UNWIND range(1, 3000000) AS x WITH collect(toString(x) + '" + "a" * 200 + "') AS l RETURN size(l) AS n"
        with pytest.raises(QueryFailed, match="512 MB"):
            backend.run(seal(text, {}, 5), timeout_s=20)
        assert self.ask(backend, "RETURN 1 AS one").rows == ((1,),)

    def test_a_child_that_was_killed_starts_again(self, backend):
        self.ask(backend, "RETURN 1 AS one")
        first = child_of(backend)
        os.kill(first, signal.SIGKILL)
        os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
        assert self.ask(backend, "MATCH (n) RETURN count(n) AS n").rows == ((len(NODES),),)
        assert child_of(backend) != first

    @pytest.mark.parametrize("text", ["LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line"])
    def test_no_file_can_be_read_even_past_the_guard(self, backend, text):
        with pytest.raises(QueryFailed, match="cannot open"):
            self.ask(backend, text)

    def test_too_many_bytes_are_refused(self, backend):
        text = "RETURN [x IN range(1, 400000) | 'abcdefghijklmnopqrstuvwxyz'] AS letters"
        with pytest.raises(QueryFailed, match="more than 8 MB"):
            self.ask(backend, text)

    def test_the_child_ends_with_its_input(self, tmp_path, waiting):
        graph = KgliteGraph(tmp_path / "plant.graph", memory_mb=512)
        graph.load(NODES, RELATIONS)
        graph.run(seal("RETURN 1 AS one", {}, 5), timeout_s=5)
        pid = child_of(graph)
        graph._child._process.stdin.close()
        graph._child._process.stdin = None
        waiting(lambda: not alive(pid), what="the child to end")
        graph._child._process.wait()
        for pipe in (graph._child._process.stdout, graph._child._process.stderr):
            pipe.close()

    def test_a_query_that_nobody_waits_for_ends_by_itself(self, tmp_path, waiting):
        """The engine heeds the limit and answers, or the alarm or the memory limit ends the child."""
        with closing(KgliteGraph(tmp_path / "plant.graph", memory_mb=512)) as graph:
            graph.load(NODES, RELATIONS)
            graph.run(seal("RETURN 1 AS one", {}, 5), timeout_s=5)
            child = graph._child
            runaway = "WITH 'ab' AS s " + "WITH s + s AS s " * 60 + "RETURN size(s) AS n"
            request = {"query": runaway, "parameters": {}, "timeout_s": 0.2, "row_limit": 5}
            assert child.ask(request, within_s=0.0) is None
            output = child._process.stdout
            waiting(lambda: bool(select.select([output], [], [], 0)[0]), what="an answer, or the child's end")

    def test_another_process_loads_a_new_graph(self, tmp_path):
        path = tmp_path / "plant.graph"
        reader, writer = KgliteGraph(path, memory_mb=512), KgliteGraph(path, memory_mb=512)
        writer.load([Node("A", "Old", {})], [])
        assert self.ask(reader, "MATCH (n) RETURN labels(n)[0] AS label").rows == (("Old",),)
        writer.load([Node("A", "New", {}), Node("B", "New", {})], [Relation("A", "NEXT", "B")])
        assert [node.label for node in reader.schema().nodes] == ["New"]
        assert self.ask(reader, "MATCH (n:New) RETURN count(n) AS n").rows == ((2,),)
        reader.close()
        writer.close()

    def test_an_empty_graph_has_an_empty_schema(self, tmp_path):
        graph = KgliteGraph(tmp_path / "plant.graph", memory_mb=512)
        graph.load([], [])
        assert graph.schema().nodes == ()
        assert self.ask(graph, "RETURN 1 AS one").rows == ((1,),)
        graph.close()

    def test_without_a_file_it_says_what_to_do(self, tmp_path):
        graph = KgliteGraph(tmp_path / "none.graph", memory_mb=512)
        with pytest.raises(BadInput, match="millhand graph load"):
            graph.schema()
        with pytest.raises(BadInput, match="millhand graph load"):
            graph.run(seal("RETURN 1 AS one", {}, 5), timeout_s=1)
        graph.close()

    def test_a_graph_that_the_memory_does_not_hold_is_told_and_replaces_none(self, tmp_path):
        with closing(KgliteGraph(tmp_path / "plant.graph", memory_mb=64)) as graph:
            graph.load([Node("A", "Asset", {})], [])
            too_large = [Node(f"A-{n}", "Asset", {"name": "x" * 2_000}) for n in range(20_000)]
            with pytest.raises(ServiceUnavailable, match="does not fit into 64 MB"):
                graph.load(too_large, [])
            assert self.ask(graph, "MATCH (n:Asset) RETURN count(n) AS n").rows == ((1,),)
            write_graph(tmp_path / "plant.graph", too_large, [])
            with pytest.raises(ServiceUnavailable, match="does not fit into 64 MB"):
                graph.run(seal("RETURN 1 AS one", {}, 5), timeout_s=1)

    def test_a_graph_that_cannot_be_written_leaves_the_one_that_is_there(self, tmp_path):
        path = tmp_path / "plant.graph"
        path.mkdir()
        with closing(KgliteGraph(path, memory_mb=64)) as graph:
            with pytest.raises(BadInput, match="cannot be written"):
                graph.load([Node("A", "Asset", {})], [])
            assert graph._child is None

    def test_the_limit_holds_for_the_engine_that_does_not_look_at_its_clock(self, backend):
        with pytest.raises((QueryTimeout, QueryFailed)):
            backend.run(seal("RETURN reduce(s = 'ab', x IN range(1, 60) | s + s) AS s", {}, 5), timeout_s=0.2)
