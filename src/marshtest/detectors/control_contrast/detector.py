"""Answers whose content differs from a clean pipeline's answers to the same prompts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Judging, Tools
from marshtest.detectors.control_contrast.comparing import compare, two_sample_tests
from marshtest.detectors.control_contrast.contrast import Contrast
from marshtest.detectors.control_contrast.findings import (
    Against,
    contrast_finding,
    judged_questions,
    refusal_of,
    summary_of,
    verdict_of,
    with_target,
)
from marshtest.detectors.control_contrast.naming.targets import name_contrast
from marshtest.detectors.control_contrast.settings import ControlContrastSettings
from marshtest.detectors.control_contrast.sides import shared_prompts
from marshtest.detectors.registry import detector
from marshtest.findings import Finding
from marshtest.judges.builtin.inquiry import BuiltinInquiry
from marshtest.signals import Signal

__all__ = ["ControlContrast"]


@detector
class ControlContrast(Detector):
    """Finds answers whose content differs from a clean pipeline's answers to the same prompts.

    Looks for: a shift in what the answers talk about, from one name in a few records to a leaning spread thinly over
        all of them, and the records that carry it.

    How: answers to the same prompt are compared with one another, in all controls together; where too few prompts are
        shared, answers to similar prompts of similar length. Words, phrases and letter sequences that only one side has
        are compared with what the lengths of the answers explain. Answers without a pair show a direction in which the
        pairs are tested too. A permutation test swaps the sides at random. Function words, numbers, punctuation, format
        and length are reported as style and play no part in the verdict. Records are ranked by models that were fitted
        on other records; evidence are the records that lean further than the control's answers. An unpaired comparison
        is refused where the prompts themselves differ.

    Blind spots: a shift that the control has too; one in style alone; meaning that no word shows; with a few hundred
        pairs, a shift spread thinly over all answers; in an unpaired comparison of fewer than a few thousand answers,
        anything carried by less than about a tenth of them.

    False alarms: a control that was made by another model, with other instructions or at another time.

    Needs: a control or sister set whose records have completions that are not labels.

    Cost per 1,000 records: about 2 seconds, more where answers are long.

    Source: paired permutation tests; Westfall & Young (1993) for many words at once; the differences that covert
        persona data leaves behind (Draganov et al., arXiv 2602.04899).
    """

    id: ClassVar[str] = "control-contrast"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Answers whose content differs from a control's"
    needs_control: ClassVar[bool] = True
    settings: ControlContrastSettings = ControlContrastSettings()

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out data whose completions are labels, and documents, which have no prompt."""
        if dataset.kind == "classification" or dataset.labels:
            return "the completions are labels, and this detector compares the words of answers"
        return "the records are documents, which answer no prompt" if dataset.kind == "document" else None

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Compare with all controls together, or with the sister set that shares most prompts."""
        chosen = self._other_side(dataset, tools)
        if chosen is None:
            nothing = "no control has answers to compare with, and no sister set shares enough prompts"
            return Examination(diagnostics={"compared with": "nothing"}, refused=nothing)
        others, against = chosen
        contrast = compare(
            dataset,
            others,
            settings=self.settings,
            seed=tools.seed,
            progress=tools.progress,
            is_worth_locating=lambda tests: verdict_of(tests, against, self.settings) is not None,
        )
        tests = contrast.tests
        diagnostics: dict[str, float | int | str | bool | None] = {
            "compared with": "; ".join(", ".join(one.source) or "memory" for one in others),
            "mode": tests.mode,
            "compared": tests.pairs,
            "pairs that differ": tests.differing,
            "answers without a pair": tests.unmatched,
            "swaps drawn": tests.swaps,
            "content p": tests.content_p,
            "content p, equal length": tests.equal_length_p,
            "content p, along other answers": tests.guided_p,
            "style p": tests.style_p,
            "prompt mix": round(tests.prompt_auc, 3),
            "prompt mix p": tests.prompt_p,
        }
        if refused := refusal_of(tests, self.settings):
            return Examination(tried=contrast.tested, diagnostics=diagnostics, refused=refused)
        verdict = verdict_of(tests, against, self.settings)
        if against == "sister" and verdict is not None and not self._differs_from_all(dataset, others[0], tools):
            verdict = None
        summary = summary_of(tests, len(dataset), against)
        if verdict is None:
            return Examination(
                looked_at=min(tests.pairs, len(dataset)),
                tried=contrast.tested,
                diagnostics=diagnostics,
                summary=summary,
            )
        finding = contrast_finding(contrast, dataset, verdict, against, self.settings, detector=self.id)
        finding, judging = self._with_name(finding, contrast, others[0], tools)
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
            signals=signals,
            findings=(finding,),
            tried=contrast.tested,
            diagnostics=diagnostics,
            judging=judging,
            summary=summary,
        )

    def _with_name(self, finding: Finding, contrast: Contrast, other: Dataset, tools: Tools) -> tuple[Finding, Judging]:
        """Ask the judge, where there is one, what the difference is about, and add its answer to the finding."""
        if tools.judge is None or isinstance(tools.judge, BuiltinInquiry):
            return finding, Judging()
        for_halves = replace(self.settings, swaps=self.settings.naming.control_swaps)

        def compare_halves(one: Dataset, two: Dataset) -> Contrast:
            return compare(one, two, settings=for_halves, seed=tools.seed)

        naming = name_contrast(
            tools.judge, contrast, other, compare_halves, settings=self.settings.naming, seed=tools.seed
        )
        questions = judged_questions(naming, detector=self.id, model=tools.judge.model)
        return with_target(finding, naming), Judging(questions=questions)

    def _differs_from_all(self, dataset: Dataset, compared: Dataset, tools: Tools) -> bool:
        """Say whether a dataset differs from every sister set that it can be compared with, not from one alone."""
        others = [one for one in self._comparable_sisters(dataset, tools) if one is not compared]
        tests = (two_sample_tests(dataset, one, settings=self.settings, seed=tools.seed) for one in others)
        return all(verdict_of(one, "sister", self.settings) is not None for one in tests)

    def _comparable_sisters(self, dataset: Dataset, tools: Tools) -> list[Dataset]:
        return self._comparable(dataset, tools.sisters, self.settings.sister_prompts)

    def _comparable(self, dataset: Dataset, others: Sequence[Dataset], shared: float) -> list[Dataset]:
        """Give the datasets that can be compared with, those that share most prompts first."""
        found = [(shared_prompts(dataset, one), one) for one in others if self.declines(one) is None]
        enough = [pair for pair in found if pair[0] >= shared * len(dataset)]
        return [one for _, one in sorted(enough, key=lambda pair: -pair[0])]

    def _other_side(self, dataset: Dataset, tools: Tools) -> tuple[list[Dataset], Against] | None:
        """Choose what to compare with: all controls before one sister set, more shared prompts before fewer."""
        controls = self._comparable(dataset, tools.controls, 0.0)
        if controls:
            return controls, "control"
        sisters = self._comparable_sisters(dataset, tools)
        return (sisters[:1], "sister") if sisters else None
