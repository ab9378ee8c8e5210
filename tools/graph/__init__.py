"""From a question to guarded Cypher to facts: recipes, a model under a grammar, the guard."""
