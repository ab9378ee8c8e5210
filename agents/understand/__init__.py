"""From a typed line to what is meant: language, tags, assets, fault codes, times, horizons.

Start with `question.py`. Everything here is a pure function of the text, the sensor registry and
the clock given to it: no model, no store, no randomness.
What may enter: another kind of thing that a question can name.
"""
