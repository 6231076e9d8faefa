"""What dbt is told to select for models by name."""

from __future__ import annotations

import pytest

from orchestration.selection import with_parents

PATHS = {
    "stg": "models/staging/stg.sql",
    "mst_a": "models/milestones/generated/one/mst_a.sql",
    "mst_b": "models/milestones/generated/one/mst_b.sql",
    "mst_c": "models/milestones/generated/two/mst_c.sql",
    "mst_d": "models/milestones/custom/mst_d.sql",
    "score": "models/my scores/score.sql",
}
MANIFEST = {
    "nodes": {
        **{
            f"model.p.{name}": {"name": name, "original_file_path": path, "resource_type": "model"}
            for name, path in PATHS.items()
        },
        "seed.p.tiers": {"name": "tiers", "original_file_path": "seeds/tiers.csv", "resource_type": "seed"},
    }
}


@pytest.mark.parametrize(
    ("models", "selected"),
    [
        ({"mst_a"}, ["+mst_a"]),
        ({"mst_a", "mst_b"}, ["+path:models/milestones/generated/one"]),
        ({"mst_a", "mst_c"}, ["+mst_a", "+path:models/milestones/generated/two"]),
        ({"mst_a", "mst_b", "mst_c"}, ["+path:models/milestones/generated"]),
        ({"mst_a", "mst_b", "mst_c", "mst_d", "stg"}, ["+path:models/milestones", "+path:models/staging"]),
        (set(PATHS), ["+path:models"]),
        ({"score"}, ["+score"]),
        ({"tiers", "unknown"}, ["+tiers", "+unknown"]),
        (set(), []),
    ],
)
def test_a_folder_is_named_where_all_its_models_are_wanted(models: set[str], selected: list[str]):
    assert with_parents(models, MANIFEST) == selected
