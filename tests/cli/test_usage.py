"""Wrong usage ends with 2 before anything is done; help names what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector import __version__
from inspector.cli import COMMANDS

README = Path(__file__).parents[2] / "README.md"

WRONG = {
    "": ["frobnicate", "--frobnicate", "--version=1", "--page nowhere", "--size big", "--theme sepia", ". extra"],
    "demo": ["extra", "--out", "--out="],
    "samples": ["", "s extra", "s --per-class 0", "s --per-class x", "s --size -1", "s --size 1.5", "s --seed -1"],
    "new": ["", "p", "p f --frobnicate"],
    "import": ["", "p", "p f --json"],
    "info": ["", "p extra", "p --csv"],
    "label": [
        "p",
        "--from-folders",
        "p --csv",
        "p --from-folders --csv f",
        "p --from-folders --fraction 0",
        "p --from-folders --fraction 1.5",
        "p --from-folders --fraction nan",
        "p --from-folders --per-class 0",
        "p --from-folders --per-class 1 --fraction 0.5",
        "p --from-folders --seed -1",
        "p --from-folders --seed 4294967296",
        "p --csv f --per-class 1",
        "p --csv f --fraction 0.5",
    ],
    "split": [
        "p",
        "--release",
        "p --hold-out 0",
        "p --hold-out 1",
        "p --hold-out 1.5",
        "p --hold-out 0.2 --release",
        "p --release --seed -1",
    ],
    "suggest": [
        "p",
        "p --count 3",
        "p --out f",
        "p --count 0 --out f",
        "p --count -3 --out f",
        "p --count many --out f",
        "p --count 3 --out f --strategy best",
        "p --count 3 --out f --features all",
        "p --count 3 --out f --seed -1",
        "p --count 3 --out f --device gpu",
    ],
    "pretrain": [
        "",
        "p --method byol",
        "p --method simclr --preset huge",
        "p --method simclr --epochs 0",
        "p --method simclr --epochs 1.5",
        "p --method simclr --epochs 3 --minutes 2",
        "p --method simclr --minutes 0",
        "p --method simclr --minutes nan",
        "p --method simclr --minutes inf",
        "p --method simclr --size 0",
        "p --method simclr --width -8",
        "p --method simclr --views 0",
        "p --method simclr --batch-size 0",
        "p --method simclr --lr 0",
        "p --method simclr --lr -1",
        "p --method simclr --lr fast",
        "p --method simclr --temperature 0",
        "p --method mae --target edges",
        "p --method mae --decoder big",
        "p --method mae --mask-ratio 0",
        "p --method simclr --device tpu",
        "p --method simclr --seed -1",
        "p --resume last",
        "p --resume 0",
    ],
    "train": [
        "",
        "p --mode quick",
        "p --features all",
        "p --use-unlabelled --labelled-only",
        "p --epochs 0",
        "p --preset best",
        "p --seed 1e3",
        "p --device gpu",
        "p extra",
        "p --mode finetune --preset paper",
        "p --mode finetune --features encoder",
        "p --mode finetune --features texture",
        "p --preset paper --features texture",
        "p --preset paper --features fused",
        "p --preset paper --use-unlabelled",
    ],
    "groups": ["", "p --pattern", "p q", "p --near-duplicates"],
    "evaluate": ["", "p one", "p 0", "p -1", "p --labels", "p --csv", "p --html", "p 1 2"],
    "classify": ["", "f", "f --model m", "f --out o", "f --model m --out o --review-below 2", "f g --model m --out o"],
    "experiment": [
        "",
        "f",
        "f --out",
        "f --out o --preset slow",
        "f --out o --seeds 0",
        "f --out o --seeds 1.5",
        "f --out o --epochs 0",
        "f --out o --device gpu",
    ],
}


@pytest.mark.parametrize(
    ("command", "arguments"),
    [(command, arguments) for command, wrong in WRONG.items() for arguments in wrong],
    ids=lambda words: words or "nothing",
)
def test_wrong_usage(tmp_path, inspector, command, arguments):
    outcome = inspector(*command.split(), *arguments.split())
    assert (outcome.code, outcome.out) == (2, "")
    usage, *_, last = outcome.err.splitlines()
    assert usage.startswith("usage: inspector")
    assert last.startswith((f"inspector {command}: error: ", "inspector: error: "))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "wanted"),
    [
        (("--per-class", "0"), "'0' is not a whole number above 0"),
        (("--fraction", "2"), "'2' is not a number above 0 and at most 1"),
        (("--seed", "-1"), "'-1' is not a whole number from 0 to 4294967295"),
    ],
)
def test_wrong_usage_says_what_is_wanted(inspector, option, wanted):
    assert wanted in inspector("label", "p", "--from-folders", *option).err


def test_a_threshold_that_is_none_is_told_what_is_wanted(inspector):
    outcome = inspector("classify", "f", "--model", "m", "--out", "o", "--review-below", "2")
    assert outcome.err.endswith("argument --review-below: '2' is not a number from 0 to 1\n")


@pytest.mark.parametrize(
    ("words", "argument"),
    [
        (("new", "p", ""), "FOLDER"),
        (("import", "", "f"), "PROJECT"),
        (("label", "p", "--csv", ""), "--csv"),
        (("classify", "f", "--model", "", "--out", "o"), "--model"),
        (("evaluate", "p", "--html", ""), "--html"),
        (("",), "PROJECT"),
    ],
)
def test_an_empty_path_is_not_the_current_folder(tmp_path, picture, inspector, words, argument):
    """As from a shell variable that is not set."""
    picture(tmp_path / "a.png")
    outcome = inspector(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.endswith(f"argument {argument}: it is empty; name a path, '.' for the current folder\n")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_every_command_is_tried_with_wrong_arguments():
    assert WRONG.keys() == {"", *COMMANDS}


def test_help_lists_the_commands(inspector):
    outcome = inspector("--help")
    assert (outcome.code, outcome.err) == (0, "")
    for command, summary in COMMANDS.items():
        assert command in outcome.out
        assert summary in outcome.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(inspector, command):
    outcome = inspector(command, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"usage: inspector {command} [-h]")
    assert COMMANDS[command][1:] in " ".join(outcome.out.split())


def test_the_version(inspector):
    assert inspector("--version").out == f"inspector {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_names_every_command(command):
    assert f"`inspector {command} " in README.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("word", "advice"),
    [("pretain", "did you mean 'pretrain'?"), ("old-mill", "'inspector --help' lists the commands.")],
)
def test_a_first_word_that_is_nothing_is_said_to_be_that(inspector, word, advice):
    outcome = inspector(word, "mill")
    assert outcome.code == 2
    assert outcome.err.endswith(f"'{word}' is neither a command nor a folder that exists; {advice}\n")
