"""The set-up does each thing once, tells what it does, and says in one sentence what went wrong. So does the start."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from setup.commands import Log, SetupFailed
from setup.steps import Step, stamped, work_off
from setup.system_packages import needs
from webapp.__main__ import CannotRun, chosen_port


@dataclass
class Baker:
    """Makes a file from a recipe and counts how often."""

    folder: Path
    times: int = 0
    fails: bool = False
    log: Log = field(init=False)

    def __post_init__(self) -> None:
        self.log = Log(self.folder / "log" / "setup.log")
        self.recipe.write_text("flour", encoding="utf-8")

    @property
    def recipe(self) -> Path:
        return self.folder / "recipe"

    @property
    def bread(self) -> Path:
        return self.folder / "bread"

    def bake(self, log: Log) -> None:
        self.times += 1
        if self.fails:
            raise SetupFailed("The oven is cold.")
        self.bread.touch()

    def step(self) -> Step:
        return stamped(
            "bread",
            title="baking",
            usually="seconds",
            made_from=lambda: ["hot oven", self.recipe],
            makes=lambda: [self.bread],
            work=self.bake,
            stamps=self.folder,
        )

    def work(self) -> None:
        work_off([self.step()], self.log)


@pytest.fixture
def baker(tmp_path: Path) -> Baker:
    return Baker(tmp_path)


def test_a_step_is_done_once(baker: Baker) -> None:
    baker.work()
    baker.work()
    assert baker.times == 1


def test_a_step_is_done_again_when_what_it_is_made_from_changes(baker: Baker) -> None:
    baker.work()
    baker.recipe.write_text("flour and salt", encoding="utf-8")
    baker.work()
    assert baker.times == 2


def test_a_step_is_done_again_when_what_it_made_is_gone(baker: Baker) -> None:
    baker.work()
    baker.bread.unlink()
    baker.work()
    assert baker.times == 2


def test_a_step_that_failed_is_tried_again(baker: Baker) -> None:
    baker.work()
    baker.recipe.write_text("sand", encoding="utf-8")
    baker.fails = True
    with pytest.raises(SetupFailed, match="oven"):
        baker.work()
    baker.recipe.write_text("flour", encoding="utf-8")
    baker.fails = False
    baker.work()
    assert baker.times == 3


def test_only_what_is_still_to_do_is_told(baker: Baker, capsys: pytest.CaptureFixture[str]) -> None:
    done = Step("long done", "an hour", lambda: True, baker.bake)
    work_off([done, baker.step()], baker.log)
    assert capsys.readouterr().out.startswith("step 1 of 1: baking (seconds)\n    done in 0 s\n")
    work_off([done, baker.step()], baker.log)
    assert capsys.readouterr().out == ""


def test_a_program_that_fails_shows_the_end_of_what_it_said_and_where_the_rest_is(baker: Baker) -> None:
    baker.log.begin()
    talk = "import sys; print(*range(100), sep='\\n'); sys.exit(7)"
    with pytest.raises(SetupFailed) as failure:
        baker.log.run([sys.executable, "-c", talk], sorry="The bread could not be baked.")
    message = str(failure.value)
    assert "\n    99\n" in message
    assert "\n    50\n" not in message
    assert "The bread could not be baked." in message
    assert "code 7" in message
    assert str(baker.log.path) in message


def test_a_program_that_is_not_there_is_named(baker: Baker) -> None:
    baker.log.begin()
    with pytest.raises(SetupFailed, match="no-such-oven could not be started: No such file"):
        baker.log.run(["no-such-oven"], sorry="The bread could not be baked.")


def test_running_needs_no_browser_and_testing_does() -> None:
    assert "chromium" not in {need.package for need in needs(testing=False)}
    assert "chromium" in {need.package for need in needs(testing=True) if need.must}


def test_the_kiosk_s_sound_is_wanted_but_nothing_stops_without_it() -> None:
    assert not {need.package: need.must for need in needs(testing=False)}["libportaudio2"]


def test_the_port_is_8000_unless_another_one_is_named() -> None:
    assert chosen_port({}) == 8000
    assert chosen_port({"PORT": ""}) == 8000
    assert chosen_port({"PORT": "8080"}) == 8080


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "80.5", "8 000"])
def test_a_port_that_is_none_is_refused_with_what_was_expected(port: str) -> None:
    with pytest.raises(CannotRun, match="expected a number from 1 to 65535"):
        chosen_port({"PORT": port})
