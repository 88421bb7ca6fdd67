// Electron before 29 has no webUtils; there the path of a dropped file is a property of it.
const electron = require('electron');

if (electron.webUtils === undefined)
  Object.defineProperty(electron, 'webUtils', { value: { getPathForFile: (file) => file.path } });
