"""Search for a way of writing that decides the label: records that say another label, written unlike their neighbours.

Two models read every text out of fold. The content model reads content words only; the form model reads marks of form
only. Records of one class whose form speaks for the class beyond what their content says are the seed. Then both models
teach each other: the form model learns what the suspects have and no other record has, records of other classes
included, whose contents the suspects share; a record is suspect as far as its form is theirs and its content is not of
its class (expectation and maximisation). Contents are learned without the suspects. In clean data there is nothing that
both agree on, and the suspects vanish.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from marshtest.mining.structures.settings import FormSettings
from marshtest.mining.structures.soft_model import SoftModel, straightened
from marshtest.stats.arrays import Bools, Floats, Ints

__all__ = ["FORM_DIRECTIONS", "FormSpace", "FoundForm", "search_form"]

_FEWEST_SUSPECTS = 4.0
"""Sum of suspicion below which there is nothing left to learn from. Derived: one in each fold."""
_WIDE = 30.0
"""Log odds beyond which nothing changes: guards an exponential."""
_LEAST_SPREAD, _LEAST_CONTENT = 1e-6, 0.2
"""Guard divisions where forms, or contents, are all alike."""

FORM_DIRECTIONS = {
    "size": 0, "share": 0, "beyond": 1, "z": 1, "way": 1, "evidence": 1, "apart": 1, "top_beyond": 1, "expected": 0,
    "content": 0, "records": 0,
}  # fmt: skip
"""The evidence lines of a form, and which way each can only speak: 1 for poison as it rises. How pure a form is says
nothing: its limit sees to that."""


@dataclass(frozen=True, slots=True)
class FormSpace:
    """Texts as the two models read them."""

    forms: Any
    """Sparse (N, F): weighed marks of form."""
    contents: Any
    """Sparse (N, W): content words, rows of unit length."""
    fold: Ints
    """Shape (N,): equal for equal texts."""


@dataclass(frozen=True, slots=True)
class FoundForm:
    """What the search ended at for one class."""

    records: Ints
    """Records of the class that are written so, the surest first."""
    scores: Floats
    """How strongly each of them is, falling."""
    weights: Floats
    """Shape (F + 1,): weight of each mark, and the intercept; the mean over folds."""
    limit: float
    """Least score."""
    of_class: int
    """Records of the class that are written so, of those searched."""
    others: int
    """Records of other classes that are."""
    expected: float
    """Share of all of these that their contents would give the class, 0 to 1."""
    lines: dict[str, float]
    """Evidence lines, comparable across datasets, by the names of FORM_DIRECTIONS."""


def search_form(space: FormSpace, own: Bools, settings: FormSettings) -> FoundForm | None:
    """Search for a form of one class.

    Args:
        space: All texts.
        own: Shape (N,): whether a text is labelled with the class.
        settings: How to search.

    Returns:
        None where the suspects vanish, no form is the class's own, or all texts are equal, so that none is held out.
    """
    if len(np.unique(space.fold)) < 2:
        return None
    contents = SoftModel.of(space.contents, space.fold, settings.content_penalty)
    content = _content(contents, own, np.zeros(len(own)), settings.steps)
    first = contents.weights
    found = []
    for trusting in (True, False):
        contents.weights = list(first)
        found.append(_searched(space, own, contents, content, trusting, settings))
    return max((one for one in found if one is not None), key=lambda one: one.lines["z"], default=None)


def _searched(
    space: FormSpace, own: Bools, contents: SoftModel, content: Floats, trusting: bool, settings: FormSettings
) -> FoundForm | None:
    """Search from one seed.

    Words that come with a form teach the content model that they mean its label. So one search trusts contents from the
    start, and one only once it has been learned without the suspects.
    """
    share, at_first = float(own.mean()), 1.0 if trusting else 0.0
    suspicion = _seed(space, own, at_first * content, settings)
    forms = SoftModel.of(space.forms, space.fold, settings.form_penalty)
    for turn in range(settings.turns):
        form = forms.scores(suspicion, settings.form_steps)
        odds, slope = straightened(form, suspicion, np.ones(len(own)))
        if slope <= 0 or suspicion.sum() < _FEWEST_SUSPECTS:
            return None
        if turn and turn % 2 == 0:
            content, at_first = _content(contents, own, suspicion, settings.fewer_steps), 1.0
        if turn < settings.turns - 1:
            odds = odds - at_first * np.clip(content, -settings.most_content, settings.most_content) - np.log(share)
            suspicion = np.where(own, 1 / (1 + np.exp(-np.clip(odds, -_WIDE, _WIDE))), 0.0)
    content = _content(contents, own, suspicion, settings.fewer_steps)
    limit = _limit(form, own, settings)
    if limit is None:
        return None
    lines, expected = _measured(form, limit, content, own, float(suspicion.sum()))
    members = np.flatnonzero(own & (form >= limit))
    falling = members[np.argsort(-form[members], kind="stable")]
    others = int((~own & (form >= limit)).sum())
    return FoundForm(falling, form[falling], forms.mean, limit, len(falling), others, expected, lines)


def _content(model: SoftModel, own: Bools, suspicion: Floats, steps: int) -> Floats:
    """Say what contents say for the class, nats, learned without the suspects."""
    weight, is_own = np.where(own, 1 - suspicion, 1.0), own.astype(np.float64)
    odds, _ = straightened(model.scores(is_own, steps, weight=weight), is_own, weight)
    return odds - float(np.log(max(weight[own].sum(), 1.0) / weight[~own].sum()))


def _seed(space: FormSpace, own: Bools, content: Floats, settings: FormSettings) -> Floats:
    """Suspect the records whose form speaks most for the class beyond what their content says."""
    prior = float(np.log(own.sum() / (~own).sum()))
    known = np.clip(content, -settings.most_known, settings.most_known) + prior
    model = SoftModel.of(space.forms, space.fold, settings.form_penalty)
    form = model.scores(own.astype(np.float64), settings.seed_steps, known=known)
    members = np.flatnonzero(own)
    odd = form[members] - np.clip(content[members], -settings.most_seed, settings.most_seed)
    count = min(max(settings.fewest_seeds, int(settings.seed_share * len(members))), len(members))
    suspicion = np.zeros(len(own))
    suspicion[members[np.argsort(-odd, kind="stable")[:count]]] = settings.seed_suspicion
    return suspicion


def _limit(form: Floats, own: Bools, settings: FormSettings) -> float | None:
    """Give the least score of form that shows most of what the class has more of than others, and little else.

    Records of other classes that score as high say how many records of the class do so honestly. Of the limits at which
    these are few, the one with the highest F1 is given, everything beyond honest records being to be found.
    """
    falling = np.argsort(-form, kind="stable")
    with_label, others = np.cumsum(own[falling]), np.cumsum(~own[falling])
    honest = (others + 1) * (own.sum() / (~own).sum())
    passed = (honest <= settings.most_honest * with_label) & (with_label >= settings.fewest_records)
    if not passed.any():
        return None
    surplus = np.where(passed, with_label - honest, 0.0)
    score = np.where(passed, 2 * surplus / (with_label + surplus.max()), -1.0)
    return float(form[falling[int(np.argmax(score))]])


def _measured(
    form: Floats, limit: float, content: Floats, own: Bools, suspects: float
) -> tuple[dict[str, float], float]:
    """Measure the form above a limit: its evidence lines, and what contents lead to expect."""
    shown, inside = form >= limit, own & (form >= limit)
    records, others = int(inside.sum()), int((shown & ~own).sum())
    prior = float(np.log(own.sum() / (~own).sum()))
    expected = 1 / (1 + np.exp(-np.clip(content + prior, -_WIDE, _WIDE)))
    top = np.argsort(-form, kind="stable")[: max(records // 2, int(_FEWEST_SUSPECTS))]
    of_class, of_others = float(content[own].mean()), float(content[~own].mean())
    spread = max(float(form[~shown].std()), _LEAST_SPREAD)
    pure = float(np.log((records + 0.5) / (others + 0.5)))
    told = float(np.log((expected[shown].sum() + 0.5) / ((1 - expected[shown]).sum() + 0.5)))

    def beyond(texts: Any) -> float:
        chance = expected[texts]
        return float((own[texts].sum() - chance.sum()) / np.sqrt((chance * (1 - chance)).sum() + 1))

    lines = {
        "size": float(np.log(records)),
        "share": float(np.log(records / own.sum())),
        "beyond": pure - told,
        "z": beyond(shown),
        "way": (of_class - float(content[inside].mean())) / max(of_class - of_others, _LEAST_CONTENT),
        "evidence": -float(content[inside].sum() / np.sqrt((content[own].var() + 0.1) * records)),
        "apart": (float(form[inside].mean()) - float(form[own & ~shown].mean() if (own & ~shown).any() else 0))
        / spread,
        "top_beyond": beyond(top),
        "expected": suspects / records,
        "content": of_class - of_others,
        "records": float(np.log(len(own))),
    }
    return lines, float(expected[shown].mean())
