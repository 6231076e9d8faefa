"""How dbt's models, sources and tests appear in Dagster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings

from orchestration import asset_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    import dagster as dg

_LAKE = {
    "events": asset_keys.LAKE_EVENTS,
    "users": asset_keys.LAKE_USERS,
    "lists": asset_keys.LAKE_LISTS,
}


class MilepostTranslator(DagsterDbtTranslator):
    """Key `warehouse/<model>`, group by the folder of the model, sources by the stage that makes them."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=False))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        name = dbt_resource_props["name"]
        if dbt_resource_props["resource_type"] != "source":
            return asset_keys.model(name)
        return _LAKE[name] if dbt_resource_props["source_name"] == "lake" else asset_keys.published(name)

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        folders = dbt_resource_props["fqn"][1:-1]
        return folders[0] if folders else "warehouse"
