"""The plant graph's engines behind one contract: kglite embedded, Neo4j by its driver.

Start with `contract.py`. Executors take only a `GuardedQuery`, which only the guard in
`tools/graph/guard.py` makes. What may enter: an engine, and what it needs to be fenced in.
"""
