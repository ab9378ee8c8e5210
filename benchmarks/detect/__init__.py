"""The scoreboard of the detectors on labelled series that others have published.

`data.py` reads the series, `nab.py` and `ranges.py` score, `baselines.py` holds the rows that are no detector of ours;
`__main__.py` puts it together. Every row of the board is made by what `millhand anomalies --file --scores` runs.
"""
