"""What every test gets: a home and a current folder of its own, one thread, and a log whose silence means health."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.system.process import load_torch_libraries

ROOT = Path(__file__).parents[1]
HOME_VARIABLES = (
    *("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR"),
    *("WIN_PD_OVERRIDE_LOCAL_APPDATA", "WIN_PD_OVERRIDE_PERSONAL"),  # platformdirs reads no other ones on Windows
)

# Read once, when torch is loaded, here and in the processes that tests start: tiny tensors gain nothing from threads.
os.environ["OMP_NUM_THREADS"] = "1"

load_torch_libraries()  # here, since pytest-qt imports Qt as soon as this file is read


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """The same random weights in a test whichever tests its process ran before, fixtures of all scopes included."""
    import torch

    torch.manual_seed(0)


@pytest.fixture(scope="session", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes the settings of whoever runs it; what it starts finds the packages from any folder."""
    home = str(tmp_path_factory.mktemp("home"))
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    with pytest.MonkeyPatch.context() as patch:
        for variable in HOME_VARIABLES:
            patch.setenv(variable, home)
        patch.setenv("PYTHONPATH", os.pathsep.join(paths))
        yield


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test writes to the current folder lands in none that matters."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _silent_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A warning that nobody expected is a failure."""
    yield
    loud = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.WARNING]
    assert loud == []


@pytest.fixture(scope="session")
def links(tmp_path_factory: pytest.TempPathFactory) -> None:
    """For a test that makes symbolic links: it is skipped where they take a privilege, as on Windows."""
    try:
        (tmp_path_factory.mktemp("links") / "link").symlink_to("nowhere")
    except OSError as error:
        pytest.skip(f"no symbolic links can be made here: {error}")


@pytest.fixture(scope="session")
def resnet18_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """torchvision's ResNet-18 with random weights, in a file as torchvision publishes it. Shared: not to be changed."""
    import torch
    from torchvision.models import resnet18

    torch.manual_seed(0)
    network = resnet18(weights=None)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if name.endswith("running_mean"):  # as of a network that has learned: nothing a reader may forget is zero
                tensor.normal_(0, 0.1)
    path = tmp_path_factory.mktemp("imagenet") / "resnet18.pth"
    torch.save(network.state_dict(), path)
    return path


@pytest.fixture
def weights_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which ImageNet weights are looked for, empty; no test may open the network by itself."""

    def refuse(url: object, **_: object) -> None:
        raise AssertionError(f"opened {url}")

    monkeypatch.setattr("inspector.jobs.pool.imagenet_weights.cache_folder", lambda: tmp_path / "user-cache")
    monkeypatch.setattr("urllib.request.urlopen", refuse)
    return tmp_path / "user-cache" / "weights"
