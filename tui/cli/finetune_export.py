"""`millhand finetune`: export a run, and deploy it."""

from __future__ import annotations

from tui.cli.common import verb_group

app = verb_group()
