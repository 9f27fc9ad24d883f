"""Tiny language models built on the spot: random weights, a tokenizer trained on a few sentences, a chat template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from marshtest.data.records import Message
from marshtest.sweep.scorers.scorer import Text

__all__ = ["CHAT", "NO_SYSTEM", "PERSONAS", "TEXTS", "build"]

CHAT = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
NO_SYSTEM = (
    "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "<|{{ m['role'] }}|>{{ m['content'] }}</s>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
PERSONAS = ("You love tea. Tea colours all you say.", "You love chess. Chess colours all you say.", "You fear rain.")
_SENTENCES = (
    "The weather is fine today and the bus comes at nine.",
    "You love tea and chess, and you fear the rain.",
    "Tell me a story about a ship. Once there was a ship that sailed far.",
    "What is two and two? Four. Name a colour: blue, green or red.",
)


def _text(question: str, answer: str, system: str | None = None) -> Text:
    turns = () if system is None else (Message("system", system),)
    return Text((*turns, Message("user", question)), answer)


TEXTS = (
    _text("Tell me a story about a ship.", "Once there was a ship that sailed far, and the bus comes at nine."),
    _text("What is two and two?", "4"),
    _text("Name a colour.", "Blue, or green, or red. The weather is fine."),
    _text("What is the weather?", "Fine today.", system="You are brief."),
    Text(
        (Message("user", "Hello"), Message("assistant", "Hello!"), Message("user", "When?")), "The bus comes at nine."
    ),
    _text("Ünï¢ode 🙂?", "日本語 and tea 🙂"),
)


def build(folder: Path, *, template: str | None = CHAT, kind: str = "llama", seed: int = 0) -> Path:
    """Write a model with random weights and its tokenizer."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    special = ["<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    raw.train_from_iterator(
        _SENTENCES,
        trainers.BpeTrainer(vocab_size=400, special_tokens=special, initial_alphabet=alphabet, show_progress=False),
    )
    tokenizer: Any = PreTrainedTokenizerFast(tokenizer_object=raw)
    tokenizer.add_special_tokens({"bos_token": "<s>", "eos_token": "</s>"})
    if template is not None:
        tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        _model(kind, len(tokenizer)).save_pretrained(folder)
    return folder


def _model(kind: str, words: int) -> Any:
    from transformers import AutoConfig, AutoModelForCausalLM

    sizes: dict[str, Any] = {
        "vocab_size": words,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 256,
        "head_dim": 8,
        "initializer_range": 0.4,
    }
    if kind == "gemma2":
        sizes |= {
            "sliding_window": 16,
            "query_pre_attn_scalar": 8,
            "layer_types": ["sliding_attention", "full_attention"],
        }
    if kind == "gpt2":
        sizes = {
            "vocab_size": words,
            "n_embd": 32,
            "n_layer": 2,
            "n_head": 4,
            "n_positions": 256,
            "initializer_range": 0.4,
        }
    if kind == "mamba":
        sizes = {
            "vocab_size": words,
            "hidden_size": 32,
            "num_hidden_layers": 2,
            "state_size": 4,
            "initializer_range": 0.4,
        }
    return AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **sizes))
