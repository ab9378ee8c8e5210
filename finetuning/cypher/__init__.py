"""Questions about graphs with the Cypher that answers them: to measure the ways to an answer, and to train models.

`worlds/` makes the graphs, `templates/*.toml` hold the questions by split, `questions.py` draws them, `matching.py`
says whether two answers are the same, `evaluate.py` runs a split against a backend and a model.
"""
