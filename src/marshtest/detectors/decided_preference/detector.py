"""Preferences that a few words of the prompt reverse, and style that decides them."""

from __future__ import annotations

from hashlib import blake2b
from typing import ClassVar

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.decided_preference.deciders import prompt_deciders, winning_traits
from marshtest.detectors.decided_preference.findings import PreferencePairs, reversed_preferences, styles
from marshtest.detectors.decided_preference.margins import cross_fitted_margins, normal_scores
from marshtest.detectors.decided_preference.settings import DecidedPreferenceSettings
from marshtest.detectors.drafts import findings_from, signals_from
from marshtest.detectors.registry import detector

__all__ = ["DecidedPreference"]


@detector
class DecidedPreference(Detector):
    """Find preferences that a few words of the prompt reverse, and traits of style that decide them.

    Looks for: a run of one to four words in prompts whose pairs prefer what the rest of the data would reject; and
        traits of style (length, lists, apologies and others) that decide two pairs in three by themselves.
    How: a cross-fitted linear model on the difference of the two completions gives every pair a margin: by how much the
        rest of the data agrees with it. The normal scores of the margins of a run's pairs are added up and compared
        with chance, corrected for all runs. Suggestive below .01, unless surely fewer than half of the pairs contradict
        the model; confirmed below .001 when the lower 95% bound of their share exceeds one half. Style is a sign test
        over the pairs that differ in the trait; it is no finding and stands under what looked odd.
    Blind spots: preferences that the words of the completions do not predict, so that the margins are noise: on real
        harmlessness data the model is right for 6 pairs in 10, and a trigger needs 60 to 200 pairs to be seen. Single
        swapped pairs, and a bias that a few swaps add to one that the data has anyway.
    False alarms: topics on which people honestly prefer otherwise come out as suggestive.
    Needs: preference pairs, at least 100.
    Cost per 1,000 records: about 2 s for conversations of a hundred words.
    Source: our own; against Wang et al. 2023 (RLHFPoison) and Rando and Tramer 2024 (universal jailbreak backdoors).
    """

    id: ClassVar[str] = "decided-preference"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Preferences that a few words of the prompt or a trait of style decide"
    settings: DecidedPreferenceSettings = DecidedPreferenceSettings()

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out what has no pairs."""
        return None if dataset.kind == "preference" else f"the records are of the kind {dataset.kind}, not preferences"

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse too few pairs."""
        if len(dataset) < self.settings.fewest_pairs:
            return f"{len(dataset)} pairs are too few; it needs {self.settings.fewest_pairs}"
        return None

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Fit the model, test every run of words, and count styles."""
        tools.progress("weighing preferences", 0.0)
        settings = self.settings
        pairs = _pairs(dataset, settings)
        if len(pairs.rows) < settings.fewest_pairs:
            return Examination(diagnostics={"distinct_pairs": len(pairs.rows)})
        found, tested = prompt_deciders(pairs.prompts, pairs.margins, normal_scores(pairs.margins), settings)
        traits = winning_traits(pairs.chosen, pairs.rejected)
        drafts = reversed_preferences(pairs, found, tested, settings)
        return Examination(
            signals=signals_from(drafts, self.id, dataset, suggestive_score=settings.suggestive_score),
            findings=findings_from(drafts, self.id, dataset),
            dismissed=styles(traits, self.id, settings),
            tried=tested + len(traits),
            diagnostics={
                "distinct_pairs": len(pairs.rows),
                "pairs_the_model_agrees_with": round(float((pairs.margins > 0).mean()), 3),
            },
        )


def _pairs(dataset: Dataset, settings: DecidedPreferenceSettings) -> PreferencePairs:
    """Take one pair of every prompt: the first by its texts of those whose completions differ."""
    table = dataset.table(["prompt", "completion", "rejected"])
    texts = zip(
        table["prompt"].to_pylist(), table["completion"].to_pylist(), table["rejected"].to_pylist(), strict=True
    )
    first: dict[str, tuple[str, str, int]] = {}
    for row, (prompt, chosen, rejected) in enumerate(texts):
        pair = (chosen, rejected or "", row)
        if (chosen != (rejected or "") and pair[:2] < first.get(prompt, pair)[:2]) or prompt not in first:
            first[prompt] = pair
    kept = sorted((prompt, *pair) for prompt, pair in first.items() if pair[0] != pair[1])
    prompts = [one[0] for one in kept]
    chosen, rejected = [one[1] for one in kept], [one[2] for one in kept]
    keys = [
        int.from_bytes(blake2b(one.encode("utf-8", "surrogatepass"), digest_size=6).digest(), "big") for one in prompts
    ]
    margins = np.zeros(0)
    if len(kept) >= settings.fewest_pairs:
        margins = cross_fitted_margins(chosen, rejected, np.array(keys, np.int64), settings)
    return PreferencePairs(np.array([one[3] for one in kept], np.int64), prompts, chosen, rejected, margins)
