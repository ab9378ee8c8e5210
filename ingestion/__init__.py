"""What comes in: sources, decoding, the exactly-once worker, alert episodes; manuals; the plant graph.

Start with `contract.py`, then `worker.py`: poll -> decode -> validate -> one transaction. Alerts
are `rules.py` (a tag at a time), `assets.py` (an asset at a time) and `episodes.py` (their life).
What may enter: a source, a rule, or a loader; nothing that answers a question.
"""
