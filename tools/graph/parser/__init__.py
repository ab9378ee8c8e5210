"""The compositional parser: a question in English or French, word by word, to a form, to Cypher.

    question --readings--> what each word may mean here   (lexicon.py, words.py)
             --grammar---> forms that use every word       (grammar/, by chart.py)
             --schema----> that the schema allows          (compose.py)
             --parts-----> or that its parts make          (assemble.py, parts.py, hanging.py, scope.py)
             --writer----> Cypher over the live schema     (writer.py)
             --speech----> one plain sentence back         (speech.py)

Nothing here knows a plant. Labels, relationship types, properties, their values and the nodes' names
come from the graph that is open; beside them there are only the words that every question is made of
and what people call a relation ("upstream of", "mounted on"). It is deterministic, and strict: a word
that no reading uses is no question understood, and two forms that mean different things are a question
back, not a guess.
"""
