"""`millhand finetune corpus`: manuals of machines that do not exist, to train on."""

from __future__ import annotations

from tui.cli.common import verb_group

app = verb_group()
