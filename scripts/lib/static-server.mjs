// @ts-check
/** Serves the files below one folder over HTTP on loopback, and nothing else. */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

/** @type {Readonly<Record<string, string>>} */
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.wasm': 'application/wasm', '.map': 'application/json' };

/**
 * @param {string} folder @param {{ port?: number, prefix?: string }} [options] port 0 takes a free one; `prefix` is the path that the folder has, `/` or `/a/b/`
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export function serveFolder(folder, { port = 0, prefix = '/' } = {}) {
  const server = createServer((request, response) => {
    const file = fileOf(folder, prefix, request.url ?? '/');
    if (file === null) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-cache' });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const actual = address !== null && typeof address === 'object' ? address.port : port;
      resolve({
        url: `http://127.0.0.1:${String(actual)}${prefix}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

/** The file that a request asks for; null where there is none below the folder. @param {string} folder @param {string} prefix @param {string} url */
function fileOf(folder, prefix, url) {
  let path;
  try {
    path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return null;
  }
  if (!path.startsWith(prefix) || path.includes('\0')) return null;
  const file = normalize(join(folder, path.slice(prefix.length)));
  if (file !== folder && !file.startsWith(folder + sep)) return null;
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isFile() === true) return file;
  const index = join(file, 'index.html');
  return stat?.isDirectory() === true && statSync(index, { throwIfNoEntry: false })?.isFile() === true ? index : null;
}
