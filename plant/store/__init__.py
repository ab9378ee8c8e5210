"""The hot store: one SQLite file in WAL mode that holds everything millhand knows.

Start with `contract.py`. One transaction per batch moves readings, offsets, detector state,
episodes, outbox and dead letters together. What may enter: tables and the queries tools need.
"""
