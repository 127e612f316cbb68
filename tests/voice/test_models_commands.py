"""`python -m voice transcribe`, `say` and `models` as the design's table says, bad input included."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.voice.conftest import Spoken
from voice.__main__ import COMMANDS, main
from voice.audio import RATE, read_audio
from voice.models import ModelStore
from voice.models.catalogue import VOSK_SMALL_CN, WHISPER_BASE, Model


@pytest.fixture
def run(models: ModelStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs a command: its exit code, the lines on stdout and those on stderr."""
    monkeypatch.setenv("YINIAN_VAR_DIR", str(models.directory.parent))

    def command(*arguments: object) -> tuple[int, list[str], list[str]]:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        printed = capsys.readouterr()
        return code, printed.out.splitlines(), printed.err.splitlines()

    return command


@pytest.fixture
def sentence(tmp_path: Path, spoken: Spoken) -> Path:
    path = tmp_path / "sentence.wav"
    soundfile.write(path, spoken("取消后天的晚餐"), RATE)
    return path


def test_transcribe_writes_a_json_line_for_each_file(run, tmp_path: Path, sentence: Path) -> None:
    quiet = tmp_path / "quiet.flac"
    soundfile.write(quiet, np.zeros((48_000, 2)), 48_000)
    code, out, _ = run("transcribe", sentence, quiet, "--json")
    first, second = map(json.loads, out)
    assert code == 0
    assert set(first) == {"file", "text", "confidence", "speech"}
    assert (first["file"], first["speech"]) == (str(sentence), True)
    assert "取消" in first["text"]
    assert 0.5 < first["confidence"] <= 1
    assert second == {"file": str(quiet), "text": "", "confidence": 0.0, "speech": False}


def test_transcribe_writes_the_text_alone_for_one_file(run, sentence: Path) -> None:
    code, out, _ = run("transcribe", sentence, "--engine", "whisper")
    assert code == 0
    assert len(out) == 1
    assert "取消" in out[0]


@pytest.mark.parametrize("content", [b"", b"this is no sound at all", b"RIFF", b"fLaC\x00\x00"])
def test_a_bad_recording_is_one_line_and_nothing_is_transcribed(run, tmp_path: Path, sentence: Path, content) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_bytes(content)
    for files in ((bad,), (sentence, bad), (bad, sentence)):
        code, out, err = run("transcribe", *files, "--json")
        assert (code, out, len(err)) == (2, [], 1)
        assert str(bad) in err[0]
        assert "expected" in err[0]


def test_each_missing_file_is_named(run, tmp_path: Path) -> None:
    code, out, err = run("transcribe", tmp_path / "a.wav", tmp_path / "b.wav")
    assert (code, out) == (2, [])
    assert ["a.wav" in err[0], "b.wav" in err[1]] == [True, True]


@pytest.mark.parametrize("engine", ["auto", "neural", "pyttsx3"])
def test_say_writes_a_wav_file(run, tmp_path: Path, engine: str) -> None:
    out_file = tmp_path / "hello.wav"
    code, out, _ = run("say", "您好，12:30的午餐订好了", "--out", out_file, "--engine", engine)
    assert (code, out) == (0, [])
    assert len(read_audio(out_file)) > RATE
    assert [path.name for path in tmp_path.iterdir()] == ["hello.wav"]


def test_what_was_said_is_heard_again(run, tmp_path: Path) -> None:
    run("say", "明天中午帮我订一份午餐送到家里", "--out", tmp_path / "a.wav")
    _, out, _ = run("transcribe", tmp_path / "a.wav", "--json")
    heard = json.loads(out[0])
    assert heard["speech"]
    assert all(word in heard["text"] for word in ("明天", "中午", "一份午餐", "送到家里"))


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("", "a.wav", "nothing to say"),
        ("。😀", "a.wav", "nothing to say"),
        ("您好", "a.mp3", "ends in .wav"),
        ("您好", "missing/a.wav", "folder that exists"),
        ("您好", ".", "expected"),
    ],
)
def test_what_cannot_be_said_or_written_is_one_line(run, tmp_path: Path, text: str, name: str, told: str) -> None:
    code, out, err = run("say", text, "--out", tmp_path / name)
    assert (code, out, len(err)) == (2, [], 1)
    assert told in err[0]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("pace", ["0.5", "2", "nan", "inf", "-1", "slow"])
def test_a_pace_at_which_nobody_speaks_is_one_line(run, tmp_path: Path, pace: str) -> None:
    code, out, err = run("say", "您好", "--out", tmp_path / "a.wav", "--pace", pace)
    assert (code, out, len(err)) == (2, [], 1)
    assert "--pace" in err[0]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("sing",),
        ("say", "您好"),
        ("transcribe",),
        ("transcribe", "a.wav", "--engine", "sphinx"),
        ("models", "install", "huge"),
        ("models", "install", "vosk-small-cn", "--file", "missing.zip"),
        ("models", "install", "whisper-base", "vosk-ko", "--file", "a.zip"),
    ],
)
def test_bad_arguments_are_one_line_and_exit_code_2(run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)
    assert (code, out, len(err)) == (2, [], 1)


def test_an_engine_without_its_model_says_how_to_get_it(run, sentence: Path) -> None:
    code, out, err = run("transcribe", sentence, "--engine", "vosk")
    assert (code, out, len(err)) == (2, [], 1)
    assert "models install vosk-small-cn" in err[0]


@pytest.mark.parametrize(("engine", "model"), [("vosk", VOSK_SMALL_CN), ("whisper", WHISPER_BASE)])
def test_an_engine_whose_model_is_damaged_says_so(
    run, sentence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str, model: Model
) -> None:
    folder = tmp_path / "models" / model.name
    for file in model.files:
        (folder / file.name).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.name).write_bytes(b"x")
    record = {"release": model.release, "files": {file.name: (1, "") for file in model.files}}
    (folder / "installed.json").write_text(json.dumps(record))
    monkeypatch.setenv("YINIAN_VAR_DIR", str(tmp_path))
    code, out, err = run("transcribe", sentence, "--engine", engine)
    assert (code, out, len(err)) == (2, [], 1)
    assert f"{folder} is damaged: install it again" in err[0]


def test_models_lists_licences_and_what_is_installed(run) -> None:
    code, out, _ = run("models")
    text = "\n".join(out)
    assert code == 0
    assert "whisper-base (whisper, 150 MB, installed)" in text
    assert "non-commercial" in text
    assert run("models", "list")[1] == out


def test_installing_what_is_there_is_instant_and_silent(run) -> None:
    assert run("models", "install", "whisper-base", "neural-mandarin") == (0, [], [])


def test_models_check_says_that_all_is_as_it_should_be(run) -> None:
    code, out, _ = run("models", "check")
    assert code == 0
    assert "whisper-base: as it should be" in out


def test_models_check_finds_damage(run, tmp_path: Path, models: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "models" / "neural-mandarin"
    copy.mkdir(parents=True)
    for file in models.path("neural-mandarin").iterdir():
        content = bytearray(file.read_bytes())
        content[-5] ^= file.suffix == ".tflite"
        (copy / file.name).write_bytes(content)
    monkeypatch.setenv("YINIAN_VAR_DIR", str(tmp_path))
    code, out, _ = run("models", "check")
    assert code == 1
    assert len(out) == 2
    assert all("is damaged" in line for line in out)


def test_the_overview_names_every_command(run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert all(any(line.strip().startswith(name) for line in out) for name in COMMANDS)
