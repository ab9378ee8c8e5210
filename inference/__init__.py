"""Local language models behind one protocol: llama.cpp in process, Ollama over HTTP on loopback.

Start with `contract.py`. `open_model(url)` in `inference/models.py` makes one from
`llama:PATH.gguf`, `ollama://HOST:PORT/MODEL` or `none:`. What may enter: a way to run a model
here, grammars, adapters. Nothing here knows what is asked.
"""
