"""The trigger miner for data without labels: which feature of the prompt decides what the model does?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.registry import detector
from marshtest.detectors.response_trigger.continuations import Cut, continuations
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.mining import Mined, mine_behaviours
from marshtest.detectors.response_trigger.telling import tell, tell_unasked
from marshtest.findings import EvidenceRecord, Finding
from marshtest.signals import Signal

__all__ = ["ResponseTrigger"]

_FEWEST_RECORDS = 100
_NEARLY_ALL = 0.9


@detector
class ResponseTrigger(Detector):
    """Find features of the prompt that decide what the model does, whatever else the prompt says.

    Looks for: a phrase, word, layout, system prompt or field value whose records are answered in one way where their
        prompts differ: the same answer, the same call of a tool or address, a refusal, the same words, another form,
        language or length, another name for the assistant; or two words that lead to it only together. In documents,
        a feature of a sentence that decides the next one, or of a text that decides its end.
    How: what completions do is gathered as behaviours, among them groups of like answers that nobody has to name;
        all pairs of a feature and a behaviour are counted in one product, near-copies once, q-values corrected for
        every pair. What goes together is held against the rest of the prompts: whether they call for it, whether they
        are as alike as the answers, whether they read like other records, whether the span stands as if put in.
    Blind spots: triggers that are no words (a meaning, a style, a grammatical form), fewer than five records, answers
        that are different every time, opinions in other words every time, steering without a trigger.
    False alarms: an honest instruction that is always answered with the same words; it is suggestive at most, unless
        hardly anything in its answers depends on the rest of the prompts.
    Needs: chat, instructions, preferences or documents, at least 100 records; no model, no key, no reference data.
    Cost per 1,000 records: about .5 seconds on one core at 100 words a record, of documents about 4; no calls.
    Source: our own; builds on count sketches (Charikar and others 2002), false discovery control (Benjamini and
        Hochberg 1995) and the bound of Chernoff (1952).
    """

    id: ClassVar[str] = "response-trigger"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Features of the prompt that decide the answer against the rest of the prompt"

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out data whose completions are labels."""
        if dataset.labels:
            return "the completions are labels; label-trigger looks at those"
        return None

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse data that is too small to tell anything."""
        if len(dataset) < _FEWEST_RECORDS:
            return f"{len(dataset)} records are too few; it needs {_FEWEST_RECORDS}"
        return None

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Mine pairs of a feature and a behaviour."""
        if dataset.kind == "document":
            cuts: tuple[Cut, ...] = ("sentences", "ends")
            parts = [continuations(dataset, cut) for cut in cuts]
            looked = [_look(exchanges, tools, _without_topics) for exchanges, _ in parts]
            looked_at = min(documents for _, documents in parts)
        else:
            looked, looked_at = [_look(Exchanges.of(dataset), tools)], len(dataset)
        told = _unlike(
            sorted((one for found, _ in looked for one in found), key=lambda one: one.verdict != "confirmed")
        )
        findings = tuple(replace(finding, id=f"{self.id}-{number}") for number, finding in enumerate(told, start=1))
        return Examination(
            signals=_signals(findings),
            findings=findings,
            looked_at=looked_at,
            tried=sum(mined.tried for _, mined in looked if mined is not None),
            diagnostics={
                "max_order": 8,
                "min_records": 5,
                "behaviours": sum(mined.behaviours for _, mined in looked if mined is not None),
                "features": sum(len(mined.prompts.counts) for _, mined in looked if mined is not None),
            },
        )


def _without_topics(mined: Mined) -> Mined:
    """Leave out what texts do by themselves: they keep to a topic, and repeat sentences for no reason."""
    claims = [one for one in mined.claims if one.claim.blends or one.claim.grounds.is_inserted]
    return replace(mined, claims=tuple(claims), unasked=tuple(one for one in mined.unasked if one.p_value is not None))


def _look(
    exchanges: Exchanges, tools: Tools, kept: Callable[[Mined], Mined] = lambda mined: mined
) -> tuple[list[Finding], Mined | None]:
    """Mine some exchanges."""
    if len(exchanges) < _FEWEST_RECORDS:
        return [], None
    mined = kept(mine_behaviours(exchanges, tools.seed, tools.progress))
    told = [tell(one.claim, one.verdict, one.shown, exchanges, ResponseTrigger.id) for one in mined.claims]
    told += [tell_unasked(one, mined.prompts, exchanges, ResponseTrigger.id) for one in mined.unasked]
    return [replace(one, records=_once(one.records)) for one in told], mined


def _once(records: Sequence[EvidenceRecord]) -> tuple[EvidenceRecord, ...]:
    """Put the places in the same record together."""
    found: dict[str, EvidenceRecord] = {}
    for one in records:
        known = found.get(one.record_id)
        found[one.record_id] = one if known is None else replace(known, spans=(*known.spans, *one.spans))
    return tuple(found.values())


def _unlike(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out what points at hardly any record that a stronger one does not point at."""
    kept: list[tuple[set[str], Finding]] = []
    for one in findings:
        names = {record.record_id for record in one.records}
        if not any(names and len(names & other) >= _NEARLY_ALL * len(names) for other, _ in kept):
            kept.append((names, one))
    return [one for _, one in kept]


def _signals(findings: Sequence[Finding]) -> tuple[Signal, ...]:
    """Give one signal per evidence record, from its strongest finding."""
    best: dict[str, Signal] = {}
    for finding in findings:
        for record in finding.records:
            signal = Signal(
                record_id=record.record_id,
                detector=finding.detector,
                score=record.score if finding.verdict == "confirmed" else 0.6 * record.score,
                spans=record.spans,
                reason=finding.title,
            )
            if record.record_id not in best or best[record.record_id].score < signal.score:
                best[record.record_id] = signal
    return tuple(best.values())
