"""Where the dbt project lies that `milepost init` copies."""

from __future__ import annotations

from pathlib import Path


def scaffold() -> Path:
    """The dbt project of the installed package, or of the repository that the package is installed from."""
    package = Path(__file__).resolve().parent
    packaged = package / "project_template"
    return packaged if packaged.is_dir() else package.parent / "dbt_project"
