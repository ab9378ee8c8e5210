"""Data sets: examples in a folder, split without leaks, in the formats that others read and write.

    maker (a task) -> examples -> splits.py, overlap.py -> folder.py -> DIR -> training, review, convert

`folder.py` is where to start reading: what a data set is on the disk. What may enter: a format (`formats.py`), a maker
of examples for a task. Nothing that trains.
"""
