/** The Node builds: host, engine, command line and workers side by side in out/main; packages stay in node_modules. */
import path from 'node:path';
import { defineConfig } from 'vite';
import { entrySources } from './src/main/entries.ts';

export default defineConfig({
  build: {
    ssr: true,
    target: 'node22',
    outDir: 'out/main',
    emptyOutDir: false,
    minify: false,
    sourcemap: true,
    rollupOptions: {
      input: Object.fromEntries(
        Object.entries(entrySources).map(([name, file]) => [name, path.resolve('src/main', file)]),
      ),
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
