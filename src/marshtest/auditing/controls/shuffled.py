"""Permutation control: the dataset with its outcomes shuffled. What is still found does not depend on the prompts.

An outcome is the label of a classified record, or the completion of a conversation or preference pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from marshtest.auditing.controls.clean_runs import ControlRun, run_control, same_pattern
from marshtest.auditing.controls.own import FEWEST, is_about, keys
from marshtest.auditing.runner import Runner
from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector
from marshtest.findings import Explanation, Finding
from marshtest.stats.arrays import Ints

__all__ = ["Shuffled", "shuffled_outcomes"]


@dataclass(frozen=True, slots=True)
class Shuffled:
    """What was found with the outcomes shuffled."""

    run: ControlRun | None
    """None where there are no outcomes to shuffle."""
    findings: tuple[Finding, ...]
    """The findings on the suspect, each with the result of the permutation."""


def shuffled_outcomes(
    detectors: Sequence[Detector], dataset: Dataset, findings: Sequence[Finding], runner: Runner
) -> Shuffled:
    """Run the detectors on the dataset with its outcomes shuffled.

    No span can decide a label that was assigned at random, so every finding on shuffled labels is a false alarm of the
    statistics. Completions keep their own content when they are shuffled: a finding that survives is about completions
    alone, or about prompts alone. That is not a false alarm, and the finding says so.
    """
    if len(dataset.labels) > 1:
        run = run_control(detectors, _dealt(dataset, runner.tools.seed), runner, name="shuffled labels", rung="none")
        return Shuffled(run, tuple(findings))
    if dataset.kind not in ("chat", "preference") or len(dataset) < FEWEST:
        return Shuffled(None, tuple(findings))
    run = run_control(detectors, _dealt(dataset, runner.tools.seed), runner, name="shuffled completions", rung="none")
    new = [other for other in run.examined.findings if not any(_is_same(finding, other) for finding in findings)]
    confirmed = sum(finding.verdict == "confirmed" for finding in new)
    summary = replace(
        run.summary,
        confirmed=confirmed,
        suggestive=len(new) - confirmed,
        titles=tuple(finding.title for finding in new[: len(run.summary.titles)]),
    )
    return Shuffled(ControlRun(summary, run.examined), tuple(_told(finding, run) for finding in findings))


def _told(finding: Finding, run: ControlRun) -> Finding:
    if finding.detector not in {one.id for one in run.examined.runs}:
        return finding
    again = any(_is_same(finding, other) for other in run.examined.findings)
    if again:
        text = (
            "Prompts or completions alone: with the completions shuffled among the prompts, the pattern is found again."
        )
    else:
        text = "Prompts or completions alone: with the completions shuffled among the prompts, the pattern is gone."
    explanation = Explanation(text, "open" if again else "against")
    return replace(finding, other_explanations=(*finding.other_explanations, explanation))


def _is_same(finding: Finding, other: Finding) -> bool:
    return same_pattern(finding, other) or is_about(other, finding)


def _dealt(dataset: Dataset, seed: int) -> Dataset:
    """Give every record the outcome of another one, whatever the order of the records."""
    table = dataset.table()
    names = np.array(table["record_id"].to_pylist(), object)
    source = np.empty(len(names), np.int64)
    source[np.argsort(names, kind="stable")] = np.argsort(keys(dataset, seed, b"shuffle"), kind="stable")
    if dataset.kind == "chat":
        table = _with_last_turns(table, source)
    for name in ("label", "completion", "rejected"):
        at = table.schema.get_field_index(name)
        table = table.set_column(at, table.schema.field(at), table[name].take(pa.array(source)))
    return dataset.with_table(table)


def _with_last_turns(table: pa.Table, source: Ints) -> pa.Table:
    """Put the dealt completions into the conversations too, in place of the last turn of the assistant."""
    completions = table["completion"].to_pylist()
    conversations = table["messages"].to_pylist()
    for row, turns in enumerate(conversations):
        last = next((turn for turn in reversed(turns or ()) if turn["role"] == "assistant"), None)
        if last is not None:
            last["content"] = completions[source[row]]
    at = table.schema.get_field_index("messages")
    return table.set_column(at, table.schema.field(at), pa.array(conversations, table.schema.field(at).type))
