"""Sentences from facts, by templates, in English and French: one module a kind of answer.

Start with `speech.py`. A sentence says only what facts hold, with the precision the instrument has
and the mark of the evidence; `agents/claims.py` checks that it does.
What may enter: the sentences of another tool.
"""
