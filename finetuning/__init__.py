"""Data sets, training, export and evaluation of the small local models.

    manuals, templates, windows, feedback -> pairs/ -> datasets/ -> training/ -> runs.py -> export/ -> inference
                                                                                         assistant/, cypher/ measure

`example.py` is what a data set is made of, `runs.py` what a training run leaves behind: start reading there.
What may enter: a way to make pairs, a format, a way to train, export and measure. torch, transformers and peft come
with the extra `finetune`, and are imported only where a function needs them.
"""
