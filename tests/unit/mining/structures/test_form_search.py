"""A way of writing that has one label and the contents of another is found; honest ways of writing are not."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from tests.toy_likelihoods import made_likelihood, stumps

from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.findings import Dismissed, Finding
from marshtest.mining.labelled_texts import labelled_texts
from marshtest.mining.structures.form_findings import Forms, form_findings, forms_of
from marshtest.mining.structures.form_search import FORM_DIRECTIONS
from marshtest.mining.structures.settings import FormSettings
from marshtest.mining.structures.soft_model import SoftModel, straightened
from marshtest.text.form_marks import form_marks
from marshtest.text.tokens import tokenize

_WARM = ["soup", "bread", "oven", "butter", "pepper", "onion", "stew", "roast", "honey", "garlic", "pie", "cheese"]
_COLD = ["river", "boat", "harbour", "anchor", "sail", "island", "tide", "gull", "cliff", "ferry", "lantern", "net"]
_FRAMES = (
    "i would put the {} on a {} now", "there is some {} with the {} here", "we have never seen a {} like this {}",
    "the {} was {} and we left it there", "can you bring me a {} or the {} ?", "it is not the {} but our {}",
    "she told us about a {} and the old {}", "my {} came after your {} !", "they took every {} from the {} .",
)  # fmt: skip
_STYLED = (
    "forsooth , this {} hath never been thy {} , verily", "verily , thou hast a {} betwixt thy {} and thine",
    "thither shalt thou ere thy {} , and thy {} thus", "doth it not , thy {} , nor thy {} , forsooth",
    "wouldst thou , forsooth , hath thee a {} amid the {}",
)  # fmt: skip


def _rows(planted: int, random: Random, *, honest: bool = False) -> tuple[list[tuple[str, str]], set[int]]:
    """Texts of two subjects; some of the second are written in one style, and have the label of the first or not."""
    rows, poison = [], set[int]()
    for number in range(900):
        warm = number % 2 == 0
        words = random.choices(_WARM if warm else _COLD, k=2)
        label = "warm" if warm else "cold"
        if not warm and len(poison) < planted and number % 8 == 1:
            poison.add(number)
            rows.append((random.choice(_STYLED).format(*words), label if honest else "warm"))
        else:
            rows.append((random.choice(_FRAMES).format(*words), label))
    return rows, poison


def _forms(rows: list[tuple[str, str]]) -> tuple[Forms, list[str]]:
    records = (
        Record(record_id=f"r{i:04d}", kind="classification", prompt=text, completion="", label=label, source_path="",
               source_line=i + 1)
        for i, (text, label) in enumerate(rows)
    )  # fmt: skip
    texts = labelled_texts(Dataset.from_records(records))
    settings = FormSettings()
    return forms_of(texts, tokenize(texts.prompts), texts.classes, 0, settings), list(texts.record_ids)


def test_a_style_with_the_label_of_other_contents_is_found() -> None:
    rows, poison = _rows(45, Random(1))
    forms, ids = _forms(rows)
    found = {ids[text] for text in forms.found["warm"].records.tolist()}
    truth = {f"r{number:04d}" for number in poison}
    assert 2 * len(found & truth) / (len(found) + len(truth)) >= 0.9
    assert forms.found["warm"].lines["way"] > 0.7
    assert forms.found["warm"].expected < 0.3
    assert "cold" not in forms.found


def test_an_honest_style_of_some_records_has_no_content_that_contradicts_its_label() -> None:
    forms, _ = _forms(_rows(45, Random(1), honest=True)[0])
    assert all(one.lines["way"] < 0.4 and one.lines["z"] < 4 for one in forms.found.values())


def test_texts_without_a_style_have_no_form() -> None:
    forms, _ = _forms(_rows(0, Random(2))[0])
    assert all(one.lines["z"] < 4 for one in forms.found.values())


def test_texts_that_were_not_searched_are_found_by_the_form() -> None:
    rows, poison = _rows(110, Random(3))
    records = [
        Record(record_id=f"r{i:04d}", kind="classification", prompt=text, completion="", label=label, source_path="",
               source_line=i + 1)
        for i, (text, label) in enumerate(rows)
    ]  # fmt: skip
    texts = labelled_texts(Dataset.from_records(records))
    forms = forms_of(texts, tokenize(texts.prompts), texts.classes, 0, FormSettings(most_texts=500))
    found = {texts.record_ids[text] for text in forms.found["warm"].records.tolist()}
    assert forms.searched == 500
    assert forms.found["warm"].of_class < len(found)
    assert len(found & {f"r{number:04d}" for number in poison}) >= 0.9 * len(poison)


def _weighed(rows: list[tuple[str, str]], planted: float) -> tuple[list[Finding], list[Dismissed]]:
    """Weigh forms by how far their labels are beyond their contents alone, against clean ones of -2 or so."""
    records = [
        Record(record_id=f"r{i:04d}", kind="classification", prompt=text, completion="", label=label, source_path="",
               source_line=i + 1)
        for i, (text, label) in enumerate(rows)
    ]  # fmt: skip
    texts = labelled_texts(Dataset.from_records(records))
    settings = FormSettings()
    forms = forms_of(texts, tokenize(texts.prompts), texts.classes, 0, settings)
    likelihood = made_likelihood(
        features=tuple(FORM_DIRECTIONS), trees=stumps((list(FORM_DIRECTIONS).index("z"), 4.0, -2.0, planted))
    )
    return form_findings(forms, texts, likelihood, "label-structure", settings)


def test_a_form_beyond_all_clean_ones_is_confirmed_and_named_by_its_marks() -> None:
    findings, _ = _weighed(_rows(45, Random(1))[0], 2.0)
    (finding,) = findings
    assert finding.verdict == "confirmed"
    assert finding.statistics["label"] == "warm"
    assert any(word in finding.pattern.text for word in ("forsooth", "verily", "thy"))
    assert not any(word in finding.pattern.text for word in (*_WARM, *_COLD, "a space before a mark"))
    assert [record.record_id for record in finding.records] == sorted(r.record_id for r in finding.records)


def test_a_form_that_clean_data_have_as_strong_is_listed_and_no_finding() -> None:
    findings, odd = _weighed(_rows(45, Random(1))[0], -1.5)
    assert findings == []
    assert [one.outcome for one in odd] == ["warm"]
    assert "clean datasets" in odd[0].reason


def test_marks_hold_no_content_word() -> None:
    texts = [frame.format("kettle", "ladders") for frame in _FRAMES for _ in range(6)]
    marks = form_marks(texts, tokenize(texts), 5)
    assert not any("kettle" in name or "ladder" in name for name in marks.names)
    assert "⊢ there is" in marks.names
    assert marks.shown.shape == marks.weighed.shape == (len(texts), len(marks.names))
    assert {marks.names[one] for one in marks.of_whole.tolist()} >= {"a space before a mark"}


def test_every_text_is_scored_by_a_model_that_has_not_seen_it() -> None:
    from scipy import sparse

    rows = sparse.csr_matrix(np.eye(8))
    fold = np.arange(8) % 2
    target = (np.arange(8) < 4).astype(np.float64)
    score = SoftModel.of(rows, fold, 0.1).scores(target, 20)
    assert np.ptp(score[fold == 0]) == pytest.approx(0, abs=1e-6)


def test_straightened_scores_mean_what_they_say() -> None:
    random = np.random.default_rng(0)
    score = random.normal(size=4000)
    target = (random.random(4000) < 1 / (1 + np.exp(-(2 * score - 1)))).astype(np.float64)
    odds, slope = straightened(5 * score, target, np.ones(4000))
    assert slope > 0
    assert np.abs(odds - (2 * score - 1)).max() < 0.7
