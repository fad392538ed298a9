// Package kustoread reads queries of the Kusto Query Language of Microsoft
// back: a pipeline from a table through where, extend, project, search and
// union, with let statements before it, the rest of a pipeline, or a condition
// alone. It knows the language from the pages of
// MicrosoftDocs/dataexplorer-docs (query/...), which comments cite by their
// names, and from the grammar of Microsoft/Kusto-Query-Language; what the
// binder of Microsoft's language service refuses, it refuses with the code
// that the service gives.
//
// # What is computed
//
// A leaf of the tree tests a column of the table. Where a query tests
// something else, such as a column of extend, a function of a column or two
// columns at once, there are three ways:
//
//   - iff() and case() over columns are tested through them: a test of iff(c,
//     A, B) is the test of A where c is true and that of B elsewhere;
//   - any other expression is a field of readback.Query.Computed, which
//     Complete adds to an event before the tree is run over it;
//   - what no event decides, such as a list that is another query or the time
//     of day, is a field of readback.Query.Given, named by its text.
//
// A pipeline's own computed columns (ir.Rule.Computed) are the business of
// [Columns], which computes them and, the other way round, finds columns that
// give them the values that an event was made to have.
//
// # Types
//
// The schema says which type a column has. Where it does not, the query does:
// a string operator needs a string, an order with a number a number; the
// constants that a column equals decide where nothing else does. A column of
// which only isnull() is asked is taken for a string, which is never null.
//
// # What is assumed
//
// Where the manual leaves something open, the query is not read, which its
// error says, with these exceptions:
//
//   - operators that ignore case do so for ASCII letters alone, as the page of
//     in~ says; older pages say it of all;
//   - regular expressions are those of RE2; see regexp.go;
//   - a term is a run of ASCII letters and digits, so that an underscore ends
//     one;
//   - null is an operand of and, or like any other, as the page of null values
//     has it; the page of logical operators has it otherwise for true and null;
//   - the functions of IPv6 read an IPv4 address as the mapped one;
//   - tolong() and the like read decimal and hexadecimal digits without blanks
//     around them.
package kustoread
