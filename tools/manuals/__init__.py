"""What the manuals say: a question in, quotes with their page out, or "Not found in the manuals".

    question -> retrieval (which passages) -> a model reads them, or extracts -> check (verbatim, or cut) -> quotes

`tool.py` is where to start reading; `prompt.py` is the one place of the format in which a model is asked and trained.
What may enter: ways to find passages, ways to answer from them. Nothing that rephrases a manual.
"""
