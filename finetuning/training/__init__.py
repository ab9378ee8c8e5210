"""Tunes a small local model on a data set, on this machine's processor.

    recipe -> bases (a GGUF or a folder) -> encoding (tokens and mask) -> batches (packed, prefixes shared)
           -> model (method) -> loop (steps, evaluation, checkpoints) -> the run's folder (`finetuning/runs.py`)

`loop.py` is where to start reading. What may enter: methods, schedules and ways to be faster that give the same loss.
"""
