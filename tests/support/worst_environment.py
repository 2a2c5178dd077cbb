"""The worst environment at once: paths, locale, proxy, and the variables of other programs."""

import shutil
import subprocess
from pathlib import Path

from cli import ROOT

ODD = "Ünï Öğ #1, 100% $x 'q' \"d\" [x] (y) {z} &;!~+@=^ğİı 日本"


def poison(folder: Path) -> dict[str, str]:
    """Variables that are set for other programs; each of them once broke something here."""
    modules = folder / "modules"
    modules.mkdir(parents=True, exist_ok=True)  # a second `make run` has the same
    (modules / "typing.py").write_text("raise SystemExit('a module of another program')")
    nowhere = str(folder / "nowhere")
    return {
        "LC_ALL": "tr_TR.UTF-8",
        "LANG": "tr_TR.UTF-8",
        **{
            name: "http://127.0.0.1:9"  # where nobody listens
            for scheme in ("http", "https", "all", "grpc")
            for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper())
        },
        "MAVEN_MIRROR": "http://127.0.0.1:9",
        "JAVA_HOME": nowhere,
        "JAVA_TOOL_OPTIONS": "-Duser.language=tr -Duser.country=TR",
        "_JAVA_OPTIONS": "-Xmx16m",
        "JDK_JAVA_OPTIONS": "-Dfile.encoding=ISO-8859-9",
        "CLASSPATH": nowhere,
        **dict.fromkeys(("HADOOP_CONF_DIR", "HADOOP_HOME", "HADOOP_CLASSPATH"), nowhere),
        "HADOOP_USER_NAME": "nobody",
        **dict.fromkeys(("SPARK_HOME", "SPARK_CONF_DIR", "SPARK_LOCAL_DIRS"), nowhere),
        **dict.fromkeys(("SPARK_DIST_CLASSPATH", "PYSPARK_PYTHON"), nowhere),
        "SPARK_SUBMIT_OPTS": "-Xmx16m",
        "PYTHONPATH": str(modules),
        "PYTHONHOME": nowhere,
        "PYTHONWARNINGS": "error",
        "PYTHONSAFEPATH": "1",
        "PIP_USER": "1",
        "PIP_TARGET": nowhere,
        "UV_SYSTEM_PYTHON": "1",
        **dict.fromkeys(("DBT_PROFILES_DIR", "DBT_PROJECT_DIR"), nowhere),
        "DBT_PROFILE": "another",
    }


def tracked() -> list[str]:
    """The paths of the files of the project."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]  # whoever owns the checkout
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    names = filter(None, listed.stdout.decode().split("\0"))
    return [name for name in names if (ROOT / name).exists()]


def checkout(folder: Path) -> Path:
    """A copy of the project in `folder`, whose path is odd."""
    copy = folder / f"home {ODD}" / "checkout"
    for name in tracked():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    return copy


def without_direct_sql(copy: Path) -> None:
    """Leave Spark without the metastore's SQL, as the kill of a client in a bad moment does."""
    path = copy / "services" / "spark" / "hive-site.xml"
    name = "<name>hive.metastore.try.direct.sql</name>"
    inserted = f"<property>{name}<value>false</value></property></configuration>"
    text = path.read_text()
    assert text.count("</configuration>") == 1
    path.write_text(text.replace("</configuration>", inserted))
