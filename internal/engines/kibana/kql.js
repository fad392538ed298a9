'use strict';
// Kibana KQL: Kibana's own parser, and its translation to the DSL.
//
// The package is of Kibana 7.4. What later versions changed is changed here, so
// that queries mean what they mean in Kibana 8 (packages/kbn-es-query of
// elastic/kibana: grammar/grammar.peggy, src/kuery/functions/is.ts):
//
//   - braces are special, and \uXXXX is an escape;
//   - 0x10 and 007 are texts, not numbers;
//   - "a or b or c" is one node with three parts, not one in another, which
//     long lists make deeper than can be written;
//   - a wildcard on a field of type keyword is a wildcard query, in which a
//     space is a character like any other. On other fields it still goes
//     through query_string, which splits at spaces.
//
// SIGMAC_KIBANA=7 leaves all as the package has it.

const fs = require('fs');
const Module = require('module');
const path = require('path');
const serve = require('../serve.js');

const home = path.dirname(require.resolve('@cybernetex/kbn-es-query/package.json'));
const inside = (name) => path.join(home, 'target', 'server', 'kuery', name);

const kibana7 = process.env.SIGMAC_KIBANA === '7';
if (!kibana7) changeGrammar();

const { fromKueryExpression, toElasticsearchQuery } = require('@cybernetex/kbn-es-query');
if (!kibana7) {
  changeWildcards();
  ['or', 'and'].forEach(changeNesting);
}

// replaceOnce replaces what must stand in a text exactly once.
function replaceOnce(text, old, replacement) {
  if (text.split(old).length !== 2) throw new Error(`the parser does not have ${old} once`);
  return text.replace(old, () => replacement);
}

// changeGrammar changes the source of the generated parser before it is loaded.
function changeGrammar() {
  const file = inside('ast/kuery.js');
  let source = fs.readFileSync(file, 'utf8');
  source = replaceOnce(source, '/^[\\\\():<>"*]/', '/^[\\\\():<>"*{}]/');
  source = replaceOnce(source, '/^[ \\t\\r\\n]/', '/^[ \\t\\r\\n\\u00A0]/');
  source = replaceOnce(source, 'isNaN(number) ? sequence : number', 'sequence');
  source = replaceOnce(source, 'function peg$parseEscapedWhitespace() {', `function peg$parseEscapedWhitespace() {
    const escape = /^\\\\u([0-9a-fA-F]{4})/.exec(input.substr(peg$currPos, 6));
    if (escape) {
      peg$currPos += 6;
      return String.fromCharCode(parseInt(escape[1], 16));
    }`);
  const module = new Module(file);
  module.filename = file;
  module.paths = Module._nodeModulePaths(path.dirname(file));
  module._compile(source, file);
  require.cache[file] = module;
  module.loaded = true;
}

// changeWildcards changes what a wildcard on a field of type keyword becomes.
function changeWildcards() {
  const is = require(inside('functions/is.js'));
  const { wildcardSymbol } = require(inside('node_types/wildcard.js'));
  const before = is.toElasticsearchQuery;
  is.toElasticsearchQuery = (node, pattern, ...rest) => {
    const [field, value] = node.arguments;
    const known = pattern && pattern.fields.find((f) => f.name === field.value);
    if (value.type !== 'wildcard' || value.value === wildcardSymbol || !known || known.esTypes[0] !== 'keyword') {
      return before(node, pattern, ...rest);
    }
    const text = value.value.split(wildcardSymbol).map((part) => part.replace(/[\\*?]/g, '\\$&')).join('*');
    return { wildcard: { [known.name]: { value: text } } };
  };
}

// changeNesting makes one node of a chain of nodes, each the last part of the
// one before.
function changeNesting(name) {
  const f = require(inside(`functions/${name}.js`));
  const before = f.toElasticsearchQuery;
  f.toElasticsearchQuery = (node, ...rest) => {
    const parts = [...node.arguments];
    for (let last = parts[parts.length - 1]; last && last.type === 'function' && last.function === name; last = parts[parts.length - 1]) {
      parts.splice(parts.length - 1, 1, ...last.arguments);
    }
    return before({ ...node, arguments: parts }, ...rest);
  };
}

const types = { keyword: 'string', text: 'string', long: 'number', double: 'number', boolean: 'boolean', ip: 'ip', date: 'date' };

let pattern;

// load makes the data view. It has a field besides those of the table, since a
// query for all fields that there are is taken for one of all events.
function load(request) {
  pattern = {
    fields: request.columns.concat({ name: '_index', type: 'keyword' })
      .map((c) => ({ name: c.name, type: types[c.type], esTypes: [c.type], scripted: false })),
  };
}
load({ columns: [] });

function check(query) {
  fromKueryExpression(query);
  return { says: '' };
}

function dsl(query) {
  return { dsl: toElasticsearchQuery(fromKueryExpression(query), pattern) };
}

const { version } = require('@cybernetex/kbn-es-query/package.json');
serve(`kbn-es-query ${version}${kibana7 ? ', unchanged' : ' with the changes of Kibana 8'}`, load, { check, dsl });
