"""What will be and what is odd: forecasters, detectors, backtests, intervals, metrics, verdicts.

Start with `contract.py`, then `comparison.py`, which runs every candidate on the same folds.
Pure computing: no database, no stream, no screen. Nothing here formats for people.
What may enter: a candidate or a detector that the conformance suite accepts.
"""
