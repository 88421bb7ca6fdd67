// Starts the built shell in tests. On an Electron before 25 it first fills in `protocol.handle` over registerStreamProtocol, on one before 29 `webUtils`; nowhere else.
const path = require('node:path');
const { Readable } = require('node:stream');
const { app, protocol, session } = require('electron');

class SmallHeaders {
  constructor() {
    this.values = {};
  }
  set(name, value) {
    this.values[name.toLowerCase()] = value;
  }
}

class SmallResponse {
  constructor(body, init) {
    this.body = body;
    this.status = init.status;
    this.headers = init.headers instanceof SmallHeaders ? init.headers.values : init.headers;
  }
}

async function* uploaded(parts) {
  for (const part of parts) if (part.bytes) yield part.bytes;
}

if (typeof protocol.handle !== 'function') {
  globalThis.Headers = SmallHeaders;
  globalThis.Response = SmallResponse;
  Readable.toWeb = (stream) => stream;
  protocol.handle = (scheme, handler) => {
    protocol.registerStreamProtocol(scheme, (request, callback) => {
      handler({
        url: request.url,
        method: request.method,
        headers: Object.entries(request.headers),
        body: request.uploadData === undefined ? null : uploaded(request.uploadData),
      }).then(
        (response) => {
          const data =
            typeof response.body === 'string'
              ? Readable.from([Buffer.from(response.body)])
              : (response.body ?? Readable.from([]));
          callback({ statusCode: response.status, headers: response.headers, data });
        },
        (error) => callback({ statusCode: 500, data: Readable.from([Buffer.from(String(error))]) }),
      );
    });
  };
}

// Runs before the studio's own preload, in the same world.
app.whenReady().then(() => {
  if (
    session.defaultSession.getPreloads?.() !== undefined &&
    Number(process.versions.electron.split('.')[0]) < 29
  )
    session.defaultSession.setPreloads([path.join(__dirname, 'electron-preload.cjs')]);
});

require(path.resolve(__dirname, '..', '..', 'out', 'main', 'index.cjs'));
