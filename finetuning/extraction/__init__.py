"""How well manuals are read, and what pair makers get from them, on pages whose text is known.

    manual of finetuning.corpus -> file in a layout -> extractor -> figures        measure.py
                                                    -> pair makers -> the gate     makers.py

`layouts.py` says which layouts there are, `extractors.py` which extractors: ours, plain pypdf, plain pdfplumber.
What may enter: an extractor, by a class named in `extractors.of`.
"""
