"""Kusto, run by chDB, which is ClickHouse with its Kusto dialect.

It is a second opinion, which differs from Kusto in this: a null number makes
"n == 5" null, where Kusto makes it false, so that "not(n == 5)" does not find
rows without the number; and types are laxer.
"""

import json

import chdb
from chdb import session

from kusto_text import any_column, dot_is_no_newline, guard_networks, letters
from serve import serve

TYPES = {"string": "String", "long": "Nullable(Int64)", "real": "Nullable(Float64)", "bool": "Nullable(Bool)",
         "datetime": "Nullable(DateTime64(6, 'UTC'))", "guid": "Nullable(UUID)", "dynamic": "String"}

engine = session.Session()
state = {"table": "", "columns": []}


def quoted(name):
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def sql(text):
    engine.query("SET dialect='clickhouse'")
    return engine.query(text)


def load(request):
    table = request["table"] or "Events"
    sql("DROP TABLE IF EXISTS " + quoted(table))
    if state["table"]:
        sql("DROP TABLE IF EXISTS " + quoted(state["table"]))
    state["table"], state["columns"] = table, request["columns"]
    kinds = {c["name"]: c["type"] for c in request["columns"]}
    sql("CREATE TABLE %s (%s) ENGINE=Memory" % (
        quoted(table), ", ".join("%s %s" % (quoted(n), TYPES[k]) for n, k in kinds.items())))
    rows = []
    for row in request["rows"]:
        for name, kind in kinds.items():
            if kind == "dynamic":
                row[name] = "" if row[name] is None else json.dumps(row[name], ensure_ascii=False)
        rows.append(json.dumps(row, ensure_ascii=False))
    if rows:
        sql("INSERT INTO %s FORMAT JSONEachRow %s" % (quoted(table), "\n".join(rows)))


def kusto(text, form):
    text = dot_is_no_newline(guard_networks(any_column(letters(text), state["columns"])))
    engine.query("SET short_circuit_function_evaluation='force_enable'")
    engine.query("SET allow_experimental_kusto_dialect=1")
    engine.query("SET dialect='kusto'")
    try:
        return engine.query(text, form)
    except Exception:
        # What is left over of an error comes with the next result: it is fetched here.
        try:
            sql("SELECT 1")
        except Exception:
            pass
        raise


def run(text):
    result = kusto(text + "\n| project sigmac_id", "JSONCompactEachRow").bytes().decode()
    return {"ids": [int(json.loads(line)[0]) for line in result.splitlines() if line]}


def check(text):
    kusto(text + "\n| take 0", "JSONCompactEachRow")
    return {"says": ""}


serve("chDB with ClickHouse " + chdb.engine_version, load, run=run, check=check)
