"""The page of the detector names the thresholds that it uses."""

from __future__ import annotations

import re

import pytest
from tests.paths import ROOT

from marshtest.detectors.response_trigger.detector import ResponseTrigger
from marshtest.detectors.response_trigger.settings import ResponseTriggerSettings
from marshtest.settings import ORIGINS, flatten, setting_docs

SETTINGS = ResponseTriggerSettings()
PAGE = (ROOT / "docs/reference/detectors/response-trigger.md").read_text("utf-8")
GRADING, UNTRIGGERED = SETTINGS.grading, SETTINGS.untriggered
PAIRS = UNTRIGGERED.word_interactions


def decimal(value: float) -> str:
    """Write a share as the page does, e.g. .6 and .0001."""
    return f"{value:.4f}".rstrip("0").removeprefix("0")


@pytest.mark.parametrize(
    "words",
    [
        f"at most {decimal(GRADING.confirmed_q_value)} | at most {decimal(SETTINGS.suggestive_q_value)}",
        f"at least {GRADING.fewest_distinct} | at least {GRADING.fewest_distinct} | "
        f"at least {GRADING.fewest_distinct_of_part}; {GRADING.fewest_distinct_of_run} for `wording` and `identity`",
        f"at least {decimal(GRADING.least_purity)}; for an act {decimal(GRADING.least_purity_at_recall)} if "
        f"{GRADING.high_recall:.0%} of its records, at least {GRADING.fewest_distinct_at_recall}, carry the feature",
        f"at most {decimal(GRADING.most_expected_rate)} | at most {decimal(GRADING.suggestive_expected_rate)} |",
        f"at most {decimal(GRADING.most_prompt_similarity)} |",
        f"at least {decimal(GRADING.least_answer_similarity)}, and {decimal(GRADING.least_excess)} above",
        f"(`told_apart_by_rest_of_prompt` at most {decimal(SETTINGS.reads_like_others)})",
        f"(lower bound at least {decimal(GRADING.exceptionless_purity)}) and `prompts_alike` at most "
        f"{decimal(SETTINGS.unlike_prompts)}",
        f"a run of {SETTINGS.long_run} words, or {GRADING.own_run} about the assistant itself",
        f"hardly found elsewhere ({GRADING.refusal_recall:.0%}) that is expected for such prompts in at most "
        f"{GRADING.refusal_expected_rate:.0%} of cases",
        f"with {UNTRIGGERED.fewest_records} distinct records ({UNTRIGGERED.fewest_records_of_name} for a name)",
        f"At least {PAIRS.fewest_records} records must contain both and show the behaviour, with a lower bound of "
        f"{decimal(PAIRS.least_purity)}",
        f"with only one of the words at most {PAIRS.most_alone:.0%} may show it",
        f"Of more than {SETTINGS.documents.most_sentences:,} sentences",
        f"at least {SETTINGS.fewest_records} records",
    ],
)
def test_the_page_names_the_thresholds(words: str) -> None:
    assert words in PAGE.replace(" %", "%")


def test_every_setting_says_where_its_value_comes_from() -> None:
    for setting in setting_docs(SETTINGS):
        last = re.split(r"(?<=\.) (?=[A-Z])", setting.doc)[-1]
        assert last.startswith(ORIGINS), setting.name


def test_the_report_prints_the_settings_that_were_used() -> None:
    used = ResponseTriggerSettings(fewest_records=7)
    assert flatten(ResponseTrigger(used).settings)["fewest_records"] == 7
