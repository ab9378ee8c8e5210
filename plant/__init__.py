"""The words everyone speaks: readings, time, quality, errors, settings, the store, the graph.

Start with `plant/readings.py`, then `plant/facts.py` and `plant/store/contract.py`. This is the
lowest layer: it imports none of the other folders, knows no detector, no model, no screen.
What may enter: a type that two or more folders must agree on, and the two databases.
"""
