"""A language model as the victim: a Hugging Face model that is tuned to classify with LoRA (Hu and others 2021)."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from marshtest.errors import ConfigError
from marshtest.evaluation.impact.victims.extra import need

__all__ = ["LoraVictim"]


@dataclass(frozen=True, slots=True)
class LoraVictim:
    """A model from a local folder, its weights frozen, with small matrices beside every linear layer.

    Nothing is downloaded, no code that comes with the model is run, and weights are read as safetensors only.
    """

    model: Path
    """Folder with the model and its tokenizer, as `save_pretrained` writes them."""
    id: str = "lora"
    title: str = "language model tuned with LoRA"
    epochs: int = 3
    batch: int = 16
    rate: float = 1e-3
    """Step size of AdamW at the start; it falls to nothing."""
    rank: int = 8
    """Rank of the small matrices."""
    length: int = 256
    """How many tokens of a text are read."""

    def train(self, texts: Sequence[str], labels: Sequence[str], *, seed: int) -> _TrainedLora:
        """Tune a fresh copy of the model on these texts; see `Victim.train`.

        Raises:
            ConfigError: torch, transformers or peft is not installed, or the folder holds no such model.
        """
        need("lora", "torch", "transformers", "peft")
        import torch

        names = sorted(set(labels))
        wanted = torch.tensor([names.index(label) for label in labels])
        draw = Random(f"lora/{seed}")
        device = "cuda" if torch.cuda.is_available() else "cpu"
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            tokenizer, model = self._open(len(names))
            model.to(device).train()
            optimiser = torch.optim.AdamW([one for one in model.parameters() if one.requires_grad], lr=self.rate)
            steps = self.epochs * math.ceil(len(texts) / self.batch)
            falling = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, total_iters=steps)
            trained = _TrainedLora(tokenizer, model, names, self.length, device)
            order = list(range(len(texts)))
            for _ in range(self.epochs):
                draw.shuffle(order)
                for start in range(0, len(order), self.batch):
                    rows = order[start : start + self.batch]
                    optimiser.zero_grad()
                    answers = trained.answers([texts[row] for row in rows])
                    torch.nn.functional.cross_entropy(answers, wanted[rows].to(device)).backward()
                    optimiser.step()
                    falling.step()
        model.eval()
        return trained

    def _open(self, labels: int) -> tuple[Any, Any]:
        """Give the tokenizer, and the model with its small matrices."""
        from peft import LoraConfig, TaskType, get_peft_model
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        try:
            tokenizer = AutoTokenizer.from_pretrained(str(self.model), local_files_only=True, trust_remote_code=False)
            model = AutoModelForSequenceClassification.from_pretrained(
                str(self.model),
                num_labels=labels,
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                ignore_mismatched_sizes=True,
            )
        except (OSError, ValueError, KeyError) as error:
            first = (str(error).strip().splitlines() or [""])[0]
            raise ConfigError(
                f"{self.model}: holds no model that can classify ({first}); give a folder that save_pretrained wrote."
            ) from error
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
        if tokenizer.pad_token is None:
            raise ConfigError(f"{self.model}: its tokenizer has no token to fill texts up with; set pad_token.")
        model.config.pad_token_id = tokenizer.pad_token_id
        settings = LoraConfig(
            task_type=TaskType.SEQ_CLS, r=self.rank, lora_alpha=2 * self.rank, target_modules="all-linear"
        )
        with warnings.catch_warnings():  # peft asks transformers for something by its old name
            warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing", category=FutureWarning)
            return tokenizer, get_peft_model(model, settings)


@dataclass(frozen=True, slots=True)
class _TrainedLora:
    """A model with its tokenizer and labels."""

    tokenizer: Any
    model: Any
    names: Sequence[str]
    length: int
    device: str

    def answers(self, texts: Sequence[str]) -> Any:
        """Give the answers, shape (texts, labels)."""
        coded = self.tokenizer(
            list(texts), truncation=True, max_length=self.length, padding=True, return_tensors="pt"
        ).to(self.device)
        return self.model(input_ids=coded["input_ids"], attention_mask=coded["attention_mask"]).logits

    def predict(self, texts: Sequence[str]) -> list[str]:
        """Give the label of every text."""
        import torch

        found: list[str] = []
        with torch.inference_mode():
            for start in range(0, len(texts), 64):
                best = self.answers(texts[start : start + 64]).argmax(dim=1).tolist()
                found += [self.names[number] for number in best]
        return found
