"""What the scale benchmark measures itself against, each run alone in an environment of its own.

The floor counts n-grams with DuckDB and does nothing with them. The peer is confident learning over word counts: labels
predicted out of fold, and those that the model contradicts are the issues. Nothing of the tool is imported here.

    uv run --no-project --with duckdb python benchmarks/scale_peers.py duckdb DATA.jsonl 2
    uv run --no-project --with cleanlab,scikit-learn python benchmarks/scale_peers.py cleanlab DATA.jsonl liblinear
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time

_SPLIT = r"\w+|[^\w\s]+"


def count_with_duckdb(path: str, orders: int) -> dict[str, object]:
    """Group all n-grams up to an order: texts and labels of each, as a miner would need them."""
    import duckdb  # type: ignore[import-not-found]

    with tempfile.TemporaryDirectory() as spill:
        database = duckdb.connect(config={"threads": 2, "memory_limit": "4GB", "temp_directory": spill})
        database.execute("set preserve_insertion_order = false")
        database.execute(
            """
            create temp table words as
            select label = 'harmless' as own, regexp_extract_all(lower(text), ?) as words
            from read_json(?, format = 'newline_delimited', columns = {text: 'varchar', label: 'varchar'})
            """,
            [_SPLIT, path],
        )
        found = 0
        for order in range(1, orders + 1):
            gram = ", ".join(f"words[place + {step}]" for step in range(order))
            row = database.execute(
                f"""
                select count(*) from (
                    select gram, count(*) as texts, sum(own::int) as labelled from (
                        select own, unnest(list_distinct(list_transform(
                            range(1, len(words) - {order} + 2), lambda place: hash({gram})
                        ))) as gram
                        from words where len(words) >= {order}
                    ) group by gram having count(*) >= 5
                )
                """  # noqa: S608  numbers only
            ).fetchone()
            found += row[0] if row else 0
    return {"found": found}


def look_with_cleanlab(path: str, solver: str) -> dict[str, object]:
    """Find label issues over word and pair counts, cross-validated.

    Where no solver is named scikit-learn takes lbfgs, which gives up after 100 rounds; liblinear goes on to the end.
    """
    from cleanlab.filter import find_label_issues
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    labels = [int(row["label"] == "harmless") for row in rows]
    counts = CountVectorizer(ngram_range=(1, 2), min_df=2).fit_transform(row["text"] for row in rows)
    model = LogisticRegression(solver=solver)
    chances = cross_val_predict(model, counts, labels, cv=5, method="predict_proba")
    issues = find_label_issues(labels, chances, return_indices_ranked_by="self_confidence")
    return {"found": [rows[index]["id"] for index in issues]}


def main() -> None:
    """Run one and print what it took as JSON."""
    what, path, *rest = sys.argv[1:]
    started = time.perf_counter()
    found = count_with_duckdb(path, int(rest[0])) if what == "duckdb" else look_with_cleanlab(path, rest[0])
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {
        "seconds": round(time.perf_counter() - started, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mib": round(used.ru_maxrss / 1024),
    }
    print(json.dumps({**told, **found}))


if __name__ == "__main__":
    main()
