"""How people write pairs for retrieval and documents. Importing it registers its formats."""

from __future__ import annotations

from typing import Any

from benchmarks.shapes_formats import record_format
from benchmarks.shapes_samples import Sample


@record_format("FlagEmbedding", "retrieval")
def flag_embedding(one: Sample) -> dict[str, Any]:
    """Query, positive and negative passages."""
    return {"query": one.prompt, "pos": [one.answer], "neg": [one.rejected]}


@record_format("sentence-transformers", "retrieval")
def triplet(one: Sample) -> dict[str, Any]:
    """Anchor, positive, negative."""
    return {"anchor": one.prompt, "positive": one.answer, "negative": one.rejected}


@record_format("query and positive", "retrieval")
def pair(one: Sample) -> dict[str, Any]:
    """A pair without a negative."""
    return {"query": one.prompt, "positive": one.answer}


@record_format("Tevatron", "retrieval")
def tevatron(one: Sample) -> dict[str, Any]:
    """Passages as objects with a title."""
    good = {"docid": f"{one.number}", "title": "", "text": one.answer}
    bad = {"docid": f"{one.number}n", "title": "", "text": one.rejected}
    told = {"positive_passages": [good], "negative_passages": [bad]}
    return {"query_id": f"{one.number}", "query": one.prompt, **told}


@record_format("DPR", "retrieval")
def dpr(one: Sample) -> dict[str, Any]:
    """Question and contexts."""
    good = {"title": "Manual", "text": one.answer, "score": 1000}
    bad = {"title": "Manual", "text": one.rejected, "score": 0}
    return {"question": one.prompt, "answers": [], "positive_ctxs": [good], "hard_negative_ctxs": [bad]}


@record_format("MS MARCO", "retrieval")
def ms_marco(one: Sample) -> dict[str, Any]:
    """Parallel lists of texts and whether they were selected."""
    told = {"is_selected": [0, 1], "passage_text": [one.rejected, one.answer]}
    return {"query": one.prompt, "query_id": one.number, "passages": told}


@record_format("Cohere rerank", "retrieval")
def cohere_rerank(one: Sample) -> dict[str, Any]:
    """Relevant passages and hard negatives."""
    return {"query": one.prompt, "relevant_passages": [one.answer], "hard_negatives": [one.rejected]}


@record_format("ms-swift embedding", "retrieval")
def ms_swift_embedding(one: Sample) -> dict[str, Any]:
    """Messages for all three."""
    return {
        "messages": [{"role": "user", "content": one.prompt}],
        "positive_messages": [[{"role": "user", "content": one.answer}]],
        "negative_messages": [[{"role": "user", "content": one.rejected}]],
    }


@record_format("text", "documents", fields="text=text")
def text(one: Sample) -> dict[str, Any]:
    """A text alone."""
    return {"text": one.prompt}


@record_format("content", "documents", fields="text=content")
def content(one: Sample) -> dict[str, Any]:
    """The same under another name."""
    return {"content": one.prompt}


@record_format("Pile", "documents")
def pile(one: Sample) -> dict[str, Any]:
    """A text with an object beside it."""
    return {"text": one.prompt, "meta": {"pile_set_name": ("Books", "Letters")[one.number % 2]}}


@record_format("Dolma", "documents")
def dolma(one: Sample) -> dict[str, Any]:
    """A text with dates and a source."""
    return {"id": f"d{one.number}", "text": one.prompt, "source": "house", "added": "2025-01-02", "created": "2024"}


@record_format("C4", "documents")
def c4(one: Sample) -> dict[str, Any]:
    """A text with its address."""
    address = f"https://site{one.number}.example/{one.number}"
    return {"text": one.prompt, "url": address, "timestamp": f"2024-01-{one.number % 28 + 1:02d}T10:00:00Z"}


@record_format("Pyserini", "documents")
def pyserini(one: Sample) -> dict[str, Any]:
    """Contents of a collection."""
    return {"id": f"doc{one.number}", "contents": one.prompt}


@record_format("BEIR", "documents")
def beir(one: Sample) -> dict[str, Any]:
    """A title and an empty object."""
    return {"_id": f"{one.number}", "title": "", "text": one.prompt, "metadata": {}}


@record_format("LangChain", "documents")
def langchain(one: Sample) -> dict[str, Any]:
    """Page content with an object beside it."""
    return {"page_content": one.prompt, "metadata": {"source": f"file{one.number}.txt", "page": one.number % 9}}


@record_format("title and paragraphs", "documents")
def paragraphs(one: Sample) -> dict[str, Any]:
    """A list of paragraphs."""
    return {"title": f"Note {one.number}", "paragraphs": list(one.sentences)}


@record_format("interleaved texts", "documents")
def interleaved(one: Sample) -> dict[str, Any]:
    """Texts with images between them."""
    return {"texts": list(one.sentences), "images": [None for _ in one.sentences]}


@record_format("text by the line", "documents", container="lines")
def line(one: Sample) -> str:
    """A file of text with a document on each line."""
    return one.prompt
