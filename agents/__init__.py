"""The LangGraph agent: understand -> route -> tools -> compose -> check the claims -> answer.

Start with `contract.py`, then `graph.py`. Sentences are made here and only from facts; a number
that resolves to no fact does not leave this room. What may enter: a step of that graph.
"""
