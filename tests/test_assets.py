"""What the console takes from others: complete, self-contained and rebuilt to the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

CONSOLE = Path(__file__).parents[1] / "bot" / "console"
ASSETS = CONSOLE / "assets"
VENDOR = CONSOLE / "static" / "vendor"
MANIFEST = "MANIFEST.json"
SHEETS = sorted(VENDOR.glob("*.css"))
#: what `make assets` reads; node_modules is fetched anew
SOURCES = ("package.json", "package-lock.json", ".npmrc", "build.mjs")
MOST_BYTES = 120 * 1024
REMOTE_URL = re.compile(r"""url\(\s*["']?\s*(?:https?:)?//|@import""", re.I)
URL = re.compile(r"""url\(\s*["']?([^"')]+)""", re.I)


def manifest() -> dict[str, str]:
    listed: dict[str, str] = json.loads((VENDOR / MANIFEST).read_text(encoding="utf-8"))
    return listed


def pinned() -> dict[str, str]:
    package = json.loads((ASSETS / "package.json").read_text(encoding="utf-8"))
    versions: dict[str, str] = package.get("dependencies", {}) | package["devDependencies"]
    return versions


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_vendor_folder_holds_what_the_manifest_lists_and_nothing_else() -> None:
    found = contents(VENDOR)
    del found[MANIFEST]
    assert {name: hashlib.sha256(data).hexdigest() for name, data in found.items()} == manifest()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_vendored_sheet_asks_nothing_of_another_machine(sheet: Path) -> None:
    css = sheet.read_text(encoding="utf-8")
    assert not REMOTE_URL.search(css)
    for target in URL.findall(css):
        assert target.startswith("data:") or target in manifest()


@pytest.mark.parametrize("name", [n for n in manifest() if n.endswith((".css", ".js"))])
def test_no_vendored_file_points_at_a_source_map(name: str) -> None:
    assert "sourceMappingURL" not in (VENDOR / name).read_text(encoding="utf-8")


def test_the_component_sheet_stays_small() -> None:
    assert (VENDOR / "nlds.css").stat().st_size <= MOST_BYTES


def test_the_theme_refers_only_to_properties_that_were_kept() -> None:
    """So every chain of var() ends in a value."""
    css = (VENDOR / "nlds.css").read_text(encoding="utf-8")
    start = css.index(".voorbeeld-theme{")
    theme = css[start : css.index("}", start)]
    kept = set(re.findall(r"^(--[\w-]+):", theme, re.M))
    assert kept
    assert set(re.findall(r"var\((--[\w-]+)", theme)) <= kept


def test_every_pinned_package_is_pinned_exactly_and_named_with_its_licence() -> None:
    licences = (VENDOR / "LICENCES.md").read_text(encoding="utf-8")
    for name, version in pinned().items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert f"| {name} | {version} | " in licences


def test_the_lock_names_no_registry_and_no_forbidden_tokens() -> None:
    lock = json.loads((ASSETS / "package-lock.json").read_text(encoding="utf-8"))
    packages: dict[str, dict[str, object]] = lock["packages"]
    for path, package in packages.items():
        assert "resolved" not in package, path
        assert not re.search(r"@utrecht/design-tokens|rijkshuisstijl", path)


def test_a_rebuild_gives_the_same_bytes(tmp_path: Path) -> None:
    npm, node = shutil.which("npm"), shutil.which("node")
    if os.environ.get("CI_ASSETS") != "1":
        pytest.skip("fetches packages from the npm registry; CI_ASSETS=1 runs it")
    if npm is None or node is None:
        pytest.skip("rebuilding the assets needs npm and node")
    work, out = tmp_path / "console" / "assets", tmp_path / "built"
    work.mkdir(parents=True)
    for name in SOURCES:
        shutil.copy(ASSETS / name, work / name)
    subprocess.run([npm, "ci", "--ignore-scripts"], cwd=work, check=True, timeout=300)
    subprocess.run([node, "build.mjs", str(out)], cwd=work, check=True, timeout=60)
    assert contents(out) == contents(VENDOR)
