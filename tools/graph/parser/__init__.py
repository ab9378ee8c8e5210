"""The compositional parser: a question in English or French, word by word, to a form, to Cypher.

    question --turns-----> with French turns written out  (french_turns.py)
             --readings--> what each word may mean here   (words.py, lexicon.py; without doubtful ones: plausible.py)
             --items-----> what that is to the grammar    (items.py; rules.py has the categories)
             --grammar---> forms that use every word      (chart.py, grammar/, complete.py; what a form is: form.py)
             --talk------> or that its sentences make     (talk/: what the first speak of, the last take up)
             --parts-----> or that its parts make         (assembly/)
             --writer----> Cypher over the live schema    (writer.py, patterns.py, columns.py)
             --speech----> one plain sentence back        (speech.py, phrases.py)

`lexicon.py` tells how words are read: by the graph's phrases (phrasebook.py), by what stands around them (added/),
and without what that rules out (ruled_out/). `parse.py` goes this way up to the form: `forming.py` finds those of one
sentence, `answering.py` whether they answer what was asked. What the grammar and the parts have in common is how
something is said of a noun: `compose.py` allows what the schema does, by its links (links.py) and what its names tell
(naming.py), and changes the noun (modification.py); the nouns and what is said of them are in `descriptions.py`.

Nothing here knows a plant. Labels, relationship types, properties, their values and the nodes' names
come from the graph that is open; beside them there are only the words that every question is made of
and what people call a relation ("upstream of", "mounted on"). It is deterministic, and strict: a word
that no reading uses is no question understood, and two forms that mean different things are a question
back, not a guess.
"""
