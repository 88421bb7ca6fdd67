/** The page of the canvas stories and benchmarks: the canvas alone, its editor at `window.canvasTest`. */
import { build } from 'esbuild';

/** The page as one piece of HTML. `background`: any CSS colour, behind the canvas. */
export async function bundleCanvasPage(background: string): Promise<string> {
  const bundle = await build({
    entryPoints: ['test/fixtures/canvas/canvas-page.tsx'],
    bundle: true,
    write: false,
    outdir: 'out',
    format: 'iife',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const text = (end: string): string =>
    bundle.outputFiles.find((file) => file.path.endsWith(end))?.text ?? '';
  return `<!doctype html><style>body{margin:0;background:${background}}${text('.css')}</style><div id="root"></div><script>${text('.js').replaceAll('</script', '<\\/script')}</script>`;
}
