"""A judge by its name."""

from __future__ import annotations

from marshtest.judges.inspect_judge import InspectJudge
from marshtest.judges.openai_judge import OpenAIJudge
from marshtest.judges.protocol import Judge, JudgeError

__all__ = ["open_judge"]

_INSPECT = "inspect:"


def open_judge(name: str, *, base_url: str | None = None, sends: bool = True) -> Judge:
    """Make the judge with this name.

    Args:
        name: A model of an OpenAI-compatible server, or `inspect:provider/model` for every other provider.
        base_url: Address of the OpenAI-compatible server.
        sends: Whether it will be called; one whose requests go to a file needs no key.

    Raises:
        JudgeError: It cannot be made: a missing key, an unknown provider, Inspect AI not installed.
    """
    if name.startswith(_INSPECT):
        if not sends:
            raise JudgeError("batch files are in the format of OpenAI; name a model without inspect: for them.")
        if base_url is not None:
            raise JudgeError("an address goes with an OpenAI-compatible server, not with a model of Inspect AI.")
        return InspectJudge(name.removeprefix(_INSPECT))
    return OpenAIJudge(name, base_url=base_url, api_key=None if sends else "none")
