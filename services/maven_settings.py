"""The repository of the jars: Maven's central one, unless the user configures another.

MAVEN_MIRROR names another repository. Without MAVEN_MIRROR, the mirror, its login and the proxy in
~/.m2/settings.xml (or the file MAVEN_SETTINGS) apply, as in Maven. requests itself reads the proxy
variables.
"""

from __future__ import annotations

import fnmatch
import os
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import requests
from jgo.constants import MAVEN_CENTRAL_URL
from requests.adapters import HTTPAdapter

from cli.errors import UserError


@dataclass(frozen=True)
class Repository:
    """A repository of Maven's layout, with the login and the proxy to reach it."""

    url: str
    login: tuple[str, str] | None = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)

    @property
    def shown(self) -> str:
        """The repository's host for messages: without a login that the URL may contain."""
        return urlsplit(self.url).netloc.rpartition("@")[2] or self.url

    def session(self, connections: int) -> requests.Session:
        """A session that can download `connections` files at once."""
        session = requests.Session()
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(pool_maxsize=connections))
        session.auth = self.login
        session.headers["Accept-Encoding"] = "identity"  # the jar's own bytes: hashed and resumed
        if self.proxy:
            session.proxies = {"http": self.proxy, "https": self.proxy}
        return session


def repository() -> Repository:
    """The repository that jars are downloaded from.

    Raises:
        UserError: settings.xml cannot be read, or is no XML.
    """
    if mirror := os.environ.get("MAVEN_MIRROR"):
        return Repository(mirror.rstrip("/"))
    path = Path(os.environ.get("MAVEN_SETTINGS") or Path.home() / ".m2" / "settings.xml")
    try:
        root = ET.parse(path).getroot()  # noqa: S314 (the user's own file)
    except FileNotFoundError:
        return Repository(MAVEN_CENTRAL_URL)
    except (OSError, ET.ParseError) as error:
        raise UserError(f"{path} cannot be read: {error}") from error
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]  # drops a namespace
    return _of_settings(root)


def _of_settings(settings: ET.Element) -> Repository:
    url, login = MAVEN_CENTRAL_URL, None
    for mirror in settings.findall("mirrors/mirror"):
        if _mirrors_central(_text(mirror, "mirrorOf")):
            url = _text(mirror, "url").rstrip("/")
            for server in settings.findall("servers/server"):
                if _text(server, "id") == _text(mirror, "id") and _text(server, "username"):
                    login = (_text(server, "username"), _text(server, "password"))
            break
    return Repository(url, login, _proxy(settings, urlsplit(url).hostname or ""))


def _mirrors_central(pattern: str) -> bool:
    names = [name.strip() for name in pattern.split(",")]
    if "!central" in names:
        return False
    return any(name in ("*", "central", "external:*") for name in names)


def _proxy(settings: ET.Element, host: str) -> str | None:
    for proxy in settings.findall("proxies/proxy"):
        spared = _text(proxy, "nonProxyHosts").replace(",", "|").split("|")
        if _text(proxy, "active") == "false" or any(fnmatch.fnmatch(host, p) for p in spared if p):
            continue
        user, password = _text(proxy, "username"), _text(proxy, "password")
        login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
        return f"http://{login}{_text(proxy, 'host')}:{_text(proxy, 'port') or 8080}"
    return None


def _text(element: ET.Element, name: str) -> str:
    """The text of a child element, in which ${env.X} is replaced by the variable X."""
    text = (element.findtext(name) or "").strip()
    return re.sub(r"\$\{env\.(\w+)\}", lambda found: os.environ.get(found[1], ""), text)
