"""Installing models: whole or not at all, instant the second time, and plain words when it cannot be done.

The catalogue here is a small one of archives on this machine; the real one is installed by the engines' tests.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from voice.models import CATALOGUE, Download, Model, ModelError, ModelFile, ModelStore
from voice.models.store import RECORD

CONTENT = b"a model, more or less" * 100


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("tiny-1.0/am/final.mdl", CONTENT)
        target.writestr("tiny-1.0/README", "hello")
        target.writestr("../outside", "an archive must not write here")
    return path


@pytest.fixture
def tiny(archive: Path) -> Model:
    content = archive.read_bytes()
    return Model(
        name="tiny",
        engine="vosk",
        about="",
        licence="",
        licence_note="",
        release="1.0",
        files=(ModelFile(name="am/final.mdl", size=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest()),),
        download=Download(
            url=archive.as_uri(), sha256=hashlib.sha256(content).hexdigest(), size=len(content), root="tiny-1.0"
        ),
    )


@pytest.fixture
def store(tmp_path: Path, tiny: Model) -> ModelStore:
    return ModelStore(tmp_path / "var" / "models", {"tiny": tiny})


def test_an_install_fetches_checks_and_unpacks(store: ModelStore) -> None:
    told: list[str] = []
    folder = store.install("tiny", progress=told.append)
    assert (folder / "am" / "final.mdl").read_bytes() == CONTENT
    assert store.installed() == {"tiny"}
    assert store.path("tiny") == folder
    assert store.check("tiny") == []
    assert told[0].startswith("fetching file://")
    assert told[-1] == "tiny is installed"
    assert not (store.directory / "outside").exists()


def test_a_second_install_does_nothing(store: ModelStore, archive: Path) -> None:
    store.install("tiny")
    archive.unlink()
    told: list[str] = []
    store.install("tiny", progress=told.append)
    assert told == []


def test_a_fetched_archive_is_installed_without_the_net(store: ModelStore, tiny: Model, archive: Path) -> None:
    brought = archive.rename(archive.with_name("brought.zip"))
    store.install("tiny", archive=brought)
    assert store.installed() == {"tiny"}
    assert brought.exists()


def test_without_the_net_it_says_what_to_do(store: ModelStore, archive: Path) -> None:
    archive.unlink()
    with pytest.raises(ModelError) as problem:
        store.install("tiny")
    assert re.search(r"could not fetch .*download file://.*install tiny --file tiny\.zip", str(problem.value))
    assert _left_over(store) == []


@pytest.mark.parametrize("damage", [lambda content: content[:-10], lambda content: content[:-1] + b"x"])
def test_another_archive_is_refused_and_nothing_is_left(store: ModelStore, archive: Path, damage) -> None:
    archive.write_bytes(damage(archive.read_bytes()))
    for given in (None, archive):
        with pytest.raises(ModelError, match=r"cut off|damaged"):
            store.install("tiny", archive=given)
    assert store.installed() == set()
    assert _left_over(store) == []


def test_an_archive_without_what_the_catalogue_promises_is_refused(tmp_path: Path, tiny: Model) -> None:
    promising = replace(tiny, files=(*tiny.files, ModelFile(name="graph/HCLr.fst")))
    with pytest.raises(ModelError, match=r"came without graph/HCLr\.fst"):
        ModelStore(tmp_path / "models", {"tiny": promising}).install("tiny")
    elsewhere = replace(tiny, download=replace(tiny.download, root="tiny-2.0"))
    with pytest.raises(ModelError, match=r"no folder tiny-2\.0"):
        ModelStore(tmp_path / "models", {"tiny": elsewhere}).install("tiny")


def test_what_a_killed_install_left_is_cleared_away(store: ModelStore) -> None:
    half = store.directory / ".tiny.abc123"
    (half / "model").mkdir(parents=True)
    (half / "model" / "am").write_bytes(b"half")
    assert store.installed() == set()
    store.install("tiny")
    assert not half.exists()


def test_a_failed_new_install_keeps_the_old_one(store: ModelStore, archive: Path) -> None:
    store.install("tiny")
    archive.unlink()
    with pytest.raises(ModelError):
        store.install("tiny", again=True)
    assert store.check("tiny") == []


def test_a_changed_byte_is_found_and_again_mends_it(store: ModelStore) -> None:
    file = store.install("tiny") / "am" / "final.mdl"
    file.write_bytes(b"X" + CONTENT[1:])
    assert store.installed() == {"tiny"}
    (problem,) = store.check("tiny")
    assert "am/final.mdl is damaged" in problem
    store.install("tiny", again=True)
    assert store.check("tiny") == []


def test_a_cut_off_file_is_no_installed_model(store: ModelStore) -> None:
    file = store.install("tiny") / "am" / "final.mdl"
    file.write_bytes(CONTENT[:100])
    assert store.installed() == set()
    with pytest.raises(ModelError, match="models install tiny"):
        store.path("tiny")
    store.install("tiny")
    assert store.check("tiny") == []


def test_another_release_or_a_broken_record_is_installed_anew(store: ModelStore, tiny: Model) -> None:
    folder = store.install("tiny")
    newer = ModelStore(store.directory, {"tiny": replace(tiny, release="1.1")})
    assert newer.installed() == set()
    newer.install("tiny")
    assert newer.installed() == {"tiny"}
    (folder / RECORD).write_text("{")
    assert newer.installed() == set()


def test_unknown_names_and_misplaced_archives_are_told(store: ModelStore, archive: Path) -> None:
    with pytest.raises(ModelError, match="unknown model 'huge': expected one of tiny"):
        store.install("huge")
    with pytest.raises(ModelError, match="does not exist"):
        store.install("tiny", archive=archive.with_name("missing.zip"))
    with pytest.raises(ModelError, match="installed from packages"):
        ModelStore(store.directory).install("whisper-base", archive=archive)


def test_the_catalogue_is_complete() -> None:
    for name, model in CATALOGUE.items():
        assert name == model.name
        assert model.licence
        assert model.licence_note
        assert bool(model.packages) != bool(model.download)
        assert model.fetched_bytes > 1_000_000
        for source in (*model.packages, *filter(None, [model.download])):
            assert re.fullmatch("[0-9a-f]{64}", source.sha256)
        for file in model.files:
            assert model.download or (file.parts and file.size and re.fullmatch("[0-9a-f]{64}", file.sha256 or ""))


def test_the_voice_that_is_not_free_for_every_use_says_so() -> None:
    assert "non-commercial" in CATALOGUE["neural-mandarin"].licence_note


def test_the_installed_models_are_the_catalogues(models: ModelStore) -> None:
    assert models.check("neural-mandarin") == []
    assert models.check("whisper-base") == []


def _left_over(store: ModelStore) -> list[str]:
    return [path.name for path in store.directory.iterdir() if path.name != ".lock"]
