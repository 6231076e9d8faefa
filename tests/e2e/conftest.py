from __future__ import annotations

import csv
import json
import shutil
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from orchestration.demo.landing import write_landing
from tests.e2e import figures
from tests.support.shared_data import REPOSITORY, shared_data

if TYPE_CHECKING:
    from pathlib import Path

#: Both data sets are over by then.
GROCER_IS_OVER = datetime(2018, 1, 2)
SHOP_IS_OVER = datetime(2020, 5, 1)


@dataclass(frozen=True)
class Prepared:
    """A project and its data folder with landed files, not ingested yet."""

    project: Path
    data: Path


@pytest.fixture(scope="session")
def grocer_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo's landing files; shared, so that they are ingested once."""
    data = tmp_path_factory.mktemp("grocer")
    write_landing(data / "landing")
    return data


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, grocer_data: Path) -> Prepared:
    """The demo as it is in the repository."""
    project = tmp_path_factory.mktemp("demo_project")
    shutil.copy(REPOSITORY / "dbt_project" / "milepost.yml", project)
    for folder in ("audiences", "journeys", "attributes", "connections"):
        shutil.copytree(REPOSITORY / "dbt_project" / folder, project / folder)
    return Prepared(project, grocer_data)


@pytest.fixture(scope="session")
def complete_journey(tmp_path_factory: pytest.TempPathFactory, grocer_data: Path) -> Prepared:
    """The demo's inputs with an audience for each published figure."""
    project = tmp_path_factory.mktemp("complete_journey")
    shutil.copy(REPOSITORY / "dbt_project" / "milepost.yml", project)
    figures.write_audiences(
        project,
        {figure.audience: figure.criteria for figure in figures.COMPLETE_JOURNEY}
        | figures.MOST_OF_ONE_HOUSEHOLD
        | figures.CAMPAIGNS,
    )
    return Prepared(project, grocer_data)


@pytest.fixture(scope="session")
def simple_shop(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The events of a small web shop, without the event `lost`, which the figures leave out too."""
    source = shared_data() / "retentioneering_simple_shop" / "simple-onlineshop.csv"
    folder = tmp_path_factory.mktemp("simple_shop")
    landing = folder / "data" / "landing" / "shop" / "web"
    landing.mkdir(parents=True)
    with (
        source.open(encoding="utf-8", newline="") as rows,
        (landing / "events.csv").open("w", encoding="utf-8", newline="") as kept,
    ):
        reader = csv.DictReader(rows)
        writer = csv.DictWriter(kept, reader.fieldnames or ())
        writer.writeheader()
        writer.writerows(row for row in reader if row["event"] != "lost")

    project = folder / "project"
    (project / "journeys").mkdir(parents=True)
    (project / "milepost.yml").write_text(json.dumps(figures.SIMPLE_SHOP_PROJECT), encoding="utf-8")
    (project / "journeys" / "funnel.yml").write_text(json.dumps(figures.FUNNEL_JOURNEY), encoding="utf-8")
    wanted = (*figures.SIMPLE_SHOP, figures.SECOND_FUNNEL)
    figures.write_audiences(project, {figure.audience: figure.criteria for figure in wanted})
    figures.write_audiences(project, figures.ORDERED_FUNNELS)
    return Prepared(project, folder / "data")
