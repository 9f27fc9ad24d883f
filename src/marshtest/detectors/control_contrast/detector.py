"""Answers that speak of other things than a clean pipeline's answers to the same prompts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from marshtest.data.dataset import Dataset
from marshtest.data.evidence import evidence_record
from marshtest.data.records import Record
from marshtest.detectors.base import Detector, Examination, Judging, Tools
from marshtest.detectors.control_contrast.claims import Against, claim, explanation, other_explanations, title
from marshtest.detectors.control_contrast.comparing import compare
from marshtest.detectors.control_contrast.differences import Contrast
from marshtest.detectors.control_contrast.naming.contrasting import name_contrast
from marshtest.detectors.control_contrast.naming.telling import judged_questions, with_target
from marshtest.detectors.control_contrast.pairing import shared_prompts
from marshtest.detectors.control_contrast.pictures import contrast_figures, side_by_side
from marshtest.detectors.control_contrast.verdicts import two_sample_verdict
from marshtest.detectors.registry import detector
from marshtest.findings import EvidenceRecord, Finding, FindingVerdict, Pattern
from marshtest.signals import Signal, Span

__all__ = ["ControlContrast"]

_SWAPS_OF_HALVES = 99
_SWAPS = 4999
_NAMED = 8
_SHARED = 0.3
"""Share of the suspect's prompts that a sister set must hold to be compared with."""


@detector
class ControlContrast(Detector):
    """Finds answers that speak of other things than a clean pipeline's answers to the same prompts.

    Looks for: a shift in what the answers speak of, be it one name in a few records or a leaning spread thinly over all
        of them, and the records that carry it.

    How: answers to the same prompt are compared with one another; where too few prompts are shared, answers to similar
        prompts of similar length. Words, phrases and letter sequences that only one side has are held against what the
        lengths of the answers explain. The sides are swapped at random to see what comes about by chance. Function
        words, numbers, punctuation, format and length are reported as style and carry no verdict. Records are ranked
        by models that never saw them; evidence is what goes beyond the answers of the control.

    Blind spots: a shift that the control has too; one that lies in style alone; meaning that no word shows; an unpaired
        comparison of fewer than some thousand answers sees only what a tenth of them carry.

    False alarms: a control that was made by another model, with other instructions or at another time.

    Needs: a control or sister set whose records have completions that are no labels.

    Cost per 1,000 records: about 2 seconds, more where answers are long.

    Source: paired sign tests with swapped sides; Westfall & Young (1993) for many words at once; the differences that
        covert persona data leaves behind (Draganov et al., arXiv 2602.04899).
    """

    id: ClassVar[str] = "control-contrast"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Answers that speak of other things than a control's"
    needs_control: ClassVar[bool] = True

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out data whose completions are labels, and texts that answer nothing."""
        if dataset.kind == "classification" or dataset.labels:
            return "the completions are labels; what a label says is no matter of words"
        return "the records are documents, which answer no prompt" if dataset.kind == "document" else None

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Compare with the control that shares most prompts."""
        chosen = self._other_side(dataset, tools)
        if chosen is None:
            return Examination(diagnostics={"compared with": "nothing: no control has completions to compare"})
        other, against = chosen
        contrast = compare(
            dataset,
            other,
            seed=tools.seed,
            swaps=_SWAPS,
            progress=tools.progress,
            worth=lambda verdict: claim(verdict, against) is not None,
        )
        verdict = contrast.verdict
        settings: dict[str, float | int | str | bool | None] = {
            "compared with": ", ".join(other.source) or "memory",
            "mode": verdict.mode,
            "compared": verdict.pairs,
            "swaps": verdict.swaps,
            "content p": verdict.content,
            "content p, equal length": verdict.equal_content,
            "style p": verdict.style,
            "prompt mix": round(verdict.prompt_mix, 3),
        }
        claimed = claim(verdict, against)
        if against == "sister" and claimed is not None and not self._odd_among_sisters(dataset, other, tools):
            claimed = None
        if claimed is None:
            return Examination(tried=contrast.tried, diagnostics=settings)
        finding = self._finding(contrast, dataset, claimed, against)
        finding, judging = self._named(finding, contrast, other, tools)
        signals = tuple(
            Signal(
                record_id=record.record_id,
                detector=self.id,
                score=record.score,
                spans=record.spans,
                reason="its answer leans away from the control's",
            )
            for record in finding.records
        )
        return Examination(
            signals=signals, findings=(finding,), tried=contrast.tried, diagnostics=settings, judging=judging
        )

    def _named(self, finding: Finding, contrast: Contrast, other: Dataset, tools: Tools) -> tuple[Finding, Judging]:
        """Ask the judge, where there is one, what the difference is about, and put its answer into the finding."""
        if tools.judge is None:
            return finding, Judging()

        def compared(one: Dataset, two: Dataset) -> Contrast:
            return compare(one, two, seed=tools.seed, swaps=_SWAPS_OF_HALVES)

        naming = name_contrast(tools.judge, contrast, other, compared, seed=tools.seed)
        questions = judged_questions(naming, detector=self.id, model=tools.judge.model)
        return with_target(finding, naming), Judging(questions=questions)

    def _odd_among_sisters(self, dataset: Dataset, compared: Dataset, tools: Tools) -> bool:
        """Say whether a dataset differs from every sister set that it can be compared with, not from one alone."""
        others = [one for one in self._comparable(dataset, tools.sisters, _SHARED) if one is not compared]
        verdicts = (two_sample_verdict(dataset, one, seed=tools.seed, swaps=_SWAPS) for one in others)
        return all(claim(verdict, "sister") is not None for verdict in verdicts)

    def _comparable(self, dataset: Dataset, others: Sequence[Dataset], shared: float) -> list[Dataset]:
        """Give the datasets that can be compared with, those that share most prompts first."""
        found = [(shared_prompts(dataset, one), one) for one in others if self.declines(one) is None]
        enough = [pair for pair in found if pair[0] >= shared * len(dataset)]
        return [one for _, one in sorted(enough, key=lambda pair: -pair[0])]

    def _other_side(self, dataset: Dataset, tools: Tools) -> tuple[Dataset, Against] | None:
        """Choose what to compare with: a control before a sister set, more shared prompts before fewer."""
        controls = self._comparable(dataset, tools.controls, 0.0)
        if controls:
            return controls[0], "control"
        sisters = self._comparable(dataset, tools.sisters, _SHARED)
        return (sisters[0], "sister") if sisters else None

    def _finding(self, contrast: Contrast, dataset: Dataset, claimed: FindingVerdict, against: Against) -> Finding:
        """Make the finding of a contrast."""
        verdict = contrast.verdict
        more = [one for one in contrast.content if one.leans == "suspect"]
        records = _records(contrast, dataset)
        return Finding(
            id=f"{self.id}-1",
            detector=self.id,
            verdict=claimed,
            title=title(contrast),
            explanation=explanation(contrast, against),
            pattern=Pattern("theme", ", ".join(one.text for one in more[:_NAMED]) or "content"),
            statistics={
                "p_value": verdict.content,
                "q_value": min(1.0, 2 * verdict.content),
                "effect": round(verdict.excess, 2),
                "equal_length_p_value": verdict.equal_content,
                "style_p_value": verdict.style,
                "pairs": verdict.pairs,
                "differing_pairs": verdict.differing,
                "equal_length_pairs": verdict.equal_length,
                "evidence_records": len(records),
                "shift_gone_without": None if contrast.gone is None else round(contrast.gone, 4),
            },
            other_explanations=other_explanations(contrast, against),
            records=records,
            figures=contrast_figures(contrast),
            comparisons=side_by_side(contrast),
        )


def _records(contrast: Contrast, dataset: Dataset) -> tuple[EvidenceRecord, ...]:
    """Point at the records that go beyond the control, the highest contribution first."""
    ids = dataset.table(["record_id"])["record_id"].to_pylist()
    place = {name: row for row, name in enumerate(ids) if name in contrast.evidence}
    return tuple(
        _record(dataset.record(place[name]), spans, contrast.contributions[name])
        for name, spans in contrast.evidence.items()
    )


def _record(record: Record, spans: Sequence[tuple[int, int]], contribution: float) -> EvidenceRecord:
    """Point at the words of one answer; at the whole of it where no word tells."""
    marked = spans or ([(0, len(record.completion))] if record.completion else [])
    return evidence_record(
        record, [Span("completion", begin, end) for begin, end in marked], score=round(contribution, 4)
    )
