// The layers of the house as rules. ARCHITECTURE.md, "Layers", explains each in a sentence.
const only = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    only('no-cycles', 'Two files that import each other cannot be read or tested apart.', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
    only('core-is-pure', 'core knows nobody: no node:, no other layer.', { path: '^src/core' }, { path: '^(src/(?!core)|node:)', dependencyTypesNot: ['type-only'] }),
    only('core-no-builtins', 'core, formats and editor run anywhere.', { path: '^src/(core|formats|editor)' }, { dependencyTypes: ['core'] }),
    only('formats-on-core', 'formats build on core alone.', { path: '^src/formats' }, { path: '^src/(?!core|formats)' }),
    only('editor-on-core', 'editor builds on core alone.', { path: '^src/editor' }, { path: '^src/(?!core|editor)' }),
    only('engine-on-core', 'engine builds on core alone.', { path: '^src/engine' }, { path: '^src/(?!core|engine)' }),
    only('contract-on-core', 'contract builds on core alone.', { path: '^src/contract' }, { path: '^src/(?!core|contract)' }),
    only('main-to-engine-by-message', 'The host speaks to the engine by messages only.', { path: '^src/main' }, { path: '^src/engine/(?!messages)' }),
    only('window-apart', 'The window talks HTTP to the host; it never imports it or the engine.', { path: '^src/renderer' }, { path: '^src/(main|engine|formats|preload)' }),
    only('preload-alone', 'The preload script holds native extras only.', { path: '^src/preload' }, { path: '^src/(?!preload|core|contract)' }),
    only('features-apart', 'Places of the window do not import one another; what they share lives in ui/ or app/.',
      { path: '^src/renderer/features/([^/]+)/' }, { path: '^src/renderer/features/', pathNot: '^src/renderer/features/$1/' }),
    only('tensors-in-engine', 'TensorFlow.js and ONNX Runtime stay inside engine.', { pathNot: '^(src/engine|bench|scripts)' }, { path: 'node_modules/(@tensorflow|onnxruntime-)' }),
    only('konva-in-canvas', 'Konva stays inside renderer/canvas.', { pathNot: '^src/renderer/canvas' }, { path: 'node_modules/(react-)?konva' }),
    only('sql-in-db', 'SQL stays inside main/db.', { pathNot: '^src/main/db' }, { path: 'node_modules/(better-sqlite3|drizzle-orm)' }),
    only('electron-at-the-edge', 'Electron stays in its shell.', { pathNot: '^src/(main/index|main/electron|preload)' }, { path: 'node_modules/electron/' }),
    only('no-dev-dependency-in-product', 'What ships may only import what ships.', { path: '^src' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/(@types|electron|vite|@tensorflow/tfjs-backend-webgpu)/' }),
    only('resolvable', 'Every import resolves.', { path: '^src' }, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'], extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'] },
  },
};
