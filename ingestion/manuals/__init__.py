"""From a manual's file to passages in the store, with what they name and what the manual is about.

    file -> reader (by format) -> pages of blocks -> passages -> codes, links, likeness -> store, in one transaction

`contract.py` is where to start reading: what a reader is and gives; `index.py` adds. What may enter: a format, by a
reader in `readers/` that the conformance suite passes.
"""
