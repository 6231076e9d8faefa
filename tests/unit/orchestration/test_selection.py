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
READ = {"mst_c": ["mst_d", "stg"], "mst_d": ["stg"], "score": ["tiers"]}


def node(kind: str, name: str, path: str) -> dict[str, str]:
    return {
        "unique_id": f"{kind}.p.{name}",
        "name": name,
        "original_file_path": path,
        "resource_type": kind,
    }


NODES = [
    *(node("model", name, path) for name, path in PATHS.items()),
    node("seed", "tiers", "seeds/tiers.csv"),
    node("test", "unique_stg", "models/staging/_staging.yml"),
]
MANIFEST = {
    "nodes": {one["unique_id"]: one for one in NODES},
    "parent_map": {
        one["unique_id"]: [
            *(f"{'seed' if read == 'tiers' else 'model'}.p.{read}" for read in READ.get(one["name"], ())),
            "source.p.lake.events",
        ]
        for one in NODES
    },
}


@pytest.mark.parametrize(
    ("models", "selected"),
    [
        ({"mst_a"}, ["+mst_a"]),
        ({"mst_a", "mst_b"}, ["+path:models/milestones/generated/one"]),
        ({"mst_a", "mst_c"}, ["+mst_a", "+path:models/milestones/generated/two"]),
        ({"mst_a", "mst_b", "mst_c"}, ["+path:models/milestones"]),
        ({"mst_d", "stg"}, ["+path:models/milestones/custom"]),
        ({"mst_a", "mst_b", "mst_c", "mst_d", "stg"}, ["+path:models/milestones"]),
        ({"mst_b", "mst_c"}, ["+mst_b", "+path:models/milestones/generated/two"]),
        (set(PATHS), ["+path:models"]),
        ({"score"}, ["+score"]),
        ({"tiers", "unknown"}, ["+tiers", "+unknown"]),
        (set(), []),
    ],
)
def test_a_folder_is_named_where_all_its_models_are_wanted(models: set[str], selected: list[str]):
    assert with_parents(models, MANIFEST) == selected
