/** Work that can wait until the frame of the present input is on its way to the screen: the photograph comes before what is written beside it. */

/** A window that is not seen draws no frames; then this is the pace, ms. */
const noFrameMs = 250;

let waiting: (() => void)[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let channel: MessageChannel | undefined;

/** Runs `work` once, after the next frame is laid out and painted, in the order of the calls. */
export function whenDrawn(work: () => void): void {
  waiting.push(work);
  if (timer !== undefined) return;
  timer = setTimeout(runAll, noFrameMs);
  // Posted from within a frame, a message arrives when the frame is done.
  requestAnimationFrame(() => openChannel().port2.postMessage(null));
}

function openChannel(): MessageChannel {
  if (channel === undefined) {
    channel = new MessageChannel();
    channel.port1.onmessage = runAll;
  }
  return channel;
}

function runAll(): void {
  clearTimeout(timer);
  timer = undefined;
  const works = waiting;
  waiting = [];
  for (const work of works) work();
}
