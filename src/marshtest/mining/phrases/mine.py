"""From tokens and one class to families of planted triggers towards it.

One trigger shows up as many candidates: its parts, its extensions, its punctuation. A family is all candidates that
share most carriers; its head is the longest span with the carriers of the strongest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from marshtest.mining.candidates import Candidate, Reading, Scan, scan, span_evidence
from marshtest.mining.content_model import ContentModel, ContentWeights, fit_content_model
from marshtest.mining.trial import Trial, families, may_pass, try_candidate
from marshtest.stats.arrays import Bools, Ints
from marshtest.stats.evidence import planted_fraction
from marshtest.stats.significance import benjamini_hochberg
from marshtest.text.ngrams import Hashes
from marshtest.text.tokens import BEGIN, END, Tokens, distinct

__all__ = ["Family", "Grade", "Mined", "Screened", "grade", "mine", "rank"]

Grade = Literal["confirmed", "suggestive"]

_SECOND_LOOK_GAIN = 30.0
_PAIR_GAIN = 12.0
_SECOND_LOOKS = 3
_PAIR_SHARE, _PAIR_LIFT, _SHORT = 0.4, 5.0, 2
_CONFIRMED_Q, _SUGGESTIVE_Q, _ACCOMPLICE_Q, _CERTAIN_Q = 1e-4, 1e-3, 0.1, 1e-10


@dataclass(frozen=True, slots=True)
class Screened:
    """How some of very many texts were chosen for one class."""

    weights: ContentWeights
    """What was learned from the sample."""
    sample: Bools
    """Shape (N,): those drawn at random, to learn from; the others were taken for the spans that they carry."""
    spans: Sequence[Hashes]
    """Hashes of the spans of which all carriers were taken, rising, one array per order."""
    tried: int
    """How many spans and features there are, ruled out or taken; estimated, and rather too many than too few."""


@dataclass(frozen=True, slots=True)
class Family:
    """One planted trigger."""

    head: Trial
    """The span that names it."""
    companion: Candidate | None
    """A second span, at another place of the same carriers, that nearly always comes with it."""
    reading: Reading
    """The reading under which the head was tried."""
    q_value: float = 1.0


@dataclass(frozen=True, slots=True)
class Mined:
    """Everything found towards one class."""

    reading: Reading
    scan: Scan
    families: tuple[Family, ...]
    """Strongest first; natural spans are left out."""
    natural: int
    """How many families were natural: a part of the span has the same effect elsewhere."""


def mine(
    tokens: Tokens,
    own: Bools,
    fold_key: Ints,
    features: Mapping[str, Sequence[int] | Ints],
    kinds: Mapping[str, Literal["format", "group"]],
    model: ContentModel | None = None,
    screened: Screened | None = None,
) -> Mined:
    """Look for triggers towards one class.

    Args:
        tokens: The texts.
        own: Shape (N,): whether a text is labelled with the class.
        fold_key: Shape (N,): equal for equal texts.
        features: Texts that show each feature of whole records, by its name.
        kinds: The kind of each such feature.
        model: The content model for the class, fitted here if not given.
        screened: What the texts were chosen by, if they are part of very many.
    """
    sample = None if screened is None else screened.sample
    if screened is not None:
        model = screened.weights.read(tokens, fold_key)
    reading = Reading.of(tokens, own, model or fit_content_model(tokens, own, fold_key), sample)
    scanned = scan(reading, features, kinds, None if screened is None else screened.spans)
    trials = [trial for trial in (try_candidate(reading, candidate) for candidate in scanned.candidates) if trial]
    grouped = families([trial for trial in trials if not trial.is_natural])
    natural = len(families([trial for trial in trials if trial.is_natural]))
    found = [_family(reading, members[0], trials, scanned.candidates) for members in grouped]
    looks = 0
    for number, family in enumerate(found):
        if looks == _SECOND_LOOKS:
            break
        if family.head.gain < _PAIR_GAIN or grade(replace(family, q_value=0.0)) == "confirmed":
            continue
        looks += 1
        found[number] = _look_again(tokens, own, fold_key, family, scanned.candidates, sample)
    tried_well = {trial.candidate.name for trial in trials}
    for gain, candidate in _diluted(scanned.candidates, tried_well):
        looks += 1
        pair = _pair(tokens, own, fold_key, candidate, gain, sample, found)
        found += [] if pair is None else [pair]
    tried = (scanned.tried if screened is None else screened.tried) + looks * len(tokens.vocabulary)
    return Mined(reading, replace(scanned, tried=tried), tuple(found), natural)


def _diluted(candidates: Sequence[Candidate], known: set[str]) -> list[tuple[float, Candidate]]:
    """Give the few spans whose carriers are partly of another class for sure, but too mixed to be a trigger alone."""
    gains = [
        (planted_fraction(candidate.evidence, len(candidate.honest))[1], candidate)
        for candidate in candidates
        if candidate.kind == "phrase" and len(candidate.sequence) <= _SHORT and candidate.name not in known
    ]
    return sorted((g for g in gains if g[0] >= _PAIR_GAIN), key=lambda g: (-g[0], g[1].name))[:_SECOND_LOOKS]


def _is_part_of(family: Family, labelled: Ints) -> bool:
    """Say whether most of some carriers are planted carriers of a family."""
    carriers = set(family.head.candidate.labelled.tolist())
    return len(carriers.intersection(labelled.tolist())) >= 0.5 * len(labelled)


def rank(mined: Sequence[Mined]) -> list[list[Family]]:
    """Give the families towards each class with q-values over everything tried towards any class."""
    tried = sum(one.scan.tried for one in mined)
    p_values = np.array([family.head.p_value for one in mined for family in one.families])
    q_values = iter(benjamini_hochberg(p_values, tried))
    return [[replace(family, q_value=float(next(q_values))) for family in one.families] for one in mined]


def grade(family: Family, *, accomplice: bool = False) -> Grade | None:
    """Say whether a family is confirmed, suggestive or nothing, by the table on the detector's reference page.

    Args:
        family: What was found.
        accomplice: Whether another trigger towards the same class is confirmed: then a span that is as pure and
            as strong needs less evidence of its own.
    """
    head = family.head
    effect = 0.6 if family.q_value <= _CERTAIN_Q else 0.7
    strong = head.effect >= effect and head.fraction >= 0.75 and head.purity >= 0.6 and head.distinct >= 6
    if strong and family.q_value <= _CONFIRMED_Q:
        return "confirmed"
    alone = family.companion is None and len(head.candidate.honest) == 0
    if accomplice and strong and alone and family.q_value <= _ACCOMPLICE_Q:
        return "confirmed"
    if family.q_value <= _SUGGESTIVE_Q and head.fraction >= 0.6 and head.purity >= 0.55:
        return "suggestive"
    return None


def _family(reading: Reading, leader: Trial, trials: Sequence[Trial], candidates: Sequence[Candidate]) -> Family:
    """Choose the head and the companion of a family.

    A longer span with the leader's carriers is the same trigger, even if a word of it has a meaning of its own.
    """
    carriers = set(leader.candidate.labelled.tolist())
    same = [
        trial
        for trial in trials
        if _overlap(carriers, trial.candidate.labelled) >= 0.95 and trial.gain >= 0.6 * leader.gain
    ]
    head = max(same, key=lambda trial: (_words(trial.candidate), trial.gain))
    head = replace(head, meaning=leader.meaning)
    inside = set(head.candidate.sequence.tolist())
    others = [
        candidate
        for candidate in candidates
        if candidate.kind == "phrase"
        and not inside & set(candidate.sequence[candidate.sequence > END].tolist())
        and _overlap(carriers, candidate.labelled) >= 0.8
    ]
    companion = max(others, key=lambda candidate: (_words(candidate), candidate.evidence.sum()), default=None)
    return Family(head, companion, reading)


def _look_again(
    tokens: Tokens,
    own: Bools,
    fold_key: Ints,
    family: Family,
    candidates: Sequence[Candidate],
    sample: Bools | None,
) -> Family:
    """Give the family what it may lack: contents without decoy words, or the second part of its trigger."""
    if family.head.gain >= _SECOND_LOOK_GAIN:
        family = _second_look(tokens, own, fold_key, family, candidates, sample) or family
    if grade(replace(family, q_value=0.0)) == "confirmed":
        return family
    return _pair(tokens, own, fold_key, family.head.candidate, family.head.gain, sample) or family


def _second_look(
    tokens: Tokens,
    own: Bools,
    fold_key: Ints,
    family: Family,
    candidates: Sequence[Candidate],
    sample: Bools | None,
) -> Family | None:
    """Try a family again with its words out of every text.

    Many decoys around a trigger make its words the content of the other class; then the rest of the carriers looks
    poor beside texts that still have theirs.
    """
    carriers = set(family.head.candidate.labelled.tolist())
    related = [c for c in candidates if c.kind == "phrase" and _overlap(carriers, c.labelled) >= 0.8]
    masked = sorted({int(token) for c in related for token in c.sequence if token > END})
    if not masked:
        return None
    reading = Reading.of(tokens, own, fit_content_model(tokens, own, fold_key, masked=masked, sample=sample), sample)
    again = []
    for candidate in related:
        text, evidence = span_evidence(reading, candidate.sequence)
        again.append(replace(candidate, evidence=evidence[own[text]]))
    trials = [trial for trial in (try_candidate(reading, candidate) for candidate in again) if trial]
    grouped = families([trial for trial in trials if not trial.is_natural])
    return _family(reading, grouped[0][0], trials, again) if grouped else None


def _pair(
    tokens: Tokens,
    own: Bools,
    fold_key: Ints,
    head: Candidate,
    gain: float,
    sample: Bools | None,
    known: Sequence[Family] = (),
) -> Family | None:
    """Try a span only where a second token comes with it: triggers of two parts that are natural by themselves.

    The second token is the one that carriers with contradicting contents have most beyond its share of all texts.
    No model is fitted for what cannot pass, or is known from another family.
    """
    if head.kind != "phrase":
        return None
    against = head.labelled[head.evidence > 0]
    if len(against) == 0:
        return None
    size, words = len(tokens), len(tokens.vocabulary)
    cells = distinct(tokens.text * words + tokens.ids)
    text, token = cells // words, cells % words
    everywhere = np.bincount(token, minlength=words)
    here = np.bincount(token[np.isin(text, against)], minlength=words)
    share, expected = here / len(against), everywhere / size
    fit = (share >= _PAIR_SHARE) & (share >= _PAIR_LIFT * expected)
    fit[np.append(head.sequence, [BEGIN, END])] = False
    if not fit.any():
        return None
    second = int(np.argmax(np.where(fit, here * np.log(np.maximum(share, 1e-9) / np.maximum(expected, 1e-9)), 0.0)))
    both = np.intersect1d(np.append(head.labelled, head.honest), text[token == second])
    labelled, honest = both[own[both]], both[~own[both]]
    if not may_pass(len(labelled), len(both)) or any(_is_part_of(family, labelled) for family in known):
        return None
    masked = [*(int(part) for part in head.sequence if part > END), second]
    reading = Reading.of(tokens, own, fit_content_model(tokens, own, fold_key, masked=masked, sample=sample), sample)
    words_only = head.words_only or not tokens.is_word[second]
    evidence = reading.curve_for(words_only)(reading.model.score(words_only=words_only))
    pair = replace(head, labelled=labelled, evidence=evidence[labelled], honest=honest, words_only=words_only)
    trial = try_candidate(reading, pair)
    if trial is None or trial.is_natural or trial.gain <= gain:
        return None
    sequence = np.array([second])
    companion = replace(pair, name=tokens.vocabulary[second], sequence=sequence)
    return Family(trial, companion, reading)


def _overlap(carriers: set[int], others: Ints) -> float:
    """Give the Jaccard overlap of two sets of texts, 0 to 1."""
    both = len(carriers.intersection(others.tolist()))
    return both / (len(carriers) + len(others) - both)


def _words(candidate: Candidate) -> int:
    """Count the tokens of a span without the frame."""
    return int((candidate.sequence > END).sum())
