"""`millhand finetune`: from manuals and records to a small model tuned on this machine.

Each module has the verbs of one step: data, training, export.
"""

from __future__ import annotations

from tui.cli import finetune_corpus, finetune_data, finetune_export, finetune_pairs, finetune_train
from tui.cli.common import verb_group

app = verb_group(
    "Make data, tune the small model on it, use it. "
    "Example: millhand finetune pairs CW-100-manual.pdf --task manuals --out data"
)

for _step in (finetune_pairs, finetune_data, finetune_corpus, finetune_train, finetune_export):
    app.add_typer(_step.app)  # without a name: its verbs are ours
