"""Kusto, translated by duckdb-kql and run by DuckDB.

Queries run over the table of the name that was loaded. Strings are never null,
as in Kusto, and types are strict. The functions of networks are added here, by
Python's ipaddress: they are null where a text is no address of the kind.

A table cannot have columns whose names differ only in case.

It differs from Kusto in this: contains, startswith and endswith ignore the case
of all letters, Kusto's that of ASCII.
"""

import ipaddress
import json
import os
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
    return str(duckdb_kql.to_sql(any_column(letters(text), typed) + "\n| project sigmac_id", schema=columns))


def run(text):
    return {"ids": [row[0] for row in connection.execute(sql(text)).fetchall()]}


def check(text):
    connection.execute("EXPLAIN " + sql(text))
    return {"says": ""}


serve("duckdb-kql %s on DuckDB %s" % (duckdb_kql.__version__, duckdb.__version__), load, run=run, check=check)
