"""Puts the bundled command line of this repository into the wheel, with the packages that it needs, and the addresses into its metadata."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

REPOSITORY = Path(__file__).resolve().parents[2]

# What the bundle does not contain: the native package with its binaries for each system, and PDFium for machines without poppler.
PACKAGES = {
    "better-sqlite3": ["LICENSE", "lib", "package.json", "prebuilds"],
    "@embedpdf/pdfium": ["LICENSE", "LICENSE.pdfium", "dist", "package.json"],
}
# What only projects in JavaScript use: the entry points of their test frameworks, and the manual page.
LEFT_OUT = {"dist/lib", "dist/man"}


class CustomMetadataHook(MetadataHookInterface):
    def update(self, metadata: dict[str, Any]) -> None:
        package = json.loads((REPOSITORY / "package.json").read_text())
        address = package.get("repository", {}).get("url", "").removeprefix("git+").removesuffix(".git")
        metadata["urls"] = {"Source": address, "Documentation": f"{address}/tree/main/docs"} if address else {}


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if not (REPOSITORY / "dist/bin/retake.js").exists():
            raise FileNotFoundError(
                f"{REPOSITORY / 'dist/bin/retake.js'} does not exist. Run `npm ci --ignore-scripts && npm run build` first."
            )
        package = json.loads((REPOSITORY / "package.json").read_text())
        patterns = ["package.json", "LICENSE", *(name for name in package["files"] if name not in LEFT_OUT)]
        for pattern in patterns:
            # Without a match, including the pattern itself reports what is missing.
            names = [path.relative_to(REPOSITORY).as_posix() for path in REPOSITORY.glob(pattern)]
            for name in sorted(names) or [pattern]:
                self._include(name, name, build_data)
        for package_name, parts in PACKAGES.items():
            for part in parts:
                name = f"node_modules/{package_name}/{part}"
                self._include(name, name, build_data)

    def _include(self, source: str, target: str, build_data: dict[str, Any]) -> None:
        path = REPOSITORY / source
        if not path.exists():
            raise FileNotFoundError(f"{path} does not exist. Run `npm ci --ignore-scripts && npm run build` first.")
        build_data["force_include"][str(path)] = f"retake/_node/{target}"
