"""When packages are installed, and from where; nothing is installed here."""

import os
import subprocess
import sys
import venv
from pathlib import Path
from types import SimpleNamespace

import pytest

from services import packages


def test_packages_are_installed_again_after_an_error_and_for_other_requirements(
    monkeypatch, tmp_path
):
    requirements = tmp_path / "tiny.txt"
    monkeypatch.setattr(sys, "argv", ["packages.py", str(tmp_path / "v"), str(requirements)])
    installed = []
    fails = True

    def install(folder: Path, _: Path) -> None:
        installed.append(folder)
        if fails:
            raise SystemExit("error")
        venv.create(folder, symlinks=True)

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
    fails = True
    with pytest.raises(SystemExit):
        packages.main()
    requirements.write_text("tiny==1.0")  # of which the last installation has left a mixture
    fails = False
    packages.main()
    assert len(installed) == 5


@pytest.mark.parametrize("is_an_environment", [True, False])
def test_only_a_virtual_environment_is_cleared(monkeypatch, tmp_path, is_an_environment):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to("/nope/python")
    if is_an_environment:
        (tmp_path / "pyvenv.cfg").touch()
    ran = []
    monkeypatch.setattr(packages, "_run", lambda command, _: ran.append(command))
    monkeypatch.setattr(packages, "sources", lambda _: {})
    packages.install(tmp_path, tmp_path / "tiny.txt")
    assert ("--clear" in ran[0]) is is_an_environment


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


def test_of_pip_s_files_the_one_counts_that_pip_prefers(monkeypatch, tmp_path):
    """The variable PIP_CONFIG_FILE over the site, the site over the user, all over the machine."""
    for name in [*os.environ]:
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    kinds = ["env_var", "env", "global", "site", "user"]  # in the order of `pip config debug`
    files = {kind: tmp_path / kind for kind in kinds}
    said = "".join(f"{kind}:\n  {path}, exists: True\n" for kind, path in files.items())
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=said))
    for kind in ("env", "site", "user", "global"):
        files[kind].write_text(f"[global]\nindex-url = https://{kind}\n")
    for kind in ("env", "site", "user", "global"):
        assert packages.sources("python") == {"index-url": f"https://{kind}"}
        files[kind].unlink()


def test_settings_of_where_uv_finds_packages_are_kept_and_no_others():
    kept = {"UV_HTTP_TIMEOUT": "9", "UV_INDEX": "https://i", "UV_OFFLINE": "1", "HOME": "/h"}
    other = {"UV_TARGET": "/x", "PYTHONPATH": "/y", "PIP_TARGET": "/z", "VIRTUAL_ENV": "/v"}
    assert packages.clean({**kept, **other}) == kept


def test_dbt_finds_a_plugin_that_is_there(monkeypatch, tmp_path):
    """An environment of packages may be that of several checkouts, of which one may be deleted."""
    site = tmp_path / "v" / "lib" / "python3.11" / "site-packages"
    site.mkdir(parents=True)
    plugins = {name: tmp_path / name / "services" / "dbt_plugin" for name in ("one", "another")}

    def found(by: str) -> Path:
        monkeypatch.setattr(packages, "__file__", str(plugins[by].parent / "packages.py"))
        packages.add_plugin(tmp_path / "v")
        return (site / (site / "dbt_plugin.pth").read_text().rstrip("\n")).resolve()

    for plugin in plugins.values():
        plugin.mkdir(parents=True)
    assert found(by="one") == plugins["one"]
    assert found(by="another") == plugins["one"]
    plugins["one"].rmdir()
    assert found(by="another") == plugins["another"]
