"""What the drivers share: requests and answers, one a line of JSON."""

import json
import sys
import threading


class Refused(Exception):
    """The query is not accepted, and why."""


def message(error):
    """The text of an error on one line, without the drawings that some have."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip(" ^")]
    return " ".join(lines) or type(error).__name__


def serve(version, load, **questions):
    """Answer requests until the input ends.

    load takes a request of that name; a question takes the text of a query and
    returns the answer, or raises an error that says why there is none. The
    answer of a question that is not known is that it is refused.
    """
    out = sys.stdout
    sys.stdout = sys.stderr  # what a library prints is no answer

    def write(answer):
        out.write(json.dumps(answer) + "\n")
        out.flush()

    def answer(request):
        op = request["op"]
        if op == "load":
            try:
                load(request)
            except Exception as error:  # the driver goes on, whatever a library raises
                return {"error": message(error)}
            return {"error": ""}
        if op not in questions:
            return {"refused": "this engine only checks queries"}
        try:
            return questions[op](request["query"])
        except RecursionError:
            said = "the query is nested too deeply for the parser"
        except Exception as error:
            said = message(error)
        return {"says": said} if op == "check" else {"refused": said}

    def loop():
        write({"version": version})
        for line in sys.stdin:
            write(answer(json.loads(line)))

    # Parsers recurse for each level of a query.
    sys.setrecursionlimit(200_000)
    threading.stack_size(512 << 20)
    thread = threading.Thread(target=loop)
    thread.start()
    thread.join()
