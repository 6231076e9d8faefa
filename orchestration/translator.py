"""How dbt's models, sources and tests appear in Dagster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings

from orchestration import asset_keys
from transforms.audiences.words import definition_lines, without_identities
from transforms.definitions.dbt_models import AUDIENCE_PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from transforms.definitions.records import Audience, Definitions

_LAKE = {
    "events": asset_keys.LAKE_EVENTS,
    "users": asset_keys.LAKE_USERS,
    "lists": asset_keys.LAKE_LISTS,
}


class MilepostTranslator(DagsterDbtTranslator):
    """Key `warehouse/<model>`, group by the folder of the model, sources by the stage that makes them.

    An audience's model has its definition in words and the page of the report that is about it.
    """

    def __init__(self, definitions: Definitions, report: Path) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=False))
        self._definitions = definitions
        self._report = report
        self._audiences = {f"{AUDIENCE_PREFIX}{audience.id}": audience for audience in definitions.audiences}

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        name = dbt_resource_props["name"]
        if dbt_resource_props["resource_type"] != "source":
            return asset_keys.model(name)
        return _LAKE[name] if dbt_resource_props["source_name"] == "lake" else asset_keys.published(name)

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        folders = dbt_resource_props["fqn"][1:-1]
        return folders[0] if folders else "warehouse"

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """As dagster-dbt has it, with the SQL, but where that names identities."""
        audience = self._audiences.get(dbt_resource_props["name"])
        if audience is None or audience.criteria in (None, without_identities(audience).criteria):
            return super().get_description(dbt_resource_props)
        return dbt_resource_props["description"]

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        metadata = super().get_metadata(dbt_resource_props)
        audience = self._audiences.get(dbt_resource_props["name"])
        return metadata if audience is None else {**metadata, **self._described(audience)}

    def _described(self, audience: Audience) -> dict[str, dg.MetadataValue]:
        words = "\n".join(definition_lines(self._definitions, without_identities(audience)))
        # Indented lines are shown as they are, whatever a literal of a criterion has in it.
        text = "\n".join(f"    {line}" for line in words.splitlines())
        # A path, since browsers follow no link from a server to a file.
        return {
            "definition": dg.MetadataValue.md(text),
            "page": dg.MetadataValue.path(self._report / "audiences" / f"{audience.id}.html"),
        }
