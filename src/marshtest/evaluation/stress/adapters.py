"""The tools by name: all our detectors, one of them, a peer, or a tool of the user."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass

from marshtest.auditing.runner import Runner
from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Tools
from marshtest.detectors.registry import registered_detectors
from marshtest.errors import ConfigError
from marshtest.evaluation.stress.peers import PEERS
from marshtest.evaluation.stress.protocol import Flagged, Tool

__all__ = ["OURS", "DetectorsTool", "find_tool"]

OURS = "marsh"
"""The name of all our detectors together, as an audit runs them."""


@dataclass(frozen=True, slots=True)
class DetectorsTool:
    """Detectors of ours: what they confirm is what they flag."""

    name: str
    detectors: Sequence[Detector]

    @property
    def version(self) -> str:
        """Name every detector with its version."""
        return ", ".join(f"{one.id} {one.version}" for one in self.detectors)

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse what every detector refuses."""
        reasons = [one.declines(dataset) for one in self.detectors]
        return None if None in reasons else "; ".join(filter(None, reasons)) or "there is no detector"

    def examine(self, dataset: Dataset, *, seed: int) -> Flagged:
        """Run the detectors as an audit does, without controls and without a judge."""
        examined = Runner(tools=Tools(seed=seed)).examine(self.detectors, dataset)
        broken = [f"{run.id}: {run.reason}" for run in examined.runs if run.status == "failed"]
        if broken:
            raise RuntimeError("; ".join(broken))
        confirmed = [finding for finding in examined.findings if finding.verdict == "confirmed"]
        return Flagged(
            records=frozenset(record.record_id for finding in confirmed for record in finding.records),
            names=tuple(finding.pattern.text for finding in confirmed),
            claims=len(confirmed),
            suggestive=len(examined.findings) - len(confirmed),
        )


def find_tool(name: str) -> Tool:
    """Make the tool of this name: `marsh`, the id of a detector, a peer, or `package.module:name` for one of yours.

    Raises:
        ConfigError: There is none, or what it needs is not installed.
    """
    detectors = registered_detectors()
    if name == OURS:
        return DetectorsTool(OURS, [one() for one in detectors.values() if not one.needs_judge])
    if name in detectors:
        if detectors[name].needs_judge:
            raise ConfigError(f"the detector {name!r} asks a judge, and marsh stress has none; name another --tool.")
        return DetectorsTool(name, [detectors[name]()])
    if name in PEERS:
        return PEERS[name]()
    if ":" in name:
        return _loaded(name)
    known = ", ".join([OURS, *detectors, *PEERS])
    raise ConfigError(f"there is no tool {name!r}; known: {known}, or name yours as package.module:name.")


def _loaded(name: str) -> Tool:
    """Import a tool of somebody else."""
    module, _, attribute = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(f"the tool {name!r} cannot be loaded ({error}); is its folder on PYTHONPATH?") from error
    tool = found() if isinstance(found, type) else found
    if not isinstance(tool, Tool):
        raise ConfigError(f"{name!r} is no tool: it needs name, version, refuses(dataset) and examine(dataset, seed).")
    return tool
