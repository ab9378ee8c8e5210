"""How well questions on manuals are answered, over manuals that no training has seen: `millhand eval assistant`.

`manuals/SPLIT/*.md` are the manuals, `questions/SPLIT/*.toml` the questions on each, by the same name. `sources.py`
makes of a manual the file that its maker would send, `library.py` adds the files to a store and finds where the answers
stand, `ways.py` are the ways to an answer, `matching.py` says what is right, `evaluate.py` asks, `report.py` counts.
What may enter: manuals with their questions, ways, measures. Whoever betters the assistant steers by `dev` and never
reads `test`.
"""
