// What Electron's default app does: load the file after -r, then run the script named last. Used by the desktop stories on an Electron without one.
const path = require('node:path');
const args = process.argv.slice(1);
const preload = args.indexOf('-r');
if (preload >= 0) require(path.resolve(args[preload + 1]));
const script = args.findLast
  ? args.findLast((arg) => /\.[cm]?js$/.test(arg))
  : args.filter((arg) => /\.[cm]?js$/.test(arg)).pop();
require(path.resolve(script));
