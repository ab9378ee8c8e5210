"""What a training run becomes, and where it is put to work.

    RUN -> tuned.py -> adapter.py   a GGUF adapter over the base's own GGUF file
                    -> merged.py    base and adapter in one, a folder of transformers
                    -> model.py     that folder as GGUF: f16, q8_0, q5_0, q4_0
                    -> measure.py   what each form lost, on the validation examples
                    -> deploy.py    the embedded model's settings, or a model of a running Ollama; then agreement.py

`forms.py` is where to start reading: it makes the forms and keeps their list. What may enter: a form, a place to deploy
to. Nothing that trains.
"""
