"""The compositional parser: a question in English or French, word by word, to a form, to Cypher.

    question --readings--> what each word may mean here  (lexicon.py; plausible.py leaves out what is doubtful)
             --items-----> what each reading is to the grammar                            (items.py, rules.py)
             --grammar---> forms that use every word     (chart.py, grammar/, complete.py; the form is form.py)
             --parts-----> or that its parts make         (assemble.py, parts.py, hanging.py; checked by scope.py)
             --writer----> Cypher over the live schema                        (writer.py, patterns.py, columns.py)
             --speech----> one plain sentence back                                        (speech.py, phrases.py)

`parse.py` is the entry. Rules join descriptions to nouns (descriptions.py) through `compose.py`, which allows what the
schema does: its links (links.py), what its names tell (naming.py), and how a noun is changed (modification.py).

Nothing here knows a plant. Labels, relationship types, properties, their values and the nodes' names
come from the graph that is open; beside them there are only the words that every question is made of
and what people call a relation ("upstream of", "mounted on"). It is deterministic, and strict: a word
that no reading uses is no question understood, and two forms that mean different things are a question
back, not a guess.
"""
