"""Questions about graphs with the Cypher that answers them: to measure the ways to an answer, and to train models.

`worlds/` makes the graphs, `templates/*.toml` hold the questions by split, `questions.py` draws them, `references.py`
says what is right, `matching.py` whether an answer is the same, `controls.py` makes graphs that cannot know,
`evaluate.py` runs a split against a backend and a model, `report.py` counts, `compare.py` tells two runs apart.
"""
