"""Which parts a text names and what it says is wrong with them: work orders, reviews, handover notes.

    text -> names of the list (gazetteer.py) -> words of defects (defects.py) -> those that are there (denial.py)
         -> which is said of which part (attach.py) -> `Part`s
         -> what the list does not know, by a tuned model where there is one (model.py), words of the text only

`finder.py` is where to start reading; `tool.py` is what the agent asks. `gazetteer.csv`, `defects.toml` and
`words.toml` are data that a technician can read and better.
What may enter: ways to find parts and defects that show the words they rest on.
"""
