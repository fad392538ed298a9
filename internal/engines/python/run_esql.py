"""ES|QL: Elastic's offline parser and check of types. It runs nothing.

Where a table was loaded a field that it has not is an error, as it is in
Elasticsearch. The types of the arguments of cidr_match are not checked.
"""

import esql

from serve import serve

schema = None


def load(request):
    global schema
    columns = {c["name"]: c["type"] for c in request["columns"]}
    schema = esql.Schema(columns) if columns else None


def check(text):
    if schema is None:
        esql.parse_query(text)
    else:
        with schema:
            esql.parse_query(text)
    return {"says": ""}


serve("detection-rules-esql-py " + esql.__version__, load, check=check)
