"""What the two engines for Kusto lack, said in words that they have."""

import re

STRING = r'@"(?:[^"]|"")*"|@\'(?:[^\']|\'\')*\'|"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\''
COLUMN = r"\[(?:%s)\]|[A-Za-z_][A-Za-z0-9_.]*" % STRING

# A string, so that nothing inside of one is taken for code, or "* operator string".
ANY_COLUMN = re.compile(r"(?P<skip>%s)|\*\s+(?P<op>[a-z_]+(?:\s+regex)?|=~|==)\s+(?P<value>%s)" % (STRING, STRING))

ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)

NETWORKS = re.compile(r"(?P<skip>%s)|ipv(?P<kind>[46])_is_in_(?:any_)?range\((?P<column>%s)(?P<ranges>(?:,\s*(?:%s))+)\)"
                      % (STRING, COLUMN, STRING))


def letters(text):
    """Write letters instead of \\uXXXX in strings, which neither engine reads."""

    def decode(match):
        return chr(int(match[1], 16)) if match[1] else match[0]

    return re.sub(STRING, lambda m: m[0] if m[0][0] == "@" else ESCAPE.sub(decode, m[0]), text)


def any_column(text, columns):
    """Name the columns where a query says "*": strings as they are, others as
    their text (Kusto manual, "where operator": "* op" compares every column).
    sigmac_all has the texts of all, which do for what is contained."""

    def replace(match):
        if match["skip"] is not None:
            return match["skip"]
        if match["op"] in ("contains", "contains_cs"):
            return "sigmac_all " + match["op"] + " " + match["value"]
        each = [operand(c) + " " + match["op"] + " " + match["value"]
                for c in columns if c["name"] not in ("sigmac_id", "sigmac_all")]
        return "(" + " or ".join(each) + ")"

    return ANY_COLUMN.sub(replace, text)


def operand(column):
    name = "['" + column["name"].replace("\\", "\\\\").replace("'", "\\'") + "']"
    return name if column["type"] == "string" else "tostring(" + name + ")"


def guard_networks(text):
    """Ask for the range of addresses only, since ClickHouse fails at any other
    text, where Kusto's functions are null."""

    def replace(match):
        if match["skip"] is not None:
            return match["skip"]
        column, kind = match["column"], match["kind"]
        is_address = column + (r' matches regex @"^\d+(\.\d+){3}$"' if kind == "4" else r' matches regex @"^[0-9a-fA-F.]*:[0-9a-fA-F:.]*$"')
        each = ["iff(%s, ipv%s_is_in_range(%s, %s), false)" % (is_address, kind, column, network)
                for network in re.findall(STRING, match["ranges"])]
        return "(" + " or ".join(each) + ")"

    return NETWORKS.sub(replace, text)


EXPRESSION = re.compile(r"(?P<skip>%s)|matches regex (?P<at>@?)(?P<quote>[\"'])" % STRING)


def dot_is_no_newline(text):
    """Make the dot of an expression match no line break, as in Kusto: it does in
    ClickHouse, unless a flag says otherwise (ClickHouse manual, "match")."""

    def replace(match):
        if match["skip"] is not None:
            return match["skip"]
        return "matches regex " + match["at"] + match["quote"] + "(?-s)"

    # The flag stands before those of the expression, which so have the last word.
    return EXPRESSION.sub(replace, text)
