"""Statements, one after another, through one PyHive connection.

Usage: python -m bench.peers.statements PORT FILE (a JSON array of texts)
"""

import json
import sys
from pathlib import Path

from pyhive import hive

port, file = sys.argv[1:]
connection = hive.connect("localhost", port=int(port))
cursor = connection.cursor()
for statement in json.loads(Path(file).read_text()):
    cursor.execute(statement)
    if cursor.description:
        cursor.fetchall()
connection.close()
