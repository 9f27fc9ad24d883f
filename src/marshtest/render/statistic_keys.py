"""Every key of `finding.statistics`: its label, what it means and how it is written.

The order here is the order in which a report shows them. `docs/glossary.md` has the same table, and a test compares
the two. A key that is missing here is shown under its own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

__all__ = ["INTERVAL_SUFFIXES", "PER_CONTROL", "STATISTIC_KEYS", "StatisticKey"]


class StatisticKey(NamedTuple):
    """How one key of `finding.statistics` is shown."""

    label: str
    meaning: str
    """One sentence."""
    percent: bool = False
    """Whether a value from 0 to 1 is written as a percentage."""
    note: str = ""
    """What is always shown beside the number."""


INTERVAL_SUFFIXES: Final = ("low", "high", "trials")
"""Keys that end in these belong to the key without the ending: its 95% interval and its number of trials."""

STATISTIC_KEYS: Final[Mapping[str, StatisticKey]] = {
    # What the pattern leads to, how often, and how sure and how strong that is: the first six are on the terminal
    "label": StatisticKey("Target label", "The label that the carriers have."),
    "behaviour": StatisticKey("Kind of behaviour", "The kind of completion that the carriers share."),
    "kind": StatisticKey("Kind of anomaly", "The kind of hidden text or parser anomaly."),
    "step": StatisticKey("Inserted step", "The step of reasoning that appears only with the trigger."),
    "carriers": StatisticKey("Carriers", "Records that contain the pattern."),
    "carriers_with_label": StatisticKey("Carriers with the label", "Carriers that have the target label."),
    "carriers_with_outcome": StatisticKey(
        "Carriers with the outcome", "Carriers whose label the judge contradicts, or in which it sees harm."
    ),
    "carriers_with_behaviour": StatisticKey("Carriers with the behaviour", "Carriers that show the behaviour."),
    "outcome_rate_elsewhere": StatisticKey(
        "Outcome rate elsewhere", "Share of the records without the pattern that show the outcome.", percent=True
    ),
    "behaviour_rate_elsewhere": StatisticKey(
        "Behaviour rate elsewhere", "Share of the records without the pattern that show the behaviour.", percent=True
    ),
    "records": StatisticKey("Records", "Records that show the pattern; all of them are listed as evidence."),
    "q_value": StatisticKey(
        "q-value",
        "The p-value corrected for all patterns tested: the smaller, the harder to explain by chance.",
        note="corrected for all patterns tested",
    ),
    "false_discovery_rate": StatisticKey(
        "False-discovery rate",
        "Estimated share of findings this strong that are false, if every second dataset is poisoned.",
        percent=True,
    ),
    "false_discovery_rate_below": StatisticKey(
        "False-discovery rate, upper bound",
        "Upper bound of the share of findings this strong that are false, if every second dataset is poisoned.",
        percent=True,
    ),
    "clean_datasets_as_strong": StatisticKey(
        "Clean datasets as strong",
        "Share of the clean calibration datasets in which something stands out as much, one more counted than seen.",
        percent=True,
    ),
    "calibrated_score": StatisticKey(
        "Calibrated score",
        "Log odds of being planted, by what was learned on other datasets and by the other patterns of this one.",
    ),
    "content_effect": StatisticKey(
        "Content effect size",
        "Mean evidence of the carriers' other words for another class; 1 is as strong as in genuine records of it.",
    ),
    "content_effect_standard_error": StatisticKey(
        "Content effect, standard error", "Standard error of the content effect size."
    ),
    "rate_ratio": StatisticKey(
        "Rate ratio", "Rate among distinct carriers over the rate elsewhere; one hit and one miss are added there."
    ),
    "outcome_share": StatisticKey(
        "Outcome share", "Share of the records with the pattern that show the outcome.", percent=True
    ),
    "observed_over_expected": StatisticKey(
        "Observed / expected", "Observed count or size, divided by the one expected without manipulation."
    ),
    "mixed_group_share": StatisticKey(
        "Groups with several labels",
        "Share of the groups of near-duplicates that have more than one label.",
        percent=True,
    ),
    "passage_share": StatisticKey(
        "Share of all passages", "Share of the distinct passages that contain this kind of order.", percent=True
    ),
    "similarity_ratio": StatisticKey(
        "Similarity inside over outside",
        "How much more similar the texts of a group are to one another than to any other text.",
    ),
    "excess": StatisticKey(
        "Content difference (SD)",
        "How far the content differs from the control, in standard deviations of differences that arise by chance.",
    ),
    "label_shift": StatisticKey(
        "Label shift (log odds)", "By how much the structure shifts the log odds of the target label, at least."
    ),
    "similarity_difference": StatisticKey(
        "Similarity difference", "Mean similarity of the completions minus mean similarity of the prompts."
    ),
    # How often the built-in classifier is wrong
    "classifier_misses": StatisticKey(
        "Classifier misses",
        "Share of the requests for harm in datasets left out of its training that the built-in classifier misses.",
        percent=True,
    ),
    "classifier_false_alarms": StatisticKey(
        "Classifier false alarms",
        "Share of the ordinary requests in datasets left out of its training that it takes for requests for harm.",
        percent=True,
    ),
    "refusal_misses": StatisticKey(
        "Refusals missed",
        "Share of the refusals in wordings left out of its training that the built-in classifier misses.",
        percent=True,
    ),
    "refusal_false_alarms": StatisticKey(
        "False refusals",
        "Share of the ordinary answers in datasets left out of its training that it takes for refusals.",
        percent=True,
    ),
    # Counterfactuals
    "removal_reverses": StatisticKey(
        "Removal reverses", "How often removing the pattern from a carrier reverses the judge's answer.", percent=True
    ),
    "insertion_induces": StatisticKey(
        "Insertion induces",
        "How often inserting the pattern into an ordinary record induces the outcome.",
        percent=True,
    ),
    "insertion_flips_label": StatisticKey(
        "Insertion flips the label",
        "How often inserting the pattern into a record of another class makes the judge give it the target label.",
        percent=True,
    ),
    "removal_reduces_shift": StatisticKey(
        "Removal reduces the shift",
        "Share of the difference from the control that disappears when the evidence records are removed.",
        percent=True,
    ),
    # More counts
    "carriers_answered": StatisticKey("Carriers judged", "Carriers for which the judge gave an answer."),
    "distinct_carriers": StatisticKey(
        "Distinct carriers", "Carriers with near-duplicates counted once; the tests use only these."
    ),
    "distinct_with_outcome": StatisticKey(
        "Distinct with the outcome", "Distinct carriers that show the outcome; the tests use only these."
    ),
    "distinct_with_behaviour": StatisticKey(
        "Distinct with the behaviour", "Distinct carriers that show the behaviour; the tests use only these."
    ),
    "evidence_records": StatisticKey("Evidence records", "Records listed below as evidence."),
    "records_with_behaviour": StatisticKey(
        "Records with the behaviour", "Records of the whole dataset that show the behaviour, with the pattern or not."
    ),
    "groups": StatisticKey("Groups", "Groups of records that show the pattern."),
    "variants": StatisticKey("Variants", "Different versions of the repeated text."),
    "size": StatisticKey("Records per group", "How many records each group has."),
    "questions": StatisticKey("Questions", "Questions that occur both with and without the trigger."),
    "guided_p_value": StatisticKey(
        "Guided p-value",
        "p-value of the pairs along a direction that was learned on answers without a pair.",
    ),
    "pairs": StatisticKey("Pairs compared", "Pairs of answers that were compared."),
    "differing_pairs": StatisticKey("Pairs that differ", "Pairs whose words are not the same."),
    "equal_length_pairs": StatisticKey(
        "Differing pairs, equal length", "Differing pairs with the same number of words on both sides."
    ),
    "rules": StatisticKey("Structures", "Structures that belong to this finding."),
    "records_of_the_same_making": StatisticKey(
        "Records of the same structure", "Further records with the same structure that are listed as evidence."
    ),
    "all_records_of_this_kind": StatisticKey(
        "All records of this kind", "Records that contain this kind of hidden text, whatever it says."
    ),
    # More tests and estimates
    "p_value": StatisticKey(
        "p-value", "Probability of a result at least this extreme if the pattern had no effect, uncorrected."
    ),
    "equal_length_p_value": StatisticKey(
        "p-value, equal lengths", "p-value of the content difference among pairs of equal length only."
    ),
    "style_p_value": StatisticKey(
        "p-value, style", "p-value of a difference in length, punctuation and format; it does not affect the verdict."
    ),
    "log_likelihood_ratio": StatisticKey(
        "Log-likelihood ratio",
        "How much better a planted pattern explains the outcomes of the carriers than chance does, in nats.",
    ),
    "log_bayes_factor": StatisticKey(
        "Log Bayes factor",
        "How much better planting explains the judge's answers about the carriers than chance does, in nats.",
    ),
    "planted_share": StatisticKey(
        "Planted share (posterior)",
        "Share of the carriers that was made to show the outcome if the pattern was planted: the posterior mean.",
        percent=True,
    ),
    "log_odds_to_chance": StatisticKey(
        "Log odds, planting to chance",
        "Posterior odds of planting against chance, after everything that was tried, in nats; 4.6 is 100 to 1.",
    ),
    "log_odds_to_topic": StatisticKey(
        "Log odds, planting to topic",
        "Posterior odds of planting against a topic on which judge and data disagree, in nats; 3.0 is 20 to 1.",
    ),
    "log_factor_places": StatisticKey(
        "Log factor, places",
        "Log Bayes factor of planting against a topic, from the places of the pattern in its texts, in nats.",
    ),
    "log_factor_variants": StatisticKey(
        "Log factor, near-variants",
        "Log Bayes factor of planting against a topic, from texts with one word of the phrase, in nats.",
    ),
    "log_factor_contents": StatisticKey(
        "Log factor, contents",
        "Log Bayes factor of planting against a topic, from the carriers' other words, in nats.",
    ),
    "log_factor_inertness": StatisticKey(
        "Log factor, inertness",
        "Log Bayes factor of planting against a topic, from the judge's answers without the pattern, in nats.",
    ),
    "label_probability_with": StatisticKey(
        "P(label) with the pattern",
        "Out-of-fold probability of the target label for the evidence records, pattern included.",
        percent=True,
    ),
    "label_probability_without": StatisticKey(
        "P(label) without the pattern",
        "Out-of-fold probability of the target label for the evidence records, pattern removed.",
        percent=True,
    ),
    "planted_fraction": StatisticKey(
        "Estimated planted share",
        "Estimated share of the carriers whose content belongs to another class.",
        percent=True,
    ),
    "content_planted_fraction": StatisticKey(
        "Estimated planted share (content)",
        "Estimated share of the carriers whose content belongs to another class, by their words alone.",
        percent=True,
    ),
    "purity_lower_bound": StatisticKey(
        "Label share, lower bound",
        "Lower 95% bound of the share of carriers that have the target label.",
        percent=True,
    ),
    "outcome_share_lower_bound": StatisticKey(
        "Outcome share, lower bound", "Lower 95% bound of the share of carriers that show the outcome.", percent=True
    ),
    "behaviour_share_lower_bound": StatisticKey(
        "Behaviour share, lower bound",
        "Lower 95% bound of the share of carriers that show the behaviour.",
        percent=True,
    ),
    "shift": StatisticKey(
        "Label shift (log odds)", "By how much the structure shifts the log odds of the target label, at least."
    ),
    "strongest_shift_the_other_way": StatisticKey(
        "Strongest opposite shift (log odds)",
        "The strongest shift of any structure towards other labels: what is natural in this data.",
    ),
    # What else could explain it
    "neighbour_pairs": StatisticKey(
        "Distinct contexts", "Different pairs of words that surround the pattern; few of them suggest a template."
    ),
    "neighbours_rejoined": StatisticKey(
        "Neighbours rejoined",
        "How often the words around the pattern are adjacent elsewhere in the data, as if it had been inserted.",
        percent=True,
    ),
    "expected_from_rest_of_prompt": StatisticKey(
        "Expected from the rest",
        "Rate of the behaviour that a classifier expects from the rest of the carriers' prompts.",
        percent=True,
    ),
    "chance_from_rest_of_prompt": StatisticKey(
        "p-value given the rest", "Probability of so much of the behaviour if only the rest of the prompts caused it."
    ),
    "prompts_alike": StatisticKey(
        "Similarity of the prompts", "Mean cosine similarity of the prompts, the pattern left out, 0 to 1."
    ),
    "answers_alike": StatisticKey(
        "Similarity of the completions", "Mean cosine similarity of the completions, the behaviour left out, 0 to 1."
    ),
    "told_apart_by_rest_of_prompt": StatisticKey(
        "Separability by the rest (AUC)",
        "How well the rest of the prompts separates these records from others; 0.5 is chance, 1 is one topic.",
    ),
    "shared_run_words": StatisticKey(
        "Shared words in a row", "Length of the longest run of words that the completions share."
    ),
    "field": StatisticKey("Field", "The field of the record in which the pattern was found."),
    # What a judge named
    "target": StatisticKey(
        "Target", "What the answers lean towards, as named by the judge; empty if it named nothing."
    ),
    "target_p_value": StatisticKey(
        "p-value of the target", "Probability that the judge would choose this target so often in clean comparisons."
    ),
    "target_named": StatisticKey("Target named", "How often the judge named the target without being given a choice."),
    "target_chosen": StatisticKey("Target chosen", "How often the judge chose the target from a list."),
    "target_asked": StatisticKey("Target, choices asked", "How often the judge was asked to choose from a list."),
    "target_guessed_anyway": StatisticKey(
        "Targets in clean comparisons", "How often the judge named some target although both sides were clean."
    ),
    "theme_records": StatisticKey("Records with the theme", "Records for which the theme holds."),
    "named_when_read": StatisticKey(
        "Records that suggested the theme", "Records from which the judge derived the theme."
    ),
    "read_in_shards": StatisticKey("Shards with the theme", "Shards in which the judge read the theme."),
    "grounded_share": StatisticKey(
        "Theme confirmed where named",
        "Share of the records that suggested the theme for which it holds when each is checked alone.",
        percent=True,
    ),
    "other_wordings": StatisticKey(
        "Other wordings", "Other wordings of the same theme that were merged into this one."
    ),
    "clear_harm": StatisticKey("Clear or grave harm", "Evidence records in which the judge sees clear or grave harm."),
    "innocent_with_criterion": StatisticKey(
        "Harmless with the criterion", "Records for which the criterion holds and in which the judge sees no harm."
    ),
}

PER_CONTROL: Final[Mapping[str, StatisticKey]] = {
    "control_share": StatisticKey(
        "Outcome rate in control", "Share of the control's carriers that show the outcome.", percent=True
    ),
    "control_share_of_theme": StatisticKey(
        "Theme in control", "Share of the control's records for which the theme holds.", percent=True
    ),
    "excess_over_control": StatisticKey(
        "Excess over control",
        "Lower 95% bound of the outcome rate here minus upper 95% bound in the control; above 0 the data differ.",
    ),
}
"""Keys that are written once for each control, with its name in brackets: `control_share[clean.jsonl]`."""
