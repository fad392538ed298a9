"""EQL: parsed by the package eql, run in the DSL as Elasticsearch does.

The package's own evaluator is not used: it ignores case in like, regex, == and
in; its regular expressions are Python's, which match a prefix; "?" is no
wildcard; and a missing field makes a condition null, whose negation is null.
Elasticsearch makes a query of each condition (QueryTranslator): a missing field
does not match, and "not" is must_not.

Types are checked as Elasticsearch checks them where a table declares them: of
"==" it accepts any two (VerifierTests.testQueryOk), so a keyword may be compared
with a number.
"""

import re

import eql
import eql.parser
from eql.schema import Schema

from serve import Refused, serve

TYPES = {"long": "number", "double": "number", "boolean": "boolean"}
ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}

types = {}
schema = None


def load(request):
    global types, schema
    types = {c["name"]: c["type"] for c in request["columns"]}
    known = {}
    for name, kind in types.items():
        if kind not in TYPES:
            continue
        at = known
        *path, last = name.split(".")
        for part in path:
            at = at.setdefault(part, {})
            if not isinstance(at, dict):
                break
        else:
            at.setdefault(last, TYPES[kind])
    schema = Schema({"event": known}, allow_missing=True, allow_any=True) if known else None


def parse(text):
    """Check a query with the package's parser, and return its parse tree."""
    with eql.parser.elasticsearch_syntax, eql.parser.ignore_missing_functions, eql.parser.skip_optimizations, eql.parser.allow_runs:
        if schema is None:
            with eql.parser.ignore_missing_fields:
                eql.parse_query(text)
        else:
            with schema:
                eql.parse_query(text)
    return eql.parser.lark_parser.parse(text, "piped_query")


def check(text):
    for each in conditions(parse(text)):
        query(each)
    return {"says": ""}


def dsl(text):
    return {"dsl": query(condition(parse(text)))}


def conditions(tree):
    """The conditions of an event query, or of the items of a sequence."""
    sequences = list(tree.find_data("sequence"))
    if not sequences:
        return [condition(tree)]
    return [condition_of(event) for event in sequences[0].find_data("event_query")]


def condition(tree):
    """The condition of an event query."""
    base, pipes = (tree.children + [None])[:2]
    if pipes is not None:
        raise Refused("pipes are not run")
    return condition_of(base.children[0])


def condition_of(event):
    if event.data != "event_query" or event.children[0] is None or value_of(event.children[0]) != "any":
        raise Refused("only queries of the form 'any where' are run")
    return event.children[-1]


def value_of(node):
    """The text of a node that is one token."""
    return str(node.children[-1])


def query(node):
    """The query of a condition."""
    make = QUERIES.get(node.data)
    if make is None:
        raise Refused("a condition of the kind %s is not run" % node.data)
    return make(node)


def conjunction(node):
    return {"bool": {"filter": [query(c) for c in node.children]}}


def disjunction(node):
    return any_of([query(c) for c in node.children])


def any_of(queries):
    return queries[0] if len(queries) == 1 else {"bool": {"should": queries, "minimum_should_match": 1}}


def negation(node):
    inner = query(node.children[-1])
    return none_of(inner) if (len(node.children) - 1) % 2 else inner


def none_of(inner):
    return {"bool": {"must_not": [inner]}}


def literal_condition(node):
    if literal(node) is True:
        return {"match_all": {}}
    if literal(node) is False:
        return {"match_none": {}}
    raise Refused("a condition that is neither true nor false")


def field_condition(node):
    """A field that is a condition by itself must be a boolean."""
    name = field(node)
    if types.get(name, "boolean") != "boolean":
        raise Refused("Expected boolean not %s" % types[name])
    return {"term": {name: {"value": True}}}


RANGES = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def comparison(node):
    left, op, right = node.children
    op = str(op)
    if is_literal(left):
        left, right, op = right, left, FLIPPED.get(op, op)
    name, value = field(left), literal(right)
    if value is None:
        exists = {"exists": {"field": name}}
        return exists if op == "!=" else none_of(exists)
    if op in RANGES:
        return {"range": {name: {RANGES[op]: value}}}
    term = {"term": {name: {"value": value}}}
    return none_of(term) if op == "!=" else term


def string_predicate(node):
    left, op, *values = node.children
    op = str(op)
    name, texts = field(left), [literal(v) for v in values]
    folded = op == ":" or op.endswith("~")
    for text in texts:
        if not isinstance(text, str):
            raise Refused("%s takes strings only" % op)
    if types.get(name, "keyword") not in ("keyword", "text"):
        raise Refused("%s takes strings only, and %s is of type %s" % (op, name, types[name]))
    if op.startswith("regex"):
        return any_of([{"regexp": {name: {"value": t, "flags": "ALL", "case_insensitive": folded}}} for t in texts])
    return any_of([pattern(name, t, folded) for t in texts])


def pattern(name, text, folded):
    """A pattern with * and ?, which cannot be escaped; all else is literal."""
    if "*" not in text and "?" not in text:
        return {"term": {name: {"value": text, "case_insensitive": folded}}}
    return {"wildcard": {name: {"value": text.replace("\\", "\\\\"), "case_insensitive": folded}}}


def in_set(node):
    left, op, items = node.children
    values = [literal(v) for v in items.children if v is not None]
    name = field(left)
    if str(op).endswith("~"):
        return any_of([{"term": {name: {"value": v, "case_insensitive": isinstance(v, str)}}} for v in values])
    return {"terms": {name: values}}


def not_in_set(node):
    return none_of(in_set(node))


def function_call(node):
    name, items = str(node.children[0]), node.children[1]
    if name != "cidrMatch":
        raise Refused("the function %s is not run" % name)
    first, *networks = [c for c in items.children if c is not None]
    target = field(first)
    if types.get(target, "ip") != "ip":
        raise Refused("cidrMatch takes a field of type ip, and %s is of type %s" % (target, types[target]))
    return {"terms": {target: [literal(n) for n in networks]}}


QUERIES = {
    "and_expr": conjunction, "or_expr": disjunction, "not_expr": negation, "literal": literal_condition,
    "base_field": field_condition, "field": field_condition, "comparison": comparison, "in_set": in_set,
    "string_predicate": string_predicate, "not_in_set": not_in_set, "function_call": function_call,
}


def is_literal(node):
    return node.data == "literal" or node.data == "value" and node.children[-1].data == "literal"


def field(node):
    """The name of a field."""
    if node.data not in ("field", "base_field"):
        raise Refused("%s stands where a field must" % node.data)
    if node.data == "base_field":
        return value_of(node.children[0]).strip("`")
    text = value_of(node)
    if "[" in re.sub("`[^`]*`", "", text):
        raise Refused("elements of lists are not run")
    return "".join(part.strip("`") for part in re.findall("`[^`]*`|[^`]+", text.lstrip("?")))


def literal(node):
    """The value of a literal."""
    if node.data == "value":  # a sign
        number = literal(node.children[-1])
        return -number if str(node.children[0]) == "-" else number
    if node.data != "literal":
        raise Refused("%s stands where a literal must" % node.data)
    inner = node.children[0]
    if inner.data == "null":
        return None
    text = value_of(inner)
    if inner.data == "boolean":
        return text == "true"
    if inner.data == "number":
        return int(text) if text.isdigit() else float(text)
    return string(text)


def string(text):
    """The text of a string literal."""
    if text.startswith('"""'):
        return text[3:-3]
    return unescape(text[1:-1])


def unescape(text):
    return re.sub(r"\\(?:u\{([0-9a-fA-F]+)\}|(.))",
                  lambda m: chr(int(m[1], 16)) if m[1] else ESCAPES.get(m[2], m[2]), text)


# The package's own reads from the first \\u{ to the last brace of a string.
eql.ast.String.unescape = classmethod(lambda cls, text: unescape(text))

serve("eql " + eql.__version__, load, check=check, dsl=dsl)
