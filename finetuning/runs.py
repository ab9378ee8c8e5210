"""What a training run leaves behind: one folder, readable without millhand.

    RUN/
      recipe.yaml          the recipe as it ran, every key
      data.json            files of the data set with sha256 and counts, supervised and read tokens
      samples.txt          three examples as the model saw them, what is learnt between marks
      results.csv          one line a measurement; `RESULT_COLUMNS`
      loss.png             training and validation loss
      status.json          running, interrupted, finished, stopped early, or failed with its sentence; best step
      checkpoint/          the newest state training goes on from: adapter, optimiser, position, random states
      adapter/             the best adapter: safetensors and its configuration; for `method: full` it is `model/`
      README.md            the model card: measured figures and limits
      export/              what `millhand finetune export` made, each file beside its measured row

A run is known by its folder's name. Everything is written beside its place and renamed, so a killed run is resumable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

RESULT_COLUMNS: Final = (
    "step",
    "elapsed_tokens",
    "elapsed_examples",
    "training_loss",
    "training_sequence_accuracy",
    "training_token_accuracy",
    "validation_loss",
    "validation_sequence_accuracy",
    "validation_token_accuracy",
    "learning_rate",
    "samples_per_s",
    "tokens_per_s",
    "flops",
    "seconds",
)


class Run:
    """The places of one run's files.

    Args:
        folder: The run's folder; it need not be there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.recipe = folder / "recipe.yaml"
        self.data = folder / "data.json"
        self.samples = folder / "samples.txt"
        self.results = folder / "results.csv"
        self.picture = folder / "loss.png"
        self.status = folder / "status.json"
        self.checkpoint = folder / "checkpoint"
        self.adapter = folder / "adapter"
        self.model = folder / "model"
        self.card = folder / "README.md"
        self.export = folder / "export"

    @property
    def name(self) -> str:
        """Its name: that of its folder."""
        return self.folder.name
