"""A scorer with a model on this machine: batched, padded, with the persona read once for all texts of a batch."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from jinja2 import TemplateError

from marshtest.errors import ConfigError
from marshtest.sweep.scorers.prefix_cache import PrefixCache, common_prefix
from marshtest.sweep.scorers.prompting import Encoded, Encoder
from marshtest.sweep.scorers.scorer import Likelihood, ScorerError, Size, Text, Unscored

__all__ = ["TransformersScorer"]

_NO_LIMIT: Final = 1 << 30
"""Tokens that a model reads when its configuration names no limit."""
_READ: Final = 1 << 20
"""Bytes at either end of a file of weights that identify it: reading all of them would take minutes."""
_CHECKED: Final = 4
"""Texts of the first batch that are also scored without the prefix cache, to see that it changes nothing."""
_CHECK_TOLERANCE: Final = 0.02
"""Relative difference of these scores that is allowed: several times the rounding of bfloat16, which has eight bits."""
_GPU_BATCH_TOKENS: Final = 16_384
"""Tokens in a batch on a GPU; halved where memory does not suffice. Chosen by eye: no record of the data."""
_CPU_BATCH_TOKENS: Final = 2_048
"""Tokens in a batch without a GPU. Chosen by eye: no record of the data."""


class TransformersScorer:
    """A causal language model from a local folder, as `save_pretrained` writes it.

    Nothing is downloaded, no code that comes with the model is run, and weights are read as safetensors only. The
    weights are read when the first text is scored, so that an estimate needs the tokenizer alone.

    Args:
        folder: The model with its tokenizer.
        batch_tokens: Tokens in a batch, at most, unless a single text is longer.
        longest: A completion is scored up to this token.
        prefix_cache: Whether the common beginning of a batch is read only once.

    Raises:
        ConfigError: torch or transformers is not installed, or the folder holds no tokenizer.
    """

    def __init__(
        self, folder: Path, *, batch_tokens: int | None = None, longest: int = 512, prefix_cache: bool = True
    ) -> None:
        if any(find_spec(package) is None for package in ("torch", "transformers")):
            raise ConfigError(
                "scoring with a model needs torch and transformers; install them with: pip install 'marshtest[lm]'"
            )
        import torch
        from transformers import AutoTokenizer

        if not (folder / "config.json").exists():
            raise ConfigError(f"{folder}: holds no model; give a folder that save_pretrained wrote.")
        try:
            tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
        except (OSError, ValueError, KeyError) as error:
            raise ConfigError(f"{folder}: holds no tokenizer ({_first_line(error)}); give a whole model.") from error
        self.passes = 0
        """Texts that went through the model."""
        self.tokens_read = 0
        """Tokens that went through the model, padding left out."""
        self._folder = folder
        self._longest = longest
        self._encoder = Encoder(tokenizer, str(folder))
        self._on_gpu = torch.cuda.is_available()
        self._batch_tokens = batch_tokens or (_GPU_BATCH_TOKENS if self._on_gpu else _CPU_BATCH_TOKENS)
        self._wants_cache = prefix_cache
        self._model: Any = None
        self._prefixes: PrefixCache | None = None
        self._cache_checked = False
        self._argument = "past_key_values"
        self._keeps = False
        self._most = _NO_LIMIT
        self._key = f"transformers:{_identity(folder)}:{'bf16' if self._on_gpu else 'f32'}:{longest}"

    @property
    def key(self) -> str:
        """Identify everything that could change a likelihood."""
        return self._key

    def size(self, text: Text) -> Size:
        """Count the tokens of a text without a persona."""
        try:
            encoded = self._encoder.encode(None, text)
        except TemplateError:
            return Size(0, 0)
        return Size(len(encoded.context), min(self._longest, len(encoded.completion)))

    def persona_tokens(self, persona: str) -> int:
        """Count the tokens that a persona adds to a text."""
        return self._encoder.count(f"{persona}\n\n")

    def score(
        self, persona: str | None, texts: Sequence[Text]
    ) -> Iterator[Sequence[tuple[int, Likelihood | Unscored]]]:
        """Score texts; see `Scorer.score`."""
        if not texts:
            return
        if self._model is None:
            self._open()
        rows: list[tuple[int, Encoded]] = []
        failed: list[tuple[int, Likelihood | Unscored]] = []
        for place, text in enumerate(texts):
            encoded = self._encoded(persona, text)
            if isinstance(encoded, Unscored):
                failed.append((place, encoded))
            else:
                rows.append((place, encoded))
        if failed:
            yield failed
        rows.sort(key=lambda row: -len(row[1].context) - len(row[1].completion))
        while rows:
            size = self._fitting(rows)
            sums = self._try_batch([encoded for _, encoded in rows[:size]])
            batch, rows = rows[: len(sums)], rows[len(sums) :]
            yield [
                (place, Likelihood(len(encoded.completion), value))
                for (place, encoded), value in zip(batch, sums, strict=True)
            ]

    def close(self) -> None:
        """Release the model."""
        self._model = self._prefixes = None

    def _open(self) -> None:
        import torch
        from transformers import AutoModelForCausalLM

        try:
            model = AutoModelForCausalLM.from_pretrained(
                str(self._folder),
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                dtype=torch.bfloat16 if self._on_gpu else torch.float32,
            )
        except (OSError, ValueError, KeyError) as error:
            raise ConfigError(
                f"{self._folder}: holds no model that writes text ({_first_line(error)}); "
                "give a folder that save_pretrained wrote."
            ) from error
        self._model = model.to("cuda" if self._on_gpu else "cpu").eval()
        takes = inspect.signature(model.forward).parameters
        self._argument = "cache" if "cache" in takes and "past_key_values" not in takes else "past_key_values"
        self._keeps = "logits_to_keep" in takes
        if self._wants_cache and PrefixCache.fits(model):
            self._prefixes = PrefixCache(self._model, self._argument)
        limit = getattr(model.config.get_text_config(), "max_position_embeddings", None)
        self._most = int(limit) if limit else _NO_LIMIT

    def _encoded(self, persona: str | None, text: Text) -> Encoded | Unscored:
        try:
            encoded = self._encoder.encode(persona, text)
        except TemplateError as error:
            return Unscored(f"the chat template refuses it: {_first_line(error)}")
        completion = encoded.completion[: self._longest]
        if not completion or not encoded.context:
            return Unscored("there is nothing to score")
        if len(encoded.context) + len(completion) > self._most:
            return Unscored("longer than the model reads")
        return Encoded(encoded.context, completion)

    def _fitting(self, rows: Sequence[tuple[int, Encoded]]) -> int:
        longest = len(rows[0][1].context) + len(rows[0][1].completion)
        return min(len(rows), max(1, self._batch_tokens // longest))

    def _try_batch(self, rows: Sequence[Encoded]) -> list[float]:
        """Score as many rows, from the first on, as fit in memory."""
        import torch

        while True:
            try:
                with torch.inference_mode():
                    return self._batch(rows)
            except torch.OutOfMemoryError as error:
                if len(rows) == 1:
                    raise ScorerError(
                        f"too little memory for a text of {len(rows[0].context) + len(rows[0].completion):,} tokens; "
                        "use a smaller model or cut completions shorter."
                    ) from error
            self._batch_tokens = max(1, self._batch_tokens // 2)
            torch.cuda.empty_cache()
            rows = rows[: len(rows) // 2]

    def _batch(self, rows: Sequence[Encoded]) -> list[float]:
        self.passes += len(rows)
        prefix: tuple[int, ...] = ()
        if self._prefixes is not None:
            shared = common_prefix([row.context + row.completion for row in rows])
            prefix = shared[: min(len(row.context) for row in rows) - 1]
        sums = self._forward(rows, prefix)
        if prefix and not self._cache_checked:
            self._cache_checked = True
            plain = self._forward(rows[:_CHECKED], ())
            if any(
                abs(one - other) > _CHECK_TOLERANCE * (1 + abs(other)) for one, other in zip(sums, plain, strict=False)
            ):
                self._prefixes = None  # the state of this model is not keys and values alone
                return self._forward(rows, ())
        return sums

    def _forward(self, rows: Sequence[Encoded], prefix: tuple[int, ...]) -> list[float]:
        """Give the sum of log-probabilities of each row's completion."""
        import torch

        device, begun = self._model.device, len(prefix)
        fresh = [(row.context + row.completion)[begun:-1] for row in rows]  # the last token predicts nothing
        width = max(map(len, fresh))
        ids = torch.zeros((len(rows), width), dtype=torch.long)
        seen = torch.zeros((len(rows), begun + width), dtype=torch.long)
        for number, given_ids in enumerate(fresh):
            ids[number, : len(given_ids)] = torch.tensor(given_ids)
            seen[number, : begun + len(given_ids)] = 1
        self.tokens_read += int(seen[:, begun:].sum())
        first = min(len(row.context) for row in rows) - 1 - begun
        given: dict[str, Any] = {
            "input_ids": ids.to(device),
            "attention_mask": seen.to(device),
            "position_ids": torch.arange(begun, begun + width, device=device).expand(len(rows), width),
        }
        if begun:
            assert self._prefixes is not None
            given |= {self._argument: self._prefixes.of(prefix, len(rows)), "use_cache": True}
        else:
            given["use_cache"] = False
        if self._keeps:
            given["logits_to_keep"] = width - first
        logits = self._model(**given).logits
        left_out = width - logits.shape[1]
        sums = []
        for number, row in enumerate(rows):
            start = len(row.context) - 1 - begun - left_out
            wanted = torch.tensor(row.completion, device=device)
            predicted = logits[number, start : start + len(row.completion)].float().log_softmax(dim=-1)
            sums.append(float(predicted.gather(1, wanted[:, None]).double().sum()))
        return sums


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [""])[0]


def _identity(folder: Path) -> str:
    """Identify a model by its configuration, its template, and the names, sizes and ends of its weight files."""
    digest = blake2b(digest_size=12)
    for path in sorted(folder.iterdir()):
        if path.suffix in {".json", ".jinja", ".txt", ".model"} and path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        elif path.suffix == ".safetensors":
            digest.update(f"{path.name} {path.stat().st_size}".encode() + b"\0")
            with path.open("rb") as file:
                digest.update(file.read(_READ))
                file.seek(max(0, path.stat().st_size - _READ))
                digest.update(file.read(_READ))
    return digest.hexdigest()
