"""A report as a fragment of Croissant 1.0 (JSON-LD, MLCommons) with its vocabulary for responsible AI (RAI 1.0).

Croissant also requires `license`, `url`, `creator` and `datePublished`. Only the owner of the data knows them, so the
fragment leaves them out: it is merged into the owner's file.
"""

from __future__ import annotations

from typing import Any, Final

from marshtest.render.fragments.facts import drawn, facts, fragment_json
from marshtest.render.fragments.places import uri_of
from marshtest.report import Report

__all__ = ["croissant"]

_TERMS: Final = (
    *("citeAs", "column", "data", "dataType", "examples", "extract", "field", "fileProperty", "fileObject", "fileSet"),
    *(
        "format",
        "includes",
        "isLiveDataset",
        "jsonPath",
        "key",
        "md5",
        "parentField",
        "path",
        "recordSet",
        "references",
    ),
    *("regex", "repeated", "replace", "separator", "source", "subField", "transform"),
)
_MEDIA: Final = {
    ".jsonl": "application/jsonlines",
    ".json": "application/json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".parquet": "application/x-parquet",
    ".gz": "application/gzip",
    ".zip": "application/zip",
}


def _context() -> dict[str, Any]:
    """Give the context that Croissant 1.0 prescribes, with the RAI vocabulary."""
    context: dict[str, Any] = {"@language": "en", "@vocab": "https://schema.org/"}
    context |= {name: f"cr:{name}" for name in _TERMS}
    context |= {
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "conformsTo": "dct:conformsTo",
        "cr": "http://mlcommons.org/croissant/",
        "dct": "http://purl.org/dc/terms/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
    }
    return dict(sorted(context.items()))


def croissant(report: Report) -> bytes:
    """Give a report as a Croissant 1.0 fragment: UTF-8 JSON, the same bytes for the same report."""
    told = facts(report)
    body: dict[str, Any] = {
        "@context": _context(),
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": drawn(", ".join(report.dataset.source)) or "dataset",
        "description": f"Audited for poison with {told['tool']}. {told['verdict']}",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": f"file-{number}",
                "name": drawn(path),
                "contentUrl": uri_of(path),
                "encodingFormat": _media(path),
                "sha256": drawn(digest),
            }
            for number, (path, digest) in enumerate(sorted(report.dataset.files.items()), 1)
        ],
        "rai:dataLimitations": [
            told["verdict"],
            f"Not examined: {told['missing']}.",
            f"Power: {told['power']}",
            f"False alarms: {told['falseAlarms']}",
        ],
        "rai:dataManipulationProtocol": [
            f"Examined: {told['examined']}.",
            f"Fingerprint: {told['fingerprint']}",
            f"Repeat with: {told['repeat']}",
        ],
    }
    return fragment_json(body)


def _media(path: str) -> str:
    return next(
        (media for ending, media in _MEDIA.items() if path.lower().endswith(ending)), "application/octet-stream"
    )
