/** Documents as JSON; rows that come as a stream are written as they come, one a line. */
import { isMistake, type Document, type Mistake } from './command.ts';

export async function* jsonPieces(document: Document): AsyncIterable<string | Mistake> {
  const { rows } = document;
  if (!isStream(rows)) {
    yield `${JSON.stringify(document, null, 2)}\n`;
    return;
  }
  const head = JSON.stringify({ ...document, rows: undefined });
  yield `${head.slice(0, -1)},"rows":[`;
  let separator = '\n';
  for await (const piece of rows) {
    if (isMistake(piece)) {
      yield piece;
      return;
    }
    let text = '';
    for (const row of piece) {
      text += separator + JSON.stringify(row);
      separator = ',\n';
    }
    yield text;
  }
  yield '\n]}\n';
}

function isStream(rows: unknown): rows is AsyncIterable<readonly unknown[] | Mistake> {
  return typeof rows === 'object' && rows !== null && Symbol.asyncIterator in rows;
}
