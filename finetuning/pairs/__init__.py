"""Question and answer pairs from manuals: made by rules or by a model, let through one gate, shown beside passages.

    passages -> maker (rules, a model) -> gate -> pairs.jsonl -> examples (with distractors, in the prompt's format)

`contract.py` is where to start reading, then `make.py`; how people ask stands in `wordings/`. What may enter: a maker
of pairs, a check of the gate with its reason, wordings.
"""
