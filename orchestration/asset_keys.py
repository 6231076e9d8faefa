"""Every asset key that is not made by dbt."""

from __future__ import annotations

import dagster as dg

from transforms.compiler.attributes import attribute_model

LAKE_EVENTS = dg.AssetKey(["lake", "events"])
LAKE_USERS = dg.AssetKey(["lake", "users"])
LAKE_LISTS = dg.AssetKey(["lake", "lists"])

#: The complete, published generation: memberships, figures, identities.
GENERATION = dg.AssetKey(["published", "generation"])

#: The web pages over it.
REPORT = dg.AssetKey(["report"])


def published(table: str) -> dg.AssetKey:
    """One table of the published generation, as the marts read it."""
    return dg.AssetKey(["published", table])


def model(name: str) -> dg.AssetKey:
    """The asset of a dbt model."""
    return dg.AssetKey(["warehouse", name])


def milestone(audience_id: str) -> dg.AssetKey:
    """The asset of an audience's compiled model."""
    return model(f"mst_{audience_id}")


def calculated_attribute(attribute_id: str) -> dg.AssetKey:
    """The asset of a calculated attribute's compiled model."""
    return model(attribute_model(attribute_id))


def export(connection_id: str) -> dg.AssetKey:
    """What one connection has been given."""
    return dg.AssetKey(["exports", connection_id])
