"""The map of an import: what a definition leaves open and only its owner knows (`--map FILE.yml`).

    workspaces: [shop]                       # written to every audience
    inputs: [shop/web]
    lookback: 90 days
    audiences: {"12345": lapsed_buyers}      # the service's id → id here
    missing_values: out                      # or in: whether a negative holds without the value
    models:
      customers: {is: user, paths: {tier: attribute.plan, hobbies: list.hobbies, ltv: calculated.ltv}}
      orders: {is: ecommerce, action: purchase, paths: {total: where.total_amount, date: time, sku: product.id}}

Codes: IMP-002 a word that names no target.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from transforms.criteria.kinds.ecommerce import ACTIONS
from transforms.definitions.vocabulary import AUDIENCE_ID_PATTERN
from transforms.documents.fields import Values, defaulted, optional, read_fields, record, required
from transforms.documents.readers import (
    INVALID,
    Invalid,
    choice,
    duration_or_unlimited,
    list_of,
    pairs_of,
    text,
)
from transforms.documents.report import Report
from transforms.documents.yaml import read_yaml
from transforms.importing.event_kinds import EVENT_KINDS
from transforms.importing.findings import untranslatable
from transforms.importing.paths import EVENT_MODELS, USER_MODELS, event_target, user_target
from transforms.importing.targets import EVENT_ROLES, USER_ROLES, Target, read_target, target_words

if TYPE_CHECKING:
    from transforms.importing.schema import ModelPath


@dataclass(frozen=True)
class ModelMap:
    """What a model is: users, or events of one kind (of any kind for `event` as it comes), and what its paths mean."""

    is_user: bool
    kind: str | None = None
    name: str | None = None
    paths: dict[str, Target] = field(default_factory=dict)


_DEFAULTS = {
    **dict.fromkeys(USER_MODELS, ModelMap(is_user=True)),
    **dict.fromkeys(EVENT_MODELS, ModelMap(is_user=False)),
}


@dataclass(frozen=True)
class ImportMap:
    """A map as read; without a file everything has its default. `missing_is_out` is None where it is not said."""

    workspaces: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    lookback: str | None = None
    audiences: dict[str, str] = field(default_factory=dict)
    missing_is_out: bool | None = None
    models: dict[str, ModelMap] = field(default_factory=dict)

    def model(self, name: str, at: str) -> ModelMap:
        """What a model is. Raises NotTranslatedError where nobody said."""
        found = self.models.get(name) or _DEFAULTS.get(name)
        if found is None:
            raise untranslatable(
                at, f"what the model `{name[:60]}` holds is not known: name it below `models` in the map"
            )
        return found

    def is_user(self, name: str, at: str) -> bool:
        """Whether a model is the users."""
        return self.model(name, at).is_user

    def target(self, path: ModelPath) -> Target:
        """What a path means. Raises NotTranslatedError."""
        model = self.model(path.model, path.at)
        mapped = model.paths.get(path.path)
        if mapped is not None:
            return mapped
        return user_target(path.path, path.at) if model.is_user else event_target(path.path, path.at)


_IS = required("is", choice("user", *EVENT_KINDS), "Users, or a kind of event.")
_NAME = optional("name", text(), "The event or screen that every row of the model is.")
_ACTION = optional("action", choice(*ACTIONS), "The action that every row of the model is.")
_PATHS = defaulted("paths", pairs_of(text(), text()), (), "Path → what it means.")


def _model(values: Values, report: Report) -> ModelMap | Invalid:
    is_user = values[_IS] == "user"
    roles = USER_ROLES if is_user else EVENT_ROLES
    paths: dict[str, Target] = {}
    for path, word in values[_PATHS]:
        target = read_target(word, roles)
        if target is None:
            report.add(
                "IMP-002",
                f"`{word[:60]}` is nothing that a path can mean",
                values.place(_PATHS),
                allowed=target_words(roles),
            )
            return INVALID
        paths[path] = target
    kind = None if is_user else values[_IS]
    return ModelMap(is_user, kind, values[_ACTION] if kind == "ecommerce" else values[_NAME], paths)


_WORKSPACES = defaulted("workspaces", list_of(text()), (), "Written to every audience.")
_INPUTS = defaulted("inputs", list_of(text()), (), "Written to every audience.")
_LOOKBACK = optional("lookback", duration_or_unlimited(), "Written to every audience.")
_AUDIENCES = defaulted(
    "audiences",
    pairs_of(text(), text(pattern=AUDIENCE_ID_PATTERN, expected="the id of an audience")),
    (),
    "The service's id → id here.",
)
_MISSING = optional("missing_values", choice("out", "in"), "Whether a negative holds without a value.")
_MODELS = defaulted(
    "models",
    pairs_of(text(), record((_IS, _NAME, _ACTION, _PATHS), _model, "a model")),
    (),
    "Model → what it is.",
)


def read_import_map(written: str, file: str) -> ImportMap:
    """The map that a file says. Raises UserError with every problem."""
    report = Report()
    node = read_yaml(written, file, report)
    fields = (_WORKSPACES, _INPUTS, _LOOKBACK, _AUDIENCES, _MISSING, _MODELS)
    values = None if node is None else read_fields(node, fields, report, "the map")
    report.raise_errors()
    if values is None:
        return ImportMap()
    lookback = values[_LOOKBACK]
    unlimited = "unlimited" if values.has(_LOOKBACK) else None
    return ImportMap(
        workspaces=values[_WORKSPACES],
        inputs=values[_INPUTS],
        lookback=unlimited if lookback is None else lookback.text,
        audiences=dict(values[_AUDIENCES]),
        missing_is_out=None if values[_MISSING] is None else values[_MISSING] == "out",
        models=dict(values[_MODELS]),
    )
