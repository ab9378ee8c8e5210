"""`millhand finetune`: train, and look at runs."""

from __future__ import annotations

from tui.cli.common import verb_group

app = verb_group()
