"""`python3 services/packages.py VENV REQUIREMENTS`: install the Python packages.

Runs on the machine's Python before anything is installed, so it uses the standard library only.
pip's settings decide where packages come from (index, proxy, certificates), but not where they go.
"""

from __future__ import annotations

import configparser
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

UV = "uv==0.13.9"
# pip's settings of where packages come from, each with uv's variable of the same meaning.
SOURCES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "proxy": "ALL_PROXY",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "keyring-provider": "UV_KEYRING_PROVIDER",
}
OF_UV = (
    *("UV_DEFAULT_INDEX", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_NO_INDEX"),
    *("UV_INSECURE_HOST", "UV_HTTP_", "UV_REQUEST_", "UV_KEYRING_PROVIDER", "UV_OFFLINE"),
    *("UV_CACHE_DIR", "UV_NO_CACHE", "UV_CONCURRENT_", "UV_LINK_MODE", "UV_CONFIG_FILE"),
)


def clean(environment: dict[str, str]) -> dict[str, str]:
    """The environment without the variables of Python, pip and uv, except those in OF_UV."""
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith(("PYTHON", "PIP_", "UV_", "VIRTUAL_ENV", "CONDA_", "__PYVENV"))
        or name.startswith(OF_UV)
    }


def sources(python: str) -> dict[str, str]:
    """The settings in SOURCES, by name, from pip's files and variables."""
    shown = subprocess.run(
        [python, "-m", "pip", "config", "debug"],
        env={**clean(dict(os.environ)), **{k: v for k, v in os.environ.items() if k[:4] == "PIP_"}},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
    ).stdout
    kind = ""
    files: dict[str, list[str]] = {}
    for line in shown.splitlines():
        if found := re.match(r"  (.+), exists: True$", line):
            files.setdefault(kind, []).append(found[1])
        elif line.endswith(":"):
            kind = line[:-1]
    parser = configparser.RawConfigParser(strict=False)
    for kind in ("global", "user", "site", "env"):  # the last one wins
        parser.read(files.get(kind, []), encoding="utf-8")
    given: dict[str, str] = {}
    for section in ("global", "install"):
        given.update(parser[section] if parser.has_section(section) else {})
    for name in SOURCES:
        given[name] = os.environ.get(f"PIP_{name.upper().replace('-', '_')}") or given.get(name, "")
    return {name: " ".join(given[name].split()) for name in SOURCES if given[name].strip()}


def install(venv: Path, requirements: Path) -> None:
    """Install the packages that `requirements` lists, each by its hash, into `venv`.

    Raises:
        SystemExit: pip or uv failed; the message is one line.
    """
    python = str(venv / "bin" / "python")
    environment = clean(dict(os.environ))
    is_stale = _is_stale(venv)
    if is_stale or not (venv / "bin" / "pip").exists():
        clear = ["--clear"] if is_stale else []
        _run([sys.executable, "-m", "venv", *clear, str(venv)], environment)
    given = sources(python)
    for_pip = {f"PIP_{name.upper().replace('-', '_')}": value for name, value in given.items()}
    _run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV],
        {**environment, **for_pip, "PIP_CONFIG_FILE": os.devnull},
    )
    for_uv = {SOURCES[name]: value for name, value in given.items()}
    _run(
        [
            *(str(venv / "bin" / "uv"), "pip", "install", "--quiet", "--system-certs"),
            *("--require-hashes", "--compile-bytecode", "--python", python),
            *("--requirements", str(requirements)),
        ],
        {**for_uv, **environment},
    )


def _is_stale(venv: Path) -> bool:
    """Whether `venv` is a virtual environment that lost the Python that it was made for.

    An upgrade of the machine removes this Python, or puts a later version in its place.
    """
    if not (venv / "pyvenv.cfg").exists():
        return False
    ask = "import sys; print('python%d.%d' % sys.version_info[:2])"
    try:
        shown = subprocess.run(
            [str(venv / "bin" / "python"), "-S", "-c", ask],
            env=clean(dict(os.environ)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            check=False,
        )
    except OSError:
        return True
    return not (venv / "lib" / (shown.stdout.strip() or "?") / "site-packages").is_dir()


def add_plugin(venv: Path) -> None:
    """Write a .pth file, so that dbt finds services/dbt_plugin in whatever folder it is started.

    The path in the file is relative, so its characters do not matter, and a checkout may move with
    its `venv`.
    """
    plugin = Path(__file__).resolve().parent / "dbt_plugin"
    for folder in venv.resolve().glob("lib/python*/site-packages"):
        path = folder / "dbt_plugin.pth"
        # The plugin of another checkout that shares the environment stays, until it is gone.
        if not path.exists() or not (folder / path.read_text(encoding="utf-8").strip()).is_dir():
            path.write_text(os.path.relpath(plugin, folder) + "\n", encoding="utf-8")


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        reason = next((line for line in said if line.lower().startswith("error")), said[-1]).strip()
        log = f"\n{os.linesep.join(said)}" if os.environ.get("VERBOSE") else ""
        raise SystemExit(
            f"error: the Python packages cannot be installed ({Path(command[0]).name}: {reason}); "
            f"run make again, with VERBOSE=1 to see all that it says{log}"
        )


def main() -> None:
    """Install the packages, unless the environment has them: same requirements, same Python.

    Raises:
        SystemExit: the environment cannot be written, or the packages cannot be installed.
    """
    venv, requirements = Path(sys.argv[1]), Path(sys.argv[2])
    content = requirements.read_bytes()
    mark = venv / f".installed-{requirements.stem}"
    digest = hashlib.sha256(content).hexdigest()
    try:
        if mark.read_text(encoding="utf-8") == digest and not _is_stale(venv):
            add_plugin(venv)
            return
    except OSError:
        pass
    try:
        venv.mkdir(parents=True, exist_ok=True)
        (venv / ".writable").touch()
        (venv / ".writable").unlink()
    except OSError as error:
        raise SystemExit(f"error: {venv} cannot be written: {error.strerror}") from error
    print(f"installing the Python packages into {venv}", file=sys.stderr)
    mark.unlink(missing_ok=True)  # an installation that is interrupted leaves a mixture
    install(venv, requirements)
    add_plugin(venv)
    mark.write_text(digest, encoding="utf-8")


if __name__ == "__main__":
    main()
