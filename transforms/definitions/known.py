"""What is known of names in files that could not be read, so that one mistake is not reported as many."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from transforms.documents.nodes import Mapping, Node, Scalar


@dataclass
class Known:
    """The ids that files with errors may define: the file's name, and what stands where its id should."""

    ids: set[str] = field(default_factory=set)
    #: Whether a file of connections could not be read, so that an output may be missing for that reason.
    outputs_are_missing: bool = False

    def claim(self, file: str, tree: Node | None, key: str) -> None:
        """Keep the ids that a file with errors may define."""
        self.ids.add(PurePosixPath(file).stem)
        written = tree.get(key) if isinstance(tree, Mapping) else None
        if isinstance(written, Scalar):
            self.ids.add(written.text)

    def may_exist(self, name: str) -> bool:
        """Whether `name`, or the journey that it belongs to, may be defined in a file with errors."""
        return name in self.ids or name.partition("__")[0] in self.ids
