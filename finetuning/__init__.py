"""Datasets, training, export and evaluation of the small local models.

Nothing lives here yet: the extra `finetune` holds what it will need (torch, transformers, peft).
What may enter: a recipe, a way to make pairs, a way to train, export and measure.
"""
