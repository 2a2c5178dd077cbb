"""When packages are installed, from where, and how; pip itself installs nothing here."""

import hashlib
import os
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from services import packages


def test_packages_are_installed_again_after_an_error_and_for_other_requirements(
    monkeypatch, tmp_path
):
    requirements = tmp_path / "tiny.txt"
    monkeypatch.setattr(sys, "argv", ["packages.py", str(tmp_path / "v"), str(requirements)])
    installed = []
    fails = True

    def install(venv: Path, _: Path) -> None:
        installed.append(venv)
        if fails:
            raise SystemExit("error")

    monkeypatch.setattr(packages, "install", install)
    requirements.write_text("tiny==1.0")
    for _ in range(2):
        with pytest.raises(SystemExit):
            packages.main()
    assert len(installed) == 2
    fails = False
    for _ in range(2):
        packages.main()
    assert len(installed) == 3
    requirements.write_text("tiny==1.1")
    packages.main()
    assert len(installed) == 4


def test_packages_come_from_where_pip_s_settings_say(monkeypatch, tmp_path):
    for name in [*os.environ]:
        if name in packages.SOURCES.values() or name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    (tmp_path / "pip.conf").write_text(
        "[install]\n"
        "index-url = https://install/index\n"
        "[global]\n"
        "index-url = https://global/index\n"
        "extra-index-url = https://a/index\n https://b/index\n"
        "find-links = /links\n"
        "no-index = false\n"
        "trusted-host = host\n"
        "proxy = http://file:1\n"
        "cert = /cert\n"
        "client-cert = /client\n"
        "keyring-provider = subprocess\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_PROXY", "http://variable:2")
    ran = []
    monkeypatch.setattr(packages, "_run", lambda *command: ran.append(command))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "pip").touch()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    packages.install(tmp_path, tmp_path / "tiny.txt")
    (_, by_pip), (_, by_uv) = ran
    wanted = {
        ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"): "https://install/index",
        ("PIP_EXTRA_INDEX_URL", "UV_INDEX"): "https://a/index https://b/index",
        ("PIP_FIND_LINKS", "UV_FIND_LINKS"): "/links",
        ("PIP_NO_INDEX", "UV_NO_INDEX"): "false",
        ("PIP_TRUSTED_HOST", "UV_INSECURE_HOST"): "host",
        ("PIP_PROXY", "ALL_PROXY"): "http://variable:2",
        ("PIP_CERT", "SSL_CERT_FILE"): "/cert",
        ("PIP_CLIENT_CERT", "SSL_CLIENT_CERT"): "/client",
        ("PIP_KEYRING_PROVIDER", "UV_KEYRING_PROVIDER"): "subprocess",
    }
    for (of_pip, of_uv), value in wanted.items():
        assert (by_pip[of_pip], by_uv[of_uv]) == (value, value)


@pytest.fixture
def install_tiny(monkeypatch, tmp_path):
    """Installs a small package with the uv of these tests, its requirement with or without hash."""
    venv.create(tmp_path / "v", symlinks=True)
    (tmp_path / "v" / "bin" / "pip").touch()
    (tmp_path / "v" / "bin" / "uv").symlink_to(Path(sysconfig.get_path("scripts"), "uv"))
    wheel = tmp_path / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("tiny.py", "")
        file.writestr(
            "tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1"
        )
        file.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr("tiny-1.0.dist-info/RECORD", "")
    run = packages._run

    def only_uv(command, environment):
        if command[0].endswith("uv"):
            run(command, environment)

    monkeypatch.setattr(packages, "_run", only_uv)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))

    def install(with_hash: bool) -> Path:
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        line = f"tiny==1.0 --hash=sha256:{digest}" if with_hash else "tiny==1.0"
        (tmp_path / "tiny.txt").write_text(line)
        packages.install(tmp_path / "v", tmp_path / "tiny.txt")
        (module,) = (tmp_path / "v").glob("lib/python*/site-packages/tiny.py")
        return module

    return install


def test_packages_are_compiled_when_they_are_installed(install_tiny):
    assert [*install_tiny(with_hash=True).parent.glob("__pycache__/tiny.*.pyc")]


def test_a_package_without_a_hash_is_refused(install_tiny):
    with pytest.raises(SystemExit, match="--require-hashes"):
        install_tiny(with_hash=False)
