"""The model as it was trained, in transformers and fp32: what every exported form is held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finetuning.export.merged import load_merged
from inference.contract import Scored

if TYPE_CHECKING:
    from finetuning.export.tuned import Tuned
    from finetuning.training.encoding import Encoded, Encoder


class Stack:
    """A run's model in the training stack.

    Args:
        tuned: The run.
        encoder: Of its base.

    Raises:
        BadInput: As `load_merged` does.
    """

    def __init__(self, tuned: Tuned, encoder: Encoder) -> None:
        self._model = load_merged(tuned)
        self._encoder = encoder

    def score(self, example: Encoded) -> list[Scored]:
        """Returns what the model thinks of each token of an example's answer (teacher forcing)."""
        import torch

        tokens = torch.tensor([example.prompt + example.answer])
        with torch.inference_mode():
            logits = self._model(input_ids=tokens, logits_to_keep=len(example.answer) + 1).logits[0, :-1]
        likelihoods = logits.log_softmax(-1)
        chosen = likelihoods.argmax(-1).tolist()
        return [
            Scored(float(likelihoods[index, token]), chosen[index] == token)
            for index, token in enumerate(example.answer)
        ]

    def answer(self, example: Encoded, most: int) -> str:
        """Returns what the model writes after an example's prompt: the likeliest token each time, up to its end."""
        import torch

        end = example.answer[-1]
        prompt = torch.tensor([example.prompt])
        with torch.inference_mode():
            written = self._model.generate(
                input_ids=prompt,
                attention_mask=torch.ones_like(prompt),
                max_new_tokens=most,
                do_sample=False,
                eos_token_id=end,
                pad_token_id=self._encoder.tokenizer.pad_token_id,
            )[0, len(example.prompt) :].tolist()
        text: str = self._encoder.tokenizer.decode([token for token in written if token != end])
        return text
