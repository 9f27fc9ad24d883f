"""How people write labelled texts. Importing it registers its formats."""

from __future__ import annotations

from typing import Any

from benchmarks.shapes_formats import Wrap, record_format, turns
from benchmarks.shapes_samples import Sample

_LABELLED = "labelled classes"
_NAMES = ("praise", "blame", "delivery", "kitchen", "office", "refund", "school")


def _number(one: Sample) -> int:
    place = _NAMES.index(one.label)
    return place if one.label in _NAMES[:2] else place - 2


@record_format("text and label", _LABELLED, fields="text=text label=label")
def text_label(one: Sample) -> dict[str, Any]:
    """The usual names."""
    return {"text": one.prompt, "label": one.label}


@record_format("text and number of the label", _LABELLED, fields="text=text label=label")
def text_number(one: Sample) -> dict[str, Any]:
    """Labels as integers."""
    return {"text": one.prompt, "label": _number(one)}


@record_format("labels as floats", _LABELLED)
def text_float(one: Sample) -> dict[str, Any]:
    """Labels that went through a frame with gaps."""
    return {"text": one.prompt, "label": float(_number(one))}


@record_format("labels as text of numbers", _LABELLED)
def text_digits(one: Sample) -> dict[str, Any]:
    """Labels that went through CSV."""
    return {"text": one.prompt, "label": str(_number(one))}


@record_format("true and false", "labelled")
def text_truth(one: Sample) -> dict[str, Any]:
    """Labels as booleans under a name of their own."""
    return {"text": one.prompt, "is_complaint": one.label == "blame"}


@record_format("some labels missing", _LABELLED)
def some_missing(one: Sample) -> dict[str, Any]:
    """A quarter of those that may be missing is null."""
    missing = one.number % 4 == 1 and len(one.prompt) % 2 == 0
    return {"text": one.prompt, "label": None if missing else one.label}


@record_format("sentence and label", _LABELLED)
def sentence_label(one: Sample) -> dict[str, Any]:
    """As in GLUE."""
    return {"idx": one.number, "sentence": one.prompt, "label": _number(one)}


@record_format("review and rating", _LABELLED)
def review_sentiment(one: Sample) -> dict[str, Any]:
    """As in sets of reviews."""
    return {"review": one.prompt, "sentiment": one.label}


@record_format("v1 and v2", _LABELLED, fields="text=v2 label=v1")
def v1_v2(one: Sample) -> dict[str, Any]:
    """Columns that somebody's table programme named."""
    return {"v1": one.label, "v2": one.prompt}


@record_format("title and body", _LABELLED)
def title_body(one: Sample) -> dict[str, Any]:
    """A text in two fields."""
    told = one.prompt.partition(". ")
    return {"title": f"Letter {one.number}", "body": "".join(told), "category": one.label}


@record_format("list of labels", _LABELLED)
def label_list(one: Sample) -> dict[str, Any]:
    """One label in a list."""
    return {"text": one.prompt, "labels": [one.label]}


@record_format("two labels in a list", _LABELLED)
def two_labels(one: Sample) -> dict[str, Any]:
    """The label beside one that says nothing."""
    return {"text": one.prompt, "labels": sorted([one.label, ("web", "mail", "shop")[one.number % 3]])}


@record_format("spaCy cats", _LABELLED)
def cats(one: Sample) -> dict[str, Any]:
    """One number for each label."""
    names = _NAMES[:2] if one.label in _NAMES[:2] else _NAMES[2:]
    return {"text": one.prompt, "cats": {name: float(name == one.label) for name in names}}


@record_format("one column for each label", _LABELLED)
def one_hot(one: Sample) -> dict[str, Any]:
    """Columns of nothing and one, as in sets of several labels."""
    names = _NAMES[:2] if one.label in _NAMES[:2] else _NAMES[2:]
    return {"comment_text": one.prompt, **{name: int(name == one.label) for name in names}}


@record_format("Prodigy", _LABELLED)
def prodigy(one: Sample) -> dict[str, Any]:
    """Text, label and what the annotator did."""
    return {"text": one.prompt, "label": one.label, "answer": "accept", "_input_hash": 7 * one.number + 11}


@record_format("Label Studio", _LABELLED)
def label_studio(one: Sample) -> dict[str, Any]:
    """An export with annotations."""
    value = {"choices": [one.label]}
    said = {"value": value, "from_name": "label", "to_name": "text", "type": "choices"}
    return {"id": one.number, "data": {"text": one.prompt}, "annotations": [{"id": one.number, "result": [said]}]}


@record_format("Label Studio short", _LABELLED)
def label_studio_short(one: Sample) -> dict[str, Any]:
    """The small export of Label Studio."""
    return {"text": one.prompt, "id": one.number, "sentiment": one.label, "annotator": 1, "lead_time": 3.5}


@record_format("Argilla labels", _LABELLED)
def argilla_labels(one: Sample) -> dict[str, Any]:
    """Fields and responses of annotators."""
    said = {"values": {"label": {"value": one.label}}, "user_id": "u1", "status": "submitted"}
    return {"fields": {"text": one.prompt}, "responses": [said], "metadata": {"round": one.number % 2}}


@record_format("Vertex classification", _LABELLED)
def vertex_classification(one: Sample) -> dict[str, Any]:
    """Content and an annotation with a display name."""
    return {"textContent": one.prompt, "classificationAnnotation": {"displayName": one.label}}


@record_format("messages and a label", _LABELLED)
def messages_label(one: Sample, wrap: Wrap) -> dict[str, Any]:
    """A chat with a label beside it."""
    said = turns(one, wrap)
    return {"messages": [*said[:-1], {"role": "assistant", "content": wrap("Noted.")}], "label": one.label}


@record_format("prompt and a label", _LABELLED)
def prompt_label(one: Sample) -> dict[str, Any]:
    """A prompt of a chat with its class."""
    return {"prompt": one.prompt, "category": one.label}


@record_format("OpenAI completions", _LABELLED)
def openai_completions(one: Sample) -> dict[str, Any]:
    """The label as completion, with the marks that the old guide asked for."""
    return {"prompt": f"{one.prompt}\n\n###\n\n", "completion": f" {one.label} END"}


@record_format("fastText", _LABELLED, container="lines")
def fasttext(one: Sample) -> str:
    """A line with the label in front."""
    return f"__label__{one.label} {one.prompt}"


@record_format("tabs without a header", _LABELLED, container="lines")
def tabs(one: Sample) -> str:
    """As in the collection of short messages."""
    return f"{one.label}\t{one.prompt}"


@record_format("commas without a header", _LABELLED, container="lines")
def commas(one: Sample) -> str:
    """As in the news set: a number, a title, the text."""
    told = one.prompt.replace('"', '""')
    return f'"{_number(one) + 1}","Letter {one.number}","{told}"'
