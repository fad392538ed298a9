"""A driver that hangs or ends when a query tells it to, and otherwise finds
what it was loaded with."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "python"))

from serve import serve

rows = []


def load(request):
    rows[:] = [row["id"] for row in request["rows"]]


def run(text):
    if text == "hang":
        time.sleep(600)
    if text == "die":
        print("the reason", flush=True)
        os._exit(3)
    if text == "refuse":
        raise ValueError("no such\n   ^\nthing")
    return {"ids": rows}


serve("0", load, run=run, check=lambda text: {"says": text})
