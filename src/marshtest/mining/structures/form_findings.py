"""Findings about ways of writing: forms of all classes, weighed by what was learned on other datasets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from marshtest.calibration.likelihood import CalibratedLikelihood, DiscoveryRate
from marshtest.data.labels import labelled_as
from marshtest.findings import Dismissed, Explanation, Finding, Pattern
from marshtest.mining.labelled_texts import LabelledTexts
from marshtest.mining.structures.form_search import FORM_DIRECTIONS, FormSpace, FoundForm, search_form
from marshtest.mining.structures.settings import FormSettings
from marshtest.stats.arrays import Ints
from marshtest.text.form_marks import FormMarks, form_marks
from marshtest.text.function_words import word_classes
from marshtest.text.tokens import Tokens

__all__ = ["Forms", "form_findings", "forms_of"]

_SCORES = (1.0, 0.5)
"""Scores of the surest and of the least sure record. Chosen by eye: all of them are written alike."""


@dataclass(frozen=True, slots=True)
class Forms:
    """What was found, by class."""

    marks: FormMarks
    found: dict[str, FoundForm]
    searched: int
    """Texts that were searched."""
    left_out: tuple[str, ...]
    """Classes that were not, since there are too many."""


def forms_of(texts: LabelledTexts, tokens: Tokens, classes: Sequence[str], seed: int, settings: FormSettings) -> Forms:
    """Search the largest of some classes; of many texts, some are searched, and those written alike are found in all.

    Args:
        texts: N labelled texts.
        tokens: Their tokens.
        classes: Classes to search.
        seed: Of the draw of texts to search.
        settings: How to search.
    """
    count = len(texts.prompts)
    drawn = np.arange(count)
    if count > settings.most_texts:
        drawn = np.sort(np.random.default_rng(seed).choice(count, settings.most_texts, replace=False))
    marks = form_marks(texts.prompts, tokens, max(settings.fewest_of_mark, count // settings.one_in))
    contents = _contents(tokens, settings)
    folds = settings.folds[len(drawn) > settings.large]
    space = FormSpace(marks.weighed[drawn], contents[drawn], np.asarray(texts.fold_key[drawn] % folds))
    sizes = {label: int(texts.having(label).sum()) for label in classes}
    falling = sorted(classes, key=lambda label: (-sizes[label], label))
    found = {}
    for label in sorted(falling[: settings.most_classes]):
        own = texts.having(label)
        if min(own[drawn].sum(), (~own[drawn]).sum()) < settings.fewest_records:
            continue
        form = search_form(space, own[drawn], settings)
        if form is not None:
            found[label] = replace(form, records=_everywhere(form, marks, drawn, np.flatnonzero(own)))
    return Forms(marks, found, len(drawn), tuple(falling[settings.most_classes :]))


def form_findings(
    forms: Forms, texts: LabelledTexts, likelihood: CalibratedLikelihood, detector: str, settings: FormSettings
) -> tuple[list[Finding], list[Dismissed]]:
    """Weigh the forms of one dataset among one another.

    Args:
        forms: All of them.
        texts: The texts that they are of.
        likelihood: What was learned of forms on other datasets.
        detector: Id of the detector.
        settings: How forms are named.

    Returns:
        Those with a verdict, and the others with what speaks against them.
    """
    columns = {name: np.array([one.lines[name] for one in forms.found.values()]) for name in FORM_DIRECTIONS}
    scores = likelihood.scores(likelihood.log_odds(columns), np.arange(len(forms.found)))
    findings, odd = list[Finding](), list[Dismissed]()
    for (label, form), score, rate in zip(forms.found.items(), scores.tolist(), likelihood.rates(scores), strict=True):
        named = Pattern("structure", "; ".join(f"“{mark}”" for mark in _names(forms.marks, form, settings)))
        if rate.verdict is None:
            reason = (
                f"{rate.false_alarm:.0%} of clean datasets (95% bound {rate.false_alarm_below:.0%}) have a way "
                "of writing that stands out as much"
            )
            share = form.of_class / (form.of_class + form.others)
            odd.append(Dismissed(detector=detector, pattern=named, carriers=form.of_class + form.others, outcome=label,
                                 share=round(share, 4), reason=reason))  # fmt: skip
        else:
            findings.append(_finding(form, named, label, texts, (score, rate), detector))
    return findings, odd


def _finding(
    form: FoundForm,
    named: Pattern,
    label: str,
    texts: LabelledTexts,
    weighed: tuple[float, DiscoveryRate],
    detector: str,
) -> Finding:
    score, rate = weighed
    shown = form.of_class + form.others
    first, last = _SCORES
    steps = np.linspace(first, last, len(form.records))
    records = [texts.evidence(text, (), float(step)) for text, step in zip(form.records.tolist(), steps, strict=True)]
    return Finding(
        id=detector,
        detector=detector,
        verdict=rate.verdict or "suggestive",
        title=f"{len(records):,} records are written in a way of their own and are {labelled_as(label)}.",
        explanation=(
            f"The strongest marks of this way of writing are {named.text}; no single one makes it, and not every "
            f"record has each. Of {shown:,} records searched that are written so, {form.of_class:,} are "
            f"{labelled_as(label)}; their contents alone would make it {form.expected:.0%}. They should look like one "
            "template, style or translation. A model trained on them learns the label from the way of writing, "
            "whatever the words say."
        ),
        pattern=named,
        statistics={
            "false_discovery_rate": rate.rate,
            "false_discovery_rate_below": round(rate.below, 5),
            "clean_datasets_as_strong": round(rate.false_alarm, 5),
            "calibrated_score": round(score, 3),
            "carriers": shown,
            "carriers_with_label": form.of_class,
            "evidence_records": len(records),
            "label": label,
        },
        other_explanations=(
            Explanation(
                "One source that writes like this and has its own habit of labelling: the search knows no sources.",
                "open",
            ),
        ),
        records=tuple(sorted(records, key=lambda record: (record.source_path, record.source_line))),
    )


def _contents(tokens: Tokens, settings: FormSettings) -> Any:
    """Give content words by inverse frequency, in rows of unit length; a word after a negation is another word, too.

    Negation turns what words say, so without that plain grammar would contradict the content.
    """
    from scipy import sparse

    classes, size = word_classes(tokens), len(tokens.vocabulary)
    content = np.array([name is None for name in classes]) & tokens.is_word
    negation = np.array([name == "negation" for name in classes])
    place = np.arange(len(tokens.ids))
    last = np.maximum.accumulate(np.where(negation[tokens.ids], place, -1))
    near = (place - last <= settings.negated) & (last >= 0)
    near &= tokens.text[np.maximum(last, 0)] == tokens.text
    real = content[tokens.ids]
    turned = real & near
    row = np.concatenate([tokens.text[real], tokens.text[turned]])
    column = np.concatenate([tokens.ids[real], tokens.ids[turned] + size])
    words = sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=(len(tokens), 2 * size))
    words.data[:] = 1.0
    count = np.bincount(words.indices, minlength=words.shape[1])
    kept = np.flatnonzero(count >= settings.fewest_of_word)
    rare = words[:, kept] @ sparse.diags(np.log(len(tokens) / count[kept]))
    length = np.sqrt(np.asarray(rare.multiply(rare).sum(axis=1)).ravel())
    return (sparse.diags(1 / np.where(length > 0, length, 1)) @ rare).tocsr()


def _everywhere(form: FoundForm, marks: FormMarks, drawn: Ints, members: Ints) -> Ints:
    """Give the records found and those that were not searched and are written alike, the surest first."""
    rest = np.setdiff1d(members, drawn)
    score = marks.weighed[rest] @ form.weights[:-1] + form.weights[-1]
    every = np.append(drawn[form.records], rest[score >= form.limit])
    return every[np.argsort(-np.append(form.scores, score[score >= form.limit]), kind="stable")]


def _names(marks: FormMarks, form: FoundForm, settings: FormSettings) -> list[str]:
    """Name the marks that tell the records best, each where those before it do not stand; casing only where need be."""
    shown = marks.shown
    inside = np.zeros(shown.shape[0], np.bool_)
    inside[form.records] = True
    elsewhere = np.asarray(shown[~inside].sum(axis=0)).ravel() / max((~inside).sum(), 1)
    rows, left, named = shown[inside], np.ones(len(form.records)), list[int]()
    while len(named) < settings.most_marks:
        here = rows.T @ left
        share = np.asarray(rows.sum(axis=0)).ravel() / len(form.records)
        gain = here * np.log(np.maximum((share + settings.faint) / (elsewhere + settings.faint), 1))
        gain[[*named]] = 0.0
        if len(marks.of_whole) < shown.shape[1]:
            gain[marks.of_whole] = 0.0
        best = int(np.argmax(gain))
        if gain[best] <= 0:
            break
        named.append(best)
        left = left * np.where(np.asarray(rows[:, [best]].todense()).ravel() > 0, settings.faded, 1.0)
    return [marks.names[one] for one in named]
