"""Measure one case: make its data, run the tool on it, compare with the truth."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.errors import ConfigError, InputError
from marshtest.evaluation.stress.adapters import find_tool
from marshtest.evaluation.stress.cases import Case, StressConfig
from marshtest.evaluation.stress.making import Made, is_named, make_case
from marshtest.evaluation.stress.memory import peak_mb, reset_peak
from marshtest.evaluation.stress.outcome import CaseOutcome
from marshtest.evaluation.stress.protocol import Tool
from marshtest.evaluation.stress.truth import TRUTH_FIELD, part_from_truth

__all__ = ["Bench"]

_KEPT = 2
"""Sets that stay in memory: cases of one set follow each other."""


@dataclass(slots=True)
class Bench:
    """Measures cases of one run, one after the other."""

    config: StressConfig
    paths: Mapping[str, str]
    """File of every set, by its name."""
    _sets: OrderedDict[str, tuple[Dataset, frozenset[int]]] = field(default_factory=OrderedDict)
    _tools: dict[str, Tool] = field(default_factory=dict)

    def measure(self, case: Case) -> CaseOutcome:
        """Measure one case; whatever breaks becomes a failed case, never a result."""
        try:
            return self._measure(case)
        except Exception as error:  # noqa: BLE001  tools of others break in their own ways
            return CaseOutcome(case=case, status="failed", reason=f"{type(error).__name__}: {error}"[:500])

    def _measure(self, case: Case) -> CaseOutcome:
        dataset, poison = self._set(case.data)
        try:
            made = make_case(case, dataset, poison, target_labels=self.config.target_labels)
        except (ConfigError, InputError) as error:  # the organism says what it needs; this set does not have it
            return CaseOutcome(case=case, status="unfit", reason=str(error), records=len(dataset))
        if case.tool not in self._tools:
            self._tools[case.tool] = find_tool(case.tool)
        return self._run(self._tools[case.tool], case, made)

    def _run(self, tool: Tool, case: Case, made: Made) -> CaseOutcome:
        size, truth = len(made.dataset), len(made.poison)
        refused = tool.refuses(made.dataset)
        if refused is not None:
            return CaseOutcome(case=case, status="refused", reason=refused, records=size, poison=truth)
        reset_peak()
        started = time.perf_counter()
        said = tool.examine(made.dataset, seed=case.seed)
        seconds, peak = time.perf_counter() - started, peak_mb()
        told = self.config.disclose == "full"
        comparable = bool(made.names) and said.names is not None
        return CaseOutcome(
            case=case,
            status="measured",
            records=size,
            poison=truth,
            flagged=len(said.records),
            hits=len(said.records & made.poison),
            claims=said.claims,
            suggestive=said.suggestive,
            named=is_named(said.names or (), made.names) if comparable else None,
            seconds=round(seconds, 3),
            peak_mb=peak,
            trigger=made.trigger if told else None,
            names=said.names if told else None,
        )

    def _set(self, name: str) -> tuple[Dataset, frozenset[int]]:
        """Read a set, or take it from those that were read last."""
        if name not in self._sets:
            dataset = read_dataset(self.paths[name], fields=self.config.fields, on_bad_record=self.config.on_bad_record)
            self._sets[name] = part_from_truth(dataset, self.config.truth_field or TRUTH_FIELD)
        self._sets.move_to_end(name)
        while len(self._sets) > _KEPT:
            self._sets.popitem(last=False)
        return self._sets[name]
