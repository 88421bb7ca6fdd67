/** Jobs: what runs when, what survives, and how every way to end becomes one state. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import type { CurvePoint, Job, JobKind } from '../../src/core/jobs.ts';
import { createThrottle, type ThrottleTime } from '../../src/core/throttle.ts';
import type { JobContext, JobResult, JobStore } from '../../src/main/jobs/job.ts';
import { computeEndState, computeStateAfterStart } from '../../src/main/jobs/job-end.ts';
import { createJobQueue } from '../../src/main/jobs/job-queue.ts';

/** Time that moves only when told. */
function createFakeTime(): ThrottleTime & { advance(ms: number): void } {
  let nowMs = 0;
  let timers: { atMs: number; run: () => void }[] = [];
  return {
    now: () => nowMs,
    setTimer: (run, afterMs) => {
      const timer = { atMs: nowMs + afterMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance: (ms) => {
      nowMs += ms;
      const due = timers.filter((timer) => timer.atMs <= nowMs);
      timers = timers.filter((timer) => timer.atMs > nowMs);
      for (const timer of due) timer.run();
    },
  };
}

/** A queue whose jobs end when the test says so. */
function createStage() {
  const told: Job[] = [];
  const saved: Job[] = [];
  const curves: CurvePoint[] = [];
  const running = new Map<string, { context: JobContext; end: PromiseWithResolvers<JobResult> }>();
  const time = createFakeTime();
  let ids = 0;
  const queue = createJobQueue({
    runnerOf: () => (_input, context) => {
      const end = Promise.withResolvers<JobResult>();
      context.signal.addEventListener('abort', () => end.reject(context.signal.reason));
      running.set(context.jobId, { context, end });
      return end.promise;
    },
    newId: () => `job-${++ids}`,
    now: () => 1000 + ids,
    onJob: (job) => told.push(job),
    onCurve: () => undefined,
    time,
  });
  const store: JobStore = {
    save: (job) => void saved.push(job),
    appendCurve: (_id, points) => void curves.push(...points),
    truncateCurve: (_id, step) =>
      void curves.splice(0, curves.length, ...curves.filter((point) => point.step < step)),
  };
  const start = (kind: JobKind): string => queue.start({ kind, title: kind, input: {}, store }).id;
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const end = async (id: string, result: JobResult = { summary: 'ok', result: { n: 1 } }): Promise<void> => {
    running.get(id)?.end.resolve(result);
    await settle();
  };
  const statuses = (): string[] => queue.list().map((job) => job.state.status);
  return { queue, store, told, saved, curves, running, time, start, settle, end, statuses };
}

describe('the job queue', () => {
  it('runs one engine job at a time, beside one of files, in the order asked', async () => {
    const stage = createStage();
    const [train, predict, scan] = [stage.start('train'), stage.start('predict'), stage.start('scan')];
    await stage.settle();
    expect(stage.statuses()).toEqual(['running', 'queued', 'running']);
    await stage.end(train);
    expect(stage.statuses()).toEqual(['done', 'running', 'running']);
    await stage.end(predict);
    await stage.end(scan);
    expect(stage.statuses()).toEqual(['done', 'done', 'done']);
    expect((await stage.queue.whenOver(scan)).result).toEqual({ n: 1 });
  });

  it('tells progress at most ten times a second, and always the last', async () => {
    const stage = createStage();
    const id = stage.start('train');
    await stage.settle();
    stage.told.length = 0;
    const context = stage.running.get(id)?.context;
    for (let done = 1; done <= 500; done += 1) {
      context?.onProgress({ phase: 'Training', done, total: 500, unit: 'steps', etaMs: null });
      stage.time.advance(2);
    }
    const seen = stage.told.flatMap((job) =>
      job.state.status === 'running' ? [job.state.progress.done] : [],
    );
    expect(seen.length).toBeLessThanOrEqual(11);
    await stage.end(id);
    expect(
      stage.told.flatMap((job) => (job.state.status === 'running' ? [job.state.progress.done] : [])).at(-1),
    ).toBe(500);
  });

  it('cancels a waiting job at once and a running one when its work notices', async () => {
    const stage = createStage();
    const [first, second] = [stage.start('train'), stage.start('train')];
    await stage.settle();
    stage.queue.cancel(second);
    expect(stage.statuses()).toEqual(['running', 'cancelled']);
    stage.queue.cancel(first);
    await stage.settle();
    expect(stage.statuses()).toEqual(['cancelled', 'cancelled']);
    expect(stage.saved.at(-1)?.state.status).toBe('cancelled');
    expect(() => stage.queue.cancel('nobody')).toThrow(expect.objectContaining({ code: 'job/not-found' }));
  });

  it('interrupts jobs when their project closes, waits for them, and runs others on', async () => {
    const stage = createStage();
    const id = stage.start('train');
    const install = stage.queue.start({ kind: 'scan', title: 'other', input: {}, store: null }).id;
    await stage.settle();
    await stage.queue.close(stage.store);
    expect(stage.saved.at(-1)).toMatchObject({ id, state: { status: 'interrupted' } });
    expect(stage.queue.list().map((job) => [job.id, job.state.status])).toEqual([[install, 'running']]);
  });

  it('takes over the jobs of a project: what ran is interrupted and goes on under its own id', async () => {
    const stage = createStage();
    const progress = { phase: 'Training', done: 3, total: 9, unit: 'epochs', etaMs: 10 };
    const old: Job = {
      id: 'old',
      kind: 'train',
      title: 'Train',
      state: { status: 'running', progress },
      createdAtMs: 1,
      input: {},
      result: null,
    };
    stage.queue.adopt([old], stage.store);
    expect(stage.queue.find('old')?.state).toEqual({ status: 'interrupted', progress });
    expect(stage.queue.resume('old').id).toBe('old');
    await stage.settle();
    expect(stage.running.get('old')?.context.resume).toBe(true);
    await stage.end('old');
    expect(() => stage.queue.resume('old')).toThrow(expect.objectContaining({ code: 'job/not-resumable' }));
  });

  it('keeps the curve, and draws the part after a checkpoint once only', async () => {
    const stage = createStage();
    const id = stage.start('train');
    await stage.settle();
    const point = (step: number): CurvePoint => ({
      step,
      epoch: step,
      elapsedMs: step,
      values: { 'loss/total': 1 / (step + 1) },
    });
    for (const step of [0, 1, 2, 3]) stage.running.get(id)?.context.onCurve(point(step));
    stage.queue.cancel(id);
    await stage.settle();
    stage.queue.resume(id);
    await stage.settle();
    for (const step of [2, 3, 4]) stage.running.get(id)?.context.onCurve(point(step));
    await stage.end(id);
    expect(stage.curves.map((entry) => entry.step)).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('a store that fails', () => {
  it('while the job runs, stops the job and is its error, and the next job runs', async () => {
    const stage = createStage();
    const full = new AppError({ code: 'disk/full', message: 'The disk is full.' });
    let isFull = false;
    const store: JobStore = {
      ...stage.store,
      save: () => {
        if (isFull) throw full;
      },
    };
    const { id } = stage.queue.start({ kind: 'train', title: 'Train', input: {}, store });
    const next = stage.start('train');
    await stage.settle();
    isFull = true;
    stage.running.get(id)?.context.onProgress({ phase: 'x', done: 1, total: 2, unit: 'y', etaMs: null });
    await stage.settle();
    expect(stage.queue.find(id)?.state).toMatchObject({ status: 'failed', error: { code: 'disk/full' } });
    expect(stage.queue.find(next)?.state.status).toBe('running');
  });
});

describe('the end of a job', () => {
  const progress = { phase: 'x', done: 1, total: 2, unit: 'y', etaMs: null };

  it('is done when something came back, even after a stop that came too late', () => {
    for (const stop of ['cancel', 'close', null] as const) {
      expect(computeEndState({ how: 'returned', summary: 'fine' }, stop, progress)).toEqual({
        status: 'done',
        summary: 'fine',
      });
    }
  });

  it('is the stop when there was one, whatever was thrown on the way', () => {
    fc.assert(
      fc.property(fc.anything(), (error) => {
        expect(computeEndState({ how: 'threw', error }, 'cancel', progress)).toEqual({ status: 'cancelled' });
        expect(computeEndState({ how: 'threw', error }, 'close', progress)).toEqual({
          status: 'interrupted',
          progress,
        });
      }),
    );
  });

  it('is a failure with its error as data otherwise, also for what is no error at all', () => {
    fc.assert(
      fc.property(fc.anything(), (error) => {
        const state = computeEndState({ how: 'threw', error }, null, progress);
        expect(
          state.status === 'failed' && state.error.code.includes('/') && state.error.message.length > 0,
        ).toBe(true);
      }),
    );
    const crash = new AppError({ code: 'engine/crashed', message: 'It ended.', hint: 'Again.' });
    expect(computeEndState({ how: 'threw', error: crash }, null, null)).toEqual({
      status: 'failed',
      error: { code: 'engine/crashed', message: 'It ended.', hint: 'Again.', details: {} },
    });
  });

  it('after a start is never running: that process is gone', () => {
    expect(computeStateAfterStart({ status: 'running', progress })).toEqual({
      status: 'interrupted',
      progress,
    });
    expect(computeStateAfterStart({ status: 'queued' })).toEqual({ status: 'interrupted', progress: null });
    expect(computeStateAfterStart({ status: 'cancelled' })).toEqual({ status: 'cancelled' });
  });
});

describe('a throttle', () => {
  it('tells the first at once, the newest after each interval, and never the same twice', () => {
    const time = createFakeTime();
    const told: number[] = [];
    const throttle = createThrottle<number>((value) => told.push(value), 100, time);
    throttle.push(1);
    throttle.push(2);
    throttle.push(3);
    expect(told).toEqual([1]);
    time.advance(100);
    expect(told).toEqual([1, 3]);
    throttle.flush();
    time.advance(1000);
    expect(told).toEqual([1, 3]);
    throttle.push(4);
    throttle.push(5);
    throttle.flush();
    time.advance(1000);
    expect(told).toEqual([1, 3, 4, 5]);
  });
});
