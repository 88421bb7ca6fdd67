/** Draws people at work as a deck camera sees them: from above, in oilskins, often cut by the edge, a gloved hand on a fish. */
import type { Point } from '../../core/geometry.ts';
import type { Random } from '../../core/random.ts';
import type { Boat } from './boats.ts';
import { element, num, pathData, shade, smooth } from './svg.ts';

const gloveColors = ['#e9e6dc', '#2f6fb5', '#d9622c', '#3d4347', '#4c8a4f'] as const;

/** A person standing at `at` (pixels), `reach` the half width of the shoulders, one hand stretched to `hand`. */
export function drawCrew(boat: Boat, at: Point, reach: number, hand: Point, random: Random): string {
  const toHand = Math.atan2(hand.y - at.y, hand.x - at.x);
  const across = toHand + Math.PI / 2;
  const offset = (angle: number, distance: number): Point => ({
    x: at.x + Math.cos(angle) * distance,
    y: at.y + Math.sin(angle) * distance,
  });
  const coat = random.next() < 0.75 ? boat.crew : shade(boat.crew, -0.3);
  const [shoulderA, shoulderB] = [offset(across, reach * 0.8), offset(across + Math.PI, reach * 0.8)];
  const elbow = {
    x: (shoulderA.x + hand.x) / 2 + Math.cos(across) * reach * 0.35,
    y: (shoulderA.y + hand.y) / 2 + Math.sin(across) * reach * 0.35,
  };
  const restHand = {
    x: shoulderB.x + Math.cos(toHand + 0.3) * reach * 1.3,
    y: shoulderB.y + Math.sin(toHand + 0.3) * reach * 1.3,
  };
  const restElbow = offset(across + Math.PI - 0.5, reach * 1.5);
  const glove = random.pick(gloveColors);
  const turn = `rotate(${num((toHand * 180) / Math.PI)} ${num(at.x)} ${num(at.y)})`;
  const torso = { cx: num(at.x), cy: num(at.y), rx: num(reach * 0.62), ry: num(reach), transform: turn };
  const headAt = offset(toHand, reach * 0.22);
  const cap = random.pick(['#2a2f35', '#c63c2c', boat.crew, '#e7e3d6', '#3c5a78']);
  return [
    element('ellipse', {
      ...torso,
      cx: num(at.x + reach * 0.18),
      cy: num(at.y + reach * 0.3),
      rx: num(reach * 0.8),
      ry: num(reach * 1.15),
      fill: '#000000',
      opacity: 0.26,
    }),
    drawBoot(offset(across, reach * 0.4), toHand, reach),
    drawBoot(offset(across + Math.PI, reach * 0.4), toHand, reach),
    drawArm([shoulderB, restElbow, restHand], reach * 0.42, coat),
    drawGlove(restHand, toHand, reach * 0.3, glove),
    element('ellipse', { ...torso, fill: coat, stroke: shade(coat, -0.45), 'stroke-width': 2 }),
    element('ellipse', {
      ...torso,
      rx: num(reach * 0.32),
      ry: num(reach * 0.85),
      fill: shade(coat, 0.28),
      opacity: 0.5,
    }),
    drawArm([shoulderA, elbow, hand], reach * 0.42, coat),
    drawGlove(hand, toHand, reach * 0.34, glove),
    element('circle', {
      cx: num(headAt.x + 3),
      cy: num(headAt.y + 6),
      r: num(reach * 0.42),
      fill: '#000000',
      opacity: 0.25,
    }),
    element('circle', {
      cx: num(headAt.x),
      cy: num(headAt.y),
      r: num(reach * 0.4),
      fill: cap,
      stroke: shade(cap, -0.5),
      'stroke-width': 2,
    }),
    element('circle', {
      cx: num(headAt.x - reach * 0.1),
      cy: num(headAt.y - reach * 0.12),
      r: num(reach * 0.19),
      fill: shade(cap, 0.4),
      opacity: 0.5,
    }),
  ].join('');
}

function drawBoot(at: Point, facing: number, reach: number): string {
  const turn = `rotate(${num((facing * 180) / Math.PI)} ${num(at.x)} ${num(at.y)})`;
  return element('ellipse', {
    cx: num(at.x + reach * 0.45),
    cy: num(at.y),
    rx: num(reach * 0.42),
    ry: num(reach * 0.2),
    transform: turn,
    fill: '#23282b',
    stroke: '#0c0f10',
    'stroke-width': 2,
  });
}

function drawArm(joints: readonly Point[], width: number, coat: string): string {
  const d = pathData(smooth(joints, 6), true);
  const line = { d, fill: 'none', 'stroke-linecap': 'round', 'stroke-linejoin': 'round' };
  return [
    element('path', {
      ...line,
      stroke: '#000000',
      'stroke-width': num(width),
      opacity: 0.22,
      transform: `translate(${num(width * 0.15)} ${num(width * 0.4)})`,
    }),
    element('path', { ...line, stroke: shade(coat, -0.4), 'stroke-width': num(width) }),
    element('path', { ...line, stroke: coat, 'stroke-width': num(width * 0.8) }),
    element('path', { ...line, stroke: shade(coat, 0.3), 'stroke-width': num(width * 0.22), opacity: 0.6 }),
  ].join('');
}

/** A gloved hand: a palm and four fingers, `reach` its half width. */
export function drawGlove(at: Point, facing: number, reach: number, color: string): string {
  const fingers = [-0.6, -0.2, 0.2, 0.6].map((side) => {
    const from = { x: at.x - Math.sin(facing) * side * reach, y: at.y + Math.cos(facing) * side * reach };
    const to = {
      x: from.x + Math.cos(facing + side * 0.25) * reach * 1.25,
      y: from.y + Math.sin(facing + side * 0.25) * reach * 1.25,
    };
    const line = { d: pathData([from, to], true), 'stroke-linecap': 'round', fill: 'none' };
    return (
      element('path', { ...line, stroke: shade(color, -0.45), 'stroke-width': num(reach * 0.5) }) +
      element('path', { ...line, stroke: color, 'stroke-width': num(reach * 0.36) })
    );
  });
  return (
    fingers.join('') +
    element('circle', {
      cx: num(at.x),
      cy: num(at.y),
      r: num(reach * 0.85),
      fill: color,
      stroke: shade(color, -0.45),
      'stroke-width': 1.5,
    })
  );
}
