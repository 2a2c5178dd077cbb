"""Options and lanes of the tests: which run, where, and in which order."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

# Of the machine, and for other programs. By the first six rich and typer would colour what commands
# say; rich reads them only once, when it is imported. The `make` of a test is not a part of the
# `make test` that runs it: it would print its folder.
for variable in (
    *("GITHUB_ACTIONS", "FORCE_COLOR", "PY_COLORS", "NO_COLOR"),
    *("TTY_COMPATIBLE", "TTY_INTERACTIVE"),
    *("INGEST_DEBUG", "INGEST_FAILPOINT", "LOG_FORMAT"),
    *("MAKEFLAGS", "MAKELEVEL", "MFLAGS"),
):
    os.environ.pop(variable, None)

from services.sandbox import Sandbox, end_as_by_ctrl_c, forget_other_services  # noqa: E402

# Before anything imports it: what it asserts fails with the values, as in the tests.
pytest.register_assert_rewrite("tests.support")

# No deadline: what an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("test", max_examples=200, deadline=None)
hypothesis.settings.register_profile("test-all", max_examples=500, deadline=None)

# Files and folders of tests/integration by lane, in their order: two lanes run at once on one
# sandbox (`make test`). Tests that change a pipeline share a lane with all others of this pipeline:
# `built` is changed in `models`. The longest come first, what stops services comes last. Tests of
# ingest, which wait more than they compute, run beside builds, which do not wait.
LANES = {
    **dict.fromkeys(("models/test_incremental.py", "models/test_marts.py"), "load by load"),
    "models": "models",
    **dict.fromkeys(("ingest", "faults", "security"), "ingest"),
    "report": "report",
    "models/test_refresh.py": "refresh",
    "services/test_worst_environment.py": "other services",
    "models/test_mutations.py": "mutations",
    "models/test_retakes.py": "retakes",
    "services": "services",
}
# By marker: the option without which its tests are left out.
OPTIONS = {"repetition": "--all", "fault": "--faults"}


def pytest_addoption(parser):
    parser.addoption("--stack", help="LOCAL_DIR of running services to test on, not new ones.")
    parser.addoption("--all", action="store_true", help="With repetitions: `make test-all`.")
    parser.addoption("--faults", action="store_true", help="The long form: `make faults`.")
    parser.addoption("--seed", type=int, default=0, help="Of the moments of random faults.")


def pytest_configure(config):
    config.addinivalue_line("markers", "repetition: only with --all")
    config.addinivalue_line("markers", "fault: only with --faults")
    config.addinivalue_line("markers", "disturbs: stops services, or needs them idle")
    forget_other_services()
    hypothesis.settings.load_profile("test-all" if config.getoption("--all") else "test")
    if running := config.getoption("--stack"):
        config.sandbox_folder = Path(running).resolve()
    elif hasattr(config, "workerinput"):
        config.sandbox_folder = Path(config.workerinput["sandbox_folder"])
    else:
        config.sandbox_folder = Path(tempfile.mkdtemp(prefix="assessments-"))
        end_as_by_ctrl_c()


@pytest.fixture
def short_folder(request) -> Iterator[Path]:
    """A folder for LOCAL_DIR: the path of tmp_path may be too long for a Unix socket.

    It is kept if the test fails.
    """
    failed, folder = request.session.testsfailed, Path(tempfile.mkdtemp(prefix="s-", dir="/tmp"))
    yield folder.resolve()
    if request.session.testsfailed == failed:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["sandbox_folder"] = str(node.config.sandbox_folder)


def pytest_sessionfinish(session, exitstatus):
    """Stop the services that the tests started; keep their logs where something failed."""
    if hasattr(session.config, "workerinput") or session.config.getoption("--stack"):
        return
    folder = session.config.sandbox_folder
    started = (folder / "environment").exists()
    if started:
        Sandbox.running_in(folder).services("down", check=False)
    if not started or exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(folder)


def pytest_collection_modifyitems(config, items):
    unwanted = [marker for marker, option in OPTIONS.items() if not config.getoption(option)]
    skipped = [item for item in items if any(map(item.get_closest_marker, unwanted))]
    items[:] = [item for item in items if item not in skipped]
    config.hook.pytest_deselected(items=skipped)
    lanes = list(dict.fromkeys(LANES.values()))
    items.sort(key=lambda item: [*lanes, lane(item.nodeid)].index(lane(item.nodeid)))


def lane(nodeid: str) -> str:
    """All tests of a lane go to one process; all others go where there is time."""
    path, level = nodeid.split("::")[0], nodeid.split("/")[1]
    if level == "unit":
        return path  # what one of its tests has computed serves the others
    if level != "integration":
        return nodeid
    _, _, folder, name = path.split("/")
    return LANES.get(f"{folder}/{name}") or LANES[folder]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class Lanes(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return lane(nodeid)

    config.option.loadscopereorder = False
    return Lanes(config, log)
