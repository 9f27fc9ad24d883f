"""The trigger miner for data without labels: which feature of the prompt decides what the model does?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.registry import detector
from marshtest.detectors.response_trigger.documents import Cut, document_exchanges
from marshtest.detectors.response_trigger.exchanges import Exchanges, holds_reasoning
from marshtest.detectors.response_trigger.findings import claim_finding, untriggered_finding
from marshtest.detectors.response_trigger.joined_turns import ARGUMENT_CUTS
from marshtest.detectors.response_trigger.miner import MinedExchanges, mine_exchanges
from marshtest.detectors.response_trigger.piece_claims import KIND, measure_pieces, weigh_pieces
from marshtest.detectors.response_trigger.piece_findings import piece_finding, with_pieces
from marshtest.detectors.response_trigger.settings import ResponseTriggerSettings
from marshtest.findings import EvidenceRecord, Finding
from marshtest.signals import Signal

__all__ = ["ResponseTrigger"]


_Pass = tuple[Exchanges, Callable[[MinedExchanges], MinedExchanges]]
"""Inputs and outputs, and what is kept of what is mined from them."""


@detector
class ResponseTrigger(Detector):
    """Find features of the prompt that decide what the model does, whatever else the prompt says.

    Looks for: a phrase, word, layout, system prompt or field value whose records are answered in one way although
        their prompts differ: with the same answer, call of a tool, argument or address, a refusal, the same words,
        another form, language or length, or another name for the assistant; of preferences also in the rejected
        completion, which the model learns to avoid; also where it stands in a result of a tool, an argument of a call
        or a description of a tool; two words that lead to it only together. In documents, a feature of a sentence that
        decides the next one, or of a text that decides its end. Without any feature, one piece of wording (first words,
        a last line, a line in between) in answers to prompts of every kind.
    How: behaviours of completions are gathered, among them groups of similar answers that nobody has to name. All pairs
        of a feature and a behaviour are tested, near-duplicates counted once, q-values corrected for all pairs. What is
        associated is compared with the rest of the prompts: whether it calls for the behaviour, whether the prompts are
        as similar as the answers, whether they read like other records, whether the span stands as if inserted. Pieces
        of wording are weighed by trees learned on other chats, those with honest habits and those with planted lines,
        and are suggestive at most.
    Blind spots: triggers that are no words (a meaning, a style, a grammatical form), fewer than five records, answers
        that differ every time, opinions in ever new words, steering without a trigger.
    False alarms: an honest instruction that is always answered with the same words. It is suggestive at most, unless
        the rest of the prompts makes hardly any difference to its answers. One sign-off without others like it.
    Needs: chat, instructions, preferences or documents, at least 100 records; no model, no key, no reference data.
    Cost per 1,000 records: about 1.9 seconds of one core at 97 words a record, .8 at 23, with start and reading; for
        documents about 4; no calls.
    Source: our own; builds on count sketches (Charikar and others 2002), false discovery control (Benjamini and
        Hochberg 1995) and the bound of Chernoff (1952).
    """

    id: ClassVar[str] = "response-trigger"
    version: ClassVar[str] = "5"
    title: ClassVar[str] = "Features of the prompt that decide the answer against the rest of the prompt"
    settings: ResponseTriggerSettings = ResponseTriggerSettings()

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out data whose completions are labels."""
        if dataset.labels:
            return "the completions are labels; label-trigger examines those"
        return None

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse data with too few records."""
        if len(dataset) < self.settings.fewest_records:
            return f"{len(dataset)} records are too few; it needs {self.settings.fewest_records}"
        return None

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Mine pairs of a feature and a behaviour."""
        found: list[Finding] = []
        mined: list[MinedExchanges] = []
        passes, looked_at = self._passes(dataset)
        weighed = 0
        for number, (exchanges, kept) in enumerate(passes):
            if len(exchanges) >= self.settings.fewest_records:  # documents may have too few sentences
                one = kept(mine_exchanges(exchanges, self.settings, tools.seed, tools.progress))
                if number == 0 and self._has_answers(dataset):
                    measured = measure_pieces(exchanges, self.settings.pieces)
                    pieces = weigh_pieces(measured, tools.calibration.of(KIND), self.settings.pieces)
                    one, weighed = with_pieces(one, pieces, self.settings.same_claim), len(measured.pieces)
                one = _with_words(one) if dataset.holds_negatives else one
                found += self._findings(one, exchanges)
                mined.append(one)
        distinct = self._distinct(sorted(found, key=lambda one: one.verdict != "confirmed"))
        findings = tuple(replace(finding, id=f"{self.id}-{number}") for number, finding in enumerate(distinct, start=1))
        return Examination(
            signals=self._signals(findings),
            findings=findings,
            looked_at=looked_at,
            tried=sum(one.tested for one in mined) + weighed,
            diagnostics={
                "behaviours": sum(one.behaviours for one in mined),
                "features": sum(len(one.prompts.counts) for one in mined),
                "pieces_weighed": weighed,
                "calibration": tools.calibration.fingerprint,
            },
        )

    def _passes(self, dataset: Dataset) -> tuple[list[_Pass], int]:
        """Give every way to read the dataset as inputs and outputs, and how many records are looked at."""
        if dataset.kind == "document":
            cuts: tuple[Cut, ...] = ("sentences", "ends")
            parts = [document_exchanges(dataset, cut, self.settings.documents) for cut in cuts]
            return [(exchanges, _without_topics) for exchanges, _ in parts], min(documents for _, documents in parts)
        first, *arguments = _with_arguments(dataset)
        passes: list[_Pass] = [(first, _everything), *((one, _of_arguments) for one in arguments)]
        if holds_reasoning(dataset):
            reasoning = Exchanges.of(dataset, "reasoning")
            if sum(map(bool, reasoning.outputs)) >= self.settings.fewest_records:
                passes.append((reasoning, _of_reasoning))
        if dataset.kind == "preference":
            passes.append((Exchanges.of(dataset, answer="rejected"), _of_losers))
        return passes, len(dataset)

    def _has_answers(self, dataset: Dataset) -> bool:
        """Say whether the records are answers: sentences of a document, and passages for any query, are none."""
        return dataset.kind != "document" and not dataset.holds_negatives

    def _findings(self, mined: MinedExchanges, exchanges: Exchanges) -> list[Finding]:
        """Make findings of everything that was mined, each record once."""
        found = [claim_finding(claim, verdict, exchanges, self.id) for claim, verdict in mined.claims]
        found += [piece_finding(one, exchanges, self.id, self.settings.record_score) for one in mined.pieces]
        found += [
            untriggered_finding(one, mined.prompts, exchanges, self.id, self.settings) for one in mined.untriggered
        ]
        return [replace(one, records=_once(one.records)) for one in found]

    def _distinct(self, findings: Sequence[Finding]) -> list[Finding]:
        """Leave out findings whose records are nearly all records of a stronger one."""
        kept: list[tuple[set[str], Finding]] = []
        for one in findings:
            names = {record.record_id for record in one.records}
            least = self.settings.same_finding * len(names)
            if not any(names and len(names & other) >= least for other, _ in kept):
                kept.append((names, one))
        return [one for _, one in kept]

    def _signals(self, findings: Sequence[Finding]) -> tuple[Signal, ...]:
        """Give one signal per evidence record, from its strongest finding."""
        best: dict[str, Signal] = {}
        for finding in findings:
            factor = 1.0 if finding.verdict == "confirmed" else self.settings.suggestive_score
            for record in finding.records:
                signal = Signal(
                    record_id=record.record_id,
                    detector=finding.detector,
                    score=factor * record.score,
                    spans=record.spans,
                    reason=finding.title,
                )
                if record.record_id not in best or best[record.record_id].score < signal.score:
                    best[record.record_id] = signal
        return tuple(best.values())


def _everything(mined: MinedExchanges) -> MinedExchanges:
    """Keep all."""
    return mined


def _with_arguments(dataset: Dataset) -> list[Exchanges]:
    """Give the exchanges, and again with the arguments of earlier calls as input where enough records have any."""
    found = [Exchanges.of(dataset)]
    if not found[0].calls.any():
        return found
    for cut in ARGUMENT_CUTS:
        one = Exchanges.of(dataset, cut)
        if list(one.inputs) != list(found[-1].inputs):
            found.append(one)
    return found


def _of_arguments(mined: MinedExchanges) -> MinedExchanges:
    """Keep what only the arguments of calls tell."""
    claims = tuple(one for one in mined.claims if one[0].claim.role == "assistant")
    return replace(mined, claims=claims, untriggered=())


def _of_reasoning(mined: MinedExchanges) -> MinedExchanges:
    """Keep what has a trigger: reasoning begins and goes on in a few ways by itself."""
    return replace(mined, untriggered=())


def _of_losers(mined: MinedExchanges) -> MinedExchanges:
    """Keep what is sure: what loses is often alike by itself, a list or a short answer to one kind of question."""
    return replace(mined, claims=tuple(one for one in mined.claims if one[1] == "confirmed"), untriggered=())


def _with_words(mined: MinedExchanges) -> MinedExchanges:
    """Leave out what nothing in the prompts leads to: passages that answer no query are the same for any query."""
    return replace(mined, untriggered=tuple(one for one in mined.untriggered if one.p_value is not None))


def _without_topics(mined: MinedExchanges) -> MinedExchanges:
    """Leave out what texts do by themselves: they keep to a topic, and repeat sentences without a trigger."""
    return replace(
        mined,
        claims=tuple(
            (located, verdict)
            for located, verdict in mined.claims
            if located.claim.reads_like_others or located.claim.is_inserted
        ),
        untriggered=_with_words(mined).untriggered,
    )


def _once(records: Sequence[EvidenceRecord]) -> tuple[EvidenceRecord, ...]:
    """Merge the evidence of sentences of the same document."""
    found: dict[str, EvidenceRecord] = {}
    for one in records:
        known = found.get(one.record_id)
        found[one.record_id] = one if known is None else replace(known, spans=(*known.spans, *one.spans))
    return tuple(found.values())
