"""Manuals of invented machines, and questions on them in a person's words: what the reading of manuals is trained on.

    families/*.toml + words/*.toml --seed--> manual.py -> rendering/ -> a folder of manuals with manifest.json
    questions/*.toml + manifest.json + passages in a store -> questions.py -> pairs of maker `person`

`families.py` says what a family is. What may enter: a family (its manual in English, in French, its questions), a
wording, a format. No machine, number or sentence of an evaluation may enter.
"""
