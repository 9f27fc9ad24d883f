"""The victims by the names they have on the command line."""

from __future__ import annotations

from pathlib import Path

from marshtest.errors import ConfigError
from marshtest.evaluation.impact.victims.base import Victim
from marshtest.evaluation.impact.victims.cnn import CnnVictim
from marshtest.evaluation.impact.victims.extra import need
from marshtest.evaluation.impact.victims.linear import LinearVictim
from marshtest.evaluation.impact.victims.lora import LoraVictim

__all__ = ["VICTIMS", "open_victim"]

VICTIMS = ("linear", "cnn", "lora")


def open_victim(name: str, *, model: Path | None = None) -> Victim:
    """Give a victim by its name.

    Args:
        name: One of `VICTIMS`.
        model: Folder of the model that `lora` tunes; the others take none.

    Raises:
        ConfigError: There is no such victim, it lacks a package, or the model is missing or not wanted.
    """
    if name not in VICTIMS:
        raise ConfigError(f"there is no victim {name!r}; the victims are {', '.join(VICTIMS)}.")
    if (name == "lora") != (model is not None):
        raise ConfigError(
            "the victim lora needs the folder of a model, and only lora takes one: --victim lora --model DIR."
        )
    if name == "cnn":
        need(name, "torch")
        return CnnVictim()
    if model is not None:
        need(name, "torch", "transformers", "peft")
        if not model.is_dir():
            raise ConfigError(f"{model}: is no folder; nothing is downloaded, so give the folder of a model.")
        return LoraVictim(model)
    return LinearVictim()
