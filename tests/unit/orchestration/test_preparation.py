"""Generated models follow the definitions, and are not made again where nothing changed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from orchestration import definition_hashes, preparation
from orchestration.preparation import prepare
from orchestration.scaffold import scaffold
from orchestration.settings import Settings
from tests.support.project_folder import MILEPOST, write_project
from transforms.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

BUYERS = "audience: buyers\ncriteria: {event: {name: Play, within: 3 days}}\n"
MODEL = "models/milestones/generated/audiences/mst_buyers.sql"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    write_project(tmp_path / "project", {"audiences/buyers.yml": BUYERS}, MILEPOST)
    found = Settings(tmp_path / "project", tmp_path / "data")
    prepare(found)
    return found


def test_what_did_not_change_is_not_compiled_again(settings: Settings, monkeypatch) -> None:
    monkeypatch.setattr(preparation, "compile_project", None)
    assert [audience.id for audience in prepare(settings, frozen=True).audiences] == ["buyers"]


def test_a_changed_definition_is_compiled(settings: Settings) -> None:
    before = (settings.project / MODEL).read_text()
    (settings.project / "audiences" / "buyers.yml").write_text(BUYERS.replace("3 days", "4 days"))
    with pytest.raises(UserError, match="out of date"):
        prepare(settings, frozen=True)
    prepare(settings)
    assert (settings.project / MODEL).read_text() != before
    prepare(settings, frozen=True)


def test_a_generated_model_that_was_changed_or_lost_is_made_again(settings: Settings) -> None:
    model = settings.project / MODEL
    right = model.read_text()
    model.write_text(f"{right}-- by hand\n")
    prepare(settings)
    assert model.read_text() == right
    model.unlink()
    prepare(settings)
    assert model.read_text() == right


def test_a_model_that_an_analyst_took_over_is_not_generated_any_more(settings: Settings) -> None:
    custom = settings.project / "models" / "milestones" / "custom" / "mst_buyers.sql"
    custom.parent.mkdir(parents=True)
    (settings.project / MODEL).rename(custom)
    prepare(settings)
    assert not (settings.project / MODEL).exists()


def test_another_version_of_the_program_compiles_again(settings: Settings, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(definition_hashes, "_PROGRAM", tmp_path / "newer")
    made = []
    monkeypatch.setattr(preparation, "compile_project", lambda *_: made.append("again") or ())
    monkeypatch.setattr(preparation, "check_models", lambda *_: ())
    prepare(settings)
    assert made == ["again"]


def test_a_project_of_an_earlier_version_is_told_which_models_it_lacks(settings: Settings) -> None:
    shutil.copytree(scaffold() / "models", settings.project / "models", dirs_exist_ok=True)
    prepare(settings)
    (settings.project / "models" / "profiles" / "int_user_privacy.sql").unlink()
    with pytest.raises(UserError, match=r"lacks models/profiles/int_user_privacy\.sql"):
        prepare(settings)
