"""services/packages.py, on an environment and with packages of the test's own."""

import hashlib
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from services.definition import FOLDER


def run(*command, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(part) for part in command], env={"PATH": os.environ["PATH"], **environment},
        capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture
def index(tmp_path) -> Path:
    """A folder with uv, and a small package: what pip calls find-links."""
    folder = tmp_path / "links"
    folder.mkdir()
    name = folder / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(name, "w") as wheel:
        wheel.writestr("tiny.py", "")
        wheel.writestr(
            "tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"
        )
        wheel.writestr(
            "tiny-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr("tiny-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256(name.read_bytes()).hexdigest()
    (tmp_path / "tiny.txt").write_text(f"tiny==1.0 --hash=sha256:{digest}\n")
    return folder


def install(tmp_path, python=sys.executable, folder="v", **environment):
    names = ("PIP_CERT", "PIP_INDEX_URL", "SSL_CERT_FILE", "HTTPS_PROXY", "https_proxy")
    of_this_machine = {name: os.environ[name] for name in names if name in os.environ}
    return run(
        python, FOLDER / "packages.py", tmp_path / folder, tmp_path / "tiny.txt",
        HOME=str(tmp_path), **of_this_machine, **environment,
    )  # fmt: skip


def test_where_pip_s_settings_put_packages_is_not_respected(tmp_path, index):
    (tmp_path / "pip.conf").write_text(
        f"[global]\nuser = true\n[install]\ntarget = {tmp_path / 'nope'}\nfind-links = {index}\n"
    )
    foreign = {
        "PIP_PREFIX": "/nope",
        "UV_SYSTEM_PYTHON": "1",
        "UV_TARGET": "/x",
    }
    done = install(tmp_path, PIP_CONFIG_FILE=str(tmp_path / "pip.conf"), **foreign)
    assert (done.returncode, done.stderr.count("\n")) == (0, 1), done.stderr
    # Which was found where pip.conf says.
    (module,) = (tmp_path / "v").glob("lib/python*/site-packages/tiny.py")
    assert [*module.parent.glob("__pycache__/tiny.*.pyc")]  # compiled when it was installed
    assert not (tmp_path / "nope").exists()


def test_from_within_a_virtual_environment_and_at_an_odd_path(tmp_path, index):
    venv.create(tmp_path / "other", symlinks=True)
    odd = "v #1, 100% 'q' [x] ğ"
    done = install(
        tmp_path, tmp_path / "other" / "bin" / "python", odd,
        PIP_FIND_LINKS=str(index), VIRTUAL_ENV=str(tmp_path / "other"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [*(tmp_path / odd).glob("lib/python*/site-packages/tiny.py")]
    # Its commands run, though a #! line cannot hold such a path.
    assert run(tmp_path / odd / "bin" / "uv", "--version").returncode == 0
    again = install(tmp_path, folder=odd)
    assert (again.returncode, again.stderr) == (0, "")


@pytest.mark.parametrize("upgrade", ["its Python is gone", "another Python is in its place"])
def test_after_an_upgrade_of_python_an_environment_is_made_anew(tmp_path, index, upgrade):
    assert install(tmp_path, PIP_FIND_LINKS=str(index)).returncode == 0
    if upgrade == "its Python is gone":
        for link in (tmp_path / "v" / "bin").glob("python*"):
            link.unlink()
            link.symlink_to("/nope/python")
    else:
        (lib,) = (tmp_path / "v").glob("lib/python*")
        lib.rename(lib.with_name("python3.2"))
    done = install(tmp_path, PIP_FIND_LINKS=str(index))
    assert (done.returncode, done.stderr.count("\n")) == (0, 1), done.stderr
    assert run(tmp_path / "v" / "bin" / "python", "-c", "import tiny").returncode == 0


@pytest.mark.parametrize(
    ("option", "says"),
    [(f" --hash=sha256:{'0' * 64}", "tiny"), ("", "--require-hashes")],
    ids=["another hash", "no hash"],
)
def test_a_package_with_another_hash_or_none_is_refused_in_one_line(tmp_path, index, option, says):
    (tmp_path / "tiny.txt").write_text(f"tiny==1.0{option}\n")
    done = install(tmp_path, PIP_FIND_LINKS=str(index))
    assert done.returncode == 1
    assert "error: the Python packages cannot be installed (uv: " in done.stderr
    assert says in done.stderr
    assert done.stderr.count("\n") == 2


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_checkout_that_cannot_be_written_is_one_line(tmp_path, index):
    (tmp_path / "v").mkdir(mode=0o500)
    assert "v cannot be written: Permission denied" in install(tmp_path).stderr


def test_what_cannot_be_made_is_one_line(tmp_path, index):
    (tmp_path / "v").write_text("a file")
    done = install(tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "v cannot be written: File exists" in done.stderr
