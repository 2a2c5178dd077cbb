"""What a user does for the eight answers, in a Python process that is there already.

It has imported what `ingest land` and `dbt run` import, and read the project, before any time is
taken; each line on standard input then asks for one run, whose seconds are printed.

Usage: python -m bench.land_and_run SELECTION
"""

import json
import sys
import time
from contextlib import redirect_stdout

import pyspark.sql.connect.session  # noqa: F401 (land imports it when it is called)
from dbt.cli.main import dbtRunner

from ingest.errors import IngestError
from ingest.land import land


def main(selection: str) -> None:
    answer = sys.stdout
    with redirect_stdout(sys.stderr):
        project = dbtRunner().invoke(["parse"]).result
        dbt = dbtRunner(manifest=project)
        print("ready", file=answer, flush=True)
        for _ in sys.stdin:
            started = time.perf_counter()
            land()
            if not dbt.invoke(["--no-use-colors", "run", "--select", selection]).success:
                raise IngestError("dbt run failed")
            elapsed = time.perf_counter() - started
            print(json.dumps({"seconds": elapsed}), file=answer, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
