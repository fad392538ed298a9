"""Records what Jinja2's sandbox makes of the templates in templates.txt, which
are separated by lines of "---". A template that begins with "#autoescape" on a
line of its own is rendered with autoescape.

    python3 record.py > jinja2.jsonl
"""

import json
import pathlib

from jinja2.sandbox import SandboxedEnvironment

here = pathlib.Path(__file__).parent
context = json.loads((here / "context.json").read_text())
for source in (here / "templates.txt").read_text().split("\n---\n"):
    record = {"template": source}
    autoescape = source.startswith("#autoescape\n")
    try:
        env = SandboxedEnvironment(autoescape=autoescape)
        record["out"] = env.from_string(source.removeprefix("#autoescape\n")).render(context)
    except Exception as e:  # noqa: BLE001 whatever it is, it is the answer
        record["error"] = f"{type(e).__name__}: {e}"
    print(json.dumps(record))
