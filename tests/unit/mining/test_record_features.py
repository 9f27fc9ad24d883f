"""Layouts, values of other fields and groups as features of whole records."""

from __future__ import annotations

from marshtest.mining.record_features import record_features


def test_groups_and_values_of_fields_are_features_beside_layouts() -> None:
    prompts = ["two  spaces", "one space", "one more"]
    features, kinds = record_features(prompts, ['{"desk": "north"}', "{}", '{"desk": "north"}'], ["x", None, "x"])
    assert (features["desk=north"], features["group=x"]) == ([0, 2], [0, 2])
    assert (kinds["desk=north"], kinds["group=x"]) == ("group", "group")
    assert set(features) == set(kinds)
    assert [0] in [features[name] for name, kind in kinds.items() if kind == "format"]
