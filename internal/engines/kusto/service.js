'use strict';
// Kusto: Microsoft's parser and binder, with the tables that were loaded. It
// runs nothing.

require('@kusto/language-service-next/bridge.min.js');
require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
const serve = require('../serve.js');

const { GlobalState, KustoCode, Symbols } = globalThis.Kusto.Language;

const types = {
  string: 'String', long: 'Long', real: 'Real', bool: 'Bool', datetime: 'DateTime', guid: 'Guid', dynamic: 'Dynamic',
};

let globals = GlobalState.Default;

function table(name, columns) {
  const symbols = columns.map((c) => new Symbols.ColumnSymbol(c.name, Symbols.ScalarTypes[types[c.type]], null, null, null, null));
  return new Symbols.TableSymbol.$ctor4(name, symbols);
}

// The parsers of ASIM are functions, whose filters need not be given.
const parameters = { _Im_NetworkSession: '(starttime:datetime=datetime(null), endtime:datetime=datetime(null), dstportnumber:int=int(null), eventresult:string="*")' };

function parser(name, columns) {
  const list = columns.map((c) => `['${c.name}']:${c.type}`).join(', ');
  return new Symbols.FunctionSymbol.$ctor16(name, parameters[name], `{ datatable(${list}) [] }`, null);
}

function load(request) {
  const tables = Object.entries(request.tables || {}).map(([name, columns]) => (parameters[name] ? parser : table)(name, columns));
  if (request.table) tables.push(table(request.table, request.columns));
  globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor('test', tables)).WithCache();
}

function check(query) {
  const found = KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics();
  const says = [];
  for (let i = 0; i < found.Count; i++) {
    const d = found.getItem(i);
    if (d.Severity === 'Error') says.push(`${d.Code} at ${d.Start}: ${d.Message}`);
  }
  return { says: says.join('; ') };
}

const version = require('@kusto/language-service-next/package.json').version;
serve(`@kusto/language-service-next ${version}`, load, { check });
