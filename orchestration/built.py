"""Which tables of the warehouse file are as a run would make them again: same instant, same data, same SQL.

They are not made again. What is remembered is dropped before a build and written after it, and holds for the
warehouse file as it was then: after a crash, or when another program wrote to the file, everything is made anew.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from orchestration.scaffold import scaffold
from transforms.audiences.run_models import RunModel, run_model_of
from transforms.compiler.models import GENERATED_FOLDERS
from transforms.durable import replace_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

#: The sources whose files data_digest() looks at.
_LAKE = ".lake."
#: What `milepost init` gives a project to compute with. Hooks are macros that an analyst may write anew.
_SHIPPED = ("models/staging/", "models/profiles/")
_HOOKS = "macros/hooks/filters.sql"
_EARLIER_MEMBERS = "int_earlier_members"


@dataclass(frozen=True)
class Built:
    """Models by name with the signature by which each was built, over the data of digest `data`.

    `models` are those that a run keeps with its memberships, `warehouse` size and time of the file.
    """

    data: str
    signatures: Mapping[str, str]
    models: tuple[RunModel, ...]
    warehouse: tuple[int, int]

    def after(self, signatures: Mapping[str, str], models: Iterable[RunModel]) -> Built:
        """What is built once the models that `signatures` names were, too."""
        kept = {model.name: model for model in (*self.models, *models)}
        return replace(
            self,
            signatures={**self.signatures, **signatures},
            models=tuple(kept[name] for name in sorted(kept)),
        )


def read_built(path: Path, warehouse: Path, data: str) -> Built:
    """What is built for the data of digest `data`: nothing where it is other data, or another warehouse file."""
    nothing = Built(data, {}, (), _stamp(warehouse))
    if not path.exists():
        return nothing
    read = json.loads(path.read_text(encoding="utf-8"))
    if read["data"] != data or tuple(read["warehouse"]) != nothing.warehouse:
        return nothing
    return nothing.after(read["signatures"], map(run_model_of, read["models"]))


def forget_built(path: Path) -> None:
    """Before a build: what it leaves when it fails is unknown."""
    path.unlink(missing_ok=True)


def write_built(path: Path, warehouse: Path, built: Built) -> Built:
    """After a build: what is built, for the warehouse file as it is now."""
    stamped = replace(built, warehouse=_stamp(warehouse))
    replace_bytes(path, json.dumps(asdict(stamped), ensure_ascii=False).encode())
    return stamped


def data_digest(lake: Path, *others: str) -> str:
    """A text that is another one when a file of the lake, or one of `others`, is another one."""
    digest = hashlib.sha256(json.dumps(others).encode())
    for path in sorted(lake.glob("*/*/*.parquet")):
        found = path.stat()
        digest.update(f"{path.relative_to(lake)}\0{found.st_size}\0{found.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def signatures_of(manifest: Mapping[str, Any], project: Path, earlier_members: Path) -> dict[str, str]:
    """Each model by name with a text that is another one when its file, or anything that it reads, is another one.

    A model may be skipped only where nothing else decides its rows: those that have none read what is published or a
    source that is not the lake, or an analyst wrote them, who may ask for the time or for a file. So has what reads one.
    """
    if not _is_shipped(project, _HOOKS):
        return {}
    earlier = hashlib.sha256(earlier_members.read_bytes()).hexdigest()
    nodes, parents = manifest["nodes"], manifest["parent_map"]
    found: dict[str, str | None] = {}
    for unique_id in TopologicalSorter(parents).static_order():
        if unique_id in nodes:
            node = nodes[unique_id]
            read, others = [], []
            for one in sorted(parents.get(unique_id, ())):
                (read if one in nodes else others).append(one)
            is_ours = all(_LAKE in one for one in others) and _is_ours(project, node)
            found[unique_id] = _signature(node, [found[one] for one in read], earlier) if is_ours else None
    return {nodes[one]["name"]: signature for one, signature in found.items() if signature is not None}


def _is_ours(project: Path, node: Mapping[str, Any]) -> bool:
    """Whether a model is generated, or as it came with `milepost init`."""
    file = node["original_file_path"]
    match node["resource_type"]:
        case "seed":
            return True
        case "model":
            return file.startswith(GENERATED_FOLDERS) or (
                file.startswith(_SHIPPED) and _is_shipped(project, file)
            )
        case _:
            return False


def _is_shipped(project: Path, file: str) -> bool:
    shipped, found = scaffold() / file, project / file
    return shipped.is_file() and found.is_file() and shipped.read_bytes() == found.read_bytes()


def _signature(node: Mapping[str, Any], read: Collection[str | None], earlier_members: str) -> str | None:
    if None in read:
        return None
    parts = [node["checksum"]["checksum"], *read]
    if node["name"] == _EARLIER_MEMBERS:
        parts.append(earlier_members)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _stamp(warehouse: Path) -> tuple[int, int]:
    if not warehouse.exists():
        return (0, 0)
    found = warehouse.stat()
    return found.st_size, found.st_mtime_ns
