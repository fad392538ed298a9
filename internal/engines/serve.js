'use strict';
// What the drivers in JavaScript share: requests and answers, one a line of
// JSON, until the input ends.

const readline = require('readline');

// serve answers requests. load takes a request of that name; a question takes
// the text of a query and returns the answer, or throws why there is none.
module.exports = function serve(version, load, questions) {
  const write = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
  const text = (error) => String((error && error.message) || error).split('\n')[0];

  function answer(request) {
    if (request.op === 'load') {
      try {
        load(request);
      } catch (error) {
        return { error: text(error) };
      }
      return { error: '' };
    }
    const question = questions[request.op];
    if (!question) return { refused: 'this engine only checks queries' };
    try {
      return question(request.query);
    } catch (error) {
      return request.op === 'check' ? { says: text(error) } : { refused: text(error) };
    }
  }

  write({ version });
  readline.createInterface({ input: process.stdin }).on('line', (line) => write(answer(JSON.parse(line))));
};
