"""Kusto, translated by duckdb-kql and run by DuckDB.

Queries run over the table of the name that was loaded. Strings are never null,
as in Kusto, and types are strict. The functions of networks are added here, by
Python's ipaddress: they are null where a text is no address of the kind.

A table cannot have columns whose names differ only in case.

Of the window functions prev(), next(), row_cumsum() and row_number(), which
duckdb-kql does not know, the manual says what they are in the order of the rows:
windows without an order of their own, over the order of the rows before them.
DuckDB keeps that order with one thread. Times have whole microseconds.

It differs from Kusto in this: contains, startswith and endswith ignore the case
of all letters, Kusto's that of ASCII.
"""

import ipaddress
import json
import os
import re
import tempfile

import duckdb
import duckdb_kql

from duckdb_kql.translate.functions import SCALAR_FUNCTIONS, FunctionSpec

from kusto_text import any_column, letters
from serve import serve

TYPES = {"string": "VARCHAR", "long": "BIGINT", "real": "DOUBLE", "bool": "BOOLEAN",
         "datetime": "TIMESTAMP", "guid": "UUID", "dynamic": "JSON"}

connection = None
columns = {}
typed = []


def network_function(kind):
    """ipv4_is_in_range and its kin: the first argument against the others."""

    def find(arguments):
        text, *ranges = arguments
        if "%" in text:
            return None  # Kusto's manual has no address with a zone
        try:
            address = kind(text)
            return any(address in ipaddress.ip_network(r, strict=False) for r in ranges)
        except ValueError:
            return None

    return find


for version, kind in (("4", ipaddress.IPv4Address), ("6", ipaddress.IPv6Address)):
    for name in ("ipv%s_is_in_range", "ipv%s_is_in_any_range"):
        SCALAR_FUNCTIONS[name % version] = FunctionSpec(name % version, "template", "networks%s([{}])" % version)

WINDOWS = {
    "prev": "lag({}) OVER ()",
    "next": "lead({}) OVER ()",
    "row_cumsum": "running_sum({})",
    "row_number": "row_number() OVER ()",
}
for name, template in WINDOWS.items():
    SCALAR_FUNCTIONS[name] = FunctionSpec(name, "template", template)

# A running sum begins anew with the row for which restart holds.
RUNNING_SUM = """CREATE MACRO running_sum(term, restart := false) AS list_reduce(
    list({'sum': term, 'restart': restart}) OVER (ROWS UNBOUNDED PRECEDING),
    lambda a, b: {'sum': CASE WHEN b.restart THEN b.sum ELSE a.sum + b.sum END, 'restart': b.restart}).sum"""

NANOSECONDS = re.compile(r'datetime_diff\("nanosecond", ')


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def load(request):
    global connection
    connection = duckdb_kql.connect()
    connection.execute("SET threads=2")
    for version, kind in (("4", ipaddress.IPv4Address), ("6", ipaddress.IPv6Address)):
        connection.create_function("networks" + version, network_function(kind), ["VARCHAR[]"], "BOOLEAN", null_handling="special")
    connection.execute(RUNNING_SUM)
    typed[:] = request["columns"]
    table, names = request["table"] or "Events", [c["name"] for c in request["columns"]]
    columns.clear()
    columns[table] = names
    kinds = ", ".join("%s %s" % (quoted(c["name"]), TYPES[c["type"]]) for c in request["columns"])
    connection.execute("CREATE TABLE %s (%s)" % (quoted(table), kinds))
    if not request["rows"]:
        return
    struct = ", ".join("%s: %s" % (literal(c["name"]), literal(TYPES[c["type"]])) for c in request["columns"])
    with tempfile.TemporaryDirectory(prefix="sigmac-duckdb-") as folder:
        path = os.path.join(folder, "rows.json")
        with open(path, "w", encoding="utf-8") as out:
            for row in request["rows"]:
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        connection.execute("INSERT INTO %s SELECT %s FROM read_json(%s, format='newline_delimited', columns={%s}, "
                           "maximum_object_size=67108864)"
                           % (quoted(table), ", ".join(map(quoted, names)), literal(path), struct))


def sql(text):
    text = NANOSECONDS.sub('1000 * datetime_diff("microsecond", ', any_column(letters(text), typed))
    connection.execute("SET threads=%d" % (1 if any(name + "(" in text for name in WINDOWS) else 2))
    return str(duckdb_kql.to_sql(text + "\n| project sigmac_id", schema=columns))


def run(text):
    return {"ids": [row[0] for row in connection.execute(sql(text)).fetchall()]}


def check(text):
    connection.execute("EXPLAIN " + sql(text))
    return {"says": ""}


serve("duckdb-kql %s on DuckDB %s" % (duckdb_kql.__version__, duckdb.__version__), load, run=run, check=check)
