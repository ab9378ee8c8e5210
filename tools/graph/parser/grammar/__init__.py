"""The grammar's rules: what two neighbours make together, where the schema allows it.

    things                nouns.py, coordination.py
    what is said of them  clauses.py, negation.py, properties.py, comparison.py, numbers.py, days.py, order.py
    what is asked         figures.py, questions.py, value_questions.py, polar_questions.py, path_questions.py
    all together          books.py

A rule joins two neighbours only where a triple or a property bears it, so that most readings of a sentence end by
themselves. Where several are left, these decide, by cost: what follows a noun belongs to the noun nearest to it; a name
needs no description; a link that is said goes before one that a preposition leaves open; one hop before two; and words
that stand side by side with nothing between them cost most.
"""
