// Asks Microsoft's language service about queries over a table T and another
// like it, Tab2: reads a JSON string a line from standard input and writes an
// object a line, the query and the codes of the errors that the service finds.
//
//   npm i @kusto/language-service-next@12.4.1
//   node binder.js < queries.jsonl | gzip -9n > binder.jsonl.gz
require('@kusto/language-service-next/bridge.min.js');
require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');

const symbols = Kusto.Language.Symbols;
const columns = '(S:string, S2:string, Z:string, I:int, L:long, R:real, E:decimal, B:bool, B2:bool, T:datetime, G:guid, D:dynamic)';
const tables = new (System.Collections.Generic.List$1(symbols.Symbol).ctor)();
for (const name of ['T', 'Tab2']) tables.add(symbols.TableSymbol.From(columns).WithName(name));
const globals = Kusto.Language.GlobalState.Default.WithDatabase(new symbols.DatabaseSymbol.$ctor3('db', null, tables, false));

for (const line of require('fs').readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const query = JSON.parse(line);
  let found;
  try {
    found = Kusto.Language.KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics();
  } catch {
    continue; // the service itself fails at some
  }
  const codes = [];
  for (let i = 0; i < found.Count; i++) {
    const d = found.getItem(i);
    if (d.Severity === 'Error' && !codes.includes(d.Code)) codes.push(d.Code);
  }
  console.log(JSON.stringify({query, codes}));
}
