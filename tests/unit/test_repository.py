"""What the repository promises about itself: nothing foreign in it, locks without addresses, true documents."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
LOCKS = sorted((PROJECT / "requirements").glob("*.lock"))
# Put together here, so that this file does not hold what it forbids.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("unpkg", "com"),
        ("jsdelivr", "net"),
        ("cdnjs", "cloudflare", "com"),
        ("huggingface", "co"),
    )
)
MACHINE_PATHS = tuple("/" + name + "/" for name in ("work", "root", "home"))
THIRD_PARTY_ENDINGS = (".min.js", ".min.css", ".map", ".tflite", ".onnx", ".bin", ".pt", ".ttf", ".otf", ".woff")
THIRD_PARTY_ENDINGS += (".woff2", ".so", ".whl", ".jar", ".zip", ".gz", ".mo", ".pyc")
LARGEST_FILE_BYTES = 1_000_000


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """What git holds or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [path for name in listed.split("\0") if name and (path := PROJECT / name).is_file()]


@pytest.fixture(scope="module")
def targets() -> list[str]:
    """The Makefile's targets that are meant for people."""
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    named = re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE)
    return [name for name in named if not name.startswith("prepared-")]


def locked_in(lock: str) -> set[str]:
    """The names of the packages in a lock file."""
    text = (PROJECT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9._-]+)==", text, flags=re.MULTILINE))


def shown(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(PROJECT)) for path in paths]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_holds_no_address_and_a_digest_for_every_package(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert not [line for line in text.splitlines() if re.match(r"-{1,2}[a-z]", line)], "no options of pip"
    for requirement in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9][a-z0-9._-]*==\S+", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement


def test_the_browser_lock_holds_no_address_and_a_digest_for_every_package() -> None:
    lock = json.loads((PROJECT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert package["integrity"].startswith("sha512-"), name


def test_every_dependency_of_the_project_is_locked() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {"main": project["dependencies"], "test": extras["dev"], "build": extras["build"], "npm": extras["npm"]}
    in_main = locked_in("main")
    for lock, requirements in wanted.items():
        names = {re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-") for requirement in requirements}
        # What main.lock has already is not in the others again.
        missing = names - locked_in(lock) - in_main
        assert not missing, f"run make lock: {sorted(missing)} not in {lock}.lock"


def test_no_package_is_locked_twice() -> None:
    names = [name for lock in LOCKS for name in locked_in(lock.stem)]
    assert len(names) == len(set(names))


def test_no_file_names_a_registry_or_a_path_of_somebody_s_machine(files: list[Path]) -> None:
    found = []
    for path in files:
        text = path.read_bytes().decode("utf-8", errors="ignore")
        found += [(path.name, host) for host in REGISTRY_HOSTS if host in text]
        # As a path of its own, not as the tail of an address or of a longer path.
        found += [(path.name, it) for it in MACHINE_PATHS if re.search(rf"(?<![\w.*~/>}}]){re.escape(it)}\w", text)]
    assert not found


def test_everything_committed_is_our_own_and_small(files: list[Path]) -> None:
    assert not shown([path for path in files if path.name.endswith(THIRD_PARTY_ENDINGS)])
    assert not shown([path for path in files if path.stat().st_size > LARGEST_FILE_BYTES])


def test_ci_runs_the_test_command_of_the_readme_and_nothing_else() -> None:
    script = (PROJECT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [line for line in script if line and not line.startswith("#")]
    assert commands[0] == "set -e"
    assert commands[1].startswith("cd ")
    assert commands[2:] == ["make test"]
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert "## Tests\n\n```sh\nmake test\n```" in readme


def test_make_help_and_the_readme_name_every_target(targets: list[str]) -> None:
    helped = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert {"run", "test"} <= set(targets)
    for target in targets:
        assert re.search(rf"^make {target} +\S", helped, flags=re.MULTILINE), target
        assert f"`{target}`" in readme or f"`make {target}`" in readme, target


def test_every_file_and_folder_that_the_readme_points_to_exists() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"\]\(([^):]+)\)", readme)
    assert linked
    assert not [link for link in linked if not (PROJECT / link).exists()]


def test_the_set_up_needs_nothing_but_python(files: list[Path]) -> None:
    for path in files:
        if path.parent == PROJECT / "setup":
            foreign = imported_modules(path) - sys.stdlib_module_names - {"setup"}
            assert not foreign, f"{path.name} imports {sorted(foreign)}, which is not installed yet"


def test_old_pythons_can_read_which_python_is_needed() -> None:
    ast.parse((PROJECT / "setup" / "__main__.py").read_text(encoding="utf-8"), feature_version=(3, 4))


def test_each_decision_has_a_number_of_its_own() -> None:
    names = [path.name for path in (PROJECT / "docs" / "decisions").glob("*.md")]
    assert not [name for name in names if not re.fullmatch(r"\d{3}-[a-z0-9-]+\.md", name)]
    assert len({name[:3] for name in names}) == len(names)


def imported_modules(path: Path) -> set[str]:
    """The top-level names of what a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found
