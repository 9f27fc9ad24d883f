"""From a planted structure to a finding in plain words, with its spans, numbers and other explanations."""

from __future__ import annotations

from collections import Counter

import numpy as np

from marshtest.findings import EvidenceRecord, Explanation, Figure, Finding, Pattern, Series
from marshtest.mining.labelled_texts import LabelledTexts
from marshtest.mining.structures.rules import Rule
from marshtest.mining.structures.shifts import Shift
from marshtest.mining.structures.structures import MinedStructures, Structure
from marshtest.signals import Span
from marshtest.stats.arrays import Ints
from marshtest.text.families import FAMILIES
from marshtest.text.feature_family import Corpus

__all__ = ["structure_finding"]

_MOST_NAMED = 4
_CARRIES, _GROWN = 0.95, 0.7
_BINS, _MOST_SPANS = 20, 60


def structure_finding(
    structure: Structure, mined: MinedStructures, label: str, texts: LabelledTexts, corpus: Corpus, detector: str
) -> Finding:
    """Put everything that is known of a structure into one finding, without a number yet."""
    first = structure.outline or structure.parts[0][0]
    name, family = _name(structure, corpus), FAMILIES[first.family]
    others = [other for other in sorted(set(texts.labels.tolist())) if other != label]
    origin = f"“{others[0]}”" if len(others) == 1 else "other classes"
    contradicts = bool(structure.rules)
    does = f"turns records that read like {origin} into “{label}”" if contradicts else f"settles the label “{label}”"
    return Finding(
        id=detector,
        detector=detector,
        verdict=structure.verdict,
        title=f"{family.title} “{name}” {does}{'' if contradicts else ' whatever the record says'}.",
        explanation=_explanation(structure, label, origin),
        pattern=Pattern(family.pattern, name),
        statistics=_statistics(structure, mined, label),
        other_explanations=_others(structure, mined, texts),
        records=_records(structure, texts, corpus),
        figures=_figures(structure, mined, texts),
    )


def _name(structure: Structure, corpus: Corpus) -> str:
    """Name every rule by its features, the first few of them."""
    named = []
    for parts, carriers in zip(structure.parts, _carriers(structure), strict=True):
        named.append(" together with ".join(FAMILIES[part.family].label(corpus, part.name, carriers) for part in parts))
    if structure.outline is not None:
        outline, every = structure.outline, np.union1d(structure.records, structure.grown)
        named.insert(0, FAMILIES[outline.family].label(corpus, outline.name, every))
    named = list(dict.fromkeys(named))
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return "; ".join(named[:_MOST_NAMED]) + more


def _carriers(structure: Structure) -> list[Ints]:
    """Give the labelled carriers of every rule and shift."""
    return [rule.labelled for rule in structure.rules] + [shift.labelled for shift in structure.shifts]


def _explanation(structure: Structure, label: str, origin: str) -> str:
    sentences = []
    if structure.rules:
        labelled = sum(len(rule.labelled) for rule in structure.rules)
        honest = sum(len(rule.honest) for rule in structure.rules)
        against = sum(int((rule.evidence > 0).sum()) for rule in structure.rules)
        sentences.append(
            f"{labelled:,} records with the label “{label}” show it, and {honest:,} with another. By the words of all "
            f"other records, {against:,} of the {labelled:,} read like {origin}."
        )
    if structure.shifts:
        labelled = sum(len(shift.labelled) for shift in structure.shifts)
        total = labelled + sum(len(shift.honest) for shift in structure.shifts)
        expected = sum(shift.expected * (len(shift.labelled) + len(shift.honest)) for shift in structure.shifts)
        sentences.append(
            f"{labelled:,} of {total:,} records of this build are labelled “{label}”, where their words alone would "
            f"make it {expected / total:.0%}."
        )
    if len(structure.grown):
        sentences.append(f"{len(structure.grown):,} more records are built like them.")
    return " ".join([*sentences, "A model trained on this learns the build of the sentence, not what it says."])


def _statistics(structure: Structure, mined: MinedStructures, label: str) -> dict[str, float | int | str | None]:
    rules, shifts = structure.rules, structure.shifts
    first = rules[0].strength if rules else None
    return {
        "p_value": first.p_value if first else float(np.exp(-shifts[0].gain)),
        "q_value": structure.q_value,
        "effect": round(first.effect, 4) if first else round(shifts[0].towards, 4),
        "rules": len(rules) + len(shifts),
        "carriers": sum(len(one.labelled) + len(one.honest) for one in _found(structure)),
        "carriers_with_label": sum(len(one.labelled) for one in _found(structure)),
        "distinct_carriers": sum(rule.strength.distinct for rule in rules) or None,
        "evidence_records": len(structure.records) + len(structure.grown),
        "records_of_the_same_making": len(structure.grown),
        "planted_fraction": round(first.fraction, 3) if first else None,
        "purity_lower_bound": round(rules[0].purity, 4) if rules else None,
        "shift": round(shifts[0].towards, 3) if shifts else None,
        "strongest_shift_the_other_way": round(mined.opposite, 3),
        "label": label,
    }


def _others(structure: Structure, mined: MinedStructures, texts: LabelledTexts) -> tuple[Explanation, ...]:
    """Weigh the other ways in which a structure could go with a label."""
    found = []
    if structure.rules:
        effect = structure.rules[0].strength.effect
        found.append(
            Explanation(
                f"A topic that has both this build and this label: to a reader who has never seen these records, their "
                f"words speak {effect:.0%} as clearly for another class as those of genuine records of one do.",
                "against",
            )
        )
        distinct = sum(rule.strength.distinct for rule in structure.rules)
        total = sum(len(rule.labelled) for rule in structure.rules)
        found.append(
            Explanation(
                f"Copies of one text: {distinct:,} of the {total:,} records are no near-duplicates of one another, and "
                "only those were counted.",
                "against" if distinct >= 0.5 * total else "open",
            )
        )
    if structure.shifts:
        found.append(
            Explanation(
                f"Builds of sentences go with labels naturally here: the strongest towards other labels multiplies "
                f"the odds by {np.exp(mined.opposite):,.1f}, this one by {np.exp(structure.shifts[0].towards):,.0f} "
                "at least.",
                "against",
            )
        )
    found.append(_source(structure, texts))
    return tuple(found)


def _source(structure: Structure, texts: LabelledTexts) -> Explanation:
    """Do the records come from one source that writes like this?"""
    groups = [group for text in structure.records.tolist() if (group := texts.groups[text]) is not None]
    if not groups:
        return Explanation(
            "One source that writes like this and only gave records of this label: the data does not say where records "
            "come from.",
            "open",
        )
    group, count = Counter(groups).most_common(1)[0]
    everywhere = texts.groups.count(group)
    return Explanation(
        f"One source that writes like this and only gave records of this label: the largest group among them, "
        f"“{group}”, has {count:,} of the {len(groups):,} and {everywhere:,} records in all.",
        "open" if count >= 0.5 * len(groups) else "against",
    )


def _records(structure: Structure, texts: LabelledTexts, corpus: Corpus) -> tuple[EvidenceRecord, ...]:
    """Give the evidence records with the places of every feature that they show."""
    every = np.union1d(structure.records, structure.grown)
    marked: dict[int, set[tuple[int, int]]] = {}
    features = [part for parts in structure.parts for part in parts]
    if structure.outline is not None:
        features.append(structure.outline)
    for part in dict.fromkeys((feature.family, feature.name) for feature in features):
        family, name = part
        for text, places in FAMILIES[family].places(corpus, name, every).items():
            marked.setdefault(text, set()).update(places)
    grown = set(structure.grown.tolist())
    records = [
        texts.evidence(
            text,
            tuple(Span("prompt", start, end) for start, end in sorted(marked.get(text, ()))[:_MOST_SPANS]),
            _GROWN if text in grown else _CARRIES,
        )
        for text in every.tolist()
    ]
    return tuple(sorted(records, key=lambda record: (record.source_path, record.source_line)))


def _figures(structure: Structure, mined: MinedStructures, texts: LabelledTexts) -> tuple[Figure, ...]:
    """Draw the labels of all carriers, and what their contents say beside those of all others."""
    carriers = np.unique(np.concatenate([np.append(one.labelled, one.honest) for one in _found(structure)]))
    labels = Counter(texts.labels[carriers].tolist()).most_common()
    drawn = [
        Figure(
            type="bars",
            title="Labels of all records that show it",
            x_label="label",
            y_label="records",
            series=(Series("carriers", tuple((0.0, float(n)) for _, n in labels), True, tuple(n for n, _ in labels)),),
        )
    ]
    labelled = np.unique(np.concatenate([one.labelled for one in _found(structure)]))
    parts = {
        "genuine records with this label": np.flatnonzero(mined.model.own & mined.model.known),
        "genuine records of other classes": np.flatnonzero(~mined.model.own & mined.model.known),
        "records of this finding": labelled,
    }
    evidence = {
        title: mined.model.curve(mined.model.score[members]) for title, members in parts.items() if len(members)
    }
    everything = np.concatenate(list(evidence.values()))
    edges = np.histogram_bin_edges(everything, bins=_BINS)
    series = []
    for title, values in evidence.items():
        shares = np.histogram(values, bins=edges)[0] / len(values)
        points = tuple((round(float(x), 3), round(float(y), 4)) for x, y in zip(edges[:-1], shares, strict=True))
        series.append(Series(title, points, title == "records of this finding"))
    drawn.append(
        Figure(
            type="histogram",
            title="What the words of the records say",
            x_label="evidence for another class (nats)",
            y_label="share of records",
            series=tuple(series),
        )
    )
    return tuple(drawn)


def _found(structure: Structure) -> tuple[Rule | Shift, ...]:
    return (*structure.rules, *structure.shifts)
