"""Questions of several sentences: what the first speak of is asked about by the last.

    question --parting---> its sentences, without what says nothing of the graph      (parting.py, scenes.py)
             --topics----> the things that a sentence speaks of                       (topics.py)
             --anaphora--> a sentence with "they", "its" as the things that they are  (anaphora.py)
             --merging---> two questions about the same things as one                 (merging.py)

`discourse.py` goes this way, sentence by sentence; each is understood as a question of its own is, by whatever is a
`Clauses` (clauses.py). How a part begins that says nothing of the graph stands in `scenes.txt`.
"""
