/** Label Studio as the peer of the canvas: its own server on loopback with data of its own, its own browser, the same photograph and boxes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { AppError } from '../../src/core/errors.ts';
import type { PixelBox } from '../../src/core/geometry.ts';
import { createMeter } from './meter.ts';
import { photograph, type Surface } from './stream.ts';

export const peerClasses = ['Yellowfin', 'Albacore', 'Shark'] as const;
const account = { email: 'bench@localhost.local', password: 'benchbench1' };
const token = '0123456789abcdef0123456789abcdef01234567';
/** Its first start makes a data base, which takes minutes on a busy machine. */
const startLimitMs = 8 * 60_000;
/** Whatever happens, its server ends after this. */
const lifeLimitMs = 40 * 60_000;

/**
 * The command `label-studio`, or the one CATCHLIGHT_BENCH_LABEL_STUDIO names; undefined when there is none here. It is looked for, not run:
 * even asking for its version makes a data base, which takes minutes.
 */
export function findLabelStudio(): string | undefined {
  const wanted = process.env.CATCHLIGHT_BENCH_LABEL_STUDIO ?? 'label-studio';
  if (path.dirname(wanted) !== '.') return existsSync(wanted) ? wanted : undefined;
  const names = process.platform === 'win32' ? [`${wanted}.exe`, `${wanted}.cmd`] : [wanted];
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .flatMap((dir) => names.map((name) => path.join(dir, name)))
    .find((file) => existsSync(file));
}

/** Nothing leaves the machine: no statistics, no look for newer versions, no reports of faults. */
function environment(dir: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    LABEL_STUDIO_BASE_DATA_DIR: dir,
    COLLECT_ANALYTICS: 'False',
    LATEST_VERSION_CHECK: 'False',
    SENTRY_DSN: '',
    FRONTEND_SENTRY_DSN: '',
    LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN: 'true',
  };
}

export interface LabelStudio extends AsyncDisposable {
  readonly version: string;
  /** Its page with the photograph and these boxes, all drawn. */
  open(jpeg: Uint8Array, boxes: readonly PixelBox[]): Promise<Surface>;
}

/** Starts the server. Throws `bench/peer-silent` when it does not answer in time. */
export async function startLabelStudio(
  command: string,
  dir: string,
  executablePath: string,
): Promise<LabelStudio> {
  mkdirSync(dir, { recursive: true });
  const port = await findFreePort();
  const address = `http://127.0.0.1:${port}`;
  const args = ['start', '--no-browser', '--internal-host', '127.0.0.1', '--port', String(port)];
  const known = ['--username', account.email, '--password', account.password, '--user-token', token];
  const child = spawn(command, [...args, ...known], {
    env: environment(dir),
    stdio: 'ignore',
    timeout: lifeLimitMs,
  });
  try {
    const version = await waitForVersion(address, child);
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    return {
      version,
      open: async (jpeg, boxes) => {
        const task = await makeTask(address, jpeg, boxes);
        return openPage(await browser.newPage({ viewport: { width: 1440, height: 900 } }), address, task);
      },
      [Symbol.asyncDispose]: async () => {
        await browser.close();
        await end(child);
      },
    };
  } catch (error) {
    await end(child);
    throw error;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function waitForVersion(address: string, child: ChildProcess): Promise<string> {
  const since = performance.now();
  while (performance.now() - since < startLimitMs && child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(`${address}/api/version`).catch(() => undefined);
    if (answer?.ok === true) return ((await answer.json()) as { release: string }).release;
    await sleep(1000);
  }
  throw new AppError({
    code: 'bench/peer-silent',
    message: 'Label Studio was started and does not answer, so nothing was compared.',
    hint: 'Start `label-studio start` by hand to see what it says.',
  });
}

async function ask<T>(url: string, body: FormData | object): Promise<T> {
  const isForm = body instanceof FormData;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Token ${token}`, ...(isForm ? {} : { 'content-type': 'application/json' }) },
    body: isForm ? body : JSON.stringify(body),
  });
  if (answer.ok) return (await answer.json()) as T;
  throw new AppError({
    code: 'bench/peer-refused',
    message: `Label Studio answered ${answer.status} to ${new URL(url).pathname}, so nothing was compared.`,
    hint: 'Another version of it may have another interface; 1.23 was tried.',
    details: { text: (await answer.text()).slice(0, 500) },
  });
}

/** A project with one photograph and these boxes as its annotation. */
async function makeTask(
  address: string,
  jpeg: Uint8Array,
  boxes: readonly PixelBox[],
): Promise<{ project: number; task: number }> {
  const labels = peerClasses.map((value) => `<Label value="${value}"/>`).join('');
  const { id: project } = await ask<{ id: number }>(`${address}/api/projects/`, {
    title: 'bench',
    label_config: `<View><Image name="image" value="$image" zoom="true" zoomControl="true"/><RectangleLabels name="label" toName="image">${labels}</RectangleLabels></View>`,
  });
  const form = new FormData();
  form.append('file', new Blob([Buffer.from(jpeg)], { type: 'image/jpeg' }), 'sea.jpg');
  await ask(`${address}/api/projects/${project}/import`, form);
  const found = await fetch(`${address}/api/tasks?project=${project}`, {
    headers: { authorization: `Token ${token}` },
  });
  const { tasks } = (await found.json()) as { tasks: readonly { id: number }[] };
  const task = tasks[0]?.id ?? 0;
  const { widthPx, heightPx } = photograph;
  const result = boxes.map(({ x, y, w, h }, i) => ({
    id: `box-${i}`,
    type: 'rectanglelabels',
    from_name: 'label',
    to_name: 'image',
    original_width: widthPx,
    original_height: heightPx,
    image_rotation: 0,
    value: {
      x: (x / widthPx) * 100,
      y: (y / heightPx) * 100,
      width: (w / widthPx) * 100,
      height: (h / heightPx) * 100,
      rotation: 0,
      rectanglelabels: [peerClasses[i % peerClasses.length]],
    },
  }));
  await ask(`${address}/api/tasks/${task}/annotations/`, { result, lead_time: 1 });
  return { project, task };
}

/** The parts of its page's own store that are read here: where its boxes are, in percent of the photograph. */
interface PeerStore {
  readonly annotationStore: {
    readonly selected: {
      readonly regionStore: {
        readonly regions: readonly { cleanId: string; x: number; y: number; width: number; height: number }[];
      };
    } | null;
  };
}

async function openPage(
  page: Surface['page'],
  address: string,
  { project, task }: { project: number; task: number },
): Promise<Surface> {
  // On a busy machine its page takes minutes to begin.
  page.setDefaultTimeout(300_000);
  const meter = await createMeter(page);
  await page.goto(`${address}/user/login`);
  await page.fill('input[name=email]', account.email);
  await page.fill('input[name=password]', account.password);
  await page.click('button[type=submit]');
  await page.waitForURL((url) => !url.pathname.startsWith('/user/login'));
  await page.goto(`${address}/projects/${project}/data?task=${task}`);
  const canvas = page.locator('.konvajs-content').first();
  await canvas.waitFor();
  const readBox = (index: number): Promise<PixelBox | null> =>
    page.evaluate(
      ([id, { widthPx, heightPx }]) => {
        const store = (window as unknown as { Htx?: PeerStore }).Htx;
        const region = store?.annotationStore.selected?.regionStore.regions.find(
          ({ cleanId }) => cleanId === id,
        );
        if (region === undefined) return null;
        const { x, y, width, height } = region;
        return {
          x: (x / 100) * widthPx,
          y: (y / 100) * heightPx,
          w: (width / 100) * widthPx,
          h: (height / 100) * heightPx,
        };
      },
      [`box-${index}`, photograph] as const,
    );
  while ((await readBox(0)) === null) await page.waitForTimeout(500);
  await page.waitForTimeout(4000);
  return {
    page,
    meter,
    toPage: async ({ x, y }) => {
      const rect = await canvas.boundingBox();
      if (rect === null) throw new Error('its canvas is gone');
      const scale = rect.width / photograph.widthPx;
      return { x: rect.x + x * scale, y: rect.y + y * scale };
    },
    startPan: () => page.keyboard.press('h'),
    stopPan: () => page.keyboard.press('v'),
    findBox: async (index) => {
      const box = await readBox(index);
      if (box === null) throw new Error(`it has no box ${index}`);
      return box;
    },
  };
}
